//! Which notifications may be made, and how many: what was asked for, once, and never for a notification (3, 7.2.1, 8).

use std::collections::BTreeMap;
use std::sync::Arc;

use record::EventId;
use wire::cpim::Qualified;

use super::kind::{
    Binding, DELIVERED, DELIVERY, DISPLAY, DISPLAYED, FAILED, NEGATIVE, POSITIVE, PROCESSING, asked, known,
    misplaced, requests, told,
};
use crate::capture::{Class, Message, View};
use crate::evidence::{self, quote};
use crate::standing::counting::{for_reports, is_sent_again, reports, sendings};
use crate::standing::document::readable;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "imdn-was-asked",
        looks_at: LooksAt::Report,
        requirements: &[
            UNASKED,
            NOTHING_ASKED,
            ONLY_FAILURE,
            BY_RECIPIENT,
            UNBOUND,
            RE_CASED,
            UNASKED_PROCESSING,
            UNASKED_FAILURE,
        ],
        run: imdn_was_asked,
    },
    Check {
        name: "delivered",
        looks_at: LooksAt::Asked,
        requirements: &["I5438-5.1-1"],
        run: |context| tells(context, DELIVERY, DELIVERED),
    },
    Check {
        name: "failed",
        looks_at: LooksAt::Asked,
        requirements: &["I5438-5.1-1"],
        run: |context| tells(context, DELIVERY, FAILED),
    },
    Check {
        name: "displayed",
        looks_at: LooksAt::Asked,
        requirements: &["I5438-5.3-1"],
        run: |context| tells(context, DISPLAY, DISPLAYED),
    },
    Check {
        name: "one-imdn-per-kind",
        looks_at: LooksAt::Record,
        requirements: &[ONCE, DELIVERED_THEN, BOTH_ASKED, ONE_PROCESSING, ONE_DELIVERY],
        run: one_imdn_per_kind,
    },
    Check {
        name: "no-imdn-for-imdn",
        looks_at: LooksAt::Record,
        requirements: &[FOR_DELIVERY_REQUEST, FOR_IMDN],
        run: no_imdn_for_imdn,
    },
];

const UNASKED: &str = "I5438-3-1";
const NOTHING_ASKED: &str = "I5438-7.1.1.3-6";
const ONLY_FAILURE: &str = "I5438-7.2.1-5";
const BY_RECIPIENT: &str = "I5438-7.2.1-7";
const UNBOUND: &str = "I5438-6.1-4";
const RE_CASED: &str = "I5438-10-1";
const UNASKED_PROCESSING: &str = "I5438-8.1-1";
const UNASKED_FAILURE: &str = "I5438-8.2-2";
const ONCE: &str = "I5438-7.2.1-3";
const DELIVERED_THEN: &str = "I5438-7.2.1-4";
const BOTH_ASKED: &str = "I5438-7.1.1.3-3";
const ONE_PROCESSING: &str = "I5438-8.1-2";
const ONE_DELIVERY: &str = "I5438-8.2-3";
const FOR_DELIVERY_REQUEST: &str = "I5438-7.2.1-9";
const FOR_IMDN: &str = "I5438-7.2.1-10";

/// The namespace by which an early draft bound the same headers; an agent may know both documents.
fn is_of_draft(subject: &View<'_>) -> bool {
    let draft = wire::profile::IMDN_03.cpim_namespace;
    requests(subject).iter().any(|line| {
        line.qualified == Some(Qualified::OtherUrn)
            && line.bound.as_ref().is_some_and(|(urn, _)| Some(urn.as_str()) == draft)
    })
}

