//! Lending, and what is lent for.

use futures_util::FutureExt;
use scenario::model::{Scenario, ScenarioFile};

use super::*;

fn scenario(steps: &str) -> Scenario {
    let text = format!(
        "document: imdn-03\nsection: '1'\ntitle: t\nscenarios:\n  - id: a\n    title: t\n    role: b2bua\n    \
         peers: [U, D1, D2]\n    crowds: {{E: 3}}\n    lists: [L, M]\n    steps:\n{steps}"
    );
    let loaded = scenario::strict::load::<ScenarioFile>("a.yaml", &text);
    let mut file = loaded.unwrap_or_else(|found| panic!("{}", found.render(scenario::Style::Plain))).value;
    file.scenarios.remove(0)
}

fn list(with: &str) -> String {
    format!("      - command: {{ask: list, with: {{{with}}}}}\n")
}

const TWO: &str = "uri: '${L.uri}', members: [{uri: '${D1.uri}', reports: true}, {uri: '${D2.uri}'}]";

fn wanted(list: &str, members: &[&str], disclosed: bool) -> Wanted {
    Wanted { list: list.into(), members: members.iter().map(|&name| name.to_owned()).collect(), disclosed }
}

fn entry(uri: &str, members: &[&str], disclosed: bool) -> StaticList {
    StaticList { uri: uri.into(), members: members.iter().map(|&uri| uri.to_owned()).collect(), disclosed }
}

#[test]
fn definitions_are_read_off_the_steps() {
    let hidden = "uri: '${M.uri}', members: '${E.members}', disclosed: false";
    let steps =
        list(TWO) + "      - together:\n        - wait: {seconds: 1, why: w}\n" + &list(hidden) + &list(TWO);
    let expected = [wanted("L", &["D1", "D2"], true), wanted("M", &["E1", "E2", "E3"], false)];
    assert_eq!(all_wanted(&scenario(&steps)).unwrap(), expected);
    assert_eq!(all_wanted(&scenario("      - verify: {assert: []}\n")).unwrap(), []);
}

#[test]
fn what_no_configuration_can_have_is_told() {
    for with in [
        "uri: 'sip:l@h', members: '${E.members}'",
        "uri: '${L.uri}', members: [{uri: '${M.uri}'}]",
        "uri: '${L.uri}', members: [{uri: '${D1.uri}', reports: refuses}]",
        "uri: '${L.uri}', members: [{uri: 'sip:d@h'}]",
    ] {
        let found = all_wanted(&scenario(&list(with)));
        assert!(found.unwrap_err().contains("static list"), "{with}");
    }
}

#[tokio::test]
async fn a_list_is_lent_to_one_case_at_a_time() {
    let shelf = Shelf::new(vec![
        entry("sip:three@iut", &["sip:a@h", "sip:b@h", "sip:c@h"], true),
        entry("sip:two@iut", &["sip:d@h", "sip:e@h"], true),
    ]);
    let wanted = [wanted("L", &["D1", "D2"], true)];
    let loan = shelf.lend(&wanted).await.unwrap();
    assert_eq!((loan.uri("L"), loan.uri("M")), (Some("sip:two@iut"), None));
    assert_eq!(loan.members().collect::<Vec<_>>(), [("D1", "sip:d@h"), ("D2", "sip:e@h")]);
    assert!(loan.has(&wanted[0]));
    let second = shelf.lend(&wanted);
    tokio::pin!(second);
    assert!(second.as_mut().now_or_never().is_none());
    drop(loan);
    assert!(second.await.is_ok());
}

#[tokio::test]
async fn lists_that_share_a_member_are_not_lent_together() {
    let shelf = Shelf::new(vec![
        entry("sip:open@iut", &["sip:d@h"], true),
        entry("sip:hidden@iut", &["sip:d@other"], false),
    ]);
    let (open, hidden) = (wanted("L", &["D1"], true), wanted("M", &["D2"], false));
    let loan = shelf.lend(std::slice::from_ref(&open)).await.unwrap();
    assert!(shelf.lend(std::slice::from_ref(&hidden)).now_or_never().is_none());
    drop(loan);
    assert!(shelf.lend(std::slice::from_ref(&hidden)).now_or_never().is_some());
    assert!(shelf.lend(&[open, hidden]).await.is_err());
}

#[tokio::test]
async fn what_never_fits_is_told_at_once() {
    let shelf = Shelf::new(vec![entry("sip:two@iut", &["sip:d@h", "sip:e@h"], true)]);
    let error = shelf.lend(&[wanted("L", &["D1", "D2"], false)]).await.unwrap_err();
    assert!(error.contains("2 members and `disclosed: false`"), "{error}");
}
