//! Peers over UDP.

mod common;

use std::net::Ipv6Addr;

use common::*;
use imdnspec_peer::{Answer, Config, Limits, Network, Peer, StrayKind, Timers};
use record::{Ending, EventKind, Novelty, Purpose, Transport};

#[tokio::test]
async fn two_peers_exchange_a_message() {
    let (one, other) = (network().await, network().await);
    let ((alice, sent), (mut bob, got)) = (join(&one, "alice"), join(&other, "bob"));
    bob.set_answer(Answer::status(202).with_header("X-Answer", "yes"));
    let octets = message("bob", "1", alice.address(), "UDP");
    let pending = alice.request(octets.clone(), Transport::Udp, bob.address());
    let request = pending.request();
    let Ending::Final(event) = soon(pending).await else { panic!("no final response") };

    let incoming = soon(bob.next()).await;
    assert_eq!((incoming.octets, incoming.from), (octets.clone(), alice.address()));
    assert_eq!(kinds(&got), ["request in", "answer out"]);
    assert_eq!(kinds(&sent), ["request out", "response in", "over"]);

    let record = sent.finish();
    let EventKind::Received { novelty, octets: response, .. } = &record.event(event).unwrap().kind else {
        panic!()
    };
    assert_eq!(*novelty, Novelty::Response(request));
    let response = wire::sip::decode(response);
    assert_eq!(response.deviations, []);
    assert_eq!(response.value.status(), Some(202));
    assert_eq!(response.value.header_named(b"X-Answer").map(|header| header.raw_value()), Some(&b"yes"[..]));
    assert_eq!(record.events[2].kind, EventKind::Transaction { request, ending: Ending::Final(event) });
}

