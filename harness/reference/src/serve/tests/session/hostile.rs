//! Whatever comes over a connection, the reference goes on.

use proptest::prelude::*;
use tokio::runtime::Runtime;

use super::*;

/// Whether a new session still works.
async fn is_alive(bob: SocketAddr) -> bool {
    let uri = format!("sip:bob@{bob}");
    let mut session = Session::open(&uri, bob).await;
    session.ask("tr01", "", &asking(&uri, "alive")).await == "200"
}

#[tokio::test]
async fn nonsense_costs_the_connection_and_nothing_else() {
    let subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    for nonsense in [
        "x".repeat(1 << 17),
        "GET / HTTP/1.1\r\n\r\n".repeat(200),
        format!("MSRP {} SEND\r\nTo-Path: x\r\n\r\n", "y".repeat(1 << 17)),
    ] {
        let mut session = Session::open(&uri, bob).await;
        session.msrp.send(&nonsense).await;
        while session.msrp.maybe().await.is_some() {}
    }
    assert!(is_alive(bob).await);
    subject.end().await;
}

#[tokio::test]
async fn claims_and_broken_requests_are_answered_or_passed_over() {
    let subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let mut session = Session::open(&uri, bob).await;
    let good = send(&session.path, &session.own, "tr01", "", &asking(&uri, "m1"));
    let huge = u64::MAX;
    for octets in [
        good.replace("Content-Type", &format!("Byte-Range: {huge}-*/{huge}\r\nContent-Type"))
            .replace("tr01$", "tr01+"),
        good.replace("Content-Type", &format!("Byte-Range: 2-{huge}/{huge}\r\nContent-Type"))
            .replace("tr01$", "tr01+"),
        good.replace("Content-Type", "Byte-Range: no\r\nContent-Type"),
        good.replace("From-Path", "X-Path"),
        good.replace("To-Path", "X-Path"),
        good.replace(" SEND", " REPORT"),
        good.replace("tr01$", "tr01#"),
        good.replace(" SEND", " 200 OK"),
        good.replace(" SEND", " 999"),
    ] {
        session.msrp.send(&octets).await;
    }
    session.msrp.send(&good.replace("tr01", "last")).await;
    loop {
        if session.msrp.next().await.starts_with("MSRP last 200 ") {
            break;
        }
    }
    subject.end().await;
}

#[tokio::test]
async fn more_messages_at_a_time_than_a_session_holds_are_refused() {
    let subject = Subject::start(None).await;
    let bob = subject.address();
    let uri = format!("sip:bob@{bob}");
    let mut session = Session::open(&uri, bob).await;
    let mut statuses = std::collections::BTreeSet::new();
    for number in 0..40 {
        let begun = send(&session.path, &session.own, &format!("tr{number:02}"), "", "From: ")
            .replace("$\r\n", "+\r\n");
        session.msrp.send(&begun).await;
        statuses.insert(session.msrp.next().await.split(' ').nth(2).unwrap().to_owned());
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), ["200", "413"]);
    subject.end().await;
}

/// A text with some octets replaced by others that can be typed.
fn spoiled(text: &str) -> impl Strategy<Value = String> + use<> {
    let octets = text.as_bytes().to_vec();
    let spots = prop::collection::vec((0..octets.len(), b' '..b'~'), 1..8);
    spots.prop_map(move |spots| {
        let mut octets = octets.clone();
        for (at, octet) in spots {
            octets[at] = octet;
        }
        String::from_utf8(octets).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_sent_or_offered_the_reference_goes_on(
        chunk in spoiled(&send("TO", "FROM", "tr01", "Byte-Range: 1-9/9\r\nSuccess-Report: yes\r\n", "From: <sip:a@b>")),
        offer in spoiled(&sdp("127.0.0.1:9".parse().unwrap(), "s", Some("active"))),
    ) {
        Runtime::new().unwrap().block_on(async {
            let subject = Subject::start(None).await;
            let bob = subject.address();
            let uri = format!("sip:bob@{bob}");
            let mut session = Session::open(&uri, bob).await;
            let chunk = chunk.replace("TO", &session.path).replace("FROM", &session.own);
            session.msrp.send(&chunk).await;
            let mut caller = Caller::new(&uri, bob).await;
            let response = caller.ask("INVITE", &offer).await;
            assert!([200, 400, 488].contains(&status(response.as_bytes())), "{response}");
            assert!(is_alive(bob).await);
            subject.end().await;
        });
    }
}
