//! What the user of the stack is told.

use bytes::Bytes;
use wire::sip::{Message, Method};

use super::client::Branch;
use super::lossy;
use super::proxy::hops;
use super::route::Source;
use crate::frail::Harm;

/// Something the user of the stack has to know.
#[derive(Debug)]
pub(crate) enum Event {
    /// An acceptable MESSAGE came; it waits for [`super::Stack::respond`].
    Message(Request),
    /// A request about a call came, an INVITE, ACK, BYE or CANCEL; all but an ACK wait for [`super::Stack::respond`] or
    /// [`super::Stack::respond_in_call`].
    Call(Request),
    /// A response to a request of that call came; none if nobody answered, or nobody acknowledged what this side
    /// answered.
    Answered(u64, Option<Response>),
    /// Input was more than this program can stand.
    Harmed(Harm),
    /// A MESSAGE of ours is over: one that carries a mark, or one that was not accepted.
    Concluded(Conclusion),
}

/// What became of a MESSAGE of ours.
#[derive(Debug)]
pub(crate) struct Conclusion {
    pub(crate) request_uri: String,
    /// What its sender gave it.
    pub(crate) mark: Option<u64>,
    /// The final answer; `None` if nobody answered.
    pub(crate) status: Option<u16>,
}

/// A response in a call.
#[derive(Debug)]
pub(crate) struct Response {
    /// Of the request that it answers.
    pub(crate) branch: Branch,
    pub(super) octets: Bytes,
    /// Where it came from.
    pub(crate) source: Source,
}

impl Response {
    /// Its parts.
    pub(crate) fn message(&self) -> Message<'_> {
        wire::sip::read(&self.octets)
    }
}

/// A request and where it came from.
#[derive(Debug)]
pub(crate) struct Request {
    octets: Bytes,
    /// Where it came from.
    pub(crate) source: Source,
}

impl Request {
    /// A request that came from there.
    pub(crate) fn new(octets: Bytes, source: Source) -> Self {
        Self { octets, source }
    }

    /// Whether it begins a call: an INVITE outside of all dialogs.
    pub(crate) fn begins_call(&self) -> bool {
        let message = self.message();
        message.method() == Some(Method::INVITE) && message.to_tag().is_none()
    }

    /// The Request-URI.
    pub(crate) fn target(&self) -> String {
        lossy(self.message().request_uri().unwrap_or_default())
    }

    /// How much further it may go: Max-Forwards, or what stands in for it.
    pub(crate) fn hops(&self) -> u8 {
        hops(&self.message())
    }

    /// The body, sharing the octets.
    pub(crate) fn body(&self) -> Bytes {
        self.octets.slice(self.message().body_span())
    }

    /// Its parts.
    pub(crate) fn message(&self) -> Message<'_> {
        wire::sip::read(&self.octets)
    }
}
