//! An intermediary (sections 6.2 and 7.2): application server, gateway, list, list with secret members, and, in sessions,
//! a room. It composes little, and hands on what comes as it comes.

mod aggregate;
mod failure;
mod forward;
mod handing_on;
mod state;

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use self::state::Requests;
use crate::carrier::{Answer, Incoming};
use crate::common::host::{Host, no_such_list};
use crate::common::lists::List;
use crate::control::command::Command;
use crate::faults::{Conduct, Defect};
use crate::receipts::received::{Reader, Received, What};
use crate::user::{Action, Outcome, TransactionUser};

/// A host of lists.
#[derive(Debug)]
pub(crate) struct Intermediary {
    host: Host<Requests>,
}

impl TransactionUser for Intermediary {
    fn ready(&self) -> Value {
        self.host.ready()
    }

    fn command(&mut self, command: Command) -> (Outcome, Vec<Action>) {
        self.host.command(command)
    }

    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let list = self.host.addressed(message);
        let own = self.host.own(list.as_deref());
        let reader = Reader { own, conduct: self.host.conduct, now: self.host.clock.now() };
        let received = reader.read(message);
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
}

impl Intermediary {
    /// A host without lists that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct) -> Self {
        Self { host: Host::new(local, conduct, Requests::default()) }
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
        let list = list.ok_or_else(no_such_list)?;
        self.check(&received)?;
        let secret = !list.disclosed;
        if !self.host.requests.is_repeated(&received) {
            self.explode(message, received, list, actions);
        }
        if secret && self.host.conduct.is(Defect::RejectAfterForwarding) {
            return Err(Answer::new(403, "Forbidden"));
        }
        Ok(Answer::ok())
    }

    /// What keeps a message from being sent on.
    fn check(&mut self, received: &Received) -> Result<(), Answer> {
        if received.message_id.is_none() && self.host.conduct.is(Defect::MessageIdAlwaysDemanded) {
            return Err(Answer::new(400, "Bad Request: there is no Message-ID"));
        }
        match self.host.policies.take_rejection(&received.parties) {
            Some(status) => Err(Answer::new(status, "Rejected")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
