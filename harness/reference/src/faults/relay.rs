//! What can go wrong with a downstream report that is handed on.

use wire::imdn::Document as Read;
use wire::profile::IMDN_03;

use super::{Conduct, Defect, object};
use crate::agent::document::Document;
use crate::agent::draft::Draft;
use crate::agent::object::Content;
use crate::agent::received::DEPTH;
use crate::b2bua::inbound::{Inbound, readable};
use crate::b2bua::state::Upstream;

/// The identifier that a B2BUA goes by which looks into the document instead of the header; a document that it cannot
/// read has none.
pub(crate) fn identifier(conduct: Conduct, inbound: &Inbound) -> Option<String> {
    if conduct.is(Defect::VerifyWrongField) { element(inbound) } else { None }
}

/// The identifier in the document.
pub(crate) fn element(inbound: &Inbound) -> Option<String> {
    let report = inbound.received.report.as_ref()?;
    decoded(report).value("original-message-id", &IMDN_03).map(|id| id.trim().to_owned())
}

/// Whether a report is handed on although the requester has not asked for more than the B2BUA's own. That goes out as
/// well, so that nothing else is missing.
pub(crate) fn is_relayed_under_first(conduct: Conduct, upstream: &Upstream) -> bool {
    let (explicit, absent) = (upstream.is_explicitly_first(), upstream.list_action.is_none());
    match conduct.defect() {
        Some(Defect::RelayUnderFirst) => explicit,
        Some(Defect::RelayWhenUnspecified) => absent,
        Some(Defect::GatewayAlwaysFinal) => (explicit || absent) && upstream.list.members.len() == 1,
        _ => false,
    }
}

/// Whether a report is thrown away because nothing can be read in it.
pub(crate) fn is_discarded(conduct: Conduct, inbound: &Inbound) -> bool {
    conduct.is(Defect::NeedsReadableXml) && readable(entity(&inbound.object).entity(), DEPTH).is_none()
}

/// Spoils a wrapped report that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, inbound: &Inbound) {
    let inner = match conduct.defect() {
        Some(Defect::RebuildDownstreamImdn) => rebuilt(inbound),
        Some(Defect::UnwrapBeforeRelay) => unwrapped(inbound),
        _ => None,
    };
    if let Some(inner) = inner {
        draft.object.content = Content::Octets(inner);
    }
    object::spoil(conduct, draft);
}

/// The report with a document made afresh of the same values, in an order of its own.
fn rebuilt(inbound: &Inbound) -> Option<Vec<u8>> {
    let report = inbound.received.report.as_ref()?;
    let mut document = Document::default();
    for child in IMDN_03.report.children.iter().rev() {
        if let Some(text) = decoded(report).value(child.name, &IMDN_03) {
            document.add(child.name, text);
        }
    }
    let object = entity(&inbound.object);
    let content = object.content_span();
    let mut octets = inbound.object.get(..content.start)?.to_vec();
    octets.extend_from_slice(document.encode().as_bytes());
    Some(octets)
}

/// The report that a wrapped report holds.
fn unwrapped(inbound: &Inbound) -> Option<Vec<u8>> {
    let object = entity(&inbound.object);
    object.entity().is("message/cpim").then(|| object.content().to_vec())
}

fn entity(object: &[u8]) -> wire::cpim::Message<'_> {
    wire::cpim::decode(object, 0..object.len()).value
}

fn decoded(report: &[u8]) -> Read<'_> {
    wire::imdn::decode(report, 0..report.len(), &IMDN_03).value
}
