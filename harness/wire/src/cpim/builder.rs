//! Writes Message/CPIM objects.

use super::escape::{escape, quote};
use super::token::is_token;
use crate::mime;

/// An object to be written. What the methods with plain names write, every reading of RFC 3862 allows; the others
/// are there to send what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Builder {
    lines: Vec<Line>,
    glued: bool,
    entity: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Header { name: String, parameters: String, value: String },
    Raw(Vec<u8>),
}

impl Builder {
    /// An object without headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header behind the others. Control characters in the value are escaped, so that it stays one line.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl AsRef<str>) -> Self {
        self.lines.push(Line::header(name.into(), String::new(), value.as_ref()));
        self
    }

    /// Adds a header that holds an address: `From`, `To`, `cc`, `Original-From` and the like.
    ///
    /// A name that consists of tokens is written bare, any other one in quotes with a blank behind.
    #[must_use]
    pub fn address(self, name: impl Into<String>, formal_name: Option<&str>, uri: &str) -> Self {
        self.header(name, address(formal_name, uri))
    }

    /// Adds a `Subject`, with its language if it is known. Every character is kept by escapes where need be.
    #[must_use]
    pub fn subject(mut self, text: &str, language: Option<&str>) -> Self {
        let parameters = language.map_or_else(String::new, |language| format!(";lang={language}"));
        self.lines.push(Line::header("Subject".to_owned(), parameters, &escape(text)));
        self
    }

    /// Binds a prefix to a namespace, for the lines below.
    #[must_use]
    pub fn namespace(self, prefix: &str, urn: &str) -> Self {
        self.header("NS", format!("{prefix} <{urn}>"))
    }

    /// Gives the first header of that name another value, or adds it.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let line = Line::header(name.to_owned(), String::new(), value.as_ref());
        match self.lines.iter_mut().find(|line| line.is(name)) {
            Some(old) => *old = line,
            None => self.lines.push(line),
        }
        self
    }

    /// Leaves out every header of that name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.lines.retain(|line| !line.is(name));
        self
    }

    /// Adds a header above all others.
    #[must_use]
    pub fn prepend(mut self, name: impl Into<String>, value: impl AsRef<str>) -> Self {
        self.lines.insert(0, Line::header(name.into(), String::new(), value.as_ref()));
        self
    }

    /// Adds octets to the message headers as they are; their line end, if any, is among them.
    #[must_use]
    pub fn raw(mut self, octets: impl Into<Vec<u8>>) -> Self {
        self.lines.push(Line::Raw(octets.into()));
        self
    }

    /// Puts octets in the place of the first header of that name, or adds them.
    #[must_use]
    pub fn set_raw(mut self, name: &str, octets: impl Into<Vec<u8>>) -> Self {
        let line = Line::Raw(octets.into());
        match self.lines.iter_mut().find(|line| line.is(name)) {
            Some(old) => *old = line,
            None => self.lines.push(line),
        }
        self
    }

    /// Leaves out the empty line between message headers and entity, which is wrong.
    #[must_use]
    pub fn without_separator(mut self) -> Self {
        self.glued = true;
        self
    }

    /// The encapsulated MIME entity, octet by octet: headers, empty line, content.
    #[must_use]
    pub fn entity(mut self, octets: impl Into<Vec<u8>>) -> Self {
        self.entity = octets.into();
        self
    }

    /// An entity with nothing but a `Content-Type` and a content.
    #[must_use]
    pub fn content(self, content_type: &str, content: impl Into<Vec<u8>>) -> Self {
        self.entity(mime::Builder::new(content_type, content).encode())
    }

    /// The octets of the object.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 * self.lines.len() + self.entity.len());
        for line in &self.lines {
            match line {
                Line::Raw(octets) => out.extend_from_slice(octets),
                Line::Header { name, parameters, value } => {
                    for piece in [name, ":", parameters, " ", value, "\r\n"] {
                        out.extend_from_slice(piece.as_bytes());
                    }
                }
            }
        }
        if !self.glued {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(&self.entity);
        out
    }
}

impl Line {
    fn header(name: String, parameters: String, value: &str) -> Self {
        Self::Header { name, parameters, value: one_line(value) }
    }

    fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Header { name, .. } if name == wanted)
    }
}

/// Escapes control characters and leaves backslashes alone: the value may hold escapes already.
fn one_line(value: &str) -> String {
    if !value.contains(|character: char| character.is_ascii_control()) {
        return value.to_owned();
    }
    value.split_inclusive(|character: char| character.is_ascii_control()).fold(
        String::new(),
        |mut out, piece| {
            let text = piece.trim_end_matches(|character: char| character.is_ascii_control());
            out.push_str(text);
            out.push_str(&escape(&piece[text.len()..]));
            out
        },
    )
}

/// `[ Formal-name ] "<" URI ">"`.
fn address(formal_name: Option<&str>, uri: &str) -> String {
    match formal_name.filter(|name| !name.is_empty()) {
        None => format!("<{uri}>"),
        Some(name) if name.split(' ').all(|word| is_token(word.as_bytes())) => format!("{name} <{uri}>"),
        Some(name) => format!("{} <{uri}>", quote(name)),
    }
}
