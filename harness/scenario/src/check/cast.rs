//! Who takes part in a scenario, over what, and for how long.

use super::names::Meaning;
use super::{Checker, NAME, is_name};
use crate::model::Scenario;
use crate::strict::Node;

/// Most peers in a crowd.
const LARGEST_CROWD: u32 = 10_000;

impl Checker<'_> {
    pub(super) fn transports(&mut self, scenario: &Scenario, node: &Node) {
        let here = node.at("transports");
        let (named, possible) = (scenario.variants(), scenario.possible_variants());
        let usual = scenario.usual_variants();
        for (index, variant) in named.iter().enumerate() {
            let span = here.item(index).span.clone();
            if named[..index].contains(variant) {
                self.report(span, "this transport stands twice");
            } else if !possible.contains(variant) {
                let help = "it needs an IUT that relays, and a downstream peer";
                self.report_with(span, format!("`{variant}` has no two sides here"), help);
            }
        }
        let complete = usual.iter().all(|one| named.contains(one));
        match (&scenario.transports_reason, complete) {
            (None, false) if named.is_empty() => {
                self.report(here.head(), "a scenario has to run over a transport");
            }
            (None, false) => {
                let help = "add `transports-reason:` and say why the other transport is left out";
                self.report_with(here.span.clone(), "a transport is missing without a reason", help);
            }
            (Some(_), true) => {
                let span = node.at("transports-reason").span.clone();
                self.report(span, "a reason for leaving out a transport, although none is left out");
            }
            _ => {}
        }
    }

    pub(super) fn slowness(&mut self, scenario: &Scenario, node: &Node) {
        self.slow = scenario.slow;
        match (scenario.slow, &scenario.slow_reason) {
            (true, None) => {
                let help = "add `slow-reason:` and say what takes so long";
                self.report_with(node.at("slow").span.clone(), "slow without a reason", help);
            }
            (false, Some(_)) => {
                let span = node.at("slow-reason").span.clone();
                self.report_with(span, "a reason for being slow, although it is not", "add `slow: true`");
            }
            _ => {}
        }
    }

    pub(super) fn cast(&mut self, scenario: &Scenario, node: &Node) {
        if scenario.peers.is_empty() {
            self.report(node.at("peers").head(), "a scenario has to have a peer");
        }
        self.peers(scenario, node.at("peers"));
        self.crowds(scenario, node);
        self.lists(scenario, node.at("lists"));
        self.downstream(scenario, node.at("downstream"));
    }

    fn peers(&mut self, scenario: &Scenario, here: &Node) {
        for (index, peer) in scenario.peers.iter().enumerate() {
            let span = here.item(index).span.clone();
            let alike = scenario.peers[..index].iter().any(|other| other.eq_ignore_ascii_case(peer));
            if alike {
                let message = format!("there is a peer `{peer}` already; case does not tell peers apart");
                self.report(span, message);
            } else if !is_name(peer) {
                self.report_with(span, format!("`{peer}` cannot be the name of a peer"), NAME);
            } else {
                self.define(peer, Meaning::Peer, &span);
            }
        }
    }

    fn crowds(&mut self, scenario: &Scenario, node: &Node) {
        for entry in node.entry("crowds").map_or(&[][..], |crowds| crowds.value.entries()) {
            let Some(size) = scenario.crowds.get(&entry.key) else { continue };
            let span = entry.key_span.clone();
            let alike = scenario.peers.iter().find(|peer| scenario.crowd_of(peer) == Some(&entry.key));
            if let Some(peer) = alike {
                self.report(span, format!("`{peer}` of this crowd is a peer already"));
            } else if !is_name(&entry.key) || entry.key.ends_with(|c: char| c.is_ascii_digit()) {
                let help = "a name begins with a letter, has letters and hyphens, and ends in no digit";
                self.report_with(span, format!("`{}` cannot be the name of a crowd", entry.key), help);
            } else {
                self.define(&entry.key, Meaning::Crowd(*size), &span);
            }
            if !(1..=LARGEST_CROWD).contains(size) {
                let message = format!("a crowd has 1 to {LARGEST_CROWD} peers");
                self.report(entry.value.span.clone(), message);
            }
        }
    }

    fn lists(&mut self, scenario: &Scenario, here: &Node) {
        for (index, list) in scenario.lists.iter().enumerate() {
            let span = here.item(index).span.clone();
            if is_name(list) {
                self.define_used(list, Meaning::List, &span, "leave the list out");
            } else {
                self.report_with(span, format!("`{list}` cannot be the name of a list"), NAME);
            }
        }
    }

    fn downstream(&mut self, scenario: &Scenario, here: &Node) {
        for (index, name) in scenario.downstream.iter().flatten().enumerate() {
            let span = here.item(index).span.clone();
            match self.lookup(name, span.clone()) {
                None | Some(Meaning::Peer | Meaning::Crowd(_)) => {}
                Some(other) => self.report(span, format!("`{name}` is {}, not a peer", other.describe())),
            }
        }
    }
}
