//! Checks of RFC 3862 on what an endpoint writes: one fault has one blame, and what is legal is not flagged.

mod common;

use common::edit;
use common::receipts::expect;
use common::rfc::{
    DELIVERED, IM, REQUEST, blames, blames_format, notified_run, notified_scenario, owned, sending_scenario,
    user,
};
use imdnspec_judge::Verdict::{self, Fail, Pass, Warning};
use serde_json::json;
use wire::profile::RFC3862;

/// The sum of what section 4 says of the headers, which goes with each of them.
const SUM: (&str, Verdict) = ("C3862-3.2-1", Fail);

/// A fault: its name, what it replaces by what, and who is to blame.
type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);

const FROM: &str = "From: <sip:bob@127.0.0.1:5062>\nTo";

const FAULTS: &[Fault] = &[
    ("merged blocks", "display\n\nContent-Type: text", "display\nContent-Type: text", &[("C3862-2-1", Fail)]),
    ("an empty line in front", "\n\nFrom: <sip:bob", "\n\n\nFrom: <sip:bob", &[("C3862-2-2", Fail)]),
    (
        "the label inside",
        "\n\nFrom: <sip:bob",
        "\n\nContent-type: Message/CPIM\n\nFrom: <sip:bob",
        &[("C3862-2-2", Fail)],
    ),
    ("another type", "Content-Type: message/cpim", "Content-Type: text/cpim", &[("C3862-2.1-1", Fail)]),
    ("a parameter of the type", "message/cpim", "message/cpim; charset=utf-8", &[("C3862-7.1-1", Warning)]),
    ("a blank before the colon", "DateTime:", "DateTime :", &[("C3862-2.2-3", Fail)]),
    ("a line without colon", "DateTime:", "hello\nDateTime:", &[("C3862-2.2-3", Fail)]),
    (
        "a folded extension",
        "positive-delivery, display",
        "positive-delivery,\n display",
        &[("C3862-3.2-2", Fail)],
    ),
    (
        "a list in To",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nDate",
        "To: <sip:p.7f3a@127.0.0.1:41080>, <sip:d@h>\nDate",
        &[("C3862-2.2-6", Fail)],
    ),
    ("a trailing blank", "12:00:00Z\n", "12:00:00Z \n", &[("C3862-2.2-8", Fail)]),
    ("two blanks", "DateTime: 2026", "DateTime:  2026", &[("C3862-2.2-13", Fail)]),
    ("no blank", "DateTime: 2026", "DateTime:2026", &[("C3862-2.2-13", Fail)]),
    ("no blank in an extension", "imdn.Message-ID: S1", "imdn.Message-ID:S1", &[("C3862-3.2-2", Fail)]),
    ("no Content-Type", "Content-Type: text/plain; charset=utf-8\n", "", &[("C3862-2.4-2", Fail)]),
    ("FROM", FROM, "FROM: <sip:bob@127.0.0.1:5062>\nTo", &[("C3862-3-1", Fail)]),
    ("Datetime", "DateTime", "Datetime", &[SUM, ("C3862-4-2", Fail)]),
    (
        "a slash in the prefix",
        "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: S1freshfresh\nimdn.",
        "NS: org/imdn <urn:ietf:params:imdn>\norg/imdn.Message-ID: S1freshfresh\norg/imdn.",
        &[("C3862-3.1-1", Fail)],
    ),
    (
        "a period in the prefix",
        "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: S1freshfresh\nimdn.",
        "NS: org.imdn <urn:ietf:params:imdn>\norg.imdn.Message-ID: S1freshfresh\norg.imdn.",
        &[("C3862-3.1-2", Fail)],
    ),
    ("no scheme in NS", "<urn:ietf:params:imdn>", "<ietf-params-imdn>", &[("C3862-3.4-2", Fail)]),
    ("a fragment in NS", "<urn:ietf:params:imdn>", "<urn:ietf:params:imdn#x>", &[("C3862-3.4-3", Fail)]),
    ("no NS", "NS: imdn <urn:ietf:params:imdn>\n", "", &[("C3862-3.4-5", Fail)]),
    ("NS without brackets", "<urn:ietf:params:imdn>", "urn:ietf:params:imdn", &[SUM, ("C3862-4.6-1", Fail)]),
    (
        "a core header under the prefix",
        "imdn.Message-ID",
        "imdn.Subject: x\nimdn.Message-ID",
        &[("C3862-3.4-8", Fail)],
    ),
    ("a token run into the bracket", FROM, "From: Bob<sip:bob@127.0.0.1:5062>\nTo", &[("C3862-3.6-5", Fail)]),
    ("an unquoted comma", FROM, "From: Smith, Bob <sip:bob@127.0.0.1:5062>\nTo", &[("C3862-3.6-5", Fail)]),
    ("no scheme", FROM, "From: <bob@example.com>\nTo", &[("C3862-3.6-6", Fail)]),
    ("a tag", FROM, "From: <sip:bob@127.0.0.1:5062>;tag=3\nTo", &[SUM, ("C3862-4.1-1", Fail)]),
    (
        "To without brackets",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nDate",
        "To: sip:p.7f3a@127.0.0.1:41080\nDate",
        &[SUM, ("C3862-4.2-1", Fail)],
    ),
    ("a list in cc", "DateTime:", "cc: <sip:a@b>, <sip:c@d>\nDateTime:", &[SUM, ("C3862-4.3-1", Fail)]),
    ("no offset", "12:00:00Z\n", "12:00:00\n", &[SUM, ("C3862-4.4-1", Fail)]),
    ("hours alone", "12:00:00Z\n", "13:00:00+01\n", &[SUM, ("C3862-4.4-1", Fail)]),
    ("a blank for T", "2026-03-01T12", "2026-03-01 12", &[SUM, ("C3862-4.4-1", Fail)]),
    ("Required", "DateTime:", "Required: Subject\nDateTime:", &[SUM, ("C3862-4.7-1", Fail)]),
    (
        "a blank behind the comma",
        "DateTime:",
        "Require: From, To\nDateTime:",
        &[("C3862-3.2-1", Warning), ("C3862-4.7-1", Warning)],
    ),
    ("an unneeded requirement", "DateTime:", "Require: Subject\nDateTime:", &[("C3862-4.7-2", Warning)]),
];

