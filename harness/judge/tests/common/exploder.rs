//! Records of a list exploder between a requester U and members D1, D2.

use record::{Ending, EventId, EventKind, Novelty, Purpose, Transport};
use scenario::model::Scenario;
use serde_json::json;

use imdnspec_judge::Judgement;
use imdnspec_judge::Verdict::{self, Inconclusive};

use super::{Run, assert_presentable, edit, response, scenario, wire};

/// A message of U to the list that asks for the reports of the members.
pub const LIST_IM: &str = "\
MESSAGE sip:list@127.0.0.1:5062 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:41080;branch=z9hG4bKu1
Max-Forwards: 70
From: <sip:u.7f3a@127.0.0.1:41080>;tag=1
To: <sip:list@127.0.0.1:5062>
Call-ID: u1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: Ursula <sip:u.7f3a@127.0.0.1:41080>
To: \"The \\\"Team\\\", all\" <sip:list@127.0.0.1:5062>
DateTime: 2026-03-01T12:00:00Z
Subject: Weekend
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Disposition-Notification:\u{20}
imdn.Message-ID: M1xyzABCDEF
imdn.List-Action: final-recipient

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?";

const COPY: &str = "\
MESSAGE sip:d1.9c2e@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKc1
Max-Forwards: 70
From: <sip:list@127.0.0.1:5062>;tag=2
To: <sip:d1.9c2e@127.0.0.1:41080>
Call-ID: c-d1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:list@127.0.0.1:5062>
To: <sip:d1.9c2e@127.0.0.1:41080>
DateTime: 2026-03-01T12:00:00Z
Subject: Weekend
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Disposition-Notification:\u{20}
imdn.Message-ID: C-d1-fresh
imdn.List-Action: final-recipient
imdn.Original-From: <sip:u.7f3a@127.0.0.1:41080>
imdn.Original-To: <sip:list@127.0.0.1:5062>
imdn.Original-Message-ID: M1xyzABCDEF

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?";

const MEMBER_REPORT: &str = "\
MESSAGE sip:list@127.0.0.1:5062 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:41080;branch=z9hG4bKr1
Max-Forwards: 70
From: <sip:d1.9c2e@127.0.0.1:41080>;tag=3
To: <sip:list@127.0.0.1:5062>
Call-ID: r-d1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:d1.9c2e@127.0.0.1:41080>
To: <sip:list@127.0.0.1:5062>
DateTime: 2026-03-01T12:00:02Z
Subject: Weekend
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Message-ID: R-d1-fresh
imdn.Original-Message-ID: M1xyzABCDEF

Content-Type: application/imdn+xml; charset=utf-8
Content-ID: <r-d1@peer.example>

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">
<disposition>read</disposition>
<original-message-id>M1xyzABCDEF</original-message-id>
<original-recipient-uri>sip:u.7f3a@127.0.0.1:41080</original-recipient-uri>
<reporting-uas-uri>sip:d1.9c2e@127.0.0.1:41080</reporting-uas-uri>
<original-recipient>sip:list@127.0.0.1:5062</original-recipient>
<disposition-time>2026-03-01T12:00:02Z</disposition-time>
</imdn>
";

/// A report that the list composed about its own handling.
pub const OWN_REPORT: &str = "\
MESSAGE sip:u.7f3a@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKo1
Max-Forwards: 70
From: <sip:list@127.0.0.1:5062>;tag=4
To: <sip:u.7f3a@127.0.0.1:41080>
Call-ID: o1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:list@127.0.0.1:5062>
To: <sip:u.7f3a@127.0.0.1:41080>
DateTime: 2026-03-01T12:00:01Z
Subject: Weekend
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Message-ID: O1freshfresh

Content-Type: application/imdn+xml; charset=utf-8

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">
<disposition>processed</disposition>
<original-message-id>M1xyzABCDEF</original-message-id>
<original-recipient-uri>sip:u.7f3a@127.0.0.1:41080</original-recipient-uri>
<reporting-uas-uri>sip:list@127.0.0.1:5062</reporting-uas-uri>
<disposition-time>2026-03-01T12:00:01Z</disposition-time>
</imdn>
";

/// SIP and CPIM headers of what the list sends to U in answer to a report, up to the empty line before the content.
const OUTER: &str = "\
MESSAGE sip:u.7f3a@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKw1
Max-Forwards: 70
From: <sip:list@127.0.0.1:5062>;tag=5
To: <sip:u.7f3a@127.0.0.1:41080>
Call-ID: w1
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:list@127.0.0.1:5062>
To: <sip:u.7f3a@127.0.0.1:41080>
DateTime: 2026-03-01T12:00:03Z
Subject: Weekend
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Message-ID: W1freshfresh

";

/// The message under first-recipient, or whatever the line says; empty for no List-Action.
pub fn asking(list_action: &str) -> String {
    edit(LIST_IM, "imdn.List-Action: final-recipient\n", list_action)
}

/// The copy of that member.
pub fn copy(member: &str) -> String {
    COPY.replace("d1", member)
}

/// The report of that member.
pub fn member_report(member: &str) -> String {
    MEMBER_REPORT.replace("d1", member)
}

/// The CPIM object in a message.
pub fn object(message: &str) -> &str {
    message.split_once("\n\n").unwrap().1
}

/// The MIME entity in its CPIM object.
pub fn entity(message: &str) -> &str {
    object(message).split_once("\n\n").unwrap().1
}

