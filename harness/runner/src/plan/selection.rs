//! Filters.

use globset::{Glob, GlobMatcher};
use ledger::Document;
use scenario::LoadedScenario;
use scenario::model::Variant;

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
    /// Variants.
    pub variants: Vec<Variant>,
    /// Whether scenarios that take minutes are wanted too.
    pub slow: bool,
    /// Whether those are wanted too that send hostile input.
    pub hostile: bool,
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

    /// Whether a scenario of this name, `document/id`, may be wanted; other filters may still leave it out.
    pub fn wants_name(&self, name: &str) -> bool {
        let id = name.rsplit('/').next().unwrap_or(name);
        wanted(&self.scenarios, |pattern| pattern.is_match(id) || pattern.is_match(name))
    }

    pub(super) fn wants(&self, loaded: &LoadedScenario, variant: Variant) -> bool {
        let judges = |pattern: &GlobMatcher| {
            loaded.judges.iter().any(|judged| pattern.is_match(judged.requirement.as_str()))
        };
        self.wants_name(&loaded.id)
            && wanted(&self.requirements, judges)
            && wanted(&self.documents, |document| *document == loaded.document)
            && wanted(&self.sections, |section| is_within(&loaded.section, section))
            && wanted(&self.variants, |name| *name == variant)
    }
}

fn wanted<T>(list: &[T], fits: impl FnMut(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(fits)
}

fn is_within(section: &str, of: &str) -> bool {
    section.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
