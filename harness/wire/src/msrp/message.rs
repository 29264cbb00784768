//! A message as it came, and ways to look at it.

use super::end::Flag;
use super::header::{Field, Header, HeaderId};
use super::start::{Method, StartLine};
use super::uri::{self, MsrpUri};
use super::value::{self, ByteRange, FailureReport, Status};
use crate::deviation::Span;
use crate::mime::Parameterised;

/// A request, of which a SEND is one chunk of a message, or a response; borrowed from the octets it was decoded from.
/// Nothing of them is lost or changed.
#[derive(Clone)]
pub struct Message<'a> {
    pub(super) octets: &'a [u8],
    pub(super) start: StartLine,
    pub(super) start_line: Span,
    pub(super) fields: Vec<Field>,
    pub(super) head_end: usize,
    pub(super) body: Option<Span>,
    pub(super) end_line: Span,
    pub(super) flag: Option<Flag>,
}

impl<'a> Message<'a> {
    /// The octets the message was decoded from; all spans are ranges of them.
    pub fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The parts of the start line.
    pub fn start(&self) -> &StartLine {
        &self.start
    }

    /// The start line without its line end.
    pub fn start_line_span(&self) -> Span {
        self.start_line.clone()
    }

    /// Start line and headers, and the empty line if there is one.
    pub fn head_span(&self) -> Span {
        0..self.head_end
    }

    /// Whether the start line is one of a request.
    pub fn is_request(&self) -> bool {
        matches!(self.start, StartLine::Request { .. })
    }

    /// Whether the start line is one of a response.
    pub fn is_response(&self) -> bool {
        matches!(self.start, StartLine::Response { .. })
    }

    /// The transaction identifier.
    pub fn transaction(&self) -> Option<&'a [u8]> {
        self.start.transaction().map(|transaction| &self.octets[transaction.clone()])
    }

    /// The method of a request.
    pub fn method(&self) -> Option<Method<'a>> {
        match &self.start {
            StartLine::Request { method, .. } => Some(Method(&self.octets[method.clone()])),
            _ => None,
        }
    }

    /// The status code of a response; 0 if it has not three digits.
    pub fn status(&self) -> Option<u16> {
        match self.start {
            StartLine::Response { status, .. } => Some(status),
            _ => None,
        }
    }

    /// The comment of a response, as sent.
    pub fn comment(&self) -> Option<&'a [u8]> {
        match &self.start {
            StartLine::Response { comment: Some(comment), .. } => Some(&self.octets[comment.clone()]),
            _ => None,
        }
    }

    /// All headers in the order in which they came.
    pub fn headers(&self) -> impl DoubleEndedIterator<Item = Header<'_, 'a>> + ExactSizeIterator + Clone {
        self.fields.iter().map(|field| Header { octets: self.octets, field })
    }

    /// The first header of that meaning.
    pub fn header(&self, id: HeaderId) -> Option<Header<'_, 'a>> {
        self.headers().find(|header| header.id() == id)
    }

    /// The first header of that name, in any case.
    pub fn header_named(&self, name: &[u8]) -> Option<Header<'_, 'a>> {
        self.headers().find(|header| header.is(name))
    }

    /// The URIs of To-Path that can be read, the first to be visited first.
    pub fn to_path(&self) -> impl Iterator<Item = MsrpUri<'a>> + Clone + use<'a> {
        self.path(HeaderId::ToPath)
    }

    /// The URIs of From-Path that can be read, the nearest first.
    pub fn from_path(&self) -> impl Iterator<Item = MsrpUri<'a>> + Clone + use<'a> {
        self.path(HeaderId::FromPath)
    }

    fn path(&self, id: HeaderId) -> impl Iterator<Item = MsrpUri<'a>> + Clone + use<'a> {
        let value = self.header(id).map_or(0..0, |header| header.value_span());
        uri::path(self.octets, value).map(|(_, uri)| uri)
    }

    /// The message identifier, which all chunks of a message and the reports about it share.
    pub fn message_id(&self) -> Option<&'a [u8]> {
        self.value(HeaderId::MessageId)
    }

    /// The range of the body in the message; `None` if there is none or it cannot be read.
    pub fn byte_range(&self) -> Option<ByteRange> {
        ByteRange::parse(self.value(HeaderId::ByteRange)?)
    }

    /// Whether success reports are asked for; without the header, or with an unreadable one, they are not.
    pub fn success_report(&self) -> bool {
        self.value(HeaderId::SuccessReport).and_then(value::success_report).unwrap_or(false)
    }

    /// Which responses and failure reports are asked for; without the header, or with an unreadable one, all.
    pub fn failure_report(&self) -> FailureReport {
        self.value(HeaderId::FailureReport).and_then(FailureReport::parse).unwrap_or_default()
    }

    /// What a REPORT says.
    pub fn report_status(&self) -> Option<Status<'a>> {
        Status::parse(self.value(HeaderId::Status)?)
    }

    /// The media type of the whole message.
    pub fn content_type(&self) -> Option<Parameterised<'a>> {
        let value = self.header(HeaderId::ContentType)?.value_span();
        Some(Parameterised::new(self.octets, value))
    }

    /// The body, which is the whole message or one chunk of it; a request without one is none with an empty one.
    pub fn body(&self) -> Option<&'a [u8]> {
        self.body.clone().map(|body| &self.octets[body])
    }

    /// Where the body stands.
    pub fn body_span(&self) -> Option<Span> {
        self.body.clone()
    }

    /// The continuation flag; `None` if there is no end-line, or one with something else for a flag.
    pub fn flag(&self) -> Option<Flag> {
        self.flag
    }

    /// The end-line without its line end; empty if there is none.
    pub fn end_line_span(&self) -> Span {
        self.end_line.clone()
    }

    fn value(&self, id: HeaderId) -> Option<&'a [u8]> {
        let value = self.header(id)?.value_span();
        Some(&self.octets[value])
    }
}

impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("start_line", &self.octets[self.start_line.clone()].escape_ascii().to_string())
            .field("headers", &self.headers().collect::<Vec<_>>())
            .field("body", &self.body)
            .field("flag", &self.flag)
            .finish()
    }
}
