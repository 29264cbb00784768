//! Intermediaries between a sender U and members D1, D2: copies, forwarded receipts, receipts of their own, secret members.

mod common;

use bytes::Bytes;
use common::receipts::{expect, faults, relay};
use common::session::{Way, object};
use common::{Run, edit, response, scenario, verdict_on, wire};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};
use record::{Ending, EventId, EventKind, Novelty, Purpose, StepOutcome, Transport};
use serde_json::json;

const IM: &str = "\
MESSAGE sip:list@127.0.0.1:5062 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:41080;branch=z9hG4bKu1
Max-Forwards: 70
From: <sip:u.7f3a@127.0.0.1:41080>;tag=1
To: <sip:list@127.0.0.1:5062>
Call-ID: u1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: Ursula <sip:u.7f3a@127.0.0.1:41080>
To: <sip:list@127.0.0.1:5062>
Message-ID: M1xyzABCDEF
Receipt-Request: positive-delivery, negative-delivery, read

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?";

/// The copy of a member.
fn copy(member: &str) -> String {
    let head = edit(IM, "sip:list@127.0.0.1:5062 SIP", &format!("sip:{member}.9c2e@127.0.0.1:41080 SIP"));
    edit(&edit(&head, "bKu1", &format!("bK{member}")), "Call-ID: u1", &format!("Call-ID: {member}"))
}

/// A receipt from one party to another.
fn receipt(from: &str, to: &str, recipient: &str, kind: &str, status: &str) -> String {
    let recipient = match recipient {
        "" => String::new(),
        recipient => format!("<recipient-uri>{recipient}</recipient-uri>\n"),
    };
    format!(
        "MESSAGE sip:{to} SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK{kind}{status}
Max-Forwards: 70
From: <sip:{from}>;tag=9
To: <sip:{to}>
Call-ID: {kind}{status}
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:{from}>
To: <sip:{to}>

Content-Type: message/status-receipt+xml
Content-Disposition: confirm

<status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\">
<message-id>M1xyzABCDEF</message-id>
{recipient}<type>{kind}</type>
<status>{status}</status>
</status-receipt>
"
    )
}

const U: &str = "u.7f3a@127.0.0.1:41080";
const D1: &str = "d1.9c2e@127.0.0.1:41080";
const D2: &str = "d2.9c2e@127.0.0.1:41080";
const LIST: &str = "list@127.0.0.1:5062";

/// What a member sends.
fn of_member(member: &str, kind: &str, status: &str) -> String {
    receipt(member, U, &format!("sip:{member}"), kind, status)
}

/// What the list composes.
fn own(recipient: &str, kind: &str, status: &str) -> String {
    receipt(LIST, U, recipient, kind, status)
}

/// A copy that a peer answers so.
fn copied(run: &mut Run, peer: &str, text: &str, status: u16) -> EventId {
    let from = ([127, 0, 0, 1], 5062).into();
    let transport = Transport::Udp;
    let request = run.push(EventKind::Received {
        peer: peer.into(),
        transport,
        from,
        novelty: Novelty::Request,
        octets: wire(text),
    });
    let purpose = Purpose::Answer(request);
    run.push(EventKind::Sent {
        peer: peer.into(),
        transport,
        to: from,
        purpose,
        octets: wire(&response(status)),
    });
    request
}

/// U's message, copied to both members, who answer with these.
fn exploded(im: &str, first: u16, second: u16) -> Run {
    let mut run = Run::of_list();
    run.sends("U", im);
    let words = |text: String| match im
        .split_once("Receipt-Request: ")
        .map(|(_, rest)| rest.split('\n').next().unwrap_or_default())
    {
        Some(words) => edit(&text, "positive-delivery, negative-delivery, read", words),
        None => edit(&text, "Receipt-Request: positive-delivery, negative-delivery, read\n", ""),
    };
    copied(&mut run, "D1", &words(copy("d1")), first);
    copied(&mut run, "D2", &words(copy("d2")), second);
    run
}

fn asking(words: &str) -> String {
    edit(IM, "positive-delivery, negative-delivery, read", words)
}

fn list_scenario(assertions: &str) -> scenario::model::Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: b2bua, peers: [U, U2, D1, D2, X], steps: [{{expect: {{peer: U, message: any, as: it, \
         assert: [{assertions}]}}}}]}}"
    ))
}

fn blames(run: &Run) -> Vec<(String, Verdict)> {
    let judgements = run.judge_receipts(&list_scenario(""), &relay());
    let mut found: Vec<_> =
        faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect();
    found.dedup();
    found
}

