//! Intermediaries between a sender U and members D1, D2 by RFC 5438: copies, notifications of their own and of others, secrets.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::receipts::expect;
use common::rfc::{owned, relay};
use common::{Run, edit, response, scenario, wire};
use imdnspec_judge::Verdict::{self, Fail, Warning};
use record::{EventId, EventKind, Novelty, Purpose, StepOutcome, Transport};
use serde_json::json;
use wire::profile::{Profile, RFC3862, RFC5438};

const IM: &str = "\
MESSAGE sip:list@127.0.0.1:5062 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:41080;branch=z9hG4bKu1
Max-Forwards: 70
From: <sip:u.7f3a@127.0.0.1:41080>;tag=1
To: <sip:list@127.0.0.1:5062>
Call-ID: u1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:u.7f3a@127.0.0.1:41080>
To: \"Team\" <sip:list@127.0.0.1:5062>
DateTime: 2026-06-15T12:34:56Z
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: M1xyzABCDEF
imdn.Disposition-Notification: positive-delivery, negative-delivery, processing, display
imdn.IMDN-Record-Route: <sip:r0@example.org>

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?";

/// The copy of a member.
fn copy(member: &str) -> String {
    let target = format!("sip:{member}.9c2e@127.0.0.1:41080");
    let text = edit(IM, "MESSAGE sip:list@127.0.0.1:5062", &format!("MESSAGE {target}"));
    let text =
        edit(&edit(&text, "bKu1", &format!("bK{member}")), "Call-ID: u1", &format!("Call-ID: {member}"));
    let text = edit(&text, "To: \"Team\" <sip:list@127.0.0.1:5062>", &format!("To: <{target}>"));
    let hop =
        "imdn.Original-To: <sip:list@127.0.0.1:5062>\nimdn.IMDN-Record-Route: <sip:bob@127.0.0.1:5062>\n";
    edit(&text, "imdn.IMDN-Record-Route", &format!("{hop}imdn.IMDN-Record-Route"))
}

/// A notification: whose, to whom, what it tells, and further header lines.
fn notification(from: &str, to: &str, kind: &str, status: &str, lines: &str) -> String {
    let pair = match from.split('.').next() {
        Some("d1" | "d2") => format!(
            "<recipient-uri>sip:{from}</recipient-uri>\n<original-recipient-uri>sip:list@127.0.0.1:5062</original-recipient-uri>\n"
        ),
        _ => String::new(),
    };
    let id: String = format!("{from}{kind}{status}").chars().filter(char::is_ascii_alphanumeric).collect();
    format!(
        "MESSAGE sip:{to} SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK{id}
Max-Forwards: 70
From: <sip:{from}>;tag=9
To: <sip:{to}>
Call-ID: {id}
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: \"Whoever\" <sip:{from}>
To: <sip:u.7f3a@127.0.0.1:41080>
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: N{id}
{lines}
Content-Type: message/imdn+xml
Content-Disposition: notification

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">
<message-id>M1xyzABCDEF</message-id>
<datetime>2026-06-15T12:34:56Z</datetime>
{pair}<{kind}-notification><status><{status}/></status></{kind}-notification>
</imdn>
"
    )
}

const U: &str = "u.7f3a@127.0.0.1:41080";
const D1: &str = "d1.9c2e@127.0.0.1:41080";
const D2: &str = "d2.9c2e@127.0.0.1:41080";
const LIST: &str = "list@127.0.0.1:5062";
const ROUTES: &str = "imdn.IMDN-Route: <sip:bob@127.0.0.1:5062>\nimdn.IMDN-Route: <sip:r0@example.org>\n";

/// What a member sends back along the recorded hops.
fn of_member(member: &str, kind: &str, status: &str) -> String {
    let text = notification(member, U, kind, status, ROUTES);
    edit(
        &edit(&text, &format!("MESSAGE sip:{U}"), "MESSAGE sip:bob@127.0.0.1:5062"),
        &format!("To: <sip:{U}>\nCall"),
        "To: <sip:bob@127.0.0.1:5062>\nCall",
    )
}

