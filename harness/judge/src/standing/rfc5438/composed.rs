//! What an intermediary may report by itself: failure and processing, and only what has happened (8.1, 8.2, 12.2).

use std::collections::HashSet;

use super::kind::{DELIVERED, DELIVERY, FAILED, PROCESSING, kind, told};
use super::{document, marks, values};
use crate::Verdict;
use crate::capture::View;
use crate::evidence::{self, quote};
use crate::standing::document::element;
use crate::standing::observation::{nothing, one};
use crate::standing::receipts::hidden::members;
use crate::standing::receipts::negative::{Copy, addresses, copies};
use crate::standing::{Check, Context, Look, LooksAt, Observation, policy};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-delivered-by-intermediary",
        looks_at: LooksAt::Report,
        requirements: &["I5438-12.2-5"],
        run: no_delivered_by_intermediary,
    },
    Check {
        name: "failed-with-reason",
        looks_at: LooksAt::Report,
        requirements: &["I5438-8.2-2"],
        run: failed_with_reason,
    },
    Check {
        name: "failed-recipient",
        looks_at: LooksAt::Report,
        requirements: &["I5438-12.2-9"],
        run: failed_recipient,
    },
    Check {
        name: "processing-after-forwarding",
        looks_at: LooksAt::Report,
        requirements: &["I5438-12.2-8"],
        run: processing_after_forwarding,
    },
    Check { name: "processing-form", looks_at: LooksAt::Report, requirements: &[FORM], run: processing_form },
];

const FORM: &str = "I5438-8.1-3";

/// What 8.1-3 sums up beside section 11; other rules of notifications are charged to their own entries alone.
const CONSTRUCTION: &[&str] = &[FORM, "I5438-7.2.1-11", "I5438-7.2.1-18", "I5438-7.2.1.1-2"];

/// A notification that an intermediary composed, of that kind and status.
fn composed<'c>(
    context: &Context<'c>,
    of: &str,
    statuses: &[&str],
) -> Result<(&'c View<'c>, &'c View<'c>), Box<Observation>> {
    let (view, subject) = context.pair()?;
    let is_one = told(view).is_some_and(|(kind, status)| {
        kind == of && (statuses.is_empty() || status.is_some_and(|status| statuses.contains(&status)))
    });
    match context.scene.is_intermediary() && is_one {
        true => Ok((view, subject)),
        false => {
            let why = "The intermediary composed no notification of that kind.";
            Err(Box::new(Observation::unclear(why).seen(view.message)))
        }
    }
}

fn no_delivered_by_intermediary(context: &Context<'_>) -> Look {
    let (view, subject) = composed(context, DELIVERY, &[DELIVERED])?;
    let sent = evidence::whole(subject.message, "the message it is about");
    one(Observation::fail("An intermediary reported delivery by itself.")
        .right("Nothing; such notifications come from recipients.")
        .seen(view.message)
        .beside([sent]))
}

/// Copies of the message that failed before an event.
fn failed<'c>(copies: &[Copy<'c>], before: record::EventId) -> HashSet<&'c str> {
    let refused =
        copies.iter().filter(|copy| copy.answer.is_some_and(|(at, status)| at < before && status >= 300));
    refused.map(|copy| &*copy.message.peer).collect()
}

fn failed_with_reason(context: &Context<'_>) -> Look {
    let (view, subject) = composed(context, DELIVERY, &[FAILED])?;
    let copies = copies(context, subject.message.event);
    if !failed(&copies, view.message.event).is_empty() {
        return nothing();
    }
    // Who says nothing, or cannot be reached, has failed when the IUT is out of patience.
    let silent = copies.is_empty() || copies.iter().any(|copy| copy.answer.is_none());
    let capture = context.scene.capture;
    let told_failed = |event| {
        capture.get(event).is_some_and(|report| {
            told(&View::new(report, context.profile())).and_then(|(_, status)| status) == Some(FAILED)
        })
    };
    let mut earlier = capture.reports_of_peers().take_while(|report| report.event < view.message.event);
    let downstream = earlier.any(|report| {
        capture.behind(report.event) == Some(subject.message.event) && told_failed(report.event)
    });
    // A member to whom no copy went could not be reached.
    let unreached = view.document.as_ref().and_then(|document| {
        let said = element(view, document, view.profile.report.roles.recipient)?.trimmed().to_owned();
        let reached = copies.iter().flat_map(|copy| addresses(context, &copy.message.peer));
        let mut reached = reached.chain(subject.address("To"));
        Some(!reached.any(|address| uri::same(&address, &said)))
    });
    if silent || downstream || unreached == Some(true) {
        let why = "A recipient gave no answer, could not be reached, or reported the failure.";
        return one(Observation::unclear(why).reading("R-20").seen(view.message));
    }
    let sent = evidence::whole(subject.message, "the message it is about");
    one(Observation::fail("A failed notification came, though nothing had failed downstream.")
        .right("Nothing without an error response.")
        .reading("R-20")
        .seen(view.message)
        .beside([sent]))
}

