//! What an intermediary does, told one by one.

use super::*;
use crate::carrier::Way;
use crate::control::command::Failure;

/// What differs between a message and its copy.
fn differences(message: &str, copy: &str) -> (Vec<String>, Vec<String>) {
    let without = |one: &str, other: &str| {
        let others: Vec<_> = other.split("\r\n").collect();
        one.split("\r\n").filter(|line| !others.contains(line)).map(str::to_owned).collect::<Vec<_>>()
    };
    (without(message, copy), without(copy, message))
}

#[test]
fn a_message_that_asks_for_nothing_is_sent_on_octet_for_octet() {
    let mut subject = Subject::of(2);
    subject.policy(json!({"record_route": true}));
    for cpim in [im(""), im(&format!("{NS}imdn.Disposition-Notification: \r\n"))] {
        subject.sent.clear();
        assert_eq!(subject.take(&cpim), Some(200));
        let copies: Vec<_> =
            subject.sent.iter().map(|copy| (&*copy.request_uri, &*copy.body, copy.hops)).collect();
        let (one, two) = (member(1), member(2));
        assert_eq!(copies, [(&*one, cpim.as_bytes(), 69), (&*two, cpim.as_bytes(), 69)]);
    }
}

#[test]
fn a_copy_is_for_its_member_and_tells_whom_the_message_was_for() {
    let mut subject = Subject::of(2);
    let cpim = asking("m", "display");
    subject.take(&cpim);
    let (gone, new) = differences(&cpim, &subject.copies(2)[0]);
    assert_eq!(gone, [format!("To: \"Team\" <{LIST}>")]);
    assert_eq!(new, [format!("To: <{}>", member(2)), format!("imdn.Original-To: \"Team\" <{LIST}>")]);
    assert_eq!((&*subject.sent[0].from, subject.sent[0].to.clone()), (UMA, member(1)));
}

#[test]
fn whom_a_message_was_for_at_first_stays() {
    let mut subject = Subject::of(1);
    subject.take(&asking_with("m", "display", "imdn.Original-To: \"Z\" <sip:first@h>\r\n"));
    assert_eq!(lines(&subject.copies(1)[0], "imdn.Original-To: "), ["\"Z\" <sip:first@h>"]);
}

#[test]
fn a_hidden_target_is_nowhere() {
    let mut subject = Subject::of(1);
    subject.policy(json!({"hide_target": true}));
    for cpim in [asking("m", "display"), im("")] {
        subject.sent.clear();
        subject.take(&cpim);
        let copy = &subject.copies(1)[0];
        assert!(!copy.contains(LIST) && !copy.contains("Original-To"), "{copy}");
    }
}

#[test]
fn the_own_hop_is_on_top_in_the_namespace_of_the_message() {
    for (above, request, expected) in [
        ("", "imdn.", "imdn.IMDN-Record-Route"),
        ("NS: z <urn:ietf:params:imdn>\r\n", "z.", "z.IMDN-Record-Route"),
        ("NS: <urn:ietf:params:imdn>\r\n", "", "imdn1.IMDN-Record-Route"),
    ] {
        let mut subject = Subject::of(1);
        subject.policy(json!({"record_route": true}));
        let id = format!("{NS}imdn.Message-ID: m\r\n");
        subject.take(&im(&format!("{id}{above}{request}Disposition-Notification: display\r\n")));
        let copy = &subject.copies(1)[0];
        assert!(
            copy.contains(&format!("{expected}: <{HOST}>\r\n{request}Disposition-Notification")),
            "{copy}"
        );
    }
    let mut subject = Subject::of(1);
    subject.policy(json!({"record_route": true}));
    subject.take(&asking_with("m", "display", "imdn.IMDN-Record-Route: <sip:r0@h>\r\n"));
    let hops = lines(&subject.copies(1)[0], "imdn.IMDN-Record-Route: ");
    assert_eq!(hops, [format!("<{HOST}>"), "<sip:r0@h>".to_owned()]);
}

#[test]
fn who_needs_notifications_records_himself() {
    let mut open = Subject::of(2);
    open.policy(json!({"aggregate": true}));
    for (mut subject, expected) in [(open, HOST), (Subject::secret(2), LIST)] {
        subject.take(&asking("m", "display"));
        assert_eq!(lines(&subject.copies(2)[0], "imdn.IMDN-Record-Route: "), [format!("<{expected}>")]);
    }
}

