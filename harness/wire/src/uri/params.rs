//! `;name=value` parameters of URIs and header values.

use crate::sip::lex;

/// Parameters, borrowed as they stand, first semicolon included. White space around names and values is not theirs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Params<'a>(&'a [u8]);

impl<'a> Params<'a> {
    /// Parameters in octets that begin, white space aside, with a semicolon.
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The octets they stand in.
    pub fn text(&self) -> &'a [u8] {
        self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Names and values in order; a value may be a quoted string, and then has its quotes.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + use<'a> {
        let text = self.0;
        let mut outside = lex::Outside::new(text);
        let mut next = memchr::memchr(b';', text);
        std::iter::from_fn(move || {
            let start = next? + 1;
            next = outside.find(start, b';');
            Some(name_value(&text[start..next.unwrap_or(text.len())]))
        })
    }

    /// The first parameter of that name, in any case: `Some(None)` if it has no value.
    pub fn get(&self, name: &[u8]) -> Option<Option<&'a [u8]>> {
        self.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value of the first parameter of that name, in any case.
    pub fn value(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.get(name)?
    }

    /// Whether nothing but parameters stands there, each of them with a name.
    pub(crate) fn is_well_formed(&self) -> bool {
        let text = lex::trim(self.0);
        (text.is_empty() || text[0] == b';') && self.iter().all(|(name, _)| !name.is_empty())
    }
}

impl std::fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Params({})", self.0.escape_ascii())
    }
}

fn name_value(param: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(b'=', param) {
        Some(equals) => (lex::trim(&param[..equals]), Some(lex::trim(&param[equals + 1..]))),
        None => (lex::trim(param), None),
    }
}
