//! What hostile input has done to the IUT: it fetched what it should not, it died, it hangs, or it does not work as before.
//!
//! Trouble that is otherwise nobody's failure is a finding here, once hostile input has gone out.

use std::collections::BTreeSet;

use record::{Event, EventId, EventKind, Purpose, StepId, StepOutcome};
use scenario::model::{Send, Step, Unharmed};

use super::locate::{all, step_at};
use super::{Place, Walk, blank};
use crate::evidence;
use crate::verdict::{Evidence, Finding, Verdict};

/// What trouble means behind hostile input: the stable word of the trouble, and the name of the oracle.
const HARMS: &[(&str, &str)] = &[
    ("iut-crashed", "died"),
    ("iut-hung", "hung"),
    ("driver-silent", "hung"),
    ("iut-unreachable", "hung"),
    ("no-answer", "hung"),
];

/// What would have been right where a scenario says nothing of it.
const ADMISSIBLE: &str = "The IUT refuses or takes the input, fetches nothing for it, and goes on working.";

impl Walk<'_> {
    pub(super) fn unharmed(&mut self, unharmed: &Unharmed, place: &Place, outcome: &StepOutcome) {
        let StepOutcome::Done(events) = outcome else {
            let why = "the IUT did not answer a sane message before anything hostile was sent".to_owned();
            self.inconclusive(all(&unharmed.judges, &unharmed.at), &why, &[]);
            return self.break_off(&place.path, why, Vec::new());
        };
        let found = self.fetched().or_else(|| self.impaired(events));
        match found {
            Some(found) => self.docket.find(unharmed.judges.as_slice(), &found.asserted(unharmed)),
            None => self.docket.pass(unharmed.judges.as_slice()),
        }
    }

    /// Judges a run that trouble ended behind hostile input. `false` where there was none, or none that the input may have caused.
    pub(super) fn ruined(&mut self) -> bool {
        let Some((at, harm)) = self.harm() else { return false };
        let case = self.case;
        let steps = Step::all(&case.scenario.steps);
        let looks = steps.into_iter().filter_map(|step| match step {
            Step::Unharmed(unharmed) if !unharmed.judges.as_slice().is_empty() => Some(unharmed),
            _ => None,
        });
        // The first look that the run never came to the end of; a repeated one may have had rounds.
        let looks: Vec<&Unharmed> = looks.collect();
        let Some(next) = looks.iter().find(|look| !self.is_over(look)).or(looks.last()) else { return false };
        self.docket.find(next.judges.as_slice(), &harm.asserted(next));
        if let Some(fetched) = self.fetched() {
            self.docket.find(next.judges.as_slice(), &fetched.asserted(next));
        }
        let charged: BTreeSet<&String> = next.judges.as_slice().iter().collect();
        let why = format!("hostile input has ended the run at {:.3} s", at.as_secs_f64());
        for (path, judged) in super::leaves(case.scenario) {
            let judged = judged.into_iter().filter(|judged| !charged.iter().any(|id| **id == judged.id));
            if !self.ended.contains(&path) {
                self.inconclusive(judged, &why, &[]);
            }
        }
        true
    }

    /// The trouble that followed hostile input, and when.
    fn harm(&self) -> Option<(std::time::Duration, Finding)> {
        let (place, trouble) = self.case.record.iter().find(|(_, event)| is_trouble(event))?;
        let EventKind::Trouble { class, text, .. } = &trouble.kind else { return None };
        let (_, oracle) = HARMS.iter().find(|(known, _)| known == class)?;
        let evidence = self.stimulus(place)?;
        let message = format!("After hostile input, {text}");
        Some((trouble.at, Finding { evidence: vec![evidence], ..failure(oracle, message) }))
    }

    /// What the IUT has fetched so far.
    fn fetched(&self) -> Option<Finding> {
        let events = self.case.record.iter().take(self.now.0 as usize + 1);
        let fetches: Vec<_> = events
            .filter_map(|(id, event)| match &event.kind {
                EventKind::Fetched { url, octets } => Some((id, event.at, url, octets)),
                _ => None,
            })
            .collect();
        let (first, .., url, _) = fetches.first()?;
        let message = format!("The IUT fetched {}, which hostile input told it to.", evidence::quote(url));
        let shown = fetches.iter().take(1).map(|(event, at, _, octets)| Evidence {
            event: *event,
            at: *at,
            caption: "IUT → harness, what came to the address".to_owned(),
            octets: (*octets).clone(),
            span: (!octets.is_empty()).then(|| 0..octets.len().min(SHOWN)),
            label: "fetched".to_owned(),
        });
        let evidence = self.stimulus(*first).into_iter().chain(shown).collect();
        Some(Finding { evidence, ..failure("fetched", message) })
    }

    /// That sane messages are refused which were accepted before.
    fn impaired(&self, events: &[EventId]) -> Option<Finding> {
        let accepted = |status: &u16| (200..300).contains(status);
        let now = events.iter().rev().find_map(|event| self.status(*event))?;
        let before = self.looks().find_map(|event| self.status(event)).filter(accepted)?;
        if accepted(&now) {
            return None;
        }
        let evidence = self.stimulus(self.now).into_iter().collect();
        let message = format!(
            "A sane message is answered with {now} after hostile input; before, it was with {before}."
        );
        Some(Finding { evidence, ..failure("impaired", message) })
    }

    /// What the IUT answered in looks so far, in their order.
    fn looks(&self) -> impl Iterator<Item = EventId> + '_ {
        let steps = self.case.record.events.iter().take(self.now.0 as usize + 1);
        let done = steps.filter_map(|event| match &event.kind {
            EventKind::StepEnded { id, outcome: StepOutcome::Done(events) } => Some((*id, events)),
            _ => None,
        });
        done.filter(|(id, _)| matches!(self.step_of(*id), Some(Step::Unharmed(_))))
            .flat_map(|(_, events)| events)
            .copied()
    }

    fn step_of(&self, id: StepId) -> Option<&Step> {
        let path = self.case.record.events.iter().find_map(|event| match &event.kind {
            EventKind::StepBegan { id: begun, path } if *begun == id => Some(path),
            _ => None,
        })?;
        step_at(self.case.scenario, path)
    }

    fn status(&self, event: EventId) -> Option<u16> {
        match &self.case.record.event(event)?.kind {
            EventKind::Received { octets, .. } => wire::sip::decode(octets).value.status(),
            _ => None,
        }
    }

    /// Whether the walk has come past a look.
    fn is_over(&self, look: &Unharmed) -> bool {
        let mut ended = self.case.record.events.iter().filter_map(|event| match &event.kind {
            EventKind::StepEnded { id, .. } => self.step_of(*id),
            _ => None,
        });
        ended.any(|step| matches!(step, Step::Unharmed(other) if std::ptr::eq(other, look)))
    }

    /// The last hostile input before an event.
    fn stimulus(&self, before: EventId) -> Option<Evidence> {
        let mut sent =
            self.case.record.iter().rev().filter(|(id, event)| *id < before && self.is_hostile(event));
        let (id, event) = sent.next()?;
        let EventKind::Sent { peer, transport, octets, .. } = &event.kind else { return None };
        let size = octets.len();
        Some(Evidence {
            event: id,
            at: event.at,
            caption: format!("{peer} → IUT, hostile input of {size} octets over {transport}"),
            octets: octets.clone(),
            span: Some(0..size.min(SHOWN)),
            label: "the last one before".to_owned(),
        })
    }

    fn is_hostile(&self, event: &Event) -> bool {
        let EventKind::Sent { purpose, .. } = &event.kind else { return false };
        let step = || event.step.and_then(|id| self.step_of(id));
        match purpose {
            Purpose::Raw => true,
            Purpose::Request => matches!(step(), Some(Step::Send(Send { hostile: true, .. }))),
            Purpose::Answer(_) | Purpose::Retransmission(_) => false,
        }
    }
}

impl Finding {
    fn asserted(self, look: &Unharmed) -> Self {
        let admissible = look.say.clone().unwrap_or_else(|| ADMISSIBLE.to_owned());
        Self { admissible, asserted_at: Some(look.at.clone()), ..self }
    }
}

/// Octets of hostile input that a finding points at; all of them stand in the record.
const SHOWN: usize = 40;

fn is_trouble(event: &Event) -> bool {
    matches!(event.kind, EventKind::Trouble { .. })
}

fn failure(oracle: &str, message: String) -> Finding {
    Finding {
        verdict: Verdict::Fail,
        oracle: oracle.to_owned(),
        message,
        class: Some(Finding::ROBUSTNESS.to_owned()),
        ..blank()
    }
}
