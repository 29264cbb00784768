//! One header as it stands in a message.

use std::borrow::Cow;

use super::lex;
use super::names::{HeaderId, same_name};
use crate::deviation::Span;

/// Where a header and its parts lie. Heads beyond 4 GiB are cut, so 32 bits do, and a header fits in 24 octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) start: u32,
    pub(super) name_end: u32,
    pub(super) value_start: u32,
    pub(super) value_end: u32,
    pub(super) end: u32,
    pub(super) id: HeaderId,
}

/// A header of a message: its octets, and what they mean.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    pub(super) octets: &'a [u8],
    pub(super) field: Field,
}

impl<'a> Header<'a> {
    /// All its lines, with their line ends.
    pub fn raw_span(&self) -> Span {
        span(self.field.start, self.field.end)
    }

    /// All its lines, with their line ends.
    pub fn raw(&self) -> &'a [u8] {
        &self.octets[self.raw_span()]
    }

    /// Where the name stands.
    pub fn name_span(&self) -> Span {
        span(self.field.start, self.field.name_end)
    }

    /// The name as sent.
    pub fn name(&self) -> &'a [u8] {
        &self.octets[self.name_span()]
    }

    /// Whether it has that name, in any case and form.
    pub fn is(&self, name: &[u8]) -> bool {
        same_name(self.name(), name)
    }

    /// What the name means.
    pub fn id(&self) -> HeaderId {
        self.field.id
    }

    /// Where the value stands, without white space at its ends; folds are inside.
    pub fn value_span(&self) -> Span {
        span(self.field.value_start, self.field.value_end)
    }

    /// The value as sent, folds included.
    pub fn raw_value(&self) -> &'a [u8] {
        &self.octets[self.value_span()]
    }

    /// The value, trimmed, with each fold as one SP (RFC 3261 section 7.3.1).
    pub fn value(&self) -> Cow<'a, [u8]> {
        lex::unfold(self.raw_value())
    }

    /// The parts of a comma-separated value, each without white space at its ends; commas in quoted strings and angle
    /// brackets part nothing. An empty value has one empty part.
    pub fn list(&self) -> impl Iterator<Item = Span> + use<'a> {
        lex::list(self.octets, self.value_span())
    }
}

impl std::fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name().escape_ascii(), self.value().escape_ascii())
    }
}

fn span(start: u32, end: u32) -> Span {
    start as usize..end as usize
}
