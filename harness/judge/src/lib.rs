//! Oracles: record in, verdicts out.
//!
//! Judging is a pure function of a [`Case`]. It has no clock, no socket and no file. The octets of the IUT are foreign:
//! nothing here panics on them, and the work they can cause is bounded.

pub mod capture;
mod case;
pub mod select;
mod verdict;

pub use capture::Capture;
pub use case::{Case, Ics};
pub use select::Environment;
pub use verdict::{Evidence, Finding, Judgement, Verdict};
