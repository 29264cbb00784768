//! What a run shows while it goes on, and what it leaves for the reports.

use std::collections::{BTreeMap, HashMap};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use judge::{Finding, Judgement, Verdict};
use record::Record;
use report::{CaseResult, Paint, Results, Side, Source, terminal};
use runner::iut::Iut;
use runner::plan::BadPattern;
use runner::{CaseLabel, LeftOut, Outcome, RunEvent, Selection};
use scenario::model::Scenario;
use scenario::{LoadedScenario, Suite};
use time::OffsetDateTime;

use crate::conduct::Performance;
use crate::failure::Failure;

/// Listens to runs.
pub(crate) struct Live {
    scenarios: HashMap<String, Arc<LoadedScenario>>,
    sources: HashMap<String, Source>,
    runs: Vec<Run>,
    not_applicable: Vec<CaseResult>,
    left_out: Vec<(String, String)>,
    started: OffsetDateTime,
    clock: Instant,
    paint: Paint,
    bar: ProgressBar,
    silent: bool,
    records: Option<PathBuf>,
    shown: Shown,
    waits: Vec<Wait>,
}

/// One run, against one implementation.
#[derive(Default)]
struct Run {
    /// The name of the implementation, with that which it gives itself.
    iut: String,
    /// Whether it has given itself a name; a process that takes another's place gives the same.
    is_named: bool,
    cases: Arc<[CaseLabel]>,
    done: Vec<Option<CaseResult>>,
    /// The ladders that were asked for, by case.
    ladders: BTreeMap<usize, String>,
}

/// A case that lets real time pass.
struct Wait {
    until: Instant,
    why: String,
}

/// Whose ladders are wanted.
#[derive(Default)]
pub(crate) struct Shown {
    patterns: Vec<globset::GlobMatcher>,
    failed: bool,
}

/// The word for the ladders of all cases that failed.
const FAILED: &str = "failed";

impl Shown {
    /// Patterns for scenario ids, or [`FAILED`].
    pub(crate) fn new(texts: &[String]) -> Result<Self, BadPattern> {
        let (failed, patterns): (Vec<_>, Vec<_>) = texts.iter().partition(|text| *text == FAILED);
        Ok(Self { patterns: Selection::patterns(patterns)?, failed: !failed.is_empty() })
    }

    fn is_empty(&self) -> bool {
        self.patterns.is_empty() && !self.failed
    }

    fn wants(&self, case: &CaseResult) -> bool {
        let failed = || case.judgements.iter().any(|one| one.verdict >= Verdict::Fail);
        self.patterns.iter().any(|pattern| pattern.is_match(&case.scenario)) || (self.failed && failed())
    }
}

impl Live {
    /// Listens to one run for each of the implementations, silently or with progress.
    pub(crate) fn new(suite: &Suite, iuts: &[Iut], silent: bool) -> Self {
        let key = |scenario: &LoadedScenario| scenario.id.clone();
        let sources = suite.scenarios.iter().map(|s| (s.source.name.clone(), source(s)));
        Self {
            scenarios: suite.scenarios.iter().map(|s| (key(s), s.clone())).collect(),
            sources: sources.collect(),
            runs: iuts.iter().map(|iut| Run { iut: iut.name.clone(), ..Run::default() }).collect(),
            not_applicable: Vec::new(),
            left_out: Vec::new(),
            started: OffsetDateTime::now_utc(),
            clock: Instant::now(),
            paint: paint(),
            bar: if silent { ProgressBar::hidden() } else { bar() },
            silent,
            records: None,
            shown: Shown::default(),
            waits: Vec::new(),
        }
    }

    /// Writes the record of every case to this folder, if there is one.
    pub(crate) fn keeping(mut self, records: Option<PathBuf>) -> Self {
        self.records = records;
        self
    }

    /// Draws the ladders of these cases.
    pub(crate) fn showing(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }

    /// How words are set off.
    pub(crate) const fn paint(&self) -> Paint {
        self.paint
    }

    /// Whether anything is to be made of records.
    pub(crate) fn wants_records(&self) -> bool {
        self.records.is_some() || !self.shown.is_empty()
    }

