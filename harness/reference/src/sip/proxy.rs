//! Passing requests on as a stateful proxy does, and their responses back (RFC 3261 section 16).

use std::net::SocketAddr;

use bytes::Bytes;
use wire::sip::{HeaderId, Message};

use super::event::Request;
use super::outgoing::HOPS;
use super::response::vias;
use super::route::{Source, Transport};

/// A request that was passed on and waits for its final response.
#[derive(Debug)]
pub(super) struct Passed {
    /// As it came.
    pub(super) request: Request,
    /// By which somebody wants to be told what became of it, if anybody does.
    pub(super) mark: Option<u64>,
}

/// What a proxy changes of a request beyond what every proxy does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxied {
    /// By which the final response is told, if it is to be.
    pub(crate) mark: Option<u64>,
    /// Another body, which no proxy has a right to.
    pub(crate) body: Option<Vec<u8>>,
    /// Another Request-URI.
    pub(crate) target: Option<String>,
}

/// The request with this side's Via on top and one hop less (section 16.6).
pub(super) fn onward(
    request: &Message<'_>,
    (target, body): (&str, &[u8]),
    (local, transport): (SocketAddr, Transport),
    branch: &str,
) -> Bytes {
    let transport = transport.name();
    let method = String::from_utf8_lossy(request.method().map_or(&b""[..], |method| method.0)).into_owned();
    let hops = hops(request).saturating_sub(1);
    let mut octets = format!(
        "{method} {target} SIP/2.0\r\nVia: SIP/2.0/{transport} {local};branch={branch};rport\r\n\
         Max-Forwards: {hops}\r\n"
    )
    .into_bytes();
    copy(request, &[HeaderId::MAX_FORWARDS, HeaderId::CONTENT_LENGTH], &mut octets);
    finish(&mut octets, body);
    octets.into()
}

/// The response with the Via headers of the request as it came (section 16.7).
pub(super) fn back(response: &Message<'_>, request: &Message<'_>, source: &Source) -> Bytes {
    let mut octets = response.octets()[response.start_line_span()].trim_ascii_end().to_vec();
    octets.extend_from_slice(b"\r\n");
    vias(request, source.address, &mut octets);
    copy(response, &[HeaderId::VIA, HeaderId::CONTENT_LENGTH], &mut octets);
    finish(&mut octets, response.body());
    octets.into()
}

/// How much further a request may go.
pub(super) fn hops(request: &Message<'_>) -> u8 {
    let value = request.header(HeaderId::MAX_FORWARDS).map(|header| header.value());
    let digits = value.as_deref().and_then(|value| std::str::from_utf8(value).ok());
    digits.and_then(|digits| digits.trim().parse().ok()).unwrap_or(HOPS)
}

/// Copies all headers but these, as they stand.
fn copy(message: &Message<'_>, but: &[HeaderId], octets: &mut Vec<u8>) {
    for header in message.all_headers().filter(|header| !but.contains(&header.id())) {
        octets.extend_from_slice(header.raw().trim_ascii_end());
        octets.extend_from_slice(b"\r\n");
    }
}

fn finish(octets: &mut Vec<u8>, body: &[u8]) {
    octets.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    octets.extend_from_slice(body);
}
