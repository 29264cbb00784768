//! Running checks: where an assertion asks for one, and everywhere.

use record::EventId;
use scenario::model::Assertion;

use super::{Check, Context, LooksAt, Observation, Scene, checks};
use crate::assertion::{by_level, verdict_of};
use crate::capture::{Class, Message, View};
use crate::docket::Docket;
use crate::verdict::{Evidence, Finding, Verdict};

/// Runs the check that an assertion asks for on the message of its step, and gives what it finds wrong.
pub(crate) fn asserted(
    scene: &Scene<'_>,
    assertion: &Assertion,
    name: &str,
    message: Option<&Message>,
    docket: &mut Docket,
) -> Option<(String, Vec<Evidence>)> {
    let ids: Vec<&str> = assertion.judges.as_slice().iter().map(String::as_str).collect();
    let Some(check) = checks(scene.case.profile).find(|check| check.name == name) else {
        let observation =
            Observation::unclear(format!("There is no check named `{name}` for this document."));
        docket.find(ids, &finding(&observation, name, Some(assertion)));
        return None;
    };
    let observations = on(scene, check, message);
    let mut open = ids.clone();
    for observation in &observations {
        let found = finding(observation, name, Some(assertion));
        let charged = charged(check, observation, &ids);
        open.retain(|id| !charged.contains(id));
        for id in charged {
            let levelled = observation.foreign && assertion.otherwise.is_none();
            let verdict = if levelled { by_level(scene.case.ledger, id) } else { found.verdict };
            let finding = Finding { verdict, ..found.clone() };
            match observation.event.or(message.map(|message| message.event)) {
                Some(event) => docket.find_once(id, &finding, event),
                None => docket.find([id], &finding),
            }
        }
    }
    if observations.is_empty() {
        docket.pass(ids);
        return None;
    }
    // The check did find something, only not about these requirements.
    let other =
        Observation::unclear(format!("`{name}` found something that it charges to another requirement."));
    docket.find(open, &finding(&other, name, Some(assertion)));
    let violated = observations.into_iter().find(|seen| seen.verdict > Verdict::Inconclusive);
    violated.map(|seen| (seen.message, seen.evidence))
}

/// Applies every check to everything it looks at; only violations count.
pub(crate) fn everywhere(scene: &Scene<'_>, docket: &mut Docket) {
    for message in scene.capture.of_iut() {
        with_context(scene, Some(message), |context| {
            for check in checks(scene.case.profile).filter(|check| wants(check, scene, message)) {
                note(check, check.look(context), message.event, docket);
            }
        });
    }
    for check in checks(scene.case.profile).filter(|check| check.looks_at == LooksAt::Record) {
        note(check, on(scene, check, None), EventId(0), docket);
    }
}

fn note(check: &Check, observations: Vec<Observation>, event: EventId, docket: &mut Docket) {
    let counts = |seen: &&Observation| seen.verdict > Verdict::Inconclusive && !seen.foreign;
    for observation in observations.iter().filter(counts) {
        let finding = finding(observation, check.name, None);
        docket.excuse(observation.excuses, &finding.message);
        let usual = if observation.usual.is_empty() { &observation.charged } else { &observation.usual };
        let charged = if usual.is_empty() { check.requirements } else { usual };
        for id in charged {
            docket.find_once(id, &finding, observation.event.unwrap_or(event));
        }
    }
}

fn on(scene: &Scene<'_>, check: &Check, message: Option<&Message>) -> Vec<Observation> {
    let message = message.filter(|_| check.looks_at != LooksAt::Record);
    let enclosing = message.filter(|m| check.looks_at == LooksAt::Report && scene.is_relayed(m.event));
    if let Some(message) = enclosing {
        let why = "The report encloses one of a peer, which is not the IUT's to compose.";
        return vec![Observation::unclear(why).seen(message)];
    }
    with_context(scene, message, |context| check.look(context))
}

/// Takes the message and the one it is about apart, once for all that look at them.
fn with_context<T>(scene: &Scene<'_>, message: Option<&Message>, look: impl FnOnce(&Context<'_>) -> T) -> T {
    let profile = scene.case.profile;
    let view = message.map(|message| View::new(message, profile));
    let copied = |event| scene.capture.copy_of(event).filter(|_| scene.is_intermediary());
    let source = |event| scene.capture.get(copied(event)?);
    let subject = message.and_then(|m| scene.capture.about(m.event).or_else(|| source(m.event)));
    let subject = subject.map(|subject| View::new(subject, profile));
    look(&Context { scene, view: view.as_ref(), subject: subject.as_ref() })
}

fn wants(check: &Check, scene: &Scene<'_>, message: &Message) -> bool {
    let report = scene.capture.is_report(message.event);
    let relayed = scene.is_relayed(message.event);
    // Beside a request in the terms of another document there may be one in those of this run.
    let asks = message.class == Class::Request && !report && message.foreign.is_none();
    let copy = scene.is_intermediary() && !report && matches!(message.class, Class::Im | Class::Request);
    match check.looks_at {
        LooksAt::Report => report && !relayed,
        LooksAt::Relay => relayed,
        LooksAt::Request => asks && !copy,
        LooksAt::RequestOrCopy => asks || copy,
        LooksAt::Copy => copy,
        LooksAt::Im => message.class != Class::Other && !report,
        LooksAt::Message => message.class != Class::Other,
        LooksAt::Record | LooksAt::Asked => false,
    }
}

fn all<'o>(check: &'o Check, observation: &'o Observation) -> &'o [&'static str] {
    if observation.charged.is_empty() { check.requirements } else { &observation.charged }
}

/// The requirements of the table, or those of the assertion where they are among them. What says that there is no
/// basis always goes to the assertion, and so does what only a scenario can prepare.
fn charged<'s>(check: &Check, observation: &Observation, ids: &[&'s str]) -> Vec<&'s str>
where
    'static: 's,
{
    if observation.foreign {
        return ids.iter().copied().filter(|id| !check.requirements.contains(id)).collect();
    }
    let table = all(check, observation);
    let asked = check.looks_at == LooksAt::Asked || observation.verdict <= Verdict::Inconclusive;
    if asked && observation.charged.is_empty() || ids.iter().all(|id| table.contains(id)) {
        ids.to_vec()
    } else {
        table.to_vec()
    }
}

fn finding(observation: &Observation, oracle: &str, assertion: Option<&Assertion>) -> Finding {
    let otherwise = assertion.and_then(|assertion| assertion.otherwise).map(verdict_of);
    let verdict = match observation.verdict {
        Verdict::Fail => otherwise.unwrap_or(Verdict::Fail),
        verdict => verdict,
    };
    let reading = observation.reading.map(str::to_owned);
    let say = assertion.and_then(|assertion| assertion.say.clone()).unwrap_or_default();
    Finding {
        verdict,
        oracle: oracle.to_owned(),
        message: observation.message.clone(),
        admissible: if observation.admissible.is_empty() { say } else { observation.admissible.clone() },
        reading: reading.or_else(|| assertion.and_then(|assertion| assertion.reading.clone())),
        asserted_at: assertion.map(|assertion| assertion.at.clone()),
        class: None,
        evidence: observation.evidence.clone(),
    }
}
