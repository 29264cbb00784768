//! Setting sessions up and ending them.

use super::*;

/// Somebody whom the reference calls.
struct Callee {
    udp: Udp,
    listener: TcpListener,
    invite: String,
}

impl Callee {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { udp: Udp::bind().await, listener, invite: String::new() }
    }

    fn uri(&self) -> String {
        format!("sip:carol@{}", self.udp.address())
    }

    /// The next request; a repeated one is passed over.
    async fn request(&self, method: &str) -> String {
        loop {
            let request = text(&self.udp.receive().await);
            if request.starts_with(&format!("{method} ")) {
                return request;
            }
            assert!(request.starts_with("INVITE ") || request.starts_with("ACK "), "{request}");
        }
    }

    async fn invited(&mut self) {
        self.invite = self.request("INVITE").await;
    }

    /// A response to the INVITE, with a description if it accepts.
    async fn answer(&self, start: &str, setup: Option<&str>) {
        let at = self.listener.local_addr().unwrap();
        let body = if start.starts_with('2') { sdp(at, "carol", setup) } else { String::new() };
        let line = |name| format!("{name}: {}\r\n", field(&self.invite, name));
        let copied: String = ["Via", "From", "Call-ID", "CSeq"].map(line).concat();
        let response = format!(
            "SIP/2.0 {start}\r\n{copied}To: {};tag=c\r\nContact: <{}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            field(&self.invite, "To"),
            self.uri(),
            body.len()
        );
        self.send(&response).await;
    }

    async fn send(&self, octets: &str) {
        let bob = field(&self.invite, "Via");
        let bob = bob.split([' ', ';']).nth(1).unwrap().parse().unwrap();
        self.udp.send(octets.as_bytes(), bob).await;
    }

    async fn accept(&self, octets: &str) {
        self.send(&text(&ok(octets.as_bytes()))).await;
    }
}

fn send_to(uri: &str, text: &str) -> Value {
    json!({"command": "send", "to": uri, "text": text, "mode": "session", "report": true})
}

#[tokio::test]
async fn a_message_opens_a_session_and_its_report_comes_back_there() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let mut carol = Callee::new().await;
    let long = "x".repeat(5000);
    let reply = subject.ask(send_to(&carol.uri(), &long)).await;
    let id = reply["message_id"].as_str().unwrap().to_owned();
    carol.invited().await;
    assert!(carol.invite.starts_with(&format!("INVITE {} SIP/2.0\r\n", carol.uri())), "{}", carol.invite);
    assert!(
        carol.invite.contains(&format!("\r\nContact: <sip:bob@{bob};transport=udp>\r\n")),
        "{}",
        carol.invite
    );
    assert!(carol.invite.contains("\r\na=setup:actpass\r\n"), "{}", carol.invite);
    carol.answer("180 Ringing", None).await;
    carol.answer("200 OK", Some("passive")).await;
    let ack = carol.request("ACK").await;
    assert!(ack.contains("\r\nCSeq: 1 ACK\r\n") && field(&ack, "To").ends_with(";tag=c"), "{ack}");
    carol.answer("200 OK", Some("passive")).await;
    assert_eq!(carol.request("ACK").await, ack, "a repeated response is acknowledged again");
    let mut msrp = Msrp::on(carol.listener.accept().await.unwrap().0);
    let mut body = String::new();
    for range in ["1-2048/", "2049-4096/", "4097-"] {
        let chunk = msrp.message().await;
        assert!(field(&chunk, "Byte-Range").starts_with(range), "{chunk}");
        body.push_str(chunk.split_once("\r\n\r\n").unwrap().1.rsplit_once("\r\n-------").unwrap().0);
    }
    assert!(body.contains(&format!("imdn.Message-ID: {id}\r\n")) && body.ends_with(&long), "{body}");
    let document = format!(
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>read</disposition>\
         <original-message-id>{id}</original-message-id></imdn>"
    );
    let report = asking(&field(&carol.invite, "From"), "r1")
        .replace("imdn.Disposition-Notification: \r\n", "")
        .replace("text/plain", "application/imdn+xml")
        .replace("Hello r1", &document);
    let own = format!("msrp://{}/carol;tcp", carol.listener.local_addr().unwrap());
    msrp.send(&send(&field(&carol.invite, "a=path"), &own, "rep1", "Failure-Report: no\r\n", &report)).await;
    // The response to this comes after the report was taken in.
    msrp.send(&send(&field(&carol.invite, "a=path"), &own, "mess", "", &asking("sip:bob@127.0.0.1", "m")))
        .await;
    assert!(msrp.next().await.starts_with("MSRP mess 200 "));
    let log = subject.ask(json!({"command": "log"})).await;
    assert_eq!((&log["reports"][0]["message_id"], &log["reports"][0]["matched"]), (&json!(id), &json!(true)));
    subject.end().await;
}

