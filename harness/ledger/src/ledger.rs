//! The ledger: all requirements, with the ways to find them.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::interpretation::{FieldForm, Group, LeftOut, Reading, RollUp, Rule, SideEffect};
use crate::load::{self, LoadError, SourceFile};
use crate::{Document, Family, ReadingId, Requirement, RequirementId};

/// The catalogue as build.rs wrote it down: the same records as in `requirements/`, in a form that is read in no time.
const COMPACT: &str = include_str!(concat!(env!("OUT_DIR"), "/catalogue.json"));

/// The catalogue as data, in the order of its files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// All requirements, document by document.
    pub requirements: Vec<Requirement>,
    /// All readings, `I-01` first.
    pub readings: Vec<Reading>,
    /// The general rules, `G-1` first.
    pub rules: Vec<Rule>,
    /// Forms met in the field.
    pub field_forms: Vec<FieldForm>,
    /// Entries that may go red together.
    pub groups: Vec<Group>,
    /// Entries that gather others.
    pub rollups: Vec<RollUp>,
    /// What faults turn red beside their own entry.
    pub side_effects: Vec<SideEffect>,
    /// Why testable entries have no scenario.
    pub left_out: Vec<LeftOut>,
}

/// The requirements of all documents and how they are judged. Immutable.
#[derive(Debug, Clone)]
pub struct Ledger {
    catalogue: Catalogue,
    requirements: HashMap<Arc<str>, usize>,
    readings: HashMap<ReadingId, usize>,
    left_out: HashMap<Arc<str>, usize>,
}

impl Ledger {
    /// The ledger that is built in, from the compact form; for every start of the program.
    ///
    /// # Errors
    /// None with a binary whose tests passed; a compact form that does not fit the types is a fault of the build.
    pub fn builtin() -> Result<Self, LoadError> {
        serde_json::from_str(COMPACT).map(Self::new).map_err(|error| LoadError {
            problems: vec![load::Problem {
                file: "catalogue.json".to_owned(),
                line: error.line(),
                message: error.to_string(),
            }],
        })
    }

    /// The ledger from the files of `requirements/`, which are embedded, with every check; for tests of the catalogue.
    ///
    /// # Errors
    /// All mistakes of all files, each with file and line.
    pub fn load() -> Result<Self, LoadError> {
        Self::from_files(load::embedded())
    }

    /// A ledger from other files, with every check.
    ///
    /// # Errors
    /// All mistakes of all files, each with file and line.
    pub fn from_files(files: &[SourceFile<'_>]) -> Result<Self, LoadError> {
        load::catalogue(files).map(Self::new)
    }

    fn new(mut catalogue: Catalogue) -> Self {
        for requirement in &mut catalogue.requirements {
            requirement.readings =
                requirement.ambiguity.as_deref().map(ReadingId::mentioned_in).unwrap_or_default();
        }
        let requirements = index(&catalogue.requirements, |r| Arc::from(r.id.as_str()));
        let readings = index(&catalogue.readings, |r| r.id.clone());
        let entries = |(at, left): (usize, &LeftOut)| {
            left.entries.iter().map(move |id| (Arc::from(id.as_str()), at)).collect::<Vec<_>>()
        };
        let left_out = catalogue.left_out.iter().enumerate().flat_map(entries).collect();
        Self { catalogue, requirements, readings, left_out }
    }

    /// The records themselves.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The requirement of that id.
    #[must_use]
    pub fn get(&self, id: impl AsRef<str>) -> Option<&Requirement> {
        self.requirements.get(id.as_ref()).and_then(|at| self.catalogue.requirements.get(*at))
    }

    /// All requirements, in the order of the documents and of their entries.
    pub fn iter(&self) -> std::slice::Iter<'_, Requirement> {
        self.catalogue.requirements.iter()
    }

