//! Notifications on their way out. They go at once, each in a message of its own (RFC 5438 sections 7.2.1 and 8.3), unless this
//! agent does otherwise.

use time::{Duration, OffsetDateTime};
use wire::mime;

use super::Endpoint;
use crate::carrier::Outgoing;
use crate::common::address::Party;
use crate::faults::Flaw;
use crate::notifications::received::Received;
use crate::notifications::report::About;
use crate::notifications::security::{Layers, Protection};
use crate::notifications::wanted::Wanted;
use crate::user::Action;

/// How long an agent collects that bundles.
const COLLECTING: Duration = Duration::milliseconds(500);
/// How long an agent waits for a message that a notification can travel with.
const WAITING: Duration = Duration::milliseconds(300);
/// How long a notification waits for a hand to send it.
const FOREVER: Duration = Duration::weeks(1);
/// Parts what travels together.
const BOUNDARY: &str = "part-of-what-travels-together";

/// A notification that waits.
#[derive(Debug)]
pub(super) struct Held {
    due: OffsetDateTime,
    outgoing: Outgoing,
}

impl Endpoint {
    /// Sends a notification to whom it is for.
    pub(super) fn post(
        &mut self,
        outgoing: Outgoing,
        about: About,
        wanted: Wanted,
        actions: &mut Vec<Action>,
    ) {
        let alone = wanted == Wanted { display: true, ..Wanted::default() };
        let wait = match self.conduct.flaw() {
            Some(Flaw::ManualSendOnly) if about == About::Display && wanted.positive => Some(FOREVER),
            Some(Flaw::EndpointBundles) if !is_sealed(&outgoing) => Some(COLLECTING),
            Some(Flaw::PiggybackImdn) if alone => Some(WAITING),
            _ => None,
        };
        match wait {
            Some(wait) => {
                let due = self.clock.now().saturating_add(wait);
                self.held.push(Held { due, outgoing });
            }
            None => actions.push(Action::Send(Box::new(outgoing))),
        }
    }

    /// A notification is signed if there is a key for that, encrypted if its message was, and both if both apply (section
    /// 14); without a key to encrypt with, it does not go.
    pub(super) fn protected(
        &self,
        outgoing: Outgoing,
        about: About,
        received: &Received,
    ) -> Option<Outgoing> {
        let Protection { is_encrypted, .. } = received.protection;
        let is_protected = is_encrypted || received.protection.is_signed();
        let all = Layers { sign: self.security.can_sign(), encrypt: is_encrypted };
        let layers = match self.conduct.flaw() {
            Some(Flaw::SignOnlyWhenImSigned) if !is_protected => Layers { sign: false, ..all },
            Some(Flaw::ClearReplyToEncrypted) if about == About::Display => Layers { encrypt: false, ..all },
            Some(Flaw::EncryptWithoutSign) if is_encrypted => Layers { sign: false, ..all },
            Some(Flaw::DeliveredInClear) if is_protected && about == About::Delivery => Layers::default(),
            _ => all,
        };
        let recipient = received.parties.iter().find(|party| self.security.can_encrypt_for(party));
        self.security.close(outgoing, layers, recipient.or(received.parties.first())?)
    }

    /// When the first one that waits has waited for long enough.
    pub(super) fn held_until(&self) -> Option<OffsetDateTime> {
        self.held.iter().map(|held| held.due).min()
    }

    /// Sends what has waited for long enough, in one message what is for the same party.
    pub(super) fn release(&mut self) -> Vec<Action> {
        let now = self.clock.now();
        let mut actions = Vec::new();
        while let Some(first) = self.held.iter().find(|held| held.due <= now) {
            let uri = first.outgoing.request_uri.clone();
            let bundles = self.conduct.has(Flaw::EndpointBundles);
            let mut taken = 0;
            let (together, rest) = std::mem::take(&mut self.held).into_iter().partition(|held| {
                taken += usize::from(held.outgoing.request_uri == uri);
                held.outgoing.request_uri == uri && (bundles || taken == 1)
            });
            self.held = rest;
            actions.extend(bundled(together).map(|outgoing| Action::Send(Box::new(outgoing))));
        }
        actions
    }

    /// The user does something else, and what waits for that party, or for anybody, goes.
    pub(super) fn nudge(&mut self, peer: Option<&Party>, actions: &mut Vec<Action>) {
        let concerned = |held: &Held| peer.is_none_or(|peer| Party::of(&held.outgoing.request_uri) == *peer);
        if self.conduct.has(Flaw::ManualSendOnly) {
            let (due, rest) = std::mem::take(&mut self.held).into_iter().partition(concerned);
            self.held = rest;
            let due: Vec<Held> = due;
            actions.extend(due.into_iter().map(|held| Action::Send(Box::new(held.outgoing))));
        }
    }

    /// Puts what waits for the same party beside the content of a message.
    pub(super) fn accompany(&mut self, outgoing: &mut Outgoing) {
        let party = Party::of(&outgoing.request_uri);
        let place = self.held.iter().position(|held| Party::of(&held.outgoing.request_uri) == party);
        if let Some(place) = place.filter(|_| self.conduct.has(Flaw::PiggybackImdn)) {
            let held = self.held.remove(place);
            outgoing.body = together(&outgoing.body, &[&outgoing.body, &held.outgoing.body], "");
        }
    }
}

/// Whether it is signed or encrypted, so that its content cannot be taken out.
fn is_sealed(outgoing: &Outgoing) -> bool {
    let names_cms = |octets: &[u8]| octets.windows(5).any(|part| part == b"pkcs7");
    names_cms(outgoing.content_type.as_bytes()) || names_cms(&outgoing.body)
}

/// All of them in one message.
fn bundled(held: Vec<Held>) -> Option<Outgoing> {
    let bodies: Vec<_> = held.iter().map(|held| held.outgoing.body.as_slice()).collect();
    let body = match &bodies[..] {
        [first, _, ..] => Some(together(first, &bodies, "Content-Disposition: notification\r\n")),
        _ => None,
    };
    let mut outgoing = held.into_iter().next()?.outgoing;
    outgoing.body = body.unwrap_or(outgoing.body);
    Some(outgoing)
}

/// The headers of one object, and the contents of several.
fn together(headers: &[u8], objects: &[&[u8]], lines: &str) -> Vec<u8> {
    let (headers, _) = parted(headers);
    let parts: Vec<_> = objects.iter().map(|object| parted(object).1.to_vec()).collect();
    let lines = format!("Content-Type: multipart/mixed; boundary={BOUNDARY}\r\n{lines}\r\n");
    [headers, lines.as_bytes(), &mime::multipart(BOUNDARY, &parts)].concat()
}

/// An object cut behind the line that parts message headers and content.
fn parted(object: &[u8]) -> (&[u8], &[u8]) {
    let entity = wire::cpim::decode(object, 0..object.len()).value.mime_entity().start;
    object.split_at(entity)
}
