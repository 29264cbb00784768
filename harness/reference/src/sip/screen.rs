//! What SIP itself demands of a request before anybody reads its body (RFC 3261 section 8.2).

use wire::sip::{HeaderId, Message, Method};

use super::route::Transport;
use crate::carrier::Answer;

/// What is understood.
pub(crate) const ALLOWED: &str = "MESSAGE, INVITE, ACK, BYE, CANCEL, OPTIONS";
/// Media types of the body of a MESSAGE that everybody reads.
pub(crate) const OBJECTS_AND_TEXT: &[&str] = &["message/cpim", "text/plain"];
/// Media type of a session description.
pub(crate) const SDP: &str = "application/sdp";

/// Lets acceptable requests through, MESSAGEs with a body of these media types; answers everything else.
///
/// # Errors
/// The answer, if the request goes no further.
pub(super) fn screen(request: &Message<'_>, transport: Transport, accepted: &[&str]) -> Result<(), Answer> {
    well_formed(request, transport)?;
    method(request, accepted)?;
    extensions(request)?;
    content(request, accepted)
}

/// RFC 3261 sections 8.1.1, 8.2 and 18.3. What can be answered at all is answered with 400.
fn well_formed(request: &Message<'_>, transport: Transport) -> Result<(), Answer> {
    let bad = |why: &str| Err(Answer::new(400, format!("Bad Request: {why}")));
    if request.from().is_none() || request.to().is_none() {
        return bad("From and To need a URI");
    }
    if request.call_id().is_none_or(<[u8]>::is_empty) {
        return bad("no Call-ID");
    }
    if request.cseq().map(|cseq| cseq.method) != request.method() {
        return bad("CSeq does not name the method");
    }
    match request.content_length() {
        Some(length) if length > request.body().len() as u64 => bad("the body is shorter than its length"),
        None if transport == Transport::Tcp => bad("no Content-Length on a stream"),
        _ => Ok(()),
    }
}

fn method(request: &Message<'_>, accepted: &[&str]) -> Result<(), Answer> {
    match request.method() {
        Some(Method::MESSAGE | Method::INVITE | Method::BYE | Method::CANCEL) => Ok(()),
        Some(Method::OPTIONS) => Err(capabilities(Answer::new(200, "OK"), accepted)),
        _ => Err(Answer::new(405, "Method Not Allowed").with("Allow", ALLOWED)),
    }
}

fn capabilities(answer: Answer, accepted: &[&str]) -> Answer {
    answer
        .with("Allow", ALLOWED)
        .with("Accept", format!("{}, {SDP}", accepted.join(", ")))
        .with("Accept-Encoding", "identity")
}

/// No extension is supported, and in a CANCEL none is asked for (RFC 3261 section 8.2.2.3).
fn extensions(request: &Message<'_>) -> Result<(), Answer> {
    if request.method() == Some(Method::CANCEL) {
        return Ok(());
    }
    let tags: Vec<_> = request.headers(HeaderId::REQUIRE).map(|header| header.value().into_owned()).collect();
    if tags.is_empty() {
        return Ok(());
    }
    let unsupported = String::from_utf8_lossy(&tags.join(&b", "[..])).into_owned();
    Err(Answer::new(420, "Bad Extension").with("Unsupported", unsupported))
}

/// RFC 3261 section 8.2.3. The body of a BYE or CANCEL means nothing.
fn content(request: &Message<'_>, objects: &[&str]) -> Result<(), Answer> {
    let accepted = match request.method() {
        Some(Method::MESSAGE) => objects,
        Some(Method::INVITE) => &[SDP],
        _ => return Ok(()),
    };
    let encoded = request
        .header_named(b"Content-Encoding")
        .is_some_and(|header| !header.value().eq_ignore_ascii_case(b"identity"));
    let known = is_any(request.content_type().as_deref(), request.body(), accepted);
    if encoded || !known {
        return Err(Answer::new(415, "Unsupported Media Type")
            .with("Accept", accepted.join(", "))
            .with("Accept-Encoding", "identity"));
    }
    Ok(())
}

/// Whether the body is of one of these media types; parameters do not count. No body is of any type.
pub(crate) fn is_any(content_type: Option<&[u8]>, body: &[u8], types: &[&str]) -> bool {
    let Some(value) = content_type else { return body.is_empty() };
    let name = value.split(|&octet| octet == b';').next().unwrap_or_default().trim_ascii();
    types.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}
