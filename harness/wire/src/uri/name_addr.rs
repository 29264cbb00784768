//! name-addr and addr-spec values: From, To, Contact and the like.

use std::borrow::Cow;

use super::params::Params;
use super::{Uri, rule};
use crate::deviation::{Decoded, Deviation, Span};
use crate::sip::lex;

/// The value of a From, To or Contact header (RFC 3261 section 20.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name as it stands, with its quotes.
    pub display: Option<&'a [u8]>,
    /// The URI.
    pub uri: Uri<'a>,
    /// Where the URI stands.
    pub uri_span: Span,
    /// The parameters of the header, not those of the URI.
    pub params: Params<'a>,
}

/// How a value divides, before its parts are read.
struct Parts {
    display: Span,
    uri: Span,
    params: Span,
}

impl<'a> NameAddr<'a> {
    /// Reads a value on its own; `None` if there is no URI in it.
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        Self::decode(value, 0..value.len()).value
    }

    /// Reads the value in `within` and says what is wrong with it; `None` if there is no URI in it.
    pub fn decode(octets: &'a [u8], within: Span) -> Decoded<Option<Self>> {
        let mut deviations = Vec::new();
        let parts = divide(octets, lex::trim_span(octets, within), &mut deviations);
        let display = lex::trim_span(octets, parts.display);
        check_display(octets, &display, &mut deviations);
        let uri = Uri::decode(octets, parts.uri.clone());
        deviations.extend(uri.deviations);
        let params = Params::new(&octets[parts.params.clone()]);
        if !params.is_well_formed() {
            deviations.push(Deviation::new(parts.params, &rule::PARAMETERS));
        }
        let display = (!display.is_empty()).then(|| &octets[display]);
        let value = uri.value.map(|uri| Self { display, uri, uri_span: parts.uri, params });
        Decoded { value, deviations }
    }

    /// The tag parameter.
    pub fn tag(&self) -> Option<&'a [u8]> {
        self.params.value(b"tag")
    }

    /// The display name without its quotes, quoted pairs and folds.
    pub fn display_name(&self) -> Option<Cow<'a, [u8]>> {
        let text = lex::unfold(self.display?);
        let [b'"', inner @ .., b'"'] = &*text else { return Some(text) };
        let mut name = Vec::with_capacity(inner.len());
        let mut octets = inner.iter();
        while let Some(&octet) = octets.next() {
            name.push(if octet == b'\\' { octets.next().copied().unwrap_or(octet) } else { octet });
        }
        Some(name.into())
    }
}

fn divide(octets: &[u8], value: Span, deviations: &mut Vec<Deviation>) -> Parts {
    let after_quotes = match octets[value.clone()].first() {
        Some(b'"') => lex::quoted_end(&octets[..value.end], value.start).unwrap_or(value.start),
        _ => value.start,
    };
    let rest = &octets[after_quotes..value.end];
    let mark = memchr::memchr2(b'<', b';', rest).map(|mark| after_quotes + mark);
    match mark {
        Some(open) if octets[open] == b'<' => bracketed(octets, value, open, deviations),
        // Without brackets the parameters are the header's (RFC 3261 section 20).
        mark => plain(octets, value.start..mark.unwrap_or(value.end), value.end, deviations),
    }
}

fn bracketed(octets: &[u8], value: Span, open: usize, deviations: &mut Vec<Deviation>) -> Parts {
    let close = memchr::memchr(b'>', &octets[open..value.end]).map(|close| open + close);
    let Some(close) = close else {
        deviations.push(Deviation::new(open..value.end, &rule::BRACKETS));
        return Parts { display: value.start..open, uri: open + 1..value.end, params: value.end..value.end };
    };
    let inner = open + 1..close;
    let uri = lex::trim_span(octets, inner.clone());
    if uri != inner {
        deviations.push(Deviation::new(inner, &rule::CHARACTERS));
    }
    Parts { display: value.start..open, uri, params: close + 1..value.end }
}

fn plain(octets: &[u8], uri: Span, end: usize, deviations: &mut Vec<Deviation>) -> Parts {
    let params = uri.end..end;
    let uri = lex::trim_span(octets, uri);
    if octets[uri.clone()].iter().any(|octet| matches!(octet, b',' | b'?')) {
        deviations.push(Deviation::new(uri.clone(), &rule::ADDR_SPEC));
    }
    Parts { display: uri.start..uri.start, uri, params }
}

fn check_display(octets: &[u8], display: &Span, deviations: &mut Vec<Deviation>) {
    let text = &octets[display.clone()];
    let well_formed = match text.first() {
        None => true,
        Some(b'"') => lex::quoted_end(text, 0) == Some(text.len()),
        Some(_) => {
            text.split(|&octet| lex::is_lws(octet)).all(|token| token.is_empty() || lex::is_token(token))
        }
    };
    if !well_formed {
        deviations.push(Deviation::new(display.clone(), &rule::DISPLAY_NAME));
    }
}
