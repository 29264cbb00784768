//! Characters of RFC 3862 section 3.6.

const NAME: u8 = 1;
const TOKEN: u8 = 2;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        #[allow(clippy::cast_possible_truncation, reason = "the loop ends at 255")]
        let character = octet as u8;
        table[octet] = match character {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => NAME | TOKEN,
            0x21 | 0x23..=0x27 | 0x2a | 0x2b | 0x2d | 0x5e..=0x60 | 0x7c | 0x7e => NAME | TOKEN,
            b'.' | 0x80..=0xff => TOKEN,
            _ => 0,
        };
        octet += 1;
    }
    table
}

/// `NAMECHAR`: what header names and prefixes are made of.
#[inline]
pub(super) fn is_name(octet: u8) -> bool {
    CLASSES[usize::from(octet)] & NAME != 0
}

/// `TOKENCHAR`, as octets of UTF-8.
#[inline]
pub(super) fn is_token_character(octet: u8) -> bool {
    CLASSES[usize::from(octet)] & TOKEN != 0
}

/// Whether the octets are one `Token` of RFC 3862 section 3.6.
pub fn is_token(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().copied().all(is_token_character)
}
