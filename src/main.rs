//! The command line of imdnspec: one file a subcommand, no knowledge of any protocol.

mod check;
mod conduct;
mod explain;
mod failure;
mod ledger_command;
mod live;
mod run;
mod schema;
mod selftest;
mod serve;
mod suite;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use runner::ExitStatus;

use crate::failure::Failure;

/// Conformance harness for instant message disposition notification over SIP.
///
/// Without a subcommand it runs the whole suite against the built-in reference, started as a process of its own.
///
/// Exit status: 0 all judged requirements pass, 1 the IUT violates a requirement or comes to harm by hostile input, 2 usage or
/// scenario error, 3 harness or environment error, 4 nothing was run or judged, 130 interrupted.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Args,
}

#[derive(Subcommand)]
enum Command {
    /// Run scenarios against an implementation and judge it.
    Run(Box<run::Args>),
    /// Prove the suite: every fault of the reference has to be found by its own requirement, and nothing else.
    Selftest(selftest::Args),
    /// List every requirement with the scenarios that cover it.
    Ledger(ledger_command::Args),
    /// Explain a requirement, a reading or a fault.
    Explain(explain::Args),
    /// Check scenario files and IUT profiles without running anything.
    Check(check::Args),
    /// Print the JSON schema of scenario files or IUT profiles, for editors.
    Schema(schema::Args),
    /// Be the built-in reference implementation, spoken to by the control protocol on standard input and output.
    Serve(serve::Args),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return clap_exit(&error),
    };
    let outcome = match cli.command {
        None => run::run(cli.run),
        Some(Command::Run(args)) => run::run(*args),
        Some(Command::Selftest(args)) => selftest::run(args),
        Some(Command::Ledger(args)) => ledger_command::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Schema(args)) => schema::run(&args),
        Some(Command::Serve(args)) => serve::run(&args),
    };
    let status = outcome.unwrap_or_else(|failure| {
        failure::tell(&failure);
        failure.status()
    });
    ExitCode::from(status.code())
}

/// `--help` and `--version` are no errors; everything else that clap refuses is a usage error.
fn clap_exit(error: &clap::Error) -> ExitCode {
    // Nobody may be reading; then there is nobody to tell.
    let _ = error.print();
    let status = if error.use_stderr() { ExitStatus::Usage } else { ExitStatus::Conformant };
    ExitCode::from(status.code())
}

/// What every subcommand comes to.
type Outcome = Result<ExitStatus, Failure>;
