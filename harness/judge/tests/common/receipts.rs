//! Messages and receipts of draft-khartabil-simple-im-receipts-00, written by hand.

use imdnspec_judge::{Case, Ics, Judgement, Verdict, judge};
use ledger::{Document, Role};
use record::StepOutcome;
use scenario::model::Scenario;
use serde_json::json;
use wire::profile::RECEIPTS_00;

use super::{LEDGER, Run, all_roles, assert_presentable, edit, scenario, wire};

/// A message of a peer that asks for receipts.
pub const IM: &str = "\
MESSAGE sip:bob@127.0.0.1:5062 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:41080;branch=z9hG4bK1
Max-Forwards: 70
From: <sip:p.7f3a@127.0.0.1:41080>;tag=1
To: <sip:bob@127.0.0.1:5062>
Call-ID: c1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:p.7f3a@127.0.0.1:41080>
To: <sip:bob@127.0.0.1:5062>
Message-ID: M1xyzABCDEF
Receipt-Request: positive-delivery, negative-delivery, read

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?";

/// A delivery receipt on it without a fault.
pub const DELIVERY: &str = "\
MESSAGE sip:p.7f3a@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK2
Max-Forwards: 70
From: <sip:bob@127.0.0.1:5062>;tag=2
To: <sip:p.7f3a@127.0.0.1:41080>
Call-ID: c2
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:bob@127.0.0.1:5062>
To: <sip:p.7f3a@127.0.0.1:41080>

Content-Type: message/status-receipt+xml
Content-Disposition: confirm

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<status-receipt xmlns=\"urn:ietf:params:xml:ns:status-receipt\">
<message-id>M1xyzABCDEF</message-id>
<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>
<type>delivery</type>
<status>200</status>
</status-receipt>
";

/// A message of the IUT that asks for receipts, without a fault.
pub const REQUEST: &str = "\
MESSAGE sip:p.7f3a@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK3
Max-Forwards: 70
From: <sip:bob@127.0.0.1:5062>;tag=3
To: <sip:p.7f3a@127.0.0.1:41080>
Call-ID: c3
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:bob@127.0.0.1:5062>
To: <sip:p.7f3a@127.0.0.1:41080>
Message-ID: S1freshfresh
Receipt-Request: positive-delivery, read

Content-Type: text/plain; charset=utf-8
Content-Length: 16

Lunch at twelve?";

/// The read receipt that goes with it.
pub fn read() -> String {
    again(&edit(DELIVERY, ">delivery<", ">read<"), "c3")
}

/// The same text in another transaction.
pub fn again(text: &str, call: &str) -> String {
    edit(&edit(text, "Call-ID: c2", &format!("Call-ID: {call}")), "bK2", &format!("bK{call}"))
}

/// A message that asks for other receipts.
pub fn asking(words: &str) -> String {
    edit(IM, "positive-delivery, negative-delivery, read", words)
}

/// What an end user's agent declares.
pub fn user() -> Ics {
    Ics { documents: vec![Document::Receipts00], ..all_roles() }
}

/// What an intermediary declares.
pub fn relay() -> Ics {
    Ics { roles: vec![Role::B2bua], ..user() }
}

impl Run {
    pub fn judge_receipts(&self, scenario: &Scenario, ics: &Ics) -> Vec<Judgement> {
        let judgements =
            judge(&Case { record: &self.record, scenario, profile: &RECEIPTS_00, ledger: &LEDGER, ics });
        assert_presentable(&judgements);
        judgements
    }
}

/// A message and the receipts that came back.
pub fn receipts_run(im: &str, receipts: &[&str]) -> Run {
    let mut run = Run::new();
    run.exchange(0, "im", im, 200);
    for (index, receipt) in receipts.iter().enumerate() {
        run.expect(&[(index as u32 + 1, 0)], wire(receipt));
    }
    run
}

/// A scenario that awaits so many receipts, and asserts something of the last.
pub fn receipts_scenario(receipts: usize, assertions: &str) -> Scenario {
    let expect = |last: bool| {
        let assertions = if last { assertions } else { "" };
        format!(", {{expect: {{message: report, about: im, assert: [{assertions}]}}}}")
    };
    let awaited: String = (1..=receipts).map(|number| expect(number == receipts)).collect();
    scenario(&format!(
        "{{id: s, title: t, role: reporting-uas, peers: [P, X], steps: [{{send: {{message: im-req, as: im}}}}{awaited}]}}"
    ))
}

/// The usual exchange of a requesting IUT: command, message.
pub fn sending_run(receipts: &[&str], request: &str) -> Run {
    let mut run = Run::new();
    run.command(0, json!({"command": "send", "receipts": receipts}), json!({"ok": true}));
    run.expect(&[(1, 0)], wire(request));
    run
}

pub fn sending_scenario(assertions: &str) -> Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: requesting-uac, steps: [{{command: {{ask: send}}}}, \
         {{expect: {{message: any, assert: [{assertions}]}}}}]}}"
    ))
}

/// What is blamed, passes and what has no basis left out.
pub fn faults(judgements: &[Judgement]) -> Vec<(&str, Verdict)> {
    let bad = judgements.iter().filter(|judgement| judgement.verdict > Verdict::Inconclusive);
    bad.map(|judgement| (&*judgement.requirement, judgement.verdict)).collect()
}

/// What is blamed where only standing checks look at a message and the receipts on it.
pub fn blames(im: &str, receipts: &[&str]) -> Vec<(String, Verdict)> {
    let judgements =
        receipts_run(im, receipts).judge_receipts(&receipts_scenario(receipts.len(), ""), &user());
    faults(&judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

/// A step in which nothing happens.
pub fn idle(run: &mut Run, index: u32) {
    run.begin(&[(index, 0)]);
    run.end(StepOutcome::Done(Vec::new()));
}

pub fn expect(name: &str, found: &[(String, Verdict)], wanted: &[(&str, Verdict)]) {
    let found: Vec<(&str, Verdict)> = found.iter().map(|(id, verdict)| (&**id, *verdict)).collect();
    assert_eq!(found, wanted, "{name}");
}
