//! Standing oracles: checks that look at every message of the IUT in every record.
//!
//! A check is a row of a table. It says what it looks at, which requirements it knows about, and gives observations.
//! Findings are deduplicated by requirement, check and event. A pass is credited only where an assertion asks for the check.

mod action;
mod addresses;
mod alike;
mod apply;
mod copy_identifiers;
mod counting;
mod denials;
mod document;
mod encapsulation;
mod entropy;
mod forwarding;
mod headers;
mod identifiers;
mod observation;
mod original_parties;
mod pattern;
mod per_recipient;
mod policy;
mod privacy;
mod receipts;
mod relaying;
mod request;
mod rfc3862;
mod rfc5438;
mod times;

use record::{Event, EventId};
use wire::profile::Profile;

use crate::Case;
use crate::capture::{Capture, View};
use crate::select::Environment;

pub(crate) use apply::{asserted, everywhere};
pub(crate) use observation::{Look, Observation};

/// One check.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) looks_at: LooksAt,
    /// The requirements it can charge.
    pub(crate) requirements: &'static [&'static str],
    pub(crate) run: fn(&Context<'_>) -> Look,
}

impl Check {
    /// What it sees, the worst first: of several observations about one event only the first is kept.
    pub(crate) fn look(&self, context: &Context<'_>) -> Vec<Observation> {
        let mut observations = (self.run)(context).unwrap_or_else(|unclear| vec![*unclear]);
        observations.sort_by_key(|seen| std::cmp::Reverse(seen.verdict));
        observations
    }
}

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LooksAt {
    /// Every report that the IUT composed.
    Report,
    /// Every message of the IUT that encloses a report of a peer.
    Relay,
    /// Every message by which a user of the IUT asks for a report.
    Request,
    /// The same, and every copy.
    RequestOrCopy,
    /// Every instant message that an intermediary sends on.
    Copy,
    /// Every message of the IUT that is no report.
    Im,
    /// Every message of the IUT.
    Message,
    /// The record as a whole.
    Record,
    /// Something that only a scenario can prepare: looked at where an assertion asks for it.
    Asked,
}

/// Where checks look.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) case: &'a Case<'a>,
    pub(crate) capture: &'a Capture,
    pub(crate) environment: &'a Environment,
}

impl Scene<'_> {
    /// Whether the IUT stands between peers: its instant messages are copies then, and its reports may be those of others.
    pub(crate) fn is_intermediary(&self) -> bool {
        self.case.scenario.relays()
    }

    /// Whether a message encloses a report of a peer.
    pub(crate) fn is_relayed(&self, event: EventId) -> bool {
        self.is_intermediary() && self.capture.relay(event).is_some()
    }
}

/// What one check is given.
pub(crate) struct Context<'a> {
    pub(crate) scene: &'a Scene<'a>,
    /// The message it looks at; `None` for the whole record.
    pub(crate) view: Option<&'a View<'a>>,
    /// For a report: the message it is about. For a copy: the message it comes from.
    pub(crate) subject: Option<&'a View<'a>>,
}

impl<'a> Context<'a> {
    pub(crate) fn profile(&self) -> &'static Profile {
        self.scene.case.profile
    }

    pub(crate) fn events(&self) -> &'a [Event] {
        &self.scene.case.record.events
    }

    /// The message of the IUT and the one it is about, or why there is nothing to compare.
    pub(crate) fn pair(&self) -> Result<(&'a View<'a>, &'a View<'a>), Box<Observation>> {
        let view = self.view()?;
        let unknown = "It cannot be told which message of a peer this one belongs to.";
        let subject =
            self.subject.ok_or_else(|| Box::new(Observation::unclear(unknown).seen(view.message)))?;
        Ok((view, subject))
    }

    /// The message of the IUT.
    pub(crate) fn view(&self) -> Result<&'a View<'a>, Box<Observation>> {
        self.view.ok_or_else(|| Box::new(Observation::unclear("The step has no message to look at.")))
    }
}

/// All checks of a profile, theme by theme.
pub(crate) fn checks(profile: &Profile) -> impl Iterator<Item = &'static Check> {
    let tables =
        DOCUMENTS.iter().find(|(of, _)| of.name == profile.name).map_or(&[][..], |(_, tables)| tables);
    tables.iter().flat_map(|table| table.iter())
}

/// The checks of each document. Rows of several tables may name the same function, each with requirements of its own.
static DOCUMENTS: &[(&Profile, &[&[Check]])] = &[
    (&wire::profile::IMDN_03, IMDN_03),
    (&wire::profile::RECEIPTS_00, receipts::TABLES),
    (&wire::profile::RFC5438, rfc5438::TABLES),
    (&wire::profile::RFC3862, rfc3862::TABLES),
];

const IMDN_03: &[&[Check]] = &[
    headers::CHECKS,
    request::CHECKS,
    identifiers::CHECKS,
    document::CHECKS,
    addresses::CHECKS,
    times::CHECKS,
    counting::CHECKS,
    denials::CHECKS,
    original_parties::CHECKS,
    copy_identifiers::CHECKS,
    forwarding::CHECKS,
    privacy::CHECKS,
    encapsulation::CHECKS,
    relaying::CHECKS,
    per_recipient::CHECKS,
    pattern::CHECKS,
    alike::CHECKS,
];

/// The names of all checks that a scenario of some document can ask for, each once.
pub fn check_names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> =
        DOCUMENTS.iter().flat_map(|(profile, _)| check_names_of(profile)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The names of the checks that scenarios of one document can ask for.
pub fn check_names_of(profile: &Profile) -> Vec<&'static str> {
    checks(profile).map(|check| check.name).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ledger::Ledger;

    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own_and_knows_real_requirements_of_its_document() {
        let ledger = Ledger::builtin().unwrap();
        for (profile, _) in DOCUMENTS {
            let mut names = HashSet::new();
            for check in checks(profile) {
                assert!(names.insert(check.name), "{}", check.name);
                assert!(!check.requirements.is_empty(), "{}", check.name);
                for id in check.requirements {
                    let known = ledger.get(id).filter(|requirement| requirement.is_testable());
                    assert_eq!(
                        known.map(|known| known.document.to_string()).as_deref(),
                        Some(profile.name),
                        "{id}"
                    );
                }
            }
        }
        assert!(check_names_of(&wire::profile::RECEIPTS_00).contains(&"media-type"));
    }
}
