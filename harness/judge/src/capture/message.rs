//! One SIP message of a record, with what is needed to look at it again.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use record::{EventId, Novelty, Purpose, Transport};
use wire::deviation::Span;
use wire::profile::Profile;
use wire::{mime, sip};

use super::View;

/// Most octets that a compressed body may grow to; what is longer stays compressed.
const MOST_INFLATED: usize = 4 << 20;

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
    /// Anything else: responses, OPTIONS and the like, octets that are no SIP.
    Other,
}

/// A SIP message that stands in a record. Cheap to share; [`View`] takes it apart.
#[derive(Clone, Debug)]
pub struct Message {
    /// The event that holds its octets.
    pub event: EventId,
    /// When it came or went.
    pub at: Duration,
    /// The peer that sent or received it.
    pub peer: Arc<str>,
    /// What carried it.
    pub transport: Transport,
    /// Who sent it.
    pub origin: Origin,
    /// All of it.
    pub octets: Bytes,
    /// What it is.
    pub class: Class,
    /// The method of a request, or that of CSeq; empty if there is none.
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
    pub(crate) fn new(origin: Origin, head: Head, octets: Bytes, profile: &'static Profile) -> Self {
        let Head { event, at, peer, transport } = head;
        let (method, status, body, body_span) = open(&octets);
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
        };
        message.classified(profile)
    }

    /// The same message, with what its body shows.
    pub(super) fn classified(mut self, profile: &'static Profile) -> Self {
        let view = View::new(&self, profile);
        let (content, class) = (view.decoded_document(), view.class());
        let wraps_report = matches!(class, Class::Im | Class::Request)
            && view.enclosed().is_some_and(|inner| inner.class == Class::Report);
        self.class = if wraps_report { Class::Report } else { class };
        self.content = content;
        self
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
        format!("{from} → {to}, {what} over {}", self.transport)
    }
}

/// Where a message stands in the record.
pub(crate) struct Head {
    pub(crate) event: EventId,
    pub(crate) at: Duration,
    pub(crate) peer: Arc<str>,
    pub(crate) transport: Transport,
}

/// Method, status, and the body with its `Content-Encoding` undone (RFC 3261 20.12).
fn open(octets: &Bytes) -> (String, Option<u16>, Bytes, Range<usize>) {
    let sip = sip::decode(octets).value;
    let method = sip.method().or_else(|| sip.cseq().map(|cseq| cseq.method));
    let method = method.map(|method| String::from_utf8_lossy(method.0).into_owned()).unwrap_or_default();
    let coding = sip.header(sip::HeaderId::CONTENT_ENCODING).map(|header| header.value().into_owned());
    let inflated = coding.and_then(|coding| {
        mime::inflate(&String::from_utf8_lossy(&coding), sip.body(), MOST_INFLATED).ok().map(Bytes::from)
    });
    match inflated {
        Some(inflated) => (method, sip.status(), inflated.clone(), 0..inflated.len()),
        None => (method, sip.status(), octets.clone(), sip.body_span()),
    }
}

fn within(span: &Span, length: usize) -> Span {
    let end = span.end.min(length);
    span.start.min(end)..end
}
