//! What is said in the terms of another document: still captured, never credited, and told.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{
    IM, LEDGER, REPORT, REQUEST, Run, all_roles, edit, report_run, report_scenario, request_run,
    request_scenario, scenario, verdict_on, wire,
};
use imdnspec_judge::Verdict::{self, Fail, Pass, Warning};
use imdnspec_judge::capture::{Class, View};
use imdnspec_judge::{Capture, Case, Judgement, judge};
use record::{EventId, Novelty, Purpose, StepOutcome};
use wire::profile::{IMDN_03, Profile, RECEIPTS_00, RFC3862, RFC5438};

/// The report in the terms of receipts.
fn receipt(status_receipt: &str) -> String {
    let (head, _) = REPORT.split_once("NS: ").unwrap();
    format!(
        "{head}\nContent-Type: message/status-receipt+xml\nContent-Disposition: confirm\n\n\
         <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{status_receipt} xmlns=\"urn:ietf:params:xml:ns:status-receipt\">\n\
         <message-id>M1xyzABCDEF</message-id>\n<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>\n\
         <type>read</type>\n<status>200</status>\n</{status_receipt}>\n"
    )
}

/// A message with bare headers.
fn bare(message: &str) -> String {
    let message = edit(message, "NS: imdn <urn:ietf:params:cpim-headers:imdn>\n", "");
    edit(
        &edit(&message, "imdn.Disposition-Notification:", "Receipt-Request: read"),
        "imdn.Message-ID",
        "Message-ID",
    )
}

fn captured(profile: &'static Profile, run: &Run) -> Capture {
    let mut capture = Capture::new(profile);
    run.record.iter().for_each(|(id, event)| drop(capture.observe(id, event)));
    capture
}

/// What a message of the IUT is in a run of a profile, and whose terms it speaks otherwise.
fn seen(profile: &'static Profile, text: &str) -> (Class, Option<&'static str>) {
    let mut run = Run::new();
    let event = run.received(Novelty::Request, wire(text));
    let capture = captured(profile, &run);
    let message = capture.get(event).unwrap();
    (message.class, View::new(message, profile).foreign_profile().map(|foreign| foreign.name))
}

#[test]
fn every_profile_recognises_its_own_and_the_others() {
    let both = edit(REQUEST, "NS: imdn", "Receipt-Request: read\nMessage-ID: other\nNS: imdn");
    for (text, imdn, receipts) in [
        (REPORT.to_owned(), (Class::Report, None), (Class::Report, Some("imdn-03"))),
        (receipt("status-receipt"), (Class::Report, Some("receipts-00")), (Class::Report, None)),
        (REQUEST.to_owned(), (Class::Request, None), (Class::Request, Some("imdn-03"))),
        (bare(REQUEST), (Class::Request, Some("receipts-00")), (Class::Request, None)),
        (both, (Class::Request, None), (Class::Request, None)),
        (edit(REQUEST, "imdn.Disposition-Notification: \n", ""), (Class::Im, None), (Class::Im, None)),
        // A label of one document around the root of the other.
        (
            edit(&receipt("status-receipt"), "message/status-receipt+xml", "application/imdn+xml"),
            (Class::Report, Some("receipts-00")),
            (Class::Report, None),
        ),
    ] {
        assert_eq!(seen(&IMDN_03, &text), imdn, "{text}");
        assert_eq!(seen(&RECEIPTS_00, &text), receipts, "{text}");
    }
}

#[test]
fn of_documents_that_share_names_the_nearest_is_told() {
    let notification = edit(&receipt("imdn"), "message/status-receipt+xml", "message/imdn+xml");
    let notification = edit(&notification, "ns:status-receipt", "ns:imdn");
    assert_eq!(seen(&RECEIPTS_00, &notification), (Class::Report, Some("rfc5438")));
    assert_eq!(seen(&RECEIPTS_00, &edit(&notification, "message/imdn+xml", "text/xml")).1, Some("rfc5438"));
    let asking = edit(REQUEST, "Disposition-Notification: ", "Disposition-Notification: display");
    assert_eq!(seen(&RECEIPTS_00, &asking), (Class::Request, Some("rfc5438")));
}

#[test]
fn documents_with_common_names_are_no_receipts() {
    let presence = edit(&receipt("presence"), "message/status-receipt+xml", "application/pidf+xml");
    let presence = edit(
        &edit(&presence, "<message-id>M1xyzABCDEF</message-id>", "<note>busy</note>"),
        "read</",
        "open</",
    );
    assert_eq!(seen(&RECEIPTS_00, &edit(&presence, "ns:status-receipt", "ns:pidf")), (Class::Im, None));
}

#[test]
fn what_peers_say_is_what_the_scenario_says() {
    let mut run = Run::new();
    let event = run.sent(Purpose::Request, wire(&receipt("status-receipt")));
    assert_eq!(captured(&IMDN_03, &run).get(event).unwrap().class, Class::Im);
    assert_eq!(captured(&RECEIPTS_00, &run).get(event).unwrap().class, Class::Report);
}

