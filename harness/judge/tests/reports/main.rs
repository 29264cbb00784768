//! Checks of reports: what is right passes, what is odd but legal is not flagged, one fault has one blame.

mod common;

use common::{IM, REPORT, assert_presentable, blamed, edit, report_run, report_scenario, verdict_on};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};

/// Checks of reports, and a requirement that each of them judges in the usual exchange.
const CHECKS: &[(&str, &str)] = &[
    ("headers-prefixed", "IMDN-1-1"),
    ("namespace-declared", "IMDN-7-1"),
    ("no-copy-of-message", "IMDN-3-7"),
    ("no-request-in-report", "IMDN-8.1.1-8"),
    ("no-notification-to", "IMDN-9.1-5"),
    ("subjects-copied", "IMDN-9.1-7"),
    ("xml-well-formed", "IMDN-10-1"),
    ("document-structure", "IMDN-10-2"),
    ("xml-namespace", "IMDN-10-3"),
    ("document-root", "IMDN-10-4"),
    ("media-type", "IMDN-10-5"),
    ("disposition-present", "IMDN-10.1-1"),
    ("disposition-word", "IMDN-10.1-2"),
    ("original-message-id", "IMDN-10.2-1"),
    ("original-recipient-uri", "IMDN-8.1.3-2"),
    ("reporting-uas-uri", "IMDN-10.4-1"),
    ("original-recipient", "IMDN-10.5-1"),
    ("disposition-time", "IMDN-10.6-1"),
    ("disposition-time-form", "IMDN-10.6-2"),
    ("addresses-swapped", "IMDN-11.1-2"),
    ("values-unpadded", "IMDN-11.1-4"),
    ("report-format", "IMDN-9.2-9"),
];

fn everything_asked() -> String {
    let asked = CHECKS.iter().map(|(check, id)| format!("{{judges: {id}, check: {check}}}"));
    asked.collect::<Vec<_>>().join(", ")
}

