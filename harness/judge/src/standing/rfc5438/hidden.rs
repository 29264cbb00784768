//! Lists with secret members: nothing of a member reaches the sender (8, 14.2).

use crate::capture::View;
use crate::evidence::quote;
use crate::standing::document::element;
use crate::standing::observation::one;
use crate::standing::receipts::hidden::{Aggregate, aggregates, no_copies_when_refused, shows};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "hidden-members",
        looks_at: LooksAt::Record,
        requirements: &[NO_TRACE, FOR_SENDERS, ELEMENTS, BUNDLED],
        run: hidden_members,
    },
    Check {
        name: "one-when-count-hidden",
        looks_at: LooksAt::Asked,
        requirements: &["I5438-14.2-3"],
        run: one_when_count_hidden,
    },
    Check {
        name: "no-copies-when-refused",
        looks_at: LooksAt::Record,
        requirements: &["I5438-14.2-4"],
        run: no_copies_when_refused,
    },
];

const NO_TRACE: &str = "I5438-8-10";
const FOR_SENDERS: &str = "I5438-14.2-2";
const ELEMENTS: &str = "I5438-8-11";
const BUNDLED: &str = "I5438-8.3-4";

/// A shorter name may stand in a message by chance.
const LEAST_TELLING: usize = 4;

fn nothing_secret() -> Look {
    one(Observation::unclear("No notification came about a message to a list with secret members."))
}

fn hidden_members(context: &Context<'_>) -> Look {
    let all = aggregates(context);
    if all.is_empty() {
        return nothing_secret();
    }
    let found = all.iter().flat_map(|aggregate| [trace(context, aggregate), elements(context, aggregate)]);
    Ok(found.flatten().map(|seen| seen.reading("R-18")).collect())
}

/// Names that members give themselves in their notifications.
fn names(context: &Context<'_>, aggregate: &Aggregate<'_>) -> Vec<String> {
    let capture = context.scene.capture;
    let reports = capture.reports_of_peers().filter(|report| report.peer != aggregate.subject.peer);
    let name = |report: &std::sync::Arc<crate::capture::Message>| {
        let view = View::new(report, context.profile());
        let from = view.cpim.as_ref()?.from()?;
        Some(from.formal_name()?.trim().to_owned()).filter(|name| name.len() >= LEAST_TELLING)
    };
    reports.filter_map(name).collect()
}

/// Whether several notifications came in one, which must not make an intermediary forget what is secret.
fn is_bundle(context: &Context<'_>, aggregate: &Aggregate<'_>) -> bool {
    View::new(aggregate.receipt, context.profile()).documents().len() > 1
}

fn trace(context: &Context<'_>, aggregate: &Aggregate<'_>) -> Option<Observation> {
    let named = || names(context, aggregate).into_iter().find(|name| shows(aggregate.receipt, name));
    let shown = aggregate.shown(context).or_else(named)?;
    let message =
        format!("A notification for a list with secret members shows one of them: {}.", quote(&shown));
    let right = "No octets of a member's identity.";
    let found = Observation::fail(message).right(right).seen(aggregate.receipt);
    Some(match is_bundle(context, aggregate) {
        true => found.charge(&[BUNDLED]),
        false => found.charge(&[NO_TRACE, FOR_SENDERS]).usually(&[NO_TRACE]),
    })
}

fn elements(context: &Context<'_>, aggregate: &Aggregate<'_>) -> Option<Observation> {
    let view = View::new(aggregate.receipt, context.profile());
    let roles = &view.profile.report.roles;
    let documents = view.documents();
    let has = |name: &str| documents.iter().any(|document| element(&view, document, name).is_some());
    let right = "Neither recipient-uri nor original-recipient-uri.";
    let original = roles.original_recipient.is_some_and(has);
    let message = "A document for a list with secret members has an element for the recipient.";
    let observation = match (has(roles.recipient), original) {
        (true, _) => Observation::fail(message),
        (false, true) => Observation::warn(message),
        (false, false) if has("subject") => Observation::fail(
            "A document without the elements for the recipient kept its subject, which needs them.",
        )
        .reading("R-12"),
        (false, false) => return None,
    };
    let owner = if documents.len() > 1 { BUNDLED } else { ELEMENTS };
    Some(observation.right(right).charge(&[owner]).seen(aggregate.receipt))
}

fn one_when_count_hidden(context: &Context<'_>) -> Look {
    let all = aggregates(context);
    let Some(first) = all.first() else { return nothing_secret() };
    let right = "One notification in all, from which the number of members cannot be read.";
    let finish = |observation: Observation| one(observation.right(right).reading("R-18"));
    if let Some(second) = all.get(1) {
        let message = "More than one message came, though the number of members is secret.";
        return finish(Observation::fail(message).seen(second.receipt));
    }
    let view = View::new(first.receipt, context.profile());
    let parts = view.documents().len();
    if parts > 1 && parts == first.members.len() {
        let message = "The bundle has as many parts as the list has members.";
        return finish(Observation::warn(message).seen(first.receipt));
    }
    crate::standing::observation::nothing()
}
