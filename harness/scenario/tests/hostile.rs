//! Scenarios of robustness: what they may do, what they have to, and what stands nowhere else.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{file, load, only_mistake};
use imdnspec_scenario::model::Variant;

fn hostile_file(more: &str, steps: &str) -> String {
    let more = if more.contains("role:") { more.to_owned() } else { format!("role: ua-any\n{more}") };
    file(&more, steps).replace("document: imdn-03\nsection: \"9.1\"", "document: robustness\nsection: xml")
}

const LOOK: &str = "- unharmed: {judges: ROB-1-1}\n";
const INPUT: &str = "- send: {message: report, hostile: true}\n";

#[test]
fn a_scenario_of_robustness_goes_by_udp_and_tcp_and_fits_everybody() {
    let steps = format!(
        "- unharmed: {{}}\n- send: {{message: report, hostile: true, markup: {{doctype: '[<!ENTITY e SYSTEM \"${{trap.url}}\">]', id: \"&e;\"}}}}\n\
         - send: {{message: im, hostile: true, cpim: {{set: [\"${{terms.message-id}}: 1\"]}}, compress: {{as: gzip, megabytes: 1, cut: 2}}}}\n{LOOK}"
    );
    let suite = load(&hostile_file(
        "values:\n  long: {repeat: {text: \"a{n}\", times: 3}}\n",
        &steps.replace("id: \"&e;\"", "id: \"${long}\""),
    ));
    let suite = suite.unwrap_or_else(|problems| panic!("{problems}"));
    let [loaded] = suite.scenarios.as_slice() else { panic!("{}", suite.scenarios.len()) };
    assert!(loaded.scenario.is_hostile());
    assert_eq!(loaded.scenario.variants(), [Variant::Udp, Variant::Tcp]);
    assert_eq!(loaded.requirements().len(), 1);
}

#[test]
fn mistakes_are_underlined() {
    let table = [
        (LOOK.to_owned(), "steps", "nothing in here is hostile"),
        (
            LOOK.to_owned() + INPUT + "- unharmed: {}\n",
            "steps",
            "nobody looks whether the last hostile step has done harm",
        ),
        (LOOK.to_owned() + INPUT, "steps", "nobody looks whether the last hostile step has done harm"),
        (
            "- send: {message: im, hostile: true, answer: {is: [2xx]}}\n".to_owned() + LOOK,
            "is",
            "no answer to hostile input is expected",
        ),
        (
            "- send: {message: im, hostile: true, markup: {id: a}}\n".to_owned() + LOOK,
            "id",
            "only reports have a document",
        ),
        (
            INPUT.to_owned() + "- send: {message: report, markup: {id: a}}\n" + LOOK,
            "id",
            "`markup` makes hostile input",
        ),
        (
            "- send: {message: im, hostile: true, compress: {as: gzip, megabytes: 4000}}\n".to_owned() + LOOK,
            "4000",
            "a body may inflate to 512 megabytes",
        ),
        (
            "- send: {message: im, hostile: true, text: \"${trap.ulr}\"}\n".to_owned() + LOOK,
            "${trap.ulr}",
            "a trap has no part `ulr`",
        ),
        (
            INPUT.to_owned() + "- unharmed: {judges: IMDN-9.1-1}\n",
            "IMDN-9.1-1",
            "IMDN-9.1-1 belongs to the drafts, robustness to the robustness",
        ),
    ];
    for (steps, underlined, message) in table {
        assert_eq!(
            only_mistake(&hostile_file("", &steps)),
            (message.to_owned(), underlined.to_owned()),
            "{steps}"
        );
    }
    let long = "values:\n  long: {repeat: {text: abcd, times: 2000000}}\n";
    let steps = "- send: {message: im, hostile: true, text: \"${long}\"}\n".to_owned() + LOOK;
    assert_eq!(only_mistake(&hostile_file(long, &steps)).0, "a value of many texts has 1 to 4194304 octets");
}

#[test]
fn documents_have_nothing_hostile() {
    let steps =
        "- send: {message: im-req, as: im}\n- quiet: {about: im, message: report, judges: IMDN-9.1-2}\n";
    let hostile = steps.replace("as: im}", "as: im, hostile: true}");
    assert_eq!(only_mistake(&file("", &hostile)).0, "only scenarios of robustness may be hostile");
    let look = steps.to_owned() + "- unharmed: {}\n";
    assert_eq!(only_mistake(&file("", &look)).0, "`unharmed` belongs to scenarios of robustness");
}
