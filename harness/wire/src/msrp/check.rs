//! What a message has to be, once its parts are found.

use super::end::Flag;
use super::header::{Header, HeaderId};
use super::message::Message;
use super::start::{Method, StartLine};
use super::value::{self, ByteRange, FailureReport, Status};
use super::{lex, rule, uri};
use crate::deviation::{Rule, Span};
use crate::mime::notes::Notes;

/// Octets of body that need no interruption (RFC 4975 section 7.1.1).
pub const CHUNK: usize = 2048;

/// Octets of body that a request other than SEND may have (RFC 4975 section 7.1).
const MOST_BODY: usize = 10_240;

/// Checks a message. Without a start line the octets are not known to be MSRP, and nothing is said.
pub(super) fn check(message: &Message<'_>, notes: &mut Notes) {
    if *message.start() == StartLine::Unknown {
        return;
    }
    presence(message, notes);
    for header in message.headers() {
        value(message.octets, &header, notes);
    }
    content(message, notes);
    match message.method() {
        Some(Method::SEND) => send(message, notes),
        Some(method) => request(message, method, notes),
        None => response(message, notes),
    }
}

/// Which headers are there, how often, and in which order.
fn presence(message: &Message<'_>, notes: &mut Notes) {
    let mut ids = 0_u32;
    for header in message.headers() {
        let bit = 1 << header.id() as u32;
        let single = !matches!(header.id(), HeaderId::Other | HeaderId::OtherContent);
        if ids & bit != 0 && single {
            notes.explain(header.line_span(), &rule::HEADER_REPEATED, header.id().name());
        }
        ids |= bit;
    }
    let paths: [(HeaderId, &'static Rule); 2] =
        [(HeaderId::ToPath, &rule::TO_PATH_MISSING), (HeaderId::FromPath, &rule::FROM_PATH_MISSING)];
    for (place, (id, missing)) in paths.into_iter().enumerate() {
        match message.headers().position(|header| header.id() == id) {
            None => notes.add(message.start_line.end..message.start_line.end, missing),
            Some(found) if found != place => {
                notes.add(message.fields[found].line.clone(), &rule::PATH_ORDER);
            }
            Some(_) => {}
        }
    }
}

/// The grammar of a value.
fn value(octets: &[u8], header: &Header<'_, '_>, notes: &mut Notes) {
    let (span, text) = (header.value_span(), header.raw_value());
    let mut demand = |good: bool, rule: &'static Rule| {
        if !good {
            notes.add(span.clone(), rule);
        }
    };
    match header.id() {
        HeaderId::ToPath | HeaderId::FromPath => uri::check_path(octets, span, &rule::PATH, notes),
        HeaderId::MessageId => demand(lex::is_ident(text), &rule::MESSAGE_ID),
        HeaderId::ByteRange => demand(ByteRange::parse(text).is_some(), &rule::BYTE_RANGE),
        HeaderId::SuccessReport => demand(value::success_report(text).is_some(), &rule::SUCCESS_REPORT),
        HeaderId::FailureReport => demand(FailureReport::parse(text).is_some(), &rule::FAILURE_REPORT),
        HeaderId::Status => demand(Status::parse(text).is_some(), &rule::STATUS),
        HeaderId::ContentType => crate::mime::check_media_type(octets, span, notes),
        HeaderId::OtherContent => {
            demand(!header.is(b"Content-Transfer-Encoding"), &rule::TRANSFER_ENCODING);
        }
        HeaderId::Other => {}
    }
}

/// How body and MIME headers go together.
fn content(message: &Message<'_>, notes: &mut Notes) {
    let media_type = message.headers().position(|header| header.id() == HeaderId::ContentType);
    match (message.body_span(), media_type) {
        (Some(body), None) if message.is_request() => {
            notes.add(body.start..body.start, &rule::CONTENT_TYPE_MISSING);
        }
        (Some(_), Some(place)) if place + 1 != message.fields.len() => {
            notes.add(message.fields[place].line.clone(), &rule::CONTENT_TYPE_LAST);
        }
        (None, _) => {
            for header in message.headers().filter(|header| header.id().is_mime()) {
                notes.add(header.line_span(), &rule::CONTENT_HEADER);
            }
        }
        _ => {}
    }
}

fn send(message: &Message<'_>, notes: &mut Notes) {
    let Some(body) = message.body_span() else { return bodiless(message, notes) };
    missing(message, HeaderId::MessageId, &rule::MESSAGE_ID_MISSING, notes);
    missing(message, HeaderId::ByteRange, &rule::BYTE_RANGE_MISSING, notes);
    let range = message.byte_range();
    let place =
        message.header(HeaderId::ByteRange).map_or(body.start..body.start, |range| range.value_span());
    if body.len() > CHUNK && range.is_none_or(|range| range.end.is_some()) {
        notes.explain(place.clone(), &rule::CHUNK_LARGE, format!("{} octets", body.len()));
    }
    if body.len() < CHUNK && message.flag() == Some(Flag::More) {
        notes.explain(body.clone(), &rule::CHUNK_SMALL, format!("{} octets", body.len()));
    }
    if let Some(range) = range {
        check_range(message, range, body.len() as u64, place, notes);
    }
}

fn bodiless(message: &Message<'_>, notes: &mut Notes) {
    let header = message.header(HeaderId::ByteRange);
    if let (Some(header), Some(range)) = (header, message.byte_range())
        && range.start != 1
    {
        notes.add(header.value_span(), &rule::BYTE_RANGE_START);
    }
}

fn check_range(message: &Message<'_>, range: ByteRange, length: u64, place: Span, notes: &mut Notes) {
    if range.start == 0 || (length == 0 && range.total == Some(0) && range.start != 1) {
        return notes.add(place, &rule::BYTE_RANGE_START);
    }
    let empty = length == 0 && range.end == Some(range.start - 1);
    let backward = range.end.is_some_and(|end| end < range.start) && !empty;
    let past = |total: u64| range.end.unwrap_or(range.start - 1) > total;
    if backward || range.total.is_some_and(past) {
        notes.add(place.clone(), &rule::BYTE_RANGE_END);
    }
    if range.end.is_some() && range.length() != Some(length) && !backward {
        notes.explain(place, &rule::BYTE_RANGE_BODY, format!("the body has {length} octets"));
    }
    let reached = (range.start - 1).saturating_add(length);
    let Some(total) = range.total else { return };
    if matches!((message.flag(), reached == total), (Some(Flag::Final), false) | (Some(Flag::More), true)) {
        let detail = format!("octet {reached} of {total} is the last");
        notes.explain(message.end_line_span(), &rule::FLAG_FINAL, detail);
    }
}

/// A request other than SEND.
fn request(message: &Message<'_>, method: Method<'_>, notes: &mut Notes) {
    whole(message, notes);
    if let Some(body) = message.body_span().filter(|body| body.len() > MOST_BODY) {
        notes.explain(body.clone(), &rule::BODY_LARGE, format!("{} octets", body.len()));
    }
    if method != Method::REPORT {
        return;
    }
    missing(message, HeaderId::MessageId, &rule::MESSAGE_ID_MISSING, notes);
    missing(message, HeaderId::Status, &rule::STATUS_MISSING, notes);
    for id in [HeaderId::SuccessReport, HeaderId::FailureReport] {
        if let Some(header) = message.header(id) {
            notes.add(header.line_span(), &rule::REPORT_ASKS);
        }
    }
}

fn response(message: &Message<'_>, notes: &mut Notes) {
    whole(message, notes);
    if let Some(body) = message.body_span() {
        notes.add(body, &rule::RESPONSE_BODY);
    }
}

fn whole(message: &Message<'_>, notes: &mut Notes) {
    if message.flag().is_some_and(|flag| flag != Flag::Final) {
        notes.add(message.end_line_span(), &rule::FLAG_CHUNKED);
    }
}

fn missing(message: &Message<'_>, id: HeaderId, rule: &'static Rule, notes: &mut Notes) {
    if message.header(id).is_none() {
        notes.add(message.start_line.end..message.start_line.end, rule);
    }
}
