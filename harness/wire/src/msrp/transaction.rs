//! Transaction identifiers.

use std::fmt;

use super::end::HYPHENS;

/// A transaction identifier of the harness's own: 26 letters and digits that hold 128 bits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TransactionId(String);

const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

impl TransactionId {
    /// An identifier whose end-line does not occur in `body` (RFC 4975 section 7.1).
    ///
    /// `random` should be random in all its bits; the identifier is that number, or the next one that will do. A body
    /// has no room for many, so the search ends.
    pub fn free_in(random: u128, body: &[u8]) -> Self {
        let mut number = random;
        loop {
            let text = spell(number);
            let needle = [HYPHENS, text.as_bytes()].concat();
            if memchr::memmem::find(body, &needle).is_none() {
                return Self(text);
            }
            number = number.wrapping_add(1);
        }
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The number in base 32, its last digit first.
fn spell(mut number: u128) -> String {
    let digits = (0..26).map(|_| {
        let digit = DIGITS[(number & 31) as usize];
        number >>= 5;
        char::from(digit)
    });
    digits.collect()
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for TransactionId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
