//! Golden snapshots: the normal form of every scenario variant against the conformant reference, started as a
//! process of its own. A change in what is sent, or in what the reference answers, shows here as a difference.

#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ledger::{Document, Ledger};
use record::normal_form;
use runner::iut::ReferencePart;
use runner::{CancelToken, RunEvent, RunOptions, Selection, Turns, Vault};
use scenario::{Source, Suite, Vocabulary};
use tokio::sync::mpsc;

fn suite(ledger: &Ledger, document: Document) -> Suite {
    let folder = format!("{}/scenarios/{document}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let source = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Source::decode(name, std::fs::read(path).unwrap()).unwrap()
    };
    let sources: Vec<Source> = paths.iter().map(source).collect();
    let checks = judge::check_names();
    scenario::load_scenarios(&sources, &Vocabulary { ledger, checks: &checks }).unwrap()
}

/// The normal forms of all cases that a part of the reference plays by that document, by snapshot name.
async fn records(part: ReferencePart, document: Document) -> Vec<(String, String)> {
    let ledger = Arc::new(Ledger::builtin().unwrap());
    let suite = Arc::new(suite(&ledger, document));
    let iut = runner::iut::reference(env!("CARGO_BIN_EXE_imdnspec").into(), part, None);
    let cancel = CancelToken::default();
    let selection = Selection::default();
    let (turns, vault) = (Turns::default(), Vault::default());
    let options = RunOptions { iut, suite, ledger, selection, keep_records: true, cancel, turns, vault };
    let (sender, mut events) = mpsc::channel(64);
    let run = tokio::spawn(runner::run(options, sender));
    let mut labels = None;
    let mut forms = Vec::new();
    while let Some(event) = events.recv().await {
        match event {
            RunEvent::Started { cases } => labels = Some(cases),
            RunEvent::CaseFinished { case, record: Some(record), .. } => {
                let label = &labels.as_ref().unwrap()[case.0 as usize];
                let name = format!("{}__{}__{}", label.document, label.scenario, label.variant);
                forms.push((name, normal_form(&record)));
            }
            _ => {}
        }
    }
    assert_eq!(run.await.unwrap().troubles, Vec::<String>::new());
    forms
}

#[tokio::test(flavor = "multi_thread")]
async fn every_variant_is_as_it_was() {
    let mut forms = Vec::new();
    for part in ReferencePart::ALL {
        for document in part.documents() {
            forms.extend(records(part, *document).await);
        }
    }
    forms.sort();
    assert!(forms.len() > 400, "only {} variants ran", forms.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let differs = |(name, form): &(String, String)| {
        let compare = || settings.bind(|| insta::assert_snapshot!(name.as_str(), form));
        catch_unwind(AssertUnwindSafe(compare)).is_err()
    };
    let changed: Vec<&String> = forms.iter().filter(|form| differs(form)).map(|(name, _)| name).collect();
    assert!(changed.is_empty(), "{} of {} variants changed: {changed:?}", changed.len(), forms.len());
}
