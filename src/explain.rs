//! `imdnspec explain ID`: one requirement, reading, rule, group or fault as text.

use std::io::Write;

use runner::ExitStatus;

use crate::failure::Failure;
use crate::suite;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Such as IMDN-9.1-7, I-08, G-10 or the name of a fault.
    id: String,
}

pub(crate) fn run(args: &Args) -> crate::Outcome {
    let ledger = suite::ledger()?;
    let coverage = suite::coverage(&suite::builtin(&ledger)?);
    let text = ledger::explain(&ledger, &coverage, &args.id)
        .map_err(|unknown| Failure::Usage(unknown.to_string()))?;
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Conformant)
}
