//! What RFC 5438 demands, said as it stands there.

use super::*;

/// One message and what the user does with it.
fn story(policy: Value, values: &str, how: &[&str]) -> Subject {
    let mut subject = Subject::new(None, Mode::Page);
    subject.policy(policy);
    subject.take(&asking("m", values));
    how.iter().for_each(|how| subject.dispose(how));
    subject
}

#[test]
fn a_notification_is_written_as_sections_7_and_11_want_it() {
    let mut subject = Subject::new(None, Mode::Page);
    let lines = "Subject:;lang=fr \u{c9}t\u{e9} & fin\r\nimdn.Original-To: \"List\" <sip:list@h>\r\n\
                 imdn.IMDN-Record-Route: \"A, B\" <sip:r@127.0.0.1:5061;lr>\r\n";
    let message = asking_with("m&1", "positive-delivery", lines);
    subject.take(&message.replace(&format!("From: <{ALICE}>"), &format!("From: \"Al\" <{ALICE}>")));
    assert_eq!(
        subject.said.last().unwrap(),
        "page: sip:r@127.0.0.1:5061;lr from sip:bob@127.0.0.1:5070 to sip:r@127.0.0.1:5061 [] message/cpim\n\
         From: <sip:bob@127.0.0.1:5070>\r\nTo: \"Al\" <sip:alice@127.0.0.1:5060>\r\nDateTime: NOW\r\n\
         NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ID\r\n\
         imdn.IMDN-Route: \"A, B\" <sip:r@127.0.0.1:5061;lr>\r\n\r\n\
         Content-type: message/imdn+xml\r\nContent-Disposition: notification\r\nContent-length: 398\r\n\r\n\
         <?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\
         <message-id>m&amp;1</message-id><datetime>2026-06-15T12:34:56Z</datetime>\
         <recipient-uri>sip:bob@127.0.0.1:5070</recipient-uri>\
         <original-recipient-uri>sip:list@h</original-recipient-uri>\
         <subject xml:lang=\"fr\">\u{c9}t\u{e9} &amp; fin</subject>\
         <delivery-notification><status><delivered/></status></delivery-notification></imdn>"
    );
}

#[test]
fn a_request_is_written_as_section_7_wants_it() {
    let mut subject = Subject::new(None, Mode::Page);
    subject.send_with(json!({
        "receipts": ["positive-delivery", "display", "display"], "require": true, "cc": ["sip:c@h", "sip:d@h"],
        "display_name": "Smith, \"Bob\"", "subjects": [{"text": " a\tb ", "lang": "fr"}, {"text": "c", "lang": null}],
    }));
    let request = subject.said.last().unwrap();
    assert_eq!(
        request.split_once('\n').unwrap().1,
        "From: \"Smith, \\\"Bob\\\"\" <sip:bob@127.0.0.1:5070>\r\nTo: <sip:alice@127.0.0.1:5060>\r\n\
         cc: <sip:c@h>\r\ncc: <sip:d@h>\r\nDateTime: NOW\r\nSubject:;lang=fr a\\tb\r\nSubject: c\r\n\
         NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ID\r\n\
         imdn.Disposition-Notification: positive-delivery, display\r\nRequire: imdn.Disposition-Notification\r\n\r\n\
         Content-type: text/plain; charset=utf-8\r\nContent-length: 2\r\n\r\nHi"
    );
}

#[test]
fn what_is_written_is_free_of_deviations() {
    let mut subject = Subject::new(None, Mode::Page);
    subject.take(&asking_with("a&<b", "positive-delivery", "Subject: <&\r\n"));
    let body = &subject.sent[0].body;
    let object = wire::cpim::decode(body, 0..body.len());
    assert_eq!(object.deviations, []);
    let profile = &wire::profile::RFC5438;
    let document = wire::notification::decode(body, object.value.content_span(), profile);
    assert_eq!(document.deviations, []);
    assert_eq!(document.value.value("message-id", profile), Some("a&<b"));
    for receipts in [&["display"][..], &[]] {
        subject.send_with(
            json!({"receipts": receipts, "subject": "\u{7f}\\ \u{1b} x", "display_name": "B (f)"}),
        );
        let body = &subject.sent.last().unwrap().body;
        assert_eq!(wire::cpim::decode(body, 0..body.len()).deviations, []);
    }
}