/// The same as it has to be sent on.
fn sent_on(member: &str, kind: &str, status: &str) -> String {
    let text = notification(member, U, kind, status, "imdn.IMDN-Route: <sip:r0@example.org>\n");
    edit(&text, &format!("MESSAGE sip:{U}"), "MESSAGE sip:r0@example.org")
}

fn answered(run: &mut Run, peer: &str, text: &str, status: u16) -> EventId {
    let from = ([127, 0, 0, 1], 5062).into();
    let transport = Transport::Udp;
    let octets = wire(text);
    let request = run.push(EventKind::Received {
        peer: peer.into(),
        transport,
        from,
        novelty: Novelty::Request,
        octets,
    });
    let octets = wire(&response(status));
    run.push(EventKind::Sent {
        peer: peer.into(),
        transport,
        to: from,
        purpose: Purpose::Answer(request),
        octets,
    });
    request
}

/// U's message with its copies; the members answer so.
fn exploded(statuses: [u16; 2]) -> Run {
    let mut run = Run::of_list();
    run.sends("U", IM);
    answered(&mut run, "D1", &copy("d1"), statuses[0]);
    answered(&mut run, "D2", &copy("d2"), statuses[1]);
    run
}

fn list_scenario(check: &str) -> scenario::model::Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: intermediary, peers: [U, U2, D1, D2, X], steps: [{{verify: {{assert: [{check}]}}}}]}}"
    ))
}

fn blames_by(profile: &'static Profile, run: &mut Run, check: &str) -> Vec<(String, Verdict)> {
    run.begin(&[(0, 0)]);
    run.end(StepOutcome::Done(Vec::new()));
    owned(&run.judge_by(profile, &list_scenario(check), &relay()))
}

fn blames(run: &mut Run) -> Vec<(String, Verdict)> {
    blames_by(&RFC5438, run, "")
}

#[test]
fn a_list_that_does_its_work_is_not_blamed() {
    let mut run = exploded([200, 404]);
    run.gets("U", &notification(LIST, U, "processing", "processed", ""));
    run.gets("U", &failed_for(D2));
    run.sends("D1", &of_member(D1, "delivery", "delivered"));
    run.gets("U", &sent_on(D1, "delivery", "delivered"));
    run.sends("D1", &of_member(D1, "display", "displayed"));
    run.gets("U", &sent_on(D1, "display", "displayed"));
    expect("rfc5438", &blames(&mut run), &[]);
    expect("rfc3862", &blames_by(&RFC3862, &mut run, ""), &[]);
}

/// What the list reports of a member that refused its copy.
fn failed_for(member: &str) -> String {
    let text = notification(LIST, U, "delivery", "failed", "");
    edit(
        &text,
        "<delivery-n",
        &format!(
            "<recipient-uri>sip:{member}</recipient-uri>\n<original-recipient-uri>sip:{LIST}</original-recipient-uri>\n<delivery-n"
        ),
    )
}

/// A fault: its name, what it replaces by what, and who is to blame.
type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);