fn verdict(run: &Run, check: &str, id: &str) -> Option<Verdict> {
    let judgements =
        run.judge_receipts(&list_scenario(&format!("{{judges: {id}, check: {check}}}")), &relay());
    verdict_on(&judgements, id)
}

#[test]
fn copies_and_forwarded_receipts_as_they_came_are_right() {
    let mut run = exploded(IM, 200, 202);
    for (member, name) in [(D1, "D1"), (D2, "D2")] {
        for kind in ["delivery", "read"] {
            run.sends(name, &of_member(member, kind, "200"));
            run.gets("U", &of_member(member, kind, "200"));
        }
    }
    run.sends("D1", &edit(&of_member(D1, "read", "200"), "M1xyzABCDEF", "unknownunknown"));
    run.gets("U", &edit(&of_member(D1, "read", "200"), "M1xyzABCDEF", "unknownunknown"));
    assert_eq!(blames(&run), []);
    let mut run = exploded(IM, 200, 200);
    run.sends("D1", &of_member(D1, "read", "200"));
    run.awaited("U", &of_member(D1, "read", "200"));
    assert_eq!(verdict(&run, "forwarded-unaltered", "RCPT-6.2-7"), Some(Pass));
    assert_eq!(verdict(&run, "forwarded-to-sender", "RCPT-8-1"), Some(Pass));
}

#[test]
fn a_copy_is_the_message_as_it_came() {
    let copied_as = |from: &str, to: &str| {
        let mut run = Run::of_list();
        run.sends("U", IM);
        run.awaited("D1", &edit(&copy("d1"), from, to));
        blames(&run)
    };
    expect("as it came", &copied_as("Ursula", "Ursula"), &[]);
    expect(
        "another To",
        &copied_as("To: <sip:list@127.0.0.1:5062>\nMessage", "To: <sip:d1.9c2e@127.0.0.1:41080>\nMessage"),
        &[("RCPT-6.2-1", Warning)],
    );
    expect("another From", &copied_as("Ursula", "Somebody"), &[("RCPT-6.2-1", Warning)]);
    expect("another identifier", &copied_as("M1xyzABCDEF", "C1xyzABCDEF"), &[("RCPT-6.2-1", Fail)]);
    expect(
        "no request",
        &copied_as("Receipt-Request: positive-delivery, negative-delivery, read\n", ""),
        &[("RCPT-6.2-1", Fail)],
    );
    expect("another request", &copied_as("positive-delivery, ", ""), &[("RCPT-6.2-1", Fail)]);
    expect("another content", &copied_as("at ten?", "at nine?"), &[("RCPT-6.2-1", Fail)]);
    expect("another content type", &copied_as("; charset=utf-8", ""), &[("RCPT-6.2-1", Fail)]);
    let mut run = Run::of_list();
    run.sends("U", IM);
    run.awaited("D1", &copy("d1"));
    assert_eq!(verdict(&run, "copy-unaltered", "RCPT-6.2-1"), Some(Pass));
    assert_eq!(verdict(&run, "request-kept", "RCPT-6.2-1"), Some(Pass));
}

#[test]
fn a_forwarded_receipt_keeps_its_octets() {
    let forwarded_as = |kind: &str, status: &str, from: &str, to: &str| {
        let mut run = exploded(IM, 200, 200);
        run.sends("D1", &of_member(D1, kind, status));
        run.gets("U", &edit(&of_member(D1, kind, status), from, to));
        blames(&run)
    };
    let to = ("41080>\n\nContent", "41080>\nSubject: Re\n\nContent");
    expect("read", &forwarded_as("read", "200", to.0, to.1), &[("RCPT-6.2-7", Fail)]);
    expect("negative", &forwarded_as("delivery", "404", to.0, to.1), &[("RCPT-6.2-5", Fail)]);
    expect("positive", &forwarded_as("delivery", "200", to.0, to.1), &[("RCPT-6.2-3", Warning)]);
    // Wrapped as the other document would have it.
    let mut run = exploded(IM, 200, 200);
    run.sends("D1", &of_member(D1, "read", "200"));
    let (_, inner) = of_member(D1, "read", "200")
        .split_once("message/cpim\n\n")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let (outer, _) = own("", "read", "200")
        .split_once("Content-Type: message/status")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    run.gets("U", &format!("{outer}Content-Type: message/cpim\n\n{inner}"));
    expect("wrapped", &blames(&run), &[("RCPT-6.2-7", Fail)]);
}

#[test]
fn read_receipts_are_none_of_the_intermediarys_own() {
    let mut run = exploded(IM, 200, 200);
    run.gets("U", &own(&format!("sip:{D1}"), "read", "200"));
    expect("own", &blames(&run), &[("RCPT-6.2-7", Fail)]);
}

