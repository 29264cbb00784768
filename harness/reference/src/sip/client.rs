//! Client transactions (RFC 3261 section 17.1.2), without sockets and clocks: time goes in, octets to send come out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::route::{Route, Transport};

/// First interval of Timer E.
const T1: Duration = Duration::from_millis(500);
/// Longest interval of Timer E.
const T2: Duration = Duration::from_secs(4);
/// Timer F: when to give up.
const TIMER_F: Duration = Duration::from_secs(32);

/// Datagrams that may be on their way for the first time. The receive buffer of a socket holds about ninety of our
/// size; what it cannot hold is lost and costs half a second. One that is not answered before its first repetition
/// counts no longer, so a silent peer does not hold up the others.
const WINDOW: usize = 48;

/// The branch of a transaction's Via header.
pub(super) type Branch = String;

/// What is remembered of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) request_uri: String,
    /// See [`super::Outgoing::mark`].
    pub(crate) mark: Option<u64>,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(super) enum Effect {
    /// Send these octets.
    Transmit(Route, Bytes),
    /// No final answer came within Timer F.
    TimedOut(Sent),
}

#[derive(Debug)]
struct Transaction {
    route: Route,
    octets: Bytes,
    about: Sent,
    gives_up: Instant,
    interval: Duration,
    /// Whether it counts against the window.
    fresh: bool,
}

/// All requests that have no final answer yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    open: HashMap<Branch, Transaction>,
    timers: BinaryHeap<Reverse<(Instant, Branch)>>,
    queue: VecDeque<(Branch, Transaction)>,
    fresh: usize,
}

impl Pending {
    /// Takes a request over and says what to send now.
    pub(super) fn start(
        &mut self,
        branch: Branch,
        about: Sent,
        (route, octets): (Route, Bytes),
        now: Instant,
    ) -> Vec<Effect> {
        let fresh = route.transport() == Transport::Udp;
        let transaction = Transaction { route, octets, about, gives_up: now + TIMER_F, interval: T1, fresh };
        if fresh {
            self.queue.push_back((branch, transaction));
            return self.refill(now);
        }
        vec![self.open(branch, transaction, now)]
    }

    fn open(&mut self, branch: Branch, mut transaction: Transaction, now: Instant) -> Effect {
        transaction.gives_up = now + TIMER_F;
        let wake = if transaction.fresh { now + T1 } else { transaction.gives_up };
        self.timers.push(Reverse((wake, branch.clone())));
        let transmit = Effect::Transmit(transaction.route.clone(), transaction.octets.clone());
        self.open.insert(branch, transaction);
        transmit
    }

    fn refill(&mut self, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        while self.fresh < WINDOW {
            let Some((branch, transaction)) = self.queue.pop_front() else { break };
            self.fresh += 1;
            effects.push(self.open(branch, transaction, now));
        }
        effects
    }

    /// A response came. Gives what to send next, and the request if this was the final answer to an open one.
    pub(super) fn answered(
        &mut self,
        branch: &str,
        status: u16,
        now: Instant,
    ) -> (Vec<Effect>, Option<Sent>) {
        if status < 200 {
            if let Some(transaction) = self.open.get_mut(branch) {
                transaction.interval = T2;
            }
            return (Vec::new(), None);
        }
        let Some(transaction) = self.open.remove(branch) else { return (Vec::new(), None) };
        self.fresh -= usize::from(transaction.fresh);
        (self.refill(now), Some(transaction.about))
    }

    /// When [`Pending::due`] has to be asked next.
    pub(super) fn wakes(&self) -> Option<Instant> {
        self.timers.peek().map(|Reverse((at, _))| *at)
    }

    /// What the timers that have run out by now demand.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        while self.wakes().is_some_and(|at| at <= now) {
            let Some(Reverse((_, branch))) = self.timers.pop() else { break };
            effects.extend(self.fire(branch, now));
        }
        effects.extend(self.refill(now));
        effects
    }

    /// Timers E and F of one transaction; a transaction that was answered meanwhile has none.
    fn fire(&mut self, branch: Branch, now: Instant) -> Option<Effect> {
        let transaction = self.open.get_mut(&branch)?;
        self.fresh -= usize::from(transaction.fresh);
        transaction.fresh = false;
        if now >= transaction.gives_up {
            return self.open.remove(&branch).map(|transaction| Effect::TimedOut(transaction.about));
        }
        let next = (now + (transaction.interval * 2).min(T2)).min(transaction.gives_up);
        transaction.interval = (transaction.interval * 2).min(T2);
        self.timers.push(Reverse((next, branch)));
        Some(Effect::Transmit(transaction.route.clone(), transaction.octets.clone()))
    }
}
