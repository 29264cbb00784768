//! Which cases a run consists of: scenario × transport, and why one is left out.

mod selection;

use std::sync::Arc;

use record::Transport;
use scenario::model::TransportName;
use scenario::{LoadedScenario, Suite};

pub use selection::{BadPattern, Selection};

use crate::event::{CaseLabel, LeftOut, Reason};
use crate::iut::{Facts, Iut};

/// Every transport a scenario may run over, in the order of its variants.
const TRANSPORTS: [TransportName; 2] = [TransportName::Udp, TransportName::Tcp];

/// A scenario over one transport.
#[derive(Clone, Debug)]
pub struct Case {
    /// The scenario.
    pub scenario: Arc<LoadedScenario>,
    /// What carries SIP.
    pub transport: Transport,
}

impl Case {
    /// What people call it.
    pub fn label(&self) -> CaseLabel {
        label(&self.scenario, self.transport)
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
            let shared = Arc::new(scenario.clone());
            for name in TRANSPORTS {
                let transport = transport_of(name);
                match reason(scenario, name, iut, selection) {
                    Some(reason) => {
                        plan.left_out.push(LeftOut { label: label(scenario, transport), reason });
                    }
                    None => plan.cases.push(Case { scenario: shared.clone(), transport }),
                }
            }
        }
        plan
    }

    /// Leaves out the cases for whose transport the running IUT has no endpoint.
    pub fn fit(&mut self, facts: &Facts) {
        let reachable = |case: &Case| facts.endpoint(name_of(case.transport)).is_some();
        let (stay, go): (Vec<_>, Vec<_>) = std::mem::take(&mut self.cases).into_iter().partition(reachable);
        self.cases = stay;
        let left_out = |case: Case| LeftOut { label: case.label(), reason: Reason::Endpoint(case.transport) };
        self.left_out.extend(go.into_iter().map(left_out));
    }
}

/// The first reason not to run a case.
fn reason(
    loaded: &LoadedScenario,
    transport: TransportName,
    iut: &Iut,
    selection: &Selection,
) -> Option<Reason> {
    let scenario = &loaded.scenario;
    let instances = scenario.instances.max(1);
    if !selection.wants(loaded, transport) {
        Some(Reason::NotSelected)
    } else if !iut.ics.documents.contains(&loaded.document) {
        Some(Reason::Document(loaded.document.to_string()))
    } else if !iut.ics.roles.contains(&loaded.role) {
        Some(Reason::Role(loaded.role.to_string()))
    } else if !scenario.transports.contains(&transport) {
        Some(Reason::Scenario(scenario.transports_reason.clone().unwrap_or_default()))
    } else if !iut.ixit.transports.contains(&transport) {
        Some(Reason::Transport(transport_of(transport)))
    } else if instances > iut.ixit.instances {
        Some(Reason::Instances { needed: instances, allowed: iut.ixit.instances })
    } else {
        None
    }
}

fn label(loaded: &LoadedScenario, transport: Transport) -> CaseLabel {
    CaseLabel {
        document: loaded.document.to_string(),
        section: loaded.section.clone(),
        scenario: loaded.scenario.id.clone(),
        transport,
    }
}

/// The transport of that name.
pub(crate) const fn transport_of(name: TransportName) -> Transport {
    match name {
        TransportName::Udp => Transport::Udp,
        TransportName::Tcp => Transport::Tcp,
    }
}

/// The name of a transport.
pub(crate) const fn name_of(transport: Transport) -> TransportName {
    match transport {
        Transport::Udp => TransportName::Udp,
        Transport::Tcp => TransportName::Tcp,
    }
}

#[cfg(test)]
mod tests;
