//! An end user's agent by draft-burger-simple-imdn-03: it asks for reports, and reports. Without sockets: commands and
//! messages go in, answers and actions come out.

mod correlate;
pub(crate) mod document;
pub(crate) mod draft;
pub(crate) mod item;
mod log;
pub(crate) mod object;
mod receive;
pub(crate) mod received;
pub(crate) mod report;
mod reporting;
pub(crate) mod request;
mod send;
mod sent;

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Map, Value};

use self::item::Item;
use self::sent::SentTable;
use crate::carrier::{Answer, Call, Incoming, Outgoing};
use crate::clock::Clock;
use crate::common::address::Party;
use crate::common::calls;
use crate::common::identifiers::Identifiers;
use crate::common::inbox::Inbox;
use crate::common::policy::Policies;
use crate::control;
use crate::control::command::{Command, Failure, Scope};
use crate::faults::Conduct;
use crate::user::{Action, Outcome, TransactionUser};

/// Names of the commands that an endpoint can do.
const COMMANDS: [&str; 8] =
    ["send", "dispose", "policy", "session", "log", "advance_clock", "reset", "restart"];

/// The agent of one user.
#[derive(Debug)]
pub(crate) struct Agent {
    /// The user's URI, as it stands in From.
    address: String,
    conduct: Conduct,
    clock: Clock,
    policies: Policies,
    inbox: Inbox<Item>,
    sent: SentTable,
    reports: Vec<correlate::Shown>,
    identifiers: Identifiers,
    /// Reports that wait for a command, in an agent that needs one.
    queued: Vec<(Vec<Party>, Outgoing)>,
}

impl TransactionUser for Agent {
    fn ready(&self) -> Value {
        control::ready(&self.address, &COMMANDS)
    }

    fn command(&mut self, command: Command) -> (Outcome, Vec<Action>) {
        let mut actions = Vec::new();
        let outcome = match command {
            Command::Send(send) => self.send(*send, &mut actions),
            Command::Dispose(dispose) => self.dispose(&dispose, &mut actions),
            Command::Policy(policy) => self.policies.obey(&policy),
            Command::Log(scope) => {
                actions.extend(self.release(scope.peer.as_deref()));
                Ok(self.log(scope.peer.as_deref()))
            }
            Command::AdvanceClock { seconds } => {
                self.clock.advance(seconds);
                Ok(Map::new())
            }
            Command::Reset(scope) => {
                self.reset(&scope);
                actions.push(Action::Call(Call::Close(scope.peer)));
                Ok(Map::new())
            }
            Command::Restart => {
                self.restart();
                actions.push(Action::Call(Call::Lose));
                Ok(Map::new())
            }
            Command::Session(session) => calls::of_user(session, &self.address, &mut actions),
            Command::List(_) | Command::Identity(_) | Command::Trust(_) | Command::Other => {
                Err(Failure::Unsupported("an endpoint cannot do that".to_owned()))
            }
        };
        (outcome, actions)
    }

    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let (answer, actions) = self.take(message);
        (Some(answer), actions)
    }

    fn wakes_in(&self) -> Option<Duration> {
        let left = self.sent.patience_ends()? - self.clock.now();
        Some(left.try_into().unwrap_or(Duration::ZERO))
    }

    /// Only an agent that cannot live with silence sends again (section 8.1).
    fn wake(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        for mailing in self.sent.overdue(self.clock.now()) {
            self.post(&mailing, &mut actions);
        }
        actions
    }
}

impl Agent {
    /// An agent that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct) -> Self {
        Self {
            address: format!("sip:bob@{local}"),
            conduct,
            clock: Clock::default(),
            policies: Policies::default(),
            inbox: Inbox::default(),
            sent: SentTable::new(conduct),
            reports: Vec::new(),
            identifiers: Identifiers::new(conduct),
            queued: Vec::new(),
        }
    }

    fn reset(&mut self, scope: &Scope) {
        let Some(peer) = scope.peer.as_deref().map(Party::of) else {
            self.forget_state();
            self.policies = Policies::default();
            self.clock = Clock::default();
            return;
        };
        self.inbox.forget(&peer);
        self.sent.forget(&peer);
        self.policies.forget(&peer);
        self.reports.retain(|report| !report.parties.contains(&peer));
        self.queued.retain(|(parties, _)| !parties.contains(&peer));
    }

    /// Power is lost and comes back. Settings are on disk, and the clock runs on.
    fn restart(&mut self) {
        self.forget_state();
        self.identifiers.restart();
    }

    fn forget_state(&mut self) {
        self.inbox.clear();
        self.sent.clear();
        self.reports.clear();
        self.queued.clear();
    }

    /// Reports that waited for a command about this peer, or about anybody.
    fn release(&mut self, peer: Option<&str>) -> Vec<Action> {
        let peer = peer.map(Party::of);
        let concerned = |parties: &[Party]| peer.as_ref().is_none_or(|peer| parties.contains(peer));
        let (due, rest): (Vec<_>, Vec<_>) =
            self.queued.drain(..).partition(|(parties, _)| concerned(parties));
        self.queued = rest;
        due.into_iter().map(|(_, outgoing)| Action::Send(Box::new(outgoing))).collect()
    }
}

#[cfg(test)]
mod tests;
