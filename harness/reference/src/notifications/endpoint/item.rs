//! What can be told of a message in the inbox.

use crate::common::address::Party;
use crate::common::item;
use crate::notifications::received::Received;
use crate::notifications::report::About;
use crate::notifications::wanted::Wanted;

/// A message in the inbox.
pub(super) type Item = item::Item<Received, News>;

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
