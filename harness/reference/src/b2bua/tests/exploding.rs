//! Copies, and reports of the B2BUA's own.

use std::collections::HashSet;

use super::*;

fn ids(copies: &[String]) -> HashSet<String> {
    copies.iter().map(|copy| between(copy, "imdn.Message-ID: ", "\r\n")).collect()
}

#[test]
fn every_member_gets_a_new_message_with_the_old_content() {
    let mut subject = Subject::of(2);
    let lines = format!(
        "Require: imdn.Disposition-Notification\r\n{FINAL}NS: q <urn:example:q>\r\nq.Colour: red\r\n"
    );
    assert_eq!(subject.take(&marked("m1", &lines)), 200);
    let copies = subject.copies();
    let id = between(&copies[0], "imdn.Message-ID: ", "\r\n");
    assert_eq!(
        copies[0],
        format!(
            "From: <{LIST}>\r\nTo: <{}>\r\nDateTime: 2026-01-01T00:00:00Z\r\nSubject:;lang=de Da?\r\n{NS}\
             Require: imdn.Disposition-Notification\r\n{MARK}imdn.Message-ID: {id}\r\n{FINAL}\
             imdn.Original-From: \"Uma\" <{UPSTREAM}>\r\nimdn.Original-To: \"Team\" <{LIST}>\r\n\
             imdn.Original-Message-ID: m1\r\nNS: q <urn:example:q>\r\nq.Colour: red\r\n\r\n\
             Content-type: text/plain\r\nContent-ID: <1@u>\r\n\r\nThe text\n of it\r\n",
            member(1)
        )
    );
    assert!(copies[1].contains(&format!("To: <{}>\r\n", member(2))));
    assert_eq!(ids(&copies).len(), 2);
    assert!(!ids(&copies).contains("m1"));
    assert_eq!((subject.sent[0].from.as_str(), subject.sent[0].to.as_str()), (LIST, member(1).as_str()));
}

#[test]
fn what_was_first_is_kept() {
    let mut subject = Subject::of(1);
    let first = "imdn.Original-From: \"Zo\" <im:first@example.org>\r\nimdn.Original-To: <im:l@l.org>\r\n\
                 imdn.Original-Message-ID: m0\r\n";
    subject.take(&marked("m1", &format!("{first}{FINAL}")));
    assert!(subject.copies()[0].contains(first), "{}", subject.copies()[0]);
}

#[test]
fn null_stays_null() {
    let mut subject = Subject::of(1);
    subject.take(&marked("m1", "imdn.Original-From: \r\n"));
    assert!(subject.copies()[0].contains("\r\nimdn.Original-From: \r\n"));
}

#[test]
fn a_hidden_sender_is_nowhere() {
    let mut subject = Subject::of(2);
    subject.ask(json!({"command": "policy", "hide_sender": true, "peer": UPSTREAM})).unwrap();
    let lines = format!("cc: <{UPSTREAM}>\r\nimdn.Original-From: <{UPSTREAM}>\r\n");
    subject.take(&marked("m1", &lines));
    for (sent, copy) in subject.sent.iter().zip(subject.copies()) {
        let Outgoing { request_uri, from, to, headers, .. } = sent;
        let all = format!("{request_uri} {from} {to} {headers:?} {copy}");
        assert!(!all.contains("u@127.0.0.1"), "{all}");
        assert!(copy.contains("\r\nimdn.Original-From: \r\n"), "{copy}");
    }
}

#[test]
fn a_message_that_asks_for_nothing_is_sent_on() {
    let mut subject = Subject::of(2);
    assert_eq!(subject.take(&im("")), 200);
    subject.accept();
    assert_eq!((subject.copies().len(), subject.reports().len()), (2, 0));
    assert!(!subject.copies()[0].contains("Disposition-Notification"));
    assert!(subject.copies()[0].contains("imdn.Message-ID: "));
}

#[test]
fn under_first_recipient_one_accepted_copy_makes_one_processed_report() {
    for lines in [FIRST, "", "imdn.List-Action: \r\n", "imdn.List-Action:\r\n", "imdn.List-Action: what\r\n"]
    {
        let mut subject = Subject::of(3);
        assert_eq!(subject.take(&marked("m", lines)), 200);
        assert_eq!(subject.states(), [""; 0], "not before a copy was accepted");
        subject.answer(false, |to| to.starts_with("sip:d1"));
        assert_eq!(subject.states(), [""; 0]);
        subject.answer(true, |to| to.starts_with("sip:d2"));
        assert_eq!(subject.states(), ["processed"]);
        subject.answer(false, |_| true);
        assert_eq!(subject.reports().len(), 1, "{lines}");
        assert!(!subject.copies()[0].contains("Disposition-Notification"), "{lines}");
    }
}

