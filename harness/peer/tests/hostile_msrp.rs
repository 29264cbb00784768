//! What a peer does when it is treated badly in a session.

#![allow(clippy::unwrap_used, clippy::panic, reason = "it is a test, with helpers")]

mod common;

use std::collections::VecDeque;

use common::sessions::*;
use common::*;
use imdnspec_peer::{Answer, Delivery, Limits, MediaTypes, Network, Peer, Session, StrayKind};
use record::{EventKind, Recorder, Transport};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use wire::msrp::stream::{Frame, Framer};
use wire::msrp::{Builder, ByteRange, Flag, decode};
use wire::sip::HeaderId;

/// A session of Bob with an implementation that is reduced to its sockets and opens the connection.
struct Hostile {
    bob: Peer,
    session: Session,
    record: Recorder,
    network: Network,
    stream: Stream,
}

/// A connection of MSRP.
struct Stream {
    socket: TcpStream,
    framer: Framer,
    frames: VecDeque<Vec<u8>>,
}

impl Stream {
    async fn open(network: &Network) -> Self {
        let socket = connect(network.msrp_address()).await;
        Self { socket, framer: Framer::new(), frames: VecDeque::new() }
    }

    async fn write(&mut self, octets: &[u8]) {
        write(&mut self.socket, octets).await;
    }

    /// The next message on the connection: its status or method.
    async fn next(&mut self) -> String {
        let mut buffer = [0; 4096];
        while self.frames.is_empty() {
            let length = soon(self.socket.read(&mut buffer)).await.unwrap();
            assert_ne!(length, 0, "the connection is closed");
            self.framer.push(&buffer[..length]);
            let frames = self.framer.by_ref().map(|frame| match frame {
                Frame::Message(octets) => octets,
                other => panic!("{other:?}"),
            });
            self.frames.extend(frames);
        }
        let octets = self.frames.pop_front().unwrap();
        let decoded = decode(&octets);
        assert_eq!(decoded.deviations, [], "{}", octets.escape_ascii());
        let method = decoded.value.method().map(|method| String::from_utf8_lossy(method.0).into_owned());
        method.or(decoded.value.status().map(|status| status.to_string())).unwrap()
    }

    /// Whether the other side has closed it.
    async fn is_closed(&mut self) -> bool {
        // What is left unread makes the system reset the connection instead of closing it.
        matches!(soon(self.socket.read(&mut [0; 4096])).await, Ok(0) | Err(_))
    }
}

/// Answers that come in whatever order.
async fn begin(limits: Limits) -> Hostile {
    let network = limited(limits).await;
    let (mut bob, record) = join(&network, "bob");
    let session = open(&network, &mut bob, 1).await;
    let stream = Stream::open(&network).await;
    Hostile { bob, session, record, network, stream }
}

/// A session that the implementation opens by SIP, in which it will be active.
async fn open(network: &Network, bob: &mut Peer, number: u32) -> Session {
    open_and_bye(network, bob, number).await.0
}

/// The same, with the BYE that ends it.
async fn open_and_bye(network: &Network, bob: &mut Peer, number: u32) -> (Session, Vec<u8>) {
    let iut = Datagrams::bind().await;
    let offer = wire::sdp::Builder::new(1, "msrp://127.0.0.1:7/iut;tcp").unwrap();
    let offer =
        offer.accept_types(&[&MediaTypes::default().accept[0]]).setup(imdnspec_peer::Setup::Active).port(9);
    let make = |method: &str, to: &str| {
        wire::sip::build::RequestBuilder::new(method, "sip:bob@127.0.0.1")
            .via("UDP", &iut.address().to_string(), &format!("z9hG4bK{method}{number}"))
            .max_forwards(70)
            .from("<sip:iut@127.0.0.1>;tag=iut")
            .to(to)
            .call_id(&format!("call{number}"))
            .cseq(1)
            .header("Contact", &format!("<sip:iut@{}>", iut.address()))
    };
    let invite =
        make("INVITE", "<sip:bob@127.0.0.1>").body("application/sdp", offer.encode()).build().unwrap();
    iut.send(&invite, network.address()).await;
    let ok = iut.receive().await;
    let to = wire::sip::decode(&ok).value.header(HeaderId::TO).unwrap().value().to_vec();
    let to = String::from_utf8(to).unwrap();
    iut.send(&make("ACK", &to).build().unwrap(), network.address()).await;
    let bye = String::from_utf8(make("BYE", &to).build().unwrap()).unwrap().replace("1 BYE", "2 BYE");
    (soon(bob.next_session()).await, bye.into_bytes())
}

