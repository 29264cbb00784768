//! How long it takes from the text of scenarios to a suite that can be run; every start of the program pays for it.

use std::path::Path;

use imdnspec_scenario::{Source, Vocabulary, load_scenarios};
use ledger::Ledger;

fn main() {
    divan::main();
}

/// The scenarios of this repository.
fn sources() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/imdn-03");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| {
            Some(Source::new(file.path().display().to_string(), std::fs::read_to_string(file.path()).ok()?))
        })
        .collect()
}

/// Whether the checks exist makes no difference to the time.
#[divan::bench]
fn all_scenarios(bencher: divan::Bencher<'_, '_>) {
    let Ok(ledger) = Ledger::builtin() else { return };
    let sources = sources();
    let checks: Vec<_> = sources
        .iter()
        .flat_map(|source| source.text.split("check: ").skip(1))
        .filter_map(|rest| rest.split(['}', ',', '\n']).next())
        .collect();
    let octets: usize = sources.iter().map(|source| source.text.len()).sum();
    bencher
        .counter(divan::counter::BytesCount::new(octets))
        .bench(|| load_scenarios(&sources, &Vocabulary { ledger: &ledger, checks: &checks }));
}