#[test]
fn failure_is_told_once_to_those_who_want_to_know() {
    for (values, status, expected) in [
        ("negative-delivery", Some(404), Some("delivery failed")),
        ("negative-delivery, display", Some(603), Some("delivery failed")),
        ("negative-delivery", None, Some("delivery failed")),
        ("negative-delivery", Some(200), None),
        ("positive-delivery, display", Some(404), None),
        ("x-weather", Some(500), None),
    ] {
        let mut subject = Subject::of(1);
        subject.take(&asking("m", values));
        assert_eq!(subject.told(), [""; 0], "nothing is known yet");
        subject.conclude(1, status);
        assert_eq!(subject.told(), Vec::from_iter(expected), "{values}, {status:?}");
    }
}

#[test]
fn a_failure_names_the_member_and_whom_the_message_was_for() {
    let mut subject = Subject::of(2);
    subject.take(&asking("m", "negative-delivery"));
    subject.conclude(1, Some(200));
    subject.conclude(2, Some(404));
    let told = &subject.to(UMA)[0];
    let expected = format!(
        "<recipient-uri>{}</recipient-uri><original-recipient-uri>{LIST}</original-recipient-uri>",
        member(2)
    );
    assert!(told.contains(&expected), "{told}");
    assert!(told.starts_with(&format!("From: \"Team\" <{LIST}>\r\nTo: \"Uma\" <{UMA}>\r\n")), "{told}");
}

#[test]
fn policy_decides_what_is_said() {
    for (policy, processing, failed) in [
        (json!({"reports": "allow"}), &["processing processed"][..], &["delivery failed"][..]),
        (json!({"reports": "deny"}), &["processing forbidden"], &["delivery forbidden"]),
        (json!({"reports": "ignore"}), &[], &[]),
        (json!({"process_reports": false}), &[], &["delivery failed"]),
        (json!({"on_arrival": "unknown"}), &["processing error"], &[]),
    ] {
        for (status, expected) in [(200, processing), (404, failed)] {
            let mut subject = Subject::of(1);
            subject.policy(policy.clone());
            subject.take(&asking("m", if status == 200 { "processing" } else { "negative-delivery" }));
            subject.conclude(1, Some(status));
            assert_eq!(subject.told(), expected, "{policy} after {status}");
        }
    }
}

#[test]
fn processing_is_told_when_all_copies_are_settled() {
    let mut subject = Subject::of(2);
    subject.take(&asking("m", "processing"));
    subject.conclude(1, Some(200));
    assert_eq!(subject.told(), [""; 0]);
    subject.conclude(2, Some(404));
    assert_eq!(subject.told(), ["processing processed"]);
}

#[test]
fn nobody_is_told_of_what_nobody_got() {
    let mut subject = Subject::of(1);
    subject.take(&asking("m", "processing"));
    subject.conclude(1, Some(404));
    assert_eq!(subject.told(), [""; 0]);
}

#[test]
fn a_stored_message_goes_when_its_time_comes() {
    let mut subject = Subject::of(1);
    subject.policy(json!({"store": true}));
    subject.take(&asking("m", "processing, negative-delivery"));
    subject.conclude(1, Some(480));
    subject.wait(60);
    assert_eq!((subject.told(), subject.copies(1).len()), (vec!["processing stored".to_owned()], 1));
    subject.wait(600);
    assert_eq!(subject.copies(1).len(), 2);
    subject.conclude(1, Some(200));
    subject.wait(86_400);
    assert_eq!((subject.told().len(), subject.copies(1).len()), (1, 2), "one processing notification in all");
}

#[test]
fn a_message_is_not_stored_for_ever() {
    let mut subject = Subject::of(1);
    subject.policy(json!({"store": true}));
    subject.take(&asking("m", "negative-delivery"));
    subject.conclude(1, None);
    subject.wait(3 * 86_400);
    subject.conclude(1, None);
    assert_eq!(subject.told(), ["delivery failed"]);
    subject.wait(3 * 86_400);
    assert_eq!(subject.copies(1).len(), 2);
}

