//! Writing well-formed messages. To send what is wrong, write a message and [`super::edit`] it.
//!
//! `rsip` keeps and writes the headers. Its start lines and bodies are not used: it writes `404 NotFound` and
//! `im://user@host`, and replaces body octets that are not UTF-8.

use rsip::Header;

use super::lex;
use super::message::Message;
use super::names::HeaderId;
use super::reason::reason_phrase;
use crate::uri::Uri;

/// Why a message cannot be written; the scenario that asks for it is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The method is not a token.
    #[error(
        "the method {0:?} is not a token; change it, or edit the start line of a message with another method"
    )]
    Method(String),
    /// The Request-URI is not one.
    #[error(
        "the Request-URI {0:?} is not a URI; change it, or edit the start line of a message with another one"
    )]
    Uri(String),
    /// The status code is out of range.
    #[error("the status code {0} is not between 100 and 699; change it, or edit the start line")]
    Status(u16),
    /// The field name is not a token.
    #[error("the header name {0:?} is not a token; change it, or add the header with an edit")]
    HeaderName(String),
    /// A line end or a control character stands in a value.
    #[error("the value {1:?} of {0} holds a control character; change it, or set the header with an edit")]
    HeaderValue(String, String),
    /// Content-Length is computed.
    #[error("Content-Length is computed from the body; to misstate it, use the edit that sets it")]
    ContentLength,
}

/// A request in the making. Headers stand in the order in which they were added; Content-Length comes last.
#[derive(Debug, Clone)]
pub struct RequestBuilder {
    method: String,
    uri: String,
    parts: Parts,
}

impl RequestBuilder {
    /// A request without headers.
    pub fn new(method: &str, uri: &str) -> Self {
        Self { method: method.to_owned(), uri: uri.to_owned(), parts: Parts::default() }
    }

    /// Adds a Via with transport, sent-by (host and port) and branch.
    pub fn via(self, transport: &str, sent_by: &str, branch: &str) -> Self {
        self.header("Via", &format!("SIP/2.0/{transport} {sent_by};branch={branch}"))
    }

    /// Adds From with its whole value.
    pub fn from(self, value: &str) -> Self {
        self.header("From", value)
    }

    /// Adds To with its whole value.
    pub fn to(self, value: &str) -> Self {
        self.header("To", value)
    }

    /// Adds Call-ID.
    pub fn call_id(self, value: &str) -> Self {
        self.header("Call-ID", value)
    }

    /// Adds CSeq with the method of the request.
    pub fn cseq(self, number: u32) -> Self {
        let value = format!("{number} {}", self.method);
        self.header("CSeq", &value)
    }

    /// Adds Max-Forwards.
    pub fn max_forwards(self, hops: u8) -> Self {
        self.header("Max-Forwards", &hops.to_string())
    }

    /// Adds any other header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.parts.push(name, value);
        self
    }

    /// Sets the body and adds its Content-Type.
    pub fn body(mut self, content_type: &str, octets: impl Into<Vec<u8>>) -> Self {
        self.parts.push("Content-Type", content_type);
        self.parts.body = octets.into();
        self
    }

    /// The octets of the request.
    pub fn build(self) -> Result<Vec<u8>, BuildError> {
        if !lex::is_token(self.method.as_bytes()) {
            return Err(BuildError::Method(self.method));
        }
        let is_uri = Uri::decode(self.uri.as_bytes(), 0..self.uri.len());
        if is_uri.value.is_none() || !is_uri.deviations.is_empty() {
            return Err(BuildError::Uri(self.uri));
        }
        self.parts.write(&format!("{} {} {}", self.method, self.uri, rsip::Version::V2))
    }
}

/// A response in the making. Headers stand in the order in which they were added; Content-Length comes last.
#[derive(Debug, Clone)]
pub struct ResponseBuilder {
    status: u16,
    reason: String,
    parts: Parts,
}

impl ResponseBuilder {
    /// A response without headers, with the registered reason phrase.
    pub fn new(status: u16) -> Self {
        Self { status, reason: reason_phrase(status).to_owned(), parts: Parts::default() }
    }

    /// A response with the Via, From, To, Call-ID and CSeq of a request (RFC 3261 section 8.2.6.2). [`super::Reply`] is
    /// much quicker.
    pub fn to_request(request: &Message<'_>, status: u16) -> Self {
        let copied = [HeaderId::VIA, HeaderId::FROM, HeaderId::TO, HeaderId::CALL_ID, HeaderId::CSEQ];
        request
            .all_headers()
            .filter(|header| copied.contains(&header.id()))
            .fold(Self::new(status), |response, header| {
                response.header(header.id().long(), &String::from_utf8_lossy(&header.value()))
            })
    }

    /// Another reason phrase.
    pub fn reason(mut self, phrase: &str) -> Self {
        phrase.clone_into(&mut self.reason);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.parts.push(name, value);
        self
    }

    /// Sets the body and adds its Content-Type.
    pub fn body(mut self, content_type: &str, octets: impl Into<Vec<u8>>) -> Self {
        self.parts.push("Content-Type", content_type);
        self.parts.body = octets.into();
        self
    }

    /// The octets of the response.
    pub fn build(self) -> Result<Vec<u8>, BuildError> {
        if !(100..700).contains(&self.status) {
            return Err(BuildError::Status(self.status));
        }
        if has_control(&self.reason) {
            return Err(BuildError::HeaderValue("the status line".to_owned(), self.reason));
        }
        self.parts.write(&format!("{} {} {}", rsip::Version::V2, self.status, self.reason))
    }
}

#[derive(Debug, Clone, Default)]
struct Parts {
    headers: rsip::Headers,
    wrong: Option<BuildError>,
    body: Vec<u8>,
}

impl Parts {
    fn push(&mut self, name: &str, value: &str) {
        let value = value.trim_matches([' ', '\t']);
        let wrong = if !lex::is_token(name.as_bytes()) {
            Some(BuildError::HeaderName(name.to_owned()))
        } else if has_control(value) {
            Some(BuildError::HeaderValue(name.to_owned(), value.to_owned()))
        } else if HeaderId::of(name.as_bytes()) == HeaderId::CONTENT_LENGTH {
            Some(BuildError::ContentLength)
        } else {
            self.headers.push(header(name, value));
            None
        };
        self.wrong = self.wrong.take().or(wrong);
    }

    fn write(mut self, start_line: &str) -> Result<Vec<u8>, BuildError> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        self.headers.push(Header::ContentLength(self.body.len().to_string().into()));
        let head = format!("{start_line}\r\n{}\r\n", self.headers);
        Ok([head.as_bytes(), &self.body].concat())
    }
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|octet| (octet < b' ' && octet != b'\t') || octet == 0x7f)
}

/// The header in the shape in which `rsip` itself keeps it, so that its typed views find it.
fn header(name: &str, value: &str) -> Header {
    match HeaderId::of(name.as_bytes()) {
        HeaderId::VIA => Header::Via(value.into()),
        HeaderId::FROM => Header::From(value.into()),
        HeaderId::TO => Header::To(value.into()),
        HeaderId::CALL_ID => Header::CallId(value.into()),
        HeaderId::CSEQ => Header::CSeq(value.into()),
        HeaderId::MAX_FORWARDS => Header::MaxForwards(value.into()),
        HeaderId::CONTACT => Header::Contact(value.into()),
        HeaderId::CONTENT_TYPE => Header::ContentType(value.into()),
        HeaderId::OTHER => Header::Other(name.into(), value.into()),
        known => Header::Other(known.long().into(), value.into()),
    }
}
