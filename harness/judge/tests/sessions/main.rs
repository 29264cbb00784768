//! Messages in MSRP sessions: put together, told apart, judged as those over SIP are.

#![allow(clippy::unwrap_used, reason = "tests")]

mod answers;
mod any_octets;
#[path = "../common/mod.rs"]
mod common;

use bytes::Bytes;
use common::session::{IUT, P, Way, object};
use common::{IM, REPORT, REQUEST, Run, blamed, edit, report_scenario, scenario, verdict_on};
use imdnspec_judge::Capture;
use imdnspec_judge::Verdict::{Fail, Inconclusive, Pass, Warning};
use imdnspec_judge::capture::{Class, Message, Piece};
use record::{EventId, EventKind, Novelty, Purpose, StepOutcome};
use serde_json::json;
use std::sync::Arc;
use wire::msrp::{Builder, ByteRange, FailureReport, Flag, Refusal, decode, report, respond};
use wire::profile::IMDN_03;

const EVERYTHING: &str = "{judges: IMDN-9.2-9, check: report-format}, {judges: IMDN-9.1-7, check: subjects-copied}, \
    {judges: IMDN-9.2-4, that: document.original-message-id, is: '${im}'}, \
    {judges: IMDN-9.1-7, that: outer.type, is: message/cpim}, {judges: IMDN-9.1-7, that: outer.method, is: SEND}, \
    {judges: IMDN-9.1-7, that: msrp.method, is: SEND}, {judges: IMDN-9.1-7, that: msrp.To-Path, is: 'msrp://127.0.0.1:41090/p1;tcp'}";

fn captured(run: &Run) -> Capture {
    let mut capture = Capture::new(&IMDN_03);
    for (id, event) in run.record.iter() {
        capture.observe(id, event);
    }
    capture
}

fn message(capture: &Capture, event: EventId) -> Arc<Message> {
    capture.get(event).unwrap().clone()
}

/// Message, reading and report, in chunks of those sizes.
fn session_run(im: usize, report: usize) -> Run {
    let mut run = Run::new();
    run.session_exchange(0, "im", &Way::to_iut("im01").chunked(im).chunks(&object(IM)), Some(200));
    run.command(
        1,
        json!({"command": "dispose", "message_id": "M1xyzABCDEF", "how": "read"}),
        json!({"ok": true}),
    );
    let way = Way::to_peer("rep1").failure_report(FailureReport::No);
    run.session_expect(2, &way.chunked(report).chunks(&object(REPORT)));
    run
}

#[test]
fn a_report_is_judged_however_many_chunks_it_came_in() {
    for (im, report) in [(1 << 20, 1 << 20), (100, 1 << 20), (1 << 20, 90), (7, 1)] {
        let judgements = session_run(im, report).judge(&report_scenario(EVERYTHING));
        assert_eq!(blamed(&judgements), [], "{im} {report}");
        assert_eq!(verdict_on(&judgements, "IMDN-9.2-4"), Some(Pass));
        assert_eq!(verdict_on(&judgements, "IMDN-9.1-7"), Some(Pass));
    }
}

#[test]
fn a_fault_in_a_message_of_many_chunks_is_pointed_at() {
    let mut run = Run::new();
    run.session_exchange(0, "im", &Way::to_iut("im01").chunks(&object(IM)), Some(200));
    run.command(1, json!({"command": "dispose", "how": "read"}), json!({"ok": true}));
    let wrong = edit(REPORT, ">read<", ">seen<");
    run.session_expect(2, &Way::to_peer("rep1").chunked(64).chunks(&object(&wrong)));
    let judgements = run.judge(&report_scenario("{judges: IMDN-10.1-2, check: disposition-word}"));
    let judgement = judgements.iter().find(|judgement| judgement.requirement == "IMDN-10.1-2").unwrap();
    let evidence = &judgement.findings[0].evidence[0];
    assert_eq!(judgement.verdict, Fail);
    assert_eq!(&evidence.octets[evidence.span.clone().unwrap()], b"seen");
    assert!(evidence.caption.contains("SEND over msrp, put together from 1"), "{}", evidence.caption);
}

