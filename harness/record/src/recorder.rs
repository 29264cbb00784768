//! Writing a record while a scenario runs.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::event::{Event, EventId, EventKind, Purpose, StepId, Transport};

/// What happened in one run of one scenario variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id of the scenario.
    pub scenario: String,
    /// Name of the variant, such as `udp` or `msrp`.
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
    capacity: Capacity,
    overflowed: AtomicBool,
    events: Mutex<Events>,
}

#[derive(Debug, Default)]
struct Events {
    list: Vec<Event>,
    /// What the harness did that the other side may react to.
    acts: u64,
    /// When it did so last.
    acted: Option<Duration>,
    /// Events that the other side caused.
    caused: u64,
    /// Octets that were received.
    received: u64,
    /// Of those, octets of messages in sessions.
    in_sessions: u64,
}

/// How much a record takes of what the other side can cause, before it drops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Events beyond [`Capacity::PER_ACT`] for each request or command.
    pub unprompted: u64,
    /// Octets received.
    pub octets: u64,
}

impl Capacity {
    /// As many events each request and each command may cause.
    pub const PER_ACT: u64 = 32;

    /// A message in a session may be cut into as many events as its octets pay for, beside all others: a chunk and the response
    /// to it, where the chunk is twice as long.
    pub const OCTETS_PER_EVENT: u64 = 256;

    /// As much as there is.
    pub const UNLIMITED: Self = Self { unprompted: u64::MAX, octets: u64::MAX };
}

impl Events {
    /// Counts an event; `false` if it goes beyond the capacity.
    fn admit(&mut self, kind: &EventKind, capacity: &Capacity) -> bool {
        match kind {
            EventKind::Command { .. } | EventKind::Sent { purpose: Purpose::Request | Purpose::Raw, .. } => {
                self.acts += 1;
                return true;
            }
            EventKind::Received { octets, transport, .. } => {
                self.received += octets.len() as u64;
                if *transport == Transport::Msrp {
                    self.in_sessions += octets.len() as u64;
                }
            }
            EventKind::Sent { .. }
            | EventKind::Connection { .. }
            | EventKind::Fetched { .. }
            | EventKind::DriverEvent { .. }
            | EventKind::Note(_) => {}
            _ => return true,
        }
        self.caused += 1;
        let paid = self.acts * Capacity::PER_ACT + self.in_sessions / Capacity::OCTETS_PER_EVENT;
        let most = capacity.unprompted.saturating_add(paid);
        self.caused <= most && self.received <= capacity.octets
    }
}

impl Recorder {
    /// Begins a record; time zero is now.
    pub fn begin(scenario: impl Into<String>, variant: impl Into<String>) -> Self {
        Self::limited(scenario, variant, Capacity::UNLIMITED)
    }

    /// Begins a record that, once it is full, drops what the other side can cause.
    pub fn limited(scenario: impl Into<String>, variant: impl Into<String>, capacity: Capacity) -> Self {
        Self(Arc::new(Shared {
            scenario: scenario.into(),
            variant: variant.into(),
            started: OffsetDateTime::now_utc(),
            zero: Instant::now(),
            step: AtomicU32::new(0),
            capacity,
            overflowed: AtomicBool::new(false),
            events: Mutex::default(),
        }))
    }

    /// Makes room for so many events, so that a long record is not copied while it grows. Room that is not used costs nothing.
    pub fn reserve(&self, events: usize) {
        self.events().list.reserve(events);
    }

    /// Whether both write the same record.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Appends what happened, now, under the current step. What a full record drops gets an id that no event has.
    pub fn push(&self, kind: EventKind) -> EventId {
        let step = self.0.step.load(Ordering::Relaxed).checked_sub(1).map(StepId);
        let mut events = self.events();
        let acts = events.acts;
        if !events.admit(&kind, &self.0.capacity) {
            self.0.overflowed.store(true, Ordering::Relaxed);
            return EventId(u32::MAX);
        }
        let at = self.0.zero.elapsed();
        if events.acts > acts {
            events.acted = Some(at);
        }
        events.list.push(Event { at, step, kind });
        EventId(events.list.len() as u32 - 1)
    }

    /// Says which step is under way from now on.
    pub fn set_step(&self, step: Option<StepId>) {
        self.0.step.store(step.map_or(0, |id| id.0 + 1), Ordering::Relaxed);
    }

