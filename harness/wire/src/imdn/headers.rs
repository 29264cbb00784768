//! The extension's CPIM headers: how they are qualified, and what they hold.

use std::borrow::Cow;

use super::rule;
use crate::cpim::{self, Address, Header, Message, Qualified, is_token};
use crate::deviation::{Decoded, Rule, Span};
use crate::mime::notes::Notes;
use crate::profile::{Profile, RequestValue};

/// The extension's headers of one message; of a repeated one the best qualified, of equals the first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'m, 'a> {
    /// Asks for a report.
    pub request: Option<Field<'m, 'a>>,
    /// Identifies the message.
    pub message_id: Option<Field<'m, 'a>>,
    /// Says whose report is wanted behind a list.
    pub list_action: Option<Field<'m, 'a>>,
    /// The first sender; an empty value is null.
    pub original_from: Option<Field<'m, 'a>>,
    /// The first addressee.
    pub original_to: Option<Field<'m, 'a>>,
    /// The first identifier.
    pub original_message_id: Option<Field<'m, 'a>>,
}

/// A header of the extension.
#[derive(Debug, Clone, Copy)]
pub struct Field<'m, 'a> {
    /// The header.
    pub header: Header<'m, 'a>,
    /// How its name is tied to the extension's namespace.
    pub qualified: Qualified,
}

impl<'a> Field<'_, 'a> {
    /// The value, unfolded, white space around it left out.
    pub fn value(&self) -> Cow<'a, str> {
        self.header.value()
    }

    /// Whether the value is empty (I-07).
    pub fn is_null(&self) -> bool {
        self.header.raw_value().is_empty()
    }

    /// The value as an address.
    pub fn address(&self) -> Option<Address<'a>> {
        self.header.address()
    }
}

type Check = fn(&Header<'_, '_>, &Profile, &mut Notes);

/// Finds the profile's headers in a message and checks them. The rules of RFC 3862 are [`cpim::decode`]'s.
pub fn headers<'m, 'a>(message: &'m Message<'a>, profile: &Profile) -> Decoded<Headers<'m, 'a>> {
    let mut notes = Notes::default();
    let names = &profile.headers;
    let mut find =
        |name: Option<&'static str>, check: Check| field(message, name, profile, check, &mut notes);
    let value = Headers {
        request: find(Some(names.request), request),
        message_id: find(Some(names.message_id), token),
        list_action: find(names.list_action, list_action),
        original_from: find(names.original_from, address_or_null),
        original_to: find(names.original_to, address),
        original_message_id: find(names.original_message_id, token),
    };
    for name in names.undefined {
        for (header, _) in message.recognised(profile, name) {
            notes.explain(header.name_span(), &rule::HEADER_UNDEFINED, *name);
        }
    }
    Decoded { value, deviations: notes.into_deviations() }
}

fn field<'m, 'a>(
    message: &'m Message<'a>,
    name: Option<&'static str>,
    profile: &Profile,
    check: Check,
    notes: &mut Notes,
) -> Option<Field<'m, 'a>> {
    let mut best: Option<Field<'m, 'a>> = None;
    for header in message.headers().filter(|header| Some(&*header.local_name()) == name) {
        let Some(qualified) = message.qualified(&header, profile) else { continue };
        if let Some(rule) = broken(qualified) {
            notes.add(header.name_span(), rule);
        }
        if best.is_some() {
            notes.add(header.line_span(), &rule::HEADER_REPEATED);
        }
        check(&header, profile, notes);
        if best.is_none_or(|field| qualified < field.qualified) {
            best = Some(Field { header, qualified });
        }
    }
    best
}

fn broken(qualified: Qualified) -> Option<&'static Rule> {
    match qualified {
        Qualified::Proper => None,
        Qualified::ByDefault => Some(&rule::HEADER_DEFAULT),
        Qualified::UrnCase => Some(&rule::HEADER_URN_CASE),
        Qualified::OtherUrn => Some(&rule::HEADER_URN),
        Qualified::BoundLate | Qualified::Unbound => Some(&rule::HEADER_UNBOUND),
        Qualified::Bare => Some(&rule::HEADER_BARE),
    }
}

fn request(header: &Header<'_, '_>, profile: &Profile, notes: &mut Notes) {
    let (raw, span) = (header.raw_value(), header.value_span());
    if header.parameters().next().is_some() {
        notes.explain(span.clone(), &rule::REQUEST_VALUE, "a parameter");
    }
    if raw.is_empty() {
        if !header.has_space() {
            notes.add(span, &rule::REQUEST_NO_SPACE);
        }
        return;
    }
    if is_null_word(header, notes) {
        return;
    }
    let (separator, defined): (u8, &[&str]) = match profile.headers.request_value {
        RequestValue::Nothing => (b' ', &[]),
        RequestValue::Words(words) => (b',', words),
    };
    let mut at = span.start;
    for word in raw.split(|octet| *octet == separator) {
        let place = at..at + word.len();
        at = place.end + 1;
        let word = if separator == b',' { word.trim_ascii() } else { word };
        if !is_token(word) {
            notes.add(place, &rule::REQUEST_VALUE);
        } else if !defined.iter().any(|known| known.as_bytes() == word) {
            notes.explain(place, &rule::REQUEST_TOKEN, String::from_utf8_lossy(word));
        }
    }
}

fn token(header: &Header<'_, '_>, _: &Profile, notes: &mut Notes) {
    let (raw, span) = (header.raw_value(), header.value_span());
    let without_at: Vec<u8> = raw.iter().copied().filter(|octet| *octet != b'@').collect();
    if raw.is_empty() {
        notes.add(span, &rule::TOKEN_EMPTY);
    } else if !is_token(&without_at) {
        notes.add(foreign(raw, &span), &rule::TOKEN);
    } else if without_at.len() != raw.len() {
        notes.add(foreign(raw, &span), &rule::TOKEN_AT);
    }
}

/// The first octet that is not of a token.
fn foreign(raw: &[u8], span: &Span) -> Span {
    let at = span.start + raw.iter().position(|octet| !is_token(&[*octet])).unwrap_or(0);
    at..at + 1
}

fn list_action(header: &Header<'_, '_>, _: &Profile, notes: &mut Notes) {
    let raw = header.raw_value();
    if !raw.is_empty() && !is_token(raw) {
        notes.add(header.value_span(), &rule::LIST_ACTION);
    }
}

fn address_or_null(header: &Header<'_, '_>, profile: &Profile, notes: &mut Notes) {
    if !header.raw_value().is_empty() && !is_null_word(header, notes) {
        address(header, profile, notes);
    }
}

fn address(header: &Header<'_, '_>, _: &Profile, notes: &mut Notes) {
    let found = header.decode_address().deviations;
    if let Some(other) = found.iter().find(|found| found.rule != &cpim::rule::ADDRESS_BRACKETS) {
        notes.explain(header.value_span(), &rule::ADDRESS, other.rule.text);
    } else if !found.is_empty() {
        notes.add(header.value_span(), &rule::ADDRESS_BRACKETS);
    }
}

fn is_null_word(header: &Header<'_, '_>, notes: &mut Notes) -> bool {
    let null = header.raw_value().eq_ignore_ascii_case(b"null");
    if null {
        notes.add(header.value_span(), &rule::NULL_WORD);
    }
    null
}
