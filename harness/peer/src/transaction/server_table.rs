//! All server transactions of a network.

use std::collections::HashMap;
use std::time::Instant;

use bytes::Bytes;
use rustc_hash::FxBuildHasher;

use super::deadlines::Deadlines;
use super::server::Server;
use super::slots::Slots;
use super::{Key, Timers};

/// Server transactions by key, with their timers; `O` is whose a transaction is.
#[derive(Debug)]
pub(crate) struct ServerTable<O> {
    timers: Timers,
    limit: usize,
    evicted: u64,
    keys: HashMap<Key, u32, FxBuildHasher>,
    entries: Slots<Entry<O>>,
    deadlines: Deadlines,
}

#[derive(Debug)]
struct Entry<O> {
    key: Key,
    server: Server,
    owner: O,
}

/// What a request is to the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival<O> {
    /// The first of a transaction, which has begun by that and belongs to this owner.
    New(O),
    /// It came before.
    Again {
        /// What the transaction belongs to.
        owner: O,
        /// What is to be sent again, if anything.
        response: Option<Bytes>,
    },
}

impl<O: Clone> ServerTable<O> {
    /// An empty table that forgets the transaction with the earliest deadline when there are more than `limit`.
    pub(crate) fn new(timers: Timers, limit: usize) -> Self {
        Self {
            timers,
            limit,
            evicted: 0,
            keys: HashMap::default(),
            entries: Slots::default(),
            deadlines: Deadlines::default(),
        }
    }

    /// A request came. If it is new, it belongs to the owner that `admit` names.
    pub(crate) fn receive(
        &mut self,
        key: Key,
        reliable: bool,
        now: Instant,
        admit: impl FnOnce() -> O,
    ) -> Arrival<O> {
        if let Some(entry) = self.keys.get(&key).and_then(|slot| self.entries.get(*slot))
            && entry.server.deadline() > now
        {
            return Arrival::Again { owner: entry.owner.clone(), response: entry.server.repeat() };
        }
        self.forget(&key);
        self.make_room();
        let server = Server::start(reliable, now, &self.timers);
        let deadline = server.deadline();
        let owner = admit();
        let slot = self.entries.insert(Entry { key, server, owner: owner.clone() });
        self.keys.insert(key, slot);
        self.deadlines.push(deadline, slot);
        Arrival::New(owner)
    }

    /// The transaction user answers. Whether the response is to be sent; if so, the owner is told.
    pub(crate) fn respond(
        &mut self,
        key: &Key,
        status: u16,
        response: &Bytes,
        now: Instant,
        tell: impl FnOnce(&mut O),
    ) -> bool {
        let Some(slot) = self.keys.get(key).copied() else { return false };
        let Some(entry) = self.entries.get_mut(slot) else { return false };
        if !entry.server.respond(status, response, now, &self.timers) {
            return false;
        }
        tell(&mut entry.owner);
        let deadline = entry.server.deadline();
        if deadline <= now {
            self.forget(key);
            self.sweep();
        } else {
            self.deadlines.push(deadline, slot);
        }
        true
    }

    /// Whose the transaction is.
    pub(crate) fn owner(&self, key: &Key) -> Option<&O> {
        self.keys.get(key).and_then(|slot| self.entries.get(*slot)).map(|entry| &entry.owner)
    }

    /// When [`Self::expire`] has something to do at the earliest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadlines.earliest()
    }

    /// Forgets the transactions whose time is over.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some((at, slot)) = self.deadlines.pop_due(now) {
            self.forget_at(at, slot);
        }
    }

    /// How many transactions were forgotten before their time because there were too many.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    fn make_room(&mut self) {
        while self.entries.len() >= self.limit.max(1) {
            let Some((at, slot)) = self.deadlines.pop() else { return };
            self.evicted += u64::from(self.forget_at(at, slot));
        }
    }

    /// Forgets the transaction in the slot if this is its deadline.
    fn forget_at(&mut self, at: Instant, slot: u32) -> bool {
        let entry = self.entries.get(slot).filter(|entry| entry.server.deadline() == at);
        let Some(key) = entry.map(|entry| entry.key) else { return false };
        self.forget(&key);
        true
    }

    fn forget(&mut self, key: &Key) {
        if let Some(slot) = self.keys.remove(key) {
            self.entries.remove(slot);
        }
    }

    fn sweep(&mut self) {
        let entries = &self.entries;
        self.deadlines.sweep(entries.len(), |at, slot| {
            entries.get(slot).is_some_and(|entry| entry.server.deadline() == at)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Keys;
    use super::*;

    const OK: Bytes = Bytes::from_static(b"SIP/2.0 200 OK");

    fn table() -> (ServerTable<u32>, Instant, Key) {
        let key = Keys::default().client(b"z9hG4bK1", b"MESSAGE");
        (ServerTable::new(Timers::default(), 1_000), Instant::now(), key)
    }

    #[test]
    fn duplicates_are_absorbed_until_timer_j() {
        let (mut table, zero, key) = table();
        assert_eq!(table.receive(key, false, zero, || 5), Arrival::New(5));
        assert_eq!(table.receive(key, false, zero, || 6), Arrival::Again { owner: 5, response: None });
        assert!(table.respond(&key, 200, &OK, zero, |_| ()));
        let last = zero + Duration::from_millis(31_999);
        let again = Arrival::Again { owner: 5, response: Some(OK) };
        assert_eq!(table.receive(key, false, last, || 7), again);
        table.expire(last);
        assert_eq!(table.receive(key, false, last, || 7), again);
        let over = zero + Duration::from_secs(32);
        assert_eq!(table.receive(key, false, over, || 8), Arrival::New(8));
        assert_eq!(table.entries.len(), 1);
    }

    #[test]
    fn on_a_reliable_transport_a_duplicate_is_known_until_the_answer() {
        let (mut table, zero, key) = table();
        table.receive(key, true, zero, || 5);
        assert_eq!(table.receive(key, true, zero, || 6), Arrival::Again { owner: 5, response: None });
        assert!(table.respond(&key, 200, &OK, zero, |_| ()));
        assert_eq!(table.entries.len(), 0);
        assert_eq!(table.receive(key, true, zero, || 7), Arrival::New(7));
    }

    #[test]
    fn a_request_that_is_never_answered_is_forgotten() {
        let (mut table, zero, key) = table();
        table.receive(key, true, zero, || 5);
        assert_eq!(table.deadline(), Some(zero + Duration::from_secs(32)));
        table.expire(zero + Duration::from_secs(32));
        assert_eq!((table.entries.len(), table.deadline()), (0, None));
        assert!(!table.respond(&key, 200, &OK, zero, |_| ()));
    }

    #[test]
    fn a_flood_evicts_the_oldest() {
        let (mut table, zero, _) = table();
        let keys = Keys::default();
        for number in 0..5_000u32 {
            let key = keys.client(&number.to_be_bytes(), b"MESSAGE");
            let now = zero + Duration::from_micros(number.into());
            assert_eq!(table.receive(key, false, now, || number), Arrival::New(number));
            table.respond(&key, 200, &OK, now, |_| ());
        }
        assert_eq!((table.entries.len(), table.evicted()), (1_000, 4_000));
        let newest = keys.client(&4_999u32.to_be_bytes(), b"MESSAGE");
        assert!(matches!(table.receive(newest, false, zero, || 0), Arrival::Again { owner: 4_999, .. }));
    }
}