    /// Takes note of an event of one of the runs.
    pub(crate) fn hear(&mut self, run: usize, event: RunEvent) {
        match event {
            RunEvent::Started { cases } => {
                self.bar.inc_length(cases.len() as u64);
                self.runs[run].done.resize_with(cases.len(), || None);
                self.runs[run].cases = cases;
            }
            RunEvent::IutReady { process: 0, facts } => {
                let run = &mut self.runs[run];
                if let Some(known) = facts.implementation.as_ref().filter(|_| !run.is_named) {
                    run.iut = format!("{} ({} {})", run.iut, known.name, known.version);
                    run.is_named = true;
                }
            }
            RunEvent::LeftOut(left_out) => self.left_out(left_out),
            RunEvent::CaseFinished { case, judgements, record, duration } => {
                self.finished(run, case.0 as usize, judgements, record.as_deref(), duration);
            }
            RunEvent::Waiting { case, length, why } => self.waiting(run, case.0 as usize, length, why),
            RunEvent::Note(note) => self.say(&format!("note: {}", record::visible(note.as_bytes()))),
            RunEvent::IutReady { .. } | RunEvent::CaseStarted { .. } | RunEvent::Finished(_) => {}
        }
    }

    fn finished(
        &mut self,
        run: usize,
        case: usize,
        judgements: Vec<Judgement>,
        record: Option<&Record>,
        duration: Duration,
    ) {
        self.bar.inc(1);
        let Some(label) = self.runs[run].cases.get(case).cloned() else { return };
        if let Some(record) = record {
            self.keep(&label, record);
        }
        let Some(finished) = self.result(&label, judgements, duration) else { return };
        self.say(&terminal::case_line(&finished, self.paint));
        if let Some(record) = record.filter(|_| self.shown.wants(&finished)) {
            let ladder = self.ladder(&label, record, &finished.judgements);
            self.runs[run].ladders.insert(case, ladder);
        }
        self.runs[run].done[case] = Some(finished);
    }

    fn ladder(&self, label: &CaseLabel, record: &Record, judgements: &[Judgement]) -> String {
        let peers = self.scenarios.get(&id_of(label)).map_or_else(Vec::new, |one| sides(&one.scenario));
        let document =
            &label.terms.map_or_else(|| label.document.clone(), |terms| terms.document.to_string());
        let (peers, width, paint) = (&peers[..], width(), self.paint);
        report::Ladder { record, judgements, document, peers, width, paint }.draw()
    }

    fn waiting(&mut self, run: usize, case: usize, length: Duration, why: String) {
        let why = record::visible(why.as_bytes());
        let case = self.runs[run].cases.get(case).map_or_else(String::new, ToString::to_string);
        self.say(&format!("note: {case} waits {} s: {why}", length.as_secs()));
        self.waits.push(Wait { until: Instant::now() + length, why });
        self.tick();
    }

    /// Counts down what cases wait for.
    pub(crate) fn tick(&mut self) {
        let now = Instant::now();
        self.waits.retain(|wait| wait.until > now);
        let message = match self.waits.iter().max_by_key(|wait| wait.until) {
            None => String::new(),
            Some(last) => {
                let seconds = (last.until - now).as_secs();
                format!(", {} waiting, {seconds} s to go: {}", self.waits.len(), last.why)
            }
        };
        self.bar.set_message(message);
    }

    /// A case that the ICS excludes makes its requirements not applicable; one that was not asked for makes nothing.
    fn left_out(&mut self, left_out: LeftOut) {
        let LeftOut { label, reason } = left_out;
        if reason == runner::Reason::NotSelected {
            return;
        }
        if !reason.is_not_applicable() {
            self.left_out.push((label.to_string(), reason.to_string()));
            return;
        }
        let Some(scenario) = self.scenarios.get(&id_of(&label)) else { return };
        let judgement = |requirement: &ledger::RequirementId| Judgement {
            requirement: requirement.to_string(),
            scenario: label.scenario.clone(),
            variant: label.variant.to_string(),
            verdict: Verdict::NotApplicable,
            findings: vec![not_applicable(&reason.to_string())],
        };
        let judgements = scenario.requirements().into_iter().map(judgement).collect();
        self.not_applicable.extend(self.result(&label, judgements, Duration::ZERO));
    }

