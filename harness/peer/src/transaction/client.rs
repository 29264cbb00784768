//! The client transaction (RFC 3261 section 17.1).

use std::time::{Duration, Instant};

use super::Timers;

/// One client transaction; its octets and owner are the table's.
#[derive(Debug)]
pub(crate) struct Client {
    kind: Kind,
    state: State,
    reliable: bool,
    /// Retransmissions so far.
    retransmissions: u32,
    /// When the next timer fires: A or E, B or F, D, K or M, whichever comes first.
    deadline: Instant,
    /// When timer B or F fires.
    gives_up: Instant,
}

/// Which of the two state machines of section 17.1 a transaction follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// That of section 17.1.1, with 2xx responses as RFC 6026 section 7.2 has them.
    Invite,
    /// That of section 17.1.2.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Trying,
    Proceeding,
    Completed,
}

/// What a response meant to its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reception {
    /// It is on its way: 1xx.
    Provisional,
    /// The transaction has its final response now.
    Final,
    /// A final response had been there already; timer D, K or M absorbs this one.
    Absorbed,
}

/// What a timer demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// Timer A or E: send the request again.
    Retransmit,
    /// Timer B or F: no final response came.
    TimedOut,
    /// Timer D, K or M: forget the transaction.
    Terminated,
}

impl Client {
    /// The request has just been given to a transport.
    pub(crate) fn start(kind: Kind, reliable: bool, now: Instant, timers: &Timers) -> Self {
        let gives_up = now + timers.f();
        let deadline = if reliable { gives_up } else { gives_up.min(now + timers.e(0)) };
        Self { kind, state: State::Trying, reliable, retransmissions: 0, deadline, gives_up }
    }

    /// When [`Self::expire`] wants to be called.
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether a final response is still awaited.
    pub(crate) fn is_open(&self) -> bool {
        self.state != State::Completed
    }

    /// A response with this status code matched the transaction.
    pub(crate) fn receive(&mut self, status: u16, now: Instant, timers: &Timers) -> Reception {
        match self.state {
            State::Completed => Reception::Absorbed,
            State::Trying | State::Proceeding if status < 200 => {
                self.state = State::Proceeding;
                if self.kind == Kind::Invite {
                    // No timer runs now. An end that is far off keeps the transaction from staying for ever.
                    self.gives_up = now + timers.ringing();
                    self.deadline = self.gives_up;
                }
                Reception::Provisional
            }
            State::Trying | State::Proceeding => {
                self.state = State::Completed;
                self.deadline = now + self.absorbs(status, timers);
                Reception::Final
            }
        }
    }

    /// How long final responses may be repeated: timers D, K, and M of RFC 6026.
    fn absorbs(&self, status: u16, timers: &Timers) -> Duration {
        match self.kind {
            Kind::Invite if status < 300 => timers.m(),
            Kind::Invite => timers.d(self.reliable),
            Kind::Other => timers.k(self.reliable),
        }
    }

