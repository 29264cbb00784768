//! Whole runs against a toy over loopback: what works, and everything that can break down.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
mod toy;

use common::{Ran, profile, run_with, suite};
use imdnspec_runner::iut::{Iut, Length};
use imdnspec_runner::{Cancel, CancelToken, LeftOut, Reason, RunEvent, Selection};
use judge::Verdict;
use ledger::Ledger;
use record::{EventKind, StepOutcome};
use toy::{Mood, Toy};

const SCENARIOS: &str = r#"
document: imdn-03
section: "9.1"
title: Toy
scenarios:
  - id: read
    title: A message that was read is reported
    role: reporting-uas
    steps:
      - command: {ask: policy, with: {reports: allow}, optional: true}
      - send: {message: im-req, as: im}
      - command: {ask: dispose, about: im, with: {how: read}}
      - expect:
          message: report
          about: im
          missing: {judges: IMDN-9.1-1}
          assert:
            - {judges: IMDN-9.1-1, that: sip.method, is: MESSAGE}
      - quiet: {message: report, judges: IMDN-9.1-2}
  - id: often
    title: Three at a time
    role: reporting-uas
    peers: [P, Q]
    steps:
      - repeat:
          times: 6
          parallel: 3
          steps:
            - send: {message: im-req, as: im, text: "Number ${round}"}
            - command: {ask: dispose, about: im, with: {how: read}}
            - expect: {message: report, about: im, missing: {judges: IMDN-9.1-1}}
  - id: clock
    title: One that wants the process for itself
    role: reporting-uas
    steps:
      - send: {message: im-req, as: im}
      - command: {ask: advance_clock, with: {seconds: 5}}
      - command: {ask: dispose, about: im, with: {how: read}}
      - expect: {message: report, about: im, missing: {judges: IMDN-9.1-1}}
  - id: odds-and-ends
    title: Values, rounds with values, octets outside any transaction, a peer that does not answer
    role: reporting-uas
    peers: [P, Q]
    values:
      word: {random: 8}
    steps:
      - answer: {peer: Q, status: 0}
      - repeat:
          each: {id: [first-id, second-id], both: ["${word}1", "${word}2"]}
          steps:
            - send: {message: im-req, as: im, text: "${both} ${round}", cpim: {set: ["imdn.Message-ID: ${id}"]}}
            - command: {ask: dispose, about: im, with: {how: read}}
            - expect: {message: report, about: im, missing: {judges: IMDN-9.1-1}}
      - raw: {peer: Q, octets: ["neither SIP nor ${word}\n"]}
      - quiet: {peers: [Q], judges: IMDN-9.1-2}
  - id: unknown-command
    title: One that asks for what the driver lacks
    role: reporting-uas
    steps:
      - send: {message: im-req}
      - command: {ask: log, assert: [{judges: IMDN-9.1-1, that: shown, present: true}]}
      - quiet: {message: report, judges: IMDN-9.1-2}
  - id: rounds-without-basis
    title: Rounds that ask for what the driver lacks or refuses
    role: reporting-uas
    steps:
      - together:
          - repeat:
              times: 10000
              parallel: 100
              steps:
                - command: {ask: send, with: {to: "${P.uri}"}}
                - expect: {message: im, missing: {judges: IMDN-9.1-1}}
          - repeat:
              times: 10000
              steps:
                - send: {message: im-req, as: im}
                - command: {ask: dispose, about: im, with: {how: read}}
                - expect: {message: report, about: im, missing: {judges: IMDN-9.1-1}}
"#;

async fn run_these(iut: Iut, ledger: Ledger, scenarios: &[&str]) -> Ran {
    let selection = Selection { scenarios: Selection::patterns(scenarios).unwrap(), ..Selection::default() };
    let suite = suite(SCENARIOS, &ledger);
    run_with(suite, iut, ledger, selection, CancelToken::default(), |_| {}).await
}

/// Runs scenarios against a toy of that mood, with the profile changed a little.
async fn play(mood: Mood, scoped: bool, scenarios: &[&str], change: impl FnOnce(&mut Iut)) -> Ran {
    let toy = Toy::start(mood, scoped).await;
    let ledger = Ledger::builtin().unwrap();
    let mut iut = profile(&format!("{{tcp: {{address: '{}'}}}}", toy.control), &ledger);
    change(&mut iut);
    run_these(iut, ledger, scenarios).await
}

fn assert_all(ran: &Ran, verdict: Verdict) {
    let judgements = ran.judgements();
    assert!(!judgements.is_empty());
    for judgement in judgements {
        assert_eq!(judgement.verdict, verdict, "{judgement:#?}");
    }
}

#[tokio::test]
async fn a_conformant_iut_passes_shared_and_alone() {
    for scoped in [true, false] {
        let ran = play(Mood::Good, scoped, &["read", "often", "clock"], |_| {}).await;
        assert_all(&ran, Verdict::Pass);
        assert_eq!(ran.outcome.exit_status(true).code(), 0);
        assert_eq!((ran.outcome.cases, ran.classes().len()), (3, 0), "{:?}", ran.notes());
        assert!(matches!(ran.events.last(), Some(RunEvent::Finished(_))));
    }
}

