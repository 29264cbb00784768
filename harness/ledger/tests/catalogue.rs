//! The catalogue that is built in: complete, consistent, and the same in both forms.

use std::collections::HashSet;

use imdnspec_ledger::{Catalogue, Coverage, Document, Ledger, Requirement};

#[test]
fn the_yaml_is_free_of_mistakes_and_equals_the_compact_form() {
    let strict = Ledger::load().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(strict.catalogue(), Ledger::builtin().unwrap().catalogue());
}

#[test]
fn the_catalogue_survives_a_round_trip() {
    let catalogue = serde_json::to_value(Ledger::builtin().unwrap().catalogue()).unwrap();
    let back: Catalogue = serde_json::from_value(catalogue.clone()).unwrap();
    assert_eq!(back.requirements.len(), 585);
    assert_eq!(serde_json::to_value(back).unwrap(), catalogue);
}

#[test]
fn every_document_has_all_its_entries() {
    let ledger = Ledger::builtin().unwrap();
    let counts = Document::ALL.iter().map(|document| ledger.of_document(*document).count());
    assert_eq!(counts.collect::<Vec<_>>(), [129, 83, 11, 27, 15, 188, 96, 36]);
    assert_eq!(ledger.iter().count(), 585);
}

#[test]
fn the_interpretations_are_all_there() {
    let ledger = Ledger::builtin().unwrap();
    let ids = |letter: &str, last: usize| (1..=last).map(|n| format!("{letter}-{n:02}")).collect::<Vec<_>>();
    let expected = [ids("I", 79), ids("R", 49)].concat();
    assert!(ledger.readings().iter().map(|reading| reading.id.as_str()).eq(expected));
    assert!(ledger.rules().iter().map(|rule| rule.id.clone()).eq((1..=17).map(|n| format!("G-{n}"))));
    assert_eq!(ledger.catalogue().field_forms.len(), 47);
    assert_eq!(ledger.groups().len(), 42 + 26);
}

#[test]
fn every_reading_is_used() {
    let ledger = Ledger::builtin().unwrap();
    let used: HashSet<_> = ledger.iter().flat_map(|requirement| &requirement.readings).collect();
    let unused: Vec<_> = ledger.readings().iter().map(|r| &r.id).filter(|id| !used.contains(id)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn roll_ups_gather_what_the_entries_say() {
    let ledger = Ledger::builtin().unwrap();
    let gathers = |up: &str, id: &str| {
        let up = ledger.rollups().iter().find(|rollup| rollup.id == up).unwrap();
        up.gathers(&id.parse().unwrap())
    };
    assert!(gathers("IMDN-9.2-9", "IMDN-10.6-1"));
    assert!(!gathers("IMDN-9.2-9", "IMDN-9.2-1"));
    assert!(gathers("IMDN-9.3-1", "IMDN-9.3.2-4"));
    assert!(gathers("IMDN-9.3.1-4", "IMDN-10-2"));
}

#[test]
fn entries_go_red_together_only_for_a_stated_reason() {
    let ledger = Ledger::builtin().unwrap();
    let together = |a: &str, b: &str| {
        let (a, b) = (a.parse().unwrap(), b.parse().unwrap());
        assert_eq!(ledger.may_go_red_together(&a, &b), ledger.may_go_red_together(&b, &a), "{a} {b}");
        ledger.may_go_red_together(&a, &b)
    };
    assert!(together("IMDN-8.2-4", "IMDN-8.2-4"));
    assert!(together("IMDN-8.2-4", "IMDN-9.1-4"));
    assert!(together("IMDN-9.2-9", "IMDN-10.2-1"));
    assert!(together("C3862-3.2-1", "C3862-4.2-1"));
    assert!(!together("IMDN-8.2-4", "IMDN-9.1-3"));
    // The same fault name in both families: the profiles run separately.
    assert!(!together("IMDN-10.2-1", "I5438-11.1.1-1"));
}

#[test]
fn a_fault_leads_to_its_requirements() {
    let ledger = Ledger::builtin().unwrap();
    let ids = |name: &str| ledger.by_fault(name).map(|r| r.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids("bare-imdn-headers"), ["IMDN-1-1"]);
    assert_eq!(ids("deleted-state"), ["IMDN-9.2-2", "ISS-5-1"]);
    assert!(ids("no-such-fault").is_empty());
}

#[test]
fn what_has_no_reason_is_all_that_needs_no_security() {
    let ledger = Ledger::builtin().unwrap();
    let coverage = Coverage::default();
    let without_reason = |document: Document| {
        let of_document = move |requirement: &Requirement| requirement.document == document;
        coverage.uncovered(&ledger, of_document).filter(|left| left.reason.is_none()).count()
    };
    let counts: Vec<_> = Document::ALL.iter().map(|document| without_reason(*document)).collect();
    assert_eq!(counts, [111, 79, 0, 0, 0, 177, 88, 36]);

    let drafts =
        |requirement: &Requirement| matches!(requirement.document, Document::Imdn03 | Document::Receipts00);
    let outside: HashSet<_> = coverage.uncovered(&ledger, drafts).filter_map(|left| left.reason).collect();
    assert_eq!(outside, HashSet::from(["needs S/MIME", "needs TLS"]));
}

#[test]
fn side_effects_go_one_way_and_belong_to_faults() {
    let ledger = Ledger::builtin().unwrap();
    let id = |text: &str| text.parse().unwrap();
    let (carrier, generation) = (id("IMDN-2-1"), id("IMDN-9.1-1"));
    assert!(ledger.may_turn_red(&carrier, &generation));
    assert!(!ledger.may_turn_red(&generation, &carrier));
    assert!(!ledger.may_go_red_together(&carrier, &generation));
    for requirement in &ledger {
        for effect in ledger.side_effects_of(&requirement.id) {
            assert!(requirement.fault.is_some(), "{} has no fault", requirement.id);
            assert!(!effect.reason.is_empty() && !effect.entries.contains(&requirement.id));
        }
    }
}
