//! What the headers of RFC 3862 hold (3.3 to 3.6, 4).

use std::time::Duration;

use time::OffsetDateTime;
use wire::cpim::{Namespace, decode_address, rule};
use wire::deviation::{Deviation, Rule};
use wire::time as rfc3339;

use super::found::{failure, is_in, line_of, named, object};
use super::lines::holds_several;
use super::names::has_bad_prefix;
use crate::capture::{Line, View};
use crate::evidence::quote;
use crate::standing::headers::extension;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "parameter-case",
        looks_at: LooksAt::Message,
        requirements: &["C3862-3.6-1"],
        run: parameter_case,
    },
    Check {
        name: "formal-name",
        looks_at: LooksAt::Message,
        requirements: &["C3862-3.6-5"],
        run: formal_name,
    },
    Check {
        name: "absolute-uri",
        looks_at: LooksAt::Message,
        requirements: &["C3862-3.6-6"],
        run: absolute_uri,
    },
    Check {
        name: "from-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.1-1"],
        run: |context| address_form(context, "From"),
    },
    Check {
        name: "to-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.2-1"],
        run: |context| address_form(context, "To"),
    },
    Check {
        name: "cc-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.3-1"],
        run: |context| address_form(context, "cc"),
    },
    Check {
        name: "date-time-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.4-1"],
        run: date_time_form,
    },
    Check {
        name: "date-time-now",
        looks_at: LooksAt::Asked,
        requirements: &["C3862-4.4-2"],
        run: date_time_now,
    },
    Check {
        name: "subject-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.5-1"],
        run: subject_form,
    },
    Check {
        name: "require-form",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.7-1"],
        run: require_form,
    },
    Check {
        name: "require-needed",
        looks_at: LooksAt::Message,
        requirements: &["C3862-4.7-2"],
        run: require_needed,
    },
];

/// What is wrong with a timestamp by the grammar; lower case and unknown offsets are legal.
const TIME: &[&Rule] = &[
    &rfc3339::rule::MALFORMED,
    &rfc3339::rule::PADDED,
    &rfc3339::rule::SEPARATOR,
    &rfc3339::rule::FRACTION_EMPTY,
    &rfc3339::rule::OFFSET_MISSING,
    &rfc3339::rule::OFFSET_HOUR_ONLY,
    &rfc3339::rule::OFFSET_FORM,
];

/// How far a DateTime may be off: two seconds by the catalogue, and one that is lost where seconds are cut.
const SLACK: Duration = Duration::from_secs(3);

fn parameter_case(context: &Context<'_>) -> Look {
    let view = object(context)?;
    if view.lines().iter().all(|line| line.parameters.is_empty()) {
        return one(Observation::unclear("No header has a parameter.").seen(view.message));
    }
    let re_cased = |line: &&Line<'_>| {
        let octets = view.message.body.get(line.parameters.clone()).unwrap_or_default();
        let text = String::from_utf8_lossy(octets);
        let names = text.split(';').filter_map(|parameter| parameter.split_once('='));
        names
            .map(|(name, _)| name.trim().to_owned())
            .any(|name| name != "lang" && name.eq_ignore_ascii_case("lang"))
    };
    let found = view.lines().iter().find(re_cased).map(|line| {
        Observation::fail("The parameter lang is not in lower case.")
            .right(";lang= and a language tag.")
            .reading("R-31")
            .in_body(view, line.parameters.clone(), "here")
    });
    Ok(found.into_iter().collect())
}

fn formal_name(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines = view.lines();
    let found = view.cpim_deviations.iter().filter(|found| {
        // What is wrong inside quotes is for the check of the escapes, what goes over two lines for that of the lines.
        let line = line_of(&lines, &found.span);
        is_in(found, &[&rule::FORMAL_NAME]) && line.is_some_and(|line| !is_string(line) && !line.folded)
    });
    Ok(found.map(|found| failure(view, found).reading("R-32")).collect())
}

/// Whether a name begins, or was meant to begin, with a quote.
pub(super) fn is_string(line: &Line<'_>) -> bool {
    let text = line.text();
    text.trim_start().trim_start_matches('\\').starts_with('"')
}

