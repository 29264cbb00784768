//! MSRP: chunks of one session and direction put together (RFC 4975 sections 5.1 and 7.3.1).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use record::EventId;
use wire::deviation::Span;
use wire::msrp::{self, Assembled, HeaderId, Method, MsrpUri, Progress, Reassembly, Refusal};

use super::message::{Head, Opened};

/// Sessions in which messages are under way at a time. Each of them is held to the default limits of [`Reassembly`]; never
/// is more held than twice the octets that came.
const MOST_SESSIONS: usize = 1024;

/// One chunk of a message: a SEND with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The event that holds it.
    pub event: EventId,
    /// When it came or went.
    pub at: Duration,
    /// All of it, end-line included.
    pub octets: Bytes,
}

impl Chunk {
    /// Its start line, headers, body and flag.
    pub fn decode(&self) -> msrp::Message<'_> {
        msrp::read(&self.octets)
    }
}

/// What an MSRP event has to do with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// It completes the message that came in these chunks, in the order in which they came.
    Whole(Arc<[Chunk]>),
    /// It is a chunk of a message, and there is more to come.
    Part,
    /// It gives its message up (the flag `#`).
    Aborted,
    /// It is a chunk of a message that cannot be put together, or that this harness does not hold.
    Refused(Refusal),
    /// It belongs to no message: a response, a REPORT, a SEND without a body, or octets that are no MSRP.
    Nothing,
}

/// What a message knows about the MSRP that carried it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) piece: Piece,
    /// Where the head ends in the message's octets.
    pub(crate) head_end: usize,
    /// Content-Type of a message in several chunks, as the last one of them says that has one.
    pub(crate) label: Option<Arc<str>>,
}

/// A session in one direction: by peer and paths.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    peer: Arc<str>,
    from_iut: bool,
    to: Vec<u8>,
    from: Vec<u8>,
}

/// The sessions of a record, as far as messages are under way in them.
#[derive(Debug, Default)]
pub(super) struct Sessions(HashMap<Key, Session>);

#[derive(Debug, Default)]
struct Session {
    reassembly: Reassembly,
    under_way: HashMap<Vec<u8>, UnderWay>,
}

/// Chunks of a message that is not complete.
#[derive(Debug, Default)]
struct UnderWay {
    chunks: Vec<Chunk>,
    /// Head of the chunk that holds the first octet; until that comes, of the first one that came.
    head: Bytes,
    has_first: bool,
}

impl UnderWay {
    fn add(&mut self, chunk: Chunk, decoded: &msrp::Message<'_>) {
        let first = decoded.byte_range().is_none_or(|range| range.start <= 1);
        if self.chunks.is_empty() || (first && !self.has_first) {
            self.head = chunk.octets.slice(decoded.head_span());
            self.has_first = first;
        }
        self.chunks.push(chunk);
    }

    /// The whole message as one: the head of its first chunk and all of its body.
    fn join(self, assembled: &Assembled) -> (Bytes, Span, Share) {
        let head_end = self.head.len();
        let octets: Bytes = [&self.head[..], &assembled.octets].concat().into();
        let label = Some(&assembled.content_type).filter(|label| !label.is_empty());
        let label = label.map(|label| String::from_utf8_lossy(label).into());
        let body = head_end..octets.len();
        (octets, body, Share { piece: Piece::Whole(self.chunks.into()), head_end, label })
    }
}

impl Sessions {
    /// Takes MSRP octets in; `request` says whether they are a request that begins a transaction.
    pub(super) fn open(&mut self, head: &Head, from_iut: bool, request: bool, octets: Bytes) -> Opened {
        let message = msrp::read(&octets);
        let method = message.method().map(|method| String::from_utf8_lossy(method.0).into_owned());
        let (status, head_end) = (message.status(), message.head_span().end);
        let body_span = message.body_span().unwrap_or(head_end..head_end);
        let chunk = Chunk { event: head.event, at: head.at, octets: octets.clone() };
        let is_chunk = request && message.method() == Some(Method::SEND) && message.body().is_some();
        let (piece, joined) =
            if is_chunk { self.take(head, from_iut, chunk, &message) } else { (Piece::Nothing, None) };
        let (octets, body_span, msrp) =
            joined.unwrap_or((octets.clone(), body_span, Share { piece, head_end, label: None }));
        let method = method.unwrap_or_default();
        Opened { body: octets.clone(), octets, method, status, body_span, msrp: Some(msrp), protection: None }
    }

