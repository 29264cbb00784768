//! The machine-readable listing of the ledger, the contract of `imdnspec ledger --json`.

use serde::{Deserialize, Serialize};

use crate::{Coverage, Document, Ledger, Level, Requirement, RequirementId, Role, Testability};

/// The version of the listing's form.
pub const LISTING_VERSION: u32 = 1;

/// All requirements with what covers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The version of this form.
    pub version: u32,
    /// The requirements, in the ledger's order.
    pub requirements: Vec<ListedRequirement>,
}

/// A requirement in the listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRequirement {
    /// Its id.
    pub id: RequirementId,
    /// The short name of its document.
    pub document: Document,
    /// The document's own word.
    pub level: Level,
    /// Whom it binds.
    pub role: Vec<Role>,
    /// How it can be tested.
    pub testability: Testability,
    /// The scenarios that judge it.
    pub scenarios: Vec<String>,
    /// The name of its fault; null where it cannot be tested.
    pub fault: Option<String>,
}

impl Listing {
    /// Lists the requirements that pass `filter`.
    #[must_use]
    pub fn new(ledger: &Ledger, coverage: &Coverage, filter: impl Fn(&Requirement) -> bool) -> Self {
        let requirements =
            ledger.iter().filter(|r| filter(r)).map(|r| ListedRequirement::new(r, coverage)).collect();
        Self { version: LISTING_VERSION, requirements }
    }
}

impl ListedRequirement {
    fn new(requirement: &Requirement, coverage: &Coverage) -> Self {
        Self {
            id: requirement.id.clone(),
            document: requirement.document,
            level: requirement.level,
            role: requirement.roles.clone(),
            testability: requirement.testability,
            scenarios: coverage.scenarios(&requirement.id).into_iter().map(str::to_owned).collect(),
            fault: requirement.fault.as_ref().map(|fault| fault.name.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CoverageItem;

    #[test]
    fn the_listing_keeps_its_contract() {
        let item = |assertion: &str| CoverageItem {
            requirement: "IMDN-9.2-4".parse().unwrap(),
            scenario: "ignore".to_owned(),
            assertion: assertion.to_owned(),
        };
        let coverage = Coverage::from_iter([item("a1"), item("a2")]);
        let chosen = |r: &Requirement| r.id == "IMDN-9.2-4" || r.id == "IMDN-6.2.1-2";
        let listing = Listing::new(&Ledger::builtin().unwrap(), &coverage, chosen);
        let json = serde_json::to_value(&listing).unwrap();
        let expected = serde_json::json!({"version": 1, "requirements": [
            {"id": "IMDN-6.2.1-2", "document": "imdn-03", "level": "MUST NOT", "role": ["ua-any"],
             "testability": "declaration", "scenarios": [], "fault": null},
            {"id": "IMDN-9.2-4", "document": "imdn-03", "level": "MUST", "role": ["reporting-uas"],
             "testability": "wire+control", "scenarios": ["ignore"], "fault": "ignore-sends-denied"},
        ]});
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Listing>(json).unwrap(), listing);
    }

    #[test]
    fn everything_is_listed_without_a_filter() {
        let listing = Listing::new(&Ledger::builtin().unwrap(), &Coverage::default(), |_| true);
        assert_eq!(listing.requirements.len(), 585);
    }
}
