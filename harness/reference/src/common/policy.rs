//! Standing settings: for everybody, and for single peers.

use std::collections::HashMap;

use serde_json::Map;

use super::address::Party;
use crate::control::command::{Failure, OnArrival, Policy, ReadState, Reports};
use crate::user::Outcome;

/// Settings as far as they were made.
#[derive(Debug, Default)]
struct Settings {
    reports: Option<Reports>,
    on_arrival: Option<OnArrival>,
    read_state: Option<ReadState>,
    hide_reporter: Option<bool>,
    hide_sender: Option<bool>,
    reject_next: Option<u16>,
    hide_target: Option<bool>,
    process_reports: Option<bool>,
    record_route: Option<bool>,
    aggregate: Option<bool>,
    store: Option<bool>,
}

/// How far a setting reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// One peer.
    Peer,
    /// Everybody.
    General,
}

/// All settings; the most specific one that was made wins, member by member.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    general: Settings,
    peers: HashMap<Party, Settings>,
}

impl Policies {
    /// Obeys a command to somebody who has a user.
    ///
    /// # Errors
    /// It is about things that only intermediaries of other documents do.
    pub(crate) fn obey(&mut self, policy: &Policy) -> Outcome {
        let Policy { hide_target, process_reports, record_route, aggregate, store, .. } = policy;
        if [hide_target, process_reports, record_route, aggregate, store].contains(&&Some(true)) {
            return Err(unsupported("that is for intermediaries of another profile"));
        }
        self.take(policy)
    }

    /// Obeys a command to a machine.
    ///
    /// # Errors
    /// It is about a user, or as with [`Policies::obey`].
    pub(crate) fn obey_as_machine(&mut self, policy: &Policy) -> Outcome {
        if policy.on_arrival.is_some() || policy.read_state.is_some() {
            return Err(unsupported("an intermediary has no user who reads"));
        }
        if policy.reports == Some(Reports::Ask) {
            return Err(unsupported("an intermediary has no user to ask"));
        }
        self.obey(policy)
    }

    /// Obeys a command to an intermediary of RFC 5438.
    ///
    /// # Errors
    /// It is about a user.
    pub(crate) fn obey_as_intermediary(&mut self, policy: &Policy) -> Outcome {
        let fate = policy.on_arrival.is_none_or(|what| matches!(what, OnArrival::Hold | OnArrival::Unknown));
        if !fate || policy.read_state.is_some() {
            return Err(unsupported("an intermediary has no user who reads"));
        }
        if policy.reports == Some(Reports::Ask) {
            return Err(unsupported("an intermediary has no user to ask"));
        }
        self.take(policy)
    }

    fn take(&mut self, policy: &Policy) -> Outcome {
        if policy.reject_next.is_some_and(|status| !(300..700).contains(&status)) {
            return Err(unsupported("`reject_next` takes a final status from 300 on"));
        }
        self.set(policy);
        Ok(Map::new())
    }

    /// Replaces the members that the command names.
    fn set(&mut self, policy: &Policy) {
        let settings = match &policy.peer {
            Some(peer) => self.peers.entry(Party::of(peer)).or_default(),
            None => &mut self.general,
        };
        settings.reports = policy.reports.or(settings.reports);
        settings.on_arrival = policy.on_arrival.or(settings.on_arrival);
        settings.read_state = policy.read_state.or(settings.read_state);
        settings.hide_reporter = policy.hide_reporter.or(settings.hide_reporter);
        settings.hide_sender = policy.hide_sender.or(settings.hide_sender);
        settings.reject_next = policy.reject_next.or(settings.reject_next);
        settings.hide_target = policy.hide_target.or(settings.hide_target);
        settings.process_reports = policy.process_reports.or(settings.process_reports);
        settings.record_route = policy.record_route.or(settings.record_route);
        settings.aggregate = policy.aggregate.or(settings.aggregate);
        settings.store = policy.store.or(settings.store);
    }

    /// What to do with a request for a report from these parties, and how far the setting reaches that says so.
    /// Nothing was said: `None`.
    pub(crate) fn reports(&self, parties: &[Party]) -> Option<(Reports, Reach)> {
        self.find(parties, |settings| settings.reports)
    }

    /// What becomes of a message on arrival.
    pub(crate) fn on_arrival(&self, parties: &[Party]) -> OnArrival {
        self.value(parties, |settings| settings.on_arrival)
    }

    /// Whether the agent can tell that a message was read.
    pub(crate) fn read_state(&self, parties: &[Party]) -> ReadState {
        self.value(parties, |settings| settings.read_state)
    }

    /// Whether reports leave the reporter's URI out (section 10.4).
    pub(crate) fn hide_reporter(&self, parties: &[Party]) -> bool {
        self.value(parties, |settings| settings.hide_reporter)
    }

    /// Whether the sender keeps its URI private behind a B2BUA (section 8.1.3).
    pub(crate) fn hide_sender(&self, parties: &[Party]) -> bool {
        self.value(parties, |settings| settings.hide_sender)
    }

