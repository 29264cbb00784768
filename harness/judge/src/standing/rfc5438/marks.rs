//! The marks of a notification: type, Content-Disposition, identifier, addresses, headers that it may not have (7.2.1).

use super::carriage::unless_shared;
use super::identifiers::{is_derived, shown};
use super::kind::{DISPLAY, PROCESSING, kind};
use crate::capture::{ENVELOPES, View};
use crate::evidence::{self, quote};
use crate::standing::addresses::swapped;
use crate::standing::headers::anywhere;
use crate::standing::observation::{nothing, one};
use crate::standing::receipts::negative::members_reached;
use crate::standing::{Check, Context, Look, LooksAt, Observation};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "media-type",
        looks_at: LooksAt::Report,
        requirements: &["I5438-11.1.8-1"],
        run: media_type,
    },
    Check {
        name: "content-disposition",
        looks_at: LooksAt::Report,
        requirements: &["I5438-7.2.1-18", OF_INTERMEDIARY],
        run: content_disposition,
    },
    Check {
        name: "message-id-on-imdn",
        looks_at: LooksAt::Report,
        requirements: &["I5438-7.2.1-11", OF_INTERMEDIARY],
        run: message_id_on_imdn,
    },
    Check {
        name: "message-id-own",
        looks_at: LooksAt::Report,
        requirements: &["I5438-6.3-5"],
        run: message_id_own,
    },
    Check {
        name: "no-request-in-imdn",
        looks_at: LooksAt::Report,
        requirements: &["I5438-7.2.1-8"],
        run: |context| unless_shared(context, no_request_in_imdn),
    },
    Check {
        name: "no-record-route-in-imdn",
        looks_at: LooksAt::Report,
        requirements: &["I5438-7.2.1-15"],
        run: no_record_route_in_imdn,
    },
    Check {
        name: "addresses-swapped",
        looks_at: LooksAt::Report,
        requirements: &[LIKE_AN_IM, LIKE_DELIVERY, OF_INTERMEDIARY],
        run: |context| unless_shared(context, addresses_swapped),
    },
    Check {
        name: "display-like-delivery",
        looks_at: LooksAt::Asked,
        requirements: &[LIKE_DELIVERY],
        run: display_like_delivery,
    },
    Check {
        name: "single-document",
        looks_at: LooksAt::Report,
        requirements: &["I5438-8.3-7"],
        run: single_document,
    },
];

const LIKE_AN_IM: &str = "I5438-7.2.1.1-1";
const LIKE_DELIVERY: &str = "I5438-7.2.1.2-1";
const OF_INTERMEDIARY: &str = "I5438-8.1-3";

/// The owner of a fault: what an intermediary says of its own work has a rule of its own (8.1).
fn owner(context: &Context<'_>, view: &View<'_>, usual: &'static str) -> &'static str {
    match context.scene.is_intermediary() && kind(view) == Some(PROCESSING) {
        true => OF_INTERMEDIARY,
        false => usual,
    }
}

/// Nothing can be told about a message in other terms than those of this run.
fn in_own_terms<'c>(context: &Context<'c>) -> Result<&'c View<'c>, Box<Observation>> {
    let view = context.view()?;
    match view.foreign_profile() {
        Some(_) => {
            let why = format!("There is nothing to look at.{}", view.foreign_remark());
            Err(Box::new(Observation::unclear(why).seen(view.message)))
        }
        None => Ok(view),
    }
}

fn media_type(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let Some(part) = view.main_part() else {
        return one(Observation::unclear("There is no content to look at.").seen(view.message));
    };
    let label = part.media_type();
    if ENVELOPES.contains(&label) {
        return one(Observation::unclear("The content is enveloped, and there is no key.").seen(view.message));
    }
    if view.profile.media_types.iter().any(|known| known.own && known.name == label) {
        return nothing();
    }
    let message = match label {
        "" => "The notification has no media type.".to_owned(),
        label => format!("The notification is labelled {}.{}", quote(label), view.foreign_remark()),
    };
    let observation = Observation::fail(message).right("message/imdn+xml, in any case.");
    one(match part.label.as_ref().and_then(|label| label.span.clone()) {
        Some(span) => observation.in_body(view, span, "the label"),
        None => observation.seen(view.message),
    })
}

