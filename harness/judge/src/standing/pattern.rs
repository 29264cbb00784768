//! Which of the two procedures each List-Action led to, over a whole record (9.3).

use std::collections::HashMap;

use record::EventId;

use super::action::{Action, Given, action};
use super::observation::one;
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Class, Message, View};
use crate::evidence::{self, quote};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "list-action-pattern",
    looks_at: LooksAt::Asked,
    requirements: &["IMDN-9.3-1"],
    run: list_action_pattern,
}];

/// What came back about one message.
#[derive(Default)]
struct Outcome {
    own: Vec<EventId>,
    relayed: Vec<EventId>,
    /// Reports that peers sent to the IUT.
    sent: usize,
}

fn list_action_pattern(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let mut outcomes: HashMap<EventId, Outcome> = HashMap::new();
    for report in capture.reports_of_peers() {
        if let Some(source) = capture.behind(report.event) {
            outcomes.entry(source).or_default().sent += 1;
        }
    }
    for message in capture.of_iut().filter(|message| capture.is_report(message.event)) {
        let Some(subject) = capture.subject(message.event) else { continue };
        let outcome = outcomes.entry(subject).or_default();
        let relayed = capture.relay(message.event).is_some();
        if relayed { &mut outcome.relayed } else { &mut outcome.own }.push(message.event);
    }
    let (mut played, mut found) = (Vec::new(), Vec::new());
    for source in capture.sources().filter(|source| source.class == Class::Request) {
        let action = action(&View::new(source, context.profile()));
        let outcome = outcomes.remove(&source.event).unwrap_or_default();
        // Without a report from downstream the two procedures cannot be told apart.
        if outcome.sent > 0 {
            played.push(action);
            found.extend(judged(context, source, action, &outcome));
        }
    }
    let all = [Given::Named, Given::Absent, Given::Unknown].map(Action::First);
    if !all.iter().chain(&[Action::Final]).all(|action| played.contains(action)) {
        let why = "Not all four of no List-Action, first-recipient, final-recipient and an unknown value were played \
                   with reports from downstream.";
        return one(Observation::unclear(why));
    }
    Ok(found)
}

/// The worst that is wrong with what one message led to.
fn judged(context: &Context<'_>, source: &Message, action: Action, outcome: &Outcome) -> Option<Observation> {
    let capture = context.scene.capture;
    let (own, relayed) = (&outcome.own[..], &outcome.relayed[..]);
    let (observation, shown) = match (action, own, relayed) {
        (Action::Final, _, []) => {
            (Observation::fail("Reports were asked for from downstream, and none was passed on."), None)
        }
        (Action::Final | Action::Unclear, ..) => return None,
        (Action::First(_), _, [relayed, ..]) => (
            Observation::fail(
                "A report from downstream was passed on, though the B2BUA's own was asked for.",
            ),
            Some(relayed),
        ),
        (Action::First(_), [], []) => (Observation::warn("The B2BUA sent no report of its own."), None),
        (Action::First(_), [_, second, ..], []) => {
            (Observation::fail("The B2BUA sent more than one report of its own."), Some(second))
        }
        (Action::First(_), [only], []) => match disposition(context, *only) {
            word if word == "processed" => return None,
            word if word == "denied" => {
                (Observation::warn("The report of the B2BUA says denied.").reading("I-79"), Some(only))
            }
            word => {
                (Observation::fail(format!("The report of the B2BUA says {}.", quote(&word))), Some(only))
            }
        },
    };
    let right = match action {
        Action::Final => "The reports of the recipients.",
        _ => "One report of the B2BUA's own that says processed, and nothing from downstream.",
    };
    let shown = shown.and_then(|event| capture.get(*event));
    let shown = shown.map(|message| evidence::whole(message, "what came"));
    let mut observation = observation.right(right).beside(shown);
    observation.event = Some(source.event);
    Some(observation.beside([evidence::whole(source, "the message that selected the procedure")]))
}

fn disposition(context: &Context<'_>, report: EventId) -> String {
    let Some(message) = context.scene.capture.get(report) else { return String::new() };
    let view = View::new(message, context.profile());
    let name = view.profile.report.roles.disposition;
    let value = view.document.as_ref().and_then(|document| document.value(name, view.profile));
    value.unwrap_or_default().to_owned()
}
