//! Requests of this agent.

use std::net::SocketAddr;

use bytes::Bytes;
use wire::sip::{HeaderId, Message};

use super::client::{Owner, Repeat};
use super::lossy;
use super::route::{Route, Transport};

/// Above this many octets a request has to go over a stream if the path's MTU is not known (RFC 3261 section 18.1.1).
const LARGEST_DATAGRAM: usize = 1300;

/// Max-Forwards of a request that has not gone any way yet (RFC 3261 section 8.1.1.6).
pub(crate) const HOPS: u8 = 70;

/// A request before the transaction layer has made it its own.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: &'static str,
    pub(crate) route: Route,
    pub(crate) request_uri: String,
    /// URI of the From header.
    pub(crate) from: String,
    /// URI of the To header.
    pub(crate) to: String,
    /// Headers beyond those that every request has.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Media type and octets of the body, if there is one.
    pub(crate) body: Option<(String, Vec<u8>)>,
    /// Value of Max-Forwards.
    pub(crate) hops: u8,
    /// Its dialog; a request outside of all dialogs gets identifiers that no other request has.
    pub(crate) dialog: Option<DialogIds>,
    /// Who is told what becomes of it.
    pub(crate) owner: Owner,
}

/// What a dialog gives its requests (RFC 3261 section 12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DialogIds {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    /// None before the other side has answered.
    pub(crate) remote_tag: Option<String>,
    /// The number in CSeq.
    pub(crate) number: u32,
}

/// What the transaction layer adds: identifiers that no other request has.
pub(super) struct Marks<'a> {
    pub(super) branch: &'a str,
    pub(super) call_id: &'a str,
    pub(super) tag: &'a str,
}

impl Outgoing {
    /// When it is sent again.
    pub(super) fn repeat(&self) -> Repeat {
        if self.method == "INVITE" { Repeat::Invite } else { Repeat::Request }
    }

    /// The octets on the wire, and the way they take, which their number can change.
    pub(super) fn encode(&self, local: SocketAddr, marks: &Marks<'_>) -> (Route, Bytes) {
        let asked = self.route.transport();
        let octets = self.octets(asked, local, marks);
        if asked == Transport::Udp && octets.len() > LARGEST_DATAGRAM {
            let route = self.route.clone().over(Transport::Tcp);
            let octets = self.octets(route.transport(), local, marks);
            return (route, octets);
        }
        (self.route.clone(), octets)
    }

    fn octets(&self, transport: Transport, local: SocketAddr, marks: &Marks<'_>) -> Bytes {
        let transport = transport.name();
        let Self { method, request_uri, from, to, hops, .. } = self;
        let own = || DialogIds {
            call_id: marks.call_id.to_owned(),
            local_tag: marks.tag.to_owned(),
            remote_tag: None,
            number: 1,
        };
        let DialogIds { call_id, local_tag, remote_tag, number } = self.dialog.clone().unwrap_or_else(own);
        let remote_tag = remote_tag.map(|tag| format!(";tag={tag}")).unwrap_or_default();
        let branch = marks.branch;
        let mut head = format!(
            "{method} {request_uri} SIP/2.0\r\n\
             Via: SIP/2.0/{transport} {local};branch={branch};rport\r\n\
             Max-Forwards: {hops}\r\n\
             From: <{from}>;tag={local_tag}\r\n\
             To: <{to}>{remote_tag}\r\n\
             Call-ID: {call_id}\r\n\
             CSeq: {number} {method}\r\n"
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = self.body.as_ref().map_or(&b""[..], |(_, body)| body);
        if let Some((content_type, _)) = &self.body {
            head.push_str(&format!("Content-Type: {content_type}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        let mut octets = head.into_bytes();
        octets.extend_from_slice(body);
        octets.into()
    }
}

/// The request that goes with an INVITE on its own way: the CANCEL of it (RFC 3261 section 9.1), or the ACK to a response
/// that refuses it, from which To is taken (section 17.1.1.3).
pub(super) fn beside(invite: &Message<'_>, method: &str, response: Option<&Message<'_>>) -> Bytes {
    let value = |message: &Message<'_>, id| {
        message.header(id).map(|header| lossy(&header.value())).unwrap_or_default()
    };
    let uri = lossy(invite.request_uri().unwrap_or_default());
    let number = invite.cseq().map(|cseq| cseq.number).unwrap_or_default();
    let to = value(response.unwrap_or(invite), HeaderId::TO);
    let mut head = format!("{method} {uri} SIP/2.0\r\nVia: {}\r\n", value(invite, HeaderId::VIA));
    for route in invite.headers(HeaderId::ROUTE) {
        head.push_str(&format!("Route: {}\r\n", lossy(&route.value())));
    }
    let (from, call_id) = (value(invite, HeaderId::FROM), value(invite, HeaderId::CALL_ID));
    head.push_str(&format!(
        "Max-Forwards: {HOPS}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {number} {method}\r\n\
         Content-Length: 0\r\n\r\n"
    ));
    head.into_bytes().into()
}
