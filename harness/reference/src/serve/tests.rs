//! The whole program in process: control over pipes, SIP over real sockets.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines as Read, duplex,
};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;

use super::*;

mod list;
mod notifications;
mod receipts;
mod relays;
mod session;

/// A reference and the driver that speaks to it.
struct Subject {
    commands: DuplexStream,
    lines: Read<BufReader<DuplexStream>>,
    task: JoinHandle<Result<(), ServeError>>,
    ready: Value,
    sent: u64,
}

impl Subject {
    async fn start(fault: Option<&str>) -> Self {
        let fault = fault.map(|name| Fault::by_name(name).expect(name));
        Self::play(Options { role: Role::Endpoint, profile: Profile::Imdn03, fault }).await
    }

    async fn play(options: Options) -> Self {
        let (commands, input) = duplex(1 << 16);
        let (output, lines) = duplex(1 << 16);
        let task = tokio::spawn(serve_on(options, input, output));
        let mut subject =
            Self { commands, lines: BufReader::new(lines).lines(), task, ready: Value::Null, sent: 0 };
        subject.ready = subject.line().await;
        subject
    }

    async fn line(&mut self) -> Value {
        let line = self.lines.next_line().await.unwrap().expect("the reference goes on");
        serde_json::from_str(&line).unwrap()
    }

    async fn event(&mut self, name: &str) -> Value {
        loop {
            let line = self.line().await;
            if line["event"] == name {
                return line;
            }
        }
    }

    async fn ask(&mut self, mut command: Value) -> Value {
        self.sent += 1;
        command["id"] = self.sent.into();
        self.commands.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        loop {
            let line = self.line().await;
            if line["id"] == self.sent {
                return line;
            }
        }
    }

    fn address(&self) -> SocketAddr {
        let address = self.ready["addresses"][0].as_str().unwrap();
        address.split_once('@').unwrap().1.parse().unwrap()
    }

    async fn end(self) {
        drop(self.commands);
        self.task.await.unwrap().unwrap();
    }
}

