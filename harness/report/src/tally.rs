//! Counting judgements by verdict.

use judge::{Judgement, Verdict};

/// Numbers of judgements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Met.
    pub passed: usize,
    /// Violated.
    pub failed: usize,
    /// A SHOULD not met, or a second tenable reading.
    pub warnings: usize,
    /// No basis.
    pub inconclusive: usize,
    /// Harness, driver or environment.
    pub errors: usize,
    /// Not for this IUT.
    pub not_applicable: usize,
}

impl Tally {
    /// Counts judgements.
    pub fn of<'a>(judgements: impl IntoIterator<Item = &'a Judgement>) -> Self {
        let mut tally = Self::default();
        for judgement in judgements {
            *tally.count(judgement.verdict) += 1;
        }
        tally
    }

    fn count(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Pass => &mut self.passed,
            Verdict::Fail => &mut self.failed,
            Verdict::Warning => &mut self.warnings,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Error => &mut self.errors,
            Verdict::NotApplicable => &mut self.not_applicable,
        }
    }
}