#[tokio::test]
async fn the_callee_may_connect() {
    let mut subject = Subject::start(None).await;
    let mut carol = Callee::new().await;
    subject.ask(send_to(&carol.uri(), "one")).await;
    carol.invited().await;
    carol.answer("200 OK", Some("active")).await;
    let path = field(&carol.invite, "a=path");
    let mut msrp = Msrp::connect(&path).await;
    let own = format!("msrp://{}/carol;tcp", carol.listener.local_addr().unwrap());
    msrp.send(&format!(
        "MSRP here SEND\r\nTo-Path: {path}\r\nFrom-Path: {own}\r\nMessage-ID: here\r\n-------here$\r\n"
    ))
    .await;
    let first = msrp.next().await;
    let second = msrp.next().await;
    assert!(
        [&first, &second].iter().any(|frame| frame.starts_with("MSRP here 200 OK\r\n")),
        "{first}{second}"
    );
    assert!(
        [&first, &second].iter().any(|frame| frame.contains("\r\n\r\none\r\n-------")),
        "{first}{second}"
    );
    subject.end().await;
}

#[tokio::test]
async fn a_refused_invitation_is_told_to_the_driver_and_acknowledged() {
    let mut subject = Subject::start(None).await;
    let mut carol = Callee::new().await;
    subject.ask(send_to(&carol.uri(), "one")).await;
    carol.invited().await;
    carol.answer("486 Busy Here", None).await;
    let ack = carol.request("ACK").await;
    assert_eq!(field(&ack, "Via"), field(&carol.invite, "Via"));
    let event = subject.event("log").await;
    assert!(event["text"].as_str().unwrap().contains("answered with 486"), "{event}");
    subject.end().await;
}

#[tokio::test]
async fn a_refused_message_gives_up_the_rest_of_it() {
    let mut subject = Subject::start(None).await;
    let mut carol = Callee::new().await;
    subject.ask(send_to(&carol.uri(), "one")).await;
    carol.invited().await;
    carol.answer("200 OK", Some("passive")).await;
    let mut msrp = Msrp::on(carol.listener.accept().await.unwrap().0);
    let chunk = msrp.next().await;
    msrp.send(&ok_to(&chunk).replace("200 OK", "413 No")).await;
    let event = subject.event("log").await;
    assert!(event["text"].as_str().unwrap().contains("answered with 413"), "{event}");
    subject.ask(send_to(&carol.uri(), "two")).await;
    assert!(msrp.message().await.contains("two"), "the session is still there");
    subject.end().await;
}

#[tokio::test]
async fn a_session_is_opened_and_closed_by_command_and_by_reset() {
    let mut subject = Subject::start(None).await;
    let mut carol = Callee::new().await;
    for close in [
        json!({"command": "session", "close": carol.uri()}),
        json!({"command": "reset", "peer": carol.uri()}),
        json!({"command": "reset"}),
    ] {
        assert_eq!(subject.ask(json!({"command": "session", "open": carol.uri()})).await["ok"], true);
        carol.invited().await;
        carol.answer("200 OK", Some("passive")).await;
        let mut msrp = Msrp::on(carol.listener.accept().await.unwrap().0);
        msrp.next().await;
        subject.ask(close).await;
        let bye = carol.request("BYE").await;
        assert!(
            bye.contains("\r\nCSeq: 2 BYE\r\n") && bye.starts_with(&format!("BYE {} ", carol.uri())),
            "{bye}"
        );
        carol.accept(&bye).await;
        assert_eq!(msrp.maybe().await, None);
    }
    subject.end().await;
}

#[tokio::test]
async fn an_invitation_that_nobody_wants_any_more_is_taken_back() {
    let mut subject = Subject::start(None).await;
    let mut carol = Callee::new().await;
    subject.ask(json!({"command": "session", "open": carol.uri()})).await;
    carol.invited().await;
    subject.ask(json!({"command": "session", "close": carol.uri()})).await;
    carol.answer("180 Ringing", None).await;
    let cancel = carol.request("CANCEL").await;
    for name in ["Via", "From", "To", "Call-ID"] {
        assert_eq!(field(&cancel, name), field(&carol.invite, name));
    }
    assert!(cancel.contains("\r\nCSeq: 1 CANCEL\r\n"), "{cancel}");
    carol.accept(&cancel).await;
    carol.answer("487 Request Terminated", None).await;
    carol.request("ACK").await;
    // One that crosses with the acceptance is ended by a BYE.
    subject.ask(json!({"command": "session", "open": carol.uri()})).await;
    carol.invited().await;
    subject.ask(json!({"command": "session", "close": carol.uri()})).await;
    carol.answer("200 OK", Some("passive")).await;
    carol.request("BYE").await;
    subject.end().await;
}

#[tokio::test]
async fn where_a_session_has_gone_another_is_opened() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    subject.ask(json!({"command": "policy", "reports": "allow"})).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut caller = Caller::new(&uri, bob).await;
    caller.contact = listener.local_addr().unwrap();
    let alice = format!("sip:alice@{};transport=tcp", caller.contact);
    let mut session = Session::of(caller).await;
    let cpim = asking(&uri, "m1").replace("sip:alice@127.0.0.1", &alice);
    assert_eq!(session.ask("tr01", "", &cpim).await, "200");
    drop(session.msrp);
    let (stream, _) = listener.accept().await.unwrap();
    let mut sip = Sip { stream, framer: wire::sip::stream::Framer::new() };
    let bye = sip.next().await;
    assert!(bye.starts_with("BYE "), "with its connection, the session ends: {bye}");
    let arrived = subject.event("arrived").await;
    subject.ask(json!({"command": "dispose", "handle": arrived["handle"], "how": "read"})).await;
    let invite = sip.next().await;
    assert!(invite.starts_with(&format!("INVITE {alice} SIP/2.0\r\n")), "{invite}");
    subject.end().await;
}

