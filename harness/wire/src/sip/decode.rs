//! From octets to a message.

use super::check;
use super::header::Field;
use super::lex;
use super::message::Message;
use super::names::HeaderId;
use super::rule;
use super::start;
use crate::deviation::{Decoded, Deviation, Span};

/// Reads one message that fills the octets, as a datagram does (RFC 3261 section 18.3), and checks it as a whole.
///
/// Folding, compact forms, and white space before a colon are legal in SIP and no deviation. Without a usable
/// Content-Length the body is all that follows the head.
pub fn decode(octets: &[u8]) -> Decoded<Message<'_>> {
    let mut deviations = Vec::new();
    let message = whole(octets, &mut deviations);
    check::presence(&message, &mut deviations);
    check::values(&message, &mut deviations);
    Decoded { value: message, deviations }
}

/// The same message as [`decode`] reads, unchecked: for those who have no use for deviations.
pub fn read(octets: &[u8]) -> Message<'_> {
    whole(octets, &mut Vec::new())
}

/// Reads one message that came over a stream: like [`decode`], but Content-Length has to be there, and without one
/// there is no body (RFC 3261 sections 18.3 and 20.14).
pub fn decode_streamed(octets: &[u8]) -> Decoded<Message<'_>> {
    let mut decoded = decode(octets);
    if decoded.value.header(HeaderId::CONTENT_LENGTH).is_none() {
        decoded.value = without_body(decoded.value);
        let body = decoded.value.body.clone();
        decoded.deviations.push(Deviation::new(body, &rule::CONTENT_LENGTH_MISSING));
    }
    decoded
}

/// The same message as [`decode_streamed`] reads, unchecked.
pub fn read_streamed(octets: &[u8]) -> Message<'_> {
    let message = read(octets);
    if message.header(HeaderId::CONTENT_LENGTH).is_none() { without_body(message) } else { message }
}

fn without_body(message: Message<'_>) -> Message<'_> {
    Message { body: message.head_end..message.head_end, ..message }
}

/// The message, and what is wrong with its lines, its start line and the bounds of its body.
fn whole<'a>(octets: &'a [u8], deviations: &mut Vec<Deviation>) -> Message<'a> {
    let mut message = head(octets, deviations);
    message.body = body(&message, deviations);
    message
}

/// The message with everything but its body.
pub(super) fn head<'a>(octets: &'a [u8], deviations: &mut Vec<Deviation>) -> Message<'a> {
    let mut lines = Lines::new(octets);
    let start_line = first_line(&mut lines, deviations);
    let start = start::decode(octets, start_line.clone(), deviations);
    let (fields, head_end) = fields(octets, &mut lines, deviations);
    lines.report(octets, head_end, deviations);
    Message { octets, start, start_line, fields, head_end, body: head_end..octets.len() }
}

/// The lines of a head, and what is wrong with their ends.
struct Lines<'a> {
    octets: &'a [u8],
    ends: memchr::Memchr<'a>,
    next: usize,
    crlf: usize,
    bare: usize,
    first_bare: usize,
}

/// A line without its end, and where the next one starts.
struct Line {
    start: usize,
    text_end: usize,
    end: usize,
}

impl<'a> Lines<'a> {
    fn new(octets: &'a [u8]) -> Self {
        let octets = &octets[..octets.len().min(u32::MAX as usize)];
        Self { octets, ends: memchr::memchr_iter(b'\n', octets), next: 0, crlf: 0, bare: 0, first_bare: 0 }
    }

