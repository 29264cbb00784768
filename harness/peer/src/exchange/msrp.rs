//! Requests and responses of MSRP that come (RFC 4975 section 7.3), and the connections of sessions (section 5.4).

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use record::{Ending, EventId, Novelty, Purpose, Transport};
use wire::msrp::{self, ByteRange, Message, Method, StartLine, TransactionId};

use super::{Exchange, Origin};
use crate::member::{Arrived, Member};
use crate::msrp::Progress;
use crate::peer::Incoming;
use crate::session::{Binding, Leg};
use crate::tcp::{Connection, Protocol, Urgency};
use crate::unclaimed::StrayKind;
use crate::{Answer, Delivery, OutgoingMessage, Session, SessionError};

impl Exchange {
    /// A frame that came on a connection of MSRP.
    pub(crate) fn msrp_arrived(self: &Arc<Self>, octets: Bytes, connection: &Arc<Connection>) {
        let arrived =
            Arrived { octets: octets.clone(), transport: Transport::Msrp, from: connection.remote() };
        let message = msrp::read(&octets);
        match message.start() {
            StartLine::Request { .. } => self.msrp_request(&message, arrived, connection),
            StartLine::Response { .. } => self.msrp_response(&message, arrived, connection),
            _ => self.garbage(arrived.octets, Origin::Stream(connection), None),
        }
    }

    fn msrp_request(self: &Arc<Self>, request: &Message<'_>, arrived: Arrived, connection: &Arc<Connection>) {
        let Some(leg) = self.addressed(request) else {
            self.stray(StrayKind::Request, arrived);
            if msrp::is_due(request, 481) {
                // Nobody waits for it who could be told that it got lost.
                let _ = connection.send(&[msrp::respond(request, 481).into()], Urgency::WithNextFlush);
            }
            return;
        };
        let member = &leg.member;
        if !member.affords(arrived.octets.len()) {
            return;
        }
        connection.used_by(member);
        let binding = leg.bind(connection);
        let event = member.received(&arrived, Novelty::Request);
        let refusal = match binding {
            Binding::Bound => None,
            Binding::InUse => Some(506),
            Binding::Over => Some(481),
        };
        if let Some(status) = refusal {
            return self.msrp_respond(member, request, event, status, connection);
        }
        self.msrp_answer(&leg, request, event, connection);
        let session = Session::new(leg.clone(), self.clone());
        member.deliver(Incoming { session: Some(session), ..Incoming::new(event, arrived) });
    }

    /// The session that a message is for.
    fn addressed(&self, message: &Message<'_>) -> Option<Arc<Leg>> {
        self.sessions.find(message.to_path().next()?.session_id()?)
    }

    /// Answers a request as the peer is told to, and reports what it owes.
    fn msrp_answer(&self, leg: &Leg, request: &Message<'_>, event: EventId, connection: &Connection) {
        let member = &leg.member;
        let Some(method) = request.method().filter(|method| *method != Method::REPORT) else { return };
        let answer = match method {
            // What is no message uses no answer up that is meant for one; it binds or keeps the connection.
            Method::SEND if request.body().is_none() => Answer::status(200),
            _ => {
                let declared = member.answers().take_declared(method.0);
                let usual = if method == Method::SEND { 200 } else { 501 };
                declared.as_deref().cloned().unwrap_or(Answer::status(usual))
            }
        };
        let status = crate::msrp::status(&answer);
        if let Some(status) = status {
            self.msrp_respond(member, request, event, status, connection);
        }
        if method != Method::SEND {
            return;
        }
        let progress = leg.arrivals().take(request, status == Some(200));
        match progress {
            Progress::Nothing => {}
            Progress::Complete(range) => self.report(member, request, event, range, connection),
            Progress::Forgotten => member.note(format!(
                "the message of event {} gets no success report: too much is incomplete in its session",
                event.0
            )),
        }
    }

    fn msrp_respond(
        &self,
        member: &Member,
        request: &Message<'_>,
        event: EventId,
        status: u16,
        connection: &Connection,
    ) {
        if msrp::is_due(request, status) {
            self.msrp_give(member, msrp::respond(request, status).into(), event, connection);
        }
    }

