//! What an intermediary makes of reports: its own, and those that it sends on.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::exploder::{
    LIST_IM, OWN_REPORT, asking, b2bua, copy, expect, exploded, exploded_from, judged, list_scenario,
    member_report, object, relayed, second_list_report, standing, wrapped_entity, wrapped_whole,
};
use common::{Run, blamed, edit, scenario, verdict_on, wire};
use imdnspec_judge::Verdict::{Fail, Inconclusive, Pass, Warning};
use imdnspec_judge::{Finding, Judgement};
use ledger::{Document, Role};
use serde_json::json;

fn finding<'j>(judgements: &'j [Judgement], id: &str) -> &'j Finding {
    &judgements.iter().find(|judgement| judgement.requirement == id).unwrap().findings[0]
}

fn pointed(finding: &Finding, at: usize) -> &[u8] {
    let evidence = &finding.evidence[at];
    &evidence.octets[evidence.span.clone().unwrap()]
}

#[test]
fn both_containers_and_any_depth_pass() {
    let report = member_report("d1");
    let nested = second_list_report();
    let signed = edit(
        &report,
        "Content-Type: application/imdn+xml; charset=utf-8\n",
        "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: application/imdn+xml\n",
    ) + "\n--b\nContent-Type: application/pkcs7-signature\n\nXXXX\n--b--\n";
    let sealed = sealed();
    for (name, report) in [("plain", &report), ("nested", &nested), ("signed", &signed), ("sealed", &sealed)]
    {
        for upstream in [wrapped_whole(report), wrapped_entity(report)] {
            let run = relayed(report, &upstream);
            expect(name, &standing(&run), &[]);
            let judgements = judged(&run, "encapsulates", "[IMDN-6.3-1, IMDN-11.5-1, IMDN-11.6-1]");
            assert_eq!(blamed(&judgements), [], "{name}");
            let judgements = judged(&run, "relayed-to-requester", "IMDN-9.3.2-4");
            assert_eq!(verdict_on(&judgements, "IMDN-9.3.2-4"), Some(Pass), "{name}");
            let judgements = judged(&run, "own-report", "[IMDN-8.1.2-4, IMDN-9.3.4-1]");
            assert_eq!(blamed(&judgements), [("IMDN-8.1.2-4", Fail), ("IMDN-9.3.4-1", Fail)], "{name}");
        }
    }
}

fn sealed() -> String {
    let report = member_report("d1");
    let head = report.split_once("\n\nContent-Type: application").unwrap().0.to_owned();
    head + "\n\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-ID: <e@peer.example>\n\n0123456789abcdef"
}

#[test]
fn a_report_that_was_made_anew_is_found_at_its_first_octet() {
    let report = member_report("d1");
    for (wrapped, what) in
        [(wrapped_whole(&report), "the CPIM object"), (wrapped_entity(&report), "the entity")]
    {
        let rebuilt = edit(&wrapped, "<disposition>read", "<disposition >read");
        let run = relayed(&report, &rebuilt);
        expect(what, &standing(&run), &[("IMDN-6.3-1", Fail)]);
        let judgements = judged(&run, "encapsulates", "IMDN-6.3-1");
        let finding = finding(&judgements, "IMDN-6.3-1");
        assert_eq!((pointed(finding, 0), pointed(finding, 1)), (&b" "[..], &b">"[..]), "{what}");
        let (upstream, downstream) = (&finding.evidence[0], &finding.evidence[1]);
        assert!(
            upstream.caption.starts_with("IUT → U") && downstream.caption.starts_with("D1 → IUT"),
            "{what}"
        );
        assert!(upstream.octets[..upstream.span.as_ref().unwrap().start].ends_with(b"<disposition"));
    }
}

#[test]
fn a_report_that_says_the_same_in_other_words_is_no_own_one() {
    let report = member_report("d1");
    let rebuilt =
        edit(&OWN_REPORT.replace("O1fresh", "W1fresh"), "<disposition>processed", "<disposition>read");
    let rebuilt = edit(
        &rebuilt,
        "<reporting-uas-uri>sip:list@127.0.0.1:5062",
        "<reporting-uas-uri>sip:d1.9c2e@127.0.0.1:41080",
    );
    let rebuilt =
        edit(&rebuilt, "<disposition-time>2026-03-01T12:00:01Z", "<disposition-time>2026-03-01T12:00:02Z");
    expect("rebuilt", &standing(&relayed(&report, &rebuilt)), &[("IMDN-6.3-1", Fail)]);
    // One that claims nothing of the kind is not about octets: what it is about, the scenario says.
    let judgements =
        judged(&relayed(&report, OWN_REPORT), "encapsulates", "[IMDN-6.3-1, IMDN-8.1.2-2, IMDN-9.3.2-6]");
    let wanted = [("IMDN-6.3-1", Inconclusive), ("IMDN-8.1.2-2", Fail), ("IMDN-9.3.2-6", Warning)];
    assert_eq!(blamed(&judgements), wanted);
    // One that says it was read speaks for the member.
    let read = edit(OWN_REPORT, "<disposition>processed", "<disposition>read");
    let judgements = judged(&relayed(&report, &read), "encapsulates", "IMDN-6.3-1");
    assert_eq!(verdict_on(&judgements, "IMDN-6.3-1"), Some(Fail));
    expect("own", &standing(&relayed(&report, OWN_REPORT)), &[]);
}

