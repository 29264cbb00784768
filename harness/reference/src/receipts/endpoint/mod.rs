//! An end user's agent: it asks for receipts, and gives them.

mod confirm;
mod dispose;
mod item;
pub(crate) mod letter;
mod log;
mod send;
mod sent;
mod take;

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Map, Value};

use self::confirm::Shown;
use self::item::Item;
use self::sent::SentTable;
use crate::carrier::{Answer, Call, Incoming};
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
pub(crate) struct Endpoint {
    /// The user's URI, as it stands in From.
    address: String,
    conduct: Conduct,
    clock: Clock,
    policies: Policies,
    inbox: Inbox<Item>,
    sent: SentTable,
    /// Receipts as the user saw them.
    shown: Vec<Shown>,
    identifiers: Identifiers,
}

impl TransactionUser for Endpoint {
    fn ready(&self) -> Value {
        control::ready(&self.address, &COMMANDS)
    }

    fn command(&mut self, command: Command) -> (Outcome, Vec<Action>) {
        let mut actions = Vec::new();
        let outcome = match command {
            Command::Send(send) => self.send(&send, &mut actions),
            Command::Dispose(dispose) => self.dispose(&dispose, &mut actions),
            Command::Policy(policy) => self.policies.obey(&policy),
            Command::Log(scope) => Ok(self.log(scope.peer.as_deref())),
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
                self.forget_state();
                self.identifiers.restart();
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
        self.take(message)
    }

    fn wakes_in(&self) -> Option<Duration> {
        let left = self.sent.patience_ends()? - self.clock.now();
        Some(left.try_into().unwrap_or(Duration::ZERO))
    }

    /// Nobody waits for receipts (section 3.1), but for one who does.
    fn wake(&mut self) -> Vec<Action> {
        self.shown.extend(self.sent.overdue(self.clock.now()).into_iter().map(Shown::unconfirmed));
        Vec::new()
    }
}

impl Endpoint {
    /// An agent that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct) -> Self {
        Self {
            address: format!("sip:bob@{local}"),
            conduct,
            clock: Clock::default(),
            policies: Policies::default(),
            inbox: Inbox::default(),
            sent: SentTable::new(conduct),
            shown: Vec::new(),
            identifiers: Identifiers::new(conduct),
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
        self.shown.retain(|shown| !shown.parties.contains(&peer));
    }

    fn forget_state(&mut self) {
        self.inbox.clear();
        self.sent.clear();
        self.shown.clear();
    }
}

#[cfg(test)]
mod tests;
