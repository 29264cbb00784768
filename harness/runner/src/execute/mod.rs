//! Plays one case: carries out its steps against one or more processes of the IUT, and writes the record.
//!
//! A case is one task. What its peers receive is taken in beside the steps, and rounds of a `repeat` that are under
//! way at once take turns in it. So every act of the harness is recorded under the step that it belongs to.

mod cast;
mod command;
mod expect;
mod hostile;
mod inbox;
mod reaction;
mod repeat;
mod scope;
mod send;
mod session;
mod stage;

use std::sync::Arc;

use peer::Network;
use record::{Capacity, EventKind, Record, Recorder};

use crate::cancel::CancelToken;
use crate::driver::{Fault, Process};
use crate::event::{CaseId, Events};
use crate::iut::Ixit;
use crate::lists::Shelf;
use crate::pki::Vault;
use crate::plan::Case;
use stage::Stage;

/// A case with its number.
pub(crate) type Numbered = (CaseId, Case);

/// What all cases of a run share.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    /// Addresses, windows, limits.
    pub(crate) ixit: Arc<Ixit>,
    /// Where the peers live.
    pub(crate) network: Network,
    /// The lists that the IUT has by itself.
    pub(crate) shelf: Arc<Shelf>,
    /// Keys and certificates.
    pub(crate) vault: Vault,
    /// Ends the run.
    pub(crate) cancel: CancelToken,
    /// Where news goes.
    pub(crate) events: Events,
}

/// How a case was played.
#[derive(Debug)]
pub(crate) struct Performance {
    /// What happened.
    pub(crate) record: Record,
    /// What broke down, if anything did.
    pub(crate) fault: Option<Fault>,
    /// Whether the run ended before the case.
    pub(crate) interrupted: bool,
}

/// The IUT's side of a case.
#[derive(Clone, Debug)]
pub(crate) struct Booking {
    /// The processes, in the order in which the scenario counts them.
    pub(crate) processes: Vec<Arc<Process>>,
    /// Whether nobody else uses them meanwhile.
    pub(crate) exclusive: bool,
}

/// Events that a case of volume has room for from the beginning: so many that the system gives them pages of their own, and gets
/// them back when the case is over.
const LONG: usize = 300_000;

/// Plays a case to its end, or until something breaks down.
pub(crate) async fn perform((id, case): &Numbered, bench: &Bench, booking: &Booking) -> Performance {
    let recorder = begin(case, &bench.ixit);
    let mut interrupted = false;
    let end = tokio::select! {
        biased;
        () = bench.cancel.cancelled() => {
            interrupted = true;
            Ok(())
        }
        end = play(*id, case, bench, booking, &recorder) => end,
    };
    if let Err(fault @ (Fault::Flood(_) | Fault::Hung(_))) = &end {
        // A flood drowns the other cases too, and those that come after. What hangs answers none of them.
        for process in &booking.processes {
            process.condemn(fault.clone()).await;
        }
    }
    finish(&recorder, end.err(), interrupted)
}

/// The record of a case that could not even begin.
pub(crate) fn stillborn(case: &Case, ixit: &Ixit, fault: Fault) -> Performance {
    finish(&begin(case, ixit), Some(fault), false)
}

fn begin(case: &Case, ixit: &Ixit) -> Recorder {
    let scenario = &case.scenario.scenario;
    // One message may make an IUT that relays speak to every peer.
    let peers = scenario.peer_names().count() as u64;
    let unprompted = u64::from(ixit.limits.events) + peers * Capacity::PER_ACT;
    let capacity = Capacity { unprompted, octets: ixit.limits.octets };
    let recorder = Recorder::limited(scenario.id.clone(), case.variant.word(), capacity);
    if scenario.is_of_volume() {
        recorder.reserve(LONG);
    }
    recorder
}

fn finish(recorder: &Recorder, fault: Option<Fault>, interrupted: bool) -> Performance {
    recorder.set_step(None);
    if let Some(fault) = &fault {
        recorder.push(fault.trouble());
    }
    if interrupted {
        recorder.push(EventKind::Note("the run was interrupted".into()));
    }
    Performance { record: recorder.finish(), fault, interrupted }
}

async fn play(
    id: CaseId,
    case: &Case,
    bench: &Bench,
    booking: &Booking,
    recorder: &Recorder,
) -> Result<(), Fault> {
    let stage = Stage::set(id, case, bench, booking, recorder).await?;
    tokio::select! {
        biased;
        fault = stage.receive() => Err(fault),
        end = stage.play() => end,
        fault = stage.breakdown() => Err(fault),
    }
}
