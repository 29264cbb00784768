//! What scenarios of the RFCs may say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::{load, only_mistake, rfc_file};
use std::sync::Arc;

use imdnspec_scenario::model::Variant;
use imdnspec_scenario::{LoadedScenario, Style};

const QUIET: &str = "- quiet: {judges: I5438-3-1}\n";

/// Keys of a scenario, a step, what is underlined, and the message.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("role: ua-any", "", "ua-any", "no implementation plays every user agent"),
    (
        "role: reporting-uas",
        "",
        "reporting-uas",
        "rfc5438 knows no role `reporting-uas` that an implementation could play",
    ),
    ("", "- send: {message: im-req}", "im-req", "which receipts does it ask for?"),
    ("", "- send: {message: im-req, receipts: [read]}", "read", "there is no receipt `read`"),
    ("", "- send: {message: im-req, receipts: [display, display]}", "display", "`display` stands twice"),
    ("", "- expect: {message: report, disposition: displayed}", "displayed", "no report tells `displayed`"),
    (
        "",
        "- send: {message: report, document: {disposition: read}}",
        "disposition",
        "a report of rfc5438 has no element `disposition`",
    ),
    (
        "",
        "- send: {message: report, document: {display-notification: x}}",
        "display-notification",
        "a report of rfc5438 has no element `display-notification`",
    ),
    (
        "",
        "- send: {message: report, document: {notification: read}}",
        "read",
        "there is no notification `read`",
    ),
    (
        "",
        "- send: {message: report, document: {notification: delivery, status: displayed}}",
        "displayed",
        "no delivery notification has the status `displayed`",
    ),
    (
        "",
        "- send: {message: report, document: {status: deliverd}}",
        "deliverd",
        "no notification has the status `deliverd`",
    ),
    (
        "",
        "- expect: {message: report, assert: [{judges: I5438-3-1, that: document.statu, is: failed}]}",
        "document.statu",
        "a message has no part `document.statu`",
    ),
];

#[test]
fn keys_follow_the_document() {
    for (keys, step, underlined, message) in MISTAKES {
        let found = only_mistake(&rfc_file(keys, &format!("{step}\n{QUIET}")));
        assert_eq!(found, ((*message).to_owned(), (*underlined).to_owned()), "{keys}\n{step}");
    }
}

#[test]
fn what_notifications_need_is_understood() {
    let steps = "\
- repeat:
    each: {kind: [delivery, display], word: [delivered, displayed]}
    steps:
      - send: {message: im-req, receipts: [\"${word}\", negative-delivery, processing, display], as: im}
      - send: {message: report, about: im, document: {notification: \"${kind}\", status: \"${word}\"}}
      - expect: {message: report, about: im, disposition: delivery}
- send: {message: im-req, receipts: [], cpim: {add: [\"imdn.Disposition-Notification: \"]}}
- send: {message: report, document: {subject: a, datetime: null, status: stored, notification: null}}
- send: {message: report, document: {notification: processing, status: eaten, colour: red}}
- expect:
    message: report
    assert:
      - {judges: I5438-3-1, that: document.notification, is: display}
      - {judges: I5438-3-1, that: document.status, is: displayed}
      - {judges: I5438-3-1, that: imdn.IMDN-Route, present: false}
- quiet: {message: report, disposition: processing, judges: I5438-3-1}";
    assert_eq!(words(&one(&rfc_file("", steps))), ["udp", "tcp"]);
}

#[test]
fn sessions_are_for_those_who_ask_for_them() {
    let relayed = "role: intermediary\npeers: [U, D]\n";
    let steps = "- quiet: {peers: [D], judges: I5438-8-2}\n";
    let loaded = one(&rfc_file(relayed, steps));
    assert_eq!(words(&loaded), ["udp", "tcp", "mixed"]);
    let reason = loaded.scenario.reason_against(Variant::Msrp);
    assert_eq!(reason.as_deref(), Some("RFC 5438 leaves sessions out (R-38)"));
    let all = one(&rfc_file("transports: [udp, tcp, msrp]", QUIET));
    assert_eq!(words(&all), ["udp", "tcp", "msrp"]);
}

fn one(text: &str) -> Arc<LoadedScenario> {
    let suite = load(text).unwrap_or_else(|found| panic!("{}", found.render(Style::Plain)));
    suite.scenarios[0].clone()
}

fn words(loaded: &LoadedScenario) -> Vec<&'static str> {
    loaded.scenario.variants().iter().map(|variant| variant.word()).collect()
}
