//! The client transaction for requests other than INVITE (RFC 3261 section 17.1.2).

use std::time::Instant;

use super::Timers;

/// One client transaction; its octets and owner are the table's.
#[derive(Debug)]
pub(crate) struct Client {
    state: State,
    reliable: bool,
    /// Retransmissions so far.
    retransmissions: u32,
    /// When the next timer fires: E, F or K, whichever comes first.
    deadline: Instant,
    /// When timer F fires.
    gives_up: Instant,
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
    /// A final response had been there already; timer K absorbs this one.
    Absorbed,
}

/// What a timer demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// Timer E: send the request again.
    Retransmit,
    /// Timer F: no final response came.
    TimedOut,
    /// Timer K: forget the transaction.
    Terminated,
}

impl Client {
    /// The request has just been given to a transport.
    pub(crate) fn start(reliable: bool, now: Instant, timers: &Timers) -> Self {
        let gives_up = now + timers.f();
        let deadline = if reliable { gives_up } else { gives_up.min(now + timers.e(0)) };
        Self { state: State::Trying, reliable, retransmissions: 0, deadline, gives_up }
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
                Reception::Provisional
            }
            State::Trying | State::Proceeding => {
                self.state = State::Completed;
                self.deadline = now + timers.k(self.reliable);
                Reception::Final
            }
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
        let interval = match self.state {
            State::Proceeding => timers.t2,
            _ => timers.e(self.retransmissions),
        };
        // Counted from the deadline rather than from now: a late wake-up does not shift the schedule.
        self.deadline = self.gives_up.min(self.deadline + interval);
        Expiry::Retransmit
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const TIMERS: Timers =
        Timers { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) };

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
        let mut client = Client::start(false, zero, &TIMERS);
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
        let mut client = Client::start(true, zero, &TIMERS);
        assert_eq!(schedule(&mut client, zero), [(32_000, Expiry::TimedOut)]);
    }

    #[test]
    fn a_provisional_response_slows_retransmission_to_t2() {
        let zero = Instant::now();
        let mut client = Client::start(false, zero, &TIMERS);
        assert_eq!(client.receive(100, zero + TIMERS.t1 / 2, &TIMERS), Reception::Provisional);
        let fired = schedule(&mut client, zero);
        let times = [500, 4500, 8500, 12500, 16500, 20500, 24500, 28500, 32000];
        assert_eq!(fired.iter().map(|(at, _)| *at).collect::<Vec<_>>(), times);
        assert_eq!(fired.last().map(|(_, expiry)| *expiry), Some(Expiry::TimedOut));
    }

    #[test]
    fn a_final_response_starts_timer_k() {
        let zero = Instant::now();
        let mut client = Client::start(false, zero, &TIMERS);
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
        let mut client = Client::start(true, zero, &TIMERS);
        assert_eq!(client.receive(486, zero, &TIMERS), Reception::Final);
        assert_eq!(schedule(&mut client, zero), [(0, Expiry::Terminated)]);
    }
}
