//! What a report says about messages and parties: identifiers and URIs.

use wire::document::Document;

use super::document::{element, missing, readable};
use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation, policy};
use crate::assertion::encoded;
use crate::capture::View;
use crate::evidence::{self, quote};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "original-message-id",
        looks_at: LooksAt::Report,
        requirements: &[DIRECT_ID, RELAYED_ID, LONG_ID],
        run: original_message_id,
    },
    Check {
        name: "original-recipient-uri",
        looks_at: LooksAt::Report,
        requirements: &[GIVEN, NOT_GIVEN, NULL],
        run: original_recipient_uri,
    },
    Check {
        name: "reporting-uas-uri",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10.4-1"],
        run: reporting_uas_uri,
    },
    Check {
        name: "original-recipient",
        looks_at: LooksAt::Report,
        requirements: &[ORIGINAL_TO, FIRST_TARGET],
        run: original_recipient,
    },
    Check {
        name: "addresses-swapped",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-11.1-2"],
        run: addresses_swapped,
    },
    Check {
        name: "no-copy-of-message",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-3-7"],
        run: no_copy_of_message,
    },
];

const DIRECT_ID: &str = "IMDN-10.2-1";
const RELAYED_ID: &str = "IMDN-8.1.5-3";
const LONG_ID: &str = "IMDN-8.1.4-3";
const GIVEN: &str = "IMDN-10.3-1";
const NOT_GIVEN: &str = "IMDN-8.1.3-2";
const NULL: &str = "IMDN-10.3-2";
const ORIGINAL_TO: &str = "IMDN-10.5-1";
const FIRST_TARGET: &str = "IMDN-6.1-1";

/// A piece of the message longer than this must not be found in the report (IMDN-3-7).
const MOST_COPIED: usize = 16;

/// A longer identifier that comes back cut off is a matter of length (IMDN-8.1.4-3), not of copying.
const LONG: usize = 255;

/// A shorter text may stand in a report by chance.
const LEAST_TELLING: usize = 8;

pub(super) type Trio<'c> = (&'c View<'c>, &'c View<'c>, &'c Document<'c>);

/// Report, message and document, or why there is nothing to compare.
pub(super) fn trio<'c>(context: &Context<'c>) -> Result<Trio<'c>, Box<Observation>> {
    let (view, subject) = context.pair()?;
    Ok((view, subject, readable(view)?))
}

/// Whether the document is not in UTF-8, so that foreign characters of its values are lost on this harness.
pub(super) fn lossy(document: &Document<'_>) -> bool {
    std::str::from_utf8(document.octets()).is_err()
}

fn original_message_id(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let headers = &subject.profile.headers;
    let original = headers
        .original_message_id
        .and_then(|name| subject.extension_value(name))
        .filter(|id| !id.is_empty());
    let (Some(wanted), second) = (match original {
        Some(original) => (Some(original), subject.id()),
        None => (subject.id(), None),
    }) else {
        return one(Observation::unclear("The message has no identifier to repeat.").seen(subject.message));
    };
    let charged = if second.is_some() { RELAYED_ID } else { DIRECT_ID };
    let name = view.profile.report.roles.message_id;
    let right = format!("{} in {}.", quote(&wanted), quote(name));
    let Some(found) = element(view, document, name) else {
        return one(missing(view, document, name).right(right).charge(&[charged]));
    };
    let observation = match found.trimmed() {
        value if value == wanted => return nothing(),
        value if Some(value) == second.as_deref() => {
            Observation::warn("The report names the message as the B2BUA sent it, not the first one.")
                .reading("I-09")
        }
        value if wanted.len() > LONG && !value.is_empty() && wanted.starts_with(value) => {
            let (there, whole) = (value.len(), wanted.len());
            Observation::fail(format!("{} has {there} of {whole} octets.", quote(name)))
                .reading("I-20")
                .charge(&[LONG_ID])
        }
        value if lossy(document) => Observation::unclear(format!("{} cannot be compared.", quote(value))),
        value => Observation::fail(format!("{} is {}.", quote(name), quote(value))).reading("I-09"),
    };
    let charged = observation.charged.first().copied().unwrap_or(charged);
    let sent = identifier(subject);
    one(observation
        .right(right)
        .charge(&[charged])
        .in_document(view, found.content.clone(), "not the identifier")
        .beside(sent))
}

/// Where the message's own identifier stands.
pub(super) fn identifier(view: &View<'_>) -> Option<crate::Evidence> {
    let line = view.extension(view.profile.headers.message_id).into_iter().next()?;
    Some(evidence::at(view.message, view.message.in_body(line.value), "the identifier of the message"))
}

/// What a header of the message says about a party.
enum Stated {
    Missing,
    Null,
    Uri(String),
}

fn stated(view: &View<'_>, name: Option<&'static str>) -> Stated {
    let lines = name.map(|name| view.extension(name)).unwrap_or_default();
    match lines.first() {
        None => Stated::Missing,
        Some(line) => line.uri_text().map_or(Stated::Null, Stated::Uri),
    }
}

