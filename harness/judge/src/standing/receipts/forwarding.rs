//! Receipts of others that an intermediary sends on: as they came, to the sender of the message (6.2, 8).

use super::copies::first_difference;
use super::hidden::members;
use super::kind::{Kind, in_session, is_read};
use crate::capture::{Message, Place, View};
use crate::evidence;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "forwarded-unaltered",
        looks_at: LooksAt::Relay,
        requirements: &[READ, NEGATIVE, POSITIVE],
        run: forwarded_unaltered,
    },
    Check {
        name: "forwarded-to-sender",
        looks_at: LooksAt::Relay,
        requirements: &["RCPT-8-1"],
        run: forwarded_to_sender,
    },
    Check {
        name: "read-receipts-forwarded",
        looks_at: LooksAt::Report,
        requirements: &[READ],
        run: read_receipts_forwarded,
    },
];

const READ: &str = "RCPT-6.2-7";
const NEGATIVE: &str = "RCPT-6.2-5";
const POSITIVE: &str = "RCPT-6.2-3";

const RIGHT: &str = "The CPIM object of the receipt as it came, octet for octet.";

/// The receipt of a peer that a message of the IUT is.
fn forwarded<'c>(context: &Context<'c>, view: &View<'_>) -> Result<&'c Message, Box<Observation>> {
    let capture = context.scene.capture;
    let receipt = capture.relay(view.message.event).and_then(|relay| capture.get(relay.of));
    let why = "The message is no receipt of a peer that was sent on.";
    receipt.map(|receipt| &**receipt).ok_or_else(|| Box::new(Observation::unclear(why).seen(view.message)))
}

fn forwarded_unaltered(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let receipt = View::new(forwarded(context, view)?, context.profile());
    if context.subject.is_some_and(|subject| members(context, view, subject).is_some()) {
        let why = "The receipts of a list with secret members are for a check of their own.";
        return one(Observation::unclear(why).reading("I-48").seen(view.message));
    }
    let (Some(here), Some(sent)) = (view.object(), receipt.object()) else {
        return one(Observation::unclear("There is no CPIM object to compare.").seen(view.message));
    };
    let octets = |place: &Place| place.octets.slice(place.span.clone());
    let Some(at) = first_difference(&octets(&here), &octets(&sent)) else { return nothing() };
    let message = match view.enclosed() {
        Some(_) => "The receipt was wrapped into another message.".to_owned(),
        None => format!("The receipt was not sent on as it came: octet {at} differs."),
    };
    let observation = match Kind::of(&receipt) {
        Some(Kind::Positive) => Observation::warn(message).reading("I-44").charge(&[POSITIVE]),
        Some(Kind::Negative) => Observation::fail(message).reading("I-47").charge(&[NEGATIVE]),
        _ => Observation::fail(message).reading("I-48").charge(&[READ]),
    };
    let point = |place: Place| {
        let start = (place.span.start + at).min(place.span.end);
        Place { span: start..(start + 1).min(place.span.end), ..place }
    };
    let sent = evidence::at(receipt.message, point(sent), format!("what {} sent", receipt.message.peer));
    let observation = observation.at(view.message, point(here), "the first octet that differs");
    one(observation.right(RIGHT).beside([sent]))
}

fn forwarded_to_sender(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let receipt = View::new(forwarded(context, view)?, context.profile());
    let bound = context.scene.environment.select(&view.message.peer, "uri").unwrap_or_default();
    let is_bound = |address: String| bound.iter().any(|value| uri::same(&value.text, &address));
    let addressed = receipt.address("To").is_some_and(is_bound);
    let sender = context.subject.is_some_and(|subject| subject.message.peer == view.message.peer);
    if addressed || sender || context.subject.is_none() {
        return nothing();
    }
    let message = format!("The receipt came to {}, for whom it is not.", view.message.peer);
    let observation = Observation::fail(message).right("The sender of the message gets it, and nobody else.");
    let sent = evidence::whole(receipt.message, "the receipt of the peer");
    one(observation.reading("I-29").seen(view.message).beside([sent]))
}

/// An intermediary has nothing to say about reading, unless it speaks for secret members.
fn read_receipts_forwarded(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if !context.scene.is_intermediary() || in_session(view) || !is_read(view, context.subject) {
        return one(Observation::unclear("This is no read receipt of an intermediary.").seen(view.message));
    }
    if context.subject.is_some_and(|subject| members(context, view, subject).is_some()) {
        return one(Observation::unclear("The receipt speaks for secret members.").seen(view.message));
    }
    let message = "The read receipt is none that a peer sent.";
    one(Observation::fail(message).right(RIGHT).reading("I-48").seen(view.message))
}
