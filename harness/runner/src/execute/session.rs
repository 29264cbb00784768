//! Sessions of the peers, and what is sent in them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use judge::capture::Message;
use peer::{Delivery, Invite, OutgoingMessage, Sending, Session, SessionError};
use record::{EventId, EventKind, StepId};
use rustc_hash::FxHashMap;
use scenario::model::{Send, Window};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use wire::uri::Uri;

use super::cast::Role;
use super::reaction::{NONE, Reaction};
use super::scope::Scope;
use super::stage::Stage;
use crate::compose::SessionMessage;
use crate::driver::Fault;

/// The sessions of a case, and messages under way in them.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    state: Mutex<State>,
    /// Sessions in which messages were sent that want no answer, and when last, in that order: nothing shows when the IUT has
    /// got past them. Held by whoever waits for that.
    unanswered: tokio::sync::Mutex<Vec<(Session, Instant)>>,
}

#[derive(Debug, Default)]
struct State {
    known: Vec<Known>,
    /// The session that a message came by.
    carried: FxHashMap<EventId, Session>,
    under_way: BTreeMap<u64, UnderWay>,
    begun: u64,
}

/// A session, and whom it is with.
#[derive(Debug)]
struct Known {
    peer: Arc<str>,
    /// The address that it was opened for, or from.
    party: String,
    session: Session,
}

/// A message of a peer whose chunks may not all be sent.
#[derive(Debug)]
struct UnderWay {
    sending: Sending,
    /// How many of its chunks were taken in.
    seen: usize,
    /// The last message that they made.
    message: Option<Arc<Message>>,
}

/// What came of a message that a peer sent, or was to send.
pub(super) struct Sent {
    /// The message, if it went out.
    pub(super) message: Option<Arc<Message>>,
    /// What the step shows for it.
    pub(super) events: Vec<EventId>,
    pub(super) reaction: Reaction,
}

impl Sessions {
    /// Notes a session, unless it is known.
    pub(super) fn add(&self, peer: &Arc<str>, party: String, session: Session) {
        let mut state = self.state();
        if !state.known.iter().any(|known| known.session == session) {
            state.known.push(Known { peer: peer.clone(), party, session });
        }
    }

    /// Notes by which session a message came.
    pub(super) fn came_by(&self, message: EventId, session: Session) {
        self.state().carried.insert(message, session);
    }

    /// The session that a message came by, if it lasts.
    fn of_message(&self, message: EventId) -> Option<Session> {
        self.state().carried.get(&message).filter(|session| session.end().is_none()).cloned()
    }

    /// The session of a peer with that party, the oldest that lasts; with any party where there is only one.
    fn with(&self, peer: &str, party: &str, only_party: bool) -> Option<Session> {
        let mut state = self.state();
        state.known.retain(|known| known.session.end().is_none());
        let fits = |known: &&Known| &*known.peer == peer && (only_party || same_party(&known.party, party));
        state.known.iter().find(fits).map(|known| known.session.clone())
    }

