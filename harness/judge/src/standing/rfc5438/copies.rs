//! Copies of instant messages by an intermediary: what it adds, and what it has to keep (6.4 to 6.6, 8, 10, 12.2).

use super::kind::requests;
use super::target::{effective, ill_formed_address};
use crate::capture::{Line, View};
use crate::evidence::{self, quote};
use crate::standing::observation::{nothing, one};
use crate::standing::receipts::copies::octets;
use crate::standing::receipts::hidden::members;
use crate::standing::receipts::negative::addresses;
use crate::standing::{Check, Context, Look, LooksAt, Observation, policy};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "original-to",
        looks_at: LooksAt::Copy,
        requirements: &[ABSENT, RECORDED, ADDED, VALUE, TWO, ALTERED, SECOND, HIDDEN],
        run: original_to,
    },
    Check {
        name: "original-to-syntax",
        looks_at: LooksAt::Copy,
        requirements: &["I5438-10-7"],
        run: |context| syntax(context, |view| view.profile.headers.original_to),
    },
    Check {
        name: "record-route-syntax",
        looks_at: LooksAt::Copy,
        requirements: &["I5438-10-8"],
        run: |context| syntax(context, |view| view.profile.headers.record_route),
    },
    Check {
        name: "record-route",
        looks_at: LooksAt::Copy,
        requirements: &[OWN, RETURNING, ABOVE, NEEDED],
        run: record_route,
    },
    Check {
        name: "request-kept",
        looks_at: LooksAt::Copy,
        requirements: &[SAME, LOST_BY_HIDING, LOST_BY_RECORDING],
        run: request_kept,
    },
];

const ABSENT: &str = "I5438-6.4-3";
const RECORDED: &str = "I5438-8-1";
const ADDED: &str = "I5438-6.4-1";
const VALUE: &str = "I5438-6.4-2";
const TWO: &str = "I5438-6.4-4";
const ALTERED: &str = "I5438-6.4-5";
const SECOND: &str = "I5438-8-2";
const HIDDEN: &str = "I5438-8-4";
const OWN: &str = "I5438-6.5-2";
const RETURNING: &str = "I5438-8-7";
const ABOVE: &str = "I5438-8-6";
const NEEDED: &str = "I5438-6.6-2";
const SAME: &str = "I5438-12.2-3";
const LOST_BY_HIDING: &str = "I5438-8-3";
const LOST_BY_RECORDING: &str = "I5438-8-5";

/// Copy and message, as far as both are CPIM objects.
fn both<'c>(context: &Context<'c>) -> Result<(&'c View<'c>, &'c View<'c>), Box<Observation>> {
    let (view, source) = context.pair()?;
    let unclear = |why: &str| Err(Box::new(Observation::unclear(why).seen(view.message)));
    match () {
        () if view.cpim.is_none() || source.cpim.is_none() => unclear("There is no CPIM object to compare."),
        () if view.enclosed().is_some() => unclear("The message was wrapped, not edited."),
        () => Ok((view, source)),
    }
}

fn holds(context: &Context<'_>, view: &View<'_>, switch: &str) -> bool {
    policy::holds(context, view.message.event, switch)
}

