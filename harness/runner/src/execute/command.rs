//! Asking the driver for something.

use record::{EventKind, StepId, StepOutcome};
use scenario::control;
use scenario::model::{Command, Mode, Window};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::scope::{End, Scope};
use super::stage::{Known, Stage};
use crate::driver::{Awaited, Fault, Process, Refusal, Reply, user_of};
use crate::lists::wanted_by;

/// The command that makes the IUT send a message.
const SEND: &str = "send";

impl Stage<'_> {
    pub(super) async fn command(
        &self,
        command: &Command,
        id: StepId,
        scope: &mut Scope,
    ) -> Result<End, Fault> {
        let end = self.carry_out(command, id, scope).await?;
        Ok(if command.optional { end.forgiven() } else { end })
    }

    async fn carry_out(&self, command: &Command, id: StepId, scope: &mut Scope) -> Result<End, Fault> {
        let Some(process) = self.booking.processes.get(command.iut as usize) else {
            return Ok(End::unsupported(format!("there is no process {}", command.iut)));
        };
        if !process.can(&command.ask) {
            return Ok(self.without_driver(command));
        }
        let mut members = match self.members(command, process, scope) {
            Ok(members) => members,
            Err(why) => return Ok(End::unsupported(why)),
        };
        if let Some(about) = command.about.as_deref() {
            self.name_message(command, about, scope, &mut members).await;
        }
        self.recorder.set_step(Some(id));
        self.settle().await;
        self.recorder.set_step(Some(id));
        let readiness = process.readiness();
        let (event, reply) = self.ask(process, members).await?;
        self.recorder.set_step(Some(id));
        if let Some(name) = &command.name {
            self.bind(scope, name, Value::Object(reply.0.clone()));
        }
        if command.ask == "restart" && reply.outcome().is_ok() {
            process.ready_again(readiness, self.ixit.scaled(self.ixit.limits.ready)).await?;
        }
        Ok(end(&command.ask, event, &reply))
    }

    /// What becomes of a command that the driver lacks: a list may be there without it.
    fn without_driver(&self, command: &Command) -> End {
        let wanted = || wanted_by(command, &self.loaded.scenario);
        match &self.cast.loan {
            Some(loan) if command.ask == "list" => match (loan, wanted()) {
                (Ok(loan), Ok(wanted)) if loan.has(&wanted) => {
                    let uri = loan.uri(&wanted.list).unwrap_or_default();
                    self.recorder.push(EventKind::Note(format!("the IUT has {uri} as a static list")));
                    End::done(Vec::new())
                }
                (Err(why), _) => End::unsupported(why),
                (_, Err(why)) => End::unsupported(why),
                (Ok(_), Ok(_)) => End::unsupported("a static list cannot be changed"),
            },
            _ => End::unsupported(&command.ask),
        }
    }

    /// The members of the command; with `peer`, where both sides know that.
    fn members(
        &self,
        command: &Command,
        process: &Process,
        scope: &Scope,
    ) -> Result<Map<String, Value>, String> {
        let mut members = Map::from_iter([("command".to_owned(), Value::from(command.ask.clone()))]);
        for (name, value) in &command.with {
            let value = judge::filled(value, &scope.names).map_err(|unresolved| unresolved.to_string())?;
            members.insert(name.clone(), value);
        }
        if command.ask == SEND && self.variant.mode() == Mode::Session {
            members.entry(control::MODE).or_insert_with(|| Mode::Session.word().into());
        }
        let scoped = process.facts.scoped && control::command(&command.ask).is_some_and(|known| known.scoped);
        if scoped {
            let role = self.role(command.peer.as_ref(), scope)?;
            members.entry("peer").or_insert_with(|| role.uri.clone().into());
        }
        Ok(members)
    }

    /// Says which message is meant: by the handle that the IUT gave it, if it gave one, and by identifier and sender.
    async fn name_message(
        &self,
        command: &Command,
        about: &str,
        scope: &Scope,
        members: &mut Map<String, Value>,
    ) {
        let message = scope.names.message(about);
        let Some(known) = message.and_then(|message| self.known(message.event)) else {
            // A message of the IUT's own.
            let id = scope.names.select(about, "id").ok().and_then(|ids| ids.into_iter().next());
            members.insert("message_id".to_owned(), id.map(|id| id.text).into());
            return;
        };
        let mut message_id = known.identity.message_id.clone();
        if let Some(arrival) = self.arrival(command, &known).await
            && let Some(handle) = arrival.handle
        {
            members.insert("handle".to_owned(), handle.into());
            message_id = arrival.message_id;
        }
        members.insert("message_id".to_owned(), message_id.into());
        members.insert("from".to_owned(), known.identity.from.into());
    }

    /// Waits until the IUT has said that the message is there, if it says such things. The control protocol does not
    /// oblige it to: after the reply window the command is sent all the same.
    async fn arrival(&self, command: &Command, known: &Known) -> Option<crate::driver::Arrival> {
        let index = command.iut as usize;
        let ears = self.booking.processes.get(index)?.ears();
        if !known.may_arrive || ears.announces() == Some(false) {
            return None;
        }
        let awaited = Awaited {
            message_id: known.identity.message_id.as_deref(),
            user: user_of(&known.identity.from),
            since: known.since,
        };
        let arrived = self.hearings.get(index)?.ear().arrived(&awaited, |id| self.is_sent(id));
        let arrival = timeout(self.ixit.window(Window::Reply), arrived).await.ok();
        if arrival.is_none() {
            ears.waited_in_vain();
        }
        arrival
    }
}

fn end(ask: &str, event: record::EventId, reply: &Reply) -> End {
    let or_name = |detail: String| if detail.is_empty() { ask.to_owned() } else { detail };
    match reply.outcome() {
        Ok(()) => End::done(vec![event]),
        Err(Refusal::Unsupported(detail)) => {
            let detail = or_name(detail);
            End::unsupported(&detail).breaking(format!("the driver lacks `{ask}`: {detail}"))
        }
        Err(Refusal::Failed(detail)) => {
            let detail = or_name(detail);
            let broken = Some(format!("the driver failed at `{ask}`: {detail}"));
            End { outcome: StepOutcome::Refused(detail), broken }
        }
    }
}
