//! What carries messages and receipts: the CPIM object, its outer type, the SIP request (3.1, 3.2, 6.1.1, 7.1.1).

use memchr::memmem;
use wire::deviation::{Deviation, Rule};
use wire::sip::HeaderId;
use wire::{cpim, mime};

use super::kind::{in_session, is_read, named};
use crate::capture::{CPIM, Class, ENVELOPES, View};
use crate::evidence::quote;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "message-form",
        looks_at: LooksAt::Message,
        requirements: &["RCPT-3.1-1", "RCPT-3.2-1", "RCPT-3.3-1"],
        run: message_form,
    },
    Check {
        name: "content-length",
        looks_at: LooksAt::Message,
        requirements: &["RCPT-3.1-14", "RCPT-3.2-1", "RCPT-3.3-1"],
        run: content_length,
    },
    Check {
        name: "outer-type",
        looks_at: LooksAt::Message,
        requirements: &["RCPT-6.1.1-1", "RCPT-7.1.1-1"],
        run: outer_type,
    },
    Check { name: "carrier", looks_at: LooksAt::Message, requirements: &["RCPT-6.1.1-2"], run: carrier },
];

/// How the parts of an object stand to one another.
const STRUCTURE: &[&Rule] = &[
    &cpim::rule::LABEL_INSIDE,
    &cpim::rule::SEPARATOR_MISSING,
    &cpim::rule::CONTENT_HEADER_MISPLACED,
    &cpim::rule::CONTENT_TYPE_MISSING,
    &mime::rule::SEPARATOR_MISSING,
    &mime::rule::CONTENT_TYPE,
];

/// How its header lines are written.
const LINES: &[&Rule] = &[
    &cpim::rule::HEADER_MALFORMED,
    &cpim::rule::HEADER_FOLDED,
    &cpim::rule::BARE_LF,
    &cpim::rule::NOT_UTF8,
    &cpim::rule::NAME_SPACE,
    &cpim::rule::ADDRESS,
    &cpim::rule::ADDRESS_BRACKETS,
    &cpim::rule::REPEATED,
];

/// Types under which S/MIME hides or signs a CPIM object (I-15).
const PROTECTED: &[&str] =
    &["application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted", "multipart/signed"];

/// Multiparts that may stand around a CPIM object: a list of recipients beside it (6.1.1, 6.2).
const WITH_LISTS: &[&str] = &["multipart/mixed", "multipart/related"];

/// Headers that every request has (RFC 3261 8.1.1).
const MANDATORY: &[HeaderId] =
    &[HeaderId::VIA, HeaderId::FROM, HeaderId::TO, HeaderId::CALL_ID, HeaderId::CSEQ, HeaderId::MAX_FORWARDS];

/// Whether a message only passes through the IUT.
pub(in crate::standing) fn passes_through(context: &Context<'_>, view: &View<'_>) -> bool {
    let event = view.message.event;
    let copy = || !context.scene.capture.is_report(event) && view.message.class != Class::Report;
    context.scene.is_intermediary() && (context.scene.is_relayed(event) || copy())
}

