//! Answering a request with its own octets (RFC 4975 sections 7.1.2 and 7.2).

use super::build::{Builder, end_line};
use super::end::Flag;
use super::header::HeaderId;
use super::message::Message;
use super::rule;
use super::start::Method;
use super::uri::MsrpUri;
use super::value::{ByteRange, FailureReport};
use crate::deviation::Deviation;

/// Status codes of RFC 4975 section 10, with comments for them.
static COMMENTS: [(u16, &str); 10] = [
    (200, "OK"),
    (400, "Bad Request"),
    (403, "Forbidden"),
    (408, "Request Timeout"),
    (413, "Stop Sending Message"),
    (415, "Unsupported Media Type"),
    (423, "Parameter Out of Bounds"),
    (481, "Session Does Not Exist"),
    (501, "Unknown Method"),
    (506, "Session Already in Use"),
];

/// A comment for a status code of RFC 4975; empty for others.
pub fn comment(status: u16) -> &'static str {
    COMMENTS.iter().find(|(code, _)| *code == status).map_or("", |(_, comment)| comment)
}

/// Whether a response with that status is due to a request (RFC 4975 section 7.2): never to a REPORT, else as
/// Failure-Report says.
pub fn is_due(request: &Message<'_>, status: u16) -> bool {
    let wanted = match request.failure_report() {
        FailureReport::Yes => true,
        FailureReport::Partial => status != 200,
        FailureReport::No => false,
    };
    wanted && request.method().is_some_and(|method| method != Method::REPORT)
}

/// The response to a request, due or not: to the first URI of its From-Path, or all of them if it is no SEND; from the
/// first of its To-Path.
pub fn respond(request: &Message<'_>, status: u16) -> Vec<u8> {
    let transaction = request.transaction().unwrap_or_default();
    let path = |id| request.header(id).map_or(&b""[..], |header| header.raw_value());
    let (to, from) = (path(HeaderId::FromPath), path(HeaderId::ToPath));
    let to = if request.method() == Some(Method::SEND) { first(to) } else { to };
    let mut out = Vec::with_capacity(128 + to.len() + from.len());
    let code = format!(" {status:03} {}", comment(status));
    for part in [
        b"MSRP ",
        transaction,
        code.trim_end().as_bytes(),
        b"\r\nTo-Path: ",
        to,
        b"\r\nFrom-Path: ",
        first(from),
        b"\r\n",
    ] {
        out.extend_from_slice(part);
    }
    end_line(&mut out, transaction, Flag::Final);
    out
}

/// A REPORT about a message to the sender of a SEND, by the whole path back; `range` is what it is about.
pub fn report(request: &Message<'_>, status: u16, range: ByteRange, transaction: impl AsRef<str>) -> Builder {
    let value = |id| request.header(id).map(|header| header.value().into_owned()).unwrap_or_default();
    let to_path = value(HeaderId::ToPath);
    let from = to_path.split(' ').next().unwrap_or_default();
    Builder::request("REPORT", transaction, &value(HeaderId::FromPath), from)
        .message_id(&value(HeaderId::MessageId))
        .byte_range(range)
        .status(status)
}

/// Checks a response against its request (RFC 4975 section 7.2). The spans are in the octets of the response.
pub fn check_response(request: &Message<'_>, response: &Message<'_>) -> Vec<Deviation> {
    let mut found = Vec::new();
    if request.transaction() != response.transaction() {
        found.push(Deviation::new(response.start_line_span(), &rule::RESPONSE_TRANSACTION));
    }
    let hops = if request.method() == Some(Method::SEND) { 1 } else { usize::MAX };
    let place = |id| response.header(id).map_or(0..0, |header| header.value_span());
    if !same_path(request.from_path().take(hops), response.to_path()) {
        found.push(Deviation::new(place(HeaderId::ToPath), &rule::RESPONSE_PATH));
    }
    if !same_path(request.to_path().take(1), response.from_path()) {
        found.push(Deviation::new(place(HeaderId::FromPath), &rule::RESPONSE_FROM));
    }
    found
}

fn same_path<'a, 'b>(
    one: impl Iterator<Item = MsrpUri<'a>> + Clone,
    other: impl Iterator<Item = MsrpUri<'b>> + Clone,
) -> bool {
    one.clone().count() == other.clone().count() && one.zip(other).all(|(one, other)| one.equivalent(&other))
}

/// The first of the URIs of a path.
fn first(path: &[u8]) -> &[u8] {
    path.split(|octet| *octet == b' ').next().unwrap_or_default()
}
