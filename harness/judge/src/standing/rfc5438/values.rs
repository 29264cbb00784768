//! What a notification says: identifier, time, parties, subject (11.1.1 to 11.1.5).

use wire::deviation::Span;
use wire::document::Element;

use super::kind::{Binding, FAILED, asked, told};
use super::order::unless_refused;
use super::target::effective;
use crate::capture::{Line, View};
use crate::evidence::{self, quote};
use crate::standing::addresses::{addressed, identifier, lossy, trio};
use crate::standing::document::{element, missing};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation, policy};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "message-id-named",
        looks_at: LooksAt::Report,
        requirements: &[NAMED, NAMELESS],
        run: |context| unless_refused(context, message_id_named),
    },
    Check {
        name: "datetime",
        looks_at: LooksAt::Report,
        requirements: &[TIME, SAME_TIME, NO_TIME],
        run: |context| unless_refused(context, datetime),
    },
    Check {
        name: "recipient-uri",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1.3-1"],
        run: |context| unless_refused(context, recipient_uri),
    },
    Check {
        name: "original-recipient-uri",
        looks_at: LooksAt::Report,
        requirements: &[ORIGINAL, ORIGINAL_VALUE],
        run: |context| unless_refused(context, original_recipient_uri),
    },
    Check {
        name: "subject",
        looks_at: LooksAt::Report,
        requirements: &[SUBJECT, SEVERAL],
        run: |context| unless_refused(context, subject),
    },
];

const NAMED: &str = "I5438-11.1.1-1";
const NAMELESS: &str = "I5438-11.1.1-2";
const TIME: &str = "I5438-11.1.2-1";
const SAME_TIME: &str = "I5438-11.1.2-2";
const NO_TIME: &str = "I5438-11.1.2-3";
const ORIGINAL: &str = "I5438-11.1.4-1";
const ORIGINAL_VALUE: &str = "I5438-11.1.4-2";
const SUBJECT: &str = "I5438-11.1.5-1";
const SEVERAL: &str = "I5438-11.1.5-2";

/// The name of the element that repeats the time of the message.
const DATETIME: &str = "datetime";

/// The name of the element that repeats its subject.
const TOPIC: &str = "subject";

fn message_id_named(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let name = view.profile.report.roles.message_id;
    let found = element(view, document, name).filter(|found| !found.trimmed().is_empty());
    let Some(wanted) = subject.id() else {
        if asked(subject).1 == Binding::None {
            let why = "The message asks for nothing, which is for another check.";
            return one(Observation::unclear(why).seen(view.message));
        }
        let observation = match found {
            Some(found) => {
                Observation::warn("The message has no identifier, and the notification names one.")
                    .in_document(view, found.content.clone(), "invented")
            }
            None => Observation::fail("The notification names no message, since that has no identifier.")
                .seen(view.message),
        };
        return one(observation.right("No notification.").reading("R-09").charge(&[NAMELESS]));
    };
    let right = format!("{} in {}.", quote(&wanted), quote(name));
    let Some(found) = found else {
        let empty = element(view, document, name).map(|found| {
            Observation::fail(format!("{} is empty.", quote(name))).in_document(
                view,
                found.span.clone(),
                "here",
            )
        });
        let observation = empty.unwrap_or_else(|| missing(view, document, name));
        return one(observation.right(right).charge(&[NAMED]));
    };
    let said = found.trimmed();
    let observation = match said == wanted {
        true if said.len() == found.text.len() => return nothing(),
        true => Observation::warn(format!("White space surrounds the value of {}.", quote(name))),
        false if lossy(document) => Observation::unclear(format!("{} cannot be compared.", quote(said))),
        false => Observation::fail(format!("{} is {}.", quote(name), quote(said))),
    };
    let observation = observation.right(right).charge(&[NAMED]);
    let observation = observation.in_document(view, found.content.clone(), "not the identifier");
    one(observation.beside(identifier(subject)))
}

