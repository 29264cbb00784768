//! What carries messages, seen from above: a message that came, its answer, and a message that goes, be it in a SIP
//! MESSAGE or in an MSRP session.

mod answer;
mod carriers;
mod incoming;
mod outgoing;

pub(crate) use answer::Answer;
pub(crate) use carriers::{Carriers, Conclusion, Event};
pub(crate) use incoming::{Incoming, Origin};
pub(crate) use outgoing::{Outgoing, Reports, Way};

use serde::Deserialize;

pub(crate) use crate::sip::{OBJECTS_AND_TEXT, Proxied};

use crate::sip::Route;

/// How a message travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// In a SIP MESSAGE (RFC 3428).
    #[default]
    Page,
    /// In an MSRP session (RFC 4975).
    Session,
}

/// What is to be done with sessions themselves.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    /// Open one from the first URI to the second, along that route.
    Open { from: String, to: String, route: Route },
    /// Close all, or those with the party of that URI.
    Close(Option<String>),
    /// Lose all without a word.
    Lose,
}

/// What a session is called here, as long as the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SessionId(pub(crate) u64);
