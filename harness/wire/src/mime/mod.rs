//! MIME entities (RFC 2045, RFC 2046): headers, an empty line, content.

use std::borrow::Cow;

use crate::deviation::{Decoded, Span};

mod builder;
mod coding;
pub(crate) mod line;
mod multipart;
pub(crate) mod notes;
mod parameter;
pub mod rule;
pub(crate) mod rules;

pub use builder::{Builder, multipart};
pub use coding::{CodingError, inflate};
pub use multipart::{Multipart, split};
pub(crate) use parameter::check_media_type;
pub use parameter::{Parameter, Parameterised, Parameters};
pub use rule::RULES;
pub(crate) use rules::rules;

use line::Line;
use notes::Notes;

/// Headers read from one entity; what follows counts as content.
const MOST_HEADERS: usize = 1024;

/// A MIME entity in the octets it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity<'a> {
    octets: &'a [u8],
    within: Span,
    fields: Vec<Field>,
    content: Span,
    /// Which field is the Content-Type.
    media_type: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    line: Span,
    name: Span,
    value: Span,
    folded: bool,
}

/// One header of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'e, 'a> {
    octets: &'a [u8],
    field: &'e Field,
}

/// Reads the entity that fills `within`.
///
/// The header block ends at an empty line, or, as a deviation, before the first line that cannot be a header.
pub fn decode(octets: &[u8], within: Span) -> Decoded<Entity<'_>> {
    let mut notes = Notes::default();
    let value = read(octets, within, &mut notes);
    Decoded { value, deviations: notes.into_deviations() }
}

/// As [`decode`], into the notes of an enclosing decoder.
pub(crate) fn read<'a>(octets: &'a [u8], within: Span, notes: &mut Notes) -> Entity<'a> {
    let within = clamp(octets, within);
    let mut fields = Vec::with_capacity(4);
    let mut at = within.start;
    while let Some(line) = Line::at(octets, at, within.end) {
        if line.is_bare() {
            notes.add(line.terminator(), &rule::BARE_LF);
        }
        if line.is_empty() {
            at = line.next;
            break;
        }
        if fields.len() >= MOST_HEADERS {
            notes.add(line.start..line.end, &rule::TOO_MANY_HEADERS);
            break;
        }
        if !extend_or_push(octets, &line, &mut fields, notes) {
            notes.add(at..at, &rule::SEPARATOR_MISSING);
            break;
        }
        at = line.next;
    }
    let mut entity = Entity { octets, content: at..within.end, within, fields, media_type: None };
    entity.check(notes);
    entity
}

/// Takes a line as a header or the continuation of one; `false` if it can be neither.
fn extend_or_push(octets: &[u8], line: &Line, fields: &mut Vec<Field>, notes: &mut Notes) -> bool {
    let text = &octets[line.start..line.end];
    if matches!(text.first(), Some(b' ' | b'\t')) {
        let Some(last) = fields.last_mut() else { return false };
        last.line.end = line.next;
        last.folded = true;
        last.value = trimmed(octets, last.value.start..line.end);
        return true;
    }
    let length = text.iter().position(|octet| !is_token(*octet)).unwrap_or(text.len());
    let blanks = text[length..].iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    let colon = length + blanks;
    if length == 0 || text.get(colon) != Some(&b':') {
        return false;
    }
    let name = line.start..line.start + length;
    if blanks != 0 {
        notes.add(name.end..line.start + colon, &rule::NAME_SPACE);
    }
    let value = trimmed(octets, line.start + colon + 1..line.end);
    fields.push(Field { line: line.start..line.next, name, value, folded: false });
    true
}

impl<'a> Entity<'a> {
    /// The whole entity, headers included: what a signature covers.
    pub fn span(&self) -> Span {
        self.within.clone()
    }

