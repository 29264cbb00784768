//! One finding as text: the same in terminal and JUnit.

use judge::{Evidence, Finding, Judgement, Verdict};
use ledger::{Ledger, Requirement};

use crate::results::{CaseResult, Source};
use crate::text::{excerpt, position, visible};

/// How words are set off where the output can show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Not at all.
    Plain,
    /// With ANSI colours.
    Ansi,
}

impl Paint {
    /// The verdict's word.
    pub fn verdict(self, verdict: Verdict) -> String {
        let word = word(verdict);
        let style = console::Style::new().force_styling(self == Self::Ansi);
        let style = match verdict {
            Verdict::Pass => style.green(),
            Verdict::Fail => style.red().bold(),
            Verdict::Warning => style.yellow(),
            Verdict::Error => style.magenta().bold(),
            Verdict::Inconclusive | Verdict::NotApplicable => style.cyan(),
        };
        style.apply_to(word).to_string()
    }
}

/// The verdict as every report writes it.
pub(crate) const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotApplicable => "not applicable",
        Verdict::Pass => "pass",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Warning => "warning",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
    }
}

/// Everything a reader needs to agree or disagree with a finding, without a trailing line end.
///
/// The first line says where it was asserted and which requirement it is about, since some consumers of JUnit show
/// two lines only.
pub fn finding(
    ledger: &Ledger,
    case: &CaseResult,
    judgement: &Judgement,
    found: &Finding,
    paint: Paint,
) -> String {
    let requirement = ledger.get(&judgement.requirement);
    let mut out =
        vec![headline(case, judgement, found, paint), format!("  {}", visible(found.message.as_bytes()))];
    out.extend(requirement.map(|r| format!("  required:   {} ({})", r.statement, binding(r))));
    if !found.admissible.is_empty() {
        out.push(format!("  admissible: {}", visible(found.admissible.as_bytes())));
    }
    out.extend(reading(ledger, found));
    out.extend(found.class.iter().map(|class| format!("  class:      {class}")));
    out.extend(found.asserted_at.as_ref().map(|span| asserted(&case.source, span)));
    out.extend(found.evidence.iter().map(evidence));
    out.join("\n")
}

fn headline(case: &CaseResult, judgement: &Judgement, found: &Finding, paint: Paint) -> String {
    let place = match &found.asserted_at {
        Some(span) => {
            let (line, column) = position(case.source.text.as_bytes(), span.start);
            format!("{}:{line}:{column}", case.source.name)
        }
        None => case.source.name.to_string(),
    };
    let verdict = paint.verdict(found.verdict);
    let Judgement { requirement, scenario, variant, .. } = judgement;
    format!("{verdict} {requirement} at {place}, {scenario} [{variant}], oracle {}", found.oracle)
}

fn binding(requirement: &Requirement) -> String {
    format!("{}, {} section {}", requirement.level, requirement.document, requirement.section)
}

fn reading(ledger: &Ledger, found: &Finding) -> Option<String> {
    let id = found.reading.as_deref()?;
    let text = ledger.reading(id).map_or("", |reading| reading.interpretation.as_str());
    Some(format!("  reading:    {id}: {}", text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

fn asserted(source: &Source, span: &std::ops::Range<usize>) -> String {
    let (line, column) = position(source.text.as_bytes(), span.start);
    let first_line = source.text.get(span.clone()).map_or(0, |text| text.lines().next().unwrap_or("").len());
    let shown = excerpt(source.text.as_bytes(), &(span.start..span.start + first_line), "");
    format!("  asserted at {}:{line}:{column}\n{}", source.name, indent(&shown))
}

fn evidence(evidence: &Evidence) -> String {
    let seconds = evidence.at.as_secs_f64();
    let caption = visible(evidence.caption.as_bytes());
    match &evidence.span {
        Some(span) => {
            let shown = excerpt(&evidence.octets, span, &evidence.label);
            format!("  {caption} at {seconds:.3} s, octet {}\n{}", span.start, indent(&shown))
        }
        None if evidence.label.is_empty() => format!("  {caption} at {seconds:.3} s"),
        None => format!("  {caption} at {seconds:.3} s: {}", visible(evidence.label.as_bytes())),
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
