//! Comparison of URIs.

use super::{Scheme, Uri};

/// Parameters that must stand in both URIs or in neither (RFC 3261 section 19.1.4; `transport` by its examples and its
/// rule on default values).
static NEVER_IGNORED: [&[u8]; 5] = [b"user", b"ttl", b"method", b"maddr", b"transport"];

/// Longer URIs are compared octet by octet: each parameter is looked for in all others, and a peer may send thousands.
const LONGEST: usize = 4096;

pub(super) fn equivalent(one: &Uri<'_>, other: &Uri<'_>) -> bool {
    if one.text.len().max(other.text.len()) > LONGEST {
        return one.text == other.text;
    }
    if !one.scheme.eq_ignore_ascii_case(other.scheme) {
        return false;
    }
    match one.kind {
        Scheme::Sip | Scheme::Sips => {
            same_user(one, other)
                && one.host.same_host(&other.host)
                && one.port() == other.port()
                && one.host.port.is_some() == other.host.port.is_some()
                && params_match(one, other)
                && params_match(other, one)
                && headers_match(one, other)
        }
        Scheme::Im | Scheme::Pres => {
            (one.user, one.password) == (other.user, other.password)
                && one.host.same_host(&other.host)
                && one.host.port == other.host.port
                && one.params == other.params
                && one.headers == other.headers
        }
        Scheme::Other => one.opaque() == other.opaque(),
    }
}

fn same_user(one: &Uri<'_>, other: &Uri<'_>) -> bool {
    let same = |one: Option<&[u8]>, other: Option<&[u8]>| match (one, other) {
        (Some(one), Some(other)) => unescaped(one).eq(unescaped(other)),
        (one, other) => one.is_none() && other.is_none(),
    };
    same(one.user, other.user) && same(one.password, other.password)
}

/// Whether every parameter of one URI is matched, or may be ignored, in the other.
fn params_match(one: &Uri<'_>, other: &Uri<'_>) -> bool {
    one.params.iter().all(|(name, value)| {
        let found = other.params.iter().find(|(candidate, _)| same_text(name, candidate));
        match found {
            Some((_, other)) => same_text(value.unwrap_or_default(), other.unwrap_or_default()),
            None => !NEVER_IGNORED.iter().any(|never| same_text(name, never)),
        }
    })
}

/// Header components are never ignored, and their order means nothing.
fn headers_match(one: &Uri<'_>, other: &Uri<'_>) -> bool {
    let within = |one: &Uri<'_>, other: &Uri<'_>| {
        headers(one).all(|(name, value)| {
            headers(other).any(|other| same_text(name, other.0) && unescaped(value).eq(unescaped(other.1)))
        })
    };
    headers(one).count() == headers(other).count() && within(one, other) && within(other, one)
}

fn headers<'a>(uri: &Uri<'a>) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
    uri.headers.into_iter().flat_map(|headers| headers.split(|&octet| octet == b'&')).map(|header| {
        let (name, value) = super::split(header, b'=');
        (name, value.unwrap_or_default())
    })
}

fn same_text(one: &[u8], other: &[u8]) -> bool {
    let fold = |octet: Octet| Octet { octet: octet.octet.to_ascii_lowercase(), ..octet };
    unescaped(one).map(fold).eq(unescaped(other).map(fold))
}

/// An octet of a URI; an escaped one that is reserved does not mean the same as the plain one.
#[derive(Debug, PartialEq, Eq)]
struct Octet {
    octet: u8,
    reserved_escape: bool,
}

fn unescaped(text: &[u8]) -> impl Iterator<Item = Octet> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        if let Some(octet) = escape(rest) {
            rest = &rest[3..];
            return Some(Octet { octet, reserved_escape: is_reserved(octet) });
        }
        let (&octet, after) = rest.split_first()?;
        rest = after;
        Some(Octet { octet, reserved_escape: false })
    })
}

/// The octet of the `%` HEX HEX that the text begins with.
fn escape(text: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = text else { return None };
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// The `reserved` set of RFC 2396, to which RFC 3261 refers.
fn is_reserved(octet: u8) -> bool {
    matches!(octet, b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',')
}
