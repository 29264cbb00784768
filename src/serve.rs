//! `imdnspec serve`: the built-in reference as a program of its own.

use clap::ValueEnum;
use reference::{Fault, Options, Profile, Role};
use runner::ExitStatus;

use crate::failure::Failure;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to be.
    #[arg(long, value_enum, default_value_t = RoleName::Endpoint)]
    role: RoleName,
    /// Whose rules to follow.
    #[arg(long, value_enum, default_value_t = ProfileName::Imdn03)]
    profile: ProfileName,
    /// The one rule to break, by the name of its fault in the ledger.
    #[arg(long)]
    fault: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    /// An end user's agent.
    Endpoint,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    /// draft-burger-simple-imdn-03
    #[value(name = "imdn-03")]
    Imdn03,
}

pub(crate) fn run(args: &Args) -> crate::Outcome {
    let RoleName::Endpoint = args.role;
    let ProfileName::Imdn03 = args.profile;
    let fault = args.fault.as_deref().map(fault).transpose()?;
    let options = Options { role: Role::Endpoint, profile: Profile::Imdn03, fault };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::environment)?;
    runtime.block_on(reference::serve(options)).map_err(Failure::environment)?;
    Ok(ExitStatus::Conformant)
}

/// The fault of that name.
pub(crate) fn fault(name: &str) -> Result<&'static Fault, Failure> {
    let unknown = || Failure::Usage(format!("there is no fault `{name}`; `imdnspec ledger` lists them all"));
    Fault::by_name(name).ok_or_else(unknown)
}