/// Edits of a copy with one fault, and who is to blame.
const COPIES: &[Fault] = &[
    (
        "no Original-To",
        "imdn.Original-To: <sip:list@127.0.0.1:5062>\n",
        "",
        &[("I5438-6.4-3", Fail), ("I5438-8-1", Warning)],
    ),
    (
        "the sender",
        "Original-To: <sip:list@127.0.0.1:5062>",
        "Original-To: <sip:u.7f3a@127.0.0.1:41080>",
        &[("I5438-6.4-2", Fail)],
    ),
    (
        "the member",
        "Original-To: <sip:list@127.0.0.1:5062>",
        "Original-To: <sip:d1.9c2e@127.0.0.1:41080>",
        &[("I5438-6.4-2", Warning)],
    ),
    (
        "no brackets",
        "Original-To: <sip:list@127.0.0.1:5062>",
        "Original-To: sip:list@127.0.0.1:5062",
        &[("I5438-10-7", Fail)],
    ),
    (
        "lr outside",
        "<sip:bob@127.0.0.1:5062>\nimdn",
        "<sip:bob@127.0.0.1:5062>;lr\nimdn",
        &[("I5438-10-8", Fail)],
    ),
    (
        "the previous hop",
        "<sip:bob@127.0.0.1:5062>\nimdn",
        "<sip:u.7f3a@127.0.0.1:41080>\nimdn",
        &[("I5438-6.5-2", Fail)],
    ),
    (
        "below",
        "imdn.IMDN-Record-Route: <sip:bob@127.0.0.1:5062>\nimdn.IMDN-Record-Route: <sip:r0@example.org>",
        "imdn.IMDN-Record-Route: <sip:r0@example.org>\nimdn.IMDN-Record-Route: <sip:bob@127.0.0.1:5062>",
        &[("I5438-8-6", Fail)],
    ),
    (
        "the request gone",
        "imdn.Disposition-Notification: positive-delivery, negative-delivery, processing, display\n",
        "",
        &[("I5438-12.2-3", Fail)],
    ),
    ("another time", "12:34:56Z", "14:34:56+02:00", &[("I5438-12.2-3", Fail)]),
    ("another text", "at ten?", "at two?", &[("I5438-12.2-3", Fail)]),
];

#[test]
fn every_fault_of_a_copy_has_its_blame() {
    for (name, from, to, blamed) in COPIES {
        let mut run = Run::of_list();
        run.sends("U", IM);
        answered(&mut run, "D1", &edit(&copy("d1"), from, to), 200);
        expect(name, &blames(&mut run), blamed);
    }
}

#[test]
fn an_original_to_stays_as_it_is() {
    let there =
        edit(IM, "imdn.IMDN-Record", "imdn.Original-To: \"Zoë\" <sip:first@example.org>\nimdn.IMDN-Record");
    let kept = edit(
        &copy("d1"),
        "Original-To: <sip:list@127.0.0.1:5062>",
        "Original-To: \"Zoë\" <sip:first@example.org>",
    );
    let line = "imdn.Original-To: \"Zoë\" <sip:first@example.org>\n";
    for (name, text, blamed) in [
        ("kept", kept.clone(), &[][..]),
        ("overwritten", copy("d1"), &[("I5438-6.4-5", Fail)]),
        (
            "a second one",
            edit(&kept, line, &format!("imdn.Original-To: <sip:list@127.0.0.1:5062>\n{line}")),
            &[("I5438-8-2", Fail)],
        ),
    ] {
        let mut run = Run::of_list();
        run.sends("U", &there);
        answered(&mut run, "D1", &text, 200);
        expect(name, &blames(&mut run), blamed);
    }
}

#[test]
fn a_target_is_hidden_where_that_was_told() {
    for (name, text, blamed) in [
        ("hidden", edit(&copy("d1"), "imdn.Original-To: <sip:list@127.0.0.1:5062>\n", ""), &[][..]),
        ("shown", copy("d1"), &[("I5438-8-4", Fail)]),
    ] {
        let mut run = Run::of_list();
        run.command(0, json!({"command": "policy", "hide_target": true}), json!({"ok": true}));
        run.sends("U", IM);
        answered(&mut run, "D1", &text, 200);
        expect(name, &blames(&mut run), blamed);
    }
}

