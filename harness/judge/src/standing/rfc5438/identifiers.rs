//! Identifiers of instant messages and of notifications: well-formed, unique, hard to guess (6.3, 7.2.1, 10).

use std::collections::HashMap;

use super::kind::own;
use crate::capture::View;
use crate::evidence::{self, quote};
use crate::standing::identifiers::{Sample, samples, token, unique};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation, entropy};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "message-id-token",
        looks_at: LooksAt::Message,
        requirements: &["I5438-10-5"],
        run: message_id_token,
    },
    Check {
        name: "identifiers-unique",
        looks_at: LooksAt::Record,
        requirements: &["I5438-6.3-2"],
        run: identifiers_unique,
    },
    Check {
        name: "identifiers-entropy",
        looks_at: LooksAt::Record,
        requirements: &[GUESSED, WEAK],
        run: identifiers_entropy,
    },
    Check {
        name: "imdn-identifiers",
        looks_at: LooksAt::Record,
        requirements: &["I5438-7.2.1-12"],
        run: imdn_identifiers,
    },
];

const GUESSED: &str = "I5438-6.3-3";
const WEAK: &str = "I5438-6.3-4";

/// Fewest identifiers from which anything about their making is told.
const LEAST_SAMPLE: usize = 64;

/// Bits of chance: fewer than the first are guessed, fewer than the second are worth a warning.
const GUESSABLE: f64 = 32.0;
const RECOMMENDED: f64 = 64.0;

/// Most repetitions that are shown.
const MOST_SHOWN: usize = 8;

fn message_id_token(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let lines = view.extension(view.profile.headers.message_id);
    // An empty identifier is none, which is for other checks.
    if lines.iter().all(|line| line.text().trim().is_empty()) {
        return one(Observation::unclear("The message has no identifier.").seen(view.message));
    }
    let found = token(context, Observation::fail)?;
    Ok(found.into_iter().map(|seen| seen.reading("R-40")).collect())
}

fn not_of_intermediaries(context: &Context<'_>) -> Result<(), Box<Observation>> {
    match context.scene.is_intermediary() {
        true => {
            Err(Box::new(Observation::unclear("An intermediary makes no identifiers of instant messages.")))
        }
        false => Ok(()),
    }
}

fn identifiers_unique(context: &Context<'_>) -> Look {
    not_of_intermediaries(context)?;
    let found = unique(context, &["I5438-6.3-2"])?;
    Ok(found.into_iter().map(|seen| seen.reading("R-40")).collect())
}

/// What can be told of how identifiers are made.
enum Chance {
    TooFew,
    /// The next one lies within so many steps of the last.
    Counted,
    Bits(f64),
}

impl Chance {
    /// Of identifiers in the order in which they were made.
    fn of(ids: &[&str]) -> Self {
        let mut distinct = ids.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        match () {
            () if distinct.len() < LEAST_SAMPLE => Self::TooFew,
            () if entropy::is_counted(ids) => Self::Counted,
            () => Self::Bits(entropy::most_bits(&distinct)),
        }
    }

    fn observation(&self, what: &str) -> Option<Observation> {
        let right = format!("{RECOMMENDED} random bits or more.");
        let observation = match self {
            Self::TooFew => Observation::unclear(format!("{what} are too few to tell how they are made.")),
            Self::Counted => Observation::fail(format!("{what} go up step by step.")),
            Self::Bits(bits) if *bits < GUESSABLE => {
                Observation::fail(format!("{what} hold at most {bits:.0} bits of chance."))
            }
            Self::Bits(bits) if *bits < RECOMMENDED => {
                Observation::warn(format!("{what} hold at most {bits:.0} bits of chance."))
            }
            Self::Bits(_) => return None,
        };
        Some(observation.right(right).reading("R-40"))
    }
}

fn identifiers_entropy(context: &Context<'_>) -> Look {
    not_of_intermediaries(context)?;
    let samples = samples(context);
    let ids: Vec<&str> = samples.iter().map(|sample| &*sample.id).collect();
    let chance = Chance::of(&ids);
    let Some(seen) = chance.observation(&format!("{} identifiers", ids.len())) else { return nothing() };
    let shown = samples.iter().take(2).fold(seen, |seen, sample| seen.seen(&sample.message));
    one(match shown.verdict {
        crate::Verdict::Fail => shown.charge(&[GUESSED]),
        crate::Verdict::Warning => shown.charge(&[WEAK]),
        _ => shown,
    })
}

/// Notifications that the IUT composed, with their identifiers.
fn notifications(context: &Context<'_>) -> Vec<Sample> {
    let capture = context.scene.capture;
    let own = capture.of_iut().filter(|message| capture.is_report(message.event));
    let own = own.filter(|message| !context.scene.is_relayed(message.event));
    own.filter_map(|message| {
        let id = capture.identity(message.event)?.id.clone()?;
        Some(Sample { message: message.clone(), id })
    })
    .collect()
}

fn imdn_identifiers(context: &Context<'_>) -> Look {
    let own = notifications(context);
    if own.len() < 2 {
        return one(Observation::unclear("Fewer than two identifiers of notifications were collected."));
    }
    let messages = if context.scene.is_intermediary() { Vec::new() } else { samples(context) };
    let mut first: HashMap<&str, &Sample> = messages.iter().map(|sample| (&*sample.id, sample)).collect();
    let mut found = Vec::new();
    for sample in &own {
        match first.get(&*sample.id) {
            Some(earlier) if !is_same(context, earlier, sample) => found.push(repeated(earlier, sample)),
            Some(_) => {}
            None => drop(first.insert(&sample.id, sample)),
        }
    }
    found.truncate(MOST_SHOWN);
    let ids: Vec<&str> = own.iter().map(|sample| &*sample.id).collect();
    let weak = Chance::of(&ids).observation(&format!("{} identifiers of notifications", ids.len()));
    found.extend(weak.filter(|seen| seen.verdict > crate::Verdict::Inconclusive));
    Ok(found)
}

/// Whether the second is the first one, sent again because it was not accepted.
fn is_same(context: &Context<'_>, first: &Sample, second: &Sample) -> bool {
    crate::standing::counting::is_sent_again(context, &first.message, &second.message)
}

fn repeated(earlier: &Sample, later: &Sample) -> Observation {
    Observation::fail(format!("Two messages bear the identifier {}.", quote(&later.id)))
        .right("An identifier that no other message ever had.")
        .reading("R-40")
        .seen(&later.message)
        .beside([evidence::whole(&earlier.message, "the same identifier")])
}

/// Whether one identifier is made from another, long enough to tell that from chance.
pub(super) fn is_derived(id: &str, from: &str) -> bool {
    const LEAST_TELLING: usize = 6;
    id == from || from.len() >= LEAST_TELLING && id.contains(from)
}

/// The identifier of a message, where it stands.
pub(super) fn shown(view: &View<'_>) -> Option<crate::Evidence> {
    crate::standing::addresses::identifier(view)
}
