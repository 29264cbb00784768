//! Where a decoder collects what it finds.

use crate::deviation::{Deviation, Rule, Span};

/// Deviations kept from one decoding. A peer that breaks a rule on every line gets no memory in return.
const MOST: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<Deviation>);

impl Notes {
    pub(crate) fn add(&mut self, span: Span, rule: &'static Rule) {
        self.push(|| Deviation::new(span, rule));
    }

    pub(crate) fn explain(&mut self, span: Span, rule: &'static Rule, detail: impl Into<String>) {
        self.push(|| Deviation::with_detail(span, rule, detail));
    }

    pub(crate) fn extend(&mut self, found: Vec<Deviation>) {
        let room = MOST.saturating_sub(self.0.len());
        self.0.extend(found.into_iter().take(room));
    }

    pub(crate) fn into_deviations(self) -> Vec<Deviation> {
        self.0
    }

    #[cold]
    fn push(&mut self, deviation: impl FnOnce() -> Deviation) {
        if self.0.len() < MOST {
            self.0.push(deviation());
        }
    }
}
