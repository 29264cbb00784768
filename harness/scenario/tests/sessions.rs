//! Which keys belong to sessions and to receipts, and which scenarios run in sessions.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{file, load, mistakes, only_mistake, receipts_file};
use std::sync::Arc;

use imdnspec_scenario::model::{Mode, Variant};
use imdnspec_scenario::{LoadedScenario, Style};

const QUIET: &str = "- quiet: {judges: IMDN-9.1-1}\n";
const RECEIPTS_QUIET: &str = "- quiet: {judges: RCPT-3.1-4}\n";

/// Keys of a scenario, a step of imdn-03, what is underlined, and the message.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("", "- send: {message: im-req, receipts: [read]}", "receipts", "a request of imdn-03 has no values"),
    ("", "- send: {message: im, receipts: [read]}", "receipts", "`receipts` means nothing to this `message`"),
    ("", "- send: {message: im, chunk: 0}", "0", "a chunk has at least 1 octet"),
    ("", "- send: {message: options, chunk: 9}", "chunk", "`chunk` means nothing to this `message`"),
    (
        "",
        "- send: {message: im, mode: page, chunk: 9}",
        "chunk",
        "`chunk` means nothing, since this never travels in session mode",
    ),
    (
        "transports: [udp]\ntransports-reason: x",
        "- send: {message: im, msrp: {drop: [Message-ID]}}",
        "msrp",
        "`msrp` means nothing, since this never travels in session mode",
    ),
    (
        "",
        "- send: {message: im, mode: session, sip: {drop: [Date]}}",
        "sip",
        "`sip` means nothing, since this never travels in page mode",
    ),
    ("", "- send: {message: options, mode: session}", "session", "no session carries this `message`"),
    ("", "- send: {message: im, mode: sessions}", "sessions", "`mode` cannot be `sessions`"),
    ("", "- send: {message: im, answer: {is: [none]}}", "none", "a SIP request is always answered"),
    (
        "transports: [msrp]\ntransports-reason: x",
        "- send: {message: im, answer: {is: [2xx, nothing]}}",
        "nothing",
        "`nothing` is no status and no class",
    ),
    (
        "",
        "- send: {message: plain, entity: {drop: [x]}}",
        "entity",
        "`entity` means nothing to this `message`",
    ),
    (
        "",
        "- send: {message: im, body: x, entity: {drop: [x]}}",
        "drop",
        "`body` takes the place of all there is, `entity` included",
    ),
    ("", "- expect: {message: report, disposition: delivery}", "delivery", "no report tells `delivery`"),
    (
        "",
        "- expect: {message: im, assert: [{judges: IMDN-9.1-1, that: outer.types, present: true}]}",
        "outer.types",
        "a message has no part `outer.types`",
    ),
    ("", "- expect: {message: im, disposition: read}", "read", "only reports tell a disposition"),
    ("", "- send: {message: im, entity: {add: [\"X: ${y}\"]}}", "${y}", "nothing before this defines `y`"),
    ("", "- send: {message: im, msrp: {add: [\"X: ${y}\"]}}", "${y}", "nothing before this defines `y`"),
];

/// A step of receipts-00, what is underlined, and the message.
const RECEIPT_MISTAKES: &[(&str, &str, &str)] = &[
    ("- send: {message: im-req}", "im-req", "which receipts does it ask for?"),
    (
        "- send: {message: report, document: {disposition: read}}",
        "disposition",
        "a report of receipts-00 has no element `disposition`",
    ),
    (
        "- send: {message: report, document: {recipient-ur: x}}",
        "recipient-ur",
        "a report of receipts-00 has no element `recipient-ur`",
    ),
    ("- send: {message: im-req, receipts: []}", "[]", "this asks for nothing"),
    ("- send: {message: im-req, receipts: [reed]}", "reed", "there is no receipt `reed`"),
    ("- send: {message: im-req, receipts: [read, read]}", "read", "`read` stands twice"),
    ("- send: {message: im-req, receipts: [\"${y}\"]}", "${y}", "nothing before this defines `y`"),
    ("- expect: {message: report, disposition: processed}", "processed", "no report tells `processed`"),
];

#[test]
fn keys_in_the_wrong_place_are_found() {
    for (keys, step, underlined, message) in MISTAKES {
        let found = only_mistake(&file(keys, &format!("{step}\n{QUIET}")));
        assert_eq!(found, ((*message).to_owned(), (*underlined).to_owned()), "{keys}\n{step}");
    }
    for (step, underlined, message) in RECEIPT_MISTAKES {
        let found = only_mistake(&receipts_file("", &format!("{step}\n{RECEIPTS_QUIET}")));
        assert_eq!(found, ((*message).to_owned(), (*underlined).to_owned()), "{step}");
    }
}