#[test]
fn what_cannot_be_told_is_not_told() {
    let anonymous = "sip:anonymous@anonymous.invalid";
    let nameless = asking("m", "negative-delivery").replace("imdn.Message-ID: m\r\n", "");
    for (sender, cpim) in [(anonymous, asking("m", "negative-delivery")), (UMA, nameless)] {
        let mut subject = Subject::of(1);
        subject.take_from(sender, LIST, &cpim);
        subject.conclude(1, Some(404));
        assert_eq!(subject.sent.len(), 1);
    }
}

#[test]
fn a_notification_goes_along_its_route_without_the_own_hop() {
    let (own, next) = (format!("imdn.IMDN-Route: <{HOST}>\r\n"), format!("imdn.IMDN-Route: <{XAVER}>\r\n"));
    for (hops, target, rest) in [
        (own.clone(), UMA, String::new()),
        (format!("{own}{next}"), XAVER, next.clone()),
        (format!("{next}{own}"), XAVER, format!("{next}{own}")),
        (String::new(), UMA, String::new()),
    ] {
        let mut subject = Subject::of(1);
        let cpim = telling(1, ("display", "displayed", "unknown"), &hops);
        assert_eq!(subject.take_from(&member(1), HOST, &cpim), Some(200));
        assert_eq!(subject.to(target), [cpim.replace(&hops, &rest)]);
    }
}

#[test]
fn what_is_for_others_is_passed_on_by_a_proxy() {
    let mut subject = Subject::of(1);
    assert_eq!(subject.take_from(UMA, XAVER, &asking("m", "negative-delivery")), None);
    let told = telling(1, ("display", "displayed", "m"), &format!("imdn.IMDN-Route: <{XAVER}>\r\n"));
    assert_eq!(subject.take_from(&member(1), UMA, &told), None);
    let own = telling(1, ("display", "displayed", "m"), &format!("imdn.IMDN-Route: <{HOST}>\r\n"));
    assert_eq!(subject.take_from(&member(1), UMA, &own), Some(200), "this host has asked to see it");
    assert_eq!(subject.told(), ["display displayed"]);
    assert_eq!(subject.take_from(UMA, "sip:nobody@127.0.0.1:5070", &im("")), Some(404));
}

#[test]
fn members_of_a_secret_list_are_nowhere() {
    let mut subject = Subject::secret(2);
    subject.take(&asking("m", "positive-delivery, negative-delivery, display"));
    subject.conclude(1, Some(404));
    subject.confirm(2, "delivery", "delivered", "m");
    subject.confirm(2, "display", "displayed", "m");
    subject.confirm(2, "display", "displayed", "m");
    assert_eq!(subject.told(), ["delivery failed", "delivery delivered", "display displayed"]);
    for told in subject.to(UMA) {
        assert!(
            !told.contains("d2@") && !told.contains("Member") && !told.contains("recipient-uri"),
            "{told}"
        );
    }
}

#[test]
fn nobody_else_speaks_for_a_secret_list() {
    let mut subject = Subject::secret(1);
    subject.take(&asking("m", "display"));
    for (number, id) in [(2, "m"), (1, "bogus")] {
        let cpim = telling(number, ("display", "displayed", id), "");
        assert_eq!(subject.take_from(&member(number), LIST, &cpim), Some(200));
    }
    assert_eq!(subject.told(), [""; 0]);
    subject.ask(json!({"command": "restart"}));
    subject.confirm(1, "display", "displayed", "m");
    assert_eq!(subject.told(), [""; 0], "what is forgotten stays secret");
}

#[test]
fn a_signed_message_is_sent_on_as_it_is_or_not_at_all() {
    for (mut subject, expected) in [(Subject::of(1), 200), (Subject::secret(1), 415)] {
        let mut message = incoming(Mode::Page, UMA, LIST, "--b--");
        message.content_type = Some("multipart/signed; boundary=b".to_owned());
        assert_eq!(subject.take_as(&message), Some(expected));
        assert_eq!(subject.copies(1).len(), usize::from(expected == 200));
    }
}

