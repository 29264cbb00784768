//! What sums up others: every known header by its own production (3.2).

use super::values;
use crate::Verdict;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] =
    &[Check { name: "every-header", looks_at: LooksAt::Message, requirements: &[EVERY], run: every_header }];

const EVERY: &str = "C3862-3.2-1";

/// Checks of single values, the time of sending excepted, which is no matter of form.
fn of_form(check: &Check) -> bool {
    check.looks_at == LooksAt::Message && check.name != "require-needed"
}

/// The worst of what section 4 says of the headers (G-12).
fn every_header(context: &Context<'_>) -> Look {
    super::found::object(context)?;
    let all = values::CHECKS.iter().chain(super::names::CHECKS).filter(|check| of_form(check));
    let found = all.flat_map(|check| check.look(context).into_iter().map(move |seen| (check, seen)));
    let worst = found.reduce(|worst, next| if next.1.verdict > worst.1.verdict { next } else { worst });
    match worst {
        Some((check, seen)) if seen.verdict > Verdict::Inconclusive => {
            let id = seen.charged.first().or(check.requirements.first()).copied().unwrap_or(EVERY);
            one(Observation {
                message: format!("{id} is not met: {}", seen.message),
                charged: vec![EVERY],
                usual: Vec::new(),
                ..seen
            })
        }
        _ => nothing(),
    }
}
