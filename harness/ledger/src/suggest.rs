//! What a name that names nothing may have been meant to be.

use crate::Ledger;

/// How alike a name must be to be suggested: the share of letters that need no edit.
const ALIKE: f64 = 0.7;
/// How many names are suggested at most.
const SUGGESTIONS: usize = 3;

/// A name that the ledger does not know, with known ones that look like it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing is named `{id}`{}", did_you_mean(suggestions))]
pub struct UnknownId {
    /// What was asked for.
    pub id: String,
    /// Names that look like it, best first.
    pub suggestions: Vec<String>,
}

impl UnknownId {
    /// Looks for requirements, readings, rules, groups and faults that look like `name`.
    #[must_use]
    pub fn new(ledger: &Ledger, name: &str) -> Self {
        let asked = name.to_lowercase();
        let mut alike: Vec<(f64, &str)> = names(ledger)
            .map(|known| (strsim::normalized_damerau_levenshtein(&asked, &known.to_lowercase()), known))
            .filter(|(likeness, _)| *likeness >= ALIKE)
            .collect();
        alike.sort_by(|a, b| b.0.total_cmp(&a.0));
        alike.dedup_by(|a, b| a.1 == b.1);
        let suggestions = alike.into_iter().take(SUGGESTIONS).map(|(_, known)| known.to_owned()).collect();
        Self { id: name.to_owned(), suggestions }
    }
}

fn names(ledger: &Ledger) -> impl Iterator<Item = &str> {
    (ledger.iter().map(|r| r.id.as_str()))
        .chain(ledger.readings().iter().map(|reading| reading.id.as_str()))
        .chain(ledger.rules().iter().map(|rule| rule.id.as_str()))
        .chain(ledger.groups().iter().map(|group| group.name.as_str()))
        .chain(ledger.iter().filter_map(|r| r.fault.as_ref()).map(|fault| fault.name.as_str()))
}

fn did_you_mean(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", suggestions.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str) -> String {
        UnknownId::new(&Ledger::builtin().unwrap(), name).to_string()
    }

    #[test]
    fn near_misses_are_suggested() {
        assert!(
            message("imdn-10.3-1").starts_with("nothing is named `imdn-10.3-1`; did you mean IMDN-10.3-1")
        );
        assert!(message("IMDN-9.1-17").contains("IMDN-9.1-1"), "{}", message("IMDN-9.1-17"));
        assert!(
            message("deleted-sate").contains("did you mean deleted-state?"),
            "{}",
            message("deleted-sate")
        );
    }

    #[test]
    fn what_resembles_nothing_gets_no_suggestion() {
        assert_eq!(message("zzzzzzzzzzzz"), "nothing is named `zzzzzzzzzzzz`");
        assert_eq!(message(""), "nothing is named ``");
    }
}
