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
    /// A list exploder; with one member, a gateway.
    B2bua,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    /// draft-burger-simple-imdn-03
    #[value(name = "imdn-03")]
    Imdn03,
    /// draft-khartabil-simple-im-receipts-00
    #[value(name = "receipts-00")]
    Receipts00,
    /// RFC 5438 and RFC 3862
    #[value(name = "rfc5438")]
    Rfc5438,
}

pub(crate) fn run(args: &Args) -> crate::Outcome {
    let profile = match args.profile {
        ProfileName::Imdn03 => Profile::Imdn03,
        ProfileName::Receipts00 => Profile::Receipts00,
        ProfileName::Rfc5438 => Profile::Rfc5438,
    };
    let role = match args.role {
        RoleName::Endpoint => Role::Endpoint,
        RoleName::B2bua => Role::B2bua,
    };
    // Documents that share a rule share the name of what breaks it.
    let of_profile = |name: &str| Fault::of(profile, name).map_or_else(|| fault(name), Ok);
    let fault = args.fault.as_deref().map(of_profile).transpose()?;
    if let Some(fault) = fault.filter(|fault| !fault.fits(role, profile)) {
        return Err(Failure::Usage(format!(
            "the fault `{}` does not show in this role by this document",
            fault.name
        )));
    }
    let options = Options { role, profile, fault };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::environment)?;
    let served = runtime.block_on(reference::serve(options));
    // Nobody waits for one more line of standard input.
    runtime.shutdown_background();
    served.map_err(Failure::environment)?;
    Ok(ExitStatus::Conformant)
}

/// The fault of that name.
pub(crate) fn fault(name: &str) -> Result<&'static Fault, Failure> {
    let unknown = || Failure::Usage(format!("there is no fault `{name}`; `imdnspec ledger` lists them all"));
    Fault::by_name(name).ok_or_else(unknown)
}
