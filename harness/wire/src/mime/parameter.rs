//! Values with parameters behind them: `text/plain; charset=utf-8`.

use std::borrow::Cow;

use super::notes::Notes;
use super::{is_token, rule};
use crate::deviation::Span;

/// A value with parameters, as `Content-Type` and `Content-Disposition` have (RFC 2045 section 5.1, RFC 2183).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameterised<'a> {
    octets: &'a [u8],
    head: Span,
    end: usize,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Name, as it is written; case does not count.
    pub name: &'a str,
    /// Value without quotes and escapes.
    pub value: Cow<'a, str>,
    /// Name, equals sign and value.
    pub span: Span,
    /// The value, quotes included.
    pub value_span: Span,
}

/// Parameters that can be read, in their order. See [`Parameterised::parameters`].
#[derive(Debug, Clone)]
pub struct Parameters<'a> {
    octets: &'a [u8],
    at: usize,
    end: usize,
}

/// What stands behind a semicolon.
enum Item<'a> {
    Good(Parameter<'a>),
    Unquoted(Parameter<'a>),
    Bad(Span),
}

impl<'a> Parameterised<'a> {
    pub(crate) fn new(octets: &'a [u8], span: Span) -> Self {
        let text = &octets[span.clone()];
        let length = text.iter().position(|octet| matches!(octet, b';' | b'(')).unwrap_or(text.len());
        let head = super::trimmed(octets, span.start..span.start + length);
        Self { octets, head, end: span.end }
    }

    /// What stands before the parameters, for example `text/plain`; empty if that is not UTF-8.
    pub fn value(&self) -> &'a str {
        std::str::from_utf8(&self.octets[self.head.clone()]).unwrap_or_default()
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.head.clone()
    }

    /// Whether the value is `name`; case does not count.
    pub fn is(&self, name: &str) -> bool {
        self.octets[self.head.clone()].eq_ignore_ascii_case(name.as_bytes())
    }

    /// Whether the value is a media type of that top-level type, as `multipart`.
    pub fn is_type(&self, name: &str) -> bool {
        self.value().split_once('/').is_some_and(|(top, _)| top.trim_end().eq_ignore_ascii_case(name))
    }

    /// The parameters that can be read.
    pub fn parameters(&self) -> Parameters<'a> {
        Parameters { octets: self.octets, at: self.head.end, end: self.end }
    }

    /// The first parameter of that name; case does not count.
    pub fn parameter(&self, name: &str) -> Option<Parameter<'a>> {
        self.parameters().find(|parameter| parameter.name.eq_ignore_ascii_case(name))
    }

    fn check_parameters(&self, notes: &mut Notes) {
        let mut parameters = self.parameters();
        while let Some(item) = parameters.item() {
            match item {
                Item::Good(_) => {}
                Item::Unquoted(parameter) => notes.add(parameter.value_span, &rule::PARAMETER_UNQUOTED),
                Item::Bad(span) => notes.add(span, &rule::PARAMETER),
            }
        }
    }
}

/// Checks `type "/" subtype *( ";" parameter )`.
pub(crate) fn check_media_type(octets: &[u8], value: Span, notes: &mut Notes) {
    if is_plain(&octets[value.clone()]) {
        return;
    }
    let media_type = Parameterised::new(octets, value);
    let head = &octets[media_type.head.clone()];
    if head.splitn(2, |octet| *octet == b'/').filter(|half| is_whole_token(half)).count() != 2 {
        notes.add(media_type.span(), &rule::CONTENT_TYPE);
    }
    media_type.check_parameters(notes);
}

/// Checks `token *( ";" parameter )`.
pub(super) fn check_token(octets: &[u8], value: Span, notes: &mut Notes) {
    let value = Parameterised::new(octets, value);
    if !is_whole_token(&octets[value.head.clone()]) {
        notes.add(value.span(), &rule::PARAMETER);
    }
    value.check_parameters(notes);
}

fn is_whole_token(part: &[u8]) -> bool {
    !part.is_empty() && part.iter().copied().all(is_token)
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.item()? {
                Item::Good(parameter) | Item::Unquoted(parameter) => return Some(parameter),
                Item::Bad(_) => {}
            }
        }
    }
}

