//! How many reports there are, on what, and how large.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use record::{EventId, EventKind, Purpose, Transport};

use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{Class, Message};
use crate::evidence;

pub(super) const CHECKS: &[Check] = &[
    Check { name: "one-report", looks_at: LooksAt::Record, requirements: &["IMDN-9.1-2"], run: one_report },
    Check {
        name: "no-report-for-report",
        looks_at: LooksAt::Record,
        requirements: &["IMDN-9.1-4", "IMDN-8.2-4"],
        run: no_report_for_report,
    },
    Check {
        name: "report-size",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-8.1.4-3"],
        run: report_size,
    },
];

/// Largest request over UDP where the path is not known (RFC 3261 18.1.1), in octets.
const MOST_OVER_UDP: usize = 1300;

/// Reports of the IUT with the messages they are about.
pub(super) fn reports(context: &Context<'_>) -> Vec<(Arc<Message>, Arc<Message>)> {
    let capture = context.scene.capture;
    let reports = capture.of_iut().filter(|message| capture.is_report(message.event));
    reports.filter_map(|report| Some((report.clone(), capture.about(report.event)?.clone()))).collect()
}

fn one_report(context: &Context<'_>) -> Look {
    if context.scene.is_intermediary() {
        let why = "A B2BUA may send one report for every member; `one-report-per-recipient` counts them.";
        return one(Observation::unclear(why).reading("I-13"));
    }
    let capture = context.scene.capture;
    let mut by_message: BTreeMap<EventId, Vec<Arc<Message>>> = BTreeMap::new();
    for (report, message) in reports(context) {
        let known = by_message.keys().copied().find(|first| capture.same_message(*first, message.event));
        by_message.entry(known.unwrap_or(message.event)).or_default().push(report);
    }
    if by_message.is_empty() {
        return one(Observation::unclear("There is no report to count."));
    }
    Ok(by_message.into_iter().flat_map(|(message, reports)| surplus(context, message, &reports)).collect())
}

/// Reports beyond the first. A message that was sent again in a new transaction explains one more (I-74).
fn surplus(context: &Context<'_>, message: EventId, reports: &[Arc<Message>]) -> Vec<Observation> {
    let sendings = sendings(context, message);
    let mut counted: Vec<&Arc<Message>> = Vec::new();
    let mut found = Vec::new();
    for report in reports {
        let again = counted.iter().any(|earlier| is_sent_again(context, earlier, report));
        if again {
            continue;
        }
        counted.push(report);
        let before = sendings.iter().filter(|sent| **sent < report.event).count().max(1);
        if counted.len() > 1 {
            found.push(second_report(counted[0], report, counted.len() <= before));
        }
    }
    found
}

/// Every sending of a message in a transaction of its own. The same octets once more are a retransmission, whatever they
/// were sent as.
pub(super) fn sendings(context: &Context<'_>, message: EventId) -> Vec<EventId> {
    let capture = context.scene.capture;
    let same = |sent: &&Arc<Message>| sent.event == message || capture.same_message(message, sent.event);
    let mut octets = HashSet::new();
    let sent = capture.iter().filter(|sent| sent.is_new_request_of_peer()).filter(same);
    sent.filter(|sent| octets.insert(&sent.octets)).map(|sent| sent.event).collect()
}

fn second_report(first: &Message, report: &Message, resent: bool) -> Observation {
    let message = "A second report came about one message.";
    let observation = match resent {
        true => Observation::warn(message).reading("I-74"),
        false => Observation::fail(message).reading("I-13"),
    };
    observation
        .right("One report for one request, whatever happens to the message afterwards.")
        .seen(report)
        .beside([evidence::whole(first, "the first report")])
}

/// Whether a request is an earlier one sent again because it was not accepted.
pub(super) fn is_sent_again(context: &Context<'_>, earlier: &Message, later: &Message) -> bool {
    let body = |message: &Message| message.body.slice(message.body_span.clone());
    body(earlier) == body(later) && !was_accepted(context, earlier.event)
}

/// Whether a peer answered a request of the IUT with 2xx. In a session, whether it refused none of its chunks: to what asks
/// for none there is no response (RFC 4975 section 7.2).
pub(super) fn was_accepted(context: &Context<'_>, request: EventId) -> bool {
    let capture = context.scene.capture;
    let chunks = capture.get(request).map_or(&[][..], |message| message.chunks());
    let first = chunks.first().map_or(request, |chunk| chunk.event);
    let is_one = |event: EventId| event == request || chunks.iter().any(|chunk| chunk.event == event);
    let events = context.scene.case.record.iter().skip(first.0 as usize);
    let mut statuses = events.filter_map(|(id, event)| match &event.kind {
        EventKind::Sent { purpose: Purpose::Answer(to), .. } if is_one(*to) => capture.get(id)?.status,
        _ => None,
    });
    let is_success = |status: u16| (200..300).contains(&status);
    if chunks.is_empty() { statuses.any(is_success) } else { statuses.all(is_success) }
}

fn no_report_for_report(context: &Context<'_>) -> Look {
    for_reports(context, |message| match is_correlated(context, message) {
        true => &["IMDN-9.1-4", "IMDN-8.2-4"],
        false => &["IMDN-9.1-4"],
    })
}

/// Reports on reports of peers, charged by the report that was answered.
pub(super) fn for_reports(
    context: &Context<'_>,
    charged: impl Fn(&Message) -> &'static [&'static str],
) -> Look {
    let answering = reports(context).into_iter().filter(|(_, message)| message.class == Class::Report);
    let found: Vec<Observation> = answering
        .map(|(report, message)| {
            Observation::fail("A report was answered by a report.")
                .right("A report never causes a report.")
                .charge(charged(&message))
                .seen(&report)
                .beside([evidence::whole(&message, "the report that was answered")])
        })
        .collect();
    let sent = context.scene.capture.iter().any(|m| m.is_new_request_of_peer() && m.class == Class::Report);
    if found.is_empty() && !sent {
        return one(Observation::unclear("No peer sent a report that could have been answered."));
    }
    Ok(found)
}

/// Whether a peer's report is about a message that the IUT had sent.
fn is_correlated(context: &Context<'_>, report: &Message) -> bool {
    let capture = context.scene.capture;
    let Some(name) = capture.identity(report.event).and_then(|identity| identity.names.clone()) else {
        return false;
    };
    let sent = capture.of_iut().take_while(|message| message.event < report.event);
    sent.filter_map(|message| capture.identity(message.event))
        .any(|identity| identity.id.as_ref() == Some(&name))
}

fn report_size(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let size = view.message.octets.len();
    if view.message.transport != Transport::Udp || size <= MOST_OVER_UDP {
        return nothing();
    }
    let observation = Observation::warn(format!("The report has {size} octets and came over UDP."));
    let right = format!("At most {} octets over UDP, or a transport with congestion control.", MOST_OVER_UDP);
    one(observation.right(right).reading("I-20").seen(view.message))
}
