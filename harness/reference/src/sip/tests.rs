//! Transactions and routes, without sockets.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::client::{Effect, Pending, Repeat, Sent};
use super::response::destination;
use super::server::{Answered, Key};
use super::*;
use crate::carrier::Answer;

const PEER: &str = "127.0.0.1:5060";

fn way(transport: Transport) -> (Route, bytes::Bytes) {
    (Route::To(transport, PEER.parse().unwrap()), bytes::Bytes::from_static(b"MESSAGE"))
}

fn about() -> Sent {
    Sent { request_uri: "sip:a@b".into(), owner: Owner::Message(None) }
}

fn source(port: u16) -> Source {
    Source { transport: Transport::Udp, address: SocketAddr::from(([127, 0, 0, 1], port)), link: None }
}

/// Milliseconds after the start at which an unanswered request goes out.
fn transmissions(transport: Transport, repeat: Repeat, until: u64) -> (Vec<u64>, bool) {
    let start = Instant::now();
    let mut pending = Pending::default();
    let mut sent = vec![0; pending.start("b".into(), about(), way(transport), repeat, start).len()];
    let mut given_up = false;
    while let Some(at) = pending.wakes().filter(|at| *at <= start + Duration::from_millis(until)) {
        for effect in pending.due(at) {
            match effect {
                Effect::Transmit(..) => sent.push((at - start).as_millis() as u64),
                Effect::TimedOut(_) => given_up = true,
            }
        }
    }
    (sent, given_up)
}

#[test]
fn datagrams_are_repeated_as_timer_e_has_it_until_timer_f() {
    let expected = [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500];
    assert_eq!(transmissions(Transport::Udp, Repeat::Request, 60_000), (expected.to_vec(), true));
}

#[test]
fn an_invite_is_repeated_as_timer_a_has_it() {
    let expected = [0, 500, 1500, 3500, 7500, 15500, 31500];
    assert_eq!(transmissions(Transport::Udp, Repeat::Invite, 60_000), (expected.to_vec(), true));
}

#[test]
fn an_acceptance_is_repeated_on_every_transport_and_a_refusal_on_datagrams_only() {
    let expected = [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500];
    for (transport, accepts, repeated) in [
        (Transport::Udp, true, true),
        (Transport::Tcp, true, true),
        (Transport::Udp, false, true),
        (Transport::Tcp, false, false),
    ] {
        let (sent, given_up) = transmissions(transport, Repeat::Final { accepts }, 60_000);
        assert_eq!((&sent[..], given_up), (if repeated { &expected[..] } else { &[0] }, true));
    }
}

#[test]
fn an_invite_that_is_known_is_not_repeated_and_waits_for_longer() {
    let now = Instant::now();
    let mut pending = Pending::default();
    pending.start("b".into(), about(), way(Transport::Udp), Repeat::Invite, now);
    pending.answered("b", 180, now);
    assert!(pending.due(now + Duration::from_secs(100)).is_empty());
    let effects = pending.due(now + Duration::from_secs(180));
    assert!(matches!(effects[..], [Effect::TimedOut(_)]), "{effects:?}");
}

#[test]
fn nothing_is_repeated_on_a_connection() {
    assert_eq!(transmissions(Transport::Tcp, Repeat::Request, 60_000), (vec![0], true));
}

#[test]
fn a_final_answer_ends_a_transaction_and_a_provisional_one_does_not() {
    let now = Instant::now();
    let mut pending = Pending::default();
    pending.start("b".into(), about(), way(Transport::Udp), Repeat::Request, now);
    assert!(pending.answered("b", 100, now).1.is_none());
    assert_eq!(pending.answered("b", 200, now).1, Some(about()));
    assert!(pending.answered("b", 200, now).1.is_none());
    assert!(pending.due(now + Duration::from_secs(40)).is_empty());
}

#[test]
fn a_burst_is_sent_in_portions_and_a_silent_peer_stops_nobody() {
    let now = Instant::now();
    let mut pending = Pending::default();
    let first: usize = (0..500)
        .map(|number| {
            pending.start(number.to_string(), about(), way(Transport::Udp), Repeat::Request, now).len()
        })
        .sum();
    assert!(first < 100, "{first} at once do not fit into the buffer of a socket");
    assert_eq!(pending.answered("0", 200, now).0.len(), 1);
    let later = pending.due(now + Duration::from_millis(500));
    assert!(later.len() > first, "repetitions, and as many new ones");
}

fn request(via: &str) -> Vec<u8> {
    format!(
        "MESSAGE sip:a@b SIP/2.0\r\nVia: {via}\r\nVia: SIP/2.0/UDP far\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\n\
         Call-ID: c\r\nCSeq: 1 MESSAGE\r\n\r\n"
    )
    .into_bytes()
}