/// Changes of the object on its way, and who is to blame by RFC 3862.
const TRANSIT: &[Fault] = &[
    ("the right copy", "\n\nShall", "\n\nShall", &[]),
    ("another time", "12:34:56Z", "14:34:56+02:00", &[("C3862-2.2-1", Fail)]),
    (
        "another order",
        "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: M1xyzABCDEF\n",
        "imdn.Message-ID: M1xyzABCDEF\nNS: imdn <urn:ietf:params:imdn>\n",
        &[("C3862-2.2-18", Fail)],
    ),
    ("another charset", "charset=utf-8", "charset=UTF-8", &[("C3862-6-3", Fail)]),
    (
        "blanks in a list",
        "positive-delivery, negative",
        "positive-delivery,negative",
        &[("C3862-2.2-17", Fail)],
    ),
];

#[test]
fn objects_are_unchanged_in_transit() {
    for (name, from, to, blamed) in TRANSIT {
        let mut run = Run::of_list();
        run.sends("U", IM);
        answered(&mut run, "D1", &edit(&copy("d1"), from, to), 200);
        expect(name, &blames_by(&RFC3862, &mut run, ""), blamed);
    }
    // Without the extension nothing at all may change.
    let headers = IM.split_once("NS: imdn").unwrap().0.to_owned() + "\nContent-Type: text/plain\n\nten?\n\n";
    let forwarded = edit(
        &edit(&headers, "bKu1", "bKd1"),
        "MESSAGE sip:list@127.0.0.1:5062",
        &format!("MESSAGE sip:{D1}"),
    );
    for (name, text, blamed) in [
        ("as it came", forwarded.clone(), &[][..]),
        ("trimmed", edit(&forwarded, "ten?\n\n", "ten?\n"), &[("C3862-6-3", Fail), ("C3862-9-1", Fail)]),
    ] {
        let mut run = Run::of_list();
        run.sends("U", &headers);
        answered(&mut run, "D1", &text, 200);
        expect(name, &blames_by(&RFC3862, &mut run, ""), blamed);
    }
}

#[test]
fn an_intermediary_reports_what_it_knows() {
    let own = |status: &str| notification(LIST, U, "delivery", status, "");
    let processing = |status: &str| notification(LIST, U, "processing", status, "");
    for (name, statuses, text, blamed) in [
        ("delivered", [200, 200], own("delivered"), &[("I5438-12.2-5", Fail)][..]),
        ("failed without reason", [200, 200], failed_for(D2), &[("I5438-8.2-2", Fail)]),
        ("failed for the wrong one", [200, 404], failed_for(D1), &[("I5438-12.2-9", Fail)]),
        ("failed for nobody", [200, 404], own("failed"), &[("I5438-12.2-9", Fail)]),
        ("stored", [200, 200], processing("stored"), &[]),
        (
            "a private word",
            [200, 200],
            processing("relayed"),
            &[("I5438-8.1-3", Fail), ("I5438-11.1.7-1", Fail)],
        ),
        (
            "like the sample",
            [200, 200],
            edit(
                &processing("processed"),
                "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: Nlist127001",
                "X: Nlist127001",
            ),
            &[("I5438-8.1-3", Fail)],
        ),
    ] {
        let mut run = exploded(statuses);
        run.gets("U", &text);
        expect(name, &blames(&mut run), blamed);
    }
    let mut run = Run::of_list();
    run.sends("U", IM);
    run.gets("U", &processing("processed"));
    expect("too early", &blames(&mut run), &[("I5438-12.2-8", Fail)]);
    let mut run = exploded([200, 200]);
    run.gets("U", &processing("stored"));
    run.gets("U", &processing("processed"));
    expect("twice", &blames(&mut run), &[("I5438-8.1-2", Fail)]);
    let unasked = IM.replace(", processing", "");
    let mut run = Run::of_list();
    run.sends("U", &unasked);
    answered(&mut run, "D1", &copy("d1").replace(", processing", ""), 200);
    run.gets("U", &processing("processed"));
    expect("unasked", &blames(&mut run), &[("I5438-8.1-1", Fail)]);
}

