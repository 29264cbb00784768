//! Checks of messages that ask for receipts.

mod common;

use common::receipts::{REQUEST, expect, faults, sending_run, sending_scenario, user};
use common::session::{Way, object};
use common::{Run, edit, verdict_on};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};
use serde_json::json;

/// Checks of requests, and a requirement that each of them judges.
const CHECKS: &[(&str, &str)] = &[
    ("message-form", "RCPT-3.1-1"),
    ("message-id-present", "RCPT-3.1-2"),
    ("request-name", "RCPT-3.1-6"),
    ("receipts-as-asked", "RCPT-3.1-7"),
    ("request-syntax", "RCPT-4-1"),
    ("request-in-cpim", "RCPT-3.1-14"),
    ("content-length", "RCPT-3.1-14"),
    ("message-id-token", "RCPT-4-2"),
    ("headers-bare", "RCPT-9.4-1"),
    ("outer-type", "RCPT-6.1.1-1"),
    ("carrier", "RCPT-6.1.1-2"),
];

const ASKED: &[&str] = &["read", "positive-delivery"];

fn asked() -> String {
    let asked = CHECKS.iter().map(|(check, id)| format!("{{judges: {id}, check: {check}}}"));
    asked.collect::<Vec<_>>().join(", ")
}

fn blames(request: &str) -> Vec<(String, Verdict)> {
    let judgements = sending_run(ASKED, request).judge_receipts(&sending_scenario(""), &user());
    faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

#[test]
fn a_conformant_request_gives_no_finding() {
    let judgements = sending_run(ASKED, REQUEST).judge_receipts(&sending_scenario(&asked()), &user());
    assert!(judgements.iter().all(|judgement| judgement.findings.is_empty()), "{judgements:#?}");
    for (check, id) in CHECKS {
        assert_eq!(verdict_on(&judgements, id), Some(Pass), "{check}");
    }
}

const LEGAL: &[(&str, &str, &str)] = &[
    ("another order of words", "positive-delivery, read", "read, positive-delivery"),
    ("no blank behind the comma", "positive-delivery, read", "positive-delivery,read"),
    ("blanks around the comma", "positive-delivery, read", "positive-delivery , read"),
    ("more headers", "Message-ID:", "DateTime: 2026-03-01T12:00:00Z\nSubject: Lunch\nMessage-ID:"),
    (
        "the identifier behind the request",
        "Message-ID: S1freshfresh\nReceipt-Request: positive-delivery, read\n",
        "Receipt-Request: positive-delivery, read\nMessage-ID: S1freshfresh\n",
    ),
    (
        "headers in front",
        "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nMessage-ID: S1freshfresh\n",
        "Message-ID: S1freshfresh\nFrom: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\n",
    ),
    (
        "the other request besides",
        "Message-ID:",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Message-ID: S1other\nimdn.Disposition-Notification: \nMessage-ID:",
    ),
    ("an unknown header", "Message-ID:", "X-Gadget: 1\nMessage-ID:"),
    ("another content", "text/plain; charset=utf-8", "text/html"),
    ("no Content-Length", "Content-Length: 16\n", ""),
    ("a disposition", "Content-Length: 16\n", "Content-Disposition: render\n"),
    ("a transfer encoding", "Content-Length: 16\n", "Content-Transfer-Encoding: 8bit\n"),
    (
        "display names",
        "From: <sip:bob@127.0.0.1:5062>\nTo: <",
        "From: Bob <sip:bob@127.0.0.1:5062>\nTo: \"The, Peer\" <",
    ),
    ("capitals outside", ": message/cpim", ": Message/CPIM"),
    ("a second recipient", "Message-ID:", "cc: <sip:x@127.0.0.1:1>\nMessage-ID:"),
];

#[test]
fn legal_oddities_are_not_flagged() {
    for (what, from, to) in LEGAL {
        let judgements =
            sending_run(ASKED, &edit(REQUEST, from, to)).judge_receipts(&sending_scenario(&asked()), &user());
        assert_eq!(faults(&judgements), [], "{what}");
        assert_eq!(verdict_on(&judgements, "RCPT-3.1-7"), Some(Pass), "{what}");
    }
    let plain = edit(REQUEST, "Message-ID: S1freshfresh\nReceipt-Request: positive-delivery, read\n", "");
    let nothing = sending_run(&[], &plain).judge_receipts(&sending_scenario(""), &user());
    assert_eq!(faults(&nothing), [], "no request");
    let empty = edit(REQUEST, "positive-delivery, read", "");
    let nothing = sending_run(&[], &empty).judge_receipts(&sending_scenario(""), &user());
    assert_eq!(faults(&nothing), [], "an empty request for nothing");
}

type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);

