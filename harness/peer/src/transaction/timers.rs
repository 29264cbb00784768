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
}

impl Default for Timers {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4), t4: Duration::from_secs(5) }
    }
}

impl Timers {
    /// Timer E before the retransmission of that number, counted from 0, while no response has come.
    pub(crate) fn e(&self, retransmission: u32) -> Duration {
        let factor = 1u32.checked_shl(retransmission).unwrap_or(u32::MAX);
        self.t1.saturating_mul(factor).min(self.t2)
    }

    /// Timer F: a client transaction without a final response is given up.
    pub(crate) fn f(&self) -> Duration {
        self.t1.saturating_mul(64)
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
