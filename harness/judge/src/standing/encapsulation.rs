//! How a B2BUA sends a report of a peer on: enclosed as it came (6.3, I-34).

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

use super::action::{Action, action};
use super::observation::{nothing, one};
use super::{Check, Context, Look, LooksAt, Observation};
use crate::capture::{CPIM, Form, Message, Place, Relay, View};
use crate::evidence::{self, quote};
use crate::uri;

pub(super) const CHECKS: &[Check] = &[
    Check { name: "own-report", looks_at: LooksAt::Asked, requirements: &["IMDN-9.1-3"], run: own_report },
    Check {
        name: "encapsulates",
        looks_at: LooksAt::Relay,
        requirements: &[AS_IT_CAME, NESTED, SEALED],
        run: encapsulates,
    },
];

const AS_IT_CAME: &str = "IMDN-6.3-1";
const NESTED: &str = "IMDN-11.5-1";
const SEALED: &str = "IMDN-11.6-1";

/// What a B2BUA can say of its own handling.
const OWN_WORDS: &[&str] = &["processed", "error", "denied"];

const RIGHT: &str =
    "The complete CPIM object of the downstream report as content, or its MIME entity, octet for octet.";

fn own_report(context: &Context<'_>) -> Look {
    let view = context.view()?;
    let capture = context.scene.capture;
    let Some(report) = capture.relay(view.message.event).and_then(|relay| capture.get(relay.of)) else {
        return nothing();
    };
    let place = view.payload().unwrap_or(view.message.in_body(view.message.body_span.clone()));
    let message = format!("The report is not the IUT's own: it holds that of {}.", report.peer);
    let observation =
        Observation::fail(message).right("A report that the IUT composed about its own handling.");
    one(observation
        .at(view.message, place, "a report from downstream")
        .beside([evidence::whole(report, "the downstream report")]))
}

fn encapsulates(context: &Context<'_>) -> Look {
    let view = context.view()?;
    if context.subject.is_some_and(|subject| matches!(action(subject), Action::First(_))) {
        let why =
            "The message does not ask for the reports of its final recipients, so none is to be enclosed.";
        return one(Observation::unclear(why).reading("I-12").seen(view.message));
    }
    let relay = context.scene.capture.relay(view.message.event);
    let missing = "No peer sent a report that this one could enclose.";
    let report = match relay {
        Some(relay) => context.scene.capture.get(relay.of),
        None => enclosable(context, view),
    };
    let report = report.ok_or_else(|| Box::new(Observation::unclear(missing).seen(view.message)))?;
    let report = View::new(report, context.profile());
    if relay.is_none() && is_own(view, &report) {
        // That a report was not handed back is no matter of its octets.
        let message =
            format!("The report is the IUT's own and has nothing of that of {}.", report.message.peer);
        let observation = Observation::fail(message).right(RIGHT).foreign().seen(view.message);
        return one(observation.beside([evidence::whole(report.message, "the downstream report")]));
    }
    let found = match relay {
        Some(Relay { form: Form::Object, .. }) => None,
        Some(Relay { form: Form::Entity, .. }) => unwrapped(context, view, &report),
        _ => Some(compared(view, &report)),
    };
    let charged = charged(&report);
    Ok(found
        .map(|seen| if seen.verdict > crate::Verdict::Inconclusive { seen.charge(&charged) } else { seen })
        .into_iter()
        .collect())
}

/// Whether a report speaks for the IUT: it does not claim to be by the reporter downstream, nor that anything was read.
fn is_own(view: &View<'_>, report: &View<'_>) -> bool {
    let roles = &view.profile.report.roles;
    let value =
        |view: &View<'_>, name: &str| Some(view.document.as_ref()?.value(name, view.profile)?.to_owned());
    let reporter = |view| value(view, roles.reporter?);
    let own = reporter(view).is_some_and(|own| reporter(report).is_none_or(|other| !uri::same(&own, &other)));
    let word = value(view, roles.disposition);
    own && word.is_some_and(|word| OWN_WORDS.iter().any(|own| own.eq_ignore_ascii_case(&word)))
}

