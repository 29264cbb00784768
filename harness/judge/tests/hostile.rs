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
