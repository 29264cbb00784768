//! What an agent that tells more than one thing about a message knows of it.

use super::address::Party;
use super::inbox::{Entry, Inbox};

/// What a user has said about one message: who may learn anything of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Nothing; policy decides.
    #[default]
    Open,
    Granted,
    /// Nobody may learn anything, but that.
    Refused,
    /// Nobody may learn anything.
    Silent,
}

/// Whether a message has reached the user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Delivery {
    #[default]
    Pending,
    Done,
    Failed,
}

/// Something that can be told of a message.
pub(crate) trait News: Copy {
    /// What its sender can ask to be told.
    type Wanted: Default + PartialEq;
    /// What can be told once each.
    type About;
}

/// What tells one message from another.
pub(crate) trait Identified {
    fn message_id(&self) -> Option<&String>;

    /// Another identifier by which the control protocol may call it.
    fn called(&self) -> Option<&String>;

    /// Whom it is from: by CPIM, and by what carried it.
    fn parties(&self) -> &[Party];
}

/// A message in the inbox.
#[derive(Debug)]
pub(crate) struct Item<R, N: News> {
    pub(crate) received: R,
    /// What of its request is to be honoured.
    pub(crate) wanted: N::Wanted,
    /// Whether it is something for the user. What tells of other messages is kept so that it can be named, and never shown
    /// as a message.
    pub(crate) is_message: bool,
    /// Whether it is in the user's inbox.
    pub(crate) shown: bool,
    pub(crate) read: bool,
    pub(crate) delivery: Delivery,
    pub(crate) consent: Consent,
    /// What waits for consent.
    pub(crate) waiting: Vec<N>,
    /// What has been told; each is told once.
    pub(crate) told: Vec<N::About>,
}

impl<R, N: News> Item<R, N> {
    /// A message that has just come.
    pub(crate) fn new(received: R, wanted: N::Wanted, is_message: bool) -> Self {
        Self {
            received,
            wanted,
            is_message,
            shown: false,
            read: false,
            delivery: Delivery::default(),
            consent: Consent::default(),
            waiting: Vec::new(),
            told: Vec::new(),
        }
    }
}

impl<R: Identified, N: News> Entry for Item<R, N> {
    fn names(&self) -> impl Iterator<Item = &String> {
        let id = self.received.message_id();
        id.into_iter().chain(self.received.called().filter(|name| id != Some(*name)))
    }

    fn parties(&self) -> &[Party] {
        self.received.parties()
    }

    fn is_message(&self) -> bool {
        self.is_message
    }
}

impl<R: Identified, N: News> Inbox<Item<R, N>> {
    /// The message that this one is once more: one with the same Message-ID, from the same sender, that asks for the same.
    /// What asks for nothing has no such message, since its Message-ID may mean nothing.
    pub(crate) fn repeated(&mut self, received: &R, wanted: &N::Wanted) -> Option<u64> {
        if *wanted == N::Wanted::default() {
            return None;
        }
        let number = self.by_id(received.message_id()?, Some(received.parties().first()?))?;
        let before = self.get(number)?;
        (before.is_message && before.wanted == *wanted).then_some(number)
    }
}
