//! What stands above the carriers and obeys the control protocol: the transaction user of RFC 3261 section 5.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::carrier::{Answer, Call, Incoming, OBJECTS_AND_TEXT, Outgoing, Proxied};
use crate::control::command::{Command, Failure};

/// Something the transaction user wants done.
#[derive(Debug)]
pub(crate) enum Action {
    /// Send this message.
    Send(Box<Outgoing>),
    /// Open or close sessions.
    Call(Call),
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

    /// Media types of the pages that it reads.
    fn accepts(&self) -> &'static [&'static str] {
        OBJECTS_AND_TEXT
    }

    /// Whether a message is none of its business, and is to be passed on as a proxy does it; then nobody receives it.
    fn proxied(&mut self, _message: &Incoming) -> Option<Proxied> {
        None
    }

    /// Answers a message. The answer, if there is one, goes out before the actions are done, unless
    /// [`TransactionUser::answers_last`].
    fn receive(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>);

    /// Whether the actions are done before the answer goes out, which is wrong wherever the order is told.
    fn answers_last(&self) -> bool {
        false
    }

    /// Why a call to that URI is refused, if it is; whom it would come from says nothing yet.
    fn refusal(&self, _uri: &str) -> Option<Answer> {
        None
    }

    /// The message of this mark ([`Outgoing::mark`]) was answered with that final status, or not at all.
    fn concluded(&mut self, _mark: u64, _status: Option<u16>) -> Vec<Action> {
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
