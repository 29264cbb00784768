//! Header values: ranges, what is to be reported, status.

use std::fmt;

use super::lex;

/// The value of Byte-Range (RFC 4975 section 7.1.1); octets are counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteRange {
    /// The position of the body's first octet in the message.
    pub start: u64,
    /// The position of the body's last octet; `None` for an asterisk.
    pub end: Option<u64>,
    /// The octets of the whole message; `None` for an asterisk.
    pub total: Option<u64>,
}

impl ByteRange {
    /// Reads `start-end/total`; `None` if it is anything else, or a number does not fit in 64 bits.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (range, total) = lex::split(text, b'/');
        let (start, end) = lex::split(range, b'-');
        Some(Self { start: lex::number(start)?, end: number_or_star(end?)?, total: number_or_star(total?)? })
    }

    /// How many octets the range says the body has.
    pub fn length(&self) -> Option<u64> {
        self.end?.checked_add(1)?.checked_sub(self.start)
    }
}

fn number_or_star(text: &[u8]) -> Option<Option<u64>> {
    if text == b"*" { Some(None) } else { lex::number(text).map(Some) }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |number: Option<u64>| number.map_or_else(|| "*".to_owned(), |number| number.to_string());
        write!(f, "{}-{}/{}", self.start, part(self.end), part(self.total))
    }
}

/// The value of Failure-Report: which responses the sender of a request wants (RFC 4975 section 7.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FailureReport {
    /// All; also where there is no such header.
    #[default]
    Yes,
    /// None.
    No,
    /// Those that say that it failed.
    Partial,
}

static FAILURE_REPORTS: [(&str, FailureReport); 3] =
    [("yes", FailureReport::Yes), ("no", FailureReport::No), ("partial", FailureReport::Partial)];

impl FailureReport {
    /// Reads the value, in any case.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let known = FAILURE_REPORTS.iter().find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(text));
        known.map(|(_, value)| *value)
    }
}

impl fmt::Display for FailureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = FAILURE_REPORTS.iter().find(|(_, value)| value == self);
        f.write_str(known.map_or("", |(word, _)| word))
    }
}

/// Reads the value of Success-Report, in any case.
pub(super) fn success_report(text: &[u8]) -> Option<bool> {
    let yes = text.eq_ignore_ascii_case(b"yes");
    (yes || text.eq_ignore_ascii_case(b"no")).then_some(yes)
}

/// The value of Status (RFC 4975 section 7.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status<'a> {
    /// The namespace of the code; 0 for those of RFC 4975.
    pub namespace: u16,
    /// The code.
    pub code: u16,
    /// The comment behind it, if there is one.
    pub comment: Option<&'a [u8]>,
}

impl<'a> Status<'a> {
    /// Reads `000 200 OK`; `None` if it is anything else.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let (namespace, rest) = lex::split(text, b' ');
        let (code, comment) = lex::split(rest?, b' ');
        Some(Self { namespace: lex::three_digits(namespace)?, code: lex::three_digits(code)?, comment })
    }
}
