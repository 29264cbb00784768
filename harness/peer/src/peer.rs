//! A peer, as the scenario sees it.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use record::{EventId, Transport};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::member::{Arrived, Member};
use crate::{Answer, Invite, Network, Pending, Session, SessionError, SessionPolicy};

/// A scripted peer: one user of a [`Network`]. It leaves the network when it is dropped, and ends its sessions with BYE
/// by that, without waiting for answers.
#[derive(Debug)]
pub struct Peer {
    network: Network,
    member: Arc<Member>,
    requests: UnboundedReceiver<Incoming>,
    strays: UnboundedReceiver<Incoming>,
    sessions: UnboundedReceiver<Session>,
}

/// What comes to a peer, on the side of the peer.
#[derive(Debug)]
pub(crate) struct Arrivals {
    pub(crate) requests: UnboundedReceiver<Incoming>,
    pub(crate) strays: UnboundedReceiver<Incoming>,
    pub(crate) sessions: UnboundedReceiver<Session>,
}

/// A message that came to a peer; its event stands in the record already.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The event.
    pub event: EventId,
    /// All octets of the message.
    pub octets: Bytes,
    /// What carried it.
    pub transport: Transport,
    /// Where it came from.
    pub from: SocketAddr,
    /// The session that it belongs to; `None` for what is no chunk or REPORT of MSRP.
    pub session: Option<Session>,
}

impl Incoming {
    pub(crate) fn new(event: EventId, arrived: Arrived) -> Self {
        let Arrived { octets, transport, from } = arrived;
        Self { event, octets, transport, from, session: None }
    }
}

impl Peer {
    pub(crate) fn new(network: Network, member: Arc<Member>, arrivals: Arrivals) -> Self {
        let Arrivals { requests, strays, sessions } = arrivals;
        Self { network, member, requests, strays, sessions }
    }

    /// The user part of its address of record.
    pub fn user(&self) -> &str {
        self.member.user()
    }

    /// Where it can be reached with SIP, over UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.network.address()
    }

    /// Invites the other side to a session (RFC 3261 section 13, RFC 4975 section 8), and waits until messages can be sent
    /// in it. Where the peer is active, its first request has been sent by then, one without a body (RFC 4975 section
    /// 5.4).
    ///
    /// Whoever stops waiting gives the invitation up: with CANCEL, or with BYE if it is accepted all the same.
    ///
    /// # Errors
    /// There is no session; the error says why and who is to blame.
    pub async fn invite(&self, invite: &Invite) -> Result<Session, SessionError> {
        self.network.exchange().invite(&self.member, invite).await
    }

    /// How invitations are answered from now on. An answer to `INVITE` that [`Peer::set_answer_to`] or
    /// [`Peer::set_next_answer`] has declared comes first: with 2xx it accepts and adds its headers.
    pub fn set_sessions(&self, policy: SessionPolicy) {
        *self.member.policy() = policy;
    }

    /// The next session that the other side has opened; the peer has accepted it already. It can be cancelled without
    /// losing a session.
    pub async fn next_session(&mut self) -> Session {
        next(&mut self.sessions).await
    }

    /// Sends a request and keeps its client transaction (RFC 3261 section 17.1.2), whatever the octets look like. Over
    /// TCP a connection to that address is used again, or opened.
    ///
    /// The transaction is known by the branch of the topmost Via, or without one by Call-ID and CSeq; without these,
    /// responses to it are stray ones. A request with the branch of one that still waits
    /// takes its place. Requests of MSRP belong into a [`Session`].
    pub fn request(&self, octets: Bytes, transport: Transport, to: SocketAddr) -> Pending {
        self.network.exchange().request(&self.member, std::slice::from_ref(&octets), transport, to)
    }

    /// Has the connection to that address closed, if there is one, as soon as all is written that was given to it. What is sent there
    /// next opens a new one.
    pub fn reconnect(&self, to: SocketAddr) {
        self.network.exchange().disconnect(to);
    }

    /// Like [`Peer::request`], with the octets cut into segments: over TCP each is a write of its own. Over UDP, where
    /// a message cannot be cut, they are sent as one datagram.
    pub fn request_in_segments(&self, segments: &[Bytes], transport: Transport, to: SocketAddr) -> Pending {
        self.network.exchange().request(&self.member, segments, transport, to)
    }

    /// Sends octets outside any transaction: one datagram, or one write, for each segment.
    ///
    /// Returns the events: one for each datagram; a single one for all that is written on a connection, with a note
    /// about the segments if there are several.
    pub fn raw(&self, segments: &[Bytes], transport: Transport, to: SocketAddr) -> Vec<EventId> {
        self.network.exchange().raw(&self.member, segments, transport, to)
    }

    /// The next request of a transaction not seen before, in the order of arrival; it has been answered already. Never
    /// an ACK. Chunks and REPORTs of MSRP are among them. It can be cancelled without losing a request.
    pub async fn next(&mut self) -> Incoming {
        next(&mut self.requests).await
    }

    /// The next request, if one has come.
    pub fn try_next(&mut self) -> Option<Incoming> {
        self.requests.try_recv().ok()
    }

    /// Takes the queue of requests out, for who waits on it while others send. From then on [`Peer::next`] waits for
    /// ever.
    pub fn take_requests(&mut self) -> Requests {
        let (_, nothing) = tokio::sync::mpsc::unbounded_channel();
        Requests(std::mem::replace(&mut self.requests, nothing))
    }

    /// Takes the queue of sessions out, for who looks into it while others send. From then on [`Peer::next_session`]
    /// waits for ever.
    pub fn take_sessions(&mut self) -> Sessions {
        let (_, nothing) = tokio::sync::mpsc::unbounded_channel();
        Sessions(std::mem::replace(&mut self.sessions, nothing))
    }

    /// The next response that fits no transaction and has this peer in From: the answer to raw octets, or a late one.
    /// It can be cancelled without losing a response.
    pub async fn next_stray_response(&mut self) -> Incoming {
        next(&mut self.strays).await
    }

    /// How `MESSAGE` requests are answered from now on.
    pub fn set_answer(&self, answer: Answer) {
        self.set_answer_to("MESSAGE", answer);
    }

    /// How requests of that method are answered from now on. The method is compared octet by octet; an answer to `ACK`
    /// or `REPORT` is never sent.
    ///
    /// An answer to `SEND` is one to chunks with a body, as far as Failure-Report wants it: 2xx becomes 200, codes of RFC
    /// 4975 section 10 stay as they are, others become 403, and below 200 there is none.
    pub fn set_answer_to(&self, method: &str, answer: Answer) {
        self.member.answers().set(method, answer);
    }

    /// How the next request of that method is answered that no earlier call has provided for.
    pub fn set_next_answer(&self, method: &str, answer: Answer) {
        self.member.answers().set_next(method, answer);
    }
}

/// The requests that come to a peer.
#[derive(Debug)]
pub struct Requests(UnboundedReceiver<Incoming>);

impl Requests {
    /// As [`Peer::next`].
    pub async fn next(&mut self) -> Incoming {
        next(&mut self.0).await
    }
}

/// The sessions that the other side of a peer has opened.
#[derive(Debug)]
pub struct Sessions(UnboundedReceiver<Session>);

impl Sessions {
    /// The next session, if one has come.
    pub fn try_next(&mut self) -> Option<Session> {
        self.0.try_recv().ok()
    }
}

/// The sender lives as long as the peer, so the queue never ends.
async fn next<T>(queue: &mut UnboundedReceiver<T>) -> T {
    match queue.recv().await {
        Some(next) => next,
        None => std::future::pending().await,
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.network.exchange().leave(&self.member);
    }
}
