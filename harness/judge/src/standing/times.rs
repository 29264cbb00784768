//! The time of the disposition: there, near the truth, well-formed.

use std::time::Duration;

use record::{EventId, EventKind};
use serde_json::Value as Json;
use time::OffsetDateTime;
use wire::deviation::{Deviation, Span};
use wire::imdn::{Document, Element};
use wire::sip::HeaderId;
use wire::time as rfc3339;

use super::document::{element, missing, readable};
use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::View;
use crate::evidence::quote;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "disposition-time",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10.6-1"],
        run: disposition_time,
    },
    Check {
        name: "disposition-time-form",
        looks_at: LooksAt::Report,
        requirements: &["IMDN-10.6-2"],
        run: disposition_time_form,
    },
];

/// How far a time may be off: two seconds by the catalogue, and one that is lost where seconds are cut.
const SLACK: Duration = Duration::from_secs(3);

/// What is further off than this, by the IUT's own clock, is wrong whatever else it may be.
const FAR: Duration = Duration::from_secs(60);

/// Commands on one message that are looked at.
const MOST_DISPOSITIONS: usize = 16;

/// Report, document and the element that holds the time.
type Time<'c> = (&'c View<'c>, &'c Document<'c>, &'static str, Option<&'c Element<'c>>);

fn time_of<'c>(context: &Context<'c>) -> Result<Time<'c>, Box<Observation>> {
    let view = context.view()?;
    let document = readable(view)?;
    let name = view.profile.report.roles.time;
    let name =
        name.ok_or_else(|| Box::new(Observation::unclear("The document knows no disposition time.")))?;
    Ok((view, document, name, element(view, document, name)))
}

fn disposition_time(context: &Context<'_>) -> Look {
    let (view, document, name, found) = time_of(context)?;
    let right = format!("The moment of the disposition in {}.", quote(name));
    match found {
        None => one(missing(view, document, name).right(right).reading("I-24")),
        Some(found) if found.trimmed().is_empty() => {
            let observation = Observation::fail(format!("{} is empty.", quote(name)));
            one(observation.right(right).reading("I-24").in_document(
                view,
                found.span.clone(),
                "nothing in it",
            ))
        }
        Some(found) => Ok(near(context, view, found)
            .into_iter()
            .map(|seen| seen.right(&*right).reading("I-24"))
            .collect()),
    }
}

fn disposition_time_form(context: &Context<'_>) -> Look {
    let (view, _, name, found) = time_of(context)?;
    let Some(found) = found.filter(|found| !found.trimmed().is_empty()) else {
        return one(Observation::unclear(format!("The report has no {}.", quote(name))).seen(view.message));
    };
    let value = found.trimmed();
    let decoded = rfc3339::decode_utc(value.as_bytes(), 0..value.len());
    let is = |found: &Deviation, rule: &wire::deviation::Rule| found.rule.name == rule.name;
    let faults = decoded.deviations.iter().filter(|found| !is(found, &rfc3339::rule::LOWER_CASE));
    let Some(fault) = faults.min_by_key(|found| is(found, &rfc3339::rule::OFFSET_UNKNOWN)) else {
        return nothing();
    };
    let message = format!("{} is {}: {}", quote(name), quote(value), fault.rule.text);
    let observation = match is(fault, &rfc3339::rule::OFFSET_UNKNOWN) {
        true => Observation::warn(message),
        false => Observation::fail(message),
    };
    let place = within(view, found, &fault.span);
    one(observation.right("An RFC 3339 date-time in UTC.").reading("I-24").in_document(view, place, "here"))
}

/// Where a piece of an element's text stands, if the text stands in the document as it is meant.
fn within(view: &View<'_>, element: &Element<'_>, span: &Span) -> Span {
    let content = view.document_octets().get(element.content.clone()).unwrap_or_default();
    match memchr::memmem::find(content, element.trimmed().as_bytes()) {
        Some(at) => element.content.start + at + span.start..element.content.start + at + span.end,
        None => element.content.clone(),
    }
}

/// Whether the time is that of the disposition; nothing if that cannot be told.
fn near(context: &Context<'_>, view: &View<'_>, found: &Element<'_>) -> Option<Observation> {
    let value = found.trimmed();
    let stated = rfc3339::decode(value.as_bytes(), 0..value.len()).value?.instant;
    let clock = Clock::of(context, view)?;
    let disposed = dispositions(context, view);
    let off = disposed.iter().map(|disposed| clock.distance(disposed, stated)).min()?;
    if off <= SLACK {
        return None;
    }
    let point =
        |seen: Observation| Some(seen.in_document(view, found.content.clone(), "not when it happened"));
    let arrived =
        context.subject.map(|subject| clock.before_jumps(context, subject.message.event, subject.message.at));
    if arrived.is_some_and(|arrived| (stated - arrived).unsigned_abs() <= SLACK) {
        return point(Observation::fail(format!(
            "{} is the time at which the message arrived.",
            quote(value)
        )));
    }
    let message = format!("{} is {} s away from the disposition", quote(value), off.as_secs());
    match clock.own && off > FAR {
        true => point(Observation::fail(format!("{message}."))),
        false => point(Observation::unclear(format!("{message}, by a clock that is assumed."))),
    }
}