    /// The chunks that were sent since the last time, with the place of their message.
    fn news(&self) -> Vec<(u64, EventId)> {
        let mut news = Vec::new();
        for (place, one) in &mut self.state().under_way {
            let chunks = one.sending.chunks();
            news.extend(chunks.iter().skip(one.seen).map(|chunk| (*place, *chunk)));
            one.seen = chunks.len();
        }
        news.sort_unstable_by_key(|(_, chunk)| *chunk);
        news
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage<'_> {
    /// Sends a message in the session between a peer and whom it sends to, and waits for the response.
    pub(super) async fn send_in_session(
        &self,
        send: &Send,
        role: &Role,
        message: SessionMessage,
        id: StepId,
        scope: &Scope,
    ) -> Result<Sent, Fault> {
        let about = send.about.as_deref().and_then(|name| scope.names.message(name));
        let session = match self.session(role, about.map(|message| message.event), &message, id).await {
            Ok(session) => session,
            Err(error) => return self.without_session(error),
        };
        let sending = session.send(message.message);
        let place = self.sessions.begin(sending.clone());
        let delivery = self.delivery(send, &sending, &session).await;
        self.recorder.set_step(Some(id));
        self.catch_up();
        let message = self.sessions.finish(place);
        let sent: Vec<EventId> = message.iter().map(|message| message.event).collect();
        Ok(match delivery {
            Delivery::Answered(response) | Delivery::Refused(response) => Sent {
                events: sent.into_iter().chain([response]).collect(),
                reaction: self.status(response).map_or(Reaction::Silence, Reaction::Answer),
                message,
            },
            Delivery::NotDue => Sent { events: sent, reaction: Reaction::Undue, message },
            Delivery::TimedOut => Sent { events: Vec::new(), reaction: Reaction::Silence, message },
            Delivery::Broken(why) => Sent { events: Vec::new(), reaction: Reaction::NoSession(why), message },
        })
    }

    /// Waits until a message is sent and answered. Where no answer is wanted, and where none is due and the step looks at
    /// that, as long as the quiet window lasts.
    async fn delivery(&self, send: &Send, sending: &Sending, session: &Session) -> Delivery {
        let window = self.window(if awaits_silence(send) { Window::Quiet } else { Window::Reply });
        match timeout(window, sending.ended()).await {
            Ok(Delivery::NotDue) => {
                self.sessions.leave_behind(session).await;
                if send.answer.is_some() {
                    sleep(self.window(Window::Quiet)).await;
                }
                Delivery::NotDue
            }
            Ok(delivery) => delivery,
            Err(_) => {
                sending.abandon();
                sending.ended().await
            }
        }
    }

    /// The session for a message: for a report the one that its subject came by (I-29), else one that there is with that
    /// party, else one that the peer opens.
    async fn session(
        &self,
        role: &Role,
        about: Option<EventId>,
        message: &SessionMessage,
        id: StepId,
    ) -> Result<Session, SessionError> {
        // Two steps at once open one session, not two.
        let mut opened = role.sessions.lock().await;
        while let Some(session) = opened.try_next() {
            self.sessions.add(&role.name, session.remote_party(), session);
        }
        let carried = about.and_then(|about| self.sessions.of_message(about));
        let known = || self.sessions.with(&role.name, &message.address, !self.cast.has_many_parties());
        if let Some(session) = carried.or_else(known) {
            return Ok(session);
        }
        self.recorder.set_step(Some(id));
        let invite = Invite {
            from: message.from.clone(),
            to: message.to.clone(),
            patience: self.window(Window::Reply),
            ..Invite::new(role.way.destination, role.way.transport, &message.endpoint, &role.uri)
        };
        let session = role.peer.invite(&invite).await?;
        self.recorder.set_step(Some(id));
        self.booking.processes.iter().for_each(|process| process.spoke_sip());
        self.sessions.add(&role.name, message.address.clone(), session.clone());
        Ok(session)
    }

    /// What a step comes to whose session could not be set up.
    fn without_session(&self, error: SessionError) -> Result<Sent, Fault> {
        let spoke = |stage: &Self| stage.booking.processes.iter().any(|process| process.speaks_sip());
        match &error {
            SessionError::NoAnswer { .. } if !spoke(self) => {
                return Err(Fault::NoAnswer(format!(
                    "{error}; it has answered no SIP request so far: see whether it listens there, and whether the reply \
                     window is long enough"
                )));
            }
            SessionError::Broken { .. } => return Err(Fault::Unreachable(error.to_string())),
            SessionError::TooMany { .. } => return Err(Fault::Harness(error.to_string())),
            _ => {}
        }
        self.recorder.push(EventKind::Note(format!("there is no session: {error}")));
        let answered = matches!(error, SessionError::Refused { .. } | SessionError::Unusable { .. });
        let events = error.event().filter(|_| answered).into_iter().collect();
        Ok(Sent { message: None, events, reaction: Reaction::NoSession(error.to_string()) })
    }

    /// Waits until the IUT has got past the messages that it does not answer, since whoever asks its driver may be faster than
    /// them: until it answers a request behind them that has no body and so is no message (RFC 4975 sections 5.4 and 7.1),
    /// and the quiet window has passed.
    pub(super) async fn settle(&self) {
        let mut unanswered = self.sessions.unanswered.lock().await;
        let Some(last) = unanswered.last().map(|(_, sent)| *sent) else { return };
        let behind = |(session, _): (Session, Instant)| session.send(OutgoingMessage::without_body());
        let barriers: Vec<Sending> = unanswered.drain(..).map(behind).collect();
        let answered = join_all(barriers.iter().map(Sending::ended));
        if timeout(self.window(Window::Reply), answered).await.is_err() {
            barriers.iter().for_each(Sending::abandon);
        }
        sleep_until(last + self.window(Window::Quiet)).await;
    }

    /// Takes in what was sent in sessions since the last time, so that it is known before what comes is looked at.
    pub(super) fn catch_up(&self) {
        for (place, chunk) in self.sessions.news() {
            let message = self.recorder.get(chunk).and_then(|event| self.observe(chunk, event.kind));
            self.sessions.made(place, message);
        }
    }
}

impl Sessions {
    /// A message is about to be sent; gives its place.
    fn begin(&self, sending: Sending) -> u64 {
        let mut state = self.state();
        state.begun += 1;
        let place = state.begun;
        state.under_way.insert(place, UnderWay { sending, seen: 0, message: None });
        place
    }

    /// A message was sent in that session that wants no answer.
    async fn leave_behind(&self, session: &Session) {
        let mut unanswered = self.unanswered.lock().await;
        unanswered.retain(|(other, _)| other != session);
        unanswered.push((session.clone(), Instant::now()));
    }

    /// A chunk made a message, or a piece of one.
    fn made(&self, place: u64, message: Option<Arc<Message>>) {
        if let Some(under_way) = self.state().under_way.get_mut(&place) {
            under_way.message = message;
        }
    }

    /// The message that was sent, whole or as far as it went.
    fn finish(&self, place: u64) -> Option<Arc<Message>> {
        self.state().under_way.remove(&place)?.message
    }
}

/// Whether no answer is one that the step wants.
fn awaits_silence(send: &Send) -> bool {
    let Some(answer) = &send.answer else { return false };
    answer.is.iter().chain(&answer.tolerate).any(|pattern| pattern == NONE)
}

/// Whether two addresses mean the same party; parameters say how to reach it and do not count.
fn same_party(one: &str, other: &str) -> bool {
    let bare = |address: &str| address.split([';', '?']).next().unwrap_or_default().to_owned();
    let (one, other) = (bare(one), bare(other));
    match (Uri::parse(one.as_bytes()), Uri::parse(other.as_bytes())) {
        (Some(one), Some(other)) => one.equivalent(&other),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::same_party;

    #[test]
    fn parties_are_compared_without_parameters() {
        assert!(same_party("sip:bob@127.0.0.1:5062;transport=tcp", "sip:bob@127.0.0.1:5062"));
        assert!(same_party("sip:bob@LAB.test", "sip:bob@lab.test;x"));
        assert!(!same_party("sip:bob@127.0.0.1:5062", "sip:list@127.0.0.1:5062"));
        assert!(!same_party("", "sip:bob@h"));
    }
}