#[test]
fn every_fault_has_one_blame() {
    for (name, from, to, blamed) in FAULTS {
        expect(name, &blames_format(&edit(REQUEST, from, to)), blamed);
    }
    expect("none", &blames_format(REQUEST), &[]);
}

/// Texts of a Subject line, from the colon on, and who is to blame.
const SUBJECTS: &[(&str, &[(&str, Verdict)])] = &[
    (": é 雪 it's a/b", &[]),
    (":;lang=fr Objet", &[]),
    (": a\\tb\\u001b\\\\", &[]),
    (": a\n b", &[("C3862-2.2-4", Fail)]),
    (": a\tb", &[("C3862-2.2-11", Fail)]),
    (": a\u{7f}b", &[("C3862-2.3-1", Fail)]),
    (": C:\\dir", &[("C3862-2.3.1-1", Fail)]),
    (": a\\x1bb", &[("C3862-2.3.1-5", Fail)]),
    (": it\\'s", &[("C3862-2.3.1-6", Fail)]),
    (": \\u00e9", &[("C3862-2.3.1-6", Fail)]),
    (": =?utf-8?Q?=C3=A9?=", &[("C3862-2.2-9", Fail)]),
    (":;Lang=fr Objet", &[("C3862-3.6-1", Fail)]),
    (": ;lang=fr Objet", &[("C3862-3.2-1", Fail), ("C3862-4.5-1", Fail)]),
];

#[test]
fn subjects_are_text_with_escapes() {
    for (text, blamed) in SUBJECTS {
        expect(text, &blames_format(&edit(REQUEST, "NS: imdn", &format!("Subject{text}\nNS: imdn"))), blamed);
    }
}

#[test]
fn names_are_quoted_and_escaped() {
    for (name, blamed) in [
        ("\"Smith, Bob\" ", &[][..]),
        ("\"Smith, Bob\"", &[]),
        ("\"Bob \\\"Bo\\\" B\" ", &[]),
        ("MR SANDERS ", &[]),
        ("O'Neil ", &[]),
        ("a@b (f) ", &[("C3862-3.6-5", Fail)]),
        ("\"Bob \"Bo\" B\" ", &[("C3862-2.3.1-2", Fail)]),
        ("\"Bob \"\"Bo\"\" B\" ", &[("C3862-2.3.1-2", Fail)]),
        ("\\\"Smith, Bob\\\" ", &[("C3862-2.3.1-4", Fail)]),
    ] {
        let request = edit(REQUEST, FROM, &format!("From: {name}<sip:bob@127.0.0.1:5062>\nTo"));
        expect(name, &blames_format(&request), blamed);
    }
}

#[test]
fn old_forms_of_utf8_are_a_warning() {
    let blamed = |octets: &[u8]| {
        let text = common::wire(&edit(REQUEST, "NS: imdn", "Subject: @@\nNS: imdn"));
        let at = text.windows(2).position(|pair| pair == b"@@").unwrap();
        let message = [&text[..at], octets, &text[at + 2..]].concat();
        let mut run = common::Run::new();
        run.command(0, json!({"command": "send"}), json!({"ok": true}));
        run.expect(&[(1, 0)], message.into());
        owned(&run.judge_by(&RFC3862, &sending_scenario(""), &user()))
    };
    expect("surrogates", &blamed(b"\xed\xa0\xbd\xed\xb8\x80"), &[("C3862-3.6-7", Warning)]);
    expect("Latin-1", &blamed(b"caf\xe9"), &[("C3862-2.2-9", Fail)]);
    let lines = common::wire(REQUEST);
    let bare = String::from_utf8(lines.to_vec()).unwrap().replace("12:00:00Z\r\n", "12:00:00Z\n");
    let mut run = common::Run::new();
    run.expect(&[(1, 0)], bare.into_bytes().into());
    let found = owned(&run.judge_by(&RFC3862, &sending_scenario(""), &user()));
    expect("a bare LF", &found, &[("C3862-2.2-10", Fail)]);
}

