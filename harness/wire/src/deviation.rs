//! What a decoder found wrong, where, and by which rule.

use std::fmt;
use std::ops::Range;

/// A range of octets, absolute in the octets that were given to the decoder.
pub type Span = Range<usize>;

/// One demand of a document that a decoder checks.
///
/// Rules are `pub static` items next to the decoder that reports them. Which requirement of which catalogue a rule
/// stands for is the judge's knowledge, not this crate's.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Stable name: codec, dot, what is wrong; for example `cpim.header-folded`.
    pub name: &'static str,
    /// What is demanded, as a sentence.
    pub text: &'static str,
    /// Document and section; for example `RFC 3862 2.1`.
    pub source: &'static str,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.source)
    }
}

/// Octets that break a [`Rule`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// The octets that break it; empty at the place where something is missing.
    pub span: Span,
    /// The rule they break.
    pub rule: &'static Rule,
    /// What stands there instead; may be empty.
    pub detail: String,
}

impl Deviation {
    /// A deviation that needs no detail beyond its octets.
    pub fn new(span: Span, rule: &'static Rule) -> Self {
        Self { span, rule, detail: String::new() }
    }

    /// A deviation that says what stands there instead.
    pub fn with_detail(span: Span, rule: &'static Rule, detail: impl Into<String>) -> Self {
        Self { span, rule, detail: detail.into() }
    }
}

/// The value a decoder could make of the octets, and what it found wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<T> {
    /// The value; what could not be understood is left out of it.
    pub value: T,
    /// What is wrong, in the order in which it was found.
    pub deviations: Vec<Deviation>,
}

impl<T> Decoded<T> {
    /// Whether a rule was broken, by identity of its name.
    pub fn breaks(&self, rule: &Rule) -> bool {
        self.deviations.iter().any(|deviation| deviation.rule.name == rule.name)
    }

    /// The same deviations with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Decoded<U> {
        Decoded { value: change(self.value), deviations: self.deviations }
    }
}
