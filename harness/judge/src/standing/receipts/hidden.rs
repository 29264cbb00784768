//! Lists whose members are secret: one receipt for all of them, and nothing that names one (8.2).

use std::collections::HashSet;
use std::sync::Arc;

use record::{EventId, Novelty};

use super::kind::{Kind, value};
use crate::assertion::encoded;
use crate::capture::{Message, Origin, View};
use crate::evidence::{self, quote};
use crate::standing::counting::is_sent_again;
use crate::standing::observation::one;
use crate::standing::privacy::trace;
use crate::standing::{Check, Context, Look, LooksAt, Observation, policy};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "hidden-members",
        looks_at: LooksAt::Record,
        requirements: &[ONE_FOR_ALL],
        run: hidden_members,
    },
    Check {
        name: "one-aggregate",
        looks_at: LooksAt::Record,
        requirements: &[ONE_FOR_ALL],
        run: one_aggregate,
    },
    Check {
        name: "no-copies-when-refused",
        looks_at: LooksAt::Record,
        requirements: &["RCPT-8.2-3"],
        run: no_copies_when_refused,
    },
];

const ONE_FOR_ALL: &str = "RCPT-8.2-2";

/// The secret members of the list that a message went to; `None` where they are no secret.
pub(in crate::standing) fn members<'c>(
    context: &Context<'c>,
    view: &View<'_>,
    subject: &View<'_>,
) -> Option<Vec<&'c str>> {
    let list = subject.address("To")?;
    policy::hidden_members(context, view.message.event, &list).filter(|_| context.scene.is_intermediary())
}

/// A receipt that came to the sender of a message to such a list.
pub(in crate::standing) struct Aggregate<'c> {
    pub(in crate::standing) receipt: &'c Arc<Message>,
    pub(in crate::standing) subject: &'c Arc<Message>,
    /// Addresses of the members but for the sender.
    pub(in crate::standing) members: Vec<&'c str>,
}

pub(in crate::standing) fn aggregates<'c>(context: &Context<'c>) -> Vec<Aggregate<'c>> {
    let capture = context.scene.capture;
    let reports = capture.of_iut().filter(|message| capture.is_report(message.event));
    let aggregate = |receipt: &'c Arc<Message>| {
        let subject = capture.get(capture.subject(receipt.event)?)?;
        let (view, source) = (View::new(receipt, context.profile()), View::new(subject, context.profile()));
        let mut members = members(context, &view, &source)?;
        let sender = source.address("From");
        members.retain(|member| !sender.as_ref().is_some_and(|sender| uri::same(sender, member)));
        Some(Aggregate { receipt, subject, members })
    };
    reports.filter_map(aggregate).filter(|it| it.receipt.peer == it.subject.peer).collect()
}

fn nothing_secret() -> Look {
    one(Observation::unclear("No receipt came about a message to a list with secret members."))
}

fn hidden_members(context: &Context<'_>) -> Look {
    let all = aggregates(context);
    if all.is_empty() {
        return nothing_secret();
    }
    let found = all.iter().filter_map(|aggregate| reveals(context, aggregate));
    let right = "One receipt for all members, without recipient-uri and without the address of any of them.";
    Ok(found.map(|observation| observation.right(right).reading("I-51")).collect())
}

fn reveals(context: &Context<'_>, aggregate: &Aggregate<'_>) -> Option<Observation> {
    let receipt = aggregate.receipt;
    let view = View::new(receipt, context.profile());
    let capture = context.scene.capture;
    if let Some(of) = capture.relay(receipt.event).and_then(|relay| capture.get(relay.of)) {
        let message = format!("The receipt of {}, a member, was sent on.", of.peer);
        return Some(
            Observation::fail(message).seen(receipt).beside([evidence::whole(of, "the member's receipt")]),
        );
    }
    let role = view.profile.report.roles.recipient;
    if value(&view, role).is_some() {
        let message = format!("The receipt for all members has {}.", quote(role));
        return Some(Observation::fail(message).seen(receipt));
    }
    let shown = aggregate.shown(context)?;
    let message = format!("The receipt for all members shows one of them: {}.", quote(&shown));
    Some(Observation::fail(message).seen(receipt))
}

/// Whether a text stands anywhere in a message, encoded or not.
pub(in crate::standing) fn shows(message: &Message, text: &str) -> bool {
    let all = [&message.octets, &message.body].into_iter().chain(message.content.as_ref());
    all.into_iter().any(|octets| {
        let lower = octets.to_ascii_lowercase();
        encoded::occurs(text.as_bytes(), octets) || encoded::occurs(text.as_bytes(), &lower)
    })
}

