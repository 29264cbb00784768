//! A back-to-back user agent by draft-burger-simple-imdn-03 section 9.3: a list exploder, and, with one member, a
//! gateway. Copies go out from the list itself, so that reports come back to it (section 5).

mod course;
mod explode;
pub(crate) mod forward;
pub(crate) mod inbound;
mod others;
pub(crate) mod own_report;
pub(crate) mod relay;
pub(crate) mod state;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use self::inbound::Inbound;
use self::state::Requests;
use crate::agent::received::{NoMessageId, Reader, Received};
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
use crate::user::{Action, Outcome, TransactionUser};

/// Names of the commands that a B2BUA can do.
const COMMANDS: [&str; 7] = ["list", "policy", "session", "log", "advance_clock", "reset", "restart"];

/// Which copy of which request a mark stands for.
#[derive(Debug, Clone, Copy)]
struct Copied {
    request: u64,
    /// Place of its recipient in the list.
    member: usize,
}

/// A host of lists.
#[derive(Debug)]
pub(crate) struct B2bua {
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

impl TransactionUser for B2bua {
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
            Command::Log(_) => {
                Ok(Map::from_iter([("shown".to_owned(), json!([])), ("reports".to_owned(), json!([]))]))
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
            Command::Send(_) | Command::Dispose(_) | Command::Other => {
                Err(Failure::Unsupported("a B2BUA has no user and cannot do that".to_owned()))
            }
        };
        (outcome, actions)
    }

    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let list = self.lists.addressed(message, &self.address);
        let own = list.as_ref().map_or(self.address.as_str(), |list| list.uri.as_str());
        let inbound = Inbound::read(message, Reader { own, conduct: self.conduct, now: self.clock.now() });
        let mut actions = Vec::new();
        let answer = self.answer(inbound, list, &mut actions);
        (Some(answer.unwrap_or_else(|refusal| refusal)), actions)
    }

    fn refusal(&self, uri: &str) -> Option<Answer> {
        let known = self.lists.find(uri).is_some() || Party::of(uri) == Party::of(&self.address);
        (!known).then(no_such_list)
    }

    fn concluded(&mut self, mark: u64, status: Option<u16>) -> Vec<Action> {
        let accepted = status.is_some_and(|status| status < 300);
        let copied = self.copies.remove(&mark);
        copied.and_then(|copied| self.copy_concluded(copied, accepted)).into_iter().collect()
    }
}

impl B2bua {
    /// A host without lists that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct) -> Self {
        Self {
            address: format!("sip:exploder@{local}"),
            conduct,
            clock: Clock::default(),
            policies: Policies::default(),
            lists: Lists::default(),
            requests: Requests::new(conduct),
            identifiers: Identifiers::new(conduct),
            copies: HashMap::new(),
            marks: 0,
        }
    }

    fn answer(
        &mut self,
        inbound: Inbound,
        list: Option<Arc<List>>,
        actions: &mut Vec<Action>,
    ) -> Result<Answer, Answer> {
        let accepted = Ok(Answer::ok());
        self.check_required(&inbound.received)?;
        if inbound.is_report && self.take_report(&inbound, list.as_deref(), actions) {
            return accepted;
        }
        let list = list.ok_or_else(no_such_list)?;
        self.check(&inbound)?;
        let asked = inbound.received.asked.clone().ok().flatten();
        if asked.is_none_or(|asked| {
            !self.requests.is_repeated(&asked.message_id, &inbound.received, self.clock.now())
        }) {
            self.explode(inbound, &list, actions);
        }
        accepted
    }

    fn check_required(&self, received: &Received) -> Result<(), Answer> {
        if received.required.is_empty() || self.conduct.is(Defect::IgnoreRequire) {
            return Ok(());
        }
        Err(Answer::not_understood(&received.required))
    }

    /// What else keeps a message from being sent on.
    fn check(&mut self, inbound: &Inbound) -> Result<(), Answer> {
        if inbound.received.asked == Err(NoMessageId) {
            return Err(Answer::new(400, "Bad Request: a report is requested and there is no Message-ID"));
        }
        // Lists may be on each other; what goes round comes to an end here (RFC 3261 section 8.1.1.6).
        if inbound.hops == 0 {
            return Err(Answer::new(483, "Too Many Hops"));
        }
        if self.conduct.is(Defect::EmptyListActionRejected) && inbound.list_action.as_deref() == Some("") {
            return Err(Answer::new(400, "Bad Request: List-Action is empty"));
        }
        match self.policies.take_rejection(&inbound.received.parties) {
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

    /// Power is lost and comes back. Lists and settings are on disk, and the clock runs on.
    fn restart(&mut self) {
        self.forget_state();
        self.identifiers.restart();
    }

    fn forget_state(&mut self) {
        self.requests.clear();
        self.copies.clear();
    }
}

fn no_such_list() -> Answer {
    Answer::new(404, "Not Found: there is no such list")
}

#[cfg(test)]
mod tests;
