//! Methods and start lines.

use std::fmt;

use super::{lex, rule};
use crate::deviation::Span;
use crate::mime::notes::Notes;

/// A method as it stands in a message: any octets, compared octet by octet.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Method<'a>(pub &'a [u8]);

impl Method<'static> {
    /// `SEND`
    pub const SEND: Self = Self(b"SEND");
    /// `REPORT`
    pub const REPORT: Self = Self(b"REPORT");
}

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({self})")
    }
}

/// The parts of a start line, as ranges of the octets (RFC 4975 section 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartLine {
    /// Of a request.
    Request {
        /// The transaction identifier.
        transaction: Span,
        /// The method.
        method: Span,
    },
    /// Of a response.
    Response {
        /// The transaction identifier.
        transaction: Span,
        /// The status code's digits.
        code: Span,
        /// The status code; 0 if it has not three digits.
        status: u16,
        /// The comment behind it, if there is one.
        comment: Option<Span>,
    },
    /// Neither of them, or no line at all.
    Unknown,
}

impl StartLine {
    /// Where the transaction identifier stands.
    pub fn transaction(&self) -> Option<&Span> {
        match self {
            Self::Request { transaction, .. } | Self::Response { transaction, .. } => Some(transaction),
            Self::Unknown => None,
        }
    }
}

/// The transaction identifier of a line that can be taken for a start line, well-formed or not: `MSRP` in any case, SP,
/// and two more words. No header can begin like that.
pub(super) fn transaction_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.get(..5).filter(|start| start.eq_ignore_ascii_case(b"MSRP ")).map(|_| &line[5..])?;
    let rest = rest.trim_ascii_start();
    let (transaction, rest) = lex::split(rest, b' ');
    rest.filter(|rest| !transaction.is_empty() && !rest.trim_ascii().is_empty()).map(|_| transaction)
}

/// Reads the start line that stands in `line`, without its line end.
pub(super) fn decode(octets: &[u8], line: Span, notes: &mut Notes) -> StartLine {
    let text = &octets[line.clone()];
    let Some(found) = transaction_of(text) else {
        notes.add(line, &rule::START_LINE);
        return StartLine::Unknown;
    };
    if !text.starts_with(b"MSRP") {
        notes.add(line.start..line.start + 4, &rule::PROTOCOL);
    }
    let blanks = text[4..].len() - text[4..].trim_ascii_start().len();
    let from = line.start + 4 + blanks;
    let transaction = from..from + found.len();
    if !lex::is_ident(found) {
        notes.add(transaction.clone(), &rule::TRANSACTION);
    }
    let rest = &octets[transaction.end..line.end];
    let gap = rest.len() - rest.trim_ascii_start().len();
    if blanks != 1 || gap != 1 {
        notes.add(line.clone(), &rule::START_LINE);
    }
    last_part(octets, transaction, line.start + (line.end - line.start - rest.len() + gap)..line.end, notes)
}

/// The method, or status code and comment, that stand in `part`.
fn last_part(octets: &[u8], transaction: Span, part: Span, notes: &mut Notes) -> StartLine {
    let (word, comment) = lex::split(&octets[part.clone()], b' ');
    let word = part.start..part.start + word.len();
    let text = &octets[word.clone()];
    if text.first().is_some_and(u8::is_ascii_digit) {
        let status = lex::three_digits(text);
        if status.is_none() {
            notes.add(word.clone(), &rule::STATUS_CODE);
        }
        let comment = comment.map(|comment| part.end - comment.len()..part.end);
        return StartLine::Response { transaction, code: word, status: status.unwrap_or(0), comment };
    }
    if !text.iter().all(u8::is_ascii_uppercase) {
        notes.add(word.clone(), &rule::METHOD);
    }
    if comment.is_some() {
        notes.add(word.end..part.end, &rule::START_LINE);
    }
    StartLine::Request { transaction, method: word }
}
