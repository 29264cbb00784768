//! From what was said about requirements to one judgement each.

use std::collections::{BTreeMap, HashMap};

use ledger::{Ledger, Requirement, Role};

use crate::Case;
use crate::docket::{Docket, Entry};
use crate::verdict::{Finding, Judgement, Verdict};

/// Most findings of one oracle that a judgement carries; more of the kind teach nothing.
const MOST_ALIKE: usize = 8;

/// One judgement for each requirement that anything was said about, in the order of the ledger.
pub(crate) fn judgements(case: &Case<'_>, docket: Docket) -> Vec<Judgement> {
    let mut by_id: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in docket.entries {
        by_id.entry(entry.requirement.clone()).or_default().push(entry);
    }
    let order = order(case.ledger);
    let mut judgements: Vec<Judgement> =
        by_id.into_iter().map(|(id, entries)| judgement(case, id, entries)).collect();
    judgements.sort_by_key(|judgement| order.get(&*judgement.requirement).copied().unwrap_or(usize::MAX));
    judgements
}

fn order(ledger: &Ledger) -> HashMap<&str, usize> {
    ledger.iter().enumerate().map(|(place, requirement)| (requirement.id.as_str(), place)).collect()
}

fn judgement(case: &Case<'_>, requirement: String, entries: Vec<Entry>) -> Judgement {
    let findings: Vec<Finding> = entries.into_iter().filter_map(|entry| entry.finding).collect();
    let worst = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Pass);
    let (verdict, findings) = match not_applicable(case, &requirement) {
        Some(why) => (Verdict::NotApplicable, vec![declared(why)]),
        None => (worst, shown(findings)),
    };
    let (scenario, variant) = (case.record.scenario.clone(), case.record.variant.clone());
    Judgement { requirement, scenario, variant, verdict, findings }
}

/// The findings, worst first, no more than a few of one oracle at one place of the scenario.
fn shown(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    let mut counts: HashMap<(String, Option<(usize, usize)>), usize> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::new();
    let mut dropped = 0;
    for finding in findings {
        let place = finding.asserted_at.as_ref().map(|span| (span.start, span.end));
        let count = counts.entry((finding.oracle.clone(), place)).or_default();
        *count += 1;
        if *count <= MOST_ALIKE { kept.push(finding) } else { dropped += 1 }
    }
    if let Some(last) = kept.last_mut().filter(|_| dropped > 0) {
        last.message = format!("{} {dropped} more of the kind are left out.", last.message);
    }
    kept
}

/// Why the vendor's declaration takes a requirement out of the test, if it does.
fn not_applicable(case: &Case<'_>, id: &str) -> Option<String> {
    let (ics, role) = (case.ics, &case.scenario.role);
    if let Some(reason) = ics.absent.get(id) {
        return Some(format!("The ICS declares that the option of {id} is absent: {reason}"));
    }
    // Robustness has no declaration: whoever is tried is tried whatever he plays.
    if case.scenario.is_hostile() {
        return None;
    }
    if !ics.roles.contains(role) {
        return Some(format!("The ICS does not declare the role {role}."));
    }
    let requirement = case.ledger.get(id)?;
    let document = requirement.document;
    if !ics.documents.contains(&document) {
        return Some(format!("The ICS does not declare the document {document}."));
    }
    let plays = |bound: &Role| *bound == Role::UaAny || ics.roles.contains(bound);
    let roles = |requirement: &Requirement| requirement.roles.iter().any(plays);
    (!roles(requirement)).then(|| format!("The ICS declares no role that {id} binds."))
}

fn declared(why: String) -> Finding {
    Finding {
        verdict: Verdict::NotApplicable,
        oracle: "ics".to_owned(),
        message: why,
        admissible: String::new(),
        reading: None,
        asserted_at: None,
        class: None,
        evidence: Vec::new(),
    }
}
