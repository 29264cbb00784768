//! What the draft demands, said as it stands there.

use super::*;

#[test]
fn a_copy_is_the_message_as_it_came() {
    let mut subject = Subject::of(2);
    let cpim = asking("m", "positive-delivery, negative-delivery, read");
    assert_eq!(subject.take(&cpim), 200);
    for (number, copy) in subject.sent.iter().enumerate() {
        assert_eq!(
            (&*copy.request_uri, &*copy.to, &*copy.from),
            (&*member(number + 1), &*copy.request_uri, UMA)
        );
        assert_eq!((&*copy.body, &*copy.content_type, copy.hops), (cpim.as_bytes(), "message/cpim", 69));
    }
    assert_eq!(subject.sent.len(), 2);
}

#[test]
fn failure_is_told_once_to_those_who_want_to_know() {
    for (receipts, status, expected) in [
        ("negative-delivery", Some(404), Some("delivery 404")),
        ("negative-delivery", Some(503), Some("delivery 503")),
        ("negative-delivery, read", Some(603), Some("delivery 603")),
        ("negative-delivery", None, Some("delivery 408")),
        ("negative-delivery", Some(302), Some("delivery 480")),
        ("negative-delivery", Some(200), None),
        ("positive-delivery", Some(404), None),
        ("positive-delivery", Some(200), None),
        ("read", Some(500), None),
    ] {
        let mut subject = Subject::of(1);
        subject.take(&asking("m", receipts));
        assert_eq!(subject.told(), [""; 0], "nothing is known yet");
        subject.conclude(1, status);
        assert_eq!(subject.told(), Vec::from_iter(expected), "{receipts}, {status:?}");
    }
}

#[test]
fn a_receipt_of_its_own_names_whom_the_copy_was_for() {
    let mut subject = Subject::of(2);
    subject.take(&asking("m", "negative-delivery"));
    subject.conclude(1, Some(200));
    subject.conclude(2, Some(404));
    let receipts = subject.receipts();
    assert_eq!(receipts.len(), 1);
    assert!(
        receipts[0].contains(&format!("<recipient-uri>{}</recipient-uri>", member(2))),
        "{}",
        receipts[0]
    );
    let head = format!("From: \"Team\" <{LIST}>\r\nTo: \"Uma\" <{UMA}>\r\n");
    assert!(receipts[0].starts_with(&head), "{}", receipts[0]);
}

#[test]
fn a_member_without_an_address_cannot_be_reached() {
    let mut subject = Subject::of(0);
    let members = json!([{"uri": "sip:d1@somewhere.example"}]);
    subject.ask(json!({"command": "list", "uri": LIST, "members": members})).unwrap();
    subject.take(&asking("m", "negative-delivery"));
    assert_eq!(subject.told(), ["delivery 503"]);
    subject.mode = Mode::Session;
    subject.take(&asking("n", "negative-delivery"));
    assert_eq!(subject.told().len(), 1, "in a session nothing is said");
}

#[test]
fn one_negative_receipt_is_enough() {
    for first in [200, 404] {
        let mut subject = Subject::of(2);
        subject.take(&asking("m", "negative-delivery"));
        subject.conclude(1, Some(first));
        subject.confirm(1, "delivery", "m", 480);
        subject.confirm(1, "delivery", "m", 480);
        assert_eq!(subject.told().len(), 1, "{first}");
        subject.confirm(2, "delivery", "m", 404);
        assert_eq!(subject.told().len(), 2, "the other member has one of his own");
    }
}

#[test]
fn receipts_are_handed_on_as_they_are_known_or_not() {
    for id in ["m", "bogus"] {
        for (kind, status) in [("read", 200), ("read", 485), ("delivery", 200), ("delivery", 404)] {
            let mut subject = Subject::of(1);
            subject.take(&asking("m", "read"));
            assert_eq!(subject.confirm(1, kind, id, status), 200);
            let expected = receipt(&member(1), UMA, (kind, id, status), &member(1), "");
            assert_eq!(subject.receipts(), [expected]);
        }
    }
}

#[test]
fn a_restart_does_not_matter_to_what_is_handed_on() {
    let mut subject = Subject::of(1);
    subject.take(&asking("m", "read"));
    subject.ask(json!({"command": "restart"})).unwrap();
    subject.confirm(1, "read", "m", 200);
    assert_eq!(subject.told(), ["read 200"]);
}

#[test]
fn a_receipt_to_the_list_is_for_whom_the_message_was_from() {
    let mut subject = Subject::of(1);
    subject.take(&asking("m", "read"));
    for (id, expected) in [("m", 200), ("bogus", 404)] {
        let cpim = receipt(&member(1), LIST, ("read", id, 200), &member(1), "");
        assert_eq!(subject.take_from(&member(1), LIST, &cpim), expected, "{id}");
    }
    assert_eq!(subject.told(), ["read 200"]);
}

