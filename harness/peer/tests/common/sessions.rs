//! What the tests of sessions share.

use imdnspec_peer::{Delivery, Invite, Network, OutgoingMessage, Peer, Session, SessionPolicy, Setup};
use record::{Event, EventId, EventKind, Novelty, Purpose, Recorder, Transport};
use wire::msrp::{Message, Progress, Reassembly};

use super::{join, network, soon};

/// Two peers on networks of their own, and their records.
pub struct Pair {
    pub alice: Peer,
    pub bob: Peer,
    pub sent: Recorder,
    pub got: Recorder,
    _networks: [Network; 2],
}

impl Pair {
    pub async fn new() -> Self {
        Self::on(network().await, network().await)
    }

    pub fn on(one: Network, other: Network) -> Self {
        let ((alice, sent), (bob, got)) = (join(&one, "alice"), join(&other, "bob"));
        Self { alice, bob, sent, got, _networks: [one, other] }
    }

    /// An invitation of Bob by Alice.
    pub fn invitation(&self, transport: Transport) -> Invite {
        let uri = format!("sip:bob@{}", self.bob.address());
        Invite::new(self.bob.address(), transport, &uri, &format!("sip:alice@{}", self.alice.address()))
    }

    /// A session that Alice opens over TCP, and connects; both ends.
    pub async fn session(&mut self) -> (Session, Session) {
        self.session_with(Some(Setup::ActPass), false).await
    }

    /// A session with what the offer says of the connection, and what the answerer prefers.
    pub async fn session_with(&mut self, setup: Option<Setup>, prefers_active: bool) -> (Session, Session) {
        self.bob.set_sessions(SessionPolicy { prefers_active, ..SessionPolicy::default() });
        let invitation = Invite { setup, ..self.invitation(Transport::Tcp) };
        let alices = soon(self.alice.invite(&invitation)).await.unwrap();
        (alices, soon(self.bob.next_session()).await)
    }
}

/// The next chunk or REPORT of a peer, SIP left aside.
pub async fn next_msrp(peer: &mut Peer) -> imdnspec_peer::Incoming {
    loop {
        let incoming = soon(peer.next()).await;
        if incoming.transport == Transport::Msrp {
            return incoming;
        }
    }
}

/// The content of the next message that comes to a peer, put together from its chunks.
pub async fn next_message(peer: &mut Peer) -> Vec<u8> {
    let mut reassembly = Reassembly::new();
    loop {
        let incoming = next_msrp(peer).await;
        let decoded = wire::msrp::decode(&incoming.octets);
        assert_eq!(decoded.deviations, [], "{}", incoming.octets.escape_ascii());
        if let Progress::Complete(message) = reassembly.take(&decoded.value).value {
            return message.octets;
        }
    }
}

/// Text of that many octets in which every octet depends on its place.
pub fn text(octets: usize) -> Vec<u8> {
    (0..octets).map(|place| b'a' + (place / 7 % 26) as u8).collect()
}

/// A message of text.
pub fn plain(octets: usize) -> OutgoingMessage {
    OutgoingMessage::new("text/plain", text(octets))
}

/// The event of the response that accepted everything.
pub fn answered(delivery: Delivery) -> EventId {
    match delivery {
        Delivery::Answered(event) => event,
        other => panic!("{other:?}"),
    }
}

/// A word for everything of MSRP in a record, in order.
pub fn msrp(recorder: &Recorder) -> Vec<String> {
    recorder.snapshot().events.iter().filter_map(word).collect()
}

fn word(event: &Event) -> Option<String> {
    let (octets, note) = match &event.kind {
        EventKind::Sent { transport: Transport::Msrp, purpose, octets, .. } => match purpose {
            Purpose::Request => (octets, "out"),
            Purpose::Answer(_) => (octets, "owed"),
            Purpose::Retransmission(_) => (octets, "again"),
            Purpose::Raw => (octets, "raw"),
        },
        EventKind::Received { transport: Transport::Msrp, novelty, octets, .. } => match novelty {
            Novelty::Request => (octets, "in"),
            Novelty::Response(_) => (octets, "back"),
            Novelty::StrayResponse => (octets, "stray"),
            Novelty::Retransmission(_) => (octets, "again"),
            Novelty::Garbage => return Some("garbage".to_owned()),
        },
        _ => return None,
    };
    Some(format!("{} {note}", what(&wire::msrp::decode(octets).value)))
}

fn what(message: &Message<'_>) -> String {
    let method = message.method().map(|method| String::from_utf8_lossy(method.0).into_owned());
    method.or(message.status().map(|status| status.to_string())).unwrap_or_default()
}

/// The methods and codes of SIP in a record, in order.
pub fn sip(recorder: &Recorder) -> Vec<String> {
    let word = |event: Event| {
        let (octets, arrow) = match event.kind {
            EventKind::Sent { transport: Transport::Udp | Transport::Tcp, octets, .. } => (octets, '>'),
            EventKind::Received { transport: Transport::Udp | Transport::Tcp, octets, .. } => (octets, '<'),
            _ => return None,
        };
        let decoded = wire::sip::decode(&octets);
        assert_eq!(decoded.deviations, [], "{}", octets.escape_ascii());
        let message = decoded.value;
        let method = message.method().map(|method| String::from_utf8_lossy(method.0).into_owned());
        let word = method.or(message.status().map(|status| status.to_string())).unwrap_or_default();
        Some(format!("{arrow} {word}"))
    };
    recorder.snapshot().events.into_iter().filter_map(word).collect()
}
