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

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use self::inbound::Inbound;
use self::state::Requests;
use crate::agent::received::{NoMessageId, Reader, Received};
use crate::carrier::{Answer, Incoming};
use crate::common::host::{Host, no_such_list};
use crate::common::lists::List;
use crate::control::command::Command;
use crate::faults::{Conduct, Defect};
use crate::user::{Action, Outcome, TransactionUser};

/// A host of lists.
#[derive(Debug)]
pub(crate) struct B2bua {
    host: Host<Requests>,
}

impl TransactionUser for B2bua {
    fn ready(&self) -> Value {
        self.host.ready()
    }

    fn command(&mut self, command: Command) -> (Outcome, Vec<Action>) {
        self.host.command(command)
    }

    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let list = self.host.addressed(message);
        let own = self.host.own(list.as_deref());
        let inbound =
            Inbound::read(message, Reader { own, conduct: self.host.conduct, now: self.host.clock.now() });
        let mut actions = Vec::new();
        let answer = self.answer(inbound, list, &mut actions);
        (Some(answer.unwrap_or_else(|refusal| refusal)), actions)
    }

    fn refusal(&self, uri: &str) -> Option<Answer> {
        self.host.refusal(uri)
    }

    fn concluded(&mut self, mark: u64, status: Option<u16>) -> Vec<Action> {
        let accepted = status.is_some_and(|status| status < 300);
        let copied = self.host.concluded(mark);
        copied.and_then(|copied| self.copy_concluded(copied, accepted)).into_iter().collect()
    }
}

impl B2bua {
    /// A host without lists that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct) -> Self {
        Self { host: Host::new(local, conduct, Requests::default()) }
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
            !self.host.requests.is_repeated(&asked.message_id, &inbound.received, self.host.clock.now())
        }) {
            self.explode(inbound, &list, actions);
        }
        accepted
    }

    fn check_required(&self, received: &Received) -> Result<(), Answer> {
        if received.required.is_empty() || self.host.conduct.is(Defect::IgnoreRequire) {
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
        if self.host.conduct.is(Defect::EmptyListActionRejected) && inbound.list_action.as_deref() == Some("")
        {
            return Err(Answer::new(400, "Bad Request: List-Action is empty"));
        }
        match self.host.policies.take_rejection(&inbound.received.parties) {
            Some(status) => Err(Answer::new(status, "Rejected")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