/// A chunk for that session.
fn chunk(to: &Session, transaction: &str, start: u64, total: Option<u64>, body: &str, flag: Flag) -> Vec<u8> {
    Builder::request("SEND", transaction, to.local_uri(), "msrp://127.0.0.1:7/iut;tcp")
        .message_id("message1")
        .success_report(true)
        .byte_range(ByteRange { start, end: None, total })
        .body("text/plain", body)
        .flag(flag)
        .encode()
}

#[tokio::test]
async fn a_request_for_no_session_is_told_so() {
    let Hostile { session, mut stream, network, record, bob: _bob } = begin(Limits::default()).await;
    let known = chunk(&session, "abcd1", 1, None, "hi", Flag::Final);
    let text = String::from_utf8(known).unwrap();
    let id = session.local_uri().rsplit('/').next().unwrap().trim_end_matches(";tcp").to_owned();
    stream.write(text.replace(&id, "unknown").as_bytes()).await;
    assert_eq!(stream.next().await, "481");
    let silent = text.replace(&id, "unknown").replace("Message-ID", "Failure-Report: no\r\nMessage-ID");
    stream.write(silent.as_bytes()).await;
    stream.write(text.as_bytes()).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    assert_eq!(msrp(&record), ["SEND in", "200 owed", "REPORT owed"]);
    let unclaimed = network.unclaimed();
    assert_eq!((unclaimed.requests, unclaimed.msrp_requests), (0, 2));
    assert_eq!(unclaimed.newest[0].kind, StrayKind::Request);
    assert_eq!(unclaimed.newest[0].transport, Transport::Msrp);
}

#[tokio::test]
async fn a_session_stays_with_its_connection() {
    let Hostile { session, mut stream, network, mut bob, record } = begin(Limits::default()).await;
    stream.write(&chunk(&session, "abcd1", 1, None, "hi", Flag::Final)).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    next_msrp(&mut bob).await;
    let mut other = Stream::open(&network).await;
    other.write(&chunk(&session, "abcd2", 1, None, "hi", Flag::Final)).await;
    assert_eq!(other.next().await, "506");
    stream.write(&chunk(&session, "abcd3", 1, None, "hi", Flag::Final)).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    let octets = next_msrp(&mut bob).await.octets;
    assert_eq!(
        decode(&octets).value.transaction(),
        Some(&b"abcd3"[..]),
        "what was rejected is not handed on"
    );
    assert_eq!(msrp(&record).iter().filter(|word| *word == "SEND in").count(), 3, "it stands in the record");
    drop(stream);
    assert!(soon(session.ended()).await.contains("closed by the IUT"));
    other.write(&chunk(&session, "abcd4", 1, None, "hi", Flag::Final)).await;
    assert_eq!(other.next().await, "481", "a session fails with its connection");
}

#[tokio::test]
async fn claims_cost_nothing() {
    let limits = Limits { received: 1 << 20, ..Limits::default() };
    let Hostile { session, mut stream, mut bob, network: _network, record: _record } = begin(limits).await;
    for (number, start) in [1 << 63, u64::MAX, 0, 1].into_iter().enumerate() {
        let octets = chunk(&session, &format!("abcd{number}"), start, Some(u64::MAX), "x", Flag::More);
        stream.write(&octets).await;
        assert_eq!(stream.next().await, "200");
        assert_eq!(next_msrp(&mut bob).await.octets, octets);
    }
    let endless = chunk(&session, "abcd9", 2, None, "x", Flag::Final);
    stream.write(&endless).await;
    assert_eq!(stream.next().await, "200");
}