#[test]
fn notifications_of_members_go_on_as_they_came() {
    let right = sent_on(D1, "delivery", "delivered");
    for (name, text, blamed) in [
        ("right", right.clone(), &[][..]),
        (
            "not popped",
            edit(&right, "imdn.IMDN-Route", "imdn.IMDN-Route: <sip:bob@127.0.0.1:5062>\nimdn.IMDN-Route"),
            &[("I5438-8-8", Fail)],
        ),
        ("all popped", edit(&right, "imdn.IMDN-Route: <sip:r0@example.org>\n", ""), &[("I5438-8-8", Fail)]),
        (
            "elsewhere",
            edit(&right, "MESSAGE sip:r0@example.org", "MESSAGE sip:u.7f3a@127.0.0.1:41080"),
            &[("I5438-8-8", Fail)],
        ),
        (
            "another document",
            edit(&right, "encoding=\"UTF-8\"", "encoding='UTF-8'"),
            &[("I5438-12.2-10", Fail)],
        ),
        (
            "a recorded hop",
            edit(
                &right,
                "imdn.IMDN-Route",
                "imdn.IMDN-Record-Route: <sip:bob@127.0.0.1:5062>\nimdn.IMDN-Route",
            ),
            &[("I5438-7.2.1-15", Fail)],
        ),
    ] {
        let mut run = exploded([200, 200]);
        run.sends("D1", &of_member(D1, "delivery", "delivered"));
        run.gets("U", &text);
        expect(name, &blames(&mut run), blamed);
    }
    let mut run = exploded([200, 200]);
    run.sends("D1", &of_member(D1, "delivery", "failed"));
    run.gets("U", &edit(&sent_on(D1, "delivery", "failed"), "encoding=\"UTF-8\"", "encoding='UTF-8'"));
    expect("failed", &blames(&mut run), &[("I5438-12.2-7", Fail)]);
}

/// Two documents in one message.
fn bundle(one: &str, other: &str) -> String {
    let (head, _) = one.split_once("\n\nContent-Type: message/imdn+xml").unwrap();
    let document = |text: &str| text.split_once("notification\n\n").unwrap().1.trim_end().to_owned();
    let parts: String = [one, other]
        .iter()
        .map(|text| format!("--b1\nContent-Type: message/imdn+xml\n\n{}\n", document(text)))
        .collect();
    format!(
        "{head}\n\nContent-Type: multipart/mixed; boundary=b1\nContent-Disposition: notification\n\n{parts}--b1--\n"
    )
}

#[test]
fn bundles_hold_what_members_sent() {
    let of = |member: &str| notification(member, U, "display", "displayed", "");
    let from_list = |text: String| {
        edit(&text, "From: \"Whoever\" <sip:d1.9c2e@127.0.0.1:41080>", "From: <sip:list@127.0.0.1:5062>")
    };
    let right = edit(&from_list(bundle(&of(D1), &of(D2))), "imdn.Message-ID: N", "imdn.Message-ID: B");
    let merged = edit(
        &from_list(of(D1)),
        "</imdn>",
        "<delivery-notification><status><delivered/></status></delivery-notification></imdn>",
    );
    for (name, text, blamed) in [
        ("right", right.clone(), &[][..]),
        ("preamble and epilogue", right.replacen("--b1\n", "Two reports.\n--b1\n", 1) + "bye\n", &[]),
        ("no line behind the end", right.trim_end().to_owned(), &[]),
        ("blanks behind a delimiter", right.replacen("--b1\n", "--b1 \t\n", 1), &[]),
        ("quoted boundary", edit(&right, "boundary=b1", "boundary=\"b1\"; charset=utf-8"), &[]),
        (
            "marked parts",
            right.replace(
                "--b1\nContent-Type: message/imdn+xml",
                "--b1\nContent-Disposition: notification\nContent-type: message/imdn+xml",
            ),
            &[],
        ),
        ("folded type", edit(&right, "mixed; boundary", "mixed;\n boundary"), &[]),
        ("open", edit(&right, "--b1--\n", "--b1\n"), &[("I5438-8.3-6", Fail)]),
        (
            "retyped",
            edit(&right, "--b1\nContent-Type: message/imdn+xml", "--b1\nContent-Type: application/imdn+xml"),
            &[("I5438-8.3-5", Fail)],
        ),
        ("no disposition", edit(&right, "Content-Disposition: notification\n", ""), &[("I5438-8.3-5", Fail)]),
        ("merged", merged, &[("I5438-8.3-5", Fail)]),
    ] {
        let mut run = exploded([200, 200]);
        run.sends("D1", &of_member(D1, "display", "displayed").replace(ROUTES, ""));
        run.sends("D2", &of_member(D2, "display", "displayed").replace(ROUTES, ""));
        run.gets("U", &text);
        expect(name, &blames(&mut run), blamed);
    }
    let mut run = exploded([200, 200]);
    run.sends("D1", &of_member(D1, "display", "displayed").replace(ROUTES, ""));
    run.sends("D2", &of_member(D2, "display", "displayed").replace(ROUTES, ""));
    run.gets("U", &right);
    run.gets("U", &edit(&right, "imdn.Message-ID: B", "imdn.Message-ID: C"));
    run.gets("U", &edit(&right, "imdn.Message-ID: B", "imdn.Message-ID: D"));
    let found = blames(&mut run);
    assert!(found.iter().any(|(id, _)| id == "I5438-8.3-2"), "{found:?}");
}

