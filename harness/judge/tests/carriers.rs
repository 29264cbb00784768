//! Whether reports depend on what carries them.

mod common;

use common::session::{Way, object};
use common::{IM, REPORT, Run, edit, scenario, verdict_on, wire};
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass};
use record::StepOutcome;

/// A message by SIP and one in a session, each with its report.
fn alike(by_sip: Option<&str>, in_session: Option<&str>) -> Option<Verdict> {
    let mut run = Run::new();
    run.exchange(0, "im", IM, 200);
    if let Some(report) = by_sip {
        run.expect(&[(1, 0)], wire(report));
    }
    let other = Way::to_iut("im02").chunks(&object(&edit(IM, "M1xyzABCDEF", "M2xyzABCDEF")));
    run.session_exchange(2, "other", &other, Some(200));
    if let Some(report) = in_session {
        let report = edit(&edit(report, "M1xyzABCDEF", "M2xyzABCDEF"), "R1fresh", "R2fresh");
        run.session_expect(3, &Way::to_peer("rep2").chunks(&object(&report)));
    }
    run.begin(&[(4, 0)]);
    run.end(StepOutcome::Done(Vec::new()));
    let step = "{send: {message: im-req, as: im}}, {expect: {message: report, optional: true}}";
    let judgements = run.judge(&scenario(&format!(
        "{{id: s, title: t, role: reporting-uas, steps: [{step}, {step}, \
         {{verify: {{assert: [{{judges: IMDN-2-1, check: reports-alike}}]}}}}]}}"
    )));
    verdict_on(&judgements, "IMDN-2-1")
}

#[test]
fn reports_say_the_same_by_sip_and_in_sessions() {
    assert_eq!(alike(Some(REPORT), Some(REPORT)), Some(Pass));
    let later = edit(
        REPORT,
        "<disposition-time>2026-03-01T12:00:01Z",
        "<disposition-time>2026-03-01T13:00:00.5+00:00",
    );
    assert_eq!(alike(Some(REPORT), Some(&later)), Some(Pass), "times differ by nature");
    let padded = edit(REPORT, "</imdn>", "<x:y xmlns:x=\"urn:x\">7</x:y>\n</imdn>");
    assert_eq!(alike(Some(REPORT), Some(&padded)), Some(Pass), "what is foreign is not compared");
    for (from, to) in [
        (">read<", ">processed<"),
        ("<reporting-uas-uri>sip:bob@127.0.0.1:5062</reporting-uas-uri>\n", ""),
        ("application/imdn+xml", "message/imdn+xml"),
    ] {
        assert_eq!(alike(Some(REPORT), Some(&edit(REPORT, from, to))), Some(Fail), "{to}");
        assert_eq!(alike(Some(&edit(REPORT, from, to)), Some(REPORT)), Some(Fail), "{to}");
    }
    assert_eq!(alike(Some(REPORT), None), Some(Inconclusive));
    assert_eq!(alike(None, Some(REPORT)), Some(Inconclusive));
}
