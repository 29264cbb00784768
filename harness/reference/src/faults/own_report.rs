//! What can go wrong with a report of a B2BUA's own, beyond what can go wrong with any report.

use super::{Conduct, Defect};
use crate::agent::draft::Draft;
use crate::agent::item::Disposition;
use crate::b2bua::own_report::Circumstances;

/// Spoils a report that is otherwise complete.
pub(crate) fn spoil(conduct: Conduct, draft: &mut Draft, circumstances: &Circumstances<'_>) {
    let Circumstances { upstream, disposition } = *circumstances;
    let Some(document) = draft.object.document() else { return };
    let processed = upstream.is_explicitly_first() && disposition == Disposition::Forwarded;
    match (conduct.defect(), &upstream.outbound[..]) {
        (Some(Defect::ProcessedAsRead), _) if processed => document.replace("disposition", "read"),
        (Some(Defect::B2buaMinimalReport), _) => {
            document.elements.retain(|element| element.name == "disposition");
        }
        // With more than one copy there is no telling which identifier.
        (Some(Defect::GatewayReportsOutboundId), [id]) => {
            document.replace("original-message-id", id.as_str());
        }
        _ => {}
    }
}