const FAULTS: &[Fault] = &[
    ("no blank line", "read\n\nContent-Type", "read\nContent-Type", &[("RCPT-3.1-1", Fail)]),
    ("no content type", "Content-Type: text/plain; charset=utf-8\n", "", &[("RCPT-3.1-1", Fail)]),
    ("no identifier", "Message-ID: S1freshfresh\n", "", &[("RCPT-3.1-2", Fail)]),
    (
        "two identifiers",
        "Message-ID: S1freshfresh\n",
        "Message-ID: S1freshfresh\nMessage-ID: S2\n",
        &[("RCPT-3.1-2", Fail)],
    ),
    ("an at sign", "S1freshfresh", "S1@fresh", &[("RCPT-4-2", Fail)]),
    ("angle brackets", "S1freshfresh", "<S1fresh>", &[("RCPT-4-2", Fail)]),
    ("no blank behind the identifier's colon", "Message-ID: ", "Message-ID:", &[("RCPT-4-2", Fail)]),
    (
        "a transposed name",
        "Receipt-Request: positive-delivery, read",
        "Request-Receipt: positive-delivery, read",
        &[("RCPT-3.1-6", Fail), ("RCPT-3.1-8", Fail)],
    ),
    ("a prefix", "Receipt-Request", "imdn.Receipt-Request", &[("RCPT-9.4-1", Fail)]),
    ("an unbound prefix", "Receipt-Request", "x.Receipt-Request", &[("RCPT-9.4-1", Fail)]),
    (
        "a prefixed identifier",
        "Message-ID",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Message-ID",
        &[("RCPT-9.4-1", Fail)],
    ),
    ("a moved namespace", "Message-ID", "NS: <urn:x:y>\nMessage-ID", &[("RCPT-9.4-1", Fail)]),
    ("semicolons", "positive-delivery, read", "positive-delivery; read", &[("RCPT-3.1-10", Fail)]),
    ("blanks alone", "positive-delivery, read", "positive-delivery read", &[("RCPT-3.1-10", Fail)]),
    ("no blank behind the colon", "Receipt-Request: ", "Receipt-Request:", &[("RCPT-4-1", Fail)]),
    ("a word twice", "positive-delivery, read", "positive-delivery, read, read", &[("RCPT-4-1", Fail)]),
    ("an empty word", "positive-delivery, read", "positive-delivery,, read", &[("RCPT-4-1", Fail)]),
    ("capitals", "positive-delivery, read", "Positive-Delivery, read", &[("RCPT-4-1", Warning)]),
    ("blanks to spare", "Request: ", "Request:  ", &[("RCPT-4-1", Warning)]),
    ("a parameter", "Receipt-Request: ", "Receipt-Request:;q=1 ", &[("RCPT-4-1", Fail)]),
    (
        "among the MIME headers",
        "Receipt-Request: positive-delivery, read\n\n",
        "\nReceipt-Request: positive-delivery, read\n",
        &[("RCPT-3.1-14", Fail)],
    ),
    (
        "the identifier among them",
        "Message-ID: S1freshfresh\nReceipt-Request: positive-delivery, read\n\n",
        "Receipt-Request: positive-delivery, read\n\nMessage-ID: S1freshfresh\n",
        &[("RCPT-3.1-14", Fail)],
    ),
    (
        "among the SIP headers too",
        "Content-Type: message/cpim\n",
        "Content-Type: message/cpim\nReceipt-Request: positive-delivery, read\n",
        &[],
    ),
    ("no To", "To: <sip:p.7f3a@127.0.0.1:41080>\nMessage", "Message", &[("RCPT-3.1-14", Fail)]),
    ("a wrong length", "Length: 16", "Length: 17", &[("RCPT-3.1-14", Fail)]),
    ("a wrong outer type", ": message/cpim", ": text/plain", &[("RCPT-6.1.1-1", Fail)]),
    (
        "a Contact",
        "Max-Forwards",
        "Contact: <sip:bob@127.0.0.1:5062>\nMax-Forwards",
        &[("RCPT-6.1.1-2", Fail)],
    ),
];

