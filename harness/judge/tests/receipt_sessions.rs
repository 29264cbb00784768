//! Receipts in MSRP sessions, refusals, receipts for receipts, receipts that go astray.

mod common;

use bytes::Bytes;
use common::receipts::{
    DELIVERY, IM, REQUEST, asking, expect, faults, read, receipts_run, receipts_scenario, sending_scenario,
    user,
};
use common::session::{Way, object};
use common::{Run, blamed, edit, response, scenario, verdict_on, wire};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};
use record::{Ending, EventKind, Novelty, Purpose, StepOutcome, Transport};
use serde_json::json;
use wire::msrp::{FailureReport, decode, respond};

/// A message that asks to be told when it is read, and the receipt of the IUT in those chunks.
fn session_run(receipt: &[Bytes]) -> Run {
    let mut run = Run::new();
    run.session_exchange(0, "im", &Way::to_iut("im01").chunks(&object(&asking("read"))), Some(200));
    run.session_expect(1, receipt);
    run
}

fn session_blames(run: &Run) -> Vec<(String, Verdict)> {
    let judgements = run.judge_receipts(&receipts_scenario(1, ""), &user());
    faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

fn quietly() -> Way {
    Way::to_peer("rep1").failure_report(FailureReport::No)
}

const CHECKS: &str = "{judges: RCPT-7.1.1-1, check: outer-type}, {judges: RCPT-7.1.1-3, check: no-msrp-report}, \
    {judges: RCPT-7.1.1-4, check: failure-report-no}, {judges: RCPT-7.1.1-5, check: no-request-in-report}, \
    {judges: RCPT-7.1.2-1, check: msrp-responses}";

#[test]
fn a_receipt_in_a_session_is_right_however_many_chunks_it_came_in() {
    for size in [1 << 20, 60, 1] {
        let run = session_run(&quietly().chunked(size).chunks(&object(&read())));
        let judgements = run.judge_receipts(&receipts_scenario(1, CHECKS), &user());
        assert_eq!(blamed(&judgements), [], "{size}");
        assert_eq!(verdict_on(&judgements, "RCPT-7.1.1-4"), Some(Pass));
    }
}

/// Puts header lines into every chunk.
fn with(chunks: Vec<Bytes>, lines: &str) -> Vec<Bytes> {
    let edit = |chunk: Bytes| {
        let text = String::from_utf8_lossy(&chunk).into_owned();
        Bytes::from(edit(&text, "Message-ID: rep1\r\n", &format!("Message-ID: rep1\r\n{lines}")))
    };
    chunks.into_iter().map(edit).collect()
}

#[test]
fn reports_of_msrp_are_not_asked_for() {
    let body = object(&read());
    let bare = || Way::to_peer("rep1").chunks(&body);
    let plain = |lines: &str| session_blames(&session_run(&with(bare(), lines)));
    expect("both no", &plain("Failure-Report: no\r\nSuccess-Report: no\r\n"), &[]);
    expect("capitals", &plain("failure-report: No\r\n"), &[]);
    expect("none", &plain(""), &[("RCPT-7.1.1-4", Fail)]);
    expect("success", &plain("Failure-Report: no\r\nSuccess-Report: yes\r\n"), &[("RCPT-7.1.1-3", Fail)]);
    for wanted in ["yes", "partial"] {
        let found = plain(&format!("Failure-Report: {wanted}\r\n"));
        expect(wanted, &found, &[("RCPT-7.1.1-3", Fail), ("RCPT-7.1.1-4", Fail)]);
    }
    // One chunk of several that does not say so is enough.
    let mut chunks = quietly().chunked(100).chunks(&body);
    let last = String::from_utf8(chunks.last().unwrap().to_vec()).unwrap();
    *chunks.last_mut().unwrap() = edit(&last, "Failure-Report: no\r\n", "").into();
    expect("the last chunk", &session_blames(&session_run(&chunks)), &[("RCPT-7.1.1-4", Fail)]);
}

#[test]
fn a_receipt_in_a_session_asks_for_nothing_and_is_a_cpim_object() {
    let with = |line: &str| edit(&read(), "41080>\n\n", &format!("41080>\n{line}\n\n"));
    let blames = |text: &str| session_blames(&session_run(&quietly().chunks(&object(text))));
    expect("a request", &blames(&with("Receipt-Request: read")), &[("RCPT-7.1.1-5", Fail)]);
    expect("a transposed one", &blames(&with("Request-Receipt: read")), &[("RCPT-7.1.1-5", Fail)]);
    expect("an empty one", &blames(&with("Receipt-Request: ")), &[("RCPT-7.1.1-5", Warning)]);
    let document = object(&read());
    let start = document.windows(5).position(|window| window == b"<?xml").unwrap();
    let bare = Way { content_type: "message/status-receipt+xml", ..quietly() };
    expect(
        "no CPIM",
        &session_blames(&session_run(&bare.chunks(&document[start..]))),
        &[("RCPT-7.1.1-1", Fail)],
    );
    let labelled = Way { content_type: "text/plain", ..quietly() };
    expect(
        "a wrong type",
        &session_blames(&session_run(&labelled.chunks(&document))),
        &[("RCPT-7.1.1-1", Fail)],
    );
}

#[test]
fn delivery_requests_in_sessions_have_no_answer() {
    let mut run = Run::new();
    run.session_exchange(0, "im", &Way::to_iut("im01").chunks(&object(IM)), Some(200));
    run.session_expect(1, &quietly().chunks(&object(DELIVERY)));
    expect("I-49", &session_blames(&run), &[("RCPT-7.1.3.2-2", Warning)]);
}

/// A SEND of a peer with that Failure-Report, answered or not.
fn answered(wanted: Option<FailureReport>, status: Option<u16>, text: &str) -> Vec<(String, Verdict)> {
    let mut run = Run::new();
    let way = Way::to_iut("im01");
    let way = wanted.map_or(way.clone(), |wanted| way.failure_report(wanted));
    for (index, chunk) in way.chunked(150).chunks(&object(text)).iter().enumerate() {
        run.begin(&[(0, index as u32)]);
        let request = run.msrp_sent(Purpose::Request, chunk.clone());
        let ending = match status {
            None => Ending::TimedOut,
            Some(status) => {
                let response = respond(&decode(chunk).value, status).into();
                Ending::Final(run.msrp_received(Novelty::Response(request), response))
            }
        };
        run.push(EventKind::Transaction { request, ending });
        run.end(StepOutcome::Done(Vec::new()));
    }
    let judgements =
        run.judge_receipts(&scenario("{id: s, title: t, role: requesting-uac, steps: []}"), &user());
    let mut found: Vec<_> =
        faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect();
    found.dedup();
    found
}

#[test]
fn responses_follow_failure_report() {
    use FailureReport::{No, Partial, Yes};
    let plain = asking("read");
    for (wanted, status) in [
        (None, Some(200)),
        (Some(Yes), Some(200)),
        (Some(Yes), Some(413)),
        (Some(Partial), None),
        (Some(Partial), Some(413)),
        (Some(No), None),
    ] {
        expect("right", &answered(wanted, status, &plain), &[]);
    }
    for (wanted, status) in [
        (None, None),
        (Some(Yes), None),
        (Some(Partial), Some(200)),
        (Some(No), Some(200)),
        (Some(No), Some(413)),
    ] {
        expect("wrong", &answered(wanted, status, &plain), &[("RCPT-7.1.2-1", Fail)]);
    }
    expect("a receipt", &answered(Some(No), None, &read()), &[]);
    expect("an answered one", &answered(Some(No), Some(200), &read()), &[("RCPT-7.1.2-2", Fail)]);
    expect("a refused one", &answered(Some(No), Some(400), &read()), &[("RCPT-7.1.2-2", Fail)]);
    expect("one that asks for it", &answered(Some(Yes), Some(200), &read()), &[]);
    expect("one that waits in vain", &answered(Some(Yes), None, &read()), &[]);
}

#[test]
fn a_receipt_is_never_answered_by_a_receipt() {
    let swapped = edit(
        &read(),
        "From: <sip:bob@127.0.0.1:5062>\nTo: <sip:p.7f3a@127.0.0.1:41080>\n\n",
        "From: <sip:p.7f3a@127.0.0.1:41080>\nTo: <sip:bob@127.0.0.1:5062>\n\n",
    );
    let peers =
        edit(&swapped, "5062>\n\nContent", "5062>\nMessage-ID: R77777777\nReceipt-Request: read\n\nContent");
    let own = edit(&read(), "M1xyzABCDEF", "R77777777");
    let mut run = Run::new();
    run.exchange(0, "receipt", &peers, 200);
    run.expect(&[(1, 0)], wire(&own));
    let steps = scenario(
        "{id: s, title: t, role: requesting-uac, steps: [{send: {message: report, as: r}}, {expect: {message: report}}]}",
    );
    let judgements = run.judge_receipts(&steps, &user());
    assert_eq!(faults(&judgements), [("RCPT-3.2-9", Fail)]);
    let mut run = Run::new();
    let quiet = Way::to_iut("im01").failure_report(FailureReport::No);
    run.session_exchange(0, "receipt", &quiet.chunks(&object(&peers)), None);
    run.session_expect(1, &quietly().chunks(&object(&own)));
    assert_eq!(faults(&run.judge_receipts(&steps, &user())), [("RCPT-7.1.3.2-2", Fail)]);
}

fn refused(again: Option<u16>) -> Vec<(String, Verdict)> {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 486);
    if let Some(status) = again {
        run.exchange(1, "again", &edit(IM, "bK1", "bK9"), status);
    }
    run.expect(&[(2, 0)], wire(&edit(DELIVERY, ">200<", ">486<")));
    let steps = scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, {send: {message: im-req, as: again}}, \
         {expect: {message: report, about: im}}]}",
    );
    let judgements = run.judge_receipts(&steps, &user());
    faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

