//! What a message has to do with those before it.

use super::about::Identity;
use super::message::{Class, Message, Origin};
use super::relays::Form;
use super::view::View;
use super::{Capture, EventId};

impl Capture {
    /// Notes what a request has to do with those before it; its class may show by them.
    pub(super) fn relate(&mut self, message: &mut Message) {
        let view = View::new(message, self.profile);
        let (event, identity) = (message.event, Identity::of(&view));
        let class = match (message.origin, message.class) {
            (_, Class::Other) => Class::Other,
            (Origin::Peer(_), _) => self.relate_to_peer(&view, &identity),
            (Origin::Iut(_), _) => self.relate_to_iut(&view, &identity),
        };
        drop(view);
        self.identities.insert(event, identity);
        message.class = class;
    }

    /// A message of a peer: a report, or the source of copies.
    fn relate_to_peer(&mut self, view: &View<'_>, identity: &Identity) -> Class {
        for id in [&identity.id, &identity.original].into_iter().flatten() {
            self.first_named.entry(id.clone()).or_insert(view.message.event);
        }
        let calls = view.carrier.sip().map(|_| view.carrier.named("Call-ID")).unwrap_or_default();
        if let Some(call) = calls.first() {
            self.first_called.entry(call.value.trim().to_owned()).or_insert(view.message.event);
        }
        if view.message.class == Class::Report || view.is_sealed_report() {
            self.relays.add(view, identity);
            return Class::Report;
        }
        self.senders.insert(view.message.peer.clone());
        self.sources.add(view, identity);
        view.message.class
    }

    /// A message of the IUT: a report that it sends on, one of its own, a copy, or a message of its user.
    fn relate_to_iut(&mut self, view: &View<'_>, identity: &Identity) -> Class {
        let (event, class) = (view.message.event, view.message.class);
        if let Some(relay) = self.relays.in_message(view) {
            self.relayed.insert(event, relay);
            if relay.form != Form::Altered {
                self.enclosed.insert(relay.of);
            }
            return Class::Report;
        }
        if class == Class::Report {
            return self.relate_report(view, identity);
        }
        if let Some(id) = &identity.id {
            self.first_copies.entry(id.clone()).or_insert(event);
        }
        // What comes to a requester may as well be a report that nobody can recognise.
        let may_be_report = self.senders.contains(&view.message.peer);
        let origination = self.sources.of_copy(view, identity);
        let origination = origination.filter(|origination| origination.sure || !may_be_report);
        self.copies.extend(origination.map(|origination| (event, origination)));
        class
    }

    /// What looks like a report of another document may be the content of a peer's message, sent on.
    fn relate_report(&mut self, view: &View<'_>, identity: &Identity) -> Class {
        let sent_on = view.foreign_profile().is_some() && self.sources.has_content_of(view);
        let Some(origination) = sent_on.then(|| self.sources.of_copy(view, identity)).flatten() else {
            return Class::Report;
        };
        self.copies.insert(view.message.event, origination);
        Class::Im
    }

    /// The first instant message of the IUT that bears an identifier.
    pub(crate) fn first_copy(&self, id: &str) -> Option<EventId> {
        self.first_copies.get(id).copied()
    }
}
