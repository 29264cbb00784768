//! Ladders of small records, of long ones, and of hostile ones.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use imdnspec_report::{Ladder, Paint, Side, WIDEST};
use judge::{Evidence, Finding, Judgement, Verdict};
use record::{
    Blame, Event, EventId, EventKind, Novelty, Purpose, Record, StepId, StepOutcome, StepPath, Transport,
};
use serde_json::json;
use time::OffsetDateTime;
use wire::msrp;

const HOSTILE: &str = "\u{1b}[31m\u{202e}\u{7}evil";

fn iut() -> SocketAddr {
    ([127, 0, 0, 1], 5062).into()
}

/// Builds a record; every event is a millisecond after the one before it.
struct Story {
    events: Vec<Event>,
    step: Option<StepId>,
}

impl Story {
    fn new() -> Self {
        Self { events: Vec::new(), step: None }
    }

    fn push(&mut self, kind: EventKind) -> EventId {
        let at = Duration::from_millis(self.events.len() as u64);
        self.events.push(Event { at, step: self.step, kind });
        EventId(self.events.len() as u32 - 1)
    }

    fn step(&mut self, number: u32) {
        self.step = Some(StepId(number));
        self.push(EventKind::StepBegan { id: StepId(number), path: StepPath::default().child(number, 0) });
    }

    fn sent(&mut self, peer: &str, purpose: Purpose, octets: impl Into<Bytes>) -> EventId {
        let (transport, to) = (Transport::Udp, iut());
        self.push(EventKind::Sent { peer: Arc::from(peer), transport, to, purpose, octets: octets.into() })
    }

    fn came(&mut self, peer: &str, novelty: Novelty, octets: impl Into<Bytes>) -> EventId {
        let (transport, from) = (Transport::Udp, iut());
        self.push(EventKind::Received {
            peer: Arc::from(peer),
            transport,
            from,
            novelty,
            octets: octets.into(),
        })
    }

    fn record(self) -> Record {
        let started = OffsetDateTime::UNIX_EPOCH;
        Record { scenario: "two-members".into(), variant: "mixed".into(), started, events: self.events }
    }
}

fn message(cpim: &str, media_type: &str, content: &str) -> String {
    let object = format!(
        "From: <sip:u@h>\r\nTo: <sip:l@h>\r\nNS: x <urn:ietf:params:cpim-headers:imdn>\r\n{cpim}\r\n\
         Content-Type: {media_type}\r\n\r\n{content}"
    );
    format!(
        "MESSAGE sip:l@h SIP/2.0\r\nContent-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{object}",
        object.len()
    )
}

fn im_req() -> String {
    message("x.Disposition-Notification: \r\n", "text/plain", "hello")
}

fn report(disposition: &str) -> String {
    let document = format!(
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><disposition>{disposition}</disposition></imdn>"
    );
    message("", "application/imdn+xml", &document)
}

fn wrapped() -> String {
    let inner = report("read");
    let (_, object) = inner.split_once("\r\n\r\n").unwrap();
    message("", "message/cpim", object)
}

fn ok() -> &'static str {
    "SIP/2.0 200 OK\r\n\r\n"
}

fn peers(names: &[&str]) -> Vec<(String, Side)> {
    let side = |name: &str| match name.as_bytes()[0] {
        b'D' => Side::Downstream,
        b'X' => Side::Bystander,
        _ => Side::Upstream,
    };
    names.iter().map(|name| ((*name).to_owned(), side(name))).collect()
}

fn violation(requirement: &str, events: &[EventId]) -> Judgement {
    let evidence = events.iter().map(|event| Evidence {
        event: *event,
        at: Duration::ZERO,
        caption: String::new(),
        octets: Bytes::new(),
        span: None,
        label: String::new(),
    });
    let finding = Finding {
        verdict: Verdict::Fail,
        oracle: "quiet".into(),
        message: format!("something came, {HOSTILE}"),
        admissible: String::new(),
        reading: None,
        asserted_at: None,
        class: None,
        evidence: evidence.collect(),
    };
    Judgement {
        requirement: requirement.into(),
        scenario: "two-members".into(),
        variant: "mixed".into(),
        verdict: Verdict::Fail,
        findings: vec![finding],
    }
}

fn draw(record: &Record, judgements: &[Judgement], names: &[&str], width: usize) -> String {
    let peers = peers(names);
    let paint = Paint::Plain;
    Ladder { record, judgements, document: "imdn-03", peers: &peers, width, paint }.draw()
}