#[test]
fn after_a_refusal_nothing_is_to_come() {
    expect("refused", &refused(None), &[("RCPT-6.1.3.1-6", Fail)]);
    expect("refused twice", &refused(Some(486)), &[("RCPT-6.1.3.1-6", Fail)]);
    expect("accepted at last", &refused(Some(200)), &[]);
}

#[test]
fn a_receipt_may_come_before_the_answer() {
    let mut run = Run::new();
    run.begin(&[(0, 0)]);
    let im = run.sent(Purpose::Request, wire(IM));
    run.push(EventKind::Named { name: "im".into(), event: im });
    let early = run.incoming(wire(DELIVERY), 200);
    let answer = run.received(Novelty::Response(im), wire(&response(200)));
    run.push(EventKind::Transaction { request: im, ending: Ending::Final(answer) });
    run.end(StepOutcome::Done(vec![answer]));
    run.begin(&[(1, 0)]);
    run.end(StepOutcome::Done(vec![early]));
    let judgements = run.judge_receipts(
        &receipts_scenario(1, "{judges: RCPT-6.1.3.1-6, check: no-receipt-after-refusal}, {judges: RCPT-6.1.3.1-4, check: receipt-in-own-message}"),
        &user(),
    );
    assert_eq!(faults(&judgements), []);
    assert_eq!(verdict_on(&judgements, "RCPT-6.1.3.1-6"), Some(Inconclusive), "nothing was refused");
    assert_eq!(verdict_on(&judgements, "RCPT-6.1.3.1-4"), Some(Pass));
}

