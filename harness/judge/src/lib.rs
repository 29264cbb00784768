//! Oracles: record in, verdicts out.
//!
//! [`judge`] is a pure function of a [`Case`]. It has no clock, no socket and no file. The octets of the IUT are foreign:
//! nothing here panics on them, and the work they can cause is bounded.
//!
//! [`capture`] decodes every message once and says which belong together; [`select`] knows the names of a scenario;
//! the walk through the steps evaluates assertions; standing checks look at everything else.

mod assertion;
pub mod capture;
mod case;
mod docket;
mod evidence;
mod rollup;
pub mod select;
mod standing;
mod steps;
mod uri;
mod verdict;

pub use assertion::filled;
pub use capture::Capture;
pub use case::{Case, Ics};
pub use select::Environment;
pub use standing::{check_names, check_names_of};
pub use verdict::{Evidence, Finding, Judgement, Verdict};

/// Judges one run of one scenario.
///
/// There is a judgement for every requirement that the scenario asserts, and for every other one that a standing
/// check found violated, in the order of the ledger. Where all that the scenario asserts of a requirement is about another
/// carrier, SIP or MSRP, than the messages came by, there is none.
pub fn judge(case: &Case<'_>) -> Vec<Judgement> {
    let mut walk = steps::Walk::new(case);
    walk.run();
    // What the IUT says to hostile input is not held against a document.
    if !case.scenario.is_hostile() {
        let scene = standing::Scene { case, capture: &walk.capture, environment: &walk.environment };
        standing::everywhere(&scene, &mut walk.docket);
    }
    rollup::judgements(case, walk.docket)
}
