//! What a receipt says: identifier, recipient, type and status (3.2, 3.3).

use super::kind::{Kind, NEGATIVE, READ, UNCERTAIN, asked, is_failure, is_read, is_success, value};
use super::negative;
use crate::capture::View;
use crate::evidence::quote;
use crate::standing::addresses::{addressed, identifier, lossy, trio};
use crate::standing::document::{element, readable};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "message-id-named",
        looks_at: LooksAt::Report,
        requirements: &[STRUCTURE, "RCPT-5.1-1"],
        run: message_id_named,
    },
    Check {
        name: "recipient-uri",
        looks_at: LooksAt::Report,
        requirements: &[STRUCTURE, negative::RECIPIENT],
        run: recipient_uri,
    },
    Check {
        name: "type-and-status",
        looks_at: LooksAt::Report,
        requirements: &[DELIVERY, READING, FAILURE],
        run: type_and_status,
    },
    Check {
        name: "positive-receipt",
        looks_at: LooksAt::Asked,
        requirements: &[DELIVERY],
        run: |context| says(context, &[Kind::Positive], "Type delivery and status 200."),
    },
    Check {
        name: "negative-receipt",
        looks_at: LooksAt::Asked,
        requirements: &[FAILURE],
        run: |context| says(context, &[Kind::Negative], "Type delivery and the status of a failure."),
    },
    Check {
        name: "read-receipt",
        looks_at: LooksAt::Asked,
        requirements: &[READING],
        run: |context| says(context, &[Kind::Read], "Type read and status 200."),
    },
    Check {
        name: "uncertain-receipt",
        looks_at: LooksAt::Asked,
        requirements: &["RCPT-3.3-3"],
        run: |context| says(context, &[Kind::Uncertain], "Type read and status 485."),
    },
];

const STRUCTURE: &str = "RCPT-3.2-7";
const DELIVERY: &str = "RCPT-3.2-10";
const READING: &str = "RCPT-3.3-2";
const FAILURE: &str = "RCPT-6.1.3.1-5";

fn message_id_named(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let name = view.profile.report.roles.message_id;
    let Some(found) = element(view, document, name) else {
        return one(Observation::unclear(format!("There is no {}.", quote(name))).seen(view.message));
    };
    let said = found.trimmed();
    let Some(wanted) = subject.id() else {
        let message = "The message has no identifier, and the receipt names one.";
        let observation = Observation::warn(message).right("No receipt.").reading("I-56");
        return one(observation.charge(&[STRUCTURE]).in_document(view, found.content.clone(), "invented"));
    };
    if said == wanted {
        return nothing();
    }
    let right = format!("{} in {}.", quote(&wanted), quote(name));
    let observation = match lossy(document) {
        true => Observation::unclear(format!("{} cannot be compared.", quote(said))),
        false => Observation::fail(format!("{} is {}.", quote(name), quote(said))),
    };
    let owner = if is_escaped(said, &wanted) { "RCPT-5.1-1" } else { STRUCTURE };
    let observation = observation.right(right).charge(&[owner]);
    let observation = observation.in_document(view, found.content.clone(), "not the identifier");
    one(observation.beside(identifier(subject)))
}

/// Whether only the way in which XML escapes characters came between two identifiers.
fn is_escaped(said: &str, wanted: &str) -> bool {
    let special = |character: char| matches!(character, '&' | '<' | '>' | '"' | '\'' | ';');
    let bare = |text: &str| {
        let unescaped = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#39;", "&#38;"];
        let text = unescaped.iter().fold(text.to_owned(), |text, escape| text.replace(escape, ""));
        text.replace(special, "")
    };
    wanted.contains(special) && bare(said) == bare(wanted)
}

fn recipient_uri(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    if context.scene.is_intermediary() {
        return negative::recipient_uri(context, view, subject, document);
    }
    let name = view.profile.report.roles.recipient;
    let Some(found) = element(view, document, name) else { return nothing() };
    let said = found.trimmed();
    let own = addressed(subject);
    let sender = subject.address("From");
    let is_sender = sender.as_ref().is_some_and(|sender| same_party(said, sender));
    let observation = if is_sender && !own.iter().any(|to| same_party(said, to)) {
        Observation::fail(format!("{} names the sender of the message.", quote(name)))
    } else {
        match shape(name, said) {
            Some(observation) => observation,
            None => return nothing(),
        }
    };
    let right = format!("The URI of the recipient in {}, or no such element.", quote(name));
    let observation = observation.right(right).reading("I-53").charge(&[STRUCTURE]);
    one(observation.in_document(view, found.content.clone(), "here"))
}

/// What is odd about how a URI is written, if anything is.
pub(super) fn shape(name: &str, said: &str) -> Option<Observation> {
    if uri::is_absolute(said) {
        return None;
    }
    Some(match said.is_empty() {
        true => Observation::fail(format!("{} is empty.", quote(name))),
        false => Observation::warn(format!("{} is {}, not a URI alone.", quote(name), quote(said))),
    })
}