fn failed_recipient(context: &Context<'_>) -> Look {
    let (view, subject) = composed(context, DELIVERY, &[FAILED])?;
    if members(context, view, subject).is_some() {
        return one(Observation::unclear("The members of the list are secret.")
            .reading("R-18")
            .seen(view.message));
    }
    let all = copies(context, subject.message.event);
    let failed = failed(&all, view.message.event);
    let document = crate::standing::document::readable(view)?;
    let name = view.profile.report.roles.recipient;
    let right = format!("The URI of the recipient that failed in {}.", quote(name));
    let Some(found) = element(view, document, name) else {
        let observation = crate::standing::document::missing(view, document, name);
        return one(observation.right(right).reading("R-13"));
    };
    if failed.is_empty() {
        return one(Observation::unclear("It cannot be told who failed.").seen(view.message));
    }
    let said = found.trimmed();
    let of_failed = all.iter().filter(|copy| failed.contains(&*copy.message.peer));
    let written = of_failed.filter_map(|copy| View::new(copy.message, context.profile()).address("To"));
    let peers: HashSet<&str> = all.iter().map(|copy| &*copy.message.peer).collect();
    // Of several recipients none has the address of the list.
    let list = subject.address("To").filter(|_| peers.len() > 1);
    let written = written.filter(|to| list.as_ref().is_none_or(|list| !uri::same(list, to)));
    let bound = failed.iter().flat_map(|peer| addresses(context, peer));
    let only = subject.address("To").filter(|_| peers.len() == 1);
    if written.chain(bound).chain(only).any(|address| uri::reaches(&address, said)) {
        return nothing();
    }
    let observation = Observation::fail(format!("{} is {}.", quote(name), quote(said)));
    one(observation.right(right).reading("R-13").in_document(view, found.content.clone(), "not who failed"))
}

fn processing_after_forwarding(context: &Context<'_>) -> Look {
    let (view, subject) = composed(context, PROCESSING, &["processed", "stored"])?;
    let copies = copies(context, subject.message.event);
    let forwarded = copies.iter().any(|copy| copy.message.event < view.message.event);
    if forwarded || policy::holds(context, view.message.event, "store") {
        return nothing();
    }
    let sent = evidence::whole(subject.message, "the message it is about");
    one(Observation::fail("A processing notification came before the message was sent on.")
        .right("The notification when the message is forwarded or stored.")
        .seen(view.message)
        .beside([sent]))
}

/// The worst of what is said of notifications by recipients (G-12).
fn processing_form(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if !context.scene.is_intermediary() || kind(view) != Some(PROCESSING) {
        return one(
            Observation::unclear("This is no processing notification of an intermediary.").seen(view.message)
        );
    }
    let all = marks::CHECKS.iter().chain(document::CHECKS).chain(values::CHECKS);
    let all = all.filter(|check| check.looks_at == LooksAt::Report);
    let charge = |check: &Check, seen: &Observation| {
        seen.charged.first().or(check.requirements.first()).copied().unwrap_or(FORM)
    };
    let found =
        all.flat_map(|check| check.look(context).into_iter().map(|seen| (charge(check, &seen), seen)));
    let summed = found.filter(|(id, _)| CONSTRUCTION.contains(id) || id.starts_with("I5438-11."));
    let worst = summed.reduce(|worst, next| if next.1.verdict > worst.1.verdict { next } else { worst });
    match worst {
        Some((id, seen)) if seen.verdict > Verdict::Inconclusive => one(Observation {
            message: format!("{id} is not met: {}", seen.message),
            charged: vec![FORM],
            usual: Vec::new(),
            ..seen
        }),
        _ => nothing(),
    }
}
