//! The outputs on results with hostile text in them.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use imdnspec_report as report;
use imdnspec_report::{
    CaseResult, JunitProfile, Paint, Results, Source, Tally, finding, json, junit, terminal,
};
use judge::{Evidence, Finding, Judgement, Verdict};
use ledger::Ledger;
use record::EventId;
use time::OffsetDateTime;

const SCENARIO: &str =
    "scenarios:\n  - id: one\n    assert:\n      - {judges: IMDN-9.1-7, check: subjects-copied}\n";
const HOSTILE: &str = "]]> <failure/> & \u{1b}[31m \0 \u{fffe} \u{202e} \r\n \"q\" %s";

fn evidence() -> Evidence {
    Evidence {
        event: EventId(4),
        at: Duration::from_millis(12),
        caption: format!("IUT → P, MESSAGE {HOSTILE}"),
        octets: Bytes::from(format!("MESSAGE sip:p SIP/2.0\r\nSubject: {HOSTILE}\r\n\r\n")),
        span: Some(32..40),
        label: HOSTILE.into(),
    }
}

fn found(verdict: Verdict) -> Finding {
    Finding {
        verdict,
        oracle: "subjects-copied".into(),
        message: format!("the Subject is {HOSTILE}"),
        admissible: format!("the Subject of the message, {HOSTILE}"),
        reading: Some("I-33".into()),
        asserted_at: SCENARIO.find('{').map(|start| start..SCENARIO.len() - 1),
        class: (verdict == Verdict::Error).then(|| "iut-crashed".into()),
        evidence: vec![evidence()],
    }
}

fn judgement(requirement: &str, verdict: Verdict) -> Judgement {
    let findings = if verdict == Verdict::Pass { Vec::new() } else { vec![found(verdict)] };
    Judgement {
        requirement: requirement.into(),
        scenario: "one".into(),
        variant: "udp".into(),
        verdict,
        findings,
    }
}

fn results(strict: bool) -> Results {
    let judgements = vec![
        judgement("IMDN-9.1-1", Verdict::Warning),
        judgement("IMDN-9.1-2", Verdict::Pass),
        judgement("IMDN-9.1-5", Verdict::Inconclusive),
        judgement("IMDN-9.1-6", Verdict::NotApplicable),
        judgement("IMDN-9.1-7", Verdict::Fail),
        judgement("IMDN-10-1", Verdict::Error),
    ];
    let case = CaseResult {
        document: "imdn-03".into(),
        section: "9.1".into(),
        role: "reporting-uas".into(),
        scenario: "one".into(),
        title: HOSTILE.into(),
        variant: "udp".into(),
        terms: None,
        source: Source { name: "imdn-03/09.1.yaml".into(), text: SCENARIO.into() },
        duration: Duration::from_micros(123_456),
        judgements,
    };
    Results {
        iut: HOSTILE.into(),
        started: OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap(),
        duration: Duration::from_secs(1),
        strict,
        interrupted: false,
        cases: vec![case],
        left_out: vec![("imdn-03/two [tcp]".into(), "no endpoint".into())],
        troubles: vec![HOSTILE.into()],
    }
}

fn ledger() -> Ledger {
    Ledger::builtin().unwrap()
}

/// Where `.ci/run` asks for files that it validates against the schemas; else a folder of the build.
fn sample_folder() -> PathBuf {
    let default = || PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::env::var_os("IMDNSPEC_JUNIT_SAMPLES").map_or_else(default, PathBuf::from)
}

#[test]
fn junit_is_well_formed_with_hostile_text_and_one_outcome_a_case() {
    for (name, profile) in [("default", JunitProfile::Default), ("ant", JunitProfile::Ant)] {
        for strict in [false, true] {
            let xml = junit(&results(strict), &ledger(), profile).unwrap();
            let path = sample_folder().join(format!("hostile-{name}-{strict}.xml"));
            report::write_atomically(&path, xml.as_bytes()).unwrap();
            let document = roxmltree::Document::parse(&xml).unwrap();
            let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
            assert_eq!(cases.len(), 6);
            let outcomes: Vec<Vec<&str>> = cases
                .iter()
                .map(|case| case.children().filter(|n| n.is_element()).map(|n| n.tag_name().name()).collect())
                .map(|names: Vec<&str>| names.into_iter().filter(|name| *name != "system-out").collect())
                .collect();
            let should: &[&str] = if strict { &["failure"] } else { &[] };
            let expected: [&[&str]; 6] = [should, &[], &["error"], &["skipped"], &["failure"], &["error"]];
            assert_eq!(outcomes, expected, "{name} {strict}");
        }
    }
}

#[test]
fn junit_failures_say_where_and_which_in_their_first_lines() {
    let xml = junit(&results(false), &ledger(), JunitProfile::Default).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(failure.attribute("type"), Some("must"));
    assert!(failure.attribute("message").unwrap().starts_with("the Subject is ]]> <failure/> &"));
    let text: String = failure.descendants().filter_map(|node| node.text()).collect();
    let first = text.lines().next().unwrap();
    assert!(first.contains("IMDN-9.1-7") && first.contains("imdn-03/09.1.yaml:4:9"), "{first}");
}

