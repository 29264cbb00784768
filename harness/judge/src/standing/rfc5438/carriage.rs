//! What carries messages and notifications: the CPIM object, its type, the SIP request (7.1.1, 7.2.1.1, 9, 12.1.1, 15.4).

use wire::deviation::Rule;
use wire::{cpim, mime};

use super::kind::{own, read_by};
use crate::capture::{Part, View};
use crate::evidence::quote;
use crate::standing::observation::one;
use crate::standing::receipts::carriage::{carrier, mislabelled, untrue_length, wraps};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "message-form",
        looks_at: LooksAt::Message,
        requirements: &[IM_FORM, IMDN_FORM],
        run: message_form,
    },
    Check {
        name: "content-length",
        looks_at: LooksAt::Message,
        requirements: &["I5438-7.1.1.3-9"],
        run: |context| read_by(untrue_length(context), "R-35"),
    },
    Check {
        name: "no-notification-disposition",
        looks_at: LooksAt::Im,
        requirements: &["I5438-15.4-1"],
        run: no_notification_disposition,
    },
    Check {
        name: "outer-type",
        looks_at: LooksAt::Message,
        requirements: &["I5438-12.1.1-2"],
        run: outer_type,
    },
    Check { name: "carrier", looks_at: LooksAt::Message, requirements: &["I5438-12.1.1-1"], run: carrier },
    Check {
        name: "separate-messages",
        looks_at: LooksAt::Message,
        requirements: &["I5438-9-3"],
        run: separate_messages,
    },
];

const IM_FORM: &str = "I5438-7.1.1-1";
const IMDN_FORM: &str = "I5438-7.2.1.1-2";

/// How the parts of an object stand to one another.
const STRUCTURE: &[&Rule] =
    &[&cpim::rule::SEPARATOR_MISSING, &cpim::rule::CONTENT_HEADER_MISPLACED, &mime::rule::SEPARATOR_MISSING];

/// What may stand beside a document without being an instant message: signatures and lists of recipients.
const COMPANIONS: &[&str] =
    &["application/pkcs7-signature", "application/x-pkcs7-signature", "application/resource-lists+xml"];

fn is_report(context: &Context<'_>, view: &View<'_>) -> bool {
    context.scene.capture.is_report(view.message.event)
}

fn message_form(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let owner = if is_report(context, view) { IMDN_FORM } else { IM_FORM };
    let right = "Message headers, an empty line, MIME headers, an empty line, the content.";
    if view.cpim.is_none() {
        let why = "There is no CPIM object to look at.";
        return one(Observation::unclear(why).seen(view.message));
    }
    let is_one =
        |found: &&wire::deviation::Deviation| STRUCTURE.iter().any(|rule| rule.name == found.rule.name);
    let found = view.cpim_deviations.iter().find(is_one).map(|found| {
        Observation::fail(format!("The CPIM object breaks a rule: {}", found.rule.text))
            .right(right)
            .reading("R-01")
            .charge(&[owner])
            .in_body(view, found.span.clone(), "here")
    });
    Ok(found.into_iter().collect())
}

fn no_notification_disposition(context: &Context<'_>) -> Look {
    let view = own(context)?;
    let wanted = view.profile.disposition.unwrap_or_default();
    let entities = view.cpim.iter().map(|cpim| cpim.entity().clone());
    let entities = entities.chain(view.parts.iter().filter_map(|part| part.entity.clone()));
    let found = entities.filter_map(|entity| entity.disposition()).find(|own| own.is(wanted));
    let observation = found.map(|found| {
        Observation::fail(format!("An instant message has the Content-Disposition {}.", quote(wanted)))
            .right("No such mark on what is no notification.")
            .in_body(view, found.span(), "here")
    });
    Ok(observation.into_iter().collect())
}

fn outer_type(context: &Context<'_>) -> Look {
    if context.view()?.carrier.sip().is_none() {
        let why = "The message came in a session.";
        return one(Observation::unclear(why).seen(context.view()?.message));
    }
    read_by(mislabelled(context), "R-24")
}

/// The part of a message with a notification that is no notification.
fn stranger<'v, 'a>(view: &'v View<'a>) -> Option<&'v Part<'a>> {
    let is_document =
        |part: &Part<'_>| view.profile.media_types.iter().any(|known| known.name == part.media_type());
    let is_stranger = |part: &&Part<'a>| !is_document(part) && !COMPANIONS.contains(&part.media_type());
    view.parts.iter().find(is_stranger).filter(|_| view.parts.iter().any(is_document))
}

/// What a check finds in the headers of a notification, except where it shares them with an instant message: then they are
/// those of the message, and that it is not alone is charged by `separate-messages`.
pub(super) fn unless_shared(context: &Context<'_>, check: fn(&Context<'_>) -> Look) -> Look {
    let view = context.view()?;
    if stranger(view).is_some() {
        let why = "A notification and an instant message share one header, which is for another check.";
        return one(Observation::unclear(why).reading("R-41").seen(view.message));
    }
    check(context)
}

fn separate_messages(context: &Context<'_>) -> Look {
    let view = own(context)?;
    if view.report.is_none() || wraps(view) && view.parts.len() < 2 {
        return one(Observation::unclear("The message holds no notification.").seen(view.message));
    }
    let found = stranger(view).map(|part| {
        Observation::fail("An instant message stands beside a notification.")
            .right("A message of its own for each.")
            .reading("R-41")
            .in_body(view, part.content.clone(), "not of the notification")
    });
    Ok(found.into_iter().collect())
}