#[test]
fn a_message_belongs_to_the_event_that_completes_it() {
    let mut run = Run::new();
    let body = object(REQUEST);
    let chunks = Way::to_peer("msg1").chunked(100).chunks(&body);
    let events: Vec<EventId> =
        chunks.iter().map(|chunk| run.msrp_received(Novelty::Request, chunk.clone())).collect();
    let capture = captured(&run);
    let (last, parts) = events.split_last().unwrap();
    for part in parts {
        let part = message(&capture, *part);
        assert_eq!((part.class, part.piece()), (Class::Other, Some(&Piece::Part)));
        assert!(part.is_housekeeping() && part.chunks().is_empty());
    }
    let whole = message(&capture, *last);
    assert_eq!((whole.class, &*whole.method), (Class::Request, "SEND"));
    assert!(whole.octets.ends_with(&body) && whole.octets.starts_with(b"MSRP "));
    let of: Vec<(EventId, Bytes)> =
        whole.chunks().iter().map(|chunk| (chunk.event, chunk.octets.clone())).collect();
    assert_eq!(of, events.iter().copied().zip(chunks).collect::<Vec<_>>());
    assert_eq!(capture.of_iut().map(|message| message.event).collect::<Vec<_>>(), [*last]);
    assert_eq!(capture.sends_of_iut().count(), 1);
}

#[test]
fn sessions_and_directions_are_apart_and_spellings_of_paths_are_not() {
    let mut run = Run::new();
    let one = Way::to_peer("same").chunked(200);
    let other = Way { from: "msrp://127.0.0.1:5063/i2;tcp", ..one.clone() };
    let back = Way { to: one.from, from: one.to, ..one.clone() };
    let other_body = object(&edit(REQUEST, "S1freshfresh", "S2freshfresh"));
    let (ones, others) = (one.chunks(&object(REQUEST)), other.chunks(&other_body));
    let mut last = (EventId(0), EventId(0), EventId(0));
    for ((one, other), back) in ones.iter().zip(&others).zip(back.chunks(&object(IM))) {
        let one = String::from_utf8(one.to_vec()).unwrap().replace(";tcp", ";TCP");
        last.0 = run.msrp_received(Novelty::Request, one.into());
        last.1 = run.msrp_received(Novelty::Request, other.clone());
        last.2 = run.msrp_sent(Purpose::Request, back);
    }
    assert_eq!(ones.len(), others.len());
    let capture = captured(&run);
    assert!(message(&capture, last.0).octets.ends_with(&object(REQUEST)));
    assert!(message(&capture, last.1).octets.ends_with(&other_body));
    assert_eq!(capture.sends_of_iut().count(), 2);
}

#[test]
fn chunks_in_another_order_are_one_message_with_the_head_of_the_first() {
    let mut run = Run::new();
    let body = object(REQUEST);
    let mut chunks = Way::to_peer("msg1").chunked(200).chunks(&body);
    // The last chunk is the one that says how long the message is; it may come first.
    chunks.reverse();
    let first = decode(chunks.last().unwrap()).value.transaction().unwrap().to_vec();
    let last = run.session_incoming(&chunks);
    let whole = message(&captured(&run), last);
    assert!(whole.octets.ends_with(&body));
    assert_eq!(decode(&whole.octets).value.transaction(), Some(&first[..]));
}

#[test]
fn a_message_that_is_given_up_is_none() {
    let mut run = Run::new();
    let chunks = Way::to_peer("msg1").chunked(100).chunks(&object(REQUEST));
    let given_up = String::from_utf8(chunks[1].to_vec()).unwrap().replace("+\r\n", "#\r\n");
    run.msrp_received(Novelty::Request, chunks[0].clone());
    let end = run.msrp_received(Novelty::Request, given_up.into());
    let capture = captured(&run);
    assert_eq!(message(&capture, end).piece(), Some(&Piece::Aborted));
    assert!(message(&capture, end).caption().contains("given up"));
    assert_eq!((capture.of_iut().count(), capture.unread().len()), (0, 0));
    // It may be sent again under the same identifier.
    let last = run.session_incoming(&chunks);
    assert_eq!(message(&captured(&run), last).class, Class::Request);
}

/// A quiet window after a message, with something in it.
fn quiet_run(fill: impl FnOnce(&mut Run, &Bytes)) -> Vec<imdnspec_judge::Judgement> {
    let mut run = Run::new();
    let chunks = Way::to_iut("im01").chunks(&object(IM));
    run.session_exchange(0, "im", &chunks, Some(200));
    run.begin(&[(1, 0)]);
    fill(&mut run, &chunks[0]);
    run.end(StepOutcome::Elapsed);
    run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, \
         {quiet: {judges: IMDN-9.2-3}}]}",
    ))
}