#[test]
fn forwarded_receipts_go_to_the_sender() {
    let mut run = exploded(IM, 200, 200);
    run.sends("D1", &of_member(D1, "read", "200"));
    run.gets("D2", &of_member(D1, "read", "200"));
    expect("to a member", &blames(&run), &[("RCPT-8-1", Fail)]);
}

#[test]
fn a_positive_receipt_is_never_composed() {
    let mut run = exploded(IM, 200, 200);
    run.awaited("U", &own(&format!("sip:{D1}"), "delivery", "200"));
    expect("on 2xx", &blames(&run), &[("RCPT-6.2-3", Fail)]);
    assert_eq!(verdict(&run, "no-positive-receipt", "RCPT-6.2-3"), Some(Fail));
}

#[test]
fn a_negative_receipt_follows_a_failure_and_names_its_recipient() {
    for status in [404, 503, 603, 302] {
        let mut run = exploded(IM, 200, status);
        run.awaited("U", &own(&format!("sip:{D2}"), "delivery", &status.to_string()));
        expect("right", &blames(&run), &[]);
        assert_eq!(verdict(&run, "recipient-uri", "RCPT-6.2-6"), Some(Pass));
        assert_eq!(verdict(&run, "receipt-after-response", "RCPT-6.2-2"), Some(Pass));
        assert_eq!(verdict(&run, "one-negative-receipt", "RCPT-6.2-5"), Some(Pass));
        assert_eq!(verdict(&run, "negative-receipt", "RCPT-6.2-4"), Some(Pass));
    }
    let composed = |recipient: &str| {
        let mut run = exploded(IM, 200, 404);
        run.gets("U", &own(recipient, "delivery", "404"));
        blames(&run)
    };
    expect("without scheme", &composed(D2), &[("RCPT-6.2-6", Warning)]);
    expect("missing", &composed(""), &[("RCPT-6.2-6", Fail)]);
    expect("the list", &composed(&format!("sip:{LIST}")), &[("RCPT-6.2-6", Fail)]);
    expect("the other member", &composed(&format!("sip:{D1}")), &[("RCPT-6.2-6", Fail)]);
    let mut run = exploded(IM, 200, 200);
    run.gets("U", &own(&format!("sip:{D2}"), "delivery", "404"));
    expect("before any failure", &blames(&run), &[("RCPT-6.2-2", Fail)]);
    let mut run = exploded(IM, 200, 200);
    run.gets("U", &own("sip:gone@127.0.0.1:9", "delivery", "408"));
    expect("about somebody who cannot be reached", &blames(&run), &[]);
    let mut run = exploded(IM, 200, 404);
    run.gets("U", &receipt(D2, U, &format!("sip:{D2}"), "delivery", "404"));
    expect("in the name of the member", &blames(&run), &[]);
    let mut run = exploded(&asking("positive-delivery"), 200, 404);
    run.gets("U", &own(&format!("sip:{D2}"), "delivery", "404"));
    expect("not asked for", &blames(&run), &[("RCPT-6.2-4", Warning)]);
    let mut run = exploded(&asking("read"), 200, 404);
    run.gets("U", &own(&format!("sip:{D2}"), "delivery", "404"));
    expect("nothing of delivery asked for", &blames(&run), &[("RCPT-3.1-9", Warning)]);
}

#[test]
fn a_gateway_may_name_the_address_that_was_written_to() {
    let mut run = Run::of_list();
    run.sends("U", IM);
    copied(&mut run, "D1", &copy("d1"), 503);
    run.gets("U", &own(&format!("sip:{LIST}"), "delivery", "503"));
    expect("the addressed URI", &blames(&run), &[]);
}

#[test]
fn one_negative_receipt_goes_upstream() {
    let negative = of_member(D1, "delivery", "404");
    let mut run = exploded(IM, 200, 200);
    run.sends("D1", &negative);
    run.gets("U", &negative);
    expect("forwarded", &blames(&run), &[]);
    run.gets("U", &own(&format!("sip:{D1}"), "delivery", "404"));
    expect("and composed", &blames(&run), &[("RCPT-6.2-5", Fail)]);
    let mut run = exploded(IM, 200, 200);
    run.sends("D1", &negative);
    run.gets("U", &own(&format!("sip:{D1}"), "delivery", "404"));
    expect("composed alone", &blames(&run), &[]);
    let mut run = exploded(IM, 404, 404);
    run.gets("U", &own(&format!("sip:{D1}"), "delivery", "404"));
    run.gets("U", &own(&format!("sip:{D2}"), "delivery", "404"));
    expect("one for each", &blames(&run), &[]);
}

