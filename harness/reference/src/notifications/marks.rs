//! The CPIM headers of RFC 5438, found by their namespace (sections 6.1 and 10).

use wire::cpim::{Header, Message, Namespace};
use wire::profile::RFC5438;

use crate::faults::{Conduct, Flaw};

/// The namespace of the headers (section 6.1).
pub(crate) const URN: &str = "urn:ietf:params:imdn";
/// The prefix that is written; any other one is as good.
pub(crate) const PREFIX: &str = RFC5438.cpim_prefix;
pub(crate) const MESSAGE_ID: &str = RFC5438.headers.message_id;
pub(crate) const REQUEST: &str = RFC5438.headers.request;
pub(crate) const ORIGINAL_TO: &str = "Original-To";
pub(crate) const RECORD_ROUTE: &str = "IMDN-Record-Route";
pub(crate) const ROUTE: &str = "IMDN-Route";
/// Everything that can be required.
pub(crate) const KNOWN: [&str; 5] = [MESSAGE_ID, REQUEST, ORIGINAL_TO, RECORD_ROUTE, ROUTE];

/// The name as it is written.
pub(crate) fn prefixed(name: &str) -> String {
    format!("{PREFIX}.{name}")
}

/// Who looks for headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finder {
    pub(crate) conduct: Conduct,
    /// Whether the sender has asked for anything before.
    pub(crate) is_familiar: bool,
}

impl Finder {
    /// Headers of that name in the namespace of RFC 5438, whatever prefix is bound to it above them.
    pub(crate) fn find<'m, 'a>(self, object: &'m Message<'a>, name: &str) -> Vec<Header<'m, 'a>> {
        object.headers().filter(|line| self.is(object, line, name)).collect()
    }

    fn is(self, object: &Message<'_>, line: &Header<'_, '_>, name: &str) -> bool {
        let bound = matches!(line.namespace(), Namespace::Bound { uri, .. } if uri == URN);
        let named = line.local_name() == name;
        let customary = line.prefix().is_some_and(|prefix| prefix == PREFIX);
        let unbound = line.namespace() == Namespace::Unbound;
        match self.conduct.flaw() {
            Some(Flaw::LiteralImdnPrefix) => bound && named && customary,
            Some(Flaw::CaseInsensitiveNames) => bound && line.local_name().eq_ignore_ascii_case(name),
            Some(Flaw::UnboundPrefixAccepted) => {
                named && (bound || customary && !(unbound && self.is_familiar))
            }
            Some(Flaw::StickyPrefix) => named && (bound || customary && unbound && self.is_familiar),
            Some(Flaw::DefaultNsIgnored) => bound && named && line.prefix().is_some(),
            Some(Flaw::NsSpaceRefused) => bound && named && !is_display_behind_space(object),
            _ => bound && named,
        }
    }
}

/// Whether a message that asks for its display and nothing else has a blank in an `NS` line.
fn is_display_behind_space(object: &Message<'_>) -> bool {
    let spaced = object.bare("NS").any(|line| line.value().contains(" <"));
    spaced && object.headers().any(|line| line.local_name() == REQUEST && line.value() == "display")
}
