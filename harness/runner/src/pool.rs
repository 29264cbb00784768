//! Processes of the IUT that one case at a time has for itself.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::driver::{Fault, Process, Setting};
use crate::event::{Events, RunEvent};
use crate::execute::Booking;
use crate::iut::Driver;

/// Starts processes, lends them out, and ends them.
#[derive(Debug)]
pub(crate) struct Pool {
    driver: Driver,
    setting: Setting,
    events: Events,
    idle: Mutex<Vec<Slot>>,
    /// As many permits as there are idle slots.
    free: Semaphore,
    /// Why no process can be started any more.
    doom: Mutex<Option<Fault>>,
    /// How many cases in a row have brought their process down.
    breakdowns: AtomicU32,
}

/// What may have happened to a process before it is lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Past {
    /// Whatever it can be made to forget.
    Forgotten,
    /// Nothing, where the harness starts processes: what hostile input breaks may show later.
    None,
}

/// So many cases in a row that bring their process down are enough.
const MOST_BREAKDOWNS: u32 = 5;

/// Room for one process.
#[derive(Debug)]
pub(crate) struct Slot {
    index: u32,
    process: Option<Arc<Process>>,
    /// Whether a case has left its traces.
    used: bool,
}

impl Slot {
    /// Room in which nothing runs yet.
    pub(crate) const fn empty(index: u32) -> Self {
        Self { index, process: None, used: false }
    }

    /// Room in which a process runs.
    pub(crate) fn with(process: Arc<Process>, used: bool) -> Self {
        Self { index: process.index, process: Some(process), used }
    }
}

impl Pool {
    /// A pool without slots.
    pub(crate) fn new(driver: Driver, setting: Setting, events: Events) -> Self {
        Self {
            driver,
            setting,
            events,
            idle: Mutex::default(),
            free: Semaphore::new(0),
            doom: Mutex::default(),
            breakdowns: AtomicU32::new(0),
        }
    }

    /// Takes note of how a case ended: with its processes alive, or with one of them broken down.
    pub(crate) fn survived(&self, breakdown: Option<&Fault>) {
        let Some(fault) = breakdown else { return self.breakdowns.store(0, Ordering::Relaxed) };
        if self.breakdowns.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_BREAKDOWNS {
            lock(&self.doom).get_or_insert_with(|| fault.clone());
        }
    }

    /// Adds a slot that can be lent.
    pub(crate) fn add(&self, slot: Slot) {
        lock(&self.idle).push(slot);
        self.free.add_permits(1);
    }

    /// Starts a process; one that ends before it is ready is tried once more.
    ///
    /// # Errors
    /// It cannot be started. No later attempt is made then.
    pub(crate) async fn start(&self, index: u32) -> Result<Arc<Process>, Fault> {
        if let Some(fault) = lock(&self.doom).clone() {
            return Err(fault);
        }
        let process = match Process::start(index, &self.driver, &self.setting).await {
            Err(Fault::Crashed { .. }) => Process::start(index, &self.driver, &self.setting).await,
            other => other,
        };
        match process {
            Ok(process) => {
                let facts = process.facts.clone();
                self.events.tell(RunEvent::IutReady { process: index, facts }).await;
                Ok(Arc::new(process))
            }
            Err(fault) => {
                *lock(&self.doom) = Some(fault.clone());
                Err(fault)
            }
        }
    }

    /// Waits until that many slots are free, and brings a process into each of them that bears no traces of another
    /// case, or can be made to forget them.
    ///
    /// # Errors
    /// A process could not be started.
    pub(crate) async fn lease(&self, count: u32, past: Past) -> Result<Lease<'_>, Fault> {
        if let Some(fault) = lock(&self.doom).clone() {
            return Err(fault);
        }
        let permits = self.free.acquire_many(count).await;
        // Slots come back with permits of their own.
        permits.map_err(|_| Fault::Harness("the pool of processes is closed".into()))?.forget();
        let slots = {
            let mut idle = lock(&self.idle);
            // Those that run already stand last.
            idle.sort_by_key(|slot| slot.process.is_some());
            let from = idle.len().saturating_sub(count as usize);
            idle.split_off(from)
        };
        let mut lease = Lease { pool: self, slots };
        lease.slots.sort_by_key(|slot| slot.index);
        for slot in &mut lease.slots {
            self.prepare(slot, past).await?;
        }
        Ok(lease)
    }

    async fn prepare(&self, slot: &mut Slot, past: Past) -> Result<(), Fault> {
        let usable = |process: &Process| {
            let resets = past == Past::Forgotten && process.can("reset");
            let forgets = resets || !matches!(self.driver, Driver::Exec(_));
            !process.is_broken() && (!slot.used || forgets)
        };
        if slot.process.as_deref().is_some_and(usable) {
            return Ok(());
        }
        if let Some(process) = slot.process.take() {
            self.close(process).await;
        }
        slot.process = Some(self.start(slot.index).await?);
        slot.used = false;
        Ok(())
    }

    async fn close(&self, process: Arc<Process>) {
        // Nobody else holds it once the cases are over; if somebody did, it would end when he is done.
        let end = match Arc::into_inner(process) {
            Some(process) if !process.is_broken() => process.close().await,
            _ => None,
        };
        if let Some(note) = end {
            self.events.tell(RunEvent::Note(note)).await;
        }
    }

    /// Ends all idle processes.
    pub(crate) async fn end(&self) {
        let slots = std::mem::take(&mut *lock(&self.idle));
        join_all(slots.into_iter().filter_map(|slot| slot.process).map(|process| self.close(process))).await;
    }
}

