//! Receipts that an intermediary composes: negative ones alone, one for each member that failed (6.2, 7.2).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use record::{EventId, EventKind, Purpose};
use wire::document::Document;

use super::hidden::members;
use super::kind::{Kind, NEGATIVE, POSITIVE, asked, in_session, value};
use super::values::{same_party, shape};
use crate::capture::{Message, View};
use crate::evidence::{self, quote};
use crate::standing::counting::is_sent_again;
use crate::standing::document::element;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "no-positive-receipt",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-6.2-3"],
        run: no_positive_receipt,
    },
    Check {
        name: "receipt-after-response",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-6.2-2"],
        run: receipt_after_response,
    },
    Check {
        name: "negative-asked",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-6.2-4"],
        run: negative_asked,
    },
    Check {
        name: "one-negative-receipt",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-6.2-5"],
        run: one_negative_receipt,
    },
    Check {
        name: "no-receipt-from-intermediary",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-7.2-2", "RCPT-7.2-1"],
        run: no_receipt_from_intermediary,
    },
];

/// The owner of the recipient in what an intermediary composes.
pub(super) const RECIPIENT: &str = "RCPT-6.2-6";

/// A receipt that an intermediary composed about a message of a list without secrets, or for one recipient.
fn composed<'c>(context: &Context<'c>) -> Result<(&'c View<'c>, &'c View<'c>), Box<Observation>> {
    let (view, subject) = context.pair()?;
    let unclear = |why: &str| Err(Box::new(Observation::unclear(why).seen(view.message)));
    if !context.scene.is_intermediary() {
        return unclear("The IUT is no intermediary.");
    }
    if members(context, view, subject).is_some() {
        return unclear("The receipt speaks for a list with secret members.");
    }
    Ok((view, subject))
}

/// The same, by SIP and of that kind.
fn of_kind<'c>(context: &Context<'c>, kind: Kind) -> Result<(&'c View<'c>, &'c View<'c>), Box<Observation>> {
    let (view, subject) = composed(context)?;
    if in_session(view) || Kind::of(view) != Some(kind) {
        let why = "The intermediary composed no receipt of that kind.";
        return Err(Box::new(Observation::unclear(why).seen(view.message)));
    }
    Ok((view, subject))
}

fn no_positive_receipt(context: &Context<'_>) -> Look {
    let (view, subject) = of_kind(context, Kind::Positive)?;
    let altered = is_altered(context, view, subject, Kind::Positive);
    let observation = match altered {
        true => Observation::warn("The positive receipt of a recipient was not sent on as it came."),
        false => Observation::fail("The intermediary sent a positive receipt of its own."),
    };
    let right = "Nothing; positive receipts come from those who receive the message.";
    let sent = evidence::whole(subject.message, "the message it is about");
    one(observation.right(right).reading("I-44").seen(view.message).beside([sent]))
}

/// Whether a receipt is one that came from downstream, though not as it came: it still bears the name of its maker, or
/// holds his document.
fn is_altered(context: &Context<'_>, view: &View<'_>, subject: &View<'_>, kind: Kind) -> bool {
    let capture = context.scene.capture;
    let document =
        |view: &View<'_>| view.document.as_ref().map(|document| document.octets().trim_ascii().to_vec());
    let mut earlier =
        downstream(context, subject.message.event, kind).filter(|report| report.event < view.message.event);
    earlier.any(|report| {
        let from = capture.identity(report.event).and_then(|identity| identity.from.clone());
        from == view.address("From") || document(&View::new(report, context.profile())) == document(view)
    })
}

/// Receipts of that kind that peers sent about a message.
fn downstream<'c>(
    context: &Context<'c>,
    subject: EventId,
    kind: Kind,
) -> impl Iterator<Item = &'c Arc<Message>> {
    let (capture, profile) = (context.scene.capture, context.profile());
    let about = move |report: &&Arc<Message>| capture.behind(report.event) == Some(subject);
    let says = move |report: &&Arc<Message>| Kind::of(&View::new(report, profile)) == Some(kind);
    capture.reports_of_peers().filter(about).filter(says)
}

/// What came of one copy of a message.
pub(in crate::standing) struct Copy<'c> {
    pub(in crate::standing) message: &'c Arc<Message>,
    /// The status of the peer's final answer, with its event.
    pub(in crate::standing) answer: Option<(EventId, u16)>,
}

/// The copies of a message, each with its answer.
pub(in crate::standing) fn copies<'c>(context: &Context<'c>, subject: EventId) -> Vec<Copy<'c>> {
    let capture = context.scene.capture;
    let own = capture.of_iut().filter(|message| !capture.is_report(message.event));
    let own = own.filter(|message| capture.copy_of(message.event) == Some(subject));
    own.map(|message| Copy { message, answer: answer(context, message.event) }).collect()
}

