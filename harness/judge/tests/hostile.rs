//! Whatever octets come, the judge gives judgements and points inside them.

mod common;

use bytes::Bytes;
use common::{IM, REPORT, REQUEST, Run, assert_presentable, report_scenario, wire};
use proptest::prelude::*;
use record::{EventId, EventKind, Novelty, Purpose, StepId, StepOutcome, StepPath};
use serde_json::json;

const ALL: &str = "{judges: IMDN-9.2-9, check: report-format}, {judges: IMDN-9.1-7, check: subjects-copied}, \
    {judges: IMDN-3-7, check: no-copy-of-message}, {judges: IMDN-11.1-1, check: request-shape}, \
    {judges: IMDN-8.1.1-5, check: request-syntax}, {judges: IMDN-8.1-5, check: require-lists-request}, \
    {judges: IMDN-6.2.4-1, check: denials-alike}, {judges: IMDN-8.1.4-2, check: identifiers-entropy}, \
    {judges: IMDN-9.2-4, that: imdn.Message-ID, is: '${im.id}'}, {judges: IMDN-9.2-4, that: sip.octets, omits: abc}, \
    {judges: IMDN-9.2-4, that: content.text, contains: '${report.document.disposition}'}";

fn judged(im: Bytes, report: Bytes) {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    let request = run.sent(Purpose::Request, im);
    run.push(EventKind::Named { name: "im".into(), event: request });
    let answer = run.received(Novelty::Response(request), wire(&common::response(200)));
    run.end(StepOutcome::Done(vec![answer]));
    run.command(1, json!({"command": "dispose", "how": "read"}), json!({"ok": true}));
    run.expect(&[(2, 0)], report.clone());
    run.incoming(report, 500);
    assert_presentable(&run.judge(&report_scenario(ALL)));
}

/// A good message with a few octets put in, taken out or changed.
fn spoilt(text: &'static str) -> impl Strategy<Value = Bytes> {
    let edits = prop::collection::vec(
        (any::<prop::sample::Index>(), 0usize..12, prop::collection::vec(any::<u8>(), 0..6)),
        0..6,
    );
    edits.prop_map(move |edits| {
        let mut octets = wire(text).to_vec();
        for (at, length, insert) in edits {
            let at = at.index(octets.len().max(1)).min(octets.len());
            let end = (at + length).min(octets.len());
            octets.splice(at..end, insert);
        }
        octets.into()
    })
}

fn octets() -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 0..400).prop_map(Bytes::from)
}

