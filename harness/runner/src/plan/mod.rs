//! Which cases a run consists of: scenario × variant, and why one is left out.

mod selection;
mod terms;

use std::sync::Arc;

use record::Transport;
use scenario::model::{TransportName, Variant};
use scenario::{LoadedScenario, Suite};

pub use selection::{BadPattern, Selection};
pub use terms::Terms;

use crate::event::{CaseLabel, LeftOut, Reason};
use crate::iut::{Facts, Iut};

/// A scenario over one transport, or over one on each side.
#[derive(Clone, Debug)]
pub struct Case {
    /// The scenario.
    pub scenario: Arc<LoadedScenario>,
    /// What messages travel by.
    pub variant: Variant,
    /// In whose terms it is played.
    pub terms: Terms,
}

impl Case {
    /// What people call it.
    pub fn label(&self) -> CaseLabel {
        label(&self.scenario, self.variant, Some(self.terms))
    }

    /// Whether it sends hostile input.
    pub(crate) fn is_hostile(&self) -> bool {
        self.scenario.scenario.is_hostile()
    }

    /// How many processes of the IUT take part.
    pub fn instances(&self) -> u32 {
        self.scenario.scenario.instances.max(1)
    }
}

/// What will run, and what will not.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The cases, in the order of the files.
    pub cases: Vec<Case>,
    /// The others, each with its reason.
    pub left_out: Vec<LeftOut>,
}

impl Plan {
    /// The cases of this suite that the IUT is declared for and the selection wants.
    pub fn new(suite: &Suite, iut: &Iut, selection: &Selection) -> Self {
        let mut plan = Self::default();
        for scenario in &suite.scenarios {
            for variant in variants(scenario) {
                match terms(scenario, variant, iut, selection) {
                    Ok(terms) => plan.cases.push(Case { scenario: scenario.clone(), variant, terms }),
                    Err(reason) => {
                        let terms = iut.ics.terms(scenario).ok();
                        plan.left_out.push(LeftOut { label: label(scenario, variant, terms), reason });
                    }
                }
            }
        }
        plan
    }

    /// Leaves out the cases that the running IUT cannot take part in.
    pub fn fit(&mut self, facts: &Facts) {
        for case in std::mem::take(&mut self.cases) {
            match lack(&case, facts) {
                None => self.cases.push(case),
                Some(reason) => self.left_out.push(LeftOut { label: case.label(), reason }),
            }
        }
    }
}

/// What the running IUT lacks for a case: a mode, or an endpoint for what carries SIP.
fn lack(case: &Case, facts: &Facts) -> Option<Reason> {
    let modes = case.scenario.scenario.modes(case.variant);
    let mode = modes.into_iter().find(|mode| !facts.modes.contains(mode)).map(Reason::Mode);
    let endpoint = || sides(case.variant).into_iter().find(|name| facts.endpoint(*name).is_none());
    mode.or_else(|| endpoint().map(|name| Reason::Endpoint(transport_of(name))))
}

/// The variants that are worth a word: those that run, and those that the scenario leaves out.
fn variants(loaded: &LoadedScenario) -> impl Iterator<Item = Variant> {
    let scenario = &loaded.scenario;
    let possible = scenario.possible_variants();
    let known = move |variant: &Variant| possible.contains(variant) || scenario.variants().contains(variant);
    Variant::ALL.into_iter().filter(known)
}

/// What carries SIP in a variant.
const fn sides(variant: Variant) -> [TransportName; 2] {
    [variant.upstream(), variant.downstream()]
}

/// In whose terms a case is run, or the first reason not to.
fn terms(
    loaded: &LoadedScenario,
    variant: Variant,
    iut: &Iut,
    selection: &Selection,
) -> Result<Terms, Reason> {
    if !selection.wants(loaded, variant) {
        return Err(Reason::NotSelected);
    }
    if loaded.scenario.is_hostile() && !selection.hostile {
        return Err(Reason::Hostile);
    }
    let terms = iut.ics.terms(loaded)?;
    objection(loaded, variant, iut, selection).map_or(Ok(terms), Err)
}

/// The first reason not to run a case that the IUT is declared for.
fn objection(loaded: &LoadedScenario, variant: Variant, iut: &Iut, selection: &Selection) -> Option<Reason> {
    let scenario = &loaded.scenario;
    let instances = scenario.instances.max(1);
    let unwanted = variant.carriers().iter().find(|name| !iut.ixit.transports.contains(name));
    if let Some(reason) = scenario.reason_against(variant) {
        Some(Reason::Scenario(reason))
    } else if let Some(name) = unwanted {
        Some(Reason::Transport(transport_of(*name)))
    } else if scenario.slow && !selection.slow {
        Some(Reason::Slow(scenario.slow_reason.clone().unwrap_or_default()))
    } else if instances > iut.ixit.instances {
        Some(Reason::Instances { needed: instances, allowed: iut.ixit.instances })
    } else {
        None
    }
}

fn label(loaded: &LoadedScenario, variant: Variant, terms: Option<Terms>) -> CaseLabel {
    CaseLabel {
        document: loaded.document.to_string(),
        section: loaded.section.clone(),
        scenario: loaded.scenario.id.clone(),
        variant,
        terms: terms.filter(|_| loaded.document.is_robustness()),
    }
}

/// The transport of that name.
pub(crate) const fn transport_of(name: TransportName) -> Transport {
    match name {
        TransportName::Udp => Transport::Udp,
        TransportName::Tcp => Transport::Tcp,
        TransportName::Msrp => Transport::Msrp,
    }
}

#[cfg(test)]
mod tests;
