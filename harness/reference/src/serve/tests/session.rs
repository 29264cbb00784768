//! Sessions over real sockets, with requests written out by hand after RFC 3261, RFC 4975 and RFC 6135.

use std::collections::VecDeque;

use tokio::io::AsyncRead;

use super::*;

mod calling;
mod hostile;
mod list;
mod media;

/// Whole SIP messages out of a connection.
struct Sip {
    stream: TcpStream,
    framer: wire::sip::stream::Framer,
}

impl Sip {
    async fn connect(to: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(to).await.unwrap(), framer: wire::sip::stream::Framer::new() }
    }

    fn address(&self) -> SocketAddr {
        self.stream.local_addr().unwrap()
    }

    async fn send(&mut self, octets: &str) {
        self.stream.write_all(octets.as_bytes()).await.unwrap();
    }

    async fn next(&mut self) -> String {
        loop {
            if let Some(frame) = self.framer.next() {
                let wire::sip::stream::Frame::Message(octets) = frame else { panic!("{frame:?}") };
                return text(&octets);
            }
            self.framer.push(&more(&mut self.stream).await.expect("the SIP connection stays"));
        }
    }
}

async fn more(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    stream.read_buf(&mut octets).await.ok().filter(|length| *length > 0).map(|_| octets)
}

/// One end of an MSRP connection.
pub(super) struct Msrp {
    stream: TcpStream,
    framer: wire::msrp::stream::Framer,
    frames: VecDeque<String>,
}

impl Msrp {
    fn on(stream: TcpStream) -> Self {
        Self { stream, framer: wire::msrp::stream::Framer::new(), frames: VecDeque::new() }
    }

    async fn connect(path: &str) -> Self {
        let at = path.strip_prefix("msrp://").unwrap().split('/').next().unwrap();
        Self::on(TcpStream::connect(at).await.unwrap())
    }

    async fn send(&mut self, octets: &str) {
        self.stream.write_all(octets.as_bytes()).await.unwrap();
    }

    /// The next request or response; none at the end of the connection.
    async fn maybe(&mut self) -> Option<String> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return Some(frame);
            }
            self.framer.push(&more(&mut self.stream).await?);
            for frame in self.framer.by_ref() {
                let wire::msrp::stream::Frame::Message(octets) = frame else { panic!("{frame:?}") };
                self.frames.push_back(text(&octets));
            }
        }
    }

    pub(super) async fn next(&mut self) -> String {
        self.maybe().await.expect("the MSRP connection stays")
    }

    /// The next SEND that has a body, answered with 200 if it wants that; requests without one are answered on the way.
    async fn message(&mut self) -> String {
        loop {
            let frame = self.next().await;
            assert!(frame.contains(" SEND\r\n"), "{frame}");
            if !frame.contains("Failure-Report: no") {
                let response = ok_to(&frame);
                self.send(&response).await;
            }
            if frame.contains("\r\n\r\n") {
                return frame;
            }
        }
    }
}

/// The 200 to a SEND (RFC 4975 section 7.2).
fn ok_to(request: &str) -> String {
    let transaction = request.split(' ').nth(1).unwrap();
    let (to, from) = (field(request, "To-Path"), field(request, "From-Path"));
    format!("MSRP {transaction} 200 OK\r\nTo-Path: {from}\r\nFrom-Path: {to}\r\n-------{transaction}$\r\n")
}

/// The value of the first header, or the first attribute, of that name.
fn field(message: &str, name: &str) -> String {
    let line = |line: &&str| line.starts_with(name) && line[name.len()..].starts_with(':');
    let found = message.split("\r\n").find(line).unwrap_or_else(|| panic!("no {name} in\n{message}"));
    found[name.len() + 1..].trim().to_owned()
}

/// A session description of somebody at that address.
fn sdp(at: SocketAddr, session: &str, setup: Option<&str>) -> String {
    let setup = setup.map(|setup| format!("a=setup:{setup}\r\n")).unwrap_or_default();
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=message {} TCP/MSRP *\r\na=accept-types:message/cpim\r\na=accept-wrapped-types:*\r\n\
         a=path:msrp://{at}/{session};tcp\r\n{setup}",
        at.port()
    )
}

/// A call of Alice to the reference, over TCP.
struct Caller {
    sip: Sip,
    /// URI of whom she calls.
    callee: String,
    /// Where she takes requests.
    contact: SocketAddr,
    /// Value of To, with the tag as soon as there is one.
    to: String,
    number: u32,
}

impl Caller {
    async fn new(callee: &str, at: SocketAddr) -> Self {
        let sip = Sip::connect(at).await;
        let contact = sip.address();
        Self { sip, callee: callee.to_owned(), contact, to: format!("<{callee}>"), number: 0 }
    }

