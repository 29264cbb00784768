//! Characters and white space of RFC 3261, section 25.1, on raw octets.
//!
//! Header values are read as they came, folds included: CR and LF count as linear white space here, so that every
//! part of a value can be borrowed from the octets.

use crate::deviation::Span;

/// Linear white space, with the octets of a fold.
pub(crate) fn is_lws(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// `token` characters.
static TOKEN: [bool; 256] = class(b"-.!%*_+`'~");

/// `word` characters, which make up a Call-ID.
static WORD: [bool; 256] = class(b"-.!%*_+`'~()<>:\\\"/[]?{}");

const fn class(marks: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = (octet as u8).is_ascii_alphanumeric();
        octet += 1;
    }
    let mut mark = 0;
    while mark < marks.len() {
        table[marks[mark] as usize] = true;
        mark += 1;
    }
    table
}

/// Whether the octets are a `token`.
pub(crate) fn is_token(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(|&octet| TOKEN[octet as usize])
}

/// Whether the octets are a `word`.
pub(crate) fn is_word(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(|&octet| WORD[octet as usize])
}

/// The octets without linear white space at their ends.
pub(crate) fn trim(mut octets: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = octets
        && is_lws(*first)
    {
        octets = rest;
    }
    while let [rest @ .., last] = octets
        && is_lws(*last)
    {
        octets = rest;
    }
    octets
}

/// The range without linear white space at its ends.
pub(crate) fn trim_span(octets: &[u8], within: Span) -> Span {
    let Span { mut start, mut end } = within;
    while start < end && is_lws(octets[start]) {
        start += 1;
    }
    while start < end && is_lws(octets[end - 1]) {
        end -= 1;
    }
    start..end
}

/// A decimal number, `None` if the octets are anything else or too large for 64 bits.
pub(crate) fn number(octets: &[u8]) -> Option<u64> {
    if octets.is_empty() {
        return None;
    }
    octets.iter().try_fold(0u64, |sum, octet| {
        let digit = octet.is_ascii_digit().then(|| u64::from(octet - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// Where the quoted string ends that begins at `from`: the index after its closing quote, `None` if it has none.
pub(crate) fn quoted_end(octets: &[u8], from: usize) -> Option<usize> {
    let mut at = from + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', octets.get(at..)?)?;
        if octets[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Looks for octets outside quoted strings and angle brackets; a quote or bracket that never closes groups nothing.
pub(crate) struct Outside<'a> {
    octets: &'a [u8],
    /// Whether quotes may still close: once one does not, no later one does. Without this, time would be quadratic.
    quotes: bool,
    /// Whether brackets may still close.
    brackets: bool,
}

impl<'a> Outside<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self { octets, quotes: true, brackets: true }
    }

    /// Where the octet stands next; `from` must not go back.
    pub(crate) fn find(&mut self, from: usize, wanted: u8) -> Option<usize> {
        let mut at = from;
        while let Some(&octet) = self.octets.get(at) {
            if octet == wanted {
                return Some(at);
            }
            at = self.group_end(at, octet).unwrap_or(at + 1);
        }
        None
    }

    fn group_end(&mut self, at: usize, octet: u8) -> Option<usize> {
        let (open, end) = match octet {
            b'"' if self.quotes => (&mut self.quotes, quoted_end(self.octets, at)),
            b'<' if self.brackets => {
                let close = memchr::memchr(b'>', &self.octets[at..]);
                (&mut self.brackets, close.map(|length| at + length + 1))
            }
            _ => return None,
        };
        *open = end.is_some();
        end
    }
}

/// The parts of a comma-separated header value, white space trimmed (RFC 3261 section 7.3.1).
pub(crate) fn list(octets: &[u8], within: Span) -> impl Iterator<Item = Span> + '_ {
    let mut outside = Outside::new(&octets[..within.end]);
    let mut next = Some(within.start);
    std::iter::from_fn(move || {
        let start = next?;
        let comma = outside.find(start, b',');
        next = comma.map(|comma| comma + 1);
        Some(trim_span(octets, start..comma.unwrap_or(within.end)))
    })
}

/// The text of a header value with each fold as one SP (RFC 3261 section 7.3.1).
pub(crate) fn unfold(value: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if memchr::memchr(b'\n', value).is_none() {
        return value.into();
    }
    let mut text = Vec::with_capacity(value.len());
    for (number, line) in value.split(|&octet| octet == b'\n').enumerate() {
        if number == 0 {
            text.extend_from_slice(trim_end(line));
        } else {
            text.push(b' ');
            text.extend_from_slice(trim(line));
        }
    }
    text.into()
}

fn trim_end(line: &[u8]) -> &[u8] {
    let kept = line.iter().rposition(|&octet| !is_lws(octet)).map_or(0, |last| last + 1);
    &line[..kept]
}
