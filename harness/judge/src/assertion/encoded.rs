//! Finding a text in octets, as it is or in a transfer encoding.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;

/// Without padding, and with whatever bits are left over at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Shortest run of base64 characters that is told apart from chance.
const LEAST_BASE64: usize = 8;

/// Whether `text` occurs in `octets`: raw, in base64 at any alignment and line length, or in quoted-printable.
pub(crate) fn occurs(text: &[u8], octets: &[u8]) -> bool {
    if text.is_empty() {
        return false;
    }
    memmem::find(octets, text).is_some() || in_base64(text, octets) || in_quoted_printable(text, octets)
}

/// Line breaks inside base64 mean nothing, so they are taken out first. That may glue other text to the front of a run,
/// so every alignment is tried.
fn in_base64(text: &[u8], octets: &[u8]) -> bool {
    let packed: Vec<u8> = octets.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
    let in_alphabet = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    packed.split(|octet| !in_alphabet(octet)).filter(|run| run.len() >= LEAST_BASE64).any(|run| {
        (0..4)
            .filter_map(|start| unpacked(run.get(start..)?))
            .any(|plain| memmem::find(&plain, text).is_some())
    })
}

/// The octets of a run, as far as whole groups reach; a last octet that is begun in two characters or more counts.
fn unpacked(run: &[u8]) -> Option<Vec<u8>> {
    let whole = run.len() - usize::from(run.len() % 4 == 1);
    LENIENT.decode(&run[..whole]).ok()
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
