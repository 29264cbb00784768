//! The SIP messages of a record, each decoded once, and which of them belong together.

mod about;
mod line;
mod message;
mod view;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use record::{Event, EventId, EventKind, Novelty, Purpose};
use scenario::model::Kind;
use wire::profile::Profile;

use about::Identity;
use message::Head;

pub(crate) use line::Line;
pub use message::{Class, Message, Origin, Place};
pub use view::View;

/// All messages of a record so far. Made event by event, so that a runner can use it while the record grows.
#[derive(Clone, Debug)]
pub struct Capture {
    profile: &'static Profile,
    messages: BTreeMap<EventId, Arc<Message>>,
    identities: BTreeMap<EventId, Identity>,
    /// Which message of a peer a report of the IUT is about.
    about: BTreeMap<EventId, EventId>,
    reported: HashSet<EventId>,
    /// Messages that a step took for reports.
    reports: HashSet<EventId>,
}

impl Capture {
    /// Nothing yet.
    pub fn new(profile: &'static Profile) -> Self {
        Self {
            profile,
            messages: BTreeMap::new(),
            identities: BTreeMap::new(),
            about: BTreeMap::new(),
            reported: HashSet::new(),
            reports: HashSet::new(),
        }
    }

    /// Takes in what an event holds; gives the message if there is one.
    pub fn observe(&mut self, id: EventId, event: &Event) -> Option<Arc<Message>> {
        let (peer, transport, origin, octets) = match &event.kind {
            EventKind::Sent { peer, transport, purpose, octets, .. } => {
                (peer, *transport, Origin::Peer(*purpose), octets)
            }
            EventKind::Received { peer, transport, novelty, octets, .. } => {
                (peer, *transport, Origin::Iut(*novelty), octets)
            }
            _ => return None,
        };
        let head = Head { event: id, at: event.at, peer: peer.clone(), transport };
        let message = Arc::new(Message::new(origin, head, octets.clone(), self.profile));
        self.messages.insert(id, message.clone());
        if matches!(message.origin, Origin::Iut(Novelty::Request) | Origin::Peer(Purpose::Request)) {
            self.identities.insert(id, Identity::of(&View::new(&message, self.profile)));
        }
        if message.is_new_request_of_iut() && message.class == Class::Report {
            self.take_as_report(id);
        }
        Some(message)
    }

    /// The message of an event.
    pub fn get(&self, id: EventId) -> Option<&Arc<Message>> {
        self.messages.get(&id)
    }

    /// All messages in the order of the record.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.messages.values()
    }

    /// Requests of the IUT in transactions of their own, those excepted that show nothing about messages.
    pub fn of_iut(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.iter().filter(|message| message.is_new_request_of_iut() && !message.is_housekeeping())
    }

    /// Takes a message for a report although it does not look like one, because a step waited for one.
    pub fn take_as_report(&mut self, report: EventId) {
        self.reports.insert(report);
        if self.about.contains_key(&report) {
            return;
        }
        if let Some(subject) = self.subject_of(report) {
            self.about.insert(report, subject);
            self.reported.insert(subject);
        }
    }

    /// Whether a message of the IUT is a report, or a step took it for one.
    pub fn is_report(&self, id: EventId) -> bool {
        self.reports.contains(&id)
    }

    /// The message of a peer that a report of the IUT is about.
    pub fn about(&self, report: EventId) -> Option<&Arc<Message>> {
        self.about.get(&report).and_then(|subject| self.get(*subject))
    }

    /// Whether the IUT's message is of that kind and, where a message is given, about it.
    ///
    /// `loose` takes every MESSAGE for a report: for an IUT whose role is to report, when nothing fits better.
    pub fn fits(&self, message: &Message, kind: Kind, about: Option<EventId>, loose: bool) -> bool {
        if !message.is_new_request_of_iut() || message.is_housekeeping() {
            return false;
        }
        let of_kind = match kind {
            Kind::Any => true,
            Kind::Im => matches!(message.class, Class::Im | Class::Request),
            Kind::Report => message.class == Class::Report || (loose && message.class == Class::Im),
        };
        of_kind && about.is_none_or(|about| self.is_about(message.event, about).unwrap_or(loose))
    }

    /// The message of a peer that a message of the IUT is about, taken for a report: as noted, else as good as can be told.
    pub fn subject(&self, report: EventId) -> Option<EventId> {
        self.about.get(&report).copied().or_else(|| self.subject_of(report))
    }

    /// Whether a message of the IUT is about that message of a peer, or the same one sent again; `None` if that
    /// cannot be told.
    pub fn is_about(&self, report: EventId, message: EventId) -> Option<bool> {
        let subject = self.subject(report)?;
        Some(subject == message || self.same_message(subject, message))
    }

    /// The identifiers of a request.
    pub(crate) fn identity(&self, id: EventId) -> Option<&Identity> {
        self.identities.get(&id)
    }
}