#[test]
fn each_outcome_is_told_once_and_only_if_it_is_wanted() {
    let (held, unknown) = (json!({"on_arrival": "hold-delivery"}), json!({"on_arrival": "unknown"}));
    for (policy, values, how, expected) in [
        (json!({}), "positive-delivery", &["read", "read", "delete"][..], &["delivery delivered"][..]),
        (
            json!({}),
            "positive-delivery, display",
            &["read", "read"],
            &["delivery delivered", "display displayed"],
        ),
        (json!({}), "display", &["delete-unread", "read"], &[]),
        (json!({}), "display", &["deny", "read"], &["display forbidden"]),
        (json!({}), "display", &["ignore", "read"], &[]),
        (json!({}), "display", &["not-displayed", "read"], &["display error"]),
        (json!({}), "negative-delivery", &["read"], &[]),
        (json!({}), "processing", &["read"], &[]),
        (json!({}), "", &["read"], &[]),
        (
            held.clone(),
            "positive-delivery, negative-delivery",
            &["not-delivered", "read"],
            &["delivery failed"],
        ),
        (held.clone(), "positive-delivery", &["not-delivered"], &[]),
        (
            held,
            "positive-delivery, negative-delivery",
            &["delivered", "not-delivered"],
            &["delivery delivered"],
        ),
        (unknown, "positive-delivery", &[], &["delivery error"]),
        (json!({"on_arrival": "error"}), "negative-delivery, display", &["read"], &["delivery failed"]),
        (json!({"on_arrival": "read"}), "display", &[], &["display displayed"]),
        (json!({"on_arrival": "delete"}), "positive-delivery, display", &["read"], &["delivery delivered"]),
        (json!({"read_state": "unknown"}), "display", &["read"], &["display error"]),
        (
            json!({"reports": "deny"}),
            "positive-delivery, display",
            &["read"],
            &["delivery forbidden", "display forbidden"],
        ),
        (json!({"reports": "ignore"}), "positive-delivery, display", &["read"], &[]),
        (json!({"reports": "ask"}), "positive-delivery, display", &["read"], &[]),
        (
            json!({"reports": "ask"}),
            "positive-delivery, display",
            &["read", "consent"],
            &["delivery delivered", "display displayed"],
        ),
        (json!({"reports": "ask"}), "positive-delivery", &["deny", "consent"], &["delivery forbidden"]),
        (json!({"reject_next": 486}), "positive-delivery, negative-delivery", &[], &[]),
    ] {
        assert_eq!(story(policy.clone(), values, how).told(), expected, "{policy}, {values}, {how:?}");
    }
}

#[test]
fn what_is_required_and_not_known_is_refused() {
    let mut subject = Subject::new(None, Mode::Page);
    for (names, answer) in [
        ("q.Gadget", "420 "),
        ("Subject,q.Gadget", "420 "),
        ("Subject, imdn.IMDN-Record-Route", "200 "),
        ("x.Subject", "420 "),
    ] {
        subject.take(&im(&format!("{NS}NS: q <urn:example:q>\r\nRequire: {names}\r\n")));
        assert!(
            subject.said.iter().rev().any(|said| said.starts_with(answer)),
            "{names}: {:?}",
            subject.said
        );
        subject.said.clear();
    }
}

