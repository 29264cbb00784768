//! The base values from which every timer of a transaction follows.

use std::time::Duration;

/// Timer values of RFC 3261 section 17.1.1.1 and Appendix A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// Estimate of the round-trip time; 500 ms unless both sides know better.
    pub t1: Duration,
    /// Longest interval between retransmissions; 4 s.
    pub t2: Duration,
    /// How long a message may stay in the network; 5 s.
    pub t4: Duration,
    /// How long the response to an MSRP request may take; 30 s (RFC 4975 section 7.1).
    pub msrp: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            msrp: Duration::from_secs(30),
        }
    }
}

impl Timers {
    /// Timer A before the retransmission of that number, counted from 0, while no response has come.
    pub(crate) fn a(&self, retransmission: u32) -> Duration {
        let factor = 1u32.checked_shl(retransmission).unwrap_or(u32::MAX);
        self.t1.saturating_mul(factor)
    }

    /// Timer E, G, or that of a 2xx response to INVITE (section 13.3.1.4), before the retransmission of that number, counted from 0, while no response has come.
    pub(crate) fn e(&self, retransmission: u32) -> Duration {
        self.a(retransmission).min(self.t2)
    }

    /// Timers B and F: a client transaction without a final response is given up.
    pub(crate) fn f(&self) -> Duration {
        self.t1.saturating_mul(64)
    }

    /// Timer H, or that of section 13.3.1.4: no ACK is awaited any more.
    pub(crate) fn h(&self) -> Duration {
        self.f()
    }

    /// Timer D: a client transaction of INVITE absorbs repeated refusals that long.
    pub(crate) fn d(&self, reliable: bool) -> Duration {
        if reliable { Duration::ZERO } else { self.f() }
    }

    /// Timer M of RFC 6026: a client transaction of INVITE absorbs repeated 2xx responses that long.
    pub(crate) fn m(&self) -> Duration {
        self.f()
    }

    /// An INVITE that has had a provisional response is given up that long after the last one. RFC 3261 leaves this to
    /// the user; a proxy waits for more than three minutes (timer C), and so does a peer.
    pub(crate) fn ringing(&self) -> Duration {
        self.f().saturating_mul(6)
    }

    /// Timer J: a server transaction absorbs retransmissions that long after its final response.
    pub(crate) fn j(&self, reliable: bool) -> Duration {
        if reliable { Duration::ZERO } else { self.t1.saturating_mul(64) }
    }

    /// Timer K: a client transaction absorbs repeated final responses that long.
    pub(crate) fn k(&self, reliable: bool) -> Duration {
        if reliable { Duration::ZERO } else { self.t4 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_appendix_a() {
        let timers = Timers::default();
        assert_eq!(timers.f(), Duration::from_secs(32));
        assert_eq!(timers.j(false), Duration::from_secs(32));
        assert_eq!(timers.k(false), Duration::from_secs(5));
        assert_eq!((timers.j(true), timers.k(true)), (Duration::ZERO, Duration::ZERO));
    }

    #[test]
    fn timer_e_doubles_up_to_t2() {
        let timers = Timers::default();
        let intervals: Vec<u128> = (0..6).map(|number| timers.e(number).as_millis()).collect();
        assert_eq!(intervals, [500, 1000, 2000, 4000, 4000, 4000]);
        assert_eq!(timers.e(40), timers.t2);
    }
}