/// The owner of a fault in the making of a message: by what the message is.
fn owner(context: &Context<'_>, view: &View<'_>, im: &'static str) -> &'static str {
    match () {
        () if !context.scene.capture.is_report(view.message.event) => im,
        () if is_read(view, context.subject) => "RCPT-3.3-1",
        () => "RCPT-3.2-1",
    }
}

fn message_form(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if passes_through(context, view) {
        return one(Observation::unclear("The message is as its sender made it.").seen(view.message));
    }
    let right =
        "Message headers, an empty line, MIME headers with a Content-type, an empty line, the content.";
    if view.cpim.is_none() {
        let is_report = context.scene.capture.is_report(view.message.event);
        let observation = match is_report || wraps(view) {
            true => Observation::unclear("There is no CPIM object to look at."),
            false => Observation::fail("The message is no Message/CPIM object.").charge(&["RCPT-3.1-1"]),
        };
        return one(observation.right(right).seen(view.message));
    }
    // How the headers of the extension are written is for checks of their grammar.
    let own: Vec<_> = view.profile.headers.defined().flat_map(|name| named(view, name)).collect();
    let of_own = |found: &Deviation| {
        own.iter().any(|line| line.line.start <= found.span.start && found.span.end <= line.line.end)
    };
    let is = |found: &Deviation, rules: &[&Rule]| rules.iter().any(|rule| rule.name == found.rule.name);
    let is_report = context.scene.capture.is_report(view.message.event);
    // That a receipt has no type is for the checks of its type.
    let untyped = |found: &Deviation| is_report && is(found, &[&cpim::rule::CONTENT_TYPE_MISSING]);
    let structure = |found: &Deviation| is(found, STRUCTURE) && !untyped(found);
    let broken = |found: &&Deviation| structure(found) || is(found, LINES) && !of_own(found);
    let found = view.cpim_deviations.iter().find(broken);
    let observation = found.map(|found| {
        Observation::fail(format!("The CPIM object breaks a rule: {}", found.rule.text))
            .right(right)
            .reading("I-54")
            .charge(&[owner(context, view, "RCPT-3.1-1")])
            .in_body(view, found.span.clone(), "here")
    });
    Ok(observation.into_iter().collect())
}

fn content_length(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let found = untrue_length(context)?;
    let charged = |seen: Observation| match seen.verdict {
        crate::Verdict::Fail => seen.reading("I-54").charge(&[owner(context, view, "RCPT-3.1-14")]),
        _ => seen,
    };
    Ok(found.into_iter().map(charged).collect())
}

/// A Content-length inside that is not the length of the content.
pub(in crate::standing) fn untrue_length(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if passes_through(context, view) {
        return one(Observation::unclear("The message is as its sender made it.").seen(view.message));
    }
    let wrong = &mime::rule::CONTENT_LENGTH.name;
    let found = view.cpim_deviations.iter().find(|found| found.rule.name == *wrong).map(|found| {
        Observation::fail("Content-length is not the length of the content.")
            .right("The number of octets of the content, or no such header.")
            .in_body(view, found.span.clone(), "here")
    });
    Ok(found.into_iter().collect())
}

/// Whether the body is protected, or parted into a CPIM object and something beside it.
pub(in crate::standing) fn wraps(view: &View<'_>) -> bool {
    let label = view.parts.first().map_or("", |part| part.media_type());
    ENVELOPES.contains(&label) || label.starts_with("multipart/")
}

fn outer_type(context: &Context<'_>) -> Look {
    let owner = if in_session(context.view()?) { "RCPT-7.1.1-1" } else { "RCPT-6.1.1-1" };
    let charged = |seen: Observation| match seen.verdict {
        crate::Verdict::Fail => seen.reading("I-15").charge(&[owner]),
        _ => seen,
    };
    Ok(mislabelled(context)?.into_iter().map(charged).collect())
}

/// A body that is labelled as something else than a CPIM object or what may stand around one.
pub(in crate::standing) fn mislabelled(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let (media_type, place) = view.outer_type().unwrap_or_default();
    let with_list =
        || WITH_LISTS.contains(&&*media_type) && memmem::find(&lower(view), CPIM.as_bytes()).is_some();
    if media_type == CPIM || PROTECTED.contains(&&*media_type) || with_list() {
        return nothing();
    }
    // An instant message that is no CPIM object asks for nothing, and what it is is for another check.
    let is_report = context.scene.capture.is_report(view.message.event);
    let plain = view.cpim.is_none() || context.scene.is_intermediary();
    if plain && !is_report {
        return one(Observation::unclear("The message does not use the extension.").seen(view.message));
    }
    let message = match &*media_type {
        "" => "The message states no type of its body.".to_owned(),
        other => format!("The body is labelled {}.", quote(other)),
    };
    let right = "message/cpim, for messages and reports alike.";
    let observation = Observation::fail(message).right(right);
    one(match place {
        Some(place) => observation.at(view.message, place, "here"),
        None => observation.seen(view.message),
    })
}

fn lower(view: &View<'_>) -> Vec<u8> {
    view.message.body.get(view.message.body_span.clone()).unwrap_or_default().to_ascii_lowercase()
}

pub(in crate::standing) fn carrier(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(request) = view.carrier.sip() else {
        return one(Observation::unclear("The message came in a session.").seen(view.message));
    };
    let point = |message: &str, id: HeaderId| {
        let span = request.header(id).map_or(0..0, |header| header.raw_span());
        Observation::fail(message).at(view.message, view.message.in_octets(span), "here")
    };
    let contact = request.header(HeaderId::CONTACT).is_some();
    let method = request.cseq().is_some_and(|cseq| cseq.method.0 != b"MESSAGE");
    let tagged = request.to_tag().is_some() && !in_dialog(context);
    let faults = [
        contact.then(|| point("The MESSAGE has a Contact.", HeaderId::CONTACT)),
        method.then(|| point("CSeq names another method.", HeaderId::CSEQ)),
        tagged.then(|| point("To has a tag, though there is no dialog.", HeaderId::TO)),
    ];
    let absent = MANDATORY.iter().find(|id| request.header(**id).is_none());
    let absent = absent
        .map(|id| Observation::fail(format!("The MESSAGE has no {} header.", id.long())).seen(view.message));
    let right = "A MESSAGE by itself, with the headers of every request and without Contact (RFC 3428).";
    Ok(faults.into_iter().flatten().chain(absent).map(|observation| observation.right(right)).collect())
}

/// Whether there is any dialog in the record that a MESSAGE could belong to.
fn in_dialog(context: &Context<'_>) -> bool {
    context.scene.capture.iter().any(|message| message.method.eq_ignore_ascii_case("INVITE"))
}
