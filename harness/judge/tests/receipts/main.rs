//! Checks of receipts: what is right passes, what is odd but legal is not flagged, one fault has one blame.

#[path = "../common/mod.rs"]
mod common;
mod faults;

use common::receipts::{
    DELIVERY, IM, again, asking, blames, expect, faults, read, receipts_run, receipts_scenario, user,
};
use common::{edit, verdict_on};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};

/// Checks of receipts, and a requirement that each of them judges on a delivery receipt.
const CHECKS: &[(&str, &str)] = &[
    ("message-form", "RCPT-3.2-1"),
    ("content-length", "RCPT-3.2-1"),
    ("outer-type", "RCPT-6.1.1-1"),
    ("carrier", "RCPT-6.1.1-2"),
    ("addresses-swapped", "RCPT-3.2-1"),
    ("status-receipt-type", "RCPT-3.2-2"),
    ("media-type", "RCPT-5.2-1"),
    ("content-disposition", "RCPT-3.2-3"),
    ("no-message-id", "RCPT-3.2-5"),
    ("no-request-in-report", "RCPT-3.2-8"),
    ("xml-well-formed", "RCPT-5.1-1"),
    ("document-structure", "RCPT-5.1-2"),
    ("xml-version", "RCPT-5.1-3"),
    ("xml-utf8", "RCPT-5.1-4"),
    ("xml-namespace", "RCPT-5.1-5"),
    ("document-elements", "RCPT-3.2-7"),
    ("charset", "RCPT-9.1-1"),
    ("message-id-named", "RCPT-3.2-7"),
    ("recipient-uri", "RCPT-3.2-7"),
    ("type-and-status", "RCPT-3.2-10"),
    ("positive-receipt", "RCPT-6.1.3.1-2"),
    ("receipt-was-asked", "RCPT-3.1-9"),
    ("receipt-to-sender", "RCPT-8-1"),
    ("one-receipt", "RCPT-6.1.3.1-2"),
    ("receipt-in-own-message", "RCPT-6.1.3.1-4"),
];

