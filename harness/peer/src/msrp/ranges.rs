//! Which octets of a message have come.

/// Stretches of octets, in order, that neither overlap nor touch.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// Adds the octets from `start` up to `end`, which is not one of them. `false` if that would make more than `most`
    /// stretches; then nothing is added.
    pub(super) fn add(&mut self, start: u64, end: u64, most: usize) -> bool {
        if start >= end {
            return true;
        }
        let first = self.0.partition_point(|(_, other)| *other < start);
        let behind = self.0.partition_point(|(other, _)| *other <= end);
        let touched = &self.0[first..behind];
        if touched.is_empty() && self.0.len() >= most {
            return false;
        }
        let start = touched.first().map_or(start, |(other, _)| start.min(*other));
        let end = touched.last().map_or(end, |(_, other)| end.max(*other));
        self.0.splice(first..behind, [(start, end)]);
        true
    }

    /// Whether the first `length` octets are there.
    pub(super) fn cover(&self, length: u64) -> bool {
        length == 0 || self.0.first().is_some_and(|(start, end)| *start == 0 && *end >= length)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stretches_grow_together() {
        let mut ranges = Ranges::default();
        for (start, end) in [(4, 6), (8, 9), (0, 2), (6, 8)] {
            assert!(ranges.add(start, end, 3));
        }
        assert_eq!(ranges.0, [(0, 2), (4, 9)]);
        assert!(!ranges.cover(3));
        assert!(ranges.add(1, 5, 3));
        assert_eq!(ranges.0, [(0, 9)]);
        assert!(ranges.cover(9) && !ranges.cover(10));
    }

    #[test]
    fn there_are_no_more_than_allowed() {
        let mut ranges = Ranges::default();
        assert!(ranges.add(0, 1, 2) && ranges.add(2, 3, 2));
        assert!(!ranges.add(5, 6, 2));
        assert!(ranges.add(1, 2, 2), "what joins others takes no room");
        assert!(ranges.add(u64::MAX - 1, u64::MAX, 2), "a large number is as good as a small one");
    }

    proptest! {
        #[test]
        fn they_hold_what_was_added(added in proptest::collection::vec((0u64..60, 0u64..60), 0..20)) {
            let mut ranges = Ranges::default();
            let mut set = BTreeSet::new();
            for (start, end) in added {
                prop_assert!(ranges.add(start, end, usize::MAX));
                set.extend(start..end);
            }
            let held: BTreeSet<u64> = ranges.0.iter().flat_map(|(start, end)| *start..*end).collect();
            prop_assert_eq!(&held, &set);
            prop_assert!(ranges.0.windows(2).all(|pair| pair[0].1 < pair[1].0));
            for length in 0..60 {
                prop_assert_eq!(ranges.cover(length), (0..length).all(|octet| set.contains(&octet)));
            }
        }
    }
}
