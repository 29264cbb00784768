//! JUnit XML. The shape validates against junit-10.xsd, and in the Ant profile against the Ant schema as well.
//!
//! junit-report writes the elements; what it lets through or leaves out is mended here before ([`for_cdata`]) and
//! after it ([`reshape`]).

use std::collections::BTreeMap;
use std::time::Duration;

use judge::{Finding, Judgement, Verdict};
use junit_report::{Report, TestCase, TestCaseBuilder, TestSuiteBuilder};
use ledger::Ledger;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};
use thiserror::Error;

use crate::finding::{Paint, finding, word};
use crate::results::{CaseResult, Results};
use crate::text::visible;

/// Which consumers the file is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JunitProfile {
    /// Jenkins, GitLab, GitHub actions: junit-10.xsd, with `system-out` a case.
    #[default]
    Default,
    /// Ant's schema as well: no output a case.
    Ant,
}

/// The file could not be made.
#[derive(Debug, Error)]
pub enum JunitError {
    /// The writer refused.
    #[error("cannot write JUnit XML: {0}")]
    Write(#[from] junit_report::Error),
    /// What it wrote could not be read again.
    #[error("cannot reshape JUnit XML: {0}")]
    Xml(#[from] quick_xml::Error),
    /// A buffer could not be written to.
    #[error("cannot write JUnit XML: {0}")]
    Io(#[from] std::io::Error),
}

/// The results as JUnit XML: one suite a document and role, one case a requirement and scenario variant.
///
/// # Errors
/// Only if the XML writer fails, which sanitised text does not make it do.
pub fn junit(results: &Results, ledger: &Ledger, profile: JunitProfile) -> Result<String, JunitError> {
    let mut suites: BTreeMap<String, Vec<TestCase>> = BTreeMap::new();
    for (case, judgement) in results.judgements() {
        let cases = suites.entry(suite(case)).or_default();
        cases.push(test_case(results, ledger, case, judgement, profile));
    }
    let mut report = Report::new();
    for (name, cases) in suites {
        let mut suite = TestSuiteBuilder::new(&name);
        suite.set_timestamp(results.started).add_testcases(cases);
        report.add_testsuite(suite.build());
    }
    let mut octets = Vec::new();
    report.write_xml(&mut octets)?;
    reshape(&octets, profile)
}

/// The suite of a case: its document and role, and for robustness the document in whose terms it was played.
fn suite(case: &CaseResult) -> String {
    let names = [Some(&case.document), case.terms.as_ref(), Some(&case.role)];
    names.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The class of a case: its section, in a package that is like the suite where suites have the same sections.
fn class(case: &CaseResult) -> String {
    let section = case.section.replace(['.', ','], "_");
    match &case.terms {
        Some(terms) => format!("{}-{terms}-{}.{section}", case.document, case.role),
        None => format!("{}.{section}", case.document),
    }
}

fn test_case(
    results: &Results,
    ledger: &Ledger,
    case: &CaseResult,
    judgement: &Judgement,
    profile: JunitProfile,
) -> TestCase {
    let name = format!("{} {} [{}]", judgement.requirement, judgement.scenario, judgement.variant);
    let time = share_of(case);
    let kind = match judgement.verdict {
        Verdict::Fail if judgement.is_of_robustness() => Kind::Failure(Finding::ROBUSTNESS),
        verdict => Kind::of(verdict, results.strict),
    };
    let deciding = deciding_finding(judgement);
    let message = legal(&deciding.map_or_else(|| word(judgement.verdict).to_owned(), one_line));
    let mut built = match kind {
        Kind::Success => TestCaseBuilder::success(&name, time),
        Kind::Failure(kind) => TestCaseBuilder::failure(&name, time, kind, &message),
        Kind::Error(kind) => TestCaseBuilder::error(&name, time, kind, &message),
        Kind::Skipped(kind) => TestCaseBuilder::skipped_with_cause(&name, kind, &message),
    };
    built.set_classname(&class(case));
    let details = details(ledger, case, judgement);
    if !matches!(kind, Kind::Success) {
        built.set_trace(&for_cdata(&details));
    }
    if profile == JunitProfile::Default {
        built.set_system_out(&for_cdata(&output(case, judgement, &details)));
    }
    built.build()
}

/// What a verdict is to a consumer of JUnit, with the `type` it bears.
enum Kind {
    Success,
    Failure(&'static str),
    Error(&'static str),
    Skipped(&'static str),
}

impl Kind {
    const fn of(verdict: Verdict, strict: bool) -> Self {
        match verdict {
            Verdict::Pass => Self::Success,
            Verdict::Warning if strict => Self::Failure("should"),
            Verdict::Warning => Self::Success,
            Verdict::Fail => Self::Failure("must"),
            Verdict::Inconclusive => Self::Error("inconclusive"),
            Verdict::Error => Self::Error("harness"),
            Verdict::NotApplicable => Self::Skipped("ics"),
        }
    }
}

/// A case judges several requirements at once; each test case takes its share, so that sums stay true.
fn share_of(case: &CaseResult) -> junit_report::Duration {
    let share = case.duration / u32::try_from(case.judgements.len().max(1)).unwrap_or(u32::MAX);
    let milliseconds = i64::try_from(Duration::as_millis(&share)).unwrap_or(i64::MAX);
    junit_report::Duration::milliseconds(milliseconds)
}

fn deciding_finding(judgement: &Judgement) -> Option<&Finding> {
    judgement.findings.iter().find(|found| found.verdict == judgement.verdict)
}

fn one_line(found: &Finding) -> String {
    visible(found.message.as_bytes())
}

fn details(ledger: &Ledger, case: &CaseResult, judgement: &Judgement) -> String {
    let texts = judgement.findings.iter().map(|found| finding(ledger, case, judgement, found, Paint::Plain));
    texts.collect::<Vec<_>>().join("\n\n")
}

fn output(case: &CaseResult, judgement: &Judgement, details: &str) -> String {
    let verdict = word(judgement.verdict);
    let head =
        format!("{verdict}: {}\nscenario: {} ({})", judgement.requirement, case.title, case.source.name);
    if details.is_empty() { head } else { format!("{head}\n{details}") }
}

/// Text with the characters that no XML document may hold made visible.
fn legal(text: &str) -> String {
    let legal = |c: char| match c {
        '\n' | '\t' => c,
        c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c => c,
    };
    text.chars().map(legal).collect()
}

/// [`legal`] text for a CDATA section, which `]]>` would end.
fn for_cdata(text: &str) -> String {
    legal(text).replace("]]>", "]]]]><![CDATA[>")
}

/// What the Ant schema asks for and junit-report leaves out: `properties` first, output last, a time stamp without
/// zone, times of three decimals, and no `type` on `skipped`. Harmless for everybody else, so it is done for both profiles.
fn reshape(xml: &[u8], profile: JunitProfile) -> Result<String, JunitError> {
    let text = String::from_utf8_lossy(xml);
    let mut reader = Reader::from_str(&text);
    let mut writer = Writer::new_with_indent(Vec::with_capacity(xml.len() + 1024), b' ', 1);
    loop {
        match reader.read_event()? {
            Event::Eof => break,
            Event::Start(start) if start.name().as_ref() == "testsuite" => {
                writer.write_event(Event::Start(suite_start(&start)?))?;
                writer.write_event(Event::Empty(BytesStart::new("properties")))?;
            }
            Event::Start(start) if start.name().as_ref() == "testcase" => {
                writer.write_event(Event::Start(with_time(&start)?))?;
            }
            Event::Empty(start) if start.name().as_ref() == "testcase" => {
                writer.write_event(Event::Empty(with_time(&start)?))?;
            }
            Event::End(end) if end.name().as_ref() == "testsuite" => {
                writer.write_event(Event::Empty(BytesStart::new("system-out")))?;
                writer.write_event(Event::Empty(BytesStart::new("system-err")))?;
                writer.write_event(Event::End(end))?;
            }
            Event::Start(start) if start.name().as_ref() == "skipped" && profile == JunitProfile::Ant => {
                writer.write_event(Event::Start(without_type(&start)?))?;
            }
            Event::Empty(start) if start.name().as_ref() == "skipped" && profile == JunitProfile::Ant => {
                writer.write_event(Event::Empty(without_type(&start)?))?;
            }
            event => writer.write_event(event)?,
        }
    }
    let mut out = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    out.push('\n');
    Ok(out)
}

/// An element with the attributes that are to be there, each with its value.
fn edited(
    start: &BytesStart<'_>,
    edit: impl Fn(&str, &str) -> Option<String>,
) -> Result<BytesStart<'static>, JunitError> {
    let name = start.name();
    let mut out = BytesStart::new(name.as_ref().to_owned());
    for attribute in start.attributes() {
        let mut attribute = attribute.map_err(quick_xml::Error::from)?;
        if let Some(value) = edit(attribute.key.as_ref(), &attribute.value) {
            attribute.value = value.into();
            out.push_attribute(attribute);
        }
    }
    Ok(out)
}

fn suite_start(start: &BytesStart<'_>) -> Result<BytesStart<'static>, JunitError> {
    let seconds = "2000-01-01T00:00:00".len();
    edited(start, |key, value| match key {
        "timestamp" => Some(value.chars().take(seconds).collect()),
        _ => Some(timed(key, value)),
    })
}

/// Times in milliseconds, which is as fine as the schemas take them; a sum in floating point is finer than what was measured.
fn timed(key: &str, value: &str) -> String {
    match value.parse::<f64>() {
        Ok(seconds) if key == "time" => format!("{seconds:.3}"),
        _ => value.to_owned(),
    }
}

fn with_time(start: &BytesStart<'_>) -> Result<BytesStart<'static>, JunitError> {
    edited(start, |key, value| Some(timed(key, value)))
}

fn without_type(start: &BytesStart<'_>) -> Result<BytesStart<'static>, JunitError> {
    edited(start, |key, value| (key != "type").then(|| value.to_owned()))
}
