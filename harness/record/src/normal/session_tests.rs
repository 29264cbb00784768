//! Two runs in sessions that differ in everything that may differ.

use bytes::Bytes;
use wire::msrp::{Builder, ByteRange, Chunking};

use super::*;
use crate::event::Transport;
use crate::recorder::Recorder;

/// What differs from run to run.
struct Run {
    seed: &'static str,
    port: u16,
    /// Octets of a chunk of the peer's message, and of that of the IUT.
    chunks: (usize, usize),
    /// Whether the REPORT of the IUT overtakes its response.
    hasty: bool,
}

const ONE: Run = Run { seed: "aaaa", port: 40001, chunks: (1000, 1000), hasty: false };
const OTHER: Run = Run { seed: "b7f3", port: 9, chunks: (5, 11), hasty: true };

impl Run {
    fn uri(&self, side: &str) -> String {
        format!("msrp://127.0.0.1:{}/{}{side};tcp", self.port, self.seed)
    }

    fn send(&self, from_iut: bool) -> Builder {
        let (iut, peer) = (self.uri("iut"), self.uri("peer"));
        let (to, from) = if from_iut { (peer, iut) } else { (iut, peer) };
        let body = format!("Message-ID: {}\r\n\r\nHow long is it?", self.seed.repeat(4));
        Builder::request("SEND", "", &to, &from)
            .message_id(&format!("m{}", self.seed))
            .body("message/cpim", body)
    }

    fn chunks(&self, from_iut: bool) -> Vec<Bytes> {
        let size = if from_iut { self.chunks.1 } else { self.chunks.0 };
        let mut random = u128::from(self.port);
        let next = move || {
            random += 77;
            random
        };
        self.send(from_iut).chunks(Chunking::of(size), next).map(Bytes::from).collect()
    }

    fn offer(&self) -> Bytes {
        let sdp = format!(
            "v=0\r\no=- {0} {0} IN IP4 127.0.0.1\r\ns=-\r\nm=message {0} TCP/MSRP *\r\na=path:{1}\r\n",
            self.port,
            self.uri("peer")
        );
        format!("INVITE sip:b SIP/2.0\r\nCall-ID: {}\r\n\r\n{sdp}", self.seed).into()
    }

    /// A message of the IUT, and its REPORT on that of the peer, which no step takes.
    fn receive(&self, recorder: &Recorder) -> EventId {
        let range = ByteRange { start: 1, end: Some(9), total: Some(9) };
        let report = Builder::request("REPORT", "r", &self.uri("peer"), &self.uri("iut"));
        let report: Bytes = report.message_id("m").byte_range(range).status(200).encode().into();
        let report = || received(recorder, Transport::Msrp, Novelty::Request, report.clone());
        if self.hasty {
            report();
        }
        let mut last = EventId(0);
        for chunk in self.chunks(true) {
            last = received(recorder, Transport::Msrp, Novelty::Request, chunk);
            let answer = Builder::response(200, "x", &self.uri("iut"), &self.uri("peer")).encode();
            let (to, purpose) = (([127, 0, 0, 1], 9).into(), Purpose::Answer(last));
            let (peer, transport, octets) = ("P".into(), Transport::Msrp, answer.into());
            recorder.push(EventKind::Sent { peer, transport, to, purpose, octets });
        }
        if !self.hasty {
            report();
        }
        last
    }

