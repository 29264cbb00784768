//! In whose terms a case is played: those of its own document, or, where it is about robustness, those of the IUT's.

use std::fmt;

use ledger::{Document, Role};
use scenario::LoadedScenario;

use crate::event::Reason;
use crate::iut::Ics;

/// The document whose words messages are written in, and the role that the IUT plays by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terms {
    /// The document.
    pub document: Document,
    /// The role.
    pub role: Role,
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.document, self.role)
    }
}

/// Documents whose messages have reports, the newest first; RFC 3862 comes with RFC 5438 and has none of its own.
const SPOKEN: [Document; 4] = [Document::Rfc5438, Document::Receipts00, Document::Imdn03, Document::Rfc3862];

/// What the drafts call the roles of the RFCs.
const SAME: [(Role, Role); 3] = [
    (Role::ImSender, Role::RequestingUac),
    (Role::ImRecipient, Role::ReportingUas),
    (Role::Intermediary, Role::B2bua),
];

impl Ics {
    /// The terms in which the IUT can take part in a scenario.
    ///
    /// # Errors
    /// It declares no document or no role for that.
    pub fn terms(&self, loaded: &LoadedScenario) -> Result<Terms, Reason> {
        let no_role = || Reason::Role(loaded.role.to_string());
        let no_document = || Reason::Document(loaded.document.to_string());
        if loaded.document.is_robustness() {
            let document =
                SPOKEN.into_iter().find(|one| self.documents.contains(one)).ok_or_else(no_document)?;
            let mut played = self.roles.iter().copied();
            let role = played.find(|role| is_played(loaded.role, *role)).ok_or_else(no_role)?;
            return Ok(Terms { document, role });
        }
        let Some(document) = self.documents.iter().copied().find(|one| *one == loaded.document) else {
            return Err(no_document());
        };
        let role = self.roles.iter().copied().find(|role| *role == loaded.role).ok_or_else(no_role)?;
        Ok(Terms { document, role })
    }
}

/// Whether who plays one role can be asked for the other.
fn is_played(wanted: Role, role: Role) -> bool {
    wanted == Role::UaAny
        || wanted == role
        || SAME.contains(&(wanted, role))
        || SAME.contains(&(role, wanted))
}
