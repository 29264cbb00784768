//! Finding a text in octets, as it is or in a transfer encoding.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem;

/// Shortest run of base64 characters that is told apart from chance.
const LEAST_BASE64: usize = 8;

/// Whether `text` occurs in `octets`: raw, in base64 at any alignment and line length, or in quoted-printable.
pub(crate) fn occurs(text: &[u8], octets: &[u8]) -> bool {
    if text.is_empty() {
        return false;
    }
    memmem::find(octets, text).is_some() || in_base64(text, octets) || in_quoted_printable(text, octets)
}

/// Line breaks inside base64 mean nothing, so they are taken out first.
fn in_base64(text: &[u8], octets: &[u8]) -> bool {
    let packed: Vec<u8> = octets.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
    (0..3).any(|lead| {
        let inner = inner_characters(text, lead);
        inner.len() >= LEAST_BASE64 && memmem::find(&packed, inner.as_bytes()).is_some()
    })
}

/// The characters that encode nothing but `text` if `lead` octets stand before it in its group.
fn inner_characters(text: &[u8], lead: usize) -> String {
    let mut padded = vec![0; lead];
    padded.extend_from_slice(text);
    let encoded = STANDARD_NO_PAD.encode(&padded);
    let start = (lead * 8).div_ceil(6);
    let end = (padded.len() * 8) / 6;
    encoded.get(start..end).unwrap_or_default().to_owned()
}

fn in_quoted_printable(text: &[u8], octets: &[u8]) -> bool {
    memchr::memchr(b'=', octets).is_some() && memmem::find(&unquoted(octets), text).is_some()
}

/// RFC 2045 section 6.7, leniently: what is no escape stands for itself.
fn unquoted(octets: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'=', [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => after,
            (b'=', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |octet: u8| char::from(octet).to_digit(16).unwrap_or_default() as u8;
                plain.push(digit(*high) << 4 | digit(*low));
                after
            }
            _ => {
                plain.push(*first);
                tail
            }
        };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    const TEXT: &[u8] = b"zH4kq0TmarkerJ9x";

    #[test]
    fn quoted_printable_with_soft_breaks_is_found() {
        assert!(occurs(TEXT, b"x =7AH4kq0T=\r\nmarker=4a9x y"));
        assert!(!occurs(TEXT, b"x =7AH4kq0T=\r\nmarke=4a9x y"));
    }

    #[test]
    fn nothing_is_found_nowhere() {
        assert!(!occurs(b"", b"anything"));
        assert!(!occurs(b"ab", b"YWI"), "two octets in base64 may be chance");
    }

    proptest! {
        #[test]
        fn base64_is_found_at_any_alignment(before in "[a-z]{0,7}", after in "[a-z]{0,7}", at in 1usize..40) {
            let whole = [before.as_bytes(), TEXT, after.as_bytes()].concat();
            let mut encoded = STANDARD.encode(&whole);
            encoded.insert_str(at.min(encoded.len()), "\r\n");
            prop_assert!(occurs(TEXT, encoded.as_bytes()));
            let other = [before.as_bytes(), b"zH4kq0TmarkerJ9y", after.as_bytes()].concat();
            prop_assert!(!occurs(TEXT, STANDARD.encode(other).as_bytes()));
        }
    }
}
