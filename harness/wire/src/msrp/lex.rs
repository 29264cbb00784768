//! Characters of RFC 4975 section 9. Its token is that of MIME.

pub(super) use crate::mime::is_token;
pub(super) use crate::sip::lex::number;

/// Whether the octets are an `ident`: a transaction or message identifier.
pub(super) fn is_ident(octets: &[u8]) -> bool {
    (4..=32).contains(&octets.len())
        && octets[0].is_ascii_alphanumeric()
        && octets
            .iter()
            .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'+' | b'%' | b'='))
}

/// Whether the octets are a whole token.
pub(super) fn is_whole_token(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().copied().all(is_token)
}

/// A number of exactly three digits.
pub(super) fn three_digits(octets: &[u8]) -> Option<u16> {
    (octets.len() == 3).then(|| number(octets)).flatten().and_then(|code| u16::try_from(code).ok())
}

/// The octets before the first mark, and those after it.
pub(super) fn split(octets: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(mark, octets) {
        Some(at) => (&octets[..at], Some(&octets[at + 1..])),
        None => (octets, None),
    }
}
