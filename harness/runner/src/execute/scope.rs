//! What one course of steps knows: the scenario itself, one round of a `repeat`, or one step of a `together`.

use std::sync::Arc;

use judge::Environment;
use record::{EventId, StepOutcome};
use wire::profile::Profile;

/// What the steps of one course know.
#[derive(Debug)]
pub(super) struct Scope {
    /// What names stand for.
    pub(super) names: Environment,
    /// Why the steps that follow have no basis, once that is so.
    pub(super) broken: Option<String>,
}

/// How a step ended, and whether it leaves a basis for those that follow.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) outcome: StepOutcome,
    pub(super) broken: Option<String>,
}

impl Scope {
    pub(super) fn new(profile: &'static Profile) -> Self {
        Self { names: Environment::new(profile), broken: None }
    }

    /// A course inside another one, which goes on with all that is known there.
    pub(super) fn within(outer: Arc<Environment>) -> Self {
        Self { names: Environment::within(outer), broken: None }
    }
}

impl End {
    /// It did what it says.
    pub(super) const fn done(events: Vec<EventId>) -> Self {
        Self { outcome: StepOutcome::Done(events), broken: None }
    }

    /// Its window ended.
    pub(super) const fn elapsed() -> Self {
        Self { outcome: StepOutcome::Elapsed, broken: None }
    }

    /// It could not be carried out.
    pub(super) fn unsupported(what: impl Into<String>) -> Self {
        let what = what.into();
        Self { broken: Some(what.clone()), outcome: StepOutcome::Unsupported(what) }
    }

    /// The same, with nothing left for what follows.
    pub(super) fn breaking(self, why: impl Into<String>) -> Self {
        Self { broken: Some(why.into()), ..self }
    }

    /// The same, with the steps that follow carried out all the same.
    pub(super) fn forgiven(self) -> Self {
        Self { broken: None, ..self }
    }
}