fn datetime(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let lines = subject.core("DateTime");
    let found = element(view, document, DATETIME);
    let (Some(line), Some(found)) = (lines.first(), found) else {
        let owner = if lines.is_empty() { NO_TIME } else { TIME };
        return match found {
            Some(_) => nothing(),
            None => one(missing(view, document, DATETIME)
                .right("The element datetime.")
                .reading("R-11")
                .charge(&[owner])),
        };
    };
    let wanted = line.text().trim().to_owned();
    let said = found.trimmed();
    if said == wanted {
        return nothing();
    }
    let instant =
        |text: &str| wire::time::decode(text.as_bytes(), 0..text.len()).value.map(|time| time.instant);
    let observation = match (instant(said), instant(&wanted)) {
        (Some(one), Some(other)) if one == other => {
            Observation::warn(format!("datetime is {}, the same time in another notation.", quote(said)))
        }
        (Some(one), Some(other)) if is_cut(other, one, digits(said)) => {
            Observation::warn(format!("datetime is {}, the same time cut to fewer digits.", quote(said)))
        }
        _ if lossy(document) => Observation::unclear(format!("{} cannot be compared.", quote(said))),
        _ => Observation::fail(format!("datetime is {}.", quote(said))),
    };
    let sent =
        evidence::at(subject.message, subject.message.in_body(line.value.clone()), "the time of the message");
    let observation = observation.right(format!("{}, as the message has it.", quote(&wanted)));
    let observation = observation.reading("R-11").charge(&[SAME_TIME]);
    one(observation.in_document(view, found.content.clone(), "not the time of the message").beside([sent]))
}

/// Digits behind the point of a time.
fn digits(time: &str) -> u32 {
    let fraction = time.split_once('.').map_or("", |(_, fraction)| fraction);
    fraction.chars().take_while(char::is_ascii_digit).zip(1..).last().map_or(0, |(_, count)| count)
}

/// Whether one time is what is left of the other where so many digits of the second are kept: a user who compares by eye
/// goes by no more (7.1.1.2).
fn is_cut(whole: time::OffsetDateTime, cut: time::OffsetDateTime, digits: u32) -> bool {
    let unit = 1_000_000_000 / 10_u32.pow(digits.min(9));
    whole.replace_nanosecond(whole.nanosecond() / unit * unit).is_ok_and(|rest| rest == cut)
}

fn recipient_uri(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let name = view.profile.report.roles.recipient;
    if context.scene.is_intermediary() && told(view).and_then(|(_, status)| status) == Some(FAILED) {
        return one(
            Observation::unclear("Whom an intermediary names is for another check.").seen(view.message)
        );
    }
    let Some(found) = element(view, document, name) else { return nothing() };
    let said = found.trimmed();
    if policy::holds(context, view.message.event, "hide_reporter") {
        return one(Observation::unclear("The IUT was told to keep addresses private.").seen(view.message));
    }
    let registered = context.scene.environment.select("iut", "uri").into_iter().flatten();
    let mut registered = registered.map(|value| value.text);
    let sender = subject.address("From");
    let message = format!("{} is {}", quote(name), quote(said));
    let observation = if !uri::is_absolute(said) {
        Observation::fail(format!("{message}, which is not a URI alone."))
    } else if addressed(subject).iter().any(|to| uri::same(said, to)) {
        return nothing();
    } else if registered.any(|own| uri::same(said, &own)) {
        Observation::warn(format!("{message}, the address of the IUT, but not the one that was written to."))
    } else if sender.is_some_and(|sender| uri::same(said, &sender)) {
        Observation::fail(format!("{message}, the sender of the message."))
    } else if said.contains('%') && said.to_ascii_lowercase().contains("%3a") {
        Observation::fail(format!("{message}, with its colon encoded."))
    } else {
        Observation::warn(format!("{message}, to which the message was not addressed."))
    };
    let right = format!("The URI of To in {}, or no such element.", quote(name));
    one(observation.right(right).reading("R-13").in_document(view, found.content.clone(), "here"))
}