#[test]
fn changes_of_the_enclosed_octets_are_found() {
    let report = member_report("d1");
    let signed = edit(&report, "Content-ID: <r-d1@peer.example>\n", "");
    let whole = wrapped_whole(&report);
    for (name, upstream, wanted) in [
        ("cut off", whole[..whole.len() - 9].to_owned(), ("IMDN-6.3-1", Fail)),
        (
            "a header less",
            edit(&whole, "imdn.Original-Message-ID: M1xyzABCDEF\n\nContent-Type: app", "\nContent-Type: app"),
            ("IMDN-6.3-1", Fail),
        ),
        ("an entity header less", wrapped_entity(&signed), ("IMDN-6.3-1", Fail)),
        ("line ends added", whole.clone() + "\n", ("IMDN-6.3-1", Warning)),
    ] {
        expect(name, &standing(&relayed(&report, &upstream)), &[wanted]);
    }
}

#[test]
fn the_layers_are_charged_by_their_form() {
    let nested = second_list_report();
    let changed = edit(&wrapped_whole(&nested), "<disposition>read", "<disposition>READ");
    expect("nested", &standing(&relayed(&nested, &changed)), &[("IMDN-6.3-1", Fail), ("IMDN-11.5-1", Fail)]);
    let stripped = edit(&wrapped_entity(&nested), "Content-ID: <wrapper@peer.example>\n", "");
    expect(
        "stripped",
        &standing(&relayed(&nested, &stripped)),
        &[("IMDN-6.3-1", Fail), ("IMDN-11.5-1", Fail)],
    );
    let changed = edit(&wrapped_whole(&sealed()), "0123456789", "012345678x");
    expect(
        "sealed",
        &standing(&relayed(&sealed(), &changed)),
        &[("IMDN-6.3-1", Fail), ("IMDN-11.6-1", Fail)],
    );
}

#[test]
fn a_wrapper_that_was_taken_off_is_told_by_what_became_of_other_reports() {
    let nested = edit(&second_list_report(), "Content-ID: <wrapper@peer.example>\n", "");
    let plain = member_report("d2");
    let mut run = relayed(&nested, &wrapped_entity(&nested));
    expect("the entity alone", &standing(&run), &[]);
    run.sends("D2", &plain);
    let second = run.gets("U", &wrapped_whole(&plain).replace("W1fresh", "W2fresh"));
    expect("elsewhere the object", &standing(&run), &[("IMDN-6.3-1", Fail), ("IMDN-11.5-1", Fail)]);
    run.record.events.truncate(second.0 as usize);
    run.gets("U", &wrapped_entity(&plain).replace("W1fresh", "W2fresh"));
    expect("elsewhere the entity", &standing(&run), &[]);
}

#[test]
fn a_container_that_is_not_known_is_inconclusive() {
    let report = member_report("d1");
    let mixed = edit(
        &wrapped_whole(&report),
        "Content-Type: message/cpim\n\nFrom: <sip:d1",
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: message/cpim\n\nFrom: <sip:d1",
    ) + "\n--m--\n";
    let opaque = edit(
        &wrapped_whole("a\n\nb"),
        "Content-Type: message/cpim\n\nb",
        "Content-Type: application/octet-stream\n\n\u{1}\u{2}",
    );
    for (name, upstream) in [("multipart", mixed), ("opaque", opaque)] {
        let run = relayed(&report, &upstream);
        expect(name, &standing(&run), &[]);
        let judgements = judged(&run, "encapsulates", "IMDN-6.3-1");
        assert_eq!(verdict_on(&judgements, "IMDN-6.3-1"), Some(Inconclusive), "{name}");
        assert_eq!(finding(&judgements, "IMDN-6.3-1").reading.as_deref(), Some("I-34"), "{name}");
    }
    let judgements = judged(
        &{
            let mut run = exploded();
            run.awaited("U", OWN_REPORT);
            run
        },
        "encapsulates",
        "IMDN-6.3-1",
    );
    assert_eq!(verdict_on(&judgements, "IMDN-6.3-1"), Some(Inconclusive), "nothing to enclose");
}

