//! Sending messages in chunks (RFC 4975 section 7.1).

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use record::{Ending, EventId, Purpose, Transport};
use wire::msrp::{self, FailureReport, TransactionId};

use super::Exchange;
use super::send::{joined, note_segments};
use crate::session::{Flow, Leg};
use crate::tcp::{Connection, Urgency};
use crate::{Delivery, OutgoingMessage};

/// A chunk that may be answered.
#[derive(Debug)]
pub(crate) struct OpenChunk {
    pub(super) leg: Arc<Leg>,
    /// Its event.
    pub(super) event: EventId,
    pub(super) flow: Arc<Flow>,
    /// Whether silence is a failure.
    pub(super) is_due: bool,
}

impl Exchange {
    /// Sends a message as soon as its session has a connection.
    pub(crate) fn send_message(self: &Arc<Self>, leg: &Arc<Leg>, message: OutgoingMessage, flow: &Arc<Flow>) {
        let (exchange, leg, flow) = (self.clone(), leg.clone(), flow.clone());
        self.runtime.spawn(async move {
            match leg.bound().await {
                Ok(connection) => exchange.carry(&leg, &connection, &message, &flow).await,
                Err(why) => flow.end(Delivery::Broken(why.to_string())),
            }
        });
    }

    /// Sends chunk by chunk, and stops when one is refused (section 10.5).
    async fn carry(
        self: &Arc<Self>,
        leg: &Arc<Leg>,
        connection: &Arc<Connection>,
        message: &OutgoingMessage,
        flow: &Arc<Flow>,
    ) {
        if message.content_type.is_none() {
            drop(connection.turn().await);
            return self.send_now(leg, connection, message, flow);
        }
        let path = leg.agreed().map_or("", |agreed| &agreed.path);
        let request = message.builder(path, &leg.media.uri, rand::random());
        for chunk in request.chunks(message.chunking, rand::random) {
            let turn = connection.turn().await;
            if flow.is_over() || leg.end().is_some() {
                break;
            }
            self.chunk(leg, connection, chunk.into(), flow);
            drop(turn);
        }
        self.finish_flow(leg, flow);
    }

    /// Sends a request without a body at once.
    pub(super) fn send_now(
        self: &Arc<Self>,
        leg: &Arc<Leg>,
        connection: &Arc<Connection>,
        message: &OutgoingMessage,
        flow: &Arc<Flow>,
    ) {
        let path = leg.agreed().map_or("", |agreed| &agreed.path);
        let request = message.builder(path, &leg.media.uri, rand::random());
        let transaction = TransactionId::free_in(rand::random(), b"");
        self.chunk(leg, connection, request.transaction(transaction).encode().into(), flow);
        self.finish_flow(leg, flow);
    }

    fn finish_flow(&self, leg: &Leg, flow: &Flow) {
        match leg.end() {
            Some(why) => flow.end(Delivery::Broken(why.to_string())),
            None => flow.all_sent(),
        }
    }

    /// Records and sends a chunk, and waits for its response where there may be one.
    fn chunk(&self, leg: &Arc<Leg>, connection: &Connection, octets: Bytes, flow: &Arc<Flow>) {
        let member = &leg.member;
        let decoded = msrp::read(&octets);
        let transaction = decoded.transaction().unwrap_or_default();
        let wanted = decoded.failure_report();
        let is_due = wanted == FailureReport::Yes;
        let to = connection.remote();
        let event = member.sent(octets.clone(), Transport::Msrp, to, Purpose::Request);
        flow.sent(event, is_due);
        if wanted != FailureReport::No {
            let open = OpenChunk { leg: leg.clone(), event, flow: flow.clone(), is_due };
            self.open_chunk(transaction, is_due, open);
        }
        if let Err(why) = connection.send(std::slice::from_ref(&octets), Urgency::Now) {
            drop(self.chunks().receive(transaction));
            member.ended(event, Ending::Broken(why.to_owned()));
            flow.end(Delivery::Broken(why.to_owned()));
        }
    }

    fn open_chunk(&self, transaction: &[u8], is_due: bool, open: OpenChunk) {
        let mut chunks = self.chunks();
        let before = chunks.deadline();
        let displaced = chunks.start(transaction, is_due, open, Instant::now());
        let after = chunks.deadline();
        drop(chunks);
        self.arm(before, after);
        self.lose(displaced, "another request with the same transaction identifier took its place");
    }

    /// Chunks that will get no answer.
    pub(super) fn lose(&self, chunks: impl IntoIterator<Item = OpenChunk>, why: &str) {
        for open in chunks {
            if open.is_due {
                open.leg.member.ended(open.event, Ending::Broken(why.to_owned()));
            }
            open.flow.end(Delivery::Broken(why.to_owned()));
        }
    }

    /// Ends the wait for responses whose time is over.
    pub(super) fn expire_chunks(&self, now: Instant) {
        loop {
            let late = self.chunks().poll(now);
            let Some(late) = late else { return };
            late.leg.member.ended(late.event, Ending::TimedOut);
            late.flow.end(Delivery::TimedOut);
        }
    }

    /// Nobody waits for that message any more.
    pub(crate) fn abandon_flow(&self, flow: &Arc<Flow>) {
        let open = self.chunks().remove_where(|open| Arc::ptr_eq(&open.flow, flow));
        flow.end(Delivery::TimedOut);
        for open in open {
            open.leg.member.ended(open.event, Ending::TimedOut);
        }
    }

    /// Writes octets on the connection of a session.
    pub(crate) fn raw_in_session(&self, leg: &Arc<Leg>, segments: &[Bytes]) -> Option<EventId> {
        let connection = leg.connection()?;
        let (member, to) = (&leg.member, connection.remote());
        let event = member.sent(joined(segments), Transport::Msrp, to, Purpose::Raw);
        note_segments(member, event, segments);
        if let Err(why) = connection.send(segments, Urgency::Now) {
            member.note(format!("octets to {to} could not be sent: {why}"));
        }
        Some(event)
    }
}
