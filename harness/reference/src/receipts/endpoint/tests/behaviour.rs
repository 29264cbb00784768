//! What the draft demands, said as it stands there.

use super::*;

/// One message and what the user does with it.
fn story(receipts: &str, how: &[&str]) -> Subject {
    let mut subject = Subject::new(None, Mode::Page);
    subject.take(&asking("m", receipts));
    how.iter().for_each(|how| subject.dispose(how));
    subject
}

#[test]
fn a_receipt_is_written_as_sections_3_and_5_want_it() {
    let subject = story("positive-delivery", &[]);
    let receipt = subject.said.last().unwrap();
    assert_eq!(
        receipt,
        "page: sip:alice@127.0.0.1:5060 from sip:bob@127.0.0.1:5070 to sip:alice@127.0.0.1:5060 [] message/cpim\n\
         From: <sip:bob@127.0.0.1:5070>\r\nTo: \"Alice\" <sip:alice@127.0.0.1:5060>\r\nDateTime: NOW\r\n\r\n\
         Content-type: message/status-receipt+xml\r\nContent-Disposition: confirm\r\nContent-length: 287\r\n\r\n\
         <?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
         <status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\"><message-id>m</message-id>\
         <recipient-uri>sip:bob@127.0.0.1:5070</recipient-uri><type>delivery</type><status>200</status>\
         <note lang=\"en\">The message was delivered</note></status-receipt>"
    );
}

#[test]
fn what_is_written_is_free_of_deviations() {
    let mut subject = Subject::new(None, Mode::Page);
    let (_, actions) =
        subject.agent.receive(&incoming(Mode::Page, ALICE, BOB, &asking("a&<b", "positive-delivery")));
    let Some(Action::Send(outgoing)) = actions.last() else { panic!("{actions:?}") };
    let object = wire::cpim::decode(&outgoing.body, 0..outgoing.body.len());
    assert_eq!(object.deviations, []);
    assert_eq!(wire::receipt::check_label(object.value.entity()), []);
    let profile = &wire::profile::RECEIPTS_00;
    let document = wire::receipt::decode(&outgoing.body, object.value.content_span(), profile);
    assert_eq!(document.deviations, []);
    assert_eq!(document.value.value("message-id", profile), Some("a&<b"));
    assert_eq!(wire::receipt::check_unwanted(&object.value, profile), []);
}

#[test]
fn a_request_is_written_as_sections_3_and_4_want_it() {
    let mut subject = Subject::new(None, Mode::Page);
    let members = json!({"receipts": ["positive-delivery", "read", "read"], "cc": ["sip:c@h"],
        "display_name": "Bob", "subjects": [{"text": "Allo", "lang": "fr"}]});
    subject.send_with(members);
    let request = subject.said.last().unwrap();
    assert_eq!(
        request.split_once('\n').unwrap().1,
        "From: Bob <sip:bob@127.0.0.1:5070>\r\nTo: <sip:alice@127.0.0.1:5060>\r\ncc: <sip:c@h>\r\nDateTime: NOW\r\n\
         Subject:;lang=fr Allo\r\nMessage-ID: ID\r\nReceipt-Request: positive-delivery, read\r\n\r\n\
         Content-type: text/plain; charset=utf-8\r\nContent-length: 2\r\n\r\nHi"
    );
}

#[test]
fn several_recipients_travel_beside_the_object() {
    let mut subject = Subject::new(None, Mode::Page);
    let recipients = json!([{"uri": "sip:c@127.0.0.1:1"}, {"uri": "sip:d@127.0.0.1:2"}]);
    subject.send_with(json!({"receipts": ["read"], "recipients": recipients}));
    let request = subject.said.last().unwrap();
    assert!(
        request.contains("[(\"Require\", \"recipient-list-message\")] multipart/mixed; boundary="),
        "{request}"
    );
    assert!(request.contains("Content-Type: message/cpim\r\n\r\nFrom: "), "{request}");
    assert!(
        request.contains("<entry uri=\"sip:c@127.0.0.1:1\"/><entry uri=\"sip:d@127.0.0.1:2\"/>"),
        "{request}"
    );
}

