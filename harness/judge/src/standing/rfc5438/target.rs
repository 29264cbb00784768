//! Where a notification goes, and by which route (4, 6.6, 7.2.1, 12.1.3.1, 14).

use wire::cpim::{Qualified, decode_address};

use super::kind::kind;
use super::order::unless_refused;
use crate::capture::{Line, View};
use crate::evidence::{self, quote};
use crate::standing::addresses::addressed;
use crate::standing::observation::{nothing, one};
use crate::standing::{Check, Context, Look, LooksAt, Observation};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "imdn-target",
        looks_at: LooksAt::Report,
        requirements: &[TOP_ROUTE, TO_FROM, IN_SIP, AOR],
        run: imdn_target,
    },
    Check {
        name: "imdn-to-sender-only",
        looks_at: LooksAt::Report,
        requirements: &[NOBODY_ELSE],
        run: imdn_to_sender_only,
    },
    Check {
        name: "routes-copied",
        looks_at: LooksAt::Report,
        requirements: &[COPIED, ONE_A_LINE],
        run: |context| unless_refused(context, routes_copied),
    },
    Check {
        name: "route-syntax",
        looks_at: LooksAt::Report,
        requirements: &["I5438-10-9"],
        run: route_syntax,
    },
];

const TOP_ROUTE: &str = "I5438-7.2.1-14";
const TO_FROM: &str = "I5438-7.2.1-17";
const IN_SIP: &str = "I5438-12.1.3.1-7";
const AOR: &str = "I5438-4-2";
const NOBODY_ELSE: &str = "I5438-14-1";
const COPIED: &str = "I5438-7.2.1-13";
const ONE_A_LINE: &str = "I5438-6.6-1";

/// Lines of a header of the extension that mean something to a reader.
pub(super) fn effective<'a>(view: &View<'a>, name: Option<&'static str>) -> Vec<Line<'a>> {
    let lines = name.map(|name| view.extension_all(name)).unwrap_or_default();
    let right = |line: &Line<'_>| matches!(line.qualified, Some(Qualified::Proper | Qualified::ByDefault));
    lines.into_iter().filter(right).collect()
}

/// The hops that a message records for its notifications, the top one first.
fn recorded<'a>(subject: &View<'a>) -> Vec<Line<'a>> {
    effective(subject, subject.profile.headers.record_route)
}

/// The URI of a SIP header.
fn sip_address(view: &View<'_>, name: &str) -> Option<String> {
    view.carrier.sip()?;
    let field = view.carrier.named(name).into_iter().next()?;
    // Without brackets, what follows a semicolon belongs to the header (RFC 3261 section 20.10).
    let value = if field.value.contains('<') { &*field.value } else { field.value.split(';').next()? };
    Some(uri::inner(value).to_owned())
}

fn request_uri(view: &View<'_>) -> Option<String> {
    Some(String::from_utf8_lossy(view.carrier.sip()?.request_uri()?).into_owned())
}

fn imdn_target(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let Some(target) = request_uri(view) else {
        return one(Observation::unclear("The notification came in a session.").seen(view.message));
    };
    let routes = recorded(subject);
    match routes.first().and_then(Line::uri_text) {
        Some(_) if context.scene.is_intermediary() => {
            one(Observation::unclear("The rule is for recipients.").seen(view.message))
        }
        Some(top) if uri::same(&top, &target) => nothing(),
        Some(top) => {
            let message =
                format!("The notification goes to {}, not to the topmost recorded hop.", quote(&target));
            let observation = Observation::fail(message).right(format!("Request-URI {top}."));
            one(start_line(observation, view).reading("R-16").charge(&[TOP_ROUTE]))
        }
        None => unrouted(context, view, subject, &target),
    }
}

fn start_line(observation: Observation, view: &View<'_>) -> Observation {
    let place = view.message.in_octets(view.carrier.start_line_span());
    observation.at(view.message, place, "the target")
}

/// Without a recorded hop, the sender of the message is the target.
fn unrouted(context: &Context<'_>, view: &View<'_>, subject: &View<'_>, target: &str) -> Look {
    let (cpim, sip) = (subject.address("From"), sip_address(subject, "From"));
    let is = |address: &Option<String>| address.as_ref().is_some_and(|address| uri::reaches(address, target));
    let right =
        || format!("Request-URI and To {}.", sip.as_deref().or(cpim.as_deref()).unwrap_or("of the sender"));
    let finish = |observation: Observation, charged: &[&'static str]| {
        one(start_line(observation, view)
            .right(right())
            .reading("R-16")
            .charge(charged)
            .usually(&charged[..1]))
    };
    if cpim.is_none() && sip.is_none() {
        return one(Observation::unclear("The message names no sender.").seen(subject.message));
    }
    if !is(&cpim) && !is(&sip) {
        if is_one_of_many(context, view, subject) {
            return one(
                Observation::unclear("Others than the sender are for another check.").seen(view.message)
            );
        }
        let message = format!("The notification goes to {}, who did not send the message.", quote(target));
        let original = subject.profile.headers.original_to;
        let mut others = addressed(subject);
        others.extend(effective(subject, original).first().and_then(Line::uri_text));
        let addressee = others.iter().any(|other| uri::reaches(other, target));
        return finish(Observation::fail(message), if addressee { &[TO_FROM, AOR] } else { &[IN_SIP, AOR] });
    }
    if let Some(to) = sip_address(view, "To").filter(|to| !uri::reaches(to, target)) {
        let message = format!("The SIP To is {}, the Request-URI {}.", quote(&to), quote(target));
        return finish(Observation::fail(message), &[IN_SIP]);
    }
    let anonymous = cpim.as_ref().is_some_and(|from| from.to_ascii_lowercase().contains("anonymous.invalid"));
    match (is(&cpim), is(&sip)) {
        (false, true) if !anonymous && cpim.is_some() => {
            let message = "The notification goes to the SIP From; the CPIM From is another address.";
            finish(Observation::warn(message), &[TO_FROM])
        }
        (true, false) if sip.is_some() => {
            let message = "The notification goes to the CPIM From; the SIP From is another address.";
            finish(Observation::warn(message), &[IN_SIP])
        }
        _ => nothing(),
    }
}

