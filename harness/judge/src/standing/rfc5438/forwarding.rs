//! Notifications of others that an intermediary sends on, one by one or in bundles (8, 8.3, 12.2).

use std::collections::HashMap;

use wire::document::Document;
use wire::mime;

use super::kind::{FAILED, told};
use super::target::effective;
use crate::capture::{Line, Message, View};
use crate::evidence::{self, quote};
use crate::standing::counting::is_sent_again;
use crate::standing::headers::anywhere;
use crate::standing::observation::{nothing, one};
use crate::standing::receipts::hidden::members;
use crate::standing::receipts::negative::addresses;
use crate::standing::{Check, Context, Look, LooksAt, Observation};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "imdn-forwarded",
        looks_at: LooksAt::Relay,
        requirements: &["I5438-12.2-10", "I5438-12.2-7"],
        run: imdn_forwarded,
    },
    Check {
        name: "route-popped",
        looks_at: LooksAt::Relay,
        requirements: &[NEXT_HOP, LAST_HOP],
        run: route_popped,
    },
    Check {
        name: "no-record-route-added",
        looks_at: LooksAt::Relay,
        requirements: &["I5438-7.2.1-15"],
        run: no_record_route_added,
    },
    Check {
        name: "bundle-form",
        looks_at: LooksAt::Message,
        requirements: &[BUNDLE, CLOSED],
        run: bundle_form,
    },
    Check {
        name: "no-repeats-in-bundles",
        looks_at: LooksAt::Record,
        requirements: &[REPEATED, "I5438-8.3-1"],
        run: no_repeats,
    },
];

const NEXT_HOP: &str = "I5438-8-8";
const LAST_HOP: &str = "I5438-8-9";
const BUNDLE: &str = "I5438-8.3-5";
const CLOSED: &str = "I5438-8.3-6";
const REPEATED: &str = "I5438-8.3-2";

/// The notification of a peer that a message of the IUT is.
fn forwarded<'c>(context: &Context<'c>, view: &View<'_>) -> Result<&'c Message, Box<Observation>> {
    let capture = context.scene.capture;
    let sent = capture.relay(view.message.event).and_then(|relay| capture.get(relay.of));
    let why = "The message is no notification of a peer that was sent on.";
    sent.map(|sent| &**sent).ok_or_else(|| Box::new(Observation::unclear(why).seen(view.message)))
}

fn imdn_forwarded(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let sent = View::new(forwarded(context, view)?, context.profile());
    let secret = context.subject.is_some_and(|subject| members(context, view, subject).is_some());
    let documents = view.documents();
    let merged = documents.iter().any(|document| notifications(view, document) > 1);
    if secret || merged || documents.len() > 1 || view.enclosed().is_some() {
        let why = "Lists with secret members, bundles and wrappers are for checks of their own.";
        return one(Observation::unclear(why).seen(view.message));
    }
    let octets =
        |view: &View<'_>| view.document.as_ref().map(|document| document.octets().trim_ascii().to_vec());
    if octets(view) == octets(&sent) {
        return nothing();
    }
    let failed = told(&sent).and_then(|(_, status)| status) == Some(FAILED);
    let owner = if failed { "I5438-12.2-7" } else { "I5438-12.2-10" };
    let beside = evidence::whole(sent.message, format!("what {} sent", sent.message.peer));
    one(Observation::fail("The document of the notification is not as it came.")
        .right("The document octet for octet.")
        .reading("R-15")
        .charge(&[owner])
        .seen(view.message)
        .beside([beside]))
}

/// Addresses at which the IUT serves: its own, and that to which the peer sent, unless it is that of who got the message.
fn own_addresses(context: &Context<'_>, sent: &View<'_>, receiver: &str) -> Vec<String> {
    let own = context.scene.environment.select("iut", "uri").into_iter().flatten().map(|value| value.text);
    let target = sent.carrier.sip().and_then(|sip| sip.request_uri());
    let target = target.map(|uri| String::from_utf8_lossy(uri).into_owned());
    let of_receiver = addresses(context, receiver);
    let target = target.filter(|target| !of_receiver.iter().any(|own| uri::reaches(own, target)));
    own.chain(target).collect()
}

fn hops(view: &View<'_>) -> Vec<String> {
    effective(view, view.profile.headers.route).iter().filter_map(Line::uri_text).collect()
}

fn route_popped(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let sent = View::new(forwarded(context, view)?, context.profile());
    let all = hops(&sent);
    let own = own_addresses(context, &sent, &view.message.peer);
    let Some(top) = all.first().filter(|top| own.iter().any(|own| uri::same(own, top))) else {
        let why = "The top hop of the notification is not the intermediary.";
        return one(Observation::unclear(why).reading("R-17").seen(sent.message));
    };
    let rest = &all[1..];
    let owner = if rest.is_empty() { LAST_HOP } else { NEXT_HOP };
    let target = view.carrier.sip().and_then(|sip| sip.request_uri());
    let target = target.map(|uri| String::from_utf8_lossy(uri).into_owned());
    let next = rest.first().cloned().or_else(|| sent.address("To"));
    let here = hops(view);
    let message = if here.iter().any(|hop| uri::same(hop, top)) {
        "The hop of the intermediary is still there.".to_owned()
    } else if here != rest {
        "The hops behind that of the intermediary are not as they came.".to_owned()
    } else {
        match (target, &next) {
            (Some(target), Some(next)) if !uri::reaches(&target, next) => {
                format!("The notification goes to {}, not to {}.", quote(&target), quote(next))
            }
            _ => return nothing(),
        }
    };
    let beside = evidence::whole(sent.message, format!("what {} sent", sent.message.peer));
    one(Observation::fail(message)
        .right("Its own IMDN-Route taken off, and the next one, or To, as the target.")
        .reading("R-17")
        .charge(&[owner])
        .seen(view.message)
        .beside([beside]))
}

