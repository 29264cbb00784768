//! Spoiling messages on purpose: changes to encoded octets, so that a scenario can send what is wrong.

use super::decode;
use super::message::Message;
use super::names::{HeaderId, same_name};

/// A change to the octets of a message. Names match in any case and form; values are octets and may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Removes every header of that name.
    Drop(String),
    /// Gives the first header of that name another value and removes the others; adds it if there is none.
    Set(String, Vec<u8>),
    /// Adds a header behind all others, whether there is one of that name or not.
    Add(String, Vec<u8>),
    /// Adds a header before all others.
    AddFirst(String, Vec<u8>),
    /// Writes another name, say the compact form, into every header of that name.
    Rename(String, String),
    /// Adds a whole line as it stands, with or without a line end, behind all headers.
    Line(Vec<u8>),
    /// Makes Content-Length say that number, whatever the body's length.
    ContentLength(u64),
    /// Replaces the start line; no line end.
    StartLine(Vec<u8>),
    /// Replaces the body and makes Content-Length right.
    Body(Vec<u8>),
    /// Ends every line of the head, the empty one included, with these octets instead of CRLF.
    LineEnd(Vec<u8>),
    /// Leaves the empty line out.
    NoEmptyLine,
    /// Puts octets before the start line.
    Prefix(Vec<u8>),
    /// Puts octets behind the body, without telling Content-Length.
    Suffix(Vec<u8>),
    /// Cuts the message off behind that many octets.
    Truncate(usize),
    /// Replaces the whole message.
    Raw(Vec<u8>),
}

/// The message with the changes made, in order.
pub fn apply(octets: &[u8], edits: &[Edit]) -> Vec<u8> {
    edits.iter().fold(octets.to_vec(), |octets, edit| match edit {
        Edit::Raw(octets) => octets.clone(),
        Edit::Prefix(prefix) => [prefix, &octets[..]].concat(),
        Edit::Suffix(suffix) => [&octets[..], suffix].concat(),
        Edit::Truncate(length) => octets[..octets.len().min(*length)].to_vec(),
        edit => {
            let mut parts = Parts::of(&octets);
            parts.apply(edit);
            parts.write()
        }
    })
}

/// A message in pieces that can be changed one by one.
struct Parts {
    start_line: Vec<u8>,
    lines: Vec<Line>,
    empty_line: Vec<u8>,
    body: Vec<u8>,
}

/// A header with its folds, or a line that is none; `name` is empty then.
struct Line {
    name: Vec<u8>,
    octets: Vec<u8>,
}

impl Line {
    fn new(name: &[u8], value: &[u8]) -> Self {
        Self { name: name.to_vec(), octets: [name, b": ", value, b"\r\n"].concat() }
    }
}

impl Parts {
    fn of(octets: &[u8]) -> Self {
        let message = decode::head(octets, &mut Vec::new());
        let start_end = line_end(octets, message.start_line_span().end);
        let mut at = start_end;
        let mut lines = Vec::new();
        for header in message.all_headers() {
            let raw = header.raw_span();
            lines.extend(stray(&octets[at..raw.start]));
            lines.push(Line { name: header.name().to_vec(), octets: header.raw().to_vec() });
            at = raw.end;
        }
        let empty = empty_line(&message, at);
        lines.extend(stray(&octets[at..empty]));
        Self {
            start_line: octets[..start_end].to_vec(),
            lines,
            empty_line: octets[empty..message.head_span().end].to_vec(),
            body: octets[message.head_span().end..].to_vec(),
        }
    }

    fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::Drop(name) => self.lines.retain(|line| !is(line, name)),
            Edit::Set(name, value) => self.set(name, value),
            Edit::Add(name, value) => self.lines.push(Line::new(name.as_bytes(), value)),
            Edit::AddFirst(name, value) => self.lines.insert(0, Line::new(name.as_bytes(), value)),
            Edit::Rename(name, new) => self.rename(name, new.as_bytes()),
            Edit::Line(octets) => self.lines.push(Line { name: Vec::new(), octets: octets.clone() }),
            Edit::ContentLength(length) => {
                self.set(HeaderId::CONTENT_LENGTH.long(), length.to_string().as_bytes())
            }
            Edit::StartLine(octets) => self.start_line = [octets, &b"\r\n"[..]].concat(),
            Edit::Body(octets) => {
                self.body.clone_from(octets);
                self.set(HeaderId::CONTENT_LENGTH.long(), octets.len().to_string().as_bytes());
            }
            Edit::LineEnd(end) => self.end_lines_with(end),
            Edit::NoEmptyLine => self.empty_line.clear(),
            Edit::Prefix(_) | Edit::Suffix(_) | Edit::Truncate(_) | Edit::Raw(_) => {}
        }
    }

    fn set(&mut self, name: &str, value: &[u8]) {
        let Some(first) = self.lines.iter().position(|line| is(line, name)) else {
            return self.lines.push(Line::new(name.as_bytes(), value));
        };
        let mut index = 0;
        self.lines.retain(|line| {
            index += 1;
            index - 1 == first || !is(line, name)
        });
        self.lines[first] = Line::new(&self.lines[first].name, value);
    }

    fn rename(&mut self, name: &str, new: &[u8]) {
        for line in self.lines.iter_mut().filter(|line| is(line, name)) {
            line.octets.splice(..line.name.len(), new.iter().copied());
            line.name = new.to_vec();
        }
    }

    fn end_lines_with(&mut self, end: &[u8]) {
        let lines = self.lines.iter_mut().map(|line| &mut line.octets);
        for octets in [&mut self.start_line, &mut self.empty_line].into_iter().chain(lines) {
            *octets = octets.split_inclusive(|&octet| octet == b'\n').fold(Vec::new(), |mut out, line| {
                match line.strip_suffix(b"\r\n") {
                    Some(text) => out.extend_from_slice(&[text, end].concat()),
                    None => out.extend_from_slice(line),
                }
                out
            });
        }
    }

    fn write(self) -> Vec<u8> {
        let mut octets = self.start_line;
        octets.extend(self.lines.into_iter().flat_map(|line| line.octets));
        octets.extend(self.empty_line);
        octets.extend(self.body);
        octets
    }
}

fn is(line: &Line, name: &str) -> bool {
    !line.name.is_empty() && same_name(&line.name, name.as_bytes())
}

/// Lines of a head that are no header.
fn stray(octets: &[u8]) -> Option<Line> {
    (!octets.is_empty()).then(|| Line { name: Vec::new(), octets: octets.to_vec() })
}

/// Where the line ends that reaches to `at` without its line end.
fn line_end(octets: &[u8], at: usize) -> usize {
    match octets[at..] {
        [b'\r', b'\n', ..] => at + 2,
        [b'\n', ..] => at + 1,
        _ => at,
    }
}

/// Where the empty line begins; the end of the head if there is none.
fn empty_line(message: &Message<'_>, from: usize) -> usize {
    let end = message.head_span().end;
    let head = &message.octets()[from..end];
    match head {
        [b'\n'] | [b'\r', b'\n'] | [.., b'\n', b'\n'] | [.., b'\n', b'\r', b'\n'] => {
            end - if head.ends_with(b"\r\n") { 2 } else { 1 }
        }
        _ => end,
    }
}