pub(in crate::standing) fn answer(context: &Context<'_>, request: EventId) -> Option<(EventId, u16)> {
    let mut events = context.scene.case.record.iter().skip(request.0 as usize);
    events.find_map(|(id, event)| match &event.kind {
        EventKind::Sent { purpose: Purpose::Answer(to), .. } if *to == request => {
            let status = context.scene.capture.get(id)?.status?;
            (status >= 200).then_some((id, status))
        }
        _ => None,
    })
}

/// Peers whose copy failed before an event, by their answer or by a receipt of theirs.
fn failed<'c>(context: &Context<'c>, subject: EventId, before: EventId) -> HashSet<&'c str> {
    let copies = copies(context, subject);
    let refused =
        copies.iter().filter(|copy| copy.answer.is_some_and(|(at, status)| at < before && status >= 300));
    let refused = refused.map(|copy| &*copy.message.peer);
    let told = downstream(context, subject, Kind::Negative).filter(|report| report.event < before);
    refused.chain(told.map(|report| &*report.peer)).collect()
}

fn receipt_after_response(context: &Context<'_>) -> Look {
    let (view, subject) = of_kind(context, Kind::Negative)?;
    let (event, at) = (subject.message.event, view.message.event);
    if !failed(context, event, at).is_empty() {
        return nothing();
    }
    // Who says nothing at all has failed when the IUT is out of patience (I-47), and so has who cannot be reached.
    let copies = copies(context, event);
    let silent = copies.iter().any(|copy| copy.answer.is_none());
    if silent || copies.is_empty() || is_unreached(context, view, subject) {
        let why = "A recipient gave no answer, or could not be reached.";
        return one(Observation::unclear(why).reading("I-47").seen(view.message));
    }
    let sent = evidence::whole(subject.message, "the message it is about");
    one(Observation::fail("A negative receipt came before anything had failed downstream.")
        .right("The receipt as soon as a failure response or a negative receipt has come, and not before.")
        .reading("I-44")
        .seen(view.message)
        .beside([sent]))
}

/// Whether a receipt is about somebody to whom no copy went.
fn is_unreached(context: &Context<'_>, view: &View<'_>, subject: &View<'_>) -> bool {
    let Some(said) = value(view, view.profile.report.roles.recipient) else { return false };
    let mut reached = members_reached(context, subject.message.event);
    reached.extend(subject.address("To"));
    !reached.iter().any(|address| same_party(said, address))
}

/// Addresses of those to whom copies of a message went; none where the IUT is no intermediary.
pub(in crate::standing) fn members_reached(context: &Context<'_>, subject: EventId) -> Vec<String> {
    if !context.scene.is_intermediary() {
        return Vec::new();
    }
    let copies = copies(context, subject);
    let bound = copies.iter().flat_map(|copy| addresses(context, &copy.message.peer));
    let addressed = copies.iter().filter_map(|copy| View::new(copy.message, context.profile()).address("To"));
    bound.chain(addressed).collect()
}

fn negative_asked(context: &Context<'_>) -> Look {
    let (view, subject) = of_kind(context, Kind::Negative)?;
    let words = asked(subject);
    let asks = |wanted: &str| words.iter().any(|word| word == wanted);
    if asks(NEGATIVE) || !asks(POSITIVE) {
        return nothing();
    }
    let sent = evidence::whole(subject.message, "the message it is about");
    one(Observation::warn("A negative receipt came, though only a positive one was asked for.")
        .right("Nothing, as negative-delivery was not asked for.")
        .reading("I-44")
        .seen(view.message)
        .beside([sent]))
}

fn one_negative_receipt(context: &Context<'_>) -> Look {
    if !context.scene.is_intermediary() {
        return one(Observation::unclear("The IUT is no intermediary; `one-receipt` counts its receipts."));
    }
    let capture = context.scene.capture;
    let mut by_source: BTreeMap<EventId, Vec<&Arc<Message>>> = BTreeMap::new();
    for message in capture.of_iut().filter(|message| capture.is_report(message.event)) {
        let view = View::new(message, context.profile());
        let Some(subject) = capture.subject(message.event).and_then(|event| capture.get(event)) else {
            continue;
        };
        let source = View::new(subject, context.profile());
        let negative = Kind::of(&view) == Some(Kind::Negative) && !in_session(&view);
        let counts = negative && message.peer == subject.peer;
        if counts && members(context, &view, &source).is_none() {
            by_source.entry(subject.event).or_default().push(message);
        }
    }
    if by_source.is_empty() {
        return one(Observation::unclear("There is no negative receipt to count."));
    }
    Ok(by_source.iter().filter_map(|(source, receipts)| repeated(context, *source, receipts)).collect())
}

