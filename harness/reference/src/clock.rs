//! The time of day the agent believes in.

use time::{Duration, OffsetDateTime};

/// A clock that the control protocol can move; network timers do not follow it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    ahead: Duration,
}

impl Clock {
    /// Now, in UTC.
    pub(crate) fn now(self) -> OffsetDateTime {
        OffsetDateTime::now_utc().saturating_add(self.ahead)
    }

    /// Moves the clock by some seconds, backwards if they are negative.
    pub(crate) fn advance(&mut self, seconds: f64) {
        self.ahead = self.ahead.saturating_add(Duration::saturating_seconds_f64(seconds));
    }
}

/// A time as RFC 3339 has it, to the second; `Z` if it is in UTC.
pub(crate) fn timestamp(time: OffsetDateTime) -> String {
    // Only years of five digits have no such form, and the clock has none.
    wire::time::encode(time.truncate_to_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_both_ways_and_never_overflows() {
        let mut clock = Clock::default();
        clock.advance(290.0);
        assert!(clock.now() - OffsetDateTime::now_utc() > Duration::seconds(289));
        clock.advance(-300.0);
        assert!(clock.now() < OffsetDateTime::now_utc());
        clock.advance(f64::MAX);
        clock.advance(f64::MAX);
        clock.now();
    }
}
