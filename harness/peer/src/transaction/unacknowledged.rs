//! Final responses to INVITE that wait for their ACK (RFC 3261 sections 13.3.1.4 and 17.2.1).

use std::collections::HashMap;
use std::time::Instant;

use bytes::Bytes;
use rustc_hash::FxBuildHasher;

use super::deadlines::Deadlines;
use super::slots::Slots;
use super::{Key, Timers};

/// Responses by the key of their ACK, with the timers that send them again; `O` is whose a response is.
#[derive(Debug)]
pub(crate) struct Unacknowledged<O> {
    timers: Timers,
    limit: usize,
    keys: HashMap<Key, u32, FxBuildHasher>,
    entries: Slots<Entry<O>>,
    deadlines: Deadlines,
}

#[derive(Debug)]
struct Entry<O> {
    key: Key,
    /// What is sent again; `None` if the transport does that.
    response: Option<Bytes>,
    owner: O,
    retransmissions: u32,
    deadline: Instant,
    gives_up: Instant,
}

/// What the passing of time demands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reminder<O> {
    /// Send the response again.
    Retransmit {
        /// Its octets.
        response: Bytes,
        /// Whose it is.
        owner: O,
    },
    /// No ACK came.
    GaveUp(O),
}

impl<O: Clone> Unacknowledged<O> {
    /// An empty table that takes no more than `limit` responses; what is beyond is not sent again.
    pub(crate) fn new(timers: Timers, limit: usize) -> Self {
        Self {
            timers,
            limit,
            keys: HashMap::default(),
            entries: Slots::default(),
            deadlines: Deadlines::default(),
        }
    }

    /// A response has just been sent. `response` is what is sent again, `None` where that is not needed.
    pub(crate) fn start(&mut self, key: Key, response: Option<Bytes>, owner: O, now: Instant) {
        self.acknowledge(&key);
        if self.entries.len() >= self.limit {
            return;
        }
        let gives_up = now + self.timers.h();
        let deadline = match response {
            Some(_) => gives_up.min(now + self.timers.e(0)),
            None => gives_up,
        };
        let entry = Entry { key, response, owner, retransmissions: 0, deadline, gives_up };
        let slot = self.entries.insert(entry);
        self.keys.insert(key, slot);
        self.deadlines.push(deadline, slot);
    }

    /// An ACK came; `None` if it fits no response, or one that had been acknowledged before.
    pub(crate) fn acknowledge(&mut self, key: &Key) -> Option<O> {
        let slot = self.keys.remove(key)?;
        let entry = self.entries.remove(slot)?;
        let entries = &self.entries;
        self.deadlines
            .sweep(entries.len(), |at, slot| entries.get(slot).is_some_and(|entry| entry.deadline == at));
        Some(entry.owner)
    }

    /// When [`Self::poll`] has something to do at the earliest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadlines.earliest()
    }

    /// The next thing that is due; to be called until it returns `None`.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Reminder<O>> {
        while let Some((at, slot)) = self.deadlines.pop_due(now) {
            let Some(entry) = self.entries.get_mut(slot).filter(|entry| entry.deadline == at) else {
                continue;
            };
            let (key, gives_up) = (entry.key, entry.gives_up);
            let (Some(response), false) = (entry.response.clone(), at >= gives_up) else {
                return self.acknowledge(&key).map(Reminder::GaveUp);
            };
            entry.retransmissions += 1;
            entry.deadline = gives_up.min(at + self.timers.e(entry.retransmissions));
            self.deadlines.push(entry.deadline, slot);
            return Some(Reminder::Retransmit { response, owner: entry.owner.clone() });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::Keys;
    use super::*;

    const OK: Bytes = Bytes::from_static(b"SIP/2.0 200 OK");

    fn key(cseq: u32) -> Key {
        Keys::default().acknowledged(b"call", b"from", b"to", cseq)
    }

    /// Runs the timers to the end; milliseconds since `zero`, and whether the response is given up.
    fn schedule(table: &mut Unacknowledged<u32>, zero: Instant) -> Vec<(u128, bool)> {
        let mut fired = Vec::new();
        while let Some(at) = table.deadline() {
            if let Some(due) = table.poll(at) {
                fired.push(((at - zero).as_millis(), due == Reminder::GaveUp(7)));
            }
        }
        fired
    }

    #[test]
    fn a_response_is_sent_again_until_64_t1() {
        let (mut table, zero) = (Unacknowledged::new(Timers::default(), 10), Instant::now());
        table.start(key(1), Some(OK), 7, zero);
        // RFC 3261 13.3.1.4: 500 ms, 1 s, 2 s, then every 4 s, until 32 s.
        let times = [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000];
        let expected: Vec<_> = times.into_iter().map(|at| (at, at == 32000)).collect();
        assert_eq!(schedule(&mut table, zero), expected);
        assert_eq!(table.entries.len(), 0);
    }

    #[test]
    fn an_ack_ends_it() {
        let keys = Keys::default();
        let (mut table, zero) = (Unacknowledged::new(Timers::default(), 10), Instant::now());
        let known = keys.acknowledged(b"call", b"from", b"to", 1);
        table.start(known, Some(OK), 7, zero);
        assert_eq!(
            table.acknowledge(&keys.acknowledged(b"call", b"from", b"to", 2)),
            None,
            "that of another INVITE"
        );
        assert_eq!(table.acknowledge(&known), Some(7));
        assert_eq!(table.acknowledge(&known), None);
        assert_eq!(schedule(&mut table, zero), []);
    }

    #[test]
    fn where_nothing_is_sent_again_the_ack_is_awaited_all_the_same() {
        let (mut table, zero) = (Unacknowledged::new(Timers::default(), 10), Instant::now());
        table.start(key(1), None, 7, zero);
        assert_eq!(schedule(&mut table, zero), [(32_000, true)]);
    }

    #[test]
    fn a_flood_finds_no_room() {
        let (mut table, zero) = (Unacknowledged::new(Timers::default(), 2), Instant::now());
        for cseq in 0..100 {
            table.start(key(cseq), Some(OK), cseq, zero);
        }
        assert_eq!(table.entries.len(), 2);
    }
}