fn absolute_uri(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let mut found: Vec<Observation> = view
        .cpim_deviations
        .iter()
        .filter(|found| is_in(found, &[&rule::URI]))
        .map(|found| failure(view, found).reading("R-13"))
        .collect();
    let headers = &view.profile.headers;
    let addresses = [headers.original_to, headers.record_route, headers.route];
    let lines =
        extension(view).into_iter().filter(|line| addresses.contains(&Some(&*line.local)) && !line.folded);
    found.extend(lines.filter_map(|line| {
        let raw = line.raw();
        let bad = decode_address(raw, 0..raw.len()).deviations;
        bad.iter().any(|found| is_in(found, &[&rule::URI])).then(|| {
            Observation::fail(format!("{} holds no absolute URI.", quote(&line.full_name())))
                .right(rule::URI.text)
                .reading("R-13")
                .in_body(view, line.value.clone(), "here")
        })
    }));
    Ok(found)
}

fn address_form(context: &Context<'_>, name: &str) -> Look {
    let view = object(context)?;
    let lines = view.core(name);
    if lines.is_empty() {
        return one(Observation::unclear(format!("The message has no {name}.")).seen(view.message));
    }
    let rules = [&rule::ADDRESS, &rule::ADDRESS_BRACKETS, &rule::REPEATED];
    let several = |line: &Line<'_>| name == "To" && holds_several(&line.text());
    let of_lines = view.cpim_deviations.iter().filter(|found| is_in(found, &rules));
    let of_lines = of_lines.filter(|found| line_of(&lines, &found.span).is_some_and(|line| !several(line)));
    let mut found: Vec<Observation> = of_lines.map(|found| failure(view, found).reading("R-32")).collect();
    found.extend(lines.iter().filter_map(|line| with_parameters(view, line)));
    Ok(found)
}

/// A header other than Subject that has a parameter.
fn with_parameters(view: &View<'_>, line: &Line<'_>) -> Option<Observation> {
    let observation = Observation::warn(format!("{} has a parameter.", quote(&line.full_name())));
    let observation = observation.right("The name, a colon, one blank and the value.").reading("R-31");
    (!line.parameters.is_empty()).then(|| observation.in_body(view, line.parameters.clone(), "here"))
}

fn date_time_form(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines = view.core("DateTime");
    // A notification may do without.
    if lines.is_empty() && !context.scene.capture.is_report(view.message.event) {
        return one(Observation::unclear("The message has no DateTime.").seen(view.message));
    }
    let found = lines.iter().filter_map(|line| {
        let raw = line.raw().trim_ascii();
        let bad = rfc3339::decode(raw, 0..raw.len()).deviations;
        let bad = bad.into_iter().find(|found| is_in(found, TIME))?;
        let observation = Observation::fail(format!("DateTime is {}.", quote(&String::from_utf8_lossy(raw))));
        Some(observation.right(bad.rule.text).reading("R-10").in_body(view, line.value.clone(), "here"))
    });
    Ok(found.chain(lines.iter().filter_map(|line| with_parameters(view, line))).collect())
}

fn date_time_now(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines = view.core("DateTime");
    let Some(line) = lines.first() else {
        return one(Observation::unclear("The message has no DateTime.").seen(view.message));
    };
    let raw = line.raw().trim_ascii();
    let Some(stated) = rfc3339::decode(raw, 0..raw.len()).value.map(|time| time.instant) else {
        return one(Observation::unclear("DateTime cannot be read.").seen(view.message));
    };
    let came: OffsetDateTime = context.scene.case.record.started + view.message.at;
    let off = if stated > came { stated - came } else { came - stated };
    if off <= SLACK {
        return nothing();
    }
    let message =
        format!("DateTime is {} s away from the time at which the message came.", off.whole_seconds());
    one(Observation::fail(message).right("The time of sending, within two seconds.").reading("R-10").in_body(
        view,
        line.value.clone(),
        "here",
    ))
}

