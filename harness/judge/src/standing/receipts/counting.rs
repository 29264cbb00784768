//! How many receipts there are, of what kind, about what, and who gets them (3.1, 3.2, 6.1.3.1, 8).

use std::collections::BTreeMap;
use std::sync::Arc;

use record::{EventId, Transport};

use super::kind::{Kind, asked, in_session, named};
use super::values::is_failure_read;
use crate::capture::{Class, Message, View};
use crate::evidence;
use crate::standing::counting::{for_reports, is_sent_again, reports, sendings};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "one-receipt",
        looks_at: LooksAt::Record,
        requirements: &[POSITIVE, NEGATIVE, READ, BOTH],
        run: one_receipt,
    },
    Check {
        name: "receipt-was-asked",
        looks_at: LooksAt::Report,
        requirements: &[UNASKED, IN_SESSION],
        run: receipt_was_asked,
    },
    Check {
        name: "no-receipt-for-receipt",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-3.2-9", IN_SESSION],
        run: no_receipt_for_receipt,
    },
    Check {
        name: "receipt-to-sender",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-8-1"],
        run: receipt_to_sender,
    },
];

const POSITIVE: &str = "RCPT-6.1.3.1-2";
const NEGATIVE: &str = "RCPT-6.1.3.1-5";
const READ: &str = "RCPT-3.3-2";
const BOTH: &str = "RCPT-3.1-7";
const UNASKED: &str = "RCPT-3.1-9";
const IN_SESSION: &str = "RCPT-7.1.3.2-2";

/// Whose rule it is that there is one of a kind.
fn owner(kind: Kind) -> &'static str {
    match kind {
        Kind::Positive => POSITIVE,
        Kind::Negative => NEGATIVE,
        Kind::Read | Kind::Uncertain => READ,
    }
}

/// A receipt that reached the sender of the message it is about.
struct Receipt {
    message: Arc<Message>,
    kind: Kind,
}

/// Receipts of the IUT by the message they are about; those that went astray are for another check.
fn by_message(context: &Context<'_>) -> BTreeMap<EventId, Vec<Receipt>> {
    let capture = context.scene.capture;
    let mut all: BTreeMap<EventId, Vec<Receipt>> = BTreeMap::new();
    for (report, message) in reports(context) {
        let view = View::new(&report, context.profile());
        let Some(kind) = Kind::of(&view).filter(|_| report.peer == message.peer) else { continue };
        let known = all.keys().copied().find(|first| capture.same_message(*first, message.event));
        let receipt = Receipt { message: report, kind };
        all.entry(known.unwrap_or(message.event)).or_default().push(receipt);
    }
    all
}

fn one_receipt(context: &Context<'_>) -> Look {
    if context.scene.is_intermediary() {
        let why = "An intermediary hands on the receipts of many; `one-negative-receipt` counts its own.";
        return one(Observation::unclear(why).reading("I-47"));
    }
    let all = by_message(context);
    if all.is_empty() {
        return one(Observation::unclear("There is no receipt to count."));
    }
    Ok(all.iter().flat_map(|(message, receipts)| surplus(context, *message, receipts)).collect())
}

/// Receipts beyond the first of a kind; a message that was sent again in a new transaction explains one more (I-74).
fn surplus(context: &Context<'_>, message: EventId, receipts: &[Receipt]) -> Vec<Observation> {
    let sendings = sendings(context, message);
    let mut counted: Vec<&Receipt> = Vec::new();
    let mut found = Vec::new();
    for receipt in receipts {
        if counted.iter().any(|earlier| is_sent_again(context, &earlier.message, &receipt.message)) {
            continue;
        }
        let before = sendings.iter().filter(|sent| **sent < receipt.message.event).count().max(1);
        let same = |earlier: &&&Receipt| earlier.kind == receipt.kind;
        let again = counted.iter().filter(same).count();
        if let Some(first) = counted.iter().find(same) {
            let message = "A second receipt of the same kind came about one message.";
            let observation = match again < before {
                true => Observation::warn(message).reading("I-74"),
                false => Observation::fail(message).reading("I-74"),
            };
            found.push(second(observation.charge(&[owner(receipt.kind)]), first, receipt));
        } else if let Some(first) = counted.iter().find(|earlier| contradict(earlier.kind, receipt.kind)) {
            let message = "One receipt says that the message was delivered, another that it was not.";
            found.push(second(Observation::fail(message).charge(&[BOTH]), first, receipt));
        }
        counted.push(receipt);
    }
    found
}

