//! Walks a record step by step and says what each step shows.

mod answer;
mod command;
mod expect;
mod locate;
mod quiet;
mod unharmed;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use record::{Event, EventId, EventKind, StepId, StepOutcome, StepPath};
use scenario::model::{Assertion, Send, Severity, Step, Template};

use crate::Case;
use crate::assertion::{self, Outcome, Subject, by_level, verdict_of};
use crate::capture::{Capture, Message};
use crate::docket::Docket;
use crate::select::{Binding, Environment, is_of_other_carrier};
use crate::standing;
use crate::verdict::{Evidence, Finding, Verdict};

use answer::{Reaction, Worth};
use locate::{Judged, all, judged, leaves, precedes, step_at};

/// The state of a walk through a record.
pub(crate) struct Walk<'c> {
    pub(crate) case: &'c Case<'c>,
    pub(crate) capture: Capture,
    pub(crate) environment: Environment,
    pub(crate) docket: Docket,
    /// The event at which the walk is.
    now: EventId,
    /// The step that is being judged.
    here: StepPath,
    begun: HashMap<StepId, (StepPath, EventId)>,
    /// Steps that ended, by indices alone.
    ended: HashSet<Vec<u32>>,
    /// Steps that were settled as a whole, those inside them included.
    settled: HashSet<Vec<u32>>,
    /// Messages that an `expect` took.
    taken: HashSet<EventId>,
    broken: Vec<Broken>,
    /// Why silence may say nothing: an optional command was not carried out.
    doubt: Option<String>,
}

/// A step after which there is no basis for what follows.
struct Broken {
    path: StepPath,
    why: String,
    evidence: Vec<Evidence>,
}

impl<'c> Walk<'c> {
    pub(crate) fn new(case: &'c Case<'c>) -> Self {
        Self {
            case,
            capture: Capture::new(case.profile),
            environment: Environment::new(case.profile),
            docket: Docket::default(),
            now: EventId(0),
            here: StepPath::default(),
            begun: HashMap::new(),
            ended: HashSet::new(),
            settled: HashSet::new(),
            taken: HashSet::new(),
            broken: Vec::new(),
            doubt: None,
        }
    }

    /// Goes through the whole record.
    pub(crate) fn run(&mut self) {
        for (id, event) in self.case.record.iter() {
            self.take(id, event);
        }
        if !self.ruined() {
            self.unreached();
            self.trouble();
        }
    }

    fn take(&mut self, id: EventId, event: &Event) {
        self.now = id;
        self.capture.observe(id, event);
        self.environment.observe(event, &self.capture);
        match &event.kind {
            EventKind::StepBegan { id: step, path } => {
                self.begun.insert(*step, (path.clone(), id));
            }
            EventKind::StepEnded { id: step, outcome } => self.end(*step, outcome),
            _ => {}
        }
    }

    fn end(&mut self, id: StepId, outcome: &StepOutcome) {
        let Some((path, began)) = self.begun.remove(&id) else { return };
        let Some(step) = step_at(self.case.scenario, &path) else { return };
        self.ended.insert(path.indices().collect());
        self.here = path.clone();
        let taken = self.take_messages(step, outcome);
        if let Some((why, evidence)) = self.no_basis(&path, outcome) {
            self.settled.insert(path.indices().collect());
            return self.inconclusive(judged(step), &why, &evidence);
        }
        let done: &[EventId] = if let StepOutcome::Done(events) = outcome { events } else { &[] };
        let place = Place { id, path, began };
        match (step, outcome) {
            (Step::Command(command), outcome) => self.command(command, &place, outcome),
            (step, StepOutcome::Unsupported(what) | StepOutcome::Refused(what)) => {
                let why = format!("the step could not be carried out: {what}");
                self.settled.insert(place.path.indices().collect());
                self.inconclusive(judged(step), &why, &[]);
                self.break_off(&place.path, why, Vec::new());
            }
            // What the IUT makes of hostile input is its own affair.
            (Step::Send(Send { hostile: true, .. }), _) => {}
            (Step::Send(send), _) => self.send(send, &place, done),
            (Step::Expect(expect), _) => self.expect(expect, &place, taken),
            (Step::Quiet(quiet), outcome) => self.quiet(quiet, &place, outcome),
            (Step::Verify(verify), _) => {
                let subject = verify.of.as_deref().map_or(Subject::None, |name| self.subject(name));
                self.assert_all(&verify.assert, &subject);
            }
            (Step::Unharmed(unharmed), outcome) => self.unharmed(unharmed, &place, outcome),
            (Step::Raw(_) | Step::Answer(_) | Step::Repeat(_) | Step::Together(_) | Step::Wait(_), _) => {}
        }
    }