    fn record(&self) -> Record {
        let recorder = Recorder::begin("receipts-00/sample", "msrp");
        recorder.push(EventKind::StepBegan { id: StepId(0), path: StepPath::default().child(0, 0) });
        recorder.set_step(Some(StepId(0)));
        let invite = sent(&recorder, Transport::Tcp, self.offer());
        let response =
            |status: &str| Bytes::from(format!("SIP/2.0 {status}\r\nCall-ID: {}\r\n\r\n", self.seed));
        if self.hasty {
            received(&recorder, Transport::Tcp, Novelty::Response(invite), response("100 Trying"));
        }
        received(&recorder, Transport::Tcp, Novelty::Response(invite), response("200 OK"));
        let first = Builder::request("SEND", "t0", &self.uri("iut"), &self.uri("peer"));
        sent(&recorder, Transport::Msrp, first.encode().into());
        for chunk in self.chunks(false) {
            let chunk = sent(&recorder, Transport::Msrp, chunk);
            let tid = format!("t{}", chunk.0);
            let response = Builder::response(200, tid, &self.uri("peer"), &self.uri("iut")).encode();
            received(&recorder, Transport::Msrp, Novelty::Response(chunk), response.into());
        }
        let taken = self.receive(&recorder);
        recorder.push(EventKind::StepEnded { id: StepId(0), outcome: StepOutcome::Done(vec![]) });
        recorder.push(EventKind::StepBegan { id: StepId(1), path: StepPath::default().child(1, 0) });
        recorder.push(EventKind::StepEnded { id: StepId(1), outcome: StepOutcome::Done(vec![taken]) });
        if self.hasty {
            received(&recorder, Transport::Tcp, Novelty::Request, "BYE sip:p SIP/2.0\r\n\r\n".into());
        }
        recorder.finish()
    }
}

fn sent(recorder: &Recorder, transport: Transport, octets: Bytes) -> EventId {
    let to = ([127, 0, 0, 1], 5060).into();
    recorder.push(EventKind::Sent { peer: "P".into(), transport, to, purpose: Purpose::Request, octets })
}

fn received(recorder: &Recorder, transport: Transport, novelty: Novelty, octets: Bytes) -> EventId {
    let from = ([127, 0, 0, 1], 5060).into();
    recorder.push(EventKind::Received { peer: "P".into(), transport, from, novelty, octets })
}

#[test]
fn a_message_is_told_whole_and_what_races_is_not_seen() {
    let one = normal_form(&ONE.record());
    assert_eq!(one, normal_form(&OTHER.record()));
    let expected = "receipts-00/sample [msrp]\nstep 1: done\n  P sends\n    INVITE sip:b SIP/2.0\n    Call-ID: <call-1>\n\n    \
        v=0\n    o=<origin> IN IP4 127.0.0.1\n    s=-\n    m=message <port> TCP/MSRP *\n    \
        a=path:msrp://127.0.0.1:<port>/<session-1>;tcp\n  P gets\n    SIP/2.0 200 OK\n    Call-ID: <call-1>\n  P sends\n";
    assert!(one.starts_with(expected), "{one}");
    for (line, times) in [
        ("    MSRP <transaction> SEND\n", 2),
        ("    MSRP <transaction> 200 OK\n", 2),
        ("    MSRP <transaction> REPORT\n", 1),
        ("    Byte-Range: <range>\n", 3),
        ("    How long is it?\n", 2),
        ("taken by no step\n", 1),
    ] {
        assert_eq!(one.matches(line).count(), times, "{line}\n{one}");
    }
    assert!(!one.contains("BYE") && !one.contains("100 Trying"), "{one}");
}

#[test]
fn another_message_gives_another_text() {
    let mut record = OTHER.record();
    let last = record.events.iter_mut().rev().find_map(|event| match &mut event.kind {
        EventKind::Received { transport: Transport::Msrp, octets, .. } if octets.starts_with(b"MSRP") => {
            Some(octets)
        }
        _ => None,
    });
    let octets = last.unwrap();
    *octets = String::from_utf8(octets.to_vec()).unwrap().replace('?', "!").into();
    assert_ne!(normal_form(&record), normal_form(&ONE.record()));
}

#[test]
fn a_message_that_is_never_complete_is_told_as_it_came() {
    let recorder = Recorder::begin("s", "msrp");
    for chunk in OTHER.chunks(true).into_iter().take(2) {
        received(&recorder, Transport::Msrp, Novelty::Request, chunk);
    }
    let text = normal_form(&recorder.finish());
    assert_eq!(text.matches("IUT sends to P\n").count(), 2, "{text}");
}
