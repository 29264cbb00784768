//! Notifications of RFC 5438 over real sockets.

use super::*;

async fn start(fault: Option<&str>) -> Subject {
    let fault = fault.map(|name| Fault::of(Profile::Rfc5438, name).expect(name));
    let mut subject = Subject::play(Options { role: Role::Endpoint, profile: Profile::Rfc5438, fault }).await;
    assert_eq!(subject.ask(json!({"command": "policy", "reports": "allow"})).await["ok"], true);
    subject
}

/// A MESSAGE with a CPIM object from one to the other; what stands behind its first two headers is given.
fn page(from: SocketAddr, to: SocketAddr, id: &str, rest: &str) -> Vec<u8> {
    let cpim = format!("From: <sip:alice@{from}>\r\nTo: <sip:bob@{to}>\r\n{rest}");
    format!(
        "MESSAGE sip:bob@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{id};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:alice@{from}>;tag=a\r\nTo: <sip:bob@{to}>\r\nCall-ID: {id}\r\nCSeq: 1 MESSAGE\r\n\
         Content-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{cpim}",
        cpim.len()
    )
    .into_bytes()
}

fn asking(id: &str, values: &str) -> String {
    format!(
        "DateTime: 2026-06-15T12:34:56Z\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: {id}\r\n\
         imdn.Disposition-Notification: {values}\r\n\r\nContent-Type: text/plain\r\n\r\nHello"
    )
}

#[tokio::test]
async fn a_message_is_reported_when_it_is_delivered_and_when_it_is_displayed() {
    let mut subject = start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    alice.send(&page(alice.address(), bob, "m1", &asking("m1", "positive-delivery, display")), bob).await;
    assert_eq!(status(&alice.receive().await), 200, "the answer comes first");
    for (kind, word) in [("delivery", "delivered"), ("display", "displayed")] {
        let request = text(&alice.request(bob).await);
        for part in [
            &format!("MESSAGE sip:alice@{} SIP/2.0\r\n", alice.address()),
            "\r\nContent-Type: message/cpim\r\n",
            "\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ",
            "\r\n\r\nContent-type: message/imdn+xml\r\nContent-Disposition: notification\r\n",
            "<message-id>m1</message-id><datetime>2026-06-15T12:34:56Z</datetime>",
            &format!("<{kind}-notification><status><{word}/></status>"),
        ] {
            assert!(request.contains(part), "{part:?} is missing in\n{request}");
        }
        subject.ask(json!({"command": "dispose", "message_id": "m1", "how": "read"})).await;
    }
    subject.end().await;
}

#[tokio::test]
async fn a_confirmed_message_is_shown_as_such() {
    let mut subject = start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let to = format!("sip:alice@{}", alice.address());
    let send = json!({"command": "send", "to": to, "text": "Hi", "receipts": ["display"]});
    let id = subject.ask(send).await["message_id"].as_str().unwrap().to_owned();
    let request = text(&alice.request(bob).await);
    assert!(request.contains("\r\nimdn.Disposition-Notification: display\r\n"), "{request}");
    let told = format!(
        "\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n\
         <imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>{id}</message-id><datetime/>\
         <display-notification><status><displayed/></status></display-notification></imdn>"
    );
    alice.send(&page(alice.address(), bob, "n1", &told), bob).await;
    assert_eq!(status(&alice.receive().await), 200);
    let log = subject.ask(json!({"command": "log", "peer": to})).await;
    let entry = json!({
        "message_id": id, "recipient": null, "type": "display", "disposition": "displayed", "matched": true,
        "signature": null, "encrypted": false,
    });
    assert_eq!((&log["reports"], &log["shown"]), (&json!([entry]), &json!([])));
    subject.end().await;
}

#[tokio::test]
async fn an_agent_in_a_hurry_reports_before_it_answers() {
    let subject = start(Some("imdn-before-2xx")).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    alice.send(&page(alice.address(), bob, "m1", &asking("m1", "positive-delivery")), bob).await;
    alice.request(bob).await;
    assert_eq!(status(&alice.receive().await), 200);
    subject.end().await;
}
