//! What the tests of whole runs share.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use imdnspec_runner::iut::Iut;
use imdnspec_runner::{CancelToken, Outcome, RunEvent, RunOptions, Selection, Turns, Vault};
use judge::Judgement;
use ledger::Ledger;
use record::{EventKind, Record};
use scenario::{Source, Style, Suite, Vocabulary};
use tokio::sync::mpsc;

/// What a run told.
pub(crate) struct Ran {
    pub(crate) outcome: Outcome,
    pub(crate) events: Vec<RunEvent>,
}

impl Ran {
    pub(crate) fn judgements(&self) -> Vec<&Judgement> {
        let mut all = Vec::new();
        for event in &self.events {
            if let RunEvent::CaseFinished { judgements, .. } = event {
                all.extend(judgements);
            }
        }
        all
    }

    pub(crate) fn records(&self) -> BTreeMap<String, Arc<Record>> {
        let of_case = |event: &RunEvent| match event {
            RunEvent::CaseFinished { record: Some(record), .. } => {
                Some((record.scenario.clone(), record.clone()))
            }
            _ => None,
        };
        self.events.iter().filter_map(of_case).collect()
    }

    /// Classes of the trouble in the records, each once.
    pub(crate) fn classes(&self) -> Vec<String> {
        let of_event = |event: &record::Event| match &event.kind {
            EventKind::Trouble { class, .. } => Some(class.clone()),
            _ => None,
        };
        let records = self.records();
        let mut classes: Vec<_> =
            records.values().flat_map(|record| record.events.iter().filter_map(of_event)).collect();
        classes.dedup();
        classes
    }

    pub(crate) fn notes(&self) -> Vec<&str> {
        let mut notes = Vec::new();
        for event in &self.events {
            if let RunEvent::Note(text) = event {
                notes.push(text.as_str());
            }
        }
        notes
    }
}

/// Scenarios out of a text.
pub(crate) fn suite(text: &str, ledger: &Ledger) -> Suite {
    let vocabulary = Vocabulary { ledger, checks: &[] };
    scenario::load_scenarios(&[Source::new("toy.yaml", text)], &vocabulary)
        .unwrap_or_else(|problems| panic!("{}", problems.render(Style::Plain)))
}

/// A profile with that driver.
pub(crate) fn profile(driver: &str, ledger: &Ledger) -> Iut {
    let text = format!(
        "name: Toy\nics: {{roles: [reporting-uas, b2bua], documents: [imdn-03]}}\n\
         ixit: {{windows: {{reply: 5s, quiet: 20ms}}, transports: [udp]}}\ndriver: {driver}\n"
    );
    imdnspec_runner::iut::load("iut.yaml", &text, Path::new(""), ledger)
        .unwrap_or_else(|problems| panic!("{}", problems.render(Style::Plain)))
}

/// Runs everything that is selected, and hands each event to `hear` as it comes.
pub(crate) async fn run_with(
    suite: Suite,
    iut: Iut,
    ledger: Ledger,
    selection: Selection,
    cancel: CancelToken,
    mut hear: impl FnMut(&RunEvent),
) -> Ran {
    let (suite, ledger) = (Arc::new(suite), Arc::new(ledger));
    let options = RunOptions {
        iut,
        suite,
        ledger,
        selection,
        keep_records: true,
        cancel,
        turns: Turns::default(),
        vault: Vault::default(),
    };
    let (sender, mut receiver) = mpsc::channel(16);
    let run = tokio::spawn(imdnspec_runner::run(options, sender));
    let mut events = Vec::new();
    while let Some(event) = receiver.recv().await {
        hear(&event);
        events.push(event);
    }
    Ran { outcome: run.await.unwrap(), events }
}
