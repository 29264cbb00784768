//! A host of lists: what all intermediaries have in common, whatever document they follow.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::address::Party;
use super::calls;
use super::identifiers::Identifiers;
use super::lists::{List, Lists};
use super::policy::Policies;
use crate::carrier::{Answer, Call, Incoming};
use crate::clock::Clock;
use crate::control;
use crate::control::command::{Command, Failure, Scope};
use crate::faults::Conduct;
use crate::user::{Action, Outcome};

/// Names of the commands that a host can do.
const COMMANDS: [&str; 7] = ["list", "policy", "session", "log", "advance_clock", "reset", "restart"];

/// What an intermediary remembers of the messages that it sent on.
pub(crate) trait Memory {
    /// Forgets what came from that party, and says to which lists.
    fn forget(&mut self, party: &Party) -> Vec<Party>;

    /// Forgets everything but the numbers, so that no old copy belongs to a new request.
    fn clear(&mut self);
}

/// Which copy of which request a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Number of the request.
    pub(crate) request: u64,
    /// Place of its recipient in the list.
    pub(crate) member: usize,
}

/// A host of lists.
#[derive(Debug)]
pub(crate) struct Host<M> {
    /// Its own URI, which is no list.
    pub(crate) address: String,
    pub(crate) conduct: Conduct,
    pub(crate) clock: Clock,
    pub(crate) policies: Policies,
    pub(crate) lists: Lists,
    pub(crate) requests: M,
    pub(crate) identifiers: Identifiers,
    /// Copies that are not answered yet, by their marks.
    copies: HashMap<u64, Copied>,
    marks: u64,
}

impl<M: Memory> Host<M> {
    /// A host without lists that is reached at that socket.
    pub(crate) fn new(local: SocketAddr, conduct: Conduct, requests: M) -> Self {
        Self {
            address: format!("sip:exploder@{local}"),
            conduct,
            clock: Clock::default(),
            policies: Policies::default(),
            lists: Lists::default(),
            requests,
            identifiers: Identifiers::new(conduct),
            copies: HashMap::new(),
            marks: 0,
        }
    }

    /// What it says first.
    pub(crate) fn ready(&self) -> Value {
        control::ready(&self.address, &COMMANDS)
    }

    /// Carries out a command. None makes a host send anything.
    pub(crate) fn command(&mut self, command: Command) -> (Outcome, Vec<Action>) {
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
                self.restart();
                actions.push(Action::Call(Call::Lose));
                Ok(Map::new())
            }
            Command::Send(_)
            | Command::Dispose(_)
            | Command::Identity(_)
            | Command::Trust(_)
            | Command::Other => {
                Err(Failure::Unsupported("an intermediary has no user and cannot do that".to_owned()))
            }
        };
        (outcome, actions)
    }

    /// Whether that URI is this host's, and no list's.
    pub(crate) fn is_host(&self, uri: &str) -> bool {
        Party::of(uri) == Party::of(&self.address)
    }

    /// Why a call to that URI is refused, if it is: nobody is there.
    pub(crate) fn refusal(&self, uri: &str) -> Option<Answer> {
        let known = self.lists.find(uri).is_some() || self.is_host(uri);
        (!known).then(no_such_list)
    }

    /// The list that a message is for.
    pub(crate) fn addressed(&self, message: &Incoming) -> Option<Arc<List>> {
        self.lists.addressed(message, &self.address)
    }

    /// What a message was sent to: that list, or the host.
    pub(crate) fn own<'a>(&'a self, list: Option<&'a List>) -> &'a str {
        list.map_or(&self.address, |list| &list.uri)
    }

    /// A mark by which the answer to a copy is known again.
    pub(crate) fn mark(&mut self, copied: Copied) -> u64 {
        self.marks += 1;
        self.copies.insert(self.marks, copied);
        self.marks
    }

    /// Which copy the final answer of that mark is for; once.
    pub(crate) fn concluded(&mut self, mark: u64) -> Option<Copied> {
        self.copies.remove(&mark)
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

/// The answer to what is for nobody here.
pub(crate) fn no_such_list() -> Answer {
    Answer::new(404, "Not Found: there is no such list")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::command::Request;
    use crate::serve::Role;

    impl Memory for Vec<Party> {
        fn forget(&mut self, party: &Party) -> Vec<Party> {
            self.retain(|known| known != party);
            Vec::new()
        }

        fn clear(&mut self) {
            Vec::clear(self);
        }
    }

    const LIST: &str = "sip:team@127.0.0.1:5070";

    fn host() -> Host<Vec<Party>> {
        let conduct = Conduct::new(None, Role::B2bua);
        Host::new("127.0.0.1:5070".parse().unwrap(), conduct, vec![Party::of("sip:u@h")])
    }

    fn ask(host: &mut Host<Vec<Party>>, command: &Value) -> Outcome {
        host.command(Request::parse(command.to_string().as_bytes()).command.unwrap()).0
    }

    #[test]
    fn what_a_machine_cannot_do_is_said() {
        let mut host = host();
        for command in [
            json!({"command": "send", "to": "sip:u@h"}),
            json!({"command": "dispose", "handle": "h1", "how": "read"}),
            json!({"command": "policy", "reports": "ask"}),
            json!({"command": "policy", "read_state": "unknown"}),
            json!({"command": "policy", "aggregate": true}),
            json!({"command": "policy", "reject_next": 200}),
        ] {
            assert!(matches!(ask(&mut host, &command), Err(Failure::Unsupported(_))), "{command}");
        }
        let bad = json!({"command": "list", "uri": LIST, "members": [{"uri": "sip:a@b>\r\nX: y"}]});
        assert!(matches!(ask(&mut host, &bad), Err(Failure::Failed(_))));
        let log = ask(&mut host, &json!({"command": "log"})).unwrap();
        assert_eq!((&log["shown"], &log["reports"]), (&json!([]), &json!([])));
    }

    #[test]
    fn a_restart_keeps_lists_and_a_reset_does_not() {
        let mut host = host();
        ask(&mut host, &json!({"command": "list", "uri": LIST, "members": []})).unwrap();
        let mark = host.mark(Copied { request: 1, member: 0 });
        ask(&mut host, &json!({"command": "restart"})).unwrap();
        assert_eq!((host.requests.len(), host.concluded(mark)), (0, None));
        assert_eq!(host.refusal(LIST), None);
        ask(&mut host, &json!({"command": "reset"})).unwrap();
        assert!(host.refusal(LIST).is_some_and(|answer| answer.status == 404));
        assert_eq!(host.refusal("sip:exploder@127.0.0.1:5070"), None);
    }
}
