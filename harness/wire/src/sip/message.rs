//! A message as it came, and ways to look at it.

use std::borrow::Cow;

use super::header::{Field, Header};
use super::lex;
use super::names::HeaderId;
use super::start::{Method, StartLine};
use super::via::Via;
use crate::deviation::Span;
use crate::uri::{NameAddr, Uri};

/// A message, borrowed from the octets it was decoded from. Nothing of them is lost or changed.
#[derive(Clone)]
pub struct Message<'a> {
    pub(super) octets: &'a [u8],
    pub(super) start: StartLine,
    pub(super) start_line: Span,
    pub(super) fields: Vec<Field>,
    pub(super) head_end: usize,
    pub(super) body: Span,
}

/// The parts of a CSeq header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CSeq<'a> {
    /// The sequence number.
    pub number: u32,
    /// The method.
    pub method: Method<'a>,
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

    /// Start line, headers and the empty line, with whatever stood before them.
    pub fn head_span(&self) -> Span {
        0..self.head_end
    }

    /// Whether the start line is a Request-Line.
    pub fn is_request(&self) -> bool {
        matches!(self.start, StartLine::Request { .. })
    }

    /// Whether the start line is a Status-Line.
    pub fn is_response(&self) -> bool {
        matches!(self.start, StartLine::Status { .. })
    }

    /// The method of a request; that of a response is in [`Message::cseq`].
    pub fn method(&self) -> Option<Method<'a>> {
        match &self.start {
            StartLine::Request { method, .. } => Some(Method(&self.octets[method.clone()])),
            _ => None,
        }
    }

    /// The Request-URI as sent.
    pub fn request_uri(&self) -> Option<&'a [u8]> {
        self.request_uri_span().map(|uri| &self.octets[uri])
    }

    /// Where the Request-URI stands.
    pub fn request_uri_span(&self) -> Option<Span> {
        match &self.start {
            StartLine::Request { uri, .. } => Some(uri.clone()),
            _ => None,
        }
    }

    /// The Request-URI, taken apart; `None` if it has no scheme.
    pub fn request_uri_parts(&self) -> Option<Uri<'a>> {
        self.request_uri().and_then(Uri::parse)
    }

    /// The status code of a response; 0 if it is no number.
    pub fn status(&self) -> Option<u16> {
        match self.start {
            StartLine::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// The reason phrase of a response, as sent.
    pub fn reason(&self) -> Option<&'a [u8]> {
        match &self.start {
            StartLine::Status { reason, .. } => Some(&self.octets[reason.clone()]),
            _ => None,
        }
    }

    /// All headers in the order in which they came.
    pub fn all_headers(
        &self,
    ) -> impl DoubleEndedIterator<Item = Header<'a>> + ExactSizeIterator + Clone + '_ {
        let octets = self.octets;
        self.fields.iter().map(move |&field| Header { octets, field })
    }

    /// The headers of that meaning; [`HeaderId::OTHER`] gives all unknown ones.
    pub fn headers(&self, id: HeaderId) -> impl DoubleEndedIterator<Item = Header<'a>> + Clone + '_ {
        self.all_headers().filter(move |header| header.id() == id)
    }

    /// The first header of that meaning.
    pub fn header(&self, id: HeaderId) -> Option<Header<'a>> {
        self.headers(id).next()
    }

    /// The headers of that name, in any case and form.
    pub fn headers_named<'s>(&'s self, name: &'s [u8]) -> impl DoubleEndedIterator<Item = Header<'a>> + 's {
        let id = HeaderId::of(name);
        self.headers(id)
            .filter(move |header| id != HeaderId::OTHER || header.name().eq_ignore_ascii_case(name))
    }

    /// The first header of that name, in any case and form.
    pub fn header_named(&self, name: &[u8]) -> Option<Header<'a>> {
        self.headers_named(name).next()
    }

    /// The topmost Via value.
    pub fn via(&self) -> Option<Via<'a>> {
        let first = self.header(HeaderId::VIA)?.list().next()?;
        Via::decode(self.octets, first).value
    }

    /// The branch parameter of the topmost Via value.
    pub fn via_branch(&self) -> Option<&'a [u8]> {
        self.via()?.branch()
    }

    /// The CSeq header; `None` if it is not a number below 2**32 and a method.
    pub fn cseq(&self) -> Option<CSeq<'a>> {
        let value = self.header(HeaderId::CSEQ)?.raw_value();
        let blank = value.iter().position(|&octet| lex::is_lws(octet))?;
        let number = lex::number(&value[..blank]).and_then(|number| u32::try_from(number).ok())?;
        Some(CSeq { number, method: Method(lex::trim(&value[blank..])) })
    }

    /// The Call-ID.
    pub fn call_id(&self) -> Option<&'a [u8]> {
        self.header(HeaderId::CALL_ID).map(|header| header.raw_value())
    }

    /// The From header.
    pub fn from(&self) -> Option<NameAddr<'a>> {
        self.name_addr(HeaderId::FROM)
    }

    /// The tag of the From header.
    pub fn from_tag(&self) -> Option<&'a [u8]> {
        self.from()?.tag()
    }

    /// The To header.
    pub fn to(&self) -> Option<NameAddr<'a>> {
        self.name_addr(HeaderId::TO)
    }

    /// The tag of the To header.
    pub fn to_tag(&self) -> Option<&'a [u8]> {
        self.to()?.tag()
    }

    /// The first Contact value.
    pub fn contact(&self) -> Option<NameAddr<'a>> {
        let first = self.header(HeaderId::CONTACT)?.list().next()?;
        NameAddr::decode(self.octets, first).value
    }

    fn name_addr(&self, id: HeaderId) -> Option<NameAddr<'a>> {
        NameAddr::decode(self.octets, self.header(id)?.value_span()).value
    }

    /// The value of Content-Type; its parts are the MIME decoder's concern.
    pub fn content_type(&self) -> Option<Cow<'a, [u8]>> {
        self.header(HeaderId::CONTENT_TYPE).map(|header| header.value())
    }

    /// The number of the first Content-Length, in octets; `None` if there is none or it is no number.
    pub fn content_length(&self) -> Option<u64> {
        lex::number(self.header(HeaderId::CONTENT_LENGTH)?.raw_value())
    }

    /// The body: what follows the head, up to Content-Length octets.
    pub fn body(&self) -> &'a [u8] {
        &self.octets[self.body.clone()]
    }

    /// Where the body stands.
    pub fn body_span(&self) -> Span {
        self.body.clone()
    }
}

impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("start_line", &self.octets[self.start_line.clone()].escape_ascii().to_string())
            .field("headers", &self.all_headers().collect::<Vec<_>>())
            .field("body", &self.body)
            .finish()
    }
}
