//! One SIP or MSRP message of a record, with what is needed to look at it again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use record::{EventId, Novelty, Purpose, Transport};
use wire::deviation::Span;
use wire::msrp::Refusal;
use wire::profile::Profile;

use super::session::{self, Chunk, Piece, Share};
use super::{Protection, View};

/// Requests that are no messages and never count as unexpected traffic.
const NO_MESSAGES: &[&str] = &[
    "OPTIONS",
    "REGISTER",
    "SUBSCRIBE",
    "NOTIFY",
    "PUBLISH",
    "INVITE",
    "ACK",
    "CANCEL",
    "PRACK",
    "UPDATE",
    "BYE",
];

/// Who put a message on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The implementation under test.
    Iut(Novelty),
    /// A scripted peer.
    Peer(Purpose),
}

/// What a message is, judged tolerantly (G-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A report, however badly made.
    Report,
    /// An instant message that asks for a report, however badly.
    Request,
    /// Another instant message.
    Im,
    /// Anything else: responses, OPTIONS and the like, MSRP that completes no message, octets that are neither.
    Other,
}

/// A SIP message that stands in a record, or what an MSRP event completes or is. Cheap to share; [`View`] takes it apart.
#[derive(Clone, Debug)]
pub struct Message {
    /// The event that holds its octets; of a message in several chunks, the event that completes it.
    pub event: EventId,
    /// When it came or went.
    pub at: Duration,
    /// The peer that sent or received it.
    pub peer: Arc<str>,
    /// What carried it.
    pub transport: Transport,
    /// Who sent it.
    pub origin: Origin,
    /// All of it; of a message in several chunks the head of the first one, and behind it the whole body.
    pub octets: Bytes,
    /// What it is.
    pub class: Class,
    /// The method of a request, or that of the request that a response answers; empty if there is none.
    pub method: String,
    /// The status of a response.
    pub status: Option<u16>,
    /// The buffer in which body, CPIM object and entity stand: `octets`, or what an encoding held.
    pub(crate) body: Bytes,
    pub(crate) body_span: Span,
    /// The content of the entity that holds the report document, if a transfer encoding had to be undone.
    pub(crate) content: Option<Bytes>,
    /// How many CPIM objects around the one in the body were taken off.
    pub(crate) depth: usize,
    /// The document in whose terms the IUT speaks, where those are not the terms of this run.
    pub(crate) foreign: Option<&'static Profile>,
    /// `None` for SIP.
    pub(crate) msrp: Option<Share>,
    /// The layers of S/MIME that were taken off, or could not be.
    pub(crate) protection: Option<Arc<Protection>>,
}

/// Octets to point at.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The whole message, or what an encoding of it held.
    pub octets: Bytes,
    /// The bytes to point at.
    pub span: Span,
}

impl Message {
    /// Takes a message in and says what it is.
    pub(crate) fn new(origin: Origin, head: Head, opened: Opened, profile: &'static Profile) -> Self {
        let Head { event, at, peer, transport } = head;
        let Opened { octets, method, status, body, body_span, msrp, protection } = opened;
        let message = Self {
            event,
            at,
            peer,
            transport,
            origin,
            octets,
            class: Class::Other,
            method,
            status,
            body,
            body_span,
            content: None,
            depth: 0,
            foreign: None,
            msrp,
            protection,
        };
        if message.is_piece() { message } else { message.classified(profile) }
    }

    /// The same message, with what its body shows.
    pub(super) fn classified(mut self, profile: &'static Profile) -> Self {
        let view = View::new(&self, profile);
        let (content, class, foreign) = (view.decoded_document(), view.class(), view.foreign_profile());
        let wraps_report = matches!(class, Class::Im | Class::Request)
            && view.enclosed().is_some_and(|inner| inner.class == Class::Report);
        self.class = if wraps_report { Class::Report } else { class };
        self.content = content;
        self.foreign = foreign;
        self
    }

    /// What an MSRP event has to do with a message; `None` for SIP.
    pub fn piece(&self) -> Option<&Piece> {
        self.msrp.as_ref().map(|share| &share.piece)
    }

    /// The chunks of a message that came by MSRP, in the order in which they came; none for SIP and for what completes
    /// no message.
    pub fn chunks(&self) -> &[Chunk] {
        match self.piece() {
            Some(Piece::Whole(chunks)) => chunks,
            _ => &[],
        }
    }

