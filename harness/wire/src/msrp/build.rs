//! Writes requests and responses.

use super::end::{Flag, HYPHENS};
use super::reply::comment;
use super::value::{ByteRange, FailureReport};

/// A request or response to be written: start line, headers in the order in which they were added, body, end-line.
///
/// Values are written as they are, except that line ends and other control characters become blanks. The methods that
/// say so are there to send what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Builder {
    transaction: String,
    start: String,
    lines: Vec<Line>,
    content_type: Option<String>,
    body: Option<Vec<u8>>,
    end: End,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Header(String, String),
    Raw(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Flag(Flag),
    Raw(Vec<u8>),
}

impl Builder {
    /// A request with its paths; each is one or more URIs, parted by blanks.
    pub fn request(method: &str, transaction: impl AsRef<str>, to_path: &str, from_path: &str) -> Self {
        Self::new(transaction.as_ref(), method.to_owned()).paths(to_path, from_path)
    }

    /// A response with its paths and the comment that RFC 4975 gives the status; see also [`super::respond`].
    pub fn response(status: u16, transaction: impl AsRef<str>, to_path: &str, from_path: &str) -> Self {
        let start = format!("{status:03} {}", comment(status));
        Self::new(transaction.as_ref(), start.trim_end().to_owned()).paths(to_path, from_path)
    }

    fn new(transaction: &str, start: String) -> Self {
        Self {
            transaction: transaction.to_owned(),
            start,
            lines: Vec::with_capacity(8),
            content_type: None,
            body: None,
            end: End::Flag(Flag::Final),
        }
    }

    fn paths(self, to_path: &str, from_path: &str) -> Self {
        self.header("To-Path", to_path).header("From-Path", from_path)
    }

    /// Adds a header behind the others; Content-Type comes last anyway.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.lines.push(Line::Header(name.into(), value.into()));
        self
    }

    /// Adds Message-ID.
    #[must_use]
    pub fn message_id(self, value: &str) -> Self {
        self.header("Message-ID", value)
    }

    /// Adds Byte-Range.
    #[must_use]
    pub fn byte_range(self, range: ByteRange) -> Self {
        self.header("Byte-Range", range.to_string())
    }

    /// Adds Success-Report.
    #[must_use]
    pub fn success_report(self, wanted: bool) -> Self {
        self.header("Success-Report", if wanted { "yes" } else { "no" })
    }

    /// Adds Failure-Report.
    #[must_use]
    pub fn failure_report(self, wanted: FailureReport) -> Self {
        self.header("Failure-Report", wanted.to_string())
    }

    /// Adds Status with the namespace of RFC 4975.
    #[must_use]
    pub fn status(self, code: u16) -> Self {
        self.header("Status", format!("000 {code:03} {}", comment(code)).trim_end())
    }

    /// A body and its Content-Type. The caller's transaction identifier must not make an end-line that occurs in it;
    /// see [`super::TransactionId::free_in`].
    #[must_use]
    pub fn body(mut self, content_type: &str, octets: impl Into<Vec<u8>>) -> Self {
        self.content_type = Some(content_type.to_owned());
        self.body = Some(octets.into());
        self
    }

    /// The continuation flag, `$` if nothing is said.
    #[must_use]
    pub fn flag(mut self, flag: Flag) -> Self {
        self.end = End::Flag(flag);
        self
    }

    /// Gives the first header of that name another value, or adds it; case does not count.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        let line = Line::Header(name.to_owned(), value.into());
        match self.lines.iter_mut().find(|line| line.is(name)) {
            Some(found) => *found = line,
            None => self.lines.push(line),
        }
        self
    }

    /// Leaves out every header of that name; case does not count. Of a body, only its Content-Type can be left out,
    /// which is wrong.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.lines.retain(|line| !line.is(name));
        self.content_type = self.content_type.filter(|_| !name.eq_ignore_ascii_case("Content-Type"));
        self
    }

    /// Adds octets to the headers as they are; their line end, if any, is among them.
    #[must_use]
    pub fn raw(mut self, octets: impl Into<Vec<u8>>) -> Self {
        self.lines.push(Line::Raw(octets.into()));
        self
    }

    /// Writes these octets in place of the end-line and the line end before it, which is wrong.
    #[must_use]
    pub fn raw_end(mut self, octets: impl Into<Vec<u8>>) -> Self {
        self.end = End::Raw(octets.into());
        self
    }

    /// Another transaction identifier.
    #[must_use]
    pub fn transaction(mut self, transaction: impl AsRef<str>) -> Self {
        transaction.as_ref().clone_into(&mut self.transaction);
        self
    }

    /// The octets of the message.
    pub fn encode(&self) -> Vec<u8> {
        self.write(self.body.as_deref(), None, &self.transaction, &self.end)
    }

    /// The octets of one chunk: this message with another body, range, identifier and flag.
    pub(super) fn encode_chunk(
        &self,
        body: &[u8],
        range: ByteRange,
        transaction: &str,
        flag: Flag,
    ) -> Vec<u8> {
        self.write(Some(body), Some(range), transaction, &End::Flag(flag))
    }

    pub(super) fn whole_body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    fn write(&self, body: Option<&[u8]>, range: Option<ByteRange>, transaction: &str, end: &End) -> Vec<u8> {
        let mut out = Vec::with_capacity(512 + body.map_or(0, <[u8]>::len));
        extend(&mut out, &["MSRP ", transaction, " ", &self.start, "\r\n"]);
        for line in &self.lines {
            match line {
                Line::Raw(octets) => out.extend_from_slice(octets),
                Line::Header(name, _) if range.is_some() && name.eq_ignore_ascii_case("Byte-Range") => {}
                Line::Header(name, value) => header(&mut out, name, value),
            }
        }
        if let Some(range) = range {
            header(&mut out, "Byte-Range", &range.to_string());
        }
        if let Some(content_type) = &self.content_type {
            header(&mut out, "Content-Type", content_type);
        }
        if let Some(body) = body {
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(body);
        }
        match end {
            End::Raw(octets) => out.extend_from_slice(octets),
            End::Flag(flag) => {
                out.extend_from_slice(if body.is_some() { b"\r\n" } else { b"" });
                end_line(&mut out, transaction.as_bytes(), *flag);
            }
        }
        out
    }
}

impl Line {
    fn is(&self, name: &str) -> bool {
        matches!(self, Self::Header(own, _) if own.eq_ignore_ascii_case(name))
    }
}

/// Appends an end-line.
pub(super) fn end_line(out: &mut Vec<u8>, transaction: &[u8], flag: Flag) {
    for part in [HYPHENS, transaction, &[flag.octet()], b"\r\n"] {
        out.extend_from_slice(part);
    }
}

fn header(out: &mut Vec<u8>, name: &str, value: &str) {
    extend(out, &[name, ": "]);
    out.extend(value.bytes().map(|octet| if octet.is_ascii_control() { b' ' } else { octet }));
    out.extend_from_slice(b"\r\n");
}

fn extend(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}
