//! What is limited across all runs that go on at once, for the sake of memory.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::plan::Case;

/// Lets one case of volume at a time be played and judged, since their records are what fills memory, and as many be judged at
/// once as there are processors: more would not be done sooner. Clones share the turns.
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
            volume: Arc::new(Semaphore::new(1)),
            judging: Arc::new(Semaphore::new(processors)),
            hostile: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Turns {
    /// Waits until a case of volume may begin; others begin at once. It is over when what it gets is dropped.
    pub(crate) async fn wait(&self, case: &Case) -> Option<OwnedSemaphorePermit> {
        if !case.scenario.scenario.is_of_volume() {
            return None;
        }
        self.volume.clone().acquire_owned().await.ok()
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