#[test]
fn what_receipts_need_is_understood() {
    let steps = "\
- repeat:
    each: {kind: [read, positive-delivery]}
    steps:
      - send: {message: im-req, receipts: [\"${kind}\", negative-delivery], as: im}
      - expect: {message: report, about: im, disposition: delivery}
- send: {message: im-req, receipts: [], cpim: {add: [\"Receipt-Request: processing\"]}}
- send: {message: report, document: {status: \"480\", note: Gone., colour: red, recipient-uri: null}}
- send: {message: im, text: \"<a/>\", entity: {set: [\"Content-Type: application/xml\"]}}
- send: {message: report, mode: session, answer: {is: [none], judges: RCPT-7.1.2-1}}
- send: {message: plain, mode: session, msrp: {set: [\"Failure-Report: partial\"]}, chunk: 100}
- quiet: {message: report, disposition: read, judges: RCPT-3.1-4}";
    let text = receipts_file("", steps);
    let suite = load(&text).unwrap_or_else(|found| panic!("{}", found.render(Style::Plain)));
    let scenario = &suite.scenarios[0].scenario;
    assert_eq!(words(scenario.variants()), ["udp", "tcp", "msrp"]);
    assert!(scenario.modes(Variant::Udp).into_iter().eq([Mode::Page, Mode::Session]));
}

/// What ties a scenario to SIP: a step, and the reason.
const TIES: &[(&str, &str)] = &[
    ("- raw: {octets: [x]}", "it sends octets of its own"),
    ("- send: {message: im, sip: {drop: [Date]}}", "it edits SIP header lines"),
    ("- send: {message: plain}", "it sends messages without CPIM"),
    ("- send: {message: options}", "it sends OPTIONS"),
    ("- send: {message: im, as: a}\n- send: {message: again, of: a}", "it retransmits a request"),
    ("- send: {message: im, answer: {is: [\"420\", \"202\"]}}", "it wants statuses that only SIP has"),
    ("- answer: {status: 302}", "its peers give answers that only SIP has"),
    (
        "- send: {message: im, as: a}\n- send: {message: im, text: \"${a.sip.Call-ID}\"}",
        "it refers to parts of SIP messages",
    ),
    (
        "- repeat: {times: 2, steps: [expect: {message: im, assert: [{judges: IMDN-9.1-1, that: sip.method, is: MESSAGE}]}]}",
        "it refers to parts of SIP messages",
    ),
];

#[test]
fn what_looks_at_sip_runs_in_no_session_and_says_why() {
    for (steps, tie) in TIES {
        let loaded = one(&file("", &format!("{steps}\n{QUIET}")));
        assert_eq!(words(loaded.scenario.variants()), ["udp", "tcp"], "{steps}");
        let reason = loaded.scenario.reason_against(Variant::Msrp).unwrap();
        assert_eq!(reason, format!("it looks at SIP itself: {tie}"));
        assert_eq!(loaded.scenario.reason_against(Variant::Udp), None);
        let told = one(&file("transports: [udp, tcp, msrp]", &format!("{steps}\n{QUIET}")));
        assert_eq!(words(told.scenario.variants()), ["udp", "tcp", "msrp"], "{steps}");
    }
}

#[test]
fn what_says_nothing_of_sip_runs_in_sessions() {
    for steps in [
        "- send: {message: im, answer: {is: [4xx, 5xx, 6xx]}}",
        "- send: {message: im, answer: {is: [\"200\", \"404\"]}}",
        "- send: {message: plain, mode: session}",
        "- send: {message: options, mode: page}",
        "- answer: {status: 404}\n- answer: {status: 0}",
        "- send: {message: im, text: \"that: sip.method\"}",
        "- expect: {message: im, assert: [{judges: IMDN-9.1-1, that: outer.method, in: [MESSAGE, SEND]}]}",
        "- expect: {message: im, assert: [{judges: IMDN-9.1-1, that: msrp.Failure-Report, present: false}]}",
    ] {
        let loaded = one(&file("", &format!("{steps}\n{QUIET}")));
        assert_eq!(words(loaded.scenario.variants()), ["udp", "tcp", "msrp"], "{steps}");
    }
}

#[test]
fn a_missing_variant_wants_a_reason_unless_sip_is_one() {
    let text = file("transports: [udp, tcp]", QUIET);
    let found = mistakes(&load(&text).unwrap_err());
    assert_eq!(found[0].0, "a transport is missing without a reason");
    let text = file(
        "transports: [udp]\ntransports-reason: Only there.",
        &format!("- send: {{message: options}}\n{QUIET}"),
    );
    let scenario = &one(&text).scenario;
    assert_eq!(scenario.reason_against(Variant::Tcp).as_deref(), Some("Only there."));
    assert_eq!(
        scenario.reason_against(Variant::Msrp).as_deref(),
        Some("it looks at SIP itself: it sends OPTIONS")
    );
}

#[test]
fn modes_that_a_command_names_are_needed() {
    let steps = format!("- command: {{ask: send, with: {{to: \"${{P.uri}}\", mode: session}}}}\n{QUIET}");
    let text = file("", &steps);
    assert_eq!(one(&text).scenario.modes(Variant::Tcp), Mode::ALL.into());
}

fn one(text: &str) -> Arc<LoadedScenario> {
    load(text).unwrap().scenarios[0].clone()
}

fn words(variants: &[Variant]) -> Vec<&'static str> {
    variants.iter().map(|variant| variant.word()).collect()
}
