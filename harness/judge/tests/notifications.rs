//! Checks of RFC 5438 on an endpoint: what is right passes, what is odd but legal is not flagged, one fault has one blame.

mod common;

use common::edit;
use common::receipts::expect;
use common::rfc::{
    DELIVERED, IM, REQUEST, again, asking, blames, blames_request, displayed, notified_run,
    notified_scenario, owned, sending_run, sending_scenario, user,
};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};
use record::StepOutcome;
use wire::profile::RFC5438;

/// Checks of notifications, and a requirement that each of them judges on a delivery notification.
const CHECKS: &[(&str, &str)] = &[
    ("message-form", "I5438-7.2.1.1-2"),
    ("headers-prefixed", "I5438-6.1-2"),
    ("namespace-declared", "I5438-6.1-1"),
    ("header-case", "I5438-10-1"),
    ("headers-once", "I5438-10-10"),
    ("message-id-token", "I5438-10-5"),
    ("outer-type", "I5438-12.1.1-2"),
    ("carrier", "I5438-12.1.1-1"),
    ("separate-messages", "I5438-9-3"),
    ("media-type", "I5438-11.1.8-1"),
    ("content-disposition", "I5438-7.2.1-18"),
    ("message-id-on-imdn", "I5438-7.2.1-11"),
    ("message-id-own", "I5438-6.3-5"),
    ("no-request-in-imdn", "I5438-7.2.1-8"),
    ("no-record-route-in-imdn", "I5438-7.2.1-15"),
    ("addresses-swapped", "I5438-7.2.1.1-1"),
    ("imdn-target", "I5438-7.2.1-17"),
    ("imdn-to-sender-only", "I5438-14-1"),
    ("single-document", "I5438-8.3-7"),
    ("xml-well-formed", "I5438-11.1-1"),
    ("document-valid", "I5438-11.1-2"),
    ("xml-version", "I5438-11.1-3"),
    ("xml-utf8", "I5438-11.1-4"),
    ("xml-namespace", "I5438-11.1-12"),
    ("document-order", "I5438-11.1-13"),
    ("notification-kind", "I5438-11.1.6-1"),
    ("status-word", "I5438-11.1.7-1"),
    ("datatypes", "I5438-11.1.9-2"),
    ("extensions", "I5438-11.1.9-3"),
    ("uri-pair", "I5438-11.1.9-1"),
    ("charset", "I5438-15.1-1"),
    ("message-id-named", "I5438-11.1.1-1"),
    ("datetime", "I5438-11.1.2-2"),
    ("recipient-uri", "I5438-11.1.3-1"),
    ("original-recipient-uri", "I5438-11.1.4-2"),
    ("subject", "I5438-11.1.5-1"),
    ("imdn-was-asked", "I5438-3-1"),
    ("delivered", "I5438-5.1-1"),
    ("one-imdn-per-kind", "I5438-7.2.1-3"),
    ("imdn-in-message", "I5438-12.1.3.1-3"),
    ("imdn-after-2xx", "I5438-12.1.3.1-8"),
];

fn asked(checks: &[(&str, &str)]) -> String {
    let asked = checks.iter().map(|(check, id)| format!("{{judges: {id}, check: {check}}}"));
    asked.collect::<Vec<_>>().join(", ")
}

fn assert_passes(checks: &[(&str, &str)], judgements: &[imdnspec_judge::Judgement]) {
    assert!(judgements.iter().all(|judgement| judgement.findings.is_empty()), "{judgements:#?}");
    for (check, id) in checks {
        assert_eq!(common::verdict_on(judgements, id), Some(Pass), "{check}");
    }
}

#[test]
fn a_conformant_exchange_gives_no_finding() {
    let run = notified_run(IM, &[DELIVERED]);
    assert_passes(CHECKS, &run.judge_by(&RFC5438, &notified_scenario(1, &asked(CHECKS)), &user()));
    let checks = [("display-like-delivery", "I5438-7.2.1.2-1"), ("displayed", "I5438-12.1.3.1-6")];
    let run = notified_run(IM, &[DELIVERED, &displayed()]);
    assert_passes(&checks, &run.judge_by(&RFC5438, &notified_scenario(2, &asked(&checks)), &user()));
}