#[test]
fn no_output_for_terminals_holds_a_control_character() {
    let (results, ledger) = (results(false), ledger());
    let case = &results.cases[0];
    let outputs = [
        terminal::case_line(case, Paint::Plain),
        terminal::findings(&results, &ledger, Paint::Plain),
        terminal::summary(&results, &ledger, Paint::Plain),
        finding(&ledger, case, &case.judgements[4], &case.judgements[4].findings[0], Paint::Plain),
    ];
    for output in outputs {
        let bad = output.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(bad, None, "{output}");
    }
}

#[test]
fn a_finding_shows_requirement_place_octets_and_reading() {
    let (results, ledger) = (results(false), ledger());
    let case = &results.cases[0];
    let text = finding(&ledger, case, &case.judgements[4], &case.judgements[4].findings[0], Paint::Plain);
    for needle in [
        "fail IMDN-9.1-7 at imdn-03/09.1.yaml:4:9, one [udp], oracle subjects-copied",
        "MUST, imdn-03 section 9.1",
        "reading:    I-33:",
        "4 |       - {judges: IMDN-9.1-7, check: subjects-copied}",
        "at 0.012 s, octet 32",
        "^^^^^^^^",
    ] {
        assert!(text.contains(needle), "{needle}\n{text}");
    }
}

#[test]
fn json_keeps_its_contract() {
    let value: serde_json::Value = serde_json::from_str(&json(&results(false)).unwrap()).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["iut"], HOSTILE);
    assert!(value["started"].as_str().unwrap().starts_with("2023-11-14T"));
    let verdicts = value["verdicts"].as_array().unwrap();
    let words: Vec<&str> = verdicts.iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(words, ["warning", "pass", "inconclusive", "not-applicable", "fail", "error"]);
    let row = &verdicts[4];
    assert_eq!(row["requirement"], "IMDN-9.1-7");
    assert_eq!(row["document"], "imdn-03");
    assert_eq!(row["findings"][0]["asserted_at"]["line"], 4);
    assert_eq!(row["findings"][0]["evidence"][0]["octet"], 32);
    assert_eq!(verdicts[5]["findings"][0]["class"], "iut-crashed");
}

#[test]
fn tallies_count_every_verdict_once() {
    let results = results(false);
    let tally = Tally::of(results.judgements().map(|(_, judgement)| judgement));
    let expected = Tally { passed: 1, failed: 1, warnings: 1, inconclusive: 1, errors: 1, not_applicable: 1 };
    assert_eq!(tally, expected);
}

#[test]
fn reasons_for_leaving_out_are_told_once_with_a_few_cases() {
    let case = |number: u32| (format!("imdn-03/s{number} [msrp]"), "it looks at SIP".to_owned());
    let other = ("imdn-03/two [tcp]".to_owned(), "no endpoint".to_owned());
    let left_out = (1..=5).map(case).chain([other]).collect();
    let summary = terminal::summary(&Results { left_out, ..results(false) }, &ledger(), Paint::Plain);
    let told: Vec<&str> = summary.lines().filter(|line| line.contains("left out")).map(str::trim).collect();
    assert_eq!(
        told,
        [
            "left out (5): it looks at SIP: imdn-03/s1 [msrp], imdn-03/s2 [msrp], imdn-03/s3 [msrp] and 2 more",
            "left out (1): no endpoint: imdn-03/two [tcp]",
        ]
    );
}

#[test]
fn reasons_that_differ_in_values_are_told_once() {
    let all = results(false);
    let about = |reason: &str| {
        let mut case = all.cases[0].clone();
        case.judgements.retain(|judgement| judgement.verdict == Verdict::Inconclusive);
        for found in case.judgements.iter_mut().flat_map(|judgement| &mut judgement.findings) {
            found.message = reason.to_owned();
        }
        case
    };
    let reasons = ["no entry with {a: {b: x1}}.", "no entry with {a: {b: z2}}.", "no list with {a: y}."];
    let cases = reasons.iter().map(|reason| about(reason)).collect();
    let summary = terminal::summary(&Results { cases, ..all.clone() }, &ledger(), Paint::Plain);
    let told: Vec<&str> =
        summary.lines().filter(|line| line.contains("not judged (")).map(str::trim).collect();
    assert_eq!(told, ["not judged (2): no entry with {a: {b: x1}}.", "not judged (1): no list with {a: y}."]);
}

#[test]
fn times_have_three_decimals_however_they_add_up() {
    // Seven and 0.988 come to 7.9879999999999995 in floating point.
    let long = |mut case: CaseResult| {
        case.duration = Duration::from_millis(7_988);
        case.judgements.truncate(1);
        case
    };
    let all = results(false);
    let cases = all.cases.iter().cloned().map(long).collect();
    let xml = junit(&Results { cases, ..all }, &ledger(), JunitProfile::Ant).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let times: Vec<&str> = document.descendants().filter_map(|node| node.attribute("time")).collect();
    assert!(times.len() >= 2 && times.iter().all(|time| *time == "7.988"), "{times:?}");
}