#[test]
fn a_message_that_reached_nobody_is_reported_as_error() {
    let mut refused = Subject::of(2);
    refused.take(&marked("m", FIRST));
    refused.answer(false, |_| true);
    assert_eq!(refused.states(), ["error"]);
    let mut nobody = Subject::of(0);
    assert_eq!(nobody.take(&marked("m", FIRST)), 200);
    assert_eq!(nobody.states(), ["error"]);
    let mut nowhere = Subject::of(0);
    let members = json!([{"uri": "sip:d1@somewhere.example"}]);
    nowhere.ask(json!({"command": "list", "uri": LIST, "members": members})).unwrap();
    nowhere.take(&marked("m", FIRST));
    assert_eq!(nowhere.states(), ["error"]);
}

#[test]
fn its_own_report_is_written_as_section_10_wants_it() {
    let mut subject = Subject::of(1);
    subject.take(&marked("m1", "imdn.Original-To: <im:l@l.org>\r\n"));
    subject.accept();
    let report = subject.reports().remove(0);
    for part in [
        &format!("From: \"Team\" <{LIST}>\r\nTo: \"Uma\" <{UPSTREAM}>\r\n"),
        "\r\nSubject:;lang=de Da?\r\n",
        &format!("<reporting-uas-uri>{LIST}</reporting-uas-uri>"),
        &format!("<original-recipient-uri>{UPSTREAM}</original-recipient-uri>"),
        "<original-recipient>im:l@l.org</original-recipient>",
        "<original-message-id>m1</original-message-id>",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    assert_eq!(subject.sent[1].from, LIST);
}

#[test]
fn policy_denies_or_ignores() {
    for (reports, lines, expected) in [
        ("deny", FIRST, &["denied"][..]),
        ("deny", FINAL, &["denied"]),
        ("ignore", FIRST, &[]),
        ("ignore", FINAL, &[]),
    ] {
        let mut subject = Subject::of(2);
        subject.ask(json!({"command": "policy", "reports": reports, "peer": UPSTREAM})).unwrap();
        subject.take(&marked("m", lines));
        subject.accept();
        subject.take(&report(1, "m"));
        assert_eq!(subject.states(), expected, "{reports} {lines}");
        let counts = (subject.copies().len(), subject.reports().len());
        assert_eq!(counts, (2, expected.len()), "{reports} {lines}");
    }
}

#[test]
fn it_speaks_for_members_that_cannot_or_will_not() {
    let mut subject = Subject::new(None, &[json!(false), json!("refuses"), json!(true)]);
    subject.take(&marked("m", FINAL));
    let asked: Vec<_> =
        subject.copies().iter().map(|copy| copy.contains("Disposition-Notification")).collect();
    assert_eq!(asked, [false, false, true]);
    subject.accept();
    assert_eq!(subject.states(), ["processed", "denied"]);
}

#[test]
fn malformed_and_unknown_is_refused() {
    let mut subject = Subject::of(1);
    assert_eq!(subject.take(&im(&format!("{NS}{MARK}"))), 400);
    assert_eq!(subject.take(&im(&format!("{NS}{MARK}imdn.Message-ID: \r\n"))), 400);
    assert_eq!(subject.take(&im("NS: q <urn:example:q>\r\nRequire: q.Gadget\r\n")), 420);
    assert_eq!(subject.take_at("sip:nobody@127.0.0.1:5070", &marked("m", "")), 404);
    subject.ask(json!({"command": "policy", "reject_next": 486})).unwrap();
    assert_eq!(subject.take(&marked("m", "")), 486);
    assert_eq!(subject.sent.len(), 0);
}

#[test]
fn a_list_is_found_by_cpim_to_if_the_request_is_for_the_host() {
    let mut subject = Subject::of(1);
    assert_eq!(subject.take_at("sip:exploder@127.0.0.1:5070;transport=udp", &marked("m", "")), 200);
    assert_eq!(subject.copies().len(), 1);
}

#[test]
fn the_same_request_is_sent_on_once() {
    let mut subject = Subject::of(1);
    subject.take(&marked("m", ""));
    assert_eq!(subject.take(&marked("m", "")), 200);
    assert_eq!(subject.copies().len(), 1);
    subject.take(&marked("m", "").replace(UPSTREAM, "sip:u2@127.0.0.1:5060"));
    assert_eq!(subject.copies().len(), 2, "another sender may have chosen the same identifier");
}

#[test]
fn what_goes_round_comes_to_an_end() {
    let mut subject = Subject::of(1);
    let send = |subject: &mut Subject, hops: u8| {
        let message = Incoming { hops, ..request(LIST, marked(&format!("m{hops}"), "").as_bytes()) };
        let (answer, actions) = subject.b2bua.receive(&message);
        subject.note(actions);
        answer.unwrap().status
    };
    let statuses = [0, 1, 70].map(|hops| send(&mut subject, hops));
    assert_eq!(statuses, [483, 200, 200]);
    assert_eq!(subject.sent.iter().map(|sent| sent.hops).collect::<Vec<_>>(), [0, 69]);
}

#[test]
fn a_thousand_members_are_no_trouble() {
    let mut subject = Subject::of(1000);
    subject.take(&marked("m", FINAL));
    assert_eq!(ids(&subject.copies()).len(), 1000);
    subject.accept();
    for reporter in 1..=1000 {
        subject.take(&report(reporter, "m"));
    }
    assert_eq!(subject.reports().len(), 1000);
}
