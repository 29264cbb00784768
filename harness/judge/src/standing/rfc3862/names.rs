//! Names of headers, prefixes and namespaces (3, 3.1, 3.4, 4, 4.6).

use wire::cpim::{CORE, is_token, rule};
use wire::deviation::Deviation;

use super::found::{broken, failure, is_in, line_of, named, object};
use crate::capture::{Line, View};
use crate::evidence::quote;
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "name-case",
        looks_at: LooksAt::Message,
        requirements: &["C3862-3-1", "C3862-4-2"],
        run: name_case,
    },
    Check {
        name: "name-characters",
        looks_at: LooksAt::Message,
        requirements: &[CHARACTERS, PERIODS],
        run: name_characters,
    },
    Check {
        name: "namespace-uri",
        looks_at: LooksAt::Message,
        requirements: &["C3862-3.4-2", "C3862-3.4-3"],
        run: namespace_uri,
    },
    Check {
        name: "declared-before-use",
        looks_at: LooksAt::Message,
        requirements: &["C3862-3.4-5"],
        run: |context| {
            let rules = [&rule::PREFIX_UNBOUND, &rule::PREFIX_BOUND_LATE];
            broken(context, "R-04", |view, found| is_in(found, &rules) && !is_misnamed(view, found))
        },
    },
    Check { name: "core-names", looks_at: LooksAt::Message, requirements: &["C3862-3.4-8"], run: core_names },
    Check {
        name: "ns-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.6-1"],
        run: |context| {
            broken(context, "R-02", |view, found| {
                is_in(found, &[&rule::NAMESPACE_FORM]) && bad_prefix_at(view, found).is_none()
            })
        },
    },
];

const CHARACTERS: &str = "C3862-3.1-1";
const PERIODS: &str = "C3862-3.1-2";

/// Headers whose spelling section 4 gives in inner capitals.
const WITH_CAPITALS: &[&str] = &["DateTime", "NS", "Require"];

/// Headers of RFC 3862.
const DEFINED: &[&str] = &["From", "To", "cc", "DateTime", "Subject", "NS", "Require"];

fn name_case(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines = view.lines();
    let found = view.cpim_deviations.iter().filter(|found| is_in(found, &[&rule::NAME_CASE]));
    let charge = |found: &Deviation| {
        let local = line_of(&lines, &found.span).map(|line| line.local.to_string()).unwrap_or_default();
        let capitals = WITH_CAPITALS.iter().any(|name| name.eq_ignore_ascii_case(&local));
        let owner = if capitals { "C3862-4-2" } else { "C3862-3-1" };
        failure(view, found).reading("R-33").charge(&[owner])
    };
    Ok(found.map(charge).collect())
}

/// The prefix that an NS line declares, as it stands.
fn declared<'l>(line: &'l Line<'_>) -> Option<std::borrow::Cow<'l, str>> {
    let text = String::from_utf8_lossy(line.raw());
    let (prefix, _) = text.split_once('<')?;
    Some(prefix.trim().to_owned().into())
}

/// An NS line whose prefix is no name, although the rest of it is in order.
fn bad_prefix<'a>(line: &Line<'a>) -> Option<String> {
    let prefix = declared(line)?.into_owned();
    let plain = !prefix.is_empty() && !prefix.contains([' ', '\t', '=', '"']);
    let name = is_token(prefix.as_bytes()) && prefix.is_ascii() && !prefix.contains('.');
    (plain && !name).then_some(prefix)
}

fn bad_prefix_at(view: &View<'_>, found: &Deviation) -> Option<String> {
    let lines = named(view, "NS");
    bad_prefix(line_of(&lines, &found.span)?)
}

/// Whether a line has a prefix that is no name, so that nothing can bind it.
fn is_misnamed(view: &View<'_>, found: &Deviation) -> bool {
    let lines = view.lines();
    let Some(line) = line_of(&lines, &found.span) else { return false };
    let name = line.full_name();
    name.matches('.').count() > 1
        || named(view, "NS").iter().filter_map(bad_prefix).any(|prefix| name.starts_with(&prefix))
}

/// Whether a value begins one of its names with a prefix that is no name, but declared as one.
pub(super) fn has_bad_prefix(view: &View<'_>, line: &Line<'_>) -> bool {
    let text = line.text();
    named(view, "NS")
        .iter()
        .filter_map(bad_prefix)
        .any(|prefix| text.split(',').any(|name| name.trim().starts_with(&prefix)))
}

fn name_characters(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let owner = |name: &str| if name.matches('.').count() > 1 { PERIODS } else { CHARACTERS };
    let lines = view.lines();
    let names = view.cpim_deviations.iter().filter(|found| is_in(found, &[&rule::NAME]));
    let names = names.map(|found| {
        let name = line_of(&lines, &found.span).map(|line| line.full_name().into_owned());
        failure(view, found).charge(&[owner(&name.unwrap_or_default())])
    });
    let prefixes = named(view, "NS").into_iter().filter_map(|line| {
        let prefix = bad_prefix(&line)?;
        let owner = if prefix.contains('.') { PERIODS } else { CHARACTERS };
        let observation = Observation::fail(format!("The prefix {} is no name.", quote(&prefix)));
        let right = "Letters, digits and the marks that a name may have.";
        Some(observation.right(right).charge(&[owner]).in_body(view, line.value, "here"))
    });
    Ok(names.chain(prefixes).collect())
}

fn namespace_uri(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let found = view.cpim_deviations.iter().filter(|found| is_in(found, &[&rule::NAMESPACE_URI]));
    let charge = |found: &Deviation| {
        let owner = if found.detail == "a fragment" { "C3862-3.4-3" } else { "C3862-3.4-2" };
        failure(view, found).reading("R-03").charge(&[owner])
    };
    Ok(found.map(charge).collect())
}

fn core_names(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let own = view.profile.cpim_namespace;
    let foreign = view.lines().into_iter().find(|line| {
        line.prefix.is_some()
            && DEFINED.contains(&&*line.local)
            && line.bound.as_ref().is_some_and(|(uri, _)| Some(uri.as_str()) == own)
    });
    let foreign = foreign.map(|line| {
        Observation::fail(format!("{} is none of the extension's headers.", quote(&line.full_name())))
            .in_body(view, line.name, "a header of RFC 3862 under another namespace")
    });
    // The URN as section 6 misprints it, or without its last colon.
    let plain = |uri: &str| uri.replace('-', ":").trim_end_matches(':').to_owned();
    let misprinted = named(view, "NS")
        .into_iter()
        .find(|line| line.uri_text().is_some_and(|uri| uri != CORE && plain(&uri) == plain(CORE)));
    let misprinted = misprinted.map(|line| {
        Observation::fail("The namespace of RFC 3862 is misspelled.").in_body(view, line.value, "here")
    });
    let right = format!("Bare names, or names with a prefix bound to {CORE}.");
    Ok(foreign.into_iter().chain(misprinted).map(|seen| seen.right(&*right).reading("R-42")).collect())
}
