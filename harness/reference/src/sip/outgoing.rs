//! Requests of this agent.

use std::net::SocketAddr;

use bytes::Bytes;

use super::route::{Route, Transport};

/// Above this many octets a request has to go over a stream if the path's MTU is not known (RFC 3261 section 18.1.1).
const LARGEST_DATAGRAM: usize = 1300;

/// Max-Forwards of a request that has not gone any way yet (RFC 3261 section 8.1.1.6).
pub(crate) const HOPS: u8 = 70;

/// A MESSAGE request before the transaction layer has made it its own.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) route: Route,
    pub(crate) request_uri: String,
    /// URI of the From header.
    pub(crate) from: String,
    /// URI of the To header.
    pub(crate) to: String,
    /// Headers beyond those that every MESSAGE has.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
    /// Value of Max-Forwards.
    pub(crate) hops: u8,
    /// By which its sender wants to be told what became of it, if he does.
    pub(crate) mark: Option<u64>,
}

/// What the transaction layer adds: identifiers that no other request has.
pub(super) struct Marks<'a> {
    pub(super) branch: &'a str,
    pub(super) call_id: &'a str,
    pub(super) tag: &'a str,
}

impl Outgoing {
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
        let (transport, length) = (transport.name(), self.body.len());
        let Self { request_uri, from, to, hops, .. } = self;
        let Marks { branch, call_id, tag } = marks;
        let mut head = format!(
            "MESSAGE {request_uri} SIP/2.0\r\n\
             Via: SIP/2.0/{transport} {local};branch={branch};rport\r\n\
             Max-Forwards: {hops}\r\n\
             From: <{from}>;tag={tag}\r\n\
             To: <{to}>\r\n\
             Call-ID: {call_id}\r\n\
             CSeq: 1 MESSAGE\r\n"
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let content_type = &self.content_type;
        head.push_str(&format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"));
        let mut octets = head.into_bytes();
        octets.extend_from_slice(&self.body);
        octets.into()
    }
}
