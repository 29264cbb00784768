//! Filters.

use globset::{Glob, GlobMatcher};
use ledger::Document;
use scenario::LoadedScenario;
use scenario::model::TransportName;

/// Which cases are wanted. An empty list wants everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Shell patterns for scenario ids, or for `document/id`.
    pub scenarios: Vec<GlobMatcher>,
    /// Shell patterns for requirement ids; a scenario fits if it judges one of them.
    pub requirements: Vec<GlobMatcher>,
    /// Documents.
    pub documents: Vec<Document>,
    /// Sections; `8.1` stands for its subsections too.
    pub sections: Vec<String>,
    /// Transports.
    pub transports: Vec<TransportName>,
}

/// A filter that is no shell pattern; who wrote the command line is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no pattern: {why}")]
pub struct BadPattern {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

impl Selection {
    /// Reads shell patterns: `*`, `?`, `[…]`, `{a,b}`.
    ///
    /// # Errors
    /// The first that is none.
    pub fn patterns<S: AsRef<str>>(
        texts: impl IntoIterator<Item = S>,
    ) -> Result<Vec<GlobMatcher>, BadPattern> {
        let pattern = |text: S| {
            let bad = |error: globset::Error| BadPattern {
                pattern: text.as_ref().to_owned(),
                why: error.kind().to_string(),
            };
            Glob::new(text.as_ref()).map(|glob| glob.compile_matcher()).map_err(bad)
        };
        texts.into_iter().map(pattern).collect()
    }

    pub(super) fn wants(&self, loaded: &LoadedScenario, transport: TransportName) -> bool {
        let (id, path) = (&loaded.scenario.id, &loaded.id);
        let judges = |pattern: &GlobMatcher| {
            loaded.judges.iter().any(|judged| pattern.is_match(judged.requirement.as_str()))
        };
        wanted(&self.scenarios, |pattern| pattern.is_match(id) || pattern.is_match(path))
            && wanted(&self.requirements, judges)
            && wanted(&self.documents, |document| *document == loaded.document)
            && wanted(&self.sections, |section| is_within(&loaded.section, section))
            && wanted(&self.transports, |name| *name == transport)
    }
}

fn wanted<T>(list: &[T], fits: impl FnMut(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(fits)
}

fn is_within(section: &str, of: &str) -> bool {
    section.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
