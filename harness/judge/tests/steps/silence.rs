//! What steps show that wait: lacks, silence, refusals.

use super::*;

/// A scenario that waits for a report in vain.
fn waiting(expect: &str, after: &str) -> scenario::model::Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: reporting-uas, steps: [{{command: {{ask: policy, optional: true}}}}, \
         {{send: {{message: im-req, as: im}}}}, {{expect: {{message: report, about: im, {expect}}}}}{after}]}}"
    ))
}

fn waiting_run(policy: StepOutcome) -> Run {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    run.end(policy);
    run.exchange(1, "im", IM, 200);
    run.begin(&[(2, 0)]);
    run.push(EventKind::Window { window: "reply".into(), length: std::time::Duration::from_secs(5) });
    run.end(StepOutcome::Elapsed);
    run
}

const MISSING: &str = "missing: {judges: IMDN-9.1-1}, assert: [{judges: IMDN-10-1, check: xml-well-formed}]";

#[test]
fn a_missing_report_is_charged_once() {
    let judgements = waiting_run(StepOutcome::Done(vec![])).judge(&waiting(MISSING, ""));
    assert_eq!(blamed(&judgements), [("IMDN-9.1-1", Warning), ("IMDN-10-1", Inconclusive)]);
    assert_eq!(judgements[0].findings[0].message, "No report about `im` came within 5 s.");
    assert!(!judgements[0].findings[0].evidence.is_empty());
}

#[test]
fn silence_after_an_unsupported_optional_command_is_inconclusive() {
    let judgements = waiting_run(StepOutcome::Unsupported("policy".into())).judge(&waiting(MISSING, ""));
    assert_eq!(blamed(&judgements), [("IMDN-9.1-1", Inconclusive), ("IMDN-10-1", Inconclusive)]);
    assert!(judgements[0].findings[0].message.contains("`policy`"), "{:?}", judgements[0].findings);
}

#[test]
fn what_follows_a_missing_message_is_inconclusive_unless_it_was_optional() {
    let after = ", {quiet: {message: report, judges: IMDN-9.1-2}}";
    let mut run = waiting_run(StepOutcome::Done(vec![]));
    run.begin(&[(3, 0)]);
    run.end(StepOutcome::Elapsed);
    assert_eq!(verdict_on(&run.judge(&waiting("", after)), "IMDN-9.1-2"), Some(Inconclusive));
    assert_eq!(verdict_on(&run.judge(&waiting("optional: true", after)), "IMDN-9.1-2"), Some(Pass));
}

#[test]
fn a_message_that_came_passes_what_its_lack_would_charge() {
    let scenario = scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, {command: {ask: dispose}}, \
         {expect: {message: report, about: im, missing: {judges: IMDN-9.1-1}}}]}",
    );
    assert_eq!(verdict_on(&report_run(IM, REPORT).judge(&scenario), "IMDN-9.1-1"), Some(Pass));
}

fn quiet_run(late: &[&str], outcome: StepOutcome) -> Vec<Judgement> {
    let mut run = report_run(IM, REPORT);
    run.begin(&[(3, 0)]);
    for message in late {
        run.incoming(wire(message), 200);
    }
    run.end(outcome);
    run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, {command: {ask: dispose}}, \
         {expect: {message: report, about: im}}, {quiet: {message: report, judges: IMDN-9.2-4}}]}",
    ))
}

