//! Writes MIME entities.

/// An entity to be written: headers on one line each, an empty line, content.
///
/// Values are written as they are, except that line ends and other control characters become blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Builder {
    lines: Vec<Line>,
    separator: bool,
    content: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Header(String, String),
    Raw(Vec<u8>),
}

impl Default for Builder {
    fn default() -> Self {
        Self { lines: Vec::new(), separator: true, content: Vec::new() }
    }
}

impl Builder {
    /// An entity with a `Content-Type` and a content.
    pub fn new(content_type: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Self::default().header("Content-Type", content_type).content(content)
    }

    /// Adds a header behind the others.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.lines.push(Line::Header(name.into(), value.into()));
        self
    }

    /// Gives the first header of that name another value, or adds it; case does not count.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        match self.lines.iter_mut().find(|line| line.is(name)) {
            Some(line) => *line = Line::Header(name.to_owned(), value),
            None => self.lines.push(Line::Header(name.to_owned(), value)),
        }
        self
    }

    /// Leaves out every header of that name; case does not count.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.lines.retain(|line| !line.is(name));
        self
    }

    /// Adds octets to the header block as they are; their line end, if any, is among them.
    #[must_use]
    pub fn raw(mut self, octets: impl Into<Vec<u8>>) -> Self {
        self.lines.push(Line::Raw(octets.into()));
        self
    }

    /// Leaves out the empty line behind the headers, which is wrong.
    #[must_use]
    pub fn without_separator(mut self) -> Self {
        self.separator = false;
        self
    }

    /// The content, octet by octet.
    #[must_use]
    pub fn content(mut self, content: impl Into<Vec<u8>>) -> Self {
        self.content = content.into();
        self
    }

    /// The octets of the entity.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 * self.lines.len() + self.content.len());
        for line in &self.lines {
            match line {
                Line::Raw(octets) => out.extend_from_slice(octets),
                Line::Header(name, value) => {
                    out.extend_from_slice(name.as_bytes());
                    out.extend_from_slice(b": ");
                    out.extend(
                        value.bytes().map(|octet| if octet.is_ascii_control() { b' ' } else { octet }),
                    );
                    out.extend_from_slice(b"\r\n");
                }
            }
        }
        if self.separator {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(&self.content);
        out
    }
}

impl Line {
    fn is(&self, name: &str) -> bool {
        matches!(self, Self::Header(own, _) if own.eq_ignore_ascii_case(name))
    }
}

/// The content of a multipart entity with these parts (RFC 2046 section 5.1.1).
///
/// The caller chooses a `boundary` that stands in no part.
pub fn multipart(boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        out.extend_from_slice(part);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}
