//! Whole runs of scenarios for an IUT that stands between peers, against a toy that takes every message and relays none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
mod toy;

use common::{Ran, profile, run_with, suite};
use imdnspec_runner::iut::{Iut, StaticList};
use imdnspec_runner::{Cancel, CancelToken, LeftOut, Reason, RunEvent, Selection};
use judge::Verdict;
use ledger::Ledger;
use record::{EventKind, Purpose, Record, StepOutcome};
use scenario::model::Variant;
use serde_json::Value;
use toy::{Mood, Toy};

const SCENARIOS: &str = r#"
document: imdn-03
section: "9.3.2"
title: Toy
scenarios:
  - id: both-sides
    title: Everybody sends, some of them at once
    role: b2bua
    peers: [U, D1, X]
    crowds: {E: 3}
    lists: [L]
    steps:
      - together:
          - send: {message: im-req, to: "${L.uri}", as: one}
          - send: {peer: D1, message: im, as: two}
          - repeat:
              each: {who: [U, X]}
              steps:
                - send: {peer: "${who}", message: im}
      - repeat:
          times: 3
          parallel: 2
          steps:
            - send: {peer: "E${round}", message: im, text: "${one.sip.Call-ID} ${two.sip.Call-ID}"}
      - quiet: {judges: IMDN-9.3.2-4}
  - id: one-course-breaks
    title: What goes on at once does not break the rest, but what follows
    role: b2bua
    peers: [U, D1]
    steps:
      - together:
          - send: {message: im, answer: {is: [4xx]}}
          - repeat:
              times: 2
              steps:
                - send: {peer: D1, message: im}
      - quiet: {judges: IMDN-9.3.2-4}
  - id: static-one
    title: A list that the IUT has by itself
    role: b2bua
    peers: [U, D1, D2]
    lists: [L]
    steps:
      - command: {ask: list, with: {uri: "${L.uri}", members: [{uri: "${D1.uri}"}, {uri: "${D2.uri}"}]}}
      - send: {message: im-req, to: "${L.uri}"}
      - quiet: {judges: IMDN-9.3.2-4}
  - id: hidden
    title: A list that the IUT has not
    role: b2bua
    peers: [U, D1]
    lists: [L]
    steps:
      - command: {ask: list, with: {uri: "${L.uri}", members: [{uri: "${D1.uri}"}], disclosed: false}}
      - send: {message: im-req, to: "${L.uri}"}
      - quiet: {judges: IMDN-9.3.2-4}
  - id: patience
    title: One that takes an hour
    role: b2bua
    peers: [U]
    slow: true
    slow-reason: the state has to be forgotten
    steps:
      - send: {message: im}
      - wait: {seconds: 3600, why: nothing lasts that long}
      - quiet: {judges: IMDN-9.3.2-4}
"#;

async fn iut(change: impl FnOnce(&mut Iut)) -> (Iut, Ledger) {
    let toy = Toy::start(Mood::Good, true).await;
    let ledger = Ledger::builtin().unwrap();
    let mut iut = profile(&format!("{{tcp: {{address: '{}'}}}}", toy.control), &ledger);
    change(&mut iut);
    (iut, ledger)
}

/// `static-one` once more under another name, so that two cases want the same list.
fn scenarios() -> String {
    let start = SCENARIOS.find("  - id: static-one").unwrap();
    let end = SCENARIOS.find("  - id: hidden").unwrap();
    SCENARIOS.to_owned() + &SCENARIOS[start..end].replace("static-one", "static-two")
}

async fn play(scenarios: &[&str], change: impl FnOnce(&mut Iut)) -> Ran {
    let (iut, ledger) = iut(change).await;
    let selection = Selection { scenarios: Selection::patterns(scenarios).unwrap(), ..Selection::default() };
    let suite = suite(&self::scenarios(), &ledger);
    run_with(suite, iut, ledger, selection, CancelToken::default(), |_| {}).await
}

fn bound(record: &Record, wanted: &str) -> Value {
    let value = record.events.iter().find_map(|event| match &event.kind {
        EventKind::Bound { name, value } if name == wanted => Some(value.clone()),
        _ => None,
    });
    value.unwrap()
}

/// Who sent requests, with the octets.
fn requests(record: &Record) -> Vec<(String, String)> {
    let request = |event: &record::Event| match &event.kind {
        EventKind::Sent { peer, purpose: Purpose::Request, octets, .. } => {
            Some((peer.to_string(), String::from_utf8_lossy(octets).into_owned()))
        }
        _ => None,
    };
    record.events.iter().filter_map(request).collect()
}

