//! What steps show: assertions, charges, silence, preconditions, trouble.

mod common;

use common::{
    IM, REPORT, REQUEST, Run, all_roles, assert_presentable, blamed, edit, report_run, report_scenario,
    request_run, request_scenario, scenario, verdict_on, wire,
};
use imdnspec_judge::Verdict::{self, Error, Fail, Inconclusive, NotApplicable, Pass, Warning};
use imdnspec_judge::{Ics, Judgement};
use ledger::Role;
use record::{Blame, Ending, EventKind, Novelty, Purpose, StepOutcome};
use serde_json::json;

/// The verdict of one assertion on the usual report.
fn on_report(assertion: &str) -> Option<Verdict> {
    let judgements = report_run(IM, REPORT).judge(&report_scenario(assertion));
    assert_presentable(&judgements);
    verdict_on(&judgements, "IMDN-9.2-4")
}

#[test]
fn operators_hold_or_not() {
    let cases: &[(&str, Verdict)] = &[
        ("that: document.disposition, is: read", Pass),
        ("that: document.disposition, is: denied", Fail),
        ("that: document.disposition, is: denied, else: warning", Warning),
        ("that: document.disposition, is: denied, else: inconclusive", Inconclusive),
        ("that: document.disposition, is: denied, tolerate: [read]", Warning),
        ("that: document.disposition, in: [denied, read]", Pass),
        ("that: document.disposition, in: [denied]", Fail),
        ("that: document.disposition, not: denied", Pass),
        ("that: document.disposition, not: read", Fail),
        ("that: document.disposition, matches: 're.d'", Pass),
        ("that: document.disposition, matches: 'rea'", Fail),
        ("that: document.root, is: imdn", Pass),
        ("that: document.original-message-id, is: '${im.id}'", Pass),
        ("that: document.original-message-id, is: '${im}'", Pass),
        ("that: cpim.To, uri: '${P.uri}'", Pass),
        ("that: cpim.To, uri: '${iut.address}'", Fail),
        ("that: cpim.To, is: '${P.address}'", Pass),
        ("that: cpim.Subject, count: 1", Pass),
        ("that: cpim.Subject, count: 2", Fail),
        ("that: cpim.cc, count: 0", Pass),
        ("that: imdn.Message-ID, present: true", Pass),
        ("that: imdn.Disposition-Notification, present: true", Fail),
        ("that: imdn.Disposition-Notification, present: false", Pass),
        ("that: imdn.List-Action, is: x", Inconclusive),
        ("that: imdn.List-Action, is: x, absent: fail", Fail),
        ("that: imdn.List-Action, is: x, absent: pass", Pass),
        ("that: content.type, is: application/imdn+xml", Pass),
        ("that: content.text, contains: '<disposition>'", Pass),
        ("that: content.text, contains: 'nothing'", Fail),
        ("that: sip.octets, omits: 'station'", Pass),
        ("that: sip.octets, omits: 'Weekend'", Fail),
        ("that: sip.method, is: MESSAGE", Pass),
        ("that: sip.call-id, is: c2", Pass),
        ("that: entity.Content-Type, contains: charset", Pass),
        ("of: im, that: id, is: M1xyzABCDEF", Pass),
        ("of: nobody, that: id, is: M1xyzABCDEF", Inconclusive),
        ("that: id, is: '${nobody.id}'", Inconclusive),
        ("that: nonsense, is: x", Inconclusive),
    ];
    for (assertion, expected) in cases {
        assert_eq!(
            on_report(&format!("{{judges: IMDN-9.2-4, {assertion}}}")),
            Some(*expected),
            "{assertion}"
        );
    }
}

