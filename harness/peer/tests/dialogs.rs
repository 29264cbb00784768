//! Dialogs with an implementation that is reduced to what each test needs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "it is a test, with helpers")]

mod common;

use common::sessions::*;
use common::*;
use imdnspec_peer::{Answer, Invite, MediaTypes, Peer, SessionError, SessionPolicy, Setup};
use record::{Blame, Transport};
use tokio::net::TcpListener;
use wire::sip::{HeaderId, Reply, decode};

/// A session description with that host, port and setup.
fn description(port: u16, setup: &str) -> String {
    let session = wire::sdp::Builder::new(7, &format!("msrp://127.0.0.1:{port}/iut;tcp")).unwrap();
    let types = MediaTypes::default();
    let session = session.accept_types(&[&types.accept[0]]).accept_wrapped_types(&[&types.wrapped[0]]);
    let session = Setup::parse(setup).into_iter().fold(session, wire::sdp::Builder::setup);
    String::from_utf8(session.encode()).unwrap()
}

/// What the implementation answers an INVITE with.
fn accept(request: &[u8], tag: &str, contact: &str, body: &str) -> Vec<u8> {
    let headers = [("Contact", contact), ("Content-Type", "application/sdp")];
    Reply { status: 200, to_tag: Some(tag), headers: &headers, body: body.as_bytes(), ..Reply::default() }
        .to(&decode(request).value)
}

/// The method or status of what the implementation receives next, and all of it.
async fn next(iut: &Datagrams) -> (String, Vec<u8>) {
    let octets = iut.receive().await;
    let decoded = decode(&octets);
    assert_eq!(decoded.deviations, [], "{}", octets.escape_ascii());
    let message = decoded.value;
    let method = message.method().map(|method| String::from_utf8_lossy(method.0).into_owned());
    (method.or(message.status().map(|status| status.to_string())).unwrap(), octets.to_vec())
}

fn invitation(peer: &Peer, iut: &Datagrams) -> Invite {
    let to = iut.address();
    Invite::new(to, Transport::Udp, &format!("sip:iut@{to}"), &format!("sip:alice@{}", peer.address()))
}

/// An INVITE of the implementation.
fn invite(user: &str, via: std::net::SocketAddr, number: u32, to_tag: &str, body: &str) -> Vec<u8> {
    let to = format!("<sip:{user}@127.0.0.1>{to_tag}");
    let request = wire::sip::build::RequestBuilder::new("INVITE", &format!("sip:{user}@127.0.0.1"))
        .via("UDP", &via.to_string(), &format!("z9hG4bKinvite{number}{}", body.len()))
        .max_forwards(70)
        .from("<sip:iut@127.0.0.1>;tag=iut")
        .to(&to)
        .call_id("call")
        .cseq(number)
        .header("Contact", &format!("<sip:iut@{via}>"));
    let request = if body.is_empty() { request } else { request.body("application/sdp", body) };
    request.build().unwrap()
}

/// A request of the implementation in the dialog that a response has made.
fn inside(method: &str, number: u32, response: &[u8], via: std::net::SocketAddr, body: &str) -> Vec<u8> {
    let response = decode(response).value;
    let value = |id| String::from_utf8(response.header(id).unwrap().value().to_vec()).unwrap();
    let contact = response.contact().map(|contact| contact.uri.to_string());
    let target = contact.unwrap_or_else(|| "sip:bob@127.0.0.1".to_owned());
    let request = wire::sip::build::RequestBuilder::new(method, &target)
        .via("UDP", &via.to_string(), &format!("z9hG4bK{method}{number}"))
        .max_forwards(70)
        .from(&value(HeaderId::FROM))
        .to(&value(HeaderId::TO))
        .call_id(&value(HeaderId::CALL_ID))
        .cseq(number);
    let request =
        if method == "INVITE" { request.header("Contact", &format!("<sip:iut@{via}>")) } else { request };
    let request = if body.is_empty() { request } else { request.body("application/sdp", body) };
    request.build().unwrap()
}

