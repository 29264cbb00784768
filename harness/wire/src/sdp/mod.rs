//! Session descriptions that offer or accept MSRP (RFC 8866, RFC 4975 section 8, RFC 6135).
//!
//! `sdp-types` reads and writes the description; what it is lenient about, and where everything stands, is told here.

use crate::deviation::{Decoded, Span};
use crate::mime::clamp;
use crate::mime::line::Line as TextLine;
use crate::mime::notes::Notes;

mod answer;
mod build;
mod check;
mod format;
mod media;
pub mod rule;

pub use answer::{check_answer, check_offer};
pub use build::{BuildError, Builder};
pub use format::Format;
pub use media::{Attribute, Media, Setup};
pub use rule::RULES;

/// Lines read from one description; what follows is left out.
const MOST_LINES: usize = 1024;

/// A session description in the octets it came in.
#[derive(Debug, Clone)]
pub struct Session<'a> {
    octets: &'a [u8],
    within: Span,
    lines: Vec<Line>,
    parsed: Option<sdp_types::Session>,
}

/// One line: its letter, and where its value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    letter: u8,
    whole: Span,
    value: Span,
}

/// Reads the description that fills `within`.
pub fn decode(octets: &[u8], within: Span) -> Decoded<Session<'_>> {
    let within = clamp(octets, within);
    let mut notes = Notes::default();
    let lines = lines(octets, &within, &mut notes);
    let parsed = match sdp_types::Session::parse(&octets[within.clone()]) {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            notes.explain(within.clone(), &rule::SYNTAX, error.to_string());
            None
        }
    };
    let session = Session { octets, within, lines, parsed };
    check::check(&session, &mut notes);
    Decoded { value: session, deviations: notes.into_deviations() }
}

fn lines(octets: &[u8], within: &Span, notes: &mut Notes) -> Vec<Line> {
    let mut lines = Vec::with_capacity(16);
    let mut at = within.start;
    while let Some(line) = TextLine::at(octets, at, within.end) {
        at = line.next;
        let whole = line.start..line.end;
        if line.next - line.end != 2 {
            notes.add(line.terminator(), &rule::LINE_END);
        }
        if lines.len() == MOST_LINES {
            notes.add(whole, &rule::TOO_MANY_LINES);
            break;
        }
        match &octets[whole.clone()] {
            [letter, b'=', ..] if letter.is_ascii_lowercase() => {
                lines.push(Line { letter: *letter, value: whole.start + 2..whole.end, whole });
            }
            _ => notes.add(whole, &rule::LINE),
        }
    }
    lines
}

impl<'a> Session<'a> {
    /// Where the description stands.
    pub fn span(&self) -> Span {
        self.within.clone()
    }

    /// The octets of the description.
    pub fn octets(&self) -> &'a [u8] {
        &self.octets[self.within.clone()]
    }

    /// The description as `sdp-types` has it; `None` if a line does not follow the grammar.
    pub fn parsed(&self) -> Option<&sdp_types::Session> {
        self.parsed.as_ref()
    }

    /// All media, in the order of their m= lines.
    pub fn media(&self) -> impl Iterator<Item = Media<'_, 'a>> {
        let starts = self.lines.iter().enumerate().filter(|(_, line)| line.letter == b'm');
        starts.map(|(start, _)| Media { session: self, start })
    }

    /// The media whose protocol is that of MSRP, those with port zero among them.
    pub fn msrp(&self) -> impl Iterator<Item = Media<'_, 'a>> {
        self.media().filter(Media::is_msrp)
    }

    /// The lines that stand before the first medium.
    fn head(&self) -> &[Line] {
        let end = self.lines.iter().position(|line| line.letter == b'm').unwrap_or(self.lines.len());
        &self.lines[..end]
    }
}

#[cfg(test)]
mod tests;
