//! Reads the message headers line by line.

use memchr::memchr;

use super::header::Record;
use super::{escape, namespace, rule, token};
use crate::deviation::Span;
use crate::mime::line::Line;
use crate::mime::notes::Notes;

/// Message headers read from one object; what follows is left out.
const MOST_HEADERS: usize = 1024;

/// The message headers, and where the encapsulated entity starts.
pub(super) struct Block {
    pub(super) records: Vec<Record>,
    pub(super) entity: usize,
}

struct Scanner<'a, 'n> {
    octets: &'a [u8],
    within: Span,
    records: Vec<Record>,
    /// Line ends seen, in octets and in carriage returns.
    terminators: usize,
    /// The first record that looks like a MIME header.
    content: Option<usize>,
    notes: &'n mut Notes,
}

enum Step {
    Next,
    /// An empty line; the position is behind it.
    Blank,
    /// A line that cannot be a header, below MIME headers.
    Content,
}

pub(super) fn block(octets: &[u8], within: Span, notes: &mut Notes) -> Block {
    let start = skip_label(octets, &within, notes);
    let mut scanner = Scanner {
        octets,
        within: start..within.end,
        records: Vec::with_capacity(16),
        terminators: 0,
        content: None,
        notes,
    };
    let (end, blank) = scanner.lines();
    scanner.check_octets(start..end);
    let entity = scanner.entity(end, blank);
    Block { records: scanner.records, entity }
}

/// Skips a `Content-type: Message/CPIM` that stands inside the object, and empty lines above the headers.
fn skip_label(octets: &[u8], within: &Span, notes: &mut Notes) -> usize {
    let mut at = within.start;
    if !matches!(octets[within.clone()].first(), Some(b'C' | b'c' | b'\r' | b'\n')) {
        return at;
    }
    if let Some(line) = Line::at(octets, at, within.end)
        && is_mime_name(&octets[line.start..line.end])
        && let Some((name, value)) =
            std::str::from_utf8(&octets[line.start..line.end]).ok().and_then(|l| l.split_once(':'))
        && name.eq_ignore_ascii_case("content-type")
        && value.trim().get(..12).is_some_and(|value| value.eq_ignore_ascii_case("message/cpim"))
    {
        notes.add(line.start..line.end, &rule::LABEL_INSIDE);
        at = line.next;
        if let Some(blank) = Line::at(octets, at, within.end).filter(Line::is_empty) {
            return blank.next;
        }
    }
    while let Some(blank) = Line::at(octets, at, within.end).filter(Line::is_empty) {
        notes.add(blank.terminator(), &rule::LEADING_BLANK);
        at = blank.next;
    }
    at
}

impl Scanner<'_, '_> {
    /// Reads up to the empty line; gives the position behind the block, and whether the empty line was there.
    fn lines(&mut self) -> (usize, bool) {
        let mut at = self.within.start;
        while let Some(line) = Line::at(self.octets, at, self.within.end) {
            if line.is_bare() {
                self.notes.add(line.terminator(), &rule::BARE_LF);
            } else {
                self.terminators += usize::from(line.next != line.end);
            }
            match self.line(&line) {
                Step::Next => at = line.next,
                Step::Blank => return (line.next, true),
                Step::Content => return (at, false),
            }
        }
        (at, false)
    }

    #[inline]
    fn line(&mut self, line: &Line) -> Step {
        let text = &self.octets[line.start..line.end];
        match text.first() {
            None => return Step::Blank,
            Some(b' ' | b'\t') => return self.indented(line),
            Some(_) if self.records.len() >= MOST_HEADERS => {
                self.notes.add(line.start..line.end, &rule::TOO_MANY_HEADERS);
                return Step::Next;
            }
            Some(_) => {}
        }
        let mut prefix_end = line.start;
        let mut at = line.start;
        while at < line.end && token::is_name(self.octets[at]) {
            at += 1;
        }
        if at < line.end && self.octets[at] == b'.' && at > line.start {
            prefix_end = at;
            at += 1;
            while at < line.end && token::is_name(self.octets[at]) {
                at += 1;
            }
        }
        let clean = at < line.end && self.octets[at] == b':' && at != line.start && at != prefix_end + 1;
        if clean {
            self.push(line, prefix_end, at, at);
            return Step::Next;
        }
        self.odd_name(line)
    }