#[tokio::test]
async fn a_refusal_is_acknowledged_each_time_it_comes() {
    let network = network().await;
    let (alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let wanted = invitation(&alice, &iut);
    let serve = async {
        let (_, request) = next(&iut).await;
        for _ in 0..2 {
            iut.send(&response(&request, 486), alice.address()).await;
            let (method, ack) = next(&iut).await;
            assert_eq!(method, "ACK");
            let (ack, request) = (decode(&ack).value, decode(&request).value);
            assert_eq!(ack.via_branch(), request.via_branch(), "it belongs to the transaction");
            assert_eq!(ack.to_tag(), Some(&b"t"[..]));
        }
    };
    let (error, ()) = tokio::join!(soon(alice.invite(&wanted)), serve);
    let error = error.unwrap_err();
    assert!(matches!(error, SessionError::Refused { status: 486, .. }), "{error}");
    assert_eq!((error.blame(), error.event()), (Blame::Iut, Some(record::EventId(1))));
    assert_eq!(sip(&record), ["> INVITE", "< 486", "> ACK", "< 486", "> ACK"]);
}

#[tokio::test]
async fn an_acceptance_is_acknowledged_each_time_it_comes() {
    let network = network().await;
    let (alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let elsewhere = Datagrams::bind().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let wanted = invitation(&alice, &iut);
    let serve = async {
        let (_, request) = next(&iut).await;
        let body = description(listener.local_addr().unwrap().port(), "passive");
        let contact = format!("<sip:iut@{}>", elsewhere.address());
        let ok = accept(&request, "1", &contact, &body);
        for _ in 0..2 {
            iut.send(&ok, alice.address()).await;
            let (method, ack) = next(&elsewhere).await;
            assert_eq!(method, "ACK", "it goes to the Contact");
            assert_ne!(decode(&ack).value.via_branch(), decode(&request).value.via_branch());
        }
        // A fork that is not wanted ends at once.
        iut.send(&accept(&request, "2", &contact, &body), alice.address()).await;
        assert_eq!([next(&elsewhere).await.0, next(&elsewhere).await.0], ["ACK", "BYE"]);
    };
    let (session, ()) = tokio::join!(soon(alice.invite(&wanted)), serve);
    let session = session.unwrap();
    let mut stream = listener.accept().await.unwrap().0;
    let mut buffer = [0; 4096];
    let length = soon(tokio::io::AsyncReadExt::read(&mut stream, &mut buffer)).await.unwrap();
    let first = wire::msrp::decode(&buffer[..length]);
    assert_eq!(first.deviations, []);
    assert_eq!(first.value.method(), Some(wire::msrp::Method::SEND));
    assert_eq!(first.value.body(), None, "it has nothing to say");
    assert_eq!(first.value.to_path().next().unwrap().to_string(), session.remote_path());
    assert_eq!(sip(&record), ["> INVITE", "< 200", "> ACK", "< 200", "> ACK", "< 200", "> ACK", "> BYE"]);
}

#[tokio::test]
async fn an_answer_that_makes_no_session_is_ended() {
    for (body, why) in [
        (String::new(), "no body"),
        ("v=0\r\n".to_owned(), "no medium"),
        (description(7, "passive").replace("m=message 7", "m=message 0"), "not refused"),
        (description(7, "passive").replace("a=path", "a=way"), "no path"),
    ] {
        let network = network().await;
        let (alice, _record) = join(&network, "alice");
        let iut = Datagrams::bind().await;
        let wanted = invitation(&alice, &iut);
        let serve = async {
            let (_, request) = next(&iut).await;
            let contact = format!("<sip:iut@{}>", iut.address());
            iut.send(&accept(&request, "1", &contact, &body), alice.address()).await;
            assert_eq!([next(&iut).await.0, next(&iut).await.0], ["ACK", "BYE"]);
        };
        let (error, ()) = tokio::join!(soon(alice.invite(&wanted)), serve);
        let error = error.unwrap_err();
        assert!(matches!(error, SessionError::Unusable { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[tokio::test]
async fn a_path_where_nobody_listens_is_unreachable() {
    let network = network().await;
    let (alice, _record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let wanted = invitation(&alice, &iut);
    let free = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    let serve = async {
        let (_, request) = next(&iut).await;
        let contact = format!("<sip:iut@{}>", iut.address());
        iut.send(&accept(&request, "1", &contact, &description(free, "passive")), alice.address()).await;
        assert_eq!([next(&iut).await.0, next(&iut).await.0], ["ACK", "BYE"]);
    };
    let (error, ()) = tokio::join!(soon(alice.invite(&wanted)), serve);
    let error = error.unwrap_err();
    assert!(
        matches!(&error, SessionError::Unreachable { to, .. } if to.ends_with(&free.to_string())),
        "{error}"
    );
}

#[tokio::test]
async fn who_should_connect_and_does_not_is_told_so() {
    let network = network().await;
    let (alice, _record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let wanted = Invite { patience: std::time::Duration::from_millis(300), ..invitation(&alice, &iut) };
    let serve = async {
        let (_, request) = next(&iut).await;
        let contact = format!("<sip:iut@{}>", iut.address());
        iut.send(&accept(&request, "1", &contact, &description(9, "active")), alice.address()).await;
        assert_eq!([next(&iut).await.0, next(&iut).await.0], ["ACK", "BYE"]);
    };
    let (error, ()) = tokio::join!(soon(alice.invite(&wanted)), serve);
    assert_eq!(error.unwrap_err(), SessionError::NeverConnected { at: network.msrp_address() });
}

#[tokio::test]
async fn an_invitation_without_answer_is_given_up() {
    let network = hasty().await;
    let (alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let wanted = invitation(&alice, &iut);
    let error = soon(alice.invite(&wanted)).await.unwrap_err();
    assert_eq!(error, SessionError::NoAnswer { request: record::EventId(0) });
    // 5, 10, 20, ... 160 ms until 320 ms: seven times.
    assert_eq!(sip(&record), ["> INVITE"; 7]);
}

#[tokio::test]
async fn an_invitation_that_rings_is_cancelled_when_nobody_waits() {
    let network = network().await;
    let (alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let wanted = invitation(&alice, &iut);
    let mut inviting = Box::pin(alice.invite(&wanted));
    let ring = async {
        let (_, request) = next(&iut).await;
        iut.send(&response(&request, 180), alice.address()).await;
        until(|| sip(&record).len() == 2).await;
        request
    };
    let request = tokio::select! { _ = &mut inviting => panic!(), request = ring => request };
    drop(inviting);
    let (method, cancel) = next(&iut).await;
    assert_eq!(method, "CANCEL");
    iut.send(&response(&cancel, 200), alice.address()).await;
    iut.send(&response(&request, 487), alice.address()).await;
    assert_eq!(next(&iut).await.0, "ACK");
    assert_eq!(sip(&record), ["> INVITE", "< 180", "> CANCEL", "< 200", "< 487", "> ACK"]);
}

#[tokio::test]
async fn an_acceptance_that_comes_too_late_is_ended() {
    let network = network().await;
    let (alice, _record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let wanted = invitation(&alice, &iut);
    let mut inviting = Box::pin(alice.invite(&wanted));
    let (_, request) = tokio::select! { _ = &mut inviting => panic!(), request = next(&iut) => request };
    drop(inviting);
    let address = alice.address();
    drop(alice);
    let contact = format!("<sip:iut@{}>", iut.address());
    iut.send(&accept(&request, "1", &contact, &description(9, "active")), address).await;
    assert_eq!([next(&iut).await.0, next(&iut).await.0], ["ACK", "BYE"]);
}

#[tokio::test]
async fn an_acceptance_is_sent_again_until_it_is_acknowledged() {
    let network = hasty().await;
    let (mut bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    iut.send(&invite("bob", iut.address(), 1, "", &description(7, "active")), bob.address()).await;
    let (_, first) = next(&iut).await;
    let (_, second) = next(&iut).await;
    assert_eq!(first, second, "the first one may have been lost");
    iut.send(&inside("ACK", 1, &first, iut.address(), ""), bob.address()).await;
    until(|| sip(&record).contains(&"< ACK".to_owned())).await;
    let count = sip(&record).len();
    // Timer H is over when a transaction without answer that begins now is.
    let unanswered = bob.request(message("iut", "1", bob.address(), "UDP"), Transport::Udp, iut.address());
    assert_eq!(soon(unanswered).await, record::Ending::TimedOut);
    let after: Vec<_> = sip(&record).into_iter().skip(count).filter(|word| word != "> MESSAGE").collect();
    assert_eq!(after, Vec::<String>::new());
    assert_eq!(soon(bob.next_session()).await.end(), None);
}

#[tokio::test]
async fn a_session_that_is_never_acknowledged_is_ended() {
    let network = hasty().await;
    let (mut bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    iut.send(&invite("bob", iut.address(), 1, "", &description(7, "active")), bob.address()).await;
    let session = soon(bob.next_session()).await;
    assert_eq!(&*soon(session.ended()).await, "no ACK came for the answer to INVITE");
    // 5, 10, 20, then every 40 ms until 320 ms; then BYE.
    let expected: Vec<_> = std::iter::once("< INVITE").chain(["> 200"; 11]).chain(["> BYE"]).collect();
    assert_eq!(sip(&record)[..13], expected);
    assert_eq!(notes(&record).len(), 1);
}

#[tokio::test]
async fn an_offer_may_come_with_the_acceptance() {
    let network = network().await;
    let (mut bob, _record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    iut.send(&invite("bob", iut.address(), 1, "", ""), bob.address()).await;
    let (code, ok) = next(&iut).await;
    assert_eq!(code, "200");
    let offer = decode(&ok).value.body().to_vec();
    assert!(String::from_utf8_lossy(&offer).contains("a=setup:actpass"));
    let answer = description(listener.local_addr().unwrap().port(), "passive");
    iut.send(&inside("ACK", 1, &ok, iut.address(), &answer), bob.address()).await;
    soon(listener.accept()).await.unwrap();
    let session = soon(bob.next_session()).await;
    soon(session.connected()).await.unwrap();
    assert!(session.accepts("text/plain", true));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let offer = description(7, "actpass");
    let mut codes = Vec::new();
    for (number, request) in [
        invite("bob", iut.address(), 1, "", &offer.replace("TCP/MSRP", "RTP/AVP")),
        invite("bob", iut.address(), 2, ";tag=unknown", &offer),
        String::from_utf8(invite("bob", iut.address(), 3, "", &offer))
            .unwrap()
            .replace("application/sdp", "application/abc")
            .into_bytes(),
    ]
    .into_iter()
    .enumerate()
    {
        iut.send(&request, bob.address()).await;
        let (code, refusal) = next(&iut).await;
        codes.push(code);
        iut.send(&inside("ACK", number as u32 + 1, &refusal, iut.address(), ""), bob.address()).await;
    }
    assert_eq!(codes, ["488", "481", "415"]);
    bob.set_sessions(SessionPolicy { refuse: Some(603), ..SessionPolicy::default() });
    iut.send(&invite("bob", iut.address(), 4, "", &offer), bob.address()).await;
    assert_eq!(next(&iut).await.0, "603");
    bob.set_next_answer("INVITE", Answer::status(480).with_header("Retry-After", "5"));
    iut.send(&invite("bob", iut.address(), 5, "", &offer), bob.address()).await;
    assert_eq!(next(&iut).await.0, "480");
    assert_eq!(notes(&record), Vec::<String>::new());
}

#[tokio::test]
async fn another_invite_leaves_the_session_as_it_is() {
    let network = network().await;
    let (mut bob, _record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let offer = description(7, "active");
    iut.send(&invite("bob", iut.address(), 1, "", &offer), bob.address()).await;
    let (_, ok) = next(&iut).await;
    iut.send(&inside("ACK", 1, &ok, iut.address(), ""), bob.address()).await;
    let mut codes = Vec::new();
    let other = offer.replace("/iut;tcp", "/other;tcp");
    for (number, body) in [(3, &offer[..]), (4, ""), (5, &other), (6, "nonsense"), (2, &offer)] {
        iut.send(&inside("INVITE", number, &ok, iut.address(), body), bob.address()).await;
        let (code, answer) = next(&iut).await;
        let same = decode(&answer).value.body() == decode(&ok).value.body();
        codes.push(format!("{code} {same}"));
        iut.send(&inside("ACK", number, &answer, iut.address(), ""), bob.address()).await;
    }
    assert_eq!(codes, ["200 true", "200 true", "488 false", "488 false", "500 false"]);
    let session = soon(bob.next_session()).await;
    assert_eq!(session.end(), None);
    iut.send(&inside("BYE", 7, &ok, iut.address(), ""), bob.address()).await;
    assert_eq!(next(&iut).await.0, "200");
    assert_eq!(&*soon(session.ended()).await, "ended by the other side with BYE");
    iut.send(&inside("BYE", 8, &ok, iut.address(), ""), bob.address()).await;
    assert_eq!(next(&iut).await.0, "481");
}

#[tokio::test]
async fn an_invite_can_be_cancelled_before_its_final_answer() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let request = |number| invite("bob", iut.address(), number, "", &description(7, "active"));
    let cancel =
        |number| String::from_utf8(request(number)).unwrap().replace("INVITE", "CANCEL").into_bytes();
    iut.send(&cancel(7), bob.address()).await;
    assert_eq!(next(&iut).await.0, "481", "there is nothing to be cancelled");
    bob.set_next_answer("INVITE", Answer::status(180));
    iut.send(&request(1), bob.address()).await;
    assert_eq!(next(&iut).await.0, "180");
    iut.send(&cancel(1), bob.address()).await;
    let (ok, refusal) = (next(&iut).await, next(&iut).await);
    assert_eq!((ok.0.as_str(), refusal.0.as_str()), ("200", "487"));
    assert_eq!(decode(&ok.1).value.to_tag(), decode(&refusal.1).value.to_tag());
    iut.send(&inside("ACK", 1, &refusal.1, iut.address(), ""), bob.address()).await;
    until(|| sip(&record).last().is_some_and(|word| word == "< ACK")).await;
}

#[tokio::test]
async fn there_is_no_bye_before_the_ack() {
    let network = network().await;
    let (mut bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    iut.send(&invite("bob", iut.address(), 1, "", &description(7, "active")), bob.address()).await;
    let (_, ok) = next(&iut).await;
    let session = soon(bob.next_session()).await;
    let mut closing = Box::pin(session.close());
    tokio::select! {
        biased;
        _ = &mut closing => panic!("it was answered by nobody"),
        () = std::future::ready(()) => {}
    }
    assert_eq!(sip(&record), ["< INVITE", "> 200"]);
    let serve = async {
        iut.send(&inside("ACK", 1, &ok, iut.address(), ""), bob.address()).await;
        let (method, bye) = next(&iut).await;
        assert_eq!(method, "BYE");
        iut.send(&response(&bye, 200), bob.address()).await;
    };
    let (ending, ()) = tokio::join!(soon(closing), serve);
    assert!(matches!(ending, Some(record::Ending::Final(_))));
    assert_eq!(sip(&record), ["< INVITE", "> 200", "< ACK", "> BYE", "< 200"]);
}

#[tokio::test]
async fn a_peer_that_leaves_early_hangs_up_when_it_may() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let address = bob.address();
    let iut = Datagrams::bind().await;
    iut.send(&invite("bob", iut.address(), 1, "", &description(7, "active")), address).await;
    let (_, ok) = next(&iut).await;
    drop(bob);
    iut.send(&inside("ACK", 1, &ok, iut.address(), ""), address).await;
    assert_eq!(next(&iut).await.0, "BYE");
    assert_eq!(sip(&record), ["< INVITE", "> 200", "> BYE"]);
}

#[tokio::test]
async fn the_route_set_is_followed() {
    let network = network().await;
    let (mut bob, _record) = join(&network, "bob");
    let (iut, proxy) = (Datagrams::bind().await, Datagrams::bind().await);
    let request = invite("bob", iut.address(), 1, "", &description(7, "active"));
    let route = format!("Record-Route: <sip:{};lr>\r\nMax-Forwards", proxy.address());
    let request = String::from_utf8(request).unwrap().replacen("Max-Forwards", &route, 1);
    iut.send(request.as_bytes(), bob.address()).await;
    let (_, ok) = next(&iut).await;
    assert!(String::from_utf8_lossy(&ok).contains("Record-Route"));
    iut.send(&inside("ACK", 1, &ok, iut.address(), ""), bob.address()).await;
    let session = soon(bob.next_session()).await;
    let serve = async {
        let (method, bye) = next(&proxy).await;
        assert_eq!(method, "BYE");
        assert!(bye.starts_with(format!("BYE sip:iut@{} SIP/2.0\r\n", iut.address()).as_bytes()));
        proxy.send(&response(&bye, 200), bob.address()).await;
    };
    tokio::join!(soon(session.close()), serve);
}
