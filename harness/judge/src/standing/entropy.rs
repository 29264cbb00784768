//! How much chance there is in a collection of identifiers.

/// Fewest bits of the varying part that count as globally unique. The harness's choice.
pub(super) const LEAST_BITS: f64 = 32.0;

/// Shortest constant part that may name a host or an instance.
const LEAST_OWN: usize = 6;

/// Estimated min-entropy of the identifiers: for every place, how often its most frequent character stands there.
pub(super) fn bits(ids: &[&str]) -> f64 {
    let longest = ids.iter().map(|id| id.len()).max().unwrap_or(0).min(256);
    (0..longest).map(|place| bits_at(ids, place)).sum()
}

fn bits_at(ids: &[&str], place: usize) -> f64 {
    let mut counts = [0u32; 257];
    for id in ids {
        let slot = id.as_bytes().get(place).map_or(256, |octet| usize::from(*octet));
        counts[slot] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    -(f64::from(most) / ids.len().max(1) as f64).log2()
}

/// Whether all identifiers share a part that could be a host's or an instance's name: long enough and not digits alone.
pub(super) fn has_own_part(ids: &[&str]) -> bool {
    let Some(first) = ids.first() else { return false };
    let same = |measure: fn(&str, &str) -> usize| ids.iter().map(|id| measure(first, id)).min().unwrap_or(0);
    let head = &first.as_bytes()[..same(common_head)];
    let tail = &first.as_bytes()[first.len() - same(common_tail)..];
    [head, tail].into_iter().any(|part| part.len() >= LEAST_OWN && !part.iter().all(u8::is_ascii_digit))
}

fn common_head(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count()
}

fn common_tail(one: &str, other: &str) -> usize {
    one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count()
}

/// Most chance that the identifiers can hold: what varies, times the alphabet from which it is taken.
pub(super) fn most_bits(ids: &[&str]) -> f64 {
    let longest = ids.iter().map(|id| id.len()).max().unwrap_or(0).min(256);
    let varies = |place: &usize| bits_at(ids, *place) > 0.0;
    let places: Vec<usize> = (0..longest).filter(varies).collect();
    let mut seen = [false; 256];
    for octet in ids.iter().flat_map(|id| places.iter().filter_map(|place| id.as_bytes().get(*place))) {
        seen[usize::from(*octet)] = true;
    }
    let alphabet = seen.iter().filter(|seen| **seen).count().max(1);
    places.len() as f64 * (alphabet as f64).log2()
}

/// Largest step from one identifier to the next, in bits, that still lets the next one be found by trying.
const MOST_STEP: u32 = 32;

/// Whether identifiers, in the order of their making, are numbers that only go up, by steps that can be guessed.
pub(super) fn is_counted(ids: &[&str]) -> bool {
    let Some(first) = ids.first() else { return false };
    let head = ids.iter().map(|id| common_head(first, id)).min().unwrap_or(0);
    let tail = ids.iter().map(|id| common_tail(first, id)).min().unwrap_or(0);
    [10, 16].into_iter().any(|base| {
        let number = |id: &&str| {
            let end = id.len().saturating_sub(tail).max(head);
            let digits: String = id.get(head..end)?.chars().filter(char::is_ascii_alphanumeric).collect();
            u128::from_str_radix(&digits, base).ok()
        };
        let numbers: Option<Vec<u128>> = ids.iter().map(number).collect();
        numbers.is_some_and(|numbers| {
            numbers.windows(2).all(|pair| pair[1] > pair[0] && (pair[1] - pair[0]) >> MOST_STEP == 0)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(make: impl Fn(u64) -> String) -> (f64, bool) {
        let ids: Vec<String> = (0..200).map(make).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        (bits(&ids), has_own_part(&ids))
    }

    #[test]
    fn chance_is_told_from_counting() {
        let scramble = |n: u64| {
            format!("{:016x}", (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17) ^ n << 40)
        };
        assert!(sample(scramble).0 >= LEAST_BITS);
        assert!(sample(|n| n.to_string()).0 < LEAST_BITS);
        assert!(!sample(|n| n.to_string()).1);
    }

    #[test]
    fn a_host_part_is_recognised() {
        assert!(sample(|n| format!("{n}.phone-7.example")).1);
        assert!(!sample(|n| format!("17350000000{n:04}")).1, "the head of a clock is no host");
    }

    #[test]
    fn counters_are_told_from_random_numbers() {
        let ids = |make: &dyn Fn(u64) -> String| (0..100).map(make).collect::<Vec<String>>();
        let counted = |ids: &[String]| is_counted(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        let mixed = |n: u64| {
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        assert!(counted(&ids(&|n| format!("{n}"))));
        assert!(counted(&ids(&|n| format!("a-{:06}@x", n + 1))));
        assert!(counted(&ids(&|n| format!("{}-{}", 1_700_000_000_123 + n * 7, n % 10))));
        assert!(!counted(&ids(&|n| format!("{:016x}", mixed(n)))));
        // A time in front of random digits only goes up, and still cannot be guessed.
        assert!(!counted(&ids(&|n| format!("{:012x}{:016x}", 1_700_000_000_123 + n, mixed(n)))));
    }

    #[test]
    fn chance_is_bounded_by_length_and_alphabet() {
        let mixed = |n: u64| {
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        let most = |make: &dyn Fn(u64) -> String| {
            let ids: Vec<String> = (0..200).map(make).collect();
            most_bits(&ids.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert!((most(&|n| format!("host{:012x}", mixed(n) >> 16)) - 48.0).abs() < 0.1);
        assert!((most(&|n| format!("{:016x}", mixed(n))) - 64.0).abs() < 0.1);
        assert!(most(&|n| format!("x{:03}", n)) < 11.0);
    }
}
