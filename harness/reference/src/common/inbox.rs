//! Messages that came in, and what became of them.

use std::collections::{BTreeMap, HashMap};

use time::OffsetDateTime;

use super::address::Party;
use super::received::Received;

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

/// All messages, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    items: BTreeMap<u64, Item>,
    by_id: HashMap<String, Vec<u64>>,
    last: HashMap<Party, u64>,
    count: u64,
}

impl Inbox {
    /// Takes a message in and says under which number.
    pub(crate) fn put(&mut self, item: Item) -> u64 {
        self.count += 1;
        let received = &item.received;
        for id in received.message_id.iter().chain(&received.called) {
            self.by_id.entry(id.clone()).or_default().push(self.count);
        }
        if item.is_message {
            for party in &received.parties {
                self.last.insert(party.clone(), self.count);
            }
        }
        self.items.insert(self.count, item);
        self.count
    }

    /// The message of that number.
    pub(crate) fn get(&mut self, number: u64) -> Option<&mut Item> {
        self.items.get_mut(&number)
    }

    /// The number in a handle, if such a message is there.
    pub(crate) fn by_handle(&self, handle: &str) -> Option<u64> {
        let number = handle.strip_prefix('h')?.parse().ok()?;
        self.items.contains_key(&number).then_some(number)
    }

    /// The latest message of that Message-ID, from that party if one is given.
    pub(crate) fn by_id(&self, id: &str, from: Option<&Party>) -> Option<u64> {
        let is_from = |number: &u64| {
            self.items
                .get(number)
                .is_some_and(|item| from.is_none_or(|party| item.received.parties.contains(party)))
        };
        self.by_id.get(id)?.iter().rev().find(|number| is_from(number)).copied()
    }

    /// The latest message from that party.
    pub(crate) fn last_from(&self, party: &Party) -> Option<u64> {
        self.last.get(party).copied()
    }

    /// Everything, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Item)> {
        self.items.iter().map(|(number, item)| (*number, item))
    }

    /// Forgets what came from that party.
    pub(crate) fn forget(&mut self, party: &Party) {
        let gone = |item: &Item| item.received.parties.contains(party);
        for item in self.items.values().filter(|item| gone(item)) {
            for id in item.received.message_id.iter().chain(&item.received.called) {
                self.by_id.remove(id);
            }
        }
        self.items.retain(|_, item| !gone(item));
        self.last.remove(party);
    }

    /// Forgets everything but the numbers, so that no old handle means a new message.
    pub(crate) fn clear(&mut self) {
        *self = Self { count: self.count, ..Self::default() };
    }
}

/// How the control protocol calls a message.
pub(crate) fn handle(number: u64) -> String {
    format!("h{number}")
}
