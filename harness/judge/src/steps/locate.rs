//! Where a step of the record stands in its scenario, and what it judges.

use std::ops::Range;

use record::StepPath;
use scenario::model::{Assertion, Ids, Scenario, Step};

/// The step at a path.
pub(super) fn step_at<'s>(scenario: &'s Scenario, path: &StepPath) -> Option<&'s Step> {
    let mut steps = &scenario.steps;
    let mut indices = path.indices().peekable();
    while let Some(index) = indices.next() {
        let step = steps.get(usize::try_from(index).ok()?)?;
        match step {
            _ if indices.peek().is_none() => return Some(step),
            Step::Repeat(repeat) => steps = &repeat.steps,
            Step::Together(together) => steps = together,
            _ => return None,
        }
    }
    None
}

/// A requirement that a step judges, and where the scenario says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged<'s> {
    pub(crate) id: &'s str,
    pub(crate) at: &'s Range<usize>,
}

/// The paths of all steps that hold no others, by indices alone, with the requirements that each of them judges.
pub(super) fn leaves(scenario: &Scenario) -> Vec<(Vec<u32>, Vec<Judged<'_>>)> {
    let mut found = Vec::new();
    collect(&scenario.steps, &mut Vec::new(), &mut found);
    found
}

fn collect<'s>(steps: &'s [Step], path: &mut Vec<u32>, found: &mut Vec<(Vec<u32>, Vec<Judged<'s>>)>) {
    for (index, step) in (0..).zip(steps) {
        path.push(index);
        match step {
            Step::Repeat(repeat) => collect(&repeat.steps, path, found),
            Step::Together(together) => collect(together, path, found),
            step => found.push((path.clone(), judged(step))),
        }
        path.pop();
    }
}

/// The requirements that a step judges, those of steps inside it included.
pub(super) fn judged(step: &Step) -> Vec<Judged<'_>> {
    match step {
        Step::Send(send) => send.answer.iter().flat_map(|answer| all(&answer.judges, &answer.at)).collect(),
        Step::Expect(expect) => {
            let missing = expect.missing.iter().flat_map(|charge| all(&charge.judges, &charge.at));
            missing.chain(asserted(&expect.assert)).collect()
        }
        Step::Quiet(quiet) => all(&quiet.judges, &quiet.at).collect(),
        Step::Command(command) => asserted(&command.assert).collect(),
        Step::Verify(verify) => asserted(&verify.assert).collect(),
        Step::Unharmed(unharmed) => all(&unharmed.judges, &unharmed.at).collect(),
        Step::Repeat(repeat) => repeat.steps.iter().flat_map(judged).collect(),
        Step::Together(together) => together.iter().flat_map(judged).collect(),
        Step::Raw(_) | Step::Answer(_) | Step::Wait(_) => Vec::new(),
    }
}

/// The requirements that assertions judge.
pub(super) fn asserted(assertions: &[Assertion]) -> impl Iterator<Item = Judged<'_>> {
    assertions.iter().flat_map(|assertion| all(&assertion.judges, &assertion.at))
}

/// The requirements of one place.
pub(super) fn all<'s>(ids: &'s Ids, at: &'s Range<usize>) -> impl Iterator<Item = Judged<'s>> {
    ids.as_slice().iter().map(move |id| Judged { id, at })
}

/// Whether what happened at `earlier` comes before `later` in the same course of events: other rounds of a `repeat`, and
/// other steps of a `together`, which count as rounds, go on independently.
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
