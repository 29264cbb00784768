//! What is limited across all runs that go on at once, for the sake of memory.

use std::sync::Arc;
use std::thread::available_parallelism;

use scenario::model::Scenario;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::plan::Case;

/// How many executions of steps there may be in cases of volume that are under way at once: as many as the largest case of
/// the built-in suite has. So one of those is alone, and smaller ones run beside each other.
const EXECUTIONS: usize = 20_000;

/// As many executions of steps take as much room as one peer: an execution leaves some three kilobytes in the record and in what is
/// read of it, a peer with its queues some fifty.
const PER_PEER: usize = 16;

/// Lets no more cases of volume be played and judged at a time than memory has room for, since their records are what fills
/// it, and as many be judged at once as there are processors: more would not be done sooner. Clones share the turns.
#[derive(Clone, Debug)]
pub struct Turns {
    volume: Arc<Semaphore>,
    judging: Arc<Semaphore>,
    hostile: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        let processors = available_parallelism().map_or(1, Into::into);
        Self {
            volume: Arc::new(Semaphore::new(EXECUTIONS)),
            judging: Arc::new(Semaphore::new(processors)),
            hostile: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Turns {
    /// Waits until a case of volume may begin; others begin at once. It is over when what it gets is dropped.
    pub(crate) async fn wait(&self, case: &Case) -> Option<OwnedSemaphorePermit> {
        let scenario = &case.scenario.scenario;
        if !scenario.is_of_volume() {
            return None;
        }
        self.volume.clone().acquire_many_owned(share(scenario)).await.ok()
    }

    /// Waits until nobody else sends hostile input: one inflated body at a time is enough for a machine.
    pub(crate) async fn hostile(&self) -> Option<OwnedSemaphorePermit> {
        self.hostile.clone().acquire_owned().await.ok()
    }

    /// Waits until a case may be judged.
    pub(crate) async fn judging(&self) -> Option<OwnedSemaphorePermit> {
        self.judging.clone().acquire_owned().await.ok()
    }
}

/// The executions that a case of volume counts for.
fn share(scenario: &Scenario) -> u32 {
    let peers = scenario.peer_names().count().saturating_mul(PER_PEER);
    let counted = (scenario.executions() as usize).saturating_add(peers).min(EXECUTIONS);
    u32::try_from(counted).unwrap_or(u32::MAX)
}
