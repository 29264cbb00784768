//! Which lists a scenario defines.

use std::collections::BTreeMap;

use scenario::model::{Command, Scenario, Step, Value};

use crate::iut::StaticList;

/// A list that a scenario defines at an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Its name in the scenario.
    pub(crate) list: String,
    /// The peers that are its members.
    pub(crate) members: Vec<String>,
    /// Whether everybody may see who the members are.
    pub(crate) disclosed: bool,
}

/// Every list of a scenario by its first definition.
///
/// # Errors
/// One of them cannot be had from an IUT's configuration, and why.
pub(crate) fn all_wanted(scenario: &Scenario) -> Result<Vec<Wanted>, String> {
    let mut all: Vec<Wanted> = Vec::new();
    for step in Step::all(&scenario.steps) {
        let Step::Command(command) = step else { continue };
        if command.ask != "list" {
            continue;
        }
        let wanted = wanted_by(command, scenario)?;
        if !all.iter().any(|known| known.list == wanted.list) {
            all.push(wanted);
        }
    }
    Ok(all)
}

/// The list that a command defines.
///
/// # Errors
/// It cannot be had from an IUT's configuration, and why.
pub(crate) fn wanted_by(command: &Command, scenario: &Scenario) -> Result<Wanted, String> {
    let list = command.with.get("uri").and_then(|uri| part(uri, "uri"));
    let list = list.filter(|name| scenario.lists.iter().any(|own| own == name));
    let members = match command.with.get("members") {
        Some(Value::List(members)) => members.iter().map(|member| peer(member, scenario)).collect(),
        Some(crowd) => part(crowd, "members").map(|name| crowd_members(name, scenario)),
        None => None,
    };
    match (list, members) {
        (Some(list), Some(members)) => {
            let disclosed = command.with.get("disclosed") != Some(&Value::Bool(false));
            Ok(Wanted { list: list.to_owned(), members, disclosed })
        }
        _ => {
            Err("no static list can stand for a list of other addresses than those of peers that report"
                .into())
        }
    }
}

/// The name in a text that is `${name.part}`.
fn part<'v>(value: &'v Value, part: &str) -> Option<&'v str> {
    let Value::Text(text) = value else { return None };
    text.reference().filter(|(_, selector)| *selector == Some(part)).map(|(name, _)| name)
}

/// The peer that a member is, if it is one that reports.
fn peer(member: &Value, scenario: &Scenario) -> Option<String> {
    let Value::Object(member) = member else { return None };
    let name = member.get("uri").and_then(|uri| part(uri, "uri"))?;
    let known = scenario.crowd_of(name).is_some() || scenario.peers.iter().any(|peer| peer == name);
    (known && reports(member)).then(|| name.to_owned())
}

fn reports(member: &BTreeMap<String, Value>) -> bool {
    matches!(member.get("reports"), None | Some(Value::Bool(true)))
}

fn crowd_members(crowd: &str, scenario: &Scenario) -> Vec<String> {
    scenario.peer_names().filter(|name| scenario.crowd_of(name) == Some(crowd)).collect()
}

impl Wanted {
    pub(super) fn is_met_by(&self, list: &StaticList) -> bool {
        list.members.len() == self.members.len() && list.disclosed == self.disclosed
    }

    /// What is missing, for people.
    pub(super) fn needed(&self) -> String {
        let Self { members, disclosed, .. } = self;
        let count = members.len();
        format!(
            "no `static-lists` entry of the IXIT fits; one with {count} members and `disclosed: {disclosed}` would do"
        )
    }
}