#[test]
fn an_answer_copies_what_it_must_and_says_where_the_request_came_from() {
    for (via, noted, port) in [
        ("SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKa", "SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKa", 5080),
        ("SIP/2.0/UDP 127.0.0.1", "SIP/2.0/UDP 127.0.0.1", 5060),
        ("SIP/2.0/UDP h.org:7;branch=b", "SIP/2.0/UDP h.org:7;branch=b;received=127.0.0.1", 7),
        (
            "SIP/2.0/UDP 127.0.0.1:5080;rport;branch=b",
            "SIP/2.0/UDP 127.0.0.1:5080;rport=9999;branch=b;received=127.0.0.1",
            9999,
        ),
        (
            "SIP/2.0/UDP h.org:7, SIP/2.0/UDP g.org",
            "SIP/2.0/UDP h.org:7;received=127.0.0.1, SIP/2.0/UDP g.org",
            7,
        ),
    ] {
        let octets = request(via);
        let request = wire::sip::decode(&octets).value;
        let answer = Answer::new(200, "OK").encode(&request, &source(9999), "t", None);
        let expected = format!(
            "SIP/2.0 200 OK\r\nVia: {noted}\r\nVia: SIP/2.0/UDP far\r\nFrom: <sip:x@y>;tag=1\r\n\
             To: <sip:a@b>;tag=t\r\nCall-ID: c\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(String::from_utf8_lossy(&answer), expected);
        assert_eq!(destination(&request, &source(9999)).port(), port, "{via}");
    }
}

#[test]
fn what_is_left_of_the_way_is_what_max_forwards_says_or_seventy() {
    let hops = |line: &str| {
        let octets =
            String::from_utf8(request("SIP/2.0/UDP h")).unwrap().replace("CSeq", &format!("{line}CSeq"));
        Request::new(octets.into(), source(5060)).hops()
    };
    let lines = ["Max-Forwards: 0\r\n", "Max-Forwards: 7\r\n", "Max-Forwards: many\r\n", ""];
    assert_eq!(lines.map(hops), [0, 7, 70, 70]);
}

#[test]
fn answers_are_remembered_for_as_long_as_timer_j_runs() {
    let (one, other) = (request("SIP/2.0/UDP h;branch=z9hG4bKa"), request("SIP/2.0/UDP h;branch=z9hG4bKb"));
    let key = |octets: &[u8]| Key::of(&wire::sip::decode(octets).value);
    let start = Instant::now();
    let mut answered: Answered = Answered::default();
    answered.remember(key(&one), bytes::Bytes::from_static(b"1"), start);
    answered.remember(key(&other), bytes::Bytes::from_static(b"2"), start + Duration::from_secs(31));
    assert_eq!(answered.find(&key(&one)).map(|octets| &octets[..]), Some(&b"1"[..]));
    answered.remember(key(&other), bytes::Bytes::from_static(b"2"), start + Duration::from_secs(32));
    assert!(answered.find(&key(&one)).is_none());
    assert!(answered.find(&key(&other)).is_some());
}

#[test]
fn a_request_without_a_branch_is_told_by_everything_that_must_be_the_same() {
    let (one, other) = (request("SIP/2.0/UDP h"), request("SIP/2.0/UDP h;x"));
    let key = |octets: &[u8]| Key::of(&wire::sip::decode(octets).value);
    assert_eq!(key(&one), key(&one));
    assert_ne!(key(&one), key(&other));
}

#[test]
fn a_route_is_what_the_uri_says_and_else_what_the_message_came_by() {
    let to = |uri: &str, answered: Option<&Source>| match resolve(uri, answered) {
        Some(Route::To(transport, address)) => format!("{} {address}", transport.name()),
        Some(Route::Back(source)) => format!("back to {}", source.address),
        None => "nowhere".to_owned(),
    };
    let tcp = Source { transport: Transport::Tcp, ..source(9999) };
    assert_eq!(to("sip:a@127.0.0.1:7;transport=TCP", None), "TCP 127.0.0.1:7");
    assert_eq!(to("sip:a@127.0.0.1", None), "UDP 127.0.0.1:5060");
    assert_eq!(to("im:a@[::1]:7", Some(&tcp)), "TCP [::1]:7");
    assert_eq!(to("sip:a@127.0.0.1:7;transport=udp", Some(&tcp)), "UDP 127.0.0.1:7");
    assert_eq!(to("im:a@example.org", Some(&tcp)), "back to 127.0.0.1:9999");
    assert_eq!(to("im:a@example.org", None), "nowhere");
}

#[test]
fn what_does_not_fit_a_datagram_goes_over_tcp() {
    let outgoing = |size: usize| Outgoing {
        method: "MESSAGE",
        route: Route::To(Transport::Udp, PEER.parse().unwrap()),
        request_uri: "sip:a@127.0.0.1".into(),
        from: "sip:b@127.0.0.1".into(),
        to: "sip:a@127.0.0.1".into(),
        headers: Vec::new(),
        body: Some(("message/cpim".into(), vec![b'x'; size])),
        hops: HOPS,
        dialog: None,
        owner: Owner::None,
    };
    let marks = outgoing::Marks { branch: "z9hG4bK1", call_id: "1", tag: "1" };
    let encode = |size| outgoing(size).encode(PEER.parse().unwrap(), &marks);
    let (route, octets) = encode(700);
    assert_eq!(
        (route.transport(), octets.starts_with(b"MESSAGE sip:a@127.0.0.1 SIP/2.0\r\n")),
        (Transport::Udp, true)
    );
    let (route, octets) = encode(1300);
    assert_eq!(route.transport(), Transport::Tcp);
    assert!(String::from_utf8_lossy(&octets).contains("\r\nVia: SIP/2.0/TCP "));
}