    /// Why nothing that rests on this step can be judged, if that is so.
    fn no_basis(&self, path: &StepPath, outcome: &StepOutcome) -> Option<(String, Vec<Evidence>)> {
        let broken = self.broken.iter().find(|broken| precedes(&broken.path, path));
        match (broken, outcome) {
            (Some(broken), _) => Some((broken.why.clone(), broken.evidence.clone())),
            (None, StepOutcome::Skipped(why)) => Some((why.clone(), Vec::new())),
            (None, _) => None,
        }
    }

    fn break_off(&mut self, path: &StepPath, why: String, evidence: Vec<Evidence>) {
        self.broken.push(Broken { path: path.clone(), why, evidence });
    }

    fn send(&mut self, send: &Send, place: &Place, done: &[EventId]) {
        let reaction = self.reaction(place.id, place.began, done);
        let worth = match &send.answer {
            None if reaction.is_success() => Worth::Right,
            None => Worth::Wrong,
            Some(expected) => reaction.worth(expected),
        };
        if let Some(expected) = &send.answer {
            let ids = expected.judges.as_slice();
            let finding = Finding {
                oracle: "answer".to_owned(),
                message: reaction.sentence(),
                admissible: format!("An answer out of {}.", expected.is.join(", ")),
                reading: expected.reading.clone(),
                asserted_at: Some(expected.at.clone()),
                evidence: reaction.evidence(),
                ..blank()
            };
            match worth {
                Worth::Right => self.docket.pass(ids),
                Worth::Tolerated => self.charge(ids, Some(Severity::Warning), &finding),
                Worth::Unjudged => {
                    let why = reaction.sentence();
                    self.inconclusive(all(&expected.judges, &expected.at), &why, &reaction.evidence());
                }
                Worth::Wrong => self.charge(ids, expected.otherwise, &finding),
            }
        }
        // Where a refusal is wanted, or does no harm, what follows does not rest on acceptance.
        let wants_success = send
            .answer
            .as_ref()
            .is_none_or(|answer| answer.is.iter().all(|pattern| pattern.starts_with('2')));
        let precondition = send.answer.as_ref().is_none_or(|answer| answer.judges.as_slice().is_empty());
        // A retransmission is answered in its old transaction, or not at all.
        if send.message == Template::Again && matches!(reaction, Reaction::Silence(_)) {
            return;
        }
        let unsent = matches!(reaction, Reaction::NoSession(..));
        let missed = worth == Worth::Wrong && (wants_success || precondition);
        if unsent || missed && !self.refusal_is_enough(&reaction, send) {
            self.break_off(&place.path, unwanted(send, &reaction), reaction.evidence());
        }
    }

    /// A scenario that awaits a refusal goes on where the message was accepted, if it judges that.
    fn refusal_is_enough(&self, reaction: &Reaction, send: &Send) -> bool {
        let judging = send.answer.as_ref().is_some_and(|answer| !answer.judges.as_slice().is_empty());
        judging && reaction.is_success()
    }

    /// The message or reply of that name.
    fn subject(&self, name: &str) -> Subject {
        match self.environment.get(name) {
            Some(Binding::Message(message)) => Subject::Message(message.clone()),
            Some(Binding::Value(reply)) => Subject::Reply(reply.clone(), None),
            None => Subject::None,
        }
    }

    /// Evaluates assertions on the message or reply of a step.
    fn assert_all(&mut self, assertions: &[Assertion], subject: &Subject) {
        for assertion in assertions {
            match &assertion.check {
                Some(name) => self.check(assertion, name, subject),
                None => self.assert(assertion, subject),
            }
        }
    }

    fn assert(&mut self, assertion: &Assertion, subject: &Subject) {
        if self.is_of_other_carrier(assertion, subject) {
            return;
        }
        let ids = assertion.judges.as_slice();
        let found = match assertion::evaluate(assertion, subject, &self.environment, self.case) {
            Outcome::Met => return self.docket.pass(ids),
            Outcome::Found(found) => found,
        };
        // What a scenario holds for no basis of a verdict is a precondition of all that follows.
        if assertion.otherwise == Some(Severity::Inconclusive) {
            let why = format!("an earlier precondition is not met. {}", found.message);
            self.break_off(&self.here.clone(), why, found.evidence.clone());
        }
        for id in ids {
            let verdict = found.verdict.unwrap_or_else(|| by_level(self.case.ledger, id));
            let finding = Finding {
                verdict,
                oracle: "assertion".to_owned(),
                message: found.message.clone(),
                admissible: found.admissible.clone(),
                reading: assertion.reading.clone(),
                asserted_at: Some(assertion.at.clone()),
                class: None,
                evidence: found.evidence.clone(),
            };
            self.docket.find([id], &finding);
        }
    }

