//! Records written by hand: an exchange of messages as text, and what the judge makes of it.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    reason = "shared by test files"
)]

/// SIP headers, and CPIM From and To, of a message of peer P.
macro_rules! to_iut {
    () => {
        "\
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
"
    };
}

/// SIP headers, and CPIM From and To, of a message of the IUT to peer P, in a transaction of that number.
macro_rules! from_iut {
    ($number:literal) => {
        concat!(
            "\
MESSAGE sip:p.7f3a@127.0.0.1:41080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK",
            $number,
            "
Max-Forwards: 70
From: <sip:bob@127.0.0.1:5062>;tag=",
            $number,
            "
To: <sip:p.7f3a@127.0.0.1:41080>
Call-ID: c",
            $number,
            "
CSeq: 1 MESSAGE
Content-Type: message/cpim

From: <sip:bob@127.0.0.1:5062>
To: <sip:p.7f3a@127.0.0.1:41080>
"
        )
    };
}

pub mod exploder;
pub mod receipts;
pub mod rfc;
pub mod runs;
pub mod session;

use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use imdnspec_judge::{Case, Ics, Judgement, Verdict, judge};
use ledger::{Document, Ledger, Role};
use record::{
    Ending, Event, EventId, EventKind, Novelty, Purpose, Record, StepId, StepOutcome, StepPath, Transport,
};
use scenario::model::Scenario;
use serde_json::{Value as Json, json};
use time::macros::datetime;
use wire::profile::IMDN_03;

pub static LEDGER: LazyLock<Ledger> = LazyLock::new(|| Ledger::builtin().unwrap());

/// A marked message of a peer, as IM-req of the catalogue.
pub const IM: &str = concat!(
    to_iut!(),
    "\
DateTime: 2026-03-01T12:00:00Z
Subject: Weekend
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Disposition-Notification:\u{20}
imdn.Message-ID: M1xyzABCDEF

Content-Type: text/plain; charset=utf-8

Shall we meet at the station at ten?"
);

/// A report on it without a fault.
pub const REPORT: &str = concat!(
    from_iut!(2),
    "\
DateTime: 2026-03-01T12:00:01Z
Subject: Weekend
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Message-ID: R1freshfresh

Content-Type: application/imdn+xml; charset=utf-8

<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">
<disposition>read</disposition>
<original-message-id>M1xyzABCDEF</original-message-id>
<original-recipient-uri>sip:p.7f3a@127.0.0.1:41080</original-recipient-uri>
<reporting-uas-uri>sip:bob@127.0.0.1:5062</reporting-uas-uri>
<disposition-time>2026-03-01T12:00:01Z</disposition-time>
</imdn>
"
);

/// A message of the IUT that asks for a report, without a fault.
pub const REQUEST: &str = concat!(
    from_iut!(3),
    "\
DateTime: 2026-03-01T12:00:00Z
Subject: Lunch
NS: imdn <urn:ietf:params:cpim-headers:imdn>
imdn.Disposition-Notification:\u{20}
imdn.Message-ID: S1freshfresh

Content-Type: text/plain; charset=utf-8

Lunch at twelve?"
);

/// Octets of a text whose lines end with LF here and with CRLF on the wire.
pub fn wire(text: &str) -> Bytes {
    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes().into()
}

/// Replaces text that has to be there.
pub fn edit(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in the message");
    text.replacen(from, to, 1)
}

pub fn response(status: u16) -> String {
    format!(
        "SIP/2.0 {status} Whatever\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\n\
         To: <sip:b@c>;tag=9\nCall-ID: c1\nCSeq: 1 MESSAGE\nContent-Length: 0\n\n"
    )
}

/// A scenario from YAML.
pub fn scenario(yaml: &str) -> Scenario {
    let json: Json = serde_yaml::from_str(yaml).unwrap();
    serde_json::from_value(json).unwrap()
}

/// A record that grows line by line. Every event is 10 ms after the one before it.
pub struct Run {
    pub record: Record,
    step: u32,
}

impl Run {
    pub fn new() -> Self {
        let started = datetime!(2026-03-01 12:00:00.5 UTC);
        let record = Record { scenario: "s".into(), variant: "udp".into(), started, events: Vec::new() };
        let mut run = Self { record, step: 0 };
        run.push(EventKind::Bound {
            name: "P".into(),
            value: json!({"uri": "sip:p.7f3a@127.0.0.1:41080", "user": "p.7f3a", "host": "127.0.0.1", "port": 41080}),
        });
        run.push(EventKind::Bound {
            name: "iut".into(),
            value: json!({"uri": "sip:bob@127.0.0.1:5062", "user": "bob", "host": "127.0.0.1", "port": 5062}),
        });
        run
    }

    pub fn push(&mut self, kind: EventKind) -> EventId {
        let at = Duration::from_millis(10 * self.record.events.len() as u64);
        self.record.events.push(Event { at, step: Some(StepId(self.step)), kind });
        EventId(self.record.events.len() as u32 - 1)
    }

    /// Lets time pass.
    pub fn wait(&mut self, length: Duration) {
        if let Some(last) = self.record.events.last_mut() {
            last.at += length;
        }
    }

    pub fn begin(&mut self, path: &[(u32, u32)]) {
        self.step += 1;
        self.push(EventKind::StepBegan { id: StepId(self.step), path: StepPath(path.to_vec()) });
    }

