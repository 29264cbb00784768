//! Runs and scenarios of the usual exchanges, whatever the document.

use imdnspec_judge::{Case, Ics, Judgement, Verdict, judge};
use record::StepOutcome;
use scenario::model::Scenario;
use serde_json::json;
use wire::profile::Profile;

use super::{LEDGER, Run, assert_presentable, edit, scenario, wire};

impl Run {
    pub fn judge_by(&self, profile: &'static Profile, scenario: &Scenario, ics: &Ics) -> Vec<Judgement> {
        let judgements = judge(&Case { record: &self.record, scenario, profile, ledger: &LEDGER, ics });
        assert_presentable(&judgements);
        judgements
    }
}

/// A message of a peer, and what came back about it.
pub fn answered_run(im: &str, reports: &[&str]) -> Run {
    let mut run = Run::new();
    run.exchange(0, "im", im, 200);
    for (index, report) in reports.iter().enumerate() {
        run.expect(&[(index as u32 + 1, 0)], wire(report));
    }
    run
}

/// A scenario that awaits so many reports from an IUT of that role, and asserts something of the last.
pub fn answered_scenario(role: &str, reports: usize, assertions: &str) -> Scenario {
    let expect = |last: bool| {
        let assertions = if last { assertions } else { "" };
        format!(", {{expect: {{message: report, about: im, assert: [{assertions}]}}}}")
    };
    let awaited: String = (1..=reports).map(|number| expect(number == reports)).collect();
    scenario(&format!(
        "{{id: s, title: t, role: {role}, peers: [P, X], steps: [{{send: {{message: im-req, as: im}}}}{awaited}]}}"
    ))
}

/// The usual exchange of an IUT that asks: command, message.
pub fn sending_run(receipts: &[&str], request: &str) -> Run {
    let mut run = Run::new();
    run.command(0, json!({"command": "send", "receipts": receipts}), json!({"ok": true}));
    run.expect(&[(1, 0)], wire(request));
    run
}

/// A scenario in which an IUT of that role is asked for a message, and something is asserted of it.
pub fn asked_scenario(role: &str, assertions: &str) -> Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: {role}, steps: [{{command: {{ask: send}}}}, \
         {{expect: {{message: any, assert: [{assertions}]}}}}]}}"
    ))
}

/// A step in which nothing happens.
pub fn idle(run: &mut Run, index: u32) {
    run.begin(&[(index, 0)]);
    run.end(StepOutcome::Done(Vec::new()));
}

/// The same report in another transaction.
pub fn again(text: &str, call: &str) -> String {
    edit(&edit(text, "Call-ID: c2", &format!("Call-ID: {call}")), "bK2", &format!("bK{call}"))
}

/// What is blamed, passes and what has no basis left out.
pub fn faults(judgements: &[Judgement]) -> Vec<(&str, Verdict)> {
    let bad = judgements.iter().filter(|judgement| judgement.verdict > Verdict::Inconclusive);
    bad.map(|judgement| (&*judgement.requirement, judgement.verdict)).collect()
}

pub fn owned(judgements: &[Judgement]) -> Vec<(String, Verdict)> {
    faults(judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

pub fn expect(name: &str, found: &[(String, Verdict)], wanted: &[(&str, Verdict)]) {
    let found: Vec<(&str, Verdict)> = found.iter().map(|(id, verdict)| (&**id, *verdict)).collect();
    assert_eq!(found, wanted, "{name}");
}