/// A receipt beyond one for each recipient.
fn repeated(context: &Context<'_>, source: EventId, receipts: &[&Arc<Message>]) -> Option<Observation> {
    let role = context.profile().report.roles.recipient;
    let recipient = |message: &Message| {
        let view = View::new(message, context.profile());
        value(&view, role).map(str::to_owned)
    };
    let mut counted: Vec<(&Arc<Message>, Option<String>)> = Vec::new();
    let peers: HashSet<&str> = copies(context, source).iter().map(|copy| &*copy.message.peer).collect();
    for receipt in receipts {
        if counted.iter().any(|(earlier, _)| is_sent_again(context, earlier, receipt)) {
            continue;
        }
        let named = recipient(receipt);
        let same = |other: &Option<String>| match (other, &named) {
            (Some(other), Some(named)) => same_party(other, named),
            (None, None) => true,
            _ => false,
        };
        let first = counted.iter().find(|(_, other)| same(other));
        let too_many = || counted.first().filter(|_| !peers.is_empty() && counted.len() >= peers.len());
        if let Some((first, _)) = first.or_else(too_many) {
            let message = "More than one negative receipt came on behalf of one recipient.";
            return Some(
                Observation::fail(message)
                    .right("One negative receipt, composed or sent on.")
                    .reading("I-47")
                    .seen(receipt)
                    .beside([evidence::whole(first, "the first one")]),
            );
        }
        counted.push((receipt, named));
    }
    None
}

/// Whom a receipt that an intermediary composed is about.
pub(super) fn recipient_uri(
    context: &Context<'_>,
    view: &View<'_>,
    subject: &View<'_>,
    document: &Document<'_>,
) -> Look {
    of_kind(context, Kind::Negative)?;
    let name = view.profile.report.roles.recipient;
    let right = format!("The URI of the recipient that failed in {}.", quote(name));
    let finish =
        |observation: Observation| one(observation.right(right).reading("I-48").charge(&[RECIPIENT]));
    let Some(found) = element(view, document, name) else {
        let end = document.root().map_or(document.span().end, |root| root.content.end);
        let observation = Observation::fail(format!("The receipt has no {}.", quote(name)));
        return finish(observation.in_document(view, end..end, "not in here"));
    };
    let said = found.trimmed();
    let place = |observation: Observation| observation.in_document(view, found.content.clone(), "here");
    let failed = failed(context, subject.message.event, view.message.event);
    if failed.is_empty() {
        return one(Observation::unclear("It cannot be told who failed.").seen(view.message));
    }
    let named = |addresses: Vec<String>| addresses.iter().any(|address| same_party(said, address));
    let bound = || failed.iter().flat_map(|peer| addresses(context, peer)).collect();
    if named(bound()) || named(addressed(context, subject, &failed)) {
        return shape(name, said).map_or_else(nothing, |observation| finish(place(observation)));
    }
    finish(place(Observation::fail(format!("{} is {}.", quote(name), quote(said)))))
}

/// The addresses to which the copies of those who failed went; with one recipient only, the address that was written to
/// is his.
fn addressed(context: &Context<'_>, subject: &View<'_>, failed: &HashSet<&str>) -> Vec<String> {
    let copies = copies(context, subject.message.event);
    let peers: HashSet<&str> = copies.iter().map(|copy| &*copy.message.peer).collect();
    let list = subject.address("To").filter(|_| peers.len() > 1);
    let of_failed = copies.iter().filter(|copy| failed.contains(&*copy.message.peer));
    let to = of_failed.filter_map(|copy| View::new(copy.message, context.profile()).address("To"));
    let own = subject.address("To").filter(|_| peers.len() <= 1);
    to.filter(|address| list.as_ref() != Some(address)).chain(own).collect()
}

/// Where a peer can be reached.
pub(in crate::standing) fn addresses(context: &Context<'_>, peer: &str) -> Vec<String> {
    let bound = context.scene.environment.select(peer, "uri").unwrap_or_default();
    bound.into_iter().map(|value| value.text).collect()
}

fn no_receipt_from_intermediary(context: &Context<'_>) -> Look {
    let (view, subject) = composed(context)?;
    if !in_session(view) {
        return one(Observation::unclear("The receipt came by SIP.").seen(view.message));
    }
    let sent = evidence::whole(subject.message, "the message it is about");
    let altered = Kind::of(view).is_some_and(|kind| is_altered(context, view, subject, kind));
    let observation = match altered {
        true => {
            Observation::fail("The receipt of a member was not sent on as it came.").charge(&["RCPT-7.2-1"])
        }
        false => Observation::fail("An intermediary of MSRP composed a receipt.").charge(&["RCPT-7.2-2"]),
    };
    let right = "Nothing but what comes from the members, as it comes; MSRP has reports of its own.";
    one(observation.right(right).reading("I-49").seen(view.message).beside([sent]))
}
