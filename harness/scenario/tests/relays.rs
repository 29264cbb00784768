//! What belongs to scenarios of an IUT that stands between peers, right and wrong.

mod common;

use common::{file, load, only_mistake};
use imdnspec_scenario::Style;

/// Keys of a scenario of an IUT that relays, its steps, what is underlined, and the message.
const RELAYS: &[(&str, &str, &str, &str)] = &[
    ("lists: [L]", "", "L", "nobody uses `L`"),
    ("lists: [1L]", "", "1L", "`1L` cannot be the name of a list"),
    ("lists: [U]", "- send: {message: im, to: \"${U.uri}\"}\n", "U", "`U` is a peer already"),
    ("lists: [L]", "- send: {message: im, peer: L}\n", "L", "`L` is a list, not a peer"),
    ("crowds: {D: 0}", "", "0", "a crowd has 1 to 10000 peers"),
    ("crowds: {D1: 3}", "", "D1", "`D1` cannot be the name of a crowd"),
    ("peers: [U, D2]\ncrowds: {D: 3}", "", "D", "`D2` of this crowd is a peer already"),
    ("crowds: {D: 3}", "- send: {message: im, peer: D4}\n", "D4", "nothing before this defines `D4`"),
    ("crowds: {D: 3}", "- send: {message: im, peer: D}\n", "D", "`D` is a crowd, not a peer"),
    (
        "crowds: {D: 3}",
        "- send: {message: im, text: \"${D.uri}\"}\n",
        "${D.uri}",
        "a crowd has no part `uri`",
    ),
    (
        "crowds: {D: 3}",
        "- repeat: {times: 4, steps: [send: {message: im, peer: \"D${round}\"}]}\n",
        "\"D${round}\"",
        "in one of the rounds this is `D4`, which is no peer",
    ),
    (
        "crowds: {D: 3}",
        "- command: {ask: list, with: {uri: x, members: \"${D1.uri}\"}}\n",
        "\"${D1.uri}\"",
        "`members` has to be a list",
    ),
    ("downstream: [V]", "", "V", "nothing before this defines `V`"),
    ("downstream: [iut]", "", "iut", "`iut` is the IUT, not a peer"),
    ("transports: [udp, mixed]\ntransports-reason: x", "", "mixed", "`mixed` has no two sides here"),
    ("peers: [U, D1]\ntransports: [udp, tcp]", "", "[udp, tcp]", "a transport is missing without a reason"),
    ("slow: true", "", "true", "slow without a reason"),
    ("slow-reason: x", "", "x", "a reason for being slow, although it is not"),
    ("slow: true\nslow-reason: x", "- wait: {seconds: 0, why: y}\n", "0", "a wait lasts 1 to 3600 seconds"),
    ("slow: true\nslow-reason: x", "- wait: {seconds: 1, why: \" \"}\n", "\" \"", "what is waited for?"),
    (
        "",
        "- send: {message: im, as: a}\n- send: {message: wrapped, of: a, document: {disposition: read}}\n",
        "disposition",
        "the report that `of` names is enclosed as it is",
    ),
];

#[test]
fn mistakes_around_relays_are_found() {
    for (keys, steps, underlined, message) in RELAYS {
        let peers = if keys.contains("peers:") { "" } else { "peers: [U]\n" };
        let text = file(
            &format!("role: b2bua\n{peers}{keys}"),
            &format!("{steps}- quiet: {{judges: IMDN-9.3.2-4}}"),
        );
        let found = only_mistake(&text);
        assert_eq!(found, ((*message).to_owned(), (*underlined).to_owned()), "{keys}\n{steps}");
    }
}

#[test]
fn what_relays_need_is_understood() {
    let steps = "\
- command: {ask: list, with: {uri: \"${L.uri}\", members: \"${D.members}\"}}
- together:
    - send: {message: im-req, to: \"${L.address}\", as: one}
    - send: {peer: U2, message: im, as: two}
- repeat:
    times: 3
    parallel: 3
    steps:
      - expect: {peer: \"D${round}\", message: im, about: one}
      - send: {peer: \"D${round}\", message: encrypted, about: two}
- repeat:
    each: {who: [U, D3]}
    steps:
      - send: {peer: \"${who}\", message: signed, document: {disposition: error}}
- wait: {seconds: 290, why: The state is kept.}
- quiet: {peers: [D1, U], judges: IMDN-9.3.2-4}";
    let keys = "role: b2bua\npeers: [U, U2]\ncrowds: {D: 3}\nlists: [L]\nslow: true\nslow-reason: It is.";
    let text = file(keys, &steps.replace("message: im, about: one", "message: report, about: one"));
    let suite = load(&text).unwrap_or_else(|found| panic!("{}", found.render(Style::Plain)));
    let loaded = &suite.scenarios[0];
    assert!(!loaded.needs_own_process, "it uses a list of its own");
    let variants: Vec<_> = loaded.scenario.variants().iter().map(|one| one.word()).collect();
    assert_eq!(variants, ["udp", "tcp", "mixed", "msrp"]);
    let other = text.replace("uri: \"${L.uri}\"", "uri: \"sip:friends@h\"");
    assert!(load(&other).unwrap().scenarios[0].needs_own_process, "it uses a list of others");
}
