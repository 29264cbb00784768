//! What arrives.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use record::{Ending, EventId, Novelty, Purpose, Transport};
use wire::sip::{Message, Method, StartLine, read, read_streamed};

use super::dialogs::{Follow, Reaction};
use super::{Exchange, Origin, Served};
use crate::identity;
use crate::lock::lock;
use crate::member::{Arrived, Member};
use crate::peer::Incoming;
use crate::response::{self, Outline};
use crate::tcp::Urgency;
use crate::transaction::{Arrival, Key, Reception, ServerTable};
use crate::unclaimed::{Stray, StrayKind};

/// An answer that stands in the record and is to be sent.
struct Given {
    event: EventId,
    octets: Bytes,
    code: u16,
    follow: Follow,
}

impl Exchange {
    /// Octets that a transport takes for one message.
    pub(crate) fn receive(self: &Arc<Self>, octets: Bytes, origin: Origin<'_>) {
        let arrived =
            Arrived { octets: octets.clone(), transport: origin.transport(), from: origin.address() };
        let message = match origin {
            Origin::Datagram(_) => read(&octets),
            Origin::Stream(_) => read_streamed(&octets),
        };
        match *message.start() {
            StartLine::Request { .. } => self.request_arrived(&message, arrived, origin),
            // A code that is no number, or below every class, ends no transaction.
            StartLine::Status { status: 100.., .. } => self.response_arrived(&message, arrived, origin),
            StartLine::Status { .. } | StartLine::Unknown => self.garbage(arrived.octets, origin, None),
        }
    }

    fn request_arrived(self: &Arc<Self>, request: &Message<'_>, arrived: Arrived, origin: Origin<'_>) {
        let key = identity::server_key(&self.keys, request);
        let Some(member) = self.directory.find(identity::addressees(request)) else {
            return self.request_for_nobody(request, arrived, origin, &key);
        };
        if !member.affords(arrived.octets.len()) {
            return;
        }
        if let Origin::Stream(connection) = origin {
            connection.used_by(&member);
        }
        if request.method() == Some(Method::ACK) {
            member.received(&arrived, Novelty::Request);
            return self.acknowledged(request);
        }
        self.transaction_request(&member, &key, request, arrived, origin);
    }

    /// A request that begins a transaction or belongs to one.
    fn transaction_request(
        self: &Arc<Self>,
        member: &Arc<Member>,
        key: &Key,
        request: &Message<'_>,
        arrived: Arrived,
        origin: Origin<'_>,
    ) {
        let mut servers = self.servers();
        let before = servers.deadline();
        let arrival = servers.receive(*key, arrived.transport == Transport::Tcp, Instant::now(), || Served {
            member: member.clone(),
            request: member.received(&arrived, Novelty::Request),
            answer: None,
        });
        // Under the same lock, so that a duplicate finds the answer.
        let answer = match &arrival {
            Arrival::New(served) => self.answer(&mut servers, served, request, key, origin),
            Arrival::Again { .. } => None,
        };
        let after = servers.deadline();
        drop(servers);
        self.arm(before, after);
        if let (Arrival::New(served), Some(answer)) = (&arrival, answer) {
            self.reply(member, answer.octets.clone(), request, origin);
            let sent = (answer.event, &answer.octets, answer.code);
            self.follow(served, request, sent, answer.follow, origin);
        }
        match arrival {
            Arrival::New(served) => member.deliver(Incoming::new(served.request, arrived)),
            Arrival::Again { owner, response } => {
                self.request_came_again(&owner, response, request, &arrived, origin);
            }
        }
    }