#[tokio::test]
async fn a_record_tells_step_by_step_what_happened() {
    let ran = play(Mood::Good, true, &["read"], |_| {}).await;
    let record = &ran.records()["read"];
    let ended: Vec<_> = record
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::StepEnded { id, outcome } => Some((id.0, outcome)),
            _ => None,
        })
        .collect();
    assert_eq!(ended.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert!(matches!(ended[1].1, StepOutcome::Done(events) if events.len() == 2), "request and answer");
    assert!(matches!(ended[3].1, StepOutcome::Done(events) if events.len() == 1), "the report");
    assert_eq!(ended[4].1, &StepOutcome::Elapsed);
    let bound = |wanted: &str| {
        record
            .events
            .iter()
            .any(|event| matches!(&event.kind, EventKind::Bound { name, .. } if name == wanted))
    };
    assert!(bound("P") && bound("iut"));
    let commands: Vec<_> = record
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Command { command, .. } => Some(command),
            _ => None,
        })
        .collect();
    assert_eq!(
        commands.iter().map(|command| command["command"].as_str().unwrap()).collect::<Vec<_>>(),
        ["reset", "policy", "dispose"]
    );
    assert!(commands[1]["peer"].as_str().unwrap().starts_with("sip:p."), "{}", commands[1]);
    assert!(commands[2]["handle"].is_string() && commands[2]["from"].is_string(), "{}", commands[2]);
}

#[tokio::test]
async fn every_kind_of_step_is_carried_out() {
    let ran = play(Mood::Good, true, &["odds-and-ends"], |_| {}).await;
    assert_all(&ran, Verdict::Pass);
    let record = &ran.records()["odds-and-ends"];
    let bound = |wanted: &str| -> Vec<String> {
        let value = |event: &record::Event| match &event.kind {
            EventKind::Bound { name, value } if name == wanted => Some(value.to_string().replace('"', "")),
            _ => None,
        };
        record.events.iter().filter_map(value).collect()
    };
    assert_eq!(bound("id"), ["first-id", "second-id"]);
    assert_eq!(bound("round"), ["1", "2"]);
    let words = bound("word");
    assert_eq!(bound("both"), [format!("{}1", words[0]), format!("{}2", words[0])]);
    let raw = record.events.iter().find_map(|event| match &event.kind {
        EventKind::Sent { purpose: record::Purpose::Raw, octets, peer, .. } => {
            Some((octets.clone(), peer.clone()))
        }
        _ => None,
    });
    let (octets, peer) = raw.unwrap();
    assert_eq!((&octets[..], &*peer), (format!("neither SIP nor {}\n", words[0]).as_bytes(), "Q"));
}

#[tokio::test]
async fn what_the_driver_lacks_is_inconclusive() {
    let ran = play(Mood::Good, true, &["unknown-command"], |_| {}).await;
    assert_all(&ran, Verdict::Inconclusive);
    assert_eq!(ran.outcome.exit_status(false).code(), 4);
    let record = &ran.records()["unknown-command"];
    let skipped = record
        .events
        .iter()
        .any(|event| matches!(&event.kind, EventKind::StepEnded { outcome: StepOutcome::Skipped(_), .. }));
    assert!(skipped, "the quiet window is not waited for");
}

fn windows(ran: &Ran, scenario: &str) -> Vec<String> {
    let window = |event: &record::Event| match &event.kind {
        EventKind::Window { window, .. } => Some(window.clone()),
        _ => None,
    };
    ran.records()[scenario].events.iter().filter_map(window).collect()
}

#[tokio::test]
async fn rounds_without_basis_wait_for_nothing() {
    let ran = play(Mood::RefusesDispose, true, &["rounds-without-basis"], |_| {}).await;
    assert_all(&ran, Verdict::Inconclusive);
    assert_eq!(windows(&ran, "rounds-without-basis"), ["reply", "quiet"], "an answer, and the end");
    let began = |event: &&record::Event| matches!(event.kind, EventKind::StepBegan { .. });
    assert!(ran.records()["rounds-without-basis"].events.iter().filter(began).count() < 300);
}

#[tokio::test]
async fn a_case_that_is_broken_off_listens_on() {
    let ran =
        play(Mood::RefusesMessages, true, &["read"], |iut| iut.ixit.windows.quiet = Length::seconds(1)).await;
    assert_eq!(windows(&ran, "read"), ["reply", "quiet"]);
    let record = &ran.records()["read"];
    let reports = record
        .events
        .iter()
        .filter(|event| matches!(&event.kind, EventKind::Received { novelty: record::Novelty::Request, .. }));
    assert_eq!(reports.count(), 1, "the report on what was refused");
    let well = play(Mood::Good, true, &["clock"], |iut| iut.ixit.windows.quiet = Length::seconds(600)).await;
    assert!(!windows(&well, "clock").contains(&"quiet".to_owned()));
}

