//! From a suite and an IUT profile to judgements: the plan, the drivers, the messages, the execution.
//!
//! A run starts the IUT through its driver, binds one network of scripted peers, executes the cases of the plan
//! and has every record judged as soon as it is complete. What happens is told as [`RunEvent`]s; nothing in here
//! prints, and nothing in here decides on a verdict.

pub mod compose;
pub mod driver;
pub mod iut;
pub mod plan;

mod cancel;
mod event;
mod execute;
mod exit;
mod lists;
mod pki;
mod pool;
mod run;
mod trap;
mod turns;

pub use cancel::{Cancel, CancelToken};
pub use event::{CaseId, CaseLabel, LeftOut, Outcome, Reason, RunEvent};
pub use exit::ExitStatus;
pub use pki::{Holder, Vault};
pub use plan::{Selection, Terms};
pub use run::{RunOptions, run};
pub use turns::Turns;
