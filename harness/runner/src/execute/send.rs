//! What peers put on the wire.

use bytes::Bytes;
use peer::Answer as PeerAnswer;
use record::{Ending, EventId, EventKind, StepId, Transport};
use scenario::model::{Answer, Raw, Send, Template, Window};
use tokio::time::timeout;

use super::cast::{Role, Way};
use super::reaction::Reaction;
use super::scope::{End, Scope};
use super::session::Sent;
use super::stage::{Known, Stage};
use crate::compose::{Composed, Composer, Identity};
use crate::driver::Fault;

/// The methods that carry messages, of SIP and of MSRP.
const METHODS: [&str; 2] = ["MESSAGE", "SEND"];

impl Stage<'_> {
    /// Sends a message and waits for its final answer.
    pub(super) async fn send(&self, send: &Send, id: StepId, scope: &mut Scope) -> Result<End, Fault> {
        let role = match self.role(send.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return Ok(End::unsupported(why)),
        };
        let composer = Composer { names: &scope.names, parties: self.cast.parties(role) };
        let composed = match composer.compose(send, send.mode_in(self.variant)) {
            Ok(composed) => composed,
            Err(error) => return Ok(End::unsupported(error.to_string())),
        };
        let since = self.hearings.first().map_or(0, |hearing| hearing.ear().arrivals());
        let identity = Identity::of(composed.body(), self.profile, &role.uri);
        let sent = match composed {
            Composed::Page(octets) if send.hostile => {
                return Ok(self.send_hostile(send, role, octets, id).await);
            }
            Composed::Page(octets) => self.send_page(send, role, octets, id).await?,
            Composed::Session(message) => self.send_in_session(send, role, message, id, scope).await?,
        };
        if let Some(message) = sent.message {
            let may_arrive = sent.reaction.is_success() && announces(send.message);
            let identity = match send.protect.is_empty() {
                true => identity,
                // What it is under its layers, the capture knows.
                false => Identity::of(message.body_octets(), self.profile, &role.uri),
            };
            self.remember(message.event, Known { identity, may_arrive, since });
            if let Some(name) = &send.name {
                self.recorder.push(EventKind::Named { name: name.clone(), event: message.event });
                scope.names.name(name, message);
            }
        }
        let end = if sent.events.is_empty() { End::elapsed() } else { End::done(sent.events) };
        let is_basis = sent.reaction.is_basis(send);
        Ok(if is_basis { end } else { end.breaking(sent.reaction.unwanted()) })
    }

    /// Sends a SIP request.
    async fn send_page(&self, send: &Send, role: &Role, octets: Bytes, id: StepId) -> Result<Sent, Fault> {
        let mut pending = role.peer.request(octets.clone(), role.way.transport, role.way.destination);
        let request = pending.request();
        let message = self.sends(role, request, octets);
        let window = self.window(Window::Reply);
        let ending = match timeout(window, &mut pending).await {
            Ok(ending) => ending,
            Err(_) => {
                pending.abandon();
                Ending::TimedOut
            }
        };
        self.recorder.set_step(Some(id));
        self.check_reaction(send, &role.way, &ending)?;
        let (events, reaction) = match ending {
            Ending::Final(answer) => {
                (vec![request, answer], self.status(answer).map_or(Reaction::Silence, Reaction::Answer))
            }
            Ending::TimedOut | Ending::Broken(_) => (Vec::new(), Reaction::Silence),
        };
        Ok(Sent { message, events, reaction })
    }

    /// The status of a response.
    pub(super) fn status(&self, answer: EventId) -> Option<u16> {
        match self.recorder.get(answer)?.kind {
            EventKind::Received { octets, transport: Transport::Msrp, .. } => {
                wire::msrp::read(&octets).status()
            }
            EventKind::Received { octets, .. } => wire::sip::read(&octets).status(),
            _ => None,
        }
    }

    /// Tells silence that the scenario can judge from an IUT that is not there.
    fn check_reaction(&self, send: &Send, way: &Way, ending: &Ending) -> Result<(), Fault> {
        let speaks = || self.booking.processes.iter().any(|process| process.speaks_sip());
        let Way { transport, destination: to, .. } = way;
        match ending {
            Ending::Final(_) => {
                self.booking.processes.iter().for_each(|process| process.spoke_sip());
                Ok(())
            }
            Ending::TimedOut if send.message == Template::Again || speaks() => Ok(()),
            Ending::TimedOut => Err(Fault::NoAnswer(format!(
                "the IUT has answered no SIP request at {to} over {transport} so far; see whether it listens there, and \
                 whether the reply window is long enough"
            ))),
            Ending::Broken(why) => Err(Fault::Unreachable(format!(
                "a SIP request to {to} over {transport} could not be delivered: {why}"
            ))),
        }
    }

    /// Puts octets on the wire outside any transaction.
    pub(super) fn raw(&self, raw: &Raw, scope: &Scope) -> End {
        let role = match self.role(raw.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return End::unsupported(why),
        };
        let texts = raw.octets.iter().map(|text| scope.names.resolve(text).map(Bytes::from));
        match texts.collect::<Result<Vec<_>, _>>() {
            Ok(segments) => End::done(role.peer.raw(&segments, role.way.transport, role.way.destination)),
            Err(unresolved) => End::unsupported(unresolved.to_string()),
        }
    }

    /// Sets how a peer answers from now on.
    pub(super) fn answer(&self, answer: &Answer, scope: &Scope) -> End {
        let role = match self.role(answer.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return End::unsupported(why),
        };
        for method in METHODS {
            role.peer.set_answer_to(
                method,
                match answer.status {
                    0 => PeerAnswer::Silent,
                    code => PeerAnswer::status(code),
                },
            );
        }
        End::done(Vec::new())
    }
}

/// Whether an IUT announces messages of this kind when they arrive.
const fn announces(template: Template) -> bool {
    matches!(template, Template::ImReq | Template::Im | Template::Plain | Template::Resent)
}
