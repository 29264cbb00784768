//! Fills in what a scenario shows as it stands in its file: where its parts are, and what ties it to SIP.

use std::ops::Range;

use crate::model::{Assertion, Charge, ExpectedAnswer, Scenario, ScenarioFile, Step};
use crate::strict::Node;
use crate::tied;

/// Fills in `at` and `against_sessions` throughout a file.
pub(crate) fn file(file: &mut ScenarioFile, tree: &Node) {
    let scenarios = tree.at("scenarios");
    for (index, scenario) in file.scenarios.iter_mut().enumerate() {
        let node = scenarios.item(index);
        scenario.against_sessions = tied::reason(file.document, &scenario.steps, node.at("steps"));
        locate_scenario(scenario, node);
    }
}

fn locate_scenario(scenario: &mut Scenario, node: &Node) {
    scenario.at = node.span.clone();
    steps(&mut scenario.steps, node.at("steps"));
}

fn steps(steps: &mut [Step], node: &Node) {
    for (index, step) in steps.iter_mut().enumerate() {
        let whole = node.item(index);
        let Some(entry) = whole.entries().first() else { continue };
        locate_step(step, whole, &entry.value);
    }
}

/// `whole` includes the key that names the kind of the step, `inner` is what stands below it.
fn locate_step(step: &mut Step, whole: &Node, inner: &Node) {
    let at = whole.span.clone();
    match step {
        Step::Send(send) => {
            send.at = at;
            answer(send.answer.as_mut(), inner);
        }
        Step::Expect(expect) => {
            expect.at = at;
            missing(expect.missing.as_mut(), inner);
            assertions(&mut expect.assert, inner);
        }
        Step::Quiet(quiet) => quiet.at = at,
        Step::Unharmed(unharmed) => unharmed.at = at,
        Step::Command(command) => {
            command.at = at;
            assertions(&mut command.assert, inner);
        }
        Step::Repeat(repeat) => steps(&mut repeat.steps, inner.at("steps")),
        Step::Together(together) => steps(together, inner),
        Step::Verify(verify) => assertions(&mut verify.assert, inner),
        Step::Raw(_) | Step::Answer(_) | Step::Wait(_) => {}
    }
}

fn answer(answer: Option<&mut ExpectedAnswer>, step: &Node) {
    if let Some(answer) = answer {
        answer.at = entry(step, "answer");
    }
}

fn missing(charge: Option<&mut Charge>, step: &Node) {
    if let Some(charge) = charge {
        charge.at = entry(step, "missing");
    }
}

fn assertions(assertions: &mut [Assertion], step: &Node) {
    for (index, assertion) in assertions.iter_mut().enumerate() {
        assertion.at = step.at("assert").item(index).span.clone();
    }
}

/// A key with its value.
fn entry(node: &Node, key: &str) -> Range<usize> {
    node.entry(key).map_or_else(|| node.span.clone(), |entry| entry.span())
}
