//! A session, as the scenario sees it.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use record::{Ending, EventId};

use super::{Flow, Leg, OutgoingMessage, Sending, SessionError};
use crate::exchange::Exchange;

/// An MSRP session of a peer. Cheap to clone; it lasts until one of both sides ends it or the peer is dropped, not
/// until the handle is.
#[derive(Clone)]
pub struct Session {
    leg: Arc<Leg>,
    exchange: Arc<Exchange>,
}

impl Session {
    pub(crate) fn new(leg: Arc<Leg>, exchange: Arc<Exchange>) -> Self {
        Self { leg, exchange }
    }

    /// Whether the IUT has opened it.
    pub fn is_incoming(&self) -> bool {
        self.leg.is_incoming
    }

    /// The MSRP URI of the peer in the session.
    pub fn local_uri(&self) -> &str {
        &self.leg.media.uri
    }

    /// The path of the IUT: one MSRP URI, or several, parted by blanks. Empty before offer and answer are there.
    pub fn remote_path(&self) -> &str {
        self.leg.agreed().map_or("", |agreed| &agreed.path)
    }

    /// The SIP URI of the other side: of From where it has opened the session, else of To. Empty when its dialog is over.
    pub fn remote_party(&self) -> String {
        self.leg.dialog().as_ref().map(crate::dialog::Dialog::remote_party).unwrap_or_default()
    }

    /// Whether the IUT accepts messages of that type, at the top level or `wrapped` in another.
    pub fn accepts(&self, media_type: &str, wrapped: bool) -> bool {
        self.leg.agreed().is_some_and(|agreed| agreed.accepts(media_type, wrapped))
    }

    /// Waits until messages can be sent.
    ///
    /// # Errors
    /// The session ended before.
    pub async fn connected(&self) -> Result<(), SessionError> {
        let over = |why: Arc<str>| SessionError::Over { why: why.to_string() };
        let connection = self.leg.bound().await.map_err(over)?;
        connection.opened().await.map_err(over)
    }

    /// Sends a message, in chunks that take turns with those of other messages on the same connection. It waits for
    /// the connection if there is none yet. Every chunk is a request of the record; unless Failure-Report is `no`, its
    /// end stands there too, for `partial` only if it is refused.
    pub fn send(&self, message: OutgoingMessage) -> Sending {
        let flow = Arc::new(Flow::new());
        self.exchange.send_message(&self.leg, message, &flow);
        Sending::new(flow, self.exchange.clone())
    }

    /// Writes octets on its connection, each segment on its own, between chunks of other messages. Responses to them
    /// are stray ones. `None` if there is no connection.
    pub fn raw(&self, segments: &[Bytes]) -> Option<EventId> {
        self.exchange.raw_in_session(&self.leg, segments)
    }

    /// Ends the session with BYE and waits for its end; `None` if it was over. Where the IUT has opened it, that waits
    /// for its ACK (RFC 3261 section 15). The connection is closed if the peer has opened it and no other session uses
    /// it.
    pub async fn close(&self) -> Option<Ending> {
        self.exchange.close_session(&self.leg, "closed by the peer").await
    }

    /// How it came to its end, if it has: by BYE of either side, or with its connection.
    pub fn end(&self) -> Option<Arc<str>> {
        self.leg.end()
    }

    /// Waits until it is over, and says how it came to that.
    pub async fn ended(&self) -> Arc<str> {
        self.leg.ended().await
    }
}

impl PartialEq for Session {
    /// Whether it is the same session.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.leg, &other.leg)
    }
}

impl Eq for Session {}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("local", &self.local_uri())
            .field("remote", &self.remote_path())
            .finish()
    }
}
