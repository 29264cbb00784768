//! Peers over TCP.

mod common;

use bytes::Bytes;
use common::*;
use imdnspec_peer::Answer;
use record::{Ending, Transport};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[tokio::test]
async fn two_peers_exchange_messages_on_one_connection() {
    let (one, other) = (network().await, network().await);
    let ((alice, sent), (mut bob, got)) = (join(&one, "alice"), join(&other, "bob"));
    for branch in ["1", "2"] {
        let octets = message("bob", branch, alice.address(), "TCP");
        let pending = alice.request(octets.clone(), Transport::Tcp, bob.address());
        assert!(matches!(soon(pending).await, Ending::Final(_)));
        assert_eq!(soon(bob.next()).await.octets, octets);
    }
    assert_eq!((connections(&sent), connections(&got)), (vec!["opened".into()], vec!["accepted".into()]));
    drop((other, bob));
    until(|| connections(&sent).len() == 2).await;
    assert!(connections(&sent)[1].starts_with("closed by the IUT"), "{:?}", connections(&sent));
}

#[tokio::test]
async fn a_message_may_come_in_any_segments() {
    let network = network().await;
    let ((alice, sent), (mut bob, _got)) = (join(&network, "alice"), join(&network, "bob"));
    let octets = message("bob", "1", alice.address(), "TCP");
    let segments: Vec<Bytes> = octets.chunks(1).map(Bytes::copy_from_slice).collect();
    let pending = alice.request_in_segments(&segments, Transport::Tcp, bob.address());
    assert!(matches!(soon(pending).await, Ending::Final(_)));
    assert_eq!(soon(bob.next()).await.octets, octets);
    assert!(notes(&sent)[0].starts_with("event 0 is written in segments of 1, 1, "));
}

#[tokio::test]
async fn a_segment_may_hold_many_messages() {
    let network = network().await;
    let (mut bob, record) = join(&network, "bob");
    let mut iut = connect(bob.address()).await;
    let via = iut.local_addr().unwrap();
    let messages: Vec<Bytes> =
        (0..50).map(|number| message("bob", &number.to_string(), via, "TCP")).collect();
    write(&mut iut, &messages.concat()).await;
    let answers = read_messages(&mut iut, 50).await;
    assert!(answers.iter().all(|answer| status(answer) == Some(200)));
    for message in messages {
        assert_eq!(soon(bob.next()).await.octets, message);
    }
    assert_eq!(kinds(&record).iter().filter(|kind| **kind == "answer out").count(), 50);
}

#[tokio::test]
async fn a_request_goes_out_on_the_connection_that_came_in() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let mut iut = connect(bob.address()).await;
    let here = iut.local_addr().unwrap();
    write(&mut iut, &message("bob", "1", here, "TCP")).await;
    read_messages(&mut iut, 1).await;
    let pending = bob.request(message("iut", "2", bob.address(), "TCP"), Transport::Tcp, here);
    let request = read_messages(&mut iut, 1).await.remove(0);
    write(&mut iut, &response(&request, 200)).await;
    assert!(matches!(soon(pending).await, Ending::Final(_)));
    assert_eq!(connections(&record), ["accepted"]);
}

#[tokio::test]
async fn a_report_may_overtake_the_answer() {
    let network = network().await;
    let (mut alice, _record) = join(&network, "alice");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let to = listener.local_addr().unwrap();
    let pending = alice.request(message("iut", "1", alice.address(), "TCP"), Transport::Tcp, to);
    let (mut iut, _) = soon(listener.accept()).await.unwrap();
    let request = read_messages(&mut iut, 1).await.remove(0);
    // The report goes over a connection of its own, the answer over the one of its request.
    let mut back = connect(alice.address()).await;
    write(&mut back, &message("alice", "report", to, "TCP")).await;
    assert_eq!(status(&read_messages(&mut back, 1).await[0]), Some(200));
    soon(alice.next()).await;
    assert_eq!(pending.ending(), None);
    write(&mut iut, &response(&request, 200)).await;
    assert!(matches!(soon(pending).await, Ending::Final(_)));
}

