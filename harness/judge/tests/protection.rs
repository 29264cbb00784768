//! What the layers of S/MIME on messages and notifications are worth (RFC 5438 sections 14 to 14.2).

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[macro_use]
mod common;

use std::sync::LazyLock;

use common::rfc::{DELIVERED, IM, displayed, notified_scenario, relay, user};
use common::runs::{expect, owned};
use common::{Run, edit, response, scenario, wire};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass};
use record::{Ending, EventKind, Novelty, Purpose, StepOutcome, Transport};
use serde_json::json;
use smime::{Authority, Certificate, Form, Identity, Key, Part};
use wire::profile::RFC5438;

struct World {
    authority: Certificate,
    iut: Identity,
    p: Identity,
    stranger: Identity,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = Authority::new("Tests", &Key::new().unwrap()).unwrap();
    let (iut, p) = (Key::new().unwrap(), Key::new().unwrap());
    World {
        iut: authority.issue(&iut, &["sip:bob@127.0.0.1:5062"]).unwrap(),
        p: authority.issue(&p, &["sip:p.7f3a@127.0.0.1:41080"]).unwrap(),
        stranger: Authority::new("Others", &iut).unwrap().issue(&iut, &["sip:bob@127.0.0.1:5062"]).unwrap(),
        authority: authority.certificate().clone(),
    }
});

/// A message with its CPIM entity changed.
fn inside(message: &str, protect: impl FnOnce(&[u8]) -> Part) -> String {
    let octets = wire(message);
    let body = wire::sip::decode(&octets).value.body_span();
    let start = wire::cpim::decode(&octets, body).value.mime_entity().start;
    let entity = protect(&octets[start..]).entity();
    String::from_utf8([&octets[..start], &entity].concat()).unwrap()
}

/// The same with the whole CPIM object changed.
fn around(message: &str, protect: impl FnOnce(&[u8]) -> Part) -> String {
    let (head, object) = message.split_once("\n\n").unwrap();
    let part = protect(&wire(&format!("Content-Type: message/cpim\n\n{object}")));
    let head = edit(head, "Content-Type: message/cpim", &format!("Content-Type: {}", part.label));
    format!("{head}\n\n{}", String::from_utf8(part.content).unwrap())
}

fn sign(by: &'static Identity) -> impl Fn(&[u8]) -> Part {
    move |entity| smime::sign(entity, by, Form::Detached, true).unwrap()
}

fn encrypt(whose: &'static Identity) -> impl Fn(&[u8]) -> Part {
    move |entity| smime::encrypt(entity, &[whose.certificate()]).unwrap()
}

fn signed(message: &str) -> String {
    inside(message, sign(&WORLD.iut))
}

fn sealed(message: &str) -> String {
    inside(message, encrypt(&WORLD.p))
}

/// A run in which everybody has keys, and the IUT was given its own, and that of the peer, or not.
fn run(im: &str, report: &str, holds: bool, knows: bool) -> Run {
    let mut run = Run::new();
    for (name, identity) in [("P", &WORLD.p), ("iut", &WORLD.iut)] {
        let mut party = run.record.events.iter().find_map(|event| match &event.kind {
            EventKind::Bound { name: own, value } if own == name => Some(value.clone()),
            _ => None,
        });
        let party = party.as_mut().unwrap();
        party["certificate"] = identity.certificate().pem().unwrap().into();
        party["key"] = identity.key_pem().unwrap().into();
        party["authority"] = WORLD.authority.pem().unwrap().into();
        run.push(EventKind::Bound { name: name.into(), value: party.clone() });
    }
    let mut told = vec![];
    if holds {
        told.push(json!({"command": "identity", "certificate_pem": "own", "key_pem": "own"}));
    }
    if knows {
        told.push(
            json!({"command": "trust", "address": "sip:p.7f3a@127.0.0.1:41080", "certificate_pem": "P's"}),
        );
    }
    for command in told {
        let to = run.push(EventKind::Command { iut: 0, command });
        run.push(EventKind::Reply { to, reply: json!({"ok": true}) });
    }
    run.exchange(0, "im", im, 200);
    run.expect(&[(1, 0)], wire(report));
    run
}

/// What is blamed where everybody has all keys.
fn blames(im: &str, report: &str) -> Vec<(String, Verdict)> {
    owned(&run(im, report, true, true).judge_by(&RFC5438, &notified_scenario(1, ""), &user()))
}

