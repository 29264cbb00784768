//! Denials: whatever their cause, they must look alike.

use std::sync::Arc;

use wire::deviation::Span;

use super::observation::one;
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Field, Message, Place, View};
use crate::evidence::{self, quote};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "denials-alike",
    looks_at: LooksAt::Asked,
    requirements: &["IMDN-6.2.4-1"],
    run: denials_alike,
}];

/// The word of a denial.
const DENIED: &str = "denied";

/// Headers of SIP and MSRP whose values differ from message to message by their nature.
const VARYING_OUTER: &[&str] = &[
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Date",
    "Content-Length",
    "Max-Forwards",
    "Route",
    "Contact",
    "Timestamp",
    "Expires",
    "Authorization",
    "Proxy-Authorization",
    "Identity",
    "To-Path",
    "From-Path",
    "Message-ID",
    "Byte-Range",
];

/// CPIM headers whose values depend on the message that is denied, or on the time.
const VARYING_CPIM: &[&str] = &["From", "To", "cc", "DateTime", "Subject"];

/// One thing that can be seen of a denial, and where.
struct Trait {
    what: String,
    place: Place,
}

fn denials_alike(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let denials: Vec<&Arc<Message>> = capture
        .of_iut()
        .filter(|message| {
            capture.is_report(message.event)
                && !context.scene.is_relayed(message.event)
                && is_denial(&View::new(message, context.profile()))
        })
        .collect();
    let [first, others @ ..] = &denials[..] else {
        return one(Observation::unclear("There is no denial to look at."));
    };
    if others.is_empty() {
        return one(Observation::unclear("There is only one denial, and nothing to compare it with."));
    }
    let pattern = traits(&View::new(first, context.profile()));
    let compared = others.iter().filter_map(|other| difference(first, &pattern, other, context));
    Ok(compared.take(1).collect())
}

fn is_denial(view: &View<'_>) -> bool {
    let name = view.profile.report.roles.disposition;
    let document = view.document.as_ref();
    document
        .and_then(|document| document.value(name, view.profile))
        .is_some_and(|word| word.eq_ignore_ascii_case(DENIED))
}

fn difference(
    first: &Message,
    pattern: &[Trait],
    other: &Message,
    context: &Context<'_>,
) -> Option<Observation> {
    let seen = traits(&View::new(other, context.profile()));
    let lacks = |all: &[Trait], wanted: &Trait| all.iter().all(|one| one.what != wanted.what);
    let extra = seen.iter().find(|one| lacks(pattern, one)).map(|one| (other, one, first));
    let (holder, seen, without) =
        extra.or_else(|| pattern.iter().find(|one| lacks(&seen, one)).map(|one| (first, one, other)))?;
    let message =
        format!("One denial has {}, another has not, so their causes can be told apart.", seen.what);
    let observation = Observation::fail(message)
        .right("Denials that differ in identifiers and times only.")
        .at(holder, seen.place.clone(), "not in the other denial")
        .beside([evidence::whole(without, "the other denial")]);
    Some(observation)
}

/// Everything of a denial that must not depend on its cause.
fn traits(view: &View<'_>) -> Vec<Trait> {
    let mut all = outer_traits(view);
    all.extend(cpim_traits(view));
    all.extend(document_traits(view));
    all
}

fn outer_traits(view: &View<'_>) -> Vec<Trait> {
    let protocol = view.carrier.protocol();
    let header = |field: Field<'_>| {
        let varying = VARYING_OUTER.iter().any(|name| field.name.eq_ignore_ascii_case(name));
        let value = if varying { "" } else { &*field.value };
        Trait {
            what: format!(
                "the {protocol} header {} {}",
                quote(&field.name.to_ascii_lowercase()),
                quote(value)
            ),
            place: view.message.in_octets(field.line),
        }
    };
    view.carrier.fields().into_iter().map(header).collect()
}

fn cpim_traits(view: &View<'_>) -> Vec<Trait> {
    let defined: Vec<&str> = view.profile.headers.defined().collect();
    let mut found: Vec<Trait> = view
        .lines()
        .into_iter()
        .map(|line| {
            let varying = VARYING_CPIM.contains(&&*line.local) || defined.contains(&&*line.local);
            let value = if varying { String::new() } else { line.text().into_owned() };
            let what = format!("the CPIM header {} {}", quote(&line.full_name()), quote(&value));
            Trait { what, place: view.message.in_body(line.line.clone()) }
        })
        .collect();
    let entity = view.cpim.as_ref().map(|cpim| cpim.entity());
    found.extend(entity.into_iter().flat_map(|entity| entity.headers()).map(|header| {
        let what = format!("the content header {}", quote(&header.name().to_ascii_lowercase()));
        Trait { what, place: view.message.in_body(header.line_span()) }
    }));
    found
}

fn document_traits(view: &View<'_>) -> Vec<Trait> {
    let Some(document) = &view.document else { return Vec::new() };
    let roles = &view.profile.report.roles;
    let mut found = Vec::new();
    let mut note = |what: String, span: Span| found.push(Trait { what, place: view.in_document(span) });
    for element in document.elements() {
        let varying =
            *element.name == *roles.message_id || roles.time.is_some_and(|time| element.name == time);
        let text = if varying { "" } else { element.trimmed() };
        note(
            format!("the element {} with the text {}", quote(&element.name), quote(text)),
            element.span.clone(),
        );
        for attribute in &element.attributes {
            let what = format!(
                "the attribute {} with the value {}",
                quote(&attribute.name),
                quote(&attribute.value)
            );
            note(what, attribute.span.clone());
        }
    }
    for comment in document.comments() {
        let octets = view.document_octets().get(comment.clone()).unwrap_or_default();
        note(format!("the comment {}", quote(&String::from_utf8_lossy(octets))), comment.clone());
    }
    found
}
