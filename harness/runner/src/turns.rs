//! Turns of cases of volume.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::plan::Case;

/// Rounds from which on a case takes turns with others of its kind.
const VOLUME: u32 = 500;

/// Lets one case of volume at a time be played and judged, since their records are what fills memory. Clones share the turns.
#[derive(Clone, Debug)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Turns {
    /// Waits until a case of volume may begin; others begin at once. It is over when what it gets is dropped.
    pub(crate) async fn wait(&self, case: &Case) -> Option<OwnedSemaphorePermit> {
        if case.scenario.scenario.rounds() < VOLUME {
            return None;
        }
        self.0.clone().acquire_owned().await.ok()
    }
}
