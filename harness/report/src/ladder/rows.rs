//! The record as rows of a ladder.

use std::collections::HashMap;
use std::time::Duration;

use judge::{Finding, Judgement, Verdict};
use record::{EventId, EventKind, Novelty, Purpose, Record, StepOutcome, visible};
use serde_json::Value;
use wire::profile::Profile;

use super::session::Sessions;
use super::what;

/// One thing that happened.
pub(super) struct Row {
    pub(super) at: Duration,
    /// The step, counted as people do.
    pub(super) step: String,
    pub(super) kind: Kind,
    pub(super) marks: Vec<Mark>,
}

/// What a row shows.
pub(super) enum Kind {
    /// An arrow between a peer and the IUT.
    Arrow {
        peer: String,
        from_iut: bool,
        /// The same octets once more.
        again: bool,
        text: String,
    },
    /// Something at the IUT: a command and what came of it.
    AtIut(String),
    /// Something that concerns the whole case.
    Remark(String),
}

/// A finding that points to a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) requirement: String,
    pub(super) verdict: Verdict,
}

/// All rows in the order of time.
pub(super) fn rows(record: &Record, judgements: &[Judgement], profile: Option<&'static Profile>) -> Vec<Row> {
    let (steps, names, sessions) = (Steps::of(record), names(record), Sessions::of(record, profile));
    let mut marks = marks(record, judgements, &sessions);
    let mut rows = Vec::new();
    for (id, event) in record.iter().filter(|(id, _)| sessions.row_of(*id) == *id) {
        let marks = marks.remove(&id).unwrap_or_default();
        let step = steps.of_event(record, id);
        // What belongs to no step prepares the scenario, or comes after it.
        let counts = step.is_some() || !marks.is_empty() || !matches!(event.kind, EventKind::Command { .. });
        let words = Words { record, names: &names, sessions: &sessions, profile };
        if let Some(kind) = words.kind(id, &event.kind).filter(|_| counts) {
            rows.push(Row { at: event.at, step: step.unwrap_or_default(), kind, marks });
        }
    }
    rows
}

/// What is needed to put an event into words.
struct Words<'a> {
    record: &'a Record,
    names: &'a HashMap<EventId, &'a str>,
    sessions: &'a Sessions,
    profile: Option<&'static Profile>,
}

impl Words<'_> {
    fn kind(&self, id: EventId, kind: &EventKind) -> Option<Kind> {
        Some(match kind {
            EventKind::Sent { peer, purpose, octets, .. } => {
                self.arrow(id, (peer, false, matches!(purpose, Purpose::Retransmission(_))), octets)
            }
            EventKind::Received { peer, novelty, octets, .. } => {
                self.arrow(id, (peer, true, matches!(novelty, Novelty::Retransmission(_))), octets)
            }
            EventKind::Command { command, .. } => Kind::AtIut(self::command(command)),
            EventKind::Reply { to, reply } => Kind::AtIut(refusal(self.record, *to, reply)?),
            EventKind::Window { window, length } if window != "reply" => {
                Kind::Remark(format!("{window}: {} s", length.as_secs_f64()))
            }
            EventKind::Fetched { url, .. } => Kind::Remark(format!("fetched {}", visible(url.as_bytes()))),
            EventKind::Trouble { class, text, .. } => {
                Kind::Remark(format!("trouble {}: {}", visible(class.as_bytes()), visible(text.as_bytes())))
            }
            _ => return None,
        })
    }

    fn arrow(&self, id: EventId, (peer, from_iut, again): (&str, bool, bool), octets: &[u8]) -> Kind {
        let name = self.names.get(&id).map_or_else(String::new, |name| format!(" ({name})"));
        let text = match self.sessions.text(id) {
            Some(text) => text.to_owned(),
            None => what::message(octets, self.profile),
        };
        Kind::Arrow { peer: peer.to_owned(), from_iut, again, text: text + &name }
    }
}

