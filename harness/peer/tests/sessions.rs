//! Sessions between two peers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "it is a test, with helpers")]

mod common;

use common::sessions::*;
use common::*;
use imdnspec_peer::{Answer, Chunking, Config, Delivery, FailureReport, HeaderEdit, OutgoingMessage, Setup};
use record::{Ending, EventKind, Transport};

/// Every constellation of who offers what and who connects by that.
const CONSTELLATIONS: [(Option<Setup>, bool, bool); 5] = [
    (Some(Setup::ActPass), true, false),
    (Some(Setup::ActPass), false, true),
    (Some(Setup::Active), true, true),
    (Some(Setup::Passive), false, false),
    (None, true, true),
];

#[tokio::test]
async fn a_session_begins_and_ends() {
    for (setup, prefers_active, offerer_connects) in CONSTELLATIONS {
        let mut pair = Pair::new().await;
        let (alices, bobs) = pair.session_with(setup, prefers_active).await;
        soon(bobs.connected()).await.unwrap();
        assert_eq!((alices.is_incoming(), bobs.is_incoming()), (false, true));
        assert_eq!(alices.remote_path(), bobs.local_uri());
        assert_eq!(bobs.remote_path(), alices.local_uri());
        assert_eq!(bobs.remote_party(), format!("sip:alice@{}", pair.alice.address()));
        let (active, passive) =
            if offerer_connects { (&pair.sent, &pair.got) } else { (&pair.got, &pair.sent) };
        until(|| msrp(active) == ["SEND out", "200 back"]).await;
        assert_eq!(msrp(passive), ["SEND in", "200 owed"], "{setup:?}");

        assert!(matches!(soon(alices.close()).await, Some(Ending::Final(_))));
        assert_eq!(&*soon(bobs.ended()).await, "ended by the other side with BYE");
        assert_eq!(soon(bobs.close()).await, None);
        assert_eq!(sip(&pair.sent), ["> INVITE", "< 200", "> ACK", "> BYE", "< 200"]);
        assert_eq!(sip(&pair.got), ["< INVITE", "> 200", "< ACK", "< BYE", "> 200"]);
        // Whoever has opened the connection closes it.
        until(|| connections(active).iter().any(|what| what == "closed by the peer: no session uses it"))
            .await;
        until(|| connections(passive).iter().any(|what| what == "closed by the IUT")).await;
    }
}

#[tokio::test]
async fn messages_go_both_ways_in_one_chunk_and_in_many() {
    for (setup, prefers_active, _) in CONSTELLATIONS {
        let mut pair = Pair::new().await;
        let (alices, bobs) = pair.session_with(setup, prefers_active).await;
        for (octets, chunks) in [(0, 1), (1, 1), (2_048, 1), (2_049, 2), (20_000, 10)] {
            let sending = alices.send(plain(octets));
            assert_eq!(next_message(&mut pair.bob).await, text(octets));
            answered(soon(sending.ended()).await);
            assert_eq!(sending.chunks().len(), chunks);
            let sending = bobs.send(plain(octets));
            assert_eq!(next_message(&mut pair.alice).await, text(octets));
            answered(soon(sending.ended()).await);
        }
    }
}

#[tokio::test]
async fn every_chunk_is_a_transaction() {
    let mut pair = Pair::new().await;
    let (alices, _bobs) = pair.session().await;
    let sending = alices.send(OutgoingMessage { chunking: Chunking::of(4), ..plain(10) });
    let last = answered(soon(sending.ended()).await);
    let record = pair.sent.finish();
    let endings: Vec<_> = sending
        .chunks()
        .into_iter()
        .map(|chunk| {
            let ended = record.events.iter().find_map(|event| match &event.kind {
                EventKind::Transaction { request, ending } if *request == chunk => Some(ending.clone()),
                _ => None,
            });
            ended.unwrap()
        })
        .collect();
    assert_eq!(endings.len(), 3);
    assert_eq!(endings[2], Ending::Final(last));
    assert!(endings.iter().all(|ending| matches!(ending, Ending::Final(_))));
}