/// Whether the same is told to the sender of the message too.
fn is_one_of_many(context: &Context<'_>, view: &View<'_>, subject: &View<'_>) -> bool {
    let capture = context.scene.capture;
    let mut others = capture.of_iut().filter(|message| capture.is_report(message.event));
    others.any(|message| {
        message.event != view.message.event
            && message.peer == subject.message.peer
            && capture.subject(message.event) == Some(subject.message.event)
            && kind(&View::new(message, context.profile())) == kind(view)
    })
}

fn imdn_to_sender_only(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let Some(sender) = subject.address("From") else {
        return one(Observation::unclear("The message names no sender.").seen(subject.message));
    };
    let right = format!("{sender} gets the notification, and nobody else.");
    let sent = evidence::whole(subject.message, "the message it is about");
    let routed = !recorded(subject).is_empty();
    if view.message.peer != subject.message.peer && !routed && is_one_of_many(context, view, subject) {
        let message =
            format!("The notification came to {} too, who did not send the message.", view.message.peer);
        return one(Observation::fail(message).right(right).seen(view.message).beside([sent]));
    }
    let is_sender = |line: &Line<'_>| line.uri_text().is_some_and(|to| uri::reaches(&to, &sender));
    let to = view.core("To");
    // An only wrong To is no addressee beside the sender.
    let reached = to.iter().any(is_sender);
    let beside = to.into_iter().find(|line| reached && !is_sender(line));
    let other = beside.or_else(|| view.core("cc").into_iter().find(|line| !is_sender(line)));
    let found = other.map(|line| {
        Observation::fail("The notification names an addressee beside the sender of the message.")
            .right(right)
            .in_body(view, line.line, "here")
            .beside([sent])
    });
    Ok(found.into_iter().collect())
}

fn values(lines: &[Line<'_>]) -> Vec<Vec<u8>> {
    lines.iter().map(|line| line.raw().trim_ascii().to_vec()).collect()
}

fn routes_copied(context: &Context<'_>) -> Look {
    let (view, subject) = context.pair()?;
    let recorded = recorded(subject);
    let routes = view.profile.headers.route.map(|name| view.extension_all(name)).unwrap_or_default();
    if context.scene.is_intermediary() || view.cpim.is_none() || recorded.is_empty() && routes.is_empty() {
        return one(Observation::unclear("No hop was recorded.").seen(view.message));
    }
    if values(&routes) == values(&recorded) {
        return nothing();
    }
    let sent = recorded.iter().map(|line| {
        evidence::at(subject.message, subject.message.in_body(line.line.clone()), "a recorded hop")
    });
    let joined = routes.iter().find(|line| line.raw().iter().filter(|octet| **octet == b'<').count() > 1);
    let (observation, owner) = match (joined, routes.first()) {
        (Some(line), _) => {
            let observation = Observation::fail("One line holds several hops.");
            (observation.in_body(view, line.line.clone(), "here"), ONE_A_LINE)
        }
        (None, Some(line)) => {
            let observation = Observation::fail("The routes of the notification are not the recorded hops.");
            (observation.in_body(view, line.line.clone(), "not as recorded"), COPIED)
        }
        (None, None) => (Observation::fail("The notification has no IMDN-Route.").seen(view.message), COPIED),
    };
    let right = "One IMDN-Route for each recorded hop, with the same contents in the same order.";
    one(observation.right(right).reading("R-17").charge(&[owner]).beside(sent))
}

/// How a line is written that holds an optional name and one URI in angle brackets.
pub(super) fn ill_formed_address(view: &View<'_>, line: &Line<'_>) -> Option<Observation> {
    let name = quote(&line.full_name());
    let raw = line.raw();
    let found = decode_address(raw, 0..raw.len()).deviations;
    let message = match () {
        () if line.folded => format!("{name} is folded."),
        () if !line.parameters.is_empty() => format!("{name} has a parameter in front of its value."),
        () if line.blanks != 1 => format!("Not one blank follows the colon of {name}."),
        () => format!("{name} is not well written: {}", found.first()?.rule.text),
    };
    let right = "The name, a colon, one blank, an optional name and one absolute URI in angle brackets.";
    Some(Observation::fail(message).right(right).reading("R-32").in_body(view, line.line.clone(), "here"))
}

fn route_syntax(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let routes = view.profile.headers.route.map(|name| view.extension_all(name)).unwrap_or_default();
    if routes.is_empty() {
        return one(Observation::unclear("The notification has no IMDN-Route.").seen(view.message));
    }
    Ok(routes.iter().filter_map(|line| ill_formed_address(view, line)).collect())
}
