//! The marks of a receipt: addresses, media type, Content-Disposition, and headers that it should not have (3.2, 3.3).

use super::kind::{in_session, is_read};
use super::negative;
use crate::capture::{ENVELOPES, Place, View};
use crate::evidence::{self, quote};
use crate::standing::addresses::swapped;
use crate::standing::headers::anywhere;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "addresses-swapped",
        looks_at: LooksAt::Report,
        requirements: &[LIKE_AN_IM, LIKE_DELIVERY],
        run: addresses_swapped,
    },
    Check {
        name: "status-receipt-type",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-3.2-2"],
        run: status_receipt_type,
    },
    Check { name: "media-type", looks_at: LooksAt::Report, requirements: &["RCPT-5.2-1"], run: media_type },
    Check {
        name: "content-disposition",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-3.2-3", LIKE_DELIVERY],
        run: content_disposition,
    },
    Check {
        name: "no-message-id",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-3.2-5"],
        run: no_message_id,
    },
    Check {
        name: "no-request-in-report",
        looks_at: LooksAt::Report,
        requirements: &["RCPT-3.2-8", "RCPT-7.1.1-5"],
        run: no_request_in_report,
    },
    Check {
        name: "receipts-follow-delivery",
        looks_at: LooksAt::Asked,
        requirements: &[LIKE_DELIVERY],
        run: receipts_follow_delivery,
    },
];

const LIKE_AN_IM: &str = "RCPT-3.2-1";
const LIKE_DELIVERY: &str = "RCPT-3.3-1";

fn addresses_swapped(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let read = is_read(view, Some(subject));
    if view.message.peer != subject.message.peer {
        let why = "To whom the receipt went is for the check of that.";
        return one(Observation::unclear(why).seen(view.message));
    }
    if read && view.cpim.is_none() {
        return one(Observation::unclear("There is no CPIM object to look at.").seen(view.message));
    }
    let owner = if read { LIKE_DELIVERY } else { LIKE_AN_IM };
    let mut found = swapped(context, Vec::new())?;
    if !found.is_empty() {
        // For whom an intermediary reports may be the sender as well as the intermediary itself.
        found = swapped(context, negative::members_reached(context, subject.message.event))?;
    }
    Ok(found.into_iter().map(|observation| observation.charge(&[owner])).collect())
}

/// What is wrong with the label of a receipt.
enum Label {
    Right,
    /// Without the suffix `+xml` (I-40).
    Short,
    Wrong(Observation),
}

fn label(view: &View<'_>) -> Result<Label, Box<Observation>> {
    let Some(part) = view.main_part() else {
        return Err(Box::new(Observation::unclear("There is no content to look at.").seen(view.message)));
    };
    let label = part.media_type();
    if ENVELOPES.contains(&label) {
        let why = "The receipt is enveloped, and there is no key.";
        return Err(Box::new(Observation::unclear(why).seen(view.message)));
    }
    if let Some(known) = view.profile.media_types.iter().find(|known| known.name == label) {
        return Ok(if known.own { Label::Right } else { Label::Short });
    }
    let message = match label {
        "" => "The receipt has no media type.".to_owned(),
        label => format!("The receipt is labelled {}.{}", quote(label), view.foreign_remark()),
    };
    let place = match part.label.as_ref().and_then(|label| label.span.clone()) {
        Some(span) => view.message.in_body(span),
        None => view.message.in_octets(0..view.message.octets.len()),
    };
    Ok(Label::Wrong(Observation::fail(message).reading("I-40").at(view.message, place, "the label")))
}

fn status_receipt_type(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if is_read(view, context.subject) {
        return one(Observation::unclear("This is no delivery receipt.").seen(view.message));
    }
    match label(view)? {
        Label::Right | Label::Short => nothing(),
        Label::Wrong(observation) => one(observation.right("message/status-receipt+xml.")),
    }
}

fn media_type(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let right = "message/status-receipt+xml, as it is registered.";
    match label(view)? {
        Label::Right => nothing(),
        Label::Wrong(observation) => one(observation.right(right)),
        Label::Short => {
            let observation = Observation::fail("The label of the receipt lacks its suffix.").right(right);
            let span = view.main_part().and_then(|part| part.label.as_ref()?.span.clone());
            let place = span.map_or(view.message.in_octets(0..0), |span| view.message.in_body(span));
            one(observation.reading("I-40").at(view.message, place, "without +xml"))
        }
    }
}