    /// Says which line ends are not CRLF and which CR ends no line, once for the whole head.
    fn report(&self, octets: &[u8], head_end: usize, deviations: &mut Vec<Deviation>) {
        if self.bare > 0 {
            let detail = format!("{} of {} lines end with LF alone", self.bare, self.bare + self.crlf);
            deviations.push(Deviation::with_detail(
                self.first_bare..self.first_bare + 1,
                &rule::BARE_LF,
                detail,
            ));
        }
        let head = &octets[..head_end];
        if memchr::memchr_iter(b'\r', head).count() > self.crlf {
            let first = memchr::memchr_iter(b'\r', head).find(|&at| head.get(at + 1) != Some(&b'\n'));
            deviations.extend(first.map(|at| Deviation::new(at..at + 1, &rule::BARE_CR)));
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let start = self.next;
        let Some(feed) = self.ends.next() else {
            self.next = self.octets.len();
            return (start < self.next).then_some(Line { start, text_end: self.next, end: self.next });
        };
        self.next = feed + 1;
        let text_end = if feed > start && self.octets[feed - 1] == b'\r' {
            self.crlf += 1;
            feed - 1
        } else {
            self.first_bare = if self.bare == 0 { feed } else { self.first_bare };
            self.bare += 1;
            feed
        };
        Some(Line { start, text_end, end: feed + 1 })
    }
}

/// The start line: the first line that is not empty.
fn first_line(lines: &mut Lines<'_>, deviations: &mut Vec<Deviation>) -> Span {
    let found = lines.find(|line| line.start < line.text_end);
    let line = found.map_or(lines.next..lines.next, |line| line.start..line.text_end);
    if line.start > 0 {
        deviations.push(Deviation::new(0..line.start, &rule::LEADING_LINE));
    }
    line
}

/// The headers, and where the head ends.
fn fields(octets: &[u8], lines: &mut Lines<'_>, deviations: &mut Vec<Deviation>) -> (Vec<Field>, usize) {
    let mut fields: Vec<Field> = Vec::with_capacity(16);
    // Whether the line before can be continued, that is, was a header.
    let mut open = false;
    for line in lines.by_ref() {
        if line.start == line.text_end {
            return (fields, line.end);
        }
        if matches!(octets[line.start], b' ' | b'\t') {
            match fields.last_mut().filter(|_| open) {
                Some(field) => fold(octets, field, &line),
                None => continue_nothing(&line, deviations),
            }
            continue;
        }
        let field = field(octets, &line);
        open = field.is_some();
        match field {
            Some(field) => {
                check_name(octets, &field, deviations);
                fields.push(field);
            }
            None => deviations.push(Deviation::new(line.start..line.text_end, &rule::HEADER_COLON)),
        }
    }
    deviations.push(Deviation::new(lines.next..lines.next, &rule::HEAD_END));
    (fields, lines.next)
}

/// A fold belongs to the line before it, whatever that is.
fn continue_nothing(line: &Line, deviations: &mut Vec<Deviation>) {
    match deviations.last_mut().filter(|last| is_broken_line(last) && last.span.end <= line.start) {
        Some(last) => last.span.end = line.text_end,
        None => deviations.push(Deviation::new(line.start..line.text_end, &rule::FOLD_WITHOUT_HEADER)),
    }
}

fn is_broken_line(deviation: &Deviation) -> bool {
    [&rule::HEADER_COLON, &rule::FOLD_WITHOUT_HEADER].iter().any(|rule| rule.name == deviation.rule.name)
}

/// The header on a line, `None` if it has no colon.
fn field(octets: &[u8], line: &Line) -> Option<Field> {
    let text = &octets[line.start..line.text_end];
    let colon = memchr::memchr(b':', text)?;
    let name = lex::trim(&text[..colon]);
    let value = lex::trim_span(octets, line.start + colon + 1..line.text_end);
    Some(Field {
        start: line.start as u32,
        name_end: (line.start + name.len()) as u32,
        value_start: value.start as u32,
        value_end: value.end as u32,
        end: line.end as u32,
        id: HeaderId::of(name),
    })
}

/// Adds a continuation line to a header.
fn fold(octets: &[u8], field: &mut Field, line: &Line) {
    let text = lex::trim_span(octets, line.start..line.text_end);
    if !text.is_empty() {
        if field.value_start == field.value_end {
            field.value_start = text.start as u32;
        }
        field.value_end = text.end as u32;
    }
    field.end = line.end as u32;
}

fn check_name(octets: &[u8], field: &Field, deviations: &mut Vec<Deviation>) {
    let name = field.start as usize..field.name_end as usize;
    if field.id == HeaderId::OTHER && !lex::is_token(&octets[name.clone()]) {
        deviations.push(Deviation::new(name, &rule::HEADER_NAME));
    }
}

/// The body of a datagram: the rest, bounded by Content-Length where that is smaller.
fn body(message: &Message<'_>, deviations: &mut Vec<Deviation>) -> Span {
    let rest = message.head_end..message.octets.len();
    let mut lengths = message.headers(HeaderId::CONTENT_LENGTH);
    let Some(first) = lengths.next() else { return rest };
    let Some(claimed) = lex::number(first.raw_value()) else {
        deviations.push(Deviation::new(first.value_span(), &rule::CONTENT_LENGTH_VALUE));
        return rest;
    };
    if let Some(second) = lengths.next() {
        deviations.push(Deviation::new(second.raw_span(), &rule::CONTENT_LENGTH_CONFLICT));
        if lex::number(second.raw_value()) != Some(claimed) {
            return rest;
        }
    }
    let there = rest.len() as u64;
    if claimed > there {
        let detail = format!("Content-Length says {claimed} octets, {there} are there");
        deviations.push(Deviation::with_detail(first.value_span(), &rule::BODY_TRUNCATED, detail));
        return rest;
    }
    let end = rest.start + claimed as usize;
    if end < rest.end {
        let detail = format!("{} octets follow the body", rest.end - end);
        deviations.push(Deviation::with_detail(end..rest.end, &rule::BODY_SURPLUS, detail));
    }
    rest.start..end
}
