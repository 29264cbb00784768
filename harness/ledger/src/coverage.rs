//! Which scenarios and assertions judge which requirements.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{Ledger, Requirement, RequirementId};

/// An assertion of a scenario that judges a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CoverageItem {
    /// The requirement that is judged.
    pub requirement: RequirementId,
    /// The scenario.
    pub scenario: String,
    /// The assertion within the scenario.
    pub assertion: String,
}

/// The assertions of all scenarios, by requirement.
#[derive(Debug, Clone, Default)]
pub struct Coverage(HashMap<RequirementId, Vec<CoverageItem>>);

/// A testable requirement without a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncovered<'a> {
    /// The requirement.
    pub requirement: &'a Requirement,
    /// Why it was left out; `None` is a gap.
    pub reason: Option<&'a str>,
}

impl Coverage {
    /// The assertions that judge a requirement, in the order given.
    #[must_use]
    pub fn of(&self, id: &RequirementId) -> &[CoverageItem] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// The scenarios that judge a requirement, each once, in the order given.
    #[must_use]
    pub fn scenarios(&self, id: &RequirementId) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for item in self.of(id) {
            if !names.contains(&item.scenario.as_str()) {
                names.push(&item.scenario);
            }
        }
        names
    }

    /// Whether an assertion judges the requirement.
    #[must_use]
    pub fn is_covered(&self, id: &RequirementId) -> bool {
        self.0.contains_key(id)
    }

    /// The requirements with an assertion, in the ledger's order.
    pub fn covered<'a>(&'a self, ledger: &'a Ledger) -> impl Iterator<Item = &'a Requirement> {
        ledger.iter().filter(|requirement| self.is_covered(&requirement.id))
    }

    /// The testable requirements that pass `filter` and have no assertion, in the ledger's order.
    pub fn uncovered<'a>(
        &'a self,
        ledger: &'a Ledger,
        filter: impl Fn(&Requirement) -> bool + 'a,
    ) -> impl Iterator<Item = Uncovered<'a>> {
        let missing = move |r: &&Requirement| r.is_testable() && filter(r) && !self.is_covered(&r.id);
        ledger.iter().filter(missing).map(|r| Uncovered { requirement: r, reason: ledger.left_out(&r.id) })
    }

    /// Ids that are judged although the ledger does not know them, in the order of their names.
    #[must_use]
    pub fn unknown(&self, ledger: &Ledger) -> Vec<&RequirementId> {
        let mut ids: Vec<_> = self.0.keys().filter(|id| ledger.get(id).is_none()).collect();
        ids.sort();
        ids
    }
}

impl FromIterator<CoverageItem> for Coverage {
    fn from_iter<I: IntoIterator<Item = CoverageItem>>(items: I) -> Self {
        let mut coverage = Self::default();
        coverage.extend(items);
        coverage
    }
}

impl Extend<CoverageItem> for Coverage {
    fn extend<I: IntoIterator<Item = CoverageItem>>(&mut self, items: I) {
        for item in items {
            self.0.entry(item.requirement.clone()).or_default().push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    fn items() -> Vec<CoverageItem> {
        [
            ("IMDN-9.2-4", "ignore", "a1"),
            ("IMDN-9.2-1", "read", "a1"),
            ("IMDN-9.2-4", "ignore", "a2"),
            ("IMDN-99-1", "x", "y"),
        ]
        .map(|(requirement, scenario, assertion)| CoverageItem {
            requirement: requirement.parse().unwrap(),
            scenario: scenario.to_owned(),
            assertion: assertion.to_owned(),
        })
        .to_vec()
    }

    #[test]
    fn scenarios_stand_once_and_assertions_in_order() {
        let coverage = Coverage::from_iter(items());
        let id = "IMDN-9.2-4".parse().unwrap();
        assert_eq!(coverage.scenarios(&id), ["ignore"]);
        assert_eq!(
            coverage.of(&id).iter().map(|item| item.assertion.as_str()).collect::<Vec<_>>(),
            ["a1", "a2"]
        );
        assert!(coverage.of(&"IMDN-1-1".parse().unwrap()).is_empty());
    }

    #[test]
    fn covered_and_uncovered_part_the_testable_entries() {
        let (ledger, coverage) = (Ledger::builtin().unwrap(), Coverage::from_iter(items()));
        assert!(coverage.covered(&ledger).map(|r| r.id.as_str()).eq(["IMDN-9.2-1", "IMDN-9.2-4"]));
        let testable = ledger.iter().filter(|r| r.is_testable()).count();
        assert_eq!(coverage.uncovered(&ledger, |_| true).count(), testable - 2);
        assert_eq!(coverage.unknown(&ledger), ["IMDN-99-1"]);
    }

    #[test]
    fn what_is_uncovered_says_why_or_is_a_gap() {
        let (ledger, coverage) = (Ledger::builtin().unwrap(), Coverage::default());
        let reason = |id: &str| {
            coverage
                .uncovered(&ledger, |_| true)
                .find(|left| left.requirement.id == id)
                .map(|left| left.reason)
        };
        assert_eq!(reason("IMDN-3-5"), Some(Some("needs TLS")));
        assert_eq!(reason("MSG-11-1"), Some(Some("document not covered yet")));
        assert_eq!(reason("IMDN-1-1"), Some(None));
        // Not testable, hence never uncovered.
        assert_eq!(reason("IMDN-6.2.1-2"), None);
        assert_eq!(coverage.uncovered(&ledger, |r| r.roles == [Role::SpecAuthor]).count(), 0);
    }
}