    /// The message that an assertion looks at.
    fn message_of(&self, assertion: &Assertion, subject: &Subject) -> Option<Arc<Message>> {
        let named = assertion.of.as_ref().and_then(|name| self.environment.message(name)).cloned();
        named.or(match subject {
            Subject::Message(message) => Some(message.clone()),
            _ => None,
        })
    }

    /// Whether an assertion is about SIP and the message came by MSRP, or the other way round. Nothing is said then: what
    /// it demands is demanded of another protocol.
    fn is_of_other_carrier(&self, assertion: &Assertion, subject: &Subject) -> bool {
        let of_reply = assertion.of.as_ref().is_some_and(|name| self.environment.message(name).is_none());
        let message = self.message_of(assertion, subject).filter(|_| !of_reply);
        let selector = assertion.that.as_deref();
        selector.zip(message).is_some_and(|(selector, message)| is_of_other_carrier(selector, &message))
    }

    fn check(&mut self, assertion: &Assertion, name: &str, subject: &Subject) {
        let message = self.message_of(assertion, subject);
        let scene =
            standing::Scene { case: self.case, capture: &self.capture, environment: &self.environment };
        let violated = standing::asserted(&scene, assertion, name, message.as_deref(), &mut self.docket);
        if let Some((found, evidence)) =
            violated.filter(|_| assertion.otherwise == Some(Severity::Inconclusive))
        {
            let why = format!("an earlier precondition is not met. {found}");
            self.break_off(&self.here.clone(), why, evidence);
        }
    }

    /// Charges requirements, each by its level unless the scenario says otherwise.
    fn charge(&mut self, ids: &[String], otherwise: Option<Severity>, finding: &Finding) {
        for id in ids {
            let verdict = otherwise.map_or_else(|| by_level(self.case.ledger, id), verdict_of);
            match verdict {
                Verdict::Pass => self.docket.pass([id]),
                verdict => self.docket.find([id], &Finding { verdict, ..finding.clone() }),
            }
        }
    }

    /// Nothing can be said about requirements, and why.
    fn inconclusive<'s>(
        &mut self,
        judged: impl IntoIterator<Item = Judged<'s>>,
        why: &str,
        evidence: &[Evidence],
    ) {
        let message = format!("There is no basis for a verdict: {}.", why.trim_end_matches('.'));
        for Judged { id, at } in judged {
            let finding = Finding {
                message: message.clone(),
                oracle: "precondition".to_owned(),
                asserted_at: Some(at.clone()),
                evidence: evidence.to_vec(),
                ..blank()
            };
            self.docket.find([id], &finding);
        }
    }

    /// Steps that the run never came to.
    fn unreached(&mut self) {
        let case = self.case;
        for (path, judged) in leaves(case.scenario) {
            let settled = (1..path.len()).any(|depth| self.settled.contains(&path[..depth]));
            if !settled && !self.ended.contains(&path) {
                self.inconclusive(judged, "the run ended before this step; run the scenario again", &[]);
            }
        }
    }

    /// Trouble makes everything in the case an error of its class, never the IUT's fault.
    fn trouble(&mut self) {
        let ids: HashSet<&str> =
            self.case.scenario.steps.iter().flat_map(judged).map(|judged| judged.id).collect();
        for (id, event) in self.case.record.iter() {
            let EventKind::Trouble { class, text, .. } = &event.kind else { continue };
            let finding = Finding {
                verdict: Verdict::Error,
                oracle: "trouble".to_owned(),
                message: text.clone(),
                class: Some(class.clone()),
                ..blank()
            };
            for requirement in &ids {
                self.docket.find_once(requirement, &finding, id);
            }
        }
    }
}

/// Where a step stands in scenario and record.
struct Place {
    id: StepId,
    path: StepPath,
    began: EventId,
}

fn unwanted(send: &Send, reaction: &Reaction) -> String {
    let wanted = match &send.answer {
        Some(answer) => answer.is.join(", "),
        None => "2xx".to_owned(),
    };
    let peer = send.peer.as_ref().map_or(String::new(), |peer| format!(" of {}", peer.0));
    format!("an earlier message{peer} was to be answered with {wanted}. {}", reaction.sentence())
}

/// An inconclusive finding that says nothing yet.
fn blank() -> Finding {
    Finding {
        verdict: Verdict::Inconclusive,
        oracle: String::new(),
        message: String::new(),
        admissible: String::new(),
        reading: None,
        asserted_at: None,
        class: None,
        evidence: Vec::new(),
    }
}
