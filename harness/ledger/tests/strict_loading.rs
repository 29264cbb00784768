//! Every mistake of a catalogue is found, each with its file and line, and none hides another.

use imdnspec_ledger::{Content, Document, Ledger, SourceFile};
use proptest::prelude::*;

const SOUND: &str = "\
- id: IMDN-1-1
  section: \"1\"
  source_lines: [1]
  level: MUST
  roles: [reporting-uas]
  transports: [any]
  statement: A statement.
  stimulus: >-
    A stimulus
    of two lines.
  pass: Passes.
  fail: Fails.
  testability: wire
  fault:
    name: a-fault
    does: something wrong
";

const IMDN03: Content = Content::Requirements(Document::Imdn03);

fn load(files: &[(Content, &str)]) -> Result<Ledger, Vec<String>> {
    let files: Vec<_> =
        files.iter().map(|(content, text)| SourceFile { name: "f.yaml", content: *content, text }).collect();
    Ledger::from_files(&files).map_err(|error| error.problems.iter().map(ToString::to_string).collect())
}

fn problems(files: &[(Content, &str)]) -> Vec<String> {
    load(files).err().unwrap_or_default()
}

/// The one problem of a file made from the sound one by replacing a part.
fn problem_of(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from}");
    let found = problems(&[(IMDN03, &SOUND.replace(from, to))]);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.concat()
}

#[test]
fn a_sound_file_loads_with_its_text_unfolded() {
    let ledger = load(&[(IMDN03, SOUND)]).unwrap();
    assert_eq!(ledger.get("IMDN-1-1").unwrap().stimulus, "A stimulus of two lines.");
}

#[test]
fn several_mistakes_of_one_record_are_found_at_once() {
    let text = SOUND
        .replace("level: MUST", "level: MUSTN'T")
        .replace("  pass: Passes.\n", "")
        .replace("[any]", "[any, udp]")
        .replace("  section:", "  sektion:");
    let found = problems(&[(IMDN03, &text)]);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert_eq!(found[0], "f.yaml:1: key `pass` is missing");
    assert_eq!(found[1], "f.yaml:1: key `section` is missing");
    assert!(
        found[2].starts_with("f.yaml:2: unknown key `sektion`; the keys are id, section, "),
        "{}",
        found[2]
    );
    assert!(found[3].starts_with("f.yaml:4: `level`: unknown variant `MUSTN'T`"), "{}", found[3]);
    assert!(found[4].starts_with("f.yaml:6: `transports`: unknown variant `udp`"), "{}", found[4]);
}

#[test]
fn mistakes_of_several_records_are_found_at_once() {
    let second =
        SOUND.replace("IMDN-1-1", "IMDN-1-2").replace("a-fault", "other-fault").replace("wire\n", "wired\n");
    let found = problems(&[(IMDN03, &format!("{}{second}", SOUND.replace("MUST", "must")))]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].starts_with("f.yaml:4: `level`") && found[1].starts_with("f.yaml:29: `testability`"),
        "{found:#?}"
    );
}

#[test]
fn ids_are_unique_well_formed_and_of_the_files_document() {
    let twice = problems(&[(IMDN03, &format!("{SOUND}{}", SOUND.replace("a-fault", "b-fault")))]);
    assert_eq!(twice, ["f.yaml:17: requirement IMDN-1-1 is defined twice"]);
    assert!(problem_of("IMDN-1-1", "IMDN-1-").starts_with("f.yaml:1: `id`: `IMDN-1-` is no requirement id"));
    assert!(problem_of("IMDN-1-1", "RCPT-1-1").ends_with("belongs to another document than the file"));
}

#[test]
fn a_testable_entry_needs_a_fault_and_no_other_has_one() {
    let without = problem_of("  fault:\n    name: a-fault\n    does: something wrong\n", "");
    assert_eq!(without, "f.yaml:13: IMDN-1-1: a testable entry needs a fault");
    let with = problem_of("testability: wire", "testability: declaration\n  testability_reason: none");
    assert_eq!(with, "f.yaml:15: IMDN-1-1: an entry that cannot be tested has no fault");
    assert!(
        problem_of("testability: wire", "testability: wire+control").ends_with("but wire needs a reason")
    );
}