fn message() -> impl Strategy<Value = Bytes> {
    prop_oneof![1 => octets(), 3 => spoilt(IM), 4 => spoilt(REPORT), 3 => spoilt(REQUEST)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn octets_of_any_kind_are_judged(im in message(), report in message()) {
        judged(im, report);
    }

    /// Steps, outcomes and references that fit nothing.
    #[test]
    fn a_record_that_makes_no_sense_is_judged(
        steps in prop::collection::vec((0u32..6, 0u32..6, 0u32..40, 0u8..7), 0..12),
    ) {
        let mut run = Run::new();
        for (id, index, event, kind) in steps {
            run.push(match kind {
                0 => EventKind::StepBegan { id: StepId(id), path: StepPath(vec![(index, 0)]) },
                1 => EventKind::StepEnded { id: StepId(id), outcome: StepOutcome::Done(vec![EventId(event)]) },
                2 => EventKind::StepEnded { id: StepId(id), outcome: StepOutcome::Elapsed },
                3 => EventKind::Named { name: "im".into(), event: EventId(event) },
                4 => EventKind::Reply { to: EventId(event), reply: json!({"ok": [1, {"a": null}]}) },
                5 => EventKind::Bound { name: "im".into(), value: json!([index]) },
                _ => EventKind::Transaction { request: EventId(event), ending: record::Ending::Final(EventId(id)) },
            });
            if kind == 3 {
                run.incoming(wire(REPORT), 200);
            }
        }
        assert_presentable(&run.judge(&report_scenario(ALL)));
    }
}

#[test]
fn a_flood_is_judged_in_bounded_work() {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    for round in 0..1000 {
        run.incoming(wire(&REPORT.replace("R1freshfresh", &format!("R{round}"))), 200);
    }
    let judgements = run.judge(&report_scenario(""));
    let second = judgements.iter().find(|judgement| judgement.requirement == "IMDN-9.1-2").unwrap();
    assert!(second.findings.len() < 10, "{}", second.findings.len());
}

mod intermediaries {
    use common::exploder::{
        LIST_IM, OWN_REPORT, b2bua, copy, list_scenario, member_report, second_list_report, wrapped_entity,
        wrapped_whole,
    };

    use super::*;

    /// Every check that knows copies and enclosed reports.
    const CHECKS: &[(&str, &str)] = &[
        ("IMDN-6.3-3", "original-to"),
        ("IMDN-8.1.3-3", "original-from"),
        ("IMDN-8.1.4-5", "fresh-message-id"),
        ("IMDN-8.1.5-2", "original-message-id-forwarded"),
        ("IMDN-8.1.5-4", "original-message-id-syntax"),
        ("IMDN-9.3.2-1", "request-forwarded"),
        ("IMDN-6.2.2-1", "content-kept"),
        ("IMDN-11.4-1", "sender-hidden"),
        ("IMDN-9.1-3", "own-report"),
        ("IMDN-6.3-1", "encapsulates"),
        ("IMDN-9.1-3", "no-downstream-octets"),
        ("IMDN-9.3.2-4", "relayed-to-requester"),
        ("IMDN-6.2.2-2", "one-report-per-recipient"),
        ("IMDN-9.3-1", "list-action-pattern"),
        ("IMDN-9.3.1-4", "report-format"),
    ];

    fn any_of_them() -> impl Strategy<Value = Bytes> {
        let texts = vec![
            LIST_IM.to_owned(),
            copy("d1"),
            member_report("d1"),
            second_list_report(),
            wrapped_whole(&member_report("d1")),
            wrapped_whole(&second_list_report()),
            wrapped_entity(&member_report("d1")),
            OWN_REPORT.to_owned(),
        ];
        let edits = prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..12, prop::collection::vec(any::<u8>(), 0..6)),
            0..4,
        );
        let spoilt = (prop::sample::select(texts), edits).prop_map(|(text, edits)| {
            let mut octets = wire(&text).to_vec();
            for (at, length, insert) in edits {
                let at = at.index(octets.len().max(1)).min(octets.len());
                let end = (at + length).min(octets.len());
                octets.splice(at..end, insert);
            }
            Bytes::from(octets)
        });
        prop_oneof![1 => octets(), 9 => spoilt]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_comes_is_judged(
            all in prop::collection::vec((any::<bool>(), 0usize..3, any_of_them()), 0..8),
            last in any_of_them(),
        ) {
            let mut run = Run::of_list();
            run.sends("U", LIST_IM);
            for (from_iut, peer, octets) in all {
                let peer = ["U", "D1", "D2"][peer];
                match from_iut {
                    true => _ = run.gets_octets(peer, octets),
                    false => _ = run.sends_octets(peer, octets),
                }
            }
            run.begin(&[(0, 0)]);
            let came = run.gets_octets("U", last);
            run.push(EventKind::Named { name: "it".into(), event: came });
            run.end(StepOutcome::Done(vec![came]));
            let checks: Vec<String> =
                CHECKS.iter().map(|(id, check)| format!("{{judges: {id}, check: {check}}}")).collect();
            let selector = "{judges: IMDN-6.3-1, that: inner.document.disposition, is: '${it.inner.id}'}";
            let scenario = list_scenario(&format!("{}, {selector}", checks.join(", ")));
            assert_presentable(&run.judge_with(&scenario, &b2bua()));
        }
    }

    /// Objects inside objects, deeper than anything is opened.
    #[test]
    fn a_nest_without_end_is_judged() {
        let mut nest = member_report("d1");
        for _ in 0..200 {
            nest = wrapped_whole(&nest);
        }
        let mut run = Run::of_list();
        run.sends("U", LIST_IM);
        run.sends("D1", &nest);
        run.gets("U", &wrapped_whole(&nest));
        run.gets("U", &nest);
        assert_presentable(&run.judge_with(&list_scenario(""), &b2bua()));
    }
}

