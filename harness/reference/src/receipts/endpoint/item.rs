//! What can be told of a message in the inbox.

use crate::common::address::Party;
use crate::common::item;
use crate::receipts::receipt::{About, SUCCESS, UNCERTAIN};
use crate::receipts::received::Received;
use crate::receipts::wanted::Wanted;

/// A message in the inbox.
pub(super) type Item = item::Item<Received, News>;

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

impl item::News for News {
    type Wanted = Wanted;
    type About = About;
}

impl item::Identified for Received {
    fn message_id(&self) -> Option<&String> {
        self.message_id.as_ref()
    }

    fn called(&self) -> Option<&String> {
        self.called.as_ref()
    }

    fn parties(&self) -> &[Party] {
        &self.parties
    }
}