    /// Makes the answer to a new request and records it; `None` if there shall be none.
    fn answer(
        &self,
        servers: &mut ServerTable<Served>,
        served: &Served,
        request: &Message<'_>,
        key: &Key,
        origin: Origin<'_>,
    ) -> Option<Given> {
        let mut reaction = self.react(&served.member, request, key, origin)?;
        let mut tag = key.tag();
        if let Follow::Cancel(invite) = &reaction.follow
            && servers.owner(invite).is_some()
        {
            // The tag of the INVITE's own answer (RFC 3261 section 9.2).
            (reaction.code, tag) = (200, invite.tag());
        }
        let Reaction { code, reason, headers, body, follow } = reaction;
        let outline = Outline { code, reason: reason.as_deref(), headers: &headers, body: &body, tag };
        let octets = response::build(request, origin.address(), &outline);
        let to = destination(request, origin);
        let purpose = Purpose::Answer(served.request);
        let event = served.member.sent(octets.clone(), origin.transport(), to, purpose);
        let sends = servers.respond(key, code, &octets, Instant::now(), |served| served.answer = Some(event));
        sends.then_some(Given { event, octets, code, follow })
    }

    fn request_came_again(
        self: &Arc<Self>,
        served: &Served,
        response: Option<Bytes>,
        request: &Message<'_>,
        arrived: &Arrived,
        origin: Origin<'_>,
    ) {
        let member = &served.member;
        if !member.has_left() {
            member.received(arrived, Novelty::Retransmission(served.request));
        }
        let Some(response) = response else { return };
        if let Some(answer) = served.answer.filter(|_| !member.has_left()) {
            let to = destination(request, origin);
            member.sent(response.clone(), origin.transport(), to, Purpose::Retransmission(answer));
        }
        self.reply(member, response, request, origin);
    }

    /// Sends a response that stands in the record already.
    pub(super) fn reply(
        self: &Arc<Self>,
        member: &Arc<Member>,
        octets: Bytes,
        request: &Message<'_>,
        origin: Origin<'_>,
    ) {
        match origin {
            Origin::Datagram(from) => self.datagram(member, octets, response::destination(request, from)),
            Origin::Stream(connection) => {
                let segments = [octets];
                if connection.send(&segments, Urgency::WithNextFlush).is_ok() {
                    return;
                }
                let to = response::without_connection(request, connection.remote());
                member.note(format!("the connection of a request is gone; its answer goes to {to}"));
                if let Err(why) = self.connection(member, to).send(&segments, Urgency::Now) {
                    member.note(format!("an answer to {to} could not be sent: {why}"));
                }
            }
        }
    }

    fn request_for_nobody(
        self: &Arc<Self>,
        request: &Message<'_>,
        arrived: Arrived,
        origin: Origin<'_>,
        key: &Key,
    ) {
        self.stray(StrayKind::Request, arrived);
        if request.method() == Some(Method::ACK) {
            // A session of a peer that has left may be waiting for it.
            return self.acknowledged(request);
        }
        let outline = Outline { code: 404, reason: None, headers: &[], body: b"", tag: key.tag() };
        let octets = response::build(request, origin.address(), &outline);
        // Nobody waits for it; if it is lost, the request comes again.
        match origin {
            Origin::Datagram(from) => drop(self.udp.send(octets, response::destination(request, from))),
            Origin::Stream(connection) => drop(connection.send(&[octets], Urgency::WithNextFlush)),
        }
    }

    fn response_arrived(self: &Arc<Self>, response: &Message<'_>, arrived: Arrived, origin: Origin<'_>) {
        let key = identity::client_key(&self.keys, response);
        let status = response.status().unwrap_or_default();
        let found = key.and_then(|key| self.clients().receive(&key, status, Instant::now()));
        let Some((reception, outstanding)) = found else {
            return self.stray_response(response, arrived);
        };
        let member = &outstanding.member;
        if let Origin::Stream(connection) = origin {
            connection.used_by(member);
        }
        let is_final = reception == Reception::Final;
        if member.has_left() {
            if let Some(inviting) = &outstanding.inviting {
                // A session that nobody wants any more is ended all the same.
                self.invite_answered(inviting, response, outstanding.request);
            }
            return outstanding.end(Ending::Broken("its peer has left the network".into()));
        }
        if !is_final && !member.affords(arrived.octets.len()) {
            return;
        }
        let event = member.received(&arrived, Novelty::Response(outstanding.request));
        if let Some(inviting) = &outstanding.inviting {
            self.invite_answered(inviting, response, event);
        }
        if is_final {
            outstanding.end(Ending::Final(event));
        }
    }

