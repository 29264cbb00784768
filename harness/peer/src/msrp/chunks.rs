//! Requests that wait for their responses (RFC 4975 section 7.1).

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// Requests by transaction identifier; `O` is whose a request is.
#[derive(Debug)]
pub(crate) struct Chunks<O> {
    timeout: Duration,
    waiting: HashMap<Box<[u8]>, Waiting<O>>,
    /// In the order in which they come, since all wait equally long. Those of requests that wait no more are left in.
    deadlines: VecDeque<(Instant, Box<[u8]>)>,
}

#[derive(Debug)]
struct Waiting<O> {
    owner: O,
    deadline: Option<Instant>,
}

/// Leftovers are swept out when there are more of them than this, and than requests.
const SWEEP_FLOOR: usize = 1024;

impl<O> Chunks<O> {
    /// An empty table; the response to a request has to come within `timeout`.
    pub(crate) fn new(timeout: Duration) -> Self {
        Self { timeout, waiting: HashMap::new(), deadlines: VecDeque::new() }
    }

    /// A request is about to be sent. `timed` says whether silence is a failure. Returns whoever waited under the same
    /// identifier, and waits no more.
    pub(crate) fn start(&mut self, transaction: &[u8], timed: bool, owner: O, now: Instant) -> Option<O> {
        let deadline = timed.then(|| now + self.timeout);
        if let Some(deadline) = deadline {
            self.deadlines.push_back((deadline, transaction.into()));
        }
        self.waiting.insert(transaction.into(), Waiting { owner, deadline }).map(|waiting| waiting.owner)
    }

    /// A response came; `None` if it fits no request.
    pub(crate) fn receive(&mut self, transaction: &[u8]) -> Option<O> {
        let found = self.waiting.remove(transaction)?;
        self.sweep();
        Some(found.owner)
    }

    /// Ends the wait of all that the condition chooses.
    pub(crate) fn remove_where(&mut self, chosen: impl Fn(&O) -> bool) -> Vec<O> {
        let removed = self.waiting.extract_if(|_, waiting| chosen(&waiting.owner));
        let removed = removed.map(|(_, waiting)| waiting.owner).collect();
        self.sweep();
        removed
    }

    /// When [`Self::poll`] has something to do at the earliest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadlines.front().map(|(at, _)| *at)
    }

    /// The next request whose time is over; to be called until it returns `None`.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<O> {
        while let Some((at, transaction)) = self.deadlines.pop_front_if(|(at, _)| *at <= now) {
            if self.waiting.get(&transaction).is_some_and(|waiting| waiting.deadline == Some(at)) {
                return self.waiting.remove(&transaction).map(|waiting| waiting.owner);
            }
        }
        None
    }

    fn sweep(&mut self) {
        if self.deadlines.len() > SWEEP_FLOOR + 2 * self.waiting.len() {
            let waiting = &self.waiting;
            self.deadlines.retain(|(at, transaction)| {
                waiting.get(transaction).is_some_and(|waiting| waiting.deadline == Some(*at))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (Chunks<u32>, Instant) {
        (Chunks::new(Duration::from_secs(30)), Instant::now())
    }

    #[test]
    fn a_response_finds_its_request_once() {
        let (mut table, zero) = table();
        assert_eq!(table.start(b"a", true, 1, zero), None);
        assert_eq!(table.receive(b"b"), None);
        assert_eq!(table.receive(b"a"), Some(1));
        assert_eq!(table.receive(b"a"), None);
        assert_eq!(table.poll(zero + Duration::from_secs(60)), None);
    }

    #[test]
    fn silence_is_a_failure_where_a_response_is_due() {
        let (mut table, zero) = table();
        table.start(b"a", true, 1, zero);
        table.start(b"b", false, 2, zero);
        assert_eq!(table.deadline(), Some(zero + Duration::from_secs(30)));
        assert_eq!(table.poll(zero + Duration::from_secs(29)), None);
        assert_eq!(table.poll(zero + Duration::from_secs(30)), Some(1));
        assert_eq!((table.poll(zero + Duration::from_secs(90)), table.deadline()), (None, None));
        assert_eq!(table.receive(b"b"), Some(2), "a refusal may come at any time");
    }

    #[test]
    fn an_identifier_used_again_gets_its_own_time() {
        let (mut table, zero) = table();
        table.start(b"a", true, 1, zero);
        assert_eq!(table.start(b"a", true, 2, zero + Duration::from_secs(10)), Some(1));
        assert_eq!(table.poll(zero + Duration::from_secs(30)), None);
        assert_eq!(table.poll(zero + Duration::from_secs(40)), Some(2));
    }

    #[test]
    fn old_deadlines_do_not_pile_up() {
        let (mut table, zero) = table();
        for number in 0..20_000u32 {
            table.start(&number.to_be_bytes(), true, number, zero);
            assert_eq!(table.receive(&number.to_be_bytes()), Some(number));
        }
        assert!(table.deadlines.len() <= SWEEP_FLOOR + 1, "{}", table.deadlines.len());
        table.start(b"a", true, 1, zero);
        table.start(b"b", true, 2, zero);
        assert_eq!(table.remove_where(|owner| *owner == 2), [2]);
    }
}
