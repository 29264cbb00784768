//! Messages and notifications of RFC 5438, written by hand.

use imdnspec_judge::{Case, Ics, Judgement, Verdict, judge};
use ledger::{Document, Role};
use scenario::model::Scenario;
use serde_json::json;
use wire::profile::{Profile, RFC3862, RFC5438};

use super::receipts::faults;
use super::{LEDGER, Run, all_roles, assert_presentable, edit, scenario, wire};

/// A message of a peer that asks for everything.
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
DateTime: 2026-06-15T12:34:56Z
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: M1xyzABCDEF
imdn.Disposition-Notification: positive-delivery, negative-delivery, display

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?";

/// A delivery notification on it without a fault.
pub const DELIVERED: &str = "\
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
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: D1freshfresh

Content-Type: message/imdn+xml
Content-Disposition: notification

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">
<message-id>M1xyzABCDEF</message-id>
<datetime>2026-06-15T12:34:56Z</datetime>
<recipient-uri>sip:bob@127.0.0.1:5062</recipient-uri>
<original-recipient-uri>sip:bob@127.0.0.1:5062</original-recipient-uri>
<delivery-notification><status><delivered/></status></delivery-notification>
</imdn>
";

/// A message of the IUT that asks for notifications, without a fault.
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
DateTime: 2026-03-01T12:00:00Z
NS: imdn <urn:ietf:params:imdn>
imdn.Message-ID: S1freshfresh
imdn.Disposition-Notification: positive-delivery, display

Content-Type: text/plain; charset=utf-8
Content-Length: 16

Lunch at twelve?";

/// The notification of display that goes with it.
pub fn displayed() -> String {
    let text = edit(
        DELIVERED,
        "<delivery-notification><status><delivered/>",
        "<display-notification><status><displayed/>",
    );
    let text = edit(&text, "</delivery-notification>", "</display-notification>");
    again(&edit(&text, "D1freshfresh", "E2otherfresh"), "c3")
}

/// The same text in another transaction.
pub fn again(text: &str, call: &str) -> String {
    edit(&edit(text, "Call-ID: c2", &format!("Call-ID: {call}")), "bK2", &format!("bK{call}"))
}

/// A message that asks for other notifications.
pub fn asking(words: &str) -> String {
    edit(IM, "positive-delivery, negative-delivery, display", words)
}

/// What an end user's agent declares.
pub fn user() -> Ics {
    let documents = vec![Document::Rfc5438, Document::Rfc3862];
    Ics { roles: vec![Role::ImSender, Role::ImRecipient], documents, ..all_roles() }
}

/// What an intermediary declares.
pub fn relay() -> Ics {
    Ics { roles: vec![Role::Intermediary], ..user() }
}

impl Run {
    pub fn judge_by(&self, profile: &'static Profile, scenario: &Scenario, ics: &Ics) -> Vec<Judgement> {
        let judgements = judge(&Case { record: &self.record, scenario, profile, ledger: &LEDGER, ics });
        assert_presentable(&judgements);
        judgements
    }
}

/// A message and the notifications that came back.
pub fn notified_run(im: &str, notifications: &[&str]) -> Run {
    let mut run = Run::new();
    run.exchange(0, "im", im, 200);
    for (index, notification) in notifications.iter().enumerate() {
        run.expect(&[(index as u32 + 1, 0)], wire(notification));
    }
    run
}

/// A scenario that awaits so many notifications, and asserts something of the last.
pub fn notified_scenario(count: usize, assertions: &str) -> Scenario {
    let expect = |last: bool| {
        let assertions = if last { assertions } else { "" };
        format!(", {{expect: {{message: report, about: im, assert: [{assertions}]}}}}")
    };
    let awaited: String = (1..=count).map(|number| expect(number == count)).collect();
    scenario(&format!(
        "{{id: s, title: t, role: im-recipient, peers: [P, X], steps: [{{send: {{message: im-req, as: im}}}}{awaited}]}}"
    ))
}

/// The usual exchange of an IUT that asks: command, message.
pub fn sending_run(receipts: &[&str], request: &str) -> Run {
    let mut run = Run::new();
    run.command(0, json!({"command": "send", "receipts": receipts}), json!({"ok": true}));
    run.expect(&[(1, 0)], wire(request));
    run
}

pub fn sending_scenario(assertions: &str) -> Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: im-sender, steps: [{{command: {{ask: send}}}}, \
         {{expect: {{message: any, assert: [{assertions}]}}}}]}}"
    ))
}

pub fn owned(judgements: &[Judgement]) -> Vec<(String, Verdict)> {
    faults(judgements).into_iter().map(|(id, verdict)| (id.to_owned(), verdict)).collect()
}

/// What is blamed where only standing checks look at a message and the notifications on it.
pub fn blames(im: &str, notifications: &[&str]) -> Vec<(String, Verdict)> {
    let run = notified_run(im, notifications);
    owned(&run.judge_by(&RFC5438, &notified_scenario(notifications.len(), ""), &user()))
}

/// What is blamed where only standing checks look at a message of the IUT.
pub fn blames_request(request: &str) -> Vec<(String, Verdict)> {
    let run = sending_run(&["positive-delivery", "display"], request);
    owned(&run.judge_by(&RFC5438, &sending_scenario(""), &user()))
}

/// The same, by the requirements of RFC 3862.
pub fn blames_format(request: &str) -> Vec<(String, Verdict)> {
    let run = sending_run(&["positive-delivery", "display"], request);
    owned(&run.judge_by(&RFC3862, &sending_scenario(""), &user()))
}
