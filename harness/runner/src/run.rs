//! A whole run: start, schedule, judge, end.
//!
//! Where the driver is scoped, all cases share one process of the IUT and run at once, those excepted that restart it
//! or move its clock: they get processes of their own, or wait until the shared one is free. Otherwise every process
//! serves one case at a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ledger::Ledger;
use peer::Network;
use scenario::Suite;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::cancel::CancelToken;
use crate::driver::{Console, Fault, Process, Setting};
use crate::event::{CaseId, CaseLabel, Events, Outcome, RunEvent};
use crate::execute::{self, Bench, Booking, Numbered, Performance};
use crate::iut::{Driver, Iut, Ixit, Placeholders};
use crate::lists::Shelf;
use crate::pki::Vault;
use crate::plan::{Case, Plan, Selection};
use crate::pool::{Past, Pool, Slot};
use crate::turns::Turns;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The implementation under test.
    pub iut: Iut,
    /// The scenarios.
    pub suite: Arc<Suite>,
    /// The requirements.
    pub ledger: Arc<Ledger>,
    /// Which cases are wanted.
    pub selection: Selection,
    /// Whether [`RunEvent::CaseFinished`] brings the record.
    pub keep_records: bool,
    /// Ends the run before its time.
    pub cancel: CancelToken,
    /// Shared by all runs that go on at once.
    pub turns: Turns,
    /// Keys and certificates, which runs may share as well.
    pub vault: Vault,
}

/// Runs the suite against the IUT and tells what happens. The events end with [`RunEvent::Finished`].
pub async fn run(options: RunOptions, events: mpsc::Sender<RunEvent>) -> Outcome {
    let events = Events(events);
    let plan = Plan::new(&options.suite, &options.iut, &options.selection);
    let cancel = options.cancel.clone();
    let director = Arc::new(Director::new(options, events.clone()));
    let interrupted = tokio::select! {
        biased;
        () = director.clone().direct(plan) => false,
        () = patience(&cancel) => true,
    };
    let mut outcome = director.outcome();
    outcome.interrupted = interrupted || cancel.is_cancelled();
    events.tell(RunEvent::Finished(outcome.clone())).await;
    outcome
}

/// How long cases and processes have to stop when the run is cancelled.
const GRACE: Duration = Duration::from_secs(3);

/// Ends some time after the run was cancelled, whatever is still under way then.
async fn patience(cancel: &CancelToken) {
    cancel.cancelled().await;
    tokio::time::sleep(GRACE).await;
}

/// Conducts a run.
struct Director {
    options: RunOptions,
    ics: Arc<judge::Ics>,
    events: Events,
    outcome: Mutex<Outcome>,
}

/// A run whose IUT is there.
struct Production {
    director: Arc<Director>,
    bench: Bench,
    pool: Arc<Pool>,
    /// As many permits as cases may share a process at once.
    places: Arc<Semaphore>,
}

impl Director {
    fn new(options: RunOptions, events: Events) -> Self {
        let ics = Arc::new(options.iut.ics.for_judge());
        Self { options, ics, events, outcome: Mutex::default() }
    }

    async fn direct(self: Arc<Self>, mut plan: Plan) {
        if plan.cases.is_empty() {
            return self.announce(&plan).await;
        }
        let opened = tokio::select! {
            biased;
            () = self.options.cancel.cancelled() => return,
            opened = self.clone().open() => opened,
        };
        match opened {
            Err(fault) => {
                self.announce(&plan).await;
                self.give_up(plan, &fault).await;
            }
            Ok((production, process)) => {
                plan.fit(&process.facts);
                self.announce(&plan).await;
                production.play(plan, process).await;
            }
        }
    }

    /// Binds the peers' sockets and starts the first process of the IUT.
    async fn open(self: Arc<Self>) -> Result<(Production, Arc<Process>), Fault> {
        let Iut { ixit, driver, .. } = &self.options.iut;
        let ixit = Arc::new(ixit.clone());
        let network = bind(&ixit).await?;
        let console = matches!(driver, Driver::Manual(_)).then(Console::terminal);
        let placeholders = Placeholders { harness: network.address() };
        let setting = Setting { ixit: ixit.clone(), placeholders, console };
        let pool = Arc::new(Pool::new(driver.clone(), setting, self.events.clone()));
        let process = pool.start(0).await?;
        let places = Arc::new(Semaphore::new(ixit.limits.parallel as usize));
        let cancel = self.options.cancel.clone();
        let shelf = Shelf::new(ixit.static_lists.clone());
        let (vault, events) = (self.options.vault.clone(), self.events.clone());
        let bench = Bench { ixit, network, shelf, vault, cancel, events };
        Ok((Production { director: self, bench, pool, places }, process))
    }

