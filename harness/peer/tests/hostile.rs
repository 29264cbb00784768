//! What a peer does when it is treated badly.

mod common;

use common::*;
use imdnspec_peer::{Limits, StrayKind};
use record::{Ending, Transport};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[tokio::test]
async fn garbage_goes_to_whom_it_names() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    iut.send(b"\0\xff MESS sip:bob@", bob.address()).await;
    iut.send(b"\0\xff nobody in here", bob.address()).await;
    iut.send(b"\r\n\r\n", bob.address()).await;
    iut.send(b"\0", bob.address()).await;
    iut.send(b"SIP/2.0 20 OK\r\nFrom: <sip:bob@h>\r\n\r\n", bob.address()).await;
    until(|| kinds(&record).len() == 2).await;
    assert_eq!(kinds(&record), ["garbage in", "garbage in"]);
    let unclaimed = network.unclaimed();
    assert_eq!((unclaimed.garbage, unclaimed.newest.len()), (1, 1), "keep-alives are no garbage");
    assert_eq!(unclaimed.newest[0].kind, StrayKind::Garbage);
}

#[tokio::test]
async fn garbage_on_a_connection_goes_to_those_who_use_it() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let mut iut = connect(bob.address()).await;
    let via = iut.local_addr().unwrap();
    write(&mut iut, &message("bob", "1", via, "TCP")).await;
    read_messages(&mut iut, 1).await;
    write(&mut iut, b"rubbish\r\n").await;
    write(&mut iut, &message("bob", "2", via, "TCP")).await;
    read_messages(&mut iut, 1).await;
    assert_eq!(
        kinds(&record),
        ["connection", "request in", "answer out", "garbage in", "request in", "answer out"]
    );
}

#[tokio::test]
async fn a_request_with_nothing_in_it_is_answered() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    iut.send(b"MESSAGE sip:bob@h SIP/2.0\r\n", bob.address()).await;
    assert_eq!(status(&iut.receive().await), Some(200));
    iut.send(b"MESSAGE sip:bob@h SIP/2.0\r\n", bob.address()).await;
    assert_eq!(status(&iut.receive().await), Some(200));
    assert_eq!(kinds(&record), ["request in", "answer out", "again in", "again out"]);
}