impl<'a> Parameters<'a> {
    fn item(&mut self) -> Option<Item<'a>> {
        self.skip_space();
        if self.at >= self.end {
            return None;
        }
        let start = self.at;
        if self.octets[start] != b';' {
            return Some(self.bad(start));
        }
        self.at += 1;
        self.skip_space();
        let name = self.token_span();
        if name.is_empty() || self.octets.get(self.at) != Some(&b'=') || self.at >= self.end {
            return Some(self.bad(start));
        }
        self.at += 1;
        let quoted = self.at < self.end && self.octets[self.at] == b'"';
        let value = if quoted { self.quoted() } else { self.unquoted() };
        let value_span = self.at - value.1..self.at;
        if value_span.is_empty() || value.0.is_none() {
            return Some(self.bad(start));
        }
        let clean = quoted || self.octets[value_span.clone()].iter().copied().all(is_token);
        let parameter = Parameter {
            name: std::str::from_utf8(&self.octets[name.clone()]).unwrap_or_default(),
            value: value.0.unwrap_or_default(),
            span: name.start..self.at,
            value_span,
        };
        Some(if clean { Item::Good(parameter) } else { Item::Unquoted(parameter) })
    }

    fn token_span(&mut self) -> Span {
        let start = self.at;
        while self.at < self.end && is_token(self.octets[self.at]) {
            self.at += 1;
        }
        start..self.at
    }

    /// A value up to white space or semicolon, and its length in octets.
    fn unquoted(&mut self) -> (Option<Cow<'a, str>>, usize) {
        let start = self.at;
        while self.at < self.end && !matches!(self.octets[self.at], b';' | b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
        (Some(String::from_utf8_lossy(&self.octets[start..self.at])), self.at - start)
    }

    /// A quoted string, and its length in octets with the quotes; no value if it is not closed.
    fn quoted(&mut self) -> (Option<Cow<'a, str>>, usize) {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        while self.at < self.end && self.octets[self.at] != b'"' {
            let pair = usize::from(self.octets[self.at] == b'\\');
            escaped |= pair == 1;
            self.at = (self.at + 1 + pair).min(self.end);
        }
        if self.at >= self.end {
            return (None, self.at - start);
        }
        let text = super::unfolded(&self.octets[start + 1..self.at]);
        self.at += 1;
        let value = if escaped { Cow::Owned(without_escapes(&text)) } else { text };
        (Some(value), self.at - start)
    }

    /// White space, folds and comments in parentheses (RFC 2822 section 3.2.3).
    fn skip_space(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.end {
            match self.octets[self.at] {
                b'(' => depth += 1,
                b')' if depth > 0 => depth -= 1,
                b' ' | b'\t' | b'\r' | b'\n' => {}
                _ if depth > 0 => {}
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Skips to the next semicolon.
    fn bad(&mut self, start: usize) -> Item<'a> {
        let rest = &self.octets[self.at.min(self.end)..self.end];
        self.at += rest.iter().position(|octet| *octet == b';').unwrap_or(rest.len());
        self.at = self.at.max(start + 1).min(self.end);
        Item::Bad(start..self.at)
    }
}

/// Whether a value is the usual `type/subtype; name=value`, in which nothing can be wrong.
fn is_plain(value: &[u8]) -> bool {
    let token = |at: usize| at + value[at..].iter().take_while(|octet| is_token(**octet)).count();
    let pair = |start: usize, separator: u8| {
        let middle = token(start);
        let end = (value.get(middle) == Some(&separator)).then(|| token(middle + 1))?;
        (middle > start && end > middle + 1).then_some(end)
    };
    let mut at = pair(0, b'/');
    while let Some(end) = at.filter(|end| *end < value.len()) {
        let start = end + 1 + usize::from(value.get(end + 1) == Some(&b' '));
        at = if value[end] == b';' && start <= value.len() { pair(start, b'=') } else { None };
    }
    at.is_some()
}

fn without_escapes(text: &str) -> String {
    let mut characters = text.chars();
    let mut out = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        out.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    out
}