/// The URIs to which the message was addressed.
pub(super) fn addressed(view: &View<'_>) -> Vec<String> {
    let lines = ["To", "cc"].into_iter().flat_map(|name| view.core(name));
    lines.filter_map(|line| line.uri_text()).collect()
}

fn original_recipient_uri(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let headers = &subject.profile.headers;
    let name = view.profile.report.roles.recipient;
    let (charged, wanted) = match stated(subject, headers.original_from) {
        Stated::Null => return null_recipient(view, document, name),
        Stated::Uri(uri) => (GIVEN, uri),
        Stated::Missing => match subject.address("From") {
            Some(from) => (NOT_GIVEN, from),
            None => return one(Observation::unclear("The message names no sender.").seen(subject.message)),
        },
    };
    let right = format!("{} in {}.", quote(&wanted), quote(name));
    let Some(found) = element(view, document, name) else {
        // The element belongs to 10.3, whatever it ought to have held.
        return one(missing(view, document, name).right(right).reading("I-08").charge(&[GIVEN]));
    };
    let value = found.trimmed();
    let mut second = addressed(subject);
    if let Stated::Uri(first) = stated(subject, headers.original_to) {
        second.push(first);
    }
    let observation = if uri::same(value, &wanted) {
        return nothing();
    } else if !value.is_empty() && second.iter().any(|other| uri::same(value, other)) {
        Observation::warn(format!("{} holds the addressee {}, not the sender.", quote(name), quote(value)))
    } else if value.is_empty() {
        Observation::fail(format!("{} is empty.", quote(name)))
    } else {
        Observation::fail(format!("{} is {}.", quote(name), quote(value)))
    };
    let observation = observation.right(right).reading("I-08").charge(&[charged]);
    one(observation.in_document(view, found.content.clone(), "not the sender of the message"))
}

fn null_recipient(view: &View<'_>, document: &Document<'_>, name: &str) -> Look {
    let right = format!("An empty {}, as Original-From is null.", quote(name));
    let finish = |observation: Observation| one(observation.right(right).reading("I-07").charge(&[NULL]));
    match element(view, document, name) {
        None => finish(missing(view, document, name)),
        Some(found) if found.trimmed().is_empty() && !found.has_elements => nothing(),
        Some(found) => {
            let observation = Observation::fail(format!("{} is {}.", quote(name), quote(found.trimmed())));
            finish(observation.in_document(view, found.content.clone(), "not empty"))
        }
    }
}

fn reporting_uas_uri(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let document = readable(view)?;
    let Some(name) = view.profile.report.roles.reporter else { return nothing() };
    let right = format!("An absolute URI of the reporter in {}.", quote(name));
    if policy::holds(context, view.message.event, "hide_reporter") {
        return one(Observation::unclear("The IUT was told to keep its URI private.").seen(view.message));
    }
    let Some(found) = element(view, document, name) else {
        let observation = missing(view, document, name).right(right);
        return one(Observation { verdict: crate::Verdict::Warning, ..observation });
    };
    let value = found.trimmed();
    let observation = if uri::is_absolute(value) {
        return nothing();
    } else if uri::is_absolute(uri::inner(value)) {
        Observation::warn(format!("{} holds {}, not the URI alone.", quote(name), quote(value)))
    } else {
        Observation::fail(format!("{} is {}, which is no URI.", quote(name), quote(value)))
    };
    one(observation.right(right).in_document(view, found.content.clone(), "here"))
}

fn original_recipient(context: &Context<'_>) -> Look {
    let (view, subject, document) = trio(context)?;
    let Some(name) = view.profile.report.roles.original_recipient else { return nothing() };
    let found = element(view, document, name);
    let Stated::Uri(first) = stated(subject, subject.profile.headers.original_to) else {
        return without_original_to(view, subject, document, name);
    };
    let right = format!("{} in {}.", quote(&first), quote(name));
    let observation = match found {
        Some(found) if uri::same(found.trimmed(), &first) => return nothing(),
        Some(found) => Observation::fail(format!("{} is {}.", quote(name), quote(found.trimmed())))
            .in_document(view, found.content.clone(), "not the URI of Original-To"),
        None => missing(view, document, name),
    };
    let observation = observation.right(&*right).reading("I-21").charge(&[ORIGINAL_TO]);
    let elsewhere = element(view, document, view.profile.report.roles.recipient);
    if elsewhere.is_some_and(|element| uri::same(element.trimmed(), &first)) {
        return one(observation);
    }
    let nowhere =
        Observation::fail("The URI to which the originator sent the message is nowhere in the report.");
    let end = document.root().map_or(document.span().end, |root| root.content.end);
    Ok(vec![
        observation,
        nowhere.right(right).reading("I-08").charge(&[FIRST_TARGET]).in_document(
            view,
            end..end,
            "not in here",
        ),
    ])
}

