//! Everything that the steps of one case share.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{select_all, try_join_all};
use futures_util::stream::{FuturesUnordered, StreamExt};
use judge::Capture;
use judge::capture::Message;
use peer::Incoming;
use record::{Event, EventId, EventKind, Novelty, Purpose, Recorder, StepId};
use rustc_hash::{FxHashMap, FxHashSet};
use scenario::model::{Variant, Window};
use scenario::{LoadedScenario, Text};
use serde_json::{Map, Value};
use wire::profile::{self, Profile};

use super::cast::{Cast, Role, Way};
use super::scope::Scope;
use super::session::Sessions;
use super::{Bench, Booking};
use crate::compose::{Identity, generate};
use crate::driver::{Fault, Hearing, Process};
use crate::event::{CaseId, Events};
use crate::iut::Ixit;
use crate::plan::Case;
use crate::trap::Trap;

/// One case under way.
pub(super) struct Stage<'a> {
    pub(super) id: CaseId,
    pub(super) loaded: &'a LoadedScenario,
    pub(super) profile: &'static Profile,
    pub(super) ixit: &'a Ixit,
    pub(super) booking: &'a Booking,
    pub(super) recorder: &'a Recorder,
    pub(super) events: &'a Events,
    pub(super) cast: Cast,
    /// One for each process.
    pub(super) hearings: Vec<Hearing>,
    pub(super) variant: Variant,
    pub(super) sessions: Sessions,
    /// In scenarios of robustness: what the IUT may not fetch.
    pub(super) trap: Option<Trap>,
    capture: Mutex<Capture>,
    sent: Mutex<Sent>,
    next_step: AtomicU32,
}

/// What was sent to the IUT.
#[derive(Default)]
struct Sent {
    messages: FxHashMap<EventId, Known>,
    ids: FxHashSet<String>,
}

/// A message that was sent to the IUT, as far as commands about it are concerned.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) identity: Identity,
    /// Whether the IUT may announce that it has arrived.
    pub(super) may_arrive: bool,
    /// How many arrivals had been heard before.
    pub(super) since: usize,
}

impl<'a> Stage<'a> {
    /// Sends the peers on stage and clears the IUT's memory.
    pub(super) async fn set(
        id: CaseId,
        case: &'a Case,
        bench: &'a Bench,
        booking: &'a Booking,
        recorder: &'a Recorder,
    ) -> Result<Self, Fault> {
        let loaded = &*case.scenario;
        let document = case.terms.document;
        let profile = profile::by_name(document.as_str())
            .ok_or_else(|| Fault::Harness(format!("there is no profile for {document}")))?;
        let trap = match loaded.scenario.is_hostile() {
            true => Some(Trap::set(bench.network.address().ip(), recorder).await?),
            false => None,
        };
        let cast = Cast::assemble(case, bench, booking, recorder).await?;
        let users = || cast.roles.iter().map(|role| role.peer.user().to_owned()).collect();
        let hearings =
            booking.processes.iter().map(|process| process.ears().listen(users(), recorder.clone()));
        let stage = Self {
            id,
            loaded,
            profile,
            events: &bench.events,
            ixit: &bench.ixit,
            booking,
            recorder,
            hearings: hearings.collect(),
            cast,
            variant: case.variant,
            sessions: Sessions::default(),
            trap,
            capture: Mutex::new(Capture::new(profile)),
            sent: Mutex::default(),
            next_step: AtomicU32::new(0),
        };
        stage.clear().await?;
        Ok(stage)
    }

    /// The peer that a step names, or the first.
    ///
    /// # Errors
    /// There is none of that name, and why.
    pub(super) fn role(&self, peer: Option<&Text>, scope: &Scope) -> Result<&Role, String> {
        let Some(peer) = peer else {
            return self.cast.roles.first().ok_or_else(|| "there is no peer".to_owned());
        };
        let name = scope.names.resolve(peer).map_err(|unresolved| unresolved.to_string())?;
        self.cast.named(&name).ok_or_else(|| format!("there is no peer `{name}`"))
    }

    /// Carries out all steps, and listens on where one of them left no basis for those behind it.
    pub(super) async fn play(&self) -> Result<(), Fault> {
        let mut scope = Scope::new(self.profile);
        for (name, party) in self.cast.parties_by_name() {
            self.bind(&mut scope, name, party);
        }
        self.bind_hostile(&mut scope);
        for (name, generator) in &self.loaded.scenario.values {
            self.bind(&mut scope, name, generate(generator).into());
        }
        self.steps(&self.loaded.scenario.steps, &record::StepPath::default(), 0, &mut scope).await?;
        if scope.broken.is_some() && self.recorder.acted().is_some() {
            self.listen_on().await;
        }
        Ok(())
    }

    /// Binds a name, in the record too.
    pub(super) fn bind(&self, scope: &mut Scope, name: &str, value: Value) {
        self.recorder.push(EventKind::Bound { name: name.to_owned(), value: value.clone() });
        self.capture().learn(name, &value);
        scope.names.bind(name, value);
    }

    /// Takes in what the peers receive. Ends only when it is too much.
    pub(super) async fn receive(&self) -> Fault {
        let mut each: FuturesUnordered<_> =
            self.cast.roles.iter().map(|role| self.receive_at(role)).collect();
        match each.next().await {
            Some(fault) => fault,
            None => std::future::pending().await,
        }
    }

