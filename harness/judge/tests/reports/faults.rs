//! One fault of a report has one blame.

use super::*;

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