#[test]
fn each_fault_turns_its_owner_red_and_no_other() {
    for (what, from, to, blamed) in FAULTS {
        let request = edit(REQUEST, from, to);
        expect(what, &blames(&request), blamed);
        let judgements = sending_run(ASKED, &request).judge_receipts(&sending_scenario(&asked()), &user());
        assert_eq!(faults(&judgements), *blamed, "{what}, asked");
    }
}

#[test]
fn a_request_among_the_sip_headers_is_none() {
    let request = edit(REQUEST, "Receipt-Request: positive-delivery, read\n", "");
    let request =
        edit(&request, ": message/cpim\n", ": message/cpim\nReceipt-Request: positive-delivery, read\n");
    expect("among the SIP headers", &blames(&request), &[("RCPT-3.1-14", Fail)]);
}

#[test]
fn a_request_has_the_words_that_were_wanted() {
    let judge = |wanted: &[&str], words: &str| {
        let request = edit(REQUEST, "positive-delivery, read", words);
        let scenario = sending_scenario("{judges: RCPT-3.1-5, check: receipts-as-asked}");
        let judgements = sending_run(wanted, &request).judge_receipts(&scenario, &user());
        verdict_on(&judgements, "RCPT-3.1-5")
    };
    assert_eq!(judge(&["negative-delivery"], "negative-delivery"), Some(Pass));
    assert_eq!(judge(&["negative-delivery"], "positive-delivery"), Some(Fail));
    assert_eq!(judge(&["negative-delivery"], "delivery"), Some(Fail));
    assert_eq!(judge(&["negative-delivery", "read"], "read"), Some(Fail));
    assert_eq!(judge(&["read"], "read, positive-delivery"), Some(Fail));
    assert_eq!(judge(&["read"], "read"), Some(Pass));
    let gone = edit(REQUEST, "Receipt-Request: positive-delivery, read\n", "");
    let scenario = sending_scenario("{judges: RCPT-3.1-8, check: receipts-as-asked}");
    assert_eq!(
        verdict_on(&sending_run(&["read"], &gone).judge_receipts(&scenario, &user()), "RCPT-3.1-8"),
        Some(Fail)
    );
}

#[test]
fn a_list_of_recipients_may_stand_beside_the_object() {
    let (head, object) = REQUEST.split_once("message/cpim\n\n").unwrap();
    let list = "Content-Type: application/resource-lists+xml\nContent-Disposition: recipient-list\n\n<resource-lists/>";
    let mixed = |object: &str| {
        format!(
            "{head}Multipart/Mixed;\n boundary=\"b 1\"\n\n--b 1\nContent-Type: message/cpim\n\n{object}\n--b 1\n{list}\n--b 1--\n"
        )
    };
    let judgements = sending_run(ASKED, &mixed(object)).judge_receipts(&sending_scenario(&asked()), &user());
    assert!(judgements.iter().all(|judgement| judgement.findings.is_empty()), "{judgements:#?}");
    let gone = edit(object, "Receipt-Request: positive-delivery, read\n", "");
    let scenario = sending_scenario("{judges: RCPT-6.1.1-3, check: receipts-as-asked}");
    let judgements = sending_run(ASKED, &mixed(&gone)).judge_receipts(&scenario, &user());
    assert_eq!(faults(&judgements), [("RCPT-6.1.1-3", Fail)]);
}

#[test]
fn what_is_lost_because_of_several_recipients_has_an_owner() {
    let nameless = edit(&edit(REQUEST, "Message-ID: S1freshfresh\n", ""), "positive-delivery, read", "read");
    let recipients = json!([{"uri": "sip:d1@h"}, {"uri": "sip:d2@h"}]);
    let command = json!({"command": "send", "receipts": ["read"], "recipients": recipients});
    // An earlier request to one recipient shows that it is lost because of the others.
    let earlier = edit(&edit(REQUEST, "positive-delivery, read", "read"), "Call-ID: c3", "Call-ID: c9");
    for (named, in_session, blamed) in [
        (true, false, "RCPT-6.1.1-3"),
        (true, true, "RCPT-7.1.1-6"),
        (false, false, "RCPT-3.1-2"),
        (false, true, "RCPT-3.1-2"),
    ] {
        let mut run = Run::new();
        if named {
            run.incoming(common::wire(&earlier), 200);
        }
        run.command(0, command.clone(), json!({"ok": true}));
        match in_session {
            true => drop(run.session_expect(1, &Way::to_peer("m1").chunks(&object(&nameless)))),
            false => drop(run.expect(&[(1, 0)], common::wire(&nameless))),
        }
        assert_eq!(faults(&run.judge_receipts(&sending_scenario(""), &user())), [(blamed, Fail)]);
    }
}

