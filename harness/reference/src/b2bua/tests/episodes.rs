//! Everything that a B2BUA does, in small pieces. The list has two members.

use std::collections::HashSet;

use serde_json::json;

use super::{FINAL, FIRST, LIST, MARK, NS, Subject, UPSTREAM, im, marked, member, report, report_on};

pub(super) type Episode = (&'static str, fn(&mut Subject));

/// A message, and everybody accepts his copy.
fn accepted(subject: &mut Subject, cpim: &str) {
    subject.take(cpim);
    subject.accept();
}

fn policy(subject: &mut Subject, name: &str, value: serde_json::Value, peer: Option<&str>) {
    let mut command = json!({"command": "policy", name: value});
    if let Some(peer) = peer {
        command["peer"] = peer.into();
    }
    subject.ask(command).unwrap();
}

/// Everything that a B2BUA does, in small pieces.
pub(super) static EPISODES: &[Episode] = &[
    ("first", |s| {
        accepted(s, &marked("aB&'c", FIRST));
        s.take(&report(1, "aB&'c"));
    }),
    ("final", |s| {
        accepted(s, &marked("m", FINAL));
        s.take(&report(1, "m"));
        s.take(&report(2, "m"));
    }),
    ("unspecified", |s| {
        accepted(s, &marked("m", ""));
        s.take(&report(1, "m"));
    }),
    ("empty", |s| {
        accepted(s, &marked("m", "imdn.List-Action: \r\n"));
        s.take(&report(1, "m"));
    }),
    ("unknown", |s| {
        accepted(s, &marked("m", "imdn.List-Action: everybody\r\n"));
        s.take(&report(1, "m"));
    }),
    ("near miss", |s| {
        accepted(s, &marked("m", "imdn.List-Action: final-recipients\r\n"));
        s.take(&report(1, "m"));
    }),
    ("gateway", |s| {
        s.define(LIST, &[json!(true)]);
        accepted(s, &marked("m", FIRST));
        s.take(&report(1, "m"));
    }),
    ("one fails late", |s| {
        s.take(&marked("m", FIRST));
        s.answer(true, |to| to.starts_with("sip:d1"));
        s.answer(false, |_| true);
    }),
    ("all fail", |s| {
        s.take(&marked("m", FIRST));
        s.answer(false, |_| true);
    }),
    ("denied", |s| {
        policy(s, "reports", json!("deny"), None);
        accepted(s, &marked("m", FIRST));
    }),
    ("ignored", |s| {
        policy(s, "reports", json!("ignore"), Some(UPSTREAM));
        accepted(s, &marked("m", FIRST));
    }),
    ("hidden reporter", |s| {
        policy(s, "hide_reporter", json!(true), None);
        accepted(s, &marked("m", FIRST));
    }),
    ("hidden sender", |s| {
        policy(s, "hide_sender", json!(true), Some(UPSTREAM));
        accepted(s, &marked("m", FINAL));
    }),
    ("behind another", |s| {
        let lines = "imdn.Original-From: \"Zo\" <sip:o@127.0.0.1:5061>\r\nimdn.Original-To: <im:l@l.org>\r\n\
                     imdn.Original-Message-ID: first\r\n";
        accepted(s, &marked("m", &format!("{lines}{FIRST}")));
        accepted(s, &marked("n", &format!("{lines}{FINAL}")));
        s.take(&report(1, "first"));
    }),
    ("null", |s| accepted(s, &marked("m", &format!("{FIRST}imdn.Original-From: \r\n")))),
    ("late", |s| {
        s.take(&marked("m", FIRST));
        s.ask(json!({"command": "advance_clock", "seconds": 20})).unwrap();
        s.accept();
    }),
    ("other prefix", |s| {
        accepted(s, &marked("m", FINAL).replace("imdn.", "zz9.").replace("NS: imdn", "NS: zz9"));
    }),
    ("foreign namespace", |s| accepted(s, &marked("m", "").replace(NS, "NS: imdn <urn:example:other>\r\n"))),
    ("no request", |s| accepted(s, &im(""))),
    ("no Message-ID", |s| accepted(s, &im(&format!("{NS}{MARK}")))),
    ("unknown Require", |s| {
        accepted(s, &im("NS: q <urn:example:unknown>\r\nq.Gadget: x\r\nRequire: q.Gadget\r\n"));
    }),
    ("long Message-ID", |s| accepted(s, &marked(&"k".repeat(200), FINAL))),
    ("mixed abilities", |s| {
        s.define(LIST, &[json!(false), json!("refuses"), json!(true)]);
        accepted(s, &marked("m", FINAL));
    }),
    ("two requesters", |s| {
        accepted(s, &marked("m", FINAL));
        accepted(s, &marked("n", FINAL).replace(UPSTREAM, "sip:u2@127.0.0.1:5062"));
        s.take(&report(1, "m"));
    }),
    ("wrong element", |s| {
        accepted(s, &marked("m", FINAL));
        s.take(&report_on(1, "m", "wrong"));
    }),
    ("wrong header", |s| {
        accepted(s, &marked("m", FINAL));
        s.take(&report_on(1, "wrong", "m"));
    }),
    ("unmatched", |s| {
        accepted(s, &marked("m", FINAL));
        s.take(&report(1, "bogus"));
    }),
    ("unmatched and asking", |s| {
        accepted(s, &marked("m", FINAL));
        s.take(&report(1, "bogus").replace("imdn.Message-ID", &format!("{MARK}imdn.Message-ID")));
    }),
    ("late report", |s| {
        accepted(s, &marked("m", FINAL));
        s.ask(json!({"command": "advance_clock", "seconds": 290})).unwrap();
        s.take(&report(1, "m"));
    }),
    ("wrapped", |s| {
        accepted(s, &marked("m", FINAL));
        s.take(&wrapper(1, "m", "message/cpim", &report(7, "m")));
    }),
    ("encrypted", |s| {
        accepted(s, &marked("m", FINAL));
        s.take(&wrapper(1, "m", "application/pkcs7-mime; smime-type=enveloped-data", "MIAGCSqG"));
    }),
    ("restart", |s| {
        let id = |copy: String| copy.lines().find(|line| line.contains("Message-ID")).map(str::to_owned);
        let ids = |s: &Subject| s.copies().into_iter().map(id).collect::<HashSet<_>>();
        s.take(&marked("m", FINAL));
        s.ask(json!({"command": "restart"})).unwrap();
        s.take(&marked("n", FINAL));
        s.statuses = vec![u16::try_from(ids(s).len()).unwrap()];
        s.sent.clear();
    }),
];

/// A report in a form that a B2BUA need not understand.
pub(super) fn wrapper(reporter: usize, about: &str, content_type: &str, content: &str) -> String {
    format!(
        "From: <{}>\r\nTo: <{LIST}>\r\n{NS}imdn.Message-ID: w{reporter}\r\nimdn.Original-Message-ID: {about}\r\n\r\n\
         Content-Type: {content_type}\r\n\r\n{content}",
        member(reporter)
    )
}
