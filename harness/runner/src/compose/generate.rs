//! Values made afresh for every run.

use rand::RngExt;
use scenario::model::Generator;

/// What random values are made of: CPIM token characters that no other grammar gives a meaning.
const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What user parts are made of, for implementations that fold case.
const SMALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Every character that RFC 3862 section 3.6 allows in a token, apart from letters, digits and UTF-8 beyond ASCII.
const TOKEN_CHARACTERS: &str = "!#$%&'*+-.^_`|~";

/// How long the fresh part of a value is where the scenario does not say.
const FRESH: usize = 22;

/// That many random letters and digits.
pub fn fresh(length: usize) -> String {
    pick(LETTERS_AND_DIGITS, length)
}

/// That many random small letters and digits.
pub(crate) fn fresh_small(length: usize) -> String {
    pick(SMALL, length)
}

/// A value as a scenario declares it.
pub fn generate(generator: &Generator) -> String {
    match generator {
        Generator::Random(length) | Generator::Token(length) => fresh(*length as usize),
        Generator::EveryTokenCharacter => fresh(FRESH) + TOKEN_CHARACTERS,
        Generator::Text(text) => text.clone(),
        Generator::Repeat(repeat) => (1..=repeat.times).map(|n| numbered(&repeat.text, n)).collect(),
        Generator::Nest(nest) => {
            let opened = (1..=nest.times).map(|n| numbered(&nest.open, n));
            opened.chain((1..=nest.times).rev().map(|n| numbered(&nest.close, n))).collect()
        }
    }
}

/// A text with its number filled in.
fn numbered(text: &str, n: u32) -> String {
    text.replace("{n}", &n.to_string())
}

/// A fresh identifier of a message.
pub(super) fn message_id() -> String {
    fresh(FRESH)
}

fn pick(from: &[u8], length: usize) -> String {
    let mut random = rand::rng();
    (0..length).map(|_| char::from(from[random.random_range(0..from.len())])).collect()
}

#[cfg(test)]
mod tests {
    use scenario::model::{Nesting, Repetition};

    use super::*;

    #[test]
    fn values_have_the_length_and_characters_asked_for() {
        for length in [1, 64, 4095] {
            let token = generate(&Generator::Token(length));
            assert_eq!(token.len(), length as usize);
            assert!(wire::cpim::is_token(token.as_bytes()));
        }
        let every = generate(&Generator::EveryTokenCharacter);
        assert!(wire::cpim::is_token(every.as_bytes()) && every.ends_with(TOKEN_CHARACTERS));
        assert_eq!(generate(&Generator::Text("a b".into())), "a b");
        let repeat = Repetition { text: "a{n};".into(), times: 3 };
        assert_eq!(generate(&Generator::Repeat(repeat)), "a1;a2;a3;");
        let nest = Nesting { open: "<{n}>".into(), close: "</{n}>".into(), times: 2 };
        assert_eq!(generate(&Generator::Nest(nest)), "<1><2></2></1>");
        assert_ne!(fresh(22), fresh(22));
        assert!(fresh_small(50).bytes().all(|octet| SMALL.contains(&octet)));
    }
}
