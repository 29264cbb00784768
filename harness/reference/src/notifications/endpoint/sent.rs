//! What this agent has sent and asked notifications for. It is remembered without end: notifications have no deadline
//! (RFC 5438 section 7.1.3).

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};

use crate::common::address::Party;
use crate::faults::{Conduct, Flaw};

/// How long an impatient agent waits.
const PATIENCE: Duration = Duration::minutes(1);

/// A message that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) id: String,
    /// Whom it was for, be it a person or a list.
    pub(super) to: Party,
    pub(super) at: OffsetDateTime,
}

/// All messages that went out, by Message-ID.
#[derive(Debug)]
pub(super) struct SentTable {
    conduct: Conduct,
    messages: HashMap<String, (u64, Sent)>,
    count: u64,
    /// The latest messages to each party, of which a loss of power leaves nothing to an agent in order.
    remembered: HashMap<Party, Sent>,
    unconfirmed: Vec<(OffsetDateTime, String)>,
}

impl SentTable {
    /// An empty table.
    pub(super) fn new(conduct: Conduct) -> Self {
        Self {
            conduct,
            messages: HashMap::new(),
            count: 0,
            remembered: HashMap::new(),
            unconfirmed: Vec::new(),
        }
    }

    /// Remembers a message.
    pub(super) fn remember(&mut self, sent: Sent) {
        if self.conduct.has(Flaw::ImdnTimeout60s) {
            self.unconfirmed.push((sent.at.saturating_add(PATIENCE), sent.id.clone()));
        }
        self.count += 1;
        self.messages.insert(sent.id.clone(), (self.count, sent));
    }

    /// The message of that identifier.
    pub(super) fn find(&self, id: &str) -> Option<&Sent> {
        self.messages.get(id).map(|(_, sent)| sent)
    }

    /// The latest message to one of these parties.
    pub(super) fn newest(&self, parties: &[Party]) -> Option<&Sent> {
        let to_them = self.messages.values().filter(|(_, sent)| parties.contains(&sent.to));
        to_them.max_by_key(|(number, _)| number).map(|(_, sent)| sent)
    }

    /// What was the latest message to one of these parties before power was lost.
    pub(super) fn remembered(&self, parties: &[Party]) -> Option<&Sent> {
        parties.iter().find_map(|party| self.remembered.get(party))
    }

    /// A notification came: nothing is missing any more.
    pub(super) fn confirmed(&mut self, id: &str) {
        self.unconfirmed.retain(|(_, unconfirmed)| unconfirmed != id);
    }

    /// Forgets what was sent to one party.
    pub(super) fn forget(&mut self, party: &Party) {
        self.messages.retain(|_, (_, sent)| sent.to != *party);
        self.remembered.remove(party);
        let Self { messages, unconfirmed, .. } = self;
        unconfirmed.retain(|(_, id)| messages.contains_key(id));
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.conduct);
    }

    /// What a loss of power does.
    pub(super) fn restart(&mut self) {
        let mut all: Vec<_> = self.messages.drain().map(|(_, numbered)| numbered).collect();
        all.sort_by_key(|(number, _)| *number);
        let mut remembered = std::mem::take(&mut self.remembered);
        if self.conduct.has(Flaw::AttachToLatestIm) {
            remembered.extend(all.into_iter().map(|(_, sent)| (sent.to.clone(), sent)));
        }
        *self = Self { remembered, ..Self::new(self.conduct) };
    }

    /// When [`SentTable::overdue`] has something to give.
    pub(super) fn patience_ends(&self) -> Option<OffsetDateTime> {
        self.unconfirmed.iter().map(|(due, _)| *due).min()
    }

    /// Messages whose notification is missing for too long; each is given once.
    pub(super) fn overdue(&mut self, now: OffsetDateTime) -> Vec<Sent> {
        let (due, rest): (Vec<_>, Vec<_>) = self.unconfirmed.drain(..).partition(|(due, _)| *due <= now);
        self.unconfirmed = rest;
        due.iter().filter_map(|(_, id)| self.find(id).cloned()).collect()
    }
}