/// The IUT's idea of the time of day, from what the report itself says.
struct Clock {
    /// Wall clock of the record's beginning, as the IUT would have it when it sent the report.
    zero: OffsetDateTime,
    /// Whether it rests on a time stamp of the IUT.
    own: bool,
    report: EventId,
}

impl Clock {
    fn of(context: &Context<'_>, view: &View<'_>) -> Option<Self> {
        let record = context.scene.case.record;
        let report = view.message.event;
        let date_time = view.core("DateTime");
        let date_time =
            date_time.first().and_then(|line| rfc3339::decode(line.raw(), 0..line.raw().len()).value);
        let date = || {
            let date = view.carrier.sip()?.header(HeaderId::DATE)?.value().into_owned();
            rfc3339::decode_sip_date(&date, 0..date.len()).value
        };
        let stamp = date_time.map(|stamp| stamp.instant).or_else(date);
        let zero = match stamp {
            Some(stamp) => stamp.checked_sub(view.message.at.try_into().ok()?)?,
            None => record.started.checked_add(jumps(context, EventId(0), report).try_into().ok()?)?,
        };
        // Dates at the edge of what can be counted are no basis for anything.
        (1000..9000).contains(&zero.year()).then_some(Self { zero, own: stamp.is_some(), report })
    }

    fn at(&self, moment: Duration) -> OffsetDateTime {
        self.zero.saturating_add(moment.try_into().unwrap_or(time::Duration::MAX))
    }

    /// How far an instant is from a time span.
    fn distance(&self, span: &Disposition, instant: OffsetDateTime) -> Duration {
        let (earliest, latest) = (self.at(span.asked), self.at(span.done));
        match (instant < earliest, instant > latest) {
            (true, _) => (earliest - instant).unsigned_abs(),
            (_, true) => (instant - latest).unsigned_abs(),
            _ => Duration::ZERO,
        }
    }

    /// A moment before the IUT's clock was put forward.
    fn before_jumps(&self, context: &Context<'_>, event: EventId, moment: Duration) -> OffsetDateTime {
        self.at(moment) - jumps(context, event, self.report)
    }
}

/// By how much commands put the IUT's clock forward between two events.
fn jumps(context: &Context<'_>, from: EventId, to: EventId) -> Duration {
    let between = context.events().get(from.0 as usize..to.0 as usize).unwrap_or_default();
    let seconds = between.iter().filter_map(|event| match &event.kind {
        EventKind::Command { command, .. } if names(command, "advance_clock") => {
            command.get("seconds")?.as_u64()
        }
        _ => None,
    });
    Duration::from_secs(seconds.fold(0, u64::saturating_add).min(100 * 366 * 86_400))
}

fn names(command: &Json, name: &str) -> bool {
    command.get("command").and_then(Json::as_str) == Some(name)
}

/// Between which moments of the record the disposition happened.
struct Disposition {
    asked: Duration,
    done: Duration,
}

/// What was asked to be done with the message before the report. Any of it may be what is reported: a report that waits
/// for consent tells when the message was read.
fn dispositions(context: &Context<'_>, view: &View<'_>) -> Vec<Disposition> {
    let report = view.message.event;
    let id = context.subject.and_then(View::id);
    let before = context.events().get(..report.0 as usize).unwrap_or_default();
    let asked = before.iter().enumerate().filter(|(_, event)| match &event.kind {
        EventKind::Command { command, .. } if names(command, "dispose") => {
            let named = command.get("message_id").and_then(Json::as_str);
            named.is_none() || id.is_none() || named == id.as_deref()
        }
        _ => false,
    });
    let asked = asked.rev().take(MOST_DISPOSITIONS);
    asked
        .map(|(index, event)| Disposition {
            asked: event.at,
            done: answered(context, index, view.message.at),
        })
        .collect()
}

/// When a command was answered; at the latest when the report came.
fn answered(context: &Context<'_>, command: usize, report: Duration) -> Duration {
    let after = context.events().get(command..).unwrap_or_default();
    let reply = after.iter().find_map(|event| match &event.kind {
        EventKind::Reply { to, .. } if to.0 as usize == command => Some(event.at),
        _ => None,
    });
    reply.unwrap_or(report).min(report)
}
