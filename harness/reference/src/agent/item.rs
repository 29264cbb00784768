//! What is known of a message in the inbox.

use time::OffsetDateTime;

use super::received::Received;
use crate::common::address::Party;
use crate::common::inbox::Entry;

/// Where the request for a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing has happened yet that could be reported.
    Open,
    /// The user agreed to a report before there was one to send.
    Granted,
    /// This happened, and the user was asked whether to report it.
    Asking(Disposition, OffsetDateTime),
    /// Reported, denied or ignored: nothing more is to be said about this message (section 9.1).
    Settled,
}

/// What became of a message (section 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// Put before the user.
    Read,
    /// Sent on to others (section 6.2.2).
    Forwarded,
    /// Deleted without having been read.
    Deleted,
    /// Cannot be put before the user.
    Failed,
    /// The user, or a standing policy, does not allow to say.
    Denied(Reason),
}

impl Disposition {
    /// The word for it in a report (sections 9.2 and 10.1).
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Forwarded | Self::Deleted => "processed",
            Self::Failed => "error",
            Self::Denied(_) => "denied",
        }
    }
}

/// Who denied a report; never told to anybody (section 6.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// For everybody.
    Policy,
    /// For this sender.
    SenderPolicy,
    /// For this message.
    Choice,
}

/// A message in the inbox.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) received: Received,
    pub(crate) standing: Standing,
    /// Whether it was put into the user's inbox, and not taken away again before he saw it.
    pub(crate) shown: bool,
    pub(crate) read: bool,
    /// Whether the user may learn of it at all. Reports are kept so that they can be named, and never shown as messages.
    pub(crate) is_message: bool,
}

impl Entry for Item {
    fn names(&self) -> impl Iterator<Item = &String> {
        self.received.message_id.iter().chain(&self.received.called)
    }

    fn parties(&self) -> &[Party] {
        &self.received.parties
    }

    fn is_message(&self) -> bool {
        self.is_message
    }
}