#[test]
fn quiet_finds_what_no_step_took() {
    let second = edit(REPORT, "R1freshfresh", "R2freshfresh");
    let options =
        "OPTIONS sip:p.7f3a@127.0.0.1:41080 SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK9\nCSeq: 1 OPTIONS\n\n";
    assert_eq!(verdict_on(&quiet_run(&[], StepOutcome::Elapsed), "IMDN-9.2-4"), Some(Pass));
    assert_eq!(verdict_on(&quiet_run(&[options], StepOutcome::Elapsed), "IMDN-9.2-4"), Some(Pass));
    assert_eq!(
        verdict_on(&quiet_run(&[REQUEST], StepOutcome::Elapsed), "IMDN-9.2-4"),
        Some(Pass),
        "no report"
    );
    let found = quiet_run(&[&second], StepOutcome::Elapsed);
    assert_eq!(blamed(&found), [("IMDN-9.1-2", Fail), ("IMDN-9.2-4", Fail)]);
    assert_eq!(
        verdict_on(&quiet_run(&[], StepOutcome::Done(vec![])), "IMDN-9.2-4"),
        Some(Inconclusive),
        "cut short"
    );
}

#[test]
fn silence_in_a_record_where_nothing_happened_shows_nothing() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    run.end(StepOutcome::Elapsed);
    let scenario = scenario("{id: s, title: t, role: reporting-uas, steps: [{quiet: {judges: IMDN-9.2-4}}]}");
    assert_eq!(verdict_on(&run.judge(&scenario), "IMDN-9.2-4"), Some(Inconclusive));
}

#[test]
fn retransmissions_never_count() {
    let mut run = report_run(IM, REPORT);
    let first = run
        .record
        .iter()
        .find(|(_, e)| matches!(e.kind, EventKind::Received { novelty: Novelty::Request, .. }));
    let first = first.unwrap().0;
    run.received(Novelty::Retransmission(first), wire(REPORT));
    assert_eq!(blamed(&run.judge(&report_scenario(""))), []);
}

/// A message that is refused, and what follows.
fn refused(status: Option<u16>, answer: &str) -> Vec<Judgement> {
    let mut run = Run::new();
    match status {
        Some(status) => {
            run.exchange(0, "im", IM, status);
        }
        None => {
            run.begin(&[(0, 0)]);
            let request = run.sent(Purpose::Request, wire(IM));
            run.push(EventKind::Transaction { request, ending: Ending::TimedOut });
            run.end(StepOutcome::Elapsed);
        }
    }
    run.begin(&[(1, 0)]);
    run.end(StepOutcome::Elapsed);
    run.judge(&scenario(&format!(
        "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req, as: im{answer}}}}}, \
         {{quiet: {{judges: IMDN-9.2-4}}}}]}}"
    )))
}

#[test]
fn a_refused_message_leaves_no_basis() {
    let judgements = refused(Some(486), "");
    assert_eq!(blamed(&judgements), [("IMDN-9.2-4", Inconclusive)]);
    let finding = &judgements[0].findings[0];
    assert!(finding.message.contains("486"), "{}", finding.message);
    assert!(finding.evidence[0].octets.starts_with(b"SIP/2.0 486"));
    assert_eq!(blamed(&refused(None, "")), [("IMDN-9.2-4", Inconclusive)]);
    assert_eq!(blamed(&refused(Some(202), "")), []);
}

#[test]
fn an_answer_can_be_what_is_judged() {
    let refusal = ", answer: {is: [4xx], tolerate: [5xx, 6xx], judges: IMDN-9.1-6}";
    assert_eq!(blamed(&refused(Some(400), refusal)), []);
    assert_eq!(blamed(&refused(Some(500), refusal)), [("IMDN-9.1-6", Warning)]);
    assert_eq!(blamed(&refused(Some(200), refusal)), [("IMDN-9.1-6", Fail)]);
    assert_eq!(blamed(&refused(None, refusal)), [("IMDN-9.1-6", Fail)]);
    let lesser = ", answer: {is: [4xx], judges: IMDN-9.1-6, else: warning}";
    assert_eq!(blamed(&refused(Some(200), lesser)), [("IMDN-9.1-6", Warning)]);
    let acceptance = ", answer: {is: [2xx], judges: IMDN-7-2}";
    assert_eq!(blamed(&refused(Some(400), acceptance)), [("IMDN-7-2", Fail), ("IMDN-9.2-4", Inconclusive)]);
}