/// What the judge blames in an exchange without any assertion.
fn standing(im: &str, report: &str) -> Vec<(String, Verdict)> {
    let judgements = report_run(im, report).judge(&report_scenario(""));
    assert_presentable(&judgements);
    blamed(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

#[test]
fn a_conformant_exchange_gives_no_finding() {
    let judgements = report_run(IM, REPORT).judge(&report_scenario(&everything_asked()));
    assert_eq!(blamed(&judgements), []);
    assert!(judgements.iter().all(|judgement| judgement.findings.is_empty()), "{judgements:#?}");
    for (check, id) in CHECKS {
        assert_eq!(verdict_on(&judgements, id), Some(Pass), "{check}");
    }
}

/// Edits that break nothing.
const LEGAL: &[(&str, &str, &str)] = &[
    (
        "another prefix",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.",
        "NS: zz <urn:ietf:params:cpim-headers:imdn>\nzz.",
    ),
    (
        "headers in another order",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Message-ID: R1freshfresh\n",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Message-ID: R1freshfresh\ncc: <im:x@example.org>\n",
    ),
    (
        "unknown headers of another namespace",
        "NS: imdn",
        "NS: q <urn:example:q>\nq.Gadget: 1\nq.Message-ID: 2\nNS: imdn",
    ),
    ("a bare Message-ID beside", "imdn.Message-ID", "Message-ID: other1\nimdn.Message-ID"),
    (
        "Content-Length in the object",
        "Content-Type: application/imdn+xml; charset=utf-8\n",
        "Content-Type: application/imdn+xml; charset=utf-8\nContent-ID: <a@b>\n",
    ),
    ("no charset", "application/imdn+xml; charset=utf-8", "Application/IMDN+xml"),
    ("another charset of ASCII", "charset=utf-8", "charset=\"iso-8859-1\""),
    (
        "compact SIP forms",
        "From: <sip:bob@127.0.0.1:5062>;tag=2\nTo: <sip:p.7f3a@127.0.0.1:41080>\nCall-ID: c2\nCSeq: 1 MESSAGE\nContent-Type:",
        "f: <sip:bob@127.0.0.1:5062>;tag=2\nt: <sip:p.7f3a@127.0.0.1:41080>\ni: c2\nCSeq: 1 MESSAGE\nc:",
    ),
    ("folded SIP headers", "Content-Type: message/cpim", "Content-Type:\n  message/cpim"),
    (
        "a Contact and more",
        "Max-Forwards: 70",
        "Contact: <sip:bob@127.0.0.1:5062>\nUser-Agent: x\nX-Whatever: y\nMax-Forwards: 70",
    ),
    ("no declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", ""),
    (
        "another prefix in XML",
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\n<disposition>read</disposition>",
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\" xmlns:i=\"urn:ietf:params:xml:ns:imdn\">\n<i:disposition>read</i:disposition>",
    ),
    ("a comment", "<disposition>", "<!-- here --><disposition>"),
    ("CDATA", "<disposition>read</disposition>", "<disposition><![CDATA[read]]></disposition>"),
    ("character references", "<disposition>read</disposition>", "<disposition>r&#101;&#x61;d</disposition>"),
    ("xml:lang", "<disposition>", "<disposition xml:lang=\"en\">"),
    (
        "foreign elements",
        "<disposition>",
        "<x:note xmlns:x=\"urn:example:x\">n<x:deep/></x:note><disposition>",
    ),
    ("a processing instruction", "<disposition>", "<?pi x?><disposition>"),
    ("a declared encoding", "encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
    ("+00:00", "<disposition-time>2026-03-01T12:00:01Z", "<disposition-time>2026-03-01T12:00:01+00:00"),
    ("a fraction", "<disposition-time>2026-03-01T12:00:01Z", "<disposition-time>2026-03-01T12:00:00.734Z"),
    (
        "lower-case t and z",
        "<disposition-time>2026-03-01T12:00:01Z",
        "<disposition-time>2026-03-01t12:00:01z",
    ),
    ("escapes in the URI", "<original-recipient-uri>sip:p.7f3a@", "<original-recipient-uri>sip:%70.7f3a@"),
    (
        "a display name in the URI element",
        "<original-recipient-uri>sip:p.7f3a@127.0.0.1:41080<",
        "<original-recipient-uri>&lt;sip:p.7f3a@127.0.0.1:41080&gt;<",
    ),
    (
        "a display name in From",
        "From: <sip:bob@127.0.0.1:5062>\nTo",
        "From: \"Bob, the 1st\" <sip:bob@127.0.0.1:5062>\nTo",
    ),
    (
        "host in another case of scheme",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nDateTime",
        "To: Peer <SIP:p.7f3a@127.0.0.1:41080>\nDateTime",
    ),
    ("no DateTime", "DateTime: 2026-03-01T12:00:01Z\n", ""),
    ("a local DateTime", "DateTime: 2026-03-01T12:00:01Z", "DateTime: 2026-03-01T14:00:01+02:00"),
    (
        "original-recipient equal to To",
        "</imdn>",
        "<original-recipient>sip:bob@127.0.0.1:5062</original-recipient></imdn>",
    ),
    (
        "elements in another order",
        "<disposition>read</disposition>\n<original-message-id>M1xyzABCDEF</original-message-id>",
        "<original-message-id>M1xyzABCDEF</original-message-id>\n<disposition>read</disposition>",
    ),
    ("processed", "<disposition>read<", "<disposition>processed<"),
];

#[test]
fn legal_oddities_are_not_flagged() {
    for (what, from, to) in LEGAL {
        assert_eq!(standing(IM, &edit(REPORT, from, to)), [], "{what}");
    }
}

/// A fault by edit of the report, and exactly what is blamed for it.
type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);

const FAULTS: &[Fault] = &[
    ("bare headers", "imdn.Message-ID", "Message-ID", &[("IMDN-1-1", Fail)]),
    ("a prefix that is not bound", "imdn.Message-ID", "foo.Message-ID", &[("IMDN-1-1", Fail)]),
    (
        "bound too late",
        "NS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Message-ID: R1freshfresh\n",
        "imdn.Message-ID: R1freshfresh\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\n",
        &[("IMDN-1-1", Fail)],
    ),
    ("another CPIM namespace", "cpim-headers:imdn>", "imdn>", &[("IMDN-7-1", Fail)]),
    ("no NS line", "NS: imdn <urn:ietf:params:cpim-headers:imdn>\n", "", &[("IMDN-7-1", Fail)]),
    ("a re-cased scheme in NS", "<urn:ietf:params:cpim", "<URN:ietf:params:cpim", &[("IMDN-7-1", Warning)]),
    ("a re-cased URN in NS", "<urn:ietf:params:cpim", "<urn:ietf:Params:cpim", &[("IMDN-7-1", Fail)]),
    (
        "a copy of the message",
        "</imdn>\n",
        "</imdn>\n<!-- Shall we meet at the station at ten? -->",
        &[("IMDN-3-7", Fail)],
    ),
    (
        "a request in the report",
        "imdn.Message-ID",
        "imdn.Disposition-Notification: \nimdn.Message-ID",
        &[("IMDN-8.1.1-8", Fail)],
    ),
    (
        "Message-Disposition in the report",
        "imdn.Message-ID",
        "imdn.Message-Disposition: x\nimdn.Message-ID",
        &[("IMDN-8.1.1-8", Warning)],
    ),
    (
        "Disposition-Notification-To",
        "imdn.Message-ID",
        "imdn.Disposition-Notification-To: <sip:bob@x>\nimdn.Message-ID",
        &[("IMDN-9.1-5", Fail)],
    ),
    (
        "a bare one of that name",
        "imdn.Message-ID",
        "Disposition-Notification-To: <sip:bob@x>\nimdn.Message-ID",
        &[("IMDN-9.1-5", Fail)],
    ),
    (
        "one of that name in SIP",
        "Max-Forwards: 70",
        "Disposition-Notification-To: <sip:bob@x>\nMax-Forwards: 70",
        &[("IMDN-9.1-5", Fail)],
    ),
    ("a changed Subject", "Subject: Weekend", "Subject: Re: Weekend", &[("IMDN-9.1-7", Fail)]),
    ("no Subject", "Subject: Weekend\n", "", &[("IMDN-9.1-7", Fail)]),
    (
        "a Subject with another language",
        "Subject: Weekend",
        "Subject:;lang=fr Weekend",
        &[("IMDN-9.1-7", Fail)],
    ),
    (
        "a bare ampersand",
        "<disposition>read",
        "<disposition>read & done",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-1", Fail)],
    ),
    ("no end tag", "</imdn>", "", &[("IMDN-9.2-9", Fail), ("IMDN-10-1", Fail)]),
    (
        "two dispositions",
        "<disposition>read</disposition>",
        "<disposition>read</disposition><disposition>read</disposition>",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-2", Fail)],
    ),
    (
        "an unknown element",
        "<disposition>",
        "<reason/><disposition>",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-2", Fail)],
    ),
    (
        "text under the root",
        "<disposition>",
        "hello<disposition>",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-2", Fail)],
    ),
    (
        "no XML namespace",
        " xmlns=\"urn:ietf:params:xml:ns:imdn\"",
        "",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-3", Fail)],
    ),
    (
        "another XML namespace",
        "urn:ietf:params:xml:ns:imdn",
        "urn:ietf:params:cpim-headers:imdn",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-3", Fail)],
    ),
    (
        "a re-cased XML namespace",
        "\"urn:ietf:params:xml",
        "\"URN:ietf:params:xml",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-3", Fail)],
    ),
    ("another media type", "application/imdn+xml", "text/xml", &[("IMDN-9.2-9", Fail), ("IMDN-10-5", Fail)]),
    (
        "the later media type",
        "application/imdn+xml",
        "message/imdn+xml",
        &[("IMDN-9.2-9", Warning), ("IMDN-10-5", Warning)],
    ),
    (
        "no media type",
        "Content-Type: application/imdn+xml; charset=utf-8",
        "Content-ID: <x@y>",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-5", Fail)],
    ),
    (
        "a wrong charset",
        "charset=utf-8",
        "charset=utf-16",
        &[("IMDN-9.2-9", Warning), ("IMDN-10-5", Warning)],
    ),
    (
        "no disposition",
        "<disposition>read</disposition>\n",
        "",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.1-1", Fail)],
    ),
    (
        "an empty disposition",
        "<disposition>read</disposition>",
        "<disposition/>",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.1-1", Fail)],
    ),
    ("a capital", "<disposition>read", "<disposition>Read", &[("IMDN-9.2-9", Fail), ("IMDN-10.1-2", Fail)]),
    ("deleted", "<disposition>read", "<disposition>deleted", &[("IMDN-9.2-9", Fail), ("IMDN-10.1-2", Fail)]),
    (
        "the state as an attribute",
        "<disposition>read</disposition>\n",
        "<state disposition=\"read\" xmlns=\"urn:example:x\"/>\n",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-4", Fail)],
    ),
    (
        "the state deeper",
        "<disposition>read</disposition>\n",
        "<x:s xmlns:x=\"urn:example:x\"><disposition>read</disposition></x:s>\n",
        &[("IMDN-9.2-9", Fail), ("IMDN-10-4", Fail)],
    ),
    (
        "a folded identifier",
        "<original-message-id>M1xyzABCDEF",
        "<original-message-id>m1xyzabcdef",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.2-1", Fail)],
    ),
    (
        "the report's own identifier",
        "<original-message-id>M1xyzABCDEF",
        "<original-message-id>R1freshfresh",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.2-1", Fail)],
    ),
    (
        "no identifier",
        "<original-message-id>M1xyzABCDEF</original-message-id>\n",
        "",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.2-1", Fail)],
    ),
    (
        "no original-recipient-uri",
        "<original-recipient-uri>sip:p.7f3a@127.0.0.1:41080</original-recipient-uri>\n",
        "",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.3-1", Fail)],
    ),
    (
        "an empty original-recipient-uri",
        "<original-recipient-uri>sip:p.7f3a@127.0.0.1:41080<",
        "<original-recipient-uri><",
        &[("IMDN-8.1.3-2", Fail)],
    ),
    (
        "the addressee instead of the sender",
        "<original-recipient-uri>sip:p.7f3a@127.0.0.1:41080<",
        "<original-recipient-uri>sip:bob@127.0.0.1:5062<",
        &[("IMDN-8.1.3-2", Warning)],
    ),
    (
        "no reporting-uas-uri",
        "<reporting-uas-uri>sip:bob@127.0.0.1:5062</reporting-uas-uri>\n",
        "",
        &[("IMDN-9.2-9", Warning), ("IMDN-10.4-1", Warning)],
    ),
    (
        "a reporter without scheme",
        "<reporting-uas-uri>sip:bob@",
        "<reporting-uas-uri>bob@",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.4-1", Fail)],
    ),
    (
        "an invented original-recipient",
        "</imdn>",
        "<original-recipient>sip:x@y</original-recipient></imdn>",
        &[("IMDN-9.2-9", Warning), ("IMDN-10.5-1", Warning)],
    ),
    (
        "no disposition-time",
        "<disposition-time>2026-03-01T12:00:01Z</disposition-time>\n",
        "",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.6-1", Fail)],
    ),
    (
        "a local time",
        "<disposition-time>2026-03-01T12:00:01Z",
        "<disposition-time>2026-03-01T14:00:01+02:00",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.6-2", Fail)],
    ),
    (
        "the sample's offset",
        "<disposition-time>2026-03-01T12:00:01Z",
        "<disposition-time>2026-03-01T13:00:01+1",
        &[("IMDN-9.2-9", Fail), ("IMDN-10.6-2", Fail)],
    ),
    (
        "-00:00",
        "<disposition-time>2026-03-01T12:00:01Z",
        "<disposition-time>2026-03-01T12:00:01-00:00",
        &[("IMDN-9.2-9", Warning), ("IMDN-10.6-2", Warning)],
    ),
    (
        "padding",
        "<disposition>read</disposition>",
        "<disposition>\n  read\n</disposition>",
        &[("IMDN-11.1-4", Warning)],
    ),
    (
        "unswapped From",
        "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nDateTime",
        "From: <sip:p.7f3a@127.0.0.1:41080>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nDateTime",
        &[("IMDN-11.1-2", Fail)],
    ),
    (
        "another addressee",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nDateTime",
        "To: <sip:x@127.0.0.1:41080>\nDateTime",
        &[("IMDN-11.1-2", Fail)],
    ),
    (
        "the message's identifier reused",
        "imdn.Message-ID: R1freshfresh",
        "imdn.Message-ID: M1xyzABCDEF",
        &[("IMDN-11.1-2", Fail)],
    ),
    ("no identifier of its own", "imdn.Message-ID: R1freshfresh\n", "", &[("IMDN-11.1-2", Warning)]),
    (
        "no CPIM object",
        "Content-Type: message/cpim\n\nFrom: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\nDateTime: 2026-03-01T12:00:01Z\nSubject: Weekend\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\nimdn.Message-ID: R1freshfresh\n\nContent-Type: application/imdn+xml; charset=utf-8\n",
        "Content-Type: application/imdn+xml; charset=utf-8\n",
        &[("IMDN-11.1-2", Fail)],
    ),
];

#[test]
fn one_fault_has_one_blame() {
    for (what, from, to, expected) in FAULTS {
        let report = REPORT.replace(from, to);
        assert_ne!(report, REPORT, "{what}: {from:?} is not in the report");
        let expected: Vec<_> = expected.iter().map(|(id, verdict)| ((*id).to_owned(), *verdict)).collect();
        assert_eq!(standing(IM, &report), expected, "{what}");
    }
}

#[test]
fn a_root_of_another_name_blames_the_root_only() {
    let report = REPORT.replace("<imdn ", "<status-receipt ").replace("</imdn>", "</status-receipt>");
    assert_eq!(standing(IM, &report), [("IMDN-9.2-9".to_owned(), Fail), ("IMDN-10-4".to_owned(), Fail)]);
}

#[test]
fn a_report_without_document_blames_the_label_and_leaves_the_rest_open() {
    let head = REPORT.split("<?xml").next().unwrap();
    let report = edit(head, "application/imdn+xml", "text/plain") + "Bob has read your message.";
    let judgements = report_run(IM, &report).judge(&report_scenario(&everything_asked()));
    let failed: Vec<_> = blamed(&judgements).into_iter().filter(|(_, verdict)| *verdict == Fail).collect();
    assert_eq!(failed, [("IMDN-9.2-9", Fail), ("IMDN-10-5", Fail)]);
    for id in ["IMDN-10-1", "IMDN-10-2", "IMDN-10.1-1", "IMDN-10.2-1", "IMDN-10.6-2", "IMDN-11.1-4"] {
        assert_eq!(verdict_on(&judgements, id), Some(Inconclusive), "{id}");
    }
    assert_eq!(verdict_on(&judgements, "IMDN-1-1"), Some(Pass));
}

#[test]
fn a_copy_is_found_in_base64_and_in_an_extra_part() {
    let document = REPORT.split_once("<?xml").unwrap().1;
    let head = REPORT.split("Content-Type: application").next().unwrap();
    let copy = "U2hhbGwgd2UgbWVldCBhdCB0aGUgc3RhdGlvbiBhdCB0ZW4/";
    let report = format!(
        "{head}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/imdn+xml\n\n<?xml{document}\n\
         --b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{copy}\n--b--\n"
    );
    assert_eq!(standing(IM, &report), [("IMDN-3-7".to_owned(), Fail)]);
}

#[test]
fn a_document_in_base64_is_read() {
    let document = REPORT.split_once("<?xml").unwrap().1;
    let encoded = base64(format!("<?xml{document}").as_bytes());
    let head = REPORT.split("<?xml").next().unwrap();
    let report =
        edit(head, "charset=utf-8\n", "charset=utf-8\nContent-Transfer-Encoding: base64\n") + &encoded;
    assert_eq!(standing(IM, &report), []);
    let report = edit(head, "charset=utf-8\n", "charset=utf-8\nContent-Transfer-Encoding: base64\n")
        + &base64(format!("<?xml{}", edit(document, ">read<", ">Read<")).as_bytes());
    assert_eq!(standing(IM, &report), [("IMDN-9.2-9".to_owned(), Fail), ("IMDN-10.1-2".to_owned(), Fail)]);
}

fn base64(octets: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(octets)
}

/// Edits of the message, edits of the report, and what is blamed.
type Pair = (
    &'static str,
    (&'static str, &'static str),
    (&'static str, &'static str),
    &'static [(&'static str, Verdict)],
);