#[tokio::test]
async fn half_a_chunk_and_garbage_stand_in_the_record() {
    let Hostile { session, mut stream, record, bob: _bob, network: _network } =
        begin(Limits::default()).await;
    let whole = chunk(&session, "abcd1", 1, None, "hello", Flag::Final);
    stream.write(&whole).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    stream.write(b"nonsense@bob\r\n\0\xff\r\n").await;
    stream.write(&whole).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    stream.write(&whole[..whole.len() - 8]).await;
    drop(stream);
    soon(session.ended()).await;
    let words = msrp(&record);
    assert_eq!(words.iter().filter(|word| *word == "garbage").count(), 2, "{words:?}");
    assert_eq!(notes(&record), ["the stream ended in the middle of a message"]);
}

#[tokio::test]
async fn a_chunk_that_is_too_large_is_passed_over() {
    let limits = Limits { message: 20_000, ..Limits::default() };
    let Hostile { session, mut stream, record, bob: _bob, network: _network } = begin(limits).await;
    stream.write(&chunk(&session, "abcd1", 1, None, "hello", Flag::Final)).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    stream.write(&chunk(&session, "abcd2", 1, None, &"x".repeat(50_000), Flag::Final)).await;
    stream.write(&chunk(&session, "abcd3", 1, None, "hello", Flag::Final)).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    assert_eq!(notes(&record), ["a chunk is too large to be taken in; the rest of it is passed over"]);
}

#[tokio::test]
async fn unfinished_chunks_take_no_more_than_they_may() {
    let limits = Limits { unfinished: 40_000, ..Limits::default() };
    let Hostile { session, mut stream, network, bob: _bob, record: _record } = begin(limits).await;
    let endless = chunk(&session, "abcd1", 1, None, &"x".repeat(60_000), Flag::Final);
    stream.write(&endless[..50_000]).await;
    assert!(stream.is_closed().await);
    let mut next = Stream::open(&network).await;
    next.write(&chunk(&session, "abcd2", 1, None, "x", Flag::Final)).await;
    assert_eq!(next.next().await, "200", "the room is free again");
}

#[tokio::test]
async fn a_flood_ends_at_the_limit_of_the_record() {
    let limits = Limits { received: 20_000, ..Limits::default() };
    let Hostile { session, mut stream, record, network: _network, bob: _bob } = begin(limits).await;
    for number in 0..200 {
        stream
            .write(&chunk(&session, &format!("abcd{number}"), 1, None, &"x".repeat(100), Flag::Final))
            .await;
    }
    until(|| notes(&record).iter().any(|note| note.contains("dropped unanswered"))).await;
    let received: usize = record
        .snapshot()
        .events
        .iter()
        .map(|event| match &event.kind {
            EventKind::Received { octets, .. } => octets.len(),
            _ => 0,
        })
        .sum();
    assert!(received <= 20_000, "{received}");
    assert_eq!(notes(&record).len(), 1, "it is said once");
}

#[tokio::test]
async fn sessions_beyond_the_limit_are_refused() {
    let network = limited(Limits { sessions: 1, ..Limits::default() }).await;
    let (mut bob, _record) = join(&network, "bob");
    let session = open(&network, &mut bob, 1).await;
    let pair = Pair::new().await;
    let uri = format!("sip:bob@{}", network.address());
    let invite = imdnspec_peer::Invite {
        destination: network.address(),
        uri: uri.clone(),
        to: format!("<{uri}>"),
        ..pair.invitation(Transport::Tcp)
    };
    let error = soon(pair.alice.invite(&invite)).await.unwrap_err();
    assert!(matches!(error, imdnspec_peer::SessionError::Refused { status: 486, .. }), "{error}");
    let own = soon(bob.invite(&pair.invitation(Transport::Tcp))).await.unwrap_err();
    assert_eq!(own, imdnspec_peer::SessionError::TooMany { limit: 1 });
    // It has not connected, and ends with the network all the same.
    drop((network, bob));
    assert_eq!(&*soon(session.ended()).await, "the network is closed");
}