fn contradict(one: Kind, other: Kind) -> bool {
    matches!((one, other), (Kind::Positive, Kind::Negative) | (Kind::Negative, Kind::Positive))
}

fn second(observation: Observation, first: &Receipt, receipt: &Receipt) -> Observation {
    let first = evidence::whole(&first.message, "the first receipt");
    observation
        .right("One receipt for what was asked for, of the kind that fits.")
        .seen(&receipt.message)
        .beside([first])
}

fn receipt_was_asked(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let clear = subject.message.class != Class::Report && !is_failure_read(view);
    let Some(kind) = Kind::of(view).filter(|_| clear) else {
        return one(Observation::unclear("It cannot be told what the receipt says.").seen(view.message));
    };
    // What an intermediary may report is for checks of its own.
    if context.scene.is_intermediary() && (in_session(view) || kind == Kind::Positive) {
        return one(Observation::unclear("An intermediary composed the receipt.").seen(view.message));
    }
    let words = asked(subject);
    let asks = |kind: Kind| words.iter().any(|word| word == kind.word());
    let delivery = matches!(kind, Kind::Positive | Kind::Negative);
    let transposed = || view.profile.headers.undefined.iter().any(|name| !named(subject, name).is_empty());
    let observation = if asks(kind) && delivery && in_session(subject) {
        Observation::warn("A delivery receipt came in a session.").reading("I-49").charge(&[IN_SESSION])
    } else if asks(kind) {
        return nothing();
    } else if words.is_empty() && transposed() {
        Observation::warn("A request by a name that means nothing was answered.")
            .reading("I-39")
            .charge(&[UNASKED])
    } else if words.is_empty() {
        Observation::fail("The message asks for no receipt.").reading("I-05").charge(&[UNASKED])
    } else if kind == Kind::Negative && context.scene.is_intermediary() && asks(Kind::Positive) {
        return one(Observation::unclear("This is for `negative-asked`.").seen(view.message));
    } else {
        Observation::warn(format!("The message does not ask for {}.", kind.word())).charge(&[UNASKED])
    };
    let sent = evidence::whole(subject.message, "the message it is about");
    one(observation.right("Receipts of the kinds that are asked for.").seen(view.message).beside([sent]))
}

fn no_receipt_for_receipt(context: &Context<'_>) -> Look {
    for_reports(context, |message| match message.transport {
        Transport::Msrp => &[IN_SESSION],
        _ => &["RCPT-3.2-9"],
    })
}

fn receipt_to_sender(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let Some(sender) = subject.address("From") else {
        return one(Observation::unclear("The message names no sender.").seen(subject.message));
    };
    let right = format!("The receipt goes to {sender} and to nobody else.");
    let bound = context.scene.environment.select(&view.message.peer, "uri").unwrap_or_default();
    let is_sender = view.message.peer == subject.message.peer
        || bound.iter().any(|value| uri::same(&value.text, &sender));
    if !is_sender {
        let message = format!("The receipt came to {}, who did not send the message.", view.message.peer);
        let observation = Observation::fail(message).right(right).reading("I-29").seen(view.message);
        return one(observation.beside([evidence::whole(subject.message, "the message it is about")]));
    }
    let to = view.core("To");
    let reached = to.iter().any(|line| line.uri_text().is_some_and(|to| uri::same(&to, &sender)));
    let other = |line: &crate::capture::Line<'_>| !line.uri_text().is_some_and(|to| uri::same(&to, &sender));
    // An only wrong To is no addressee beside the sender.
    let beside = to.iter().find(|line| reached && other(line)).cloned();
    let copied = view.core("cc").into_iter().find(|line| other(line));
    let found = beside.or(copied).map(|line| {
        Observation::fail("The receipt names an addressee beside the sender of the message.")
            .right(right)
            .reading("I-29")
            .in_body(view, line.line, "here")
    });
    Ok(found.into_iter().collect())
}
