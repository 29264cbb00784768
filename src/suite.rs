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
    let mut files: Vec<_> = SCENARIOS.dirs().flat_map(|folder| folder.files()).collect();
    files.sort_by_key(|file| file.path());
    let sources = files.into_iter().map(|file| {
        let name = format!("scenarios/{}", file.path().display());
        Source::decode(name, file.contents().to_vec()).map_err(Failure::Source)
    });
    load(&sources.collect::<Result<Vec<_>, _>>()?, ledger)
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

/// Which scenario judges what.
pub(crate) fn coverage(suite: &Suite) -> Coverage {
    suite.scenarios.iter().flat_map(scenario::LoadedScenario::coverage).collect()
}
