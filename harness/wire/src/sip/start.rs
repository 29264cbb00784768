//! Methods and start lines.

use std::fmt;

use super::lex;
use super::rule;
use crate::deviation::{Deviation, Span};

/// A method as it stands in a message: any octets, compared octet by octet (RFC 3261 section 7.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Method<'a>(pub &'a [u8]);

macro_rules! methods {
    ($($name:ident)*) => {
        impl Method<'static> {
            $(#[doc = concat!("`", stringify!($name), "`")]
            pub const $name: Self = Self(stringify!($name).as_bytes());)*
        }
    };
}

methods! { ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE }

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({self})")
    }
}

/// The parts of a start line, as ranges of the octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartLine {
    /// A Request-Line (RFC 3261 section 7.1).
    Request {
        /// The method.
        method: Span,
        /// The Request-URI, as sent.
        uri: Span,
        /// The version, as sent.
        version: Span,
    },
    /// A Status-Line (RFC 3261 section 7.2).
    Status {
        /// The version, as sent.
        version: Span,
        /// The status code's digits.
        code: Span,
        /// The status code; 0 if the digits are no number below 65536.
        status: u16,
        /// The reason phrase, as sent.
        reason: Span,
    },
    /// Neither of them, or no line at all.
    Unknown,
}

/// Whether a line can be taken for a start line, well-formed or not: it begins with `SIP/`, or has ` SIP/` in it.
pub(super) fn looks_like_start_line(line: &[u8]) -> bool {
    is_version(line) || (0..line.len()).any(|at| lex::is_lws(line[at]) && is_version(&line[at + 1..]))
}

fn is_version(octets: &[u8]) -> bool {
    octets.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
}

/// Reads the start line that stands in `line`, without its line end.
pub(super) fn decode(octets: &[u8], line: Span, deviations: &mut Vec<Deviation>) -> StartLine {
    let text = &octets[line.clone()];
    if is_version(text) {
        return status_line(octets, line, deviations);
    }
    request_line(octets, line.clone(), deviations).unwrap_or_else(|| {
        deviations.push(Deviation::new(line, &rule::START_LINE));
        StartLine::Unknown
    })
}

fn request_line(octets: &[u8], line: Span, deviations: &mut Vec<Deviation>) -> Option<StartLine> {
    let text = &octets[line.clone()];
    let first = memchr::memchr(b' ', text)?;
    let trimmed = lex::trim_span(octets, line.clone());
    let last = memchr::memrchr(b' ', &octets[line.start..trimmed.end])?;
    let method = line.start..line.start + first;
    let version = line.start + last + 1..trimmed.end;
    if method.is_empty() || !is_version(&octets[version.clone()]) || last <= first {
        return None;
    }
    let between = method.end + 1..version.start - 1;
    let uri = lex::trim_span(octets, between.clone());
    if uri != between || trimmed.end != line.end {
        deviations.push(Deviation::new(line, &rule::REQUEST_LINE));
    }
    if !lex::is_token(&octets[method.clone()]) {
        deviations.push(Deviation::new(method.clone(), &rule::METHOD));
    }
    check_version(octets, &version, deviations);
    check_request_uri(octets, &uri, deviations);
    Some(StartLine::Request { method, uri, version })
}

fn check_version(octets: &[u8], version: &Span, deviations: &mut Vec<Deviation>) {
    // The grammar's "SIP" is a string and so case-insensitive; section 7.1 still demands upper case on the wire.
    if octets[version.clone()] != *b"SIP/2.0" {
        deviations.push(Deviation::new(version.clone(), &rule::VERSION));
    }
}

fn check_request_uri(octets: &[u8], uri: &Span, deviations: &mut Vec<Deviation>) {
    let text = &octets[uri.clone()];
    let misplaced = |octet: &u8| *octet <= b' ' || *octet == 0x7f || matches!(octet, b'<' | b'>');
    if text.is_empty() || text.iter().any(misplaced) {
        deviations.push(Deviation::new(uri.clone(), &rule::REQUEST_URI));
    }
    let Some(question) = memchr::memchr(b'?', text) else { return };
    let uri_ends = memchr::memchr(b'@', text).is_none_or(|at| question > at);
    let is_sip = text.len() > 4
        && (text[..4].eq_ignore_ascii_case(b"sip:") || text[..5].eq_ignore_ascii_case(b"sips:"));
    if uri_ends && is_sip {
        deviations.push(Deviation::new(uri.start + question..uri.end, &rule::REQUEST_URI_HEADERS));
    }
}

fn status_line(octets: &[u8], line: Span, deviations: &mut Vec<Deviation>) -> StartLine {
    let text = &octets[line.clone()];
    let version_end = line.start + memchr::memchr(b' ', text).unwrap_or(text.len());
    let version = line.start..version_end;
    let code_start = line.end.min(version_end + 1);
    let digits = octets[code_start..line.end].iter().take_while(|octet| octet.is_ascii_digit()).count();
    let code = code_start..code_start + digits;
    let reason = line.end.min(code.end + 1)..line.end;
    check_version(octets, &version, deviations);
    let status = lex::number(&octets[code.clone()]).and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    if code.len() != 3 || !(100..700).contains(&status) {
        deviations.push(Deviation::new(code.clone(), &rule::STATUS_CODE));
    }
    if octets.get(code.end).is_none_or(|&octet| octet != b' ') || code.end == line.end {
        deviations.push(Deviation::new(line, &rule::STATUS_LINE));
    }
    StartLine::Status { version, code, status, reason }
}
