use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

#[test]
fn names_and_requirements_are_unique_and_can_be_looked_up() {
    let names: BTreeSet<_> =
        of_documents().map(|fault| (format!("{:?}", fault.profile()), fault.name)).collect();
    let requirements: BTreeSet<_> = of_documents().map(|fault| fault.requirement).collect();
    assert_eq!((names.len(), requirements.len()), (453, 453));
    for fault in faults() {
        let profile = fault.profile().unwrap_or(Profile::Imdn03);
        assert_eq!(Fault::of(profile, fault.name), Some(fault));
        assert_eq!(Fault::by_name(fault.name).map(|first| first.name), Some(fault.name));
    }
    assert_eq!(Fault::by_name("no-such-fault"), None);
}

#[test]
fn a_fault_shows_in_its_roles_only() {
    let of = |profile| {
        [Role::Endpoint, Role::B2bua]
            .map(|role| of_documents().filter(|fault| fault.shows_in(role, profile)).count())
    };
    assert_eq!(
        [Profile::Imdn03, Profile::Receipts00, Profile::Rfc5438].map(of),
        [[73, 73], [68, 31], [210, 88]]
    );
    let fault = Fault::by_name("silent-on-read");
    assert!(Conduct::new(fault, Role::Endpoint).is(Defect::SilentOnRead));
    assert_eq!(Conduct::new(fault, Role::B2bua).defect(), None);
}

fn of_documents() -> impl Iterator<Item = &'static Fault> {
    faults().iter().filter(|fault| fault.profile().is_some())
}

#[test]
fn every_agent_can_have_a_frailty() {
    let frail: Vec<_> = faults().iter().filter(|fault| fault.profile().is_none()).collect();
    assert_eq!(frail.len(), 36);
    for fault in frail {
        assert!(fault.requirement.starts_with("ROB-"), "{}", fault.name);
        assert!(fault.fits(Role::Endpoint, Profile::Rfc5438) && fault.fits(Role::B2bua, Profile::Imdn03));
        assert!(!fault.shows_in(Role::Endpoint, Profile::Rfc5438), "{}", fault.name);
    }
}

/// Name and description of each fault of the ledger, by requirement; read line by line, since the ledger writes them so.
fn ledger() -> Option<BTreeMap<String, (String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ledger/requirements");
    let texts = ["imdn-03.yaml", "receipts-00.yaml", "rfc5438.yaml", "rfc3862.yaml", "robustness.yaml"]
        .map(|name| std::fs::read_to_string(folder.join(name)).ok());
    let text: String = texts.into_iter().collect::<Option<_>>()?;
    let mut found = BTreeMap::new();
    let (mut id, mut name) = (String::new(), String::new());
    for line in text.lines() {
        if let Some(value) = line.strip_prefix("- id: ") {
            value.clone_into(&mut id);
        } else if let Some(value) = line.strip_prefix("    name: ") {
            value.clone_into(&mut name);
        } else if let Some(value) = line.strip_prefix("    does: ") {
            found.insert(id.clone(), (name.clone(), value.trim_matches(['\'', '"']).to_owned()));
        }
    }
    Some(found)
}

#[test]
fn every_fault_is_the_one_the_ledger_names() {
    let Some(ledger) = ledger() else { return };
    for fault in faults() {
        let named = ledger.get(fault.requirement).map(|(name, _)| name.as_str());
        assert_eq!(named, Some(fault.name), "{}", fault.requirement);
    }
}