/// An instant message that asks for a report, in a SIP request; `extra` are CPIM header lines.
fn message(via: &str, from: SocketAddr, to: SocketAddr, id: &str, extra: &str) -> Vec<u8> {
    let body = format!(
        "From: <sip:alice@{from}>\r\nTo: <sip:bob@{to}>\r\nDateTime: 2026-01-01T00:00:00Z\r\n\
         Subject:;lang=fr Re\u{e7}u?\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\n\
         imdn.Disposition-Notification: \r\nimdn.Message-ID: {id}\r\n{extra}\r\n\
         Content-type: text/plain\r\n\r\nHello {id}"
    );
    format!(
        "MESSAGE sip:bob@{to} SIP/2.0\r\nVia: SIP/2.0/{via} {from};branch=z9hG4bK{id};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:alice@{from}>;tag=a\r\nTo: <sip:bob@{to}>\r\nCall-ID: {id}\r\n\
         CSeq: 1 MESSAGE\r\nContent-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn ok(request: &[u8]) -> Vec<u8> {
    let message = wire::sip::decode(request).value;
    let line = |id| String::from_utf8_lossy(message.header(id).unwrap().raw()).into_owned();
    use wire::sip::HeaderId as Id;
    let copied: String = [Id::VIA, Id::FROM, Id::TO, Id::CALL_ID, Id::CSEQ].map(line).concat();
    format!("SIP/2.0 200 OK\r\n{copied}Content-Length: 0\r\n\r\n").into_bytes()
}

struct Udp(UdpSocket);

impl Udp {
    async fn bind() -> Self {
        Self(UdpSocket::bind("127.0.0.1:0").await.unwrap())
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    async fn receive(&self) -> Vec<u8> {
        let mut buffer = vec![0; 1 << 16];
        let (length, _) = self.0.recv_from(&mut buffer).await.unwrap();
        buffer.truncate(length);
        buffer
    }

    async fn send(&self, octets: &[u8], to: SocketAddr) {
        self.0.send_to(octets, to).await.unwrap();
    }

    /// The next request, answered with 200.
    async fn request(&self, from: SocketAddr) -> Vec<u8> {
        let request = self.receive().await;
        assert!(request.starts_with(b"MESSAGE "), "{}", request.escape_ascii());
        self.send(&ok(&request), from).await;
        request
    }
}

fn status(octets: &[u8]) -> u16 {
    wire::sip::decode(octets).value.status().unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

#[tokio::test]
async fn says_what_it_is_and_ends_with_its_input() {
    let subject = Subject::start(None).await;
    assert_eq!((&subject.ready["event"], &subject.ready["protocol"]), (&json!("ready"), &json!(1)));
    assert_eq!(subject.ready["scoped"], true);
    assert_eq!(subject.ready["modes"], json!(["page", "session"]));
    let address = subject.address();
    assert_eq!(subject.ready["endpoints"][1], format!("sip:bob@{address};transport=tcp"));
    subject.end().await;
}

#[tokio::test]
async fn a_read_message_is_reported_over_udp() {
    let mut subject = Subject::start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    assert_eq!(subject.ask(json!({"command": "policy", "reports": "allow"})).await["ok"], true);
    alice.send(&message("UDP", alice.address(), bob, "m1", ""), bob).await;
    assert_eq!(status(&alice.receive().await), 200);
    let arrived = subject.event("arrived").await;
    assert_eq!(arrived["message_id"], "m1");
    subject.ask(json!({"command": "dispose", "handle": arrived["handle"], "how": "read"})).await;
    let report = text(&alice.request(bob).await);
    for part in [
        &format!("MESSAGE sip:alice@{} SIP/2.0", alice.address()),
        &format!("\r\n\r\nFrom: <sip:bob@{bob}>\r\nTo: <sip:alice@{}>\r\nDateTime: ", alice.address()),
        "\r\nSubject:;lang=fr Re\u{e7}u?\r\n",
        "\r\nNS: imdn <urn:ietf:params:cpim-headers:imdn>\r\nimdn.Message-ID: ",
        "\r\n\r\nContent-type: application/imdn+xml; charset=utf-8\r\n\r\n<?xml",
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>read</disposition>",
        "<original-message-id>m1</original-message-id>",
    ] {
        assert!(report.contains(part), "{part:?} is missing in\n{report}");
    }
    assert!(!report.contains("Disposition-Notification"), "{report}");
    let log = subject.ask(json!({"command": "log", "peer": format!("sip:alice@{}", alice.address())})).await;
    assert_eq!(
        (&log["shown"][0]["text"], &log["shown"][0]["subject"]),
        (&json!("Hello m1"), &json!("Reçu?"))
    );
    subject.end().await;
}

#[tokio::test]
async fn a_long_identifier_is_reported_over_tcp_on_a_connection_to_the_sender() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let alice = listener.local_addr().unwrap();
    let mut stream = TcpStream::connect(bob).await.unwrap();
    let id = "x".repeat(4095);
    subject.ask(json!({"command": "policy", "reports": "allow", "on_arrival": "read"})).await;
    stream.write_all(&message("TCP", alice, bob, &id, "")).await.unwrap();
    let (mut back, _) = listener.accept().await.unwrap();
    let mut report = Vec::new();
    while !text(&report).contains("</imdn>") {
        assert_ne!(back.read_buf(&mut report).await.unwrap(), 0);
    }
    assert!(text(&report).contains(&format!("<original-message-id>{id}</original-message-id>")));
    assert!(text(&report).contains("Via: SIP/2.0/TCP "));
    subject.end().await;
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_answer_and_arrives_once() {
    let mut subject = Subject::start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let request = message("UDP", alice.address(), bob, "m1", "");
    alice.send(&request, bob).await;
    alice.send(&request, bob).await;
    assert_eq!(alice.receive().await, alice.receive().await);
    let log = subject.ask(json!({"command": "log"})).await;
    assert_eq!(log["shown"].as_array().unwrap().len(), 1);
    subject.end().await;
}

#[tokio::test]
async fn what_is_wrong_is_refused() {
    let subject = Subject::start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let good = text(&message("UDP", alice.address(), bob, "m1", ""));
    let cases = [
        (good.replace("MESSAGE sip", "OPTIONS sip").replace("1 MESSAGE", "1 OPTIONS"), 200),
        (good.replace("MESSAGE sip", "PUBLISH sip").replace("1 MESSAGE", "1 PUBLISH"), 405),
        (good.replace("message/cpim", "image/png"), 415),
        (good.replace("CSeq: 1 MESSAGE", "CSeq: 1 INFO"), 400),
        (good.replace("Max-Forwards: 70", "Max-Forwards: 70\r\nRequire: magic"), 420),
        (good.replace("imdn.Message-ID: m1", "imdn.Message-ID: "), 400),
        (good.replace("imdn.Message-ID: m1\r\n", "NS: q <urn:x:y>\r\nq.A: b\r\nRequire: q.A\r\n"), 420),
    ];
    for (number, (case, expected)) in cases.into_iter().enumerate() {
        let case = case.replace("z9hG4bKm1", &format!("z9hG4bKcase{number}"));
        let body = case.split_once("\r\n\r\n").unwrap().1.len();
        let start = case.find("Content-Length: ").unwrap();
        let end = start + case[start..].find("\r\n").unwrap();
        let case = format!("{}Content-Length: {body}{}", &case[..start], &case[end..]);
        alice.send(case.as_bytes(), bob).await;
        assert_eq!(status(&alice.receive().await), expected, "case {number}");
    }
    subject.end().await;
}

#[tokio::test]
async fn a_sent_message_asks_and_its_report_is_shown() {
    let mut subject = Subject::start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let to = format!("sip:alice@{}", alice.address());
    let reply =
        subject.ask(json!({"command": "send", "to": to, "text": "Hi", "report": true, "subject": "S"})).await;
    let id = reply["message_id"].as_str().unwrap().to_owned();
    let request = text(&alice.request(bob).await);
    assert!(
        request.contains(&format!("imdn.Disposition-Notification: \r\nimdn.Message-ID: {id}\r\n")),
        "{request}"
    );
    subject.ask(json!({"command": "advance_clock", "seconds": 290})).await;
    for about in [&id, "somebody-elses"] {
        let body = format!(
            "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>read</disposition>\
             <original-message-id>{about}</original-message-id></imdn>"
        );
        let report = text(&message("UDP", alice.address(), bob, &format!("r-{about}"), ""))
            .replace("text/plain", "application/imdn+xml")
            .replace(&format!("Hello r-{about}"), &body);
        let length = report.split_once("\r\n\r\n").unwrap().1.len();
        let start = report.find("Content-Length: ").unwrap();
        let end = start + report[start..].find("\r\n").unwrap();
        let report = format!("{}Content-Length: {length}{}", &report[..start], &report[end..]);
        alice.send(report.as_bytes(), bob).await;
        assert_eq!(status(&alice.receive().await), 200);
    }
    let log = subject.ask(json!({"command": "log", "peer": to})).await;
    let expected =
        json!([{"message_id": id, "recipient": null, "type": null, "disposition": "read", "matched": true}]);
    assert_eq!((&log["reports"], &log["shown"]), (&expected, &json!([])));
    subject.end().await;
}

#[tokio::test]
async fn senseless_lines_get_an_error_and_do_no_harm() {
    let mut subject = Subject::start(None).await;
    subject.commands.write_all(b"\n{\n[1]\n\xff\xfe\n{\"id\":9}\n").await.unwrap();
    for expected in [Value::Null, Value::Null, Value::Null, json!(9)] {
        let line = subject.line().await;
        assert_eq!((&line["id"], &line["ok"], &line["error"]), (&expected, &json!(false), &json!("failed")));
    }
    let unsupported = subject.ask(json!({"command": "identity", "key_pem": ""})).await;
    assert_eq!(unsupported["error"], "unsupported");
    subject.end().await;
}

#[tokio::test]
async fn a_restart_forgets_messages_and_keeps_the_ports() {
    let mut subject = Subject::start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    alice.send(&message("UDP", alice.address(), bob, "m1", ""), bob).await;
    assert_eq!(status(&alice.receive().await), 200);
    subject.event("arrived").await;
    assert_eq!(subject.ask(json!({"command": "restart"})).await["ok"], true);
    assert_eq!(subject.event("ready").await, subject.ready);
    assert_eq!(subject.ask(json!({"command": "log"})).await["shown"], json!([]));
    subject.end().await;
}

/// The next whole message on a connection.
async fn streamed(stream: &mut TcpStream) -> Vec<u8> {
    let mut framer = wire::sip::stream::Framer::new();
    loop {
        let mut octets = Vec::new();
        assert_ne!(stream.read_buf(&mut octets).await.unwrap(), 0, "the connection stays");
        framer.push(&octets);
        if let Some(wire::sip::stream::Frame::Message(message)) = framer.next() {
            return message;
        }
    }
}

#[tokio::test]
async fn messages_over_tcp_share_a_connection_until_it_is_closed() {
    let mut subject = Subject::start(None).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("sip:alice@{};transport=tcp", listener.local_addr().unwrap());
    let send = json!({"command": "send", "to": to, "text": "Hi", "report": true});
    subject.ask(send.clone()).await;
    let (mut stream, _) = listener.accept().await.unwrap();
    for _ in 0..2 {
        let request = streamed(&mut stream).await;
        assert!(request.starts_with(format!("MESSAGE {to} SIP/2.0\r\nVia: SIP/2.0/TCP ").as_bytes()));
        stream.write_all(&ok(&request)).await.unwrap();
        subject.ask(send.clone()).await;
    }
    streamed(&mut stream).await;
    drop(stream);
    // The end of the connection may be noticed only when a message has been lost on it.
    let mut again = loop {
        subject.ask(send.clone()).await;
        tokio::select! {
            accepted = listener.accept() => break accepted.unwrap().0,
            () = tokio::task::yield_now() => {}
        }
    };
    assert!(streamed(&mut again).await.starts_with(b"MESSAGE "));
    subject.end().await;
}

#[tokio::test]
async fn a_refused_message_is_told_to_the_driver() {
    let mut subject = Subject::start(None).await;
    let (bob, alice) = (subject.address(), Udp::bind().await);
    let to = format!("sip:alice@{}", alice.address());
    subject.ask(json!({"command": "send", "to": to, "text": "Hi"})).await;
    let refusal = text(&ok(&alice.receive().await)).replace("200 OK", "486 Busy Here");
    alice.send(refusal.as_bytes(), bob).await;
    let event = subject.event("log").await;
    assert!(event["text"].as_str().unwrap().contains("answered with 486"), "{event}");
    subject.end().await;
}
