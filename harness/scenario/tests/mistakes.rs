//! Every mistake a scenario author can make is found, and the right text is underlined.

mod common;

use common::{file, load, load_all, mistakes, only_mistake};
use imdnspec_scenario::{Source, Style};

/// A valid file, so that the tables below are about what they change.
const SEND: &str = "- send: {message: im-req, as: im}\n";
const READ: &str = "- command: {ask: dispose, about: im, with: {how: read}}\n";

/// Steps, what is underlined, and the message.
const STEPS: &[(&str, &str, &str)] = &[
    // the shape
    ("- sned: {message: im}", "sned", "unknown step `sned`"),
    ("- quiet", "quiet", "an item of `steps` has to be a mapping"),
    ("- quiet:", "quiet", "`quiet` has to be a mapping"),
    ("- {}", "{}", "a step has to have one key"),
    ("- send: {message: im}\n  quiet: {judges: IMDN-9.1-1}", "quiet", "a second key in one step"),
    ("- send: {message: imreq}", "imreq", "`message` cannot be `imreq`"),
    ("- send: {message: im, peers: P}", "peers", "unknown key `peers`"),
    ("- send: {peer: P, message: im, text: 5}", "5", "`text` has to be a text"),
    ("- send: {message: im, cpim: {add: [Subject: x]}}", "Subject", "an item of `add` has to be a text"),
    ("- send: {message: im, peer: }", "peer", "`peer` has to be a text"),
    ("- answer: {status: 70000}", "70000", "`status` has to be at most 65535"),
    ("- answer: {status: \"200\"}", "\"200\"", "`status` has to be a whole number"),
    ("- answer: {status: 99}", "99", "this is no status"),
    ("- raw: {octets: []}", "[]", "there is nothing to send"),
    // requirements and readings
    ("- quiet: {judges: IMDN-9.1-99}", "IMDN-9.1-99", "there is no requirement `IMDN-9.1-99`"),
    ("- quiet: {judges: []}", "[]", "an assertion without a requirement"),
    ("- quiet: {judges: [IMDN-9.1-1, IMDN-9.1-1]}", "IMDN-9.1-1", "`IMDN-9.1-1` stands twice"),
    ("- quiet: {judges: IMDN-8.1-1}", "IMDN-8.1-1", "IMDN-8.1-1 does not bind the role reporting-uas"),
    (
        "- quiet: {judges: I5438-6.1-1}",
        "I5438-6.1-1",
        "I5438-6.1-1 belongs to the rfcs, imdn-03 to the drafts",
    ),
    ("- quiet: {judges: IMDN-9.1-1, reading: I-99}", "I-99", "there is no reading `I-99`"),
    ("- quiet: {judges: IMDN-4-2}", "IMDN-4-2", "IMDN-4-2 cannot be judged by a scenario: not-testable"),
    // names
    ("- quiet: {judges: IMDN-9.1-1, about: im}", "im", "nothing before this defines `im`"),
    ("- quiet: {judges: IMDN-9.1-1, about: P}", "P", "`about` has to name a message; `P` is a peer"),
    ("- quiet: {judges: IMDN-9.1-1, peers: [Q]}", "Q", "nothing before this defines `Q`"),
    ("- send: {message: im, peer: iut}", "iut", "`iut` is the IUT, not a peer"),
    ("- send: {message: im, as: im}", "im", "nobody uses `im`"),
    ("- send: {message: im, as: P}", "P", "`P` is a peer already"),
    ("- send: {message: im, as: a b}", "a b", "`a b` cannot be a name"),
    ("- send: {message: im, text: \"${x}\"}", "${x}", "nothing before this defines `x`"),
    ("- send: {message: im, text: \"a ${P\"}", "${P", "this `${` has no end or nothing in it"),
    ("- send: {message: im, text: \"a ${P}\"}", "${P}", "`P` is a peer; say what of it is meant"),
    ("- send: {message: im, text: \"${P.urn}\"}", "${P.urn}", "a peer has no part `urn`"),
    (
        "- quiet: {judges: IMDN-9.1-1, say: \"not ${P.uri}\"}",
        "${P.uri}",
        "`${…}` stands for nothing in `say`",
    ),
    // what belongs together
    (
        "- expect: {message: im, as: im}\n- send: {message: im, about: im}",
        "about",
        "`about` means nothing to this `message`",
    ),
    ("- send: {message: again}", "again", "which message is sent again?"),
    (
        "- send: {message: im, text: a, body: b}",
        "a",
        "`body` takes the place of all there is, `text` included",
    ),
    ("- send: {message: im, answer: {is: [2XX]}}", "2XX", "`2XX` is no status and no class"),
    ("- send: {message: im, answer: {is: []}}", "[]", "`is` has to name a status"),
    ("- send: {message: im, answer: {is: [2xx], else: fail}}", "fail", "`else` without a requirement"),
    ("- repeat: {steps: [quiet: {judges: IMDN-9.1-1}]}", "steps", "how many rounds?"),
    ("- repeat: {times: 0, steps: [quiet: {judges: IMDN-9.1-1}]}", "0", "`times` has to be at least 1"),
    ("- repeat: {times: 2, steps: []}", "[]", "a round has to have a step"),
    ("- repeat: {each: {x: [1]}, steps: [quiet: {judges: IMDN-9.1-1}]}", "x", "nobody uses `x`"),
    ("- verify: {assert: []}", "[]", "there is nothing to verify"),
    (
        "- send: {message: im, as: a}\n- send: {message: again, of: a, to: x}",
        "to",
        "`to` means nothing to this `message`",
    ),
    (
        "- together: [quiet: {judges: IMDN-9.1-1}]",
        "[quiet: {judges: IMDN-9.1-1}]",
        "`together` has at least two steps",
    ),
    (
        "- together: [send: {message: im, as: a}, send: {message: again, of: a}]\n- send: {message: again, of: a}",
        "a",
        "nothing before this defines `a`",
    ),
    (
        "- together: [send: {message: im, as: a}, send: {message: im, as: a}]\n- send: {message: again, of: a}",
        "a",
        "`a` is a message already",
    ),
    ("- wait: {seconds: 1, why: x}", "seconds", "only slow scenarios may let time pass"),
    // peers of rounds
    ("- send: {message: im, peer: \"P${x}\"}", "${x}", "nothing before this defines `x`"),
    (
        "- repeat: {times: 2, steps: [send: {message: im, peer: \"P${round}\"}]}",
        "\"P${round}\"",
        "in one of the rounds this is `P1`, which is no peer",
    ),
    (
        "- repeat: {each: {n: [P, Q]}, steps: [send: {message: im, peer: \"${n}\"}]}",
        "\"${n}\"",
        "in one of the rounds this is `Q`, which is no peer",
    ),
    ("- send: {message: im, peer: \"${iut.user}\"}", "\"${iut.user}\"", "which peer this is cannot be told"),
    // commands
    ("- command: {ask: dipose}", "dipose", "`ask` cannot be `dipose`"),
    ("- command: {ask: dispose, with: {how: read}}", "dispose", "`dispose` needs `handle` or `message_id`"),
    ("- command: {ask: policy, with: {report: allow}}", "report", "`policy` has no member `report`"),
    ("- command: {ask: policy, with: {reports: alow}}", "alow", "`reports` cannot be `alow`"),
    ("- command: {ask: policy, with: {hide_sender: 1}}", "1", "`hide_sender` has to be true or false"),
    ("- command: {ask: restart, peer: P}", "P", "`restart` cannot be narrowed down to a peer"),
    ("- command: {ask: restart, iut: 1}", "1", "there is no IUT 1"),
    ("- command: {ask: log, as: log}", "log", "nobody uses `log`"),
];

