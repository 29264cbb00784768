//! Message-IDs (RFC 5438 section 6.3).

use time::OffsetDateTime;

use crate::common::identifiers::unique;
use crate::faults::{Conduct, Flaw};

/// Makes identifiers that no other message has.
#[derive(Debug)]
pub(super) struct Identifiers {
    conduct: Conduct,
    messages: u64,
    notifications: u64,
}

impl Identifiers {
    /// Identifiers of an agent that has just started.
    pub(super) fn new(conduct: Conduct) -> Self {
        Self { conduct, messages: 0, notifications: 0 }
    }

    /// An identifier for an instant message.
    pub(super) fn for_message(&mut self) -> String {
        self.messages += 1;
        match self.conduct.flaw() {
            Some(Flaw::CounterRestarts) => self.messages.to_string(),
            Some(Flaw::TimestampId) => format!("{}{:06}", milliseconds(), self.messages),
            Some(Flaw::FortyEightBitId) => format!("{:012x}", rand::random::<u64>() >> 16),
            Some(Flaw::MailStyleId) => format!("<{}@localhost>", unique()),
            _ => unique(),
        }
    }

    /// An identifier for a notification.
    pub(super) fn for_notification(&mut self) -> String {
        self.notifications += 1;
        match self.conduct.has(Flaw::ImdnIdCounter) {
            true => self.notifications.to_string(),
            false => unique(),
        }
    }

    /// What a loss of power does: counters start again.
    pub(super) fn restart(&mut self) {
        *self = Self::new(self.conduct);
    }
}

fn milliseconds() -> i128 {
    OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000
}
