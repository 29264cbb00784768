//! All client transactions of a network.

use std::collections::HashMap;
use std::time::Instant;

use bytes::Bytes;
use rustc_hash::FxBuildHasher;

use super::client::{Client, Expiry, Kind, Reception};
use super::deadlines::Deadlines;
use super::slots::Slots;
use super::{Key, Timers};

/// Client transactions by key, with their timers; `O` is whose a transaction is.
#[derive(Debug)]
pub(crate) struct ClientTable<O> {
    timers: Timers,
    keys: HashMap<Key, u32, FxBuildHasher>,
    entries: Slots<Entry<O>>,
    deadlines: Deadlines,
}

#[derive(Debug)]
struct Entry<O> {
    key: Key,
    client: Client,
    /// What timer A or E sends again; empty on a reliable transport and after the final response.
    request: Bytes,
    owner: O,
}

/// What the passing of time demands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due<O> {
    /// Send the request again.
    Retransmit {
        /// Its octets.
        request: Bytes,
        /// Whose it is.
        owner: O,
    },
    /// No final response came; the transaction is over.
    TimedOut(O),
}

impl<O: Clone> ClientTable<O> {
    pub(crate) fn new(timers: Timers) -> Self {
        Self { timers, keys: HashMap::default(), entries: Slots::default(), deadlines: Deadlines::default() }
    }

    /// Begins a transaction whose request has just been given to a transport, and returns the owner of an unanswered
    /// transaction with the same key, which is over by that.
    ///
    /// `request` is what timer A or E sends again, `None` on a reliable transport.
    pub(crate) fn start(
        &mut self,
        key: Key,
        kind: Kind,
        request: Option<Bytes>,
        owner: O,
        now: Instant,
    ) -> Option<O> {
        let displaced = self.remove(&key);
        let client = Client::start(kind, request.is_none(), now, &self.timers);
        let deadline = client.deadline();
        let slot = self.entries.insert(Entry { key, client, request: request.unwrap_or_default(), owner });
        self.keys.insert(key, slot);
        self.deadlines.push(deadline, slot);
        displaced
    }

    /// A response came; `None` if it fits no transaction.
    pub(crate) fn receive(&mut self, key: &Key, status: u16, now: Instant) -> Option<(Reception, O)> {
        let slot = *self.keys.get(key)?;
        let entry = self.entries.get_mut(slot)?;
        let before = entry.client.deadline();
        let reception = entry.client.receive(status, now, &self.timers);
        let owner = entry.owner.clone();
        if reception == Reception::Final {
            entry.request = Bytes::new();
        }
        let deadline = entry.client.deadline();
        if deadline != before {
            if deadline <= now {
                self.forget(slot);
            } else {
                self.deadlines.push(deadline, slot);
            }
            self.sweep();
        }
        Some((reception, owner))
    }

