//! How long a verdict takes: one exchange with every check, and ten thousand messages.

#![allow(missing_docs, reason = "a benchmark")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{IM, REPORT, REQUEST, Run, edit, report_run, report_scenario, scenario, wire};
use divan::{Bencher, black_box};

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