#[test]
fn selectors_reach_the_innermost_object_in_either_container() {
    let nested = second_list_report();
    let assertions = "{judges: IMDN-6.3-1, that: inner.document.disposition, is: read}, \
        {judges: IMDN-6.3-1, that: inner.document.reporting-uas-uri, is: 'sip:e7.9c2e@127.0.0.1:41080'}, \
        {judges: IMDN-6.3-1, that: inner.content.type, is: application/imdn+xml}, \
        {judges: IMDN-6.3-1, that: cpim.To, uri: '${U}'}, {judges: IMDN-6.3-1, that: content.type, is: message/cpim}";
    let judge = |run: &Run, assertions: &str| {
        let judgements = run.judge_with(&list_scenario(assertions), &b2bua());
        blamed(&judgements).iter().map(|(id, verdict)| ((*id).to_owned(), *verdict)).collect::<Vec<_>>()
    };
    for upstream in [wrapped_whole(&nested), wrapped_entity(&nested)] {
        assert_eq!(judge(&relayed(&nested, &upstream), assertions), []);
    }
    let plain = "{judges: IMDN-6.3-1, that: inner.document.disposition, is: read}, \
        {judges: IMDN-6.3-1, that: inner.imdn.Message-ID, matches: '(R|W).*'}";
    let report = member_report("d1");
    for upstream in [wrapped_whole(&report), wrapped_entity(&report)] {
        assert_eq!(judge(&relayed(&report, &upstream), plain), []);
    }
    let sip = "{judges: IMDN-6.3-1, that: inner.sip.From, present: true}";
    assert_eq!(
        judge(&relayed(&report, &wrapped_whole(&report)), sip),
        [("IMDN-6.3-1".to_owned(), Inconclusive)]
    );
}

#[test]
fn reports_are_about_the_message_that_their_innermost_document_names() {
    let about = |report: &str, upstream: &str| {
        let run = relayed(report, upstream);
        let scenario = scenario(
            "{id: s, title: t, role: b2bua, peers: [U, D1], steps: [{expect: {peer: U, message: report, as: it, assert: \
             [{judges: IMDN-9.3.2-4, check: relayed-to-requester}]}}]}",
        );
        verdict_on(&run.judge_with(&scenario, &b2bua()), "IMDN-9.3.2-4")
    };
    let report = member_report("d1");
    assert_eq!(about(&report, &wrapped_whole(&report)), Some(Pass));
    // By the identifier of the copy (I-09), in the element alone.
    let by_copy = edit(&report, "imdn.Original-Message-ID: M1xyzABCDEF\n", "");
    let by_copy = edit(&by_copy, "<original-message-id>M1xyzABCDEF", "<original-message-id>C-d1-fresh");
    assert_eq!(about(&by_copy, &wrapped_whole(&by_copy)), Some(Pass));
    // About nothing that is known: there is no requester to compare with.
    let unknown = report.replace("M1xyzABCDEF", "neverseenbefore");
    assert_eq!(about(&unknown, &wrapped_whole(&unknown)), Some(Inconclusive));
}

#[test]
fn a_relayed_report_goes_to_its_requester_alone() {
    let second = LIST_IM.replace("u.7f3a", "u2.11aa").replace("M1xyz", "M2xyz");
    let report = member_report("d1");
    let run = |peer: &str, upstream: &str| {
        let mut run = exploded();
        run.sends("U2", &second);
        run.sends("D1", &report);
        run.gets(peer, upstream);
        standing(&run)
    };
    for wrapped in [wrapped_whole(&report), wrapped_entity(&report)] {
        expect("requester", &run("U", &wrapped), &[]);
        expect(
            "the other one",
            &run("U2", &wrapped.replace("To: <sip:u.7f3a", "To: <sip:u2.11aa")),
            &[("IMDN-9.3.2-4", Fail)],
        );
        expect("a bystander", &run("X", &wrapped), &[("IMDN-9.3.2-4", Fail)]);
        let elsewhere = edit(
            &wrapped,
            "\nTo: <sip:u.7f3a@127.0.0.1:41080>\nDateTime",
            "\nTo: <sip:u2.11aa@127.0.0.1:41080>\nDateTime",
        );
        expect("another To", &run("U", &elsewhere), &[("IMDN-9.3.2-4", Fail)]);
    }
}

