//! What this agent has sent, kept to tell reports that belong to it from those that do not (section 8.2).

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};

use super::send::Mailing;
use crate::common::address::Party;
use crate::faults::{Conduct, Defect};

/// How long a message is remembered; five minutes are asked for (section 8.2).
const KEPT: Duration = Duration::hours(24);
const KEPT_BRIEFLY: Duration = Duration::seconds(60);
/// When an impatient agent sends again what was not reported.
const PATIENCE: Duration = Duration::seconds(30);

/// A message that went out.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Whom it was for.
    pub(crate) to: Party,
    at: OffsetDateTime,
}

/// All messages that went out, by Message-ID.
#[derive(Debug)]
pub(crate) struct SentTable {
    conduct: Conduct,
    messages: HashMap<String, Sent>,
    unreported: Vec<(OffsetDateTime, String, Mailing)>,
}

impl SentTable {
    /// An empty table.
    pub(crate) fn new(conduct: Conduct) -> Self {
        Self { conduct, messages: HashMap::new(), unreported: Vec::new() }
    }

    /// Remembers a message.
    pub(crate) fn remember(&mut self, id: &str, to: Party, now: OffsetDateTime) {
        if !self.conduct.is(Defect::ForgetAfterSend) {
            self.messages.insert(id.to_owned(), Sent { to, at: now });
        }
    }

    /// The message that a report is about: the one with that identifier, whoever reports (section 6.1).
    pub(crate) fn find(&self, id: &str, now: OffsetDateTime) -> Option<&Sent> {
        let kept = if self.conduct.is(Defect::StateExpires60s) { KEPT_BRIEFLY } else { KEPT };
        self.messages.get(id).filter(|sent| now - sent.at <= kept)
    }

    /// Forgets what was sent to one party.
    pub(crate) fn forget(&mut self, party: &Party) {
        self.messages.retain(|_, sent| sent.to != *party);
        self.unreported.retain(|(_, _, mailing)| !mailing.is_for(party));
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.conduct);
    }

    /// Watches for the report on a request, if this agent is one that cannot live with silence (section 8.1).
    pub(super) fn watch(&mut self, id: &str, mailing: &Mailing, now: OffsetDateTime) {
        if self.conduct.is(Defect::ResendOnMissingImdn) {
            self.unreported.push((now + PATIENCE, id.to_owned(), mailing.clone()));
        }
    }

    /// A report came: nothing is missing any more.
    pub(crate) fn reported(&mut self, id: &str) {
        self.unreported.retain(|(_, unreported, _)| unreported != id);
    }

    /// When [`SentTable::overdue`] has something to give.
    pub(crate) fn patience_ends(&self) -> Option<OffsetDateTime> {
        self.unreported.iter().map(|(due, _, _)| *due).min()
    }

    /// Messages whose report is missing for too long; each is given once.
    pub(super) fn overdue(&mut self, now: OffsetDateTime) -> Vec<Mailing> {
        let (due, rest): (Vec<_>, Vec<_>) = self.unreported.drain(..).partition(|(due, _, _)| *due <= now);
        self.unreported = rest;
        due.into_iter().map(|(_, _, mailing)| mailing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;
    use crate::serve::Role;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn table(fault: Option<&str>) -> SentTable {
        let mut table = SentTable::new(Conduct::new(fault.and_then(Fault::by_name), Role::Endpoint));
        table.remember("m1", Party::of("sip:alice@h"), START);
        table
    }

    #[test]
    fn a_message_is_remembered_for_more_than_five_minutes() {
        let table = table(None);
        assert!(table.find("m1", START + Duration::seconds(301)).is_some());
        assert!(table.find("m2", START).is_none());
        assert!(table.find("M1", START).is_none(), "identifiers are compared octet by octet");
    }

    #[test]
    fn faulty_memories_are_short() {
        let brief = table(Some("state-expires-60s"));
        assert!(brief.find("m1", START + Duration::seconds(59)).is_some());
        assert!(brief.find("m1", START + Duration::seconds(61)).is_none());
        assert!(table(Some("forget-after-send")).find("m1", START).is_none());
    }

    #[test]
    fn forgetting_a_party_keeps_the_others() {
        let mut table = table(None);
        table.remember("m2", Party::of("sip:carol@h"), START);
        table.forget(&Party::of("sip:alice@h:5060"));
        assert!(table.find("m1", START).is_none());
        assert!(table.find("m2", START).is_some());
    }
}
