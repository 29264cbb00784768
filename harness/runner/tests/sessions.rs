//! Whole runs in MSRP sessions, against a toy over loopback.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
#[path = "toy/session.rs"]
mod toy;

use std::time::Duration;

use common::{Ran, run_with, suite};
use imdnspec_runner::{CancelToken, LeftOut, Reason, RunEvent, Selection};
use judge::Verdict;
use ledger::Ledger;
use record::{Event, EventKind, Novelty, Purpose, Record, Transport};
use scenario::Style;
use scenario::model::{Mode, Variant};
use toy::{Mood, Toy};

/// The quiet window, in milliseconds.
const QUIET: u64 = 50;

const SCENARIOS: &str = r#"
document: receipts-00
section: "7"
title: Toy
scenarios:
  - id: read
    title: A message that was read is confirmed in its session
    role: reporting-uas
    steps:
      - send: {message: im-req, receipts: [read]}
      - send: {message: im-req, receipts: [read], as: second, chunk: 50, text: A message of several chunks.}
      - command: {ask: dispose, about: second, with: {how: read}}
      - expect:
          message: report
          about: second
          disposition: read
          missing: {judges: RCPT-6.1.3.1-2}
          assert:
            - {judges: RCPT-7.1.1-4, that: msrp.Failure-Report, is: "no"}
            - {judges: RCPT-6.1.3.1-2, that: document.message-id, is: "${second}"}
      - quiet: {message: report, judges: RCPT-3.1-9}
  - id: confirm
    title: What the implementation sends is confirmed in its session
    role: requesting-uac
    transports: [msrp]
    transports-reason: Only in sessions may an answer stay out.
    steps:
      - command: {ask: send, with: {to: "${P.uri}", text: "A message that takes more than one chunk of a hundred octets."}}
      - expect:
          message: im
          as: im
          assert:
            - {judges: RCPT-3.1-1, that: imdn.Receipt-Request, is: read}
            - {judges: RCPT-3.1-1, that: content.text, contains: more than one chunk}
      - send: {message: report, about: im, answer: {is: [none], judges: RCPT-7.1.2-2}}
      - send: {message: im}
  - id: barrier
    title: A receipt is dealt with before the implementation is asked again
    role: requesting-uac
    steps:
      - command: {ask: send, with: {to: "${P.uri}", text: Hello}}
      - expect: {message: im, as: im, assert: [{judges: RCPT-3.1-1, that: imdn.Receipt-Request, is: read}]}
      - send: {message: report, about: im}
      - command: {ask: policy, with: {reports: allow}}
  - id: answered-barrier
    title: A receipt whose answer is looked at is dealt with before the implementation is asked again
    role: requesting-uac
    transports: [msrp]
    transports-reason: Only in sessions may an answer stay out.
    steps:
      - command: {ask: send, with: {to: "${P.uri}", text: Hello}}
      - expect: {message: im, as: im, assert: [{judges: RCPT-3.1-1, that: imdn.Receipt-Request, is: read}]}
      - send: {message: report, about: im, answer: {is: [2xx, none]}}
      - command: {ask: policy, with: {reports: allow}}
  - id: long
    title: A long message is one message
    role: requesting-uac
    steps:
      - command: {ask: send, with: {to: "${P.uri}", text: "octets: 3000000"}}
      - expect:
          message: im
          assert: [{judges: RCPT-3.1-1, that: imdn.Receipt-Request, is: read}]
  - id: ten-megabytes
    title: Ten megabytes in chunks of two kilobytes
    role: requesting-uac
    steps:
      - command: {ask: send, with: {to: "${P.uri}", text: "octets: 10485760"}}
      - expect:
          message: im
          assert: [{judges: RCPT-3.1-1, that: imdn.Receipt-Request, is: read}]
  - id: refusal
    title: A message that may be refused
    role: reporting-uas
    steps:
      - send: {message: im, answer: {is: [2xx], judges: RCPT-3.1-4}}
  - id: pages
    title: A page in between
    role: reporting-uas
    steps:
      - send: {message: im, mode: page}
      - send: {message: im, answer: {is: [2xx], judges: RCPT-3.1-4}}
  - id: at-once
    title: Many messages at once go by one session
    role: reporting-uas
    steps:
      - repeat:
          times: 8
          parallel: 4
          steps:
            - send: {message: im-req, receipts: [read], as: im}
            - command: {ask: dispose, about: im, with: {how: read}}
            - expect: {message: report, about: im, missing: {judges: RCPT-6.1.3.1-2}}
"#;

async fn play(mood: Mood, scenario: &str) -> Ran {
    play_and_hear(mood, scenario, |_| {}).await
}

