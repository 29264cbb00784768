//! Downstream reports.

use super::episodes::wrapper;
use super::*;

/// A list whose members have accepted a message `m` under final-recipient.
fn exploded() -> Subject {
    let mut subject = Subject::of(2);
    subject.take(&marked("m", FINAL));
    subject.accept();
    subject
}

#[test]
fn reports_come_to_the_requester_octet_for_octet() {
    let head = report(1, "m").split("Content-Type").next().unwrap().to_owned();
    let signed = head
        + "Content-Type: multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\"\r\n\r\n\
           --b\r\nContent-Type: application/imdn+xml\r\n\r\n<imdn/>\r\n--b\r\n\
           Content-Type: application/pkcs7-signature\r\n\r\nMIAG\r\n--b--\r\n";
    let opaque = wrapper(1, "m", "application/pkcs7-mime; smime-type=enveloped-data", "\u{1}\u{2}\n\r");
    let wrapped = wrapper(1, "m", "message/cpim", &report(9, "m"));
    for inner in [report(1, "m"), signed, opaque, wrapped] {
        let mut subject = exploded();
        assert_eq!(subject.take(&inner), 200);
        let outer = subject.reports().remove(0);
        let addresses = format!("From: \"Team\" <{LIST}>\r\nTo: \"Uma\" <{UPSTREAM}>\r\nDateTime: ");
        assert!(outer.starts_with(&addresses), "{outer}");
        let (head, content) = outer.split_once("\r\n\r\nContent-type: message/cpim\r\n\r\n").unwrap();
        assert_eq!(content, inner);
        assert!(!head.contains("Disposition-Notification") && head.contains(NS), "{head}");
        assert!(head.contains("\r\nimdn.Message-ID: ") && !head.ends_with(": m"), "{head}");
    }
}

#[test]
fn only_a_header_that_matches_counts() {
    for (header, element, expected) in [("m", "other", 1), ("other", "m", 0), ("", "m", 0), ("M", "m", 0)] {
        let mut subject = exploded();
        assert_eq!(subject.take(&report_on(1, header, element)), 200);
        assert_eq!((subject.reports().len(), subject.copies().len()), (expected, 2), "{header} {element}");
    }
}

/// Who does not tell members the first identifier has to know the copies' own, or nothing would come back.
#[test]
fn a_b2bua_that_hides_the_first_identifier_finds_its_requests_all_the_same() {
    let fault = Fault::by_name("omit-original-message-id");
    let mut subject = Subject::new(fault, &[json!(true)]);
    subject.take(&marked("m", FINAL));
    let id = between(&subject.copies()[0], "imdn.Message-ID: ", "\r\n");
    subject.take(&report(1, &id));
    assert_eq!(subject.reports().len(), 1);
}

#[test]
fn each_report_finds_its_requester() {
    let mut subject = exploded();
    subject.take(&marked("n", FINAL).replace(UPSTREAM, "sip:u2@127.0.0.1:5062"));
    subject.take(&report(1, "m"));
    subject.take(&report(2, "n"));
    let to: Vec<_> = subject.sent.iter().rev().take(2).map(|sent| sent.to.as_str()).collect();
    assert_eq!(to, ["sip:u2@127.0.0.1:5062", UPSTREAM]);
}

#[test]
fn behind_another_list_the_first_identifier_counts_as_well() {
    let mut subject = Subject::of(1);
    subject.take(&marked("m1", &format!("{FINAL}imdn.Original-Message-ID: m0\r\n")));
    subject.take(&report(1, "m0"));
    let for_the_list_above = "\r\nimdn.Original-Message-ID: m0\r\n\r\nContent-type";
    assert!(subject.reports()[0].contains(for_the_list_above));
    subject.take(&report(1, "m1"));
    assert_eq!(subject.reports().len(), 2);
}

#[test]
fn two_ways_to_one_message_get_a_report_each() {
    let mut subject = Subject::of(1);
    for (id, upstream) in [("a", "sip:u1@127.0.0.1:5061"), ("b", "sip:u2@127.0.0.1:5062")] {
        let lines = format!("{FINAL}imdn.Original-Message-ID: m0\r\n");
        subject.take(&marked(id, &lines).replace(UPSTREAM, upstream));
    }
    subject.take(&report(1, "m0"));
    subject.take(&report(1, "m0"));
    let mut to: Vec<_> = subject.sent.iter().skip(2).map(|sent| sent.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["sip:u1@127.0.0.1:5061", "sip:u2@127.0.0.1:5062"]);
}

#[test]
fn under_first_recipient_downstream_reports_end_here() {
    for lines in [FIRST, "", "imdn.List-Action: \r\n", "imdn.List-Action: final-recipients\r\n"] {
        let mut subject = Subject::of(2);
        subject.take(&marked("m", lines));
        subject.take(&report(1, "m"));
        subject.accept();
        assert_eq!(subject.take(&report(2, "m")), 200);
        assert_eq!(subject.states(), ["processed"], "{lines}");
        assert_eq!(subject.reports().len(), 1, "{lines}");
    }
}

#[test]
fn a_report_is_never_answered_by_a_report_nor_sent_to_the_members() {
    for about in ["m", "bogus"] {
        let mut subject = exploded();
        subject.take(&report(1, about).replace("imdn.Message-ID", &format!("{MARK}imdn.Message-ID")));
        assert_eq!((subject.copies().len(), subject.states().len()), (2, 0), "{about}");
    }
    let mut subject = exploded();
    subject.take(&wrapper(1, "bogus", "application/pkcs7-mime", "MIAG"));
    let text = "From: <im:x@y>\r\n\r\nContent-type: text/plain\r\n\r\n";
    subject.take(&wrapper(1, "bogus", "message/cpim", text));
    assert_eq!((subject.copies().len(), subject.reports().len()), (2, 0));
}

#[test]
fn an_encrypted_message_is_no_report() {
    let mut subject = Subject::of(2);
    let message = format!(
        "From: <{UPSTREAM}>\r\nTo: <{LIST}>\r\n{NS}{MARK}imdn.Message-ID: m\r\n{FINAL}\
         imdn.Original-Message-ID: o\r\n\r\nContent-Type: application/pkcs7-mime\r\n\r\nMIAG"
    );
    subject.take(&message);
    subject.take(&message.replace(MARK, "").replace(FINAL, "imdn.Original-To: <im:l@h>\r\n"));
    assert_eq!(subject.copies().len(), 4);
}

#[test]
fn requests_are_remembered_for_more_than_five_minutes_but_not_for_ever() {
    for (seconds, expected) in [(301, 1), (24 * 3600, 0)] {
        let mut subject = exploded();
        subject.ask(json!({"command": "advance_clock", "seconds": seconds})).unwrap();
        subject.take(&report(1, "m"));
        assert_eq!(subject.reports().len(), expected, "{seconds}");
        subject.take(&marked("later", FINAL));
        subject.take(&report(1, "later"));
        assert_eq!(subject.reports().len(), expected + 1);
    }
}
