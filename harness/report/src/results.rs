//! What a run came to, as the reports need it.

use std::sync::Arc;
use std::time::Duration;

use judge::Judgement;
use time::OffsetDateTime;

/// A scenario file, to point into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name as people know it.
    pub name: Arc<str>,
    /// All of it.
    pub text: Arc<str>,
}

/// One case that was run, or that was left out because the ICS says so.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// Short name of the document.
    pub document: String,
    /// Section of the document.
    pub section: String,
    /// Role that the IUT played.
    pub role: String,
    /// Scenario id.
    pub scenario: String,
    /// One line for people.
    pub title: String,
    /// `udp` or `tcp`.
    pub variant: String,
    /// Where the document has no terms of its own: the document in whose terms the IUT was spoken to.
    pub terms: Option<String>,
    /// Where the scenario is written.
    pub source: Source,
    /// From the first event to the last.
    pub duration: Duration,
    /// One for every requirement that the case says something about.
    pub judgements: Vec<Judgement>,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Results {
    /// Name and version of the IUT.
    pub iut: String,
    /// When the run began.
    pub started: OffsetDateTime,
    /// How long it took.
    pub duration: Duration,
    /// Whether a warning counts as a violation.
    pub strict: bool,
    /// Whether it was ended before its time.
    pub interrupted: bool,
    /// The cases in the order of the plan.
    pub cases: Vec<CaseResult>,
    /// Cases that were not run for a reason other than the ICS, with the reason.
    pub left_out: Vec<(String, String)>,
    /// What went wrong outside any case.
    pub troubles: Vec<String>,
}

impl CaseResult {
    /// Whether it is about what the IUT withstands, and about no document.
    pub fn is_of_robustness(&self) -> bool {
        self.terms.is_some()
    }

    /// What people call it.
    pub fn label(&self) -> String {
        let terms =
            self.terms.as_ref().map_or_else(String::new, |terms| format!(" by {terms} {}", self.role));
        format!("{}/{} [{}]{terms}", self.document, self.scenario, self.variant)
    }
}

impl Results {
    /// The judgements on conformance, or those on robustness.
    pub fn judgements_on(&self, robustness: bool) -> impl Iterator<Item = (&CaseResult, &Judgement)> {
        self.judgements().filter(move |(case, _)| case.is_of_robustness() == robustness)
    }

    /// All judgements, with their cases.
    pub fn judgements(&self) -> impl Iterator<Item = (&CaseResult, &Judgement)> {
        self.cases.iter().flat_map(|case| case.judgements.iter().map(move |judgement| (case, judgement)))
    }
}
