//! Whether a copy shows a sender who is to be hidden.

use super::observation::one;
use super::{Check, Context, Look, LooksAt, Observation, policy};
use crate::capture::{Place, View};
use crate::evidence::quote;
use crate::uri;

pub(super) const CHECKS: &[Check] = &[Check {
    name: "sender-hidden",
    looks_at: LooksAt::Copy,
    requirements: &[PRIVATE, NULL],
    run: sender_hidden,
}];

const PRIVATE: &str = "IMDN-11.4-1";
const NULL: &str = "IMDN-8.1.3-5";

/// A shorter user part may stand in a header by chance.
const LEAST_TELLING: usize = 4;

fn sender_hidden(context: &Context<'_>) -> Look {
    let (view, source) = context.pair()?;
    let null = is_null(source);
    if !null && !policy::hides_sender(context, view.message.event, source) {
        return one(Observation::unclear("Nothing asks for the sender to be hidden.").seen(source.message));
    }
    if view.message.peer == source.message.peer {
        return one(Observation::unclear("This copy went to the sender himself.").seen(view.message));
    }
    let telling = traces(context, source);
    if telling.is_empty() {
        return one(Observation::unclear("The sender has no address to look for.").seen(source.message));
    }
    let charged: &[&'static str] = if null { &[PRIVATE, NULL] } else { &[PRIVATE] };
    let found = headers(view).into_iter().find_map(|place| {
        let (text, at) = telling.iter().find_map(|text| Some((text, find(&place, text)?)))?;
        let message = format!("The copy shows the sender: {} stands in a header.", quote(text));
        let place = Place { span: at..at + text.len(), ..place };
        Some(Observation::fail(message).at(view.message, place, "the sender"))
    });
    let right = "No header from which the sender can be told.";
    Ok(found
        .map(|observation| observation.right(right).reading("I-06").charge(charged))
        .into_iter()
        .collect())
}

/// Whether the sender asks by an empty Original-From to be hidden.
fn is_null(source: &View<'_>) -> bool {
    let lines = source.profile.headers.original_from.map(|name| source.extension(name)).unwrap_or_default();
    lines.first().is_some_and(|line| line.text().trim().is_empty())
}

/// What gives the sender away, in lower case: his user part, or his whole address where that is too short to tell.
fn traces(context: &Context<'_>, source: &View<'_>) -> Vec<String> {
    let bound = context.scene.environment.select(&source.message.peer, "uri").unwrap_or_default();
    let bound = bound.into_iter().map(|value| value.text);
    let mut traces: Vec<String> = bound.chain(source.address("From")).filter_map(|uri| trace(&uri)).collect();
    traces.dedup();
    traces
}

pub(super) fn trace(address: &str) -> Option<String> {
    let (_, rest) = uri::inner(address).split_once(':')?;
    let (user, _) = rest.split_once('@').unwrap_or((rest, ""));
    let user = user.split(':').next().unwrap_or_default();
    let trace = if user.len() < LEAST_TELLING { rest } else { user };
    Some(trace.to_ascii_lowercase()).filter(|trace| trace.len() >= LEAST_TELLING)
}

/// The headers of all layers: SIP or MSRP, CPIM, MIME.
fn headers(view: &View<'_>) -> Vec<Place> {
    let mut places = vec![view.message.in_octets(view.carrier.head_span())];
    if let Some(cpim) = &view.cpim {
        places.push(view.message.in_body(cpim.span().start..cpim.content_span().start));
    }
    places
}

fn find(place: &Place, text: &str) -> Option<usize> {
    let octets = place.octets.get(place.span.clone())?.to_ascii_lowercase();
    memchr::memmem::find(&octets, text.as_bytes()).map(|at| place.span.start + at)
}

#[cfg(test)]
mod tests {
    use super::trace;

    #[test]
    fn a_user_is_told_by_his_name_unless_it_is_short() {
        assert_eq!(trace("<sip:Alice.7f3a:pw@h:5060>").as_deref(), Some("alice.7f3a"));
        assert_eq!(trace("im:u@example.org").as_deref(), Some("u@example.org"));
        assert_eq!(trace("sip:a"), None);
        assert_eq!(trace("nobody"), None);
    }
}
