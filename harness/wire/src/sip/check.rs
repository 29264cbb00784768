//! What the headers of a message have to be, once they are found.

use super::lex;
use super::message::Message;
use super::names::HeaderId;
use super::rule;
use super::start::{Method, StartLine};
use super::via::Via;
use crate::deviation::{Deviation, Rule};
use crate::uri::{NameAddr, Uri};

/// What every branch begins with (RFC 3261 section 8.1.1.7).
pub const MAGIC_COOKIE: &[u8] = b"z9hG4bK";

/// Headers that a message has to have; the last is for requests only.
static MANDATORY: [(HeaderId, &Rule); 6] = [
    (HeaderId::TO, &rule::TO_MISSING),
    (HeaderId::FROM, &rule::FROM_MISSING),
    (HeaderId::CSEQ, &rule::CSEQ_MISSING),
    (HeaderId::CALL_ID, &rule::CALL_ID_MISSING),
    (HeaderId::VIA, &rule::VIA_MISSING),
    (HeaderId::MAX_FORWARDS, &rule::MAX_FORWARDS_MISSING),
];

/// Headers that take one value; Content-Length has a rule of its own.
const SINGLE: u128 = HeaderId::CALL_ID.bit()
    | HeaderId::CONTENT_DISPOSITION.bit()
    | HeaderId::CONTENT_TYPE.bit()
    | HeaderId::CSEQ.bit()
    | HeaderId::DATE.bit()
    | HeaderId::EXPIRES.bit()
    | HeaderId::FROM.bit()
    | HeaderId::MAX_FORWARDS.bit()
    | HeaderId::MIME_VERSION.bit()
    | HeaderId::MIN_EXPIRES.bit()
    | HeaderId::ORGANIZATION.bit()
    | HeaderId::PRIORITY.bit()
    | HeaderId::REPLY_TO.bit()
    | HeaderId::RETRY_AFTER.bit()
    | HeaderId::SERVER.bit()
    | HeaderId::SUBJECT.bit()
    | HeaderId::TIMESTAMP.bit()
    | HeaderId::TO.bit()
    | HeaderId::USER_AGENT.bit();

/// Checks the grammar of header values, as far as it is the same for every message. Without a start line the octets are
/// not known to be SIP, and nothing is said.
pub(super) fn values(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    if *message.start() == StartLine::Unknown {
        return;
    }
    request_uri(message, deviations);
    via(message, deviations);
    addresses(message, deviations);
    cseq(message, deviations);
    call_id(message, deviations);
    max_forwards(message, deviations);
}

/// Checks which headers are there, and how often.
pub(super) fn presence(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    if *message.start() == StartLine::Unknown {
        return;
    }
    let mut seen = 0u128;
    for header in message.all_headers() {
        let bit = header.id().bit();
        if seen & bit & SINGLE != 0 {
            deviations.push(Deviation::with_detail(
                header.raw_span(),
                &rule::HEADER_REPEATED,
                header.id().long(),
            ));
        }
        seen |= bit;
    }
    let due = if message.is_request() { 6 } else { 5 };
    let head_end = message.head_span().end;
    let missing = MANDATORY[..due].iter().filter(|(id, _)| seen & id.bit() == 0);
    deviations.extend(missing.map(|(_, rule)| Deviation::new(head_end..head_end, rule)));
    if seen & HeaderId::CONTENT_TYPE.bit() == 0 && !message.body().is_empty() {
        deviations.push(Deviation::new(message.body_span(), &rule::CONTENT_TYPE_MISSING));
    }
}

/// The characters of the Request-URI were checked with the start line; here only its parts are.
fn request_uri(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    let Some(span) = message.request_uri_span() else { return };
    let found = Uri::decode(message.octets(), span.clone()).deviations;
    let wrong_anyway = deviations.iter().any(|deviation| deviation.span == span);
    deviations.extend(found.into_iter().filter(|_| !wrong_anyway));
}

fn via(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    let mut values = message.headers(HeaderId::VIA).flat_map(|header| header.list());
    let Some(top) = values.next() else { return };
    let decoded = Via::decode(message.octets(), top.clone());
    deviations.extend(decoded.deviations);
    for other in values {
        deviations.extend(Via::decode(message.octets(), other).deviations);
    }
    let (Some(via), true) = (decoded.value, message.is_request()) else { return };
    match via.branch() {
        None => deviations.push(Deviation::new(top, &rule::VIA_BRANCH)),
        Some(branch) if branch.len() <= MAGIC_COOKIE.len() || !has_cookie(branch) => {
            deviations.push(Deviation::with_detail(
                top,
                &rule::VIA_COOKIE,
                branch.escape_ascii().to_string(),
            ));
        }
        Some(_) => {}
    }
}

/// A branch is a token, and tokens are compared without case (RFC 3261 section 7.3.1).
fn has_cookie(branch: &[u8]) -> bool {
    branch.get(..MAGIC_COOKIE.len()).is_some_and(|start| start.eq_ignore_ascii_case(MAGIC_COOKIE))
}

fn addresses(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    let final_or_ringing = message.status().is_some_and(|status| status > 100);
    for (id, tag_due, tag_rule) in
        [(HeaderId::FROM, true, &rule::FROM_TAG), (HeaderId::TO, final_or_ringing, &rule::TO_TAG)]
    {
        for header in message.headers(id) {
            let decoded = NameAddr::decode(message.octets(), header.value_span());
            deviations.extend(decoded.deviations);
            if tag_due && decoded.value.is_some_and(|address| address.tag().is_none()) {
                deviations.push(Deviation::new(header.value_span(), tag_rule));
            }
        }
    }
    for contact in message.headers(HeaderId::CONTACT).flat_map(|header| header.list()) {
        if message.octets()[contact.clone()] != *b"*" {
            deviations.extend(NameAddr::decode(message.octets(), contact).deviations);
        }
    }
}

fn cseq(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    for header in message.headers(HeaderId::CSEQ) {
        let value = header.raw_value();
        let blank = value.iter().position(|&octet| lex::is_lws(octet)).unwrap_or(value.len());
        let method = Method(lex::trim(&value[blank..]));
        let number = lex::number(&value[..blank]);
        if number.is_none_or(|number| number >= 1 << 31) || !lex::is_token(method.0) {
            deviations.push(Deviation::new(header.value_span(), &rule::CSEQ_VALUE));
        }
        if message.method().is_some_and(|of_request| of_request != method) {
            deviations.push(Deviation::with_detail(
                header.value_span(),
                &rule::CSEQ_METHOD,
                method.to_string(),
            ));
        }
    }
}

fn call_id(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    for header in message.headers(HeaderId::CALL_ID) {
        let mut words = header.raw_value().splitn(2, |&octet| octet == b'@');
        if !words.all(lex::is_word) {
            deviations.push(Deviation::new(header.value_span(), &rule::CALL_ID_VALUE));
        }
    }
}

fn max_forwards(message: &Message<'_>, deviations: &mut Vec<Deviation>) {
    for header in message.headers(HeaderId::MAX_FORWARDS) {
        if lex::number(header.raw_value()).is_none_or(|hops| hops > 255) {
            deviations.push(Deviation::new(header.value_span(), &rule::MAX_FORWARDS_VALUE));
        }
    }
}