#[tokio::test]
async fn everybody_can_send_and_some_at_once() {
    let ran = play(&["both-sides"], |_| {}).await;
    assert_eq!(ran.outcome.passed, 1, "{:#?}", ran.judgements());
    let record = &ran.records()["both-sides"];
    let requests = requests(record);
    let mut senders: Vec<_> = requests.iter().map(|(peer, _)| peer.as_str()).collect();
    assert_eq!(senders[..2], ["U", "D1"], "at once, in their order");
    senders.sort_unstable();
    assert_eq!(senders, ["D1", "E1", "E2", "E3", "U", "U", "X"]);
    let list = bound(record, "L")["uri"].as_str().unwrap().to_owned();
    let (_, to_list) = &requests[0];
    assert!(to_list.starts_with(&format!("MESSAGE {list} SIP/2.0\r\n")), "{list}\n{to_list}");
    assert!(to_list.contains(&format!("\r\nTo: <{list}>\r\n")), "{to_list}");
    assert_eq!(bound(record, "E")["members"].as_array().unwrap().len(), 3);
    let resets = record.events.iter().filter(
        |event| matches!(&event.kind, EventKind::Command { command, .. } if command["command"] == "reset"),
    );
    assert_eq!(resets.count(), 3, "no IUT knows anybody of a crowd");
}

#[tokio::test]
async fn what_breaks_one_course_does_not_touch_the_others() {
    let ran = play(&["one-course-breaks"], |_| {}).await;
    let record = &ran.records()["one-course-breaks"];
    assert_eq!(requests(record).iter().filter(|(peer, _)| peer == "D1").count(), 2);
    let last = record.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::StepEnded { outcome, .. } => Some(outcome.clone()),
        _ => None,
    });
    assert!(matches!(last, Some(StepOutcome::Skipped(_))), "{last:?}");
    assert_eq!(ran.judgements()[0].verdict, Verdict::Inconclusive);
}

#[tokio::test]
async fn a_list_of_the_iut_takes_the_place_of_one_that_cannot_be_defined() {
    let ran = play(&["static-*", "hidden"], |iut| {
        iut.ixit.static_lists = vec![StaticList {
            uri: "sip:friends@lab.test".into(),
            members: vec!["sip:first@lab.test".into(), "sip:second@lab.test".into()],
            disclosed: true,
        }];
    })
    .await;
    for name in ["static-one", "static-two"] {
        let record = &ran.records()[name];
        assert_eq!(bound(record, "L")["uri"], "sip:friends@lab.test");
        assert_eq!(bound(record, "D2")["user"], "second");
        assert!(requests(record)[0].1.starts_with("MESSAGE sip:friends@lab.test SIP/2.0\r\n"));
        let verdicts: Vec<_> = ran.judgements().iter().map(|one| one.verdict).collect();
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Pass).count(), 2);
    }
    let hidden = ran.judgements().into_iter().find(|one| one.scenario == "hidden").unwrap();
    assert_eq!(hidden.verdict, Verdict::Inconclusive);
    let why = &hidden.findings[0].message;
    assert!(why.contains("1 members and `disclosed: false`"), "{why}");
}

#[tokio::test]
async fn variants_need_both_transports() {
    let ran = play(&["one-course-breaks"], |iut| {
        iut.ixit.transports.push(scenario::model::TransportName::Tcp);
    })
    .await;
    let left_out: Vec<_> = ran
        .events
        .iter()
        .filter_map(|event| match event {
            RunEvent::LeftOut(LeftOut { label, reason }) if *reason != Reason::NotSelected => {
                Some((label.variant, reason.clone()))
            }
            _ => None,
        })
        .collect();
    let none = Reason::Endpoint(record::Transport::Tcp);
    let unwanted = (Variant::Msrp, Reason::Transport(record::Transport::Msrp));
    assert_eq!(left_out, [unwanted, (Variant::Tcp, none.clone()), (Variant::Mixed, none)]);
}

#[tokio::test]
async fn slow_scenarios_run_where_they_are_asked_for() {
    let ran = play(&["patience"], |_| {}).await;
    let slow = |event: &RunEvent| matches!(event, RunEvent::LeftOut(LeftOut { reason: Reason::Slow(why), .. }) if why.contains("forgotten"));
    assert_eq!((ran.outcome.cases, ran.events.iter().any(slow)), (0, true));
    let (iut, ledger) = iut(|_| {}).await;
    let selection = Selection {
        scenarios: Selection::patterns(["patience"]).unwrap(),
        slow: true,
        ..Selection::default()
    };
    let (cancel, token) = Cancel::pair();
    let mut told = None;
    let end_it = |event: &RunEvent| {
        if let RunEvent::Waiting { length, why, .. } = event {
            told = Some((length.as_secs(), why.clone()));
            cancel.cancel();
        }
    };
    let suite = suite(SCENARIOS, &ledger);
    let ran = run_with(suite, iut, ledger, selection, token, end_it).await;
    assert!(ran.outcome.interrupted);
    assert_eq!(told, Some((3600, "nothing lasts that long".to_owned())));
}