    /// When [`Self::poll`] has something to do at the earliest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadlines.earliest()
    }

    /// The next thing that is due; to be called until it returns `None`.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Due<O>> {
        while let Some((at, slot)) = self.deadlines.pop_due(now) {
            let Some(entry) = self.entries.get_mut(slot).filter(|entry| entry.client.deadline() == at) else {
                continue;
            };
            match entry.client.expire(&self.timers) {
                Expiry::Retransmit => {
                    self.deadlines.push(entry.client.deadline(), slot);
                    return Some(Due::Retransmit {
                        request: entry.request.clone(),
                        owner: entry.owner.clone(),
                    });
                }
                Expiry::TimedOut => return self.forget(slot).map(|entry| Due::TimedOut(entry.owner)),
                Expiry::Terminated => drop(self.forget(slot)),
            }
        }
        None
    }

    /// Whose the transaction is.
    pub(crate) fn owner(&self, key: &Key) -> Option<&O> {
        self.keys.get(key).and_then(|slot| self.entries.get(*slot)).map(|entry| &entry.owner)
    }

    /// Ends a transaction whatever its state; returns its owner if a final response was still awaited.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<O> {
        let slot = *self.keys.get(key)?;
        let entry = self.forget(slot)?;
        self.sweep();
        entry.client.is_open().then_some(entry.owner)
    }

    /// Ends all unanswered transactions that the condition chooses, for example those of a broken connection.
    pub(crate) fn remove_where(&mut self, chosen: impl Fn(&O) -> bool) -> Vec<O> {
        let broken: Vec<u32> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.client.is_open() && chosen(&entry.owner))
            .map(|(slot, _)| slot)
            .collect();
        broken.into_iter().filter_map(|slot| self.forget(slot)).map(|entry| entry.owner).collect()
    }

    fn forget(&mut self, slot: u32) -> Option<Entry<O>> {
        let entry = self.entries.remove(slot)?;
        self.keys.remove(&entry.key);
        Some(entry)
    }

    fn sweep(&mut self) {
        let entries = &self.entries;
        self.deadlines.sweep(entries.len(), |at, slot| {
            entries.get(slot).is_some_and(|entry| entry.client.deadline() == at)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Keys;
    use super::*;

    fn key(branch: &str) -> Key {
        Keys::default().client(branch.as_bytes(), b"MESSAGE")
    }

    fn octets() -> Option<Bytes> {
        Some(Bytes::from_static(b"MESSAGE"))
    }

    #[test]
    fn a_request_is_retransmitted_until_its_response() {
        let (mut table, zero, key) = (ClientTable::new(Timers::default()), Instant::now(), key("a"));
        assert_eq!(table.start(key, Kind::Other, octets(), 7, zero), None);
        assert_eq!(table.poll(zero + Duration::from_millis(499)), None);
        let due = Due::Retransmit { request: octets().unwrap(), owner: 7 };
        assert_eq!(table.poll(zero + Duration::from_millis(500)), Some(due));
        let answered = zero + Duration::from_millis(600);
        assert_eq!(table.receive(&key, 200, answered), Some((Reception::Final, 7)));
        assert_eq!(table.poll(answered + Duration::from_millis(4_999)), None);
        assert_eq!(table.receive(&key, 200, answered), Some((Reception::Absorbed, 7)));
        assert_eq!(table.poll(answered + Duration::from_secs(5)), None);
        assert_eq!(table.receive(&key, 200, answered), None, "timer K has fired");
        assert_eq!(table.entries.len(), 0);
    }

    #[test]
    fn no_answer_in_time_ends_the_transaction() {
        let (mut table, zero, key) = (ClientTable::new(Timers::default()), Instant::now(), key("a"));
        table.start(key, Kind::Other, None, "p", zero);
        assert_eq!(table.deadline(), Some(zero + Duration::from_secs(32)));
        assert_eq!(table.poll(zero + Duration::from_secs(32)), Some(Due::TimedOut("p")));
        assert_eq!(
            table.receive(&key, 200, zero + Duration::from_secs(33)),
            None,
            "a late response is stray"
        );
        assert_eq!(table.deadline(), None);
    }

    #[test]
    fn the_same_key_again_displaces_the_older_transaction() {
        let (mut table, zero, key) = (ClientTable::new(Timers::default()), Instant::now(), key("a"));
        table.start(key, Kind::Other, octets(), 1, zero);
        assert_eq!(table.start(key, Kind::Other, octets(), 2, zero), Some(1));
        assert_eq!(table.receive(&key, 200, zero), Some((Reception::Final, 2)));
        assert_eq!(
            table.start(key, Kind::Other, octets(), 3, zero),
            None,
            "an answered one is displaced silently"
        );
    }

    #[test]
    fn a_lost_connection_ends_what_was_outstanding_on_it() {
        let (mut table, zero, keys) = (ClientTable::new(Timers::default()), Instant::now(), Keys::default());
        for number in 0..10 {
            table.start(keys.client(&[number], b"MESSAGE"), Kind::Other, octets(), number, zero);
        }
        table.receive(&keys.client(&[2], b"MESSAGE"), 200, zero);
        assert_eq!(table.remove_where(|owner| owner % 2 == 0), [0, 4, 6, 8]);
        assert_eq!(table.remove_where(|_| true), [1, 3, 5, 7, 9]);
    }

    #[test]
    fn old_deadlines_do_not_pile_up() {
        let (mut table, zero, keys) = (ClientTable::new(Timers::default()), Instant::now(), Keys::default());
        for number in 0..20_000u32 {
            let key = keys.client(&number.to_be_bytes(), b"MESSAGE");
            table.start(key, Kind::Other, None, number, zero);
            table.receive(&key, 200, zero);
        }
        assert_eq!(table.entries.len(), 0);
        assert!(table.deadlines.len() <= 2048, "{}", table.deadlines.len());
    }
}
