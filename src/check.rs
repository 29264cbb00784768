//! `imdnspec check FILE…`: scenario files and IUT profiles, without running anything.

use std::io::Write;
use std::path::{Path, PathBuf};

use ledger::Ledger;
use runner::ExitStatus;
use scenario::Source;

use crate::failure::Failure;
use crate::suite;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Scenario files and IUT profiles.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> crate::Outcome {
    let ledger = suite::ledger()?;
    let sources = args.files.iter().map(|path| suite::read(path)).collect::<Result<Vec<_>, _>>()?;
    let (profiles, scenarios): (Vec<_>, Vec<_>) = sources.into_iter().partition(is_profile);
    let mut failures: Vec<Failure> = Vec::new();
    failures.extend(profiles.iter().filter_map(|source| profile(source, &ledger).err()));
    let suite = match suite::load(&scenarios, &ledger) {
        Ok(suite) => suite.scenarios.len(),
        Err(failure) => {
            failures.push(failure);
            0
        }
    };
    if failures.is_empty() {
        writeln!(
            std::io::stdout(),
            "{} files are right: {suite} scenarios, {} profiles",
            args.files.len(),
            profiles.len()
        )?;
        return Ok(ExitStatus::Conformant);
    }
    failures.iter().for_each(crate::failure::tell);
    Ok(ExitStatus::Usage)
}

fn profile(source: &Source, ledger: &Ledger) -> Result<(), Failure> {
    runner::iut::load(&source.name, &source.text, Path::new(""), ledger).map(drop).map_err(Failure::Source)
}

/// A profile has a driver; a scenario file has not.
fn is_profile(source: &Source) -> bool {
    source.text.lines().any(|line| line.starts_with("driver:") || line.starts_with("ics:"))
}
