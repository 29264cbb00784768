//! What a run tells while it goes on, and what it comes to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use judge::{Judgement, Verdict};
use record::{Record, Transport};
use scenario::model::{Mode, Variant};
use tokio::sync::mpsc;

use crate::exit::ExitStatus;
use crate::iut::Facts;
use crate::plan::Terms;

/// Place of a case in its plan, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(pub u32);

/// Which scenario in which variant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseLabel {
    /// Short name of the document.
    pub document: String,
    /// Its section.
    pub section: String,
    /// Id of the scenario.
    pub scenario: String,
    /// What messages travel by.
    pub variant: Variant,
    /// In whose terms it is played, where its document has none of its own.
    pub terms: Option<Terms>,
}

impl fmt::Display for CaseLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} [{}]", self.document, self.scenario, self.variant)?;
        self.terms.iter().try_for_each(|terms| write!(f, " by {terms}"))
    }
}

/// A case that is not run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The case.
    pub label: CaseLabel,
    /// The reason.
    pub reason: Reason,
}

/// Why a case is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The filters leave it out.
    NotSelected,
    /// The ICS does not declare the role.
    Role(String),
    /// The ICS does not declare the document.
    Document(String),
    /// IXIT does not name the transport.
    Transport(Transport),
    /// The IUT has no endpoint for the transport.
    Endpoint(Transport),
    /// The IUT cannot exchange messages in this way.
    Mode(Mode),
    /// The scenario does not run over this transport; the text is its own reason.
    Scenario(String),
    /// It is hostile, and hostile input was not asked for.
    Hostile,
    /// It takes minutes, and slow scenarios were not asked for; the text is its own reason.
    Slow(String),
    /// It needs more processes of the IUT than IXIT allows.
    Instances {
        /// How many it needs.
        needed: u32,
        /// How many there may be.
        allowed: u32,
    },
}

impl Reason {
    /// Whether the requirements of the case are not applicable to this IUT, rather than merely not run.
    pub const fn is_not_applicable(&self) -> bool {
        matches!(self, Self::Role(_) | Self::Document(_))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSelected => f.write_str("not selected"),
            Self::Role(role) => write!(f, "the ICS does not declare the role {role}"),
            Self::Document(document) => write!(f, "the ICS does not declare the document {document}"),
            Self::Transport(transport) => write!(f, "the IXIT leaves {transport} out"),
            Self::Endpoint(transport) => write!(f, "the IUT has no endpoint for {transport}"),
            Self::Mode(mode) => write!(
                f,
                "the IUT has no {mode} mode: neither `modes` in its `ready` nor IXIT `modes` names it"
            ),
            Self::Scenario(reason) => f.write_str(reason),
            Self::Hostile => f.write_str("its input is hostile, run it with --hostile"),
            Self::Slow(reason) => write!(f, "it is slow, run it with --slow: {reason}"),
            Self::Instances { needed, allowed } => {
                write!(f, "needs {needed} processes of the IUT at once, and IXIT `instances` is {allowed}")
            }
        }
    }
}

/// What a run tells.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// The plan stands; nothing has been sent yet.
    Started {
        /// The cases that will run; a [`CaseId`] is an index into them.
        cases: Arc<[CaseLabel]>,
    },
    /// A process of the IUT is ready.
    IutReady {
        /// Which process, counted from 0.
        process: u32,
        /// What is known of it.
        facts: Arc<Facts>,
    },
    /// A case is not run.
    LeftOut(LeftOut),
    /// A case begins; once more where the IUT broke down while it shared a process with others.
    CaseStarted {
        /// Which.
        case: CaseId,
    },
    /// A case lets real time pass.
    Waiting {
        /// Which.
        case: CaseId,
        /// How long from now on.
        length: Duration,
        /// What for.
        why: String,
    },
    /// A case is over and judged.
    CaseFinished {
        /// Which.
        case: CaseId,
        /// One for every requirement that the case says something about.
        judgements: Vec<Judgement>,
        /// The record, where it was asked for.
        record: Option<Arc<Record>>,
        /// From its first event to its last.
        duration: Duration,
    },
    /// Something people may want to know: a log line of the IUT, a process started again.
    Note(String),
    /// All is over.
    Finished(Outcome),
}

/// Where events go. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Events(pub(crate) mpsc::Sender<RunEvent>);