fn no_record_route_added(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let sent = View::new(forwarded(context, view)?, context.profile());
    let Some(name) = view.profile.headers.record_route else { return nothing() };
    if !anywhere(&sent, name).is_empty() {
        return one(Observation::unclear("The header came with the notification.").seen(sent.message));
    }
    let found = anywhere(view, name).into_iter().next().map(|place| {
        Observation::fail(format!("The notification got a {name} header on its way."))
            .right("IMDN-Route alone.")
            .beside([place])
    });
    Ok(found.into_iter().collect())
}

/// How many notification elements a document has.
fn notifications(view: &View<'_>, document: &Document<'_>) -> usize {
    let choice = view.profile.report.choice;
    document.children().filter(|child| choice.contains(&&*child.name)).count()
}

fn bundle_form(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let capture = context.scene.capture;
    let documents = view.documents();
    let merged = documents.iter().any(|document| notifications(view, document) > 1);
    let is_report = capture.is_report(view.message.event);
    if !context.scene.is_intermediary() || !is_report || documents.len() < 2 && !merged {
        return one(Observation::unclear("The message is no bundle.").seen(view.message));
    }
    let right = "One CPIM object with Content-Disposition notification, and in a multipart/mixed each document as \
                 its own part.";
    let finish = |message: &str, owner| {
        one(Observation::fail(message).right(right).reading("R-25").charge(&[owner]).seen(view.message))
    };
    if merged {
        return finish("One document holds several notification elements.", BUNDLE);
    }
    let Some(cpim) = &view.cpim else { return finish("The bundle is no CPIM object.", BUNDLE) };
    if !cpim.entity().is("multipart/mixed") {
        return finish("The content is no multipart/mixed.", BUNDLE);
    }
    let open = cpim.entity().parts().deviations;
    if open.iter().any(|found| found.rule.name == mime::rule::CLOSE_MISSING.name) {
        return finish("The closing delimiter is missing.", CLOSED);
    }
    let typed = |label: &str| view.profile.media_types.iter().any(|known| known.own && known.name == label);
    if view.parts.iter().any(|part| !typed(part.media_type())) {
        return finish("A part of the bundle has another type.", BUNDLE);
    }
    let wanted = view.profile.disposition.unwrap_or_default();
    if !cpim.entity().disposition().is_some_and(|own| own.is(wanted)) {
        return finish("The Content-Disposition of the bundle is not notification.", BUNDLE);
    }
    if view.id().is_none() {
        return finish("The bundle has no Message-ID.", BUNDLE);
    }
    match documents.iter().find(|document| !is_known(context, view, document)) {
        Some(_) => finish("A document of the bundle is none that a member sent.", BUNDLE),
        None => nothing(),
    }
}

/// What a document tells, so that it can be recognised: message, kind, status.
type Telling = (String, String, String);

fn telling(view: &View<'_>, document: &Document<'_>) -> Option<Telling> {
    let told = document.told(view.profile)?;
    let names = document.value(view.profile.report.roles.message_id, view.profile)?;
    Some((names.to_owned(), told.kind.to_owned(), told.status?.to_owned()))
}

/// Whether a peer sent a document that tells the same; what the intermediary composed itself may stand beside.
fn is_known(context: &Context<'_>, view: &View<'_>, document: &Document<'_>) -> bool {
    let Some(telling) = telling(view, document) else { return false };
    let own = telling.1 == "processing" || telling.2 == FAILED;
    let mut reports = context.scene.capture.reports_of_peers();
    own || reports.any(|report| {
        let view = View::new(report, context.profile());
        view.documents().iter().any(|other| self::telling(&view, other).as_ref() == Some(&telling))
    })
}

fn no_repeats(context: &Context<'_>) -> Look {
    let capture = context.scene.capture;
    let mut sent: HashMap<Telling, usize> = HashMap::new();
    for report in capture.reports_of_peers() {
        let view = View::new(report, context.profile());
        for telling in view.documents().iter().filter_map(|document| telling(&view, document)) {
            *sent.entry(telling).or_default() += 1;
        }
    }
    let mut counted: Vec<&Message> = Vec::new();
    let mut here: HashMap<(Telling, String), usize> = HashMap::new();
    let mut found = Vec::new();
    let relayed = capture.of_iut().filter(|message| context.scene.is_relayed(message.event));
    for message in relayed {
        if counted.iter().any(|earlier| is_sent_again(context, earlier, message)) {
            continue;
        }
        counted.push(message);
        let view = View::new(message, context.profile());
        let tellings = view.documents().into_iter().filter_map(|document| telling(&view, &document));
        for telling in tellings.collect::<Vec<_>>() {
            let most = sent.get(&telling).copied().unwrap_or_default();
            let count = here.entry((telling, message.peer.to_string())).or_default();
            *count += 1;
            if *count == most + 1 && most > 0 {
                found.push(
                    Observation::fail("A notification was sent on that had been sent on before.")
                        .right("Each notification once, alone or in a bundle.")
                        .reading("R-25")
                        .usually(&[REPEATED])
                        .seen(message),
                );
            }
        }
    }
    if counted.is_empty() {
        return one(Observation::unclear("No notification was sent on."));
    }
    Ok(found)
}
