//! Notifications beside the answers to what they are about: after a success, never after a refusal, in requests of their own
//! (12.1.3.1, 12.2).

use record::{EventId, EventKind, Novelty, Transport};

use super::kind::{DELIVERED, DELIVERY, DISPLAY, FAILED, NEGATIVE, POSITIVE, asked, told};
use crate::capture::{Class, Message, Origin, View};
use crate::evidence;
use crate::standing::counting::reports;
use crate::standing::observation::{nothing, one};
use crate::standing::receipts::refusal::{answers, in_own_message, is_accepted_again, is_refusal};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-imdn-after-refusal",
        looks_at: LooksAt::Record,
        requirements: &[DELIVERED_AFTER, FAILED_AFTER, DISPLAYED_AFTER, BY_INTERMEDIARY],
        run: no_imdn_after_refusal,
    },
    Check {
        name: "imdn-in-message",
        looks_at: LooksAt::Record,
        requirements: &["I5438-12.1.3.1-3"],
        run: |context| in_own_message(context, GENERATION),
    },
    Check {
        name: "imdn-after-2xx",
        looks_at: LooksAt::Report,
        requirements: &["I5438-12.1.3.1-8"],
        run: imdn_after_success,
    },
];

const DELIVERED_AFTER: &str = "I5438-12.1.3.1-1";
const FAILED_AFTER: &str = "I5438-12.1.3.1-5";
const DISPLAYED_AFTER: &str = "I5438-12.1.3.1-6";
const BY_INTERMEDIARY: &str = "I5438-12.2-4";

/// Entries that charge for a notification that never came (G-10).
const GENERATION: &[&str] = &[
    "I5438-12.1.3.1-1",
    "I5438-12.1.3.1-4",
    "I5438-12.1.3.1-6",
    "I5438-12.2-6",
    "I5438-12.2-7",
    "I5438-12.2-8",
    "I5438-12.2-10",
];

/// Whose rule it is that a refused message has no such notification. The rules are about those that were asked for; that
/// others are not made at all is for another check.
fn owner(context: &Context<'_>, report: &Message, message: &Message) -> Option<&'static str> {
    let view = View::new(report, context.profile());
    let (kind, status) = told(&view)?;
    let (words, _) = asked(&View::new(message, context.profile()));
    let listed = |word: &str| words.iter().any(|own| own == word);
    match (kind, status) {
        (DELIVERY, _) if context.scene.is_intermediary() => Some(BY_INTERMEDIARY),
        _ if context.scene.is_intermediary() => None,
        (DELIVERY, Some(FAILED)) => Some(FAILED_AFTER).filter(|_| listed(NEGATIVE)),
        (DELIVERY, Some(DELIVERED)) => Some(DELIVERED_AFTER).filter(|_| listed(POSITIVE)),
        (DELIVERY, _) => Some(DELIVERED_AFTER).filter(|_| listed(NEGATIVE) || listed(POSITIVE)),
        (DISPLAY, _) => Some(DISPLAYED_AFTER).filter(|_| listed(DISPLAY)),
        _ => None,
    }
}

/// What a check finds in a notification, except where the message was refused: then there should be none, which
/// `no-imdn-after-refusal` or `imdn-was-asked` charges, and what it says follows from that.
pub(super) fn unless_refused(context: &Context<'_>, check: fn(&Context<'_>) -> Look) -> Look {
    let found = check(context)?;
    let violated = found.iter().any(|seen| seen.verdict > crate::Verdict::Inconclusive);
    if violated && is_about_refused(context)? {
        let why =
            "The message was refused, so that it is for another check that there is a notification at all.";
        return one(Observation::unclear(why).reading("R-20").seen(context.view()?.message));
    }
    Ok(found)
}

fn is_about_refused(context: &Context<'_>) -> Result<bool, Box<Observation>> {
    let (view, subject) = context.pair()?;
    let answers = answers(context);
    let refused = answers.get(&subject.message.event).is_some_and(|answer| is_refusal(answer));
    let is_due = context.scene.is_intermediary() && owner(context, view.message, subject.message).is_none();
    Ok(refused && !is_due && !is_accepted_again(context, subject.message, &answers))
}

fn no_imdn_after_refusal(context: &Context<'_>) -> Look {
    let answers = answers(context);
    if !answers.values().any(|answer| is_refusal(answer)) {
        return one(Observation::unclear("No message was refused."));
    }
    let reports = reports(context).into_iter().filter(|(report, message)| {
        message.class != Class::Report && !context.scene.is_relayed(report.event)
    });
    let found = reports.filter_map(|(report, message)| {
        let answer = answers.get(&message.event).filter(|answer| is_refusal(answer))?;
        if is_accepted_again(context, &message, &answers) {
            return None;
        }
        let observation = Observation::fail("A notification came about a message that had been refused.");
        let observation = observation.right("Nothing but the error response.").reading("R-20");
        Some(
            observation
                .charge(&[owner(context, &report, &message)?])
                .seen(&report)
                .beside([evidence::whole(answer, "the refusal")]),
        )
    });
    Ok(found.collect())
}

/// The first success by which the IUT answered a request.
fn success(context: &Context<'_>, request: EventId) -> Option<EventId> {
    let capture = context.scene.capture;
    let mut responses = capture.iter().filter(|message| match message.origin {
        Origin::Iut(Novelty::Response(to)) => to == request,
        _ => false,
    });
    let success = responses.find(|message| message.status.is_some_and(|status| (200..300).contains(&status)));
    success.map(|message| message.event)
}

fn imdn_after_success(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let unclear = |why: &str| one(Observation::unclear(why).reading("R-45").seen(view.message));
    if context.scene.is_intermediary() {
        return unclear("The rule is for recipients.");
    }
    let Some(answer) = success(context, subject.message.event) else {
        return unclear("The message was not answered with success.");
    };
    if answer < view.message.event {
        return nothing();
    }
    let way = |event: EventId| match &context.events().get(event.0 as usize)?.kind {
        EventKind::Received { from, transport, .. } => Some((*from, *transport)),
        _ => None,
    };
    let message = "The notification came before the success response to the message.";
    let observation = match (way(view.message.event), way(answer)) {
        (Some((one, Transport::Tcp)), Some((other, Transport::Tcp))) if one == other => {
            Observation::fail(message)
        }
        (Some((_, Transport::Udp)), Some((_, Transport::Udp))) => Observation::warn(message),
        _ => return unclear("The order on different connections cannot be told."),
    };
    let response = context.scene.capture.get(answer);
    let response = response.map(|response| evidence::whole(response, "the response"));
    one(observation.right("The response first.").reading("R-45").seen(view.message).beside(response))
}
