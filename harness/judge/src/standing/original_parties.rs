//! Whom a copy names as the first sender and the first addressee.

use wire::cpim;

use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation, policy};
use crate::capture::{Line, View};
use crate::evidence::{self, quote};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "original-to",
        looks_at: LooksAt::Copy,
        requirements: &[KEEP_TO, SAME_TO],
        run: original_to,
    },
    Check {
        name: "original-from",
        looks_at: LooksAt::Copy,
        requirements: &[CREATE_FROM, EXPECTED_FROM, PASS_FROM],
        run: original_from,
    },
];

const KEEP_TO: &str = "IMDN-6.3-3";
const SAME_TO: &str = "IMDN-11.3-1";
const CREATE_FROM: &str = "IMDN-8.1.3-3";
const EXPECTED_FROM: &str = "IMDN-8.1-3";
const PASS_FROM: &str = "IMDN-8.1.3-4";

/// The URI in a line, brackets or not.
fn stated(line: &Line<'_>) -> String {
    line.uri_text().unwrap_or_else(|| uri::inner(&line.text()).to_owned())
}

/// Points at what a message of a peer says.
fn as_sent(source: &View<'_>, line: &Line<'_>, label: &str) -> crate::Evidence {
    evidence::at(source.message, source.message.in_body(line.line.clone()), label)
}

fn original_to(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    let Some(name) = view.profile.headers.original_to else { return nothing() };
    let (kept, addressed) = (source.extension(name), source.core("To"));
    let is_kept = kept.first().is_some_and(|line| !stated(line).is_empty());
    let wanted = if is_kept { &kept } else { &addressed };
    let Some(first) = wanted.first() else {
        return one(Observation::unclear("The message names no addressee.").seen(source.message));
    };
    let right = format!("{name} with {}.", quote(&stated(first)));
    let beside = as_sent(source, first, "what the peer sent");
    let Some(line) = view.extension(name).into_iter().next() else {
        let observation = Observation::fail(format!("The copy has no {name}.")).charge(&[KEEP_TO]);
        return one(observation.right(right).reading("I-21").seen(view.message).beside([beside]));
    };
    let value = stated(&line);
    let among = |lines: &[Line<'_>]| lines.iter().any(|line| uri::same(&value, &stated(line)));
    let text = quote(&line.text());
    let observation = if among(wanted) {
        match line.text().contains('<') {
            true => return nothing(),
            false => {
                Observation::warn(format!("{name} holds {text} without angle brackets.")).charge(&[KEEP_TO])
            }
        }
    } else if is_kept && among(&addressed) {
        Observation::warn(format!("{name} was overwritten with {text}.")).charge(&[KEEP_TO])
    } else if among(&view.core("To")) {
        Observation::fail(format!("{name} holds the member {text}.")).charge(&[KEEP_TO, SAME_TO])
    } else {
        Observation::fail(format!("{name} holds {text}.")).charge(&[KEEP_TO])
    };
    let observation = observation.right(right).reading("I-21");
    one(observation.in_body(view, line.line.clone(), "here").beside([beside]))
}

fn original_from(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    let Some(name) = view.profile.headers.original_from else { return nothing() };
    let line = view.extension(name).into_iter().next();
    let empty = line.as_ref().is_none_or(|line| line.text().trim().is_empty());
    if policy::hides_sender(context, view.message.event, source) {
        // What is shown all the same is for the check of privacy.
        let shown = "The IUT was told to hide the sender, so the header has nothing to hold.";
        return if empty { nothing() } else { one(Observation::unclear(shown).seen(view.message)) };
    }
    match source.extension(name).first() {
        Some(sent) => Ok(passed_on(view, source, line.as_ref(), sent).into_iter().collect()),
        None => created(view, source, name, line.as_ref()),
    }
}

fn created(view: &View<'_>, source: &View<'_>, name: &str, line: Option<&Line<'_>>) -> Look {
    let from = source.core("From");
    let Some(from) = from.first() else {
        return one(Observation::unclear("The message names no sender.").seen(source.message));
    };
    let wanted = stated(from);
    if line.is_some_and(|line| uri::same(&stated(line), &wanted)) {
        return nothing();
    }
    let message = match line {
        None => format!("The copy has no {name}."),
        Some(line) => format!("{name} of the copy holds {}.", quote(&line.text())),
    };
    let finish = |observation: Observation| {
        let observation = observation.right(format!("{name} with {}.", quote(&wanted))).reading("I-06");
        let observation = match line {
            Some(line) => observation.in_body(view, line.line.clone(), "not the sender of the message"),
            None => observation.seen(view.message),
        };
        observation.beside([as_sent(source, from, "the sender")])
    };
    // The same duty twice: a MUST in 8.1.3, a SHOULD in 8.1.
    let strong = finish(Observation::fail(message.clone()).charge(&[CREATE_FROM]));
    Ok(vec![strong, finish(Observation::warn(message).charge(&[EXPECTED_FROM]))])
}

fn passed_on(
    view: &View<'_>,
    source: &View<'_>,
    line: Option<&Line<'_>>,
    sent: &Line<'_>,
) -> Option<Observation> {
    let null = sent.text().trim().is_empty();
    let name = &sent.local;
    let observation = match line {
        None => Observation::fail(format!("The copy has no {name}, though the message has one.")),
        Some(line) if null && line.text().trim().is_empty() => return None,
        Some(line) if null => {
            Observation::fail(format!("The empty {name} was filled with {}.", quote(&line.text())))
        }
        Some(line) if !uri::same(&stated(line), &stated(sent)) => {
            Observation::fail(format!("{name} of the copy holds {}.", quote(&line.text())))
        }
        Some(line) if formal_name(view, line) != formal_name(source, sent) => Observation::warn(format!(
            "{name} of the copy has another display name: {}.",
            quote(&line.text())
        )),
        Some(_) => return None,
    };
    let observation =
        observation.right(format!("{name} as it came: {}.", quote(&sent.text()))).charge(&[PASS_FROM]);
    let observation = observation.reading(if null { "I-07" } else { "I-06" });
    let observation = match line {
        Some(line) => observation.in_body(view, line.line.clone(), "not as it came"),
        None => observation.seen(view.message),
    };
    Some(observation.beside([as_sent(source, sent, "what the peer sent")]))
}

/// The display name, quotes and escapes undone.
fn formal_name(view: &View<'_>, line: &Line<'_>) -> String {
    let address = cpim::decode_address(&view.message.body, line.value.clone()).value;
    let name = address.and_then(|address| address.formal_name().map(|name| name.trim().to_owned()));
    name.unwrap_or_default()
}