/// The report with its whole CPIM object as content.
pub fn wrapped_whole(report: &str) -> String {
    format!("{OUTER}Content-Type: message/cpim\n\n{}", object(report))
}

/// The report with its MIME entity in a new CPIM object.
pub fn wrapped_entity(report: &str) -> String {
    format!("{OUTER}{}", entity(report))
}

/// A report that a second list behind D1 sends on.
pub fn second_list_report() -> String {
    let head = MEMBER_REPORT.split_once("\n\nContent-Type: application").unwrap().0;
    let head = edit(head, "R-d1-fresh", "R-second-list");
    format!(
        "{head}\n\nContent-Type: message/cpim\nContent-ID: <wrapper@peer.example>\n\n{}",
        object(&member_report("e7"))
    )
}

pub fn list_scenario(assertions: &str) -> Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: b2bua, peers: [U, U2, D1, D2, X], steps: [{{expect: {{peer: D1, message: any, as: it, \
         assert: [{assertions}]}}}}]}}"
    ))
}

impl Run {
    /// A record in which U, U2, D1, D2, X and the list have addresses.
    pub fn of_list() -> Self {
        let mut run = Self::new();
        for (peer, user) in
            [("U", "u.7f3a"), ("U2", "u2.11aa"), ("D1", "d1.9c2e"), ("D2", "d2.9c2e"), ("X", "x.0b0b")]
        {
            let uri = format!("sip:{user}@127.0.0.1:41080");
            run.push(EventKind::Bound { name: peer.into(), value: json!({"uri": uri, "user": user}) });
        }
        run
    }

    /// A peer sends something and gets a 2xx.
    pub fn sends(&mut self, peer: &str, text: &str) -> EventId {
        self.sends_octets(peer, wire(text))
    }

    pub fn sends_octets(&mut self, peer: &str, octets: bytes::Bytes) -> EventId {
        let to = ([127, 0, 0, 1], 5062).into();
        let transport = Transport::Udp;
        let request = self.push(EventKind::Sent {
            peer: peer.into(),
            transport,
            to,
            purpose: Purpose::Request,
            octets,
        });
        let novelty = Novelty::Response(request);
        let octets = wire(&response(202));
        let answer =
            self.push(EventKind::Received { peer: peer.into(), transport, from: to, novelty, octets });
        self.push(EventKind::Transaction { request, ending: Ending::Final(answer) });
        request
    }

    /// The IUT sends something to a peer and gets a 200. It may come by another transport than what caused it.
    pub fn gets(&mut self, peer: &str, text: &str) -> EventId {
        self.gets_octets(peer, wire(text))
    }

    pub fn gets_octets(&mut self, peer: &str, octets: bytes::Bytes) -> EventId {
        let from = ([127, 0, 0, 1], 5062).into();
        let transport = Transport::Tcp;
        let novelty = Novelty::Request;
        let request = self.push(EventKind::Received { peer: peer.into(), transport, from, novelty, octets });
        let purpose = Purpose::Answer(request);
        let octets = wire(&response(200));
        self.push(EventKind::Sent { peer: peer.into(), transport, to: from, purpose, octets });
        request
    }

    /// The IUT sends something to a peer that the only step of [`list_scenario`] waits for.
    pub fn awaited(&mut self, peer: &str, text: &str) -> EventId {
        self.begin(&[(0, 0)]);
        let request = self.gets(peer, text);
        self.push(EventKind::Named { name: "it".into(), event: request });
        self.end(record::StepOutcome::Done(vec![request]));
        request
    }
}

/// What a B2BUA may be tested for.
pub fn b2bua() -> imdnspec_judge::Ics {
    imdnspec_judge::Ics { roles: vec![ledger::Role::B2bua], ..super::all_roles() }
}

/// A message of U that asks for the reports of the members, copied to both.
pub fn exploded() -> Run {
    exploded_from(LIST_IM)
}

/// The same with another message.
pub fn exploded_from(im: &str) -> Run {
    let mut run = Run::of_list();
    run.sends("U", im);
    run.gets("D1", &copy("d1"));
    run.gets("D2", &copy("d2"));
    run
}

/// What the judge finds by itself.
pub fn standing(run: &Run) -> Vec<(String, Verdict)> {
    let judgements = run.judge_with(&list_scenario(""), &b2bua());
    assert_presentable(&judgements);
    let mine = judgements.into_iter().filter(|judgement| judgement.verdict > Inconclusive);
    mine.map(|judgement| (judgement.requirement, judgement.verdict)).collect()
}

/// What it says where the only step asserts a check.
pub fn judged(run: &Run, check: &str, ids: &str) -> Vec<Judgement> {
    let judgements = run.judge_with(&list_scenario(&format!("{{judges: {ids}, check: {check}}}")), &b2bua());
    assert_presentable(&judgements);
    judgements
}

pub fn expect(name: &str, found: &[(String, Verdict)], wanted: &[(&str, Verdict)]) {
    let found: Vec<(&str, Verdict)> = found.iter().map(|(id, verdict)| (&**id, *verdict)).collect();
    assert_eq!(found, wanted, "{name}");
}

/// U's message, both copies, D1's report, and what the list made of it.
pub fn relayed(report: &str, upstream: &str) -> Run {
    let mut run = exploded();
    run.sends("D1", report);
    run.awaited("U", upstream);
    run
}
