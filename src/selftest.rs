//! `imdnspec selftest`: the suite is tried against every fault of the reference.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use judge::{Judgement, Verdict};
use ledger::{Document, Ledger, RequirementId};
use reference::Fault;
use report::{CaseResult, Results};
use runner::iut::Iut;
use runner::{ExitStatus, Outcome, Selection, Vault};
use scenario::Suite;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::conduct::{Order, reference_iuts, silently};
use crate::failure::Failure;
use crate::suite;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these faults, by name; default: all.
    faults: Vec<String>,
    /// The frailties of the reference as well, which hostile input has to find.
    #[arg(long)]
    hostile: bool,
    /// Write the kill matrix as JSON; the contract is in docs/output-formats.md.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// How many faults are tried at once.
    #[arg(long, default_value_t = 4)]
    jobs: usize,
}

/// What became of one fault.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    requirement: &'static str,
    /// Whether its own requirement found it.
    killed: bool,
    /// Scenario variants in which that happened.
    by: Vec<String>,
    /// Findings on requirements that have nothing to do with it.
    strays: Vec<String>,
}

#[derive(Serialize)]
struct Matrix {
    version: u32,
    faults: Vec<Row>,
}

pub(crate) fn run(args: Args) -> crate::Outcome {
    let ledger = Arc::new(suite::ledger()?);
    let faults = chosen(&args.faults, args.hostile)?;
    let mut suite = suite::builtin(&ledger)?;
    suite::keep_documents_of(&mut suite, &with_any_of(&faults)?);
    if faults.iter().all(|fault| is_frailty(fault)) {
        suite.scenarios.retain(|scenario| scenario.document.is_robustness());
    }
    let hostile = faults.iter().any(|fault| is_frailty(fault));
    let (suite, vault) = (Arc::new(suite), Vault::default());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::environment)?;
    let sound = runtime.block_on(control(&suite, &ledger, hostile, &vault))?;
    let rows = runtime.block_on(try_all(&faults, args.jobs, &suite, &ledger, &vault))?;
    let complete = rows.iter().all(|row| row.killed && row.strays.is_empty());
    let killed = rows.iter().filter(|row| row.killed).count();
    let strays: usize = rows.iter().map(|row| row.strays.len()).sum();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "\n{killed} of {} faults killed by their own requirement, {strays} stray findings",
        rows.len()
    )?;
    if let Some(path) = args.json {
        let text = serde_json::to_string_pretty(&Matrix { version: 1, faults: rows })
            .map_err(Failure::environment)?;
        report::write_atomically(&path, (text + "\n").as_bytes()).map_err(Failure::environment)?;
    }
    Ok(if complete && sound { ExitStatus::Conformant } else { ExitStatus::Violation })
}

/// All faults of the documents that the reference is run by, with its frailties or without, or those of these names, which
/// documents may share.
fn chosen(names: &[String], hostile: bool) -> Result<Vec<&'static Fault>, Failure> {
    names.iter().try_for_each(|name| crate::serve::fault(name).map(|_| ()))?;
    let is_named = |fault: &Fault| match names {
        [] => hostile || !is_frailty(fault),
        names => names.iter().any(|name| name == fault.name),
    };
    let played = reference::faults().iter().filter(|fault| crate::conduct::is_played(fault));
    Ok(played.filter(|fault| is_named(fault)).collect())
}

/// The parts of the reference that these faults are in: what documents say that no fault is of is not tried.
fn with_any_of(faults: &[&Fault]) -> Result<Vec<Iut>, Failure> {
    let parts = faults.iter().map(|fault| reference_iuts(Some(fault)));
    Ok(parts.collect::<Result<Vec<_>, _>>()?.concat())
}

/// Whether hostile input is what finds it.
fn is_frailty(fault: &Fault) -> bool {
    Document::of_id(fault.requirement).is_some_and(Document::is_robustness)
}

/// The whole suite against the reference, with that fault.
fn order(
    suite: Arc<Suite>,
    ledger: &Arc<Ledger>,
    fault: Option<&Fault>,
    hostile: bool,
    vault: &Vault,
) -> Result<Order, Failure> {
    let selection = Selection { hostile, ..Selection::default() };
    Ok(Order { iuts: reference_iuts(fault)?, suite, ledger: ledger.clone(), selection, vault: vault.clone() })
}

/// The conformant reference has to pass everything; else a kill says nothing.
async fn control(
    suite: &Arc<Suite>,
    ledger: &Arc<Ledger>,
    hostile: bool,
    vault: &Vault,
) -> Result<bool, Failure> {
    let (outcome, results) = silently(order(suite.clone(), ledger, None, hostile, vault)?).await;
    let passed = outcome.passed + outcome.withstood;
    let offences: Vec<String> = offences(&results).map(|(case, judgement)| label(case, judgement)).collect();
    let mut out = std::io::stdout();
    writeln!(out, "conformant reference: {passed} passes, {} offences", offences.len())?;
    for offence in offences.iter().chain(&outcome.troubles) {
        writeln!(out, "  {offence}")?;
    }
    Ok(offences.is_empty() && outcome.troubles.is_empty() && passed > 0)
}