    async fn announce(&self, plan: &Plan) {
        let cases: Arc<[CaseLabel]> = plan.cases.iter().map(Case::label).collect();
        self.events.tell(RunEvent::Started { cases }).await;
        for left_out in &plan.left_out {
            self.events.tell(RunEvent::LeftOut(left_out.clone())).await;
        }
    }

    /// Every case is an error, for the same reason.
    async fn give_up(&self, plan: Plan, fault: &Fault) {
        self.note_trouble(fault.to_string());
        for case in numbered(plan) {
            let performance = execute::stillborn(&case.1, &self.options.iut.ixit, fault.clone());
            self.conclude(&case, performance).await;
        }
    }

    /// Judges what was played and tells the verdicts.
    async fn conclude(&self, (id, case): &Numbered, performance: Performance) {
        if performance.interrupted {
            return;
        }
        let record = Arc::new(performance.record);
        let duration = record.events.last().map_or_else(Default::default, |event| event.at);
        let judging = {
            let (record, loaded) = (record.clone(), case.scenario.clone());
            let (ledger, ics) = (self.options.ledger.clone(), self.ics.clone());
            let document = case.terms.document;
            move || {
                let profile = wire::profile::by_name(document.as_str())?;
                let scenario = &loaded.scenario;
                Some(judge::judge(&judge::Case {
                    record: &record,
                    scenario,
                    profile,
                    ledger: &ledger,
                    ics: &ics,
                }))
            }
        };
        let turn = self.options.turns.judging().await;
        let judgements = match tokio::task::spawn_blocking(judging).await {
            Ok(judgements) => judgements.unwrap_or_default(),
            Err(error) => {
                self.note_trouble(format!("the judge broke down on {}: {error}", case.label()));
                Vec::new()
            }
        };
        drop(turn);
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).add(&judgements);
        let record = self.options.keep_records.then_some(record);
        self.events.tell(RunEvent::CaseFinished { case: *id, judgements, record, duration }).await;
    }

    fn note_trouble(&self, text: String) {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).troubles.push(text);
    }

    fn outcome(&self) -> Outcome {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Production {
    /// Plays all cases and ends the IUT.
    async fn play(self, plan: Plan, process: Arc<Process>) {
        let this = Arc::new(self);
        for index in 1..this.bench.ixit.instances {
            this.pool.add(Slot::empty(index));
        }
        let scoped = process.facts.scoped;
        let (hostile, sane): (Vec<_>, Vec<_>) = numbered(plan).partition(|(_, case)| case.is_hostile());
        let (shared, alone): (Vec<_>, Vec<_>) =
            sane.into_iter().partition(|(_, case)| scoped && !case.scenario.needs_own_process);
        let mut separately = JoinSet::new();
        for case in in_order(alone) {
            separately.spawn(this.clone().alone(case));
        }
        let again = this.clone().together(shared, &process).await;
        this.pool.add(Slot::with(process, scoped));
        for case in again {
            separately.spawn(this.clone().alone(case));
        }
        this.drain(separately).await;
        // When everything else is over, so that no harm can touch a verdict on conformance.
        for case in hostile {
            this.hostile(case).await;
        }
        this.pool.end().await;
        this.strays().await;
    }

    /// Plays cases at once in one process. Gives back those that have to be played again: where the process broke down,
    /// nobody can tell which of them brought it down.
    async fn together(self: Arc<Self>, cases: Vec<Numbered>, process: &Arc<Process>) -> Vec<Numbered> {
        let mut under_way = JoinSet::new();
        for case in cases {
            under_way.spawn(self.clone().beside_others(case, process.clone()));
        }
        let again: Vec<Numbered> = self.drain(under_way).await.into_iter().flatten().collect();
        if !again.is_empty() {
            let text = format!(
                "the IUT broke down while cases shared it; {} are tried again, each alone",
                again.len()
            );
            self.director.events.tell(RunEvent::Note(text)).await;
        }
        again
    }

    async fn beside_others(self: Arc<Self>, case: Numbered, process: Arc<Process>) -> Option<Numbered> {
        let _turn = self.director.options.turns.wait(&case.1).await;
        let _place = self.places.acquire().await;
        if self.bench.cancel.is_cancelled() {
            return None;
        }
        if process.is_broken() {
            return Some(case);
        }
        self.director.events.tell(RunEvent::CaseStarted { case: case.0 }).await;
        let booking = Booking { processes: vec![process.clone()], exclusive: false };
        let performance = execute::perform(&case, &self.bench, &booking).await;
        if performance.fault.is_some() && process.is_broken() {
            return Some(case);
        }
        self.director.conclude(&case, performance).await;
        None
    }

    async fn alone(self: Arc<Self>, case: Numbered) {
        let _turn = self.director.options.turns.wait(&case.1).await;
        let lease = tokio::select! {
            biased;
            () = self.bench.cancel.cancelled() => return,
            lease = self.pool.lease(case.1.instances(), Past::Forgotten) => lease,
        };
        self.director.events.tell(RunEvent::CaseStarted { case: case.0 }).await;
        let performance = match &lease {
            Ok(lease) => {
                let performance = execute::perform(&case, &self.bench, &lease.booking()).await;
                self.pool.survived(performance.fault.as_ref().filter(|_| lease.is_broken()));
                performance
            }
            Err(fault) => execute::stillborn(&case.1, &self.bench.ixit, fault.clone()),
        };
        // The next case can begin while this one is judged.
        drop(lease);
        self.director.conclude(&case, performance).await;
    }

    /// Plays a case that may do harm, in processes of its own; if they come to harm, the next case gets others.
    async fn hostile(&self, case: Numbered) {
        let _turn = self.director.options.turns.hostile().await;
        let lease = tokio::select! {
            biased;
            () = self.bench.cancel.cancelled() => return,
            lease = self.pool.lease(case.1.instances(), Past::None) => lease,
        };
        self.director.events.tell(RunEvent::CaseStarted { case: case.0 }).await;
        let performance = match &lease {
            Ok(lease) => execute::perform(&case, &self.bench, &lease.booking()).await,
            Err(fault) => execute::stillborn(&case.1, &self.bench.ixit, fault.clone()),
        };
        drop(lease);
        self.director.conclude(&case, performance).await;
    }

    /// Waits for all tasks. One that broke down is the harness's trouble.
    async fn drain<T: 'static>(&self, mut tasks: JoinSet<T>) -> Vec<T> {
        let mut results = Vec::new();
        while let Some(task) = tasks.join_next().await {
            match task {
                Ok(result) => results.push(result),
                Err(error) => {
                    self.director.note_trouble(format!("a case broke down in the harness: {error}"))
                }
            }
        }
        results
    }

    /// Tells of requests that went to nobody, which shows addresses that an IUT got wrong.
    async fn strays(&self) {
        let unclaimed = self.bench.network.unclaimed();
        if unclaimed.requests > 0 {
            let text = format!(
                "{} SIP requests came for users that no peer is, or is any more; they were answered with 404",
                unclaimed.requests
            );
            self.director.events.tell(RunEvent::Note(text)).await;
        }
    }
}

async fn bind(ixit: &Ixit) -> Result<Network, Fault> {
    // Floods are told by the record; this bound is the second line of defence, for each peer.
    let limits = peer::Limits {
        received: usize::try_from(ixit.limits.octets).map_or(usize::MAX, |octets| octets.saturating_mul(2)),
        ..peer::Limits::default()
    };
    let (ip, port, msrp_port) = (ixit.listen, ixit.port, ixit.msrp_port);
    let config = peer::Config { ip, port, msrp_port, limits, ..peer::Config::default() };
    Network::bind(config).await.map_err(|error| Fault::Harness(error.to_string()))
}

fn numbered(plan: Plan) -> impl Iterator<Item = Numbered> {
    (0..).map(CaseId).zip(plan.cases)
}

/// Slow cases first, since everything else can be done while they wait; then those that need few processes: one that waits
/// for many would keep the others waiting.
fn in_order(mut cases: Vec<Numbered>) -> Vec<Numbered> {
    cases.sort_by_key(|(_, case)| (!case.scenario.scenario.slow, case.instances()));
    cases
}
