//! The side of a peer that the network sees.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use record::{Ending, EventId, EventKind, Novelty, Purpose, Recorder, Transport};
use tokio::sync::mpsc::UnboundedSender;

use crate::answer::Answers;
use crate::lock::lock;
use crate::peer::Incoming;
use crate::{Session, SessionPolicy};

/// A user of the network, and the record that everything about it goes into.
#[derive(Debug)]
pub(crate) struct Member {
    user: Box<str>,
    /// Its name in the scenario.
    name: Arc<str>,
    recorder: Recorder,
    /// The scenario is over; nothing more is sent or recorded.
    left: AtomicBool,
    answers: Mutex<Answers>,
    policy: Mutex<SessionPolicy>,
    queues: Queues,
    received: AtomicUsize,
    limit: usize,
}

/// What is handed to the scenario.
#[derive(Debug)]
pub(crate) struct Queues {
    pub(crate) requests: UnboundedSender<Incoming>,
    pub(crate) strays: UnboundedSender<Incoming>,
    pub(crate) sessions: UnboundedSender<Session>,
}

/// Octets that came, from where, and over what.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) octets: Bytes,
    pub(crate) transport: Transport,
    pub(crate) from: SocketAddr,
}

impl Member {
    pub(crate) fn new(user: &str, name: &str, recorder: Recorder, limit: usize, queues: Queues) -> Self {
        Self {
            user: user.into(),
            name: name.into(),
            recorder,
            left: AtomicBool::new(false),
            answers: Mutex::default(),
            policy: Mutex::default(),
            queues,
            received: AtomicUsize::new(0),
            limit,
        }
    }

    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn answers(&self) -> std::sync::MutexGuard<'_, Answers> {
        lock(&self.answers)
    }

    pub(crate) fn policy(&self) -> std::sync::MutexGuard<'_, SessionPolicy> {
        lock(&self.policy)
    }

    /// Whether it plays in the same scenario.
    pub(crate) fn is_with(&self, other: &Self) -> bool {
        self.recorder.is_same(&other.recorder)
    }

    pub(crate) fn leave(&self) {
        self.left.store(true, Ordering::Relaxed);
    }

    pub(crate) fn has_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }

    /// Whether the record can take that many octets more. The first time it cannot, it says so.
    pub(crate) fn affords(&self, octets: usize) -> bool {
        let before = self.received.fetch_add(octets, Ordering::Relaxed);
        let after = before.saturating_add(octets);
        if after <= self.limit {
            return true;
        }
        self.received.store(self.limit.saturating_add(1), Ordering::Relaxed);
        if before <= self.limit {
            self.note(format!(
                "peer {} has received more than {} octets: what comes from here on is dropped unanswered",
                self.name, self.limit
            ));
        }
        false
    }

    /// Records octets that came.
    pub(crate) fn received(&self, arrived: &Arrived, novelty: Novelty) -> EventId {
        let Arrived { octets, transport, from } = arrived.clone();
        self.recorder.push(EventKind::Received { peer: self.name.clone(), transport, from, novelty, octets })
    }

    /// The octets of something that came, as long as the record is there.
    pub(crate) fn received_octets(&self, event: EventId) -> Option<Bytes> {
        match self.recorder.get(event)?.kind {
            EventKind::Received { octets, .. } => Some(octets),
            _ => None,
        }
    }

    /// Records octets that are about to be sent; a failure is recorded when it shows.
    pub(crate) fn sent(
        &self,
        octets: Bytes,
        transport: Transport,
        to: SocketAddr,
        purpose: Purpose,
    ) -> EventId {
        self.recorder.push(EventKind::Sent { peer: self.name.clone(), transport, to, purpose, octets })
    }

    /// Records the end of a transaction.
    pub(crate) fn ended(&self, request: EventId, ending: Ending) {
        if !self.has_left() {
            self.recorder.push(EventKind::Transaction { request, ending });
        }
    }

    /// Records that a connection came or went.
    pub(crate) fn connection(&self, remote: SocketAddr, what: &str) {
        if !self.has_left() {
            self.recorder.push(EventKind::Connection { remote, what: what.into() });
        }
    }

    /// Records a remark.
    pub(crate) fn note(&self, text: String) {
        if !self.has_left() {
            self.recorder.push(EventKind::Note(text));
        }
    }

    /// Hands a request to the scenario.
    pub(crate) fn deliver(&self, incoming: Incoming) {
        // The receiver is gone only if the scenario is over.
        let _ = self.queues.requests.send(incoming);
    }

    /// Hands a response outside any transaction to the scenario.
    pub(crate) fn deliver_stray(&self, incoming: Incoming) {
        let _ = self.queues.strays.send(incoming);
    }

    /// Hands a session that the other side has opened to the scenario.
    pub(crate) fn deliver_session(&self, session: Session) {
        let _ = self.queues.sessions.send(session);
    }
}
