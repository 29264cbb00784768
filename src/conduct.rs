//! Running a suite against one or more implementations, as one run with one set of results.

use std::sync::Arc;
use std::time::Duration;

use ledger::{Document, Ledger};
use reference::Fault;
use report::Results;
use runner::iut::{Iut, ReferencePart, ReferenceRole};
use runner::{Cancel, CancelToken, Outcome, RunEvent, RunOptions, Selection, Turns, Vault};
use scenario::{LoadedScenario, Suite};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::failure::Failure;
use crate::live::Live;

/// Events that may wait for the terminal.
const EVENTS: usize = 1024;

/// How often what is shown of waiting cases is renewed.
const TICK: Duration = Duration::from_secs(1);

/// What is to be run.
pub(crate) struct Order {
    /// The implementations; a scenario is for the first that plays its role by its document.
    pub(crate) iuts: Vec<Iut>,
    pub(crate) suite: Arc<Suite>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) selection: Selection,
    /// What is signed and encrypted with.
    pub(crate) vault: Vault,
}

/// What came of it.
pub(crate) struct Performance {
    pub(crate) outcome: Outcome,
    pub(crate) results: Results,
    /// The ladders that were asked for.
    pub(crate) ladders: String,
}

impl Order {
    /// One run an implementation.
    fn runs(&self, keep_records: bool, cancel: &CancelToken) -> Vec<RunOptions> {
        let turns = Turns::default();
        let run = |(index, iut): (usize, &Iut)| RunOptions {
            iut: iut.clone(),
            suite: Arc::new(self.share(index)),
            ledger: self.ledger.clone(),
            selection: self.selection.clone(),
            keep_records,
            cancel: cancel.clone(),
            turns: turns.clone(),
            vault: self.vault.clone(),
        };
        self.iuts.iter().enumerate().map(run).collect()
    }

    /// The scenarios for one of the implementations. What none of them plays is left out by the first. What each of them withstands is
    /// its own affair.
    fn share(&self, index: usize) -> Suite {
        let plays = |iut: &Iut, scenario: &LoadedScenario| iut.ics.terms(scenario).is_ok();
        let first = |scenario: &LoadedScenario| self.iuts.iter().position(|iut| plays(iut, scenario));
        let own = |scenario: &&Arc<LoadedScenario>| {
            let hostile = scenario.document.is_robustness() && plays(&self.iuts[index], scenario);
            hostile || first(scenario).unwrap_or_default() == index
        };
        Suite { scenarios: self.suite.scenarios.iter().filter(own).cloned().collect() }
    }
}

/// Runs, listens and stops at Ctrl-C.
pub(crate) async fn conduct(order: Order, mut live: Live, strict: bool) -> Performance {
    let (cancel, token) = Cancel::pair();
    let interrupt = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
        }
        // Held for the rest of the run: without a handle nobody could be told.
        std::future::pending::<()>().await;
    });
    let (sender, mut events) = mpsc::channel(EVENTS);
    let runs = order.runs(live.wants_records(), &token).into_iter().enumerate();
    let runs: Vec<_> = runs.map(|(index, options)| start(index, options, &sender)).collect();
    drop(sender);
    let mut tick = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some((run, event)) => live.hear(run, event),
                None => break,
            },
            _ = tick.tick() => live.tick(),
        }
    }
    interrupt.abort();
    let mut outcome = Outcome::default();
    for run in runs {
        outcome.join(run.await.unwrap_or_else(|error| broken_down(&error)));
    }
    live.finish(outcome, strict)
}

/// Starts one of the runs; its events come with its number.
fn start(index: usize, options: RunOptions, sender: &mpsc::Sender<(usize, RunEvent)>) -> JoinHandle<Outcome> {
    let (told, mut heard) = mpsc::channel(EVENTS);
    let sender = sender.clone();
    tokio::spawn(async move {
        while let Some(event) = heard.recv().await {
            if sender.send((index, event)).await.is_err() {
                break;
            }
        }
    });
    tokio::spawn(runner::run(options, told))
}

fn broken_down(error: &tokio::task::JoinError) -> Outcome {
    Outcome { troubles: vec![format!("the harness broke down: {error}")], ..Outcome::default() }
}

/// A run without terminal, for other subcommands.
pub(crate) async fn silently(order: Order) -> (Outcome, Results) {
    let live = Live::new(&order.suite, &order.iuts, true);
    let Performance { outcome, results, .. } = conduct(order, live, false).await;
    (outcome, results)
}

/// The reference as processes of its own, this program with `serve`: one for each part, or for each that has the fault.
pub(crate) fn reference_iuts(fault: Option<&Fault>) -> Result<Vec<Iut>, Failure> {
    let program = std::env::current_exe().map_err(Failure::environment)?;
    let parts = ReferencePart::ALL.into_iter().filter(|part| fault.is_none_or(|fault| has(*part, fault)));
    let iut = |part| runner::iut::reference(program.clone(), part, fault.map(|fault| fault.name));
    Ok(parts.map(iut).collect())
}

/// Whether that part of the reference can have the fault.
fn has(part: ReferencePart, fault: &Fault) -> bool {
    let role = match part.role {
        ReferenceRole::Endpoint => reference::Role::Endpoint,
        ReferenceRole::B2bua => reference::Role::B2bua,
    };
    let Some(document) = Document::of_id(fault.requirement) else { return false };
    // A frailty is the same in every part; one of them shows whether it is found.
    let goes_by = match document {
        Document::Robustness => part.document == Document::Rfc5438 && part.role == ReferenceRole::Endpoint,
        document => part.documents().contains(&document),
    };
    fault.roles.contains(&role) && goes_by
}

/// Whether some part of the reference can have the fault.
pub(crate) fn is_played(fault: &Fault) -> bool {
    ReferencePart::ALL.into_iter().any(|part| has(part, fault))
}