#[test]
fn reports_of_many_members_may_come_back_in_any_order_and_late() {
    let mut run = exploded();
    let (one, two) = (member_report("d1"), member_report("d2"));
    run.sends("D2", &two);
    run.sends("D1", &one);
    run.wait(std::time::Duration::from_secs(290));
    run.gets("U", &wrapped_whole(&one));
    run.gets("U", &wrapped_whole(&two).replace("W1fresh", "W2fresh"));
    expect("both", &standing(&run), &[]);
    run.gets("U", &wrapped_whole(&two).replace("W1fresh", "W3fresh"));
    expect("one of them twice", &standing(&run), &[("IMDN-6.2.2-2", Fail)]);
}

#[test]
fn the_list_reports_for_no_member_that_reported() {
    let (one, two) = (member_report("d1"), member_report("d2"));
    let mut run = exploded();
    run.sends("D1", &one);
    run.gets("U", &wrapped_whole(&one));
    run.gets("U", OWN_REPORT);
    expect("on behalf of D2", &standing(&run), &[]);
    run.sends("D2", &two);
    run.gets("U", &wrapped_whole(&two).replace("W1fresh", "W2fresh"));
    expect("on behalf of nobody", &standing(&run), &[("IMDN-6.2.2-2", Fail)]);
}

#[test]
fn an_own_report_is_judged_by_section_10_and_an_enclosed_one_is_not() {
    let mut run = exploded_from(&asking(""));
    run.awaited("U", OWN_REPORT);
    expect("own", &standing(&run), &[]);
    assert_eq!(blamed(&judged(&run, "report-format", "IMDN-9.3.1-4")), []);
    let mut run = exploded_from(&asking(""));
    run.awaited("U", &edit(OWN_REPORT, "<disposition-time>2026-03-01T12:00:01Z</disposition-time>\n", ""));
    expect("without a time", &standing(&run), &[("IMDN-9.3.1-4", Fail), ("IMDN-10.6-1", Fail)]);
    // What a peer of the harness wrote is not judged, whatever stands in it.
    let odd = edit(
        &member_report("d1"),
        "<disposition>read</disposition>\n",
        "<disposition>Seen</disposition>\n<extra/>\n",
    );
    for upstream in [wrapped_whole(&odd), wrapped_entity(&odd)] {
        let run = relayed(&odd, &upstream);
        expect("enclosed", &standing(&run), &[]);
        let judgements = judged(&run, "disposition-word", "IMDN-10.1-2");
        assert_eq!(verdict_on(&judgements, "IMDN-10.1-2"), Some(Inconclusive));
        // Its own headers are those of the list all the same.
        let run = relayed(&odd, &edit(&upstream, "imdn.Message-ID: W1fresh", "Message-ID: W1fresh"));
        expect("outer headers", &standing(&run), &[("IMDN-1-1", Fail)]);
    }
}

#[test]
fn capture_is_tolerant_at_the_requester_alone() {
    let strange = edit(OWN_REPORT, "application/imdn+xml; charset=utf-8", "application/x-unknown");
    let strange = strange.split("<?xml").next().unwrap().to_owned() + "who knows";
    let quiet = |peer: &str, text: &str| {
        let mut run = exploded_from(&asking(""));
        run.begin(&[(0, 0)]);
        run.gets(peer, text);
        run.end(record::StepOutcome::Elapsed);
        let scenario = scenario(
            "{id: s, title: t, role: b2bua, peers: [U, D1, D2], steps: [{quiet: {message: report, judges: IMDN-9.1-3}}]}",
        );
        verdict_on(&run.judge_with(&scenario, &b2bua()), "IMDN-9.1-3")
    };
    assert_eq!(quiet("U", &strange), Some(Fail));
    assert_eq!(quiet("D1", &strange), Some(Pass));
    assert_eq!(
        quiet("U", &edit(&copy("u"), "C-u-fresh", "C-u-again")),
        Some(Pass),
        "a requester may be a member"
    );
}

#[test]
fn an_endpoint_is_not_judged_as_an_intermediary() {
    let everything = imdnspec_judge::Ics {
        roles: vec![Role::RequestingUac, Role::ReportingUas, Role::B2bua],
        documents: vec![Document::Imdn03],
        absent: Default::default(),
    };
    let mut run = Run::new();
    run.command(0, json!({"command": "send"}), json!({"ok": true}));
    run.incoming(wire(common::IM), 200);
    run.incoming(wire(common::REQUEST), 200);
    let scenario = scenario("{id: s, title: t, role: requesting-uac, steps: []}");
    assert_eq!(blamed(&run.judge_with(&scenario, &everything)), []);
    assert!(object(common::IM).starts_with("From:"));
}
