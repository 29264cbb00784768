//! The normal form of a record: what happened, step by step, without what differs from run to run.
//!
//! Identifiers, tags, branches, ports and generated values get stable names that keep their identity; times lose
//! theirs. Events are told under the step that caused or took them, so that the order in which octets and replies
//! of different channels happen to be seen does not matter. Retransmissions, unasked driver events and the rounds
//! of a long `repeat` are told by number or not at all. Messages in sessions are told whole, and what only sets sessions up,
//! keeps them or takes them down at a time of its own is not told.

mod mask;
mod session;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value};

use crate::event::{Event, EventId, EventKind, Novelty, Purpose, StepId, StepOutcome, StepPath, Transport};
use crate::recorder::Record;
use crate::visible::visible;

use mask::Mask;
use session::Sessions;

/// A step with more rounds than this is told in one line.
const ROUNDS_TOLD: usize = 8;

/// What a CMS structure begins with, and what names its kind within so many octets: 1.2.840.113549.1.7 as DER.
const SEQUENCE: u8 = 0x30;
const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";
const CMS_HEAD: usize = 32;

/// How a provisional response begins that says nothing (RFC 3261 section 21.1.1).
const TRYING: &[u8] = b"SIP/2.0 100 ";

/// The normal form, ending in a line end. Two runs of one scenario against one implementation give the same text.
pub fn normal_form(record: &Record) -> String {
    let (mask, sessions) = (Mask::of(record), Sessions::of(record));
    let mut teller = Teller { record, sessions, mask, out: String::new() };
    teller.tell();
    teller.out
}

struct Teller<'a> {
    record: &'a Record,
    sessions: Sessions,
    mask: Mask,
    out: String,
}

/// One execution of a step.
struct Execution<'a> {
    id: StepId,
    path: &'a StepPath,
    outcome: Option<&'a StepOutcome>,
}

impl<'a> Teller<'a> {
    fn tell(&mut self) {
        let executions = executions(self.record);
        let rounds = rounds(&executions);
        let mut told = std::collections::BTreeSet::new();
        self.line(0, &format!("{} [{}]", self.record.scenario, self.record.variant));
        for execution in &executions {
            let indices: Vec<u32> = execution.path.indices().collect();
            let all = &rounds[&indices];
            if all.len() <= ROUNDS_TOLD {
                self.execution(execution);
            } else if told.insert(indices) {
                self.many(execution.path, all);
            }
        }
        self.left_over(&rounds, &executions);
    }

    fn execution(&mut self, execution: &Execution<'a>) {
        self.line(0, &format!("step {}: {}", execution.path, outcome_word(execution.outcome)));
        let record = self.record;
        for (id, event) in record.iter().filter(|(_, event)| event.step == Some(execution.id)) {
            self.acted(id, event);
        }
        for id in taken(execution.outcome) {
            self.received_request(*id);
        }
    }