    /// The requirements of one document, in its order.
    pub fn of_document(&self, document: Document) -> impl Iterator<Item = &Requirement> {
        self.iter().filter(move |requirement| requirement.document == document)
    }

    /// The requirements that a fault violates. Several when entries share it, or when both families have one of that
    /// name.
    pub fn by_fault(&self, name: &str) -> impl Iterator<Item = &Requirement> {
        self.iter().filter(move |r| r.fault.as_ref().is_some_and(|fault| fault.name == name))
    }

    /// The reading of that id.
    #[must_use]
    pub fn reading(&self, id: &str) -> Option<&Reading> {
        self.readings.get(id).and_then(|at| self.catalogue.readings.get(*at))
    }

    /// All readings.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        &self.catalogue.readings
    }

    /// The general rules of judging.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.catalogue.rules
    }

    /// Groups of entries that may go red together.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.catalogue.groups
    }

    /// The groups that an entry belongs to.
    pub fn groups_of<'a>(&'a self, id: &'a RequirementId) -> impl Iterator<Item = &'a Group> {
        self.groups().iter().filter(|group| group.entries.contains(id))
    }

    /// Entries whose verdict is the worst of others.
    #[must_use]
    pub fn rollups(&self) -> &[RollUp] {
        &self.catalogue.rollups
    }

    /// What the fault of that entry cannot help but turn red beside it.
    pub fn side_effects_of<'a>(&'a self, id: &'a RequirementId) -> impl Iterator<Item = &'a SideEffect> {
        self.catalogue.side_effects.iter().filter(|effect| effect.of.contains(id))
    }

    /// Why a testable entry has no scenario: its own reason, or that of its document.
    #[must_use]
    pub fn left_out(&self, id: &RequirementId) -> Option<&str> {
        let left_out = &self.catalogue.left_out;
        let own = self.left_out.get(id.as_str()).and_then(|at| left_out.get(*at));
        let found = own.or_else(|| left_out.iter().find(|left| left.documents.contains(&id.document())));
        found.map(|left| left.reason.as_str())
    }

    /// Whether the fault of one entry may turn the other red without being stray: they are the same, stand in one
    /// group, share the fault, or one is a roll-up that gathers the other. Symmetric. Entries of the two families never
    /// go together, since their profiles run separately.
    #[must_use]
    pub fn may_go_red_together(&self, a: &RequirementId, b: &RequirementId) -> bool {
        a == b
            || self.groups().iter().any(|group| group.entries.contains(a) && group.entries.contains(b))
            || self
                .rollups()
                .iter()
                .any(|up| (up.id == *a && up.gathers(b)) || (up.id == *b && up.gathers(a)))
            || self.share_fault(a, b)
    }

    /// Whether the other entry may go red by the fault of the first: the two may go red together, or it is a side effect of
    /// that fault.
    #[must_use]
    pub fn may_turn_red(&self, fault_of: &RequirementId, other: &RequirementId) -> bool {
        self.may_go_red_together(fault_of, other)
            || self.side_effects_of(fault_of).any(|effect| effect.entries.contains(other))
    }

    fn share_fault(&self, a: &RequirementId, b: &RequirementId) -> bool {
        let fault = |id| self.get(id).and_then(|requirement| requirement.fault.as_ref());
        let (Some(of_a), Some(of_b)) = (fault(a), fault(b)) else { return false };
        let family = |id: &RequirementId| -> Family { id.document().family() };
        (of_a.name == of_b.name && family(a) == family(b))
            || of_a.also_reddens() == Some(b)
            || of_b.also_reddens() == Some(a)
    }
}

impl<'a> IntoIterator for &'a Ledger {
    type Item = &'a Requirement;
    type IntoIter = std::slice::Iter<'a, Requirement>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn index<T, K: Eq + std::hash::Hash>(records: &[T], key: impl Fn(&T) -> K) -> HashMap<K, usize> {
    records.iter().enumerate().map(|(at, record)| (key(record), at)).collect()
}
