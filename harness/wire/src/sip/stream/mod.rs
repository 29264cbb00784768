//! Cutting the octets of a stream-based transport into messages (RFC 3261 section 18.3).

use super::decode;
use super::lex;
use super::names::HeaderId;
use super::start::looks_like_start_line;
use crate::framing::{Hunt, Lines, Step, advance};

/// How much a [`Framer`] keeps before it gives up on a message; all in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Start line, headers and empty line together, and any single line.
    pub head: usize,
    /// Head and body together.
    pub message: usize,
    /// Garbage in one frame, give or take a line.
    pub garbage: usize,
}

impl Default for Limits {
    /// 64 KiB of head, 10 MiB of message, 4 KiB of garbage.
    fn default() -> Self {
        Self { head: 64 << 10, message: 10 << 20, garbage: 4 << 10 }
    }
}

/// What a [`Framer`] found in the stream.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message: head, and as many octets of body as Content-Length says; none if it says nothing usable. For
    /// [`super::decode_streamed`].
    Message(Vec<u8>),
    /// A double CRLF between messages, to be answered with a single one (RFC 5626 section 4.4.1).
    Ping,
    /// A single CRLF between messages.
    Pong,
    /// Octets that no start line precedes.
    Garbage(Vec<u8>),
    /// The beginning of a message beyond the [`Limits`]. If its length is known, so many octets are skipped next;
    /// otherwise the rest of it will appear as garbage.
    TooLarge {
        /// The head, or as much of it as the limit allows.
        octets: Vec<u8>,
        /// The Content-Length, if the head came to its end.
        claimed: Option<u64>,
    },
    /// A message that the end of the stream cut short.
    Incomplete(Vec<u8>),
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Message(octets) => write!(f, "Message({})", octets.escape_ascii()),
            Self::Ping => f.write_str("Ping"),
            Self::Pong => f.write_str("Pong"),
            Self::Garbage(octets) => write!(f, "Garbage({})", octets.escape_ascii()),
            Self::TooLarge { octets, claimed } => {
                write!(f, "TooLarge({}, {claimed:?})", octets.escape_ascii())
            }
            Self::Incomplete(octets) => write!(f, "Incomplete({})", octets.escape_ascii()),
        }
    }
}

/// Cuts a stream into frames, whatever the segments it comes in: the same octets give the same frames.
///
/// A single CRLF is held back until the octet after it tells [`Frame::Pong`] from [`Frame::Ping`]; garbage is held back
/// until a start line follows it or there is too much of it. [`Framer::finish`] gives what is held back. No octet is
/// looked at more often than a fixed number of times.
#[derive(Debug, Default)]
pub struct Framer {
    limits: Limits,
    lines: Lines,
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between messages.
    #[default]
    Between,
    /// Looking for a start line; the lines before the current one are garbage.
    Hunt,
    /// In a head.
    Head,
    /// Waiting for a whole message of that many octets.
    Body(usize),
    /// Passing over that many octets.
    Skip(u64),
}

impl Framer {
    /// A framer with the default limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// A framer with limits of its own.
    pub fn with_limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes octets as they came; take the frames out with `next` before more are pushed, so that the limits hold.
    pub fn push(&mut self, octets: &[u8]) {
        self.lines.push(octets);
    }

    /// Whether nothing is held back.
    pub fn is_empty(&self) -> bool {
        self.lines.held().is_empty() && !matches!(self.state, State::Skip(_))
    }

    /// How many octets are held back.
    pub fn held(&self) -> usize {
        self.lines.held().len()
    }

    /// What the end of the stream makes of the octets that are held back; at most one frame.
    pub fn finish(&mut self) -> Option<Frame> {
        let state = std::mem::take(&mut self.state);
        let rest = self.lines.take_all();
        match (&rest[..], state) {
            ([], _) | (_, State::Skip(_)) => None,
            (b"\r\n", State::Between) => Some(Frame::Pong),
            (_, State::Between | State::Hunt) => Some(Frame::Garbage(rest)),
            (_, State::Head | State::Body(_)) => Some(Frame::Incomplete(rest)),
        }
    }

    fn step(&mut self) -> Step<Frame> {
        match self.state {
            State::Between => self.between(),
            State::Hunt => self.hunt(),
            State::Head => self.head(),
            State::Body(length) if self.lines.held().len() < length => Step::Starved,
            State::Body(length) => {
                self.state = State::Between;
                Step::Found(Frame::Message(self.lines.take(length)))
            }
            State::Skip(left) => self.skip(left),
        }
    }

    fn between(&mut self) -> Step<Frame> {
        match *self.lines.held() {
            [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => Step::Starved,
            [b'\r', b'\n', b'\r', b'\n', ..] => {
                self.lines.consume(4);
                Step::Found(Frame::Ping)
            }
            [b'\r', b'\n', ..] => {
                self.lines.consume(2);
                Step::Found(Frame::Pong)
            }
            _ => {
                self.state = State::Hunt;
                Step::Again
            }
        }
    }

    fn hunt(&mut self) -> Step<Frame> {
        match self.lines.hunt(self.limits.head, self.limits.garbage, looks_like_start_line) {
            Hunt::Garbage(octets) => Step::Found(Frame::Garbage(octets)),
            Hunt::StartLine => {
                self.state = State::Head;
                Step::Again
            }
            Hunt::Starved => Step::Starved,
        }
    }

    /// Reads lines until one is empty.
    fn head(&mut self) -> Step<Frame> {
        let limit = self.limits.head;
        match self.lines.line_end(limit) {
            Some(end) if end <= limit => {
                let is_empty = matches!(self.lines.current(end), [b'\n'] | [b'\r', b'\n']);
                self.lines.next_line(end);
                if is_empty { self.head_ends(end) } else { Step::Again }
            }
            None if self.lines.held().len() < limit => Step::Starved,
            _ => {
                self.state = State::Hunt;
                Step::Found(Frame::TooLarge { octets: self.lines.take(limit), claimed: None })
            }
        }
    }

    fn head_ends(&mut self, end: usize) -> Step<Frame> {
        let length = body_length(&self.lines.held()[..end]);
        let whole = usize::try_from(length).ok().and_then(|length| length.checked_add(end));
        match whole.filter(|&whole| whole <= self.limits.message) {
            Some(whole) => {
                self.state = State::Body(whole);
                Step::Again
            }
            None => {
                self.state = State::Skip(length);
                Step::Found(Frame::TooLarge { octets: self.lines.take(end), claimed: Some(length) })
            }
        }
    }

    fn skip(&mut self, left: u64) -> Step<Frame> {
        let there = self.lines.held().len();
        let skipped = usize::try_from(left).map_or(there, |left| left.min(there));
        self.lines.consume(skipped);
        let left = left - skipped as u64;
        self.state = if left == 0 { State::Between } else { State::Skip(left) };
        if left == 0 { Step::Again } else { Step::Starved }
    }
}

impl Iterator for Framer {
    type Item = Frame;

    /// The next frame; after `None` there may be more once more octets are pushed.
    fn next(&mut self) -> Option<Frame> {
        advance(|| self.step())
    }
}

/// The octets of body that a head announces: 0 if it says nothing, nonsense, or two different things, because then
/// nothing tells where the next message begins (RFC 4475 sections 3.1.2.3 and 3.3.9).
fn body_length(head: &[u8]) -> u64 {
    let message = decode::head(head, &mut Vec::new());
    let mut lengths = message.headers(HeaderId::CONTENT_LENGTH).map(|header| lex::number(header.raw_value()));
    match lengths.next() {
        Some(Some(first)) if lengths.all(|other| other == Some(first)) => first,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