#[test]
fn anonymous_senders_ask_for_nothing() {
    let mut subject = Subject::new(None, Mode::Page);
    let id = subject.send_with(json!({"receipts": ["display"], "hide_sender": true}));
    assert_eq!(id, "");
    let body = String::from_utf8_lossy(&subject.sent[0].body).into_owned();
    assert!(body.starts_with("From: <sip:anonymous@anonymous.invalid>\r\n"), "{body}");
    assert!(!body.contains("imdn") && subject.sent[0].from == "sip:anonymous@anonymous.invalid", "{body}");
}

#[test]
fn bundles_tell_all_that_is_in_them() {
    let mut subject = Subject::new(None, Mode::Page);
    let id = subject.send(&["positive-delivery", "display"]);
    let of = |kind, status, member| document(kind, status, &id, member);
    let first = bundle(&[
        of("delivery", "delivered", "sip:c@h"),
        of("delivery", "delivered", "sip:d@h"),
        of("display", "displayed", "sip:c@h"),
    ]);
    subject.take(&first);
    subject.take(&first);
    subject.take(&bundle(&[of("display", "displayed", "sip:d@h")]));
    let log = subject.log();
    let told: Vec<_> =
        log["reports"].as_array().unwrap().iter().map(|report| report["type"].as_str()).collect();
    assert_eq!(told, [Some("delivery"), Some("delivery"), Some("display"), Some("display")]);
    assert_eq!(log["shown"], json!([]));
}

#[test]
fn only_a_notification_with_all_its_marks_confirms() {
    let no_xmlns = |text: &str| text.replace(" xmlns=\"urn:ietf:params:xml:ns:imdn\"", "");
    let no_mark = |text: &str| text.replace("Content-Disposition: notification\r\n", "");
    type Change = fn(&str) -> String;
    let changes: [(Change, usize); 4] =
        [(|text| text.to_owned(), 1), (no_xmlns, 0), (no_mark, 0), (|text| text.replace("</imdn>", ""), 0)];
    for (change, reports) in changes {
        let mut subject = Subject::new(None, Mode::Page);
        let id = subject.send(&["display"]);
        subject.take(&change(&telling("display", "displayed", &id)));
        let log = subject.log();
        assert_eq!(log["reports"].as_array().unwrap().len(), reports, "{}", subject.all());
        assert_eq!(log["shown"], json!([]), "it is not for people");
    }
}

#[test]
fn what_is_shown_is_what_was_meant() {
    for (lines, content, text, member, expected) in [
        (
            "Subject:;lang=en;x=1;y=\"a; b: c\" real\r\n",
            "Content-Type: text/plain\r\n",
            "x",
            "subject",
            json!("real"),
        ),
        (
            "Subject: t\\tn\\\\\\u00e9\\q\r\n",
            "Content-Type: text/plain\r\n",
            "x",
            "subject",
            json!("t\tn\\\u{e9}q"),
        ),
        ("Subject: a\r\n b\r\n", "Content-Type: text/plain\r\n", "x", "subject", json!("a")),
        (
            "NS: <urn:x:y>\r\nSubject: foreign\r\n",
            "Content-Type: text/plain\r\n",
            "x",
            "subject",
            Value::Null,
        ),
        (
            "",
            "CONTENT-TYPE: text/plain;\r\n charset=utf-8\r\ncontent-transfer-encoding: BASE64\r\n",
            "aGk=",
            "text",
            json!("hi"),
        ),
        (
            "",
            "Content-Type: text/plain (x); charset=\"iso-8859-1\"\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            "=E9",
            "text",
            json!("\u{e9}"),
        ),
        ("", "Content-Type: text/plain\r\nContent-Length: 1\r\n", "whole", "text", json!("whole")),
        ("", "Content-Type: text/plain\r\n", "x", "sent", json!("2026-06-15T12:34:56Z")),
    ] {
        let mut subject = Subject::new(None, Mode::Page);
        subject.take(&im_with(lines, content, text));
        assert_eq!(subject.log()["shown"][0][member], expected, "{lines}{content}");
    }
}
