//! What the tests of this crate share.

#![allow(dead_code, unreachable_pub, reason = "every test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "it is a part of tests")]

pub mod sessions;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use imdnspec_peer::{Config, Limits, Network, Peer, Timers};
use record::{Event, EventKind, Novelty, Purpose, Recorder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

/// Long enough that only a test that fails comes to its end.
const FAR: Duration = Duration::from_secs(30);

/// Waits for what is certain to happen; fails instead of hanging.
pub async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(FAR, future).await.expect("it never happened")
}

pub async fn network() -> Network {
    with(Ipv4Addr::LOCALHOST.into(), Timers::default(), Limits::default()).await
}

/// Timers so short that timer F ends after about a third of a second.
pub async fn hasty() -> Network {
    let millis = Duration::from_millis;
    let timers = Timers { t1: millis(5), t2: millis(40), t4: millis(50), msrp: millis(300) };
    with(Ipv4Addr::LOCALHOST.into(), timers, Limits::default()).await
}

pub async fn limited(limits: Limits) -> Network {
    with(Ipv4Addr::LOCALHOST.into(), Timers::default(), limits).await
}

pub async fn with(ip: IpAddr, timers: Timers, limits: Limits) -> Network {
    Network::bind(Config { ip, timers, limits, ..Config::default() }).await.unwrap()
}

/// A peer with a record of its own.
pub fn join(network: &Network, user: &str) -> (Peer, Recorder) {
    let recorder = Recorder::begin("test", "any");
    (network.join(user, user, &recorder), recorder)
}

/// A request of `method` to `user`, with its answer to go to `via`.
pub fn request(method: &str, user: &str, branch: &str, via: SocketAddr, transport: &str) -> Bytes {
    let body = "Hello";
    format!(
        "{method} sip:{user}@example.com SIP/2.0\r\nVia: SIP/2.0/{transport} {via};branch=z9hG4bK{branch}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:{user}@example.com>\r\n\
         Call-ID: call-{branch}\r\nCSeq: 1 {method}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}

pub fn message(user: &str, branch: &str, via: SocketAddr, transport: &str) -> Bytes {
    request("MESSAGE", user, branch, via, transport)
}

/// The response that an implementation would send.
pub fn response(request: &[u8], status: u16) -> Vec<u8> {
    wire::sip::respond(&wire::sip::decode(request).value, status, Some("t"), &[])
}

/// The status code of a response.
pub fn status(octets: &[u8]) -> Option<u16> {
    wire::sip::decode(octets).value.status()
}

/// A word for every event, in order.
pub fn kinds(recorder: &Recorder) -> Vec<&'static str> {
    recorder.snapshot().events.iter().map(kind).collect()
}

fn kind(event: &Event) -> &'static str {
    match &event.kind {
        EventKind::Sent { purpose, .. } => match purpose {
            Purpose::Request => "request out",
            Purpose::Answer(_) => "answer out",
            Purpose::Retransmission(_) => "again out",
            Purpose::Raw => "raw out",
        },
        EventKind::Received { novelty, .. } => match novelty {
            Novelty::Request => "request in",
            Novelty::Retransmission(_) => "again in",
            Novelty::Response(_) => "response in",
            Novelty::StrayResponse => "stray in",
            Novelty::Garbage => "garbage in",
        },
        EventKind::Transaction { .. } => "over",
        EventKind::Connection { .. } => "connection",
        EventKind::Note(_) => "note",
        _ => "other",
    }
}

/// The texts of all notes.
pub fn notes(recorder: &Recorder) -> Vec<String> {
    let events = recorder.snapshot().events;
    let note = |event: Event| if let EventKind::Note(text) = event.kind { Some(text) } else { None };
    events.into_iter().filter_map(note).collect()
}

/// What happened to the connections.
pub fn connections(recorder: &Recorder) -> Vec<String> {
    let events = recorder.snapshot().events;
    let what =
        |event: Event| if let EventKind::Connection { what, .. } = event.kind { Some(what) } else { None };
    events.into_iter().filter_map(what).collect()
}

/// Waits until the record has what the condition asks for.
pub async fn until(condition: impl Fn() -> bool) {
    soon(async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

/// An implementation reduced to its UDP socket.
pub struct Datagrams(pub UdpSocket);

impl Datagrams {
    pub async fn bind() -> Self {
        Self(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap())
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub async fn send(&self, octets: &[u8], to: SocketAddr) {
        self.0.send_to(octets, to).await.unwrap();
    }

    pub async fn receive(&self) -> Bytes {
        let mut buffer = vec![0; 65_536];
        let (length, _) = soon(self.0.recv_from(&mut buffer)).await.unwrap();
        Bytes::copy_from_slice(&buffer[..length])
    }
}

/// Reads until the octets of `count` messages without bodies are there, and cuts them apart.
pub async fn read_messages(stream: &mut TcpStream, count: usize) -> Vec<Vec<u8>> {
    let mut framer = wire::sip::stream::Framer::new();
    let mut found = Vec::new();
    let mut buffer = [0; 4096];
    while found.len() < count {
        let length = soon(stream.read(&mut buffer)).await.unwrap();
        assert_ne!(length, 0, "the stream ended after {} messages", found.len());
        framer.push(&buffer[..length]);
        for frame in framer.by_ref() {
            match frame {
                wire::sip::stream::Frame::Message(octets) => found.push(octets),
                other => panic!("{other:?}"),
            }
        }
    }
    found
}

pub async fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

pub async fn write(stream: &mut TcpStream, octets: &[u8]) {
    stream.write_all(octets).await.unwrap();
}
