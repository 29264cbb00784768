//! Oracles: record in, verdicts out.

mod verdict;

pub use verdict::{Evidence, Finding, Judgement, Verdict};