#[tokio::test]
async fn an_end_waits_until_the_beginning_is_acknowledged() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let contact = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut caller = Caller::new(&format!("sip:bob@{bob}"), bob).await;
    caller.contact = contact.local_addr().unwrap();
    caller.call(&sdp("127.0.0.1:9".parse().unwrap(), "alice", None)).await;
    subject.ask(json!({"command": "reset"})).await;
    // The response is repeated for want of an ACK, and no BYE has come before that.
    assert!(caller.sip.next().await.starts_with("SIP/2.0 200 OK\r\n"));
    tokio::select! {
        biased;
        _ = contact.accept() => panic!("nobody may be told yet"),
        () = tokio::task::yield_now() => {}
    }
    caller.acknowledge("").await;
    let bye = streamed(&mut contact.accept().await.unwrap().0).await;
    assert!(bye.starts_with(b"BYE sip:alice@"), "{}", text(&bye));
    subject.end().await;
}

#[tokio::test]
async fn an_offer_may_come_with_the_acknowledgement_and_again_later() {
    let subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let mut caller = Caller::new(&uri, bob).await;
    let offer = caller.call("").await;
    assert!(offer.contains("\r\na=setup:actpass\r\n"), "{offer}");
    caller.acknowledge(&sdp(at, "late", Some("passive"))).await;
    let mut msrp = Msrp::on(listener.accept().await.unwrap().0);
    let greeting = msrp.next().await;
    assert_eq!(field(&greeting, "To-Path"), format!("msrp://{at}/late;tcp"));
    // The same again changes nothing; another path is another connection.
    let same = caller.call(&sdp(at, "late", Some("passive"))).await;
    caller.acknowledge("").await;
    assert_eq!(field(&same, "a=path"), field(&offer, "a=path"));
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    caller.call(&sdp(elsewhere.local_addr().unwrap(), "moved", Some("passive"))).await;
    caller.acknowledge("").await;
    let moved = Msrp::on(elsewhere.accept().await.unwrap().0).next().await;
    assert!(field(&moved, "To-Path").ends_with("/moved;tcp"), "{moved}");
    assert_eq!(msrp.maybe().await, None);
    subject.end().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_call_is_refused() {
    let subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let at: SocketAddr = "127.0.0.1:9".parse().unwrap();
    let good = sdp(at, "s", None);
    for (body, expected) in [
        (good.replace("TCP/MSRP", "TCP/TLS/MSRP").replace("msrp://", "msrps://"), 488),
        (good.replace("message/cpim", "text/plain"), 488),
        (good.replace("message 9", "message 0"), 488),
        (good.replace("a=path", "a=way"), 488),
        (good.replace("127.0.0.1:9/s", "peer.invalid:9/s"), 488),
        (good.replace("v=0", "v=x"), 400),
        ("nonsense".to_owned(), 400),
    ] {
        let mut caller = Caller::new(&uri, bob).await;
        let response = caller.ask("INVITE", &body).await;
        assert_eq!(status(response.as_bytes()), expected, "{body}");
        caller.acknowledge("").await;
    }
    let mut caller = Caller::new(&uri, bob).await;
    assert_eq!(status(caller.ask("CANCEL", "").await.as_bytes()), 481);
    caller.to.push_str(";tag=nobody");
    for (method, expected) in [("BYE", 481), ("INVITE", 481), ("INFO", 405)] {
        assert_eq!(status(caller.ask(method, "").await.as_bytes()), expected, "{method}");
    }
    let mut late = Caller::new(&uri, bob).await;
    late.call(&good).await;
    late.acknowledge("").await;
    let to = std::mem::replace(&mut late.to, format!("<{uri}>"));
    assert_eq!(status(late.ask("CANCEL", "").await.as_bytes()), 200, "it comes too late, and is known");
    late.to = to;
    late.number = 0;
    assert_eq!(status(late.ask("BYE", "").await.as_bytes()), 500, "the number is not greater");
    subject.end().await;
}

#[tokio::test]
async fn media_that_are_not_wanted_are_refused_one_by_one() {
    let subject = Subject::start(None).await;
    let bob = subject.address();
    let mut caller = Caller::new(&format!("sip:bob@{bob}"), bob).await;
    let offer = sdp("127.0.0.1:9".parse().unwrap(), "s", Some("active"))
        .replace("m=message", "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=message");
    let answer = caller.call(&offer).await;
    let media: Vec<_> = answer.split("\r\n").filter(|line| line.starts_with("m=")).collect();
    assert!(
        media.len() == 2 && media[0] == "m=audio 0 RTP/AVP 0" && media[1].starts_with("m=message "),
        "{answer}"
    );
    subject.end().await;
}
