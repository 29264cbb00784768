//! Hostile input over loopback, against a toy that believes what it is told: what is found, and what it leaves alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
mod toy;

use common::{Ran, profile, run_with, suite};
use imdnspec_runner::iut::Length;
use imdnspec_runner::{CancelToken, LeftOut, Reason, RunEvent, Selection};
use judge::{Finding, Verdict};
use ledger::Ledger;
use record::EventKind;
use toy::{Mood, Toy};

const HOSTILE: &str = r#"
document: robustness
section: data
title: Wishes
scenarios:
  - id: die
    title: Death
    role: ua-any
    steps:
      - unharmed: {}
      - send: {message: im, hostile: true, text: please die}
      - unharmed: {judges: ROB-7-2, say: It lives.}
  - id: hang
    title: Silence
    role: ua-any
    steps:
      - unharmed: {}
      - send: {message: im, hostile: true, text: please hang}
      - unharmed: {judges: ROB-7-2}
  - id: fetch
    title: A wish with an address
    role: ua-any
    steps:
      - unharmed: {}
      - send: {message: im, hostile: true, text: "please fetch ${trap.url}"}
      - unharmed: {judges: [ROB-7-2, ROB-7-3]}
  - id: refuse
    title: Refusal from now on
    role: ua-any
    steps:
      - unharmed: {}
      - send: {message: im, hostile: true, text: please refuse}
      - unharmed: {judges: ROB-7-2}
  - id: nothing
    title: A wish without consequences
    role: ua-any
    steps:
      - unharmed: {}
      - send: {message: im, hostile: true, text: "%s%n"}
      - unharmed: {judges: ROB-7-2}
"#;

const SANE: &str = r#"
document: imdn-03
section: "9.1"
title: Toy
scenarios:
  - id: read
    title: A message that was read is reported
    role: reporting-uas
    steps:
      - send: {message: im-req, as: im}
      - command: {ask: dispose, about: im, with: {how: read}}
      - expect: {message: report, about: im, missing: {judges: IMDN-9.1-1}}
"#;

async fn play(mood: Mood, texts: &[&str], ids: &[&str], hostile: bool) -> Ran {
    let toy = Toy::start(mood, true).await;
    let ledger = Ledger::builtin().unwrap();
    let mut iut = profile(&format!("{{tcp: {{address: '{}'}}}}", toy.control), &ledger);
    if mood != Mood::Good {
        iut.ixit.windows.reply = Length::millis(300);
    }
    let scenarios = texts.iter().flat_map(|text| suite(text, &ledger).scenarios).collect();
    let all = scenario::Suite { scenarios };
    let selection =
        Selection { scenarios: Selection::patterns(ids).unwrap(), hostile, ..Selection::default() };
    run_with(all, iut, ledger, selection, CancelToken::default(), |_| {}).await
}

fn findings(ran: &Ran) -> Vec<(&str, &Finding)> {
    let all = ran.judgements().into_iter();
    all.flat_map(|one| one.findings.iter().map(|found| (one.requirement.as_str(), found))).collect()
}

#[tokio::test]
async fn what_is_withstood_is_no_pass_of_a_document() {
    let ran = play(Mood::Good, &[HOSTILE], &[], true).await;
    assert_eq!(findings(&ran), []);
    let outcome = &ran.outcome;
    assert_eq!((outcome.cases, outcome.withstood, outcome.passed, outcome.harmed), (5, 6, 0, 0));
    assert_eq!(outcome.exit_status(true).code(), 0);
}

#[tokio::test]
async fn each_harm_has_its_oracle_and_the_next_case_a_new_process() {
    for (id, oracle) in [("die", "died"), ("hang", "hung"), ("fetch", "fetched"), ("refuse", "impaired")] {
        let ran = play(Mood::Gullible, &[HOSTILE], &[id, "nothing"], true).await;
        let found = findings(&ran);
        assert!(!found.is_empty(), "{id}");
        for (_, found) in found {
            assert_eq!((found.oracle.as_str(), found.verdict), (oracle, Verdict::Fail), "{id}: {found:?}");
            assert_eq!(found.class.as_deref(), Some(Finding::ROBUSTNESS));
            let shown = String::from_utf8_lossy(&found.evidence[0].octets);
            assert!(shown.contains("please"), "the input that did it is shown: {shown}");
            assert!(found.asserted_at.is_some());
        }
        let outcome = &ran.outcome;
        assert_eq!((outcome.violations, outcome.errors, outcome.withstood), (0, 0, 1), "{id}: {outcome:?}");
        assert_eq!(outcome.exit_status(false).code(), 1, "{id}");
    }
}

#[tokio::test]
async fn a_fetch_stands_in_the_record_with_what_was_asked_for() {
    let ran = play(Mood::Gullible, &[HOSTILE], &["fetch"], true).await;
    let record = &ran.records()["fetch"];
    let fetched = record.events.iter().find_map(|event| match &event.kind {
        EventKind::Fetched { url, octets } => Some((url.clone(), octets.clone())),
        _ => None,
    });
    let (url, octets) = fetched.unwrap();
    let path = url.splitn(4, '/').last().unwrap();
    assert!(octets.starts_with(format!("GET /{path}").as_bytes()), "{}", octets.escape_ascii());
    assert_eq!(ran.outcome.harmed, 2);
}

#[tokio::test]
async fn nobody_is_judged_who_was_silent_before() {
    let ran = play(Mood::DeafToSip, &[HOSTILE], &["die", "fetch"], true).await;
    assert!(ran.judgements().iter().all(|one| one.verdict == Verdict::Inconclusive), "{:?}", ran.outcome);
    assert_eq!(ran.outcome.exit_status(false).code(), 4);
}

#[tokio::test]
async fn it_is_left_out_unless_asked_for() {
    let ran = play(Mood::Gullible, &[HOSTILE, SANE], &[], false).await;
    let hostile =
        |event: &&RunEvent| matches!(event, RunEvent::LeftOut(LeftOut { reason: Reason::Hostile, .. }));
    assert_eq!((ran.events.iter().filter(hostile).count(), ran.outcome.cases), (10, 1));
    assert_eq!(ran.outcome.exit_status(false).code(), 0);
}

#[tokio::test]
async fn it_comes_last_and_touches_nothing_else() {
    let ran = play(Mood::Gullible, &[HOSTILE, SANE], &["die", "hang", "read"], true).await;
    let records = ran.events.iter().filter_map(|event| match event {
        RunEvent::CaseFinished { record: Some(record), .. } => Some(record.scenario.clone()),
        _ => None,
    });
    assert_eq!(records.collect::<Vec<_>>(), ["read", "die", "hang"]);
    assert_eq!((ran.outcome.passed, ran.outcome.violations, ran.outcome.harmed), (1, 0, 2));
}
