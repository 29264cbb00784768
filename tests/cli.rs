//! The program as a user runs it: what it prints, what it writes, what it returns.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn imdnspec(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imdnspec"));
    command.current_dir(folder).args(args).stdin(Stdio::null()).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Requirements with this verdict, each once.
fn with_verdict(run: &Value, verdict: &str) -> Vec<String> {
    let rows = run["verdicts"].as_array().unwrap().iter().filter(|row| row["verdict"] == verdict);
    let mut ids: Vec<String> = rows.map(|row| row["requirement"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[test]
fn the_conformant_reference_passes_one_scenario_over_every_transport() {
    let folder = tempfile::tempdir().unwrap();
    let output = imdnspec(folder.path(), &["run", "--scenario", "subject-is-copied"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let run = json(folder.path().join("reports/run.json"));
    assert_eq!(with_verdict(&run, "pass"), ["IMDN-9.1-7"]);
    assert_eq!(run["verdicts"].as_array().unwrap().len(), 3);
    let junit = std::fs::read_to_string(folder.path().join("reports/junit.xml")).unwrap();
    assert!(junit.contains(r#"name="IMDN-9.1-7 subject-is-copied [tcp]""#), "{junit}");
}

#[test]
fn a_fault_is_found_and_shown_with_its_octets() {
    let folder = tempfile::tempdir().unwrap();
    let args =
        ["run", "--fault", "subject-prefixed", "--scenario", "subject-is-copied", "--json", "out.json"];
    let output = imdnspec(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert_eq!(with_verdict(&json(folder.path().join("out.json")), "fail"), ["IMDN-9.1-7"]);
    let shown = stdout(&output);
    for needle in ["fail IMDN-9.1-7 at scenarios/imdn-03/", "Re:", "^", "MUST, imdn-03 section 9.1"] {
        assert!(shown.contains(needle), "{needle} is missing in\n{shown}");
    }
}

#[test]
fn a_ladder_marks_the_arrow_that_failed() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "run",
        "--fault",
        "relay-to-last-requester",
        "--scenario",
        "report-goes-to-its-requester-alone",
        "--transport",
        "mixed",
        "--show",
        "failed",
    ];
    let output = imdnspec(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    let shown = stdout(&output);
    let lines: Vec<&str> = shown.lines().collect();
    let mark = lines.iter().position(|line| line.contains("╰ fail IMDN-9.3.2-4")).unwrap();
    assert!(lines[mark - 1].contains("━ ") || lines[mark - 1].contains("◀━"), "{shown}");
    assert!(lines.iter().all(|line| !line.contains('│') || line.chars().count() <= 120), "{shown}");
}

#[test]
fn a_warning_counts_only_where_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let args =
        ["run", "--fault", "show-unsolicited-reports", "--scenario", "unsolicited-report-is-not-shown"];
    assert_eq!(imdnspec(folder.path(), &args).status.code(), Some(0));
    let strict = imdnspec(folder.path(), &[&args[..], &["--strict"]].concat());
    assert_eq!(strict.status.code(), Some(1), "{}", stdout(&strict));
    assert!(stdout(&strict).contains("IMDN-8.2-3"), "{}", stdout(&strict));
}

#[test]
fn nothing_selected_is_not_success() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(imdnspec(folder.path(), &["run", "--scenario", "no-such-*"]).status.code(), Some(4));
}

#[test]
fn five_mistakes_give_five_located_diagnostics() {
    let folder = tempfile::tempdir().unwrap();
    let text = "document: imdn-03\nsection: \"9.1\"\ntitle: Mistakes\nscenarios:\n  - id: wrong\n    titel: A typo\n    \
                title: Right\n    role: reporting-uas\n    steps:\n      - send: {message: im-request, as: im}\n      \
                - command: {ask: dispoze, about: im, with: {how: read}}\n      - expect:\n          message: report\n          \
                about: nothing\n          assert:\n            - {judges: IMDN-9.1-77, that: sip.method, is: MESSAGE}\n";
    std::fs::write(folder.path().join("wrong.yaml"), text).unwrap();
    let output = imdnspec(folder.path(), &["check", "wrong.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let shown = stderr(&output);
    for place in ["wrong.yaml:6:", "wrong.yaml:10:"] {
        assert!(shown.contains(place), "{place} is missing in\n{shown}");
    }
}

#[test]
fn a_profile_with_an_unknown_key_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "name: x\nics: {roles: [reporting-uas], documents: [imdn-03]}\ndriver: {none: {}}\nixitt: {}\n";
    std::fs::write(folder.path().join("iut.yaml"), text).unwrap();
    let output = imdnspec(folder.path(), &["run", "--iut", "iut.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("iut.yaml:4:1"), "{}", stderr(&output));
}

#[test]
fn an_implementation_that_is_not_there_is_no_conformance_failure() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name: ghost\nics: {roles: [reporting-uas], documents: [imdn-03]}\n\
                driver: {exec: {program: ./not-there}}\n";
    std::fs::write(folder.path().join("iut.yaml"), text).unwrap();
    let output = imdnspec(folder.path(), &["run", "--iut", "iut.yaml"]);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stdout(&output).contains("not-there"), "{}", stdout(&output));
    assert_eq!(with_verdict(&json(folder.path().join("reports/run.json")), "fail"), Vec::<String>::new());
    assert!(folder.path().join("reports/junit.xml").exists());
}

#[test]
fn the_ledger_is_a_contract() {
    let folder = tempfile::tempdir().unwrap();
    let output = imdnspec(folder.path(), &["ledger", "--json"]);
    let listing: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listing["version"], 1);
    let rows = listing["requirements"].as_array().unwrap();
    assert_eq!(rows.len(), 585);
    let row = rows.iter().find(|row| row["id"] == "IMDN-9.1-7").unwrap();
    assert_eq!(row["level"], "MUST");
    assert_eq!(row["fault"], "subject-prefixed");
    assert!(
        row["scenarios"]
            .as_array()
            .unwrap()
            .iter()
            .any(|id| id.as_str().unwrap().ends_with("subject-is-copied"))
    );
    let covered = |document: &str| {
        let own = rows.iter().filter(|row| row["document"] == document);
        own.filter(|row| !row["scenarios"].as_array().unwrap().is_empty()).count()
    };
    assert_eq!((covered("imdn-03"), covered("receipts-00")), (111, 79));
}

#[test]
fn unknown_names_are_answered_with_a_suggestion() {
    let folder = tempfile::tempdir().unwrap();
    let output = imdnspec(folder.path(), &["explain", "IMDN-9.1-8"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("IMDN-9.1-"), "{}", stderr(&output));
    let explained = imdnspec(folder.path(), &["explain", "I-08"]);
    assert_eq!(explained.status.code(), Some(0));
    assert!(stdout(&explained).contains("I-08"));
}

#[test]
fn hostile_input_has_to_be_asked_for_and_stands_apart() {
    let folder = tempfile::tempdir().unwrap();
    let chosen = ["run", "--requirement", "ROB-1-4", "--fault", "fetches-external-dtd"];
    let output = imdnspec(folder.path(), &chosen);
    assert_eq!(output.status.code(), Some(4), "{}", stdout(&output));
    assert!(stdout(&output).contains("run it with --hostile"), "{}", stdout(&output));

    let output = imdnspec(folder.path(), &[&chosen[..], &["--hostile"]].concat());
    let shown = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("robustness, apart from conformance: 0 withstood, 2 not"), "{shown}");
    assert!(!shown.contains("requirements of these documents judged"), "{shown}");
    let run = json(folder.path().join("reports/run.json"));
    let row = &run["verdicts"][0];
    assert_eq!((&row["document"], &row["terms"]), (&"robustness".into(), &"rfc5438".into()));
    let found = &row["findings"][0];
    assert_eq!((&found["class"], &found["oracle"]), (&"robustness".into(), &"fetched".into()));
    let junit = std::fs::read_to_string(folder.path().join("reports/junit.xml")).unwrap();
    assert!(junit.contains(r#"name="robustness rfc5438 im-sender""#), "{junit}");
    assert!(junit.contains(r#"<failure type="robustness""#), "{junit}");
}
