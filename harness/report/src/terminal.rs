//! What a person reads in a terminal, as strings; printing is for the caller.

use std::collections::BTreeMap;
use std::fmt::Write;

use judge::Verdict;
use ledger::Ledger;

use crate::finding::{Paint, finding};
use crate::results::{CaseResult, Results};
use crate::tally::Tally;
use crate::text::visible;

/// Cases that are named with the reason for which they were left out.
const NAMED: usize = 3;

/// One line for a case that is over.
pub fn case_line(case: &CaseResult, paint: Paint) -> String {
    let verdict = worst(case);
    let label = case.label();
    let tally = Tally::of(&case.judgements);
    let seconds = case.duration.as_secs_f64();
    let padding = " ".repeat(12_usize.saturating_sub(Paint::Plain.verdict(verdict).len()));
    let reason = first_reason(case).map_or_else(String::new, |reason| format!(": {reason}"));
    format!("{padding}{} {label} ({seconds:.2} s, {} judged){reason}", paint.verdict(verdict), judged(&tally))
}

fn judged(tally: &Tally) -> usize {
    tally.passed + tally.failed + tally.warnings
}

fn worst(case: &CaseResult) -> Verdict {
    case.judgements.iter().map(|judgement| judgement.verdict).max().unwrap_or(Verdict::Inconclusive)
}

/// Why a case without a clear verdict has none; an inconclusive without a reason helps nobody.
fn first_reason(case: &CaseResult) -> Option<String> {
    let verdict = worst(case);
    let explains = matches!(verdict, Verdict::Inconclusive | Verdict::Error | Verdict::NotApplicable);
    let found = case.judgements.iter().flat_map(|j| &j.findings).find(|found| found.verdict == verdict);
    found.filter(|_| explains).map(|found| visible(found.message.as_bytes()))
}

/// All findings that are worth acting on, in the order of the plan: violations, errors and warnings.
pub fn findings(results: &Results, ledger: &Ledger, paint: Paint) -> String {
    let mut out = String::new();
    for (case, judgement) in results.judgements() {
        for found in judgement.findings.iter().filter(|found| found.verdict >= Verdict::Warning) {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "\n{}", finding(ledger, case, judgement, found, paint));
        }
    }
    out
}

/// The last lines of a run.
pub fn summary(results: &Results, ledger: &Ledger, paint: Paint) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n{} against {}", head(results), visible(results.iut.as_bytes()));
    let hostile = results.cases.iter().any(CaseResult::is_of_robustness);
    if !hostile || results.judgements_on(false).next().is_some() {
        conformance(results, ledger, paint, &mut out);
    }
    if hostile {
        robustness(results, ledger, paint, &mut out);
    }
    reasons(results, &mut out);
    for trouble in &results.troubles {
        let _ = writeln!(out, "  trouble: {}", visible(trouble.as_bytes()));
    }
    out
}

fn conformance(results: &Results, ledger: &Ledger, paint: Paint, out: &mut String) {
    let tally = Tally::of(results.judgements_on(false).map(|(_, judgement)| judgement));
    for (count, verdict) in counts(&tally) {
        let _ = writeln!(out, "  {count:>6} {}", paint.verdict(verdict));
    }
    let _ = writeln!(
        out,
        "  {} of {} requirements of these documents judged",
        requirements(results),
        ledger_size(results, ledger)
    );
    violated(results, ledger, paint, false, out);
}

/// What hostile input has done; none of it counts for or against a document.
fn robustness(results: &Results, ledger: &Ledger, paint: Paint, out: &mut String) {
    let tally = Tally::of(results.judgements_on(true).map(|(_, judgement)| judgement));
    let Tally { passed, failed, warnings, inconclusive, errors, .. } = tally;
    let harmed = failed + warnings;
    let _ = write!(out, "  robustness, apart from conformance: {passed} withstood, {harmed} not");
    for (count, word) in
        [(inconclusive, "not judged"), (errors, "errors")].iter().filter(|(count, _)| *count > 0)
    {
        let _ = write!(out, ", {count} {word}");
    }
    out.push('\n');
    violated(results, ledger, paint, true, out);
}

