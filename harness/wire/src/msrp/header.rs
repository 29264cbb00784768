//! One header as it stands in a message.

use std::borrow::Cow;

use crate::deviation::Span;

/// What a header name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeaderId {
    /// `To-Path`
    ToPath,
    /// `From-Path`
    FromPath,
    /// `Message-ID`
    MessageId,
    /// `Success-Report`
    SuccessReport,
    /// `Failure-Report`
    FailureReport,
    /// `Byte-Range`
    ByteRange,
    /// `Status`
    Status,
    /// `Content-Type`
    ContentType,
    /// Any other name that begins with `Content-`.
    OtherContent,
    /// Any other name.
    Other,
}

/// The names that RFC 4975 defines, by their meaning.
static NAMES: [(HeaderId, &str); 8] = [
    (HeaderId::ToPath, "To-Path"),
    (HeaderId::FromPath, "From-Path"),
    (HeaderId::MessageId, "Message-ID"),
    (HeaderId::ByteRange, "Byte-Range"),
    (HeaderId::SuccessReport, "Success-Report"),
    (HeaderId::FailureReport, "Failure-Report"),
    (HeaderId::Status, "Status"),
    (HeaderId::ContentType, "Content-Type"),
];

impl HeaderId {
    /// What a name means, in any case.
    pub fn of(name: &[u8]) -> Self {
        let known = NAMES.iter().find(|(_, known)| known.as_bytes().eq_ignore_ascii_case(name));
        known.map_or_else(|| Self::of_unknown(name), |(id, _)| *id)
    }

    fn of_unknown(name: &[u8]) -> Self {
        let content = name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"Content-"));
        if content { Self::OtherContent } else { Self::Other }
    }

    /// The name as RFC 4975 writes it; empty for those it does not define.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(id, _)| *id == self).map_or("", |(_, name)| name)
    }

    /// Whether it describes the body.
    pub fn is_mime(self) -> bool {
        matches!(self, Self::ContentType | Self::OtherContent)
    }
}

/// Where a header and its parts lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) line: Span,
    pub(super) name: Span,
    pub(super) value: Span,
    pub(super) id: HeaderId,
}

/// A header of a message: its octets, and what they mean.
#[derive(Clone, Copy)]
pub struct Header<'m, 'a> {
    pub(super) octets: &'a [u8],
    pub(super) field: &'m Field,
}

impl<'a> Header<'_, 'a> {
    /// The line with its line end.
    pub fn line_span(&self) -> Span {
        self.field.line.clone()
    }

    /// Where the name stands.
    pub fn name_span(&self) -> Span {
        self.field.name.clone()
    }

    /// The name as sent.
    pub fn name(&self) -> &'a [u8] {
        &self.octets[self.name_span()]
    }

    /// Whether it has that name, in any case.
    pub fn is(&self, name: &[u8]) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// What the name means.
    pub fn id(&self) -> HeaderId {
        self.field.id
    }

    /// Where the value stands, without white space at its ends.
    pub fn value_span(&self) -> Span {
        self.field.value.clone()
    }

    /// The value as sent.
    pub fn raw_value(&self) -> &'a [u8] {
        &self.octets[self.value_span()]
    }

    /// The value; octets that are not UTF-8 become U+FFFD.
    pub fn value(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.raw_value())
    }
}

impl std::fmt::Debug for Header<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name().escape_ascii(), self.raw_value().escape_ascii())
    }
}
