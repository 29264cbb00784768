//! An end user's agent: IM sender and IM recipient.

mod confirm;
mod dispose;
mod identifiers;
mod item;
mod log;
mod outbox;
mod send;
mod sent;
mod take;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Map, Value};

use self::confirm::Shown;
use self::identifiers::Identifiers;
use self::item::Item;
use self::outbox::Held;
use self::sent::SentTable;
use super::marks::Familiar;
use super::security::Security;
use crate::carrier::{Answer, Call, Incoming, OBJECTS_AND_TEXT};
use crate::clock::Clock;
use crate::common::address::Party;
use crate::common::calls;
use crate::common::inbox::Inbox;
use crate::common::policy::Policies;
use crate::control;
use crate::control::command::{Command, Failure, Scope};
use crate::faults::{Conduct, Flaw};
use crate::user::{Action, Outcome, TransactionUser};

/// Names of the commands that an endpoint can do.
const COMMANDS: [&str; 10] =
    ["send", "dispose", "policy", "session", "identity", "trust", "log", "advance_clock", "reset", "restart"];

/// Media types of pages: objects, text, and what S/MIME puts around them.
const ACCEPTED: &[&str] =
    &["message/cpim", "text/plain", "multipart/signed", "application/pkcs7-mime", "application/x-pkcs7-mime"];

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
    /// Notifications as the user saw them.
    shown: Vec<Shown>,
    identifiers: Identifiers,
    /// Notifications that have not gone yet.
    held: Vec<Held>,
    /// Who has asked for something.
    familiar: HashMap<Party, Familiar>,
    /// Whose session ends with the next command, so that the end does not overtake a refusal; nothing in order depends on it.
    closing: Option<Party>,
    security: Security,
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
            Command::Log(scope) => {
                let peer = scope.peer.as_deref().map(Party::of);
                if self.closing.as_ref().is_some_and(|party| peer.as_ref() == Some(party)) {
                    self.closing = None;
                    actions.push(Action::Call(Call::Close(scope.peer)));
                }
                self.nudge(peer.as_ref(), &mut actions);
                Ok(self.log(peer.as_ref()))
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
            Command::Identity(adopt) => self.security.adopt(&adopt).map(|()| Map::new()),
            Command::Trust(trust) => self.security.trust(&trust).map(|()| Map::new()),
            Command::List(_) | Command::Other => {
                Err(Failure::Unsupported("an endpoint cannot do that".to_owned()))
            }
        };
        (outcome, actions)
    }

    fn accepts(&self) -> &'static [&'static str] {
        if self.conduct.has(Flaw::NoUnwrap) { OBJECTS_AND_TEXT } else { ACCEPTED }
    }

    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        self.take(message)
    }

    fn answers_last(&self) -> bool {
        self.conduct.has(Flaw::ImdnBefore2xx)
    }

    fn wakes_in(&self) -> Option<Duration> {
        let due = self.sent.patience_ends().into_iter().chain(self.held_until()).min()?;
        Some((due - self.clock.now()).try_into().unwrap_or(Duration::ZERO))
    }

    /// Nobody waits for notifications (section 7.1.3), and none waits, but for agents that do so.
    fn wake(&mut self) -> Vec<Action> {
        self.shown.extend(self.sent.overdue(self.clock.now()).into_iter().map(Shown::overdue));
        self.release()
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
            held: Vec::new(),
            familiar: HashMap::new(),
            closing: None,
            security: Security::default(),
        }
    }

    fn reset(&mut self, scope: &Scope) {
        let Some(peer) = scope.peer.as_deref().map(Party::of) else {
            self.forget_state();
            self.sent.clear();
            self.policies = Policies::default();
            self.security = Security::default();
            self.clock = Clock::default();
            return;
        };
        self.inbox.forget(&peer);
        self.sent.forget(&peer);
        self.policies.forget(&peer);
        self.shown.retain(|shown| !shown.parties.contains(&peer));
        self.familiar.remove(&peer);
    }

    fn restart(&mut self) {
        self.forget_state();
        self.sent.restart();
        self.identifiers.restart();
    }

    fn forget_state(&mut self) {
        self.inbox.clear();
        self.shown.clear();
        self.held.clear();
        self.familiar.clear();
    }
}

#[cfg(test)]
mod tests;