/// The verdict on one requirement where the scenario asks for it.
fn asked(id: &str, run: &Run) -> Option<Verdict> {
    let scenario = notified_scenario(1, &format!("{{judges: {id}, check: protected}}"));
    common::verdict_on(&run.judge_by(&RFC5438, &scenario, &user()), id)
}

const SIGNED: &str = "I5438-14-2";
const ENCRYPTED: &str = "I5438-14-3";
const BOTH: &str = "I5438-14-4";
const AS_WELL: &str = "I5438-14.2-6";

#[test]
fn layers_hide_nothing_from_the_other_checks() {
    for report in [
        signed(DELIVERED),
        sealed(&signed(DELIVERED)),
        signed(&sealed(DELIVERED)),
        around(DELIVERED, sign(&WORLD.iut)),
    ] {
        expect("well made", &blames(IM, &report), &[]);
    }
    let wrong = edit(DELIVERED, "Content-Disposition: notification\n", "");
    let plain = blames(IM, &signed(&wrong));
    assert!(plain.iter().any(|(id, verdict)| id == "I5438-7.2.1-18" && *verdict == Fail), "{plain:?}");
    expect(
        "sealed",
        &blames(IM, &sealed(&signed(&wrong))),
        &plain.iter().map(|(id, v)| (&**id, *v)).collect::<Vec<_>>(),
    );
}

#[test]
fn who_has_a_certificate_signs() {
    expect("unsigned", &blames(IM, DELIVERED), &[(SIGNED, Fail)]);
    expect("by another", &blames(IM, &inside(DELIVERED, sign(&WORLD.p))), &[(SIGNED, Fail)]);
    expect("by a stranger", &blames(IM, &inside(DELIVERED, sign(&WORLD.stranger))), &[(SIGNED, Fail)]);
    let changed = edit(&signed(DELIVERED), "\r\n<datetime>", "\r\n <datetime>");
    expect("changed", &blames(IM, &changed), &[(SIGNED, Fail)]);
    let opaque = |entity: &[u8]| smime::sign(entity, &WORLD.iut, Form::Opaque, false).unwrap();
    expect("opaque", &blames(IM, &inside(DELIVERED, opaque)), &[]);
    assert_eq!(asked(SIGNED, &run(IM, DELIVERED, false, false)), Some(Inconclusive));
    assert_eq!(asked(SIGNED, &run(IM, &signed(DELIVERED), true, false)), Some(Pass));
}

#[test]
fn answers_to_encrypted_messages_are_encrypted_and_signed() {
    let im = inside(IM, encrypt(&WORLD.iut));
    expect("both", &blames(&im, &sealed(&signed(&displayed()))), &[]);
    expect("the other way round", &blames(&im, &signed(&sealed(&displayed()))), &[]);
    expect("display in clear", &blames(&im, &signed(&displayed())), &[(ENCRYPTED, Fail), (AS_WELL, Fail)]);
    expect("delivery in clear", &blames(&im, &signed(DELIVERED)), &[(AS_WELL, Fail)]);
    expect("unsigned", &blames(&im, &sealed(DELIVERED)), &[(BOTH, Fail)]);
    let for_itself = inside(&displayed(), encrypt(&WORLD.iut));
    assert_eq!(asked(ENCRYPTED, &run(&im, &for_itself, true, true)), Some(Fail));
    assert_eq!(asked(ENCRYPTED, &run(&im, &for_itself, true, false)), Some(Inconclusive));
    assert_eq!(asked(BOTH, &run(&im, &signed(&displayed()), true, true)), Some(Inconclusive));
    // Without a certificate of its own it cannot sign.
    assert_eq!(asked(ENCRYPTED, &run(&im, &sealed(&displayed()), false, true)), Some(Pass));
}

#[test]
fn notifications_are_protected_as_well_as_their_messages() {
    let im = inside(IM, sign(&WORLD.p));
    expect("unsigned", &blames(&im, DELIVERED), &[(AS_WELL, Fail)]);
    expect("signed", &blames(&im, &signed(DELIVERED)), &[]);
    expect("more than that", &blames(&im, &sealed(&signed(DELIVERED))), &[]);
    let im = inside(&im, encrypt(&WORLD.iut));
    expect("in clear", &blames(&im, &signed(DELIVERED)), &[(AS_WELL, Fail)]);
    expect("both", &blames(&im, &sealed(&signed(DELIVERED))), &[]);
}

