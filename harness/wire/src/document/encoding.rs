//! From octets to characters: declared encoding, byte order mark, charset parameter.

use std::borrow::Cow;

use super::{XmlRules, plain};
use crate::deviation::Span;
use crate::mime::Entity;
use crate::mime::notes::Notes;
use crate::profile::Report;

/// The document as characters, one octet for one octet; `None` if its encoding is not read here.
///
/// Octets outside ASCII of an 8-bit encoding, or of broken UTF-8, become question marks, so that places stay.
pub(super) fn characters<'a>(
    octets: &'a [u8],
    within: Span,
    report: &Report,
    notes: &mut Notes,
) -> Option<Cow<'a, str>> {
    let raw = &octets[within.clone()];
    let rules = report.rules;
    if let Some(xml) = &report.xml {
        check_strictly(octets, &within, xml, notes);
    }
    if is_utf16(raw) {
        notes.explain(within, rules.encoding_unread, "UTF-16");
        return None;
    }
    let usual = plain::DECLARATIONS.iter().any(|usual| raw.starts_with(usual.as_bytes()));
    let declared = if usual { "" } else { declared(raw, "encoding").unwrap_or_default() };
    let utf8 = declared.is_empty() || declared.eq_ignore_ascii_case("utf-8");
    match std::str::from_utf8(raw) {
        Ok(text) => {
            let wide = declared
                .get(..3)
                .is_some_and(|start| matches!(start.to_ascii_lowercase().as_str(), "utf" | "ucs"));
            if !utf8 && (wide || !raw.is_ascii()) {
                let detail = format!("declared as {declared}, yet it is valid UTF-8");
                notes.explain(within, rules.encoding, detail);
            }
            Some(Cow::Borrowed(text))
        }
        Err(error) => {
            if utf8 || is_ascii_name(declared) {
                let bad = within.start + error.valid_up_to();
                notes.explain(bad..bad + error.error_len().unwrap_or(1), rules.encoding, "not UTF-8");
            }
            let marked = raw.iter().map(|octet| if octet.is_ascii() { char::from(*octet) } else { '?' });
            Some(Cow::Owned(marked.collect()))
        }
    }
}

/// Reports a `charset` that the octets are not in.
pub(super) fn check_charset(octets: &[u8], entity: &Entity<'_>, report: &Report, notes: &mut Notes) {
    let Some(charset) = entity.content_type().and_then(|value| value.parameter("charset")) else { return };
    let utf8 = std::str::from_utf8(octets).is_ok();
    let other = !charset.value.eq_ignore_ascii_case("utf-8");
    if let Some(xml) = report.xml.as_ref().filter(|_| other) {
        return notes.add(charset.span, xml.encoding);
    }
    let agrees = match charset.value.to_ascii_lowercase().as_str() {
        "utf-8" => utf8 && !is_utf16(octets),
        "utf-16" | "utf-16le" | "utf-16be" => is_utf16(octets),
        name if is_ascii_name(name) => octets.is_ascii() && !is_utf16(octets),
        // Another name is a superset of ASCII in all likelihood; more octets than that are UTF-8 as a rule.
        _ => octets.is_ascii() || !utf8,
    };
    if !agrees {
        notes.add(charset.span, report.rules.charset);
    }
}

fn is_ascii_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("us-ascii") || name.eq_ignore_ascii_case("ascii")
}

fn is_utf16(octets: &[u8]) -> bool {
    matches!(octets, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..])
}

/// Holds a document against a profile that leaves version and encoding no choice.
fn check_strictly(octets: &[u8], within: &Span, rules: &XmlRules, notes: &mut Notes) {
    let raw = &octets[within.clone()];
    let start = within.start..within.start;
    if is_utf16(raw) {
        notes.explain(within.clone(), rules.encoding, "UTF-16");
    }
    if raw.starts_with(MARK) {
        notes.add(start.start..start.start + MARK.len(), rules.mark);
    }
    if let Some(version) = declared(raw, "version").filter(|version| *version != "1.0") {
        notes.explain(start.clone(), rules.version, version);
    }
    if let Some(encoding) = declared(raw, "encoding").filter(|name| !name.eq_ignore_ascii_case("utf-8")) {
        notes.explain(start, rules.encoding, encoding);
    }
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What the XML declaration says (XML 1.0 sections 2.8 and 4.3.3).
fn declared<'a>(octets: &'a [u8], what: &str) -> Option<&'a str> {
    let octets = octets.strip_prefix(MARK).unwrap_or(octets);
    let rest = octets.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', rest)?;
    let text = std::str::from_utf8(&rest[..end]).ok()?;
    let value = text.split_once(what)?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split_once(quote).map(|(name, _)| name)
}
