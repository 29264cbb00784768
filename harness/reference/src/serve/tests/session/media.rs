//! What goes over a connection.

use super::*;

#[tokio::test]
async fn a_side_that_is_to_connect_does_so_and_says_for_which_session() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let mut caller = Caller::new(&uri, bob).await;
    let answer = caller.call(&sdp(at, "alice", Some("passive"))).await;
    assert!(
        answer.contains("\r\na=setup:active\r\n") && answer.contains("m=message 9 TCP/MSRP *"),
        "{answer}"
    );
    caller.acknowledge("").await;
    let mut msrp = Msrp::on(listener.accept().await.unwrap().0);
    let greeting = msrp.next().await;
    assert!(greeting.contains(" SEND\r\n") && !greeting.contains("\r\n\r\n"), "{greeting}");
    assert_eq!(field(&greeting, "To-Path"), format!("msrp://{at}/alice;tcp"));
    assert_eq!(field(&greeting, "From-Path"), field(&answer, "a=path"));
    msrp.send(&ok_to(&greeting)).await;
    // What is said then goes into the session that is there.
    subject.ask(json!({"command": "send", "to": field(&caller.request("X", ""), "Contact").trim_matches(['<', '>']), "text": "Hi", "mode": "session"})).await;
    assert!(msrp.message().await.contains("\r\n\r\nHi\r\n-------"));
    subject.end().await;
}

#[tokio::test]
async fn chunks_in_any_order_make_one_message() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let mut session = Session::open(&uri, bob).await;
    let cpim = asking(&uri, "m1");
    let (head, tail) = cpim.split_at(100);
    let Session { path, own, .. } = &session;
    let chunk = |transaction: &str, range: &str, body: &str, flag: char| {
        format!(
            "MSRP {transaction} SEND\r\nTo-Path: {path}\r\nFrom-Path: {own}\r\nMessage-ID: whole\r\n\
             Byte-Range: {range}/{}\r\nContent-Type: message/cpim\r\n\r\n{body}\r\n-------{transaction}{flag}\r\n",
            cpim.len()
        )
    };
    let chunks =
        [chunk("tr02", &format!("101-{}", cpim.len()), tail, '$'), chunk("tr01", "1-100", head, '+')];
    for chunk in chunks {
        session.msrp.send(&chunk).await;
        assert!(session.msrp.next().await.contains(" 200 OK\r\n"));
    }
    assert_eq!(subject.event("arrived").await["message_id"], "m1");
    let log = subject.ask(json!({"command": "log"})).await;
    assert_eq!(log["shown"][0]["text"], "Hello m1");
    subject.end().await;
}

#[tokio::test]
async fn responses_and_reports_come_as_they_are_asked_for() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let mut session = Session::open(&uri, bob).await;
    let plain =
        "From: <sip:alice@127.0.0.1>\r\nTo: <sip:bob@127.0.0.1>\r\n\r\nContent-type: text/plain\r\n\r\nHello";
    let broken = asking(&uri, "x").replace("imdn.Message-ID: x\r\n", "");
    for (id, extra, cpim) in [
        ("none1", "Failure-Report: no\r\n", plain),
        ("none2", "Failure-Report: partial\r\n", plain),
        ("none3", "Failure-Report: no\r\n", &broken),
    ] {
        session.send(id, extra, cpim).await;
    }
    assert_eq!(session.ask("fail1", "Failure-Report: partial\r\n", &broken).await, "400");
    assert_eq!(session.ask("fail2", "", &broken).await, "400");
    assert_eq!(session.ask("good1", "Failure-Report: yes\r\nSuccess-Report: yes\r\n", plain).await, "200");
    let report = session.msrp.next().await;
    for part in [
        " REPORT\r\n".to_owned(),
        format!("To-Path: {}\r\nFrom-Path: {}\r\nMessage-ID: good1\r\n", session.own, session.path),
        format!("Byte-Range: 1-{0}/{0}\r\nStatus: 000 200 OK\r\n", plain.len()),
    ] {
        assert!(report.contains(&part), "{part:?} is missing in\n{report}");
    }
    let log = subject.ask(json!({"command": "log"})).await;
    assert_eq!(log["shown"].as_array().unwrap().len(), 3);
    subject.end().await;
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_msrp() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let mut session = Session::open(&uri, bob).await;
    let good = asking(&uri, "m1");
    assert_eq!(session.ask("tr00", "", &good).await, "200");
    let required =
        good.replace("imdn.Message-ID", "NS: q <urn:x:y>\r\nq.A: b\r\nRequire: q.A\r\nimdn.Message-ID");
    assert_eq!(session.ask("tr01", "", &required).await, "400");
    subject.ask(json!({"command": "policy", "reject_next": 486})).await;
    assert_eq!(session.ask("tr02", "", &asking(&uri, "m2")).await, "403");
    let whole = send(&session.path, &session.own, "tr03", "", &good);
    for (octets, expected) in [
        (whole.replace("message/cpim", "text/plain"), "415"),
        (whole.replace(" SEND\r\n", " NICKNAME\r\n"), "501"),
        (whole.replace(&session.path, "msrp://127.0.0.1:1/nobody;tcp"), "481"),
        (whole.replace("To-Path: ", "To-Path: msrp://127.0.0.1:1/relay;tcp "), "481"),
        (whole.replace("Message-ID: tr03\r\n", ""), "400"),
        (whole.replace("Content-Type: message/cpim\r\n", ""), "400"),
        (whole.replace("Hello", &"x".repeat(1 << 20)), "200"),
        (whole.replace("Hello", &"x".repeat(2 << 20)), "413"),
        (whole.clone(), "200"),
    ] {
        session.msrp.send(&octets).await;
        let response = session.msrp.next().await;
        assert!(response.starts_with(&format!("MSRP tr03 {expected} ")), "{expected}: {response}");
    }
    let mut other = Msrp::connect(&session.path).await;
    other.send(&whole).await;
    assert!(other.next().await.starts_with("MSRP tr03 506 "), "the session is on another connection");
    subject.end().await;
}

#[tokio::test]
async fn two_sessions_share_a_connection() {
    let mut subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let mut one = Session::open(&uri, bob).await;
    let mut caller = Caller::new(&uri, bob).await;
    let answer = caller.call(&sdp("127.0.0.1:9".parse().unwrap(), "second", Some("active"))).await;
    let path = field(&answer, "a=path");
    one.msrp.send(&send(&path, "msrp://127.0.0.1:9/second;tcp", "tr01", "", &asking(&uri, "m1"))).await;
    assert!(one.msrp.next().await.starts_with("MSRP tr01 200 "));
    assert_eq!(one.ask("tr02", "", &asking(&uri, "m2")).await, "200");
    assert!(caller.ask("BYE", "").await.starts_with("SIP/2.0 200 "));
    assert_eq!(
        one.ask("tr03", "", &asking(&uri, "m3")).await,
        "200",
        "the other session needs the connection"
    );
    for id in ["m1", "m2", "m3"] {
        assert_eq!(subject.event("arrived").await["message_id"], id);
    }
    subject.end().await;
}