#[test]
fn a_request_without_a_fault_gives_no_finding() {
    let checks = [
        ("message-form", "I5438-7.1.1-1"),
        ("content-length", "I5438-7.1.1.3-9"),
        ("request-in-cpim", "I5438-6.2-1"),
        ("headers-prefixed", "I5438-6.1-2"),
        ("namespace-declared", "I5438-6.1-1"),
        ("header-case", "I5438-10-1"),
        ("headers-once", "I5438-10-10"),
        ("message-id-present", "I5438-6.3-1"),
        ("message-id-token", "I5438-10-5"),
        ("date-time-present", "I5438-7.1.1.2-1"),
        ("request-syntax", "I5438-10-2"),
        ("receipts-as-asked", "I5438-7.1.1.3-8"),
        ("no-notification-disposition", "I5438-15.4-1"),
        ("outer-type", "I5438-12.1.1-2"),
        ("carrier", "I5438-12.1.1-1"),
    ];
    let run = sending_run(&["positive-delivery", "display"], REQUEST);
    assert_passes(&checks, &run.judge_by(&RFC5438, &sending_scenario(&asked(&checks)), &user()));
}

const PAIR: &str = "<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>\n<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>\n";
const NOTIFICATION: &str = "<delivery-notification><status><delivered/></status></delivery-notification>";

/// Edits of a notification that break nothing.
const LEGAL: &[(&str, &str, &str)] = &[
    ("neither URI element", PAIR, ""),
    ("no blank in NS", "NS: imdn <urn", "NS: imdn<urn"),
    ("another prefix", "NS: imdn <urn:ietf:params:imdn>\nimdn.", "NS: m!x <urn:ietf:params:imdn>\nm!x."),
    ("standalone", "encoding=\"UTF-8\"?>", "encoding=\"UTF-8\" standalone=\"no\" ?>"),
    ("no declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""),
    ("a charset", "message/imdn+xml\n", "message/imdn+xml; charset=utf-8\n"),
    (
        "capitals in MIME",
        "Content-Type: message/imdn+xml\nContent-Disposition: notification",
        "content-type:Message/IMDN+XML\ncontent-disposition: Notification;handling=optional",
    ),
    ("DateTime of its own", "NS: imdn", "DateTime: 2026-06-15T12:35:00.5+02:00\nNS: imdn"),
    ("a name", "From: <sip:bob", "From: \"Bob, B\"<sip:bob"),
    ("an extension behind", "</imdn>", "<x:y xmlns:x=\"urn:example:x\"><x:z/></x:y></imdn>"),
    (
        "an extension of the status",
        "<delivered/>",
        "<delivered/><x:y xmlns:x=\"urn:example:x\" code=\"200\"/>",
    ),
    ("a long word", "<delivered/>", "<delivered></delivered>"),
    ("a SIP name", "To: <sip:p.7f3a@127.0.0.1:41080>\nCall", "To: \"P\" <sip:p.7f3a@127.0.0.1:41080>\nCall"),
    ("a bare SIP To", "To: <sip:p.7f3a@127.0.0.1:41080>\nCall", "To: sip:p.7f3a@127.0.0.1:41080\nCall"),
    ("unknown headers", "NS: imdn", "X-Foo: bar\nNS: imdn"),
];

#[test]
fn what_is_odd_but_legal_is_not_flagged() {
    for (name, from, to) in LEGAL {
        expect(name, &blames(IM, &[&edit(DELIVERED, from, to)]), &[]);
    }
    let prefixed = DELIVERED
        .replace("<", "<i:")
        .replace("<i:/", "</i:")
        .replace("<i:?", "<?")
        .replace("<i:sip", "<sip")
        .replace("<i:urn", "<urn")
        .replace("xmlns=", "xmlns:i=");
    expect("prefixed elements", &blames(IM, &[&prefixed]), &[]);
}

/// A fault: its name, what it replaces by what, and who is to blame.
type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);