    /// The success report that a complete message wants (section 7.1.2).
    fn report(
        &self,
        member: &Member,
        chunk: &Message<'_>,
        event: EventId,
        range: ByteRange,
        connection: &Connection,
    ) {
        let transaction = TransactionId::free_in(rand::random(), b"");
        let report = msrp::report(chunk, 200, range, transaction).encode();
        self.msrp_give(member, report.into(), event, connection);
    }

    /// Records and sends what a peer owes for a request.
    fn msrp_give(&self, member: &Member, octets: Bytes, request: EventId, connection: &Connection) {
        let to = connection.remote();
        let event = member.sent(octets.clone(), Transport::Msrp, to, Purpose::Answer(request));
        if let Err(why) = connection.send(&[octets], Urgency::WithNextFlush) {
            member.note(format!("event {} could not be sent to {to}: {why}", event.0));
        }
    }

    fn msrp_response(
        self: &Arc<Self>,
        response: &Message<'_>,
        arrived: Arrived,
        connection: &Arc<Connection>,
    ) {
        let transaction = response.transaction().unwrap_or_default();
        let Some(open) = self.chunks().receive(transaction) else {
            return self.msrp_stray(response, arrived, connection);
        };
        let member = &open.leg.member;
        if member.has_left() {
            return open.flow.end(Delivery::Broken("its peer has left the network".to_owned()));
        }
        let event = member.received(&arrived, Novelty::Response(open.event));
        member.ended(open.event, Ending::Final(event));
        let accepts = response.status().is_some_and(|status| (200..300).contains(&status));
        open.flow.answered(event, open.is_due, accepts);
    }

    fn msrp_stray(self: &Arc<Self>, response: &Message<'_>, arrived: Arrived, connection: &Arc<Connection>) {
        let Some(leg) = self.addressed(response) else { return self.stray(StrayKind::Response, arrived) };
        if leg.member.affords(arrived.octets.len()) {
            connection.used_by(&leg.member);
            let event = leg.member.received(&arrived, Novelty::StrayResponse);
            let session = Some(Session::new(leg.clone(), self.clone()));
            leg.member.deliver_stray(Incoming { session, ..Incoming::new(event, arrived) });
        }
    }

    /// Sees to the connection of a session whose offer and answer are there: opens or shares one where this end is
    /// active, waits for one where it is not.
    pub(super) async fn connect(self: &Arc<Self>, leg: &Arc<Leg>) -> Result<(), SessionError> {
        let over = |why: Arc<str>| SessionError::Over { why: why.to_string() };
        let Some(agreed) = leg.agreed().filter(|agreed| agreed.is_active) else {
            return leg.bound().await.map(drop).map_err(over);
        };
        let to = format!("{}:{}", agreed.host, agreed.port);
        let unreachable = |why: String| SessionError::Unreachable { to: to.clone(), why };
        let connection = match self.sessions.share(leg) {
            Some(connection) => connection,
            None => {
                let remote = self.resolve(&agreed.host, agreed.port).await.map_err(unreachable)?;
                let connection = self.pool(Protocol::Msrp).open(self, remote);
                leg.bind(&connection);
                connection
            }
        };
        connection.used_by(&leg.member);
        connection.opened().await.map_err(|why| unreachable(why.to_string()))?;
        // The first request tells the passive side which session the connection is for (section 5.4).
        let flow = Arc::new(crate::session::Flow::new());
        self.send_now(leg, &connection, &OutgoingMessage::without_body(), &flow);
        Ok(())
    }

    /// The same, for a session that the other side has opened.
    pub(super) fn connect_later(self: &Arc<Self>, leg: Arc<Leg>) {
        let exchange = self.clone();
        self.runtime.spawn(async move {
            if let Err(error) = exchange.connect(&leg).await {
                leg.member.note(error.to_string());
                exchange.end_session(&leg, &error.to_string());
            }
        });
    }