    /// A line whose name is not in order.
    #[cold]
    fn odd_name(&mut self, line: &Line) -> Step {
        let text = &self.octets[line.start..line.end];
        let colon = memchr(b':', text);
        let name = colon.map_or(&text[..0], |colon| text[..colon].trim_ascii_end());
        let Some(colon) = colon.filter(|_| !name.is_empty()) else {
            if self.content.is_some() {
                return Step::Content;
            }
            self.notes.add(line.start..line.end, &rule::HEADER_MALFORMED);
            return Step::Next;
        };
        let name_end = line.start + name.len();
        if name_end != line.start + colon {
            self.notes.add(name_end..line.start + colon, &rule::NAME_SPACE);
        }
        let dot = memchr(b'.', name);
        let good = |part: &[u8]| !part.is_empty() && part.iter().copied().all(token::is_name);
        let in_order = match dot {
            Some(dot) => good(&name[..dot]) && good(&name[dot + 1..]),
            None => good(name),
        };
        if !in_order {
            if self.content.is_some() {
                return Step::Content;
            }
            self.notes.add(line.start..name_end, &rule::NAME);
        }
        self.push(line, line.start + dot.unwrap_or(0), name_end, line.start + colon);
        Step::Next
    }

    /// A line that starts with white space: a fold, unless nothing is above it or on it.
    #[cold]
    fn indented(&mut self, line: &Line) -> Step {
        let text = &self.octets[line.start..line.end];
        let lead = text.len() - text.trim_ascii_start().len();
        if lead == text.len() {
            self.notes.add(line.start..line.end, &rule::LINE_SPACE);
            return Step::Blank;
        }
        let Some(last) = self.records.last_mut() else {
            self.notes.add(line.start..line.start + lead, &rule::LINE_SPACE);
            return self.line(&Line { start: line.start + lead, ..*line });
        };
        last.value_end = line.start + text.trim_ascii_end().len();
        last.next = line.next;
        if self.content.is_none() {
            self.notes.add(last.start..last.value_end, &rule::HEADER_FOLDED);
        }
        Step::Next
    }

    #[inline]
    fn push(&mut self, line: &Line, prefix_end: usize, name_end: usize, colon: usize) {
        let (value_start, value_end) = self.value(colon + 1, line.end);
        let ns_back = match self.records.last() {
            Some(last) if namespace::is_ns(self.octets, last) => 1,
            Some(last) if last.ns_back != 0 => last.ns_back + 1,
            _ => 0,
        };
        let record = Record {
            start: line.start,
            prefix_end,
            name_end,
            colon,
            value_start,
            value_end,
            next: line.next,
            ns_back,
        };
        self.records.push(record);
        if self.content.is_none() && is_mime_name(&self.octets[line.start..name_end]) {
            self.content = Some(self.records.len() - 1);
        }
    }

    /// Where the value stands that follows parameters and a space behind the colon.
    #[inline]
    fn value(&mut self, start: usize, end: usize) -> (usize, usize) {
        let text = &self.octets[start..end];
        match text {
            [b' '] => (end, end),
            [b' ', first, ..] if !is_blank(*first) && !is_blank(text[text.len() - 1]) => (start + 1, end),
            _ => self.odd_value(start, end),
        }
    }

    fn odd_value(&mut self, start: usize, end: usize) -> (usize, usize) {
        let start = self.parameters(start, end);
        let text = &self.octets[start..end];
        let lead = text.iter().take_while(|octet| is_blank(**octet)).count();
        let value = (start + lead, start + lead.max(text.trim_ascii_end().len()));
        match &text[..lead] {
            [b' '] => {}
            [] if text.is_empty() => self.notes.add(start..start, &rule::SPACE_MISSING_EMPTY),
            [] => self.notes.add(start..start, &rule::SPACE_MISSING),
            [b'\t'] => self.notes.explain(start..value.0, &rule::SPACE, "a tab"),
            _ => self.notes.explain(start..value.0, &rule::SPACE, format!("{lead} blanks")),
        }
        if value.1 < end {
            self.notes.add(value.1..end, &rule::LINE_SPACE);
        }
        value
    }

    /// Checks `*( ";" Parameter )`; gives its end.
    fn parameters(&mut self, start: usize, end: usize) -> usize {
        let mut at = start;
        while at < end && self.octets[at] == b';' {
            let mut quoted = false;
            let stop = self.octets[at + 1..end].iter().position(|octet| {
                quoted ^= *octet == b'"';
                !quoted && matches!(octet, b' ' | b'\t' | b';')
            });
            let stop = stop.map_or(end, |offset| at + 1 + offset);
            self.parameter(at..stop);
            at = stop;
        }
        at
    }