fn subject_form(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines = view.core("Subject");
    if lines.is_empty() {
        return one(Observation::unclear("The message has no Subject.").seen(view.message));
    }
    let rules = [&rule::PARAMETER, &rule::LANGUAGE_TAG];
    let bad = |found: &&Deviation| is_in(found, &rules) && line_of(&lines, &found.span).is_some();
    let mut found: Vec<Observation> =
        view.cpim_deviations.iter().filter(bad).map(|found| failure(view, found).reading("R-31")).collect();
    let parted =
        lines.iter().find(|line| line.text().trim_start().to_ascii_lowercase().starts_with(";lang="));
    found.extend(parted.map(|line| {
        Observation::fail("A blank parts the colon from the parameter.")
            .right("`Subject:;lang=`, the tag, one blank and the text.")
            .reading("R-31")
            .in_body(view, line.line.clone(), "here")
    }));
    Ok(found)
}

fn require_form(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let misspelled = named(view, "Required");
    if let Some(line) = misspelled.first() {
        let observation = Observation::fail("A header is called Required.").right("Require.").reading("R-34");
        return one(observation.in_body(view, line.name.clone(), "another header"));
    }
    let lines = named(view, "Require");
    if lines.is_empty() {
        return one(Observation::unclear("The message requires nothing.").seen(view.message));
    }
    let spaced = |line: &Line<'_>| {
        let text = line.text();
        text.contains(',')
            && text.split(',').all(|name| !name.trim().is_empty() && !name.trim().contains([' ', '\t']))
    };
    let found = view.cpim_deviations.iter().filter(|found| is_in(found, &[&rule::REQUIRE]));
    let form = found.filter_map(|found| {
        let line = line_of(&lines, &found.span).filter(|line| !has_bad_prefix(view, line))?;
        let observation = failure(view, found).reading("R-34");
        Some(match spaced(line) {
            true => Observation { verdict: crate::Verdict::Warning, ..observation },
            false => observation,
        })
    });
    let mut found: Vec<Observation> = form.collect();
    found.extend(lines.iter().filter_map(|line| with_parameters(view, line)));
    let required = view.cpim.iter().flat_map(|cpim| cpim.require());
    // A prefix that is declared too late, or that is no name, is for the checks of those.
    let declared: Vec<String> = named(view, "NS").iter().map(|line| line.text().into_owned()).collect();
    let is_declared = |name: &str| {
        let prefix = name.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        declared.iter().any(|text| text.split('<').next().is_some_and(|own| own.trim() == prefix))
    };
    let unbound = required.filter(|name| name.namespace == Namespace::Unbound && !is_declared(&name.name));
    found.extend(unbound.map(|name| {
        Observation::fail(format!("No NS line binds the prefix of {}.", quote(&name.name)))
            .right("Names whose prefix is declared above.")
            .reading("R-34")
            .in_body(view, name.span, "here")
    }));
    Ok(found)
}

/// Whether it is the request, and stands in another place, which is for RFC 5438 to judge.
fn is_displaced(view: &View<'_>, name: &str) -> bool {
    name == view.profile.headers.request
        && (view.request_in_entity().is_some() || view.request_in_sip().is_some())
}

fn require_needed(context: &Context<'_>) -> Look {
    let view = object(context)?;
    let lines = view.lines();
    let required = view.cpim.iter().flat_map(|cpim| cpim.require());
    let own = view.profile.cpim_namespace;
    // A feature that is no header of a known namespace may be needed whether it shows or not.
    let is_header = |namespace: &Namespace<'_>| match namespace {
        Namespace::Default => true,
        Namespace::Bound { uri, .. } => Some(&**uri) == own,
        Namespace::Unbound => false,
    };
    let absent = required.filter(|name| is_header(&name.namespace));
    let is_there = |name: &str| lines.iter().any(|line| line.local == name) || is_displaced(view, name);
    let mut absent = absent.filter(|name| !is_there(&name.local_name));
    let found = absent.next().map(|name| {
        Observation::warn(format!("{} is required, though the message does not have it.", quote(&name.name)))
            .right("What the message uses, and no more.")
            .reading("R-34")
            .in_body(view, name.span, "here")
    });
    Ok(found.into_iter().collect())
}
