//! Plans as tables.

use std::path::PathBuf;

use ledger::{Document, Ledger};
use scenario::model::Mode;
use scenario::{Source, Style, Vocabulary};

use super::*;
use crate::iut::{ReferencePart, reference};

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
    suite_of(FILE)
}

fn suite_of(text: &str) -> Suite {
    let ledger = Ledger::builtin().unwrap();
    let vocabulary = Vocabulary { ledger: &ledger, checks: &[] };
    let loaded = scenario::load_scenarios(&[Source::new("plan.yaml", text)], &vocabulary);
    loaded.unwrap_or_else(|problems| panic!("{}", problems.render(Style::Plain)))
}

fn iut() -> Iut {
    reference(PathBuf::from("imdnspec"), ReferencePart::ALL[0], None)
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
    assert_eq!(shown(&plan), ["read udp", "read tcp", "read msrp", "clock udp"]);
    assert_eq!(
        left_out(&plan),
        [
            "clock tcp: only there",
            "clock msrp: only there",
            "list udp: the ICS does not declare the role b2bua",
            "list tcp: the ICS does not declare the role b2bua",
            "list msrp: the ICS does not declare the role b2bua",
            "many udp: needs 3 processes of the IUT at once, and IXIT `instances` is 2",
            "many tcp: needs 3 processes of the IUT at once, and IXIT `instances` is 2",
            "many msrp: needs 3 processes of the IUT at once, and IXIT `instances` is 2",
        ]
    );
}

#[test]
fn filters_select() {
    let patterns = |texts: &[&str]| Selection::patterns(texts).unwrap();
    let all = Selection::default;
    let table = [
        (Selection { scenarios: patterns(&["re*"]), ..all() }, vec!["read udp", "read tcp", "read msrp"]),
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
    let modes = Mode::ALL.into();
    let facts = Facts { endpoints: vec!["sip:bob@h;transport=tcp".into()], modes, ..Facts::default() };
    let before = plan.left_out.len();
    plan.fit(&facts);
    assert_eq!(shown(&plan), ["read tcp", "read msrp", "many tcp", "many msrp"]);
    let gone = &plan.left_out[before..];
    assert!(gone.iter().all(|out| out.reason == Reason::Endpoint(Transport::Udp)) && gone.len() == 3);
}

#[test]
fn sessions_need_an_iut_that_can_do_them() {
    let mut plan = Plan::new(&suite(), &iut(), &Selection::default());
    let endpoints = vec!["sip:bob@h".into(), "sip:bob@h;transport=tcp".into()];
    let before = plan.left_out.len();
    plan.fit(&Facts { endpoints: endpoints.clone(), modes: [Mode::Page].into(), ..Facts::default() });
    let gone = &plan.left_out[before..];
    assert!(gone.iter().all(|out| out.label.variant == Variant::Msrp) && gone.len() == 2);
    let reason = gone[0].reason.to_string();
    assert_eq!(
        reason,
        "the IUT has no session mode: neither `modes` in its `ready` nor IXIT `modes` names it"
    );
    let mut plan = Plan::new(&suite(), &iut(), &Selection::default());
    plan.fit(&Facts { endpoints, modes: [Mode::Session].into(), ..Facts::default() });
    assert_eq!(shown(&plan), ["read msrp", "many msrp"]);
}

#[test]
fn a_scenario_about_sip_says_why_it_runs_in_no_session() {
    let text = FILE.replace("{message: im-req, as: im}", "{message: im-req, as: im, sip: {drop: [Date]}}");
    let plan = Plan::new(&suite_of(&text), &iut(), &Selection::default());
    assert!(left_out(&plan).contains(&"read msrp: it looks at SIP itself: it edits SIP header lines".into()));
    let mut iut = iut();
    iut.ixit.transports = vec![TransportName::Msrp];
    let plan = Plan::new(&suite(), &iut, &Selection::default());
    assert!(left_out(&plan).contains(&"read udp: the IXIT leaves udp out".into()));
    assert_eq!(shown(&plan)[0], "read msrp");
}