impl Events {
    /// Tells an event. Where nobody listens any more, the run goes on all the same.
    pub(crate) async fn tell(&self, event: RunEvent) {
        let _ = self.0.send(event).await;
    }
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Cases that were run to their end.
    pub cases: usize,
    /// Judgements by verdict: passes.
    pub passed: usize,
    /// Judgements with a warning.
    pub warnings: usize,
    /// Judgements that fail: the IUT violates a requirement.
    pub violations: usize,
    /// Judgements for which there was no basis.
    pub inconclusive: usize,
    /// Judgements that are errors of harness, driver or environment.
    pub errors: usize,
    /// Judgements on requirements that do not apply to this IUT.
    pub not_applicable: usize,
    /// Judgements that hostile input was withstood.
    pub withstood: usize,
    /// Judgements that it did harm.
    pub harmed: usize,
    /// Cases that could not be started or finished for a reason outside the IUT's conformance.
    pub troubles: Vec<String>,
    /// Whether the run was ended before its time.
    pub interrupted: bool,
}

impl Outcome {
    /// Counts what a case came to.
    pub fn add(&mut self, judgements: &[Judgement]) {
        self.cases += 1;
        for judgement in judgements {
            *self.count_of(judgement) += 1;
        }
    }

    /// Adds what another run came to.
    pub fn join(&mut self, other: Self) {
        let Self {
            cases,
            passed,
            warnings,
            violations,
            inconclusive,
            errors,
            not_applicable,
            withstood,
            harmed,
            troubles,
            interrupted,
        } = other;
        self.cases += cases;
        self.passed += passed;
        self.warnings += warnings;
        self.violations += violations;
        self.inconclusive += inconclusive;
        self.errors += errors;
        self.not_applicable += not_applicable;
        self.withstood += withstood;
        self.harmed += harmed;
        self.troubles.extend(troubles);
        self.interrupted |= interrupted;
    }

    fn count_of(&mut self, judgement: &Judgement) -> &mut usize {
        match judgement.verdict {
            Verdict::Pass if judgement.is_of_robustness() => &mut self.withstood,
            Verdict::Fail | Verdict::Warning if judgement.is_of_robustness() => &mut self.harmed,
            Verdict::NotApplicable => &mut self.not_applicable,
            Verdict::Pass => &mut self.passed,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Warning => &mut self.warnings,
            Verdict::Fail => &mut self.violations,
            Verdict::Error => &mut self.errors,
        }
    }

    /// How many judgements say something about the IUT.
    pub const fn judged(&self) -> usize {
        self.passed + self.warnings + self.violations + self.withstood + self.harmed
    }

    /// What the process returns. With `strict`, a warning is a violation.
    pub const fn exit_status(&self, strict: bool) -> ExitStatus {
        if self.interrupted {
            ExitStatus::Interrupted
        } else if self.violations > 0 || self.harmed > 0 || (strict && self.warnings > 0) {
            ExitStatus::Violation
        } else if self.errors > 0 || !self.troubles.is_empty() {
            ExitStatus::Environment
        } else if self.judged() == 0 {
            ExitStatus::Nothing
        } else {
            ExitStatus::Conformant
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_added_up() {
        let mut one = Outcome { cases: 1, passed: 3, ..Outcome::default() };
        one.join(Outcome {
            cases: 2,
            violations: 1,
            troubles: vec!["x".into()],
            interrupted: true,
            ..Outcome::default()
        });
        let sum = Outcome {
            cases: 3,
            passed: 3,
            violations: 1,
            troubles: vec!["x".into()],
            interrupted: true,
            ..Outcome::default()
        };
        assert_eq!(one, sum);
    }

    #[test]
    fn the_gravest_thing_decides_the_exit_status() {
        let passed = Outcome { passed: 3, ..Outcome::default() };
        let warned = Outcome { warnings: 1, ..passed.clone() };
        let broken = Outcome { errors: 1, ..warned.clone() };
        let violated = Outcome { violations: 1, ..broken.clone() };
        let withstood = Outcome { withstood: 1, ..Outcome::default() };
        let harmed = Outcome { harmed: 1, errors: 1, ..passed.clone() };
        let interrupted = Outcome { interrupted: true, ..violated.clone() };
        let unjudged = Outcome { inconclusive: 9, not_applicable: 2, ..Outcome::default() };
        let table = [
            (&passed, false, 0),
            (&warned, false, 0),
            (&warned, true, 1),
            (&broken, false, 3),
            (&violated, false, 1),
            (&harmed, false, 1),
            (&withstood, true, 0),
            (&interrupted, false, 130),
            (&unjudged, false, 4),
            (&Outcome::default(), false, 4),
        ];
        for (outcome, strict, code) in table {
            assert_eq!(outcome.exit_status(strict).code(), code, "{outcome:?}");
        }
    }
}