const EXPECTED: &str = "
two-members [mixed]
     time step         U                         IUT                        D1                         D2
    0.002 1            │                          ◆ list of 2                │                          │
    0.005 2            │── MESSAGE IM-req (im) ──▶│                          │                          │
    0.007 2            │╌╌ MESSAGE IM-req ╌╌╌╌╌╌╌▷│                          │                          │
    0.008 2            │◀─ 200 ───────────────────│                          │                          │
    0.010 3            │                          │── MESSAGE IM-req ────────┼─────────────────────────▶│
    0.011 3            │                          │◀─ 200 ───────────────────┼──────────────────────────│
    0.014 4            │                          │◀─ MESSAGE report read ───┼──────────────────────────│
    0.016 5            │◀━ wrapped report read ━━━│                          │                          │
                       │╰ fail IMDN-9.3.1-3       │                          │                          │
    0.017 5            │ quiet: 0.15 s            │                          │                          │
";

/// A list of two whose first-recipient report is followed by one that should not have come.
fn story() -> (Record, EventId, EventId) {
    let mut story = Story::new();
    story.push(EventKind::Command { iut: 0, command: json!({"command": "reset"}) });
    story.step(0);
    let list =
        story.push(EventKind::Command { iut: 0, command: json!({"command": "list", "members": [1, 2]}) });
    story.push(EventKind::Reply { to: list, reply: json!({"ok": true}) });
    story.step(1);
    let request = story.sent("U", Purpose::Request, im_req());
    story.push(EventKind::Named { name: "im".into(), event: request });
    story.sent("U", Purpose::Retransmission(request), im_req());
    story.came("U", Novelty::Response(request), ok());
    story.step(2);
    let copy = story.came("D2", Novelty::Request, im_req());
    story.sent("D2", Purpose::Answer(copy), ok());
    story.push(EventKind::StepEnded { id: StepId(2), outcome: StepOutcome::Done(vec![copy]) });
    story.step(3);
    story.sent("D2", Purpose::Request, report("read"));
    story.step(4);
    let unwanted = story.came("U", Novelty::Request, wrapped());
    story.push(EventKind::Window { window: "quiet".into(), length: Duration::from_millis(150) });
    (story.record(), request, unwanted)
}

#[test]
fn a_ladder_shows_who_sent_what_to_whom_and_what_was_wrong() {
    let (record, request, unwanted) = story();
    let judgements = [violation("IMDN-9.3.1-3", &[request, unwanted])];
    assert_eq!(draw(&record, &judgements, &["U", "D1", "D2"], 110), EXPECTED);
}

#[test]
fn lines_are_as_wide_as_allowed_whatever_the_number_of_peers() {
    let (record, ..) = story();
    let many: Vec<String> = (1..=40).map(|number| format!("D{number}")).collect();
    let mut names: Vec<&str> = many.iter().map(String::as_str).collect();
    names.insert(0, "U");
    for width in [0, 60, 80, 120, 500] {
        for names in [&["U", "D2"][..], &["U", "D1", "D2", "X"][..], &names] {
            let text = draw(&record, &[], names, width);
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.clamp(62, WIDEST), "{widest} > {width}\n{text}");
            assert!(text.contains("IUT"), "{text}");
        }
    }
}

