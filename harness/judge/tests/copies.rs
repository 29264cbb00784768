//! What an intermediary makes of a message on its way to the members of a list.

mod common;

use common::exploder::{LIST_IM, asking, b2bua, copy, expect, list_scenario, standing};
use common::{Run, blamed, edit, verdict_on};
use imdnspec_judge::Judgement;
use imdnspec_judge::Verdict::{self, Fail, Inconclusive, Pass, Warning};
use serde_json::json;

/// Every check of copies with a requirement of its own, as it may be asserted.
const CHECKS: &[(&str, &str)] = &[
    ("original-to", "[IMDN-6.3-3, IMDN-11.3-1]"),
    ("original-from", "[IMDN-8.1.3-3, IMDN-8.1-3]"),
    ("fresh-message-id", "IMDN-8.1.4-5"),
    ("original-message-id-forwarded", "[IMDN-8.1.5-2, IMDN-8.1-4]"),
    ("original-message-id-syntax", "IMDN-8.1.5-4"),
    ("request-forwarded", "[IMDN-9.3.2-1, IMDN-8.1.2-2]"),
    ("content-kept", "IMDN-6.2.2-1"),
    ("headers-prefixed", "IMDN-1-1"),
    ("namespace-declared", "IMDN-7-1"),
    ("message-id-token", "IMDN-8.1.4-4"),
    ("message-id-present", "IMDN-8.1.4-1"),
    ("original-from-syntax", "IMDN-8.1.3-6"),
    ("list-action-syntax", "IMDN-8.1.2-7"),
];

/// What the judge finds by itself in one copy of one message.
fn found(im: &str, copy: &str) -> Vec<(String, Verdict)> {
    let mut run = Run::of_list();
    run.sends("U", im);
    run.gets("D1", copy);
    standing(&run)
}

fn asserted(im: &str, copy: &str, check: &str, ids: &str) -> Vec<Judgement> {
    let mut run = Run::of_list();
    run.sends("U", im);
    run.awaited("D1", copy);
    run.judge_with(&list_scenario(&format!("{{judges: {ids}, check: {check}}}")), &b2bua())
}

#[test]
fn a_faultless_copy_passes_every_check() {
    for (check, ids) in CHECKS {
        let judgements = asserted(LIST_IM, &copy("d1"), check, ids);
        assert_eq!(blamed(&judgements), [], "{check}");
        assert!(judgements.iter().all(|judgement| judgement.findings.is_empty()), "{check}");
    }
    expect("standing", &found(LIST_IM, &copy("d1")), &[]);
}