/// A command with the words that say what kind of it.
fn command(command: &Value) -> String {
    let text = |member: &str| command.get(member).and_then(Value::as_str);
    let words = ["command", "how", "reports", "on_arrival"].into_iter().filter_map(text);
    let members = command.get("members").and_then(Value::as_array).map(|all| format!("of {}", all.len()));
    let words: Vec<String> = words.map(|word| what::short(word.as_bytes())).chain(members).collect();
    words.join(" ")
}

/// What a driver says when it does not do what it is asked; that it does is not worth a row.
fn refusal(record: &Record, to: EventId, reply: &Value) -> Option<String> {
    if reply.get("ok") == Some(&Value::Bool(true)) {
        return None;
    }
    let asked = match &record.event(to)?.kind {
        EventKind::Command { command, .. } => self::command(command),
        _ => String::new(),
    };
    let error = reply.get("error").and_then(Value::as_str).unwrap_or("no answer");
    Some(format!("{asked}: {}", what::short(error.as_bytes())))
}

/// The names that the scenario gave to messages.
fn names(record: &Record) -> HashMap<EventId, &str> {
    let named = record.events.iter().filter_map(|event| match &event.kind {
        EventKind::Named { name, event } => Some((*event, name.as_str())),
        _ => None,
    });
    named.collect()
}

/// What findings point to, each requirement once at every event.
fn marks(record: &Record, judgements: &[Judgement], sessions: &Sessions) -> HashMap<EventId, Vec<Mark>> {
    let mut marks: HashMap<EventId, Vec<Mark>> = HashMap::new();
    for judgement in judgements {
        for found in judgement.findings.iter().filter(|found| found.verdict >= Verdict::Warning) {
            let mark = Mark { requirement: judgement.requirement.clone(), verdict: found.verdict };
            for event in decisive(record, found) {
                let here = marks.entry(sessions.row_of(event)).or_default();
                if !here.contains(&mark) {
                    here.push(mark.clone());
                }
            }
        }
    }
    marks
}

/// What the IUT did wrong, or else what shows it; what that is compared with is not to blame.
fn decisive(record: &Record, found: &Finding) -> Vec<EventId> {
    let events = found.evidence.iter().map(|evidence| evidence.event);
    let of_iut = |event: &EventId| {
        matches!(record.event(*event).map(|event| &event.kind), Some(EventKind::Received { .. }))
    };
    let of_iut: Vec<EventId> = events.clone().filter(of_iut).collect();
    if of_iut.is_empty() { events.take(1).collect() } else { of_iut }
}

/// Which step an event belongs to.
struct Steps {
    paths: HashMap<record::StepId, String>,
    /// Requests of the IUT belong to the step that took them.
    taken: HashMap<EventId, record::StepId>,
}

impl Steps {
    fn of(record: &Record) -> Self {
        let (mut paths, mut taken) = (HashMap::new(), HashMap::new());
        for event in &record.events {
            match &event.kind {
                EventKind::StepBegan { id, path } => drop(paths.insert(*id, path.to_string())),
                EventKind::StepEnded { id, outcome: StepOutcome::Done(events) } => {
                    taken.extend(events.iter().map(|event| (*event, *id)));
                }
                _ => {}
            }
        }
        Self { paths, taken }
    }

    /// The step of an event: the one that took it, or the one under way; answers and what is sent again belong where the
    /// request belongs.
    fn of_event(&self, record: &Record, id: EventId) -> Option<String> {
        let event = record.event(id)?;
        let request = match &event.kind {
            EventKind::Sent { purpose: Purpose::Answer(of) | Purpose::Retransmission(of), .. }
            | EventKind::Received { novelty: Novelty::Response(of) | Novelty::Retransmission(of), .. } => *of,
            _ => id,
        };
        let under_way = || record.event(request).and_then(|request| request.step).or(event.step);
        let step = self.taken.get(&request).copied().or_else(under_way)?;
        self.paths.get(&step).cloned()
    }
}