#[test]
fn each_receipt_is_given_once_and_only_if_it_is_wanted() {
    for (receipts, how, expected) in [
        ("positive-delivery", &["read", "read", "delete"][..], 1),
        ("positive-delivery, read", &["read", "read"], 2),
        ("read", &["delete-unread", "read"], 0),
        ("read", &["deny", "read", "consent"], 0),
        ("read", &["ignore", "read"], 0),
        ("negative-delivery", &["read"], 0),
        ("negative-delivery", &["not-displayed", "not-delivered"], 1),
        ("positive-delivery, negative-delivery", &["not-displayed"], 1),
        ("", &["read"], 0),
    ] {
        assert_eq!(story(receipts, how).receipts(), expected, "{receipts}, {how:?}");
    }
}

#[test]
fn the_same_message_again_is_the_same_request() {
    let mut subject = story("positive-delivery, read", &["read"]);
    subject.take(&asking("m", "positive-delivery, read"));
    subject.dispose("read");
    assert_eq!(subject.receipts(), 2);
    assert_eq!(subject.log()["shown"].as_array().unwrap().len(), 1);
}

#[test]
fn without_certainty_the_status_says_so() {
    let mut subject = Subject::new(None, Mode::Page);
    subject.policy(json!({"read_state": "unknown"}));
    subject.take(&asking("m", "positive-delivery, read"));
    let said = subject.all();
    assert!(said.contains("<type>read</type><status>485</status>"), "{said}");
    assert!(said.contains("<type>delivery</type><status>200</status>"), "{said}");
    subject.dispose("read");
    assert_eq!(subject.receipts(), 2);
}

#[test]
fn failure_after_acceptance_is_told_and_failure_before_is_not() {
    let mut subject = Subject::new(None, Mode::Page);
    subject.policy(json!({"on_arrival": "error"}));
    subject.take(&asking("m", "positive-delivery, negative-delivery, read"));
    assert!(subject.all().contains("<type>delivery</type><status>480</status>"));
    assert_eq!(subject.receipts(), 1);
    let mut subject = Subject::new(None, Mode::Page);
    subject.policy(json!({"reject_next": 486}));
    subject.take(&asking("m", "positive-delivery, negative-delivery, read"));
    assert_eq!((subject.receipts(), subject.said.last().unwrap().as_str()), (0, "486 "));
}

#[test]
fn who_wants_to_be_asked_is_asked() {
    let mut subject = Subject::new(None, Mode::Page);
    subject.policy(json!({"reports": "ask"}));
    subject.take(&asking("m", "positive-delivery, read"));
    subject.dispose("read");
    assert_eq!(subject.receipts(), 0);
    subject.dispose("consent");
    assert_eq!(subject.receipts(), 2);
}

#[test]
fn a_session_cares_for_delivery_itself() {
    let mut subject = Subject::new(None, Mode::Session);
    subject.take(&asking("m", "positive-delivery, negative-delivery, read"));
    assert_eq!(subject.receipts(), 0);
    subject.dispose("read");
    let receipt = subject.said.last().unwrap();
    let expected = "session Some(SessionId(7)) Reports { success: None, failure: Some(No) }: ";
    assert!(receipt.starts_with(expected), "{receipt}");
    subject.send(&["positive-delivery", "read"]);
    assert!(subject.said.last().unwrap().contains("\r\nReceipt-Request: read\r\n"));
    subject.send(&["negative-delivery"]);
    let request = subject.said.last().unwrap();
    assert!(!request.contains("Receipt-Request") && !request.contains("Message-ID"), "{request}");
}

#[test]
fn receipts_are_shown_once_with_what_they_say() {
    let mut subject = Subject::new(None, Mode::Page);
    let id = subject.send(&["positive-delivery", "negative-delivery", "read"]);
    let negative = receipt("im:gateway@example.org", BOB, ("delivery", &id, 503), "", "");
    for cpim in
        [&confirming("delivery", &id), &confirming("delivery", &id), &confirming("read", &id), &negative]
    {
        subject.take(cpim);
    }
    let entry = |recipient: Option<&str>, kind: &str, disposition: &str| json!({"message_id": id, "recipient": recipient, "type": kind, "disposition": disposition, "matched": true});
    let expected = [
        entry(Some(ALICE), "delivery", "200"),
        entry(Some(ALICE), "read", "200"),
        entry(None, "delivery", "503"),
    ];
    let log = subject.log();
    assert_eq!((&log["reports"], &log["shown"]), (&json!(expected), &json!([])));
}