fn values(lines: &[Line<'_>]) -> Vec<Vec<u8>> {
    lines.iter().map(|line| line.raw().trim_ascii().to_vec()).collect()
}

fn original_to(context: &Context<'_>) -> Look {
    let (view, source) = both(context)?;
    if requests(source).is_empty() {
        return one(Observation::unclear("The message asks for nothing.")
            .reading("R-14")
            .seen(source.message));
    }
    let name = view.profile.headers.original_to;
    let (here, sent) = (effective(view, name), effective(source, name));
    if holds(context, view, "hide_target") {
        return hidden_target(view, source, &here, &sent);
    }
    let finish = |observation, owner| about_target(source, observation, owner);
    let show = |observation: Observation| match here.first() {
        Some(line) => observation.in_body(view, line.line.clone(), "here"),
        None => observation.seen(view.message),
    };
    if let [first, second, ..] = &here[..] {
        let owner = if first.prefix == second.prefix { SECOND } else { TWO };
        let observation = Observation::fail("The copy has more than one Original-To.");
        return finish(observation.in_body(view, second.line.clone(), "once more"), owner);
    }
    if !sent.is_empty() {
        return match values(&here) == values(&sent) {
            true => nothing(),
            false => finish(show(Observation::fail("Original-To is not as it came.")), ALTERED),
        };
    }
    let (before, after) = (source.address("To"), view.address("To"));
    let changed = !both_same(&before, &after);
    let Some(said) = here.first().and_then(Line::uri_text) else {
        if !changed || !here.is_empty() {
            return nothing();
        }
        let mut found =
            finish(show(Observation::fail("To was changed, and there is no Original-To.")), ABSENT)?;
        found.extend(finish(show(Observation::warn("The To from before the change is lost.")), RECORDED)?);
        return Ok(found);
    };
    match other_target(&Some(said), changed, (&before, &after)) {
        Some((observation, owner)) => finish(show(observation), owner),
        None => nothing(),
    }
}

fn about_target(source: &View<'_>, observation: Observation, owner: &'static str) -> Look {
    let right = "The address from before the change, once; what is there already as it came.";
    let beside = evidence::whole(source.message, "the message it comes from");
    Ok(vec![observation.right(right).reading("R-14").charge(&[owner]).beside([beside])])
}

/// What is wrong with an Original-To that is not To from before the change, and whose that is.
fn other_target(
    said: &Option<String>,
    changed: bool,
    (before, after): (&Option<String>, &Option<String>),
) -> Option<(Observation, &'static str)> {
    if both_same(said, before) {
        return None;
    }
    Some(match changed {
        false => (Observation::fail("Original-To holds an address other than To."), ADDED),
        true if both_same(said, after) => {
            (Observation::warn("Original-To holds the new To, not the one from before."), VALUE)
        }
        true => (Observation::fail("Original-To holds another address than the former To."), VALUE),
    })
}

fn both_same(one: &Option<String>, other: &Option<String>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => uri::same(one, other),
        (one, other) => one == other,
    }
}

/// An intermediary that was told to hide the address first aimed at.
fn hidden_target(view: &View<'_>, source: &View<'_>, here: &[Line<'_>], sent: &[Line<'_>]) -> Look {
    if !sent.is_empty() {
        return one(Observation::unclear("The message came with an Original-To.").seen(source.message));
    }
    let right = "No Original-To, and nothing of the address that was written to.";
    let finish = |observation: Observation| one(observation.right(right).reading("R-14").charge(&[HIDDEN]));
    if let Some(line) = here.first() {
        let observation = Observation::fail("Original-To is there, though the address is to be hidden.");
        return finish(observation.in_body(view, line.line.clone(), "here"));
    }
    let Some(target) = source.address("To") else { return nothing() };
    let shown = view.lines().into_iter().find(|line| {
        line.uri_text().is_some_and(|uri| uri::same(&uri, &target)) || line.text().contains(&*target)
    });
    match shown {
        Some(line) => {
            let observation = Observation::fail("The address that is to be hidden stands in a header.");
            finish(observation.in_body(view, line.line, "here"))
        }
        None => nothing(),
    }
}

/// How lines are written that the intermediary itself added.
fn syntax(context: &Context<'_>, name: fn(&View<'_>) -> Option<&'static str>) -> Look {
    let (view, source) = both(context)?;
    let all = |view: &View<'_>| name(view).map(|name| values(&view.extension_all(name))).unwrap_or_default();
    let sent = all(source);
    let own = name(view).map(|name| view.extension_all(name)).unwrap_or_default();
    let own: Vec<_> =
        own.into_iter().filter(|line| !sent.contains(&line.raw().trim_ascii().to_vec())).collect();
    if own.is_empty() {
        return one(Observation::unclear("The intermediary added no such header.").seen(view.message));
    }
    Ok(own.iter().filter_map(|line| ill_formed_address(view, line)).collect())
}