#[test]
fn mistakes_in_steps_are_found() {
    for (steps, underlined, message) in STEPS {
        let found = only_mistake(&file("", &format!("{steps}\n- quiet: {{judges: IMDN-9.1-2}}")));
        assert_eq!(found, ((*message).to_owned(), (*underlined).to_owned()), "{steps}");
    }
}

/// An assertion about a report, what is underlined, and the message.
const ASSERTIONS: &[(&str, &str, &str)] = &[
    ("{that: id, is: x}", "that", "key `judges` is missing"),
    ("{judges: IMDN-9.1-1, that: id}", "judges", "an assertion that asserts nothing"),
    ("{judges: IMDN-9.1-1, that: id, is: x, not: y}", "not", "a second operator in one assertion"),
    ("{judges: IMDN-9.1-1, is: x}", "judges", "`is` of what?"),
    (
        "{judges: IMDN-9.1-1, check: header-prefixed}",
        "header-prefixed",
        "there is no check `header-prefixed`",
    ),
    ("{judges: IMDN-9.1-1, check: headers-prefixed, that: id}", "id", "a check looks at the whole message"),
    ("{judges: IMDN-9.1-1, that: id, matches: \"(\"}", "\"(\"", "no regular expression: unclosed group"),
    ("{judges: IMDN-9.1-1, that: spi.From, is: x}", "spi.From", "a message has no part `spi.From`"),
    ("{judges: IMDN-9.1-1, that: sip.Form, is: x}", "sip.Form", "a message has no part `sip.Form`"),
    (
        "{judges: IMDN-9.1-1, that: imdn.MessageID, is: x}",
        "imdn.MessageID",
        "a message has no part `imdn.MessageID`",
    ),
    (
        "{judges: IMDN-9.1-1, that: document.dispositon, is: x}",
        "document.dispositon",
        "a message has no part `document.dispositon`",
    ),
    ("{judges: IMDN-9.1-1, that: content.txt, is: x}", "content.txt", "a message has no part `content.txt`"),
    ("{judges: IMDN-9.1-1, that: id, of: Q, is: x}", "Q", "nothing before this defines `Q`"),
    (
        "{judges: IMDN-9.1-1, that: id, of: P, is: x}",
        "P",
        "`of` has to name a message or a reply; `P` is a peer",
    ),
    ("{judges: IMDN-9.1-1, that: id, not: x, tolerate: [y]}", "[y]", "`tolerate` does not go with `not`"),
    (
        "{judges: IMDN-9.1-1, that: id, present: true, absent: fail}",
        "fail",
        "`present` says itself what absence means",
    ),
    (
        "{judges: IMDN-9.1-1, that: id, is: \"${im.sip.Form}\"}",
        "${im.sip.Form}",
        "a message has no part `sip.Form`",
    ),
];

