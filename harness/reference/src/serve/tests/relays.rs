//! The intermediary of RFC 5438 over real sockets: as a list, and as a proxy.

use super::*;

async fn start() -> Subject {
    Subject::play(Options { role: Role::B2bua, profile: Profile::Rfc5438, fault: None }).await
}

/// A MESSAGE from Alice to that URI, which asks for these notifications.
fn page(from: SocketAddr, uri: &str, id: &str, values: &str) -> Vec<u8> {
    let cpim = format!(
        "From: <sip:alice@{from}>\r\nTo: <{uri}>\r\nDateTime: 2026-06-15T12:34:56Z\r\n\
         NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: {id}\r\nimdn.Disposition-Notification: {values}\r\n\r\n\
         Content-Type: text/plain\r\n\r\nHello"
    );
    format!(
        "MESSAGE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{id}\r\nMax-Forwards: 70\r\n\
         From: \"Alice\" <sip:alice@{from}>;tag=a\r\nTo: <{uri}>\r\nCall-ID: {id}\r\nCSeq: 1 MESSAGE\r\n\
         X-Kept:  as it is\r\nContent-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{cpim}",
        cpim.len()
    )
    .into_bytes()
}

#[tokio::test]
async fn a_proxy_passes_requests_on_and_answers_back() {
    let subject = start().await;
    let (proxy, alice, carol) = (subject.address(), Udp::bind().await, Udp::bind().await);
    let request = page(alice.address(), &format!("sip:carol@{}", carol.address()), "m1", "negative-delivery");
    alice.send(&request, proxy).await;
    let passed = text(&carol.receive().await);
    let (_, rest) =
        text(&request).split_once("Max-Forwards: 70\r\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (head, body) = rest.split_once("Content-Length: ").unwrap();
    assert!(passed.contains(head) && passed.ends_with(body.split_once("\r\n").unwrap().1), "{passed}");
    assert!(
        passed.starts_with(&format!(
            "MESSAGE sip:carol@{} SIP/2.0\r\nVia: SIP/2.0/UDP {proxy};",
            carol.address()
        ))
    );
    assert!(passed.contains("\r\nMax-Forwards: 69\r\n") && passed.matches("Via: ").count() == 2, "{passed}");
    // What comes again meanwhile is not passed on again.
    alice.send(&request, proxy).await;
    let refused = text(&ok(passed.as_bytes())).replace("200 OK", "488 Not Acceptable Here\r\nX-Why: no");
    carol.send(refused.as_bytes(), proxy).await;
    for _ in 0..2 {
        let response = alice.receive().await;
        let answer = text(&response);
        assert_eq!((status(&response), answer.matches("Via: ").count()), (488, 1), "{answer}");
        assert!(
            answer.contains(&format!("Via: SIP/2.0/UDP {};branch=z9hG4bKm1", alice.address())),
            "{answer}"
        );
        assert!(answer.contains("\r\nX-Why: no\r\n"), "{answer}");
        alice.send(&request, proxy).await;
    }
    subject.end().await;
}

#[tokio::test]
async fn nothing_is_passed_on_to_nowhere() {
    let subject = start().await;
    let (proxy, alice) = (subject.address(), Udp::bind().await);
    for (id, uri) in [("m1", "sip:carol@somewhere.example".to_owned()), ("m2", format!("sip:nobody@{proxy}"))]
    {
        alice.send(&page(alice.address(), &uri, id, "display"), proxy).await;
        assert_eq!(status(&alice.receive().await), 404, "{uri}");
    }
    subject.end().await;
}

#[tokio::test]
async fn a_list_sends_on_and_tells_what_it_did() {
    let mut subject = start().await;
    let (address, alice, carol) = (subject.address(), Udp::bind().await, Udp::bind().await);
    let (list, member) = (format!("sip:team@{address}"), format!("sip:carol@{}", carol.address()));
    let define = json!({"command": "list", "uri": list, "members": [{"uri": member}]});
    assert_eq!(subject.ask(define).await["ok"], true);
    assert_eq!(subject.ask(json!({"command": "policy", "record_route": true})).await["ok"], true);
    alice.send(&page(alice.address(), &list, "m1", "processing"), address).await;
    assert_eq!(status(&alice.receive().await), 200);
    let copy = text(&carol.request(address).await);
    for line in [
        format!("To: <{member}>\r\nDateTime"),
        format!("imdn.Original-To: <{list}>\r\nimdn.IMDN-Record-Route: <sip:exploder@{address}>\r\n"),
    ] {
        assert!(copy.contains(&line), "{line} is missing in\n{copy}");
    }
    let told = text(&alice.request(address).await);
    assert!(told.contains("<processing-notification><status><processed/></status>"), "{told}");
    subject.end().await;
}