/// Whether a text names that party: as a URI, or as the samples do, without a scheme (I-53).
pub(super) fn same_party(said: &str, party: &str) -> bool {
    let bare = |text: &str| {
        let text = uri::inner(text);
        let rest = text
            .split_once(':')
            .filter(|(scheme, _)| scheme.bytes().all(|octet| octet.is_ascii_alphabetic()));
        let rest = rest.map_or(text, |(_, rest)| rest);
        rest.split([';', '?']).next().unwrap_or_default().to_ascii_lowercase()
    };
    uri::same(said, party) || !bare(said).is_empty() && bare(said) == bare(party)
}

fn type_and_status(context: &Context<'_>) -> Look {
    let view = context.view()?;
    readable(view)?;
    let words = context.subject.map(asked).unwrap_or_default();
    let asks = |wanted: &str| words.iter().any(|word| word == wanted);
    // A read receipt where only failure was of interest is a failure told wrongly.
    let failure = is_failure_read(view) && asks(NEGATIVE) && !asks(READ);
    let owner = match is_read(view, context.subject) {
        true if failure => FAILURE,
        true => READING,
        false => DELIVERY,
    };
    let found = wrong_type(view).or_else(|| wrong_status(view));
    Ok(found.map(|observation| observation.reading("I-45").charge(&[owner])).into_iter().collect())
}

/// Whether a receipt says that reading failed, which no receipt can say.
pub(super) fn is_failure_read(view: &View<'_>) -> bool {
    let status = view.profile.report.roles.status.and_then(|name| value(view, name)).unwrap_or_default();
    Kind::of(view) == Some(Kind::Read) && is_failure(status)
}

fn wrong_type(view: &View<'_>) -> Option<Observation> {
    let name = view.profile.report.roles.disposition;
    let found = element(view, view.document.as_ref()?, name)?;
    if matches!(found.trimmed(), "delivery" | "read") {
        return None;
    }
    let observation = Observation::fail(format!("{} is {}.", quote(name), quote(found.trimmed())));
    Some(observation.right("delivery or read.").in_document(view, found.content.clone(), "none of the words"))
}

fn wrong_status(view: &View<'_>) -> Option<Observation> {
    let name = view.profile.report.roles.status?;
    let found = element(view, view.document.as_ref()?, name)?;
    let said = found.trimmed();
    let message = format!("{} is {}.", quote(name), quote(said));
    let digits = !said.is_empty() && said.bytes().all(|octet| octet.is_ascii_digit());
    let read = value(view, view.profile.report.roles.disposition)?.eq_ignore_ascii_case(READ);
    let observation = match read {
        _ if !digits => Observation::warn(message).right("A number of three digits."),
        true if said == UNCERTAIN || said == "200" => return None,
        true if is_success(said) => Observation::warn(message).right("200, or 485 where that is not known."),
        true => Observation::fail(message).right("200, or 485 where that is not known."),
        false if is_success(said) || is_failure(said) => return None,
        false => Observation::fail(message).right("2xx for success, the code of the failure otherwise."),
    };
    Some(observation.in_document(view, found.content.clone(), "here"))
}

/// Whether a receipt says what the scenario makes the only right thing to say.
fn says(context: &Context<'_>, wanted: &[Kind], right: &str) -> Look {
    let view = context.view()?;
    readable(view)?;
    let roles = &view.profile.report.roles;
    let (Some(kind), Some(status)) =
        (value(view, roles.disposition), roles.status.and_then(|name| value(view, name)))
    else {
        return one(Observation::unclear("The receipt lacks its type or its status.").seen(view.message));
    };
    let said = Kind::of(view);
    if said.is_some_and(|kind| wanted.contains(&kind)) && (said != Some(Kind::Read) || is_success(status)) {
        return nothing();
    }
    let digits = status.bytes().all(|octet| octet.is_ascii_digit());
    let code = is_success(status) || is_failure(status);
    // Of a failure nothing is known but that its code is one; elsewhere what is wrong with it has an owner.
    let failure = !digits && kind != READ && wanted.contains(&Kind::Negative);
    if !matches!(kind, "delivery" | "read") || !code && !failure {
        let why = "The receipt does not say anything that is defined.";
        return one(Observation::unclear(why).reading("I-45").seen(view.message));
    }
    let message = format!("The receipt says type {} and status {}.", quote(kind), quote(status));
    let observation = match failure {
        true => Observation::warn(message),
        false => Observation::fail(message),
    };
    let place = element(view, readable(view)?, roles.disposition).map_or(0..0, |found| found.span.clone());
    one(observation.right(right).reading("I-45").in_document(view, place, "here"))
}