    /// The deadline has come.
    pub(crate) fn expire(&mut self, timers: &Timers) -> Expiry {
        if self.state == State::Completed {
            return Expiry::Terminated;
        }
        if self.deadline >= self.gives_up {
            return Expiry::TimedOut;
        }
        self.retransmissions += 1;
        let interval = match (self.kind, self.state) {
            (Kind::Invite, _) => timers.a(self.retransmissions),
            (Kind::Other, State::Proceeding) => timers.t2,
            (Kind::Other, _) => timers.e(self.retransmissions),
        };
        // Counted from the deadline rather than from now: a late wake-up does not shift the schedule.
        self.deadline = self.gives_up.min(self.deadline + interval);
        Expiry::Retransmit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMERS: Timers = Timers {
        t1: Duration::from_millis(500),
        t2: Duration::from_secs(4),
        t4: Duration::from_secs(5),
        msrp: Duration::from_secs(30),
    };

    /// Runs the timers to the end and notes when each fired, in milliseconds since the start.
    fn schedule(client: &mut Client, zero: Instant) -> Vec<(u128, Expiry)> {
        let mut fired = Vec::new();
        loop {
            let at = client.deadline();
            let expiry = client.expire(&TIMERS);
            fired.push(((at - zero).as_millis(), expiry));
            if expiry != Expiry::Retransmit {
                return fired;
            }
        }
    }

    #[test]
    fn an_unanswered_request_is_sent_eleven_times_in_32_seconds() {
        let zero = Instant::now();
        let mut client = Client::start(Kind::Other, false, zero, &TIMERS);
        let fired = schedule(&mut client, zero);
        // RFC 3261 17.1.2.2: 500 ms, 1 s, 2 s, 4 s, 4 s, ... until timer F after 32 s.
        let times = [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000];
        assert_eq!(fired.iter().map(|(at, _)| *at).collect::<Vec<_>>(), times);
        assert!(fired[..10].iter().all(|(_, expiry)| *expiry == Expiry::Retransmit));
        assert_eq!(fired[10].1, Expiry::TimedOut);
    }

    #[test]
    fn a_reliable_transport_needs_no_retransmission() {
        let zero = Instant::now();
        let mut client = Client::start(Kind::Other, true, zero, &TIMERS);
        assert_eq!(schedule(&mut client, zero), [(32_000, Expiry::TimedOut)]);
    }

    #[test]
    fn a_provisional_response_slows_retransmission_to_t2() {
        let zero = Instant::now();
        let mut client = Client::start(Kind::Other, false, zero, &TIMERS);
        assert_eq!(client.receive(100, zero + TIMERS.t1 / 2, &TIMERS), Reception::Provisional);
        let fired = schedule(&mut client, zero);
        let times = [500, 4500, 8500, 12500, 16500, 20500, 24500, 28500, 32000];
        assert_eq!(fired.iter().map(|(at, _)| *at).collect::<Vec<_>>(), times);
        assert_eq!(fired.last().map(|(_, expiry)| *expiry), Some(Expiry::TimedOut));
    }

    #[test]
    fn a_final_response_starts_timer_k() {
        let zero = Instant::now();
        let mut client = Client::start(Kind::Other, false, zero, &TIMERS);
        let answered = zero + Duration::from_millis(100);
        assert_eq!(client.receive(200, answered, &TIMERS), Reception::Final);
        assert!(!client.is_open());
        assert_eq!(client.receive(200, answered, &TIMERS), Reception::Absorbed);
        assert_eq!(client.receive(180, answered, &TIMERS), Reception::Absorbed);
        assert_eq!(schedule(&mut client, zero), [(5_100, Expiry::Terminated)]);
    }

    #[test]
    fn timer_k_is_zero_on_a_reliable_transport() {
        let zero = Instant::now();
        let mut client = Client::start(Kind::Other, true, zero, &TIMERS);
        assert_eq!(client.receive(486, zero, &TIMERS), Reception::Final);
        assert_eq!(schedule(&mut client, zero), [(0, Expiry::Terminated)]);
    }

    #[test]
    fn an_unanswered_invite_is_sent_seven_times_in_32_seconds() {
        let zero = Instant::now();
        let mut client = Client::start(Kind::Invite, false, zero, &TIMERS);
        let fired = schedule(&mut client, zero);
        // RFC 3261 17.1.1.2: the interval doubles without a bound, until timer B after 32 s.
        let times = [500, 1500, 3500, 7500, 15500, 31500, 32000];
        assert_eq!(fired.iter().map(|(at, _)| *at).collect::<Vec<_>>(), times);
        assert_eq!(fired.last().map(|(_, expiry)| *expiry), Some(Expiry::TimedOut));
    }

    #[test]
    fn a_provisional_response_ends_the_retransmission_of_an_invite() {
        let zero = Instant::now();
        let mut client = Client::start(Kind::Invite, false, zero, &TIMERS);
        assert_eq!(client.receive(100, zero, &TIMERS), Reception::Provisional);
        assert_eq!(schedule(&mut client, zero), [(192_000, Expiry::TimedOut)]);
    }

    #[test]
    fn final_responses_to_an_invite_may_be_repeated() {
        let zero = Instant::now();
        for (status, reliable, at) in
            [(200, false, 32_000), (200, true, 32_000), (486, false, 32_000), (486, true, 0)]
        {
            let mut client = Client::start(Kind::Invite, reliable, zero, &TIMERS);
            assert_eq!(client.receive(status, zero, &TIMERS), Reception::Final);
            assert_eq!(client.receive(status, zero, &TIMERS), Reception::Absorbed);
            assert_eq!(schedule(&mut client, zero), [(at, Expiry::Terminated)], "{status} {reliable}");
        }
    }
}