/// What is about every report that is sent on, and what is about the form of this one.
fn charged(report: &View<'_>) -> Vec<&'static str> {
    let innermost = report.innermost();
    let nested = innermost.is_some().then_some(NESTED);
    let sealed = match &innermost {
        Some(inner) => View::new(inner, report.profile).is_sealed_report(),
        None => report.is_sealed_report(),
    };
    [Some(AS_IT_CAME), nested, sealed.then_some(SEALED)].into_iter().flatten().collect()
}

/// The downstream report that a message should enclose though nothing in it says so: about the same message, and not
/// enclosed by another one; of several, that of the reporter it names, else the last.
fn enclosable<'c>(context: &Context<'c>, view: &View<'_>) -> Option<&'c Arc<Message>> {
    let capture = context.scene.capture;
    let subject = context.subject.map(|subject| subject.message.event);
    let before = capture.reports_of_peers().rev().filter(|report| report.event < view.message.event);
    let fitting = before.filter(|report| report.peer != view.message.peer);
    let fitting: Vec<_> =
        fitting.filter(|report| subject.is_none() || capture.behind(report.event) == subject).collect();
    let (enclosed, open): (Vec<_>, Vec<_>) =
        fitting.into_iter().partition(|report| capture.is_enclosed(report.event));
    let role = view.profile.report.roles.reporter?;
    let value = |view: &View<'_>| Some(view.document.as_ref()?.value(role, view.profile)?.to_owned());
    let reporter = value(view);
    let named =
        |report: &&&Arc<Message>| reporter.is_some() && value(&View::new(report, view.profile)) == reporter;
    open.iter().find(named).or(open.first()).or(enclosed.first()).copied()
}

/// A wrapper whose content was put into a new one. The octets of the entity are those of the container that keeps the
/// entity alone, which is told from this by what the IUT does with other reports.
fn unwrapped(context: &Context<'_>, view: &View<'_>, report: &View<'_>) -> Option<Observation> {
    let keeps_objects = || context.scene.capture.relays().any(|relay| relay.form == Form::Object);
    if report.enclosed().is_none() || !keeps_objects() {
        return None;
    }
    let message = "The wrapper around the downstream report was taken off before it was wrapped again.";
    let observation = Observation::fail(message).right(RIGHT).reading("I-34");
    let observation =
        observation.at(view.message, start(&view.payload()?), "the inner object without its wrapper");
    Some(observation.beside([evidence::at(report.message, start(&report.object()?), "the wrapper")]))
}

fn start(place: &Place) -> Place {
    Place { span: place.span.start..(place.span.start + 1).min(place.span.end), ..place.clone() }
}

/// What became of a report that is not there octet for octet.
fn compared(view: &View<'_>, report: &View<'_>) -> Observation {
    let pairs = pairs(view, report);
    if let Some(observation) = pairs.iter().find_map(|pair| pair.lengthened(view, report)) {
        return observation;
    }
    if let Some(place) = elsewhere(view, report) {
        let message =
            "The downstream report is there octet for octet, in a container that this harness does not know.";
        return Observation::unclear(message).right(RIGHT).reading("I-34").at(
            view.message,
            place,
            "it begins here",
        );
    }
    match pairs.into_iter().max_by_key(|pair| (pair.alike(), std::cmp::Reverse(pair.rank))) {
        Some(pair) => pair.differs(view, report),
        None => {
            let label = view.main_part().map_or("", |part| part.media_type());
            let message =
                format!("A content of the type {} is no container of a report that is known.", quote(label));
            Observation::unclear(message).right(RIGHT).reading("I-34").seen(view.message)
        }
    }
}

/// A piece of the upstream message, and what it should be.
struct Pair {
    what: &'static str,
    rank: usize,
    here: Place,
    sent: Place,
}

/// What can be compared with what: by the label of the content, the whole object or the entity.
fn pairs(view: &View<'_>, report: &View<'_>) -> Vec<Pair> {
    let pair = |what, rank, here: Option<Place>, sent: Option<Place>| {
        Some(Pair { what, rank, here: here?, sent: sent? })
    };
    let label = |view: &View<'_>| {
        let label = view.cpim.as_ref().and_then(|cpim| cpim.entity().content_type());
        label.map(|label| label.value().to_ascii_lowercase())
    };
    let (here, sent) = (label(view), label(report));
    let object = || pair("CPIM object", 0, view.payload(), report.object());
    let entity = || pair("MIME entity", 1, view.entity(), report.entity());
    let by_object = here.as_deref() == Some(CPIM);
    let by_entity = here == sent || view.report.is_some();
    [by_object.then(object).flatten(), by_entity.then(entity).flatten()].into_iter().flatten().collect()
}

