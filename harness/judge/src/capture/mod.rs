//! The messages of a record, over SIP and MSRP, each decoded once, and which of them belong together.
//!
//! MSRP is put together chunk by chunk: the message belongs to the event that completes it, see [`Piece`].

mod about;
mod carrier;
mod line;
mod message;
mod nested;
mod protection;
mod reception;
mod relate;
mod relays;
mod session;
mod sources;
mod spoken;
mod told;
mod view;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use ledger::Role;
use record::{Event, EventId, EventKind, Novelty, Purpose};
use scenario::model::Kind;
use wire::msrp::Refusal;
use wire::profile::Profile;

use about::Identity;
use message::{Head, Opened};
use protection::Keys;
use reception::Receptions;
use relays::Relays;
use session::Sessions;
use sources::{Origination, Sources};
use told::Told;

pub(crate) use carrier::{Carrier, Field};
pub(crate) use line::Line;
pub use message::{Class, Message, Origin, Place};
pub(crate) use nested::CPIM;
pub use protection::Protection;
pub(crate) use relays::{Form, Relay};
pub use session::{Chunk, Piece};
pub use view::View;
pub(crate) use view::{ENVELOPES, Part};

/// All messages of a record so far. Made event by event, so that a runner can use it while the record grows.
#[derive(Debug)]
pub struct Capture {
    profile: &'static Profile,
    messages: BTreeMap<EventId, Arc<Message>>,
    identities: BTreeMap<EventId, Identity>,
    /// Which message of a peer a report of the IUT is about.
    about: BTreeMap<EventId, EventId>,
    /// Messages that were reported on, and what sets one report on them apart from another.
    reported: HashSet<(EventId, Option<String>)>,
    /// Messages that a step took for reports.
    reports: HashSet<EventId>,
    /// The first request of a peer that bears an identifier.
    first_named: HashMap<String, EventId>,
    /// The first request of a peer in a SIP call.
    first_called: HashMap<String, EventId>,
    /// Peers that sent instant messages.
    senders: HashSet<Arc<str>>,
    sources: Sources,
    relays: Relays,
    /// Instant messages of the IUT, and which of those of the peers they come from.
    copies: BTreeMap<EventId, Origination>,
    /// The first instant message of the IUT that bears an identifier.
    first_copies: HashMap<String, EventId>,
    /// Messages of the IUT that enclose a report of a peer, or what is left of one.
    relayed: BTreeMap<EventId, Relay>,
    /// Reports of peers that were enclosed as they came.
    enclosed: HashSet<EventId>,
    told: Told,
    keys: Keys,
    sessions: Sessions,
    receptions: Receptions,
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
            first_named: HashMap::new(),
            first_called: HashMap::new(),
            senders: HashSet::new(),
            sources: Sources::default(),
            relays: Relays::default(),
            copies: BTreeMap::new(),
            first_copies: HashMap::new(),
            relayed: BTreeMap::new(),
            enclosed: HashSet::new(),
            told: Told::default(),
            keys: Keys::default(),
            sessions: Sessions::default(),
            receptions: Receptions::default(),
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
            EventKind::Command { command, .. } => {
                self.told.add(id, command);
                return None;
            }
            EventKind::Bound { name, value } => {
                self.learn(name, value);
                return None;
            }
            EventKind::Transaction { request, ending } => {
                self.receptions.end(*request, ending);
                return None;
            }
            _ => return None,
        };
        let head = Head { event: id, at: event.at, peer: peer.clone(), transport };
        let opened = self.open(origin, &head, octets);
        let opened = self.keys.peel(origin, &head, opened);
        let mut message = Message::new(origin, head, opened, self.profile);
        let is_new = message.is_new_request_of_iut() || message.is_new_request_of_peer();
        if is_new && !message.is_piece() {
            self.relate(&mut message);
        }
        if message.piece().is_some() {
            self.receptions.add(&message);
        }
        let message = Arc::new(message);
        self.messages.insert(id, message.clone());
        if message.is_new_request_of_iut() && message.class == Class::Report {
            self.take_as_report(id);
        }
        Some(message)
    }

    fn open(&mut self, origin: Origin, head: &Head, octets: &Bytes) -> Opened {
        if !carrier::is_msrp(head.transport) {
            return carrier::open_sip(octets.clone());
        }
        let begins =
            matches!(origin, Origin::Iut(Novelty::Request) | Origin::Peer(Purpose::Request | Purpose::Raw));
        let from_iut = matches!(origin, Origin::Iut(_));
        let opened = self.sessions.open(head, from_iut, begins, octets.clone());
        let answered = match origin {
            Origin::Iut(Novelty::Response(request)) | Origin::Peer(Purpose::Answer(request)) => Some(request),
            _ => None,
        };
        let method = |request| self.messages.get(&request).map(|request| request.method.clone());
        match answered.filter(|_| opened.method.is_empty()).and_then(method) {
            Some(method) => Opened { method, ..opened },
            None => opened,
        }
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
            self.reported.insert((subject, self.reported_as(report)));
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
    /// `loose` takes every MESSAGE for a report that is no copy: for an IUT whose role is to report, when nothing fits
    /// better (see [`Capture::is_tolerant`]).
    pub fn fits(&self, message: &Message, kind: Kind, about: Option<EventId>, loose: bool) -> bool {
        if !message.is_new_request_of_iut() || message.is_housekeeping() {
            return false;
        }
        let of_kind = match kind {
            Kind::Any => true,
            Kind::Im => matches!(message.class, Class::Im | Class::Request),
            Kind::Report => {
                let may_be_one = || message.class == Class::Im && !self.is_surely_copy(message);
                message.class == Class::Report || (loose && may_be_one())
            }
        };
        of_kind && about.is_none_or(|about| self.is_about(message.event, about).unwrap_or(loose))
    }

    /// Whether every MESSAGE to that peer may be meant as a report: an end user's agent does nothing else, an intermediary
    /// sends nothing else to those who send it messages.
    pub fn is_tolerant(&self, role: Role, peer: &str) -> bool {
        match role {
            Role::ReportingUas | Role::ImRecipient => true,
            Role::B2bua | Role::Intermediary => self.senders.contains(peer),
            _ => false,
        }
    }

    /// The message of a peer that a message of the IUT is about, taken for a report, or comes from: as noted, else as good
    /// as can be told.
    pub fn subject(&self, report: EventId) -> Option<EventId> {
        let known = self.about.get(&report).copied();
        known.or_else(|| self.copy_of(report)).or_else(|| self.subject_of(report))
    }

    /// The instant message of a peer that one of the IUT comes from.
    pub fn copy_of(&self, copy: EventId) -> Option<EventId> {
        self.copies.get(&copy).filter(|_| !self.is_report(copy)).map(|origination| origination.of)
    }

    /// The report of a peer that a message of the IUT encloses, and how.
    pub(crate) fn relay(&self, report: EventId) -> Option<Relay> {
        self.relayed.get(&report).copied()
    }

    /// All reports of peers that the IUT sent on.
    pub(crate) fn relays(&self) -> impl Iterator<Item = &Relay> {
        self.relayed.values()
    }

    /// Whether the IUT sent that report of a peer on as it came.
    pub(crate) fn is_enclosed(&self, report: EventId) -> bool {
        self.enclosed.contains(&report)
    }

    /// What the driver was asked for.
    pub(crate) fn told(&self) -> &Told {
        &self.told
    }

    /// Instant messages of the peers, in the order of the record.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.sources.iter().filter_map(|event| self.get(event))
    }

    /// Reports of the peers, in the order of the record.
    pub(crate) fn reports_of_peers(&self) -> impl DoubleEndedIterator<Item = &Arc<Message>> {
        self.relays.iter().filter_map(|event| self.get(event))
    }

    /// Whether a message of the IUT is about that message of a peer, or the same one sent again; `None` if that
    /// cannot be told.
    pub fn is_about(&self, report: EventId, message: EventId) -> Option<bool> {
        let subject = self.subject(report)?;
        let is_one = |subject: EventId| subject == message || self.same_message(subject, message);
        let further = self.identity(report).into_iter().flat_map(|identity| &identity.also);
        let mut further = further.filter_map(|name| self.first_named.get(name).copied());
        Some(is_one(subject) || further.any(is_one))
    }

    /// What a report tells: the text of the element that says what became of the message, in the innermost document; where
    /// it is a word that the profile knows, as the profile spells it. Where the document has an element for each kind of
    /// report, it is the kind. `None` where that cannot be read, and for a report in the terms of another document.
    pub fn tells(&self, report: EventId) -> Option<String> {
        self.identity(report)?.tells.first().cloned()
    }

    /// Whether a report tells that, or nothing that can be read. A report of several documents tells what each of them does.
    pub fn may_tell(&self, report: EventId, disposition: &str) -> bool {
        let told = self.identity(report).map_or(&[][..], |identity| &identity.tells);
        told.is_empty() || told.iter().any(|told| told.eq_ignore_ascii_case(disposition))
    }

    /// The identifiers of a request.
    pub(crate) fn identity(&self, id: EventId) -> Option<&Identity> {
        self.identities.get(&id)
    }
}