#[test]
fn a_capital_is_for_the_check_of_words_alone() {
    let report = edit(REPORT, ">read<", ">Read<");
    let assertion = "{judges: IMDN-9.2-1, that: document.disposition, is: read}";
    let judgements = report_run(IM, &report).judge(&report_scenario(assertion));
    assert_eq!(blamed(&judgements), [("IMDN-9.2-9", Fail), ("IMDN-10.1-2", Fail)]);
    assert_eq!(verdict_on(&judgements, "IMDN-9.2-1"), Some(Pass));
}

#[test]
fn of_a_document_that_is_not_there_nothing_is_said() {
    let plain = edit(REPORT.split("<?xml").next().unwrap_or_default(), "application/imdn+xml", "text/plain")
        + "Read.";
    for operator in ["present: true", "present: false", "count: 0", "is: read"] {
        let assertion = format!("{{judges: IMDN-9.2-4, that: document.disposition, {operator}}}");
        let judgements = report_run(IM, &plain).judge(&report_scenario(&assertion));
        assert_eq!(verdict_on(&judgements, "IMDN-9.2-4"), Some(Inconclusive), "{operator}");
    }
}

#[test]
fn severity_follows_the_level() {
    let verdict = |id: &str| {
        let assertion = format!("{{judges: {id}, that: document.disposition, is: denied}}");
        verdict_on(&report_run(IM, REPORT).judge(&report_scenario(&assertion)), id)
    };
    assert_eq!(verdict("IMDN-9.2-4"), Some(Fail), "MUST");
    assert_eq!(verdict("IMDN-9.2-1"), Some(Warning), "SHOULD");
    assert_eq!(verdict("IMDN-8.1-2"), Some(Fail), "MAY, used wrongly");
    assert_eq!(verdict("IMDN-7-1"), Some(Fail), "prose");
}

#[test]
fn a_finding_says_where_it_was_asserted_and_what_would_be_right() {
    let mut scenario =
        report_scenario("{judges: IMDN-9.2-4, that: document.disposition, is: denied, reading: I-30}");
    if let scenario::model::Step::Expect(expect) = &mut scenario.steps[2] {
        expect.assert[0].at = 7..9;
    }
    let judgements = report_run(IM, REPORT).judge(&scenario);
    let finding = &judgements.iter().find(|j| j.requirement == "IMDN-9.2-4").unwrap().findings[0];
    assert_eq!(finding.message, "`document.disposition` is `read`.");
    assert_eq!(finding.admissible, "`document.disposition` is `denied`.");
    assert_eq!((finding.reading.as_deref(), finding.asserted_at.clone()), (Some("I-30"), Some(7..9)));
    let evidence = &finding.evidence[0];
    assert_eq!(&evidence.octets[evidence.span.clone().unwrap()], b"read");
}

#[test]
fn a_check_charges_its_own_requirements_or_those_of_the_assertion() {
    let report = edit(REPORT, "cpim-headers:imdn>", "imdn>");
    let judge = |assertion: &str| report_run(IM, &report).judge(&report_scenario(assertion));
    assert_eq!(blamed(&judge("{judges: IMDN-7-1, check: namespace-declared}")), [("IMDN-7-1", Fail)]);
    let other = judge("{judges: IMDN-9.2-4, check: namespace-declared}");
    assert_eq!(blamed(&other), [("IMDN-7-1", Fail), ("IMDN-9.2-4", Inconclusive)]);
    let unknown = judge("{judges: IMDN-9.2-4, check: no-such-check}");
    assert_eq!(verdict_on(&unknown, "IMDN-9.2-4"), Some(Inconclusive));
}

