//! Why there is no session.

use std::net::SocketAddr;

use record::{Blame, EventId};

/// Why a session could not be set up; says who is to blame, and what to look at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// A final response other than 2xx.
    #[error("the INVITE was refused with {status}; see event {}", response.0)]
    Refused {
        /// Its status.
        status: u16,
        /// Its event.
        response: EventId,
    },
    /// No final response in time.
    #[error("the INVITE (event {}) had no final response in time; is the address the right one?", request.0)]
    NoAnswer {
        /// The event of the INVITE.
        request: EventId,
    },
    /// The transport failed before there was a final response.
    #[error("the INVITE (event {}) could not be carried: {why}", request.0)]
    Broken {
        /// The event of the INVITE.
        request: EventId,
        /// What failed.
        why: String,
    },
    /// The answer makes no session.
    #[error("the answer in event {} makes no session: {why}; it was acknowledged and ended with BYE", response.0)]
    Unusable {
        /// The event of the response.
        response: EventId,
        /// What is wrong.
        why: String,
    },
    /// The connection to the address in the path of the other side could not be opened, or was lost.
    #[error("there is no connection to {to}, the path in the session description: {why}")]
    Unreachable {
        /// Host and port.
        to: String,
        /// What the system says.
        why: String,
    },
    /// The other side should have connected and sent a request, and did not in time.
    #[error("nobody connected to {at} and sent a request for the session in time, as its description says")]
    NeverConnected {
        /// Where the peer listens.
        at: SocketAddr,
    },
    /// The session is over.
    #[error("the session is over: {why}")]
    Over {
        /// How it came to that.
        why: String,
    },
    /// The INVITE cannot be written.
    #[error("the INVITE cannot be written: {why}")]
    Unwritable {
        /// Which part, and what to do.
        why: String,
    },
    /// There are too many sessions.
    #[error("there are more sessions than the limit of {limit}; raise it, or close some")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

impl SessionError {
    /// Who is to blame, as far as the peer can tell. What a scenario provokes on purpose is its own to judge.
    pub const fn blame(&self) -> Blame {
        match self {
            Self::Unwritable { .. } => Blame::Scenario,
            Self::TooMany { .. } => Blame::Harness,
            _ => Blame::Iut,
        }
    }

    /// The event that shows it, if there is one.
    pub const fn event(&self) -> Option<EventId> {
        match self {
            Self::Refused { response: event, .. }
            | Self::Unusable { response: event, .. }
            | Self::NoAnswer { request: event }
            | Self::Broken { request: event, .. } => Some(*event),
            _ => None,
        }
    }
}
