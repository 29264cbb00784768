//! What a scenario sends in a session.

use bytes::Bytes;
use wire::msrp::{Builder, ByteRange, Chunking, FailureReport};

/// A message to be sent, and how it is cut up.
#[derive(Clone, Debug)]
pub struct OutgoingMessage {
    /// The Content-Type; `None` for a request without a body, which is no message.
    pub content_type: Option<String>,
    /// The body of the whole message; unused without Content-Type.
    pub body: Bytes,
    /// The Message-ID; one is made if there is none.
    pub message_id: Option<String>,
    /// Success-Report; `None` leaves the header out, which means no.
    pub success_report: Option<bool>,
    /// Failure-Report; `None` leaves the header out, which means yes.
    pub failure_report: Option<FailureReport>,
    /// How the message is cut into chunks; of 2048 octets each unless told otherwise.
    pub chunking: Chunking,
    /// Edits of the headers of every chunk, carried out in that order.
    pub edits: Vec<HeaderEdit>,
}

/// A change of the headers of a chunk. Byte-Range and Content-Type stand behind all others; they can be left out or
/// added, and for Byte-Range only where the message is not cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderEdit {
    /// Gives the first header of that name another value, or adds it.
    Set(String, String),
    /// Adds a header behind the others.
    Add(String, String),
    /// Leaves out every header of that name.
    Drop(String),
}

impl OutgoingMessage {
    /// A message with everything else left to default values.
    pub fn new(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { content_type: Some(content_type.to_owned()), body: body.into(), ..Self::without_body() }
    }

    /// A request without a body, as an active endpoint sends it when it has nothing to say (RFC 4975 section 7.1).
    pub fn without_body() -> Self {
        Self {
            content_type: None,
            body: Bytes::new(),
            message_id: None,
            success_report: None,
            failure_report: None,
            chunking: Chunking::default(),
            edits: Vec::new(),
        }
    }

    /// The request that all chunks are made from.
    pub(crate) fn builder(&self, to_path: &str, from_path: &str, random: u128) -> Builder {
        let made = || format!("{random:032x}");
        let id = self.message_id.clone().unwrap_or_else(made);
        let builder = Builder::request("SEND", "", to_path, from_path).message_id(&id);
        let builder = self.success_report.into_iter().fold(builder, Builder::success_report);
        let builder = self.failure_report.into_iter().fold(builder, Builder::failure_report);
        let builder = match &self.content_type {
            Some(content_type) => builder.body(content_type, self.body.to_vec()),
            None => builder.byte_range(ByteRange { start: 1, end: Some(0), total: Some(0) }),
        };
        self.edits.iter().fold(builder, |builder, edit| match edit {
            HeaderEdit::Set(name, value) => builder.set(name, value),
            HeaderEdit::Add(name, value) => builder.header(name, value),
            HeaderEdit::Drop(name) => builder.without(name),
        })
    }
}
