//! What a step means for those behind it.

use super::*;

#[test]
fn later_rounds_do_not_suffer_from_an_earlier_one() {
    let mut run = Run::new();
    for (round, status) in [(0, 200), (1, 400), (2, 200)] {
        run.begin(&[(0, 0), (0, round)]);
        let request = run.sent(Purpose::Request, wire(IM));
        let answer = run.received(Novelty::Response(request), wire(&common::response(status)));
        run.end(StepOutcome::Done(vec![answer]));
        run.begin(&[(0, 0), (1, round)]);
        run.end(StepOutcome::Elapsed);
    }
    let judgements = run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{repeat: {times: 3, steps: [{send: {message: im-req}}, \
         {quiet: {judges: IMDN-9.2-4}}]}}]}",
    ));
    assert_eq!(verdict_on(&judgements, "IMDN-9.2-4"), Some(Inconclusive));
    assert_eq!(judgements[0].findings.len(), 1, "only the second round");
}

#[test]
fn a_failed_command_explains_silence_only_where_it_could() {
    let judge = |ask: &str, outcome: StepOutcome| {
        let mut run = Run::new();
        run.exchange(0, "im", IM, 200);
        run.begin(&[(1, 0)]);
        run.end(outcome);
        run.begin(&[(2, 0)]);
        run.end(StepOutcome::Elapsed);
        let scenario = scenario(&format!(
            "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req}}}}, \
             {{command: {{ask: {ask}, optional: true}}}}, {{quiet: {{judges: IMDN-9.2-4}}}}]}}"
        ));
        verdict_on(&run.judge(&scenario), "IMDN-9.2-4")
    };
    let unsupported = || StepOutcome::Unsupported("x".into());
    let refused = || StepOutcome::Refused("x".into());
    assert_eq!(judge("policy", unsupported()), Some(Inconclusive));
    assert_eq!(judge("policy", refused()), Some(Inconclusive));
    assert_eq!(judge("dispose", unsupported()), Some(Inconclusive));
    assert_eq!(judge("dispose", refused()), Some(Pass));
    assert_eq!(judge("log", unsupported()), Some(Pass));
}

/// A second message and its report after the usual exchange, judged after `first` was asserted of the first report.
fn after(first: &str) -> Vec<Judgement> {
    let mut run = report_run(IM, REPORT);
    run.expect(&[(3, 0)], wire(&edit(REPORT, ">read<", ">denied<")));
    let scenario = scenario(&format!(
        "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req, as: im}}}}, \
         {{command: {{ask: dispose, about: im, with: {{how: read}}}}}}, \
         {{expect: {{message: report, about: im, assert: [{first}]}}}}, \
         {{expect: {{message: report, assert: [{{judges: IMDN-9.2-4, that: document.disposition, is: read}}]}}}}]}}"
    ));
    run.judge(&scenario)
}

#[test]
fn what_follows_an_unmet_precondition_has_no_basis() {
    let cases = [
        ("{judges: IMDN-9.2-1, that: document.disposition, is: read, else: inconclusive}", Fail),
        ("{judges: IMDN-9.2-1, that: document.disposition, is: error, else: inconclusive}", Inconclusive),
        ("{judges: IMDN-9.2-1, that: document.disposition, is: error, else: warning}", Fail),
    ];
    for (first, expected) in cases {
        assert_eq!(verdict_on(&after(first), "IMDN-9.2-4"), Some(expected), "{first}");
    }
}

#[test]
fn what_follows_a_broken_quiet_has_no_basis() {
    let broken = |early: bool| {
        let mut run = Run::new();
        run.exchange(0, "im", IM, 200);
        run.begin(&[(1, 0)]);
        let report = early.then(|| run.incoming(wire(REPORT), 200));
        run.end(StepOutcome::Elapsed);
        run.command(2, json!({"command": "dispose", "how": "delete-unread"}), json!({"ok": true}));
        match report {
            Some(report) => {
                run.begin(&[(3, 0)]);
                run.end(StepOutcome::Done(vec![report]));
            }
            None => {
                run.expect(&[(3, 0)], wire(REPORT));
            }
        }
        let scenario = scenario(
            "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, \
             {quiet: {message: report, about: im, judges: IMDN-6.2.1-1}}, \
             {command: {ask: dispose, about: im, with: {how: delete-unread}}}, \
             {expect: {message: report, about: im, assert: \
             [{judges: IMDN-9.2-2, that: document.disposition, is: processed, else: fail}]}}]}",
        );
        run.judge(&scenario)
    };
    let (early, late) = (broken(true), broken(false));
    assert_eq!(verdict_on(&early, "IMDN-6.2.1-1"), Some(Fail));
    assert_eq!(verdict_on(&early, "IMDN-9.2-2"), Some(Inconclusive));
    assert_eq!(verdict_on(&late, "IMDN-6.2.1-1"), Some(Pass));
    assert_eq!(verdict_on(&late, "IMDN-9.2-2"), Some(Fail));
}
