//! Writing a record while a scenario runs.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::event::{Event, EventId, EventKind, StepId};

/// What happened in one run of one scenario variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id of the scenario.
    pub scenario: String,
    /// Name of the variant, `udp` or `tcp`.
    pub variant: String,
    /// Wall clock at time zero of the events, for people and for comparison with times that the IUT writes.
    #[serde(with = "time::serde::rfc3339")]
    pub started: OffsetDateTime,
    /// All events; an [`EventId`] is an index into them.
    pub events: Vec<Event>,
}

impl Record {
    /// The event of that id; `None` only for an id of another record.
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.events.get(id.0 as usize)
    }

    /// All events with their ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        self.events.iter().enumerate().map(|(index, event)| (EventId(index as u32), event))
    }

    /// Wall clock of an event.
    pub fn time_of(&self, event: &Event) -> OffsetDateTime {
        self.started + event.at
    }
}

/// A shared handle that appends to one record. Cheap to clone; every clone writes on the same time line.
#[derive(Clone, Debug)]
pub struct Recorder(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    scenario: String,
    variant: String,
    started: OffsetDateTime,
    zero: Instant,
    /// 0 while no step is under way, else the step's id plus one.
    step: AtomicU32,
    events: Mutex<Vec<Event>>,
}

impl Recorder {
    /// Begins a record; time zero is now.
    pub fn begin(scenario: impl Into<String>, variant: impl Into<String>) -> Self {
        Self(Arc::new(Shared {
            scenario: scenario.into(),
            variant: variant.into(),
            started: OffsetDateTime::now_utc(),
            zero: Instant::now(),
            step: AtomicU32::new(0),
            events: Mutex::default(),
        }))
    }

    /// Appends what happened, now, under the current step.
    pub fn push(&self, kind: EventKind) -> EventId {
        let step = self.0.step.load(Ordering::Relaxed).checked_sub(1).map(StepId);
        let mut events = self.events();
        let at = self.0.zero.elapsed();
        events.push(Event { at, step, kind });
        EventId(events.len() as u32 - 1)
    }

    /// Says which step is under way from now on.
    pub fn set_step(&self, step: Option<StepId>) {
        self.0.step.store(step.map_or(0, |id| id.0 + 1), Ordering::Relaxed);
    }

    /// Time since the record was begun.
    pub fn now(&self) -> Duration {
        self.0.zero.elapsed()
    }

    /// The record so far.
    pub fn snapshot(&self) -> Record {
        self.record(self.events().clone())
    }

    /// Ends the record. Events that other handles push afterwards are lost on purpose: the scenario is over.
    pub fn finish(&self) -> Record {
        let events = std::mem::take(&mut *self.events());
        self.record(events)
    }

    fn record(&self, events: Vec<Event>) -> Record {
        let Shared { scenario, variant, started, .. } = &*self.0;
        Record { scenario: scenario.clone(), variant: variant.clone(), started: *started, events }
    }

    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_carry_the_step_that_was_under_way() {
        let recorder = Recorder::begin("a", "udp");
        recorder.push(EventKind::Note("before".into()));
        recorder.set_step(Some(StepId(0)));
        let id = recorder.clone().push(EventKind::Note("inside".into()));
        let record = recorder.finish();
        assert_eq!(id, EventId(1));
        assert_eq!(record.events.iter().map(|e| e.step).collect::<Vec<_>>(), [None, Some(StepId(0))]);
        assert!(record.events[0].at <= record.events[1].at);
        assert_eq!(record.event(EventId(2)), None);
    }

    #[test]
    fn a_record_survives_a_file() {
        let recorder = Recorder::begin("a", "tcp");
        recorder.push(EventKind::Bound { name: "n".into(), value: 4095.into() });
        let record = recorder.finish();
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
    }
}