#[tokio::test]
async fn responses_come_as_failure_report_says() {
    use FailureReport::{No, Partial, Yes};
    let answers = [200, 413];
    for (wanted, expected) in [
        (None, ["200", "413"]),
        (Some(Yes), ["200", "413"]),
        (Some(Partial), ["", "413"]),
        (Some(No), ["", ""]),
    ] {
        for (answer, expected) in answers.into_iter().zip(expected) {
            let mut pair = Pair::new().await;
            let (alices, _bobs) = pair.session().await;
            next_msrp(&mut pair.bob).await;
            pair.bob.set_answer_to("SEND", Answer::status(answer));
            let sending = alices.send(OutgoingMessage { failure_report: wanted, ..plain(10) });
            next_message(&mut pair.bob).await;
            let due = wanted.is_none_or(|wanted| wanted == Yes);
            match (soon(sending.ended()).await, due, expected) {
                (Delivery::Answered(_), true, "200") | (Delivery::Refused(_), true, "413") => {}
                (Delivery::NotDue, false, _) | (Delivery::Refused(_), false, "413") => {}
                other => panic!("{wanted:?} {answer}: {other:?}"),
            }
            if !expected.is_empty() {
                until(|| msrp(&pair.sent).contains(&format!("{expected} back"))).await;
            }
            let ended = |event: record::Event| match event.kind {
                EventKind::Transaction { request, ending } => {
                    sending.chunks().contains(&request).then_some(ending)
                }
                _ => None,
            };
            let endings: Vec<_> = pair.sent.snapshot().events.into_iter().filter_map(ended).collect();
            assert_eq!(endings.len(), usize::from(!expected.is_empty()), "{wanted:?} {answer}: {endings:?}");
            let response = if expected.is_empty() { vec![] } else { vec![format!("{expected} owed")] };
            let before = ["SEND in", "200 owed", "SEND in"].map(str::to_owned);
            assert_eq!(msrp(&pair.got), [&before[..], &response].concat(), "{wanted:?} {answer}");
        }
    }
}

#[tokio::test]
async fn a_success_report_comes_when_all_octets_are_there() {
    for (wanted, chunking) in [(Some(true), 2_048), (Some(true), 3), (Some(false), 3), (None, 2_048)] {
        let mut pair = Pair::new().await;
        let (alices, bobs) = pair.session().await;
        let chunking = Chunking::of(chunking);
        let message = OutgoingMessage {
            success_report: wanted,
            chunking,
            message_id: Some("m123".into()),
            ..plain(10)
        };
        let sending = alices.send(message);
        answered(soon(sending.ended()).await);
        // What comes back on the same connection after it shows that nothing else is under way.
        answered(soon(bobs.send(plain(1)).ended()).await);
        let mut reports = Vec::new();
        while let Some(incoming) = pair.alice.try_next() {
            if incoming.octets.escape_ascii().to_string().contains(" REPORT\\r\\n") {
                reports.push(incoming.octets);
            }
        }
        assert_eq!(reports.len(), usize::from(wanted == Some(true)), "{wanted:?}");
        for report in reports {
            let decoded = wire::msrp::decode(&report);
            assert_eq!(decoded.deviations, []);
            let report = decoded.value;
            assert_eq!(report.message_id(), Some(&b"m123"[..]));
            assert_eq!(report.byte_range().unwrap().to_string(), "1-10/10");
            let status = report.report_status().unwrap();
            assert_eq!((status.namespace, status.code), (0, 200));
            assert_eq!(report.to_path().next().unwrap().to_string(), alices.local_uri());
        }
    }
}

#[tokio::test]
async fn a_message_that_was_refused_gets_no_success_report() {
    let mut pair = Pair::new().await;
    let (alices, bobs) = pair.session().await;
    next_msrp(&mut pair.bob).await;
    pair.bob.set_next_answer("SEND", Answer::status(200));
    pair.bob.set_next_answer("SEND", Answer::status(486));
    let message = OutgoingMessage { success_report: Some(true), chunking: Chunking::of(4), ..plain(12) };
    let sending = alices.send(message);
    let Delivery::Refused(response) = soon(sending.ended()).await else { panic!() };
    let EventKind::Received { octets, .. } = pair.sent.get(response).unwrap().kind else { panic!() };
    assert_eq!(wire::msrp::decode(&octets).value.status(), Some(403), "MSRP has no 486");
    answered(soon(bobs.send(plain(1)).ended()).await);
    assert!(!msrp(&pair.got).contains(&"REPORT owed".to_owned()));
}