fn without_original_to(view: &View<'_>, subject: &View<'_>, document: &Document<'_>, name: &str) -> Look {
    let Some(found) = element(view, document, name) else { return nothing() };
    if addressed(subject).iter().any(|to| uri::same(found.trimmed(), to)) {
        return nothing();
    }
    let message =
        format!("{} is {}, though the message has no Original-To.", quote(name), quote(found.trimmed()));
    one(Observation::warn(message)
        .right(format!("No {}, or the URI of To.", quote(name)))
        .reading("I-22")
        .charge(&[ORIGINAL_TO])
        .in_document(view, found.content.clone(), "here"))
}

fn addresses_swapped(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let mut found = swapped(context, Vec::new())?;
    found.extend(own_id(view, subject).filter(|_| view.cpim.is_some() && subject.cpim.is_some()));
    Ok(found)
}

/// Whether the report goes from the addressee of the message, or one of `others`, to its sender.
pub(super) fn swapped(context: &Context<'_>, others: Vec<String>) -> Look {
    let (view, subject) = context.pair()?;
    if view.cpim.is_none() {
        let observation = Observation::fail("The report is no Message/CPIM object of its own.");
        return one(observation.right("A CPIM message from the recipient to the sender.").seen(view.message));
    }
    if subject.cpim.is_none() {
        return one(Observation::unclear("The message has no CPIM addresses to swap.").seen(subject.message));
    }
    let mut own = addressed(subject);
    own.extend(others);
    own.extend(context.scene.environment.select("iut", "uri").into_iter().flatten().map(|value| value.text));
    let sender: Vec<String> = subject.address("From").into_iter().collect();
    let found = [direction(view, "From", &own), direction(view, "To", &sender)];
    Ok(found.into_iter().flatten().collect())
}

fn direction(view: &View<'_>, name: &str, wanted: &[String]) -> Option<Observation> {
    if wanted.is_empty() {
        return None;
    }
    let lines = view.core(name);
    let right = format!("{name} holds {}.", quote(&wanted[0]));
    let Some(line) = lines.first() else {
        let message = format!("The report has no {name} header.");
        return Some(Observation::fail(message).right(right).reading("I-29").seen(view.message));
    };
    let is_wanted = |uri: &String| wanted.iter().any(|wanted| uri::same(uri, wanted));
    if lines.iter().filter_map(|line| line.uri_text()).any(|uri| is_wanted(&uri)) {
        return None;
    }
    let message = format!("{name} of the report is {}.", quote(&line.text()));
    Some(Observation::fail(message).right(right).reading("I-29").in_body(
        view,
        line.line.clone(),
        "not swapped",
    ))
}

/// A report bears an identifier, and not that of the message.
fn own_id(view: &View<'_>, subject: &View<'_>) -> Option<Observation> {
    let right = "An identifier of the report's own.";
    let lines = view.extension(view.profile.headers.message_id);
    let Some(line) = lines.first() else {
        let message = format!("The report has no {} of its own.", view.profile.headers.message_id);
        return Some(Observation::warn(message).right(right).reading("I-42").seen(view.message));
    };
    let reused = subject.id().is_some_and(|id| id == line.text().trim());
    let observation =
        Observation::fail("The report bears the identifier of the message it is about.").right(right);
    reused.then(|| observation.in_body(view, line.line.clone(), "the message's identifier"))
}

fn no_copy_of_message(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let Some(part) = subject.main_part() else { return nothing() };
    if subject.report.is_some() {
        return one(Observation::unclear("The report is about a report, which looks like it anyway.")
            .seen(view.message));
    }
    let place = subject.content_of(part);
    let content = telling(place.octets.get(place.span.clone()).unwrap_or_default());
    if content.len() < LEAST_TELLING {
        let why = "The message is too short to be told from chance in a report.";
        return one(Observation::unclear(why).seen(subject.message));
    }
    let piece = &content[..content.len().min(MOST_COPIED + 1)];
    let copy = view.parts.iter().find_map(|part| {
        let raw = part.entity.as_ref().map_or(part.content.clone(), |entity| entity.span());
        let raw = view.message.in_body(raw);
        [raw, view.content_of(part)]
            .into_iter()
            .find(|place| encoded::occurs(piece, place.octets.get(place.span.clone()).unwrap_or_default()))
    });
    let Some(place) = copy else { return nothing() };
    let found = memchr::memmem::find(place.octets.get(place.span.clone()).unwrap_or_default(), piece);
    let span =
        found.map_or(place.span.clone(), |at| place.span.start + at..place.span.start + at + piece.len());
    let observation = Observation::fail("The report holds a piece of the message it is about.");
    let observation = observation.right("No piece of the message longer than 16 octets.");
    one(observation.at(view.message, crate::capture::Place { span, ..place }, "a copy of the message"))
}

/// The content without what every XML document may begin with.
fn telling(content: &[u8]) -> &[u8] {
    let content = content.trim_ascii();
    let declared = content.starts_with(b"<?xml");
    let end = memchr::memmem::find(content, b"?>").filter(|_| declared).map_or(0, |at| at + 2);
    content[end..].trim_ascii()
}