async fn play_and_hear(mood: Mood, scenario: &str, hear: impl FnMut(&RunEvent)) -> Ran {
    let toy = Toy::start(mood).await;
    let ledger = Ledger::builtin().unwrap();
    let text = format!(
        "name: Toy\nics: {{roles: [reporting-uas, requesting-uac], documents: [receipts-00]}}\n\
         ixit: {{windows: {{reply: 5s, quiet: {QUIET}ms}}, transports: [msrp]}}\ndriver: {{tcp: {{address: '{}'}}}}\n",
        toy.control
    );
    let iut = imdnspec_runner::iut::load("iut.yaml", &text, std::path::Path::new(""), &ledger)
        .unwrap_or_else(|problems| panic!("{}", problems.render(Style::Plain)));
    let selection = Selection { scenarios: Selection::patterns([scenario]).unwrap(), ..Selection::default() };
    let suite = suite(SCENARIOS, &ledger);
    run_with(suite, iut, ledger, selection, CancelToken::default(), hear).await
}

/// The verdict on one requirement, with what was found.
fn verdict(ran: &Ran, requirement: &str) -> (Verdict, String) {
    let judgements = ran.judgements();
    let found = judgements.iter().find(|judgement| judgement.requirement == requirement).unwrap();
    let why: Vec<_> = found.findings.iter().map(|finding| finding.message.as_str()).collect();
    (found.verdict, why.join(" "))
}

fn record(ran: &Ran) -> std::sync::Arc<Record> {
    ran.records().into_values().next().unwrap()
}

/// How many requests of a method went to the IUT or came from it, in both protocols.
fn count(record: &Record, method: &str) -> usize {
    let begins = |octets: &bytes::Bytes, transport: Transport| match transport {
        Transport::Msrp => {
            wire::msrp::decode(octets).value.method().is_some_and(|own| own.0 == method.as_bytes())
        }
        _ => octets.starts_with(format!("{method} ").as_bytes()),
    };
    let is = |kind: &EventKind| match kind {
        EventKind::Sent { octets, transport, .. } | EventKind::Received { octets, transport, .. } => {
            begins(octets, *transport)
        }
        _ => false,
    };
    record.events.iter().filter(|event| is(&event.kind)).count()
}

#[tokio::test]
async fn a_receipt_comes_back_in_the_session_of_the_message() {
    let ran = play(Mood::Good, "read").await;
    for requirement in ["RCPT-6.1.3.1-2", "RCPT-7.1.1-4", "RCPT-3.1-9"] {
        assert_eq!(verdict(&ran, requirement), (Verdict::Pass, String::new()), "{requirement}");
    }
    let record = record(&ran);
    assert_eq!(count(&record, "INVITE"), 1, "one session serves both messages");
    assert!(count(&record, "SEND") > 5, "the second message goes in chunks");
    assert_eq!(count(&record, "BYE"), 1, "the session is closed at the end");
}

#[tokio::test]
async fn a_session_that_the_implementation_has_opened_is_used() {
    let ran = play(Mood::Good, "confirm").await;
    for requirement in ["RCPT-3.1-1", "RCPT-7.1.2-2"] {
        assert_eq!(verdict(&ran, requirement), (Verdict::Pass, String::new()), "{requirement}");
    }
    let record = record(&ran);
    assert_eq!(count(&record, "INVITE"), 1, "for the message, the receipt, and what follows");
    let asked = record.events.iter().find_map(|event| match &event.kind {
        EventKind::Command { command, .. } if command["command"] == "send" => Some(command["mode"].clone()),
        _ => None,
    });
    assert_eq!(asked, Some("session".into()), "without a word of it in the scenario");
}

#[tokio::test]
async fn two_runs_have_one_normal_form() {
    for scenario in ["read", "confirm", "barrier"] {
        let one = record::normal_form(&record(&play(Mood::Good, scenario).await));
        let other = record::normal_form(&record(&play(Mood::Good, scenario).await));
        assert_eq!(one, other, "{scenario}");
    }
}

#[tokio::test]
async fn a_message_in_many_chunks_is_no_flood() {
    let ran = play(Mood::Good, "long").await;
    assert_eq!(verdict(&ran, "RCPT-3.1-1"), (Verdict::Pass, String::new()));
    assert!(count(&record(&ran), "SEND") > 1_400, "more than IXIT allows events");
    assert!(ran.classes().is_empty(), "{:?}", ran.classes());
}

#[tokio::test]
async fn what_is_not_answered_has_time_to_arrive_before_a_command() {
    for scenario in ["barrier", "answered-barrier"] {
        let ran = play(Mood::Good, scenario).await;
        assert_eq!(verdict(&ran, "RCPT-3.1-1"), (Verdict::Pass, String::new()), "{scenario}");
        assert_barrier(&record(&ran));
    }
}

