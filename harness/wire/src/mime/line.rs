//! Lines of a header block.

use memchr::memchr;

use crate::deviation::Span;

/// One line, whatever ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// First octet.
    pub(crate) start: usize,
    /// End without the terminator.
    pub(crate) end: usize,
    /// End with the terminator.
    pub(crate) next: usize,
}

impl Line {
    /// The line that starts at `start`; it ends at a line feed or at `limit`. `None` at the limit.
    #[inline]
    pub(crate) fn at(octets: &[u8], start: usize, limit: usize) -> Option<Self> {
        let rest = octets.get(start..limit).filter(|rest| !rest.is_empty())?;
        let Some(feed) = memchr(b'\n', rest) else {
            return Some(Self { start, end: limit, next: limit });
        };
        let carriage = usize::from(feed > 0 && rest[feed - 1] == b'\r');
        Some(Self { start, end: start + feed - carriage, next: start + feed + 1 })
    }

    /// Whether nothing stands on it.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether it ends in a line feed alone.
    #[inline]
    pub(crate) fn is_bare(&self) -> bool {
        self.next - self.end == 1
    }

    /// The octets of the terminator.
    pub(crate) fn terminator(&self) -> Span {
        self.end..self.next
    }
}
