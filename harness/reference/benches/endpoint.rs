//! How fast the reference is driven: ten thousand messages out, and ten thousand in.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has to stop")]

use std::net::SocketAddr;
use std::sync::Arc;

use divan::Bencher;
use imdnspec_reference::{Options, Profile, Role, serve_on};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, duplex};
use tokio::net::UdpSocket;
use tokio::runtime::Runtime;
use wire::sip::HeaderId;

const MESSAGES: usize = 10_000;
const IN_FLIGHT: usize = 64;

fn main() {
    divan::main();
}

struct Subject {
    commands: DuplexStream,
    lines: Lines<BufReader<DuplexStream>>,
    address: SocketAddr,
}

impl Subject {
    async fn start() -> Self {
        let options = Options { role: Role::Endpoint, profile: Profile::Imdn03, fault: None };
        let (commands, input) = duplex(1 << 16);
        let (output, lines) = duplex(1 << 16);
        tokio::spawn(serve_on(options, input, output));
        let mut lines = BufReader::new(lines).lines();
        let ready = lines.next_line().await.unwrap().unwrap();
        let address =
            ready.split("sip:bob@").nth(1).unwrap().split(['"', ';']).next().unwrap().parse().unwrap();
        Self { commands, lines, address }
    }
}

fn ok(octets: &[u8]) -> Vec<u8> {
    let request = wire::sip::decode(octets).value;
    let mut answer = b"SIP/2.0 200 OK\r\n".to_vec();
    for id in [HeaderId::VIA, HeaderId::FROM, HeaderId::TO, HeaderId::CALL_ID, HeaderId::CSEQ] {
        answer.extend_from_slice(request.header(id).unwrap().raw());
    }
    answer.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    answer
}

async fn answer(socket: Arc<UdpSocket>, count: usize) {
    let mut buffer = vec![0; 1 << 16];
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        socket.send_to(&ok(&buffer[..length]), from).await.unwrap();
    }
}

async fn send_all() {
    let subject = Subject::start().await;
    let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
    let to = socket.local_addr().unwrap();
    let answered = tokio::spawn(answer(socket, MESSAGES));
    let Subject { mut commands, mut lines, .. } = subject;
    let replies = tokio::spawn(async move {
        for _ in 0..MESSAGES {
            lines.next_line().await.unwrap().unwrap();
        }
    });
    for id in 0..MESSAGES {
        let line = format!(
            "{{\"id\":{id},\"command\":\"send\",\"to\":\"sip:alice@{to}\",\"text\":\"Hello {id}\",\"report\":true}}\n"
        );
        commands.write_all(line.as_bytes()).await.unwrap();
    }
    replies.await.unwrap();
    answered.await.unwrap();
}

fn message(number: usize, from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let body = format!(
        "From: <sip:alice@{from}>\r\nTo: <sip:bob@{to}>\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
         imdn.Disposition-Notification: \r\nimdn.Message-ID: m{number}\r\n\r\nContent-type: text/plain\r\n\r\nHi"
    );
    format!(
        "MESSAGE sip:bob@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{number};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:alice@{from}>;tag=a\r\nTo: <sip:bob@{to}>\r\nCall-ID: {number}\r\nCSeq: 1 MESSAGE\r\n\
         Content-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn receive_all() {
    let Subject { commands, mut lines, address } = Subject::start().await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let from = socket.local_addr().unwrap();
    let events = tokio::spawn(async move {
        for _ in 0..MESSAGES {
            lines.next_line().await.unwrap().unwrap();
        }
    });
    let mut buffer = vec![0; 1 << 16];
    let mut answered = 0;
    for number in 0..MESSAGES {
        socket.send_to(&message(number, from, address), address).await.unwrap();
        if number >= IN_FLIGHT {
            socket.recv_from(&mut buffer).await.unwrap();
            answered += 1;
        }
    }
    while answered < MESSAGES {
        socket.recv_from(&mut buffer).await.unwrap();
        answered += 1;
    }
    events.await.unwrap();
    drop(commands);
}

#[divan::bench(sample_count = 5)]
fn send_ten_thousand(bencher: Bencher) {
    let runtime = Runtime::new().unwrap();
    bencher.bench_local(|| runtime.block_on(send_all()));
}

#[divan::bench(sample_count = 5)]
fn receive_ten_thousand(bencher: Bencher) {
    let runtime = Runtime::new().unwrap();
    bencher.bench_local(|| runtime.block_on(receive_all()));
}

#[divan::bench]
fn start(bencher: Bencher) {
    let runtime = Runtime::new().unwrap();
    bencher.bench_local(|| runtime.block_on(async { Subject::start().await }));
}
