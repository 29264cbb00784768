//! Input that may be anything but sane, and looking whether the IUT has come to harm by it.
//!
//! Every wait in here has an end: what the IUT makes of hostile input may be nothing at all.

use std::time::Duration;

use bytes::Bytes;
use peer::Pending;
use record::{Ending, EventId, StepId, Transport};
use scenario::model::{Mode, Send, TERMS, TRAP, Template, Unharmed, Window};
use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::cast::{Role, Way};
use super::scope::{End, Scope};
use super::stage::Stage;
use crate::compose::{Composed, Composer, compressed};
use crate::driver::{Fault, Process};

/// Commands by which a driver shows that it is there, the first that it can do: a policy without members changes nothing, and neither
/// does the log, which may be long.
const PROBES: [&str; 2] = ["policy", "log"];

/// How long an IUT that has died may take to be seen dead: its last lines are waited for.
const POST_MORTEM: Duration = Duration::from_secs(3);

/// How often a sane message is sent. The first connection may be one that the IUT is just closing.
const ATTEMPTS: u32 = 2;

impl Stage<'_> {
    /// The names that scenarios of robustness know beside all others.
    pub(super) fn bind_hostile(&self, scope: &mut Scope) {
        let Some(trap) = &self.trap else { return };
        self.bind(scope, TRAP, trap.named());
        let names = &self.profile.headers;
        let id = match self.profile.cpim_namespace {
            Some(_) => format!("{}.{}", self.profile.cpim_prefix, names.message_id),
            None => names.message_id.to_owned(),
        };
        self.bind(scope, TERMS, json!({"document": self.profile.name, "message-id": id}));
    }

    /// Sends hostile input. Whatever comes back within the quiet window is recorded, and nothing is asked of it.
    pub(super) async fn send_hostile(&self, send: &Send, role: &Role, plain: Bytes, id: StepId) -> End {
        let octets = match send.compress {
            Some(compress) => match spawn_blocking(move || compressed(&plain, compress)).await {
                Ok(Ok(octets)) => octets.into(),
                Ok(Err(error)) => return End::unsupported(error.to_string()),
                Err(error) => return End::unsupported(error.to_string()),
            },
            None => plain,
        };
        self.recorder.set_step(Some(id));
        let transport = role.way.transport;
        let pending = role.peer.request(octets.clone(), transport, role.way.destination);
        self.sends(role, pending.request(), octets);
        let ending = within(pending, self.window(Window::Quiet)).await;
        self.recorder.set_step(Some(id));
        match ending {
            Ending::Broken(why) if transport == Transport::Udp => End::unsupported(why),
            Ending::Final(answer) => End::done(vec![answer]),
            Ending::Broken(_) | Ending::TimedOut => End::done(Vec::new()),
        }
    }

    /// Looks whether the IUT lives, answers a sane message, and its driver a command.
    ///
    /// # Errors
    /// It does not, and hostile input may be the cause.
    pub(super) async fn unharmed(&self, look: &Unharmed, id: StepId, scope: &Scope) -> Result<End, Fault> {
        let role = match self.role(look.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return Ok(End::unsupported(why)),
        };
        let judging = !look.judges.as_slice().is_empty();
        let answer = self.pulse(role, scope).await;
        self.recorder.set_step(Some(id));
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) if judging => return Err(self.cause_of_silence(why, role).await),
            Err(why) => return Ok(End::elapsed().breaking(why)),
        };
        for process in &self.booking.processes {
            if !self.hears_driver(process, role).await? {
                return Err(self
                    .hung("its driver does not answer, although it answers a sane message".into())
                    .await);
            }
        }
        if judging && self.names_trap() {
            tokio::time::sleep(self.window(Window::Quiet)).await;
        }
        self.recorder.set_step(Some(id));
        if let Some(trap) = &self.trap {
            trap.look(self.recorder);
        }
        Ok(End::done(vec![answer]))
    }

    /// Sends a sane message over a new connection and gives back its final answer.
    ///
    /// # Errors
    /// There is none, and why.
    async fn pulse(&self, role: &Role, scope: &Scope) -> Result<EventId, String> {
        let Way { transport, destination, .. } = *role.way;
        let sane = Send::of(Template::Im);
        let mut why = String::new();
        for _ in 0..ATTEMPTS {
            let composer = Composer { names: &scope.names, parties: self.cast.parties(role) };
            let composed = composer.compose(&sane, Mode::Page).map_err(|error| error.to_string())?;
            let Composed::Page(octets) = composed else { break };
            role.peer.reconnect(destination);
            let pending = role.peer.request(octets.clone(), transport, destination);
            self.sends(role, pending.request(), octets);
            let window = self.window(Window::Reply);
            match within(pending, window).await {
                Ending::Final(answer) => return Ok(answer),
                Ending::TimedOut => {
                    return Err(format!(
                        "a sane message over {transport} got no final answer within {window:?}"
                    ));
                }
                Ending::Broken(cause) => why = cause,
            }
        }
        Err(format!("a sane message over {transport} could not be delivered: {why}"))
    }

    /// Whether the driver answers something harmless; one that cannot be asked is taken to.
    async fn hears_driver(&self, process: &Process, role: &Role) -> Result<bool, Fault> {
        let Some(probe) = PROBES.into_iter().find(|probe| process.can(probe)) else { return Ok(true) };
        if !process.answers_by_itself() {
            return Ok(true);
        }
        let mut command = Map::from_iter([("command".to_owned(), Value::from(probe))]);
        if process.facts.scoped {
            command.insert("peer".to_owned(), role.uri.clone().into());
        }
        match timeout(self.window(Window::Reply), self.ask(process, command)).await {
            Ok(reply) => reply.map(|_| true),
            Err(_) => Ok(false),
        }
    }

    /// Why the IUT answers no sane message: it has died, or it hangs, as a whole or with what it does for SIP.
    async fn cause_of_silence(&self, why: String, role: &Role) -> Fault {
        if let Ok(fault) = timeout(POST_MORTEM, self.breakdown()).await {
            return fault;
        }
        for process in &self.booking.processes {
            match self.hears_driver(process, role).await {
                Ok(true) => {}
                Ok(false) => return Fault::Hung(format!("{why}, and its driver does not answer either")),
                Err(fault) => return fault,
            }
        }
        Fault::Hung(format!("{why}, although its driver answers"))
    }

    /// Silence that may be death all the same.
    async fn hung(&self, why: String) -> Fault {
        timeout(POST_MORTEM, self.breakdown()).await.unwrap_or(Fault::Hung(why))
    }

    /// Whether the scenario tells the IUT to fetch something.
    fn names_trap(&self) -> bool {
        let text = self.loaded.source.text.get(self.loaded.scenario.at.clone());
        text.is_none_or(|text| text.contains(&format!("${{{TRAP}.")))
    }
}

/// The end of a transaction, which is given up when the window is over.
async fn within(mut pending: Pending, window: Duration) -> Ending {
    match timeout(window, &mut pending).await {
        Ok(ending) => ending,
        Err(_) => {
            pending.abandon();
            Ending::TimedOut
        }
    }
}
