//! One fault of a receipt has one blame.

use super::*;

type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);

/// Edits of a delivery receipt, each with everything that it turns red.
const FAULTS: &[Fault] = &[
    ("no blank line", "41080>\n\nContent-Type", "41080>\nContent-Type", &[("RCPT-3.2-1", Fail)]),
    ("a wrong Content-length", ": confirm\n", ": confirm\nContent-length: 12\n", &[("RCPT-3.2-1", Fail)]),
    (
        "From not swapped",
        "From: <sip:bob@127.0.0.1:5062>\nTo",
        "From: <sip:eve@127.0.0.1:9>\nTo",
        &[("RCPT-3.2-1", Fail)],
    ),
    (
        "To not swapped",
        "To: <sip:p.7f3a@127.0.0.1:41080>\n\n",
        "To: <sip:eve@127.0.0.1:9>\n\n",
        &[("RCPT-3.2-1", Fail)],
    ),
    (
        "a wrong type",
        "message/status-receipt+xml",
        "application/xml",
        &[("RCPT-3.2-2", Fail), ("RCPT-5.2-1", Fail)],
    ),
    (
        "no type",
        "Content-Type: message/status-receipt+xml\n",
        "",
        &[("RCPT-3.2-2", Fail), ("RCPT-5.2-1", Fail)],
    ),
    ("a short type", "message/status-receipt+xml", "message/status-receipt", &[("RCPT-5.2-1", Fail)]),
    ("no disposition", "Content-Disposition: confirm\n", "", &[("RCPT-3.2-3", Fail)]),
    ("another disposition", ": confirm", ": render", &[("RCPT-3.2-3", Fail)]),
    (
        "a disposition above",
        "41080>\n\nContent-Type: message/status-receipt+xml\nContent-Disposition: confirm\n",
        "41080>\nContent-Disposition: confirm\n\nContent-Type: message/status-receipt+xml\n",
        &[("RCPT-3.2-1", Fail), ("RCPT-3.2-3", Fail)],
    ),
    (
        "a Message-ID",
        "41080>\n\nContent-Type",
        "41080>\nMessage-ID: R1\n\nContent-Type",
        &[("RCPT-3.2-5", Warning)],
    ),
    (
        "a request",
        "41080>\n\nContent-Type",
        "41080>\nReceipt-Request: read\n\nContent-Type",
        &[("RCPT-3.2-8", Warning)],
    ),
    (
        "a transposed request",
        "41080>\n\nContent-Type",
        "41080>\nRequest-Receipt: read\n\nContent-Type",
        &[("RCPT-3.2-8", Warning)],
    ),
    ("no status", "<status>200</status>\n", "", &[("RCPT-3.2-7", Fail)]),
    ("no type", "<type>delivery</type>\n", "", &[("RCPT-3.2-7", Fail)]),
    ("no message-id", "<message-id>M1xyzABCDEF</message-id>\n", "", &[("RCPT-3.2-7", Fail)]),
    (
        "a note without language",
        "</status-receipt>",
        "<note>x</note></status-receipt>",
        &[("RCPT-3.2-7", Warning)],
    ),
    (
        "another order",
        "<type>delivery</type>\n<status>200</status>",
        "<status>200</status>\n<type>delivery</type>",
        &[("RCPT-3.2-7", Warning)],
    ),
    ("another identifier", ">M1xyzABCDEF<", ">m1xyzabcdef<", &[("RCPT-3.2-7", Fail)]),
    ("a recipient without scheme", ">sip:bob@", ">bob@", &[("RCPT-3.2-7", Warning)]),
    ("an empty recipient", ">sip:bob@127.0.0.1:5062<", "><", &[("RCPT-3.2-7", Fail)]),
    (
        "the sender as recipient",
        ">sip:bob@127.0.0.1:5062<",
        ">sip:p.7f3a@127.0.0.1:41080<",
        &[("RCPT-3.2-7", Fail)],
    ),
    (
        "two statuses",
        "<status>200</status>",
        "<status>200</status><status>200</status>",
        &[("RCPT-3.2-7", Fail), ("RCPT-5.1-2", Fail)],
    ),
    (
        "an unknown element",
        "</status-receipt>",
        "<reason>x</reason></status-receipt>",
        &[("RCPT-5.1-2", Fail)],
    ),
    ("text under the root", "<type>", "delivered<type>", &[("RCPT-5.1-2", Fail)]),
    ("a status of one digit", ">200<", ">0<", &[("RCPT-3.2-10", Fail)]),
    ("a provisional status", ">200<", ">100<", &[("RCPT-3.2-10", Fail)]),
    ("a status in words", ">200<", ">delivered<", &[("RCPT-3.2-10", Warning)]),
    ("an unknown type", ">delivery<", ">delivered<", &[("RCPT-3.2-10", Fail)]),
    ("a type in capitals", ">delivery<", ">Delivery<", &[("RCPT-3.2-10", Fail)]),
    ("not well-formed", "</type>", "", &[("RCPT-5.1-1", Fail)]),
    ("XML 1.1", "version=\"1.0\"", "version=\"1.1\"", &[("RCPT-5.1-3", Fail)]),
    ("another encoding", "encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"", &[("RCPT-5.1-4", Fail)]),
    ("a byte order mark", "<?xml", "\u{feff}<?xml", &[("RCPT-5.1-4", Warning)]),
    ("no namespace", " xmlns=\"urn:ietf:params:xml:ns:status-receipt\"", "", &[("RCPT-5.1-5", Fail)]),
    ("a namespace in capitals", "\"urn:ietf:params:xml", "\"URN:ietf:params:xml", &[("RCPT-5.1-5", Fail)]),
    ("another namespace", ":ns:status-receipt\"", ":ns:receipts\"", &[("RCPT-5.1-5", Fail)]),
    (
        "a contradicting charset",
        "receipt+xml\n",
        "receipt+xml; charset=iso-8859-1\n",
        &[("RCPT-9.1-1", Fail)],
    ),
    ("charset us-ascii", "receipt+xml\n", "receipt+xml; charset=us-ascii\n", &[("RCPT-9.1-1", Warning)]),
    ("an unknown parameter", "receipt+xml\n", "receipt+xml; version=2\n", &[("RCPT-9.1-1", Warning)]),
    (
        "a wrong outer type",
        "Content-Type: message/cpim",
        "Content-Type: text/plain",
        &[("RCPT-6.1.1-1", Fail)],
    ),
    (
        "the odd outer type",
        "Content-Type: message/cpim",
        "Content-Type: application/simple-filter+xml",
        &[("RCPT-6.1.1-1", Fail)],
    ),
    (
        "a Contact",
        "Max-Forwards: 70",
        "Contact: <sip:bob@127.0.0.1:5062>\nMax-Forwards: 70",
        &[("RCPT-6.1.1-2", Fail)],
    ),
    ("another method in CSeq", "CSeq: 1 MESSAGE", "CSeq: 1 INVITE", &[("RCPT-6.1.1-2", Fail)]),
    (
        "a tag in To",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nCall",
        "To: <sip:p.7f3a@127.0.0.1:41080>;tag=7\nCall",
        &[("RCPT-6.1.1-2", Fail)],
    ),
    ("no Max-Forwards", "Max-Forwards: 70\n", "", &[("RCPT-6.1.1-2", Fail)]),
    (
        "an addressee beside",
        "To: <sip:p.7f3a@127.0.0.1:41080>\n\n",
        "To: <sip:p.7f3a@127.0.0.1:41080>\nTo: <sip:x@127.0.0.1:41080>\n\n",
        &[("RCPT-8-1", Fail)],
    ),
    (
        "a copy",
        "41080>\n\nContent-Type",
        "41080>\ncc: <sip:x@127.0.0.1:41080>\n\nContent-Type",
        &[("RCPT-8-1", Fail)],
    ),
];

#[test]
fn each_fault_turns_its_owner_red_and_no_other() {
    for (what, from, to, blamed) in FAULTS {
        expect(what, &blames(IM, &[&edit(DELIVERY, from, to)]), blamed);
        let alone = blames(&asking("positive-delivery"), &[&edit(DELIVERY, from, to)]);
        expect(&format!("{what}, alone"), &alone, blamed);
    }
}

#[test]
fn each_fault_is_found_by_the_check_that_is_asked_for() {
    for (what, from, to, blamed) in FAULTS {
        let run = receipts_run(IM, &[&edit(DELIVERY, from, to)]);
        let judgements = run.judge_receipts(&receipts_scenario(1, &asked(CHECKS)), &user());
        assert_eq!(faults(&judgements), *blamed, "{what}");
    }
}

#[test]
fn faults_of_read_receipts_have_owners_of_their_own() {
    for (what, from, to, blamed) in [
        ("no disposition", "Content-Disposition: confirm\n", "", &[("RCPT-3.3-1", Fail)][..]),
        ("no blank line", "41080>\n\nContent-Type", "41080>\nContent-Type", &[("RCPT-3.3-1", Fail)]),
        (
            "To not swapped",
            "To: <sip:p.7f3a@127.0.0.1:41080>\n\n",
            "To: <sip:eve@127.0.0.1:9>\n\n",
            &[("RCPT-3.3-1", Fail)],
        ),
        ("a wrong type", "message/status-receipt+xml", "application/xml", &[("RCPT-5.2-1", Fail)]),
        ("another status", ">200<", ">404<", &[("RCPT-3.3-2", Fail)]),
        ("an odd success", ">200<", ">201<", &[("RCPT-3.3-2", Warning)]),
    ] {
        expect(what, &blames(IM, &[&edit(&read(), from, to)]), blamed);
    }
    let failed = edit(&read(), ">200<", ">404<");
    expect(
        "type read for a failure",
        &blames(&asking("negative-delivery"), &[&failed]),
        &[("RCPT-6.1.3.1-5", Fail)],
    );
}