#[tokio::test]
async fn a_request_that_comes_again_is_absorbed_and_answered_as_before() {
    let network = network().await;
    let (mut bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let octets = message("bob", "1", iut.address(), "UDP");
    iut.send(&octets, bob.address()).await;
    let first = iut.receive().await;
    bob.set_answer(Answer::status(500));
    iut.send(&octets, bob.address()).await;
    assert_eq!(iut.receive().await, first);

    let incoming = soon(bob.next()).await;
    assert!(bob.try_next().is_none(), "only new requests are handed out");
    assert_eq!(kinds(&record), ["request in", "answer out", "again in", "again out"]);
    let events = record.finish().events;
    let EventKind::Received { novelty, .. } = events[2].kind else { panic!() };
    assert_eq!(novelty, Novelty::Retransmission(incoming.event));
    let EventKind::Sent { purpose, .. } = events[3].kind else { panic!() };
    assert_eq!(purpose, Purpose::Retransmission(record::EventId(1)));
}

#[tokio::test]
async fn silence_is_retransmitted_against_until_timer_f() {
    let (one, other) = (hasty().await, network().await);
    let ((alice, sent), (bob, got)) = (join(&one, "alice"), join(&other, "bob"));
    bob.set_answer(Answer::Silent);
    let pending = alice.request(message("bob", "1", alice.address(), "UDP"), Transport::Udp, bob.address());
    assert_eq!(soon(pending).await, Ending::TimedOut);
    // 5, 10, 20, then every 40 ms until 320 ms: however late the timers fire, the schedule stays.
    let mut expected = vec!["request out"];
    expected.extend(["again out"; 10]);
    expected.push("over");
    assert_eq!(kinds(&sent), expected);
    until(|| kinds(&got).len() == 11).await;
    expected.truncate(0);
    expected.push("request in");
    expected.extend(["again in"; 10]);
    assert_eq!(kinds(&got), expected);
}

#[tokio::test]
async fn an_abandoned_request_makes_its_response_stray() {
    let network = network().await;
    let (mut alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let pending = alice.request(message("iut", "1", alice.address(), "UDP"), Transport::Udp, iut.address());
    let request = iut.receive().await;
    pending.abandon();
    assert_eq!(pending.ending(), Some(Ending::TimedOut));
    iut.send(&response(&request, 200), alice.address()).await;
    let stray = soon(alice.next_stray_response()).await;
    assert_eq!((status(&stray.octets), stray.from), (Some(200), iut.address()));
    pending.abandon();
    assert_eq!(kinds(&record), ["request out", "over", "stray in"]);
}

#[tokio::test]
async fn provisional_and_repeated_responses_belong_to_their_request() {
    let network = network().await;
    let (alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let pending = alice.request(message("iut", "1", alice.address(), "UDP"), Transport::Udp, iut.address());
    let request = iut.receive().await;
    for code in [100, 200, 200] {
        iut.send(&response(&request, code), alice.address()).await;
    }
    assert_eq!(soon(pending).await, Ending::Final(record::EventId(2)));
    until(|| kinds(&record).len() == 5).await;
    assert_eq!(kinds(&record), ["request out", "response in", "response in", "over", "response in"]);
}

#[tokio::test]
async fn raw_octets_make_no_transaction() {
    let network = network().await;
    let (mut alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let octets = message("iut", "1", alice.address(), "UDP");
    let events = alice.raw(&[octets.clone(), octets.clone()], Transport::Udp, iut.address());
    assert_eq!(events.len(), 2);
    assert_eq!((iut.receive().await, iut.receive().await), (octets.clone(), octets.clone()));
    iut.send(&response(&octets, 400), alice.address()).await;
    assert_eq!(status(&soon(alice.next_stray_response()).await.octets), Some(400));
    assert_eq!(kinds(&record), ["raw out", "raw out", "stray in"]);
}

#[tokio::test]
async fn the_background_responder_answers_what_is_no_message() {
    let network = network().await;
    let (mut bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let mut codes = Vec::new();
    for (number, method) in ["OPTIONS", "CANCEL", "REGISTER"].into_iter().enumerate() {
        iut.send(&request(method, "bob", &number.to_string(), iut.address(), "UDP"), bob.address()).await;
        let answer = iut.receive().await;
        let answer = wire::sip::decode(&answer).value;
        codes.push((answer.status().unwrap(), answer.header_named(b"Allow").is_some()));
    }
    assert_eq!(codes, [(200, true), (481, false), (405, true)]);
    iut.send(&request("ACK", "bob", "a", iut.address(), "UDP"), bob.address()).await;
    iut.send(&request("MESSAGE", "bob", "m", iut.address(), "UDP"), bob.address()).await;
    assert_eq!(status(&iut.receive().await), Some(200));
    for method in ["OPTIONS", "CANCEL", "REGISTER", "MESSAGE"] {
        assert!(soon(bob.next()).await.octets.starts_with(method.as_bytes()));
    }
    let mut expected = ["request in", "answer out"].repeat(3);
    expected.extend(["request in", "request in", "answer out"]);
    assert_eq!(kinds(&record), expected);
}

#[tokio::test]
async fn an_answer_can_be_for_the_next_request_only() {
    let network = network().await;
    let (bob, _record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    bob.set_next_answer("MESSAGE", Answer::status(503));
    let mut codes = Vec::new();
    for branch in ["1", "2"] {
        iut.send(&message("bob", branch, iut.address(), "UDP"), bob.address()).await;
        codes.push(status(&iut.receive().await));
    }
    assert_eq!(codes, [Some(503), Some(200)]);
}

#[tokio::test]
async fn a_request_for_nobody_is_not_found() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let address = bob.address();
    let iut = Datagrams::bind().await;
    let octets = message("nobody", "1", iut.address(), "UDP");
    iut.send(&octets, address).await;
    assert_eq!(status(&iut.receive().await), Some(404));
    drop(bob);
    iut.send(&message("bob", "2", iut.address(), "UDP"), address).await;
    assert_eq!(status(&iut.receive().await), Some(404), "who has left is not found");

    let unclaimed = network.unclaimed();
    assert_eq!((unclaimed.requests, unclaimed.newest.len()), (2, 2));
    assert_eq!((unclaimed.newest[0].kind, &unclaimed.newest[0].octets), (StrayKind::Request, &octets));
    assert_eq!(kinds(&record), Vec::<&str>::new());
}

#[tokio::test]
async fn a_request_is_found_by_to_if_its_uri_names_the_host_alone() {
    let network = network().await;
    let (mut bob, _record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let octets = String::from_utf8(message("bob", "1", iut.address(), "UDP").to_vec()).unwrap();
    iut.send(octets.replacen("bob@", "", 1).as_bytes(), bob.address()).await;
    soon(bob.next()).await;
    assert_eq!(status(&iut.receive().await), Some(200));
}

#[tokio::test]
async fn a_request_too_large_for_a_datagram_is_broken() {
    let network = network().await;
    let (alice, record) = join(&network, "alice");
    let pending = alice.request(vec![b'x'; 70_000].into(), Transport::Udp, network.address());
    assert!(matches!(soon(pending).await, Ending::Broken(_)));
    assert_eq!(kinds(&record), ["request out", "over"]);
}

#[tokio::test]
async fn a_port_that_is_taken_is_refused() {
    let network = network().await;
    let config = Config { port: network.address().port(), ..Config::default() };
    let error = Network::bind(config).await.unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("cannot listen on {} for udp: ", network.address())),
        "{error}"
    );
}

#[tokio::test]
async fn the_sockets_are_closed_with_the_last_handle() {
    let network = network().await;
    let (peer, _record) = join(&network, "bob");
    let (ip, port) = (network.address().ip(), network.address().port());
    drop((network, peer));
    // The tasks that hold the sockets end at their next turn.
    let again = soon(async {
        loop {
            match Network::bind(Config { ip, port, ..Config::default() }).await {
                Ok(network) => break network,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    });
    assert_eq!(again.await.address().port(), port);
}

#[tokio::test]
async fn peers_speak_ipv6() {
    let localhost = Ipv6Addr::LOCALHOST.into();
    if tokio::net::UdpSocket::bind((localhost, 0)).await.is_err() {
        return; // This host has none.
    }
    let network = with(localhost, Timers::default(), Limits::default()).await;
    let ((alice, _sent), (bob, got)) = (join(&network, "alice"), join(&network, "bob"));
    for (transport, name) in [(Transport::Udp, "UDP"), (Transport::Tcp, "TCP")] {
        let pending = alice.request(message("bob", name, alice.address(), name), transport, bob.address());
        assert!(matches!(soon(pending).await, Ending::Final(_)), "{name}");
    }
    assert!(kinds(&got).ends_with(&["request in", "answer out"]));
}

#[tokio::test]
async fn a_request_ends_with_its_peer_and_its_network() {
    let network = network().await;
    let ((alice, record), (carol, _)) = (join(&network, "alice"), join(&network, "carol"));
    let iut = Datagrams::bind().await;
    let send = |peer: &Peer, branch| {
        peer.request(message("iut", branch, peer.address(), "UDP"), Transport::Udp, iut.address())
    };
    let (first, second) = (send(&alice, "1"), send(&carol, "2"));
    drop(alice);
    let request = iut.receive().await;
    iut.send(&response(&request, 200), network.address()).await;
    assert_eq!(soon(first).await, Ending::Broken("its peer has left the network".into()));
    drop((network, carol));
    assert_eq!(soon(second).await, Ending::Broken("the network is closed".into()));
    assert_eq!(kinds(&record), ["request out"]);
}
