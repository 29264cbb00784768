//! Messages in sessions as they are told: whole, whatever the chunks in which they travelled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use wire::msrp::{self, HeaderId, Method, Progress, Reassembly};

use crate::event::{Event, EventId, EventKind, Novelty, Purpose, Transport};
use crate::recorder::Record;

/// What the sessions of a record carried.
#[derive(Default)]
pub(super) struct Sessions {
    /// Messages of several chunks, by the event that completes them.
    whole: BTreeMap<EventId, Whole>,
    /// Events that are told with a message, or that only keep a session alive.
    untold: BTreeSet<EventId>,
}

/// A message of several chunks.
struct Whole {
    /// The head of the first chunk, the body of all, and the end-line of the last.
    octets: Vec<u8>,
    chunks: Vec<EventId>,
}

/// Chunks of one session in one direction.
#[derive(Default)]
struct Direction {
    reassembly: Reassembly,
    under_way: BTreeMap<Vec<u8>, Vec<(EventId, Bytes)>>,
}

/// Peer, whether the IUT sends, To-Path and From-Path.
type Key = (Arc<str>, bool, Vec<u8>, Vec<u8>);

impl Sessions {
    pub(super) fn of(record: &Record) -> Self {
        let mut sessions = Self::default();
        let mut directions: BTreeMap<Key, Direction> = BTreeMap::new();
        for (id, event) in record.iter() {
            let Some((peer, from_iut, octets)) = request(event) else { continue };
            let message = msrp::read(octets);
            if message.method() == Some(Method::SEND) && message.body().is_none_or(<[u8]>::is_empty) {
                sessions.untold.insert(id);
                continue;
            }
            let path = |id| message.header(id).map_or(&b""[..], |header| header.raw_value()).to_vec();
            let key = (peer.clone(), from_iut, path(HeaderId::ToPath), path(HeaderId::FromPath));
            sessions.take(directions.entry(key).or_default(), id, octets, &message);
        }
        sessions
    }

    fn take(&mut self, direction: &mut Direction, id: EventId, octets: &Bytes, chunk: &msrp::Message<'_>) {
        let name = chunk.message_id().unwrap_or_default().to_vec();
        match direction.reassembly.take(chunk).value {
            Progress::Partial(_) => direction.under_way.entry(name).or_default().push((id, octets.clone())),
            Progress::Complete(assembled) => {
                let Some(mut chunks) = direction.under_way.remove(&name) else { return };
                self.untold.extend(chunks.iter().map(|(part, _)| *part));
                chunks.push((id, octets.clone()));
                let end = octets.get(chunk.end_line_span()).unwrap_or_default();
                let octets = [head(&chunks), &assembled.octets, b"\r\n", end].concat();
                let chunks = chunks.into_iter().map(|(chunk, _)| chunk).collect();
                self.whole.insert(id, Whole { octets, chunks });
            }
            _ => drop(direction.under_way.remove(&name)),
        }
    }

    /// Whether an event is told by itself.
    pub(super) fn is_told(&self, id: EventId) -> bool {
        !self.untold.contains(&id)
    }

    /// What is told for the octets of an event.
    pub(super) fn told<'a>(&'a self, id: EventId, octets: &'a [u8]) -> &'a [u8] {
        self.whole.get(&id).map_or(octets, |whole| &whole.octets)
    }

    /// The events of which the message consists that is told for an event.
    pub(super) fn chunks(&self, id: EventId) -> Vec<EventId> {
        self.whole.get(&id).map_or_else(|| vec![id], |whole| whole.chunks.clone())
    }
}

/// Peer, direction and octets of a request in a session that begins a transaction.
fn request(event: &Event) -> Option<(&Arc<str>, bool, &Bytes)> {
    match &event.kind {
        EventKind::Sent { peer, transport: Transport::Msrp, purpose: Purpose::Request, octets, .. } => {
            Some((peer, false, octets))
        }
        EventKind::Received {
            peer, transport: Transport::Msrp, novelty: Novelty::Request, octets, ..
        } => Some((peer, true, octets)),
        _ => None,
    }
}

/// Start line and headers of the chunk that holds the first octet, with the empty line.
fn head(chunks: &[(EventId, Bytes)]) -> &[u8] {
    let start = |octets: &Bytes| msrp::read(octets).byte_range().map_or(1, |range| range.start);
    let first = chunks.iter().min_by_key(|(_, octets)| start(octets));
    first.and_then(|(_, octets)| octets.get(msrp::read(octets).head_span())).unwrap_or_default()
}
