//! `imdnspec run`: scenarios against an implementation.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use ledger::Ledger;
use report::{JunitProfile, Results, terminal};
use runner::iut::Iut;
use runner::{Cancel, CancelToken, Outcome, RunOptions, Selection};
use scenario::Suite;
use scenario::model::Variant;
use tokio::sync::mpsc;

use crate::failure::Failure;
use crate::live::Live;
use crate::suite;

/// Events that may wait for the terminal.
const EVENTS: usize = 1024;

#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Args {
    /// Scenario files, in place of the built-in suite.
    scenarios: Vec<PathBuf>,
    /// Profile of the implementation under test; without it, the built-in reference.
    #[arg(long, value_name = "FILE")]
    iut: Option<PathBuf>,
    /// Deliberate defect of the built-in reference.
    #[arg(long, value_name = "NAME", conflicts_with = "iut")]
    fault: Option<String>,
    /// Only scenarios whose id fits this pattern; may be repeated.
    #[arg(long = "scenario", value_name = "GLOB")]
    patterns: Vec<String>,
    /// Only scenarios that judge a requirement whose id fits this pattern; may be repeated.
    #[arg(long = "requirement", value_name = "GLOB")]
    requirements: Vec<String>,
    /// Only this transport; may be repeated.
    #[arg(long, value_enum)]
    transport: Vec<TransportArg>,
    /// Scenarios that need minutes of real time as well.
    #[arg(long)]
    slow: bool,
    /// A warning counts as a violation.
    #[arg(long)]
    strict: bool,
    /// Folder for reports.
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    reports: PathBuf,
    /// JUnit file; default: junit.xml in the folder for reports.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Which consumers the JUnit file is for.
    #[arg(long, value_enum, default_value_t = JunitArg::Default)]
    junit_profile: JunitArg,
    /// JSON file; default: run.json in the folder for reports.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Folder for the record of every case: all octets, commands and replies on one time line, as JSON.
    #[arg(long, value_name = "FOLDER")]
    records: Option<PathBuf>,
    /// Show nothing but findings and the summary.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum JunitArg {
    /// junit-10.xsd: Jenkins, GitLab, GitHub actions.
    #[default]
    Default,
    /// Ant's schema as well.
    Ant,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TransportArg {
    /// SIP over UDP.
    Udp,
    /// SIP over TCP.
    Tcp,
    /// SIP over UDP upstream of the implementation and over TCP downstream.
    Mixed,
}

pub(crate) fn run(args: Args) -> crate::Outcome {
    let ledger = Arc::new(suite::ledger()?);
    let selection = args.selection()?;
    let suite = match args.scenarios.as_slice() {
        [] => suite::builtin_with(&ledger, |name| selection.wants_name(name))?,
        files => suite::from_files(files, &ledger)?,
    };
    let iut = args.iut(&ledger)?;
    let suite = Arc::new(suite);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::environment)?;
    let live = Live::new(&suite, &iut.name, args.quiet).keeping(args.records.clone());
    let paint = live.paint();
    let options = |cancel| RunOptions {
        iut,
        suite,
        ledger: ledger.clone(),
        selection,
        keep_records: args.records.is_some(),
        cancel,
    };
    let (outcome, results) = runtime.block_on(conduct(options, live, args.strict));
    write_reports(&args, &results, &ledger)?;
    let shown = terminal::findings(&results, &ledger, paint) + &terminal::summary(&results, &ledger, paint);
    std::io::stdout().write_all(shown.as_bytes())?;
    Ok(outcome.exit_status(args.strict))
}

/// Runs, listens and stops at Ctrl-C.
async fn conduct(
    options: impl FnOnce(CancelToken) -> RunOptions,
    mut live: Live,
    strict: bool,
) -> (Outcome, Results) {
    let (cancel, token) = Cancel::pair();
    let (sender, mut events) = mpsc::channel(EVENTS);
    let interrupt = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
        }
        // Held for the rest of the run: without a handle nobody could be told.
        std::future::pending::<()>().await;
    });
    let run = tokio::spawn(runner::run(options(token), sender));
    while let Some(event) = events.recv().await {
        live.hear(event);
    }
    interrupt.abort();
    let outcome = run.await.unwrap_or_else(|error| Outcome {
        troubles: vec![format!("the harness broke down: {error}")],
        ..Outcome::default()
    });
    let results = live.finish(&outcome, strict);
    (outcome, results)
}

fn write_reports(args: &Args, results: &Results, ledger: &Ledger) -> Result<(), Failure> {
    let profile = match args.junit_profile {
        JunitArg::Default => JunitProfile::Default,
        JunitArg::Ant => JunitProfile::Ant,
    };
    let junit = report::junit(results, ledger, profile).map_err(Failure::environment)?;
    write(args.junit.as_deref(), &args.reports.join("junit.xml"), &junit)?;
    let json = report::json(results).map_err(Failure::environment)?;
    write(args.json.as_deref(), &args.reports.join("run.json"), &json)
}

fn write(wanted: Option<&Path>, default: &Path, text: &str) -> Result<(), Failure> {
    report::write_atomically(wanted.unwrap_or(default), text.as_bytes()).map_err(Failure::environment)
}

impl Args {
    fn iut(&self, ledger: &Ledger) -> Result<Iut, Failure> {
        let Some(path) = &self.iut else {
            let fault = self.fault.as_deref().map(crate::serve::fault).transpose()?;
            return reference_iut(fault.map(|fault| fault.name));
        };
        suite::read_profile(path, ledger)
    }

    fn selection(&self) -> Result<Selection, Failure> {
        let variants = self.transport.iter().map(|transport| match transport {
            TransportArg::Udp => Variant::Udp,
            TransportArg::Tcp => Variant::Tcp,
            TransportArg::Mixed => Variant::Mixed,
        });
        let patterns =
            |texts: &[String]| Selection::patterns(texts).map_err(|error| Failure::Usage(error.to_string()));
        Ok(Selection {
            scenarios: patterns(&self.patterns)?,
            requirements: patterns(&self.requirements)?,
            variants: variants.collect(),
            slow: self.slow,
            ..Selection::default()
        })
    }
}

/// The reference as a process of its own: this program with `serve`.
pub(crate) fn reference_iut(fault: Option<&str>) -> Result<Iut, Failure> {
    let program = std::env::current_exe().map_err(Failure::environment)?;
    Ok(runner::iut::reference(program, fault))
}

/// A run without terminal, for other subcommands.
pub(crate) async fn silently(
    suite: Arc<Suite>,
    ledger: Arc<Ledger>,
    iut: Iut,
    selection: Selection,
) -> (Outcome, Results) {
    let live = Live::new(&suite, &iut.name, true);
    let options = |cancel| RunOptions { iut, suite, ledger, selection, keep_records: false, cancel };
    conduct(options, live, false).await
}
