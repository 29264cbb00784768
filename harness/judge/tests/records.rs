//! Checks that need more than one message: counting, times, denials.

mod common;

use std::time::Duration;

use common::{
    IM, REPORT, REQUEST, Run, blamed, edit, report_run, report_scenario, scenario, verdict_on, wire,
};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};
use imdnspec_judge::{Judgement, check_names};
use record::{EventKind, Purpose, StepOutcome};
use serde_json::json;

fn nothing_asserted() -> scenario::model::Scenario {
    scenario("{id: s, title: t, role: reporting-uas, steps: []}")
}

fn found(run: &Run) -> Vec<(String, Verdict)> {
    let judgements = run.judge(&nothing_asserted());
    blamed(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

fn one(id: &str, verdict: Verdict) -> Vec<(String, Verdict)> {
    vec![(id.to_owned(), verdict)]
}

fn second_report() -> String {
    edit(&edit(REPORT, "R1freshfresh", "R2freshfresh"), "branch=z9hG4bK2", "branch=z9hG4bK5")
}

#[test]
fn a_second_report_is_a_failure() {
    let mut run = report_run(IM, REPORT);
    run.incoming(wire(&second_report()), 200);
    assert_eq!(found(&run), one("IMDN-9.1-2", Fail));
}

#[test]
fn a_second_report_without_identifier_is_one_too() {
    let mut run = report_run(IM, REPORT);
    let id = "<original-message-id>M1xyzABCDEF</original-message-id>\n";
    run.incoming(wire(&edit(&second_report(), id, "")), 200);
    assert!(found(&run).contains(&("IMDN-9.1-2".to_owned(), Fail)));
}

#[test]
fn a_second_report_for_a_message_sent_again_is_a_warning() {
    let mut run = report_run(IM, REPORT);
    run.sent(Purpose::Request, wire(&edit(IM, "branch=z9hG4bK1", "branch=z9hG4bK7")));
    run.incoming(wire(&second_report()), 200);
    assert_eq!(found(&run), one("IMDN-9.1-2", Warning));
    run.incoming(wire(&edit(&second_report(), "R2freshfresh", "R3freshfresh")), 200);
    assert_eq!(found(&run), one("IMDN-9.1-2", Fail));
}

#[test]
fn a_second_report_for_a_retransmission_is_a_failure() {
    let mut run = report_run(IM, REPORT);
    let first = run.record.iter().find(|(_, e)| matches!(e.kind, EventKind::Sent { .. })).unwrap().0;
    run.sent(Purpose::Retransmission(first), wire(IM));
    run.sent(Purpose::Request, wire(IM));
    run.incoming(wire(&second_report()), 200);
    assert_eq!(found(&run), one("IMDN-9.1-2", Fail));
}

#[test]
fn a_report_sent_again_because_it_was_refused_is_no_second_one() {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    run.incoming(wire(REPORT), 503);
    run.incoming(wire(&edit(REPORT, "branch=z9hG4bK2", "branch=z9hG4bK8")), 200);
    assert_eq!(found(&run), []);
}

#[test]
fn reports_on_several_messages_are_counted_apart() {
    let mut run = Run::new();
    run.exchange(0, "a", IM, 200);
    run.exchange(1, "b", &edit(IM, "M1xyzABCDEF", "M2xyzABCDEF"), 200);
    run.incoming(wire(REPORT), 200);
    run.incoming(wire(&second_report().replace("M1xyzABCDEF", "M2xyzABCDEF")), 200);
    assert_eq!(found(&run), []);
    // Each report has the right identifier in another case; none of them counts as a second one.
    let mut run = Run::new();
    run.exchange(0, "a", IM, 200);
    run.exchange(1, "b", &edit(IM, "M1xyzABCDEF", "M2xyzABCDEF"), 200);
    run.incoming(wire(&REPORT.replace("M1xyz", "m1xyz")), 200);
    run.incoming(wire(&second_report().replace("M1xyzABCDEF", "m2xyzABCDEF")), 200);
    assert_eq!(found(&run), [("IMDN-9.2-9".to_owned(), Fail), ("IMDN-10.2-1".to_owned(), Fail)]);
}

/// A report of the peer, on the message of that identifier.
fn peer_report(about: &str) -> String {
    let report = edit(REPORT, "M1xyzABCDEF", about);
    let from_peer = report
        .replace("sip:bob@127.0.0.1:5062", "sip:TEMP")
        .replace("sip:p.7f3a@127.0.0.1:41080", "sip:bob@127.0.0.1:5062");
    from_peer
        .replace("sip:TEMP", "sip:p.7f3a@127.0.0.1:41080")
        .replace("imdn.Message-ID", "imdn.Disposition-Notification: \nimdn.Message-ID")
}

#[test]
fn a_report_for_a_report_is_found() {
    let answer = edit(&second_report(), "M1xyzABCDEF", "R1freshfresh");
    let mut run = Run::new();
    run.exchange(0, "report", &peer_report("bogus123"), 200);
    assert_eq!(found(&run), []);
    run.incoming(wire(&answer), 200);
    assert_eq!(found(&run), one("IMDN-9.1-4", Fail));
    let mut run = Run::new();
    run.incoming(wire(REQUEST), 200);
    run.exchange(0, "report", &peer_report("S1freshfresh"), 200);
    run.incoming(wire(&answer), 200);
    assert_eq!(found(&run), [("IMDN-8.2-4".to_owned(), Fail), ("IMDN-9.1-4".to_owned(), Fail)]);
}

#[test]
fn a_long_identifier_cut_off_is_a_matter_of_length() {
    let (long, cut) = ("L".repeat(1100), "L".repeat(1024));
    let judge = |sent: &str, reported: &str| {
        let mut run = report_run(&edit(IM, "M1xyzABCDEF", sent), &edit(REPORT, "M1xyzABCDEF", reported));
        for event in &mut run.record.events {
            if let EventKind::Received { transport, .. } = &mut event.kind {
                *transport = record::Transport::Tcp;
            }
        }
        found(&run)
    };
    assert_eq!(judge(&long, &long), []);
    assert_eq!(judge(&long, &cut), one("IMDN-8.1.4-3", Fail));
    let wrong = [("IMDN-9.2-9".to_owned(), Fail), ("IMDN-10.2-1".to_owned(), Fail)];
    assert_eq!(judge(&long, &long.to_lowercase()), wrong);
    assert_eq!(judge("shortidentifier", "shortid"), wrong);
}

#[test]
fn a_large_report_over_udp_is_a_warning() {
    let report = edit(REPORT, "</imdn>", &format!("</imdn><!-- {} -->", "x".repeat(1300)));
    assert_eq!(found(&report_run(IM, &report)), one("IMDN-8.1.4-3", Warning));
}

#[test]
fn a_hidden_reporter_owes_no_uri() {
    let report = edit(REPORT, "<reporting-uas-uri>sip:bob@127.0.0.1:5062</reporting-uas-uri>\n", "");
    let mut run = Run::new();
    run.command(0, json!({"command": "policy", "hide_reporter": true}), json!({"ok": true}));
    run.exchange(1, "im", IM, 200);
    run.incoming(wire(&report), 200);
    assert_eq!(found(&run), []);
}

/// What is said of the disposition time if the message is read twenty seconds after it came.
fn late_reading(disposition_time: &str, date_time: &str, advance: bool) -> Option<Verdict> {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    match advance {
        true => run.command(1, json!({"command": "advance_clock", "seconds": 20}), json!({"ok": true})),
        false => run.command(1, json!({"command": "log"}), json!({"ok": true})),
    }
    let shift = if advance { Duration::ZERO } else { Duration::from_secs(20) };
    let began = run.record.events.len();
    run.command(
        2,
        json!({"command": "dispose", "message_id": "M1xyzABCDEF", "how": "read"}),
        json!({"ok": true}),
    );
    let report = edit(
        REPORT,
        "<disposition-time>2026-03-01T12:00:01Z",
        &format!("<disposition-time>{disposition_time}"),
    );
    let report = edit(&report, "DateTime: 2026-03-01T12:00:01Z\n", date_time);
    run.expect(&[(3, 0)], wire(&report));
    for event in &mut run.record.events[began..] {
        event.at += shift;
    }
    let asserted = scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, {command: {ask: log}}, \
         {command: {ask: dispose}}, {expect: {message: report, assert: [{judges: IMDN-10.6-1, check: disposition-time}]}}]}",
    );
    verdict_on(&run.judge(&asserted), "IMDN-10.6-1")
}

