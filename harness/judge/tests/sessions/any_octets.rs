//! Nothing that comes by MSRP makes the judge panic or lose its way.

use imdnspec_judge::capture::{Place, View};
use imdnspec_judge::select::of_message;
use proptest::prelude::*;
use record::Transport;
use wire::profile::RECEIPTS_00;

use super::*;

/// A chunk, response or REPORT with a few octets put in, taken out or changed.
fn spoilt() -> impl Strategy<Value = Bytes> {
    let all: Vec<Bytes> = [
        Way::to_peer("rep1").chunked(150).chunks(&object(REPORT)),
        Way::to_peer("req1").chunks(&object(REQUEST)),
        vec![Bytes::from(Builder::response(200, "tttt", P, IUT).encode())],
        vec![Bytes::from(Builder::request("REPORT", "rrrr", P, IUT).message_id("im01").status(200).encode())],
    ]
    .concat();
    let edit = (any::<prop::sample::Index>(), 0usize..12, prop::collection::vec(any::<u8>(), 0..6));
    (prop::sample::select(all), prop::collection::vec(edit, 0..4)).prop_map(|(octets, edits)| {
        let mut octets = octets.to_vec();
        for (at, length, insert) in edits {
            let at = at.index(octets.len() + 1);
            octets.splice(at..(at + length).min(octets.len()), insert);
        }
        octets.into()
    })
}

fn octets() -> impl Strategy<Value = Bytes> {
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..300).prop_map(Bytes::from), 5 => spoilt()]
}

fn novelty() -> impl Strategy<Value = Novelty> {
    prop_oneof![
        6 => Just(Novelty::Request),
        1 => (0u32..20).prop_map(|event| Novelty::Response(EventId(event))),
        1 => Just(Novelty::StrayResponse),
        1 => Just(Novelty::Garbage),
    ]
}

/// Anything that a record can hold, in SIP and MSRP, from both sides.
fn kind() -> impl Strategy<Value = EventKind> {
    let address = ([127, 0, 0, 1], 5063).into();
    let transport = prop_oneof![6 => Just(Transport::Msrp), 1 => Just(Transport::Udp)];
    let purpose = prop_oneof![
        4 => Just(Purpose::Request),
        1 => Just(Purpose::Raw),
        2 => (0u32..20).prop_map(|event| Purpose::Answer(EventId(event))),
        1 => (0u32..20).prop_map(|event| Purpose::Retransmission(EventId(event))),
    ];
    let peer = prop::sample::select(vec!["P", "Q"]);
    (peer, transport, octets(), prop_oneof![novelty().prop_map(Ok), purpose.prop_map(Err)]).prop_map(
        move |(peer, transport, octets, side)| {
            let peer = peer.into();
            match side {
                Ok(novelty) => EventKind::Received { peer, transport, from: address, novelty, octets },
                Err(purpose) => EventKind::Sent { peer, transport, to: address, purpose, octets },
            }
        },
    )
}

const SELECTORS: &[&str] = &[
    "msrp.method",
    "msrp.status",
    "msrp.body",
    "msrp.octets",
    "msrp.Byte-Range",
    "outer.type",
    "outer.method",
    "sip.method",
    "sip.From",
    "cpim.From",
    "imdn.Message-ID",
    "entity.Content-Type",
    "content.text",
    "document.disposition",
    "id",
    "inner.id",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_upset_capture(kinds in prop::collection::vec(kind(), 0..16), receipts: bool) {
        let profile = if receipts { &RECEIPTS_00 } else { &IMDN_03 };
        let mut run = Run::new();
        let mut capture = Capture::new(profile);
        for kind in kinds {
            let id = run.push(kind);
            let message = capture.observe(id, run.record.event(id).unwrap()).unwrap();
            prop_assert!(!message.caption().is_empty());
            let view = View::new(&message, profile);
            for selector in SELECTORS {
                for value in of_message(&view, selector).unwrap() {
                    let inside = |place: Place| place.octets.get(place.span).is_some();
                    prop_assert!(value.place.is_none_or(inside));
                }
            }
            prop_assert!(message.chunks().iter().all(|chunk| chunk.event <= id));
        }
        prop_assert!(capture.unread().iter().all(|message| message.is_from_iut()));
        prop_assert!(capture.sends_of_iut().all(|message| !message.chunks().is_empty()));
    }

    #[test]
    fn are_captured_and_judged(events in prop::collection::vec((novelty(), octets()), 0..12)) {
        let mut run = Run::new();
        run.session_exchange(0, "im", &Way::to_iut("im01").chunked(200).chunks(&object(IM)), Some(200));
        run.command(1, json!({"command": "dispose", "how": "read"}), json!({"ok": true}));
        run.begin(&[(2, 0)]);
        let mut last = Vec::new();
        for (novelty, octets) in events {
            last = vec![run.msrp_received(novelty, octets)];
        }
        run.end(if last.is_empty() { StepOutcome::Elapsed } else { StepOutcome::Done(last) });
        common::assert_presentable(&run.judge(&report_scenario(EVERYTHING)));
    }
}