    async fn receive_at(&self, role: &Role) -> Fault {
        let mut requests = role.requests.lock().await;
        loop {
            let incoming = requests.next().await;
            if let Err(fault) = self.check_volume() {
                return fault;
            }
            self.booking.processes.iter().for_each(|process| process.spoke_sip());
            // What a peer sent stands before what came of it.
            self.catch_up();
            let session = incoming.session.clone();
            let Some(message) = self.received(role, incoming) else { continue };
            if let Some(session) = session {
                self.sessions.add(&role.name, session.remote_party(), session.clone());
                self.sessions.came_by(message.event, session);
            }
            if message.piece().is_none() || message.is_whole_send() {
                role.inbox.deliver(message, &self.capture());
            }
        }
    }

    fn received(&self, role: &Role, incoming: Incoming) -> Option<Arc<Message>> {
        let Incoming { event, octets, transport, from, .. } = incoming;
        let kind = EventKind::Received {
            peer: role.name.clone(),
            transport,
            from,
            novelty: Novelty::Request,
            octets,
        };
        self.observe(event, kind)
    }

    /// Takes a request of a peer in.
    pub(super) fn sends(&self, role: &Role, event: EventId, octets: bytes::Bytes) -> Option<Arc<Message>> {
        let Way { transport, destination: to, .. } = *role.way;
        let (peer, purpose) = (role.name.clone(), Purpose::Request);
        self.observe(event, EventKind::Sent { peer, transport, to, purpose, octets })
    }

    pub(super) fn observe(&self, id: EventId, kind: EventKind) -> Option<Arc<Message>> {
        let event = Event { at: self.recorder.now(), step: None, kind };
        self.capture().observe(id, &event)
    }

    /// The messages of this case so far.
    pub(super) fn captured(&self) -> &Mutex<Capture> {
        &self.capture
    }

    pub(super) fn capture(&self) -> MutexGuard<'_, Capture> {
        lock(&self.capture)
    }

    /// # Errors
    /// The record is full.
    pub(super) fn check_volume(&self) -> Result<(), Fault> {
        if self.recorder.has_overflowed() {
            let crate::iut::Limits { events, octets, .. } = &self.ixit.limits;
            return Err(Fault::Flood(format!(
                "in one case it caused more than {events} events beyond what it was asked for, or sent more than \
                 {octets} octets"
            )));
        }
        Ok(())
    }

    /// Waits until one of the processes breaks down.
    pub(super) async fn breakdown(&self) -> Fault {
        select_all(self.booking.processes.iter().map(|process| Box::pin(process.broken()))).await.0
    }

    /// Remembers a message that was sent, for commands about it.
    pub(super) fn remember(&self, event: EventId, known: Known) {
        let mut sent = lock(&self.sent);
        sent.ids.extend(known.identity.message_id.clone());
        sent.messages.insert(event, known);
    }

    pub(super) fn known(&self, event: EventId) -> Option<Known> {
        lock(&self.sent).messages.get(&event).cloned()
    }

    /// Whether that is the identifier of a message that was sent.
    pub(super) fn is_sent(&self, id: &str) -> bool {
        lock(&self.sent).ids.contains(id)
    }

    /// The number of the next execution of a step.
    pub(super) fn next_step(&self) -> StepId {
        StepId(self.next_step.fetch_add(1, Ordering::Relaxed))
    }

    /// Begins a wait, in the record too, and says how long it may last.
    pub(super) fn window(&self, window: Window) -> Duration {
        let length = self.ixit.window(window);
        let name = match window {
            Window::Reply => "reply",
            Window::Quiet => "quiet",
        };
        self.recorder.push(EventKind::Window { window: name.into(), length });
        length
    }

    /// Asks a process for something; command and reply go into the record.
    pub(super) async fn ask(
        &self,
        process: &Process,
        command: Map<String, Value>,
    ) -> Result<(EventId, crate::driver::Reply), Fault> {
        let to = self.recorder.push(EventKind::Command {
            iut: self.number_of(process),
            command: Value::Object(command.clone()),
        });
        let reply = process.ask(&command).await?;
        let event = self.recorder.push(EventKind::Reply { to, reply: Value::Object(reply.0.clone()) });
        Ok((event, reply))
    }

    /// What the scenario calls a process.
    fn number_of(&self, process: &Process) -> u32 {
        let same = |other: &Arc<Process>| other.index == process.index;
        self.booking.processes.iter().position(same).unwrap_or_default() as u32
    }

    /// Makes the IUT forget what came before this case, where its driver can.
    async fn clear(&self) -> Result<(), Fault> {
        for process in self.booking.processes.iter().filter(|process| process.can("reset")) {
            let reset = Map::from_iter([("command".to_owned(), Value::from("reset"))]);
            if self.booking.exclusive || !process.facts.scoped {
                self.ask(process, reset).await?;
                continue;
            }
            let scoped = |role: &Role| {
                let mut reset = reset.clone();
                reset.insert("peer".to_owned(), role.uri.clone().into());
                self.ask(process, reset)
            };
            // A crowd is large, and where its addresses are new, no IUT remembers it.
            let may_be_known = |role: &&Role| {
                self.cast.loan.is_some() || self.loaded.scenario.crowd_of(&role.name).is_none()
            };
            try_join_all(self.cast.roles.iter().filter(may_be_known).map(scoped)).await?;
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
