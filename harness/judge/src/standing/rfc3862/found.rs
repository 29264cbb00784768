//! What the decoder found in a CPIM object, as observations.

use wire::deviation::{Deviation, Rule, Span};

use crate::capture::{Line, View};
use crate::evidence::quote;
use crate::standing::headers::extension;
use crate::standing::receipts::carriage::passes_through;
use crate::standing::{Context, Look, Observation};

/// The rules of lines, where headers of an extension alone break them (RFC 3862 section 3.2).
pub(super) const OF_EXTENSIONS: &str = "C3862-3.2-2";

/// A CPIM object that the IUT itself made; why there is nothing to look at otherwise.
pub(super) fn object<'c>(context: &Context<'c>) -> Result<&'c View<'c>, Box<Observation>> {
    let view = context.view()?;
    let unclear = |why: &str| Err(Box::new(Observation::unclear(why).seen(view.message)));
    match () {
        () if passes_through(context, view) => unclear("The message is as its sender made it."),
        () if view.cpim.is_none() => unclear("There is no CPIM object to look at."),
        () => Ok(view),
    }
}

pub(super) fn is_in(found: &Deviation, rules: &[&Rule]) -> bool {
    rules.iter().any(|rule| rule.name == found.rule.name)
}

/// The line in which a place is.
pub(super) fn line_of<'l, 'a>(lines: &'l [Line<'a>], span: &Span) -> Option<&'l Line<'a>> {
    lines.iter().find(|line| line.line.start <= span.start && span.end <= line.line.end)
}

/// Lines of that bare name.
pub(super) fn named<'a>(view: &View<'a>, name: &str) -> Vec<Line<'a>> {
    view.lines().into_iter().filter(|line| line.prefix.is_none() && line.local == name).collect()
}

/// A rule of the decoder, as a failure.
pub(super) fn failure(view: &View<'_>, found: &Deviation) -> Observation {
    let detail = match &*found.detail {
        "" => String::new(),
        detail => format!(": {}", quote(detail)),
    };
    Observation::fail(format!("The CPIM object breaks a rule{detail}.")).right(found.rule.text).in_body(
        view,
        found.span.clone(),
        "here",
    )
}

/// Everything that breaks one of the rules.
pub(super) fn broken(
    context: &Context<'_>,
    reading: &'static str,
    is: impl Fn(&View<'_>, &Deviation) -> bool,
) -> Look {
    let view = object(context)?;
    let found = view.cpim_deviations.iter().filter(|found| is(view, found));
    Ok(found.map(|found| failure(view, found).reading(reading)).collect())
}

/// The same of the rules of lines: what only headers of an extension break is charged to the rule about those.
pub(super) fn broken_lines(
    context: &Context<'_>,
    id: &'static str,
    reading: &'static str,
    is: impl Fn(&View<'_>, &Deviation) -> bool,
) -> Look {
    let view = object(context)?;
    let extension = extension(view);
    let found: Vec<&Deviation> = view.cpim_deviations.iter().filter(|found| is(view, found)).collect();
    let only = found.iter().all(|found| line_of(&extension, &found.span).is_some());
    let owner = if only { OF_EXTENSIONS } else { id };
    Ok(found.into_iter().map(|found| failure(view, found).reading(reading).charge(&[owner])).collect())
}