#[test]
fn without_keys_in_the_record_nothing_is_looked_into() {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    run.expect(&[(1, 0)], wire(&signed(DELIVERED)));
    let found = owned(&run.judge_by(&RFC5438, &notified_scenario(1, ""), &user()));
    assert!(!found.iter().any(|(id, _)| [SIGNED, ENCRYPTED, BOTH, AS_WELL].contains(&&**id)), "{found:?}");
}

/// The verdict on what a list server makes of a signed message.
fn passed_on(copy: &str) -> Option<Verdict> {
    let mut run = Run::new();
    let keys = [("U", &WORLD.p, "sip:p.7f3a@127.0.0.1:41080"), ("iut", &WORLD.iut, "sip:bob@127.0.0.1:5062")];
    for (name, identity, uri) in keys.into_iter().chain([("D1", &WORLD.p, "sip:d1.9c2e@127.0.0.1:41080")]) {
        let (certificate, key) = (identity.certificate().pem().unwrap(), identity.key_pem().unwrap());
        let authority = WORLD.authority.pem().unwrap();
        let value = json!({"uri": uri, "certificate": certificate, "key": key, "authority": authority});
        run.push(EventKind::Bound { name: name.into(), value });
    }
    let (to, transport) = (([127, 0, 0, 1], 5062).into(), Transport::Udp);
    run.begin(&[(0, 0)]);
    let octets = wire(&around(IM, sign(&WORLD.p)));
    let (peer, purpose) = ("U".into(), Purpose::Request);
    let request = run.push(EventKind::Sent { peer, transport, to, purpose, octets });
    run.push(EventKind::Named { name: "im".into(), event: request });
    let (peer, novelty, octets) = ("U".into(), Novelty::Response(request), wire(&response(200)));
    let answer = run.push(EventKind::Received { peer, transport, from: to, novelty, octets });
    run.push(EventKind::Transaction { request, ending: Ending::Final(answer) });
    run.end(StepOutcome::Done(vec![answer]));
    run.begin(&[(1, 0)]);
    let (peer, novelty, octets) = ("D1".into(), Novelty::Request, wire(copy));
    let copied = run.push(EventKind::Received { peer, transport, from: to, novelty, octets });
    run.end(StepOutcome::Done(vec![copied]));
    let id = "I5438-14.1-1";
    let scenario = scenario(&format!(
        "{{id: s, title: t, role: intermediary, peers: [U, D1], steps: [{{send: {{message: im-req, as: im}}}}, \
         {{expect: {{peer: D1, message: im, assert: [{{judges: {id}, check: signature-after-editing}}]}}}}]}}"
    ));
    common::verdict_on(&run.judge_by(&RFC5438, &scenario, &relay()), id)
}

#[test]
fn signed_messages_are_left_alone_wrapped_or_signed_anew() {
    let untouched = around(IM, sign(&WORLD.p));
    assert_eq!(passed_on(&untouched), Some(Pass));
    let edited = edit(IM, "imdn.Message-ID", "imdn.Original-To: <sip:bob@127.0.0.1:5062>\nimdn.Message-ID");
    assert_eq!(passed_on(&around(&edited, sign(&WORLD.iut))), Some(Pass));
    assert_eq!(passed_on(&inside(&edited, sign(&WORLD.iut))), Some(Pass));
    let (head, content) = untouched.split_once("\n\n").unwrap();
    let label = head.lines().find(|line| line.starts_with("Content-Type")).unwrap();
    let object =
        format!("From: <sip:bob@127.0.0.1:5062>\nTo: <sip:d1.9c2e@127.0.0.1:41080>\n\n{label}\n\n{content}");
    let wrapped = format!("{}\n\n{object}", edit(head, label, "Content-Type: message/cpim"));
    assert_eq!(passed_on(&wrapped), Some(Pass));

    assert_eq!(passed_on(IM), Some(Fail));
    assert_eq!(passed_on(&edited), Some(Fail));
    assert_eq!(passed_on(&around(&edited, sign(&WORLD.stranger))), Some(Fail));
    let under =
        edit(&untouched, "imdn.Message-ID", "imdn.Original-To: <sip:bob@127.0.0.1:5062>\r\nimdn.Message-ID");
    assert_eq!(passed_on(&under), Some(Fail));
}