#[tokio::test]
async fn a_lost_connection_breaks_what_waits_on_it() {
    let network = network().await;
    let (alice, record) = join(&network, "alice");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let to = listener.local_addr().unwrap();
    let send = |branch| alice.request(message("iut", branch, alice.address(), "TCP"), Transport::Tcp, to);
    let (first, second) = (send("1"), send("2"));
    let (mut iut, _) = soon(listener.accept()).await.unwrap();
    read_messages(&mut iut, 2).await;
    drop(iut);
    for pending in [first, second] {
        let Ending::Broken(why) = soon(pending).await else { panic!("not broken") };
        assert_eq!(why, format!("the connection to {to} was closed by the IUT"));
    }
    let third = send("3");
    let (mut iut, _) = soon(listener.accept()).await.unwrap();
    let request = read_messages(&mut iut, 1).await.remove(0);
    write(&mut iut, &response(&request, 200)).await;
    assert!(matches!(soon(third).await, Ending::Final(_)), "a new connection is opened");
    assert_eq!(connections(&record), ["opened", "closed by the IUT", "opened"]);
}

#[tokio::test]
async fn a_connection_that_is_refused_breaks_its_request() {
    let network = network().await;
    let (alice, record) = join(&network, "alice");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let to = listener.local_addr().unwrap();
    drop(listener);
    let pending = alice.request(message("iut", "1", alice.address(), "TCP"), Transport::Tcp, to);
    let Ending::Broken(why) = soon(pending).await else { panic!("not broken") };
    assert!(why.contains("could not be opened"), "{why}");
    assert!(connections(&record)[0].starts_with("could not be opened"));
}

#[tokio::test]
async fn a_message_that_is_cut_short_is_garbage() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    let mut iut = connect(bob.address()).await;
    let via = iut.local_addr().unwrap();
    let whole = message("bob", "1", via, "TCP");
    write(&mut iut, &whole).await;
    read_messages(&mut iut, 1).await;
    write(&mut iut, &whole[..whole.len() - 1]).await;
    drop(iut);
    until(|| connections(&record).len() == 2).await;
    assert_eq!(
        kinds(&record),
        ["connection", "request in", "answer out", "garbage in", "note", "connection"]
    );
    assert_eq!(notes(&record), ["the stream ended in the middle of a message"]);
}

#[tokio::test]
async fn a_duplicate_is_known_while_its_request_is_unanswered() {
    let network = network().await;
    let (bob, record) = join(&network, "bob");
    bob.set_next_answer("MESSAGE", Answer::Silent);
    let mut iut = connect(bob.address()).await;
    let via = iut.local_addr().unwrap();
    for branch in ["1", "1", "2"] {
        write(&mut iut, &message("bob", branch, via, "TCP")).await;
    }
    read_messages(&mut iut, 1).await;
    assert_eq!(kinds(&record), ["connection", "request in", "again in", "request in", "answer out"]);
}

#[tokio::test]
async fn a_ping_is_answered_with_a_pong() {
    let network = network().await;
    let mut iut = connect(network.address()).await;
    write(&mut iut, b"\r\n\r\n").await;
    let mut pong = [0; 2];
    soon(iut.read_exact(&mut pong)).await.unwrap();
    assert_eq!(&pong, b"\r\n");
}

#[tokio::test]
async fn raw_segments_are_written_one_by_one() {
    let network = network().await;
    let (mut alice, record) = join(&network, "alice");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let to = listener.local_addr().unwrap();
    let octets = message("iut", "1", alice.address(), "TCP");
    let segments = [octets.slice(..10), octets.slice(10..)];
    assert_eq!(alice.raw(&segments, Transport::Tcp, to).len(), 1);
    let (mut iut, _) = soon(listener.accept()).await.unwrap();
    assert_eq!(read_messages(&mut iut, 1).await, [octets.to_vec()]);
    write(&mut iut, &response(&octets, 400)).await;
    assert_eq!(status(&soon(alice.next_stray_response()).await.octets), Some(400));
    assert_eq!(
        notes(&record),
        [format!("event 0 is written in segments of 10, {} octets", octets.len() - 10)]
    );
}