#[test]
fn the_time_of_arrival_is_not_that_of_the_disposition() {
    // The record begins at 12:00:00.5.
    let own = "DateTime: 2026-03-01T12:00:20Z\n";
    for advance in [false, true] {
        assert_eq!(late_reading("2026-03-01T12:00:20Z", own, advance), Some(Pass));
        assert_eq!(late_reading("2026-03-01T12:00:00Z", own, advance), Some(Fail));
        assert_eq!(late_reading("2026-03-01T12:00:20Z", "", advance), Some(Pass), "by the harness's clock");
        assert_eq!(late_reading("2026-03-01T12:00:00Z", "", advance), Some(Fail));
    }
    let ahead = "DateTime: 2026-03-01T18:30:20+02:00\n";
    assert_eq!(late_reading("2026-03-01T16:30:20Z", ahead, false), Some(Pass), "a clock of its own");
    assert_eq!(late_reading("2026-03-01T16:30:00Z", ahead, false), Some(Fail));
    assert_eq!(late_reading("2026-03-01T15:00:00Z", ahead, false), Some(Fail), "far off by its own clock");
    assert_eq!(
        late_reading("2026-03-01T12:00:10Z", own, false),
        Some(Inconclusive),
        "neither here nor there"
    );
    assert_eq!(
        late_reading("2026-03-01T15:00:00Z", "", false),
        Some(Inconclusive),
        "a clock that is only assumed"
    );
}

