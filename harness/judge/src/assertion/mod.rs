//! Assertions of a scenario: one operator on the values of one selector.

pub(crate) mod encoded;
mod operator;

use std::sync::Arc;

use ledger::{Ledger, Severity as LevelSeverity};
use record::EventId;
use scenario::model::{Assertion, Severity};
use serde_json::Value as Json;

use crate::capture::{Message, View};
use crate::select::{Binding, Environment, Unresolved, Value, of_message, of_object};
use crate::verdict::{Evidence, Verdict};
use crate::{Case, evidence};

pub use operator::filled;
use operator::{Judged, Operator};

/// What an assertion looks at.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A message.
    Message(Arc<Message>),
    /// The reply to a command.
    Reply(Json, Option<EventId>),
    /// Nothing.
    None,
}

/// What came of an assertion.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It holds.
    Met,
    /// It does not, or only by a second reading.
    Found(Found),
}

/// Why an assertion does not simply hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// Fixed, or by the requirement's level if `None`.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) message: String,
    pub(crate) admissible: String,
    pub(crate) evidence: Vec<Evidence>,
}

/// Puts an assertion to the test. `check:` assertions are not for here.
pub(crate) fn evaluate(
    assertion: &Assertion,
    subject: &Subject,
    environment: &Environment,
    case: &Case<'_>,
) -> Outcome {
    let subject = match named(assertion, subject, environment) {
        Ok(subject) => subject,
        Err(unresolved) => return unclear(&unresolved),
    };
    let Some(selector) = assertion.that.as_deref() else {
        return unclear("the assertion does not say what it looks at");
    };
    let operator = match Operator::of(assertion, environment) {
        Ok(operator) => operator,
        Err(unresolved) => return unclear(&unresolved),
    };
    match select(&subject, selector, environment) {
        Ok(Some(values)) => Test { assertion, subject: &subject, selector, case }.judge(&operator, &values),
        Ok(None) => absent(assertion, selector),
        Err(unresolved) => unclear(&unresolved),
    }
}

/// Verdict for a requirement that is not met, by its level (G-5). MAY is charged when the option is used wrongly, and
/// only then an assertion about it can fail.
pub(crate) fn by_level(ledger: &Ledger, id: &str) -> Verdict {
    match ledger.get(id).map(|requirement| requirement.level.severity()) {
        Some(LevelSeverity::Warning) => Verdict::Warning,
        Some(LevelSeverity::Failure | LevelSeverity::OnMisuse) | None => Verdict::Fail,
    }
}

/// The verdict that a scenario asks for.
pub(crate) fn verdict_of(severity: Severity) -> Verdict {
    match severity {
        Severity::Pass => Verdict::Pass,
        Severity::Inconclusive => Verdict::Inconclusive,
        Severity::Warning => Verdict::Warning,
        Severity::Fail => Verdict::Fail,
    }
}

fn named(assertion: &Assertion, subject: &Subject, environment: &Environment) -> Result<Subject, Unresolved> {
    let Some(name) = &assertion.of else { return Ok(subject.clone()) };
    match environment.get(name) {
        Some(Binding::Message(message)) => Ok(Subject::Message(message.clone())),
        Some(Binding::Value(value)) => Ok(Subject::Reply(value.clone(), None)),
        None => Err(Unresolved::Unknown(name.clone())),
    }
}

/// The values to judge; `None` where there is nothing to look at at all.
fn select(
    subject: &Subject,
    selector: &str,
    environment: &Environment,
) -> Result<Option<Vec<Value>>, Unresolved> {
    match subject {
        Subject::Message(message) => {
            let view = View::new(message, environment.profile());
            let values = of_message(&view, selector)?;
            // Without a document that can be read nothing can be said about its elements, not even that one is missing.
            let unreadable = view.document.as_ref().is_none_or(|document| !document.is_well_formed());
            Ok((!selector.starts_with("document.") || !unreadable).then_some(values))
        }
        Subject::Reply(reply, _) => {
            let there = reply.get(selector).is_some_and(|value| !value.is_null()) || selector == "address";
            Ok(there.then(|| of_object(reply, selector)))
        }
        Subject::None => Ok(None),
    }
}

fn unclear(why: &(impl ToString + ?Sized)) -> Outcome {
    Outcome::Found(Found {
        verdict: Some(Verdict::Inconclusive),
        message: format!("There is no basis for a verdict: {}.", why.to_string()),
        admissible: String::new(),
        evidence: Vec::new(),
    })
}

fn absent(assertion: &Assertion, selector: &str) -> Outcome {
    let verdict = assertion.absent.map_or(Verdict::Inconclusive, verdict_of);
    if verdict == Verdict::Pass {
        return Outcome::Met;
    }
    Outcome::Found(Found {
        verdict: Some(verdict),
        message: format!("There is no `{selector}` to look at."),
        admissible: assertion.say.clone().unwrap_or_default(),
        evidence: Vec::new(),
    })
}

/// One assertion on values that are there.
struct Test<'t> {
    assertion: &'t Assertion,
    subject: &'t Subject,
    selector: &'t str,
    case: &'t Case<'t>,
}

impl Test<'_> {
    fn judge(&self, operator: &Operator, values: &[Value]) -> Outcome {
        if let Some(judged) = operator.on_all(values) {
            return self.outcome(judged, values.first(), operator);
        }
        if values.is_empty() {
            let mut outcome = absent(self.assertion, self.selector);
            if let Outcome::Found(found) = &mut outcome {
                found.evidence.extend(self.evidence(None, "not here"));
            }
            return outcome;
        }
        let worst = values.iter().map(|value| (operator.on_one(value), value));
        let rank = |judged: &Judged| match judged {
            Judged::Met => 0,
            Judged::Tolerated => 1,
            Judged::Broken(_) => 2,
        };
        // Of equals the first one, so that the caret stands where reading begins.
        let worst = worst.reduce(|worst, next| if rank(&next.0) > rank(&worst.0) { next } else { worst });
        match worst {
            Some((judged, value)) => self.outcome(judged, Some(value), operator),
            None => Outcome::Met,
        }
    }

    fn outcome(&self, judged: Judged, value: Option<&Value>, operator: &Operator) -> Outcome {
        let (verdict, message, label) = match judged {
            Judged::Met => return Outcome::Met,
            Judged::Tolerated => {
                let value = value.map_or_else(String::new, |value| evidence::quote(&value.text));
                let message = format!("`{}` is {value}, which only a second reading allows.", self.selector);
                (Some(Verdict::Warning), message, "a second reading".to_owned())
            }
            Judged::Broken(why) => {
                let verdict = self.assertion.otherwise.map(verdict_of);
                (verdict, format!("`{}` {why}.", self.selector), why)
            }
        };
        if verdict == Some(Verdict::Pass) {
            return Outcome::Met;
        }
        let admissible = self.assertion.say.clone().unwrap_or_else(|| operator.admissible(self.selector));
        Outcome::Found(Found { verdict, message, admissible, evidence: self.evidence(value, &label) })
    }

    fn evidence(&self, value: Option<&Value>, label: &str) -> Vec<Evidence> {
        let place = value.and_then(|value| value.place.clone());
        match (self.subject, place) {
            (Subject::Message(message), Some(place)) => vec![evidence::at(message, place, label)],
            (Subject::Message(message), None) => vec![evidence::whole(message, label)],
            (Subject::Reply(_, Some(event)), _) => {
                evidence::spoken(self.case.record, *event, label).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}
