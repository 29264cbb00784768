//! Copies of messages by an intermediary: the CPIM part goes on as it came (6.2, 7.2).

use super::kind::{in_session, named};
use crate::capture::{Line, Place, View};
use crate::evidence::{self, quote};
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "copy-unaltered",
        looks_at: LooksAt::Copy,
        requirements: &[BY_SIP, BY_MSRP],
        run: copy_unaltered,
    },
    Check {
        name: "request-kept",
        looks_at: LooksAt::Copy,
        requirements: &[BY_SIP, "RCPT-7.2-2"],
        run: request_kept,
    },
];

const BY_SIP: &str = "RCPT-6.2-1";
const BY_MSRP: &str = "RCPT-7.2-1";

fn copy_unaltered(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    if source.cpim.is_none() {
        return one(Observation::unclear("The message is no CPIM object.").seen(source.message));
    }
    let owner = if in_session(view) { BY_MSRP } else { BY_SIP };
    let right = "The CPIM object as it came, octet for octet.";
    let sent = evidence::whole(source.message, "the message it comes from");
    let finish = |observation: Observation| observation.right(right).charge(&[owner]).beside([sent.clone()]);
    if view.cpim.is_none() {
        return one(finish(Observation::fail("The copy is no CPIM object.").seen(view.message)));
    }
    let found = content(view, source).or_else(|| headers(view, source));
    Ok(found.map(finish).into_iter().collect())
}

fn content(view: &View<'_>, source: &View<'_>) -> Option<Observation> {
    let (here, sent) = (view.entity()?, source.entity()?);
    let at = first_difference(octets(&here), octets(&sent))?;
    let start = (here.span.start + at).min(here.span.end);
    let place = Place { span: start..(start + 1).min(here.span.end), ..here };
    let message = format!("The content of the copy is not that of the message: octet {at} differs.");
    Some(Observation::fail(message).at(view.message, place, "the first octet that differs"))
}

pub(in crate::standing) fn octets(place: &Place) -> &[u8] {
    place.octets.get(place.span.clone()).unwrap_or_default()
}

/// Where two texts begin to differ; `None` where they are the same.
pub(in crate::standing) fn first_difference(here: &[u8], sent: &[u8]) -> Option<usize> {
    (here != sent).then(|| here.iter().zip(sent).take_while(|(here, sent)| here == sent).count())
}

/// The header lines of a copy that are not as they came. The request for receipts is for a check of its own.
fn headers(view: &View<'_>, source: &View<'_>) -> Option<Observation> {
    let request = view.profile.headers.request;
    let lines = |view: &View<'_>| -> Vec<(String, Vec<u8>, std::ops::Range<usize>)> {
        let lines = view.lines().into_iter().filter(|line| line.local != request);
        let octets = |line: &Line<'_>| view.message.in_body(line.line.clone());
        lines.map(|line| (line.full_name().into_owned(), octets_of(&octets(&line)), line.line)).collect()
    };
    let (here, sent) = (lines(view), lines(source));
    let lacks = |all: &[(String, Vec<u8>, std::ops::Range<usize>)], text: &[u8]| {
        all.iter().all(|(_, other, _)| other != text)
    };
    let lost = sent.iter().filter(|(_, text, _)| lacks(&here, text)).map(|(name, ..)| (name, None));
    let added = here.iter().filter(|(_, text, _)| lacks(&sent, text));
    let added = added.map(|(name, _, span)| (name, Some(span.clone())));
    let changed: Vec<_> = added.chain(lost).collect();
    // The worst first: what receipts rest on.
    let strict = |name: &str| in_session(view) || name == view.profile.headers.message_id;
    let (name, span) = changed.iter().find(|(name, _)| strict(name)).or(changed.first())?;
    let message = format!("{} of the copy is not as it came.", quote(name));
    let observation = match strict(name) {
        true => Observation::fail(message),
        // What else a list may rewrite is a matter of the draft on lists.
        false => Observation::warn(message),
    };
    Some(match span {
        Some(span) => observation.in_body(view, span.clone(), "not as in the message"),
        None => observation.seen(view.message),
    })
}

fn octets_of(place: &Place) -> Vec<u8> {
    octets(place).trim_ascii_end().to_vec()
}

fn request_kept(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    let request = view.profile.headers.request;
    let texts = |view: &View<'_>| -> Vec<String> {
        named(view, request)
            .iter()
            .map(|line| format!("{}: {}", line.full_name(), line.text().trim()))
            .collect()
    };
    let (here, sent) = (texts(view), texts(source));
    if here == sent {
        return match sent.is_empty() {
            true => one(Observation::unclear("The message asks for nothing.").seen(source.message)),
            false => nothing(),
        };
    }
    let message = match (&here[..], &sent[..]) {
        ([], _) => format!("The copy has no {request}."),
        (_, []) => format!("The copy has a {request}, the message has none."),
        ([first, ..], _) => format!("The copy says {}.", quote(first)),
    };
    let owner = if in_session(view) { "RCPT-7.2-2" } else { BY_SIP };
    let observation = Observation::fail(message).right(format!("{request} as it came.")).charge(&[owner]);
    let sent = evidence::whole(source.message, "the message it comes from");
    one(match named(view, request).first() {
        Some(line) => observation.in_body(view, line.line.clone(), "not as in the message").beside([sent]),
        None => observation.seen(view.message).beside([sent]),
    })
}