#[tokio::test]
async fn a_message_that_is_too_large_is_noted_and_passed_over() {
    let network = limited(Limits { message: 1_000, ..Limits::default() }).await;
    let (bob, record) = join(&network, "bob");
    let mut iut = connect(bob.address()).await;
    let via = iut.local_addr().unwrap();
    let text = String::from_utf8(message("bob", "1", via, "TCP").to_vec()).unwrap();
    let large =
        text.replace("Content-Length: 5", "Content-Length: 5000").replace("Hello", &"x".repeat(5_000));
    write(&mut iut, large.as_bytes()).await;
    write(&mut iut, &message("bob", "2", via, "TCP")).await;
    assert_eq!(status(&read_messages(&mut iut, 1).await[0]), Some(200));
    assert_eq!(kinds(&record), ["garbage in", "note", "connection", "request in", "answer out"]);
    assert_eq!(notes(&record), ["a message with a body of 5000 octets is too large to be taken in"]);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused() {
    let network = limited(Limits { connections: 1, ..Limits::default() }).await;
    let (bob, _record) = join(&network, "bob");
    let mut first = connect(bob.address()).await;
    let via = first.local_addr().unwrap();
    write(&mut first, &message("bob", "1", via, "TCP")).await;
    read_messages(&mut first, 1).await;
    let mut second = connect(bob.address()).await;
    assert_eq!(soon(second.read(&mut [0; 1])).await.unwrap(), 0);
    assert_eq!(network.unclaimed().connections, 1);
    write(&mut first, &message("bob", "2", via, "TCP")).await;
    read_messages(&mut first, 1).await;
}

#[tokio::test]
async fn a_flood_ends_at_the_limit_of_the_record() {
    let iut = Datagrams::bind().await;
    let octets = message("bob", "0", iut.address(), "UDP");
    let network = limited(Limits { received: 3 * octets.len(), ..Limits::default() }).await;
    let ((bob, record), (carol, _)) = (join(&network, "bob"), join(&network, "carol"));
    for branch in ["1", "2", "3", "4", "5"] {
        iut.send(&message("bob", branch, iut.address(), "UDP"), bob.address()).await;
    }
    iut.send(&message("carol", "6", iut.address(), "UDP"), carol.address()).await;
    let mut answered = Vec::new();
    for _ in 0..4 {
        answered.push(wire::sip::decode(&iut.receive().await).value.via_branch().unwrap().to_vec());
    }
    assert_eq!(answered, [b"z9hG4bK1", b"z9hG4bK2", b"z9hG4bK3", b"z9hG4bK6"], "others are not affected");
    assert_eq!(notes(&record).len(), 1, "it is said once");
}

#[tokio::test]
async fn who_does_not_read_breaks_the_connection_for_what_is_too_much() {
    let network = limited(Limits { unsent: 20_000, ..Limits::default() }).await;
    let (alice, _record) = join(&network, "alice");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let to = listener.local_addr().unwrap();
    let large = |number: u32| {
        let octets = message("iut", &number.to_string(), alice.address(), "TCP");
        let text = String::from_utf8(octets.to_vec()).unwrap();
        let body = "x".repeat(10_000);
        text.replace("Content-Length: 5", "Content-Length: 10000").replace("Hello", &body).into()
    };
    // The system takes some megabytes; what it does not take fills the outbox.
    let refused =
        (0..10_000).map(|number| alice.request(large(number), Transport::Tcp, to)).find_map(|p| p.ending());
    let Some(Ending::Broken(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("does not read"), "{why}");
}

#[tokio::test]
async fn unfinished_messages_take_no_more_than_they_may() {
    let network = limited(Limits { unfinished: 40_000, ..Limits::default() }).await;
    let (bob, record) = join(&network, "bob");
    let mut iut = connect(bob.address()).await;
    let via = iut.local_addr().unwrap();
    let text = String::from_utf8(message("bob", "1", via, "TCP").to_vec()).unwrap();
    let endless = text.replace("Content-Length: 5", "Content-Length: 5000000") + &"x".repeat(50_000);
    write(&mut iut, endless.as_bytes()).await;
    // What is left unread makes the system reset the connection instead of closing it.
    assert!(matches!(soon(iut.read(&mut [0; 1])).await, Ok(0) | Err(_)));
    until(|| {
        connections(&record).len() == 2 || network.unclaimed().garbage == 1 || !kinds(&record).is_empty()
    })
    .await;
    assert_eq!(kinds(&record)[..2], ["garbage in", "note"]);
    let mut next = connect(bob.address()).await;
    write(&mut next, text.as_bytes()).await;
    assert_eq!(status(&read_messages(&mut next, 1).await[0]), Some(200), "the room is free again");
}

#[tokio::test]
async fn a_branch_used_twice_hides_no_message() {
    let network = network().await;
    let (mut bob, record) = join(&network, "bob");
    let iut = Datagrams::bind().await;
    let first = String::from_utf8(message("bob", "1", iut.address(), "UDP").to_vec()).unwrap();
    for octets in [&first, &first.replace("Call-ID: call-1", "Call-ID: call-2")] {
        iut.send(octets.as_bytes(), bob.address()).await;
        iut.receive().await;
        soon(bob.next()).await;
    }
    assert_eq!(kinds(&record), ["request in", "answer out", "request in", "answer out"]);
}

#[tokio::test]
async fn requests_without_any_name_do_not_displace_each_other() {
    let network = network().await;
    let (mut alice, record) = join(&network, "alice");
    let iut = Datagrams::bind().await;
    let send = |text: &'static str| alice.request(text.into(), Transport::Udp, iut.address());
    let (first, second) = (send("rubbish"), send("MESSAGE sip:iut@h SIP/2.0\r\n\r\n"));
    assert_eq!((first.ending(), second.ending()), (None, None));
    iut.send(b"SIP/2.0 400 Bad Request\r\nFrom: <sip:alice@h>\r\n\r\n", alice.address()).await;
    assert_eq!(status(&soon(alice.next_stray_response()).await.octets), Some(400));
    assert_eq!(kinds(&record), ["request out", "request out", "stray in"]);
}