    /// Whether nobody may learn which address a message was sent to at first (RFC 5438 section 8).
    pub(crate) fn hide_target(&self, parties: &[Party]) -> bool {
        self.value(parties, |settings| settings.hide_target)
    }

    /// Whether processing notifications are given where they are asked for (RFC 5438 section 8.1).
    pub(crate) fn process_reports(&self, parties: &[Party]) -> bool {
        self.find(parties, |settings| settings.process_reports).is_none_or(|(given, _)| given)
    }

    /// Whether notifications are to come back this way (RFC 5438 section 6.5).
    pub(crate) fn record_route(&self, parties: &[Party]) -> bool {
        self.value(parties, |settings| settings.record_route)
    }

    /// Whether notifications are collected (RFC 5438 section 8.3).
    pub(crate) fn aggregate(&self, parties: &[Party]) -> bool {
        self.value(parties, |settings| settings.aggregate)
    }

    /// Whether messages are kept for those who cannot be reached (RFC 5438 section 5.2).
    pub(crate) fn store(&self, parties: &[Party]) -> bool {
        self.value(parties, |settings| settings.store)
    }

    /// The status to refuse the next message with, which is this one: the setting is used up.
    pub(crate) fn take_rejection(&mut self, parties: &[Party]) -> Option<u16> {
        let peer = parties
            .iter()
            .find(|party| self.peers.get(party).is_some_and(|settings| settings.reject_next.is_some()));
        match peer {
            Some(party) => self.peers.get_mut(party)?.reject_next.take(),
            None => self.general.reject_next.take(),
        }
    }

    /// Forgets what was set for one peer.
    pub(crate) fn forget(&mut self, peer: &Party) {
        self.peers.remove(peer);
    }

    fn value<T: Default>(&self, parties: &[Party], member: impl Fn(&Settings) -> Option<T>) -> T {
        self.find(parties, member).map(|(value, _)| value).unwrap_or_default()
    }

    fn find<T>(&self, parties: &[Party], member: impl Fn(&Settings) -> Option<T>) -> Option<(T, Reach)> {
        parties
            .iter()
            .filter_map(|party| self.peers.get(party))
            .find_map(|settings| Some((member(settings)?, Reach::Peer)))
            .or_else(|| Some((member(&self.general)?, Reach::General)))
    }
}

fn unsupported(why: &str) -> Failure {
    Failure::Unsupported(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(settings: &[Policy]) -> Policies {
        let mut policies = Policies::default();
        settings.iter().for_each(|policy| policies.set(policy));
        policies
    }

    fn of(peer: Option<&str>) -> Policy {
        Policy { peer: peer.map(str::to_owned), ..Policy::default() }
    }

    #[test]
    fn the_most_specific_setting_wins_member_by_member() {
        let policies = policies(&[
            Policy { reports: Some(Reports::Allow), hide_reporter: Some(true), ..of(None) },
            Policy { reports: Some(Reports::Deny), ..of(Some("sip:alice@h:5060")) },
        ]);
        let alice = [Party::of("im:alice@h")];
        let carol = [Party::of("sip:carol@h")];
        assert_eq!(policies.reports(&alice), Some((Reports::Deny, Reach::Peer)));
        assert_eq!(policies.reports(&carol), Some((Reports::Allow, Reach::General)));
        assert!(policies.hide_reporter(&alice), "the general setting holds where the peer has none");
    }

    #[test]
    fn a_later_command_keeps_the_members_it_does_not_name() {
        let policies = policies(&[
            Policy { reports: Some(Reports::Ignore), ..of(None) },
            Policy { on_arrival: Some(OnArrival::Read), ..of(None) },
        ]);
        assert_eq!(policies.reports(&[]), Some((Reports::Ignore, Reach::General)));
        assert_eq!(policies.on_arrival(&[]), OnArrival::Read);
    }

    #[test]
    fn a_rejection_is_used_once_and_by_the_peer_it_is_for() {
        let mut policies = policies(&[Policy { reject_next: Some(486), ..of(Some("sip:alice@h")) }]);
        assert_eq!(policies.take_rejection(&[Party::of("sip:carol@h")]), None);
        assert_eq!(policies.take_rejection(&[Party::of("sip:alice@h")]), Some(486));
        assert_eq!(policies.take_rejection(&[Party::of("sip:alice@h")]), None);
    }

    #[test]
    fn forgetting_a_peer_leaves_the_general_setting() {
        let mut policies = policies(&[
            Policy { reports: Some(Reports::Allow), ..of(None) },
            Policy { reports: Some(Reports::Deny), ..of(Some("sip:alice@h")) },
        ]);
        policies.forget(&Party::of("sip:alice@h"));
        assert_eq!(policies.reports(&[Party::of("sip:alice@h")]), Some((Reports::Allow, Reach::General)));
    }
}
