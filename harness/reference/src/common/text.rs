//! Reading the content of a message: its transfer encoding (RFC 2045 section 6) and the characters of a text.

use std::borrow::Cow;

use wire::mime::Entity;

/// The content with its transfer encoding undone; as it came where that cannot be done.
pub(crate) fn octets(entity: &Entity<'_>) -> Vec<u8> {
    if entity.transfer_encoding() == "quoted-printable" {
        return unquoted(entity.content());
    }
    entity.decoded_content().unwrap_or(Cow::Borrowed(entity.content())).into_owned()
}

/// The characters of a text in that character set; what is not known is taken for UTF-8, with a substitute for what is
/// none.
pub(crate) fn characters(octets: &[u8], charset: &str) -> String {
    let is_latin = ["iso-8859-1", "latin1"].iter().any(|name| charset.eq_ignore_ascii_case(name));
    match is_latin {
        true => octets.iter().copied().map(char::from).collect(),
        false => String::from_utf8_lossy(octets).into_owned(),
    }
}

/// Undoes quoted-printable (RFC 2045 section 6.7). What stands behind an equals sign and is no octet is left as it is.
fn unquoted(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((octet, behind)) = rest.split_first() {
        let (taken, length) = match (octet, behind) {
            (b'=', [b'\r', b'\n', ..]) => (None, 2),
            (b'=', [b'\n', ..]) => (None, 1),
            (b'=', [high, low, ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (Some(16 * high + low), 2),
                _ => (Some(b'='), 0),
            },
            _ => (Some(*octet), 0),
        };
        out.extend(taken);
        rest = &behind[length..];
    }
    out
}

fn digit(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quoted_printable_is_undone() {
        assert_eq!(unquoted(b"Gr=C3=bc=C3=9F=\r\ne=\n=3D"), "Gr\u{fc}\u{df}e=".as_bytes());
        assert_eq!(unquoted(b"a=zz=4"), b"a=zz=4");
    }

    #[test]
    fn characters_go_by_their_set() {
        assert_eq!(characters(b"caf\xe9", "ISO-8859-1"), "caf\u{e9}");
        assert_eq!(characters(b"caf\xe9", "utf-8"), "caf\u{fffd}");
    }

    proptest! {
        #[test]
        fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(unquoted(&octets).len() <= octets.len());
        }
    }
}