/// Before its last command, and no sooner than the quiet window after the last message, the IUT has answered a request
/// without a body.
fn assert_barrier(record: &Record) {
    let sent = record.iter().filter(|(_, event)| {
        matches!(event.kind, EventKind::Sent { transport: Transport::Msrp, purpose: Purpose::Request, .. })
    });
    let sent: Vec<_> = sent.collect();
    let [.., (_, receipt), (barrier, _)] = &sent[..] else { panic!("{sent:?}") };
    let answered = |(_, event): (_, &Event)| matches!(event.kind, EventKind::Received { novelty: Novelty::Response(to), .. } if to == *barrier);
    assert!(record.iter().any(answered), "a request without a body shows that the receipt is past");
    let asked = record.events.iter().filter(|event| matches!(event.kind, EventKind::Command { .. }));
    let (receipt, policy) = (receipt.at, asked.last().unwrap().at);
    assert!(policy - receipt >= Duration::from_millis(QUIET), "{receipt:?} {policy:?}");
}

#[tokio::test]
async fn a_session_that_is_refused_is_no_answer_to_the_message() {
    let ran = play(Mood::RefusesSessions, "refusal").await;
    let (verdict, why) = verdict(&ran, "RCPT-3.1-4");
    assert_eq!(verdict, Verdict::Inconclusive);
    assert!(why.contains("the INVITE was answered with 488"), "{why}");
    let ran = play(Mood::RefusesSessions, "read").await;
    let judgements = ran.judgements();
    assert!(judgements.iter().all(|judgement| judgement.verdict == Verdict::Inconclusive));
    assert!(ran.classes().is_empty(), "{:?}", ran.classes());
}

#[tokio::test]
async fn a_message_that_is_refused_is_charged() {
    let ran = play(Mood::RefusesMessages, "refusal").await;
    assert_eq!(verdict(&ran, "RCPT-3.1-4"), (Verdict::Fail, "The answer is 403.".to_owned()));
}

#[tokio::test]
async fn a_step_may_send_a_page_all_the_same() {
    let ran = play(Mood::Good, "pages").await;
    assert_eq!(verdict(&ran, "RCPT-3.1-4"), (Verdict::Pass, String::new()));
    let record = record(&ran);
    assert_eq!((count(&record, "MESSAGE"), count(&record, "INVITE")), (1, 1));
}

#[tokio::test]
async fn messages_at_once_share_a_session() {
    let ran = play(Mood::Good, "at-once").await;
    assert_eq!(verdict(&ran, "RCPT-6.1.3.1-2"), (Verdict::Pass, String::new()));
    assert_eq!(count(&record(&ran), "INVITE"), 1);
}

#[tokio::test]
async fn without_session_mode_the_case_is_left_out() {
    let ran = play(Mood::PagesOnly, "read").await;
    let sessions = |event: &RunEvent| match event {
        RunEvent::LeftOut(LeftOut { label, reason }) if label.variant == Variant::Msrp => {
            *reason == Reason::Mode(Mode::Session)
        }
        _ => false,
    };
    assert_eq!((ran.outcome.cases, ran.events.iter().any(sessions)), (0, true));
}

/// Figures for docs/vendors.md: `cargo test --release -p imdnspec-runner --test sessions -- --ignored --nocapture`. The toy sends in
/// the same process and keeps what it sends, so that the peak is not the harness's alone.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it prints figures, and shows nothing by itself"]
async fn ten_megabytes_in_chunks_of_two_kilobytes() {
    let before = peak();
    let mut finished = None;
    let hear = |event: &RunEvent| {
        if matches!(event, RunEvent::CaseFinished { .. }) {
            finished = Some(time::OffsetDateTime::now_utc());
        }
    };
    let ran = play_and_hear(Mood::Good, "ten-megabytes", hear).await;
    assert_eq!(verdict(&ran, "RCPT-3.1-1").0, Verdict::Pass);
    let record = &ran.records()["ten-megabytes"];
    let is_chunk = |event: &&Event| {
        matches!(
            &event.kind,
            EventKind::Received { transport: Transport::Msrp, novelty: Novelty::Request, .. }
        )
    };
    let chunks: Vec<&Event> = record.events.iter().filter(is_chunk).collect();
    let (first, last) = (chunks[0].at, record.events.last().unwrap());
    let judged = finished.unwrap() - record.time_of(last);
    println!(
        "{} chunks: received and reassembled in {:?}, judged in {judged}; peak {} KB before, {} KB after",
        chunks.len(),
        last.at - first,
        before,
        peak()
    );
}

/// The most memory that this process has had, in kilobytes, where the system tells.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
