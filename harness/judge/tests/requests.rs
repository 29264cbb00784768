//! Checks of messages by which the IUT asks for a report, and of its identifiers.

mod common;

use common::{
    REQUEST, Run, assert_presentable, blamed, edit, request_run, request_scenario, scenario, verdict_on, wire,
};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};
use serde_json::json;

/// Checks of requests, and a requirement that each of them judges.
const CHECKS: &[(&str, &str)] = &[
    ("headers-prefixed", "IMDN-1-1"),
    ("namespace-declared", "IMDN-7-1"),
    ("request-headers", "IMDN-8.1-1"),
    ("request-in-cpim", "IMDN-8.1.1-1"),
    ("request-syntax", "IMDN-8.1.1-5"),
    ("request-value-empty", "IMDN-8.1.1-10"),
    ("message-id-present", "IMDN-8.1.4-1"),
    ("message-id-token", "IMDN-8.1.4-4"),
    ("request-shape", "IMDN-11.1-1"),
];

fn standing(request: &str) -> Vec<(String, Verdict)> {
    let judgements = request_run(request).judge(&request_scenario(""));
    assert_presentable(&judgements);
    blamed(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

#[test]
fn a_conformant_request_gives_no_finding() {
    let asked: Vec<String> =
        CHECKS.iter().map(|(check, id)| format!("{{judges: {id}, check: {check}}}")).collect();
    let judgements = request_run(REQUEST).judge(&request_scenario(&asked.join(", ")));
    assert_eq!(blamed(&judgements), []);
    for (check, id) in CHECKS {
        assert_eq!(verdict_on(&judgements, id), Some(Pass), "{check}");
    }
}

const DN: &str = "imdn.Disposition-Notification: \n";
const ID: &str = "imdn.Message-ID: S1freshfresh\n";

/// Edits that break nothing.
const LEGAL: &[(&str, &str, &str)] = &[
    (
        "another prefix",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Disposition-Notification: \nimdn.",
        "NS: a-b <urn:ietf:params:cpim-headers:imdn>\na-b.Disposition-Notification: \na-b.",
    ),
    ("no Subject", "Subject: Lunch\n", ""),
    ("two Subjects", "Subject: Lunch\n", "Subject:;lang=en Lunch\nSubject:;lang=de Mittag\n"),
    (
        "headers in another order",
        "DateTime: 2026-03-01T12:00:00Z\nSubject: Lunch\n",
        "Subject: Lunch\nDateTime: 2026-03-01T12:00:00Z\n",
    ),
    ("a local offset", "12:00:00Z", "14:00:00+02:00"),
    ("a fraction", "12:00:00Z", "12:00:00.25Z"),
    ("every token character", "S1freshfresh", "!#$%&'*+-.^_`|~09azAZ"),
    ("List-Action", ID, "imdn.Message-ID: S1freshfresh\nimdn.List-Action: final-recipient\n"),
    ("an empty List-Action", ID, "imdn.Message-ID: S1freshfresh\nimdn.List-Action: \n"),
    (
        "Original-From",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.Original-From: \"Bob, 1\" <sip:bob@127.0.0.1:5062>\n",
    ),
    (
        "Original-From without a name",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.Original-From: <sip:bob@127.0.0.1:5062>\n",
    ),
    (
        "Original-From with tokens as name",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.Original-From: Bob One <sip:bob@127.0.0.1:5062>\n",
    ),
    ("null Original-From", ID, "imdn.Message-ID: S1freshfresh\nimdn.Original-From: \n"),
    ("Require", DN, "Require: imdn.Disposition-Notification\nimdn.Disposition-Notification: \n"),
    (
        "a foreign header of that name",
        DN,
        "NS: q <urn:example:q>\nq.Disposition-Notification: \"x\"\nimdn.Disposition-Notification: \n",
    ),
    ("both identifiers", ID, "imdn.Message-ID: S1freshfresh\nMessage-ID: other\n"),
    ("a Content-Length", "charset=utf-8\n", "charset=utf-8\nContent-Length: 16\n"),
    (
        "XML as text",
        "text/plain; charset=utf-8\n\nLunch at twelve?",
        "text/xml\n\n<body>Lunch at twelve?</body>",
    ),
];

#[test]
fn legal_oddities_are_not_flagged() {
    for (what, from, to) in LEGAL {
        assert_eq!(standing(&edit(REQUEST, from, to)), [], "{what}");
    }
}

type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);

const FAULTS: &[Fault] = &[
    (
        "bare headers",
        "imdn.Disposition-Notification: \nimdn.Message-ID",
        "Disposition-Notification: \nMessage-ID",
        &[("IMDN-1-1", Fail)],
    ),
    (
        "a moved default namespace",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Disposition-Notification: \nimdn.Message-ID",
        "NS: <urn:ietf:params:cpim-headers:imdn>\nDisposition-Notification: \nMessage-ID",
        &[("IMDN-1-1", Warning)],
    ),
    ("another namespace", "cpim-headers:imdn>", "imdn>", &[("IMDN-7-1", Fail)]),
    ("no Message-ID", ID, "", &[("IMDN-8.1-1", Fail), ("IMDN-8.1.4-1", Fail)]),
    ("two Message-IDs", ID, "imdn.Message-ID: S1freshfresh\nimdn.Message-ID: S2\n", &[("IMDN-8.1-1", Fail)]),
    (
        "two request headers",
        DN,
        "imdn.Disposition-Notification: \nimdn.Disposition-Notification: \n",
        &[("IMDN-8.1-1", Fail)],
    ),
    (
        "the marker below the empty line",
        "imdn.Disposition-Notification: \nimdn.Message-ID: S1freshfresh\n\n",
        "imdn.Message-ID: S1freshfresh\n\nimdn.Disposition-Notification: \n",
        &[("IMDN-8.1-1", Fail), ("IMDN-8.1.1-1", Fail)],
    ),
    (
        "the identifier below the empty line",
        "imdn.Message-ID: S1freshfresh\n\n",
        "\nimdn.Message-ID: S1freshfresh\n",
        &[("IMDN-8.1-1", Fail), ("IMDN-8.1.4-1", Fail)],
    ),
    (
        "List-Action below the empty line",
        "charset=utf-8\n",
        "charset=utf-8\nimdn.List-Action: final-recipient\n",
        &[("IMDN-11.1-1", Fail)],
    ),
    (
        "another name for the marker",
        "imdn.Disposition-Notification:",
        "imdn.Disposition-Notification-To:",
        &[("IMDN-8.1-1", Fail), ("IMDN-8.1.1-1", Fail)],
    ),
    (
        "the word NULL",
        "imdn.Disposition-Notification: \n",
        "imdn.Disposition-Notification: NULL\n",
        &[("IMDN-8.1.1-5", Fail), ("IMDN-8.1.1-10", Warning)],
    ),
    (
        "a quoted value",
        "imdn.Disposition-Notification: \n",
        "imdn.Disposition-Notification: \"a\"\n",
        &[("IMDN-8.1.1-5", Fail), ("IMDN-8.1.1-10", Warning)],
    ),
    (
        "a parameter",
        "imdn.Disposition-Notification: \n",
        "imdn.Disposition-Notification:;x=1 \n",
        &[("IMDN-8.1.1-5", Fail), ("IMDN-8.1.1-10", Warning)],
    ),
    (
        "a token",
        "imdn.Disposition-Notification: \n",
        "imdn.Disposition-Notification: always\n",
        &[("IMDN-8.1.1-10", Warning)],
    ),
    (
        "no blank",
        "imdn.Disposition-Notification: \n",
        "imdn.Disposition-Notification:\n",
        &[("IMDN-8.1.1-5", Warning)],
    ),
    (
        "two blanks",
        "imdn.Disposition-Notification: \n",
        "imdn.Disposition-Notification:  \n",
        &[("IMDN-8.1.1-5", Warning)],
    ),
    (
        "a quoted List-Action",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.List-Action: \"final-recipient\"\n",
        &[("IMDN-8.1.2-7", Fail)],
    ),
    (
        "two List-Actions",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.List-Action: a\nimdn.List-Action: b\n",
        &[("IMDN-8.1.2-7", Fail)],
    ),
    (
        "Original-From without brackets",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.Original-From: sip:bob@127.0.0.1:5062\n",
        &[("IMDN-8.1.3-6", Fail)],
    ),
    (
        "Original-From without blank",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.Original-From:<sip:bob@127.0.0.1:5062>\n",
        &[("IMDN-8.1.3-6", Fail)],
    ),
    (
        "Original-From of another",
        ID,
        "imdn.Message-ID: S1freshfresh\nimdn.Original-From: <sip:p.7f3a@127.0.0.1:41080>\n",
        &[("IMDN-8.1.3-1", Fail)],
    ),
    ("an at sign", "S1freshfresh", "S1@fresh", &[("IMDN-8.1.4-4", Warning)]),
    ("brackets", "S1freshfresh", "<S1@fresh>", &[("IMDN-8.1.4-4", Fail)]),
    ("a blank in the identifier", "S1freshfresh", "S1 fresh", &[("IMDN-8.1.4-4", Fail)]),
    ("an empty identifier", "S1freshfresh", "", &[("IMDN-8.1.4-4", Fail)]),
    ("the sample's DateTime", "12:00:00Z", "12:00:00-5", &[("IMDN-11.1-1", Fail)]),
    ("no empty line", "S1freshfresh\n\nContent", "S1freshfresh\nContent", &[("IMDN-11.1-1", Fail)]),
    (
        "no From",
        "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nDateTime",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nDateTime",
        &[("IMDN-11.1-1", Fail)],
    ),
];

#[test]
fn one_fault_has_one_blame() {
    for (what, from, to, expected) in FAULTS {
        let expected: Vec<_> = expected.iter().map(|(id, verdict)| ((*id).to_owned(), *verdict)).collect();
        assert_eq!(standing(&edit(REQUEST, from, to)), expected, "{what}");
    }
}

#[test]
fn a_marker_among_the_sip_headers_is_misplaced() {
    let request = edit(&edit(REQUEST, DN, ""), "Max-Forwards", "Disposition-Notification: \nMax-Forwards");
    assert_eq!(standing(&request), [("IMDN-8.1-1".to_owned(), Fail), ("IMDN-8.1.1-1".to_owned(), Fail)]);
}

#[test]
fn a_message_without_request_owes_an_identifier_less_strictly() {
    let im = edit(&edit(REQUEST, DN, ""), ID, "");
    assert_eq!(standing(&im), [("IMDN-8.1.4-1".to_owned(), Warning)]);
    assert_eq!(standing(&edit(REQUEST, DN, "")), []);
}

#[test]
fn require_is_read_both_ways() {
    let both =
        "{judges: IMDN-8.1-5, check: require-lists-request}, {judges: IMDN-8.1.1-2, check: require-in-cpim}";
    let cases: &[(&str, &[(&str, Verdict)])] = &[
        ("", &[("IMDN-8.1-5", Fail), ("IMDN-8.1.1-2", Fail)]),
        ("Require: imdn.Disposition-Notification\n", &[]),
        ("Require: imdn.Message-Disposition-To\n", &[("IMDN-8.1.1-2", Warning)]),
        ("Require: imdn.Disposition-Notification,imdn.Message-Disposition-To\n", &[]),
        ("Require: Disposition-Notification\n", &[("IMDN-8.1-5", Fail), ("IMDN-8.1.1-2", Fail)]),
        ("Require: imdn.List-Action\n", &[("IMDN-8.1-5", Fail), ("IMDN-8.1.1-2", Fail)]),
    ];
    for (line, expected) in cases {
        let request = edit(REQUEST, DN, &format!("{line}{DN}"));
        let judgements = request_run(&request).judge(&request_scenario(both));
        assert_eq!(blamed(&judgements), *expected, "{line:?}");
    }
    let request = edit(REQUEST, DN, &format!("Require: imdn.Disposition-Notification\n{DN}"));
    let judgements = request_run(&request).judge(&request_scenario(both));
    assert_eq!(judgements[0].findings[0].reading.as_deref(), Some("I-02"), "a pass with a remark");
    let in_sip = edit(REQUEST, "Max-Forwards", "Require: imdn\nMax-Forwards");
    let judgements = request_run(&in_sip).judge(&request_scenario(both));
    assert_eq!(verdict_on(&judgements, "IMDN-8.1.1-2"), Some(Fail));
}

#[test]
fn a_check_that_has_nothing_to_look_at_is_inconclusive() {
    let asked = "{judges: IMDN-8.1.2-7, check: list-action-syntax}, {judges: IMDN-8.1.3-1, check: original-from-own}, \
                 {judges: IMDN-8.1.3-6, check: original-from-syntax}, {judges: IMDN-3-6, check: identifiers-unique}";
    let judgements = request_run(REQUEST).judge(&request_scenario(asked));
    for id in ["IMDN-8.1.2-7", "IMDN-8.1.3-1", "IMDN-8.1.3-6", "IMDN-3-6"] {
        assert_eq!(verdict_on(&judgements, id), Some(Inconclusive), "{id}");
    }
}

/// A record in which the IUT sends one message after the other; `None` stands for a restart.
fn collected(ids: &[Option<&str>]) -> Run {
    let mut run = Run::new();
    for (round, id) in (0..).zip(ids) {
        match id {
            Some(id) => {
                run.begin(&[(0, 0), (0, round)]);
                let message = edit(REQUEST, "S1freshfresh", id);
                let event =
                    run.incoming(wire(&edit(&message, "Lunch at twelve?", &format!("text {round}"))), 200);
                run.end(record::StepOutcome::Done(vec![event]));
            }
            None => run.command(1, json!({"command": "restart"}), json!({"ok": true})),
        }
    }
    run.begin(&[(2, 0)]);
    run.end(record::StepOutcome::Done(Vec::new()));
    run
}

fn collecting() -> scenario::model::Scenario {
    scenario(
        "{id: s, title: t, role: requesting-uac, steps: [{repeat: {times: 9, steps: [{expect: {message: im}}]}}, \
         {command: {ask: restart}}, \
         {verify: {assert: [{judges: IMDN-3-6, check: identifiers-unique}, {judges: IMDN-8.1.4-2, check: identifiers-unique}]}}]}",
    )
}

#[test]
fn repeated_identifiers_are_found() {
    let verdicts = |ids: &[Option<&str>]| {
        let judgements = collected(ids).judge(&collecting());
        (verdict_on(&judgements, "IMDN-3-6"), verdict_on(&judgements, "IMDN-8.1.4-2"))
    };
    let (a, b, again) = (Some("aaaaaaaa"), Some("bbbbbbbb"), Some("aaaaaaaa"));
    assert_eq!(verdicts(&[a, b]), (Some(Pass), Some(Pass)));
    assert_eq!(verdicts(&[a, b, again]), (Some(Fail), Some(Fail)));
    assert_eq!(verdicts(&[a, Some("AAAAAAAA")]), (Some(Pass), Some(Pass)), "case counts");
    assert_eq!(verdicts(&[a, None, again]), (Some(Inconclusive), Some(Fail)), "across a restart");
}

#[test]
fn a_message_sent_again_after_a_refusal_keeps_its_identifier() {
    let judge = |status| {
        let mut run = Run::new();
        for _ in 0..2 {
            run.begin(&[(0, 0), (0, 0)]);
            let event = run.incoming(wire(REQUEST), status);
            run.end(record::StepOutcome::Done(vec![event]));
        }
        verdict_on(&run.judge(&collecting()), "IMDN-8.1.4-2")
    };
    assert_ne!(judge(503), Some(Fail));
    assert_eq!(judge(200), Some(Fail));
}

#[test]
fn counting_is_no_source_of_unique_identifiers() {
    let asked = "{id: s, title: t, role: requesting-uac, steps: [{repeat: {times: 9, steps: [{expect: {message: im}}]}}, \
                 {command: {ask: restart}}, {verify: {assert: [{judges: IMDN-8.1.4-2, check: identifiers-entropy}]}}]}";
    let judge = |make: &dyn Fn(u64) -> String| {
        let ids: Vec<String> = (0..80).map(make).collect();
        let mut ids: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
        ids.push(None);
        verdict_on(&collected(&ids).judge(&scenario(asked)), "IMDN-8.1.4-2")
    };
    assert_eq!(judge(&|n| n.to_string()), Some(Warning));
    assert_eq!(judge(&|n| format!("{n}-phone.example")), Some(Pass));
    assert_eq!(judge(&|n| format!("{:016x}", (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))), Some(Pass));
}
