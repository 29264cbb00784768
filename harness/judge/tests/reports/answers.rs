//! What a report says depends on what the message said.

use super::*;

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
