//! Exchanges in MSRP sessions, written by hand.

use bytes::Bytes;
use record::{Ending, EventId, EventKind, Novelty, Purpose, StepOutcome, Transport};
use wire::msrp::{Builder, Chunking, FailureReport, Flag, RangeEnd, decode, respond};

use super::Run;

/// The two ends of the first session.
pub const P: &str = "msrp://127.0.0.1:41090/p1;tcp";
pub const IUT: &str = "msrp://127.0.0.1:5063/i1;tcp";

/// What one side sends into a session.
#[derive(Clone)]
pub struct Way {
    pub to: &'static str,
    pub from: &'static str,
    pub id: &'static str,
    pub size: usize,
    pub failure_report: Option<FailureReport>,
    pub content_type: &'static str,
}

impl Way {
    /// From the peer to the IUT, in one chunk.
    pub fn to_iut(id: &'static str) -> Self {
        let content_type = "message/cpim";
        Self { to: IUT, from: P, id, size: 1 << 20, failure_report: None, content_type }
    }

    /// From the IUT to the peer, in one chunk.
    pub fn to_peer(id: &'static str) -> Self {
        Self { to: P, from: IUT, ..Self::to_iut(id) }
    }

    /// In chunks of that many octets.
    pub fn chunked(self, size: usize) -> Self {
        Self { size, ..self }
    }

    pub fn failure_report(self, wanted: FailureReport) -> Self {
        Self { failure_report: Some(wanted), ..self }
    }

    /// The chunks of a message with that body.
    pub fn chunks(&self, body: &[u8]) -> Vec<Bytes> {
        let mut numbers = self.id.bytes().map(u128::from).fold(1, |sum, octet| sum * 31 + octet);
        let mut request = Builder::request("SEND", "t000", self.to, self.from).message_id(self.id);
        if let Some(wanted) = self.failure_report {
            request = request.failure_report(wanted);
        }
        let chunking =
            Chunking { size: self.size, range_end: RangeEnd::Stated, total: true, last: Flag::Final };
        let request = request.body(self.content_type, body);
        let chunks = request.chunks(chunking, move || {
            numbers += 1;
            numbers << 70
        });
        chunks.map(Bytes::from).collect()
    }
}

/// The body of a message that is written for SIP.
pub fn object(text: &str) -> Vec<u8> {
    let octets = super::wire(text);
    let at = memchr(&octets).unwrap();
    octets[at..].to_vec()
}

fn memchr(octets: &[u8]) -> Option<usize> {
    octets.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

impl Run {
    pub fn msrp_sent(&mut self, purpose: Purpose, octets: Bytes) -> EventId {
        let to = ([127, 0, 0, 1], 5063).into();
        self.push(EventKind::Sent { peer: "P".into(), transport: Transport::Msrp, to, purpose, octets })
    }

    pub fn msrp_received(&mut self, novelty: Novelty, octets: Bytes) -> EventId {
        let from = ([127, 0, 0, 1], 5063).into();
        let (peer, transport) = ("P".into(), Transport::Msrp);
        self.push(EventKind::Received { peer, transport, from, novelty, octets })
    }

    /// A step in which a peer sends a message into a session; `status` answers every chunk, if there is one.
    pub fn session_exchange(
        &mut self,
        index: u32,
        name: &str,
        chunks: &[Bytes],
        status: Option<u16>,
    ) -> EventId {
        self.begin(&[(index, 0)]);
        let mut done = Vec::new();
        for chunk in chunks {
            let request = self.msrp_sent(Purpose::Request, chunk.clone());
            done.push(request);
            let ending = match status {
                None => Ending::TimedOut,
                Some(status) => {
                    let response = respond(&decode(chunk).value, status).into();
                    Ending::Final(self.msrp_received(Novelty::Response(request), response))
                }
            };
            self.push(EventKind::Transaction { request, ending });
        }
        let event = *done.last().unwrap();
        self.push(EventKind::Named { name: name.into(), event });
        self.end(StepOutcome::Done(vec![event]));
        event
    }

    /// Chunks of the IUT, each answered with 200; gives the event of the last one.
    pub fn session_incoming(&mut self, chunks: &[Bytes]) -> EventId {
        let mut last = EventId(0);
        for chunk in chunks {
            last = self.msrp_received(Novelty::Request, chunk.clone());
            self.msrp_sent(Purpose::Answer(last), respond(&decode(chunk).value, 200).into());
        }
        last
    }

    /// A step in which a message of the IUT is awaited in a session, and comes.
    pub fn session_expect(&mut self, index: u32, chunks: &[Bytes]) -> EventId {
        self.begin(&[(index, 0)]);
        let last = self.session_incoming(chunks);
        self.end(StepOutcome::Done(vec![last]));
        last
    }
}
