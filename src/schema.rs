//! `imdnspec schema`: JSON schemas for editors.

use std::io::Write;

use clap::ValueEnum;
use runner::ExitStatus;

use crate::failure::Failure;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which kind of file.
    #[arg(value_enum, default_value_t = Kind::Scenario)]
    kind: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Scenario files.
    Scenario,
    /// IUT profiles, `iut.yaml`.
    Iut,
}

pub(crate) fn run(args: &Args) -> crate::Outcome {
    let schema = match args.kind {
        Kind::Scenario => scenario::schema(),
        Kind::Iut => scenario::strict::schema::<runner::iut::Iut>(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(Failure::environment)? + "\n";
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Conformant)
}
