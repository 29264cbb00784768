//! What a run shows while it goes on, and what it leaves for the reports.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use judge::{Finding, Judgement, Verdict};
use record::Record;
use report::{CaseResult, Paint, Results, Source, terminal};
use runner::{CaseLabel, LeftOut, Outcome, RunEvent};
use scenario::{LoadedScenario, Suite};
use time::OffsetDateTime;

use crate::failure::Failure;

/// Listens to a run.
pub(crate) struct Live {
    scenarios: HashMap<String, Arc<LoadedScenario>>,
    sources: HashMap<String, Source>,
    cases: Arc<[CaseLabel]>,
    done: Vec<Option<CaseResult>>,
    not_applicable: Vec<CaseResult>,
    left_out: Vec<(String, String)>,
    iut: String,
    started: OffsetDateTime,
    clock: Instant,
    paint: Paint,
    bar: ProgressBar,
    silent: bool,
    records: Option<PathBuf>,
}

impl Live {
    /// Listens silently or with progress; `iut` is its name until it gives its own.
    pub(crate) fn new(suite: &Suite, iut: &str, silent: bool) -> Self {
        let key = |scenario: &LoadedScenario| scenario.id.clone();
        let sources = suite.scenarios.iter().map(|s| (s.source.name.clone(), source(s)));
        Self {
            scenarios: suite.scenarios.iter().map(|s| (key(s), Arc::new(s.clone()))).collect(),
            sources: sources.collect(),
            cases: Arc::new([]),
            done: Vec::new(),
            not_applicable: Vec::new(),
            left_out: Vec::new(),
            iut: iut.to_owned(),
            started: OffsetDateTime::now_utc(),
            clock: Instant::now(),
            paint: paint(),
            bar: if silent { ProgressBar::hidden() } else { bar() },
            silent,
            records: None,
        }
    }

    /// Writes the record of every case to this folder, if there is one.
    pub(crate) fn keeping(mut self, records: Option<PathBuf>) -> Self {
        self.records = records;
        self
    }

    /// How words are set off.
    pub(crate) const fn paint(&self) -> Paint {
        self.paint
    }

    /// Takes note of an event.
    pub(crate) fn hear(&mut self, event: RunEvent) {
        match event {
            RunEvent::Started { cases } => {
                self.bar.set_length(cases.len() as u64);
                self.done.resize_with(cases.len(), || None);
                self.cases = cases;
            }
            RunEvent::IutReady { process: 0, facts } => {
                if let Some(implementation) = &facts.implementation {
                    self.iut = format!("{} ({} {})", self.iut, implementation.name, implementation.version);
                }
            }
            RunEvent::LeftOut(left_out) => self.left_out(left_out),
            RunEvent::CaseFinished { case, judgements, record, duration } => {
                if let Some(record) = record {
                    self.keep(&record);
                }
                let index = case.0 as usize;
                let finished = self
                    .cases
                    .get(index)
                    .cloned()
                    .and_then(|label| self.result(&label, judgements, duration));
                if let Some(finished) = finished {
                    self.say(&terminal::case_line(&finished, self.paint));
                    self.done[index] = Some(finished);
                }
                self.bar.inc(1);
            }
            RunEvent::Note(note) => self.say(&format!("note: {}", record::visible(note.as_bytes()))),
            RunEvent::IutReady { .. }
            | RunEvent::CaseStarted { .. }
            | RunEvent::Waiting { .. }
            | RunEvent::Finished(_) => {}
        }
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
            role: scenario.role.to_string(),
            scenario: label.scenario.clone(),
            title: scenario.scenario.title.clone(),
            variant: label.variant.to_string(),
            source: self.sources.get(&scenario.source.name)?.clone(),
            duration,
            judgements,
        })
    }

    fn keep(&self, record: &Record) {
        let Some(folder) = &self.records else { return };
        let name = format!("{}-{}.json", record.scenario.replace('/', "-"), record.variant);
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

    /// The results, when the run is over.
    pub(crate) fn finish(self, outcome: &Outcome, strict: bool) -> Results {
        self.bar.finish_and_clear();
        let cases = self.done.into_iter().flatten().chain(self.not_applicable);
        Results {
            iut: self.iut,
            started: self.started,
            duration: self.clock.elapsed(),
            strict,
            interrupted: outcome.interrupted,
            cases: cases.collect(),
            left_out: self.left_out,
            troubles: outcome.troubles.clone(),
        }
    }
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
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} cases, {elapsed}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
