//! What steps show: assertions, charges, silence, preconditions, trouble.

#[path = "../common/mod.rs"]
mod common;
mod consequences;
mod silence;

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
