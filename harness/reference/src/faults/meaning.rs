//! What can go wrong between a message that was read and what the user sees of it: nothing here changes what a notification
//! says.

use time::{OffsetDateTime, UtcOffset};
use wire::cpim::{CORE, Header, Message, Namespace, unescape};
use wire::mime::Entity;

use super::{Conduct, Flaw};
use crate::common::envelope::core;
use crate::notifications::received::first_line;

/// The subject that the user is shown.
pub(crate) fn subject(conduct: Conduct, object: &Message<'_>) -> Option<String> {
    let is_core = |line: &Header<'_, '_>| match line.namespace() {
        Namespace::Default => true,
        Namespace::Bound { uri, .. } => uri == CORE,
        Namespace::Unbound => false,
    };
    let is_any_case =
        |line: &Header<'_, '_>| is_core(line) && line.local_name().eq_ignore_ascii_case("subject");
    let line = match conduct.flaw() {
        Some(Flaw::CaseInsensitiveNames) => object.headers().find(is_any_case),
        Some(Flaw::DefaultNsIgnored) => object.bare("Subject").chain(core(object, "Subject")).next(),
        _ => core(object, "Subject").next(),
    }?;
    let behind_colon = || {
        let raw = String::from_utf8_lossy(&object.octets()[line.line_span()]).into_owned();
        raw.split_once(':').map(|(_, rest)| rest.trim_end().to_owned()).unwrap_or_default()
    };
    let value = match conduct.flaw() {
        Some(Flaw::UnfoldOnReception) => return Some(line.text().into_owned()),
        Some(Flaw::LangParamInSubject) if line.parameters().count() == 1 => behind_colon(),
        Some(Flaw::ParamSplitAtSpace) if line.parameters().count() > 1 => {
            let value = behind_colon();
            value.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default()
        }
        Some(Flaw::SemicolonEndsValue) => first_line(&line).split(';').next().unwrap_or_default().to_owned(),
        Some(Flaw::TrailingBackslashJoins) => joined(object, &line),
        _ => first_line(&line),
    };
    Some(pieces(&value).into_iter().map(|piece| meant(piece, conduct)).collect())
}

/// A value that ends with a backslash, with the line below in its place.
fn joined(object: &Message<'_>, line: &Header<'_, '_>) -> String {
    let value = first_line(line);
    let below = object.headers().nth(line.index() + 1);
    match (value.strip_suffix('\\').filter(|head| !head.ends_with('\\')), below) {
        (Some(head), Some(below)) => {
            format!("{head}{}", String::from_utf8_lossy(&object.octets()[below.line_span()]).trim_end())
        }
        _ => value,
    }
}

/// The characters that a piece of a value means.
fn meant(piece: &str, conduct: Conduct) -> String {
    let Some(escape) = piece.strip_prefix('\\') else { return piece.to_owned() };
    let code = escape.strip_prefix('u').and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let is_special = escape.starts_with(['\\', '"', '\'', 'b', 't', 'n', 'r']);
    let literal = match conduct.flaw() {
        Some(Flaw::UpperHexOnly) => code.is_some() && escape[1..].contains(char::is_lowercase),
        Some(Flaw::NoSpecialSequences) => is_special,
        Some(Flaw::OnlyControlsUnescaped) => code.is_some_and(|code| code >= 0x20 && code != 0x7f),
        Some(Flaw::EscapeOnlyInQuotes) => true,
        Some(Flaw::UnknownEscapeKept) => code.is_none() && !is_special && !escape.is_empty(),
        _ => false,
    };
    match code {
        Some(0x80..=0xff) if conduct.has(Flaw::EscapeAsOctet) => char::REPLACEMENT_CHARACTER.to_string(),
        _ if literal => piece.to_owned(),
        _ => unescape(piece).into_owned(),
    }
}

/// A value cut into escapes and what stands between them. Escapes of surrogates stay together.
fn pieces(value: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let length = match (first, rest.find('\\')) {
            ('\\', _) => escape_length(rest),
            (_, Some(next)) => next,
            (_, None) => rest.len(),
        };
        let (piece, behind) = rest.split_at(length);
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// Octets of the escape that a text starts with.
fn escape_length(text: &str) -> usize {
    let is_code = |text: &str| {
        let digits = text.strip_prefix("\\u").and_then(|rest| rest.get(..4));
        digits.is_some_and(|digits| digits.bytes().all(|octet| octet.is_ascii_hexdigit()))
    };
    match text[1..].chars().next() {
        Some('u') if is_code(text) => {
            let high = matches!(text.get(2..4), Some("d8" | "d9" | "da" | "db" | "D8" | "D9" | "DA" | "DB"));
            if high && is_code(&text[6..]) { 12 } else { 6 }
        }
        Some(letter) => 1 + letter.len_utf8(),
        None => 1,
    }
}

/// The content that the user is shown, of which `octets` is what it should be.
pub(crate) fn content(conduct: Conduct, entity: &Entity<'_>, octets: Vec<u8>) -> Vec<u8> {
    let length = || entity.header("Content-Length").and_then(|header| header.value().parse::<usize>().ok());
    let is_encoded = || entity.header("Content-Transfer-Encoding").is_some();
    let end = match conduct.flaw() {
        Some(Flaw::TransferEncodingIgnored) => return entity.content().to_vec(),
        Some(Flaw::DecodeAddsNewline) if is_encoded() => return [octets.as_slice(), b"\r\n"].concat(),
        Some(Flaw::TrustInnerContentLength) => length(),
        Some(Flaw::NulTruncates) => octets.iter().position(|octet| *octet == 0),
        _ => None,
    };
    let end = end.unwrap_or(octets.len()).min(octets.len());
    octets[..end].to_vec()
}

/// The time that the user is shown, in UTC.
pub(crate) fn instant(conduct: Conduct, sent: OffsetDateTime) -> OffsetDateTime {
    let offset = sent.offset();
    let shown = sent.to_offset(UtcOffset::UTC);
    match conduct.has(Flaw::OffsetSignInverted) {
        true => shown.saturating_add(time::Duration::seconds(2 * i64::from(offset.whole_seconds()))),
        false => shown,
    }
}
