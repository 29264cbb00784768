//! Reports of the peers, and which of them the IUT sent on.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use record::EventId;
use wire::document::Document;

use super::View;
use super::about::Identity;
use crate::uri;

/// All reports that peers sent to the IUT, by what they can be recognised by when they come back.
#[derive(Clone, Debug, Default)]
pub(super) struct Relays {
    order: Vec<EventId>,
    by_object: HashMap<Bytes, EventId>,
    by_entity: HashMap<Bytes, EventId>,
    /// By the objects inside them.
    by_inner: HashMap<Bytes, EventId>,
    by_document: HashMap<Bytes, EventId>,
    by_id: HashMap<String, EventId>,
    by_values: HashMap<Values, EventId>,
    /// By what their documents tell, where that is for recipients alone to tell.
    by_told: HashMap<Telling, Vec<EventId>>,
    /// Who sent them, by CPIM.
    senders: HashMap<EventId, Option<String>>,
    /// Those that the IUT sent on.
    sent_on: HashSet<EventId>,
}

/// A report that the IUT sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Relay {
    /// The report of the peer.
    pub(crate) of: EventId,
    pub(crate) form: Form,
}

/// What became of the octets of a report that was sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The content, or the message's own body, is the complete CPIM object, octet for octet.
    Object,
    /// The MIME entity is that of the report, octet for octet.
    Entity,
    /// It is recognised by something that it says.
    Altered,
}

/// What a document says that tells it from all others: by whom, about what, what, when.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Values {
    reporter: String,
    names: String,
    disposition: String,
    time: String,
}

/// What a document tells that an intermediary cannot tell by itself: about which message, of which kind, with which status,
/// and for a failure, which it can tell too, who the recipient is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Telling {
    names: String,
    kind: String,
    status: String,
    recipient: Option<String>,
}

impl Relays {
    /// Takes in a report of a peer.
    pub(super) fn add(&mut self, view: &View<'_>, identity: &Identity) {
        let event = view.message.event;
        self.order.push(event);
        self.senders.insert(event, identity.from.clone());
        let slice = |place: super::Place| place.octets.slice(place.span);
        self.by_object.extend(view.object().map(|place| (slice(place), event)));
        self.by_entity.extend(view.entity().map(|place| (slice(place), event)));
        self.by_id.extend(identity.id.clone().map(|id| (id, event)));
        let levels = view.levels();
        for level in &levels {
            let level = View::new(level, view.profile);
            self.by_inner.extend(level.object().map(|place| (slice(place), event)));
            self.by_id.extend(level.id().map(|id| (id, event)));
        }
        let innermost = levels.last().map(|level| View::new(level, view.profile));
        let innermost = innermost.as_ref().unwrap_or(view);
        self.by_document.extend(document_octets(innermost).map(|octets| (octets, event)));
        self.by_values.extend(Values::of(innermost).map(|values| (values, event)));
        for telling in Telling::all(innermost) {
            // What goes to those who may not know the recipients is without them.
            let anonymous =
                telling.recipient.is_some().then(|| Telling { recipient: None, ..telling.clone() });
            for telling in anonymous.into_iter().chain([telling]) {
                self.by_told.entry(telling).or_default().push(event);
            }
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = EventId> {
        self.order.iter().copied()
    }

    /// The report that a message of the IUT encloses, or what is left of it.
    pub(super) fn in_message(&mut self, view: &View<'_>) -> Option<Relay> {
        let relay = self.found_in(view)?;
        self.sent_on.insert(relay.of);
        Some(relay)
    }

    fn found_in(&self, view: &View<'_>) -> Option<Relay> {
        if self.order.is_empty() {
            return None;
        }
        let find = |map: &HashMap<Bytes, EventId>, place: Option<super::Place>| {
            let place = place?;
            map.get(place.octets.get(place.span)?).copied()
        };
        // Documents that do not say by whom they are look alike where a peer and the IUT report the same.
        let unsigned = view.profile.report.roles.reporter.is_none();
        let from = view.address("From");
        let same_sender = |of: &EventId| !unsigned || self.senders.get(of) == Some(&from);
        let object = || unsigned.then(|| find(&self.by_object, view.object())).flatten();
        if let Some(of) = find(&self.by_object, view.payload()).or_else(object) {
            return Some(Relay { of, form: Form::Object });
        }
        if let Some(of) = find(&self.by_entity, view.entity()).filter(same_sender) {
            return Some(Relay { of, form: Form::Entity });
        }
        let levels = view.levels();
        let by_level = |level: &super::Message| {
            let level = View::new(level, view.profile);
            let whole =
                find(&self.by_object, level.object()).or_else(|| find(&self.by_inner, level.object()));
            whole.or_else(|| self.by_id.get(&level.id()?).copied())
        };
        let innermost = levels.last().map(|level| View::new(level, view.profile));
        let innermost = innermost.as_ref().unwrap_or(view);
        let altered = levels
            .iter()
            .find_map(by_level)
            .or_else(|| self.by_document.get(&document_octets(innermost)?).copied().filter(same_sender))
            .or_else(|| self.by_values.get(&Values::of(innermost)?).copied())
            .or_else(|| self.by_id.get(&view.id()?).copied().filter(|_| unsigned && view.report.is_some()))
            .or_else(|| self.told(innermost));
        altered.map(|of| Relay { of, form: Form::Altered })
    }
}

impl Relays {
    /// The report that tells the same and was not sent on yet.
    fn told(&self, view: &View<'_>) -> Option<EventId> {
        let tellings = Telling::all(view);
        let mut all = tellings.iter().filter_map(|telling| self.by_told.get(telling)).flatten();
        all.find(|of| !self.sent_on.contains(of)).copied()
    }
}

impl Telling {
    fn all(view: &View<'_>) -> Vec<Self> {
        let (profile, roles) = (view.profile, &view.profile.report.roles);
        if profile.report.choice.is_empty() || view.foreign_profile().is_some() {
            return Vec::new();
        }
        let of = |document: &Document<'_>| {
            let told = document.told(profile).filter(|told| told.kind != "processing")?;
            let recipient = document.value(roles.recipient, profile).map(|uri| uri::inner(uri).to_owned());
            Some(Self {
                names: document.value(roles.message_id, profile)?.to_owned(),
                kind: told.kind.to_owned(),
                status: told.status?.to_owned(),
                recipient: recipient.filter(|_| told.status == Some("failed")),
            })
        };
        view.documents().iter().filter_map(of).collect()
    }
}

impl Values {
    /// Only a document that says by whom it is can be told from one that the IUT composed.
    fn of(view: &View<'_>) -> Option<Self> {
        let roles = &view.profile.report.roles;
        let document = view.document.as_ref()?;
        let value = |name: &str| value(document, name);
        Some(Self {
            reporter: value(roles.reporter?).map(|reporter| uri::inner(&reporter).to_ascii_lowercase())?,
            names: value(roles.message_id)?,
            disposition: value(roles.disposition)?.to_ascii_lowercase(),
            time: value(roles.time?)?,
        })
    }
}

fn value(document: &Document<'_>, name: &str) -> Option<String> {
    let element = document.elements().iter().find(|element| element.name == name)?;
    Some(element.trimmed().to_owned()).filter(|value| !value.is_empty())
}

/// The octets of the report document, if they are many enough to tell it by.
fn document_octets(view: &View<'_>) -> Option<Bytes> {
    let document = view.document.as_ref()?;
    let trimmed = document.octets().trim_ascii();
    (!trimmed.is_empty()).then(|| Bytes::copy_from_slice(trimmed))
}
