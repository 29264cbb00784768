//! One CPIM header line as it stands.

use std::borrow::Cow;

use wire::cpim::{self, Qualified};
use wire::deviation::Span;

/// A CPIM header line. Spans are in the message's body buffer.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    octets: &'a [u8],
    /// The prefix, if the name has one.
    pub(crate) prefix: Option<Cow<'a, str>>,
    /// The name without its prefix.
    pub(crate) local: Cow<'a, str>,
    /// The whole line with its end.
    pub(crate) line: Span,
    /// The name with its prefix.
    pub(crate) name: Span,
    /// What stands between colon and value, blanks aside.
    pub(crate) parameters: Span,
    /// Blanks in front of the value.
    pub(crate) blanks: usize,
    /// The value behind one blank; every further blank belongs to it.
    pub(crate) value: Span,
    /// The URI of the value, if it can be read as an address.
    pub(crate) uri: Option<Span>,
    /// What its prefix is bound to, and where that is said.
    pub(crate) bound: Option<(String, Span)>,
    /// Whether it goes over more than one line.
    pub(crate) folded: bool,
    /// How the name is qualified, for headers of the profile.
    pub(crate) qualified: Option<Qualified>,
}

impl<'a> Line<'a> {
    pub(crate) fn of(octets: &'a [u8], header: &cpim::Header<'_, 'a>, qualified: Option<Qualified>) -> Self {
        let (line, name) = (header.line_span(), header.name_span());
        let text = octets.get(line.clone()).unwrap_or_default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let end = line.start + text.strip_suffix(b"\r").unwrap_or(text).len();
        let colon = memchr::memchr(b':', &octets[name.end.min(end)..end]).map_or(end, |at| name.end + at + 1);
        // The decoder's span of an empty value may lie anywhere in the blanks.
        let trimmed = header.value_span();
        let head_end = if trimmed.is_empty() { end } else { trimmed.start.clamp(colon, end) };
        let head = &octets[colon..head_end];
        let parameters = colon..colon + head.trim_ascii_end().len();
        let blanks = head_end - parameters.end;
        Self {
            octets,
            prefix: header.prefix(),
            local: header.local_name(),
            uri: header.address().map(|address| address.uri_span()),
            bound: match header.namespace() {
                cpim::Namespace::Bound { uri, span } => Some((uri.into_owned(), span)),
                _ => None,
            },
            folded: header.is_folded(),
            value: parameters.end + blanks.min(1)..end,
            line,
            name,
            parameters,
            blanks,
            qualified,
        }
    }

    /// The value as it stands; octets that are not UTF-8 become U+FFFD.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.raw())
    }

    /// The value as it stands.
    pub(crate) fn raw(&self) -> &'a [u8] {
        self.octets.get(self.value.clone()).unwrap_or_default()
    }

    /// The URI in the value, brackets and display name aside.
    pub(crate) fn uri_text(&self) -> Option<String> {
        let uri = self.octets.get(self.uri.clone()?)?;
        Some(String::from_utf8_lossy(uri).into_owned()).filter(|uri| !uri.is_empty())
    }

    /// Name with prefix, as it stands.
    pub(crate) fn full_name(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.octets.get(self.name.clone()).unwrap_or_default())
    }

    /// The parameters in one form: lower case, without blanks.
    pub(crate) fn parameter_text(&self) -> String {
        let raw = String::from_utf8_lossy(self.octets.get(self.parameters.clone()).unwrap_or_default());
        raw.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase()
    }
}
