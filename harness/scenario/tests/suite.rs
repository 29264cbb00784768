//! What is derived from scenarios, and the scenarios of this repository.

mod common;

use std::path::Path;

use common::{file, load};
use imdnspec_scenario::model::Step;
use imdnspec_scenario::{Location, Source, Vocabulary, load_scenarios};
use ledger::{Document, Ledger, Role};

const STEPS: &str = "\
- command: {ask: policy, with: {reports: allow}, optional: true}
- send: {message: im-req, as: im, answer: {is: [2xx], judges: IMDN-8.1.1-3}}
- repeat:
    times: 2
    steps:
      - command: {ask: dispose, about: im, with: {how: read}, optional: true}
- command: {ask: dispose, about: im, with: {how: read}}
- expect:
    message: report
    about: im
    missing: {judges: IMDN-9.1-1}
    assert:
      - {judges: [IMDN-9.1-1, IMDN-9.1-2], that: id, present: true}
      - judges: IMDN-9.1-1
        check: headers-prefixed
- quiet: {message: report, judges: IMDN-9.1-2, say: One report for one request.}
";

#[test]
fn a_scenario_knows_what_it_asks_for_and_judges() {
    let suite = load(&file("", STEPS)).unwrap();
    let [loaded] = suite.scenarios.as_slice() else { panic!("one scenario") };
    assert_eq!((loaded.document, loaded.section.as_str()), (Document::Imdn03, "9.1"));
    assert_eq!((loaded.id.as_str(), loaded.role), ("imdn-03/test", Role::ReportingUas));
    assert!(loaded.commands.required.iter().eq(["dispose"].iter()));
    assert!(loaded.commands.optional.iter().eq(["policy"].iter()));
    assert!(!loaded.needs_own_process);
    assert_eq!((loaded.scenario.rounds(), loaded.scenario.executions()), (2, 7));
    let judged: Vec<_> =
        loaded.judges.iter().map(|one| (one.requirement.as_str(), one.assertion.as_str())).collect();
    let expected = [
        ("IMDN-8.1.1-3", "the answer is 2xx"),
        ("IMDN-9.1-1", "a report comes"),
        ("IMDN-9.1-1", "id is present"),
        ("IMDN-9.1-2", "id is present"),
        ("IMDN-9.1-1", "check headers-prefixed"),
        ("IMDN-9.1-2", "One report for one request."),
    ];
    assert_eq!(judged, expected);
    assert_eq!(loaded.requirements().len(), 3);
    assert_eq!(loaded.coverage().count(), expected.len());
}

#[test]
fn what_takes_the_whole_process_is_known() {
    let judging = "- quiet: {judges: IMDN-9.1-1}";
    for (keys, steps, own) in [
        ("", "- command: {ask: log}", false),
        ("instances: 2", "- command: {ask: log, iut: 1}", true),
        ("", "- command: {ask: restart}", true),
        ("", "- command: {ask: advance_clock, with: {seconds: 5}, optional: true}", true),
        ("", "- repeat: {times: 2, steps: [command: {ask: restart}]}", true),
    ] {
        let suite = load(&file(keys, &format!("{steps}\n{judging}"))).unwrap();
        assert_eq!(suite.scenarios[0].needs_own_process, own, "{steps}");
    }
}

#[test]
fn every_part_knows_where_it_stands() {
    let suite = load(&file("", STEPS)).unwrap();
    let loaded = &suite.scenarios[0];
    let text = |at: &std::ops::Range<usize>| loaded.source.slice(at);
    assert!(text(&loaded.scenario.at).starts_with("id: test\n"));
    let steps = &loaded.scenario.steps;
    let Step::Send(send) = &steps[1] else { panic!("send") };
    assert_eq!(text(&send.at), "send: {message: im-req, as: im, answer: {is: [2xx], judges: IMDN-8.1.1-3}}");
    assert_eq!(text(&send.answer.as_ref().unwrap().at), "answer: {is: [2xx], judges: IMDN-8.1.1-3}");
    let Step::Repeat(repeat) = &steps[2] else { panic!("repeat") };
    let Step::Command(inner) = &repeat.steps[0] else { panic!("command") };
    assert!(text(&inner.at).starts_with("command: {ask: dispose"));
    let Step::Expect(expect) = &steps[4] else { panic!("expect") };
    assert!(text(&expect.at).starts_with("expect:\n"));
    assert!(text(&expect.at).ends_with("check: headers-prefixed"));
    assert_eq!(text(&expect.missing.as_ref().unwrap().at), "missing: {judges: IMDN-9.1-1}");
    assert_eq!(text(&expect.assert[1].at), "judges: IMDN-9.1-1\n              check: headers-prefixed");
    assert_eq!(loaded.source.location(&expect.assert[1].at), Location { line: 22, column: 15 });
    let Step::Quiet(quiet) = &steps[5] else { panic!("quiet") };
    assert!(text(&quiet.at).starts_with("quiet: {"));
}

#[test]
fn names_of_a_round_end_with_it() {
    let round =
        "- send: {message: im, as: im}\n      - quiet: {message: report, about: im, judges: IMDN-9.1-2}";
    let inside = format!("- repeat:\n    times: 2\n    steps:\n      {round}\n");
    assert!(load(&file("", &inside)).is_ok());
    assert!(load(&file("", &format!("{inside}{inside}"))).is_ok());
    let after = format!("{inside}- command: {{ask: dispose, about: im, with: {{how: read}}}}");
    let found = load(&file("", &after)).unwrap_err();
    assert_eq!(found.iter().next().unwrap().message, "nothing before this defines `im`");
}

#[test]
fn rounds_side_by_side_do_not_share_messages() {
    let steps = "\
- repeat:
    times: 2
    parallel: 2
    steps:
      - expect: {message: im, as: im}
      - verify: {assert: [{judges: IMDN-9.1-2, of: im, that: id, present: true}]}";
    let found = load(&file("", steps)).unwrap_err();
    let message = "where rounds run side by side this may be the message of another round";
    assert_eq!(found.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(), [message]);
    assert!(load(&file("", &steps.replace("parallel: 2", "parallel: 1"))).is_ok());
}

/// The names of checks are the judge's, and are held against it by the program.
#[test]
fn the_scenarios_of_this_repository_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/imdn-03");
    let mut sources = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        sources.push(Source::new(path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    }
    let ledger = Ledger::builtin().unwrap();
    let checks: Vec<_> = sources
        .iter()
        .flat_map(|source| source.text.split("check: ").skip(1))
        .filter_map(|rest| rest.split(['}', ',', '\n']).next())
        .collect();
    match load_scenarios(&sources, &Vocabulary { ledger: &ledger, checks: &checks }) {
        Ok(suite) => assert!(!suite.scenarios.is_empty()),
        Err(found) => panic!("{found}"),
    }
}
