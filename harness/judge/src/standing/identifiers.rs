//! Identifiers of the IUT's own messages: there, well-formed, unique.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use record::{EventId, EventKind};
use wire::cpim::is_token;

use super::entropy;
use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Class, Line, Message, View};
use crate::evidence::{self, quote};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "message-id-present",
        looks_at: LooksAt::Im,
        requirements: &["IMDN-8.1.4-1"],
        run: message_id_present,
    },
    Check {
        name: "message-id-token",
        looks_at: LooksAt::Im,
        requirements: &["IMDN-8.1.4-4"],
        run: message_id_token,
    },
    Check {
        name: "identifiers-unique",
        looks_at: LooksAt::Record,
        requirements: &["IMDN-3-6", "IMDN-8.1.4-2"],
        run: identifiers_unique,
    },
    Check {
        name: "identifiers-entropy",
        looks_at: LooksAt::Record,
        requirements: &["IMDN-8.1.4-2"],
        run: identifiers_entropy,
    },
];

/// Most repetitions that are shown.
const MOST_SHOWN: usize = 8;

/// Fewest identifiers from which anything about their making is told.
const LEAST_SAMPLE: usize = 64;

fn message_id_present(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let name = view.profile.headers.message_id;
    if !view.extension(name).is_empty() {
        return nothing();
    }
    let observation = match view.message.class {
        Class::Request => Observation::fail(format!("The message asks for a report and has no {name}.")),
        _ => Observation::warn(format!("The message has no {name}.")),
    };
    one(observation.right("A fresh identifier in every message.").reading("I-18").seen(view.message))
}

fn message_id_token(context: &Context<'_>) -> Look {
    token(context, Observation::warn)
}

/// Whether the identifier is one token; what an at sign in it is worth differs (I-19).
pub(super) fn token(context: &Context<'_>, at_sign: fn(String) -> Observation) -> Look {
    let view = context.view()?;
    let lines = view.extension(view.profile.headers.message_id);
    if lines.is_empty() {
        let why = format!("The message has no {}.", view.profile.headers.message_id);
        return one(Observation::unclear(why).seen(view.message));
    }
    Ok(lines.iter().filter_map(|line| ill_formed(view, line, at_sign)).collect())
}

fn ill_formed(view: &View<'_>, line: &Line<'_>, at_sign: fn(String) -> Observation) -> Option<Observation> {
    let (raw, at) = (line.raw(), line.value.start);
    let foreign = raw.iter().position(|octet| !is_token(&[*octet]));
    let place = foreign.map_or(line.line.clone(), |offset| at + offset..at + offset + 1);
    let without_at: Vec<u8> = raw.iter().copied().filter(|octet| *octet != b'@').collect();
    let text = quote(&line.text());
    let observation = if raw.is_empty() {
        Observation::fail("The identifier is empty.")
    } else if line.blanks == 0 {
        Observation::fail(format!("No blank parts the colon from the identifier {text}."))
    } else if !line.parameters.is_empty() {
        Observation::fail("The identifier has a parameter in front of it.")
    } else if is_token(raw) {
        return None;
    } else if is_token(&without_at) {
        at_sign(format!("The identifier {text} has an at sign in it."))
    } else {
        Observation::fail(format!("The identifier {text} is no token."))
    };
    let right = "The name, a colon, one blank, and one token of RFC 3862.";
    Some(observation.right(right).reading("I-19").in_body(view, place, "not of a token"))
}

/// One of the IUT's messages with its identifier.
pub(super) struct Sample {
    pub(super) message: Arc<Message>,
    pub(super) id: String,
}

/// The IUT's instant messages that bear an identifier, in the order of the record.
pub(super) fn samples(context: &Context<'_>) -> Vec<Sample> {
    let capture = context.scene.capture;
    let own = capture.of_iut().filter(|m| m.class != Class::Other && !capture.is_report(m.event));
    own.filter_map(|message| {
        let id = capture.identity(message.event)?.id.clone()?;
        Some(Sample { message: message.clone(), id })
    })
    .collect()
}