async fn try_all(
    faults: &[&'static Fault],
    jobs: usize,
    suite: &Arc<Suite>,
    ledger: &Arc<Ledger>,
    vault: &Vault,
) -> Result<Vec<Row>, Failure> {
    let permits = Arc::new(Semaphore::new(jobs.max(1)));
    let mut tasks = JoinSet::new();
    for (index, fault) in faults.iter().enumerate() {
        let (permits, ledger) = (permits.clone(), ledger.clone());
        let suite = Arc::new(worth_trying(suite, &ledger, fault));
        let order = order(suite, &ledger, Some(fault), is_frailty(fault), vault)?;
        let fault: &'static Fault = fault;
        tasks.spawn(async move {
            let _permit = permits.acquire().await;
            let (outcome, results) = silently(order).await;
            (index, row(&ledger, fault, &outcome, &results))
        });
    }
    let mut rows = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (index, row) = done.map_err(Failure::environment)?;
        tell(&row)?;
        rows.push((index, row));
    }
    rows.sort_by_key(|(index, _)| *index);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// The suite with only those scenarios of volume that judge the fault. What is sane finds no frailty, and what is hostile nothing
/// else.
fn worth_trying(suite: &Suite, ledger: &Ledger, fault: &Fault) -> Suite {
    let concerns = |id: &RequirementId| related(ledger, fault, id.as_str());
    let of_kind = suite.scenarios.iter().filter(|one| one.document.is_robustness() == is_frailty(fault));
    let wanted = of_kind.filter(|scenario| {
        !scenario.scenario.is_of_volume() || scenario.requirements().into_iter().any(concerns)
    });
    Suite { scenarios: wanted.cloned().collect() }
}

/// Whether a finding on this requirement may come from the fault: the two stand in one group, it is a side effect that the
/// ledger knows, or one of them is a roll-up of something that stands in a group with the other.
fn related(ledger: &Ledger, fault: &Fault, requirement: &str) -> bool {
    let (Ok(own), Ok(other)) =
        (fault.requirement.parse::<RequirementId>(), requirement.parse::<RequirementId>())
    else {
        return false;
    };
    ledger.may_turn_red(&own, &other) || rolls_up(ledger, &own, &other) || rolls_up(ledger, &other, &own)
}

/// Whether the first is a roll-up that gathers something which may go red together with the second.
fn rolls_up(ledger: &Ledger, first: &RequirementId, second: &RequirementId) -> bool {
    let gathered = |up: &ledger::RollUp| {
        ledger.iter().any(|r| up.gathers(&r.id) && ledger.may_go_red_together(&r.id, second))
    };
    ledger.rollups().iter().any(|up| up.id == *first && gathered(up))
}

fn row(ledger: &Ledger, fault: &'static Fault, outcome: &Outcome, results: &Results) -> Row {
    let mut by = BTreeSet::new();
    let mut strays: BTreeSet<String> = outcome.troubles.iter().cloned().collect();
    for (case, judgement) in offences(results) {
        if judgement.requirement == fault.requirement && judgement.verdict != Verdict::Error {
            by.insert(format!("{} [{}]", case.scenario, case.variant));
        } else if judgement.verdict == Verdict::Error || !related(ledger, fault, &judgement.requirement) {
            strays.insert(label(case, judgement));
        }
    }
    let Fault { name, requirement, .. } = fault;
    let killed = !by.is_empty();
    Row { name, requirement, killed, by: by.into_iter().collect(), strays: strays.into_iter().collect() }
}

fn offences(results: &Results) -> impl Iterator<Item = (&CaseResult, &Judgement)> {
    results.judgements().filter(|(_, judgement)| judgement.verdict >= Verdict::Warning)
}

fn label(case: &CaseResult, judgement: &Judgement) -> String {
    let reason = judgement.findings.iter().find(|found| found.verdict == judgement.verdict);
    let reason =
        reason.map_or_else(String::new, |found| format!(": {}", record::visible(found.message.as_bytes())));
    format!("{} in {} [{}]{reason}", judgement.requirement, case.scenario, case.variant)
}

fn tell(row: &Row) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    let verdict = if row.killed { "killed  " } else { "SURVIVED" };
    writeln!(out, "{verdict} {:<36} {:<16} by {} cases", row.name, row.requirement, row.by.len())?;
    row.strays.iter().try_for_each(|stray| writeln!(out, "    stray {stray}"))
}
