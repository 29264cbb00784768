//! Cutting the octets of a connection into requests and responses (RFC 4975 section 5.1).

use super::end::{EndLine, HYPHENS, Search};
use super::start::transaction_of;
use crate::framing::{Hunt, Lines, Step, advance};

/// How much a [`Framer`] keeps before it gives up on a message; all in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Start line and headers together, and any single line.
    pub head: usize,
    /// Head, body and end-line together.
    pub message: usize,
    /// Garbage in one frame, give or take a line.
    pub garbage: usize,
}

impl Default for Limits {
    /// 64 KiB of head, 16 MiB of message, 4 KiB of garbage.
    fn default() -> Self {
        Self { head: 64 << 10, message: 16 << 20, garbage: 4 << 10 }
    }
}

/// What a [`Framer`] found in the stream.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// A request or response, for [`super::decode`]. Its end-line is the last of it, unless the next start line stood
    /// where a header or the end-line should.
    Message(Vec<u8>),
    /// Octets that no start line precedes.
    Garbage(Vec<u8>),
    /// The beginning of a message beyond the [`Limits`]; the octets up to its end-line are skipped next. If its head did
    /// not come to an end, the rest of it will appear as garbage.
    TooLarge(Vec<u8>),
    /// A message that the end of the stream cut short.
    Incomplete(Vec<u8>),
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, octets) = match self {
            Self::Message(octets) => ("Message", octets),
            Self::Garbage(octets) => ("Garbage", octets),
            Self::TooLarge(octets) => ("TooLarge", octets),
            Self::Incomplete(octets) => ("Incomplete", octets),
        };
        write!(f, "{name}({})", octets.escape_ascii())
    }
}

/// Cuts a stream into frames, whatever the segments it comes in: the same octets give the same frames.
///
/// Garbage is held back until a start line follows it or there is too much of it. [`Framer::finish`] gives what is held
/// back. No octet is looked at more often than a fixed number of times, and what a Byte-Range claims means nothing here.
#[derive(Debug, Default)]
pub struct Framer {
    limits: Limits,
    lines: Lines,
    state: State,
}

#[derive(Debug, Default)]
enum State {
    /// Looking for a start line; the lines before the current one are garbage.
    #[default]
    Hunt,
    /// In a head, whose start line is a line like any other.
    Head,
    /// In a body.
    Body(EndLine),
    /// Passing over the rest of a body.
    Skip(EndLine),
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
        match state {
            State::Skip(_) => None,
            _ if rest.is_empty() => None,
            State::Hunt if transaction_of(line_text(&rest)).is_none() => Some(Frame::Garbage(rest)),
            State::Hunt | State::Head | State::Body(_) => Some(Frame::Incomplete(rest)),
        }
    }

    fn step(&mut self) -> Step<Frame> {
        match &self.state {
            State::Hunt => self.hunt(),
            State::Head => self.head(),
            State::Body(end_line) => {
                let search = end_line.search(self.lines.held(), self.lines.at());
                self.body(search)
            }
            State::Skip(end_line) => {
                let search = end_line.search(self.lines.held(), self.lines.at());
                self.skip(search)
            }
        }
    }

    fn hunt(&mut self) -> Step<Frame> {
        match self
            .lines
            .hunt(self.limits.head, self.limits.garbage, |line| transaction_of(line_text(line)).is_some())
        {
            Hunt::Garbage(octets) => Step::Found(Frame::Garbage(octets)),
            Hunt::StartLine => {
                self.state = State::Head;
                Step::Again
            }
            Hunt::Starved => Step::Starved,
        }
    }

    /// Reads lines until one is empty or an end-line.
    fn head(&mut self) -> Step<Frame> {
        let limit = self.limits.head;
        match self.lines.line_end(limit) {
            Some(end) if end <= limit => self.head_line(end),
            None if self.lines.held().len() < limit => Step::Starved,
            _ => {
                self.state = State::Hunt;
                Step::Found(Frame::TooLarge(self.lines.take(limit)))
            }
        }
    }

    fn head_line(&mut self, end: usize) -> Step<Frame> {
        let line = line_text(self.lines.current(end));
        if line.starts_with(HYPHENS) {
            return self.message(end);
        }
        if transaction_of(line).is_some() {
            return self.message(self.lines.at());
        }
        if line.is_empty() {
            let start_line = line_text(self.lines.held());
            let end_line = EndLine::new(transaction_of(start_line).unwrap_or_default());
            self.state = State::Body(end_line);
        }
        self.lines.next_line(end);
        Step::Again
    }

    fn message(&mut self, length: usize) -> Step<Frame> {
        self.state = State::Hunt;
        Step::Found(Frame::Message(self.lines.take(length)))
    }

    fn body(&mut self, search: Search) -> Step<Frame> {
        let limit = self.limits.message;
        match search {
            Search::Found(found) if found.next <= limit => self.message(found.next),
            Search::Until(at) if self.lines.held().len() <= limit => {
                self.lines.next_line(at);
                Step::Starved
            }
            Search::Found(_) | Search::Until(_) => self.too_large(),
        }
    }

    /// Gives up on a body. No end-line begins before the cut, or it would have ended within the limit.
    fn too_large(&mut self) -> Step<Frame> {
        let State::Body(end_line) = std::mem::take(&mut self.state) else { return Step::Again };
        let cut = self.limits.message.saturating_sub(end_line.longest());
        self.state = State::Skip(end_line);
        Step::Found(Frame::TooLarge(self.lines.take(cut)))
    }

    fn skip(&mut self, search: Search) -> Step<Frame> {
        match search {
            Search::Found(found) => {
                self.lines.consume(found.next);
                self.state = State::Hunt;
                Step::Again
            }
            Search::Until(at) => {
                self.lines.consume(at);
                Step::Starved
            }
        }
    }
}

impl Iterator for Framer {
    type Item = Frame;

    /// The next frame; after `None` there may be more once more octets are pushed.
    fn next(&mut self) -> Option<Frame> {
        advance(|| self.step())
    }
}

/// The first line of the octets, without its line end.
fn line_text(octets: &[u8]) -> &[u8] {
    let line = memchr::memchr(b'\n', octets).map_or(octets, |feed| &octets[..feed]);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests;
