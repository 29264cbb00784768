//! Receipts over real sockets.

use super::session::Session;
use super::*;

async fn start(role: Role, fault: Option<&str>) -> Subject {
    let fault = fault.map(|name| Fault::by_name(name).expect(name));
    Subject::play(Options { role, profile: Profile::Receipts00, fault }).await
}

/// A MESSAGE with that CPIM object in it.
fn page(from: SocketAddr, to: &str, id: &str, cpim: &str) -> Vec<u8> {
    format!(
        "MESSAGE {to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{id};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:alice@{from}>;tag=a\r\nTo: <{to}>\r\nCall-ID: {id}\r\nCSeq: 1 MESSAGE\r\n\
         Content-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{cpim}",
        cpim.len()
    )
    .into_bytes()
}

fn asking(from: &str, to: &str, id: &str, receipts: &str) -> String {
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\nMessage-ID: {id}\r\nReceipt-Request: {receipts}\r\n\r\n\
         Content-type: text/plain\r\n\r\nHello {id}"
    )
}

fn receipt(from: &str, to: &str, kind: &str, about: &str) -> String {
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\n\r\nContent-Type: message/status-receipt+xml\r\n\
         Content-Disposition: confirm\r\n\r\n<status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\">\
         <message-id>{about}</message-id><recipient-uri>{from}</recipient-uri><type>{kind}</type>\
         <status>200</status></status-receipt>"
    )
}