/// The same for the other document, by every check that it has.
mod receipts {
    use common::receipts::{DELIVERY, IM, REQUEST, relay, user};
    use imdnspec_judge::check_names_of;
    use record::Transport;
    use scenario::model::Scenario;
    use wire::profile::RECEIPTS_00;

    use super::*;

    fn scenario(role: &str) -> Scenario {
        let names = check_names_of(&RECEIPTS_00);
        let all = names.iter().map(|check| format!("{{judges: RCPT-3.1-1, check: {check}}}"));
        let all = all.collect::<Vec<_>>().join(", ");
        common::scenario(&format!(
            "{{id: s, title: t, role: {role}, peers: [U, D1, D2], steps: [{{expect: {{peer: U, message: any, assert: [{all}]}}}}]}}"
        ))
    }

    fn message() -> impl Strategy<Value = Bytes> {
        prop_oneof![1 => octets(), 3 => spoilt(IM), 4 => spoilt(DELIVERY), 3 => spoilt(REQUEST), 1 => spoilt(REPORT)]
    }

    fn put(run: &mut Run, peer: &str, own: bool, session: bool, octets: Bytes) {
        let address = ([127, 0, 0, 1], 5062).into();
        let transport = if session { Transport::Msrp } else { Transport::Udp };
        let all = match session {
            true => common::session::Way::to_peer("m").chunked(300).chunks(&octets),
            false => vec![octets],
        };
        for octets in all {
            let (peer, novelty, purpose) = (peer.into(), Novelty::Request, Purpose::Request);
            run.push(match own {
                true => EventKind::Received { peer, transport, from: address, novelty, octets },
                false => EventKind::Sent { peer, transport, to: address, purpose, octets },
            });
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn octets_of_any_kind_are_judged(
            traffic in prop::collection::vec((0usize..3, any::<bool>(), any::<bool>(), message()), 1..6),
            hidden in any::<bool>(),
        ) {
            let mut run = Run::of_list();
            let members = json!([{"uri": "sip:p.7f3a@127.0.0.1:41080"}, {"uri": 7}]);
            let list = json!({"command": "list", "uri": "sip:bob@127.0.0.1:5062", "members": members, "disclosed": !hidden});
            run.push(EventKind::Command { iut: 0, command: list });
            run.push(EventKind::Command { iut: 0, command: json!({"command": "send", "receipts": ["read", 7]}) });
            for (peer, own, session, octets) in traffic {
                put(&mut run, ["U", "D1", "D2"][peer], own, session, octets);
            }
            run.awaited("U", DELIVERY);
            for (role, ics) in [("b2bua", relay()), ("reporting-uas", user()), ("requesting-uac", user())] {
                let _ = run.judge_receipts(&scenario(role), &ics);
            }
        }
    }

    #[test]
    fn a_flood_is_judged_in_bounded_work() {
        let mut run = Run::new();
        run.exchange(0, "im", IM, 200);
        for round in 0..1000 {
            run.incoming(wire(&DELIVERY.replace(">200<", &format!(">{}<", 200 + round % 400))), 200);
        }
        let judgements = run.judge_receipts(&scenario("reporting-uas"), &user());
        assert!(judgements.iter().all(|judgement| judgement.findings.len() < 60), "{}", judgements.len());
    }
}