/// A list of both members whose membership is secret.
fn secret(im: &str) -> Run {
    let mut run = Run::of_list();
    let members: Vec<_> =
        [D1, D2].iter().map(|member| json!({"uri": format!("sip:{member}"), "reports": true})).collect();
    let list =
        json!({"command": "list", "uri": format!("sip:{LIST}"), "members": members, "disclosed": false});
    let to = run.push(EventKind::Command { iut: 0, command: list });
    run.push(EventKind::Reply { to, reply: json!({"ok": true}) });
    run.sends("U", im);
    run.gets("D1", &copy("d1"));
    run.gets("D2", &copy("d2"));
    run
}

fn confirmed(kind: &str, members: usize) -> Run {
    let mut run = secret(IM);
    for (name, member) in [("D1", D1), ("D2", D2)].into_iter().take(members) {
        run.sends(name, &of_member(member, kind, "200"));
    }
    run
}

#[test]
fn a_list_with_secret_members_speaks_once_for_all() {
    for kind in ["delivery", "read"] {
        let mut run = confirmed(kind, 2);
        run.awaited("U", &own("", kind, "200"));
        expect(kind, &blames(&run), &[]);
        for check in ["hidden-members", "one-aggregate"] {
            assert_eq!(verdict(&run, check, "RCPT-8.2-2"), Some(Pass), "{check}");
        }
    }
    let mut run = confirmed("delivery", 1);
    run.gets("U", &own("", "delivery", "200"));
    expect("early", &blames(&run), &[("RCPT-8.2-2", Fail)]);
    let mut run = confirmed("delivery", 2);
    run.gets("U", &own("", "delivery", "200"));
    run.gets("U", &edit(&own("", "delivery", "200"), "Call-ID: ", "Call-ID: 2"));
    expect("twice", &blames(&run), &[("RCPT-8.2-2", Fail)]);
    let mut run = confirmed("delivery", 2);
    run.gets("U", &own(&format!("sip:{LIST}"), "delivery", "200"));
    expect("with a recipient", &blames(&run), &[("RCPT-8.2-2", Fail)]);
    let mut run = confirmed("delivery", 1);
    run.gets("U", &of_member(D1, "delivery", "200"));
    expect("forwarded", &blames(&run), &[("RCPT-8.2-2", Fail)]);
    let mut run = secret(IM);
    run.gets("U", &own("", "delivery", "503"));
    expect("negative", &blames(&run), &[("RCPT-8.2-2", Warning)]);
}

#[test]
fn a_member_is_found_wherever_it_hides() {
    let encoded = "ZDEuOWMyZUAxMjcuMC4wLjE6NDEwODA=";
    let note = |text: &str| format!("<note lang=\"en\">{text}</note>\n</status-receipt>");
    for (what, from, to) in [
        ("in a note", "</status-receipt>", note("read by D1.9C2E")),
        ("in base64", "</status-receipt>", note(encoded)),
        ("in a comment", "<type>", "<!-- d2.9c2e --><type>".to_owned()),
        ("in a SIP header", "Max-Forwards: 70", format!("Max-Forwards: 70\nX-For: sip:{D1}")),
        (
            "in a CPIM header",
            "\n\nContent-Type: message/status",
            format!("\nX-For: <sip:{D2}>\n\nContent-Type: message/status"),
        ),
    ] {
        let mut run = confirmed("read", 2);
        run.gets("U", &edit(&own("", "read", "200"), from, &to));
        expect(what, &blames(&run), &[("RCPT-8.2-2", Fail)]);
    }
}

#[test]
fn an_unclear_confirmation_of_a_member_may_count() {
    let mut run = secret(IM);
    run.sends("D1", &edit(&of_member(D1, "delivery", "200"), ">delivery<", ">foo<"));
    run.sends("D2", &edit(&of_member(D2, "delivery", "200"), "Content-Disposition: confirm\n", ""));
    run.gets("U", &own("", "delivery", "200"));
    expect("unclear", &blames(&run), &[]);
}