#[test]
fn each_fault_of_a_copy_has_its_owner() {
    type Case = (&'static str, &'static str, &'static str, &'static [(&'static str, Verdict)]);
    let cases: &[Case] = &[
        ("no Original-To", "imdn.Original-To: <sip:list@127.0.0.1:5062>\n", "", &[("IMDN-6.3-3", Fail)]),
        (
            "Original-To is the member",
            "imdn.Original-To: <sip:list@127.0.0.1:5062>",
            "imdn.Original-To: <sip:d1.9c2e@127.0.0.1:41080>",
            &[("IMDN-6.3-3", Fail), ("IMDN-11.3-1", Fail)],
        ),
        (
            "bare Original-To",
            "imdn.Original-To: <sip:list@127.0.0.1:5062>",
            "imdn.Original-To: sip:list@127.0.0.1:5062",
            &[("IMDN-6.3-3", Warning)],
        ),
        (
            "no Original-From",
            "imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>\n",
            "",
            &[("IMDN-8.1-3", Warning), ("IMDN-8.1.3-3", Fail)],
        ),
        (
            "Original-From is the list",
            "imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>",
            "imdn.Original-From: <sip:list@127.0.0.1:5062>",
            &[("IMDN-8.1-3", Warning), ("IMDN-8.1.3-3", Fail)],
        ),
        (
            "reused identifier",
            "imdn.Message-ID: C-d1-fresh",
            "imdn.Message-ID: M1xyzABCDEF",
            &[("IMDN-8.1.4-5", Fail)],
        ),
        (
            "no Original-Message-ID",
            "imdn.Original-Message-ID: M1xyzABCDEF\n",
            "",
            &[("IMDN-8.1-4", Warning), ("IMDN-8.1.5-2", Fail)],
        ),
        (
            "changed Original-Message-ID",
            "imdn.Original-Message-ID: M1xyzABCDEF",
            "imdn.Original-Message-ID: m1xyzabcdef",
            &[("IMDN-8.1-4", Warning), ("IMDN-8.1.5-2", Fail)],
        ),
        (
            "folded Original-Message-ID",
            "imdn.Original-Message-ID: M1xyzABCDEF",
            "imdn.Original-Message-ID: M1xyz\n ABCDEF",
            &[("IMDN-8.1.5-4", Fail)],
        ),
        (
            "quoted Original-Message-ID",
            "imdn.Original-Message-ID: M1xyzABCDEF",
            "imdn.Original-Message-ID: \"M1xyzABCDEF\"",
            &[("IMDN-8.1.5-4", Fail)],
        ),
        (
            "Original-Message-ID without a blank",
            "imdn.Original-Message-ID: M1xyzABCDEF",
            "imdn.Original-Message-ID:M1xyzABCDEF",
            &[("IMDN-8.1.5-4", Fail)],
        ),
        (
            "the other spelling",
            "imdn.Original-Message-ID: M1xyzABCDEF",
            "imdn.Original-Message-Id: M1xyzABCDEF",
            &[("IMDN-8.1.5-4", Warning)],
        ),
        ("no request", "imdn.Disposition-Notification: \n", "", &[("IMDN-8.1.2-2", Fail)]),
        ("no List-Action", "imdn.List-Action: final-recipient\n", "", &[("IMDN-9.3.2-1", Warning)]),
        (
            "another List-Action",
            "imdn.List-Action: final-recipient",
            "imdn.List-Action: first-recipient",
            &[("IMDN-9.3.2-1", Warning)],
        ),
        (
            "quoted List-Action",
            "imdn.List-Action: final-recipient",
            "imdn.List-Action: \"final-recipient\"",
            &[("IMDN-8.1.2-7", Fail)],
        ),
        (
            "unbracketed Original-From",
            "imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>",
            "imdn.Original-From: sip:u.7f3a@127.0.0.1:41080",
            &[("IMDN-8.1.3-6", Fail)],
        ),
        ("no prefix", "imdn.Original-To:", "Original-To:", &[("IMDN-1-1", Fail)]),
        (
            "another namespace",
            "urn:ietf:params:cpim-headers:imdn",
            "urn:ietf:params:imdn",
            &[("IMDN-7-1", Fail)],
        ),
        ("an identifier in brackets", "C-d1-fresh", "<C-d1-fresh>", &[("IMDN-8.1.4-4", Fail)]),
        ("no identifier", "imdn.Message-ID: C-d1-fresh\n", "", &[("IMDN-8.1.4-1", Fail)]),
        // The content belongs to another document.
        ("another content", "at ten?", "at nine?", &[]),
    ];
    for (name, from, to, wanted) in cases {
        expect(name, &found(LIST_IM, &edit(&copy("d1"), from, to)), wanted);
    }
}

#[test]
fn legal_oddities_pass() {
    let reordered = {
        let text = copy("d1");
        let list_action = "imdn.List-Action: final-recipient\n";
        let without = edit(&text, list_action, "");
        edit(&without, "imdn.Original-Message-ID: M1", &format!("{list_action}imdn.Original-Message-ID: M1"))
    };
    expect("any order", &found(LIST_IM, &reordered), &[]);
    let named = edit(
        &copy("d1"),
        "imdn.Original-To: <sip:list@127.0.0.1:5062>",
        "imdn.Original-To: \"The \\\"Team\\\", <all>\" <sip:list@127.0.0.1:5062>",
    );
    expect("quoted display name", &found(LIST_IM, &named), &[]);
    let prefix = copy("d1").replace("imdn.", "zz9.").replace("NS: imdn ", "NS: zz9 ");
    expect("another prefix", &found(LIST_IM, &prefix), &[]);
    let from = edit(&copy("d1"), "Original-From: <", "Original-From: \"U. of Somewhere\" <");
    expect("display name in Original-From", &found(LIST_IM, &from), &[]);
}

#[test]
fn a_copy_without_request_is_fine_under_first_recipient() {
    for list_action in
        ["", "imdn.List-Action: first-recipient\n", "imdn.List-Action: \n", "imdn.List-Action: x\n"]
    {
        let mut bare = edit(&copy("d1"), "imdn.Disposition-Notification: \n", "");
        bare = edit(&bare, "imdn.List-Action: final-recipient\n", "");
        bare = edit(&bare, "imdn.Original-Message-ID: M1xyzABCDEF\n", "");
        expect(list_action, &found(&asking(list_action), &bare), &[]);
    }
}

#[test]
fn a_fault_that_was_handed_on_is_not_that_of_the_intermediary() {
    let im = asking("imdn.List-Action: \"odd\" value\nimdn.Original-From: sip:bare@example.org\n");
    let copied = edit(&copy("d1"), "imdn.List-Action: final-recipient", "imdn.List-Action: \"odd\" value");
    let copied = edit(
        &copied,
        "imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>",
        "imdn.Original-From: sip:bare@example.org",
    );
    expect("handed on", &found(&im, &copied), &[]);
}

#[test]
fn what_is_there_already_is_kept() {
    let kept = "imdn.List-Action: final-recipient\nimdn.Original-From: \"Zo\" <im:first@example.org>\n\
                imdn.Original-To: <im:first-list@example.org>\nimdn.Original-Message-ID: M0first0first\n";
    let im = asking(kept);
    let good = edit(&copy("d1"), "<sip:u.7f3a@127.0.0.1:41080>", "Zo <im:first@example.org>");
    let good = edit(
        &good,
        "imdn.Original-To: <sip:list@127.0.0.1:5062>",
        "imdn.Original-To: <im:first-list@example.org>",
    );
    let good = edit(&good, "Original-Message-ID: M1xyzABCDEF", "Original-Message-ID: M0first0first");
    expect("kept", &found(&im, &good), &[]);
    for (name, from, to, wanted) in [
        (
            "overwritten Original-From",
            "Zo <im:first@example.org>",
            "<sip:u.7f3a@127.0.0.1:41080>",
            ("IMDN-8.1.3-4", Fail),
        ),
        (
            "another name",
            "Zo <im:first@example.org>",
            "Zoe <im:first@example.org>",
            ("IMDN-8.1.3-4", Warning),
        ),
        (
            "overwritten Original-To",
            "<im:first-list@example.org>",
            "<sip:list@127.0.0.1:5062>",
            ("IMDN-6.3-3", Warning),
        ),
        ("lost Original-To", "imdn.Original-To: <im:first-list@example.org>\n", "", ("IMDN-6.3-3", Fail)),
        (
            "overwritten identifier",
            "Original-Message-ID: M0first0first",
            "Original-Message-ID: M1xyzABCDEF",
            ("IMDN-8.1.5-1", Fail),
        ),
        ("the first identifier once more", "C-d1-fresh", "M0first0first", ("IMDN-8.1.4-5", Fail)),
    ] {
        expect(name, &found(&im, &edit(&good, from, to)), &[wanted]);
    }
}

#[test]
fn a_null_original_from_stays_null_and_hides_the_sender() {
    let im = asking("imdn.List-Action: final-recipient\nimdn.Original-From: \n");
    let from = "imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>";
    let good = edit(&copy("d1"), from, "imdn.Original-From: ");
    expect("null", &found(&im, &good), &[]);
    expect(
        "filled",
        &found(&im, &copy("d1")),
        &[("IMDN-8.1.3-4", Fail), ("IMDN-8.1.3-5", Fail), ("IMDN-11.4-1", Fail)],
    );
    expect("dropped", &found(&im, &edit(&copy("d1"), &format!("{from}\n"), "")), &[("IMDN-8.1.3-4", Fail)]);
    let leak = edit(&good, "\n\nFrom: <sip:list@127.0.0.1:5062>", "\n\nFrom: <sip:U.7F3A@127.0.0.1:41080>");
    expect("shown in CPIM From", &found(&im, &leak), &[("IMDN-8.1.3-5", Fail), ("IMDN-11.4-1", Fail)]);
    let leak = edit(&good, "Max-Forwards: 70\n", "Max-Forwards: 70\nReferred-By: <sip:u.7f3a@127.0.0.1>\n");
    expect("shown in SIP", &found(&im, &leak), &[("IMDN-8.1.3-5", Fail), ("IMDN-11.4-1", Fail)]);
    let judgements = asserted(&im, &leak, "sender-hidden", "IMDN-11.4-1");
    let finding = &judgements.iter().find(|j| j.requirement == "IMDN-11.4-1").unwrap().findings[0];
    let evidence = &finding.evidence[0];
    assert_eq!(&evidence.octets[evidence.span.clone().unwrap()], b"u.7f3a");
}

#[test]
fn a_policy_that_hides_the_sender_concerns_its_peer_alone() {
    let hidden = |scope: &str, copied: &str| {
        let mut run = Run::of_list();
        run.command(0, json!({"command": "policy", "hide_sender": true, "peer": scope}), json!({"ok": true}));
        run.sends("U", LIST_IM);
        run.gets("D1", copied);
        standing(&run)
    };
    let (u, u2) = ("sip:u.7f3a@127.0.0.1:41080", "sip:u2.11aa@127.0.0.1:41080");
    let from = "imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>\n";
    expect("shown", &hidden(u, &copy("d1")), &[("IMDN-11.4-1", Fail)]);
    expect("absent", &hidden(u, &edit(&copy("d1"), from, "")), &[]);
    expect("empty", &hidden(u, &edit(&copy("d1"), from, "imdn.Original-From: \n")), &[]);
    expect("of somebody else", &hidden(u2, &copy("d1")), &[]);
    let judgements = asserted(LIST_IM, &copy("d1"), "sender-hidden", "IMDN-11.4-1");
    assert_eq!(verdict_on(&judgements, "IMDN-11.4-1"), Some(Inconclusive));
}

#[test]
fn copies_may_share_an_identifier_at_the_price_of_a_warning() {
    let mut run = Run::of_list();
    run.sends("U", LIST_IM);
    run.gets("D1", &copy("d1"));
    run.gets("D2", &edit(&copy("d2"), "C-d2-fresh", "C-d1-fresh"));
    expect("shared", &standing(&run), &[("IMDN-8.1.4-5", Warning)]);
}

#[test]
fn an_identifier_of_another_message_is_not_unique() {
    let mut run = Run::of_list();
    run.sends("U", LIST_IM);
    run.sends("U", &edit(&LIST_IM.replace("M1xyz", "M2xyz"), "at ten?", "at six?"));
    run.gets("D1", &copy("d1"));
    run.gets("D1", &edit(&copy("d1").replace("M1xyz", "M2xyz"), "at ten?", "at six?"));
    expect("repeated", &standing(&run), &[("IMDN-8.1.4-2", Fail)]);
}

#[test]
fn copies_of_several_messages_are_told_apart() {
    let second = LIST_IM.replace("u.7f3a", "u2.11aa").replace("Ursula", "Ulf").replace("M1xyz", "M2xyz");
    let copied =
        copy("d1").replace("u.7f3a", "u2.11aa").replace("M1xyz", "M2xyz").replace("C-d1", "C-d1-second");
    let mut run = Run::of_list();
    run.sends("U", LIST_IM);
    run.sends("U2", &second);
    // In parallel, and in any order.
    run.gets("D2", &copied.replace("d1", "d2"));
    run.gets("D1", &copy("d1"));
    run.gets("D1", &copied);
    run.gets("D2", &copy("d2"));
    expect("by Original-Message-ID", &standing(&run), &[]);
    let first_recipient = |text: &str| {
        let text = edit(text, "imdn.List-Action: final-recipient\n", "");
        text.lines()
            .filter(|line| !line.starts_with("imdn.Original-Message-ID"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let mut run = Run::of_list();
    run.sends("U", &asking(""));
    run.sends("U2", &edit(&second, "imdn.List-Action: final-recipient\n", ""));
    run.gets("D1", &first_recipient(&copied));
    run.gets("D1", &first_recipient(&copy("d1")));
    expect("by content and sender", &standing(&run), &[]);
    // Which of the two this comes from cannot be told, so nothing is said.
    let mut run = Run::of_list();
    run.sends("U", LIST_IM);
    run.sends("U2", &second);
    let bare = edit(&first_recipient(&copy("d1")), "imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>\n", "");
    run.gets("D1", &edit(&bare, "at ten?", "at nine?"));
    expect("not at all", &standing(&run), &[]);
}

#[test]
fn the_identifier_is_judged_under_final_recipient_alone() {
    let without = edit(&copy("d1"), "imdn.Original-Message-ID: M1xyzABCDEF\n", "");
    for (list_action, verdict) in [
        ("imdn.List-Action: first-recipient\n", Inconclusive),
        ("imdn.List-Action: Final-Recipient\n", Inconclusive),
        ("imdn.List-Action: final-recipient\n", Fail),
    ] {
        let judgements =
            asserted(&asking(list_action), &without, "original-message-id-forwarded", "IMDN-8.1.5-2");
        assert_eq!(verdict_on(&judgements, "IMDN-8.1.5-2"), Some(verdict), "{list_action}");
    }
}

#[test]
fn a_member_that_is_known_not_to_report_needs_no_request() {
    let mut run = Run::of_list();
    let members = json!([{"uri": "sip:d1.9c2e@127.0.0.1:41080", "reports": false}, {"uri": "sip:d2.9c2e@127.0.0.1:41080", "reports": true}]);
    run.command(
        0,
        json!({"command": "list", "uri": "sip:list@127.0.0.1:5062", "members": members}),
        json!({"ok": true}),
    );
    run.sends("U", LIST_IM);
    run.gets("D1", &edit(&copy("d1"), "imdn.Disposition-Notification: \n", ""));
    expect("incapable", &standing(&run), &[]);
    run.gets("D2", &edit(&copy("d2"), "imdn.Disposition-Notification: \n", ""));
    expect("capable", &standing(&run), &[("IMDN-8.1.2-2", Fail)]);
}

#[test]
fn a_changed_content_is_a_remark() {
    let judgements =
        asserted(LIST_IM, &edit(&copy("d1"), "at ten?", "at nine?"), "content-kept", "IMDN-6.2.2-1");
    let judgement = judgements.iter().find(|judgement| judgement.requirement == "IMDN-6.2.2-1").unwrap();
    assert_eq!(judgement.verdict, Pass);
    let evidence = &judgement.findings[0].evidence[0];
    assert_eq!(&evidence.octets[evidence.span.clone().unwrap()], b"n");
}