    /// The body, its encoding undone.
    pub fn body_octets(&self) -> &[u8] {
        self.body.get(self.body_span.clone()).unwrap_or_default()
    }

    /// One of its chunks as a message of its own, to point at.
    pub(crate) fn of_chunk(&self, chunk: &Chunk) -> Self {
        let octets = chunk.octets.clone();
        let share = Share { piece: Piece::Part, head_end: chunk.decode().head_span().end, label: None };
        Self {
            event: chunk.event,
            at: chunk.at,
            body: octets.clone(),
            body_span: share.head_end..share.head_end,
            octets,
            class: Class::Other,
            content: None,
            msrp: Some(share),
            ..self.clone()
        }
    }

    /// Whether it is MSRP that completes no message.
    pub(crate) fn is_piece(&self) -> bool {
        self.piece().is_some_and(|piece| !matches!(piece, Piece::Whole(_)))
    }

    /// Whether it is a request that shows nothing about messages: OPTIONS and the like, what sets sessions up and takes them
    /// down, and of MSRP all but complete messages; a SEND with nothing in it only keeps its session alive (RFC 4975
    /// sections 5.4 and 7.1).
    pub fn is_housekeeping(&self) -> bool {
        match self.msrp {
            Some(_) => self.is_piece() || self.body_span.is_empty(),
            None => NO_MESSAGES.iter().any(|method| method.eq_ignore_ascii_case(&self.method)),
        }
    }

    /// Why it could not be put together, where that is a limit of this harness.
    pub(crate) fn beyond_limits(&self) -> Option<&'static str> {
        match self.piece()? {
            Piece::Refused(refusal @ (Refusal::Octets | Refusal::Messages)) => Some(session::why(*refusal)),
            _ => None,
        }
    }

    /// Whether the IUT sent it.
    pub fn is_from_iut(&self) -> bool {
        matches!(self.origin, Origin::Iut(_))
    }

    /// Whether it is a request of the IUT in a transaction of its own; retransmissions are not.
    pub fn is_new_request_of_iut(&self) -> bool {
        matches!(self.origin, Origin::Iut(Novelty::Request))
    }

    /// Whether it is a request of a peer that is no retransmission.
    pub fn is_new_request_of_peer(&self) -> bool {
        matches!(self.origin, Origin::Peer(Purpose::Request))
    }

    pub(crate) fn in_octets(&self, span: Span) -> Place {
        Place { octets: self.octets.clone(), span: within(&span, self.octets.len()) }
    }

    pub(crate) fn in_body(&self, span: Span) -> Place {
        Place { octets: self.body.clone(), span: within(&span, self.body.len()) }
    }

    /// Who sent what over what, for people.
    pub fn caption(&self) -> String {
        let (from, to) = match self.origin {
            Origin::Iut(_) => ("IUT", &*self.peer),
            Origin::Peer(_) => (&*self.peer, "IUT"),
        };
        let what = match self.status {
            Some(status) => status.to_string(),
            None if self.method.is_empty() => "octets".to_owned(),
            None => self.method.clone(),
        };
        let peeled = if self.protection.is_some() { ", without its layers of S/MIME" } else { "" };
        let whole = format!("{from} → {to}, {what} over {}{peeled}", self.transport);
        match self.piece() {
            Some(Piece::Whole(chunks)) if chunks.len() > 1 => {
                format!("{whole}, put together from {} chunks", chunks.len())
            }
            Some(Piece::Part) => format!("{whole}, one chunk"),
            Some(Piece::Aborted) => format!("{whole}, by which the message is given up"),
            Some(Piece::Refused(refusal)) => {
                format!("{whole}, which could not be put together: {}", session::why(*refusal))
            }
            _ => whole,
        }
    }
}

/// Where a message stands in the record.
pub(crate) struct Head {
    pub(crate) event: EventId,
    pub(crate) at: Duration,
    pub(crate) peer: Arc<str>,
    pub(crate) transport: Transport,
}

/// What can be told of a message without looking into its body.
pub(crate) struct Opened {
    pub(crate) octets: Bytes,
    pub(crate) method: String,
    pub(crate) status: Option<u16>,
    pub(crate) body: Bytes,
    pub(crate) body_span: Span,
    pub(crate) msrp: Option<Share>,
    pub(crate) protection: Option<Arc<Protection>>,
}

fn within(span: &Span, length: usize) -> Span {
    let end = span.end.min(length);
    span.start.min(end)..end
}