#[test]
fn a_receipt_in_the_wrong_place_is_not_missed_besides() {
    let (head, body) = DELIVERY.split_once("Content-Type: message/cpim\n\n").unwrap();
    let answer = edit(&response(200), "Content-Length: 0\n\n", "");
    let inside = format!("{answer}Content-Type: message/cpim\n\n{body}");
    let info = format!("{}Content-Type: message/cpim\n\n{body}", head.replace("MESSAGE", "INFO"));
    for (what, in_answer, extra) in
        [("in the answer", inside, None), ("in another method", response(200), Some(info))]
    {
        let mut run = Run::new();
        run.begin(&[(0, 0)]);
        let im = run.sent(Purpose::Request, wire(IM));
        run.push(EventKind::Named { name: "im".into(), event: im });
        let answer = run.received(Novelty::Response(im), wire(&in_answer));
        run.push(EventKind::Transaction { request: im, ending: Ending::Final(answer) });
        run.end(StepOutcome::Done(vec![answer]));
        run.begin(&[(1, 0)]);
        if let Some(extra) = extra {
            run.incoming(wire(&extra), 200);
        }
        run.end(StepOutcome::Elapsed);
        let judgements = run.judge_receipts(
            &scenario(
                "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, \
                 {expect: {message: report, about: im, missing: {judges: RCPT-6.1.3.1-2}}}]}",
            ),
            &user(),
        );
        assert_eq!(faults(&judgements), [("RCPT-6.1.3.1-4", Fail)], "{what}");
        assert_eq!(verdict_on(&judgements, "RCPT-6.1.3.1-2"), Some(Inconclusive), "{what}");
    }
}

