//! MSRP events of a record told as messages: the chunks of one become one row.

use std::collections::HashMap;
use std::sync::Arc;

use judge::Capture;
use judge::capture::{Message, Piece, View};
use record::{Event, EventId, EventKind, Novelty, Purpose, Record, Transport};
use wire::msrp;
use wire::profile::{IMDN_03, Profile};

use super::what;

/// What to show for MSRP events, and where.
#[derive(Default)]
pub(super) struct Sessions {
    texts: HashMap<EventId, String>,
    /// Events that have no row of their own, and the one in whose row they are.
    folded: HashMap<EventId, EventId>,
}

/// Chunks of messages that are not complete, by peer, direction and identifier.
type Open = HashMap<(Arc<str>, bool, Vec<u8>), Vec<EventId>>;

impl Sessions {
    pub(super) fn of(record: &Record, profile: Option<&'static Profile>) -> Self {
        let mut sessions = Self::default();
        let known = profile.unwrap_or(&IMDN_03);
        let (mut capture, mut open) = (Capture::new(known), Open::new());
        for (id, event) in record.iter().filter(|(_, event)| is_msrp(event)) {
            if let Some(message) = capture.observe(id, event) {
                sessions.take(&message, known, &mut open);
                let request = answered(event).and_then(|request| capture.get(request));
                // A good response to a chunk that has no row of its own needs none either.
                if let Some(request) = request.filter(|_| matches!(message.status, Some(200..=299)))
                    && request.piece() == Some(&Piece::Part)
                {
                    sessions.folded.insert(id, request.event);
                }
            }
        }
        for chunks in open.into_values() {
            if let Some((last, others)) = chunks.split_last() {
                sessions.texts.insert(*last, format!("SEND, {}, unfinished", count(chunks.len())));
                sessions.folded.extend(others.iter().map(|chunk| (*chunk, *last)));
            }
        }
        sessions
    }

    /// The event in whose row that one is shown.
    pub(super) fn row_of(&self, event: EventId) -> EventId {
        // A response is in the row of its chunk, and that in the row of its message.
        let next = |event: EventId| self.folded.get(&event).copied().unwrap_or(event);
        next(next(event))
    }

    /// What an MSRP event is, in a few words.
    pub(super) fn text(&self, event: EventId) -> Option<&str> {
        self.texts.get(&event).map(String::as_str)
    }

    fn take(&mut self, message: &Message, profile: &'static Profile, open: &mut Open) {
        let event = message.event;
        let decoded = msrp::read(&message.octets);
        let key =
            (message.peer.clone(), message.is_from_iut(), decoded.message_id().unwrap_or_default().to_vec());
        let text = match message.piece() {
            Some(Piece::Whole(chunks)) => {
                let earlier: Vec<EventId> =
                    chunks.iter().map(|chunk| chunk.event).filter(|chunk| *chunk != event).collect();
                if let Some(others) = open.get_mut(&key) {
                    others.retain(|chunk| earlier.binary_search(chunk).is_err());
                }
                self.folded.extend(earlier.iter().map(|chunk| (*chunk, event)));
                whole(message, profile)
            }
            Some(Piece::Part) => {
                open.entry(key).or_default().push(event);
                "SEND, 1 chunk".to_owned()
            }
            Some(piece @ (Piece::Aborted | Piece::Refused(_))) => {
                let earlier = open.remove(&key).unwrap_or_default();
                self.folded.extend(earlier.iter().map(|chunk| (*chunk, event)));
                let end = if *piece == Piece::Aborted { "given up" } else { "not put together" };
                format!("SEND, {}, {end}", count(earlier.len() + 1))
            }
            _ => alone(&decoded),
        };
        self.texts.insert(event, text);
    }
}

/// The request that an event answers.
fn answered(event: &Event) -> Option<EventId> {
    match &event.kind {
        EventKind::Sent { purpose: Purpose::Answer(request), .. }
        | EventKind::Received { novelty: Novelty::Response(request), .. } => Some(*request),
        _ => None,
    }
}

fn is_msrp(event: &Event) -> bool {
    matches!(
        &event.kind,
        EventKind::Sent { transport: Transport::Msrp, .. }
            | EventKind::Received { transport: Transport::Msrp, .. }
    )
}

/// A complete message: what it carries, and in how many chunks.
fn whole(message: &Message, profile: &'static Profile) -> String {
    let media_type = View::new(message, profile).outer_type().map(|(media_type, _)| media_type);
    let carries = what::carried(media_type.as_deref(), message.body_octets(), Some(profile));
    let carries = carries.map_or_else(String::new, |carries| format!(" {carries}"));
    match message.chunks().len() {
        0 | 1 => format!("SEND{carries}"),
        many => format!("SEND{carries}, {}", count(many)),
    }
}

/// What belongs to no message: a response, a REPORT, a SEND without a body.
fn alone(message: &msrp::Message<'_>) -> String {
    if let Some(status) = message.status() {
        return status.to_string();
    }
    let Some(method) = message.method() else { return "octets that are no MSRP".into() };
    let method = what::short(method.0);
    match message.report_status() {
        Some(status) => format!("{method} {}", status.code),
        None => method,
    }
}

fn count(chunks: usize) -> String {
    if chunks == 1 { "1 chunk".into() } else { format!("{chunks} chunks") }
}
