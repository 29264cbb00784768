//! How a list scales: one message to 10, 100 and 1,000 members, a report by each, and all of them handed on.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has to stop")]

use std::net::SocketAddr;

use divan::Bencher;
use imdnspec_reference::{Options, Profile, Role, serve_on};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, duplex};
use tokio::net::UdpSocket;
use tokio::runtime::Runtime;
use wire::sip::HeaderId;

fn main() {
    divan::main();
}

struct Subject {
    _commands: DuplexStream,
    _lines: Lines<BufReader<DuplexStream>>,
    list: SocketAddr,
}

/// A list of so many members, all at that address.
async fn start(members: usize, peers: SocketAddr) -> Subject {
    let options = Options { role: Role::B2bua, profile: Profile::Imdn03, fault: None };
    let (mut commands, input) = duplex(1 << 20);
    let (output, lines) = duplex(1 << 20);
    tokio::spawn(serve_on(options, input, output));
    let mut lines = BufReader::new(lines).lines();
    let ready = lines.next_line().await.unwrap().unwrap();
    let list = ready.split('@').nth(1).unwrap().split(['"', ';']).next().unwrap().parse().unwrap();
    let members: Vec<_> =
        (0..members).map(|number| format!("{{\"uri\":\"sip:d{number}@{peers}\"}}")).collect();
    let command = format!(
        "{{\"id\":1,\"command\":\"list\",\"uri\":\"sip:team@{list}\",\"members\":[{}]}}\n",
        members.join(",")
    );
    commands.write_all(command.as_bytes()).await.unwrap();
    lines.next_line().await.unwrap().unwrap();
    Subject { _commands: commands, _lines: lines, list }
}

fn request(number: usize, (from, to): (SocketAddr, SocketAddr), content: &str) -> Vec<u8> {
    let body = format!(
        "From: <sip:u@{from}>\r\nTo: <sip:team@{to}>\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n{content}"
    );
    format!(
        "MESSAGE sip:team@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{number};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:u@{from}>;tag=a\r\nTo: <sip:team@{to}>\r\nCall-ID: {number}\r\nCSeq: 1 MESSAGE\r\n\
         Content-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

const MESSAGE: &str = "imdn.Disposition-Notification: \r\nimdn.Message-ID: m\r\nimdn.List-Action: final-recipient\r\n\r\n\
                       Content-type: text/plain\r\n\r\nHi";
const REPORT: &str = "imdn.Message-ID: r\r\nimdn.Original-Message-ID: m\r\n\r\nContent-type: application/imdn+xml\r\n\r\n\
                      <imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>read</disposition></imdn>";

fn ok(octets: &[u8]) -> Vec<u8> {
    let request = wire::sip::decode(octets).value;
    let mut answer = b"SIP/2.0 200 OK\r\n".to_vec();
    for id in [HeaderId::VIA, HeaderId::FROM, HeaderId::TO, HeaderId::CALL_ID, HeaderId::CSEQ] {
        answer.extend_from_slice(request.header(id).unwrap().raw());
    }
    answer.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    answer
}

/// Plays requester and members on one socket: copies are answered and reported on, handed-on reports are counted.
async fn explode(members: usize) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let local = socket.local_addr().unwrap();
    let subject = start(members, local).await;
    let way = (local, subject.list);
    socket.send_to(&request(0, way, MESSAGE), subject.list).await.unwrap();
    let (mut reported, mut relayed) = (0, 0);
    let mut buffer = vec![0; 1 << 16];
    while relayed < members {
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        let octets = &buffer[..length];
        if !octets.starts_with(b"MESSAGE ") {
            continue;
        }
        socket.send_to(&ok(octets), from).await.unwrap();
        if octets.starts_with(b"MESSAGE sip:u@") {
            relayed += 1;
        } else {
            reported += 1;
            socket.send_to(&request(reported, way, REPORT), from).await.unwrap();
        }
    }
}

#[divan::bench(args = [10, 100, 1_000], sample_count = 10)]
fn final_recipient(bencher: Bencher, members: usize) {
    let runtime = Runtime::new().unwrap();
    bencher.bench_local(|| runtime.block_on(explode(members)));
}