fn original_recipient_uri(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let Some(name) = view.profile.report.roles.original_recipient else { return nothing() };
    let lines = effective(subject, subject.profile.headers.original_to);
    let found = element(view, document, name);
    let Some(first) = lines.first().and_then(Line::uri_text) else {
        return without_original_to(view, subject, found, name);
    };
    if policy::holds(context, view.message.event, "hide_reporter") {
        return one(Observation::unclear("The IUT was told to keep addresses private.").seen(view.message));
    }
    let right = format!("{} in {}.", quote(&first), quote(name));
    let sent = lines.first().map(|line| {
        evidence::at(subject.message, subject.message.in_body(line.line.clone()), "what the message has")
    });
    let Some(found) = found else {
        let observation = missing(view, document, name).right(right).reading("R-12");
        return one(observation.charge(&[ORIGINAL]).beside(sent));
    };
    let said = found.trimmed();
    if said == first || uri::is_absolute(said) && uri::same(said, &first) {
        return nothing();
    }
    let observation = Observation::fail(format!("{} is {}.", quote(name), quote(said))).right(right);
    let observation = observation.charge(&[ORIGINAL_VALUE]);
    one(observation.in_document(view, found.content.clone(), "not the URI of Original-To").beside(sent))
}

/// Without Original-To the addressee was never changed.
fn without_original_to(view: &View<'_>, subject: &View<'_>, found: Option<&Element<'_>>, name: &str) -> Look {
    let Some(found) = found else { return nothing() };
    if addressed(subject).iter().any(|to| uri::same(found.trimmed(), to)) {
        return nothing();
    }
    let message =
        format!("{} is {}, though the message has no Original-To.", quote(name), quote(found.trimmed()));
    let observation = Observation::warn(message).right(format!("No {}, or the URI of To.", quote(name)));
    one(observation.charge(&[ORIGINAL_VALUE]).in_document(view, found.content.clone(), "here"))
}

/// The subjects of a message: what they say, and in which language.
fn subjects(view: &View<'_>) -> Vec<(String, Option<String>)> {
    let Some(cpim) = &view.cpim else { return Vec::new() };
    let of = |header: wire::cpim::Header<'_, '_>| {
        (header.text().trim().to_owned(), header.language().map(|tag| tag.to_string()))
    };
    cpim.subjects().map(of).collect()
}

fn subject(context: &Context<'_>) -> Look {
    let (view, message, document) = trio(context)?;
    let all: Vec<&Element<'_>> = document.named(TOPIC, view.profile).collect();
    let Some(found) = all.first() else { return nothing() };
    let sent = subjects(message);
    let right = "A Subject of the message with its language, or no such element.";
    let finish = |observation: Observation, owner, span: Span| {
        one(observation.right(right).reading("R-12").charge(&[owner]).in_document(view, span, "here"))
    };
    if let Some(second) = all.get(1) {
        return finish(
            Observation::fail("The notification has more than one subject."),
            SEVERAL,
            second.span.clone(),
        );
    }
    let said = found.trimmed();
    let raw = message.core("Subject").iter().any(|line| line.text().trim() == said);
    let same = sent.iter().find(|(text, _)| text == said);
    if same.is_none() && !raw {
        return match () {
            () if lossy(document) => {
                one(Observation::unclear("The subject cannot be compared.").seen(view.message))
            }
            () if sent.len() > 1 && sent.iter().all(|(text, _)| said.contains(&**text)) => finish(
                Observation::fail("The subjects of the message are joined."),
                SEVERAL,
                found.content.clone(),
            ),
            () => {
                let observation = Observation::fail(format!("The subject is {}.", quote(said)));
                finish(observation, SUBJECT, found.content.clone())
            }
        };
    }
    let tagged = same.and_then(|(_, language)| language.as_deref());
    let own = found.attributes.iter().find(|attribute| attribute.name == "lang");
    match (tagged, own) {
        (Some(_), None) => {
            finish(Observation::warn("The language of the subject is lost."), SUBJECT, found.span.clone())
        }
        (Some(tag), Some(own)) if !own.value.eq_ignore_ascii_case(tag) => {
            let message = format!("The language of the subject is {}.", quote(&own.value));
            finish(Observation::fail(message), SUBJECT, own.span.clone())
        }
        _ => nothing(),
    }
}
