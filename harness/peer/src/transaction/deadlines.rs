//! Deadlines of many transactions in one binary heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// A heap that is below this size is never swept.
const SWEEP_FLOOR: usize = 1024;

/// When to look at which slot again.
///
/// Nothing is ever taken out of the middle: a deadline that no longer holds is recognised when it comes up, because
/// its slot then has another one. If such leftovers outnumber the rest, they are swept out.
#[derive(Debug, Default)]
pub(crate) struct Deadlines(BinaryHeap<Reverse<(Instant, u32)>>);

impl Deadlines {
    /// Adds a deadline.
    pub(crate) fn push(&mut self, at: Instant, slot: u32) {
        self.0.push(Reverse((at, slot)));
    }

    /// The earliest deadline, which may be a leftover.
    pub(crate) fn earliest(&self) -> Option<Instant> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    /// Takes the earliest deadline if it is not after `now`.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<(Instant, u32)> {
        self.earliest().filter(|at| *at <= now)?;
        self.pop()
    }

    /// Takes the earliest deadline.
    pub(crate) fn pop(&mut self) -> Option<(Instant, u32)> {
        self.0.pop().map(|Reverse(entry)| entry)
    }

    /// Drops the leftovers if they outnumber the `live` deadlines.
    pub(crate) fn sweep(&mut self, live: usize, holds: impl Fn(Instant, u32) -> bool) {
        if self.0.len() > SWEEP_FLOOR + 2 * live {
            self.0.retain(|Reverse((at, slot))| holds(*at, *slot));
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
