//! `imdnspec ledger`: every requirement and what covers it.

use std::io::Write;

use ledger::{Coverage, Ledger, Listing, Requirement};
use runner::ExitStatus;

use crate::failure::Failure;
use crate::suite;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print JSON; the contract is in docs/output-formats.md.
    #[arg(long)]
    json: bool,
    /// Only this document, by short name; may be repeated.
    #[arg(long)]
    document: Vec<String>,
    /// Only requirements that no scenario covers.
    #[arg(long)]
    uncovered: bool,
}

pub(crate) fn run(args: &Args) -> crate::Outcome {
    let ledger = suite::ledger()?;
    let coverage = suite::coverage(&suite::builtin(&ledger)?);
    let text = if args.json {
        let listing = Listing::new(&ledger, &coverage, |requirement| args.wants(requirement, &coverage));
        serde_json::to_string_pretty(&listing).map_err(Failure::environment)? + "\n"
    } else {
        table(args, &ledger, &coverage)
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Conformant)
}

impl Args {
    fn wants(&self, requirement: &Requirement, coverage: &Coverage) -> bool {
        let document =
            self.document.is_empty() || self.document.iter().any(|d| d == requirement.document.as_str());
        document && !(self.uncovered && coverage.is_covered(&requirement.id))
    }
}

fn table(args: &Args, ledger: &Ledger, coverage: &Coverage) -> String {
    let rows = ledger.iter().filter(|requirement| args.wants(requirement, coverage));
    rows.map(|requirement| row(ledger, requirement, coverage)).collect()
}

/// One line: id, level, roles, testability, fault, and the scenarios or why there are none.
fn row(ledger: &Ledger, requirement: &Requirement, coverage: &Coverage) -> String {
    let Requirement { id, level, testability, .. } = requirement;
    let roles = requirement.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(",");
    let fault = requirement.fault.as_ref().map_or("-", |fault| fault.name.as_str());
    let covered = match coverage.scenarios(id) {
        scenarios if !scenarios.is_empty() => scenarios.join(" "),
        _ if !requirement.is_testable() => "not testable".into(),
        _ => format!("not covered: {}", ledger.left_out(id).unwrap_or("no scenario")),
    };
    let (id, level, testability) = (id.to_string(), level.to_string(), testability.to_string());
    format!("{id:<16} {level:<15} {roles:<36} {testability:<12} {fault:<34} {covered}\n")
}
