//! What stands above the SIP stack and obeys the control protocol: the transaction user of RFC 3261 section 5.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::control::command::{Command, Failure};
use crate::sip::{Outgoing, Request, Response};

/// Something the transaction user wants done.
#[derive(Debug)]
pub(crate) enum Action {
    /// Send this request.
    Send(Box<Outgoing>),
    /// Tell the driver.
    Tell(Value),
}

/// The members of a reply, or why there is none.
pub(crate) type Outcome = Result<Map<String, Value>, Failure>;

/// One of the roles that the reference can play, without sockets: commands and messages go in, answers and actions
/// come out.
pub(crate) trait TransactionUser: Send {
    /// The first line of the control protocol, and the one after a restart.
    fn ready(&self) -> Value;

    /// Carries out a command; what it leads to comes with the outcome.
    fn command(&mut self, command: Command) -> (Outcome, Vec<Action>);

    /// Answers a MESSAGE. The answer goes out before the actions are done.
    fn receive(&mut self, request: &Request) -> (Response, Vec<Action>);

    /// The request that carried this mark ([`Outgoing::mark`]) was accepted, or it was not: refused, or not answered.
    fn concluded(&mut self, _mark: u64, _accepted: bool) -> Vec<Action> {
        Vec::new()
    }

    /// How long until [`TransactionUser::wake`] has something to do, if ever.
    fn wakes_in(&self) -> Option<Duration> {
        None
    }

    /// Does what has become due.
    fn wake(&mut self) -> Vec<Action> {
        Vec::new()
    }
}
