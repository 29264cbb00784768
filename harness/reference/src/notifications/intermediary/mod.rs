//! An intermediary (RFC 5438 sections 8 and 12.2): list server, gateway, list with secret members, store and forward. What is for
//! none of its lists it passes on as a proxy.

mod collecting;
pub(crate) mod copy;
mod explode;
mod own;
pub(crate) mod passing;
mod proxying;
mod route;
mod secret;
pub(crate) mod state;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use self::explode::is_counted;
use self::route::Route;
use self::state::Requests;
use super::marks::Familiar;
use super::received::{Reader, Received, What};
use crate::carrier::{Answer, Incoming, Proxied};
use crate::common::host::{Host, no_such_list};
use crate::common::lists::List;
use crate::control::command::Command;
use crate::faults::{Conduct, Slip};
use crate::user::{Action, Outcome, TransactionUser};

/// What pages may hold; a signed message is sent on as it is.
const ACCEPTED: &[&str] = &["message/cpim", "text/plain", SIGNED];
const SIGNED: &str = "multipart/signed";

/// A host of lists.
#[derive(Debug)]
pub(crate) struct Intermediary {
    host: Host<Requests>,
    local: SocketAddr,
    /// Which message is to be looked at when.
    timers: BTreeSet<(OffsetDateTime, u64)>,
}

impl TransactionUser for Intermediary {
    fn ready(&self) -> Value {
        self.host.ready()
    }

    fn command(&mut self, command: Command) -> (Outcome, Vec<Action>) {
        match command {
            Command::Policy(policy) => (self.host.policies.obey_as_intermediary(&policy), Vec::new()),
            command => self.host.command(command),
        }
    }

    fn accepts(&self) -> &'static [&'static str] {
        ACCEPTED
    }

    /// What is addressed elsewhere, unless it is a notification that this host has asked to see (section 6.5).
    fn proxied(&mut self, message: &Incoming) -> Option<Proxied> {
        self.passed_by(message)
    }

    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let list = self.host.addressed(message);
        let received = self.read(message, list.as_deref());
        let mut actions = Vec::new();
        let answer = self.answer(message, received, list, &mut actions);
        (Some(answer.unwrap_or_else(|refusal| refusal)), actions)
    }

    fn refusal(&self, uri: &str) -> Option<Answer> {
        self.host.refusal(uri)
    }

    fn concluded(&mut self, mark: u64, status: Option<u16>) -> Vec<Action> {
        let copied = self.host.concluded(mark);
        copied.map(|copied| self.copy_concluded(copied, status)).unwrap_or_default()
    }

    fn wakes_in(&self) -> Option<Duration> {
        let (due, _) = self.timers.first()?;
        Some((*due - self.host.clock.now()).try_into().unwrap_or(Duration::ZERO))
    }

    /// A set time is over: what was collected goes, and what was kept is tried again.
    fn wake(&mut self) -> Vec<Action> {
        let now = self.host.clock.now();
        let mut actions = Vec::new();
        while let Some((due, number)) = self.timers.first().copied().filter(|(due, _)| *due <= now) {
            self.timers.remove(&(due, number));
            actions.extend(self.try_again(number, now));
            actions.extend(self.release_if_due(number, now));
        }
        actions
    }
}

impl Intermediary {
    /// A host without lists that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct) -> Self {
        Self { host: Host::new(local, conduct, Requests::default()), local, timers: BTreeSet::new() }
    }

    /// Whether that URI is served here.
    fn is_own(&self, uri: &str) -> bool {
        self.host.lists.find(uri).is_some() || self.host.is_host(uri)
    }

    /// Whether the next hop of a notification is here.
    fn is_top(&self, route: &Route) -> bool {
        route.top().is_some_and(|hop| self.is_own(&hop.uri))
    }

    fn read(&self, message: &Incoming, list: Option<&List>) -> Received {
        let (own, conduct, now) = (self.host.own(list), self.host.conduct, self.host.clock.now());
        Reader { own, conduct, now, familiar: Familiar::default() }.read(message)
    }

    fn answer(
        &mut self,
        message: &Incoming,
        received: Received,
        list: Option<Arc<List>>,
        actions: &mut Vec<Action>,
    ) -> Result<Answer, Answer> {
        // Lists may be on each other; what goes round comes to an end here (RFC 3261 section 8.1.1.6).
        if message.hops == 0 {
            return Err(Answer::new(483, "Too Many Hops"));
        }
        if received.what != What::InstantMessage {
            return self.take_notification(message, &received, list.as_deref(), actions);
        }
        let list = list.ok_or_else(no_such_list)?;
        if !list.disclosed && message.is_any(&[SIGNED]) {
            // Nothing can be recorded in it, and notifications would go past this host.
            return Err(Answer::new(415, "Unsupported Media Type").with("Accept", "message/cpim"));
        }
        if let Some(status) = received.refused {
            return Err(Answer::new(status, "Refused"));
        }
        if let Some(status) = self.host.policies.take_rejection(&received.parties) {
            return Err(Answer::new(status, "Rejected"));
        }
        let refuses_late = is_counted(&list) && self.host.conduct.slips(Slip::RejectAfterForwarding);
        if !self.host.requests.is_repeated(&received) {
            self.explode(message, received, list, actions);
        }
        if refuses_late {
            return Err(Answer::new(403, "Forbidden"));
        }
        Ok(Answer::ok())
    }
}

#[cfg(test)]
mod tests;