#[test]
fn a_bundle_has_every_document_once() {
    let mut subject = Subject::of(2);
    subject.policy(json!({"aggregate": true}));
    subject.take(&asking("m", "positive-delivery, display"));
    subject.confirm(1, "delivery", "delivered", "m");
    subject.confirm(2, "delivery", "delivered", "m");
    assert_eq!(subject.told(), [""; 0]);
    subject.wait(61);
    subject.confirm(2, "display", "displayed", "m");
    subject.confirm(1, "display", "displayed", "m");
    assert_eq!(
        subject.told(),
        ["delivery delivered, delivery delivered", "display displayed, display displayed"]
    );
    let bundle = &subject.to(UMA)[0];
    let object = wire::cpim::decode(bundle.as_bytes(), 0..bundle.len()).value;
    let parts = object.entity().parts();
    assert!(parts.deviations.is_empty(), "{:?}", parts.deviations);
    assert!(parts.value.iter().all(|part| part.is("message/imdn+xml")));
    assert_eq!(
        object.entity().header("Content-Disposition").map(|line| line.value().into_owned()).as_deref(),
        Some("notification")
    );
}

#[test]
fn one_alone_goes_as_it_came() {
    let mut subject = Subject::of(2);
    subject.policy(json!({"aggregate": true}));
    subject.take(&asking("m", "display"));
    subject.confirm(1, "display", "displayed", "m");
    subject.wait(61);
    assert_eq!(subject.to(UMA), [telling(1, ("display", "displayed", "m"), "")]);
}

#[test]
fn a_member_who_got_nothing_holds_nothing_back() {
    let mut subject = Subject::of(2);
    subject.policy(json!({"aggregate": true}));
    subject.take(&asking("m", "display"));
    subject.confirm(1, "display", "displayed", "m");
    subject.conclude(2, Some(404));
    assert_eq!(subject.told(), ["display displayed"]);
}

#[test]
fn a_list_of_unknown_size_speaks_once() {
    let mut subject = Subject::new(None, Mode::Page, 2, Secrecy::Number);
    subject.take(&asking("m", "positive-delivery, negative-delivery, processing, display"));
    subject.conclude(1, Some(200));
    subject.conclude(2, Some(200));
    subject.confirm(1, "delivery", "delivered", "m");
    subject.confirm(1, "display", "displayed", "m");
    subject.wait(61);
    subject.confirm(2, "display", "displayed", "m");
    subject.wait(61);
    assert_eq!(subject.told(), ["display displayed"]);
}

#[test]
fn a_session_says_nothing_of_its_own_and_hands_on() {
    let mut subject = Subject::new(None, Mode::Session, 1, Secrecy::Open);
    subject.take(&asking("m", "negative-delivery, processing, display"));
    assert!(subject.sent.iter().all(|copy| copy.mark.is_none() && copy.from == LIST));
    subject.take_from(&member(1), LIST, &telling(1, ("display", "displayed", "m"), ""));
    assert_eq!(subject.told(), ["display displayed"]);
    let last = subject.sent.last().unwrap();
    assert!(matches!(last.way, Way::Session { into: Some(_), .. }), "into the session of the sender");
}

#[test]
fn what_is_refused_goes_no_further() {
    let mut subject = Subject::of(1);
    subject.policy(json!({"reject_next": 486}));
    assert_eq!(subject.take(&asking("m", "negative-delivery")), Some(486));
    let mut message = incoming(Mode::Page, UMA, LIST, &im(""));
    message.hops = 0;
    assert_eq!(subject.take_as(&message), Some(483));
    assert!(subject.sent.is_empty());
}

#[test]
fn the_same_message_again_is_not_sent_on_again() {
    let mut subject = Subject::of(1);
    subject.take(&asking("m", "display"));
    assert_eq!(subject.take(&asking("m", "display")), Some(200));
    assert_eq!(subject.sent.len(), 1);
}

#[test]
fn what_a_machine_cannot_do_is_said() {
    for command in [
        json!({"command": "send", "to": UMA}),
        json!({"command": "policy", "reports": "ask"}),
        json!({"command": "policy", "on_arrival": "read"}),
        json!({"command": "policy", "read_state": "unknown"}),
    ] {
        let outcome = Subject::of(1).try_to(command.clone());
        assert!(matches!(outcome, Err(Failure::Unsupported(_))), "{command}");
    }
}
