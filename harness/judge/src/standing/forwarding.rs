//! What goes on with a message: the request under final-recipient, and the content.

use super::action::{Action, FINAL, action};
use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation, policy};
use crate::capture::{Class, Place, View};
use crate::evidence::{self, quote};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "request-forwarded",
        looks_at: LooksAt::Copy,
        requirements: &[FORWARD, REQUEST],
        run: request_forwarded,
    },
    // No requirement of this document is about the content; a difference is a remark, whoever asks.
    Check {
        name: "content-kept",
        looks_at: LooksAt::Asked,
        requirements: &["IMDN-6.2.2-1"],
        run: content_kept,
    },
];

const FORWARD: &str = "IMDN-9.3.2-1";
const REQUEST: &str = "IMDN-8.1.2-2";

fn request_forwarded(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    if source.message.class != Class::Request || action(source) != Action::Final {
        let why = "The message does not ask for the reports of its final recipients.";
        return one(Observation::unclear(why).seen(source.message));
    }
    let member = view.address("To").unwrap_or_default();
    if policy::is_known_not_to_report(context, view.message.event, &member) {
        let why = "The IUT was told that this recipient does not honour requests.";
        return one(Observation::unclear(why).reading("I-36").seen(view.message));
    }
    let request = view.profile.headers.request;
    let mut found = Vec::new();
    if view.extension(request).is_empty() {
        let observation = Observation::fail(format!("The copy has no {request}."));
        let observation = observation.right(format!("{request}, as in the message.")).reading("I-01");
        found.push(observation.charge(&[REQUEST]).seen(view.message));
    }
    found.extend(list_action(view));
    let sent = || evidence::whole(source.message, "the message it comes from");
    Ok(found.into_iter().map(|observation| observation.beside([sent()])).collect())
}

fn list_action(view: &View<'_>) -> Option<Observation> {
    let name = view.profile.headers.list_action?;
    let lines = view.extension(name);
    // How it is written and qualified is for other checks.
    if lines.iter().any(|line| line.text().trim().trim_matches('"') == FINAL) {
        return None;
    }
    let observation = match lines.first() {
        None => Observation::warn(format!("The copy has no {name}.")).seen(view.message),
        Some(line) => Observation::warn(format!("{name} of the copy holds {}.", quote(&line.text())))
            .in_body(view, line.line.clone(), "not as it came"),
    };
    Some(observation.right(format!("{name}: {FINAL}.")).charge(&[FORWARD]))
}

fn content_kept(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    let (Some(here), Some(sent)) = (content(view), content(source)) else {
        return one(Observation::unclear("There is no content to compare.").seen(view.message));
    };
    let octets = |place: &Place| place.octets.slice(place.span.clone());
    let (copy, original) = (octets(&here), octets(&sent));
    if copy == original {
        return nothing();
    }
    let at = copy.iter().zip(&original).take_while(|(copy, original)| copy == original).count();
    let point = |place: Place| {
        let start = (place.span.start + at).min(place.span.end);
        Place { span: start..(start + 1).min(place.span.end), ..place }
    };
    let observation = Observation::remark("The content of the copy is not that of the message.");
    let observation = observation.right("The same octets, line ends included.").reading("I-61");
    let observation = observation.at(view.message, point(here), "the first octet that differs");
    one(observation.beside([evidence::at(source.message, point(sent), "what the peer sent")]))
}

fn content(view: &View<'_>) -> Option<Place> {
    view.main_part().map(|part| view.content_of(part))
}
