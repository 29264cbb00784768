//! How many reports a requester gets from behind and from a B2BUA: one for each recipient (I-13).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use record::EventId;

use super::action::{Action, action};
use super::counting::is_sent_again;
use super::observation::one;
use super::{Check, Context, Look, LooksAt, Observation, policy};
use crate::capture::{Class, Message, View};
use crate::evidence;

pub(super) const CHECKS: &[Check] = &[Check {
    name: "one-report-per-recipient",
    looks_at: LooksAt::Record,
    requirements: &["IMDN-6.2.2-2"],
    run: one_report_per_recipient,
}];

/// What came back about one message.
#[derive(Default)]
struct Returned<'c> {
    own: Vec<&'c Arc<Message>>,
    /// Reports of peers that were sent on, with the messages that enclose them.
    relayed: BTreeMap<EventId, Vec<&'c Arc<Message>>>,
    /// Peers that got a copy.
    members: HashSet<&'c str>,
}

fn one_report_per_recipient(context: &Context<'_>) -> Look {
    if !context.scene.is_intermediary() {
        return one(Observation::unclear("The IUT is no intermediary; `one-report` counts its reports."));
    }
    let returned = returned(context);
    if returned.values().all(|of| of.own.is_empty() && of.relayed.is_empty()) {
        return one(Observation::unclear("There is no report to count."));
    }
    let surplus = returned.into_iter().flat_map(|(source, returned)| surplus(context, source, &returned));
    Ok(surplus.collect())
}

fn returned<'c>(context: &Context<'c>) -> BTreeMap<EventId, Returned<'c>> {
    let capture = context.scene.capture;
    let mut by_source: BTreeMap<EventId, Returned<'c>> =
        capture.sources().map(|source| (source.event, Returned::default())).collect();
    for message in capture.of_iut() {
        let Some(subject) = capture.subject(message.event) else { continue };
        // The same message sent again, or its own first sending.
        let Some(returned) = by_source.get_mut(&subject) else { continue };
        match capture.relay(message.event) {
            Some(relay) => returned.relayed.entry(relay.of).or_default().push(message),
            None if capture.is_report(message.event) => returned.own.push(message),
            None if message.class != Class::Other => {
                returned.members.insert(&message.peer);
            }
            None => {}
        }
    }
    by_source
}

fn surplus(context: &Context<'_>, source: EventId, returned: &Returned<'_>) -> Vec<Observation> {
    let Some(source) = context.scene.capture.get(source) else { return Vec::new() };
    let view = View::new(source, context.profile());
    match action(&view) {
        Action::First(_) => repeated(context, &returned.own).into_iter().collect(),
        Action::Final => {
            let again = returned.relayed.values().filter_map(|relayed| repeated(context, relayed));
            again.chain(for_reported(context, &view, returned)).collect()
        }
        Action::Unclear => Vec::new(),
    }
}

/// The first report beyond one; a report that was not accepted may be sent again.
fn repeated(context: &Context<'_>, reports: &[&Arc<Message>]) -> Option<Observation> {
    let (first, others) = reports.split_first()?;
    let mut counted = vec![*first];
    for report in others {
        if counted.iter().any(|earlier| is_sent_again(context, earlier, report)) {
            counted.push(report);
            continue;
        }
        let message =
            format!("A second report about one message came to {} on behalf of one recipient.", report.peer);
        return Some(
            Observation::fail(message)
                .right("One report for one request and recipient.")
                .reading("I-13")
                .seen(report)
                .beside([evidence::whole(first, "the first report")]),
        );
    }
    None
}

/// More reports of the B2BUA's own than there are recipients whose report it has not sent on.
fn for_reported(context: &Context<'_>, source: &View<'_>, returned: &Returned<'_>) -> Option<Observation> {
    let capture = context.scene.capture;
    let list = source.address("To").unwrap_or_default();
    let told = policy::members_of(context, EventId(u32::MAX), &list);
    let members = told.unwrap_or_default().max(returned.members.len());
    let reporters: HashSet<&str> =
        returned.relayed.keys().filter_map(|report| Some(&*capture.get(*report)?.peer)).collect();
    let mut counted: HashMap<&[u8], &Arc<Message>> = HashMap::new();
    for report in &returned.own {
        counted.entry(&report.octets).or_insert(report);
    }
    let silent = members.saturating_sub(reporters.len());
    if returned.members.is_empty() || counted.len() <= silent {
        return None;
    }
    let report = returned.own.last()?;
    let message = format!(
        "The B2BUA sent {} reports of its own, though {} of {members} recipients have reported.",
        counted.len(),
        reporters.len()
    );
    let right = "No report of its own for a recipient whose report it sends on.";
    Some(Observation::fail(message).right(right).reading("I-13").seen(report))
}