fn head(results: &Results) -> String {
    let seconds = results.duration.as_secs_f64();
    let state = if results.interrupted { "interrupted, " } else { "" };
    format!("{state}{} cases in {seconds:.2} s", results.cases.len())
}

fn counts(tally: &Tally) -> Vec<(usize, Verdict)> {
    let all = [
        (tally.passed, Verdict::Pass),
        (tally.failed, Verdict::Fail),
        (tally.warnings, Verdict::Warning),
        (tally.inconclusive, Verdict::Inconclusive),
        (tally.errors, Verdict::Error),
        (tally.not_applicable, Verdict::NotApplicable),
    ];
    all.into_iter().filter(|(count, verdict)| *count > 0 || *verdict == Verdict::Pass).collect()
}

fn requirements(results: &Results) -> usize {
    worst_by_requirement(results, false).values().filter(|verdict| is_judged(**verdict)).count()
}

const fn is_judged(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::Warning | Verdict::Fail)
}

fn ledger_size(results: &Results, ledger: &Ledger) -> usize {
    let documents: std::collections::BTreeSet<&str> =
        results.judgements_on(false).map(|(case, _)| case.document.as_str()).collect();
    ledger.iter().filter(|r| r.is_testable() && documents.contains(r.document.as_str())).count()
}

fn worst_by_requirement(results: &Results, robustness: bool) -> BTreeMap<&str, Verdict> {
    let mut worst: BTreeMap<&str, Verdict> = BTreeMap::new();
    for (_, judgement) in results.judgements_on(robustness) {
        let verdict = worst.entry(&judgement.requirement).or_insert(judgement.verdict);
        *verdict = (*verdict).max(judgement.verdict);
    }
    worst
}

fn violated(results: &Results, ledger: &Ledger, paint: Paint, robustness: bool, out: &mut String) {
    for (id, verdict) in worst_by_requirement(results, robustness) {
        if matches!(verdict, Verdict::Fail | Verdict::Warning) {
            let statement = ledger.get(id).map_or("", |requirement| requirement.statement.as_str());
            let _ = writeln!(out, "  {} {id}: {statement}", paint.verdict(verdict));
        }
    }
}

/// Every reason for which something was not judged, once, with how often it occurred. Of those that differ in values alone,
/// the first one is shown.
fn reasons(results: &Results, out: &mut String) {
    let mut seen: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (_, judgement) in results.judgements() {
        for found in judgement.findings.iter().filter(|found| found.verdict == Verdict::Inconclusive) {
            let reason = visible(found.message.as_bytes());
            seen.entry(without_values(&reason)).or_insert((0, reason)).0 += 1;
        }
    }
    for (count, reason) in seen.values() {
        let _ = writeln!(out, "  not judged ({count}): {reason}");
    }
    left_out(results, out);
}

/// A reason without the members of entries, which may be made anew for each case.
fn without_values(reason: &str) -> String {
    let mut depth = 0_usize;
    let outside = |character: &char| {
        depth = match character {
            '{' => depth + 1,
            '}' => depth.saturating_sub(1),
            _ => depth,
        };
        depth == 0
    };
    reason.chars().filter(outside).collect()
}

/// Every reason for which cases were left out, once, with the first few of them; all of them stand in the JSON output.
fn left_out(results: &Results, out: &mut String) {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for (case, reason) in &results.left_out {
        match by_reason.iter_mut().find(|(known, _)| known == reason) {
            Some((_, cases)) => cases.push(case),
            None => by_reason.push((reason, vec![case])),
        }
    }
    for (reason, cases) in by_reason {
        let named = cases.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = match cases.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(out, "  left out ({}): {reason}: {named}{more}", cases.len());
    }
}
