//! Comparison of URIs that stand in headers, elements and scenarios.

use wire::uri::Uri;

/// The URI in a value: what stands in angle brackets, else all of it.
pub(crate) fn inner(text: &str) -> &str {
    let text = text.trim();
    match (text.rfind('<'), text.rfind('>')) {
        (Some(open), Some(close)) if open < close => text[open + 1..close].trim(),
        _ => text,
    }
}

/// Whether two values hold equivalent URIs, display names and brackets aside (I-08). Texts that are no URIs are equal if
/// they are the same.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (inner(one), inner(other));
    one == other
        || match (Uri::parse(one.as_bytes()), Uri::parse(other.as_bytes())) {
            (Some(one), Some(other)) => one.equivalent(&other),
            _ => false,
        }
}

/// Whether what is sent to the one reaches the party that the other names: parameters such as `transport` tell the way to it,
/// and RFC 3261 section 19.1.1 has no place for them in From and To.
pub(crate) fn reaches(one: &str, other: &str) -> bool {
    same(without_parameters(one), without_parameters(other))
}

fn without_parameters(text: &str) -> &str {
    inner(text).split([';', '?']).next().unwrap_or_default()
}

/// Whether a text is an absolute URI and nothing else.
pub(crate) fn is_absolute(text: &str) -> bool {
    let decoded = Uri::decode(text.as_bytes(), 0..text.len());
    decoded.value.is_some_and(|uri| !uri.opaque().is_empty()) && decoded.deviations.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_brackets_do_not_count() {
        assert!(same("\"Zo <e>\" <SIP:zoe@Example.org:5060>", "sip:zoe@example.org:5060"));
        assert!(same("sip:%7aoe@example.org", "<sip:zoe@example.org>"));
        assert!(same("im:a@b", " im:a@b "));
        assert!(!same("sip:zoe@example.org", "sip:joe@example.org"));
        assert!(!same("<sip:zoe@example.org>", "im:zoe@example.org"));
        assert!(!same("", "sip:a@b"));
    }

    #[test]
    fn the_way_to_a_party_does_not_count() {
        assert!(reaches("<sip:zoe@example.org:5060;transport=tcp>", "sip:zoe@example.org:5060"));
        assert!(!reaches("sip:zoe@example.org:5060;transport=tcp", "sip:joe@example.org:5060"));
        assert!(!same("sip:zoe@example.org:5060;transport=tcp", "sip:zoe@example.org:5060"));
    }

    #[test]
    fn a_uri_has_a_scheme_and_no_brackets() {
        assert!(is_absolute("sip:a@b"));
        assert!(is_absolute("im:a@b.example"));
        for text in ["a@b", "<sip:a@b>", "sip:", "", "sip:a b@c"] {
            assert!(!is_absolute(text), "{text}");
        }
    }
}
