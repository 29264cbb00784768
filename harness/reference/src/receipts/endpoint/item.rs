//! What is known of a message in the inbox.

use crate::common::address::Party;
use crate::common::inbox::Entry;
use crate::receipts::receipt::{About, SUCCESS, UNCERTAIN};
use crate::receipts::received::Received;
use crate::receipts::wanted::Wanted;

/// What a user has said about receipts for one message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Consent {
    /// Nothing; policy decides.
    #[default]
    Open,
    Granted,
    Refused,
}

/// Something that a receipt can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// The message has reached the user.
    Delivered,
    /// It never will, for a reason that this code of SIP gives.
    NotDelivered(u16),
    Read,
    /// Nobody can tell whether, or when, it is read (section 3.3).
    Uncertain,
}

impl News {
    /// Type and status of the receipt (sections 3.2 and 3.3).
    pub(super) fn terms(self) -> (About, u16) {
        match self {
            Self::Delivered => (About::Delivery, SUCCESS),
            Self::NotDelivered(status) => (About::Delivery, status),
            Self::Read => (About::Read, SUCCESS),
            Self::Uncertain => (About::Read, UNCERTAIN),
        }
    }

    /// Whether somebody who asks for that wants to know.
    pub(super) fn is_wanted(self, wanted: Wanted) -> bool {
        match self {
            Self::Delivered => wanted.positive,
            Self::NotDelivered(_) => wanted.negative,
            Self::Read | Self::Uncertain => wanted.read,
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
    /// What of its request is to be honoured.
    pub(super) wanted: Wanted,
    /// Whether it is something for the user. Receipts are kept so that they can be named, and never shown as messages.
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
