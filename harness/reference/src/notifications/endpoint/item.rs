//! What is known of a message in the inbox.

use crate::common::address::Party;
use crate::common::inbox::Entry;
use crate::notifications::received::Received;
use crate::notifications::report::About;
use crate::notifications::wanted::Wanted;

/// What a user has said about notifications for one message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Consent {
    /// Nothing; policy decides.
    #[default]
    Open,
    Granted,
    /// Nobody may learn anything, but that.
    Refused,
    /// Nobody may learn anything.
    Silent,
}

/// Something that a notification can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// The message has reached the user.
    Delivered,
    /// It never will.
    NotDelivered,
    /// Nobody can tell whether it has.
    Undetermined,
    Displayed,
    /// Nobody can tell whether it is, or will be, displayed.
    Uncertain,
    /// An intermediary's word, which no recipient says.
    Processed,
}

impl News {
    /// Type and status of the notification (sections 5 and 11.1.7).
    pub(super) fn terms(self) -> (About, &'static str) {
        match self {
            Self::Delivered => (About::Delivery, "delivered"),
            Self::NotDelivered => (About::Delivery, "failed"),
            Self::Undetermined => (About::Delivery, "error"),
            Self::Displayed => (About::Display, "displayed"),
            Self::Uncertain => (About::Display, "error"),
            Self::Processed => (About::Processing, "processed"),
        }
    }

    /// Whether somebody who asks for that wants to know.
    pub(super) fn is_wanted(self, wanted: Wanted) -> bool {
        match self {
            Self::Delivered => wanted.positive,
            Self::NotDelivered => wanted.negative,
            Self::Undetermined => wanted.positive || wanted.negative,
            Self::Displayed | Self::Uncertain => wanted.display,
            Self::Processed => wanted.processing,
        }
    }
}

/// Whether a message has reached the user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Delivery {
    #[default]
    Pending,
    Done,
    Failed,
}

/// A message in the inbox.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) received: Received,
    /// What is to be honoured of its request.
    pub(super) wanted: Wanted,
    /// Whether it is something for the user. Notifications are kept so that they can be named, and never shown as messages.
    pub(super) is_message: bool,
    /// Whether it is in the user's inbox.
    pub(super) shown: bool,
    pub(super) read: bool,
    pub(super) delivery: Delivery,
    pub(super) consent: Consent,
    /// What waits for consent.
    pub(super) waiting: Vec<News>,
    /// What has been told; each is told once.
    pub(super) told: Vec<About>,
}

impl Item {
    /// A message that has just come.
    pub(super) fn new(received: Received, wanted: Wanted, is_message: bool) -> Self {
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

impl Entry for Item {
    fn names(&self) -> impl Iterator<Item = &String> {
        let called =
            self.received.called.iter().filter(|name| self.received.message_id.as_ref() != Some(*name));
        self.received.message_id.iter().chain(called)
    }

    fn parties(&self) -> &[Party] {
        &self.received.parties
    }

    fn is_message(&self) -> bool {
        self.is_message
    }
}
