//! What can go wrong with any CPIM object, request or report.

use super::{Conduct, Defect};
use crate::agent::draft::Draft;
use crate::agent::object::{Name, PREFIX};

/// Spoils a message that is otherwise complete.
pub(super) fn spoil(conduct: Conduct, draft: &mut Draft) {
    match conduct.defect() {
        Some(Defect::BareImdnHeaders) => bare_headers(draft),
        Some(Defect::WrongCpimNamespace) => {
            draft.object.replace(Name::Core("NS"), format!("{PREFIX} <urn:ietf:params:imdn>"));
        }
        _ => {}
    }
}

fn bare_headers(draft: &mut Draft) {
    for header in &mut draft.object.headers {
        if let Name::Imdn(name) = header.name {
            header.name = Name::Core(name);
        }
    }
}
