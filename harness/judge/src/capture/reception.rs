//! What the IUT says by MSRP itself of the messages that peers sent it: responses and REPORTs.

use std::collections::HashMap;
use std::sync::Arc;

use record::{Ending, EventId, Novelty};
use wire::msrp;

use super::message::{Class, Message, Origin};
use super::session::Piece;
use super::{Capture, Refusal};

/// Responses and REPORTs by what they are about.
#[derive(Debug, Default)]
pub(super) struct Receptions {
    /// Responses by the request that they answer.
    responses: HashMap<EventId, Vec<EventId>>,
    /// REPORTs by the identifier that MSRP knows the message by.
    reports: HashMap<Name, Vec<EventId>>,
    endings: HashMap<EventId, Ending>,
    /// Requests of peers by their transaction identifier.
    transactions: HashMap<Name, EventId>,
}

/// An identifier in what a peer and the IUT say to one another.
type Name = (Arc<str>, Vec<u8>);

impl Receptions {
    pub(super) fn end(&mut self, request: EventId, ending: &Ending) {
        self.endings.insert(request, ending.clone());
    }

    /// Takes MSRP in; chunks of the IUT are none of its concern.
    pub(super) fn add(&mut self, message: &Message) {
        if message.is_from_iut() && message.piece() != Some(&Piece::Nothing) {
            return;
        }
        // Of a message in several chunks, the one that stands at this event.
        let octets = message.chunks().last().map_or(&message.octets, |chunk| &chunk.octets);
        let decoded = msrp::read(octets);
        let name = |octets: Option<&[u8]>| Some((message.peer.clone(), octets?.to_vec()));
        match message.origin {
            Origin::Peer(_) if decoded.is_request() => {
                self.transactions.extend(name(decoded.transaction()).map(|name| (name, message.event)));
            }
            Origin::Iut(novelty) if decoded.is_response() => {
                let request = match novelty {
                    Novelty::Response(request) => Some(request),
                    _ => name(decoded.transaction()).and_then(|name| self.transactions.get(&name).copied()),
                };
                if let Some(request) = request {
                    self.responses.entry(request).or_default().push(message.event);
                }
            }
            Origin::Iut(_) if decoded.method() == Some(msrp::Method::REPORT) => {
                if let Some(name) = name(decoded.message_id()) {
                    self.reports.entry(name).or_default().push(message.event);
                }
            }
            _ => {}
        }
    }
}

impl Message {
    /// Whether it is a complete message in a session, with something in it.
    pub fn is_whole_send(&self) -> bool {
        matches!(self.piece(), Some(Piece::Whole(_))) && !self.body_span.is_empty()
    }
}

impl Capture {
    /// Complete messages that peers sent in sessions, in the order of the record; with [`Class::Report`] those that are
    /// receipts or reports.
    pub fn sends_of_peers(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.iter().filter(|message| message.is_new_request_of_peer() && message.is_whole_send())
    }

    /// Complete messages that the IUT sent in sessions.
    pub fn sends_of_iut(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.iter().filter(|message| message.is_new_request_of_iut() && message.is_whole_send())
    }

    /// The MSRP responses of the IUT to the request of that event, which for a message is one of its chunks; late ones
    /// included.
    pub fn responses(&self, request: EventId) -> impl Iterator<Item = &Arc<Message>> {
        let found = self.receptions.responses.get(&request).into_iter().flatten();
        found.filter_map(|response| self.get(*response))
    }

    /// The MSRP REPORTs of the IUT on a message of a peer, whatever they tell.
    pub fn msrp_reports(&self, message: &Message) -> impl Iterator<Item = &Arc<Message>> {
        let first = message.chunks().first();
        let id = first.and_then(|first| first.decode().message_id().map(<[u8]>::to_vec));
        let found = id.and_then(|id| self.receptions.reports.get(&(message.peer.clone(), id)));
        found.into_iter().flatten().filter_map(|report| self.get(*report))
    }

    /// How the transaction of a peer's request ended, if the record says so up to here.
    pub fn ending(&self, request: EventId) -> Option<&Ending> {
        self.receptions.endings.get(&request)
    }

    /// What the IUT sent in sessions and nobody can read: chunks of messages that could not be put together, and the last
    /// ones of those that are still under way. In the order of the record.
    pub fn unread(&self) -> Vec<Arc<Message>> {
        let refused = |message: &&Arc<Message>| {
            message.is_new_request_of_iut()
                && matches!(message.piece(), Some(Piece::Refused(refusal)) if *refusal != Refusal::Earlier)
        };
        let refused = self.iter().filter(|message| message.class == Class::Other).filter(refused);
        let under_way = self.sessions.under_way_of_iut().filter_map(|chunk| self.get(chunk));
        let mut unread: Vec<Arc<Message>> = refused.chain(under_way).cloned().collect();
        unread.sort_by_key(|message| message.event);
        unread
    }
}
