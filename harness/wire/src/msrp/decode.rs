//! From octets to a message.

use super::end::{EndLine, Flag, HYPHENS, Search};
use super::header::{Field, HeaderId};
use super::message::Message;
use super::start::{self, StartLine};
use super::{check, lex, rule};
use crate::deviation::{Decoded, Span};
use crate::mime::line::Line;
use crate::mime::notes::Notes;
use crate::mime::trimmed;

/// Headers read from one message; what follows is left out.
const MOST_HEADERS: usize = 256;

/// Reads one request or response that fills the octets, as [`super::stream::Framer`] gives it.
///
/// Header lines may end in LF alone, an end-line may lack the line end before it, and so on: what can be understood is
/// read, and reported. Without an end-line the body is all that follows the head.
pub fn decode(octets: &[u8]) -> Decoded<Message<'_>> {
    let mut notes = Notes::default();
    let message = whole(octets, &mut notes);
    check::check(&message, &mut notes);
    Decoded { value: message, deviations: notes.into_deviations() }
}

/// The same message as [`decode`] reads, unchecked: for those who have no use for deviations.
pub fn read(octets: &[u8]) -> Message<'_> {
    whole(octets, &mut Notes::default())
}

/// The message, and what is wrong with its lines and its end.
fn whole<'a>(octets: &'a [u8], notes: &mut Notes) -> Message<'a> {
    let first = Line::at(octets, 0, octets.len()).unwrap_or(Line { start: 0, end: 0, next: 0 });
    check_end(&first, notes);
    let start_line = first.start..first.end;
    let start = start::decode(octets, start_line.clone(), notes);
    let mut head = Head { octets, start: &start, at: first.next, fields: Vec::with_capacity(8) };
    let end = head.read(notes);
    let (fields, head_end) = (head.fields, head.at);
    let mut message = Message {
        octets,
        start,
        start_line,
        fields,
        head_end,
        body: None,
        end_line: head_end..head_end,
        flag: None,
    };
    match end {
        End::Line(line, flag) => {
            message.finish(&line, notes);
            message.flag = flag;
        }
        End::Blank => body(&mut message, notes),
        End::Octets => notes.add(head_end..head_end, &rule::END_LINE_MISSING),
    }
    message
}

/// What ended the headers.
enum End {
    /// An end-line, and its flag if it has one.
    Line(Line, Option<Flag>),
    /// An empty line.
    Blank,
    /// The end of the octets.
    Octets,
}

struct Head<'s, 'a> {
    octets: &'a [u8],
    start: &'s StartLine,
    at: usize,
    fields: Vec<Field>,
}

impl Head<'_, '_> {
    /// Reads header lines; leaves `at` behind the empty line, or before the end-line.
    fn read(&mut self, notes: &mut Notes) -> End {
        while let Some(line) = Line::at(self.octets, self.at, self.octets.len()) {
            let text = &self.octets[line.start..line.end];
            if text.starts_with(HYPHENS) {
                return End::Line(line, self.flag(text, &line, notes));
            }
            check_end(&line, notes);
            self.at = line.next;
            if text.is_empty() {
                return End::Blank;
            }
            self.header(&line, notes);
        }
        End::Octets
    }

    /// The flag of an end-line. No header begins with a hyphen, so this is one, whatever identifier it has.
    fn flag(&self, text: &[u8], line: &Line, notes: &mut Notes) -> Option<Flag> {
        let rest = &text[HYPHENS.len()..];
        let expected = self.start.transaction().map(|transaction| &self.octets[transaction.clone()]);
        let flag = rest.last().and_then(|last| Flag::of(*last));
        if flag.is_none() || expected != rest.split_last().map(|(_, transaction)| transaction) {
            notes.add(line.start..line.end, &rule::END_LINE_OTHER);
        }
        flag
    }