fn identifiers_unique(context: &Context<'_>) -> Look {
    unique(context, &["IMDN-8.1.4-2"])
}

/// Whether no identifier is used twice; `lasting` is charged alone for what is repeated across a restart, or by another
/// process.
pub(super) fn unique(context: &Context<'_>, lasting: &[&'static str]) -> Look {
    let samples = samples(context);
    if samples.len() < 2 {
        return one(Observation::unclear("Fewer than two identifiers were collected."));
    }
    let mut first: HashMap<&str, &Sample> = HashMap::new();
    let mut found = Vec::new();
    for sample in &samples {
        match first.get(&*sample.id) {
            None => {
                first.insert(&sample.id, sample);
            }
            Some(earlier) if is_the_same_message(context, &earlier.message, &sample.message) => {}
            Some(earlier) => found.push((*earlier, sample)),
        }
        if found.len() >= MOST_SHOWN {
            break;
        }
    }
    Ok(found.into_iter().map(|(earlier, later)| repeated(context, earlier, later, lasting)).collect())
}

fn repeated(
    context: &Context<'_>,
    earlier: &Sample,
    later: &Sample,
    lasting: &[&'static str],
) -> Observation {
    let message = format!("Two messages bear the identifier {}.", quote(&later.id));
    let point = |message: &Message| {
        let view = View::new(message, context.profile());
        let span = view.extension(context.profile().headers.message_id).first().map(|line| line.line.clone());
        evidence::at(message, message.in_body(span.unwrap_or_default()), "the same identifier")
    };
    let mut observation = Observation::fail(message)
        .right("An identifier that no other message ever had.")
        .beside([point(&later.message), point(&earlier.message)]);
    observation.event = Some(later.message.event);
    // Repetition across a restart, or between two processes, says nothing about one session.
    if context.scene.case.scenario.instances > 1
        || restarted(context, earlier.message.event, later.message.event)
    {
        observation = observation.charge(lasting);
    }
    observation
}

fn restarted(context: &Context<'_>, from: EventId, to: EventId) -> bool {
    let between = context.events().get(from.0 as usize..to.0 as usize).unwrap_or_default();
    between.iter().any(|event| match &event.kind {
        EventKind::Command { command, .. } => {
            command.get("command").and_then(|name| name.as_str()) == Some("restart")
        }
        _ => false,
    })
}

/// Whether the second is no message of its own: the first one sent again because it was not accepted, or a copy of it
/// to another recipient.
fn is_the_same_message(context: &Context<'_>, first: &Message, second: &Message) -> bool {
    let content = |message: &Message| {
        let view = View::new(message, context.profile());
        view.main_part().map(|part| view.content_of(part)).map(|place| place.octets.slice(place.span))
    };
    let same_content = content(first) == content(second);
    let other_recipient = first.peer != second.peer;
    same_content && (other_recipient || !super::counting::was_accepted(context, first.event))
}

pub(super) fn identifiers_entropy(context: &Context<'_>) -> Look {
    let samples = samples(context);
    // Copies may share an identifier; elsewhere a repetition is for the check of uniqueness.
    let ids: BTreeSet<&str> = samples.iter().map(|sample| &*sample.id).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    if ids.len() < LEAST_SAMPLE {
        let why = format!("{} identifiers are too few to tell how they are made.", ids.len());
        return one(Observation::unclear(why));
    }
    let bits = entropy::bits(&ids);
    if bits >= entropy::LEAST_BITS || entropy::has_own_part(&ids) {
        return nothing();
    }
    let message = format!(
        "The varying part of {} identifiers shows {bits:.0} bits, and no part names the host.",
        ids.len()
    );
    let mut observation = Observation::warn(message)
        .right(format!("{} bits or more, or a part that is the sender's own.", entropy::LEAST_BITS));
    for sample in samples.iter().take(2) {
        observation = observation.seen(&sample.message);
    }
    one(observation)
}
