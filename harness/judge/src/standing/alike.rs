//! Whether reports say the same whatever carries them (section 2).

use std::collections::BTreeSet;
use std::sync::Arc;

use record::Transport;

use super::document::{element, readable};
use super::observation::one;
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Message, View};
use crate::evidence::{self, quote};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "reports-alike",
    looks_at: LooksAt::Asked,
    requirements: &["IMDN-2-1"],
    run: reports_alike,
}];

/// What of a report may not depend on its carrier: everything but identifiers, times and addresses.
type Traits = BTreeSet<String>;

fn reports_alike(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let own = capture
        .of_iut()
        .filter(|message| capture.is_report(message.event) && !context.scene.is_relayed(message.event));
    let read = own.filter_map(|message| Some((message, traits(&View::new(message, context.profile()))?)));
    let (in_sessions, by_sip): (Vec<_>, Vec<_>) =
        read.partition(|(message, _)| message.transport == Transport::Msrp);
    let (Some(first), false) = (by_sip.first(), in_sessions.is_empty()) else {
        return one(Observation::unclear("There is no report by SIP to compare with one in a session."));
    };
    Ok(in_sessions.iter().find_map(|other| differs(first, other)).into_iter().collect())
}

fn differs(sip: &(&Arc<Message>, Traits), session: &(&Arc<Message>, Traits)) -> Option<Observation> {
    let ((one, here), (other, there)) = (sip, session);
    let what = here.symmetric_difference(there).next()?;
    let (has, lacks) =
        if here.contains(what) { ("by SIP", "in a session") } else { ("in a session", "by SIP") };
    let message = format!("The report {has} has {what}, the one {lacks} has not.");
    let observation =
        Observation::fail(message).right("The same elements and the same disposition.").seen(other);
    Some(observation.beside([evidence::whole(one, "the report by SIP")]))
}

fn traits(view: &View<'_>) -> Option<Traits> {
    let document = readable(view).ok()?;
    let word = element(view, document, view.profile.report.roles.disposition).map(|found| found.trimmed());
    let names = view.profile.report.children.iter().map(|child| child.name);
    let elements = names.filter(|name| element(view, document, name).is_some());
    let root = document.root().map(|root| format!("the root {}", quote(&root.name)));
    let label = view.main_part().map(|part| format!("the media type {}", quote(part.media_type())));
    let word = word.map(|word| format!("the disposition {}", quote(word)));
    let elements = elements.map(|name| format!("the element {}", quote(name)));
    Some(elements.chain(root).chain(label).chain(word).collect())
}