#[tokio::test]
async fn a_transport_without_endpoint_is_left_out() {
    let ran = play(Mood::Good, true, &["read"], |iut| {
        iut.ixit.transports.push(scenario::model::TransportName::Tcp);
    })
    .await;
    let reasons: Vec<_> = ran
        .events
        .iter()
        .filter_map(|event| match event {
            RunEvent::LeftOut(LeftOut { reason, .. }) if *reason != Reason::NotSelected => {
                Some(reason.clone())
            }
            _ => None,
        })
        .collect();
    let tied = "it looks at SIP itself: it refers to parts of SIP messages";
    assert_eq!(reasons, [Reason::Scenario(tied.into()), Reason::Endpoint(record::Transport::Tcp)]);
    assert_eq!(ran.outcome.cases, 1);
}

#[tokio::test]
async fn an_iut_that_is_not_there_is_unreachable() {
    let ledger = Ledger::builtin().unwrap();
    let iut = profile("{exec: {program: ./no/such/program}}", &ledger);
    let ran = run_these(iut, ledger, &["read", "often"]).await;
    assert_all(&ran, Verdict::Error);
    assert_eq!(ran.classes(), ["iut-unreachable"]);
    assert_eq!((ran.outcome.cases, ran.outcome.exit_status(false).code()), (2, 3));
}

#[tokio::test]
async fn every_breakdown_has_its_class_and_is_no_violation() {
    let table = [
        (Mood::DiesOnDispose, "iut-crashed"),
        (Mood::TalksNonsense, "driver-garbage"),
        (Mood::IgnoresDispose, "driver-silent"),
        (Mood::DeafToSip, "no-answer"),
        (Mood::Floods, "iut-flood"),
        (Mood::NeverReady, "driver-silent"),
    ];
    for (mood, class) in table {
        for scoped in [true, false] {
            let ran = play(mood, scoped, &["read"], |iut| {
                iut.ixit.limits.events = 500;
                iut.ixit.windows.quiet = Length::seconds(20);
                if matches!(mood, Mood::DeafToSip | Mood::NeverReady | Mood::IgnoresDispose) {
                    iut.ixit.windows.reply = Length::millis(50);
                    iut.ixit.limits.ready = Length::millis(50);
                    iut.ixit.limits.command = Length::millis(50);
                }
            })
            .await;
            assert_eq!(ran.classes(), [class], "{mood:?}");
            assert_all(&ran, Verdict::Error);
            assert_eq!(ran.outcome.exit_status(false).code(), 3, "{mood:?}");
        }
    }
}

#[tokio::test]
async fn after_a_crash_the_case_is_tried_again_alone() {
    let ran = play(Mood::DiesOnce, true, &["read"], |_| {}).await;
    assert_all(&ran, Verdict::Pass);
    assert!(ran.notes().iter().any(|note| note.contains("tried again")), "{:?}", ran.notes());
}

#[tokio::test]
async fn after_a_crash_the_next_case_gets_a_new_process() {
    let ran = play(Mood::DiesOnce, false, &["read", "clock"], |_| {}).await;
    assert_eq!(ran.classes(), ["iut-crashed"]);
    assert!(ran.outcome.passed > 0 && ran.outcome.errors > 0, "{:?}", ran.outcome);
}

#[tokio::test]
async fn a_cancelled_run_ends_at_once_and_keeps_what_was_judged() {
    let toy = Toy::start(Mood::Good, true).await;
    let ledger = Ledger::builtin().unwrap();
    let mut iut = profile(&format!("{{tcp: {{address: '{}'}}}}", toy.control), &ledger);
    iut.ixit.windows.quiet = Length::seconds(600);
    let (cancel, token) = Cancel::pair();
    let selection =
        Selection { scenarios: Selection::patterns(["read", "often"]).unwrap(), ..Selection::default() };
    let mut finished = 0;
    let end_it = |event: &RunEvent| {
        if matches!(event, RunEvent::CaseFinished { .. }) {
            finished += 1;
            cancel.cancel();
        }
    };
    let Ran { outcome, .. } =
        run_with(suite(SCENARIOS, &ledger), iut, ledger, selection, token, end_it).await;
    assert_eq!((finished, outcome.cases, outcome.interrupted), (1, 1, true));
    assert_eq!(outcome.exit_status(false).code(), 130);
    assert!(outcome.passed > 0);
}

#[tokio::test]
async fn nothing_selected_is_nothing_judged() {
    let ran = play(Mood::Good, true, &["no-such-scenario"], |_| {}).await;
    assert_eq!((ran.outcome.cases, ran.outcome.exit_status(false).code()), (0, 4));
    assert!(matches!(ran.events.first(), Some(RunEvent::Started { cases }) if cases.is_empty()));
}
