//! Whether reports from downstream come back to a requester who asked for that of the list alone.

mod common;

use common::exploder::{
    OWN_REPORT, asking, copy, expect, exploded, exploded_from, judged, member_report, relayed, standing,
    wrapped_entity, wrapped_whole,
};
use common::{Run, edit, verdict_on};
use imdnspec_judge::Verdict::{Fail, Inconclusive, Pass, Warning};

fn suppressed(list_action: &str) -> Run {
    let mut run = exploded_from(&asking(list_action));
    run.gets("U", OWN_REPORT);
    run.sends("D1", &member_report("d1"));
    run.sends("D2", &member_report("d2"));
    run
}

const CASES: &[(&str, &str)] = &[
    ("imdn.List-Action: first-recipient\n", "IMDN-9.1-3"),
    ("", "IMDN-9.3.1-3"),
    ("imdn.List-Action: \n", "IMDN-9.3.3-2"),
    ("imdn.List-Action: final-recipients\n", "IMDN-9.3.4-1"),
];

#[test]
fn the_own_report_alone_passes() {
    for (list_action, id) in CASES {
        let mut run = suppressed(list_action);
        expect(id, &standing(&run), &[]);
        run.begin(&[(0, 0)]);
        let came = run.gets("D1", &edit(&copy("d1"), "C-d1-fresh", "C-d1-again"));
        run.end(record::StepOutcome::Done(vec![came]));
        let judgements = judged(&run, "no-downstream-octets", &format!("[{id}, IMDN-8.1.2-6]"));
        assert_eq!(verdict_on(&judgements, id), Some(Pass), "{list_action}");
    }
}

#[test]
fn nothing_of_any_member_comes_back_however_late() {
    let (one, two) = (member_report("d1"), member_report("d2"));
    for (list_action, id) in CASES {
        for upstream in [wrapped_whole(&two), wrapped_entity(&two), wrapped_whole(&one)] {
            let mut run = suppressed(list_action);
            run.wait(std::time::Duration::from_secs(250));
            run.gets("U", &upstream);
            expect(list_action, &standing(&run), &[(id, Fail)]);
            // A scenario says itself whose rule it tests.
            let mut run = suppressed(list_action);
            run.awaited("U", &upstream);
            let judgements = judged(&run, "no-downstream-octets", "IMDN-8.1.2-6");
            assert_eq!(verdict_on(&judgements, "IMDN-8.1.2-6"), Some(Fail));
        }
    }
}

#[test]
fn a_piece_is_enough() {
    let mut run = suppressed("");
    run.gets(
        "U",
        &edit(&OWN_REPORT.replace("O1fresh", "O2fresh"), "</imdn>", "<note>R-d2-fresh</note></imdn>"),
    );
    let found = standing(&run);
    assert!(found.contains(&("IMDN-9.3.1-3".to_owned(), Fail)), "{found:?}");
}

#[test]
fn a_second_own_report_is_one_too_many() {
    let mut run = suppressed("imdn.List-Action: first-recipient\n");
    let late =
        edit(&OWN_REPORT.replace("O1fresh", "O2fresh"), "<disposition>processed", "<disposition>error");
    run.gets("U", &late);
    expect("late error", &standing(&run), &[("IMDN-6.2.2-2", Fail)]);
}

#[test]
fn without_temptation_there_is_no_verdict() {
    let mut run = exploded_from(&asking(""));
    run.awaited("U", OWN_REPORT);
    let judgements = judged(&run, "no-downstream-octets", "IMDN-9.1-3");
    assert_eq!(verdict_on(&judgements, "IMDN-9.1-3"), Some(Inconclusive));
}

#[test]
fn what_is_due_to_one_message_is_not_held_against_another() {
    let first = asking("").replace("M1xyz", "M2xyz");
    let first = edit(&first, "at ten?", "at six?");
    let copied = edit(&copy("d1").replace("M1xyz", "M2xyz").replace("C-d1", "C2-d1"), "at ten?", "at six?");
    let (one, two) =
        (member_report("d1"), member_report("d1").replace("M1xyz", "M2xyz").replace("R-d1", "R2-d1"));
    let mut run = exploded();
    run.sends("U", &first);
    run.gets("D1", &copied);
    run.sends("D1", &two);
    run.sends("D1", &one);
    run.gets("U", &wrapped_whole(&one));
    run.gets("U", &OWN_REPORT.replace("M1xyz", "M2xyz"));
    expect("one of each", &standing(&run), &[]);
    run.gets("U", &wrapped_whole(&two).replace("W1fresh", "W2fresh"));
    expect("the wrong one", &standing(&run), &[("IMDN-9.3.1-3", Fail)]);
}

#[test]
fn the_pattern_of_all_four_actions_is_told() {
    let play = |last: &str| {
        let mut run = Run::of_list();
        for (number, list_action) in [
            "",
            "imdn.List-Action: first-recipient\n",
            "imdn.List-Action: final-recipient\n",
            "imdn.List-Action: all\n",
        ]
        .iter()
        .enumerate()
        {
            let id = format!("M{number}number");
            let numbered =
                |text: &str| text.replace("M1xyzABCDEF", &id).replace("fresh", &format!("n{number}fresh"));
            run.sends("U", &edit(&numbered(&asking(list_action)), "at ten", &format!("at {number}")));
            run.gets("D1", &edit(&numbered(&copy("d1")), "at ten", &format!("at {number}")));
            let report = numbered(&member_report("d1"));
            run.sends("D1", &report);
            let own = numbered(OWN_REPORT);
            match (number, last) {
                (2, "never relays") => _ = run.gets("U", &own),
                (2, _) | (3, "relays") => _ = run.gets("U", &numbered(&wrapped_whole(&member_report("d1")))),
                (3, "silent") => {}
                (3, word) => {
                    _ = run.gets("U", &edit(&own, "<disposition>processed", &format!("<disposition>{word}")))
                }
                _ => _ = run.gets("U", &own),
            }
        }
        run.begin(&[(0, 0)]);
        let came = run.gets("D1", &copy("d1").replace("M1xyzABCDEF", "M2number"));
        run.end(record::StepOutcome::Done(vec![came]));
        verdict_on(&judged(&run, "list-action-pattern", "IMDN-9.3-1"), "IMDN-9.3-1")
    };
    assert_eq!(play("processed"), Some(Pass));
    assert_eq!(play("denied"), Some(Warning));
    assert_eq!(play("silent"), Some(Warning));
    assert_eq!(play("read"), Some(Fail));
    assert_eq!(play("relays"), Some(Fail));
    assert_eq!(play("never relays"), Some(Fail));
    let judgements = judged(&relayed(&member_report("d1"), OWN_REPORT), "list-action-pattern", "IMDN-9.3-1");
    assert_eq!(verdict_on(&judgements, "IMDN-9.3-1"), Some(Inconclusive));
}