    /// The rounds of a long repetition: how each step of it ended, and how often.
    fn many(&mut self, path: &StepPath, all: &[&Execution<'a>]) {
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        for execution in all {
            *outcomes.entry(outcome_word(execution.outcome)).or_default() += 1;
        }
        let indices = path.indices().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(".");
        for (outcome, count) in outcomes {
            self.line(0, &format!("step {indices}, {count} times: {outcome}"));
        }
    }

    /// What the harness did in a step, with what came back to it.
    fn acted(&mut self, id: EventId, event: &Event) {
        match &event.kind {
            EventKind::Sent { peer, octets, purpose: Purpose::Request | Purpose::Raw, .. }
                if self.sessions.is_told(id) =>
            {
                let octets = self.sessions.told(id, octets).to_vec();
                self.message(&format!("{peer} sends"), &octets);
                self.responses(&self.sessions.chunks(id));
            }
            EventKind::Command { iut, command } => {
                self.json(&format!("asks IUT {iut}"), command);
                self.reply(id);
            }
            EventKind::Trouble { blame, class, .. } => {
                self.line(1, &format!("trouble {class}, blame {blame:?}"))
            }
            _ => {}
        }
    }

    /// The responses to a request, or to the chunks of a message; those alike are told once. That a request is being worked
    /// on depends on how long that takes.
    fn responses(&mut self, requests: &[EventId]) {
        let record = self.record;
        let mut last = None;
        for (_, event) in record.iter() {
            let EventKind::Received { peer, novelty: Novelty::Response(to), octets, .. } = &event.kind else {
                continue;
            };
            if requests.contains(to) && !octets.starts_with(TRYING) {
                let told = (format!("{peer} gets"), self.masked(octets));
                if last.as_ref() != Some(&told) {
                    self.lines(&told.0, &told.1);
                    last = Some(told);
                }
            }
        }
    }

    fn reply(&mut self, command: EventId) {
        let record = self.record;
        let reply = record.iter().find_map(|(_, event)| match &event.kind {
            EventKind::Reply { to, reply } if *to == command => Some(reply),
            _ => None,
        });
        match reply {
            Some(reply) => self.json("IUT replies", reply),
            None => self.line(1, "no reply"),
        }
    }

    /// A request of the IUT and how the peer answered it.
    fn received_request(&mut self, id: EventId) {
        let Some(Event { kind: EventKind::Received { peer, novelty: Novelty::Request, octets, .. }, .. }) =
            self.record.event(id)
        else {
            return;
        };
        let told = self.sessions.told(id, octets).to_vec();
        self.message(&format!("IUT sends to {peer}"), &told);
        let record = self.record;
        let answers = record.iter().filter_map(|(_, event)| match &event.kind {
            EventKind::Sent { octets, purpose: Purpose::Answer(to), .. } if *to == id => Some(octets),
            _ => None,
        });
        // A response and a REPORT on the same message have no order.
        let mut answers: Vec<_> = answers.collect();
        answers.sort_by_key(|octets| wire::msrp::read(octets).is_request());
        for octets in answers {
            self.message(&format!("{peer} answers"), octets);
        }
    }

    /// Requests that no step took, unless they belong to a repetition that is told by number.
    fn left_over(&mut self, rounds: &BTreeMap<Vec<u32>, Vec<&Execution<'a>>>, executions: &[Execution<'a>]) {
        if rounds.values().any(|all| all.len() > ROUNDS_TOLD) {
            return;
        }
        let all_taken: Vec<EventId> = executions.iter().flat_map(|e| taken(e.outcome)).copied().collect();
        let record = self.record;
        let mut left: Vec<(&str, bool, &[u8], EventId)> = record
            .iter()
            .filter(|(id, _)| !all_taken.contains(id) && self.sessions.is_told(*id))
            .filter_map(|(id, event)| {
                let (peer, in_session, method) = new_request(event)?;
                Some((peer, in_session, method, id))
            })
            .collect();
        // Among peers, and among what different connections bring, there is no order that would be the same in every run.
        left.sort_unstable();
        if !left.is_empty() {
            self.line(0, "taken by no step");
        }
        for (.., id) in left {
            self.received_request(id);
        }
    }

    fn message(&mut self, caption: &str, octets: &[u8]) {
        let masked = self.masked(octets);
        self.lines(caption, &masked);
    }

    fn masked(&mut self, octets: &[u8]) -> String {
        let octets = &without_cms(octets)[..];
        let text: Vec<String> = octets.split(|octet| *octet == b'\n').map(shown_line).collect();
        self.mask.text(text.join("\n").trim_end())
    }

    fn lines(&mut self, caption: &str, masked: &str) {
        self.line(1, caption);
        for line in masked.lines() {
            self.line(2, line);
        }
    }

