//! `[ Formal-name ] "<" URI ">"` (RFC 3862 sections 3.6 and 4.1).

use std::borrow::Cow;

use memchr::memchr;

use super::{escape, rule, token};
use crate::deviation::{Decoded, Rule, Span};
use crate::mime::notes::Notes;
use crate::mime::{clamp, trimmed};

/// An address as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'a> {
    octets: &'a [u8],
    name: Span,
    uri: Span,
}

impl<'a> Address<'a> {
    /// The URI as it is written, without brackets; octets that are not UTF-8 become U+FFFD.
    pub fn uri(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(&self.octets[self.uri.clone()])
    }

    /// Where the URI stands, brackets left out.
    pub fn uri_span(&self) -> Span {
        self.uri.clone()
    }

    /// The formal name without quotes and escapes, if there is one.
    pub fn formal_name(&self) -> Option<Cow<'a, str>> {
        if self.name.is_empty() {
            return None;
        }
        let raw = &self.octets[self.name.clone()];
        let inner = raw.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(raw);
        Some(match String::from_utf8_lossy(inner) {
            Cow::Borrowed(text) => escape::unescape(text),
            Cow::Owned(text) => Cow::Owned(escape::unescape(&text).into_owned()),
        })
    }

    /// Where the formal name stands, quotes included; empty if there is none.
    pub fn formal_name_span(&self) -> Span {
        self.name.clone()
    }
}

/// Reads the address that fills `within`. A URI without brackets is read, and reported.
pub fn decode_address(octets: &[u8], within: Span) -> Decoded<Option<Address<'_>>> {
    let mut notes = Notes::default();
    let value = read(octets, clamp(octets, within), &mut notes);
    Decoded { value, deviations: notes.into_deviations() }
}

/// The spans of formal name and URI, without a check.
pub(super) fn locate(octets: &[u8], value: Span) -> Option<Address<'_>> {
    let text = &octets[value.clone()];
    let quoted = if text.first() == Some(&b'"') { closing_quote(text)? + 1 } else { 0 };
    let Some(open) = memchr(b'<', &text[quoted..]).map(|at| quoted + at) else {
        let uri = trimmed(octets, value.start + quoted..value.end);
        return (quoted == 0 && !uri.is_empty()).then_some(Address {
            octets,
            name: uri.start..uri.start,
            uri,
        });
    };
    let close = memchr(b'>', &text[open..]).map_or(text.len(), |at| open + at);
    let name = trimmed(octets, value.start..value.start + open);
    Some(Address { octets, name, uri: value.start + open + 1..value.start + close })
}

/// Checks the address that fills `value`.
pub(super) fn check(octets: &[u8], value: Span, notes: &mut Notes) {
    if !is_plain(&octets[value.clone()]) {
        read(octets, value, notes);
    }
}

/// Whether a value is the usual `Name <scheme:rest>`, in which nothing can be wrong.
fn is_plain(value: &[u8]) -> bool {
    let Some((b'>', body)) = value.split_last() else { return false };
    let Some(open) = memchr(b'<', body) else { return false };
    let (name, uri) = (&body[..open], &body[open + 1..]);
    is_uri(uri) && (name.is_empty() || are_tokens(name))
}

fn read<'a>(octets: &'a [u8], value: Span, notes: &mut Notes) -> Option<Address<'a>> {
    let Some(address) = locate(octets, value.clone()) else {
        notes.add(value, &rule::ADDRESS);
        return None;
    };
    let bracketed = address.uri.start > value.start && octets[address.uri.start - 1] == b'<';
    if !bracketed {
        notes.add(address.uri.clone(), &rule::ADDRESS_BRACKETS);
    } else if address.uri.end + 1 != value.end || octets[address.uri.end] != b'>' {
        notes.add(address.uri.end..value.end, &rule::ADDRESS);
    }
    if bracketed && address.uri.start - 1 != value.start {
        check_name(octets, value.start..address.uri.start - 1, notes);
    }
    check_uri(octets, address.uri.clone(), &rule::URI, notes);
    Some(address)
}

/// Tokens with one space behind each, or a string with at most one. RFC 3862 has none behind a string, yet
/// every printed address has.
fn check_name(octets: &[u8], name: Span, notes: &mut Notes) {
    let text = &octets[name.clone()];
    let good = if text.first() == Some(&b'"') {
        closing_quote(text).is_some_and(|quote| matches!(&text[quote + 1..], b"" | b" "))
    } else {
        are_tokens(text)
    };
    if !good {
        notes.add(name, &rule::FORMAL_NAME);
    }
}

/// `1*( Token SP )`.
fn are_tokens(text: &[u8]) -> bool {
    let mut previous = b' ';
    text.iter().all(|octet| {
        let good = token::is_token_character(*octet) || (*octet == b' ' && previous != b' ');
        previous = *octet;
        good
    }) && previous == b' '
}

/// Where the quote that opens a text is closed.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

pub(super) fn check_uri(octets: &[u8], uri: Span, rule: &'static Rule, notes: &mut Notes) {
    if !is_uri(&octets[uri.clone()]) {
        notes.add(uri, rule);
    }
}

/// An absolute URI has a scheme and something behind it, and no blanks, brackets or quotes.
fn is_uri(text: &[u8]) -> bool {
    let scheme = text.iter().take_while(|octet| is_scheme(**octet)).count();
    let foreign = text.iter().fold(false, |foreign, octet| {
        foreign | !octet.is_ascii_graphic() | matches!(octet, b'<' | b'>' | b'"')
    });
    !foreign
        && text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.get(scheme) == Some(&b':')
        && text.len() > scheme + 1
}

fn is_scheme(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.')
}