#[test]
fn what_keeps_sessions_going_breaks_no_silence() {
    let judgements = quiet_run(|run, im| {
        let im = decode(im).value;
        let range = ByteRange { start: 1, end: Some(10), total: Some(10) };
        run.msrp_received(Novelty::Request, report(&im, 200, range, "rep0001").encode().into());
        run.msrp_received(Novelty::StrayResponse, respond(&im, 200).into());
        run.msrp_received(
            Novelty::Request,
            Builder::request("SEND", "keep01", P, IUT).message_id("k1k1").encode().into(),
        );
        let nothing = Builder::request("SEND", "keep02", P, IUT).message_id("k2k2").body("text/plain", "");
        run.msrp_received(Novelty::Request, nothing.encode().into());
        for method in ["INVITE", "ACK", "BYE"] {
            let sip = format!("{method} sip:p@127.0.0.1:41080 SIP/2.0\nCall-ID: x\nCSeq: 1 {method}\n\n");
            run.received(Novelty::Request, common::wire(&sip));
        }
    });
    assert_eq!(blamed(&judgements), []);
    assert_eq!(verdict_on(&judgements, "IMDN-9.2-3"), Some(Pass));
}

#[test]
fn a_message_breaks_silence_and_an_unreadable_one_leaves_no_basis() {
    let report = Way::to_peer("rep1").chunked(100).chunks(&object(REPORT));
    let whole = quiet_run(|run, _| _ = run.session_incoming(&report));
    assert_eq!(verdict_on(&whole, "IMDN-9.2-3"), Some(Warning));
    let begun = quiet_run(|run, _| _ = run.session_incoming(&report[..2]));
    assert_eq!(blamed(&begun), [("IMDN-9.2-3", Inconclusive)]);
    let lost = quiet_run(|run, _| {
        let text = String::from_utf8(report[0].to_vec()).unwrap().replace("Byte-Range: 1-", "Byte-Range: x-");
        run.session_incoming(&[text.into()]);
    });
    assert_eq!(blamed(&lost), [("IMDN-9.2-3", Inconclusive)]);
    let caption = &lost[0].findings[0].evidence[0].caption;
    assert!(caption.contains("could not be put together"), "{caption}");
}

#[test]
fn a_report_that_cannot_be_put_together_is_shown_where_it_is_missed() {
    let mut run = Run::new();
    run.session_exchange(0, "im", &Way::to_iut("im01").chunks(&object(IM)), Some(200));
    run.begin(&[(1, 0)]);
    let mut chunks = Way::to_peer("rep1").chunked(300).chunks(&object(REPORT));
    chunks.pop();
    run.session_incoming(&chunks);
    run.end(StepOutcome::Elapsed);
    let judgements = run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, \
         {expect: {message: report, about: im, missing: {judges: IMDN-9.2-4}}}]}",
    ));
    assert_eq!(blamed(&judgements), [("IMDN-9.2-4", Fail)]);
    let captions: Vec<&str> =
        judgements[0].findings[0].evidence.iter().map(|evidence| &*evidence.caption).collect();
    assert!(captions.contains(&"IUT → P, SEND over msrp, one chunk"), "{captions:?}");
}

#[test]
fn claims_beyond_all_bounds_cost_nothing() {
    let mut run = Run::new();
    let end = 1u64 << 63;
    for (number, start) in [1, end - 5, u64::MAX].into_iter().enumerate() {
        let range = ByteRange { start, end: Some(start.saturating_add(4)), total: Some(u64::MAX) };
        let chunk =
            Builder::request("SEND", format!("huge{number}"), P, IUT).message_id("huge").byte_range(range);
        run.msrp_received(
            Novelty::Request,
            chunk.body("message/cpim", "12345").flag(Flag::More).encode().into(),
        );
    }
    let range = "Byte-Range: 99999999999999999999999999-*/*";
    let chunk = Builder::request("SEND", "huge9", P, IUT).message_id("hug2").header("Byte-Range", "1-5/9");
    let chunk = String::from_utf8(chunk.body("message/cpim", "12345").encode()).unwrap();
    let last = run.msrp_received(Novelty::Request, chunk.replace("Byte-Range: 1-5/9", range).into());
    let capture = captured(&run);
    assert_eq!(capture.of_iut().count(), 0);
    assert_eq!(message(&capture, last).piece(), Some(&Piece::Refused(Refusal::Unplaced)));
    assert!(!capture.unread().is_empty());
}

