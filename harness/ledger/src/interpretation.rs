//! How ambiguous passages are read, and which entries hang together.

use serde::{Deserialize, Serialize};

use crate::{Document, Family, ReadingId, RequirementId};

/// How a passage that contradicts itself or leaves something open is read, and what each reading deserves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// `I-nn` or `R-nn`.
    pub id: ReadingId,
    /// What it is about.
    pub title: String,
    /// Where the documents speak of it.
    pub passages: String,
    /// What is unclear.
    pub problem: String,
    /// How it is read here.
    pub interpretation: String,
    /// Which verdict which behaviour deserves.
    pub verdict: String,
}

/// A general rule of judging (`G-1` to `G-17`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `G-n`.
    pub id: String,
    /// The rule.
    pub text: String,
}

/// A form met in the field, whoever sends it, and what it deserves in the RFC profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldForm {
    /// The form.
    pub what: String,
    /// The entries that judge it; empty where it is outside the catalogue.
    pub entries: Vec<RequirementId>,
    /// The verdict it deserves.
    pub verdict: String,
}

/// Entries that may go red together, because the documents state one rule more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What the entries have in common. Unique within the family.
    pub name: String,
    /// The documents the group is about.
    pub family: Family,
    /// The entries.
    pub entries: Vec<RequirementId>,
}

/// An entry whose verdict is the worst of the entries it gathers (rule G-12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollUp {
    /// The entry.
    pub id: RequirementId,
    /// Entries, or sections that stand for all their entries (`IMDN-10` for `IMDN-10.3-2`).
    pub gathers: Vec<String>,
}

impl RollUp {
    /// Whether the roll-up takes its verdict from `id`.
    #[must_use]
    pub fn gathers(&self, id: &RequirementId) -> bool {
        *id != self.id && self.gathers.iter().any(|part| within(id.as_str(), part))
    }
}

/// Whether `id` is `part` itself or lies in the section that `part` names.
pub(crate) fn within(id: &str, part: &str) -> bool {
    id.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

/// What the faults of some entries cannot help but turn red beside their own. One way: the faults of `entries` have no such
/// licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SideEffect {
    /// Entries whose faults have it.
    pub of: Vec<RequirementId>,
    /// Entries that may go red.
    pub entries: Vec<RequirementId>,
    /// Why that is right.
    pub reason: String,
}

/// Why testable entries have no scenario yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The reason, in a few words.
    pub reason: String,
    /// Documents it holds for as a whole.
    #[serde(default)]
    pub documents: Vec<Document>,
    /// Single entries it holds for.
    #[serde(default)]
    pub entries: Vec<RequirementId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_stands_for_its_entries_only() {
        assert!(within("IMDN-10-1", "IMDN-10"));
        assert!(within("IMDN-10.3-2", "IMDN-10"));
        assert!(within("IMDN-10.3-2", "IMDN-10.3-2"));
        assert!(!within("IMDN-1-1", "IMDN-10"));
        assert!(!within("IMDN-10.3-21", "IMDN-10.3-2"));
    }
}