#[test]
fn secret_members_stay_secret() {
    let told = json!({"command": "list", "uri": format!("sip:{LIST}"), "disclosed": false,
        "members": [{"uri": format!("sip:{D1}")}, {"uri": format!("sip:{D2}")}]});
    let right = notification(LIST, U, "display", "displayed", "");
    let right = edit(&right, "From: \"Whoever\"", "From:");
    let pair = |text: &str, elements: &str| edit(text, "<display-n", &format!("{elements}<display-n"));
    let recipient = "<recipient-uri>sip:d1.9c2e@127.0.0.1:41080</recipient-uri>";
    let original = "<original-recipient-uri>sip:list@127.0.0.1:5062</original-recipient-uri>";
    for (name, text, blamed) in [
        ("right", right.clone(), &[][..]),
        (
            "in From",
            edit(
                &right,
                "From: <sip:list@127.0.0.1:5062>\nTo: <sip:u.7f3a@127.0.0.1:41080>\nNS",
                "From: <sip:d1.9c2e@127.0.0.1:41080>\nTo: <sip:u.7f3a@127.0.0.1:41080>\nNS",
            ),
            &[("I5438-8-10", Fail)],
        ),
        ("a name", edit(&right, "From: <sip:list", "From: \"Whoever\" <sip:list"), &[("I5438-8-10", Fail)]),
        (
            "in the document",
            pair(&right, &format!("{recipient}{original}")),
            &[("I5438-8-10", Fail), ("I5438-8-11", Fail)],
        ),
        ("the list alone", pair(&right, original), &[("I5438-8-11", Warning)]),
        ("emptied", pair(&right, "<recipient-uri/>"), &[("I5438-8-11", Fail)]),
    ] {
        let mut run = Run::of_list();
        run.command(0, told.clone(), json!({"ok": true}));
        run.sends("U", IM);
        answered(&mut run, "D1", &copy("d1"), 200);
        run.sends("D1", &of_member(D1, "display", "displayed"));
        run.gets("U", &text);
        let routed: Vec<_> = blames(&mut run).into_iter().filter(|(id, _)| id != "I5438-8-8").collect();
        expect(name, &routed, blamed);
    }
    let mut run = Run::of_list();
    run.command(0, told, json!({"ok": true}));
    run.sends("U", IM);
    let bare = copy("d1").replace("imdn.IMDN-Record-Route: <sip:bob@127.0.0.1:5062>\n", "");
    answered(&mut run, "D1", &bare, 200);
    expect("no hop", &blames(&mut run), &[("I5438-6.6-2", Fail)]);
}
