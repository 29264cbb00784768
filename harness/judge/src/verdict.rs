//! What the judge says.

use std::time::Duration;

use bytes::Bytes;
use ledger::Document;
use record::EventId;
use serde::{Deserialize, Serialize};
use wire::deviation::Span;

/// Outcome for one requirement in one scenario variant, from best to worst. A verdict only gets worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The ICS says that the IUT does not play this role or has not this option.
    NotApplicable,
    /// The requirement was put to the test and met.
    Pass,
    /// The text gives no basis, the precondition did not arise, or a command is missing.
    Inconclusive,
    /// A SHOULD is not met, or only a second tenable reading is.
    Warning,
    /// The IUT violates the requirement.
    Fail,
    /// Harness, driver or environment; never blamed on conformance.
    Error,
}

/// The verdict on one requirement in one scenario variant, with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Requirement id.
    pub requirement: String,
    /// Scenario id.
    pub scenario: String,
    /// `udp` or `tcp`.
    pub variant: String,
    /// The worst of the findings, or pass.
    pub verdict: Verdict,
    /// What was found; empty for a pass without remarks.
    pub findings: Vec<Finding>,
}

/// One observation that is not a plain pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is worth.
    pub verdict: Verdict,
    /// Which oracle speaks: the name of a check, or `assertion`, `answer`, `missing`, `quiet`, `trouble`, `precondition`.
    pub oracle: String,
    /// What is the case, in one sentence.
    pub message: String,
    /// What would have been admissible, in one sentence; empty where that makes no sense.
    pub admissible: String,
    /// The interpretation on which it rests, such as `I-08`.
    pub reading: Option<String>,
    /// Byte range in the scenario file where it was asserted; `None` for standing oracles that no step names.
    pub asserted_at: Option<Span>,
    /// For `Error`: the stable word of the trouble. For what hostile input has done: [`Finding::ROBUSTNESS`].
    pub class: Option<String>,
    /// The octets that decide it.
    pub evidence: Vec<Evidence>,
}

impl Judgement {
    /// Whether it is about what the IUT withstands, and about no document.
    pub fn is_of_robustness(&self) -> bool {
        Document::of_id(&self.requirement).is_some_and(Document::is_robustness)
    }
}

impl Finding {
    /// The class of findings that are about hostile input, and about no document.
    pub const ROBUSTNESS: &'static str = "robustness";
}

/// Octets that decide a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The event in the record.
    pub event: EventId,
    /// When, since the record began.
    pub at: Duration,
    /// Who and what, such as `IUT → P, MESSAGE over udp`.
    pub caption: String,
    /// The octets: the whole message, or what an encoding of it held.
    pub octets: Bytes,
    /// The bytes to point at.
    pub span: Option<Span>,
    /// What to say under the caret.
    pub label: String,
}
