//! Checks of reports: what is right passes, what is odd but legal is not flagged, one fault has one blame.

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod faults;

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