#[test]
fn other_notations_are_told_by_what_was_to_be_sent() {
    let blamed = |subject: &str| {
        let mut run = common::Run::new();
        run.command(0, json!({"command": "send", "subject": "a\tb"}), json!({"ok": true}));
        let text = edit(REQUEST, "NS: imdn", &format!("Subject: {subject}\nNS: imdn"));
        run.expect(&[(1, 0)], common::wire(&text));
        owned(&run.judge_by(&RFC3862, &sending_scenario(""), &user()))
    };
    for (subject, blamed_ids) in [
        ("a%09b", &[("C3862-2.2-12", Fail)][..]),
        ("a&#9;b", &[("C3862-2.2-12", Fail)]),
        ("a\\tb", &[]),
        ("ab", &[]),
    ] {
        expect(subject, &blamed(subject), blamed_ids);
    }
}

#[test]
fn the_time_of_sending_is_that_of_the_record() {
    let scenario = sending_scenario("{judges: C3862-4.4-2, check: date-time-now}");
    let verdict = |request: &str| {
        let judgements =
            common::rfc::sending_run(&["display"], request).judge_by(&RFC3862, &scenario, &user());
        common::verdict_on(&judgements, "C3862-4.4-2")
    };
    assert_eq!(verdict(REQUEST), Some(Pass));
    assert_eq!(verdict(&edit(REQUEST, "T12:00:00Z", "T13:00:01+01:00")), Some(Pass));
    assert_eq!(verdict(&edit(REQUEST, "T12:00:00Z", "T13:00:00Z")), Some(Fail));
}

#[test]
fn notifications_are_held_to_the_format_too() {
    let blamed =
        |text: &str| owned(&notified_run(IM, &[text]).judge_by(&RFC3862, &notified_scenario(1, ""), &user()));
    expect("none", &blamed(DELIVERED), &[]);
    let merged = edit(DELIVERED, "fresh\n\nContent-Type", "fresh\nContent-Type");
    // How the parts of a notification stand to one another, RFC 5438 says itself.
    expect("merged", &blamed(&merged), &[]);
    expect("merged", &blames(IM, &[&merged]), &[("I5438-7.2.1.1-2", Fail)]);
    let labelled = edit(DELIVERED, "message/cpim", "message/imdn+xml");
    expect("labelled", &blamed(&labelled), &[]);
    expect("labelled", &blames(IM, &[&labelled]), &[("I5438-12.1.1-2", Fail)]);
    // What is wrong with the document is the concern of the other document alone.
    expect("a parse error", &blamed(&edit(DELIVERED, "</imdn>", "</imdm>")), &[]);
}

#[test]
fn a_fault_of_lines_or_prefixes_is_theirs_alone() {
    let folded = edit(REQUEST, FROM, "From: Bob\n B <sip:bob@127.0.0.1:5062>\nTo");
    expect("a folded name", &blames_format(&folded), &[("C3862-2.2-4", Fail)]);
    let spaced = REQUEST.replace("DateTime: ", "DateTime:  ").replace("Message-ID: ", "Message-ID:  ");
    expect("everywhere", &blames_format(&spaced), &[("C3862-2.2-13", Fail)]);
    let required =
        edit(REQUEST, "\n\nContent-Type: text", "\nRequire: imdn.Message-ID\n\nContent-Type: text");
    expect("required", &blames_format(&required), &[]);
    let slash = required.replace("imdn.", "org/imdn.").replace("NS: imdn", "NS: org/imdn");
    expect("a slash", &blames_format(&slash), &[("C3862-3.1-1", Fail)]);
    // A request that stands in the wrong place is there all the same.
    let misplaced = edit(
        REQUEST,
        "imdn.Disposition-Notification: positive-delivery, display\n\n",
        "Require: imdn.Disposition-Notification\n\nDisposition-Notification: display\n",
    );
    expect("misplaced", &blames_format(&misplaced), &[]);
    let ns = "NS: imdn <urn:ietf:params:imdn>\n";
    let late =
        edit(&edit(&required, ns, ""), "\n\nContent-Type: text", &format!("\n{ns}\nContent-Type: text"));
    expect("too late", &blames_format(&late), &[("C3862-3.4-5", Fail)]);
}