fn content_disposition(context: &Context<'_>) -> Look {
    let view = in_own_terms(context)?;
    let Some(cpim) = &view.cpim else {
        return one(Observation::unclear("There is no CPIM object with MIME headers.").seen(view.message));
    };
    let wanted = view.profile.disposition.unwrap_or_default();
    let part = view.main_part().and_then(|part| part.entity.as_ref());
    let all = [Some(cpim.entity()), part].into_iter().flatten().filter_map(|entity| entity.disposition());
    let all: Vec<_> = all.collect();
    if all.iter().any(|own| own.is(wanted)) {
        return nothing();
    }
    let observation = match all.first() {
        Some(own) => Observation::fail(format!("The Content-Disposition is {}.", quote(own.value())))
            .in_body(view, own.span(), "here"),
        None => Observation::fail("The notification has no Content-Disposition.").in_body(
            view,
            cpim.entity().span().start..cpim.content_span().start,
            "not among these",
        ),
    };
    let right = format!("Content-Disposition: {wanted}, among the MIME headers.");
    one(observation.right(right).reading("R-23").charge(&[owner(context, view, "I5438-7.2.1-18")]))
}

fn message_id_on_imdn(context: &Context<'_>) -> Look {
    let view = in_own_terms(context)?;
    let name = view.profile.headers.message_id;
    if view.cpim.is_none() {
        return one(Observation::unclear("There is no CPIM object to look at.").seen(view.message));
    }
    let lines = view.extension_all(name);
    let observation = match lines.first() {
        None => Observation::fail(format!("The notification has no {name}.")).seen(view.message),
        Some(line) if line.text().trim().is_empty() => Observation::fail(format!(
            "The {name} of the notification is empty."
        ))
        .in_body(view, line.line.clone(), "here"),
        Some(_) => return nothing(),
    };
    let right = format!("{name} with a token, prefixed, and an NS line for it.");
    one(observation.right(right).charge(&[owner(context, view, "I5438-7.2.1-11")]))
}

fn message_id_own(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let Some(id) = view.id() else {
        return one(Observation::unclear("The notification has no identifier.").seen(view.message));
    };
    let message = match subject.id() {
        Some(of_message) if id == of_message => "The notification bears the identifier of the message.",
        Some(of_message) if is_derived(&id, &of_message) => {
            "The identifier of the notification is made from that of the message."
        }
        _ => return nothing(),
    };
    let observation = Observation::fail(message).right("An identifier of its own.").seen(view.message);
    one(observation.beside(shown(view)).beside(shown(subject)))
}

fn no_request_in_imdn(context: &Context<'_>) -> Look {
    let view = context.view()?;
    without(view, view.profile.headers.request, "A notification asks for none.")
}

fn no_record_route_in_imdn(context: &Context<'_>) -> Look {
    let view = context.view()?;
    match view.profile.headers.record_route {
        Some(name) => without(view, name, "IMDN-Route alone."),
        None => nothing(),
    }
}

fn without(view: &View<'_>, name: &str, right: &str) -> Look {
    let found = anywhere(view, name).into_iter().next().map(|place| {
        Observation::fail(format!("The notification has a {name} header.")).right(right).beside([place])
    });
    Ok(found.into_iter().collect())
}

/// What is wrong with the addresses in the CPIM headers of a notification.
fn misaddressed(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    // A document outside an object has no addresses, which is for the check of the outer type.
    if view.cpim.is_none() {
        return one(Observation::unclear("There is no CPIM object to look at.").seen(view.message));
    }
    let found = swapped(context, Vec::new())?;
    if found.is_empty() || !context.scene.is_intermediary() {
        return Ok(found);
    }
    // An intermediary reports for itself or for the recipient.
    swapped(context, members_reached(context, subject.message.event))
}