    /// Handles are left out: whether one is known in time depends on when the IUT says that a message arrived.
    fn json(&mut self, caption: &str, value: &Value) {
        let mut value = shortened(value);
        if let Some(members) = value.as_object_mut() {
            members.remove("handle");
        }
        let text = self.mask.text(&visible(value.to_string().as_bytes()));
        self.line(1, &format!("{caption} {text}"));
    }

    fn line(&mut self, depth: usize, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "{}", format!("{}{text}", "  ".repeat(depth)).trim_end());
    }
}

/// The octets of a message, with a name in place of a body that is a CMS structure (RFC 5652): most of it is new in every run.
fn without_cms(octets: &[u8]) -> Cow<'_, [u8]> {
    let Some(body) = memchr::memmem::find(octets, b"\r\n\r\n").map(|end| end + 4) else {
        return octets.into();
    };
    let start = octets.get(body..octets.len().min(body + CMS_HEAD)).unwrap_or_default();
    match start.first() == Some(&SEQUENCE) && memchr::memmem::find(start, PKCS7).is_some() {
        true => [octets.get(..body).unwrap_or_default(), b"<cms>"].concat().into(),
        false => octets.into(),
    }
}

/// A line without the carriage return that belongs to its end.
fn shown_line(line: &[u8]) -> String {
    visible(line.strip_suffix(b"\r").unwrap_or(line))
}

/// The peer to which a request in a new transaction came, whether in a session, and its method, if the event is one that is
/// told. When a dialog is confirmed and when it ends depends on more than one connection.
fn new_request(event: &Event) -> Option<(&str, bool, &[u8])> {
    let EventKind::Received { novelty: Novelty::Request, peer, transport, octets, .. } = &event.kind else {
        return None;
    };
    match transport {
        Transport::Msrp => {
            let method = wire::msrp::read(octets).method();
            Some((peer, true, method.map_or(&b""[..], |method| method.0)))
        }
        _ if octets.starts_with(b"ACK ") || octets.starts_with(b"BYE ") => None,
        // Of SIP alone the order is that of the requests.
        _ => Some((peer, false, b"")),
    }
}

/// The value with long lists told by number.
fn shortened(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.len() > ROUNDS_TOLD => format!("{} items", items.len()).into(),
        Value::Array(items) => items.iter().map(shortened).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), shortened(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn taken(outcome: Option<&StepOutcome>) -> &[EventId] {
    match outcome {
        Some(StepOutcome::Done(events)) => events,
        _ => &[],
    }
}

fn outcome_word(outcome: Option<&StepOutcome>) -> String {
    match outcome {
        None => "not ended".into(),
        Some(StepOutcome::Done(_)) => "done".into(),
        Some(StepOutcome::Elapsed) => "elapsed".into(),
        Some(StepOutcome::Unsupported(what)) => format!("unsupported, {what}"),
        Some(StepOutcome::Refused(why)) => format!("refused, {why}"),
        Some(StepOutcome::Skipped(why)) => format!("skipped, {why}"),
    }
}

fn executions(record: &Record) -> Vec<Execution<'_>> {
    let mut executions: BTreeMap<StepId, Execution<'_>> = BTreeMap::new();
    for (_, event) in record.iter() {
        match &event.kind {
            EventKind::StepBegan { id, path } => {
                executions.insert(*id, Execution { id: *id, path, outcome: None });
            }
            EventKind::StepEnded { id, outcome } => {
                if let Some(execution) = executions.get_mut(id) {
                    execution.outcome = Some(outcome);
                }
            }
            _ => {}
        }
    }
    executions.into_values().collect()
}

fn rounds<'e, 'a>(executions: &'e [Execution<'a>]) -> BTreeMap<Vec<u32>, Vec<&'e Execution<'a>>> {
    let mut rounds: BTreeMap<Vec<u32>, Vec<&Execution<'_>>> = BTreeMap::new();
    for execution in executions {
        rounds.entry(execution.path.indices().collect()).or_default().push(execution);
    }
    rounds
}

#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod tests;