#[tokio::test]
async fn connections_without_sessions_make_room() {
    let network = limited(Limits { connections: 1, ..Limits::default() }).await;
    let (mut bob, _record) = join(&network, "bob");
    let (first, bye) = open_and_bye(&network, &mut bob, 1).await;
    let mut stream = Stream::open(&network).await;
    stream.write(&chunk(&first, "abcd1", 1, None, "x", Flag::Final)).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    assert!(Stream::open(&network).await.is_closed().await, "the first one is in use");
    assert_eq!(network.unclaimed().connections, 1);
    Datagrams::bind().await.send(&bye, network.address()).await;
    soon(first.ended()).await;
    let second = open(&network, &mut bob, 2).await;
    let mut next = Stream::open(&network).await;
    next.write(&chunk(&second, "abcd1", 1, None, "x", Flag::Final)).await;
    assert_eq!([next.next().await, next.next().await], ["200", "REPORT"]);
    assert!(stream.is_closed().await);
    assert_eq!(network.unclaimed().connections, 1);
}

#[tokio::test]
async fn responses_to_nothing_are_stray() {
    let Hostile { session, mut stream, mut bob, record, network } = begin(Limits::default()).await;
    let response = |to: &str| Builder::response(200, "nobody1", to, "msrp://127.0.0.1:7/iut;tcp").encode();
    stream.write(&response("msrp://127.0.0.1:7/unknown;tcp")).await;
    stream.write(&response(session.local_uri())).await;
    assert_eq!(soon(bob.next_stray_response()).await.session, Some(session));
    assert_eq!(msrp(&record), ["200 stray"]);
    assert_eq!(network.unclaimed().responses, 1);
}

#[tokio::test]
async fn who_does_not_read_holds_only_himself_up() {
    let limits = Limits { unsent: 200_000, ..Limits::default() };
    let Hostile { session, mut stream, mut bob, network, record: _record } = begin(limits).await;
    stream.write(&chunk(&session, "abcd1", 1, None, "x", Flag::Final)).await;
    next_msrp(&mut bob).await;
    let stuck = session.send(plain(20_000_000));
    until(|| stuck.chunks().len() > 100).await;
    let other = open(&network, &mut bob, 2).await;
    let mut second = Stream::open(&network).await;
    second.write(&chunk(&other, "abcd1", 1, None, "x", Flag::Final)).await;
    assert_eq!([second.next().await, second.next().await], ["200", "REPORT"]);
    let quick = other.send(plain(5));
    assert_eq!(second.next().await, "SEND");
    // The system takes some megabytes; the rest waits where it costs nothing.
    assert_eq!(stuck.delivery(), None);
    assert!(stuck.chunks().len() < 20_000_000 / 2_048);
    drop((stream, second));
    assert!(matches!(soon(stuck.ended()).await, Delivery::Broken(_)));
    assert!(matches!(soon(quick.ended()).await, Delivery::Broken(_)));
}

#[tokio::test]
async fn a_refused_chunk_stops_the_message() {
    let Hostile { session, mut stream, mut bob, network: _network, record: _record } =
        begin(Limits::default()).await;
    stream.write(&chunk(&session, "abcd1", 1, None, "x", Flag::Final)).await;
    assert_eq!([stream.next().await, stream.next().await], ["200", "REPORT"]);
    bob.set_answer(Answer::Silent);
    next_msrp(&mut bob).await;
    let sending = session.send(plain(50_000_000));
    until(|| !sending.chunks().is_empty()).await;
    let mut buffer = [0; 100];
    soon(stream.socket.read_exact(&mut buffer)).await.unwrap();
    let transaction = String::from_utf8(buffer[5..31].to_vec()).unwrap();
    let refusal =
        Builder::response(413, transaction, session.local_uri(), "msrp://127.0.0.1:7/iut;tcp").encode();
    stream.write(&refusal).await;
    assert!(matches!(soon(sending.ended()).await, Delivery::Refused(_)));
    assert!(sending.chunks().len() < 50_000_000 / 2048, "the rest is not sent");
    drop(stream);
    soon(session.ended()).await;
}
