//! One scenario, as its author writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ledger::Role;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{Generator, Mode, Step, Variant, one};

/// Rounds from which on a scenario is one of volume.
const VOLUME: u32 = 500;

/// One scenario: the stimulus and the expectation for one point of the section.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// Name in kebab case, unique within the document.
    #[schemars(extend("examples" = ["read-message-is-reported"]))]
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The role the IUT plays: `requesting-uac`, `reporting-uas`, `b2bua`; by the RFCs `im-sender`, `im-recipient`, `intermediary`.
    #[schemars(schema_with = "roles")]
    pub role: Role,
    /// What messages travel by, one variant each; default: `udp` and `tcp`, `mixed` where the IUT stands between upstream and
    /// downstream peers, and `msrp` where nothing ties the scenario or its document to SIP.
    #[serde(default)]
    pub transports: Option<Vec<Variant>>,
    /// Why a transport is missing, where one is.
    #[serde(default)]
    #[schemars(extend("examples" = ["RFC 3261 17.1.2 has no retransmissions over TCP."]))]
    pub transports_reason: Option<String>,
    /// Scripted peers; the first is the one that steps mean where they name none.
    #[serde(default = "one_peer")]
    pub peers: Vec<String>,
    /// Many peers of one name: `{D: 1000}` makes D1 to D1000, and `${D.members}` the list of their addresses.
    #[serde(default)]
    #[schemars(extend("examples" = [{"D": 1000}]))]
    pub crowds: BTreeMap<String, u32>,
    /// The peers and crowds that stand downstream of the IUT; default: those whose name begins with D.
    #[serde(default)]
    pub downstream: Option<Vec<String>>,
    /// Names for list addresses at the IUT that nobody else uses.
    #[serde(default)]
    pub lists: Vec<String>,
    /// How many IUT processes take part; `command` steps choose one by `iut`.
    #[serde(default = "one")]
    pub instances: u32,
    /// It needs minutes of real time, and runs only where slow scenarios are asked for.
    #[serde(default)]
    pub slow: bool,
    /// Why it needs them.
    #[serde(default)]
    pub slow_reason: Option<String>,
    /// Values made afresh for every run, by name.
    #[serde(default)]
    pub values: BTreeMap<String, Generator>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// Why it says nothing about messages in sessions, if so; filled in by the loader.
    #[serde(skip)]
    pub against_sessions: Option<String>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

impl Scenario {
    /// How often the most repeated step runs; 0 where nothing is repeated.
    pub fn rounds(&self) -> u32 {
        rounds(&self.steps)
    }

    /// Whether it has so many rounds that it costs seconds and its record fills memory. Nothing in it differs from its
    /// small siblings but the number.
    pub fn is_of_volume(&self) -> bool {
        self.rounds() >= VOLUME
    }

    /// Whether it is about what the IUT withstands.
    pub fn is_hostile(&self) -> bool {
        Step::all(&self.steps).into_iter().any(|step| matches!(step, Step::Unharmed(_)))
    }

    /// How often steps are carried out in it, each round of each step counted.
    pub fn executions(&self) -> u32 {
        executions(&self.steps)
    }

    /// The variants in which it runs.
    pub fn variants(&self) -> &[Variant] {
        self.transports.as_deref().unwrap_or(self.usual_variants())
    }

    /// The variants in which it runs where its author says nothing of them: all that are possible, without `msrp` where
    /// it says nothing about sessions.
    pub fn usual_variants(&self) -> &'static [Variant] {
        match self.possible_variants() {
            [sip @ .., Variant::Msrp] if self.against_sessions.is_some() => sip,
            all => all,
        }
    }

    /// The variants in which it could run: `mixed` differs from the others only where the IUT has two sides, and what is hostile
    /// is tried in pages.
    pub fn possible_variants(&self) -> &'static [Variant] {
        if self.is_hostile() {
            &[Variant::Udp, Variant::Tcp]
        } else if self.relays() && self.peer_names().any(|name| self.is_downstream(&name)) {
            &Variant::ALL
        } else {
            &[Variant::Udp, Variant::Tcp, Variant::Msrp]
        }
    }

    /// Why it does not run in a variant in which it could: the author's words, else what ties it to SIP.
    pub fn reason_against(&self, variant: Variant) -> Option<String> {
        if self.variants().contains(&variant) {
            return None;
        }
        let tied =
            if self.usual_variants().contains(&variant) { None } else { self.against_sessions.clone() };
        Some(tied.or_else(|| self.transports_reason.clone()).unwrap_or_default())
    }

    /// The modes that the IUT has to have for a variant.
    pub fn modes(&self, variant: Variant) -> BTreeSet<Mode> {
        let of_step = |step: &Step| match step {
            Step::Send(send) => send.mode,
            Step::Command(command) => command.mode(),
            _ => None,
        };
        Step::all(&self.steps).into_iter().filter_map(of_step).chain([variant.mode()]).collect()
    }

    /// Whether the IUT stands between upstream and downstream peers.
    pub const fn relays(&self) -> bool {
        matches!(self.role, Role::B2bua | Role::Intermediary)
    }

    /// The names of all peers, those of the crowds after the others.
    pub fn peer_names(&self) -> impl Iterator<Item = String> + '_ {
        let crowds = self.crowds.iter();
        let members =
            crowds.flat_map(|(crowd, size)| (1..=*size).map(move |number| format!("{crowd}{number}")));
        self.peers.iter().cloned().chain(members)
    }

    /// Whether that peer stands downstream of the IUT.
    pub fn is_downstream(&self, name: &str) -> bool {
        match &self.downstream {
            None => name.starts_with('D'),
            Some(names) => names.iter().any(|one| one == name || self.crowd_of(name) == Some(one)),
        }
    }

    /// The crowd to which that peer belongs by its name.
    pub fn crowd_of(&self, name: &str) -> Option<&str> {
        let crowd = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let (crowd, size) = self.crowds.get_key_value(crowd)?;
        let digits = &name[crowd.len()..];
        let number: u32 = digits.parse().ok().filter(|_| !digits.starts_with('0'))?;
        (1..=*size).contains(&number).then_some(crowd)
    }
}

fn one_peer() -> Vec<String> {
    vec!["P".into()]
}

fn roles(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": Role::ALL})
}

fn executions(steps: &[Step]) -> u32 {
    let of = |step: &Step| match step {
        Step::Repeat(repeat) => {
            let rounds =
                repeat.times.unwrap_or_else(|| repeat.each.values().map(Vec::len).max().unwrap_or(1) as u32);
            rounds.saturating_mul(executions(&repeat.steps))
        }
        Step::Together(steps) => executions(steps),
        _ => 1,
    };
    steps.iter().map(of).fold(0, u32::saturating_add)
}

fn rounds(steps: &[Step]) -> u32 {
    let of = |step: &Step| match step {
        Step::Repeat(repeat) => repeat.times.unwrap_or(1).saturating_mul(rounds(&repeat.steps).max(1)),
        Step::Together(steps) => rounds(steps),
        _ => 0,
    };
    steps.iter().map(of).max().unwrap_or(0)
}