#[tokio::test]
async fn what_binds_a_connection_uses_no_answer_up() {
    let mut pair = Pair::new().await;
    pair.bob.set_next_answer("SEND", Answer::status(413));
    let (alices, _bobs) = pair.session().await;
    let sending = alices.send(plain(3));
    assert!(matches!(soon(sending.ended()).await, Delivery::Refused(_)));
    assert_eq!(msrp(&pair.got), ["SEND in", "200 owed", "SEND in", "413 owed"]);
}

#[tokio::test]
async fn silence_times_out() {
    let one = hasty().await;
    let mut pair = Pair::on(one, network().await);
    let (alices, _bobs) = pair.session().await;
    next_msrp(&mut pair.bob).await;
    pair.bob.set_answer_to("SEND", Answer::Silent);
    let sending = alices.send(plain(3));
    assert_eq!(soon(sending.ended()).await, Delivery::TimedOut);
    let chunk = sending.chunks()[0];
    let ended = EventKind::Transaction { request: chunk, ending: Ending::TimedOut };
    assert!(pair.sent.snapshot().events.iter().any(|event| event.kind == ended));
}

#[tokio::test]
async fn what_is_abandoned_waits_no_more() {
    let mut pair = Pair::new().await;
    let (alices, _bobs) = pair.session().await;
    next_msrp(&mut pair.bob).await;
    pair.bob.set_answer_to("SEND", Answer::Silent);
    let sending = alices.send(plain(3));
    let incoming = next_msrp(&mut pair.bob).await;
    sending.abandon();
    assert_eq!(sending.delivery(), Some(Delivery::TimedOut));
    // A response that still comes is a stray one.
    let late = wire::msrp::respond(&wire::msrp::decode(&incoming.octets).value, 200);
    incoming.session.unwrap().raw(&[late.into()]).unwrap();
    let stray = soon(pair.alice.next_stray_response()).await;
    assert_eq!(stray.session, Some(alices));
    assert_eq!(msrp(&pair.sent).last().unwrap(), "200 stray");
}

#[tokio::test]
async fn headers_can_be_edited() {
    let mut pair = Pair::new().await;
    let (alices, _bobs) = pair.session().await;
    next_msrp(&mut pair.bob).await;
    let edits = vec![
        HeaderEdit::Set("Failure-Report".into(), "no".into()),
        HeaderEdit::Add("X-Odd".into(), "1".into()),
        HeaderEdit::Drop("Message-ID".into()),
    ];
    let sending = alices.send(OutgoingMessage { edits, ..plain(3) });
    assert_eq!(soon(sending.ended()).await, Delivery::NotDue, "what is sent counts");
    let octets = next_msrp(&mut pair.bob).await.octets;
    let chunk = wire::msrp::decode(&octets).value;
    assert_eq!(chunk.header_named(b"X-Odd").unwrap().raw_value(), b"1");
    assert!(chunk.message_id().is_none());
    let session = next_raw(&mut pair, &alices).await;
    assert_eq!(session, "501 back");
}

/// The answer to a method that nobody knows.
async fn next_raw(pair: &mut Pair, session: &imdnspec_peer::Session) -> String {
    let (to, from) = (session.remote_path(), session.local_uri());
    let request = wire::msrp::Builder::request("DANCE", "abcd1234", to, from).encode();
    session.raw(&[request.into()]).unwrap();
    let stray = soon(pair.alice.next_stray_response()).await;
    format!("{} back", wire::msrp::decode(&stray.octets).value.status().unwrap())
}