impl Aggregate<'_> {
    /// The address of a member, as far as it shows.
    pub(in crate::standing) fn shown(&self, context: &Context<'_>) -> Option<String> {
        let known = trace(&self.subject_address(context)?);
        let mut traces = self.members.iter().filter_map(|member| trace(member));
        traces.find(|trace| Some(trace) != known.as_ref() && shows(self.receipt, trace))
    }

    fn subject_address(&self, context: &Context<'_>) -> Option<String> {
        View::new(self.subject, context.profile()).address("From")
    }
}

/// Kinds that one receipt speaks of alike.
fn group(kind: Kind) -> Kind {
    if kind == Kind::Uncertain { Kind::Read } else { kind }
}

fn one_aggregate(context: &Context<'_>) -> Look {
    let all = aggregates(context);
    let capture = context.scene.capture;
    let own = all.into_iter().filter(|aggregate| capture.relay(aggregate.receipt.event).is_none());
    let kind = |message: &Message| Kind::of(&View::new(message, context.profile())).map(group);
    let own: Vec<(Aggregate<'_>, Kind)> =
        own.filter_map(|aggregate| kind(aggregate.receipt).map(|kind| (aggregate, kind))).collect();
    if own.is_empty() {
        return nothing_secret();
    }
    let mut found = Vec::new();
    let mut counted: Vec<&(Aggregate<'_>, Kind)> = Vec::new();
    for one in &own {
        let (aggregate, kind) = one;
        let same = |(other, of): &&&(Aggregate<'_>, Kind)| {
            let (one, other) = (aggregate.subject.event, other.subject.event);
            of == kind && (one == other || capture.same_message(one, other))
        };
        match counted.iter().find(same) {
            Some((first, _)) if is_sent_again(context, first.receipt, aggregate.receipt) => {}
            Some((first, _)) => {
                let first = evidence::whole(first.receipt, "the first one");
                let message = "More than one receipt of a kind came for a list with secret members.";
                found.push(Observation::fail(message).seen(aggregate.receipt).beside([first]));
            }
            None => found.extend(untimely(context, aggregate, *kind)),
        }
        counted.push(one);
    }
    let right = "One receipt of a kind, when the last member has confirmed.";
    Ok(found.into_iter().map(|observation| observation.right(right).reading("I-51")).collect())
}

/// What is wrong with the time of a receipt for all members.
fn untimely(context: &Context<'_>, aggregate: &Aggregate<'_>, kind: Kind) -> Option<Observation> {
    if kind == Kind::Negative {
        let message = "A negative receipt speaks for a list with secret members.";
        return Some(Observation::warn(message).seen(aggregate.receipt));
    }
    let capture = context.scene.capture;
    let before = capture.reports_of_peers().take_while(|report| report.event < aggregate.receipt.event);
    let about = before.filter(|report| capture.behind(report.event) == Some(aggregate.subject.event));
    // What does not say what it confirms may confirm anything; who may go by it is for others to judge (3.4).
    let said = |report: &&Arc<Message>| {
        Kind::of(&View::new(report, context.profile())).is_none_or(|said| group(said) == kind)
    };
    let confirmed: HashSet<&str> = about.filter(said).map(|report| &*report.peer).collect();
    if confirmed.len() >= aggregate.members.len() {
        return None;
    }
    let (some, all) = (confirmed.len(), aggregate.members.len());
    let message = format!("The receipt for all members came when {some} of {all} had confirmed.");
    Some(Observation::fail(message).seen(aggregate.receipt))
}

/// The answer by which the IUT refused a message, if it did.
fn refusal<'c>(context: &Context<'c>, request: EventId) -> Option<&'c Arc<Message>> {
    let capture = context.scene.capture;
    let refuses = |message: &&Arc<Message>| message.status.is_some_and(|status| status >= 300);
    let by_sip = capture.iter().filter(|message| message.origin == Origin::Iut(Novelty::Response(request)));
    by_sip.chain(capture.responses(request)).find(refuses)
}

pub(in crate::standing) fn no_copies_when_refused(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let secret = |source: &&Arc<Message>| {
        let view = View::new(source, context.profile());
        members(context, &view, &view).is_some()
    };
    let sources: Vec<_> = capture.sources().filter(secret).collect();
    if sources.is_empty() {
        return one(Observation::unclear("No message went to a list with secret members."));
    }
    let refused = sources.into_iter().filter_map(|source| Some((source, refusal(context, source.event)?)));
    let copied = |source: EventId| capture.of_iut().find(|copy| capture.copy_of(copy.event) == Some(source));
    let found = refused.filter_map(|(source, answer)| {
        let copy = copied(source.event)?;
        let sent = [evidence::whole(copy, "a copy"), evidence::whole(source, "the message")];
        Some(
            Observation::fail("A message was refused, though copies of it went to members.")
                .right("Either a refusal, or copies.")
                .seen(answer)
                .beside(sent),
        )
    });
    Ok(found.collect())
}