#[tokio::test]
async fn a_delivered_message_is_confirmed_over_udp() {
    let subject = start(Role::Endpoint, None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let (from, to) = (format!("sip:alice@{}", alice.address()), format!("sip:bob@{bob}"));
    alice.send(&page(alice.address(), &to, "m1", &asking(&from, &to, "m1", "positive-delivery")), bob).await;
    assert!(
        text(&alice.receive().await).ends_with("\r\nContent-Length: 0\r\n\r\n"),
        "no body in the response"
    );
    let request = text(&alice.request(bob).await);
    for part in [
        &format!("MESSAGE {from} SIP/2.0\r\n"),
        "\r\nContent-Type: message/cpim\r\n",
        &format!("\r\n\r\nFrom: <{to}>\r\nTo: <{from}>\r\nDateTime: "),
        "\r\n\r\nContent-type: message/status-receipt+xml\r\nContent-Disposition: confirm\r\n",
        "<message-id>m1</message-id>",
        "<type>delivery</type><status>200</status>",
    ] {
        assert!(request.contains(part), "{part:?} is missing in\n{request}");
    }
    assert!(!request.contains("\r\nContact: ") && !request.contains("Message-ID"), "{request}");
    subject.end().await;
}

#[tokio::test]
async fn a_confirmed_message_is_shown_as_such() {
    let mut subject = start(Role::Endpoint, None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let (uri, own) = (format!("sip:alice@{}", alice.address()), format!("sip:bob@{bob}"));
    let send = json!({"command": "send", "to": uri, "text": "Hi", "receipts": ["positive-delivery", "read"]});
    let id = subject.ask(send).await["message_id"].as_str().unwrap().to_owned();
    let request = text(&alice.request(bob).await);
    let headers = format!("\r\nMessage-ID: {id}\r\nReceipt-Request: positive-delivery, read\r\n\r\n");
    assert!(request.contains(&headers), "{request}");
    for (number, about) in [&id, "bogus"].into_iter().enumerate() {
        let cpim = receipt(&uri, &own, "read", about);
        alice.send(&page(alice.address(), &own, &format!("r{number}"), &cpim), bob).await;
        assert_eq!(status(&alice.receive().await), 200);
    }
    let log = subject.ask(json!({"command": "log", "peer": uri})).await;
    let entry =
        json!({"message_id": id, "recipient": uri, "type": "read", "disposition": "200", "matched": true});
    assert_eq!((&log["reports"], &log["shown"]), (&json!([entry]), &json!([])));
    subject.end().await;
}

#[tokio::test]
async fn faults_of_answers_show_on_the_wire() {
    let subject = start(Role::Endpoint, Some("receipt-in-2xx-body")).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let (from, to) = (format!("sip:alice@{}", alice.address()), format!("sip:bob@{bob}"));
    let request = page(alice.address(), &to, "m1", &asking(&from, &to, "m1", "positive-delivery"));
    alice.send(&request, bob).await;
    let response = text(&alice.receive().await);
    assert!(response.contains("<status>200</status>"), "{response}");
    assert!(text(&alice.request(bob).await).contains("<status>200</status>"));
    subject.end().await;
    let subject = start(Role::Endpoint, Some("no-response-to-receipt")).await;
    let bob = subject.address();
    let to = format!("sip:bob@{bob}");
    alice.send(&page(alice.address(), &to, "r1", &receipt(&from, &to, "read", "bogus")), bob).await;
    alice.send(&page(alice.address(), &to, "m2", &asking(&from, &to, "m2", "")), bob).await;
    assert!(text(&alice.receive().await).contains("\r\nCall-ID: m2\r\n"), "the receipt is not answered");
    subject.end().await;
}

#[tokio::test]
async fn a_list_says_who_could_not_be_reached_and_hands_receipts_on() {
    let mut subject = start(Role::B2bua, None).await;
    let (alice, carol, dave) = (Udp::bind().await, Udp::bind().await, Udp::bind().await);
    let host = subject.address();
    let (from, list) = (format!("sip:alice@{}", alice.address()), format!("sip:team@{host}"));
    let (third, fourth) = (format!("sip:carol@{}", carol.address()), format!("sip:dave@{}", dave.address()));
    let define = json!({"command": "list", "uri": list, "members": [{"uri": third}, {"uri": fourth}]});
    assert_eq!(subject.ask(define).await["ok"], true);
    let cpim = asking(&from, &list, "m1", "negative-delivery, read");
    alice.send(&page(alice.address(), &list, "m1", &cpim), host).await;
    assert_eq!(status(&alice.receive().await), 200);
    let copy = text(&carol.request(host).await);
    assert!(copy.ends_with(&cpim) && copy.contains(&format!("\r\nFrom: <{from}>;tag=")), "{copy}");
    let refusal = text(&ok(&dave.receive().await)).replace("200 OK", "404 Not Found");
    dave.send(refusal.as_bytes(), host).await;
    let failure = text(&alice.request(host).await);
    let named = format!("<recipient-uri>{fourth}</recipient-uri><type>delivery</type><status>404</status>");
    assert!(failure.contains(&named), "{failure}");
    let read = receipt(&third, &from, "read", "m1");
    carol.send(&page(carol.address(), &list, "r1", &read), host).await;
    assert_eq!(status(&carol.receive().await), 200);
    assert!(text(&alice.request(host).await).ends_with(&read), "as it came");
    subject.end().await;
}

#[tokio::test]
async fn a_read_message_is_confirmed_into_its_session() {
    let mut subject = start(Role::Endpoint, None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let mut session = Session::open(&uri, bob).await;
    let cpim = asking("sip:alice@127.0.0.1", &uri, "m1", "positive-delivery, negative-delivery, read");
    assert_eq!(session.ask("tr01", "", &cpim).await, "200");
    subject.ask(json!({"command": "dispose", "message_id": "m1", "how": "read"})).await;
    let confirmation = session.msrp.next().await;
    for part in [
        " SEND\r\nTo-Path: ",
        "\r\nFailure-Report: no\r\n",
        "\r\nContent-Type: message/cpim\r\n\r\nFrom: ",
        "<message-id>m1</message-id>",
        "<type>read</type><status>200</status>",
    ] {
        assert!(confirmation.contains(part), "{part:?} is missing in\n{confirmation}");
    }
    assert!(!confirmation.contains("Success-Report"), "{confirmation}");
    subject.end().await;
}

#[tokio::test]
async fn a_receipt_in_a_session_gets_no_response() {
    for (fault, expected) in [(None, "MSRP last 200 "), (Some("respond-to-receipt"), "MSRP rec1 200 ")] {
        let subject = start(Role::Endpoint, fault).await;
        let bob = subject.address();
        let uri = format!("sip:bob@{bob}");
        let mut session = Session::open(&uri, bob).await;
        let read = receipt("sip:alice@127.0.0.1", &uri, "read", "bogus");
        session.send("rec1", "Failure-Report: no\r\nSuccess-Report: no\r\n", &read).await;
        session.send("last", "", &asking("sip:alice@127.0.0.1", &uri, "m1", "")).await;
        let response = session.msrp.next().await;
        assert!(response.starts_with(expected), "{response}");
        subject.end().await;
    }
}
