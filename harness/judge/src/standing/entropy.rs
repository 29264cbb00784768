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
}
