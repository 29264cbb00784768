//! Answers to requests (RFC 3261 section 8.2.6).

use std::net::SocketAddr;

use bytes::Bytes;
use wire::sip::{HeaderId, Message};

use super::route::{Source, Transport};
use super::screen::SDP;
use crate::carrier::Answer;

impl Answer {
    /// The octets of the response, with a session description if one is given.
    pub(super) fn encode(
        &self,
        request: &Message<'_>,
        source: &Source,
        tag: &str,
        description: Option<&[u8]>,
    ) -> Bytes {
        let mut octets = format!("SIP/2.0 {} {}\r\n", self.status, self.reason).into_bytes();
        vias(request, source.address, &mut octets);
        for (name, id) in [("From", HeaderId::FROM), ("To", HeaderId::TO)] {
            let value = request.header(id).map(|header| header.value());
            line(&mut octets, name, &value.unwrap_or_default());
        }
        if request.to_tag().is_none() && request.to().is_some() {
            octets.truncate(octets.len() - 2);
            octets.extend_from_slice(format!(";tag={tag}\r\n").as_bytes());
        }
        for (name, id) in [("Call-ID", HeaderId::CALL_ID), ("CSeq", HeaderId::CSEQ)] {
            let value = request.header(id).map(|header| header.value());
            line(&mut octets, name, &value.unwrap_or_default());
        }
        for (name, value) in &self.headers {
            line(&mut octets, name, value.as_bytes());
        }
        let object = self.body.as_deref().map(|object| ("message/cpim", object));
        let content = description.map(|description| (SDP, description)).or(object);
        if let Some((content_type, _)) = content {
            line(&mut octets, "Content-Type", content_type.as_bytes());
        }
        let body = content.map(|(_, body)| body).unwrap_or_default();
        line(&mut octets, "Content-Length", body.len().to_string().as_bytes());
        octets.extend_from_slice(b"\r\n");
        octets.extend_from_slice(body);
        octets.into()
    }
}

fn line(octets: &mut Vec<u8>, name: &str, value: &[u8]) {
    octets.extend_from_slice(name.as_bytes());
    octets.extend_from_slice(b": ");
    octets.extend_from_slice(value);
    octets.extend_from_slice(b"\r\n");
}

/// Copies the Via headers and notes in the first where the request came from (RFC 3261 section 18.2.1, RFC 3581).
pub(super) fn vias(request: &Message<'_>, source: SocketAddr, octets: &mut Vec<u8>) {
    for (position, header) in request.headers(HeaderId::VIA).enumerate() {
        let all = header.raw_value();
        let first = header.list().next().filter(|_| position == 0).map_or(0, |first| first.len());
        let mut value = noted(&all[..first], request, source);
        value.extend_from_slice(&all[first..]);
        line(octets, "Via", &value);
    }
}

fn noted(via: &[u8], request: &Message<'_>, source: SocketAddr) -> Vec<u8> {
    let Some(top) = request.via().filter(|_| !via.is_empty()) else { return via.to_vec() };
    let asked = top.params.get(b"rport") == Some(None);
    let mut value = via.to_vec();
    if asked && let Some(at) = find(via, b";rport") {
        let port = format!("={}", source.port()).into_bytes();
        let at = at + b";rport".len();
        value.splice(at..at, port);
    }
    if asked || top.sent_by.address() != Some(source.ip()) {
        value.extend_from_slice(format!(";received={}", source.ip()).as_bytes());
    }
    value
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

/// Where an answer goes over UDP: the source port if the client asked for that, else the port of its Via header
/// (RFC 3261 section 18.2.2, RFC 3581 section 4). Over a connection it goes back on the connection.
pub(super) fn destination(request: &Message<'_>, source: &Source) -> SocketAddr {
    let via =
        request.via().filter(|via| source.transport == Transport::Udp && via.params.get(b"rport").is_none());
    let port = via.map_or(source.address.port(), |via| via.sent_by.port_number().unwrap_or(5060));
    SocketAddr::new(source.address.ip(), port)
}
