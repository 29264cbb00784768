//! Where a step of the record stands in its scenario, and what it judges.

use record::StepPath;
use scenario::model::{Assertion, Scenario, Step};

/// The step at a path.
pub(super) fn step_at<'s>(scenario: &'s Scenario, path: &StepPath) -> Option<&'s Step> {
    let mut steps = &scenario.steps;
    let mut indices = path.indices().peekable();
    while let Some(index) = indices.next() {
        let step = steps.get(usize::try_from(index).ok()?)?;
        match step {
            _ if indices.peek().is_none() => return Some(step),
            Step::Repeat(repeat) => steps = &repeat.steps,
            _ => return None,
        }
    }
    None
}

/// The paths of all steps that are no `repeat`, by indices alone, with the requirements that each of them judges.
pub(crate) fn leaves(scenario: &Scenario) -> Vec<(Vec<u32>, Vec<&str>)> {
    let mut found = Vec::new();
    collect(&scenario.steps, &mut Vec::new(), &mut found);
    found
}

fn collect<'s>(steps: &'s [Step], path: &mut Vec<u32>, found: &mut Vec<(Vec<u32>, Vec<&'s str>)>) {
    for (index, step) in (0..).zip(steps) {
        path.push(index);
        match step {
            Step::Repeat(repeat) => collect(&repeat.steps, path, found),
            step => found.push((path.clone(), judged(step))),
        }
        path.pop();
    }
}

/// The requirements that a step judges, those of steps inside it included.
pub(super) fn judged(step: &Step) -> Vec<&str> {
    match step {
        Step::Send(send) => send.answer.iter().flat_map(|answer| texts(answer.judges.as_slice())).collect(),
        Step::Expect(expect) => {
            let missing = expect.missing.iter().flat_map(|charge| texts(charge.judges.as_slice()));
            missing.chain(asserted(&expect.assert)).collect()
        }
        Step::Quiet(quiet) => texts(quiet.judges.as_slice()).collect(),
        Step::Command(command) => asserted(&command.assert).collect(),
        Step::Verify(verify) => asserted(&verify.assert).collect(),
        Step::Repeat(repeat) => repeat.steps.iter().flat_map(judged).collect(),
        Step::Raw(_) | Step::Answer(_) => Vec::new(),
    }
}

fn asserted(assertions: &[Assertion]) -> impl Iterator<Item = &str> {
    assertions.iter().flat_map(|assertion| texts(assertion.judges.as_slice()))
}

fn texts(ids: &[String]) -> impl Iterator<Item = &str> {
    ids.iter().map(String::as_str)
}

/// Whether what happened at `earlier` comes before `later` in the same course of events: other rounds of a `repeat` go
/// on independently.
pub(super) fn precedes(earlier: &StepPath, later: &StepPath) -> bool {
    for ((index, round), (other, other_round)) in earlier.0.iter().zip(&later.0) {
        if round != other_round {
            return false;
        }
        if index != other {
            return index < other;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_go_on_independently() {
        let outer = StepPath::default().child(1, 0);
        let path = |index, round| outer.child(index, round);
        assert!(precedes(&path(0, 3), &path(1, 3)));
        assert!(!precedes(&path(0, 3), &path(1, 4)));
        assert!(!precedes(&path(1, 3), &path(0, 3)));
        assert!(precedes(&path(0, 3), &StepPath::default().child(2, 0)), "what follows the repeat");
        assert!(precedes(&StepPath::default().child(0, 0), &path(0, 9)));
    }
}
