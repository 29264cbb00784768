//! The scenarios that are built in, and those that the user brings.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use ledger::{Coverage, Ledger};
use runner::iut::Iut;
use scenario::{Source, Suite, Vocabulary};

use crate::failure::Failure;

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The built-in ledger.
pub(crate) fn ledger() -> Result<Ledger, Failure> {
    Ledger::builtin().map_err(Failure::environment)
}

/// The built-in scenarios.
pub(crate) fn builtin(ledger: &Ledger) -> Result<Suite, Failure> {
    load(&builtin_sources()?, ledger)
}

/// The built-in files that hold a scenario of a wanted name, which is `document/id`. Reading all of them takes longer
/// than running one scenario.
pub(crate) fn builtin_with(ledger: &Ledger, wanted: impl Fn(&str) -> bool) -> Result<Suite, Failure> {
    let mut sources = builtin_sources()?;
    sources.retain(|source| names(source).any(|name| wanted(&name)));
    load(&sources, ledger)
}

/// Every `document/id` of a built-in file. They are all written in one way, so no YAML has to be read for it.
fn names(source: &Source) -> impl Iterator<Item = String> + '_ {
    let document =
        Path::new(&source.name).parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    source
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("  - id: "))
        .map(move |id| format!("{document}/{id}"))
}

fn builtin_sources() -> Result<Vec<Source>, Failure> {
    let mut files: Vec<_> = SCENARIOS.dirs().flat_map(|folder| folder.files()).collect();
    files.sort_by_key(|file| file.path());
    let source = |file: &include_dir::File<'_>| {
        let name = format!("scenarios/{}", file.path().display());
        Source::decode(name, file.contents().to_vec()).map_err(Failure::Source)
    };
    files.into_iter().map(source).collect()
}

/// The scenarios of files; all their mistakes at once.
pub(crate) fn from_files(paths: &[PathBuf], ledger: &Ledger) -> Result<Suite, Failure> {
    let sources = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    load(&sources, ledger)
}

/// A profile; relative paths in it count from its folder.
pub(crate) fn read_profile(path: &Path, ledger: &Ledger) -> Result<Iut, Failure> {
    let source = read(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    runner::iut::load(&source.name, &source.text, folder, ledger).map_err(Failure::Source)
}

/// A file as a source.
pub(crate) fn read(path: &Path) -> Result<Source, Failure> {
    let octets = std::fs::read(path).map_err(|source| Failure::Read { path: path.to_owned(), source })?;
    Source::decode(path.display().to_string(), octets).map_err(Failure::Source)
}

pub(crate) fn load(sources: &[Source], ledger: &Ledger) -> Result<Suite, Failure> {
    let checks = judge::check_names();
    scenario::load_scenarios(sources, &Vocabulary { ledger, checks: &checks }).map_err(Failure::Source)
}

/// Leaves out the scenarios of documents that none of these implementations is declared for.
pub(crate) fn keep_documents_of(suite: &mut Suite, iuts: &[Iut]) {
    let speaks = |iut: &Iut, scenario: &scenario::LoadedScenario| {
        scenario.document.is_robustness() || iut.ics.documents.contains(&scenario.document)
    };
    suite.scenarios.retain(|scenario| iuts.iter().any(|iut| speaks(iut, scenario)));
}

/// Which scenario judges what.
pub(crate) fn coverage(suite: &Suite) -> Coverage {
    suite.scenarios.iter().flat_map(|scenario| scenario.coverage()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_those_of_the_scenarios() {
        let suite = builtin(&ledger().unwrap()).unwrap();
        let loaded: BTreeSet<String> = suite.scenarios.iter().map(|scenario| scenario.id.clone()).collect();
        let sources = builtin_sources().unwrap();
        assert_eq!(sources.iter().flat_map(names).collect::<BTreeSet<_>>(), loaded);
    }
}