impl Pair {
    fn octets(&self) -> (&[u8], &[u8]) {
        (
            self.here.octets.get(self.here.span.clone()).unwrap_or_default(),
            self.sent.octets.get(self.sent.span.clone()).unwrap_or_default(),
        )
    }

    /// How many octets at the beginning are the same.
    fn alike(&self) -> usize {
        let (here, sent) = self.octets();
        here.iter().zip(sent).take_while(|(here, sent)| here == sent).count()
    }

    /// All of it is there, and only line ends were added behind it.
    fn lengthened(&self, view: &View<'_>, report: &View<'_>) -> Option<Observation> {
        let (here, sent) = self.octets();
        let rest =
            here.strip_prefix(sent).filter(|rest| rest.iter().all(|octet| matches!(octet, b'\r' | b'\n')))?;
        let message =
            format!("The {} is complete, with {} octets of line ends behind it.", self.what, rest.len());
        let end = self.here.span.end;
        let place = Place { span: end - rest.len()..end, ..self.here.clone() };
        let observation = Observation::warn(message).right(RIGHT).reading("I-34");
        let observation = observation.at(view.message, place, "added");
        Some(observation.beside([evidence::whole(report.message, "the downstream report")]))
    }

    fn differs(&self, view: &View<'_>, report: &View<'_>) -> Observation {
        let at = self.alike();
        let message = format!(
            "The {} of the downstream report is not enclosed as it came: octet {at} differs.",
            self.what
        );
        let here = Place { span: octet(&self.here.span, at), ..self.here.clone() };
        let sent = Place { span: octet(&self.sent.span, at), ..self.sent.clone() };
        Observation::fail(message)
            .right(RIGHT)
            .reading("I-34")
            .at(view.message, here, "the first octet that differs")
            .beside([evidence::at(report.message, sent, format!("what {} sent", report.message.peer))])
    }
}

fn octet(span: &Range<usize>, at: usize) -> Range<usize> {
    let start = (span.start + at).min(span.end);
    start..(start + 1).min(span.end)
}

/// Where the whole object or entity stands, in whatever container.
fn elsewhere(view: &View<'_>, report: &View<'_>) -> Option<Place> {
    let body = view.message.in_body(view.message.body_span.clone());
    let levels = view.levels();
    let inner = levels.iter().map(|level| level.in_body(level.body_span.clone()));
    let parts = view.parts.iter().map(|part| view.content_of(part));
    let places: Vec<Place> = std::iter::once(body).chain(parts).chain(inner).collect();
    // Inside another object the entity alone is a report whose headers were changed.
    let entity = report.entity().filter(|_| view.enclosed().is_none());
    let wanted = [report.object(), entity].into_iter().flatten();
    let mut wanted = wanted.filter(|wanted| !wanted.span.is_empty());
    wanted.find_map(|wanted| {
        let wanted = wanted.octets.get(wanted.span)?;
        places.iter().find_map(|place| {
            let at = memmem::find(place.octets.get(place.span.clone())?, wanted)?;
            Some(Place { span: octet(&place.span, at), ..place.clone() })
        })
    })
}