#[test]
fn a_report_in_the_terms_of_receipts_fails_and_the_finding_says_so() {
    let checks = "{judges: IMDN-10-2, check: document-structure}, {judges: IMDN-9.2-9, check: report-format}";
    let judgements = report_run(IM, &receipt("status-receipt")).judge(&report_scenario(checks));
    let failed: Vec<_> = judgements.iter().filter(|judgement| judgement.verdict == Fail).collect();
    assert!(!failed.is_empty());
    let says = "It is in the terms of draft-khartabil-simple-im-receipts-00; this run judges draft-burger-simple-imdn-03.";
    for judgement in failed.iter().filter(|judgement| judgement.requirement.starts_with("IMDN-10")) {
        assert!(judgement.findings[0].message.ends_with(says), "{:#?}", judgement.findings[0]);
    }
    let media_type =
        failed.iter().flat_map(|judgement| &judgement.findings).find(|found| found.oracle == "media-type");
    assert!(media_type.unwrap().message.contains("labelled `message/status-receipt+xml`"));
}

#[test]
fn a_report_in_other_terms_breaks_silence_and_is_about_its_message() {
    let mut run = Run::new();
    let first = run.exchange(0, "im", IM, 200);
    run.exchange(1, "other", &edit(IM, "M1xyzABCDEF", "M2xyzABCDEF"), 200);
    run.begin(&[(2, 0)]);
    let report = run.incoming(wire(&receipt("status-receipt")), 200);
    run.end(StepOutcome::Elapsed);
    let judgements = run.judge(&scenario(
        "{id: s, title: t, role: reporting-uas, steps: [{send: {message: im-req, as: im}}, \
         {send: {message: im-req, as: other}}, {quiet: {message: report, about: im, judges: IMDN-9.2-3}}]}",
    ));
    assert_eq!(verdict_on(&judgements, "IMDN-9.2-3"), Some(Warning));
    assert_eq!(captured(&IMDN_03, &run).about(report).map(|message| message.event), Some(first));
}

#[test]
fn who_asks_in_other_terms_besides_is_not_charged_with_them() {
    // The IUT was not told to ask for a report of this document.
    let judgements = request_run(&bare(REQUEST)).judge(&scenario(
        "{id: s, title: t, role: requesting-uac, steps: [{command: {ask: send, as: sent}}, \
         {expect: {message: im, as: im, assert: [{judges: IMDN-11.1-1, that: content.text, contains: Lunch}]}}]}",
    ));
    let about_requests =
        judgements.iter().filter(|judgement| judgement.verdict == Fail).map(|one| &*one.requirement);
    assert_eq!(about_requests.collect::<Vec<_>>(), Vec::<&str>::new());
    // Where a scenario wants such a request, it is missed.
    let asked = request_run(&bare(REQUEST)).judge(&request_scenario(
        "{judges: IMDN-8.1.1-5, that: imdn.Disposition-Notification, present: true}",
    ));
    assert_eq!(verdict_on(&asked, "IMDN-8.1.1-5"), Some(Fail));
}

fn judged_as_receipts(run: &Run, yaml: &str) -> Vec<Judgement> {
    let ics = imdnspec_judge::Ics { documents: vec![ledger::Document::Receipts00], ..all_roles() };
    judge(&Case {
        record: &run.record,
        scenario: &scenario(yaml),
        profile: &RECEIPTS_00,
        ledger: &LEDGER,
        ics: &ics,
    })
}

#[test]
fn one_message_can_have_several_receipts() {
    let mut run = Run::new();
    let im = run.exchange(0, "im", &bare(IM), 200);
    let other = run.exchange(1, "other", &edit(&bare(IM), "M1xyzABCDEF", "M2xyzABCDEF"), 200);
    let delivery = edit(&receipt("status-receipt"), ">read<", ">Delivery<");
    let delivery = run.incoming(wire(&delivery), 200);
    let read = run.incoming(wire(&receipt("status-receipt")), 200);
    let nameless = edit(&receipt("status-receipt"), "<message-id>M1xyzABCDEF</message-id>\n", "");
    let nameless = run.incoming(wire(&nameless), 200);
    let capture = captured(&RECEIPTS_00, &run);
    let about = |report| capture.about(report).map(|message| message.event);
    assert_eq!((about(delivery), about(read)), (Some(im), Some(im)));
    assert_eq!(about(nameless), Some(other), "the only one without a read receipt");
    assert_eq!(capture.tells(delivery).as_deref(), Some("delivery"));
    assert_eq!(capture.tells(read).as_deref(), Some("read"));
    assert!(capture.may_tell(read, "read") && !capture.may_tell(read, "delivery"));
    assert_eq!(capture.tells(EventId(0)), None);
}