#[test]
fn who_refuses_sends_no_copies() {
    let refused = |copies: bool| {
        let mut run = secret(IM);
        let to = ([127, 0, 0, 1], 5062).into();
        let transport = Transport::Udp;
        let octets = wire(&edit(&edit(IM, "M1xyzABCDEF", "M2xyzABCDEF"), "at ten?", "at noon?"));
        let request =
            run.push(EventKind::Sent { peer: "U".into(), transport, to, purpose: Purpose::Request, octets });
        if copies {
            run.gets("D1", &edit(&edit(&copy("d1"), "M1xyzABCDEF", "M2xyzABCDEF"), "at ten?", "at noon?"));
        }
        let (novelty, octets) = (Novelty::Response(request), wire(&response(403)));
        let answer = run.push(EventKind::Received { peer: "U".into(), transport, from: to, novelty, octets });
        run.push(EventKind::Transaction { request, ending: Ending::Final(answer) });
        run.begin(&[(0, 0)]);
        run.end(StepOutcome::Done(Vec::new()));
        run
    };
    expect("no copies", &blames(&refused(false)), &[]);
    expect("copies", &blames(&refused(true)), &[("RCPT-8.2-3", Fail)]);
    let mut accepted = secret(IM);
    accepted.awaited("D1", &copy("d1"));
    assert_eq!(verdict(&accepted, "no-copies-when-refused", "RCPT-8.2-3"), Some(Pass));
}

/// What one side sends into the session with a peer.
fn in_session(run: &mut Run, peer: &str, own: bool, octets: Bytes) -> EventId {
    let (peer, transport) = (peer.into(), Transport::Msrp);
    let address = ([127, 0, 0, 1], 5063).into();
    run.push(match own {
        true => EventKind::Received { peer, transport, from: address, novelty: Novelty::Request, octets },
        false => EventKind::Sent { peer, transport, to: address, purpose: Purpose::Request, octets },
    })
}

fn chunk(way: &Way, text: &str) -> Bytes {
    way.chunks(&object(text)).remove(0)
}

#[test]
fn an_intermediary_of_sessions_changes_nothing_and_says_nothing() {
    let to_d1 = Way { to: "msrp://127.0.0.1:41090/d1;tcp", ..Way::to_peer("c1") };
    let quiet = || Way::to_peer("r1").failure_report(wire::msrp::FailureReport::No);
    let room = |copy: &str| {
        let mut run = Run::of_list();
        in_session(&mut run, "U", false, chunk(&Way::to_iut("m1"), IM));
        in_session(&mut run, "D1", true, chunk(&to_d1, copy));
        run
    };
    expect("as it came", &blames(&room(IM)), &[]);
    expect(
        "From of the room",
        &blames(&room(&edit(
            IM,
            "From: Ursula <sip:u.7f3a@127.0.0.1:41080>",
            "From: <sip:room@127.0.0.1:5062>",
        ))),
        &[("RCPT-7.2-1", Fail)],
    );
    expect("another content", &blames(&room(&edit(IM, "at ten?", "at noon?"))), &[("RCPT-7.2-1", Fail)]);
    expect(
        "no request",
        &blames(&room(&edit(IM, "Receipt-Request: positive-delivery, negative-delivery, read\n", ""))),
        &[("RCPT-7.2-2", Fail)],
    );
    for status in ["200", "413"] {
        let mut run = room(IM);
        in_session(&mut run, "U", true, chunk(&quiet(), &own(&format!("sip:{D1}"), "delivery", status)));
        expect(status, &blames(&run), &[("RCPT-7.2-2", Fail)]);
    }
    let mut run = room(IM);
    let read = of_member(D1, "read", "200");
    in_session(
        &mut run,
        "D1",
        false,
        chunk(&Way::to_iut("r0").failure_report(wire::msrp::FailureReport::No), &read),
    );
    in_session(&mut run, "U", true, chunk(&quiet(), &read));
    expect("a forwarded receipt", &blames(&run), &[]);
    let mut run = room(IM);
    in_session(
        &mut run,
        "D1",
        false,
        chunk(&Way::to_iut("r0").failure_report(wire::msrp::FailureReport::No), &read),
    );
    let of_room = edit(&read, &format!("\n\nFrom: <sip:{D1}>"), &format!("\n\nFrom: <sip:{LIST}>"));
    in_session(&mut run, "U", true, chunk(&quiet(), &of_room));
    expect("a receipt with From of the room", &blames(&run), &[("RCPT-7.2-1", Fail)]);
}

#[test]
fn nothing_to_look_at_is_inconclusive() {
    let mut run = exploded(IM, 200, 200);
    run.awaited("U", &of_member(D1, "read", "200"));
    for (check, id) in [
        ("hidden-members", "RCPT-8.2-2"),
        ("one-aggregate", "RCPT-8.2-2"),
        ("no-copies-when-refused", "RCPT-8.2-3"),
        ("one-negative-receipt", "RCPT-6.2-5"),
    ] {
        assert_eq!(verdict(&run, check, id), Some(Inconclusive), "{check}");
    }
}