    fn header(&mut self, line: &Line, notes: &mut Notes) {
        let text = &self.octets[line.start..line.end];
        if matches!(text.first(), Some(b' ' | b'\t')) {
            return notes.add(line.start..line.end, &rule::HEADER_FOLDED);
        }
        let Some(colon) = memchr::memchr(b':', text) else {
            return notes.add(line.start..line.end, &rule::HEADER_MALFORMED);
        };
        if self.fields.len() == MOST_HEADERS {
            return notes.add(line.start..line.end, &rule::TOO_MANY_HEADERS);
        }
        let name = trimmed(self.octets, line.start..line.start + colon);
        let value = trimmed(self.octets, line.start + colon + 1..line.end);
        let field =
            Field { line: line.start..line.next, id: HeaderId::of(&self.octets[name.clone()]), name, value };
        self.check_line(&field, line.start + colon, line.end, notes);
        self.fields.push(field);
    }

    fn check_line(&self, field: &Field, colon: usize, end: usize, notes: &mut Notes) {
        let name = &self.octets[field.name.clone()];
        if field.name.end != colon || !lex::is_whole_token(name) || !name[0].is_ascii_alphabetic() {
            notes.add(field.line.start..colon, &rule::HEADER_NAME);
        }
        let value = &self.octets[field.value.clone()];
        let spaced = field.value.start == colon + 2 && self.octets[colon + 1] == b' ';
        let blank = value.is_empty() && self.octets[colon + 1..end] == *b" ";
        if !blank && (!spaced || field.value.end != end) {
            notes.add(colon + 1..end, &rule::HEADER_SPACE);
        }
        let control = |octet: &u8| (*octet < b' ' && *octet != b'\t') || *octet == 0x7f;
        if value.iter().any(control) || std::str::from_utf8(value).is_err() {
            notes.add(field.value.clone(), &rule::HEADER_CHARACTERS);
        }
    }
}

/// Reads the body, and the end-line behind it.
fn body(message: &mut Message<'_>, notes: &mut Notes) {
    let (octets, from) = (message.octets, message.head_end);
    let end_line = EndLine::new(message.transaction().unwrap_or_default());
    let Search::Found(found) = end_line.search(octets, from) else {
        notes.add(octets.len()..octets.len(), &rule::END_LINE_MISSING);
        message.body = Some(from..octets.len());
        message.end_line = octets.len()..octets.len();
        return;
    };
    message.body = body_before(message, found.start, notes);
    if let Some(at) = found.earlier {
        notes.add(at..at + found.text_end - found.start, &rule::END_LINE_IN_BODY);
    }
    message.flag = Some(found.flag);
    message.finish(&Line { start: found.start, end: found.text_end, next: found.next }, notes);
}

/// What stands between head and end-line, without the line end that is not part of the body.
fn body_before(message: &Message<'_>, end: usize, notes: &mut Notes) -> Option<Span> {
    let from = message.head_end;
    let text = &message.octets[from..end];
    if let Some(body) = text.strip_suffix(b"\r\n") {
        return Some(from..from + body.len());
    }
    if let Some(body) = text.strip_suffix(b"\n") {
        notes.add(end - 1..end, &rule::BARE_LF);
        return Some(from..from + body.len());
    }
    let describes = message.fields.iter().any(|field| field.id.is_mime());
    if text.is_empty() && !describes {
        notes.add(from..end, &rule::END_LINE_SPACED);
        return None;
    }
    notes.add(end..end, &rule::END_LINE_CRLF);
    Some(from..end)
}

fn check_end(line: &Line, notes: &mut Notes) {
    if line.is_bare() {
        notes.add(line.terminator(), &rule::BARE_LF);
    }
}

impl Message<'_> {
    /// Takes the end-line, and checks what is behind it.
    fn finish(&mut self, line: &Line, notes: &mut Notes) {
        self.end_line = line.start..line.end;
        if line.next - line.end != 2 {
            notes.add(line.terminator(), &rule::BARE_LF);
        }
        if line.next < self.octets.len() {
            notes.add(line.next..self.octets.len(), &rule::SURPLUS);
        }
    }
}
