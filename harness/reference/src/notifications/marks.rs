//! The CPIM headers of RFC 5438, found by their namespace (sections 6.1 and 10).

use wire::cpim::{Header, Message, Namespace};
use wire::profile::RFC5438;

use super::wanted::Wanted;
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

/// What an agent remembers of somebody who has asked for something; nothing in order depends on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Familiar {
    /// Whether he has asked for anything before.
    pub(crate) has_asked: bool,
    /// Whether he once wrote `NS` without a blank.
    pub(crate) without_blank: bool,
    /// What he asked for last.
    pub(crate) wanted: Wanted,
}

/// Who looks for headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finder {
    pub(crate) conduct: Conduct,
    pub(crate) familiar: Familiar,
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
                named && (bound || customary && !(unbound && self.familiar.has_asked))
            }
            Some(Flaw::StickyPrefix) => named && (bound || customary && unbound && self.familiar.has_asked),
            Some(Flaw::DefaultNsIgnored) => bound && named && line.prefix().is_some(),
            Some(Flaw::NsSpaceRefused) => {
                bound && named && (!self.familiar.without_blank || is_without_blank(object))
            }
            _ => bound && named,
        }
    }
}

/// Whether an `NS` line has no blank before its bracket.
pub(crate) fn is_without_blank(object: &Message<'_>) -> bool {
    object.bare("NS").any(|line| line.value().contains('<') && !line.value().contains(" <"))
}