#[test]
fn receipts_are_for_the_sender_alone() {
    let astray = |receipt: &str, im: &str| -> Vec<(String, Verdict)> {
        let mut run = receipts_run(im, &[DELIVERY]);
        run.push(EventKind::Bound { name: "X".into(), value: json!({"uri": "sip:x.11@127.0.0.1:41080"}) });
        let from = ([127, 0, 0, 1], 5062).into();
        let octets = wire(receipt);
        let (transport, novelty) = (Transport::Udp, Novelty::Request);
        run.push(EventKind::Received { peer: "X".into(), transport, from, novelty, octets });
        let judgements = run.judge_receipts(&receipts_scenario(1, ""), &user());
        faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
    };
    let other = common::receipts::again(DELIVERY, "c8");
    expect("the same to X", &astray(&other, IM), &[("RCPT-8-1", Fail)]);
    let addressed =
        edit(&other, "To: <sip:p.7f3a@127.0.0.1:41080>\n\n", "To: <sip:x.11@127.0.0.1:41080>\n\n");
    expect("one for X", &astray(&addressed, IM), &[("RCPT-8-1", Fail)]);
}

#[test]
fn a_receipt_goes_where_the_message_says_it_is_from() {
    let im = edit(IM, "\n\nFrom: <sip:p.7f3a@127.0.0.1:41080>", "\n\nFrom: <sip:x.11@127.0.0.1:41080>");
    let mut run = Run::new();
    run.push(EventKind::Bound { name: "X".into(), value: json!({"uri": "sip:x.11@127.0.0.1:41080"}) });
    run.exchange(0, "im", &im, 200);
    run.begin(&[(1, 0)]);
    let receipt =
        edit(DELIVERY, "To: <sip:p.7f3a@127.0.0.1:41080>\n\n", "To: <sip:x.11@127.0.0.1:41080>\n\n");
    let (transport, novelty, from) = (Transport::Udp, Novelty::Request, ([127, 0, 0, 1], 5062).into());
    let event =
        run.push(EventKind::Received { peer: "X".into(), transport, from, novelty, octets: wire(&receipt) });
    run.end(StepOutcome::Done(vec![event]));
    let judgements =
        run.judge_receipts(&receipts_scenario(1, "{judges: RCPT-8-1, check: receipt-to-sender}"), &user());
    assert_eq!(faults(&judgements), []);
    assert_eq!(verdict_on(&judgements, "RCPT-8-1"), Some(Pass));
}

#[test]
fn the_own_request_in_a_session_is_no_receipt() {
    let mut run = Run::new();
    run.command(0, json!({"command": "send", "receipts": ["read"]}), json!({"ok": true}));
    let request = edit(REQUEST, "positive-delivery, read", "read");
    run.session_expect(1, &Way::to_peer("m1").chunks(&object(&request)));
    let judgements =
        run.judge_receipts(&sending_scenario("{judges: RCPT-7.1.1-4, check: failure-report-no}"), &user());
    assert_eq!(faults(&judgements), []);
    assert_eq!(verdict_on(&judgements, "RCPT-7.1.1-4"), Some(Inconclusive));
}