    fn stray_response(&self, response: &Message<'_>, arrived: Arrived) {
        let Some(member) = self.directory.find(identity::sender(response)) else {
            return self.stray(StrayKind::Response, arrived);
        };
        if member.affords(arrived.octets.len()) {
            let event = member.received(&arrived, Novelty::StrayResponse);
            member.deliver_stray(Incoming::new(event, arrived));
        }
    }

    /// Octets that are no message, with a remark if it is known what is wrong. They go to the peer that they name
    /// somewhere, or else to all peers that the connection serves.
    pub(crate) fn garbage(&self, octets: Bytes, origin: Origin<'_>, remark: Option<&str>) {
        let arrived =
            Arrived { octets: octets.clone(), transport: origin.transport(), from: origin.address() };
        let named = match origin.transport() {
            // What stands in front of an `@` of MSRP is content.
            Transport::Msrp => None,
            _ => self.directory.find(identity::guesses(&octets)),
        };
        let members = match (named, origin) {
            (Some(member), _) => vec![member],
            (None, Origin::Stream(connection)) => connection.users(),
            (None, Origin::Datagram(_)) => Vec::new(),
        };
        if members.is_empty() {
            self.stray(StrayKind::Garbage, arrived);
            return;
        }
        for member in members {
            if member.affords(octets.len()) {
                member.received(&arrived, Novelty::Garbage);
                if let Some(remark) = remark {
                    member.note(remark.into());
                }
            }
        }
    }

    pub(super) fn stray(&self, kind: StrayKind, arrived: Arrived) {
        let Arrived { octets, transport, from } = arrived;
        lock(&self.unclaimed).add(Stray { kind, transport, from, octets }, &self.config.limits);
    }
}

/// Where the answer to a request goes.
pub(super) fn destination(request: &Message<'_>, origin: Origin<'_>) -> SocketAddr {
    match origin {
        Origin::Datagram(from) => response::destination(request, from),
        Origin::Stream(connection) => connection.remote(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Config, Network};

    const MESSAGE: &str = "MESSAGE sip:bob@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK1\r\n\
        From: <sip:alice@h>;tag=1\r\nTo: <sip:bob@h>\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\n\r\n";

    const INVITE: &str = "INVITE sip:bob@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK2\r\n\
        From: <sip:alice@h>;tag=1\r\nTo: <sip:bob@h>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\
        Contact: <sip:alice@127.0.0.1:9>\r\nContent-Type: application/sdp\r\nContent-Length: 155\r\n\r\n\
        v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 7 TCP/MSRP *\r\n\
        a=path:msrp://127.0.0.1:7/s;tcp\r\na=accept-types:*\r\na=setup:actpass\r\n";

    /// A message with some octets written over.
    fn spoilt(message: &'static str) -> impl Strategy<Value = Vec<u8>> {
        let change = (0..message.len(), any::<u8>());
        proptest::collection::vec(change, 1..8).prop_map(|changes| {
            let mut octets = message.as_bytes().to_vec();
            changes.into_iter().for_each(|(place, octet)| octets[place] = octet);
            octets
        })
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_recorded_or_kept(
            octets in prop_oneof![
                proptest::collection::vec(any::<u8>(), 1..200),
                spoilt(MESSAGE),
                spoilt(INVITE),
            ],
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let _guard = runtime.enter();
            let network = runtime.block_on(Network::bind(Config::default())).unwrap();
            let recorder = record::Recorder::begin("test", "udp");
            let _bob = network.join("bob", "bob", &recorder);
            let from = ([127, 0, 0, 1], 9).into();
            network.exchange().receive(octets.clone().into(), Origin::Datagram(from));
            let recorded = recorder.finish().events.into_iter().any(|event| {
                matches!(event.kind, record::EventKind::Received { octets: kept, .. } if kept == octets)
            });
            let kept = network.unclaimed().newest.iter().any(|stray| stray.octets == octets);
            prop_assert!(recorded != kept);
        }
    }
}