#[test]
fn lists_of_a_reply_are_searched() {
    let reply =
        json!({"ok": true, "reports": [{"message_id": "a", "matched": true, "type": null}], "shown": []});
    let cases: &[(&str, Verdict)] = &[
        ("that: reports, lists: {message_id: a, matched: true}", Pass),
        ("that: reports, lists: {message_id: a, matched: false}", Fail),
        ("that: reports, lacks: {message_id: a}", Fail),
        ("that: reports, lacks: {message_id: b}", Pass),
        ("that: reports, count: 1", Pass),
        ("that: shown, lists: {text: a}", Fail),
        ("that: shown, lacks: {text: a}", Pass),
        ("that: nothing, lacks: {text: a}", Inconclusive),
        ("that: ok, is: 'true'", Pass),
    ];
    for (assertion, expected) in cases {
        let mut run = Run::new();
        run.command(0, json!({"command": "log"}), reply.clone());
        let scenario = scenario(&format!(
            "{{id: s, title: t, role: requesting-uac, steps: [{{command: {{ask: log, assert: [{{judges: IMDN-8.1-6, {assertion}}}]}}}}]}}"
        ));
        assert_eq!(verdict_on(&run.judge(&scenario), "IMDN-8.1-6"), Some(*expected), "{assertion}");
    }
}

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

#[test]
fn a_step_that_was_skipped_or_failed_is_inconclusive_with_its_reason() {
    for (outcome, word) in [
        (StepOutcome::Skipped("the driver is manual".into()), "the driver is manual"),
        (StepOutcome::Unsupported("log".into()), "add it to the driver"),
        (StepOutcome::Refused("no log here".into()), "no log here"),
    ] {
        let mut run = Run::new();
        run.begin(&[(0, 0)]);
        run.end(outcome);
        let scenario = scenario(
            "{id: s, title: t, role: requesting-uac, steps: [{command: {ask: log, assert: \
             [{judges: IMDN-8.1-6, that: shown, lacks: {text: a}}]}}]}",
        );
        let judgements = run.judge(&scenario);
        assert_eq!(blamed(&judgements), [("IMDN-8.1-6", Inconclusive)]);
        assert!(judgements[0].findings[0].message.contains(word), "{:?}", judgements[0].findings);
    }
}

#[test]
fn a_step_that_was_never_reached_passes_nothing() {
    let judgements = Run::new().judge(&report_scenario("{judges: IMDN-10-1, check: xml-well-formed}"));
    assert_eq!(blamed(&judgements), [("IMDN-10-1", Inconclusive)]);
}

#[test]
fn trouble_is_an_error_for_everything_asserted() {
    let mut run = report_run(IM, REPORT);
    run.push(EventKind::Trouble {
        blame: Blame::Iut,
        class: "iut-crashed".into(),
        text: "The IUT died.".into(),
    });
    let judgements = run.judge(&report_scenario("{judges: [IMDN-10-1, IMDN-9.2-4], check: xml-well-formed}"));
    assert_eq!(blamed(&judgements), [("IMDN-9.2-4", Error), ("IMDN-10-1", Error)]);
    assert_eq!(judgements[0].findings[0].class.as_deref(), Some("iut-crashed"));
}

#[test]
fn what_the_vendor_does_not_declare_is_not_applicable() {
    let report = edit(REPORT, ">read<", ">Read<");
    let scenario = report_scenario("{judges: IMDN-10.1-2, check: disposition-word}");
    let judge = |ics: &Ics| report_run(IM, &report).judge_with(&scenario, ics);
    let other_role = Ics { roles: vec![Role::RequestingUac], ..all_roles() };
    let other_document = Ics { documents: Vec::new(), ..all_roles() };
    let no_option = Ics { absent: [("IMDN-10.1-2".to_owned(), "no".to_owned())].into(), ..all_roles() };
    for ics in [other_role, other_document, no_option] {
        assert_eq!(verdict_on(&judge(&ics), "IMDN-10.1-2"), Some(NotApplicable), "{ics:?}");
    }
    assert_eq!(verdict_on(&judge(&all_roles()), "IMDN-10.1-2"), Some(Fail));
}