fn imdn_was_asked(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    if subject.message.class == Class::Report {
        return one(Observation::unclear("What was answered is a notification itself.").seen(view.message));
    }
    let Some((kind, status)) = told(view) else {
        return one(Observation::unclear("It cannot be told what the notification says.").seen(view.message));
    };
    let (words, binding) = asked(subject);
    let intermediary = context.scene.is_intermediary();
    if kind == PROCESSING && !intermediary {
        let observation = Observation::fail("A recipient sent a processing notification.").reading("R-49");
        return unasked(view, subject, observation.charge(&[BY_RECIPIENT]));
    }
    if binding == Binding::Wrong && intermediary {
        let why = "The request is tied to no namespace.";
        return one(Observation::unclear(why).seen(subject.message));
    }
    if binding == Binding::Wrong {
        let message = "A request was answered that is not tied to the namespace of the extension.";
        let observation = match is_of_draft(subject) {
            true => Observation::warn(message),
            false => Observation::fail(message),
        };
        return unasked(view, subject, observation.reading("R-03").charge(&[UNBOUND]));
    }
    if misplaced(view).is_some_and(|element| words.iter().any(|word| word.ends_with(element))) {
        let why = "Its status belongs to another kind, which is for another check.";
        return one(Observation::unclear(why).seen(view.message));
    }
    let listed = |word: &str| words.iter().any(|own| own == word);
    let observation = match (kind, status) {
        (DISPLAY | PROCESSING, _) if listed(kind) => return nothing(),
        (DELIVERY, Some(DELIVERED)) if listed(POSITIVE) => return nothing(),
        (DELIVERY, Some(FAILED)) if listed(NEGATIVE) => return nothing(),
        (DELIVERY, Some(DELIVERED | FAILED)) => match (listed(NEGATIVE), listed(POSITIVE)) {
            (true, _) => Observation::fail("Only failure was to be reported.").charge(&[ONLY_FAILURE]),
            (_, true) if intermediary => {
                Observation::fail("Failure was not to be reported.").charge(&[UNASKED_FAILURE])
            }
            (_, true) => Observation::warn("Failure was not to be reported.").charge(&[UNASKED]),
            _ => missing(subject, kind, intermediary),
        },
        (DELIVERY, _) if listed(POSITIVE) || listed(NEGATIVE) => return nothing(),
        _ => missing(subject, kind, intermediary),
    };
    unasked(view, subject, observation)
}

/// The kind was not asked for at all, or only in a spelling that means nothing.
fn missing(subject: &View<'_>, kind: &str, intermediary: bool) -> Observation {
    let (words, _) = asked(subject);
    let re_cased = words.iter().any(|word| {
        let lower = word.to_ascii_lowercase();
        lower != *word && lower.ends_with(kind) && known(subject.profile).contains(&&*lower)
    });
    if re_cased {
        let message = "A word was answered that is not in the case in which it is printed.";
        return Observation::warn(message).reading("R-06").charge(&[RE_CASED]);
    }
    let owner = match (kind, intermediary) {
        (PROCESSING, true) => UNASKED_PROCESSING,
        (DELIVERY, true) => UNASKED_FAILURE,
        _ => UNASKED,
    };
    let message = format!("The message does not ask for a {kind} notification.");
    let observation = Observation::fail(message).reading("R-21").usually(&[owner]);
    match owner {
        UNASKED if words.is_empty() => observation.charge(&[UNASKED, NOTHING_ASKED]),
        // A header without a value asks for nothing, and that is a rule of its own.
        _ if words.is_empty() && !requests(subject).is_empty() => {
            observation.charge(&[NOTHING_ASKED]).usually(&[NOTHING_ASKED])
        }
        owner => observation.charge(&[owner]),
    }
}

fn unasked(view: &View<'_>, subject: &View<'_>, observation: Observation) -> Look {
    let sent = evidence::whole(subject.message, "the message it is about");
    one(observation.right("Notifications of the kinds that are asked for.").seen(view.message).beside([sent]))
}

/// Whether a notification says what the scenario makes the only right thing to say.
fn tells(context: &Context<'_>, kind: &str, status: &str) -> Look {
    let view = context.view()?;
    readable(view)?;
    let Some((said, word)) = told(view) else {
        return one(Observation::unclear("It cannot be told what the notification says.").seen(view.message));
    };
    if (said, word) == (kind, Some(status)) {
        return nothing();
    }
    let message = format!("The notification tells {} of {}.", quote(word.unwrap_or("nothing")), quote(said));
    one(Observation::fail(message).right(format!("{status} of {kind}.")).seen(view.message))
}

/// A notification that the IUT composed about a message.
struct Told {
    message: Arc<Message>,
    kind: String,
    status: String,
    recipient: Option<String>,
}

