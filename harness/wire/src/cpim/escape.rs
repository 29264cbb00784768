//! Escapes in header values (RFC 3862 section 2.3).

use std::borrow::Cow;

use super::rule;
use crate::deviation::Span;
use crate::mime::notes::Notes;

/// The characters meant by a header value with escapes, read as section 2.3.1 tells a receiver to.
///
/// An unknown escape stands for the character behind the backslash, a backslash at the end for nothing.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (character, length) = escaped(&rest[at + 1..]);
        out.extend(character);
        rest = &rest[at + 1 + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// A text as a header value: control characters and backslashes escaped, nothing else (section 2.3.1).
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match SPECIAL.iter().find(|(_, meant)| *meant == character) {
            Some((letter, _)) if !matches!(letter, '"' | '\'') => out.extend(['\\', *letter]),
            _ if character < ' ' || character == '\u{7f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)))
            }
            _ => out.push(character),
        }
    }
    out
}

/// A text as a `String` in double quotes (section 3.6).
pub fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text).replace('"', "\\\""))
}

/// Letters behind a backslash, and what they mean.
const SPECIAL: [(char, char); 7] =
    [('\\', '\\'), ('"', '"'), ('\'', '\''), ('b', '\u{8}'), ('t', '\t'), ('n', '\n'), ('r', '\r')];

/// What stands behind a backslash: the character meant, and the octets it takes.
fn escaped(rest: &str) -> (Option<char>, usize) {
    let Some(letter) = rest.chars().next() else { return (None, 0) };
    if let Some((_, meant)) = SPECIAL.iter().find(|(special, _)| *special == letter) {
        return (Some(*meant), 1);
    }
    match code_unit(rest) {
        Some(high @ 0xd800..=0xdbff) => {
            match rest.get(5..).and_then(|low| code_unit(low.strip_prefix('\\')?)) {
                Some(low @ 0xdc00..=0xdfff) => {
                    (char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 11)
                }
                _ => (Some(char::REPLACEMENT_CHARACTER), 5),
            }
        }
        Some(unit) => (Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)), 5),
        None => (Some(letter), letter.len_utf8()),
    }
}

/// The UCS-2 code of `uXXXX`.
fn code_unit(rest: &str) -> Option<u32> {
    let digits = rest.strip_prefix('u')?.get(..4)?;
    digits.bytes().all(|octet| octet.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Reports escapes that a sender must not write.
pub(super) fn check(octets: &[u8], value: Span, notes: &mut Notes) {
    let mut at = value.start;
    while let Some(slash) = memchr::memchr(b'\\', &octets[at..value.end]).map(|offset| at + offset) {
        let rest = &octets[slash + 1..value.end];
        let length = match rest {
            [b'\\' | b'"' | b'\'' | b'b' | b't' | b'n' | b'r', ..] => 1,
            [b'u', a, b, c, d, ..] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit) => {
                check_code(&octets[slash..slash + 6], slash, notes);
                5
            }
            [] => {
                notes.explain(slash..slash + 1, &rule::ESCAPE, "a backslash ends the header");
                0
            }
            [octet, ..] => {
                notes.explain(slash..slash + 2, &rule::ESCAPE, "no such escape sequence");
                usize::from(octet.is_ascii())
            }
        };
        at = slash + 1 + length;
    }
}

/// `\uXXXX` is for control characters that have no sequence of their own.
fn check_code(escape: &[u8], start: usize, notes: &mut Notes) {
    let code = std::str::from_utf8(&escape[1..]).ok().and_then(code_unit).unwrap_or_default();
    let due = matches!(code, 0x00..=0x07 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f);
    if !due {
        notes.explain(start..start + escape.len(), &rule::ESCAPE, "this character is not escaped that way");
    }
}