    fn parameter(&mut self, span: Span) {
        let text = &self.octets[span.start + 1..span.end];
        let (name, value) = match memchr(b'=', text) {
            Some(equals) => (&text[..equals], &text[equals + 1..]),
            None => (&text[..0], text),
        };
        let quoted = value.len() > 1 && value.starts_with(b"\"") && value.ends_with(b"\"");
        if name.is_empty() || !name.iter().copied().all(token::is_name) || !(quoted || token::is_token(value))
        {
            self.notes.add(span, &rule::PARAMETER);
        } else if name == b"lang" && !is_language_tag(value) {
            self.notes.add(span.end - value.len()..span.end, &rule::LANGUAGE_TAG);
        }
    }

    /// Looks at all octets of the block at once, and closer only if something is wrong.
    fn check_octets(&mut self, block: Span) {
        let (mut control, mut high, mut escape) = (false, false, false);
        let mut carriages = 0;
        for chunk in self.octets[block.clone()].chunks(192) {
            let mut found = 0_u8;
            for octet in chunk {
                control |= (*octet < 0x20 && *octet != b'\r' && *octet != b'\n') || *octet == 0x7f;
                high |= *octet >= 0x80;
                escape |= *octet == b'\\';
                found += u8::from(*octet == b'\r');
            }
            carriages += usize::from(found);
        }
        if high && let Err(error) = std::str::from_utf8(&self.octets[block.clone()]) {
            let bad = block.start + error.valid_up_to();
            self.notes.add(bad..bad + error.error_len().unwrap_or(1), &rule::NOT_UTF8);
        }
        if control || carriages != self.terminators {
            self.check_controls();
        }
        if escape {
            for record in &self.records {
                escape::check(self.octets, record.value_start..record.value_end, self.notes);
            }
        }
    }

    #[cold]
    fn check_controls(&mut self) {
        for record in &self.records {
            let mut at = record.start;
            while let Some(line) = Line::at(self.octets, at, record.next) {
                // Blanks at the ends are charged to the rules about them.
                let from = if at == record.start { record.colon + 1 } else { line.start };
                let text = &self.octets[from.min(line.end)..line.end];
                let lead = text.iter().take_while(|octet| is_blank(**octet)).count();
                let tail = text.iter().rev().take_while(|octet| is_blank(**octet)).count();
                let length = text.len().saturating_sub(tail);
                for (offset, octet) in text[..length].iter().enumerate().skip(lead) {
                    if octet.is_ascii_control() {
                        let span = from + offset..from + offset + 1;
                        self.notes.explain(span, &rule::CONTROL, format!("octet {octet:#04x}"));
                    }
                }
                at = line.next;
            }
        }
    }

    /// Where the encapsulated entity starts; reports if it is not parted from the message headers.
    fn entity(&mut self, end: usize, blank: bool) -> usize {
        let Some(content) = self.content.and_then(|index| self.records.get(index).copied()) else {
            if !blank {
                self.notes.add(end..end, &rule::SEPARATOR_MISSING);
            }
            return end;
        };
        let proper = blank
            && Line::at(self.octets, end, self.within.end)
                .is_some_and(|line| is_mime_name(&self.octets[line.start..line.end]));
        if proper {
            self.notes.add(content.start..content.name_end, &rule::CONTENT_HEADER_MISPLACED);
            return end;
        }
        self.notes.add(content.start..content.start, &rule::SEPARATOR_MISSING);
        let octets = self.octets;
        self.records.retain(|record| !is_mime_name(&octets[record.start..record.name_end]));
        self.chain();
        content.start
    }

    /// Counts the way to the `NS` lines anew after records have gone.
    fn chain(&mut self) {
        let mut nearest = None;
        for (index, record) in self.records.iter_mut().enumerate() {
            record.ns_back = nearest.map_or(0, |ns| index - ns);
            if namespace::is_ns(self.octets, record) {
                nearest = Some(index);
            }
        }
    }
}

/// `1*8ALPHA *( "-" 1*8alphanum )` (RFC 3066 section 2.1).
fn is_language_tag(value: &[u8]) -> bool {
    let mut subtags = value.split(|octet| *octet == b'-');
    let sized = |subtag: &[u8]| (1..=8).contains(&subtag.len());
    subtags.next().is_some_and(|first| sized(first) && first.iter().all(u8::is_ascii_alphabetic))
        && subtags.all(|subtag| sized(subtag) && subtag.iter().all(u8::is_ascii_alphanumeric))
}

/// Whether a name, or a line, starts as MIME headers do.
#[inline]
fn is_mime_name(name: &[u8]) -> bool {
    matches!(name.first(), Some(b'C' | b'c')) && name.len() > 8 && name[..8].eq_ignore_ascii_case(b"content-")
}

#[inline]
fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}