#[test]
fn mistakes_in_assertions_are_found() {
    for (assertion, underlined, message) in ASSERTIONS {
        let expect = format!("- expect: {{message: report, about: im, assert: [{assertion}]}}\n");
        let found = only_mistake(&file("", &[SEND, READ, &expect].concat()));
        assert_eq!(found, ((*message).to_owned(), (*underlined).to_owned()), "{assertion}");
    }
}

/// Keys of a scenario, what is underlined, and the message.
const SCENARIOS: &[(&str, &str, &str)] = &[
    ("role: reporter", "reporter", "`role` cannot be `reporter`"),
    ("role: im-sender", "im-sender", "imdn-03 knows no role `im-sender` that an implementation could play"),
    ("transport: [udp]", "transport", "unknown key `transport`"),
    ("transports: [udp]", "[udp]", "a transport is missing without a reason"),
    ("transports: []", "[]", "a scenario has to run over a transport"),
    ("transports: [udp, tcp, msrp, udp]", "udp", "this transport stands twice"),
    ("transports-reason: none", "none", "a reason for leaving out a transport, although none is left out"),
    ("peers: []", "[]", "a scenario has to have a peer"),
    ("peers: [P, p]", "p", "there is a peer `p` already; case does not tell peers apart"),
    ("peers: [P, Q.x]", "Q.x", "`Q.x` cannot be the name of a peer"),
    ("peers: [iut]", "iut", "`iut` is the IUT already"),
    ("instances: 0", "0", "`instances` has to be at least 1"),
    ("values: {x: {token: 8}}", "x", "nobody uses `x`"),
    ("values: {x: {tokens: 8}}", "tokens", "unknown generator `tokens`"),
    ("values: {x: every-token}", "every-token", "`x` cannot be `every-token`"),
];

#[test]
fn mistakes_in_scenarios_are_found() {
    for (keys, underlined, message) in SCENARIOS {
        let steps = "- send: {message: im, answer: {is: [2xx], judges: IMDN-8.1.1-3}}";
        let found = only_mistake(&file(keys, steps));
        assert_eq!(found, ((*message).to_owned(), (*underlined).to_owned()), "{keys}");
    }
}

#[test]
fn a_scenario_has_to_judge_something() {
    let found = only_mistake(&file("", "- send: {message: im}"));
    assert_eq!(found, ("a scenario that judges nothing".into(), "test".into()));
}

#[test]
fn values_have_a_length() {
    let steps = "- send: {message: im, text: \"${x}\"}\n- quiet: {judges: IMDN-9.1-1}";
    for length in ["0", "65536"] {
        let found = only_mistake(&file(&format!("values: {{x: {{random: {length}}}}}"), steps));
        assert_eq!(found, ("a value has 1 to 65535 characters".into(), format!("{{random: {length}}}")));
    }
    assert!(load(&file("values: {x: {random: 65535}}", steps)).is_ok());
}

/// Mistakes that end the reading of a file, with what is underlined.
const SYNTAX: &[(&str, &str)] = &[
    ("", ""),
    ("a: {b: ${c}}", "{"),
    ("a: b: c", ":"),
    ("a: [b, c\nd: e", ":"),
    ("---\na: b\n---\nc: d\n", "c: d"),
    ("? [a]\n: b\n", "["),
];

