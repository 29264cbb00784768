//! Putting the chunks of messages together (RFC 4975 sections 5.1 and 7.3.1).

use std::collections::HashMap;

use super::end::Flag;
use super::header::HeaderId;
use super::message::Message;
use super::start::Method;
use super::value::FailureReport;
use crate::deviation::Decoded;
use crate::mime::notes::Notes;

mod fragments;
mod partial;

use fragments::PIECE;
use partial::Partial;

/// How much a [`Reassembly`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets of all messages that are not complete and of their identifiers, with 64 more for each message and each
    /// piece that stands alone. What is allocated is at most twice that, and one chunk.
    pub octets: usize,
    /// Messages that are not complete.
    pub messages: usize,
}

impl Default for Limits {
    /// 32 MiB, 256 messages.
    fn default() -> Self {
        Self { octets: 32 << 20, messages: 256 }
    }
}

/// A message that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assembled {
    /// Its identifier.
    pub message_id: Vec<u8>,
    /// Its media type with parameters, as the last chunk that has one says; empty if none has.
    pub content_type: Vec<u8>,
    /// Whether its first chunk asked for success reports.
    pub success_report: bool,
    /// Which failure reports its first chunk asked for.
    pub failure_report: FailureReport,
    /// The octets of all its bodies.
    pub octets: Vec<u8>,
    /// How many chunks it came in.
    pub chunks: usize,
}

/// What came of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It is no SEND, or has no body, and so belongs to no message.
    Nothing,
    /// There is more to come; so many octets are there.
    Partial(usize),
    /// That was all.
    Complete(Assembled),
    /// The sender gave the message up; so many octets of it had come.
    Aborted(usize),
    /// The message is dropped, and so will be the rest of its chunks.
    Refused(Refusal),
}

/// Why a message is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It would take more octets than the limit.
    Octets,
    /// There are as many incomplete messages as the limit allows.
    Messages,
    /// There is no telling which message the chunk belongs to, or where in it.
    Unplaced,
    /// An earlier chunk of it was refused.
    Earlier,
}

/// Puts the chunks of one session together, whatever their order.
///
/// What a chunk replaces, it replaces: of octets that come twice, the last count. A claimed total takes no memory.
#[derive(Debug, Default)]
pub struct Reassembly {
    limits: Limits,
    open: HashMap<Vec<u8>, Partial>,
    held: usize,
}

impl Reassembly {
    /// A reassembly with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reassembly with limits of its own.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Octets held, as [`Limits::octets`] counts them.
    pub fn held(&self) -> usize {
        self.held
    }

    /// Identifiers of the messages that are not complete, in no order.
    pub fn open(&self) -> impl Iterator<Item = &[u8]> {
        self.open.keys().map(Vec::as_slice)
    }

    /// Drops a message that is not complete; says whether there was one.
    pub fn forget(&mut self, message_id: &[u8]) -> bool {
        self.close(message_id).is_some()
    }

    /// Takes a chunk, and says what is wrong with it as one of its message. The spans are in the octets of the chunk;
    /// what is wrong with it by itself, [`super::decode`] says.
    pub fn take(&mut self, chunk: &Message<'_>) -> Decoded<Progress> {
        let mut notes = Notes::default();
        let value = match (chunk.body(), chunk.message_id()) {
            (Some(body), Some(id)) if chunk.method() == Some(Method::SEND) => {
                self.take_body(chunk, id, body, &mut notes)
            }
            (Some(_), None) if chunk.method() == Some(Method::SEND) => Progress::Refused(Refusal::Unplaced),
            _ => Progress::Nothing,
        };
        Decoded { value, deviations: notes.into_deviations() }
    }

    fn take_body(&mut self, chunk: &Message<'_>, id: &[u8], body: &[u8], notes: &mut Notes) -> Progress {
        if !self.open.contains_key(id) {
            if is_whole(chunk) {
                let mut whole = Partial::of(chunk);
                whole.compare(chunk, notes);
                whole.put(chunk, 0, body, notes);
                return Progress::Complete(whole.into_message(id));
            }
            if self.open.len() >= self.limits.messages {
                return Progress::Refused(Refusal::Messages);
            }
            self.held += PIECE + id.len();
            self.open.insert(id.to_vec(), Partial::of(chunk));
        }
        let progress = self.extend(chunk, id, body, notes);
        let over = match progress {
            Progress::Partial(_) => self.open.get(id).is_some_and(Partial::is_complete),
            Progress::Refused(Refusal::Earlier) => chunk.flag() != Some(Flag::More),
            Progress::Refused(_) => self.refuse(id, chunk),
            Progress::Aborted(_) | Progress::Complete(_) | Progress::Nothing => true,
        };
        match (over.then(|| self.close(id)).flatten(), progress) {
            (Some(partial), Progress::Partial(_)) => Progress::Complete(partial.into_message(id)),
            (_, progress) => progress,
        }
    }

    fn extend(&mut self, chunk: &Message<'_>, id: &[u8], body: &[u8], notes: &mut Notes) -> Progress {
        let limit = self.limits.octets;
        let Some(partial) = self.open.get_mut(id) else { return Progress::Nothing };
        if partial.is_refused() {
            return Progress::Refused(Refusal::Earlier);
        }
        partial.compare(chunk, notes);
        let Some(offset) = partial.offset(chunk, notes) else {
            return Progress::Refused(Refusal::Unplaced);
        };
        let Some(end) = offset.checked_add(body.len() as u64) else {
            return Progress::Refused(Refusal::Unplaced);
        };
        let before = partial.fragments.cost();
        partial.put(chunk, offset, body, notes);
        partial.next = end;
        self.held = self.held - before + partial.fragments.cost();
        if self.held > limit {
            return Progress::Refused(Refusal::Octets);
        }
        let octets = partial.fragments.octets();
        match chunk.flag() {
            Some(Flag::Aborted) => Progress::Aborted(octets),
            _ => Progress::Partial(octets),
        }
    }

    /// Drops the octets of a message, and remembers that it is refused until its last chunk; says whether this is it.
    fn refuse(&mut self, id: &[u8], chunk: &Message<'_>) -> bool {
        if let Some(partial) = self.open.get_mut(id) {
            self.held -= partial.fragments.cost();
            *partial = Partial::refused();
        }
        chunk.flag() != Some(Flag::More)
    }

    fn close(&mut self, id: &[u8]) -> Option<Partial> {
        let partial = self.open.remove(id)?;
        self.held -= partial.fragments.cost() + PIECE + id.len();
        Some(partial)
    }
}

/// Whether a chunk is a whole message (RFC 4975 section 7.3.1).
fn is_whole(chunk: &Message<'_>) -> bool {
    let from_first = match chunk.header(HeaderId::ByteRange) {
        Some(_) => chunk.byte_range().is_some_and(|range| range.start == 1),
        None => true,
    };
    from_first && chunk.flag() == Some(Flag::Final)
}

#[cfg(test)]
mod tests;