#[test]
fn a_quiet_step_can_be_about_one_kind_of_receipt() {
    let quiet = |report: &str, disposition: &str| -> Option<Verdict> {
        let mut run = Run::new();
        run.exchange(0, "im", &bare(IM), 200);
        run.begin(&[(1, 0)]);
        run.incoming(wire(report), 200);
        run.end(StepOutcome::Elapsed);
        let judgements = judged_as_receipts(
            &run,
            &format!(
                "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req, as: im}}}}, \
                 {{quiet: {{message: report, about: im, disposition: {disposition}, judges: RCPT-7.1.2-1}}}}]}}"
            ),
        );
        verdict_on(&judgements, "RCPT-7.1.2-1")
    };
    let receipt = receipt("status-receipt");
    assert_ne!(quiet(&receipt, "read"), Some(Pass));
    assert_eq!(quiet(&receipt, "delivery"), Some(Pass));
    assert_ne!(quiet(&edit(&receipt, "<type>read</type>\n", ""), "delivery"), Some(Pass), "it tells nothing");
    assert_ne!(quiet(REPORT, "delivery"), Some(Pass), "its terms are not read");
}

#[test]
fn a_request_by_the_wrong_name_is_a_request() {
    for name in ["Request-Receipt", "x.Receipt-Request", "Receipt-Request"] {
        let text = edit(&bare(REQUEST), "Receipt-Request", name);
        assert_eq!(seen(&RECEIPTS_00, &text).0, Class::Request, "{name}");
    }
}

#[test]
fn a_message_that_is_sent_on_stays_one() {
    let mut run = Run::new();
    let im = receipt("status-receipt");
    let source = run.sent(Purpose::Request, wire(&im));
    let copy = run.received(Novelty::Request, wire(&edit(&im, "Call-ID: c2", "Call-ID: c9")));
    let capture = captured(&IMDN_03, &run);
    assert_eq!(capture.get(copy).unwrap().class, Class::Im);
    assert_eq!(capture.copy_of(copy), Some(source));
}

#[test]
fn a_shared_root_is_told_apart_by_what_it_holds() {
    use common::rfc::{self, DELIVERED};
    assert_eq!(seen(&RFC5438, DELIVERED), (Class::Report, None));
    assert_eq!(seen(&RFC3862, DELIVERED), (Class::Report, None));
    assert_eq!(seen(&IMDN_03, DELIVERED), (Class::Report, Some("rfc5438")));
    assert_eq!(seen(&RFC5438, REPORT), (Class::Report, Some("imdn-03")));
    // What says nothing of either is in the terms of the run.
    let neither = edit(DELIVERED, "delivery-notification><status", "x><status");
    assert_eq!(seen(&RFC5438, &edit(&neither, "</delivery-notification", "</x")), (Class::Report, None));
    // A namespace of the other document is a fault of this one's headers.
    let asking = edit(rfc::REQUEST, "params:imdn", "params:cpim-headers:imdn");
    assert_eq!(seen(&RFC5438, &asking), (Class::Request, None));
    let found = rfc::blames(rfc::IM, &[REPORT]);
    let failed = |id: &str| found.iter().any(|(found, verdict)| found == id && *verdict == Fail);
    for id in ["I5438-11.1.6-1", "I5438-11.1.8-1", "I5438-6.1-1"] {
        assert!(failed(id), "{id}: {found:?}");
    }
}

#[test]
fn a_bundle_tells_the_kinds_of_all_its_documents() {
    use common::rfc::{self, DELIVERED};
    let part = |text: &str| {
        let (_, document) = text.split_once("Content-Disposition: notification\n\n").unwrap();
        format!("--b\nContent-Type: message/imdn+xml\n\n{document}\n")
    };
    let (head, _) = DELIVERED.split_once("Content-Type: message/imdn+xml").unwrap();
    let other = rfc::displayed().replace("M1xyzABCDEF", "M2xyzABCDEF");
    let bundle = format!(
        "{head}Content-Type: multipart/mixed; boundary=b\nContent-Disposition: notification\n\n{}{}--b--\n",
        part(DELIVERED),
        part(&other)
    );
    let mut run = Run::new();
    let first = run.sent(Purpose::Request, wire(rfc::IM));
    let second = run.sent(Purpose::Request, wire(&rfc::IM.replace("M1xyzABCDEF", "M2xyzABCDEF")));
    let report = run.received(Novelty::Request, wire(&bundle));
    let capture = captured(&RFC5438, &run);
    assert_eq!(capture.tells(report).as_deref(), Some("delivery"));
    assert!(capture.may_tell(report, "delivery") && capture.may_tell(report, "display"));
    assert!(!capture.may_tell(report, "processing"));
    assert_eq!(capture.is_about(report, first), Some(true));
    assert_eq!(capture.is_about(report, second), Some(true));
    let view = View::new(capture.get(report).unwrap(), &RFC5438);
    let values = |selector| -> Vec<String> {
        let values = imdnspec_judge::select::of_message(&view, selector).unwrap();
        values.into_iter().map(|value| value.text).collect()
    };
    assert_eq!(values("document.notification"), ["delivery", "display"]);
    assert_eq!(values("document.status"), ["delivered", "displayed"]);
    assert_eq!(values("document.message-id"), ["M1xyzABCDEF", "M2xyzABCDEF"]);
}