#[tokio::test]
async fn sessions_of_a_scenario_share_a_connection() {
    for prefers_active in [false, true] {
        let mut pair = Pair::new().await;
        let first = pair.session_with(Some(Setup::ActPass), prefers_active).await;
        soon(first.1.connected()).await.unwrap();
        let second = pair.session_with(Some(Setup::ActPass), !prefers_active).await;
        soon(second.1.connected()).await.unwrap();
        for (alices, bobs) in [&first, &second] {
            let sending = alices.send(plain(5));
            let incoming = loop {
                let incoming = next_msrp(&mut pair.bob).await;
                if incoming.octets.ends_with(b"$\r\n")
                    && incoming.octets.windows(5).any(|part| part == text(5))
                {
                    break incoming;
                }
            };
            assert_eq!(incoming.session.as_ref(), Some(bobs));
            answered(soon(sending.ended()).await);
        }
        // One for SIP, one for MSRP, whoever has opened it.
        assert_eq!(connections(&pair.sent).len(), 2, "{:?}", connections(&pair.sent));
        soon(first.0.close()).await;
        answered(soon(second.1.send(plain(5)).ended()).await);
        assert_eq!(connections(&pair.sent).len(), 2, "the other session still uses it");
        soon(second.0.close()).await;
        until(|| connections(&pair.sent).len() == 3).await;
    }
}

#[tokio::test]
async fn scenarios_do_not_share_connections() {
    let (one, other) = (network().await, network().await);
    let ((alice, first), (carol, second), (bob, _)) =
        (join(&one, "alice"), join(&one, "carol"), join(&other, "bob"));
    let uri = format!("sip:bob@{}", bob.address());
    let invite = |from: &str| imdnspec_peer::Invite::new(bob.address(), Transport::Tcp, &uri, from);
    let alices = soon(alice.invite(&invite("sip:alice@h"))).await.unwrap();
    let carols = soon(carol.invite(&invite("sip:carol@h"))).await.unwrap();
    for record in [&first, &second] {
        assert_eq!(connections(record).iter().filter(|what| *what == "opened").count(), 2, "SIP and MSRP");
    }
    alices.raw(&["MSRP nonsense".into()]).unwrap();
    soon(alices.close()).await;
    answered(soon(carols.send(plain(10)).ended()).await);
}

#[tokio::test]
async fn everything_ends_with_the_network() {
    let (one, other) = (network().await, network().await);
    let (ip, port) = (one.address().ip(), one.address().port());
    let mut pair = Pair::on(one, other);
    let (alices, bobs) = pair.session().await;
    let sending = alices.send(plain(50_000_000));
    until(|| !sending.chunks().is_empty()).await;
    drop(pair);
    for session in [alices, bobs] {
        soon(session.ended()).await;
    }
    assert!(matches!(soon(sending.ended()).await, Delivery::Broken(_)));
    drop(sending);
    // The tasks that hold the sockets end at their next turn.
    let again = soon(async {
        loop {
            match imdnspec_peer::Network::bind(Config { ip, port, ..Config::default() }).await {
                Ok(network) => break network,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    });
    assert_eq!(again.await.address().port(), port);
}

#[tokio::test]
async fn long_messages_take_turns() {
    let mut pair = Pair::new().await;
    let (long, _) = pair.session().await;
    let (short, bobs_short) = pair.session().await;
    let slow = long.send(plain(4_000_000));
    until(|| slow.chunks().len() > 10).await;
    let quick = short.send(plain(10));
    answered(soon(quick.ended()).await);
    assert_eq!(slow.delivery(), None, "it is not done, and yet the other one is");
    answered(soon(slow.ended()).await);
    assert!(bobs_short.end().is_none());
}

#[tokio::test]
async fn sessions_open_over_udp() {
    let mut pair = Pair::new().await;
    let invitation = pair.invitation(Transport::Udp);
    let alices = soon(pair.alice.invite(&invitation)).await.unwrap();
    let bobs = soon(pair.bob.next_session()).await;
    answered(soon(bobs.send(plain(10)).ended()).await);
    assert!(matches!(soon(bobs.close()).await, Some(Ending::Final(_))));
    assert_eq!(&*soon(alices.ended()).await, "ended by the other side with BYE");
    assert_eq!(sip(&pair.sent), ["> INVITE", "< 200", "> ACK", "< BYE", "> 200"]);
}

#[tokio::test]
async fn a_peer_that_leaves_hangs_up() {
    let mut pair = Pair::new().await;
    let (_alices, bobs) = pair.session().await;
    drop(pair.alice);
    assert_eq!(&*soon(bobs.ended()).await, "ended by the other side with BYE");
    assert_eq!(sip(&pair.got).last().unwrap(), "> 200");
}