/// Slots that one case has for itself; dropping it gives them back.
#[derive(Debug)]
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    slots: Vec<Slot>,
}

impl Lease<'_> {
    /// What the case gets.
    pub(crate) fn booking(&self) -> Booking {
        let processes = self.slots.iter().filter_map(|slot| slot.process.clone()).collect();
        Booking { processes, exclusive: true }
    }

    /// Whether one of the processes has broken down.
    pub(crate) fn is_broken(&self) -> bool {
        self.slots.iter().filter_map(|slot| slot.process.as_ref()).any(|process| process.is_broken())
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        for mut slot in self.slots.drain(..) {
            slot.used = true;
            self.pool.add(slot);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tokio::sync::mpsc;

    use super::*;
    use crate::iut::{Exec, Ixit, Placeholders};

    /// A pool with one slot, for a program that gives its process id as its name.
    fn pool(commands: &str, script: &str) -> (Pool, mpsc::Receiver<RunEvent>) {
        let ready = format!(
            r#"printf '{{"event":"ready","implementation":{{"name":"%s"}},"commands":[{commands}]}}\n' $$; {script}"#
        );
        let driver = Driver::Exec(Exec {
            program: "sh".into(),
            args: vec!["-c".into(), ready],
            env: BTreeMap::new(),
            directory: None,
        });
        let placeholders = Placeholders { harness: ([127, 0, 0, 1], 5060).into() };
        let setting = Setting { ixit: Arc::new(Ixit::default()), placeholders, console: None };
        let (events, receiver) = mpsc::channel(64);
        let pool = Pool::new(driver, setting, Events(events));
        pool.add(Slot::empty(0));
        (pool, receiver)
    }

    /// The process id in a lease of one slot.
    async fn leased(pool: &Pool) -> String {
        let lease = pool.lease(1, Past::Forgotten).await.unwrap();
        let facts = lease.booking().processes[0].facts.clone();
        facts.implementation.clone().unwrap().name
    }

    #[tokio::test]
    async fn a_process_that_can_forget_is_lent_again() {
        let (pool, _events) = pool("\"reset\"", "cat > /dev/null");
        assert_eq!(leased(&pool).await, leased(&pool).await);
        pool.end().await;
    }

    #[tokio::test]
    async fn one_that_cannot_forget_is_replaced() {
        let (pool, _events) = pool("", "cat > /dev/null");
        assert_ne!(leased(&pool).await, leased(&pool).await);
        pool.end().await;
    }

    #[tokio::test]
    async fn a_case_waits_until_all_its_slots_are_free() {
        let (pool, _events) = pool("\"reset\"", "cat > /dev/null");
        pool.add(Slot::empty(1));
        let held = pool.lease(1, Past::Forgotten).await.unwrap();
        let both = pool.lease(2, Past::Forgotten);
        tokio::pin!(both);
        assert!(futures_util::FutureExt::now_or_never(both.as_mut()).is_none());
        drop(held);
        let both = both.await.unwrap().booking();
        assert_eq!(both.processes.iter().map(|process| process.index).collect::<Vec<_>>(), [0, 1]);
    }

    #[tokio::test]
    async fn what_keeps_breaking_down_is_not_started_any_more() {
        let (pool, _events) = pool("\"reset\"", "cat > /dev/null");
        let fault = Fault::Crashed { how: "exited with status 1".into(), stderr: String::new() };
        for _ in 1..MOST_BREAKDOWNS {
            pool.survived(Some(&fault));
        }
        assert!(pool.lease(1, Past::Forgotten).await.is_ok());
        pool.survived(Some(&fault));
        assert_eq!(pool.lease(1, Past::Forgotten).await.unwrap_err(), fault);
    }
}
