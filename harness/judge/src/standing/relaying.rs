//! Where reports from downstream go: to nobody under first-recipient, else to the requester alone.

use std::sync::Arc;

use memchr::memmem;
use record::EventId;

use super::action::{Action, Given, action};
use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Class, Message, Place, View};
use crate::evidence::{self, quote};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-downstream-octets",
        looks_at: LooksAt::Record,
        requirements: &[
            "IMDN-9.1-3",
            "IMDN-9.3.1-3",
            "IMDN-8.1.2-6",
            "IMDN-8.1.2-3",
            "IMDN-8.1.2-4",
            "IMDN-9.3.3-1",
            "IMDN-9.3.3-2",
            "IMDN-9.3.4-1",
            "IMDN-6.2.2-2",
            "IMDN-6.3-2",
        ],
        run: no_downstream_octets,
    },
    Check {
        name: "relayed-to-requester",
        looks_at: LooksAt::Relay,
        requirements: &["IMDN-9.3.2-4"],
        run: relayed_to_requester,
    },
];

/// A shorter identifier may stand in a report by chance.
const LEAST_TELLING: usize = 6;

/// Whose rule it is that nothing is passed on, where no scenario says so.
const fn owner(given: Given) -> &'static str {
    match given {
        Given::Named => "IMDN-9.1-3",
        Given::Absent => "IMDN-9.3.1-3",
        Given::Empty => "IMDN-9.3.3-2",
        Given::Unknown => "IMDN-9.3.4-1",
    }
}

/// A downstream report, with an identifier that no other message of the record has a reason to hold.
struct Tell<'c> {
    report: &'c Arc<Message>,
    id: String,
}

fn no_downstream_octets(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let given = |source: &Arc<Message>| match action(&View::new(source, context.profile())) {
        Action::First(given) => Some(given),
        _ => None,
    };
    let sources: Vec<(EventId, Option<Given>)> =
        capture.sources().map(|source| (source.event, given(source))).collect();
    if sources.iter().all(|(_, given)| given.is_none()) {
        return one(Observation::unclear("No message asks for the report of the first recipient."));
    }
    let tells = tells(context);
    if capture.reports_of_peers().next().is_none() {
        return one(Observation::unclear("No peer sent a report that could have been passed on."));
    }
    // Where a message cannot be assigned, it counts only if every message asked for the same.
    let everywhere = sources.iter().map(|(_, given)| *given).min().flatten();
    let given_of = |message: &Message| match capture.subject(message.event) {
        Some(subject) => {
            sources.binary_search_by_key(&subject, |(event, _)| *event).ok().and_then(|at| sources[at].1)
        }
        None => everywhere,
    };
    let leaks =
        capture.of_iut().filter_map(|message| Some((given_of(message)?, leak(context, message, &tells)?)));
    Ok(leaks.map(|(given, leak)| leak.usually(&[owner(given)])).collect())
}

fn tells<'c>(context: &Context<'c>) -> Vec<Tell<'c>> {
    let capture = context.scene.capture;
    let id =
        |report: &Message| capture.identity(report.event)?.id.clone().filter(|id| id.len() >= LEAST_TELLING);
    capture.reports_of_peers().filter_map(|report| Some(Tell { report, id: id(report)? })).collect()
}

/// What of a downstream report stands in a message of the IUT to somebody else.
fn leak(context: &Context<'_>, message: &Arc<Message>, tells: &[Tell<'_>]) -> Option<Observation> {
    let capture = context.scene.capture;
    if message.class == Class::Other {
        return None;
    }
    let (report, place) = match capture.relay(message.event) {
        Some(relay) => {
            let view = View::new(message, context.profile());
            let whole = message.in_body(message.body_span.clone());
            (capture.get(relay.of)?, view.payload().unwrap_or(whole))
        }
        None if capture.copy_of(message.event).is_some() => return None,
        None => piece(message, tells)?,
    };
    if report.peer == message.peer {
        return None;
    }
    let text = format!("Something of the report of {} came to {}.", report.peer, message.peer);
    let observation = Observation::fail(text)
        .right("Reports from downstream end at the B2BUA; the requester gets its own report alone.")
        .reading("I-12")
        .at(message, place, "from a downstream report");
    Some(observation.beside([evidence::whole(report, "the downstream report")]))
}

fn piece<'c>(message: &Message, tells: &[Tell<'c>]) -> Option<(&'c Arc<Message>, Place)> {
    tells.iter().filter(|tell| tell.report.event < message.event).find_map(|tell| {
        let at = memmem::find(&message.body, tell.id.as_bytes())?;
        Some((tell.report, message.in_body(at..at + tell.id.len())))
    })
}

fn relayed_to_requester(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let capture = context.scene.capture;
    let Some(report) = capture.relay(view.message.event).and_then(|relay| capture.get(relay.of)) else {
        return one(Observation::unclear("The message encloses no report of a peer.").seen(view.message));
    };
    let (_, source) = context.pair()?;
    if matches!(action(source), Action::First(_)) {
        let why =
            "The message does not ask for the reports of its final recipients, so none is to be passed on.";
        return one(Observation::unclear(why).reading("I-12").seen(view.message));
    }
    let beside = || {
        [evidence::whole(source.message, "the message it is about"), evidence::whole(report, "the report")]
    };
    if view.message.peer != source.message.peer {
        let message =
            format!("The report on a message of {} came to {}.", source.message.peer, view.message.peer);
        let observation =
            Observation::fail(message).right("The requester gets it, and nobody else.").reading("I-29");
        return one(observation.seen(view.message).beside(beside()));
    }
    let Some(requester) = source.address("From") else {
        return one(Observation::unclear("The message names no sender.").seen(source.message));
    };
    let right = format!("To holds {}.", quote(&requester));
    let lines = view.core("To");
    let wrong = lines.iter().find(|line| !line.uri_text().is_some_and(|to| uri::same(&to, &requester)));
    let observation = match (wrong, lines.is_empty()) {
        (None, false) => return nothing(),
        (None, true) => Observation::fail("The report that was passed on has no To.").seen(view.message),
        (Some(line), _) => Observation::fail(format!("To of the report is {}.", quote(&line.text())))
            .in_body(view, line.line.clone(), "not the requester"),
    };
    one(observation.right(right).reading("I-29").beside(beside()))
}