const ID: &str = "imdn.Message-ID: M1xyzABCDEF\n";
const URI: &str = "<original-recipient-uri>sip:p.7f3a@127.0.0.1:41080<";

const PAIRS: &[Pair] = &[
    (
        "Original-Message-ID returned",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-Message-ID: M0first\n"),
        (">M1xyzABCDEF<", ">M0first<"),
        &[],
    ),
    (
        "the later identifier returned",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-Message-ID: M0first\n"),
        ("", ""),
        &[("IMDN-8.1.5-3", Warning)],
    ),
    (
        "neither returned",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-Message-ID: M0first\n"),
        (">M1xyzABCDEF<", ">R1freshfresh<"),
        &[("IMDN-8.1.5-3", Fail)],
    ),
    (
        "Original-From returned",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-From: \"Zo\" <im:o@x.example>\n"),
        (URI, "<original-recipient-uri>im:o@x.example<"),
        &[],
    ),
    (
        "From in place of Original-From",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-From: <im:o@x.example>\n"),
        ("", ""),
        &[("IMDN-9.2-9", Fail), ("IMDN-10.3-1", Fail)],
    ),
    (
        "the addressee in place of Original-From",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-From: <im:o@x.example>\n"),
        (URI, "<original-recipient-uri>sip:bob@127.0.0.1:5062<"),
        &[("IMDN-9.2-9", Warning), ("IMDN-10.3-1", Warning)],
    ),
    (
        "null returned",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-From: \n"),
        (URI, "<original-recipient-uri><"),
        &[],
    ),
    (
        "null filled in",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-From: \n"),
        ("", ""),
        &[("IMDN-9.2-9", Fail), ("IMDN-10.3-2", Fail)],
    ),
    (
        "null left out",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-From: \n"),
        ("<original-recipient-uri>sip:p.7f3a@127.0.0.1:41080</original-recipient-uri>", ""),
        &[("IMDN-9.2-9", Fail), ("IMDN-10.3-2", Fail)],
    ),
    (
        "Original-To returned",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-To: \"List\" <im:l@x.example>\n"),
        ("</imdn>", "<original-recipient>\"List\" &lt;im:l@x.example&gt;</original-recipient></imdn>"),
        &[],
    ),
    (
        "Original-To elsewhere",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-To: <im:l@x.example>\n"),
        (URI, "<original-recipient-uri>im:l@x.example<"),
        &[("IMDN-8.1.3-2", Warning), ("IMDN-9.2-9", Fail), ("IMDN-10.5-1", Fail)],
    ),
    (
        "Original-To nowhere",
        (ID, "imdn.Message-ID: M1xyzABCDEF\nimdn.Original-To: <im:l@x.example>\n"),
        ("</imdn>", "<original-recipient>sip:bob@127.0.0.1:5062</original-recipient></imdn>"),
        &[("IMDN-6.1-1", Fail), ("IMDN-9.2-9", Fail), ("IMDN-10.5-1", Fail)],
    ),
    (
        "two Subjects returned",
        ("Subject: Weekend", "Subject:;lang=en Weekend\nSubject:;lang=de Wochenende"),
        ("Subject: Weekend", "Subject:;lang=de Wochenende\nSubject:;LANG=en Weekend"),
        &[],
    ),
    (
        "a Subject lost",
        ("Subject: Weekend", "Subject:;lang=en Weekend\nSubject:;lang=de Wochenende"),
        ("Subject: Weekend", "Subject:;lang=en Weekend"),
        &[("IMDN-9.1-7", Fail)],
    ),
    ("no Subject, none returned", ("Subject: Weekend\n", ""), ("Subject: Weekend\n", ""), &[]),
    ("no Subject, one invented", ("Subject: Weekend\n", ""), ("", ""), &[("IMDN-9.1-7", Fail)]),
];

#[test]
fn a_report_answers_what_the_message_says() {
    for (what, in_im, in_report, expected) in PAIRS {
        let (im, report) = (edit(IM, in_im.0, in_im.1), edit(REPORT, in_report.0, in_report.1));
        let expected: Vec<_> = expected.iter().map(|(id, verdict)| ((*id).to_owned(), *verdict)).collect();
        assert_eq!(standing(&im, &report), expected, "{what}");
    }
}

#[test]
fn a_finding_points_at_its_octets() {
    let report = edit(REPORT, ">read<", ">Read<");
    let judgements = report_run(IM, &report).judge(&report_scenario(""));
    let finding = &judgements.iter().find(|j| j.requirement == "IMDN-10.1-2").unwrap().findings[0];
    let evidence = &finding.evidence[0];
    assert_eq!(&evidence.octets[evidence.span.clone().unwrap()], b"Read");
    assert_eq!(evidence.caption, "IUT → P, MESSAGE over udp");
    assert_eq!((finding.oracle.as_str(), finding.reading.as_deref()), ("disposition-word", Some("I-14")));
}