    pub fn end(&mut self, outcome: StepOutcome) {
        self.push(EventKind::StepEnded { id: StepId(self.step), outcome });
    }

    pub fn sent(&mut self, purpose: Purpose, octets: Bytes) -> EventId {
        let to = ([127, 0, 0, 1], 5062).into();
        self.push(EventKind::Sent { peer: "P".into(), transport: Transport::Udp, to, purpose, octets })
    }

    pub fn received(&mut self, novelty: Novelty, octets: Bytes) -> EventId {
        let from = ([127, 0, 0, 1], 5062).into();
        self.push(EventKind::Received { peer: "P".into(), transport: Transport::Udp, from, novelty, octets })
    }

    /// A step in which a peer sends something and gets an answer.
    pub fn exchange(&mut self, index: u32, name: &str, message: &str, status: u16) -> EventId {
        self.begin(&[(index, 0)]);
        let request = self.sent(Purpose::Request, wire(message));
        self.push(EventKind::Named { name: name.into(), event: request });
        let answer = self.received(Novelty::Response(request), wire(&response(status)));
        self.push(EventKind::Transaction { request, ending: Ending::Final(answer) });
        self.end(StepOutcome::Done(vec![answer]));
        request
    }

    /// A step in which the driver is asked for something.
    pub fn command(&mut self, index: u32, command: Json, reply: Json) {
        self.begin(&[(index, 0)]);
        let to = self.push(EventKind::Command { iut: 0, command });
        let reply = self.push(EventKind::Reply { to, reply });
        self.end(StepOutcome::Done(vec![reply]));
    }

    /// A request of the IUT, answered.
    pub fn incoming(&mut self, octets: Bytes, status: u16) -> EventId {
        let request = self.received(Novelty::Request, octets);
        self.sent(Purpose::Answer(request), wire(&response(status)));
        request
    }

    /// A step in which a request of the IUT is awaited, and comes.
    pub fn expect(&mut self, path: &[(u32, u32)], octets: Bytes) -> EventId {
        self.begin(path);
        let request = self.incoming(octets, 200);
        self.end(StepOutcome::Done(vec![request]));
        request
    }

    pub fn judge(&self, scenario: &Scenario) -> Vec<Judgement> {
        self.judge_with(scenario, &all_roles())
    }

    pub fn judge_with(&self, scenario: &Scenario, ics: &Ics) -> Vec<Judgement> {
        judge(&Case { record: &self.record, scenario, profile: &IMDN_03, ledger: &LEDGER, ics })
    }
}

pub fn all_roles() -> Ics {
    Ics {
        roles: vec![Role::RequestingUac, Role::ReportingUas],
        documents: vec![Document::Imdn03],
        absent: Default::default(),
    }
}

/// The usual exchange of a reporting IUT: message, reading, report.
pub fn report_run(im: &str, report: &str) -> Run {
    let mut run = Run::new();
    run.exchange(0, "im", im, 200);
    run.command(
        1,
        json!({"command": "dispose", "message_id": "M1xyzABCDEF", "how": "read"}),
        json!({"ok": true}),
    );
    run.expect(&[(2, 0)], wire(report));
    run
}

pub fn report_scenario(assertions: &str) -> Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: reporting-uas, steps: [{{send: {{message: im-req, as: im}}}}, \
         {{command: {{ask: dispose, about: im, with: {{how: read}}}}}}, \
         {{expect: {{message: report, about: im, as: report, assert: [{assertions}]}}}}]}}"
    ))
}

/// The usual exchange of a requesting IUT: command, message.
pub fn request_run(request: &str) -> Run {
    let mut run = Run::new();
    run.command(
        0,
        json!({"command": "send", "report": true}),
        json!({"ok": true, "message_id": "S1freshfresh"}),
    );
    run.expect(&[(1, 0)], wire(request));
    run
}

pub fn request_scenario(assertions: &str) -> Scenario {
    scenario(&format!(
        "{{id: s, title: t, role: requesting-uac, steps: [{{command: {{ask: send, as: sent, with: {{report: true}}}}}}, \
         {{expect: {{message: im, as: im, assert: [{assertions}]}}}}]}}"
    ))
}

/// Requirement and verdict of everything that is not a pass.
pub fn blamed(judgements: &[Judgement]) -> Vec<(&str, Verdict)> {
    let bad = judgements.iter().filter(|judgement| judgement.verdict != Verdict::Pass);
    bad.map(|judgement| (&*judgement.requirement, judgement.verdict)).collect()
}

/// The verdict on one requirement.
pub fn verdict_on(judgements: &[Judgement], id: &str) -> Option<Verdict> {
    judgements.iter().find(|judgement| judgement.requirement == id).map(|judgement| judgement.verdict)
}

/// Every finding has a sentence and points inside its octets.
pub fn assert_presentable(judgements: &[Judgement]) {
    for finding in judgements.iter().flat_map(|judgement| &judgement.findings) {
        assert!(!finding.message.is_empty() && !finding.oracle.is_empty(), "{finding:?}");
        let reading = finding.reading.as_deref();
        assert!(reading.is_none_or(|reading| LEDGER.reading(reading).is_some()), "{finding:?}");
        for evidence in &finding.evidence {
            if let Some(span) = &evidence.span {
                assert!(span.start <= span.end && span.end <= evidence.octets.len(), "{finding:?}");
            }
        }
    }
}
