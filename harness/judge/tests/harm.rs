//! What hostile input has done, out of records written by hand: which trouble is a finding, and which is none.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{IM, Run, assert_presentable, blamed, response, scenario, verdict_on, wire};
use imdnspec_judge::{Finding, Judgement, Verdict};
use record::{Blame, EventKind, Novelty, Purpose, StepOutcome};
use scenario::model::Scenario;

const ID: &str = "ROB-1-1";

fn hostile() -> Scenario {
    scenario(
        "{id: s, title: t, role: ua-any, steps: [{unharmed: {}}, {send: {message: report, hostile: true}}, \
         {unharmed: {judges: ROB-1-1, say: It goes on.}}, {unharmed: {judges: ROB-1-2}}]}",
    )
}

/// A look that a sane message was answered in.
fn look(run: &mut Run, index: u32, status: u16) {
    run.begin(&[(index, 0)]);
    let request = run.sent(Purpose::Request, wire(IM));
    let answer = run.received(Novelty::Response(request), wire(&response(status)));
    run.end(StepOutcome::Done(vec![answer]));
}

/// A look before, and hostile input.
fn until_input() -> Run {
    let mut run = Run::new();
    look(&mut run, 0, 200);
    run.begin(&[(1, 0)]);
    run.sent(Purpose::Request, wire("MESSAGE sip:bob@127.0.0.1:5062 SIP/2.0\n\nhostile"));
    run.end(StepOutcome::Done(Vec::new()));
    run
}

fn trouble(run: &mut Run, class: &str) {
    run.begin(&[(2, 0)]);
    run.push(EventKind::Trouble { blame: Blame::Iut, class: class.into(), text: "so it is".into() });
}

fn oracle<'a>(judgements: &'a [Judgement], id: &str) -> &'a Finding {
    let judgement = judgements.iter().find(|one| one.requirement == id).unwrap();
    judgement.findings.iter().find(|found| found.verdict == judgement.verdict).unwrap()
}

#[test]
fn who_goes_on_passes() {
    let mut run = until_input();
    look(&mut run, 2, 202);
    look(&mut run, 3, 200);
    let judgements = run.judge(&hostile());
    assert_eq!(judgements.len(), 2);
    assert_eq!(blamed(&judgements), []);
}

#[test]
fn trouble_behind_hostile_input_is_a_finding() {
    for (class, expected) in [
        ("iut-crashed", "died"),
        ("iut-hung", "hung"),
        ("driver-silent", "hung"),
        ("iut-unreachable", "hung"),
    ] {
        let mut run = until_input();
        trouble(&mut run, class);
        let judgements = run.judge(&hostile());
        assert_presentable(&judgements);
        // The first look that was not come to the end of is charged; the other has no basis.
        assert_eq!(blamed(&judgements), [(ID, Verdict::Fail), ("ROB-1-2", Verdict::Inconclusive)], "{class}");
        let found = oracle(&judgements, ID);
        assert_eq!((found.oracle.as_str(), found.class.as_deref()), (expected, Some(Finding::ROBUSTNESS)));
        assert_eq!(found.admissible, "It goes on.");
        assert!(found.evidence[0].octets.ends_with(b"hostile"), "{found:?}");
    }
}

#[test]
fn a_later_look_is_charged_where_the_first_was_passed() {
    let mut run = until_input();
    look(&mut run, 2, 200);
    run.begin(&[(3, 0)]);
    run.push(EventKind::Trouble { blame: Blame::Iut, class: "iut-crashed".into(), text: "x".into() });
    let judgements = run.judge(&hostile());
    assert_eq!(blamed(&judgements), [("ROB-1-2", Verdict::Fail)]);
    assert_eq!(verdict_on(&judgements, ID), Some(Verdict::Pass));
}

#[test]
fn trouble_of_others_stays_an_error() {
    for class in ["driver-garbage", "harness", "iut-flood"] {
        let mut run = until_input();
        trouble(&mut run, class);
        let judgements = run.judge(&hostile());
        assert_eq!(verdict_on(&judgements, ID), Some(Verdict::Error), "{class}");
        assert_eq!(oracle(&judgements, ID).class.as_deref(), Some(class));
    }
}

#[test]
fn trouble_before_hostile_input_is_nobodys_failure() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    run.push(EventKind::Trouble { blame: Blame::Iut, class: "iut-crashed".into(), text: "x".into() });
    let judgements = run.judge(&hostile());
    assert_eq!(blamed(&judgements), [(ID, Verdict::Error), ("ROB-1-2", Verdict::Error)]);
}

#[test]
fn who_was_silent_before_is_not_judged() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    run.sent(Purpose::Request, wire(IM));
    run.end(StepOutcome::Elapsed);
    for index in 1..4 {
        run.begin(&[(index, 0)]);
        run.end(StepOutcome::Skipped("a sane message got no final answer".into()));
    }
    let judgements = run.judge(&hostile());
    assert_eq!(blamed(&judgements), [(ID, Verdict::Inconclusive), ("ROB-1-2", Verdict::Inconclusive)]);
}

#[test]
fn who_fetches_is_found_whether_it_lives_or_not() {
    let fetched =
        || EventKind::Fetched { url: "http://127.0.0.1:1/x".into(), octets: wire("GET /x HTTP/1.1\n") };
    let mut lives = until_input();
    lives.push(fetched());
    look(&mut lives, 2, 200);
    let mut dies = until_input();
    dies.push(fetched());
    trouble(&mut dies, "iut-crashed");
    for run in [lives, dies] {
        let judgements = run.judge(&hostile());
        assert_presentable(&judgements);
        let of_id = judgements.iter().find(|one| one.requirement == ID).unwrap();
        let found = of_id.findings.iter().find(|found| found.oracle == "fetched").unwrap();
        assert_eq!(found.verdict, Verdict::Fail);
        assert!(found.message.contains("http://127.0.0.1:1/x"));
        assert!(found.evidence.iter().any(|shown| shown.octets.starts_with(b"GET /x")));
    }
}

#[test]
fn who_refuses_what_it_accepted_is_impaired() {
    let mut run = until_input();
    look(&mut run, 2, 500);
    let judgements = run.judge(&hostile());
    assert_eq!(oracle(&judgements, ID).oracle, "impaired");
    // Who never accepted it works as before.
    let mut run = Run::new();
    look(&mut run, 0, 404);
    run.begin(&[(1, 0)]);
    run.sent(Purpose::Request, wire("MESSAGE sip:bob@127.0.0.1:5062 SIP/2.0\n\nhostile"));
    run.end(StepOutcome::Done(Vec::new()));
    look(&mut run, 2, 500);
    assert_eq!(verdict_on(&run.judge(&hostile()), ID), Some(Verdict::Pass));
}

#[test]
fn what_is_said_to_hostile_input_is_held_against_no_document() {
    let mut run = until_input();
    // A report that breaks half of the draft.
    let report = common::edit(common::REPORT, "imdn.Message-ID: R1freshfresh", "Message-ID: 1");
    run.incoming(wire(&report), 200);
    look(&mut run, 2, 200);
    look(&mut run, 3, 200);
    assert!(run.judge(&hostile()).iter().all(|one| one.is_of_robustness()));
}