fn content_disposition(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if view.foreign_profile().is_some() {
        let why = format!("There is nothing to look at.{}", view.foreign_remark());
        return one(Observation::unclear(why).seen(view.message));
    }
    let Some(entity) = view.main_part().and_then(|part| part.entity.as_ref()) else {
        return one(Observation::unclear("There is no CPIM object with MIME headers.").seen(view.message));
    };
    let wanted = view.profile.disposition.unwrap_or_default();
    let owner = if is_read(view, context.subject) { LIKE_DELIVERY } else { "RCPT-3.2-3" };
    let observation = match entity.disposition() {
        Some(own) if own.is(wanted) => return nothing(),
        Some(own) => Observation::fail(format!("The Content-Disposition is {}.", quote(own.value())))
            .in_body(view, own.span(), "here"),
        None => {
            let start = entity.span().start;
            Observation::fail("The receipt has no Content-Disposition.").in_body(
                view,
                start..entity.content_span().start,
                "not among these",
            )
        }
    };
    let right = format!("Content-Disposition: {wanted}, among the MIME headers.");
    one(observation.right(right).charge(&[owner]))
}

fn no_message_id(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let lines = view.extension_all(view.profile.headers.message_id);
    let found = lines.first().map(|line| {
        Observation::warn(format!("The receipt has a {}.", quote(&line.full_name())))
            .right("No identifier, since nothing refers to a receipt.")
            .reading("I-42")
            .in_body(view, line.line.clone(), "here")
    });
    Ok(found.into_iter().collect())
}

fn no_request_in_report(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let headers = &view.profile.headers;
    let names = std::iter::once(&headers.request).chain(headers.undefined);
    let Some((name, place)) =
        names.filter_map(|name| Some((name, anywhere(view, name).into_iter().next()?))).next()
    else {
        return nothing();
    };
    let message = format!("The receipt has a {name} header.");
    let empty = view.lines().iter().any(|line| line.local == **name && line.text().trim().is_empty());
    let (observation, owner) = match in_session(view) {
        true if empty => (Observation::warn(message), "RCPT-7.1.1-5"),
        true => (Observation::fail(message), "RCPT-7.1.1-5"),
        false => (Observation::warn(message), "RCPT-3.2-8"),
    };
    let right = "A receipt asks for no receipt.";
    one(observation.right(right).reading("I-39").charge(&[owner]).beside([place]))
}

/// What a receipt lacks of what all receipts have in common.
fn lacks(view: &View<'_>) -> Vec<&'static str> {
    let labelled = matches!(label(view), Ok(Label::Right));
    let entity = view.main_part().and_then(|part| part.entity.as_ref());
    let disposition = entity.and_then(|entity| entity.disposition());
    let confirms =
        disposition.is_some_and(|own| view.profile.disposition.is_some_and(|wanted| own.is(wanted)));
    let all = [
        (view.cpim.is_some(), "CPIM object"),
        (labelled, "media type"),
        (confirms || view.cpim.is_none(), "Content-Disposition"),
        (view.address("From").is_some() || view.cpim.is_none(), "From"),
        (view.address("To").is_some() || view.cpim.is_none(), "To"),
    ];
    all.into_iter().filter(|(has, _)| !has).map(|(_, what)| what).collect()
}

fn receipts_follow_delivery(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if !is_read(view, context.subject) {
        return one(Observation::unclear("This is no read receipt.").seen(view.message));
    }
    let capture = context.scene.capture;
    let own = capture.of_iut().filter(|message| capture.is_report(message.event));
    let others = own.filter(|message| !context.scene.is_relayed(message.event));
    let delivery =
        others.map(|message| View::new(message, context.profile())).find(|other| !is_read(other, None));
    let found = lacks(view);
    let known = delivery.as_ref().map(|delivery| lacks(delivery)).unwrap_or_default();
    let Some(what) = found.iter().find(|what| !known.contains(what)) else {
        return match (found.is_empty(), &delivery) {
            (false, Some(_)) => {
                one(Observation::unclear("The delivery receipt has the same fault.").seen(view.message))
            }
            _ => nothing(),
        };
    };
    let message = format!("The read receipt is not made like a delivery receipt: its {what} is not right.");
    let right = "CPIM object, media type, Content-Disposition and addresses as in a delivery receipt.";
    let beside = delivery.as_ref().map(|delivery| evidence::whole(delivery.message, "the delivery receipt"));
    let place: Place = view.message.in_body(view.message.body_span.clone());
    one(Observation::fail(message).right(right).at(view.message, place, "the read receipt").beside(beside))
}