/// Edits of a notification with one fault, and who is to blame.
const FAULTS: &[Fault] = &[
    (
        "merged blocks",
        "fresh\n\nContent-Type: message",
        "fresh\nContent-Type: message",
        &[("I5438-7.2.1.1-2", Fail)],
    ),
    (
        "the URN of the draft",
        "<urn:ietf:params:imdn>",
        "<urn:ietf:params:cpim-headers:imdn>",
        &[("I5438-6.1-1", Fail)],
    ),
    ("a URL", "<urn:ietf:params:imdn>", "<http://www.example.org/imdn>", &[("I5438-6.1-1", Fail)]),
    ("a colon behind the URN", "<urn:ietf:params:imdn>", "<urn:ietf:params:imdn:>", &[("I5438-6.1-1", Fail)]),
    ("capitals in the scheme", "<urn:ietf", "<URN:ietf", &[("I5438-6.1-1", Warning)]),
    ("no NS", "NS: imdn <urn:ietf:params:imdn>\n", "", &[("I5438-6.1-1", Fail)]),
    ("a bare identifier", "imdn.Message-ID", "Message-ID", &[("I5438-6.1-2", Fail)]),
    (
        "a moved default",
        "NS: imdn <urn:ietf:params:imdn>\nimdn.",
        "NS: <urn:ietf:params:imdn>\n",
        &[("I5438-6.1-2", Warning)],
    ),
    ("another case", "imdn.Message-ID", "imdn.Message-Id", &[("I5438-10-1", Fail)]),
    (
        "no identifier",
        "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: D1freshfresh\n",
        "",
        &[("I5438-7.2.1-11", Fail)],
    ),
    ("an empty identifier", "Message-ID: D1freshfresh", "Message-ID: ", &[("I5438-7.2.1-11", Fail)]),
    (
        "two identifiers",
        "imdn.Message-ID: D1freshfresh\n",
        "imdn.Message-ID: D1freshfresh\nimdn.Message-ID: D2freshfresh\n",
        &[("I5438-10-10", Fail)],
    ),
    ("an at sign", "D1freshfresh", "D1fresh@host", &[("I5438-10-5", Fail)]),
    ("two blanks", "Message-ID: D1", "Message-ID:  D1", &[("I5438-10-5", Fail)]),
    ("the identifier of the message", "D1freshfresh", "M1xyzABCDEF", &[("I5438-6.3-5", Fail)]),
    ("an identifier made of it", "D1freshfresh", "imdn-M1xyzABCDEF", &[("I5438-6.3-5", Fail)]),
    (
        "a request",
        "\n\nContent-Type: message/imdn",
        "\nimdn.Disposition-Notification: display\n\nContent-Type: message/imdn",
        &[("I5438-7.2.1-8", Fail)],
    ),
    (
        "a record-route",
        "\n\nContent-Type: message/imdn",
        "\nimdn.IMDN-Record-Route: <sip:r@h>\n\nContent-Type: message/imdn",
        &[("I5438-7.2.1-15", Fail)],
    ),
    (
        "a route from nowhere",
        "\n\nContent-Type: message/imdn",
        "\nimdn.IMDN-Route: <sip:r@h>\n\nContent-Type: message/imdn",
        &[("I5438-7.2.1-13", Fail)],
    ),
    ("the type of the draft", "message/imdn+xml", "application/imdn+xml", &[("I5438-11.1.8-1", Fail)]),
    ("text/xml", "message/imdn+xml", "text/xml", &[("I5438-11.1.8-1", Fail)]),
    ("no type", "Content-Type: message/imdn+xml\n", "", &[("I5438-11.1.8-1", Fail)]),
    ("no Content-Disposition", "Content-Disposition: notification\n", "", &[("I5438-7.2.1-18", Fail)]),
    ("another disposition", "Disposition: notification", "Disposition: render", &[("I5438-7.2.1-18", Fail)]),
    (
        "a wrong From",
        "From: <sip:bob@127.0.0.1:5062>\nTo",
        "From: <sip:p.7f3a@127.0.0.1:41080>\nTo",
        &[("I5438-7.2.1.1-1", Fail)],
    ),
    ("no From", "From: <sip:bob@127.0.0.1:5062>\nTo", "To", &[("I5438-7.2.1.1-1", Fail)]),
    (
        "another target",
        "MESSAGE sip:p.7f3a@127.0.0.1:41080",
        "MESSAGE sip:127.0.0.1:41080",
        &[("I5438-12.1.3.1-7", Fail)],
    ),
    (
        "the SIP To of the message",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nCall",
        "To: <sip:bob@127.0.0.1:5062>\nCall",
        &[("I5438-12.1.3.1-7", Fail)],
    ),
    ("a cc", "NS: imdn", "cc: <sip:x@h>\nNS: imdn", &[("I5438-14-1", Fail)]),
    (
        "a SIP type",
        "Content-Type: message/cpim",
        "Content-Type: message/imdn+xml",
        &[("I5438-12.1.1-2", Fail)],
    ),
    (
        "a Contact",
        "Call-ID: c2",
        "Contact: <sip:bob@127.0.0.1:5062>\nCall-ID: c2",
        &[("I5438-12.1.1-1", Fail)],
    ),
    ("a parse error", "</imdn>", "</imdm>", &[("I5438-11.1-1", Fail)]),
    ("a DOCTYPE", "<imdn ", "<!DOCTYPE imdn>\n<imdn ", &[("I5438-11.1-1", Warning)]),
    ("an attribute", "<status>", "<status code=\"1\">", &[("I5438-11.1-2", Fail)]),
    (
        "a schema location",
        "<imdn ",
        "<imdn xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"a b\" ",
        &[("I5438-11.1-2", Warning)],
    ),
    ("version 1.1", "version=\"1.0\"", "version=\"1.1\"", &[("I5438-11.1-3", Fail)]),
    ("another encoding", "encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"", &[("I5438-11.1-4", Fail)]),
    ("no namespace", " xmlns=\"urn:ietf:params:xml:ns:imdn\"", "", &[("I5438-11.1-12", Fail)]),
    (
        "the namespace of headers",
        "urn:ietf:params:xml:ns:imdn",
        "urn:ietf:params:imdn",
        &[("I5438-11.1-12", Fail)],
    ),
    (
        "another order",
        "<message-id>M1xyzABCDEF</message-id>\n<datetime>2026-06-15T12:34:56Z</datetime>",
        "<datetime>2026-06-15T12:34:56Z</datetime>\n<message-id>M1xyzABCDEF</message-id>",
        &[("I5438-11.1-13", Fail)],
    ),
    ("no notification", NOTIFICATION, "", &[("I5438-11.1.6-1", Fail)]),
    (
        "two notifications",
        "</imdn>",
        "<display-notification><status><displayed/></status></display-notification></imdn>",
        &[("I5438-11.1.6-1", Fail)],
    ),
    ("a word of another kind", "<delivered/>", "<displayed/>", &[("I5438-11.1.7-1", Fail)]),
    ("text for a word", "<delivered/>", "delivered", &[("I5438-11.1.7-1", Fail)]),
    ("no status", "<status><delivered/></status>", "", &[("I5438-11.1.7-1", Fail)]),
    ("a word with text", "<delivered/>", "<delivered>true</delivered>", &[("I5438-11.1.9-2", Fail)]),
    ("an extension in the namespace", "<delivered/>", "<delivered/><reason/>", &[("I5438-11.1.9-3", Fail)]),
    (
        "an extension in front",
        "<message-id>",
        "<x:y xmlns:x=\"urn:example:x\"/><message-id>",
        &[("I5438-11.1.9-3", Fail)],
    ),
    (
        "text in an extension",
        "<delivered/>",
        "<delivered/><x:reason xmlns:x=\"urn:example:x\">no</x:reason>",
        &[("I5438-11.1.9-3", Warning)],
    ),
    (
        "one URI alone",
        "<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>\n",
        "",
        &[("I5438-11.1.9-1", Fail)],
    ),
    ("another identifier", "<message-id>M1xyz", "<message-id>m1xyz", &[("I5438-11.1.1-1", Fail)]),
    ("a padded identifier", "<message-id>M1", "<message-id> M1", &[("I5438-11.1.1-1", Warning)]),
    ("no identifier in it", "<message-id>M1xyzABCDEF</message-id>\n", "", &[("I5438-11.1.1-1", Fail)]),
    ("no datetime", "<datetime>2026-06-15T12:34:56Z</datetime>\n", "", &[("I5438-11.1.2-1", Fail)]),
    ("another time", "12:34:56Z", "12:34:57Z", &[("I5438-11.1.2-2", Fail)]),
    ("another notation", "12:34:56Z", "14:34:56+02:00", &[("I5438-11.1.2-2", Warning)]),
    (
        "the sender as recipient",
        "<recipient-uri>sip:bob@127.0.0.1:5062",
        "<recipient-uri>sip:p.7f3a@127.0.0.1:41080",
        &[("I5438-11.1.3-1", Fail)],
    ),
    (
        "an encoded URI",
        "<recipient-uri>sip:bob@127.0.0.1:5062",
        "<recipient-uri>sip%3Abob%40127.0.0.1%3A5062",
        &[("I5438-11.1.3-1", Fail)],
    ),
    (
        "a URI in brackets",
        "<recipient-uri>sip:bob@127.0.0.1:5062",
        "<recipient-uri>&lt;sip:bob@127.0.0.1:5062&gt;",
        &[("I5438-11.1.3-1", Fail)],
    ),
    (
        "a charset against the octets",
        "message/imdn+xml\n",
        "message/imdn+xml; charset=iso-8859-1\n",
        &[("I5438-15.1-1", Fail)],
    ),
    (
        "an invented subject",
        "<delivery-notification>",
        "<subject>Re:</subject><delivery-notification>",
        &[("I5438-11.1.5-1", Fail)],
    ),
];

#[test]
fn every_fault_has_one_blame() {
    for (name, from, to, blamed) in FAULTS {
        expect(name, &blames(IM, &[&edit(DELIVERED, from, to)]), blamed);
    }
}

/// Edits of a request with one fault, and who is to blame.
const REQUEST_FAULTS: &[Fault] = &[
    (
        "merged blocks",
        "display\n\nContent-Type: text",
        "display\nContent-Type: text",
        &[("I5438-7.1.1-1", Fail)],
    ),
    ("no identifier", "imdn.Message-ID: S1freshfresh\n", "", &[("I5438-6.3-1", Fail)]),
    ("no DateTime", "DateTime: 2026-03-01T12:00:00Z\n", "", &[("I5438-7.1.1.2-1", Fail)]),
    (
        "the request in MIME",
        "imdn.Disposition-Notification: positive-delivery, display\n\n",
        "\nimdn.Disposition-Notification: positive-delivery, display\n",
        &[("I5438-6.2-1", Fail)],
    ),
    ("semicolons", "positive-delivery, display", "positive-delivery; display", &[("I5438-7.1.1.3-7", Fail)]),
    ("blanks", "positive-delivery, display", "positive-delivery display", &[("I5438-7.1.1.3-7", Fail)]),
    ("a loose comma", "positive-delivery, display", "positive-delivery, display,", &[("I5438-10-2", Fail)]),
    ("nothing", "positive-delivery, display", "", &[("I5438-10-2", Warning)]),
    ("capitals", "positive-delivery, display", "Positive-Delivery, display", &[("I5438-10-1", Fail)]),
    (
        "another case of a name",
        "imdn.Disposition-Notification",
        "imdn.Disposition-notification",
        &[("I5438-10-1", Fail)],
    ),
    (
        "two requests",
        "imdn.Disposition-Notification: positive-delivery, display",
        "imdn.Disposition-Notification: positive-delivery\nimdn.Disposition-Notification: display",
        &[("I5438-10-10", Warning)],
    ),
    ("brackets and an at sign", "S1freshfresh", "<s1@host>", &[("I5438-10-5", Fail)]),
    ("a false length", "Content-Length: 16", "Content-Length: 17", &[("I5438-7.1.1.3-9", Fail)]),
    (
        "the mark of a notification",
        "Content-Length: 16",
        "Content-Disposition: notification",
        &[("I5438-15.4-1", Fail)],
    ),
    (
        "an anonymous sender",
        "From: <sip:bob@127.0.0.1:5062>;tag=3",
        "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=3",
        &[("I5438-12.1.1-4", Warning)],
    ),
    (
        "the namespace of the draft",
        "<urn:ietf:params:imdn>",
        "<urn:ietf:params:cpim-headers:imdn>",
        &[("I5438-6.1-1", Fail)],
    ),
    ("a bare request", "imdn.Disposition", "Disposition", &[("I5438-6.1-2", Fail)]),
];

#[test]
fn every_fault_of_a_request_has_one_blame() {
    for (name, from, to, blamed) in REQUEST_FAULTS {
        expect(name, &blames_request(&edit(REQUEST, from, to)), blamed);
    }
    for legal in
        ["positive-delivery,display", "positive-delivery , display", "positive-delivery;x=\"a, b\", display"]
    {
        expect(legal, &blames_request(&edit(REQUEST, "positive-delivery, display", legal)), &[]);
    }
}

#[test]
fn a_request_behind_a_dotted_prefix_is_no_matter_of_its_words() {
    let dotted = REQUEST.replace("imdn.", "org.imdn.").replace("NS: imdn", "NS: org.imdn");
    let scenario = sending_scenario("{judges: I5438-7.1.1.3-5, check: receipts-as-asked}");
    let verdict = |words: &[&str], text: &str| {
        let judgements = sending_run(words, text).judge_by(&RFC5438, &scenario, &user());
        common::verdict_on(&judgements, "I5438-7.1.1.3-5")
    };
    assert_eq!(verdict(&["display"], &dotted), Some(Inconclusive));
    let none = edit(REQUEST, "imdn.Disposition-Notification: positive-delivery, display\n", "");
    assert_eq!(verdict(&["display"], &none), Some(Fail));
}

#[test]
fn what_was_told_is_asked_for() {
    let told = |words: &[&str], request: &str| {
        let scenario = sending_scenario("{judges: I5438-7.1.1.3-5, check: receipts-as-asked}");
        let judgements = sending_run(words, request).judge_by(&RFC5438, &scenario, &user());
        common::verdict_on(&judgements, "I5438-7.1.1.3-5")
    };
    assert_eq!(told(&["display", "positive-delivery"], REQUEST), Some(Pass));
    assert_eq!(told(&["display"], REQUEST), Some(Fail));
    assert_eq!(told(&["positive-delivery", "display"], &edit(REQUEST, "display", "read")), Some(Fail));
    let twice = edit(REQUEST, ", display", ", display, display");
    assert_eq!(told(&["positive-delivery", "display"], &twice), Some(Fail));
}

#[test]
fn only_who_is_anonymous_shows_what_anonymous_senders_do() {
    let verdict = |request: &str| {
        let scenario = sending_scenario("{judges: I5438-12.1.1-4, check: anonymous-request}");
        let judgements = sending_run(&["display"], request).judge_by(&RFC5438, &scenario, &user());
        common::verdict_on(&judgements, "I5438-12.1.1-4")
    };
    let silent = edit(REQUEST, "imdn.Disposition-Notification: positive-delivery, display\n", "");
    let anonymous =
        |text: &str| edit(text, "From: <sip:bob@127.0.0.1:5062>;tag", "From: <sip:a@anonymous.invalid>;tag");
    assert_eq!(verdict(&anonymous(&silent)), Some(Pass));
    assert_eq!(verdict(&anonymous(REQUEST)), Some(Warning));
    for named in [&silent, REQUEST] {
        assert_eq!(verdict(named), Some(Inconclusive));
    }
}

#[test]
fn reports_are_made_where_they_are_asked_for() {
    let without =
        edit(IM, "imdn.Disposition-Notification: positive-delivery, negative-delivery, display\n", "");
    let failed = edit(DELIVERED, "<delivered/>", "<failed/>");
    let processing = edit(&edit(DELIVERED, "<delivery-n", "<processing-n"), "</delivery-n", "</processing-n");
    let processing = edit(&processing, "<delivered/>", "<processed/>");
    for (name, im, notification, blamed) in [
        ("nothing asked for", without.clone(), DELIVERED, &[("I5438-3-1", Fail)][..]),
        ("display only", asking("display"), DELIVERED, &[("I5438-3-1", Fail)]),
        ("failure only", asking("negative-delivery"), DELIVERED, &[("I5438-7.2.1-5", Fail)]),
        ("success only", asking("positive-delivery"), &failed, &[("I5438-3-1", Warning)]),
        ("failure", asking("negative-delivery"), &failed, &[]),
        ("by a recipient", asking("processing"), &processing, &[("I5438-7.2.1-7", Fail)]),
        ("capitals", asking("Positive-Delivery"), DELIVERED, &[("I5438-10-1", Warning)]),
        ("a parameter", asking("positive-delivery;x=1"), DELIVERED, &[]),
        ("no NS", edit(IM, "NS: imdn <urn:ietf:params:imdn>\n", ""), DELIVERED, &[("I5438-6.1-4", Fail)]),
        (
            "another NS",
            edit(IM, "urn:ietf:params:imdn", "urn:example:other"),
            DELIVERED,
            &[("I5438-6.1-4", Fail)],
        ),
        (
            "the draft's NS",
            edit(IM, "params:imdn", "params:cpim-headers:imdn"),
            DELIVERED,
            &[("I5438-6.1-4", Warning)],
        ),
    ] {
        expect(name, &blames(&im, &[notification]), blamed);
    }
}

#[test]
fn a_kind_is_reported_once() {
    let second = again(&edit(DELIVERED, "D1freshfresh", "F3othernew"), "c4");
    expect("twice", &blames(IM, &[DELIVERED, &second]), &[("I5438-7.2.1-3", Fail)]);
    let failed = edit(&second, "<delivered/>", "<failed/>");
    expect("then failed", &blames(IM, &[DELIVERED, &failed]), &[("I5438-7.2.1-4", Fail)]);
    expect("both kinds", &blames(IM, &[DELIVERED, &displayed()]), &[]);
    let repeated = displayed().replace("E2otherfresh", "D1freshfresh");
    expect("one identifier", &blames(IM, &[DELIVERED, &repeated]), &[("I5438-7.2.1-12", Fail)]);
}

#[test]
fn a_status_under_the_wrong_element_is_one_fault() {
    let misplaced = edit(&displayed(), "<display-notification>", "<delivery-notification>");
    let misplaced = edit(&misplaced, "</display-notification>", "</delivery-notification>");
    // It is no second notification of the delivery, and whichever of the two was asked for, it was asked for.
    expect("both", &blames(IM, &[DELIVERED, &misplaced]), &[("I5438-11.1.7-1", Fail)]);
    expect("delivery", &blames(&asking("positive-delivery"), &[&misplaced]), &[("I5438-11.1.7-1", Fail)]);
    expect("display", &blames(&asking("display"), &[&misplaced]), &[("I5438-11.1.7-1", Fail)]);
    let unasked = &[("I5438-3-1", Fail), ("I5438-11.1.7-1", Fail)];
    expect("neither", &blames(&asking("processing"), &[&misplaced]), unasked);
}

#[test]
fn digits_of_the_second_may_be_lost() {
    let said = |sent: &str, said: &str| {
        let im = edit(IM, "12:34:56Z", sent);
        blames(&im, &[&edit(DELIVERED, "12:34:56Z", said)])
    };
    for (sent, cut) in [
        ("12:34:56.789Z", "12:34:56Z"),
        ("12:34:56.789123Z", "12:34:56.789Z"),
        ("14:34:56.5+02:00", "12:34:56Z"),
        ("12:34:56.999999999999Z", "12:34:56.999999999Z"),
    ] {
        expect(cut, &said(sent, cut), &[("I5438-11.1.2-2", Warning)]);
    }
    for (sent, other) in [
        ("12:34:56.789Z", "12:34:57Z"),
        ("12:34:56.789Z", "12:34:56.788Z"),
        ("12:34:56Z", "12:34:56.5Z"),
        ("12:34:56.789Z", "12:34:55Z"),
        ("12:34:56.789Z", "12:34:00Z"),
    ] {
        expect(other, &said(sent, other), &[("I5438-11.1.2-2", Fail)]);
    }
    expect("the same", &said("12:34:56.789Z", "12:34:56.789Z"), &[]);
}

#[test]
fn a_message_without_identifier_or_time_leaves_little_to_say() {
    let nameless = edit(IM, "imdn.Message-ID: M1xyzABCDEF\n", "");
    expect("invented", &blames(&nameless, &[DELIVERED]), &[("I5438-11.1.1-2", Warning)]);
    let empty = edit(DELIVERED, "<message-id>M1xyzABCDEF", "<message-id>");
    expect("empty", &blames(&nameless, &[&empty]), &[("I5438-11.1.1-2", Fail)]);
    let timeless = edit(IM, "DateTime: 2026-06-15T12:34:56Z\n", "");
    expect("any time", &blames(&timeless, &[DELIVERED]), &[]);
    let silent = edit(DELIVERED, "<datetime>2026-06-15T12:34:56Z</datetime>\n", "");
    expect("no time", &blames(&timeless, &[&silent]), &[("I5438-11.1.2-3", Fail)]);
}

#[test]
fn original_to_and_subject_come_back() {
    let im = edit(
        IM,
        "NS: imdn <urn:ietf:params:imdn>\n",
        "Subject:;lang=fr Été & fin\nNS: imdn <urn:ietf:params:imdn>\nimdn.Original-To: \"List\" <sip:list@example.org>\n",
    );
    let right = edit(
        DELIVERED,
        "<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>",
        "<original-recipient-uri>sip:list@example.org</original-recipient-uri>\n<subject xml:lang=\"fr\">Été &amp; fin</subject>",
    );
    expect("right", &blames(&im, &[&right]), &[]);
    expect(
        "no language",
        &blames(&im, &[&edit(&right, " xml:lang=\"fr\"", "")]),
        &[("I5438-11.1.5-1", Warning)],
    );
    expect("To", &blames(&im, &[DELIVERED]), &[("I5438-11.1.4-2", Fail)]);
    expect("neither", &blames(&im, &[&edit(DELIVERED, PAIR, "")]), &[("I5438-11.1.4-1", Fail)]);
    let two = edit(&im, "NS: imdn", "Subject: plain\nNS: imdn");
    expect("the other", &blames(&two, &[&edit(&right, " xml:lang=\"fr\">Été &amp; fin", ">plain")]), &[]);
    expect(
        "joined",
        &blames(&two, &[&edit(&right, "&amp; fin", "&amp; fin, plain")]),
        &[("I5438-11.1.5-2", Fail)],
    );
}

#[test]
fn a_notification_beside_a_message_is_charged_once() {
    let mixed = edit(
        DELIVERED,
        "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nNS",
        "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:list@example.org>\nNS",
    );
    let mixed = edit(
        &mixed,
        "imdn.Message-ID",
        "DateTime: 2026-06-15T12:34:59Z\nimdn.Disposition-Notification: display\nimdn.Message-ID",
    );
    let mixed = edit(
        &mixed,
        "Content-Type: message/imdn+xml",
        "Content-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type: text/plain\n\nOn my way\n--cut\nContent-Type: message/imdn+xml",
    );
    expect("mixed", &blames(IM, &[&format!("{mixed}\n--cut--\n")]), &[("I5438-9-3", Fail)]);
    let asking =
        edit(DELIVERED, "imdn.Message-ID", "imdn.Disposition-Notification: display\nimdn.Message-ID");
    expect("alone", &blames(IM, &[&asking]), &[("I5438-7.2.1-8", Fail)]);
}

#[test]
fn recorded_hops_come_back_as_routes() {
    let hops = "imdn.IMDN-Record-Route: \"B\" <sip:p.7f3a@127.0.0.1:41080;p=1>\nimdn.IMDN-Record-Route: <sip:r1@d>\n";
    let im = edit(IM, "imdn.Message-ID", &format!("{hops}imdn.Message-ID"));
    let right = edit(
        DELIVERED,
        "imdn.Message-ID",
        &format!("{}imdn.Message-ID", hops.replace("Record-Route", "Route")),
    );
    let right = edit(&right, "MESSAGE sip:p.7f3a@127.0.0.1:41080", "MESSAGE sip:p.7f3a@127.0.0.1:41080;p=1");
    expect("right", &blames(&im, &[&right]), &[]);
    let elsewhere = edit(&right, ";p=1 SIP", ";p=2 SIP");
    expect("elsewhere", &blames(&im, &[&elsewhere]), &[("I5438-7.2.1-14", Fail)]);
    let joined = edit(&right, ">\nimdn.IMDN-Route: <sip:r1@d>", ">, <sip:r1@d>");
    expect("joined", &blames(&im, &[&joined]), &[("I5438-6.6-1", Fail), ("I5438-10-9", Fail)]);
    let bare = edit(&right, "\"B\" <sip:p.7f3a", "<sip:p.7f3a");
    expect("no name", &blames(&im, &[&bare]), &[("I5438-7.2.1-13", Fail)]);
    let other = edit(&im, "<sip:p.7f3a@127.0.0.1:41080;p=1>", "<sip:r@127.0.0.1:9>");
    let found = blames(&other, &[DELIVERED]);
    expect("ignored", &found, &[("I5438-7.2.1-13", Fail), ("I5438-7.2.1-14", Fail)]);
}

#[test]
fn what_has_no_basis_is_inconclusive() {
    let run = notified_run(IM, &[&edit(DELIVERED, "</imdn>", "</imdm>")]);
    let scenario =
        notified_scenario(1, &asked(&[("status-word", "I5438-11.1.7-1"), ("displayed", "I5438-5.3-1")]));
    let judgements = run.judge_by(&RFC5438, &scenario, &user());
    assert_eq!(common::verdict_on(&judgements, "I5438-11.1.7-1"), Some(Inconclusive));
    assert_eq!(common::verdict_on(&judgements, "I5438-5.3-1"), Some(Inconclusive));
    assert_eq!(owned(&judgements), [("I5438-11.1-1".to_owned(), Fail)]);
}

#[test]
fn a_bundle_is_not_missed_twice() {
    let second = displayed();
    let document = &second[second.find("<?xml").unwrap()..];
    let bundled = edit(
        DELIVERED,
        "Content-Type: message/imdn+xml\nContent-Disposition: notification\n\n",
        "Content-Type: multipart/mixed; boundary=cut\nContent-Disposition: notification\n\n--cut\nContent-Type: message/imdn+xml\n\n",
    );
    let bundled = format!("{bundled}--cut\nContent-Type: message/imdn+xml\n\n{document}--cut--\n");
    let scenario = common::scenario(
        "{id: s, title: t, role: im-recipient, peers: [P, X], steps: [{send: {message: im-req, as: im}}, \
         {expect: {message: report, about: im, disposition: delivery, missing: {judges: I5438-12.1.3.1-1}}}, \
         {expect: {message: report, about: im, disposition: display, missing: {judges: I5438-7.2.1-2}}}]}",
    );
    let verdict = |notification: &str| {
        let mut run = notified_run(IM, &[notification]);
        run.begin(&[(2, 0)]);
        run.end(StepOutcome::Elapsed);
        let judgements = run.judge_by(&RFC5438, &scenario, &user());
        common::verdict_on(&judgements, "I5438-7.2.1-2")
    };
    assert_eq!(verdict(&bundled), Some(Inconclusive));
    assert_eq!(verdict(DELIVERED), Some(Fail));
}
