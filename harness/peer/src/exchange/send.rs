//! What a scenario sends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::Bytes;
use record::{Ending, EventId, Purpose, Transport};

use super::{Exchange, Inviting};
use crate::identity;
use crate::member::Member;
use crate::pending::{Outstanding, Pending};
use crate::tcp::{Connection, Protocol, Urgency};
use crate::transaction::Kind;

impl Exchange {
    /// Begins a client transaction.
    pub(crate) fn request(
        self: &Arc<Self>,
        member: &Arc<Member>,
        segments: &[Bytes],
        transport: Transport,
        to: SocketAddr,
    ) -> Pending {
        self.begin(member, segments, (to, transport), None)
    }

    /// Begins a client transaction, that of the INVITE of a session if `inviting` is there.
    pub(super) fn begin(
        self: &Arc<Self>,
        member: &Arc<Member>,
        segments: &[Bytes],
        (to, transport): (SocketAddr, Transport),
        inviting: Option<Arc<Inviting>>,
    ) -> Pending {
        let octets = joined(segments);
        let key = identity::client_key(&self.keys, &wire::sip::read(&octets))
            .unwrap_or_else(|| self.keys.unmatched(self.unmatched.fetch_add(1, Ordering::Relaxed)));
        let event = member.sent(octets.clone(), transport, to, Purpose::Request);
        let connection = (transport == Transport::Tcp).then(|| self.connection(member, to));
        let id = connection.as_ref().map_or(0, |connection| connection.id());
        let outstanding = Arc::new(Outstanding::new(member.clone(), event, to, id, inviting));
        let kept = connection.is_none().then(|| octets.clone());
        self.start(key, kept, &outstanding);
        let sent = match &connection {
            None if transport == Transport::Msrp => Err("requests of MSRP are sent in a session".to_owned()),
            None => self.udp.send(octets, to).map_err(|error| error.to_string()),
            Some(connection) => {
                note_segments(member, event, segments);
                connection.carries_request();
                connection.send(segments, Urgency::Now).map_err(str::to_owned)
            }
        };
        if let Err(why) = sent {
            self.clients().remove(&key);
            outstanding.end(Ending::Broken(why));
        }
        Pending::new(outstanding, key, self.clone())
    }

    fn start(&self, key: crate::transaction::Key, kept: Option<Bytes>, outstanding: &Arc<Outstanding>) {
        let mut clients = self.clients();
        let before = clients.deadline();
        let kind = if outstanding.inviting.is_some() { Kind::Invite } else { Kind::Other };
        let displaced = clients.start(key, kind, kept, outstanding.clone(), Instant::now());
        let after = clients.deadline();
        drop(clients);
        self.arm(before, after);
        if let Some(displaced) = displaced {
            displaced.end(Ending::Broken("another request with the same branch took its place".into()));
        }
    }

    /// Sends octets outside any transaction.
    pub(crate) fn raw(
        self: &Arc<Self>,
        member: &Arc<Member>,
        segments: &[Bytes],
        transport: Transport,
        to: SocketAddr,
    ) -> Vec<EventId> {
        if transport == Transport::Udp {
            let datagram = |octets: &Bytes| {
                let event = member.sent(octets.clone(), transport, to, Purpose::Raw);
                self.datagram(member, octets.clone(), to);
                event
            };
            return segments.iter().map(datagram).collect();
        }
        let event = member.sent(joined(segments), transport, to, Purpose::Raw);
        note_segments(member, event, segments);
        let connection = match transport {
            Transport::Msrp => {
                let connection = self.pool(Protocol::Msrp).open(self, to);
                connection.used_by(member);
                connection
            }
            _ => self.connection(member, to),
        };
        if let Err(why) = connection.send(segments, Urgency::Now) {
            member.note(format!("octets to {to} could not be sent: {why}"));
        }
        vec![event]
    }

    /// Closes the connection to that address.
    pub(crate) fn disconnect(&self, to: SocketAddr) {
        let pool = self.pool(Protocol::Sip);
        if let Some(connection) = pool.get(to) {
            pool.retire(&connection);
        }
    }

    /// The connection to that address, used by that member from now on.
    pub(super) fn connection(self: &Arc<Self>, member: &Arc<Member>, to: SocketAddr) -> Arc<Connection> {
        let connection = self.pool(Protocol::Sip).get_or_open(self, to);
        connection.used_by(member);
        connection
    }
}

pub(super) fn joined(segments: &[Bytes]) -> Bytes {
    match segments {
        [single] => single.clone(),
        several => several.concat().into(),
    }
}

pub(super) fn note_segments(member: &Member, event: EventId, segments: &[Bytes]) {
    if segments.len() > 1 {
        let lengths: Vec<String> = segments.iter().map(|segment| segment.len().to_string()).collect();
        member.note(format!("event {} is written in segments of {} octets", event.0, lengths.join(", ")));
    }
}