#[test]
fn fault_names_are_words_and_belong_to_one_entry() {
    assert!(problem_of("a-fault", "A fault").starts_with("f.yaml:14: `A fault` is not lower-case words"));
    let second = SOUND.replace("IMDN-1-1", "IMDN-1-2");
    let shared = problems(&[(IMDN03, &format!("{SOUND}{second}"))]);
    assert_eq!(shared, ["f.yaml:30: fault `a-fault` belongs to IMDN-1-1 already"]);
    let admitted = format!("{SOUND}{second}    same_as: IMDN-1-1\n");
    assert!(load(&[(IMDN03, &admitted)]).is_ok());
}

#[test]
fn keys_stand_once_and_have_values() {
    assert!(problem_of("  fail: Fails.\n", "  fail: Fails.\n  pass: Again.\n").contains(":13: "));
    assert_eq!(problem_of("fail: Fails.", "fail:"), "f.yaml:12: `fail` has no value");
    assert_eq!(problem_of("fail: Fails.", "fail: \"\""), "f.yaml:12: `fail` has no value");
}

#[test]
fn references_lead_somewhere() {
    let ambiguity =
        |text: &str| problem_of("  fail: Fails.\n", &format!("  fail: Fails.\n  ambiguity: {text}\n"));
    assert_eq!(ambiguity("As I-08 says."), "f.yaml:13: unknown reading `I-08`");
    assert_eq!(ambiguity("As IMDN-1-2."), "f.yaml:13: unknown requirement `IMDN-1-2`");
    let group = "- name: g\n  family: drafts\n  entries: [IMDN-1-1, IMDN-1-2]\n";
    assert_eq!(
        problems(&[(IMDN03, SOUND), (Content::Groups, group)]),
        ["f.yaml:3: unknown requirement `IMDN-1-2`"]
    );
    let family = problems(&[
        (IMDN03, SOUND),
        (Content::Groups, &group.replace("drafts", "rfcs").replace("1-2", "1-1")),
    ]);
    assert_eq!(family, ["f.yaml:3: IMDN-1-1 is not of the family rfcs"]);
    let rollup = "- id: IMDN-1-1\n  gathers: [IMDN-2]\n";
    let rollup = problems(&[(IMDN03, SOUND), (Content::RollUps, rollup)]);
    assert_eq!(rollup, ["f.yaml:2: no entry is named or lies in `IMDN-2`"]);
}

#[test]
fn a_reason_for_leaving_out_is_given_once() {
    let left = "- reason: r\n  documents: [imdn-03]\n- reason: s\n  entries: [IMDN-1-1]\n";
    assert_eq!(
        problems(&[(IMDN03, SOUND), (Content::LeftOut, left)]),
        ["f.yaml:4: IMDN-1-1 has a reason already"]
    );
}

#[test]
fn text_that_is_no_list_of_records_is_refused() {
    assert_eq!(problems(&[(IMDN03, "id: x\n")]), ["f.yaml:1: a record begins with `- ` in the first column"]);
    let broken = problems(&[(IMDN03, "- id: [\n")]);
    assert_eq!(broken.len(), 1, "{broken:#?}");
    assert!(broken[0].starts_with("f.yaml:"), "{broken:#?}");
}

proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(text in "(- id: )?[-a-z:\\[\\]{}&*!|>'\"%@`#, \n0-9é]{0,60}") {
        let _ = load(&[(IMDN03, &text), (Content::Groups, &text), (Content::LeftOut, &text)]);
    }

    #[test]
    fn damaged_records_are_reported_at_their_lines(at in 0..SOUND.len(), byte in "[-:#\\[ \"\n]") {
        let mut text = SOUND.to_owned();
        text.replace_range(at..=at, &byte);
        for problem in problems(&[(IMDN03, &text)]) {
            let line: usize = problem.split(':').nth(1).and_then(|line| line.parse().ok()).unwrap_or(0);
            prop_assert!((1..=text.lines().count() + 1).contains(&line), "{problem}");
        }
    }
}