#[test]
fn a_report_that_waited_for_consent_tells_when_the_message_was_read() {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    let dispose = |how: &str| json!({"command": "dispose", "message_id": "M1xyzABCDEF", "how": how});
    run.command(1, dispose("read"), json!({"ok": true}));
    let began = run.record.events.len();
    run.command(2, dispose("consent"), json!({"ok": true}));
    run.incoming(
        wire(&edit(REPORT, "DateTime: 2026-03-01T12:00:01Z", "DateTime: 2026-03-01T12:00:31Z")),
        200,
    );
    for event in &mut run.record.events[began..] {
        event.at += Duration::from_secs(30);
    }
    assert_eq!(found(&run), []);
}

/// Two denials, the second one edited.
fn denials(from: &str, to: &str) -> Vec<Judgement> {
    let denial = edit(REPORT, ">read<", ">denied<");
    let second =
        denial.replace("M1xyzABCDEF", "M2xyzABCDEF").replace("R1fresh", "R2fresh").replace("c2\n", "c9\n");
    let second = second.replace("12:00:01Z", "12:00:09Z");
    let mut run = Run::new();
    run.exchange(0, "a", IM, 200);
    run.expect(&[(1, 0)], wire(&denial));
    run.exchange(2, "b", &edit(IM, "M1xyzABCDEF", "M2xyzABCDEF"), 200);
    run.expect(&[(3, 0)], wire(&edit(&second, from, to)));
    run.begin(&[(4, 0)]);
    run.end(StepOutcome::Done(Vec::new()));
    run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req}}, {expect: {message: report}}, \
         {send: {message: im-req}}, {expect: {message: report}}, \
         {verify: {assert: [{judges: IMDN-6.2.4-1, check: denials-alike}]}}]}",
    ))
}

