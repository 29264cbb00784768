//! What this agent has sent and asked receipts for. It is remembered without end: receipts have no deadline (section 3.1).

use std::collections::{HashMap, HashSet};

use time::{Duration, OffsetDateTime};

use crate::common::address::Party;
use crate::faults::{Conduct, Defect};

/// How long an impatient agent waits.
const PATIENCE: Duration = Duration::minutes(1);

/// A message that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) id: String,
    /// Whom it was for, be it a person or a list.
    pub(super) to: Party,
    /// URIs of those whom the list was asked to send it to.
    pub(super) recipients: Vec<String>,
    pub(super) at: OffsetDateTime,
}

/// All messages that went out, by Message-ID.
#[derive(Debug)]
pub(super) struct SentTable {
    conduct: Conduct,
    messages: HashMap<String, (u64, Sent)>,
    count: u64,
    /// Who has confirmed anything.
    heard_from: HashSet<Party>,
    unconfirmed: Vec<(OffsetDateTime, String)>,
}

impl SentTable {
    /// An empty table.
    pub(super) fn new(conduct: Conduct) -> Self {
        Self {
            conduct,
            messages: HashMap::new(),
            count: 0,
            heard_from: HashSet::new(),
            unconfirmed: Vec::new(),
        }
    }

    /// Remembers a message.
    pub(super) fn remember(&mut self, sent: Sent) {
        if self.conduct.is(Defect::ReceiptTimeout60s) {
            self.unconfirmed.push((sent.at.saturating_add(PATIENCE), sent.id.clone()));
        }
        self.count += 1;
        self.messages.insert(sent.id.clone(), (self.count, sent));
    }

    /// The message of that identifier.
    pub(super) fn find(&self, id: &str) -> Option<&Sent> {
        self.messages.get(id).map(|(_, sent)| sent)
    }

    /// The latest message to that party.
    pub(super) fn last_to(&self, party: &Party) -> Option<&Sent> {
        let to_them = self.messages.values().filter(|(_, sent)| sent.to == *party);
        to_them.max_by_key(|(number, _)| number).map(|(_, sent)| sent)
    }

    /// The latest message to one of these parties.
    pub(super) fn newest(&self, parties: &[Party]) -> Option<&Sent> {
        parties.iter().find_map(|party| self.last_to(party))
    }

    /// Whether nothing else went to the same party, and nothing has been confirmed by it.
    pub(super) fn is_first(&self, sent: &Sent) -> bool {
        let alone = self.messages.values().filter(|(_, other)| other.to == sent.to).count() == 1;
        alone && !self.heard_from.contains(&sent.to)
    }

    /// A receipt came, from that party: nothing is missing any more.
    pub(super) fn confirmed(&mut self, id: &str, by: Option<&Party>) {
        self.heard_from.extend(by.cloned());
        self.unconfirmed.retain(|(_, unconfirmed)| unconfirmed != id);
    }

    /// Forgets what was sent to one party.
    pub(super) fn forget(&mut self, party: &Party) {
        self.messages.retain(|_, (_, sent)| sent.to != *party);
        self.heard_from.remove(party);
        let Self { messages, unconfirmed, .. } = self;
        unconfirmed.retain(|(_, id)| messages.contains_key(id));
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.conduct);
    }

    /// When [`SentTable::overdue`] has something to give.
    pub(super) fn patience_ends(&self) -> Option<OffsetDateTime> {
        self.unconfirmed.iter().map(|(due, _)| *due).min()
    }

    /// Messages whose receipt is missing for too long; each is given once.
    pub(super) fn overdue(&mut self, now: OffsetDateTime) -> Vec<Sent> {
        let (due, rest): (Vec<_>, Vec<_>) = self.unconfirmed.drain(..).partition(|(due, _)| *due <= now);
        self.unconfirmed = rest;
        due.iter().filter_map(|(_, id)| self.find(id).cloned()).collect()
    }
}
