//! Layers of S/MIME on what peers send, and parts of parties that belong to them.

#![allow(clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::sync::Arc;

use common::{file, load, only_mistake};
use imdnspec_scenario::LoadedScenario;

const QUIET: &str = "- quiet: {judges: IMDN-9.1-1}\n";

/// A step of imdn-03, what is underlined, and the message.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "- send: {message: im, protect: [{layer: sign, place: around}, {layer: encrypt, place: inside}]}",
        "inside",
        "this would be inside of nothing",
    ),
    (
        "- send: {message: im, protect: [{layer: encrypt, stranger: true}]}",
        "true",
        "`stranger` means nothing to what does not sign",
    ),
    (
        "- send: {message: im, protect: [{layer: encrypt, certificate: false}]}",
        "false",
        "`certificate` means nothing to what does not sign",
    ),
    (
        "- send: {message: im, protect: [{layer: sign-opaque, broken: true}]}",
        "true",
        "only a signature of `layer: sign` can be `broken`",
    ),
    (
        "- send: {message: plain, protect: [{layer: sign}]}",
        "protect",
        "`protect` means nothing to this `message`",
    ),
];

fn loaded(steps: &str) -> Arc<LoadedScenario> {
    load(&file("", &format!("{steps}\n{QUIET}")))
        .unwrap_or_else(|found| panic!("{found}"))
        .scenarios
        .remove(0)
}

#[test]
fn mistakes_are_underlined() {
    for (step, underlined, message) in MISTAKES {
        let text = file("", &format!("{step}\n{QUIET}"));
        assert_eq!(only_mistake(&text), ((*message).to_owned(), (*underlined).to_owned()), "{step}");
    }
}

#[test]
fn certificates_are_made_where_they_are_used() {
    let protected =
        loaded("- send: {message: im, protect: [{layer: sign}, {layer: encrypt, place: around}]}");
    let told = loaded(
        "- command: {ask: identity, with: {certificate_pem: \"${iut.certificate}\", key_pem: \"${iut.key}\"}}\n\
         - command: {ask: trust, with: {certificate_pem: \"${P.certificate}\", address: \"${P.uri}\"}}",
    );
    let plain = loaded("- send: {message: im}");
    let needs = [&protected, &told, &plain].map(|loaded| loaded.scenario.needs_certificates());
    assert_eq!(needs, [true, true, false]);
    assert_eq!([&protected, &told].map(|loaded| loaded.needs_own_process), [false, true]);
}