#[test]
fn bad_yaml_is_located() {
    for (text, underlined) in SYNTAX {
        let found = load(text).unwrap_err();
        let all = mistakes(&found);
        assert_eq!(all.len(), 1, "{found}");
        assert!(underlined.starts_with(&all[0].1), "{text:?}: {found}");
    }
    let deep = "[".repeat(40);
    assert!(load(&deep).unwrap_err().to_string().contains("nested deeper than 32 levels"));
    let large = "#".repeat(2 << 20);
    assert!(load(&large).unwrap_err().to_string().contains("larger than 1048576 octets"));
}

#[test]
fn what_makes_one_place_change_another_is_refused() {
    let text = file("", "- quiet: &q {judges: IMDN-9.1-1}\n- quiet: *q\n- send: {message: !x im}");
    let found = mistakes(&load(&text).unwrap_err());
    let messages: Vec<_> = found.iter().map(|(message, _)| message.as_str()).collect();
    let anchors = "anchors and aliases are not part of the language";
    assert_eq!(messages, [anchors, anchors, "tags are not part of the language"]);
}

#[test]
fn a_key_that_stands_twice_is_shown_at_both_places() {
    let text = file("", "- send:\n    message: im\n    peer: P\n    message: plain");
    let expected = "\
error: key `message` stands twice
  --> test.yaml:12:11
   |
10 |           message: im
   |           ------- it stands here
11 |           peer: P
12 |           message: plain
   |           ^^^^^^^ and here again";
    assert_eq!(load(&text).unwrap_err().to_string(), expected);
}

#[test]
fn an_id_that_stands_twice_is_shown_in_both_files() {
    let text = file("", "- quiet: {judges: IMDN-9.1-1}");
    let found = load_all(&[Source::new("a.yaml", &text), Source::new("b.yaml", &text)]).unwrap_err();
    let expected = "\
error: there is a scenario `imdn-03/test` already
 ::: b.yaml:5:9
  |
5 |   - id: test
  |         ^^^^
  |
 ::: a.yaml:5:9
  |
5 |   - id: test
  |         ---- it stands here";
    assert_eq!(found.to_string().replace(" --> b", " ::: b"), expected);
}

#[test]
fn five_mistakes_of_five_kinds_are_found_at_once() {
    let text = file(
        "transport: [udp]",
        "- sned: {message: im-req}
- command: {ask: dispose, with: {how: read}, optional: yes}
- expect:
    message: report
    assert:
      - {judges: IMDN-9.1-1, that: id, is: 5}
      - {that: id, present: true}",
    );
    let found = load(&text).unwrap_err();
    let expected = "\
error: unknown key `transport`
 --> test.yaml:8:5
  |
8 |     transport: [udp]
  |     ^^^^^^^^^
  |
  = help: did you mean `transports`?

error: unknown step `sned`
  --> test.yaml:10:9
   |
10 |       - sned: {message: im-req}
   |         ^^^^
   |
   = help: did you mean `send`?

error: `optional` has to be true or false
  --> test.yaml:11:62
   |
11 |       - command: {ask: dispose, with: {how: read}, optional: yes}
   |                                                              ^^^ this is a text
   |
   = help: write true without quotes

error: `is` has to be a text
  --> test.yaml:15:50
   |
15 |             - {judges: IMDN-9.1-1, that: id, is: 5}
   |                                                  ^ this is a whole number
   |
   = help: to mean it as a text write it in quotes: \"5\"

error: key `judges` is missing
  --> test.yaml:16:16
   |
16 |             - {that: id, present: true}
   |                ^^^^ in here
   |
   = help: `judges`: The requirements this decides.";
    assert_eq!(found.render(Style::Plain), expected);
    assert!(found.has_errors());
}

#[test]
fn five_mistakes_beyond_the_schema_are_found_at_once() {
    let text = file(
        "transports: [udp]",
        "- send: {message: im-req, as: im, text: \"${P.urn}\"}
- command: {ask: dispose, about: im, with: {how: raed}}
- expect:
    message: report
    about: in
    assert:
      - {judges: IMDN-9.1-111, that: sip.mehtod, is: MESSAGE}",
    );
    let found = load(&text).unwrap_err();
    let underlined: Vec<_> = mistakes(&found).into_iter().map(|(_, underlined)| underlined).collect();
    assert_eq!(underlined, ["[udp]", "${P.urn}", "raed", "in", "IMDN-9.1-111", "sip.mehtod"]);
}

#[test]
fn colours_are_there_when_asked_for() {
    let found = load("a: b: c").unwrap_err();
    assert!(found.render(Style::Colour).contains('\u{1b}'));
    assert!(!found.render(Style::Plain).contains('\u{1b}'));
}