#[test]
fn judgements_stand_in_the_order_of_the_ledger_and_carry_few_findings_of_a_kind() {
    let mut run = Run::new();
    for round in 0..20 {
        run.expect(&[(0, 0), (0, round)], wire(&edit(REQUEST, "S1freshfresh", &format!("<{round}>"))));
    }
    let judgements = run.judge(&scenario(
        "{id: s, title: t, role: requesting-uac, steps: [{repeat: {times: 20, steps: [{expect: {message: im, assert: \
         [{judges: IMDN-8.1.4-4, check: message-id-token}, {judges: IMDN-1-1, check: headers-prefixed}]}}]}}]}",
    ));
    let order: Vec<&str> = judgements.iter().map(|j| j.requirement.as_str()).collect();
    assert_eq!(order, ["IMDN-1-1", "IMDN-8.1.4-4"]);
    assert!(judgements[1].findings.len() < 10);
    assert!(judgements[1].findings.last().unwrap().message.contains("12 more"));
}

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
fn names_stand_for_what_the_record_binds() {
    let sent = "{judges: IMDN-8.1-6, that: id, is: '${sent.message_id}'}";
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    let to = run.push(EventKind::Command { iut: 0, command: json!({"command": "send"}) });
    let reply = run.push(EventKind::Reply { to, reply: json!({"ok": true, "message_id": "S1freshfresh"}) });
    run.push(EventKind::Bound {
        name: "sent".into(),
        value: json!({"ok": true, "message_id": "S1freshfresh"}),
    });
    run.end(StepOutcome::Done(vec![reply]));
    run.expect(&[(1, 0)], wire(REQUEST));
    assert_eq!(verdict_on(&run.judge(&request_scenario(sent)), "IMDN-8.1-6"), Some(Pass));
    let unbound = request_run(REQUEST).judge(&request_scenario(sent));
    assert_eq!(verdict_on(&unbound, "IMDN-8.1-6"), Some(Inconclusive));
}

#[test]
fn a_round_that_never_ended_passes_nothing() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    run.end(StepOutcome::Done(Vec::new()));
    let judgements = run.judge(&scenario(
        "{id: s, title: t, role: requesting-uac, steps: [{repeat: {times: 3, steps: [{expect: {message: im, assert: \
         [{judges: IMDN-8.1.4-4, check: message-id-token}]}}]}}]}",
    ));
    assert_eq!(blamed(&judgements), [("IMDN-8.1.4-4", Inconclusive)]);
}

#[test]
fn a_retransmission_owes_no_answer_of_its_own() {
    let mut run = report_run(IM, REPORT);
    run.begin(&[(3, 0)]);
    run.sent(Purpose::Retransmission(record::EventId(3)), wire(IM));
    run.end(StepOutcome::Done(Vec::new()));
    run.begin(&[(4, 0)]);
    run.end(StepOutcome::Elapsed);
    let judgements = run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, {command: {ask: dispose}}, \
         {expect: {message: report}}, {send: {message: again, of: im, answer: {is: [2xx]}}}, \
         {quiet: {message: report, judges: IMDN-9.1-2}}]}",
    ));
    assert_eq!(verdict_on(&judgements, "IMDN-9.1-2"), Some(Pass));
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

#[test]
fn a_verify_step_can_name_what_it_is_about() {
    let verdict = |of: &str| {
        let mut run = Run::new();
        run.exchange(0, "im", IM, 200);
        run.push(EventKind::Bound {
            name: "log".into(),
            value: json!({"ok": true, "reports": [{"matched": true}]}),
        });
        run.begin(&[(1, 0)]);
        run.end(StepOutcome::Done(Vec::new()));
        let judgements = run.judge(&scenario(&format!(
            "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req, as: im}}}}, \
             {{verify: {{{of}assert: [{{judges: IMDN-8.2-1, that: reports, lists: {{matched: true}}}}]}}}}]}}"
        )));
        verdict_on(&judgements, "IMDN-8.2-1")
    };
    assert_eq!(verdict("of: log, "), Some(Pass));
    assert_eq!(verdict("of: nobody, "), Some(Inconclusive));
    assert_eq!(verdict(""), Some(Inconclusive));
}
