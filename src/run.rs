//! `imdnspec run`: scenarios against an implementation.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use ledger::Ledger;
use report::{JunitProfile, Results, terminal};
use runner::iut::Iut;
use runner::{Selection, Vault};
use scenario::model::Variant;

use crate::conduct::{Order, Performance, conduct, reference_iuts};
use crate::failure::Failure;
use crate::live::{Live, Shown};
use crate::suite;

/// Threads that judge. More than there is work for would each keep memory of their own.
const JUDGES: usize = 2;

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
    /// Hostile input as well: scenarios that look whether the implementation dies, hangs or fetches what it should not. They run
    /// last, and their findings stand apart from conformance. `--requirement 'ROB-*'` chooses nothing else.
    #[arg(long)]
    hostile: bool,
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
    /// Show the ladder of every case of this scenario: who sent what to whom, and which arrow broke a requirement; `failed`
    /// shows those of all cases that failed; may be repeated.
    #[arg(long, value_name = "SCENARIO")]
    show: Vec<String>,
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
    /// Messages in MSRP sessions, set up by SIP over TCP.
    Msrp,
}

pub(crate) fn run(args: Args) -> crate::Outcome {
    let ledger = Arc::new(suite::ledger()?);
    let selection = args.selection()?;
    let mut suite = match args.scenarios.as_slice() {
        [] => suite::builtin_with(&ledger, |name| selection.wants_name(name))?,
        files => suite::from_files(files, &ledger)?,
    };
    let iuts = args.iuts(&ledger)?;
    if args.iut.is_none() {
        // What the reference does not play says nothing about anybody.
        suite::keep_documents_of(&mut suite, &iuts);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(JUDGES)
        .enable_all()
        .build()
        .map_err(Failure::environment)?;
    let live = Live::new(&suite, &iuts, args.quiet).keeping(args.records.clone()).showing(args.shown()?);
    let paint = live.paint();
    let (suite, vault) = (Arc::new(suite), Vault::default());
    let order = Order { iuts, suite, ledger: ledger.clone(), selection, vault };
    let Performance { outcome, results, ladders } = runtime.block_on(conduct(order, live, args.strict));
    write_reports(&args, &results, &ledger)?;
    let shown = ladders
        + &terminal::findings(&results, &ledger, paint)
        + &terminal::summary(&results, &ledger, paint);
    std::io::stdout().write_all(shown.as_bytes())?;
    Ok(outcome.exit_status(args.strict))
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
    fn iuts(&self, ledger: &Ledger) -> Result<Vec<Iut>, Failure> {
        let Some(path) = &self.iut else {
            return reference_iuts(self.fault.as_deref().map(crate::serve::fault).transpose()?);
        };
        suite::read_profile(path, ledger).map(|iut| vec![iut])
    }

    fn shown(&self) -> Result<Shown, Failure> {
        Shown::new(&self.show).map_err(|error| Failure::Usage(error.to_string()))
    }

    fn selection(&self) -> Result<Selection, Failure> {
        let variants = self.transport.iter().map(|transport| match transport {
            TransportArg::Udp => Variant::Udp,
            TransportArg::Tcp => Variant::Tcp,
            TransportArg::Mixed => Variant::Mixed,
            TransportArg::Msrp => Variant::Msrp,
        });
        let patterns =
            |texts: &[String]| Selection::patterns(texts).map_err(|error| Failure::Usage(error.to_string()));
        Ok(Selection {
            scenarios: patterns(&self.patterns)?,
            requirements: patterns(&self.requirements)?,
            variants: variants.collect(),
            slow: self.slow,
            hostile: self.hostile,
            ..Selection::default()
        })
    }
}