#[test]
fn a_long_ladder_shows_its_ends_and_what_is_marked() {
    let mut story = Story::new();
    let events: Vec<EventId> =
        (0..2_000).map(|number| story.came("U", Novelty::Request, report(&format!("n{number}")))).collect();
    let text = draw(&story.record(), &[violation("IMDN-9.3.1-3", &[events[1_000]])], &["U", "D1"], 120);
    for shown in
        ["report n0 ", "report n994 ", "report n1000 ", "report n1006 ", "report n1999 ", "… 934 more …"]
    {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    assert!(!text.contains("report n500 "));
    assert!(text.lines().count() < 200);
}

#[test]
fn hostile_text_is_escaped() {
    let mut story = Story::new();
    story.step(0);
    story.came("U", Novelty::Request, format!("{HOSTILE} sip:x SIP/2.0\r\n\r\n"));
    story.came("U", Novelty::Request, report(HOSTILE));
    story.came("U", Novelty::Garbage, HOSTILE);
    let command =
        story.push(EventKind::Command { iut: 0, command: json!({"command": "dispose", "how": HOSTILE}) });
    story.push(EventKind::Reply { to: command, reply: json!({"ok": false, "error": HOSTILE}) });
    story.push(EventKind::Trouble { blame: Blame::Iut, class: HOSTILE.into(), text: HOSTILE.into() });
    let text = draw(&story.record(), &[violation("IMDN-9.3.1-3", &[])], &["U"], 120);
    let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
    assert_eq!(bad, None, "{text}");
    for shown in ["octets that are no SIP", "trouble", "fail IMDN-9.3.1-3: something came"] {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
}

#[test]
fn colours_set_off_the_verdict() {
    let (record, _, unwanted) = story();
    let judgements = [violation("IMDN-9.3.1-3", &[unwanted])];
    let peers = peers(&["U", "D2"]);
    let ladder = |paint| {
        Ladder {
            record: &record,
            judgements: &judgements,
            document: "imdn-03",
            peers: &peers,
            width: 120,
            paint,
        }
        .draw()
    };
    let coloured = ladder(Paint::Ansi);
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(console::strip_ansi_codes(&coloured), ladder(Paint::Plain));
}

const P: &str = "msrp://h/p;tcp";
const AT_IUT: &str = "msrp://h/i;tcp";

impl Story {
    fn sent_in_session(&mut self, purpose: Purpose, octets: Vec<u8>) -> EventId {
        let (peer, transport, to) = (Arc::from("U"), Transport::Msrp, iut());
        self.push(EventKind::Sent { peer, transport, to, purpose, octets: octets.into() })
    }

    fn came_in_session(&mut self, novelty: Novelty, octets: Vec<u8>) -> EventId {
        let (peer, transport, from) = (Arc::from("U"), Transport::Msrp, iut());
        self.push(EventKind::Received { peer, transport, from, novelty, octets: octets.into() })
    }
}

/// The body of a message for SIP in chunks of an MSRP message of the IUT.
fn chunks(text: &str, id: &str, size: usize) -> Vec<Vec<u8>> {
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    let request = msrp::Builder::request("SEND", "tttt", P, AT_IUT).message_id(id).body("message/cpim", body);
    let mut number = 0;
    let random = move || {
        number += 1;
        number << 64
    };
    request.chunks(msrp::Chunking::of(size), random).collect()
}

fn answer(chunk: &[u8], status: u16) -> Vec<u8> {
    msrp::respond(&msrp::decode(chunk).value, status)
}

const IN_SESSION: &str = "
two-members [mixed]
     time step         U                                IUT
    0.000              │── SEND IM-req (im) ────────────▶│
    0.002              │◀─ 200 ──────────────────────────│
    0.003              │◀─ REPORT 200 ───────────────────│
    0.008              │◀━ SEND report read, 3 chunks ━━━│
                       │╰ fail IMDN-9.3.1-3              │
    0.009              │── 200 ─────────────────────────▶│
    0.011              │◀─ SEND, 2 chunks, given up ─────│
    0.013              │◀─ SEND, 2 chunks, unfinished ───│
";

#[test]
fn chunks_of_one_message_are_one_row() {
    let mut story = Story::new();
    let im = chunks(&im_req(), "im01", 9999).remove(0);
    let sent = story.sent_in_session(Purpose::Request, im.clone());
    story.push(EventKind::Named { name: "im".into(), event: sent });
    story.came_in_session(Novelty::Response(sent), answer(&im, 200));
    let range = msrp::ByteRange { start: 1, end: Some(5), total: Some(5) };
    let told = msrp::report(&msrp::decode(&im).value, 200, range, "report01").encode();
    story.came_in_session(Novelty::Request, told);
    let whole = chunks(&report("read"), "rep1", 90);
    assert_eq!(whole.len(), 3);
    let mut events = Vec::new();
    for chunk in &whole {
        let event = story.came_in_session(Novelty::Request, chunk.clone());
        events.push(event);
        story.sent_in_session(Purpose::Answer(event), answer(chunk, 200));
    }
    let mut given_up = chunks(&report("read"), "rep2", 90);
    given_up.truncate(2);
    let at = given_up[1].len() - 3;
    given_up[1][at] = b'#';
    given_up.into_iter().for_each(|chunk| _ = story.came_in_session(Novelty::Request, chunk));
    let unfinished = chunks(&report("read"), "rep3", 90);
    unfinished.into_iter().take(2).for_each(|chunk| _ = story.came_in_session(Novelty::Request, chunk));
    let text = draw(&story.record(), &[violation("IMDN-9.3.1-3", &[events[1]])], &["U"], 80);
    assert_eq!(text, IN_SESSION);
}

#[test]
fn hostile_sessions_are_escaped() {
    let mut story = Story::new();
    let hostile = msrp::Builder::request("SEND", "tttt", P, AT_IUT).message_id("m1m1");
    story.came_in_session(Novelty::Request, hostile.clone().body(HOSTILE, HOSTILE).encode());
    story.came_in_session(Novelty::Request, format!("MSRP tttt {HOSTILE}\r\n-------tttt$\r\n").into_bytes());
    story.came_in_session(Novelty::Garbage, HOSTILE.as_bytes().to_vec());
    story.came_in_session(Novelty::Request, chunks(&report(HOSTILE), HOSTILE, 40).remove(0));
    story.came_in_session(Novelty::Request, chunks(&report(HOSTILE), "m2m2", 4000).remove(0));
    let text = draw(&story.record(), &[], &["U"], 120);
    let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
    assert_eq!(bad, None, "{text}");
    assert!(text.contains("octets that are no MSRP"), "{text}");
}
