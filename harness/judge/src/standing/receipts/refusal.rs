//! Receipts that may not come at all, or not that way (6.1.3.1).

use std::collections::HashMap;
use std::sync::Arc;

use record::{EventId, Novelty, Transport};

use crate::capture::{Class, Message, Origin, View};
use crate::evidence;
use crate::standing::counting::reports;
use crate::standing::observation::one;
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-receipt-after-refusal",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-6.1.3.1-6"],
        run: no_receipt_after_refusal,
    },
    Check {
        name: "receipt-in-own-message",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-6.1.3.1-4"],
        run: |context| in_own_message(context, GENERATION),
    },
];

/// Entries that charge for a receipt that never came (G-10).
const GENERATION: &[&str] = &["RCPT-6.1.3.1-2", "RCPT-6.1.3.1-5", "RCPT-3.3-2", "RCPT-6.2-4", "RCPT-6.2-5"];

/// The final answers of the IUT by what they answer.
pub(in crate::standing) fn answers<'c>(context: &Context<'c>) -> HashMap<EventId, &'c Arc<Message>> {
    let finals =
        context.scene.capture.iter().filter(|message| message.status.is_some_and(|status| status >= 200));
    let answer = |message: &'c Arc<Message>| match message.origin {
        Origin::Iut(Novelty::Response(request)) if message.transport != Transport::Msrp => {
            Some((request, message))
        }
        _ => None,
    };
    finals.filter_map(answer).collect()
}

pub(in crate::standing) fn is_refusal(answer: &Message) -> bool {
    answer.status.is_some_and(|status| status >= 300)
}

fn no_receipt_after_refusal(context: &Context<'_>) -> Look {
    if context.scene.is_intermediary() {
        return one(Observation::unclear(
            "The rule is for those who receive messages, not for intermediaries.",
        ));
    }
    let answers = answers(context);
    if !answers.values().any(|answer| is_refusal(answer)) {
        return one(Observation::unclear("No message was refused."));
    }
    let reports = reports(context).into_iter().filter(|(_, message)| message.class != Class::Report);
    let found = reports.filter_map(|(receipt, message)| {
        let answer = answers.get(&message.event).filter(|answer| is_refusal(answer))?;
        if is_accepted_again(context, &message, &answers) {
            return None;
        }
        Some(
            Observation::fail("A receipt came about a message that had been refused.")
                .right("Nothing but the error response.")
                .seen(&receipt)
                .beside([evidence::whole(answer, "the refusal")]),
        )
    });
    Ok(found.collect())
}

/// Whether a message was sent once more and then accepted, which is a reason for a receipt.
pub(in crate::standing) fn is_accepted_again(
    context: &Context<'_>,
    message: &Message,
    answers: &HashMap<EventId, &Arc<Message>>,
) -> bool {
    let capture = context.scene.capture;
    let sent = capture.iter().filter(|other| other.is_new_request_of_peer());
    let mut accepted =
        sent.filter(|other| answers.get(&other.event).is_some_and(|answer| !is_refusal(answer)));
    accepted.any(|other| capture.same_message(message.event, other.event))
}

/// Reports of the IUT in responses and in other requests than MESSAGE; what never came is excused by them.
pub(in crate::standing) fn in_own_message(context: &Context<'_>, excuses: &'static [&'static str]) -> Look {
    let capture = context.scene.capture;
    let misplaced = capture.iter().filter(|message| {
        let own = matches!(
            message.origin,
            Origin::Iut(Novelty::Request | Novelty::Response(_) | Novelty::StrayResponse)
        );
        let other = message.class == Class::Other && message.transport != Transport::Msrp;
        own && other && !message.body_span.is_empty()
    });
    let found: Vec<Observation> = misplaced
        .filter(|message| View::new(message, context.profile()).report.is_some())
        .map(|message| {
            let what = match message.status {
                Some(status) => format!("a {status} response"),
                None => format!("a {} request", message.method),
            };
            Observation::fail(format!("A report stands in {what}."))
                .right("A MESSAGE of its own.")
                .excuses(excuses)
                .seen(message)
        })
        .collect();
    if found.is_empty() && reports(context).is_empty() {
        return one(Observation::unclear("There is no report to look at."));
    }
    Ok(found)
}