#[test]
fn a_receipt_goes_where_the_request_goes_if_nothing_else_helps() {
    let mut subject = Subject::of(1);
    let cpim = receipt(&member(1), "im:uma", ("read", "bogus", 200), "", "");
    assert_eq!(subject.take_from(&member(1), UMA, &cpim.replace("To: <im:uma>", "To: Uma")), 200);
    assert_eq!(subject.told(), ["read 200"]);
}

#[test]
fn a_secret_list_speaks_once_and_for_all() {
    let mut subject = Subject::secret(2);
    subject.take(&asking("m", "positive-delivery, negative-delivery, read"));
    subject.confirm(2, "delivery", "m", 200);
    subject.confirm(2, "delivery", "m", 200);
    subject.confirm(2, "read", "m", 200);
    assert_eq!(subject.told(), [""; 0], "one member is missing");
    subject.confirm(1, "delivery", "m", 200);
    assert_eq!(subject.told(), ["delivery 200"]);
    subject.confirm(1, "read", "m", 485);
    assert_eq!(subject.told().len(), 1, "nobody knows whether he has read it");
    subject.confirm(1, "read", "m", 200);
    subject.confirm(1, "read", "m", 200);
    assert_eq!(subject.told(), ["delivery 200", "read 200"]);
    for receipt in subject.receipts() {
        assert!(!receipt.contains("recipient-uri") && !receipt.contains("sip:d"), "{receipt}");
    }
}

#[test]
fn a_secret_list_says_nothing_of_failures_and_unasked_kinds() {
    let mut subject = Subject::secret(1);
    subject.take(&asking("m", "negative-delivery, read"));
    subject.conclude(1, Some(404));
    subject.confirm(1, "delivery", "m", 480);
    subject.confirm(1, "delivery", "m", 200);
    subject.confirm(1, "read", "unknown", 200);
    assert_eq!(subject.told(), [""; 0]);
}

#[test]
fn policy_can_keep_silent() {
    let mut subject = Subject::of(1);
    subject.ask(json!({"command": "policy", "reports": "ignore"})).unwrap();
    subject.take(&asking("m", "negative-delivery"));
    subject.conclude(1, Some(404));
    assert_eq!(subject.told(), [""; 0]);
}

#[test]
fn what_is_refused_goes_no_further() {
    let mut subject = Subject::of(1);
    subject.ask(json!({"command": "policy", "reject_next": 486})).unwrap();
    assert_eq!(subject.take(&asking("m", "negative-delivery")), 486);
    assert_eq!(subject.take_from(UMA, "sip:nobody@127.0.0.1:5070", &im("")), 404);
    let mut message = incoming(Mode::Page, UMA, LIST, &im(""));
    message.hops = 0;
    assert_eq!(subject.machine.receive(&message).0.unwrap().status, 483);
    assert!(subject.sent.is_empty());
}

#[test]
fn the_same_message_again_is_not_sent_on_again() {
    let mut subject = Subject::of(1);
    subject.take(&asking("m", "read"));
    assert_eq!(subject.take(&asking("m", "read")), 200);
    assert_eq!(subject.sent.len(), 1);
}

#[test]
fn a_room_hands_on_and_says_nothing() {
    let mut subject = Subject::new(None, Mode::Session, 2, true);
    let cpim = asking("m", "positive-delivery, negative-delivery, read");
    subject.take(&cpim);
    for copy in &subject.sent {
        assert!(matches!(copy.way, Way::Session { into: None, .. }) && copy.mark.is_none());
        assert_eq!((&*copy.body, &*copy.from), (cpim.as_bytes(), LIST));
    }
    subject.confirm(2, "read", "m", 200);
    assert_eq!(subject.told(), ["read 200"]);
    let receipt = subject.sent.last().unwrap();
    assert!(matches!(receipt.way, Way::Session { into: Some(_), .. }), "into the session of the sender");
    assert_eq!((receipt.reports, &*receipt.from), (crate::carrier::Reports::NONE, LIST));
}

#[test]
fn a_scoped_reset_forgets_what_concerns_the_peer() {
    let mut subject = Subject::of(2);
    subject.ask(json!({"command": "reset", "peer": "sip:somebody@h"})).unwrap();
    assert_eq!(subject.take(&im("")), 200);
    subject.ask(json!({"command": "reset", "peer": member(1)})).unwrap();
    assert_eq!(subject.take(&im("")), 404);
}