#[test]
fn an_unknown_word_breaks_the_grammar() {
    let request = edit(REQUEST, "positive-delivery, read", "display");
    expect("display", &blames(&request), &[("RCPT-4-1", Fail)]);
    let request = edit(REQUEST, "positive-delivery, read", "");
    expect("an empty list", &blames(&request), &[("RCPT-4-1", Fail)]);
}

#[test]
fn an_instant_message_is_a_cpim_object() {
    let (head, rest) = REQUEST.split_once("message/cpim\n\n").unwrap();
    let plain = format!("{head}text/plain\n\n{}", rest.split_once("\n\n").unwrap().1);
    let judgements = sending_run(&[], &plain).judge_receipts(&sending_scenario(&asked()), &user());
    assert_eq!(faults(&judgements), [("RCPT-3.1-1", Fail)]);
}

#[test]
fn a_request_of_the_other_document_is_named_as_such() {
    let judgements =
        sending_run(&["read"], common::REQUEST).judge_receipts(&sending_scenario(&asked()), &user());
    let found = faults(&judgements);
    assert_eq!(found, [("RCPT-3.1-7", Fail), ("RCPT-3.1-8", Fail)]);
    let said = &judgements.iter().find(|one| one.requirement == "RCPT-3.1-8").unwrap().findings[0].message;
    assert!(said.contains("draft-burger-simple-imdn-03"), "{said}");
    // Nobody asked for receipts.
    let judgements = sending_run(&[], common::REQUEST).judge_receipts(&sending_scenario(""), &user());
    assert_eq!(faults(&judgements), []);
}

#[test]
fn identifiers_are_used_once() {
    let mut run = sending_run(&["read"], REQUEST);
    run.command(2, json!({"command": "send", "receipts": ["read"]}), json!({"ok": true}));
    run.expect(&[(3, 0)], common::wire(&edit(&edit(REQUEST, "Lunch", "Dinner"), "Length: 16", "Length: 17")));
    let judgements = run.judge_receipts(&sending_scenario(""), &user());
    assert_eq!(faults(&judgements), [("RCPT-3.1-3", Fail)]);
}

fn session_blames(request: &str, ways: Way) -> Vec<(String, Verdict)> {
    let mut run = Run::new();
    run.command(
        0,
        json!({"command": "send", "receipts": ["positive-delivery", "read"]}),
        json!({"ok": true}),
    );
    run.session_expect(1, &ways.chunks(&object(request)));
    let judgements =
        run.judge_receipts(&sending_scenario("{judges: RCPT-7.1.1-6, check: receipts-as-asked}"), &user());
    assert_eq!(verdict_on(&judgements, "RCPT-7.1.1-6"), Some(Pass));
    faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

#[test]
fn in_sessions_only_read_receipts_are_asked_for() {
    let right = edit(REQUEST, "positive-delivery, read", "read");
    for size in [1 << 20, 50] {
        expect("read", &session_blames(&right, Way::to_peer("m1").chunked(size)), &[]);
        expect(
            "delivery",
            &session_blames(REQUEST, Way::to_peer("m1").chunked(size)),
            &[("RCPT-7.1.1-2", Fail)],
        );
    }
    let typed = Way { content_type: "text/plain", ..Way::to_peer("m1") };
    expect("a wrong outer type", &session_blames(&right, typed), &[("RCPT-7.1.1-1", Fail)]);
}

#[test]
fn a_check_with_nothing_to_look_at_is_inconclusive() {
    let plain = edit(REQUEST, "Message-ID: S1freshfresh\nReceipt-Request: positive-delivery, read\n", "");
    for (check, id) in [
        ("message-id-present", "RCPT-3.1-2"),
        ("message-id-token", "RCPT-4-2"),
        ("headers-bare", "RCPT-9.4-1"),
        ("request-syntax", "RCPT-4-1"),
        ("request-name", "RCPT-3.1-5"),
        ("no-delivery-request", "RCPT-7.1.1-2"),
        ("identifiers-unique", "RCPT-3.1-3"),
        ("no-receipt-for-receipt", "RCPT-3.2-9"),
        ("no-response-to-receipt", "RCPT-7.1.2-2"),
    ] {
        let scenario = sending_scenario(&format!("{{judges: {id}, check: {check}}}"));
        let judgements = sending_run(&[], &plain).judge_receipts(&scenario, &user());
        assert_eq!(verdict_on(&judgements, id), Some(Inconclusive), "{check}");
    }
}