/// Other notifications of the IUT's own before this one, of another kind and about the same message.
fn delivery_beside<'c>(context: &Context<'c>, view: &View<'_>) -> Option<View<'c>> {
    let capture = context.scene.capture;
    let about = capture.subject(view.message.event);
    let own = capture
        .of_iut()
        .filter(|message| capture.is_report(message.event) && !context.scene.is_relayed(message.event));
    let own = own.filter(|message| message.event != view.message.event && message.peer == view.message.peer);
    let own = own.filter(|message| capture.subject(message.event) == about);
    own.map(|message| View::new(message, context.profile()))
        .find(|other| kind(other).is_some_and(|kind| kind != DISPLAY))
}

fn addresses_swapped(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let recorded = view.profile.headers.record_route.is_some_and(|name| !subject.extension(name).is_empty());
    if view.message.peer != subject.message.peer && !recorded {
        let why = "To whom the notification went is for the check of that.";
        return one(Observation::unclear(why).seen(view.message));
    }
    let found = misaddressed(context)?;
    let usual = owner(context, view, LIKE_AN_IM);
    let charge = |charged: &'static str| {
        let charge = |seen: Observation| match seen.verdict {
            crate::Verdict::Inconclusive => seen,
            _ => seen.reading("R-16").charge(&[charged]),
        };
        found.clone().into_iter().map(charge).collect::<Vec<_>>()
    };
    if found.is_empty() || kind(view) != Some(DISPLAY) {
        return Ok(charge(usual));
    }
    let Some(delivery) = delivery_beside(context, view) else { return Ok(charge(usual)) };
    let same = |name: &str| match (delivery.address(name), view.address(name)) {
        (Some(one), Some(other)) => crate::uri::same(&one, &other),
        (one, other) => one == other,
    };
    Ok(charge(if same("From") && same("To") { usual } else { LIKE_DELIVERY }))
}

/// Names of CPIM and MIME headers and of elements, the kind of notification aside.
fn shape(view: &View<'_>) -> Vec<String> {
    let cpim = view.lines().iter().map(|line| format!("CPIM header {}", line.local)).collect::<Vec<_>>();
    let entity = view.main_part().and_then(|part| part.entity.as_ref());
    let mime = entity.into_iter().flat_map(|entity| entity.headers());
    let mime = mime.map(|header| format!("MIME header {}", header.name().to_ascii_lowercase()));
    let choice = view.profile.report.choice;
    let children = view.document.iter().flat_map(|document| document.children());
    let elements = children.filter(|child| !choice.contains(&&*child.name));
    let elements = elements.map(|child| format!("element {}", child.name));
    cpim.into_iter().chain(mime).chain(elements).collect()
}

fn display_like_delivery(context: &Context<'_>) -> Look {
    let view = in_own_terms(context)?;
    if kind(view) != Some(DISPLAY) {
        return one(Observation::unclear("This is no display notification.").seen(view.message));
    }
    let Some(delivery) = delivery_beside(context, view) else {
        let why = "No delivery notification came about the same message.";
        return one(Observation::unclear(why).seen(view.message));
    };
    let own = shape(view);
    let beside = evidence::whole(delivery.message, "the delivery notification");
    let right = "The same headers and elements as in the delivery notification, and the same addresses.";
    let lacking = shape(&delivery).into_iter().find(|item| !own.contains(item)).map(|item| {
        Observation::fail(format!("The display notification lacks the {item} of the delivery notification."))
    });
    let differing = ["From", "To"].into_iter().find(|name| {
        let (one, other) = (delivery.address(name), view.address(name));
        one.zip(other).is_some_and(|(one, other)| !crate::uri::same(&one, &other))
    });
    let differing =
        differing.map(|name| Observation::fail(format!("{name} is not that of the delivery notification.")));
    let found = lacking.or(differing);
    Ok(found.map(|seen| seen.right(right).seen(view.message).beside([beside])).into_iter().collect())
}

fn single_document(context: &Context<'_>) -> Look {
    let view = in_own_terms(context)?;
    if context.scene.is_intermediary() {
        return one(Observation::unclear("An intermediary may bundle.").seen(view.message));
    }
    let documents = view.documents().len();
    if documents < 2 {
        return nothing();
    }
    one(Observation::warn(format!("An endpoint sends {documents} notifications in one message."))
        .right("A message of its own for each.")
        .reading("R-25")
        .seen(view.message))
}
