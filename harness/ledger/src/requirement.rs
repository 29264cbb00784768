//! One requirement of a document.

use serde::{Deserialize, Serialize};

use crate::{Document, Level, ReadingId, RequirementId, Role, Testability, Transport};

/// A statement of a document that binds implementations, and how it is tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its name, for ever.
    pub id: RequirementId,
    /// The document it stands in.
    pub document: Document,
    /// The section or sections, separated by commas; a heading where the document numbers none.
    pub section: String,
    /// Lines of the document's text form on which it stands, counted from 1; none where no document says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_lines: Vec<u32>,
    /// Where the threat is described, for what no document demands: `CWE-611`, `RFC 7303 section 10`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// How strongly it binds.
    pub level: Level,
    /// Whom it binds.
    pub roles: Vec<Role>,
    /// Where it can be judged.
    pub transports: Vec<Transport>,
    /// The requirement in our own words.
    pub statement: String,
    /// What is done to provoke the behaviour, in the notation of docs/interpretations.md.
    pub stimulus: String,
    /// What passes.
    pub pass: String,
    /// What fails.
    pub fail: String,
    /// How it can be tested.
    pub testability: Testability,
    /// Why it cannot be judged from octets alone; absent where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub testability_reason: Option<String>,
    /// The deliberate defect that violates it; present exactly where it is testable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// What is unclear about it, with the readings that settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ambiguity: Option<String>,
    /// The readings that `ambiguity` refers to.
    #[serde(skip)]
    pub readings: Vec<ReadingId>,
    /// What the rule became later, or what it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
}

impl Requirement {
    /// Whether a scenario can judge it.
    #[must_use]
    pub fn is_testable(&self) -> bool {
        self.testability.is_testable()
    }

    /// Whether it binds any of these roles.
    #[must_use]
    pub fn binds_any(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

/// A deliberate defect of the reference that violates one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Its name, lower-case words joined by hyphens.
    pub name: String,
    /// What the defective implementation does.
    pub does: String,
    /// The entry that has the same fault, where a document states one rule twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<RequirementId>,
    /// Another entry that is bound to catch it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caught_by: Option<RequirementId>,
}

impl Fault {
    /// The other entry that this fault turns red, if the catalogue names one.
    #[must_use]
    pub fn also_reddens(&self) -> Option<&RequirementId> {
        self.same_as.as_ref().or(self.caught_by.as_ref())
    }
}