    /// The octets of the whole entity.
    pub fn octets(&self) -> &'a [u8] {
        &self.octets[self.within.clone()]
    }

    /// Where the content stands.
    pub fn content_span(&self) -> Span {
        self.content.clone()
    }

    /// The content as it came: no transfer encoding is undone.
    pub fn content(&self) -> &'a [u8] {
        &self.octets[self.content.clone()]
    }

    /// Headers in their order.
    pub fn headers(&self) -> impl ExactSizeIterator<Item = Header<'_, 'a>> {
        self.fields.iter().map(|field| Header { octets: self.octets, field })
    }

    /// The first header of that name; case does not count.
    pub fn header(&self, name: &str) -> Option<Header<'_, 'a>> {
        self.headers().find(|header| header.is(name))
    }

    /// `Content-Type`, if it is there; see [`Parameterised::is`].
    pub fn content_type(&self) -> Option<Parameterised<'a>> {
        self.headers().nth(self.media_type?).map(Header::parameterised)
    }

    pub(crate) fn has_content_type(&self) -> bool {
        self.media_type.is_some()
    }

    /// Whether `Content-Type` names this media type, parameters and case aside.
    pub fn is(&self, media_type: &str) -> bool {
        self.content_type().is_some_and(|value| value.is(media_type))
    }

    /// `Content-Disposition` (RFC 2183).
    pub fn disposition(&self) -> Option<Parameterised<'a>> {
        self.header("Content-Disposition").map(Header::parameterised)
    }

    /// `Content-ID` without its angle brackets.
    pub fn content_id(&self) -> Option<Cow<'a, str>> {
        let value = self.header("Content-ID")?.value();
        Some(match value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(inner) => Cow::Owned(inner.to_owned()),
            None => value,
        })
    }

    /// `Content-Transfer-Encoding` in lower case; `7bit` if there is none.
    pub fn transfer_encoding(&self) -> String {
        self.header("Content-Transfer-Encoding")
            .map_or_else(|| "7bit".to_owned(), |header| header.value().to_ascii_lowercase())
    }

    /// The content with its transfer encoding undone.
    ///
    /// # Errors
    /// The encoding is not known here, or the content is not in it.
    pub fn decoded_content(&self) -> Result<Cow<'a, [u8]>, CodingError> {
        coding::transfer_decode(&self.transfer_encoding(), self.content())
    }

    /// The entities of a multipart content, one level deep; empty if the content is none.
    pub fn parts(&self) -> Decoded<Vec<Entity<'a>>> {
        let mut notes = Notes::default();
        let value = multipart::parts(self, &mut notes);
        Decoded { value, deviations: notes.into_deviations() }
    }

    /// The entities that are no multipart, in document order, from at most `depth` levels of multipart.
    pub fn leaves(self, depth: usize) -> Decoded<Vec<Entity<'a>>> {
        multipart::leaves(self, depth)
    }

    fn check(&mut self, notes: &mut Notes) {
        let mut media_type = None;
        for (index, header) in self.headers().enumerate() {
            let name = header.name_octets();
            if name.len() < 8 || !name[..8].eq_ignore_ascii_case(b"content-") {
                continue;
            }
            let same = |earlier: &Header<'_, 'a>| earlier.name_octets().eq_ignore_ascii_case(name);
            if self.headers().take(index).any(|earlier| same(&earlier)) {
                notes.add(header.line_span(), &rule::REPEATED);
            } else if name[8..].eq_ignore_ascii_case(b"type") {
                media_type = Some(index);
                check_media_type(self.octets, header.value_span(), notes);
            } else if name[8..].eq_ignore_ascii_case(b"disposition") {
                parameter::check_token(self.octets, header.value_span(), notes);
            } else if name[8..].eq_ignore_ascii_case(b"length") {
                self.check_length(header, notes);
            }
        }
        self.media_type = media_type;
    }

    fn check_length(&self, header: Header<'_, 'a>, notes: &mut Notes) {
        let actual = self.content.len();
        if header.value().parse() != Ok(actual) {
            notes.explain(
                header.value_span(),
                &rule::CONTENT_LENGTH,
                format!("the content has {actual} octets"),
            );
        }
    }
}

impl<'a> Header<'_, 'a> {
    /// The whole header with its folds and line ends.
    pub fn line_span(&self) -> Span {
        self.field.line.clone()
    }

    /// Where the name stands.
    pub fn name_span(&self) -> Span {
        self.field.name.clone()
    }

    /// Where the value stands, white space around it left out.
    pub fn value_span(&self) -> Span {
        self.field.value.clone()
    }

    /// The name as it is written.
    pub fn name(&self) -> &'a str {
        // Only octets of a token get into a name.
        std::str::from_utf8(self.name_octets()).unwrap_or_default()
    }

    /// Whether it is the header of that name; case does not count.
    pub fn is(&self, name: &str) -> bool {
        self.name_octets().eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value, unfolded; octets that are not UTF-8 become U+FFFD.
    pub fn value(&self) -> Cow<'a, str> {
        unfolded(&self.octets[self.field.value.clone()])
    }

    /// Whether the header goes over more than one line.
    pub fn is_folded(&self) -> bool {
        self.field.folded
    }

    /// The value as something with parameters behind it.
    pub fn parameterised(self) -> Parameterised<'a> {
        Parameterised::new(self.octets, self.field.value.clone())
    }

    fn name_octets(&self) -> &'a [u8] {
        &self.octets[self.field.name.clone()]
    }
}

/// `within` as far as there are octets.
pub(crate) fn clamp(octets: &[u8], within: Span) -> Span {
    let end = within.end.min(octets.len());
    within.start.min(end)..end
}

/// `span` without white space at its ends.
pub(crate) fn trimmed(octets: &[u8], span: Span) -> Span {
    let text = &octets[span.clone()];
    let start = span.start + (text.len() - text.trim_ascii_start().len());
    start..(start + text.trim_ascii().len())
}

/// Joins the lines of a folded value; the line ends go, the white space stays (RFC 2822 section 2.2.3).
pub(crate) fn unfolded(raw: &[u8]) -> Cow<'_, str> {
    if memchr::memchr(b'\n', raw).is_none() {
        return String::from_utf8_lossy(raw);
    }
    let joined: Vec<u8> = raw
        .split(|octet| *octet == b'\n')
        .flat_map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .copied()
        .collect();
    Cow::Owned(String::from_utf8_lossy(&joined).into_owned())
}

/// `token` of RFC 2045 section 5.1.
#[inline]
pub(crate) fn is_token(octet: u8) -> bool {
    TOKEN[usize::from(octet)]
}

static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0x21;
    while octet < 0x7f {
        table[octet] = true;
        octet += 1;
    }
    let special = b"()<>@,;:\\\"/[]?=";
    let mut at = 0;
    while at < special.len() {
        table[special[at] as usize] = false;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests;
