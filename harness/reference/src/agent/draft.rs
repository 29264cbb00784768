//! A message that is complete but not yet written.

use super::object::Object;
use crate::carrier::{Outgoing, Reports, Way};
use crate::common::address::{without_headers, without_parameters};
use crate::sip::HOPS;

/// A message before it becomes octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) object: Object,
    /// Where the request goes: its Request-URI.
    pub(crate) target: String,
    /// Headers of the SIP request beyond those that every MESSAGE has.
    pub(crate) sip_headers: Vec<(&'static str, String)>,
}

impl Draft {
    /// A message to that URI.
    pub(crate) fn new(object: Object, target: impl Into<String>) -> Self {
        Self { object, target: target.into(), sip_headers: Vec::new() }
    }

    /// The message as it goes that way.
    pub(crate) fn into_outgoing(self, from: &str, way: Way) -> Outgoing {
        Outgoing {
            way,
            request_uri: without_headers(&self.target).to_owned(),
            from: without_parameters(from).to_owned(),
            to: without_parameters(&self.target).to_owned(),
            headers: self.sip_headers,
            content_type: "message/cpim".to_owned(),
            body: self.object.encode(),
            hops: HOPS,
            reports: Reports::default(),
            mark: None,
        }
    }

    /// The same of a report, to which MSRP is to say nothing.
    pub(crate) fn into_report(self, from: &str, way: Way) -> Outgoing {
        Outgoing { reports: Reports::NONE, ..self.into_outgoing(from, way) }
    }
}