#[test]
fn denials_do_not_tell_their_cause() {
    let verdict = |from: &str, to: &str| verdict_on(&denials(from, to), "IMDN-6.2.4-1");
    assert_eq!(verdict("denied", "denied"), Some(Pass));
    assert_eq!(verdict("</imdn>", "<!-- by policy --></imdn>"), Some(Fail));
    assert_eq!(verdict("</imdn>", "<x:n xmlns:x=\"urn:x\">by policy</x:n></imdn>"), Some(Fail));
    assert_eq!(verdict("<disposition>", "<disposition xml:lang=\"en\">"), Some(Fail));
    assert_eq!(verdict("Max-Forwards: 70", "Max-Forwards: 70\nReason: policy"), Some(Fail));
    assert_eq!(verdict("Subject: Weekend", "Subject: Weekend\nX-Cause: choice"), Some(Fail));
    assert_eq!(verdict(">denied<", ">read<"), Some(Inconclusive), "only one denial");
}

#[test]
fn a_compressed_report_is_read() {
    let (head, body) = REPORT.split_once("\n\n").unwrap();
    let compressed = gzip(&wire(body));
    let head = wire(&format!("{head}\nContent-Encoding: gzip\n\n"));
    let octets = [&head[..], &compressed[..]].concat();
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    run.expect(&[(1, 0)], octets.into());
    assert_eq!(found(&run), []);
    let wrong = gzip(&wire(&edit(body, ">read<", ">Read<")));
    run.expect(&[(1, 0)], [&head[..], &wrong[..]].concat().into());
    assert!(found(&run).contains(&("IMDN-10.1-2".to_owned(), Fail)));
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut packed = Vec::new();
    let length =
        flate2::read::GzEncoder::new(octets, flate2::Compression::default()).read_to_end(&mut packed);
    assert!(length.is_ok());
    packed
}

#[test]
fn a_document_in_utf_16_is_left_alone() {
    let (head, document) = REPORT.split_once("<?xml").unwrap();
    let document = format!("\u{feff}<?xml{}", document.replace("UTF-8", "UTF-16"));
    let utf16: Vec<u8> = document.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let head = wire(&edit(head, "charset=utf-8", "charset=utf-16"));
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    run.expect(&[(1, 0)], [&head[..], &utf16[..]].concat().into());
    assert_eq!(found(&run), []);
}

#[test]
fn a_document_in_latin_1_is_read_where_it_says_so() {
    let report = edit(REPORT, "encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"");
    let report = edit(&report, "charset=utf-8", "charset=iso-8859-1");
    let octets = wire(&edit(&report, "<disposition>", "<!-- # --><disposition>"));
    let octets: Vec<u8> = octets.iter().map(|octet| if *octet == b'#' { 0xe9 } else { *octet }).collect();
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    run.expect(&[(1, 0)], octets.into());
    assert_eq!(found(&run), []);
}

#[test]
fn every_check_that_the_scenarios_ask_for_exists() {
    let names = check_names();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/imdn-03");
    let mut asked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for name in
            text.split("check: ").skip(1).map(|rest| rest.split(['}', ',', '\n']).next().unwrap().trim())
        {
            assert!(names.contains(&name), "{name}");
            asked += 1;
        }
    }
    assert!(asked > 40);
}

#[test]
fn a_report_that_only_a_step_knows_is_judged_as_one() {
    let head = REPORT.split("<?xml").next().unwrap();
    let plain = edit(head, "application/imdn+xml", "text/plain") + "Bob has read your message.";
    let judgements = report_run(IM, &plain).judge(&report_scenario(""));
    assert_eq!(blamed(&judgements), [("IMDN-9.2-9", Fail), ("IMDN-10-5", Fail)]);
}