    /// The session is over; what waits in it will get no answer.
    pub(crate) fn end_session(&self, leg: &Arc<Leg>, why: &str) {
        self.sessions.end(leg, why);
        let lost = self.chunks().remove_where(|open| Arc::ptr_eq(&open.leg, leg));
        self.lose(lost, why);
    }

    /// A connection is gone, and the sessions on it with it (section 5.4).
    pub(super) fn sessions_broken(&self, connection: &Connection, why: &str) {
        for leg in self.sessions.on(connection) {
            self.end_session(&leg, why);
        }
    }

    /// There are as many connections as there may be: those that the other side has left open behind its sessions go.
    pub(crate) fn release_unused(&self, protocol: Protocol) {
        if protocol == Protocol::Msrp {
            let pool = self.pool(protocol);
            self.sessions.unused(pool.accepted()).iter().for_each(|connection| pool.retire(connection));
        }
    }

    /// The network is gone.
    pub(super) fn shut_sessions(&self) {
        let why = "the network is closed";
        self.sessions.clear(why);
        let lost = self.chunks().remove_where(|_| true);
        self.lose(lost, why);
    }
}

impl Exchange {
    /// The address of a host; of several, one that this network can speak with.
    async fn resolve(&self, host: &str, port: u16) -> Result<SocketAddr, String> {
        let found = tokio::net::lookup_host((host, port)).await.map_err(|error| error.to_string())?;
        let is_alien = |address: &SocketAddr| address.is_ipv4() != self.addresses.msrp.is_ipv4();
        found.min_by_key(is_alien).ok_or_else(|| "the host has no address".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::session::Parts;
    use crate::{Config, Network};

    const SEND: &str = "MSRP abcd SEND\r\nTo-Path: msrp://127.0.0.1:2/PLACE;tcp\r\n\
        From-Path: msrp://127.0.0.1:1/iut;tcp\r\nMessage-ID: m123\r\nSuccess-Report: yes\r\nByte-Range: 1-*/9\r\n\
        Content-Type: text/plain\r\n\r\nhello\r\n-------abcd+\r\n";

    /// The chunk with some octets written over.
    fn spoilt() -> impl Strategy<Value = Vec<u8>> {
        let change = (0..SEND.len(), any::<u8>());
        proptest::collection::vec(change, 0..8).prop_map(|changes| {
            let mut octets = SEND.as_bytes().to_vec();
            changes.into_iter().for_each(|(place, octet)| octets[place] = octet);
            octets
        })
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_recorded_or_kept(
            octets in prop_oneof![proptest::collection::vec(any::<u8>(), 1..200), spoilt()],
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let _guard = runtime.enter();
            let network = runtime.block_on(Network::bind(Config::default())).unwrap();
            let recorder = record::Recorder::begin("test", "msrp");
            let _bob = network.join("bob", "bob", &recorder);
            let exchange = network.exchange();
            let leg = Arc::new(Leg::new(Parts {
                member: exchange.directory.find([&b"bob"[..]]).unwrap(),
                address: network.msrp_address(),
                types: crate::MediaTypes::default(),
                is_incoming: false,
                shares_connections: true,
                known: (network.address(), Transport::Tcp),
                messages: 4,
            }));
            exchange.sessions.add(&leg);
            let place = String::from_utf8_lossy(leg.session_id()).into_owned();
            // Octets that are no text any more cannot hold the whole place.
            let octets: Bytes = match String::from_utf8(octets) {
                Ok(text) => text.replace("PLACE", &place).into(),
                Err(error) => error.into_bytes().into(),
            };
            let connection = exchange.pool(Protocol::Msrp).open(exchange, ([127, 0, 0, 1], 9).into());
            exchange.msrp_arrived(octets.clone(), &connection);
            let recorded = recorder.finish().events.into_iter().any(|event| {
                matches!(event.kind, record::EventKind::Received { octets: kept, .. } if kept == octets)
            });
            let kept = network.unclaimed().newest.iter().any(|stray| stray.octets == octets);
            prop_assert!(recorded != kept);
        }
    }
}