#[test]
fn identifiers_are_compared_octet_by_octet() {
    let mut subject = Subject::new(None, Mode::Page);
    let id = subject.send(&["read"]);
    subject.take(&confirming("read", &id.to_uppercase()));
    let expected = if id == id.to_uppercase() { 1 } else { 0 };
    assert_eq!(subject.log()["reports"].as_array().unwrap().len(), expected);
}

#[test]
fn what_is_no_receipt_is_shown_and_what_is_unclear_is_not() {
    let mut subject = Subject::new(None, Mode::Page);
    let id = subject.send(&["positive-delivery"]);
    let receipt = confirming("delivery", &id);
    for (what, shown) in [
        (receipt.replace("message/status-receipt+xml", "application/xml"), true),
        (im("").replace("Content-type", "Content-Disposition: confirm\r\nContent-type"), true),
        (receipt.replace("Content-Disposition: confirm\r\n", ""), false),
        (receipt.replace(">delivery<", ">foo<"), false),
        (receipt.replace("status-receipt+xml", "status-receipt"), true),
    ] {
        let mut subject = Subject::new(None, Mode::Page);
        subject.take(&what);
        let log = subject.log();
        assert_eq!((log["shown"] != json!([]), &log["reports"]), (shown, &json!([])), "{what}");
    }
}

#[test]
fn media_types_are_the_same_in_any_case_and_with_any_parameters() {
    let mut subject = Subject::new(None, Mode::Page);
    let id = subject.send(&["positive-delivery"]);
    let other = "MESSAGE/Status-Receipt+XML; charset=\"utf-8\"";
    subject.take(&confirming("delivery", &id).replace("message/status-receipt+xml", other));
    assert_eq!(subject.log()["reports"].as_array().unwrap().len(), 1);
}

#[test]
fn prefixed_and_transposed_headers_ask_for_nothing() {
    for request in
        ["Request-Receipt: read", "imdn.Receipt-Request: read", "NS: r <urn:x:y>\r\nr.Receipt-Request: read"]
    {
        let mut subject = Subject::new(None, Mode::Page);
        subject.take(&im(&format!("Message-ID: m\r\n{request}\r\n")));
        subject.dispose("read");
        assert_eq!(subject.receipts(), 0, "{request}");
    }
}

#[test]
fn what_has_to_be_understood_and_is_not_is_refused() {
    let mut subject = Subject::new(None, Mode::Page);
    subject.take(&im("Require: Receipt-Request, Message-ID\r\n"));
    subject.take(&im("NS: q <urn:x:y>\r\nRequire: q.Gadget\r\n"));
    assert_eq!((subject.said[0].as_str(), subject.said.last().unwrap().as_str()), ("200 ", "420 "));
}

#[test]
fn what_an_endpoint_cannot_do_is_said() {
    for members in [
        json!({"profile": "imdn-03"}),
        json!({"receipts": ["display"]}),
        json!({"report": true}),
        json!({"list_action": "final-recipient"}),
        json!({"sign": true}),
        json!({"to": "sip:alice@somewhere.example"}),
        json!({"recipients": [{"uri": "<"}]}),
        json!({"to": null}),
    ] {
        let mut subject = Subject::new(None, Mode::Page);
        subject.send_with(members.clone());
        let said = subject.all();
        assert!(said.contains("ported") || said.contains("Failed"), "{members}: {said}");
    }
}

#[test]
fn a_scoped_reset_forgets_one_peer() {
    let carol = "sip:carol@127.0.0.1:5060";
    let mut subject = Subject::new(None, Mode::Page);
    let id = subject.send(&["read"]);
    subject.take(&asking("a", "read"));
    subject.take_from(carol, &asking("c", "read").replace("alice@", "carol@"));
    subject.ask(json!({"command": "reset", "peer": ALICE}));
    let shown = subject.ask(json!({"command": "log"}))["shown"].clone();
    assert_eq!((shown.as_array().unwrap().len(), &shown[0]["message_id"]), (1, &json!("c")));
    subject.take(&confirming("read", &id));
    assert_eq!(subject.log()["reports"], json!([]));
}

#[test]
fn nothing_waits_for_receipts() {
    let mut subject = Subject::new(None, Mode::Page);
    subject.send(&["read"]);
    assert_eq!(subject.agent.wakes_in(), None);
}
