//! How long a verdict takes: one exchange with every check, ten thousand messages, and one message in thousands of chunks.

#![allow(missing_docs, reason = "a benchmark")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::exploder::{LIST_IM, b2bua, copy, list_scenario, member_report, wrapped_whole};
use common::session::{Way, object};
use common::{IM, REPORT, REQUEST, Run, edit, report_run, report_scenario, scenario, wire};
use divan::{Bencher, black_box};
use imdnspec_judge::Capture;
use serde_json::json;
use wire::profile::IMDN_03;

fn main() {
    divan::main();
}

#[divan::bench]
fn exchange(bencher: Bencher<'_, '_>) {
    let run = report_run(IM, REPORT);
    let scenario = report_scenario("{judges: IMDN-9.2-9, check: report-format}");
    bencher.bench(|| black_box(run.judge(&scenario)));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn ten_thousand_requests(bencher: Bencher<'_, '_>) {
    let mut run = Run::new();
    for round in 0..10_000u32 {
        run.expect(
            &[(0, 0), (0, round)],
            wire(&edit(REQUEST, "S1freshfresh", &format!("S{round}-host.example"))),
        );
    }
    let scenario = scenario(
        "{id: s, title: t, role: requesting-uac, steps: [{repeat: {times: 10000, steps: [{expect: {message: im, assert: \
         [{judges: IMDN-8.1.4-4, check: message-id-token}]}}]}}, \
         {verify: {assert: [{judges: IMDN-3-6, check: identifiers-unique}]}}]}",
    );
    bencher.bench(|| black_box(run.judge(&scenario)));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn a_thousand_reports_on_one_message(bencher: Bencher<'_, '_>) {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    for round in 0..1000 {
        run.incoming(wire(&edit(REPORT, "R1freshfresh", &format!("R{round}"))), 200);
    }
    let scenario = report_scenario("");
    bencher.bench(|| black_box(run.judge(&scenario)));
}

/// Every member of a list gets a copy, reports, and has his report sent on: the time grows with the members.
#[divan::bench(args = [10, 100, 1000, 10_000], sample_count = 3, sample_size = 1)]
fn members_of_a_list(bencher: Bencher<'_, '_>, members: u32) {
    let mut run = Run::of_list();
    let uri = |member: u32| format!("sip:m{member}.9c2e@127.0.0.1:41080");
    let all: Vec<_> = (0..members).map(|member| json!({"uri": uri(member), "reports": true})).collect();
    let list = json!({"command": "list", "uri": "sip:list@127.0.0.1:5062", "members": all});
    run.command(0, list, json!({"ok": true}));
    run.sends("U", LIST_IM);
    for member in 0..members {
        run.gets("D1", &copy(&format!("m{member}")));
    }
    for member in (0..members).rev() {
        let report = member_report(&format!("m{member}"));
        run.sends("D1", &report);
        run.gets("U", &wrapped_whole(&report).replace("W1", &format!("W{member}")));
    }
    let scenario = list_scenario(
        "{judges: IMDN-6.2.2-2, check: one-report-per-recipient}, {judges: IMDN-9.1-3, check: no-downstream-octets}, \
         {judges: IMDN-9.3-1, check: list-action-pattern}",
    );
    bencher.bench(|| black_box(run.judge_with(&scenario, &b2bua())));
}

/// Ten megabytes in chunks of two kilobytes, as the time to put them together and as that to judge them.
const LARGE: usize = 10_000_000;
const CHUNK: usize = 2000;

fn large() -> Run {
    let mut run = Run::new();
    let mut body = object(REQUEST);
    body.resize(LARGE, b'x');
    run.session_expect(0, &Way::to_peer("large").chunked(CHUNK).chunks(&body));
    run
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn five_thousand_chunks_captured(bencher: Bencher<'_, '_>) {
    let run = large();
    bencher.bench(|| {
        let mut capture = Capture::new(&IMDN_03);
        run.record.iter().for_each(|(id, event)| drop(capture.observe(id, event)));
        assert_eq!(capture.sends_of_iut().count(), 1);
        capture
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn five_thousand_chunks_judged(bencher: Bencher<'_, '_>) {
    let run = large();
    let scenario = scenario(
        "{id: s, title: t, role: requesting-uac, steps: [{expect: {message: im, assert: \
         [{judges: IMDN-11.1-1, check: request-shape}]}}]}",
    );
    bencher.bench(|| black_box(run.judge(&scenario)));
}
