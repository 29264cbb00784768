//! The time line of one scenario run: everything that happened, in the order in which the harness saw it.
//!
//! Peers, drivers and the runner write through a [`Recorder`]; the judge, the reports and the golden snapshots
//! read the [`Record`] that comes out of it. Nothing in here judges.

mod event;
mod normal;
mod recorder;
mod visible;

pub use event::{
    Blame, Ending, Event, EventId, EventKind, Novelty, Purpose, StepId, StepOutcome, StepPath, Transport,
};
pub use normal::normal_form;
pub use recorder::{Capacity, Record, Recorder};
pub use visible::visible;
