//! The time line of one scenario run: everything that happened, in the order in which the harness saw it.
//!
//! Peers, drivers and the runner write through a [`Recorder`]; the judge, the reports and the golden snapshots
//! read the [`Record`] that comes out of it. Nothing in here judges.

mod event;
mod recorder;

pub use event::{
    Ending, Event, EventId, EventKind, Novelty, Purpose, StepId, StepOutcome, StepPath, Transport,
};
pub use recorder::{Record, Recorder};