    fn request(&mut self, method: &str, body: &str) -> String {
        if method != "ACK" {
            self.number += 1;
        }
        let Self { sip, callee, contact, to, number } = self;
        let at = sip.address();
        let content_type = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {callee} SIP/2.0\r\nVia: SIP/2.0/TCP {at};branch=z9hG4bK{method}{number}\r\nMax-Forwards: 70\r\n\
             From: <sip:alice@{at}>;tag=a\r\nTo: {to}\r\nCall-ID: call@{at}\r\nCSeq: {number} {method}\r\n\
             Contact: <sip:alice@{contact};transport=tcp>\r\n{content_type}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// Sends a request and gives the final response to it.
    async fn ask(&mut self, method: &str, body: &str) -> String {
        let request = self.request(method, body);
        self.sip.send(&request).await;
        self.sip.next().await
    }

    /// An INVITE that is accepted; gives the description in the response.
    async fn call(&mut self, offer: &str) -> String {
        let response = self.ask("INVITE", offer).await;
        assert!(response.starts_with("SIP/2.0 200 OK\r\n"), "{response}");
        self.to = field(&response, "To");
        response.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    async fn acknowledge(&mut self, body: &str) {
        let ack = self.request("ACK", body);
        self.sip.send(&ack).await;
    }
}

/// A SEND of a CPIM object in one piece; `extra` are MSRP header lines.
fn send(to: &str, from: &str, id: &str, extra: &str, cpim: &str) -> String {
    format!(
        "MSRP {id} SEND\r\nTo-Path: {to}\r\nFrom-Path: {from}\r\nMessage-ID: {id}\r\n{extra}\
         Content-Type: message/cpim\r\n\r\n{cpim}\r\n-------{id}$\r\n"
    )
}

/// A CPIM object from Alice that asks for a report.
fn asking(to: &str, id: &str) -> String {
    format!(
        "From: <sip:alice@127.0.0.1>\r\nTo: <{to}>\r\nDateTime: 2026-01-01T00:00:00Z\r\n\
         NS: imdn <urn:ietf:params:cpim-headers:imdn>\r\nimdn.Disposition-Notification: \r\nimdn.Message-ID: {id}\r\n\r\n\
         Content-type: text/plain\r\n\r\nHello {id}"
    )
}

/// A session that Alice has opened and connected to.
pub(super) struct Session {
    caller: Caller,
    pub(super) msrp: Msrp,
    /// The reference's path, and Alice's.
    path: String,
    own: String,
}

impl Session {
    /// She connects, as who offers does without any `a=setup`.
    pub(super) async fn open(callee: &str, at: SocketAddr) -> Self {
        Self::of(Caller::new(callee, at).await).await
    }

    async fn of(mut caller: Caller) -> Self {
        let nowhere: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let answer = caller.call(&sdp(nowhere, "alice", None)).await;
        caller.acknowledge("").await;
        let path = field(&answer, "a=path");
        let msrp = Msrp::connect(&path).await;
        Self { caller, msrp, path, own: format!("msrp://{nowhere}/alice;tcp") }
    }

    pub(super) async fn send(&mut self, id: &str, extra: &str, cpim: &str) {
        let octets = send(&self.path, &self.own, id, extra, cpim);
        self.msrp.send(&octets).await;
    }

    /// Sends a message and gives the status of the response.
    pub(super) async fn ask(&mut self, id: &str, extra: &str, cpim: &str) -> String {
        self.send(id, extra, cpim).await;
        let response = self.msrp.next().await;
        response.split(' ').nth(2).unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_read_message_is_reported_into_its_session() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    subject.ask(json!({"command": "policy", "reports": "allow"})).await;
    let mut session = Session::open(&uri, bob).await;
    session.send("tr01", "Byte-Range: 1-*/*\r\nSuccess-Report: no\r\n", &asking(&uri, "m1")).await;
    let Session { path, own, .. } = &session;
    let expected = format!("MSRP tr01 200 OK\r\nTo-Path: {own}\r\nFrom-Path: {path}\r\n-------tr01$\r\n");
    assert_eq!(session.msrp.next().await, expected);
    let arrived = subject.event("arrived").await;
    assert_eq!(arrived["message_id"], "m1");
    subject.ask(json!({"command": "dispose", "handle": arrived["handle"], "how": "read"})).await;
    let report = session.msrp.next().await;
    for part in [
        " SEND\r\nTo-Path: ".to_owned(),
        format!("To-Path: {}\r\nFrom-Path: {}\r\nMessage-ID: ", session.own, session.path),
        "\r\nFailure-Report: no\r\n".to_owned(),
        "\r\nContent-Type: message/cpim\r\n\r\nFrom: ".to_owned(),
        "\r\nTo: <sip:alice@127.0.0.1>\r\n".to_owned(),
        "<disposition>read</disposition>".to_owned(),
        "<original-message-id>m1</original-message-id>".to_owned(),
    ] {
        assert!(report.contains(&part), "{part:?} is missing in\n{report}");
    }
    assert!(!report.contains("Success-Report"), "{report}");
    let bye = session.caller.ask("BYE", "").await;
    assert!(bye.starts_with("SIP/2.0 200 OK\r\n"), "{bye}");
    assert_eq!(session.msrp.maybe().await, None, "a connection without sessions is closed");
    subject.end().await;
}

#[tokio::test]
async fn an_answer_says_all_that_msrp_needs() {
    let subject = Subject::start(None).await;
    let bob = subject.address();
    let mut caller = Caller::new(&format!("sip:bob@{bob}"), bob).await;
    let answer = caller.call(&sdp("127.0.0.1:7".parse().unwrap(), "s", Some("actpass"))).await;
    let path = field(&answer, "a=path");
    let port = path.strip_prefix("msrp://127.0.0.1:").unwrap().split('/').next().unwrap();
    for line in [
        &format!("m=message {port} TCP/MSRP *"),
        "c=IN IP4 127.0.0.1",
        "a=accept-types:message/cpim",
        "a=accept-wrapped-types:*",
        "a=setup:passive",
    ] {
        assert!(answer.split("\r\n").any(|found| found == line), "{line} is missing in\n{answer}");
    }
    subject.end().await;
}
