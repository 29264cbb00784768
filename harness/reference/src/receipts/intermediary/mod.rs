//! An intermediary (sections 6.2 and 7.2): application server, gateway, list, list with secret members, and, in sessions,
//! a room. It composes little, and hands on what comes as it comes.

mod aggregate;
mod failure;
mod forward;
mod handing_on;
mod state;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use self::state::{Copied, Requests};
use crate::carrier::{Answer, Call, Incoming};
use crate::clock::Clock;
use crate::common::address::Party;
use crate::common::calls;
use crate::common::identifiers::Identifiers;
use crate::common::lists::{List, Lists};
use crate::common::policy::Policies;
use crate::control;
use crate::control::command::{Command, Failure, Scope};
use crate::faults::{Conduct, Defect};
use crate::receipts::received::{Reader, Received, What};
use crate::user::{Action, Outcome, TransactionUser};

/// Names of the commands that an intermediary can do.
const COMMANDS: [&str; 7] = ["list", "policy", "session", "log", "advance_clock", "reset", "restart"];

/// A host of lists.
#[derive(Debug)]
pub(crate) struct Intermediary {
    /// Its own URI, which is no list.
    address: String,
    conduct: Conduct,
    clock: Clock,
    policies: Policies,
    lists: Lists,
    requests: Requests,
    identifiers: Identifiers,
    /// Copies that are not answered yet, by their marks.
    copies: HashMap<u64, Copied>,
    marks: u64,
}

impl TransactionUser for Intermediary {
    fn ready(&self) -> Value {
        control::ready(&self.address, &COMMANDS)
    }

    fn command(&mut self, command: Command) -> (Outcome, Vec<Action>) {
        let mut actions = Vec::new();
        let outcome = match command {
            Command::List(list) => self.lists.define(list),
            Command::Session(session) => calls::of_host(session, &self.address, &self.lists, &mut actions),
            Command::Policy(policy) => self.policies.obey_as_machine(&policy),
            // Nobody is shown anything here.
            Command::Log(_) => Ok(control::members(json!({"shown": [], "reports": []}))),
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
                actions.push(Action::Call(Call::Lose));
                Ok(Map::new())
            }
            Command::Send(_) | Command::Dispose(_) | Command::Other => {
                Err(Failure::Unsupported("an intermediary has no user and cannot do that".to_owned()))
            }
        };
        (outcome, actions)
    }

    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let list = self.lists.addressed(message, &self.address);
        let own = list.as_ref().map_or(self.address.as_str(), |list| list.uri.as_str());
        let reader = Reader { own, conduct: self.conduct, now: self.clock.now() };
        let received = reader.read(message);
        let mut actions = Vec::new();
        let answer = self.answer(message, received, list, &mut actions);
        (Some(answer.unwrap_or_else(|refusal| refusal)), actions)
    }

    fn concluded(&mut self, mark: u64, status: Option<u16>) -> Vec<Action> {
        let copied = self.copies.remove(&mark);
        copied.map(|copied| self.copy_concluded(copied, status)).unwrap_or_default()
    }
}

impl Intermediary {
    /// A host without lists that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct) -> Self {
        Self {
            address: format!("sip:exploder@{local}"),
            conduct,
            clock: Clock::default(),
            policies: Policies::default(),
            lists: Lists::default(),
            requests: Requests::default(),
            identifiers: Identifiers::new(conduct),
            copies: HashMap::new(),
            marks: 0,
        }
    }

    /// Whether that URI is this host's, and no list's.
    fn is_host(&self, uri: &str) -> bool {
        Party::of(uri) == Party::of(&self.address)
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
            return self.take_receipt(message, &received, list.as_deref(), actions);
        }
        let list = list.ok_or_else(|| Answer::new(404, "Not Found: there is no such list"))?;
        self.check(&received)?;
        let secret = !list.disclosed;
        if !self.requests.is_repeated(&received) {
            self.explode(message, received, list, actions);
        }
        if secret && self.conduct.is(Defect::RejectAfterForwarding) {
            return Err(Answer::new(403, "Forbidden"));
        }
        Ok(Answer::ok())
    }

    /// What keeps a message from being sent on.
    fn check(&mut self, received: &Received) -> Result<(), Answer> {
        if received.message_id.is_none() && self.conduct.is(Defect::MessageIdAlwaysDemanded) {
            return Err(Answer::new(400, "Bad Request: there is no Message-ID"));
        }
        match self.policies.take_rejection(&received.parties) {
            Some(status) => Err(Answer::new(status, "Rejected")),
            None => Ok(()),
        }
    }

    fn reset(&mut self, scope: &Scope) {
        let Some(peer) = scope.peer.as_deref().map(Party::of) else {
            self.forget_state();
            self.lists = Lists::default();
            self.policies = Policies::default();
            self.clock = Clock::default();
            return;
        };
        for list in self.requests.forget(&peer) {
            self.lists.forget(&list);
        }
        self.lists.forget_with(&peer);
        self.policies.forget(&peer);
    }

    /// What a loss of power does: lists and settings are on disk, and the clock runs on.
    fn forget_state(&mut self) {
        self.requests.clear();
        self.copies.clear();
    }
}

#[cfg(test)]
mod tests;
