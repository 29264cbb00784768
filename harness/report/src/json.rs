//! `run --json`: a contract, described in docs/output-formats.md.

use judge::{Evidence, Finding, Verdict};
use serde::Serialize;
use time::OffsetDateTime;

use crate::results::Results;
use crate::text::visible;

/// Most octets of a message that stand in the results; it may have many megabytes.
const MOST_TEXT: usize = 4096;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    iut: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    started: OffsetDateTime,
    duration_ms: u128,
    interrupted: bool,
    verdicts: Vec<VerdictRow<'a>>,
    left_out: Vec<LeftOutRow<'a>>,
    troubles: &'a [String],
}

#[derive(Serialize)]
struct VerdictRow<'a> {
    requirement: &'a str,
    document: &'a str,
    section: &'a str,
    scenario: &'a str,
    variant: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    verdict: Verdict,
    findings: Vec<FindingRow<'a>>,
}

#[derive(Serialize)]
struct FindingRow<'a> {
    verdict: Verdict,
    oracle: &'a str,
    message: &'a str,
    admissible: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asserted_at: Option<Place<'a>>,
    evidence: Vec<EvidenceRow<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct EvidenceRow<'a> {
    event: u32,
    at_ms: f64,
    caption: &'a str,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    octet: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize)]
struct LeftOutRow<'a> {
    case: &'a str,
    reason: &'a str,
}

/// The results as JSON, with a line end.
///
/// # Errors
/// Only if the serialiser fails, which no value of these types makes it do.
pub fn json(results: &Results) -> Result<String, serde_json::Error> {
    let document = Document {
        version: 1,
        iut: &results.iut,
        started: results.started,
        duration_ms: results.duration.as_millis(),
        interrupted: results.interrupted,
        verdicts: verdicts(results),
        left_out: results.left_out.iter().map(|(case, reason)| LeftOutRow { case, reason }).collect(),
        troubles: &results.troubles,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

fn verdicts(results: &Results) -> Vec<VerdictRow<'_>> {
    let row = |(case, judgement)| {
        let case: &crate::CaseResult = case;
        let judgement: &judge::Judgement = judgement;
        VerdictRow {
            requirement: &judgement.requirement,
            document: &case.document,
            section: &case.section,
            scenario: &judgement.scenario,
            variant: &judgement.variant,
            terms: case.terms.as_deref(),
            role: case.terms.as_ref().map(|_| case.role.as_str()),
            verdict: judgement.verdict,
            findings: judgement.findings.iter().map(|found| finding_row(&case.source, found)).collect(),
        }
    };
    results.judgements().map(row).collect()
}

fn finding_row<'a>(source: &'a crate::Source, found: &'a Finding) -> FindingRow<'a> {
    FindingRow {
        verdict: found.verdict,
        oracle: &found.oracle,
        message: &found.message,
        admissible: &found.admissible,
        reading: found.reading.as_deref(),
        class: found.class.as_deref(),
        asserted_at: found.asserted_at.as_ref().map(|span| {
            let (line, column) = crate::text::position(source.text.as_bytes(), span.start);
            Place { file: &source.name, line, column }
        }),
        evidence: found.evidence.iter().map(evidence_row).collect(),
    }
}

fn evidence_row(evidence: &Evidence) -> EvidenceRow<'_> {
    let span = evidence.span.clone();
    let text = span.clone().and_then(|span| evidence.octets.get(span)).map(beginning);
    EvidenceRow {
        event: evidence.event.0,
        at_ms: evidence.at.as_secs_f64() * 1000.0,
        caption: &evidence.caption,
        label: &evidence.label,
        octet: span.as_ref().map(|span| span.start),
        line: span.map(|span| crate::text::position(&evidence.octets, span.start).0),
        text,
    }
}

/// As much of foreign text as is worth keeping.
fn beginning(octets: &[u8]) -> String {
    match octets.get(..MOST_TEXT) {
        Some(beginning) if octets.len() > MOST_TEXT => visible(beginning) + "…",
        _ => visible(octets),
    }
}