    /// The last chunks of messages that the IUT has begun and not ended.
    pub(super) fn under_way_of_iut(&self) -> impl Iterator<Item = EventId> {
        let of_iut = self.0.iter().filter(|(key, _)| key.from_iut);
        let under_way = of_iut.flat_map(|(_, session)| session.under_way.values());
        under_way.filter_map(|under_way| under_way.chunks.last().map(|chunk| chunk.event))
    }

    /// What came of a chunk; if it completes a message that came in several, that message too.
    fn take(
        &mut self,
        head: &Head,
        from_iut: bool,
        chunk: Chunk,
        decoded: &msrp::Message<'_>,
    ) -> (Piece, Option<(Bytes, Span, Share)>) {
        let key = Key {
            peer: head.peer.clone(),
            from_iut,
            to: path(decoded, HeaderId::ToPath, decoded.to_path()),
            from: path(decoded, HeaderId::FromPath, decoded.from_path()),
        };
        if self.0.len() >= MOST_SESSIONS && !self.0.contains_key(&key) {
            return (Piece::Refused(Refusal::Messages), None);
        }
        let session = self.0.entry(key.clone()).or_default();
        let taken = session.take(chunk, decoded);
        if session.under_way.is_empty() && session.reassembly.open().next().is_none() {
            self.0.remove(&key);
        }
        taken
    }
}

impl Session {
    fn take(&mut self, chunk: Chunk, decoded: &msrp::Message<'_>) -> (Piece, Option<(Bytes, Span, Share)>) {
        let id = decoded.message_id().unwrap_or_default();
        match self.reassembly.take(decoded).value {
            Progress::Nothing => (Piece::Nothing, None),
            Progress::Partial(_) => {
                self.under_way.entry(id.to_vec()).or_default().add(chunk, decoded);
                (Piece::Part, None)
            }
            Progress::Complete(assembled) => match self.under_way.remove(id) {
                None => (Piece::Whole([chunk].into()), None),
                Some(mut under_way) => {
                    under_way.add(chunk, decoded);
                    let joined = under_way.join(&assembled);
                    (joined.2.piece.clone(), Some(joined))
                }
            },
            Progress::Aborted(_) => {
                self.under_way.remove(id);
                (Piece::Aborted, None)
            }
            Progress::Refused(refusal) => {
                self.under_way.remove(id);
                (Piece::Refused(refusal), None)
            }
        }
    }
}

/// A path in one form: equivalent URIs give the same (RFC 4975 section 6.1), what is no URI stands for itself.
fn path<'a>(message: &msrp::Message<'a>, id: HeaderId, uris: impl Iterator<Item = MsrpUri<'a>>) -> Vec<u8> {
    let mut path = Vec::new();
    for uri in uris {
        let lower = [uri.host(), uri.transport().unwrap_or_default()].map(<[u8]>::to_ascii_lowercase);
        let port = uri.port().map_or_else(String::new, |port| port.to_string());
        for part in [&lower[0][..], port.as_bytes(), uri.session_id().unwrap_or_default(), &lower[1]] {
            path.extend_from_slice(part);
            path.push(b' ');
        }
    }
    if path.is_empty() {
        path.extend_from_slice(message.header(id).map_or(&b""[..], |header| header.raw_value()));
    }
    path
}

/// Why a message is dropped, as a clause.
pub(crate) fn why(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Octets => "there is more than this harness holds",
        Refusal::Messages => "more are under way at once than this harness holds",
        Refusal::Unplaced => "Message-ID or Byte-Range do not tell where the chunk belongs",
        Refusal::Earlier => "an earlier chunk of it could not be taken",
    }
}
