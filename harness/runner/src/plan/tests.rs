//! Plans as tables.

use std::path::PathBuf;

use ledger::{Document, Ledger};
use scenario::{Source, Style, Vocabulary};

use super::*;
use crate::iut::{ReferenceRole, reference};

const FILE: &str = r#"
document: imdn-03
section: "9.1"
title: General
scenarios:
  - id: read
    title: t
    role: reporting-uas
    steps:
      - send: {message: im-req, as: im}
      - command: {ask: dispose, about: im, with: {how: read}}
      - expect: {message: report, missing: {judges: IMDN-9.1-1}}
  - id: clock
    title: t
    role: requesting-uac
    transports: [udp]
    transports-reason: only there
    steps:
      - repeat:
          times: 2
          steps:
            - command: {ask: advance_clock, with: {seconds: 5}}
      - quiet: {judges: [IMDN-8.2-2, IMDN-8.1-6]}
  - id: list
    title: t
    role: b2bua
    steps:
      - send: {message: im}
      - quiet: {judges: IMDN-1-1}
  - id: many
    title: t
    role: requesting-uac
    instances: 3
    steps:
      - send: {message: im}
      - quiet: {judges: IMDN-1-1}
"#;

fn suite() -> Suite {
    let ledger = Ledger::builtin().unwrap();
    let vocabulary = Vocabulary { ledger: &ledger, checks: &[] };
    let loaded = scenario::load_scenarios(&[Source::new("plan.yaml", FILE)], &vocabulary);
    loaded.unwrap_or_else(|problems| panic!("{}", problems.render(Style::Plain)))
}

fn iut() -> Iut {
    reference(PathBuf::from("imdnspec"), ReferenceRole::Endpoint, Document::Imdn03, None)
}

fn shown(plan: &Plan) -> Vec<String> {
    plan.cases.iter().map(|case| format!("{} {}", case.scenario.scenario.id, case.variant)).collect()
}

fn left_out(plan: &Plan) -> Vec<String> {
    let line = |out: &LeftOut| format!("{} {}: {}", out.label.scenario, out.label.variant, out.reason);
    plan.left_out.iter().map(line).collect()
}

#[test]
fn every_case_runs_or_has_a_reason() {
    let mut iut = iut();
    iut.ixit.instances = 2;
    let plan = Plan::new(&suite(), &iut, &Selection::default());
    assert_eq!(shown(&plan), ["read udp", "read tcp", "clock udp"]);
    assert_eq!(
        left_out(&plan),
        [
            "clock tcp: only there",
            "list udp: the ICS does not declare the role b2bua",
            "list tcp: the ICS does not declare the role b2bua",
            "many udp: needs 3 processes of the IUT at once, and IXIT `instances` is 2",
            "many tcp: needs 3 processes of the IUT at once, and IXIT `instances` is 2",
        ]
    );
}

#[test]
fn filters_select() {
    let patterns = |texts: &[&str]| Selection::patterns(texts).unwrap();
    let all = Selection::default;
    let table = [
        (Selection { scenarios: patterns(&["re*"]), ..all() }, vec!["read udp", "read tcp"]),
        (Selection { scenarios: patterns(&["imdn-03/clock"]), ..all() }, vec!["clock udp"]),
        (Selection { requirements: patterns(&["IMDN-8.2-*"]), ..all() }, vec!["clock udp"]),
        (
            Selection { sections: vec!["9".into()], variants: vec![Variant::Tcp], ..all() },
            vec!["read tcp", "many tcp"],
        ),
        (Selection { sections: vec!["9.1.1".into()], ..all() }, vec![]),
        (Selection { documents: vec![Document::Rfc5438], ..all() }, vec![]),
    ];
    for (selection, expected) in table {
        assert_eq!(shown(&Plan::new(&suite(), &iut(), &selection)), expected, "{selection:?}");
    }
    assert!(Selection::patterns(["[a"]).unwrap_err().to_string().starts_with("`[a` is no pattern"));
}

#[test]
fn a_transport_without_endpoint_is_left_out() {
    let mut plan = Plan::new(&suite(), &iut(), &Selection::default());
    let facts = Facts { endpoints: vec!["sip:bob@h;transport=tcp".into()], ..Facts::default() };
    let before = plan.left_out.len();
    plan.fit(&facts);
    assert_eq!(shown(&plan), ["read tcp", "many tcp"]);
    let gone = &plan.left_out[before..];
    assert!(gone.iter().all(|out| out.reason == Reason::Endpoint(Transport::Udp)) && gone.len() == 3);
}
