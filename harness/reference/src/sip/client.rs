//! What is sent again until something comes back: requests (RFC 3261 section 17.1) and final responses to INVITE
//! (sections 13.3.1.4 and 17.2.1). Without sockets and clocks: time goes in, octets to send come out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::route::{Route, Transport};

/// First interval of Timers A, E and G.
const T1: Duration = Duration::from_millis(500);
/// Longest interval of Timers E and G.
const T2: Duration = Duration::from_secs(4);
/// Timers B, F and H: when to give up.
const TIMER_F: Duration = Duration::from_secs(32);
/// How long an INVITE may stay without a final answer after a provisional one; that of Timer C, since whoever waits here
/// is a machine.
const TIMER_C: Duration = Duration::from_secs(180);

/// Datagrams that may be on their way for the first time. The receive buffer of a socket holds about ninety of our
/// size; what it cannot hold is lost and costs half a second. One that is not answered before its first repetition
/// counts no longer, so a silent peer does not hold up the others.
const WINDOW: usize = 48;

/// What tells one transaction from another: the branch of its Via header, or something that is none.
pub(super) type Branch = String;

/// What is remembered of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) request_uri: String,
    pub(crate) owner: Owner,
}

/// Whom it concerns what becomes of something sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The sender of a MESSAGE, with the mark he gave it.
    Message(Option<u64>),
    /// The call of that number.
    Call(u64),
    /// Whoever sent the request of that number, which was passed on.
    Upstream(u64),
    /// Nobody.
    None,
}

/// When something is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// As a request that is no INVITE: as Timer E has it.
    Request,
    /// As an INVITE: as Timer A has it, until there is any answer.
    Invite,
    /// As a final response to an INVITE: as Timer G has it, and one that accepts on every transport.
    Final { accepts: bool },
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(super) enum Effect {
    /// Send these octets.
    Transmit(Route, Bytes),
    /// Nothing final came back in time.
    TimedOut(Sent),
}

#[derive(Debug)]
struct Transaction {
    route: Route,
    octets: Bytes,
    about: Sent,
    gives_up: Instant,
    interval: Duration,
    repeat: Repeat,
    repeats: bool,
    /// Whether it counts against the window.
    fresh: bool,
}

/// All that waits for something to come back.
#[derive(Debug, Default)]
pub(super) struct Pending {
    open: HashMap<Branch, Transaction>,
    timers: BinaryHeap<Reverse<(Instant, Branch)>>,
    queue: VecDeque<(Branch, Transaction)>,
    fresh: usize,
}

impl Pending {
    /// Takes something over and says what to send now.
    pub(super) fn start(
        &mut self,
        branch: Branch,
        about: Sent,
        (route, octets): (Route, Bytes),
        repeat: Repeat,
        now: Instant,
    ) -> Vec<Effect> {
        let datagram = route.transport() == Transport::Udp;
        let repeats = datagram || repeat == Repeat::Final { accepts: true };
        let fresh = datagram && !matches!(repeat, Repeat::Final { .. });
        let gives_up = now + TIMER_F;
        let transaction =
            Transaction { route, octets, about, gives_up, interval: T1, repeat, repeats, fresh };
        if fresh {
            self.queue.push_back((branch, transaction));
            return self.refill(now);
        }
        vec![self.open(branch, transaction, now)]
    }

    fn open(&mut self, branch: Branch, mut transaction: Transaction, now: Instant) -> Effect {
        transaction.gives_up = now + TIMER_F;
        let wake = if transaction.repeats { now + T1 } else { transaction.gives_up };
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

    /// Who waits for that, and what was sent.
    pub(super) fn waiting(&self, branch: &str) -> Option<(&Sent, &Route, &Bytes)> {
        self.open.get(branch).map(|transaction| (&transaction.about, &transaction.route, &transaction.octets))
    }

    /// Something came back: the response of that status to a request, or, as if it were one, an ACK to a response. Gives
    /// what to send next, and what is over, if this was final for something open.
    pub(super) fn answered(
        &mut self,
        branch: &str,
        status: u16,
        now: Instant,
    ) -> (Vec<Effect>, Option<Sent>) {
        if status < 200 {
            if let Some(transaction) = self.open.get_mut(branch) {
                self.fresh -= usize::from(transaction.provisionally_answered(now));
            }
            return (self.refill(now), None);
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
        if !transaction.repeats {
            self.timers.push(Reverse((transaction.gives_up, branch)));
            return None;
        }
        transaction.interval = transaction.next_interval();
        let next = (now + transaction.interval).min(transaction.gives_up);
        self.timers.push(Reverse((next, branch)));
        Some(Effect::Transmit(transaction.route.clone(), transaction.octets.clone()))
    }
}

impl Transaction {
    fn next_interval(&self) -> Duration {
        let doubled = self.interval * 2;
        if self.repeat == Repeat::Invite { doubled } else { doubled.min(T2) }
    }

    /// An answer that is not final came. Says whether the transaction counts against the window no longer.
    fn provisionally_answered(&mut self, now: Instant) -> bool {
        if self.repeat != Repeat::Invite {
            self.interval = T2;
            return false;
        }
        self.repeats = false;
        self.gives_up = now + TIMER_C;
        std::mem::replace(&mut self.fresh, false)
    }
}
