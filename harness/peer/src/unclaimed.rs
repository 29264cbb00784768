//! What arrived and concerns no peer.

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::Bytes;
use record::Transport;

use crate::Limits;

/// What arrived at a network and concerns no peer of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unclaimed {
    /// SIP requests to users that nobody is; answered 404.
    pub requests: u64,
    /// MSRP requests to sessions that nobody has; answered 481.
    pub msrp_requests: u64,
    /// Responses that fit no transaction and name neither a user in From nor, in MSRP, a session.
    pub responses: u64,
    /// Octets that are no message and name no user anywhere, or came on a connection without sessions.
    pub garbage: u64,
    /// Connections refused because there were too many.
    pub connections: u64,
    /// Server transactions forgotten early because there were too many; their retransmissions look like new requests.
    pub forgotten: u64,
    /// The newest of the messages, oldest first.
    pub newest: VecDeque<Stray>,
}

/// Octets that concern no peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// What they are.
    pub kind: StrayKind,
    /// What carried them.
    pub transport: Transport,
    /// Where they came from.
    pub from: SocketAddr,
    /// Their beginning, as far as the limits allow.
    pub octets: Bytes,
}

/// What stray octets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrayKind {
    /// A request.
    Request,
    /// A response.
    Response,
    /// No message.
    Garbage,
}

impl Unclaimed {
    /// Counts a stray and keeps its beginning.
    pub(crate) fn add(&mut self, stray: Stray, limits: &Limits) {
        match (stray.kind, stray.transport) {
            (StrayKind::Request, Transport::Msrp) => self.msrp_requests += 1,
            (StrayKind::Request, _) => self.requests += 1,
            (StrayKind::Response, _) => self.responses += 1,
            (StrayKind::Garbage, _) => self.garbage += 1,
        }
        if limits.strays == 0 {
            return;
        }
        if self.newest.len() >= limits.strays {
            self.newest.pop_front();
        }
        // A copy, because a slice would keep all octets.
        let octets = Bytes::copy_from_slice(&stray.octets[..stray.octets.len().min(limits.stray)]);
        self.newest.push_back(Stray { octets, ..stray });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_few_are_kept_and_all_are_counted() {
        let limits = Limits { strays: 2, stray: 1, ..Limits::default() };
        let mut unclaimed = Unclaimed::default();
        for text in ["ax", "bx", "cx"] {
            let stray = Stray {
                kind: StrayKind::Garbage,
                transport: Transport::Udp,
                from: ([127, 0, 0, 1], 5060).into(),
                octets: text.into(),
            };
            unclaimed.add(stray, &limits);
        }
        assert_eq!(unclaimed.garbage, 3);
        assert_eq!(unclaimed.newest.iter().map(|stray| &stray.octets[..]).collect::<Vec<_>>(), [b"b", b"c"]);
    }
}
