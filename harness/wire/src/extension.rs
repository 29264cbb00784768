//! The CPIM headers of a profile: how they are qualified, and what they hold.

use std::borrow::Cow;

use crate::cpim::{self, Address, Header, Message, Qualified, is_token};
use crate::deviation::{Decoded, Rule, Span};
use crate::mime::notes::Notes;
use crate::profile::{Profile, RequestValue};

/// The rules about one profile's headers. Each names its own sources; `None` where the profile has no such demand.
#[derive(Debug, PartialEq, Eq)]
pub struct Rules {
    /// How a name may fail to be tied to the profile's namespace.
    pub qualified: &'static [(Qualified, &'static Rule)],
    /// A header that stands more than once.
    pub repeated: &'static Rule,
    /// A name that means nothing.
    pub undefined: &'static Rule,
    /// The grammar of the request header.
    pub request_value: &'static Rule,
    /// A word of the request header that is not defined.
    pub request_word: &'static Rule,
    /// A word of the request header in another case.
    pub request_case: Option<&'static Rule>,
    /// A word of the request header that stands there twice.
    pub request_twice: Option<&'static Rule>,
    /// An empty request header.
    pub request_empty: Option<&'static Rule>,
    /// An empty request header without a space behind its colon.
    pub request_no_space: Option<&'static Rule>,
    /// The word NULL for an empty value.
    pub null_word: Option<&'static Rule>,
    /// An identifier that is no token.
    pub token: &'static Rule,
    /// An identifier that would be a token but for at signs.
    pub token_at: &'static Rule,
    /// An identifier that is empty.
    pub token_empty: &'static Rule,
    /// The value of the list action.
    pub list_action: Option<&'static Rule>,
    /// An address without its angle brackets.
    pub address_brackets: Option<&'static Rule>,
    /// An address with any other fault.
    pub address: Option<&'static Rule>,
}

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
    for name in [names.record_route, names.route].into_iter().flatten() {
        for (header, qualified) in message.recognised(profile, name) {
            note_qualified(&header, qualified, names.rules, &mut notes);
            address(&header, profile, &mut notes);
        }
    }
    for name in names.undefined {
        for (header, _) in message.recognised(profile, name) {
            notes.explain(header.name_span(), names.rules.undefined, *name);
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
        let rules = profile.headers.rules;
        note_qualified(&header, qualified, rules, notes);
        if best.is_some() {
            notes.add(header.line_span(), rules.repeated);
        }
        check(&header, profile, notes);
        if best.is_none_or(|field| qualified < field.qualified) {
            best = Some(Field { header, qualified });
        }
    }
    best
}

fn note_qualified(header: &Header<'_, '_>, qualified: Qualified, rules: &Rules, notes: &mut Notes) {
    if let Some((_, rule)) = rules.qualified.iter().find(|(known, _)| *known == qualified) {
        notes.add(header.name_span(), rule);
    }
}

fn request(header: &Header<'_, '_>, profile: &Profile, notes: &mut Notes) {
    let (raw, span) = (header.raw_value(), header.value_span());
    let rules = profile.headers.rules;
    if header.parameters().next().is_some() {
        notes.explain(span.clone(), rules.request_value, "a parameter");
    }
    if raw.is_empty() {
        note(rules.request_empty, span.clone(), notes);
        note(rules.request_no_space.filter(|_| !header.has_space()), span, notes);
        return;
    }
    if is_null_word(header, rules, notes) {
        return;
    }
    let (separator, defined): (u8, &[&str]) = match profile.headers.request_value {
        RequestValue::Nothing => (b' ', &[]),
        RequestValue::Words(words) | RequestValue::WordsWithParameters(words) => (b',', words),
    };
    let takes_parameters = matches!(profile.headers.request_value, RequestValue::WordsWithParameters(_));
    let mut at = span.start;
    for (number, word) in raw.split(|octet| *octet == separator).enumerate() {
        let place = at..at + word.len();
        at = place.end + 1;
        let word = if separator == b',' { word.trim_ascii() } else { word };
        let word = if takes_parameters { without_parameters(word) } else { word };
        let same = |earlier: &[u8]| earlier.trim_ascii().eq_ignore_ascii_case(word);
        if raw.split(|octet| *octet == separator).take(number).any(same) {
            note(rules.request_twice, place.clone(), notes);
        }
        request_word(word, place, defined, rules, notes);
    }
}

/// What stands before the first semicolon (RFC 5438 section 10).
fn without_parameters(word: &[u8]) -> &[u8] {
    word.split(|octet| *octet == b';').next().unwrap_or(word).trim_ascii()
}

fn request_word(word: &[u8], place: Span, defined: &[&str], rules: &Rules, notes: &mut Notes) {
    let is_known = |same: fn(&[u8], &[u8]) -> bool| defined.iter().any(|known| same(known.as_bytes(), word));
    if is_known(<[u8]>::eq) {
        return;
    }
    if !is_token(word) {
        notes.add(place, rules.request_value);
    } else if let (Some(rule), true) = (rules.request_case, is_known(<[u8]>::eq_ignore_ascii_case)) {
        notes.explain(place, rule, String::from_utf8_lossy(word));
    } else {
        notes.explain(place, rules.request_word, String::from_utf8_lossy(word));
    }
}

fn note(rule: Option<&'static Rule>, span: Span, notes: &mut Notes) {
    if let Some(rule) = rule {
        notes.add(span, rule);
    }
}

fn token(header: &Header<'_, '_>, profile: &Profile, notes: &mut Notes) {
    let (raw, span) = (header.raw_value(), header.value_span());
    let rules = profile.headers.rules;
    let without_at: Vec<u8> = raw.iter().copied().filter(|octet| *octet != b'@').collect();
    if raw.is_empty() {
        notes.add(span, rules.token_empty);
    } else if !is_token(&without_at) {
        notes.add(foreign(raw, &span), rules.token);
    } else if without_at.len() != raw.len() {
        notes.add(foreign(raw, &span), rules.token_at);
    }
}

/// The first octet that is not of a token.
fn foreign(raw: &[u8], span: &Span) -> Span {
    let at = span.start + raw.iter().position(|octet| !is_token(&[*octet])).unwrap_or(0);
    at..at + 1
}

fn list_action(header: &Header<'_, '_>, profile: &Profile, notes: &mut Notes) {
    let raw = header.raw_value();
    if !raw.is_empty() && !is_token(raw) {
        note(profile.headers.rules.list_action, header.value_span(), notes);
    }
}

fn address_or_null(header: &Header<'_, '_>, profile: &Profile, notes: &mut Notes) {
    if !header.raw_value().is_empty() && !is_null_word(header, profile.headers.rules, notes) {
        address(header, profile, notes);
    }
}

fn address(header: &Header<'_, '_>, profile: &Profile, notes: &mut Notes) {
    let rules = profile.headers.rules;
    let found = header.decode_address().deviations;
    let other = found.iter().find(|found| found.rule != &cpim::rule::ADDRESS_BRACKETS);
    match (other, rules.address) {
        (Some(other), Some(rule)) => notes.explain(header.value_span(), rule, other.rule.text),
        (None, _) if !found.is_empty() => note(rules.address_brackets, header.value_span(), notes),
        _ => {}
    }
}

fn is_null_word(header: &Header<'_, '_>, rules: &Rules, notes: &mut Notes) -> bool {
    let rule = rules.null_word.filter(|_| header.raw_value().eq_ignore_ascii_case(b"null"));
    note(rule, header.value_span(), notes);
    rule.is_some()
}
