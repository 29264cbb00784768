//! The hops that a notification still has to take (RFC 5438 sections 6.6 and 8).

use crate::carrier::Incoming;
use crate::common::envelope::address;
use crate::faults::Conduct;
use crate::notifications::marks::{Familiar, Finder, ROUTE};

/// One hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) uri: String,
    /// Where its line stands in the body.
    line: std::ops::Range<usize>,
}

/// All hops of a notification, the next one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Route(Vec<Hop>);

impl Route {
    /// What the IMDN-Route headers of a message say.
    pub(super) fn of(message: &Incoming, conduct: Conduct) -> Self {
        let Some(object) = message.object() else { return Self::default() };
        let lines = Finder { conduct, familiar: Familiar::default() }.find(&object, ROUTE);
        let hop = |line: wire::cpim::Header<'_, '_>| {
            let span = line.line_span();
            Some(Hop { uri: address(line)?.uri, line: span })
        };
        Self(lines.into_iter().filter_map(hop).collect())
    }

    /// The next hop.
    pub(super) fn top(&self) -> Option<&Hop> {
        self.0.first()
    }

    /// The route behind its next hop.
    pub(super) fn behind(&self) -> Self {
        Self(self.0.iter().skip(1).cloned().collect())
    }
}

impl Hop {
    /// The body without its line.
    pub(super) fn taken_off(&self, body: &[u8]) -> Vec<u8> {
        let mut body = body.to_vec();
        body.drain(self.line.clone());
        body
    }
}