#[test]
fn what_the_iut_says_by_msrp_of_a_message_is_known() {
    let mut run = Run::new();
    let chunks = Way::to_iut("im01").chunked(200).chunks(&object(IM));
    let im = run.session_exchange(0, "im", &chunks, Some(200));
    let silent = Way::to_iut("rec1").failure_report(FailureReport::No).chunks(&object(REPORT));
    let receipt = run.session_exchange(1, "receipt", &silent, None);
    let range = ByteRange { start: 1, end: Some(9), total: Some(9) };
    let told = report(&decode(&chunks[0]).value, 200, range, "rep0001").encode();
    run.msrp_received(Novelty::Request, told.into());
    let late = run.msrp_received(Novelty::StrayResponse, respond(&decode(&silent[0]).value, 200).into());
    let capture = captured(&run);
    let im = message(&capture, im);
    let receipt = message(&capture, receipt);
    assert_eq!(
        capture.sends_of_peers().map(|sent| sent.class).collect::<Vec<_>>(),
        [Class::Request, Class::Report]
    );
    assert!(im.chunks().iter().all(|chunk| capture.responses(chunk.event).count() == 1));
    assert_eq!(capture.msrp_reports(&im).count(), 1);
    assert_eq!(capture.msrp_reports(&receipt).count(), 0);
    let late_ones: Vec<EventId> = capture.responses(receipt.event).map(|response| response.event).collect();
    assert_eq!(late_ones, [late]);
    assert_eq!(capture.ending(receipt.event), Some(&record::Ending::TimedOut));
    assert_eq!(message(&capture, late).caption(), "IUT → P, 200 over msrp");
}

#[test]
fn what_is_said_of_the_other_carrier_is_not_judged() {
    let asserted = "{judges: IMDN-9.1-7, that: sip.method, is: MESSAGE}, \
        {judges: IMDN-9.1-7, of: im, that: sip.Call-ID, present: true}";
    let judgements = session_run(1 << 20, 1 << 20).judge(&report_scenario(asserted));
    assert_eq!(judgements, []);
    let msrp = "{judges: IMDN-9.1-7, that: msrp.Failure-Report, is: no}";
    assert_eq!(common::report_run(IM, REPORT).judge(&report_scenario(msrp)), []);
    let judgements = session_run(1 << 20, 200).judge(&report_scenario(msrp));
    assert_eq!(verdict_on(&judgements, "IMDN-9.1-7"), Some(Pass));
}

#[test]
fn the_media_type_may_stand_in_any_chunk() {
    let body = object(REQUEST);
    let way = Way { content_type: "Message/CPIM; x=y", ..Way::to_peer("msg1") };
    let mut chunks = way.chunked(200).chunks(&body);
    let bare =
        String::from_utf8(chunks[0].to_vec()).unwrap().replace("Content-Type: Message/CPIM; x=y\r\n", "");
    chunks[0] = bare.into();
    let mut run = Run::new();
    let last = run.session_expect(0, &chunks);
    assert_eq!(message(&captured(&run), last).class, Class::Request);
    let outer = "{judges: IMDN-11.1-1, that: outer.type, is: message/cpim}";
    let judgements = run.judge(&scenario(&format!(
        "{{id: s, title: t, role: requesting-uac, steps: [{{expect: {{message: im, assert: [{outer}]}}}}]}}"
    )));
    assert_eq!(verdict_on(&judgements, "IMDN-11.1-1"), Some(Pass));
}

#[test]
fn a_report_without_cpim_around_it_is_one() {
    let (_, document) = REPORT.split_once("charset=utf-8\n\n").unwrap();
    let way = Way { content_type: "application/imdn+xml", ..Way::to_peer("rep1") };
    let mut run = Run::new();
    let last = run.session_expect(0, &way.chunked(200).chunks(document.as_bytes()));
    assert_eq!(message(&captured(&run), last).class, Class::Report);
}

#[test]
fn a_report_that_is_not_refused_is_not_sent_again() {
    let way = Way::to_peer("rep1").failure_report(FailureReport::No).chunked(300);
    let second = |status: Option<u16>| {
        let mut run = Run::new();
        run.session_exchange(0, "im", &Way::to_iut("im01").chunks(&object(IM)), Some(200));
        for chunk in [way.chunks(&object(REPORT)), way.chunks(&object(REPORT))].concat() {
            let event = run.msrp_received(Novelty::Request, chunk.clone());
            if let Some(status) = status {
                run.msrp_sent(Purpose::Answer(event), respond(&decode(&chunk).value, status).into());
            }
        }
        verdict_on(&run.judge(&report_scenario("")), "IMDN-9.1-2")
    };
    assert_eq!(second(None), Some(Fail));
    assert_eq!(second(Some(200)), Some(Fail));
    assert_eq!(second(Some(413)), None);
}