impl Told {
    fn of(context: &Context<'_>, message: Arc<Message>) -> Option<Self> {
        let view = View::new(&message, context.profile());
        let (kind, status) = told(&view)?;
        let (kind, status) = (kind.to_owned(), status.unwrap_or_default().to_owned());
        let document = view.document.as_ref()?;
        let recipient = document.value(view.profile.report.roles.recipient, view.profile).map(str::to_owned);
        drop(view);
        Some(Self { message, kind, status, recipient })
    }

    /// Whether both may speak for the same recipient.
    fn is_of_same(&self, other: &Self) -> bool {
        match (&self.recipient, &other.recipient) {
            (Some(one), Some(other)) => uri::same(one, other),
            _ => true,
        }
    }
}

fn one_imdn_per_kind(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let mut by_message: BTreeMap<EventId, Vec<Told>> = BTreeMap::new();
    let own = reports(context).into_iter().filter(|(report, _)| !context.scene.is_relayed(report.event));
    // What went astray is for another check.
    let to_sender =
        own.filter(|(report, message)| report.peer == message.peer || !context.scene.is_intermediary());
    for (report, message) in to_sender {
        let Some(told) = Told::of(context, report) else { continue };
        let known = by_message.keys().copied().find(|first| capture.same_message(*first, message.event));
        by_message.entry(known.unwrap_or(message.event)).or_default().push(told);
    }
    if by_message.is_empty() {
        return one(Observation::unclear("There is no notification to count."));
    }
    Ok(by_message.iter().flat_map(|(message, all)| surplus(context, *message, all)).collect())
}

/// Notifications beyond the first of a kind; a message that was sent again in a new transaction explains one more.
fn surplus(context: &Context<'_>, message: EventId, all: &[Told]) -> Vec<Observation> {
    let sendings = sendings(context, message);
    let intermediary = context.scene.is_intermediary();
    let mut counted: Vec<&Told> = Vec::new();
    let mut found = Vec::new();
    for told in all {
        if counted.iter().any(|earlier| is_sent_again(context, &earlier.message, &told.message)) {
            continue;
        }
        // One that goes to another peer is a copy for somebody else, which is for the check of the target.
        let same = |earlier: &&&Told| {
            earlier.kind == told.kind
                && earlier.message.peer == told.message.peer
                && (!intermediary || told.kind == PROCESSING || earlier.is_of_same(told))
        };
        let before = sendings.iter().filter(|sent| **sent < told.message.event).count().max(1);
        if let Some(first) = counted.iter().find(same) {
            let resent = counted.iter().filter(same).count() < before;
            found.push(second(first, told, resent, intermediary));
        }
        counted.push(told);
    }
    found
}

fn second(first: &Told, told: &Told, resent: bool, intermediary: bool) -> Observation {
    let changed = first.kind == DELIVERY && first.status == DELIVERED && told.status != DELIVERED;
    let owner = match &*told.kind {
        PROCESSING if intermediary => ONE_PROCESSING,
        _ if intermediary => ONE_DELIVERY,
        _ if changed => DELIVERED_THEN,
        _ => ONCE,
    };
    let message = format!(
        "A second {} notification came about one message: {} after {}.",
        told.kind,
        quote(&told.status),
        quote(&first.status)
    );
    let observation = if resent { Observation::warn(message) } else { Observation::fail(message) };
    observation
        .right("One notification of a kind, whatever happens to the message afterwards.")
        .reading("R-19")
        .charge(&[owner, BOTH_ASKED][..if owner == DELIVERED_THEN { 2 } else { 1 }])
        .usually(&[owner])
        .seen(&told.message)
        .beside([evidence::whole(&first.message, "the first one")])
}

fn no_imdn_for_imdn(context: &Context<'_>) -> Look {
    let profile = context.profile();
    for_reports(context, |message| {
        let (words, _) = asked(&View::new(message, profile));
        match words.iter().any(|word| word == POSITIVE || word == NEGATIVE) {
            true => &[FOR_DELIVERY_REQUEST],
            false => &[FOR_IMDN],
        }
    })
}
