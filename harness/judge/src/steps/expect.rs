//! What has to come.

use std::sync::Arc;

use record::{EventId, EventKind, StepOutcome};
use scenario::model::{Expect, Kind, Step};

use super::locate::{all, asserted};
use super::{Place, Walk, blank};
use crate::assertion::Subject;
use crate::capture::{Message, View};
use crate::evidence;
use crate::verdict::{Evidence, Finding};

/// Most pieces of messages that are shown where a message did not come.
const MOST_UNREAD: usize = 4;

impl Walk<'_> {
    /// Notes which messages a step took, whatever else is to be said of it.
    pub(super) fn take_messages(&mut self, step: &Step, outcome: &StepOutcome) -> Option<Arc<Message>> {
        let (Step::Expect(expect), StepOutcome::Done(events)) = (step, outcome) else { return None };
        let requests = events.iter().filter_map(|event| self.capture.get(*event));
        let message = requests.into_iter().find(|message| message.is_new_request_of_iut())?.clone();
        self.taken.insert(message.event);
        if expect.message == Kind::Report {
            self.capture.take_as_report(message.event);
        }
        if let Some(name) = &expect.name {
            self.environment.name(name, message.clone());
        }
        Some(message)
    }

    pub(super) fn expect(&mut self, expect: &Expect, place: &Place, taken: Option<Arc<Message>>) {
        match taken {
            Some(message) => {
                self.doubt = None;
                self.docket.pass(expect.missing.iter().flat_map(|charge| charge.judges.as_slice()));
                self.assert_all(&expect.assert, &Subject::Message(message));
            }
            None => self.missing(expect, place),
        }
    }

    fn missing(&mut self, expect: &Expect, place: &Place) {
        let what = format!("{}{}", awaited(expect), self.waited(place));
        let mut evidence: Vec<Evidence> = self.last_stimulus().into_iter().collect();
        // What cannot be put together may have been what was to come; it is shown, and why.
        let unread = self.capture.unread();
        evidence.extend(unread.iter().take(MOST_UNREAD).map(|message| evidence::whole(message, "not read")));
        let limit = unread.iter().find_map(|message| message.beyond_limits());
        if let Some(limit) = limit {
            self.doubt
                .get_or_insert(format!("the IUT sent in sessions what this harness did not take: {limit}"));
        }
        if self.came_bundled(expect) {
            self.doubt
                .get_or_insert("a bundle that came before tells it, which is for another check".to_owned());
        }
        if let Some(charge) = &expect.missing {
            let finding = Finding {
                oracle: "missing".to_owned(),
                message: format!("{what}."),
                admissible: charge.say.clone().unwrap_or_default(),
                reading: charge.reading.clone(),
                asserted_at: Some(charge.at.clone()),
                evidence: evidence.clone(),
                ..blank()
            };
            match self.doubt.clone() {
                Some(doubt) => self.inconclusive(all(&charge.judges, &charge.at), &doubt, &evidence),
                None => self.charge(charge.judges.as_slice(), charge.otherwise, &finding),
            }
        }
        let why = match &self.doubt {
            Some(doubt) => format!("{}, and {doubt}", lower(&what)),
            None => lower(&what),
        };
        self.inconclusive(asserted(&expect.assert), &why, &evidence);
        if !expect.optional {
            self.break_off(&place.path, why, evidence);
        }
    }

    /// Whether a bundle that an earlier step took tells what this one awaits, about the same message.
    fn came_bundled(&self, expect: &Expect) -> bool {
        let about = expect.about.as_deref().and_then(|name| self.environment.message(name));
        let (Some(told), Some(about)) = (&expect.disposition, about) else { return false };
        let taken = self.taken.iter().filter_map(|event| self.capture.get(*event));
        let mut fitting = taken.filter(|message| {
            self.capture.fits(message, Kind::Report, Some(about.event), false)
                && self.capture.may_tell(message.event, told)
        });
        fitting.any(|message| View::new(message, self.case.profile).documents().len() > 1)
    }

    /// How long a step waited, as the record says.
    pub(super) fn waited(&self, place: &Place) -> String {
        let length = self.since(place.began).rev().find_map(|(_, event)| match &event.kind {
            EventKind::Window { length, .. } => Some(*length),
            _ => None,
        });
        length.map_or(String::new(), |length| format!(" within {} s", length.as_secs_f64()))
    }

    /// The last thing that was done to the IUT: what should have made it act.
    pub(super) fn last_stimulus(&self) -> Option<Evidence> {
        let (event, _) = self.since(EventId(0)).rev().find(|(event, found)| match &found.kind {
            EventKind::Command { .. } => true,
            EventKind::Sent { .. } => self.capture.get(*event).is_some_and(|m| is_stimulus(m)),
            _ => false,
        })?;
        match self.capture.get(event) {
            Some(message) => Some(evidence::whole(message, "the last stimulus")),
            None => evidence::spoken(self.case.record, event, "the last stimulus"),
        }
    }
}

/// Whether a message may have provoked something: what sets sessions up and keeps them has not.
fn is_stimulus(message: &Message) -> bool {
    message.is_new_request_of_peer() && (!message.is_housekeeping() || message.method == "OPTIONS")
}

/// What did not come, as the beginning of a sentence.
fn awaited(expect: &Expect) -> String {
    let what = match expect.message {
        Kind::Report => "report",
        Kind::Im => "message",
        Kind::Any => "request",
    };
    let about = expect.about.as_ref().map_or(String::new(), |name| format!(" about `{name}`"));
    let peer = expect.peer.as_ref().map_or(String::new(), |peer| format!(" to {}", peer.0));
    let telling = expect.disposition.as_ref().map_or(String::new(), |told| format!(" that tells {told}"));
    format!("No {what}{about}{telling} came{peer}")
}

fn lower(sentence: &str) -> String {
    sentence.replacen("No ", "no ", 1)
}