    /// Whether events were dropped because there were too many.
    pub fn has_overflowed(&self) -> bool {
        self.0.overflowed.load(Ordering::Relaxed)
    }

    /// A copy of one event; `None` for an id that no event has.
    pub fn get(&self, id: EventId) -> Option<Event> {
        self.events().list.get(id.0 as usize).cloned()
    }

    /// Time since the record was begun.
    pub fn now(&self) -> Duration {
        self.0.zero.elapsed()
    }

    /// When the harness last did something that the other side may react to: a request, a command.
    pub fn acted(&self) -> Option<Duration> {
        self.events().acted
    }

    /// The record so far.
    pub fn snapshot(&self) -> Record {
        self.record(self.events().list.clone())
    }

    /// Ends the record. Events that other handles push afterwards are lost on purpose: the scenario is over.
    pub fn finish(&self) -> Record {
        let events = std::mem::take(&mut self.events().list);
        self.record(events)
    }

    fn record(&self, events: Vec<Event>) -> Record {
        let Shared { scenario, variant, started, .. } = &*self.0;
        Record { scenario: scenario.clone(), variant: variant.clone(), started: *started, events }
    }

    fn events(&self) -> MutexGuard<'_, Events> {
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
    fn only_acts_of_the_harness_are_acts() {
        let recorder = Recorder::begin("a", "udp");
        recorder.push(EventKind::Note("before".into()));
        assert_eq!(recorder.acted(), None);
        let id = recorder.push(EventKind::Command { iut: 0, command: serde_json::Value::Null });
        recorder.push(EventKind::Reply { to: id, reply: serde_json::Value::Null });
        assert_eq!(recorder.acted(), recorder.get(id).map(|command| command.at));
    }

    #[test]
    fn what_is_asked_for_makes_room() {
        let recorder = Recorder::limited("a", "udp", Capacity { unprompted: 0, octets: 100 });
        recorder.push(EventKind::Command { iut: 0, command: serde_json::Value::Null });
        for _ in 0..Capacity::PER_ACT {
            recorder.push(EventKind::DriverEvent { iut: 0, event: serde_json::Value::Null });
        }
        assert!(!recorder.has_overflowed());
        recorder.push(EventKind::DriverEvent { iut: 0, event: serde_json::Value::Null });
        assert!(recorder.has_overflowed());
    }

    #[test]
    fn a_long_message_in_a_session_pays_for_its_chunks() {
        let chunk = |transport, length: usize| EventKind::Received {
            peer: "P".into(),
            transport,
            from: ([127, 0, 0, 1], 2855).into(),
            novelty: crate::Novelty::Request,
            octets: vec![b'x'; length].into(),
        };
        let full = |transport, length| {
            let capacity = Capacity { unprompted: 0, ..Capacity::UNLIMITED };
            let recorder = Recorder::limited("a", "msrp", capacity);
            for _ in 0..100 {
                recorder.push(chunk(transport, length));
                recorder.push(EventKind::Note("answered".into()));
            }
            recorder.has_overflowed()
        };
        assert!(!full(Transport::Msrp, 512));
        assert!(full(Transport::Msrp, 200));
        assert!(full(Transport::Tcp, 2048));
    }

    #[test]
    fn a_full_record_takes_only_what_the_harness_does() {
        let recorder = Recorder::limited("a", "udp", Capacity { unprompted: 1, octets: 100 });
        let note = || EventKind::Note("flood".into());
        assert_eq!(recorder.push(note()), EventId(0));
        assert!(!recorder.has_overflowed());
        assert_eq!(recorder.push(note()), EventId(u32::MAX));
        assert!(recorder.has_overflowed());
        assert_eq!(recorder.get(EventId(u32::MAX)), None);
        assert_eq!(recorder.push(EventKind::Bound { name: "n".into(), value: 1.into() }), EventId(1));
        assert_eq!(recorder.finish().events.len(), 2);
    }

    #[test]
    fn received_octets_fill_a_record_too() {
        let recorder = Recorder::limited("a", "udp", Capacity { octets: 5, ..Capacity::UNLIMITED });
        let received = || EventKind::Received {
            peer: "P".into(),
            transport: Transport::Udp,
            from: ([127, 0, 0, 1], 5060).into(),
            novelty: crate::Novelty::Garbage,
            octets: "abc".into(),
        };
        assert_eq!(recorder.push(received()), EventId(0));
        assert_eq!(recorder.push(received()), EventId(u32::MAX));
        assert!(recorder.has_overflowed());
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