fn asked(checks: &[(&str, &str)]) -> String {
    let asked = checks.iter().map(|(check, id)| format!("{{judges: {id}, check: {check}}}"));
    asked.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_conformant_exchange_gives_no_finding() {
    let judgements =
        receipts_run(IM, &[DELIVERY]).judge_receipts(&receipts_scenario(1, &asked(CHECKS)), &user());
    assert!(judgements.iter().all(|judgement| judgement.findings.is_empty()), "{judgements:#?}");
    for (check, id) in CHECKS {
        assert_eq!(verdict_on(&judgements, id), Some(Pass), "{check}");
    }
}

#[test]
fn a_read_receipt_is_held_to_the_same() {
    let checks = [
        ("addresses-swapped", "RCPT-3.3-1"),
        ("content-disposition", "RCPT-3.3-1"),
        ("receipts-follow-delivery", "RCPT-3.3-1"),
        ("media-type", "RCPT-5.2-1"),
        ("read-receipt", "RCPT-3.3-2"),
        ("type-and-status", "RCPT-3.3-2"),
        ("message-id-named", "RCPT-3.2-7"),
    ];
    let run = receipts_run(IM, &[DELIVERY, &read()]);
    let judgements = run.judge_receipts(&receipts_scenario(2, &asked(&checks)), &user());
    assert!(judgements.iter().all(|judgement| judgement.findings.is_empty()), "{judgements:#?}");
    let uncertain = edit(&read(), ">200<", ">485<");
    assert_eq!(blames(IM, &[&uncertain]), []);
    let run = receipts_run(IM, &[&uncertain]);
    let scenario =
        receipts_scenario(1, &asked(&[("uncertain-receipt", "RCPT-3.3-3"), ("read-receipt", "RCPT-3.3-2")]));
    let judgements = run.judge_receipts(&scenario, &user());
    assert_eq!(verdict_on(&judgements, "RCPT-3.3-3"), Some(Pass));
    assert_eq!(verdict_on(&judgements, "RCPT-3.3-2"), Some(Fail));
}

/// Edits of a delivery receipt that break nothing.
const LEGAL: &[(&str, &str, &str)] = &[
    ("no recipient-uri", "<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>\n", ""),
    ("another scheme", "<recipient-uri>sip:bob@127.0.0.1:5062<", "<recipient-uri>im:bob@example.org<"),
    ("a note", "</status-receipt>", "<note lang=\"en\">The message was delivered</note>\n</status-receipt>"),
    (
        "notes in several languages",
        "</status-receipt>",
        "<note xml:lang=\"en\">Delivered</note><note lang=\"de\">Zugestellt &#252;ber Umwege</note></status-receipt>",
    ),
    (
        "a foreign element",
        "</status-receipt>",
        "<x:y xmlns:x=\"urn:example:x\">1<x:z/></x:y></status-receipt>",
    ),
    (
        "a foreign element in front",
        "<message-id>",
        "<x:y xmlns:x=\"urn:example:x\"><x:z>1</x:z></x:y><message-id>",
    ),
    ("no declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""),
    ("a short declaration", " encoding=\"UTF-8\"", ""),
    (
        "a declaration in other quotes",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<?xml version='1.0' encoding='utf-8'?>",
    ),
    ("standalone", "encoding=\"UTF-8\"", "encoding=\"UTF-8\" standalone=\"yes\""),
    ("a charset", "status-receipt+xml\n", "status-receipt+xml; charset=utf-8\n"),
    ("a quoted charset", "status-receipt+xml\n", "status-receipt+xml;charset=\"UTF-8\"\n"),
    (
        "capitals in the types",
        "message/status-receipt+xml\nContent-Disposition: confirm",
        "Message/Status-Receipt+XML\nContent-disposition: Confirm",
    ),
    ("capitals outside", "Content-Type: message/cpim", "Content-Type: Message/CPIM"),
    (
        "Content-Disposition first",
        "Content-Type: message/status-receipt+xml\nContent-Disposition: confirm",
        "Content-Disposition: confirm\nContent-Type: message/status-receipt+xml",
    ),
    (
        "a transfer encoding",
        "Content-Disposition: confirm\n",
        "Content-Disposition: confirm\nContent-Transfer-Encoding: binary\n",
    ),
    (
        "a Content-ID",
        "Content-Disposition: confirm\n",
        "Content-ID: <1@example.org>\nContent-Disposition: confirm\n",
    ),
    (
        "DateTime and Subject",
        "\n\nContent-Type: message/status",
        "\nDateTime: 2026-03-01T12:00:01Z\nSubject: Receipt\n\nContent-Type: message/status",
    ),
    (
        "To in front of From",
        "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\n\n",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nFrom: <sip:bob@127.0.0.1:5062>\n\n",
    ),
    (
        "display names",
        "From: <sip:bob@127.0.0.1:5062>\nTo: <",
        "From: \"Bob, the 1st\" <sip:bob@127.0.0.1:5062>\nTo: Alice <",
    ),
    (
        "an unknown header",
        "\n\nContent-Type: message/status",
        "\nX-Gadget: 1\n\nContent-Type: message/status",
    ),
    (
        "headers of another namespace",
        "\n\nContent-Type: message/status",
        "\nNS: q <urn:example:q>\nq.Message-ID: 7\nq.Gadget: 1\n\nContent-Type: message/status",
    ),
    (
        "headers of the other document",
        "\n\nContent-Type: message/status",
        "\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Message-ID: R1freshfresh\n\nContent-Type: message/status",
    ),
    ("a prefix in XML", "<status-receipt xmlns=\"", "<status-receipt xmlns:x=\"urn:x\" xmlns=\""),
    ("a comment and an instruction", "<type>", "<!-- here --><?pi x?><type>"),
    ("references", "<type>delivery<", "<type>deliver&#121;<"),
    ("CDATA", "<status>200<", "<status><![CDATA[200]]><"),
    ("white space", "<type>delivery</type>\n", "\n\t <type>delivery</type  >\n\n"),
    ("padding", "<type>delivery</type>", "<type> delivery </type>"),
    ("another success", "<status>200<", "<status>202<"),
    ("User-Agent and more", "Max-Forwards: 70", "User-Agent: x\nX-Whatever: y\nMax-Forwards: 70"),
    (
        "compact SIP forms",
        "From: <sip:bob@127.0.0.1:5062>;tag=2\nTo: ",
        "f: <sip:bob@127.0.0.1:5062>;tag=2\nt: ",
    ),
];

#[test]
fn legal_oddities_are_not_flagged() {
    for (what, from, to) in LEGAL {
        expect(what, &blames(IM, &[&edit(DELIVERY, from, to)]), &[]);
    }
    let prefixed = DELIVERY.replace("<status-receipt xmlns=", "<r:status-receipt xmlns:r=");
    let prefixed = prefixed.replace("</status-receipt>", "</r:status-receipt>");
    let prefixed = ["message-id", "recipient-uri", "type", "status"].iter().fold(prefixed, |text, name| {
        text.replace(&format!("<{name}>"), &format!("<r:{name}>"))
            .replace(&format!("</{name}>"), &format!("</r:{name}>"))
    });
    expect("everything prefixed", &blames(IM, &[&prefixed]), &[]);
    let length = DELIVERY.split_once("confirm\n\n").unwrap().1.replace('\n', "\r\n").len();
    let length = edit(DELIVERY, ": confirm\n", &format!(": confirm\nContent-Length: {length}\n"));
    expect("Content-Length", &blames(IM, &[&length]), &[]);
    let both = edit(
        IM,
        "Message-ID: M1",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Disposition-Notification: \nimdn.Message-ID: other7\nMessage-ID: M1",
    );
    expect("both requests", &blames(&both, &[DELIVERY]), &[]);
}

#[test]
fn kinds_and_messages_are_counted_apart() {
    assert_eq!(blames(IM, &[DELIVERY, &read()]), []);
    let other = edit(&read(), ">200<", ">485<");
    assert_eq!(blames(IM, &[DELIVERY, &other, &again(&edit(DELIVERY, ">delivery<", ">read<"), "c9")]), []);
    assert_eq!(blames(&asking("Positive-Delivery ,READ"), &[DELIVERY, &read()]), []);
    let negative = edit(DELIVERY, ">200<", ">404<");
    assert_eq!(blames(&asking("negative-delivery"), &[&negative]), []);
    let redirect = edit(DELIVERY, ">200<", ">302<");
    assert_eq!(blames(&asking("negative-delivery"), &[&redirect]), []);
}

#[test]
fn a_receipt_without_cpim_is_charged_to_its_wrapping() {
    let bare = |text: &str| {
        let (head, rest) = text.split_once("message/cpim\n\n").unwrap();
        format!("{head}message/status-receipt+xml\n\n{}", rest.split_once("confirm\n\n").unwrap().1)
    };
    expect("delivery", &blames(IM, &[&bare(DELIVERY)]), &[("RCPT-3.2-1", Fail), ("RCPT-6.1.1-1", Fail)]);
    expect("read", &blames(IM, &[&bare(&read())]), &[("RCPT-6.1.1-1", Fail)]);
}

#[test]
fn utf_16_and_latin_1_are_charged_to_the_encoding() {
    let (head, document) = DELIVERY.split_once("confirm\n\n").unwrap();
    let head = format!("{head}confirm\n\n").replace('\n', "\r\n").into_bytes();
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(document.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let note = document.replace("</status-receipt>", "<note lang=\"de\">\u{fc}</note></status-receipt>");
    let narrow: Vec<u8> = note.chars().map(|character| character as u8).collect();
    for octets in [wide, narrow] {
        let mut run = common::Run::new();
        run.exchange(0, "im", IM, 200);
        run.expect(&[(1, 0)], [head.clone(), octets].concat().into());
        let judgements = run.judge_receipts(&receipts_scenario(1, &asked(CHECKS)), &user());
        assert_eq!(faults(&judgements), [("RCPT-5.1-4", Fail)]);
    }
}

#[test]
fn escapes_that_spoil_an_identifier_break_the_form_of_xml() {
    let im = edit(IM, "M1xyzABCDEF", "M1&xyz'ABC");
    let right = edit(DELIVERY, "M1xyzABCDEF", "M1&amp;xyz&apos;ABC");
    expect("escaped", &blames(&im, &[&right]), &[]);
    let twice = edit(DELIVERY, "M1xyzABCDEF", "M1&amp;amp;xyz'ABC");
    expect("escaped twice", &blames(&im, &[&twice]), &[("RCPT-5.1-1", Fail)]);
    let raw = edit(DELIVERY, "M1xyzABCDEF", "M1&xyz'ABC");
    expect("not escaped", &blames(&im, &[&raw]), &[("RCPT-5.1-1", Fail)]);
}

#[test]
fn what_was_not_asked_for_is_told() {
    expect(
        "nothing asked",
        &blames(&edit(IM, "Receipt-Request: positive-delivery, negative-delivery, read\n", ""), &[DELIVERY]),
        &[("RCPT-3.1-9", Fail)],
    );
    expect("an empty request", &blames(&asking(""), &[DELIVERY]), &[("RCPT-3.1-9", Fail)]);
    expect(
        "another kind asked",
        &blames(&asking("positive-delivery"), &[&read()]),
        &[("RCPT-3.1-9", Warning)],
    );
    expect(
        "a transposed request",
        &blames(&edit(IM, "Receipt-Request", "Request-Receipt"), &[DELIVERY]),
        &[("RCPT-3.1-9", Warning)],
    );
    let nameless = edit(IM, "Message-ID: M1xyzABCDEF\n", "");
    expect("an invented identifier", &blames(&nameless, &[DELIVERY]), &[("RCPT-3.2-7", Warning)]);
}

#[test]
fn a_second_receipt_of_a_kind_is_one_too_many() {
    let second = again(DELIVERY, "c7");
    expect("positive", &blames(IM, &[DELIVERY, &second]), &[("RCPT-6.1.3.1-2", Fail)]);
    let negative = |call: &str| again(&edit(DELIVERY, ">200<", ">503<"), call);
    expect("negative", &blames(IM, &[&negative("c7"), &negative("c8")]), &[("RCPT-6.1.3.1-5", Fail)]);
    expect("both", &blames(IM, &[DELIVERY, &negative("c7")]), &[("RCPT-3.1-7", Fail)]);
    expect(
        "read",
        &blames(IM, &[&read(), &again(&edit(DELIVERY, ">delivery<", ">read<"), "c9")]),
        &[("RCPT-3.3-2", Fail)],
    );
}

#[test]
fn a_check_for_one_kind_does_not_take_another() {
    let verdict = |receipt: &str, check: &str| {
        let run = receipts_run(IM, &[receipt]);
        let judgements =
            run.judge_receipts(&receipts_scenario(1, &asked(&[(check, "RCPT-3.1-10")])), &user());
        verdict_on(&judgements, "RCPT-3.1-10")
    };
    let negative = edit(DELIVERY, ">200<", ">486<");
    assert_eq!(verdict(DELIVERY, "positive-receipt"), Some(Pass));
    assert_eq!(verdict(DELIVERY, "negative-receipt"), Some(Fail));
    assert_eq!(verdict(&negative, "negative-receipt"), Some(Pass));
    assert_eq!(verdict(&negative, "positive-receipt"), Some(Fail));
    assert_eq!(verdict(&edit(DELIVERY, ">200<", ">failed<"), "negative-receipt"), Some(Warning));
    assert_eq!(verdict(&read(), "positive-receipt"), Some(Fail));
    assert_eq!(verdict(DELIVERY, "read-receipt"), Some(Fail));
    assert_eq!(verdict(&read(), "uncertain-receipt"), Some(Fail));
    assert_eq!(
        verdict(&edit(DELIVERY, "<status>200</status>\n", ""), "positive-receipt"),
        Some(Inconclusive)
    );
}

#[test]
fn a_report_of_the_other_document_is_named_as_such() {
    let imdn =
        edit(common::REPORT, "imdn.Message-ID", "imdn.Original-Message-ID: M1xyzABCDEF\nimdn.Message-ID");
    let run = receipts_run(&asking("positive-delivery"), &[&imdn]);
    let judgements = run.judge_receipts(&receipts_scenario(1, &asked(CHECKS)), &user());
    assert_eq!(faults(&judgements), [("RCPT-3.2-2", Fail), ("RCPT-5.2-1", Fail)]);
    let said = &judgements.iter().find(|one| one.requirement == "RCPT-5.2-1").unwrap().findings[0].message;
    assert!(said.contains("draft-burger-simple-imdn-03") && said.contains("this run judges"), "{said}");
    let disguised = edit(
        &edit(&imdn, "application/imdn+xml; charset=utf-8", "message/status-receipt+xml"),
        "\n\n<?xml",
        "\nContent-Disposition: confirm\n\n<?xml",
    );
    expect("disguised", &blames(&asking("positive-delivery"), &[&disguised]), &[("RCPT-3.2-7", Fail)]);
}
