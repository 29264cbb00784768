//! What sums up others: every known header by its own production (3.2).

use wire::cpim::rule;
use wire::deviation::Rule;

use super::found::{OF_EXTENSIONS, failure, is_in, line_of, object};
use super::values;
use crate::Verdict;
use crate::standing::headers::extension;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "every-header", looks_at: LooksAt::Message, requirements: &[EVERY], run: every_header },
    Check {
        name: "extension-headers",
        looks_at: LooksAt::Message,
        requirements: &[OF_EXTENSIONS],
        run: extension_headers,
    },
];

const EVERY: &str = "C3862-3.2-1";

/// What it sums up; how names and namespaces are written is not about single headers.
const GATHERED: &str = "C3862-4";

/// How every header line is written, that of an extension too.
const LINES: &[&Rule] = &[
    &rule::HEADER_FOLDED,
    &rule::LINE_SPACE,
    &rule::NOT_UTF8,
    &rule::BARE_LF,
    &rule::CONTROL,
    &rule::SPACE,
    &rule::SPACE_MISSING,
];

fn extension_headers(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines = extension(view);
    if lines.is_empty() {
        return one(Observation::unclear("The message has no header of the extension.").seen(view.message));
    }
    // What other headers break too is for the rules themselves.
    let elsewhere = |rule: &Rule| {
        let all = view.cpim_deviations.iter().filter(|found| found.rule.name == rule.name);
        all.map(|found| &found.span).any(|span| line_of(&lines, span).is_none())
    };
    let broken = view.cpim_deviations.iter().filter(|found| {
        // An empty value cannot be written in a way that meets all the rules.
        let line = line_of(&lines, &found.span);
        let is_empty = line.is_none_or(|line| line.raw().trim_ascii().is_empty());
        is_in(found, LINES) && !is_empty && !elsewhere(found.rule)
    });
    Ok(broken.map(|found| failure(view, found).reading("R-33")).collect())
}

/// Checks of single values, the time of sending excepted, which is no matter of form.
fn of_form(check: &Check) -> bool {
    check.looks_at == LooksAt::Message && check.name != "require-needed"
}

/// Whose rule it is.
fn owner(check: &Check, seen: &Observation) -> &'static str {
    seen.charged.first().or(check.requirements.first()).copied().unwrap_or(EVERY)
}

/// The worst of what section 4 says of the headers (G-12).
fn every_header(context: &Context<'_>) -> Look {
    object(context)?;
    let all = values::CHECKS.iter().chain(super::names::CHECKS).filter(|check| of_form(check));
    let found = all.flat_map(|check| check.look(context).into_iter().map(move |seen| (check, seen)));
    let found = found.filter(|(check, seen)| owner(check, seen).starts_with(GATHERED));
    let worst = found.reduce(|worst, next| if next.1.verdict > worst.1.verdict { next } else { worst });
    match worst {
        Some((check, seen)) if seen.verdict > Verdict::Inconclusive => {
            let id = owner(check, &seen);
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