    fn result(
        &self,
        label: &CaseLabel,
        judgements: Vec<Judgement>,
        duration: Duration,
    ) -> Option<CaseResult> {
        let scenario = self.scenarios.get(&id_of(label))?;
        Some(CaseResult {
            document: label.document.clone(),
            section: label.section.clone(),
            role: label.terms.map_or(scenario.role, |terms| terms.role).to_string(),
            scenario: label.scenario.clone(),
            title: scenario.scenario.title.clone(),
            variant: label.variant.to_string(),
            terms: label.terms.map(|terms| terms.document.to_string()),
            source: self.sources.get(&scenario.source.name)?.clone(),
            duration,
            judgements,
        })
    }

    fn keep(&self, label: &CaseLabel, record: &Record) {
        let Some(folder) = &self.records else { return };
        let terms =
            label.terms.map_or_else(String::new, |terms| format!("-{}-{}", terms.document, terms.role));
        let name = format!("{}-{}{terms}.json", record.scenario.replace('/', "-"), record.variant);
        let text = serde_json::to_vec_pretty(record).map_err(Failure::environment);
        let written = text.and_then(|text| {
            report::write_atomically(&folder.join(name), &text).map_err(Failure::environment)
        });
        if let Err(failure) = written {
            self.say(&format!("note: {failure}"));
        }
    }

    fn say(&self, line: &str) {
        if self.silent {
            return;
        }
        self.bar.suspend(|| {
            // Nobody may be reading; the reports are written all the same.
            let _ = writeln!(std::io::stdout(), "{line}");
        });
    }

    /// The results, when all runs are over.
    pub(crate) fn finish(self, outcome: Outcome, strict: bool) -> Performance {
        self.bar.finish_and_clear();
        let iut = tested(&self.runs);
        let (mut cases, mut ladders) = (Vec::new(), String::new());
        for run in self.runs {
            cases.extend(run.done.into_iter().flatten());
            ladders.extend(run.ladders.into_values());
        }
        cases.extend(self.not_applicable);
        let results = Results {
            iut,
            started: self.started,
            duration: self.clock.elapsed(),
            strict,
            interrupted: outcome.interrupted,
            cases,
            left_out: self.left_out,
            troubles: outcome.troubles.clone(),
        };
        Performance { outcome, results, ladders }
    }
}

/// The names of the implementations that had something to do; of all, if none had.
fn tested(runs: &[Run]) -> String {
    let idle = runs.iter().all(|run| run.cases.is_empty());
    let names = runs.iter().filter(|run| idle || !run.cases.is_empty()).map(|run| run.iut.as_str());
    names.collect::<Vec<_>>().join(" and ")
}

/// The peers of a scenario and where they stand; X is the bystander of INTERPRETATIONS part A.
fn sides(scenario: &Scenario) -> Vec<(String, Side)> {
    let side = |name: &str| match name {
        _ if scenario.is_downstream(name) => Side::Downstream,
        _ if name.starts_with('X') => Side::Bystander,
        _ => Side::Upstream,
    };
    scenario.peer_names().map(|name| (name.clone(), side(&name))).collect()
}

/// How many columns a ladder may take.
fn width() -> usize {
    let terminal = console::Term::stdout();
    if terminal.is_term() { usize::from(terminal.size().1).min(report::WIDEST) } else { report::WIDEST }
}

fn id_of(label: &CaseLabel) -> String {
    format!("{}/{}", label.document, label.scenario)
}

fn source(scenario: &LoadedScenario) -> Source {
    Source { name: scenario.source.name.as_str().into(), text: scenario.source.text.as_str().into() }
}

fn not_applicable(reason: &str) -> Finding {
    Finding {
        verdict: Verdict::NotApplicable,
        oracle: "ics".into(),
        message: reason.to_owned(),
        admissible: String::new(),
        reading: None,
        asserted_at: None,
        class: None,
        evidence: Vec::new(),
    }
}

fn paint() -> Paint {
    if std::io::stdout().is_terminal() && console::colors_enabled() { Paint::Ansi } else { Paint::Plain }
}

/// Progress goes to standard error, so that standard output can be kept.
fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} cases, {elapsed}{msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
