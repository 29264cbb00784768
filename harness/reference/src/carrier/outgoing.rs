//! Messages that go.

use wire::msrp::FailureReport;

use super::{Mode, SessionId};
use crate::sip::Route;

/// A message before it is carried.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) way: Way,
    /// URI of whom it is for, as the Request-URI of a MESSAGE or INVITE has it.
    pub(crate) request_uri: String,
    /// URI of the From header, or of this side of the session.
    pub(crate) from: String,
    /// URI of the To header, or of the other side of the session.
    pub(crate) to: String,
    /// Headers of the MESSAGE, or of the chunks of the SEND, beyond those that each of them has.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
    /// Value of Max-Forwards of the MESSAGE. A session is used only if its INVITE has no greater one, so that what goes
    /// round in lists comes to an end.
    pub(crate) hops: u8,
    /// What MSRP is asked for.
    pub(crate) reports: Reports,
    /// By which its sender wants to be told what became of it, if he does.
    pub(crate) mark: Option<u64>,
}

/// How a message goes.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// In a MESSAGE along that route.
    Page(Route),
    /// In a session: in that one while it lasts; else, or if none is named, in one between the same two parties; else in
    /// one that is opened along that route.
    Session { into: Option<SessionId>, route: Option<Route> },
}

/// Values of Success-Report and Failure-Report (RFC 4975 section 7.1.1); a header without a value is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reports {
    pub(crate) success: Option<bool>,
    pub(crate) failure: Option<FailureReport>,
}

impl Way {
    /// The way along that route, by a page or in a session with whoever is there.
    pub(crate) fn of(mode: Mode, route: Route) -> Self {
        match mode {
            Mode::Page => Self::Page(route),
            Mode::Session => Self::Session { into: None, route: Some(route) },
        }
    }
}

impl Reports {
    /// What is said of a report: no response, and no report about it.
    pub(crate) const NONE: Self = Self { success: None, failure: Some(FailureReport::No) };
}