fn record_route(context: &Context<'_>) -> Look {
    let (view, source) = both(context)?;
    let name = view.profile.headers.record_route;
    let (here, sent) = (effective(view, name), effective(source, name));
    let (values_here, values_sent) = (values(&here), values(&sent));
    let own: Vec<&Line<'_>> =
        here.iter().filter(|line| !values_sent.contains(&line.raw().trim_ascii().to_vec())).collect();
    let needed = members(context, view, source).is_some() || holds(context, view, "aggregate");
    let beside = evidence::whole(source.message, "the message it comes from");
    let right = "The intermediary's own hop on top, and below it what was there.";
    let finish = |observation: Observation, owner: &[&'static str]| {
        one(observation.right(right).reading("R-17").usually(owner).beside([beside.clone()]))
    };
    if !values_here.ends_with(&values_sent) {
        let observation = Observation::fail("The hops that were recorded are gone, or no longer below.");
        return finish(observation.charge(&[ABOVE]).seen(view.message), &[ABOVE]);
    }
    let Some(line) = own.first() else {
        if !needed || requests(source).is_empty() {
            return one(
                Observation::unclear("Nothing was recorded, and nothing had to be.").seen(view.message)
            );
        }
        let attracts = !both_same(&view.address("From"), &source.address("From"));
        let message = "The intermediary needs the notifications, and records no hop.";
        let observation = if attracts { Observation::warn(message) } else { Observation::fail(message) };
        return finish(observation.charge(&[NEEDED]).reading("R-18").seen(view.message), &[NEEDED]);
    };
    let said = line.uri_text().unwrap_or_default();
    if !is_foreign(context, (view, source), &said) {
        return nothing();
    }
    let message = format!("The recorded hop {} is not the intermediary's.", quote(&said));
    finish(
        Observation::fail(message).charge(&[OWN, RETURNING]).in_body(view, line.line.clone(), "here"),
        &[OWN],
    )
}

/// Whether a hop is the address of somebody who has to do with the message, and is not the intermediary.
fn is_foreign(context: &Context<'_>, (view, source): (&View<'_>, &View<'_>), said: &str) -> bool {
    let mut others = addresses(context, &source.message.peer);
    others.extend(addresses(context, &view.message.peer));
    others.extend(source.address("From"));
    others.extend(view.address("To").filter(|to| !both_same(&Some(to.clone()), &source.address("To"))));
    let iut = context.scene.environment.select("iut", "uri");
    let is_own = iut.into_iter().flatten().any(|own| uri::same(&own.text, said));
    !is_own && others.iter().any(|other| uri::same(other, said))
}

fn request_kept(context: &Context<'_>) -> Look {
    let (view, source) = both(context)?;
    if requests(source).is_empty() {
        return one(Observation::unclear("The message asks for nothing.").seen(source.message));
    }
    let headers = &view.profile.headers;
    let of = |view: &View<'_>, name: &str| {
        let lines = view.extension_all(name);
        let lines = if lines.is_empty() { view.core(name) } else { lines };
        lines.iter().map(|line| line.text().trim().to_owned()).collect::<Vec<_>>()
    };
    let names = [headers.request, headers.message_id, "DateTime"];
    let differs = names.into_iter().find(|name| of(view, name) != of(source, name));
    let content = |view: &View<'_>| view.payload().map(|place| octets(&place).to_vec());
    let what = match differs {
        Some(name) => name,
        None if content(view) != content(source) => "content",
        None => return nothing(),
    };
    let owner = match what == headers.request {
        true if holds(context, view, "hide_target") => LOST_BY_HIDING,
        true if holds(context, view, "record_route") => LOST_BY_RECORDING,
        _ => SAME,
    };
    let sent = evidence::whole(source.message, "the message it comes from");
    one(Observation::fail(format!("The {what} of the copy is not that of the message."))
        .right("Request, identifier, time and content as they came.")
        .reading("R-15")
        .charge(&[owner])
        .seen(view.message)
        .beside([sent]))
}
