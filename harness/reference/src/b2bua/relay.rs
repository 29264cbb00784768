//! Handing downstream reports on to the requester (sections 6.3 and 9.3.2).

use time::OffsetDateTime;

use super::B2bua;
use super::course::Course;
use super::inbound::Inbound;
use super::state::Upstream;
use crate::agent::draft::Draft;
use crate::agent::item::Disposition;
use crate::agent::object::{Content, NAMESPACE, Name, Object, PREFIX};
use crate::clock::timestamp;
use crate::common::address::Party;
use crate::common::lists::List;
use crate::faults::{Defect, relay as spoiled};
use crate::user::Action;

impl B2bua {
    /// Takes a report in, and hands it on if it belongs to a request that wants that. Says whether this is all there is
    /// to do: a report is no message, and never answered by a report (section 9.1).
    pub(super) fn take_report(
        &mut self,
        inbound: &Inbound,
        list: Option<&List>,
        actions: &mut Vec<Action>,
    ) -> bool {
        let Some(number) = self.matching(inbound, list) else {
            let marked = matches!(inbound.received.asked, Ok(Some(_)));
            return !(self.host.conduct.is(Defect::AnswerUnsolicitedImdn) && marked);
        };
        actions.extend(self.released(number));
        actions.extend(self.relay(number, inbound));
        true
    }

    /// The request that a report is about, by its Original-Message-ID header.
    fn matching(&mut self, inbound: &Inbound, list: Option<&List>) -> Option<u64> {
        let (now, list) = (self.host.clock.now(), list.map(List::party));
        let reporter = Party::of(&inbound.received.from.uri);
        let named = spoiled::identifier(self.host.conduct, inbound).or(inbound.original_message_id.clone());
        let found = named.and_then(|id| self.host.requests.find(&id, list.as_ref(), &reporter, now));
        let last = || self.host.requests.last(list.as_ref()?, now);
        let number = match self.host.conduct.defect() {
            Some(Defect::RelayToLastRequester) => found.and_then(|_| last()),
            Some(Defect::RelayUnmatched) if !self.is_known_by_element(inbound) => found.or_else(last),
            _ => found,
        }?;
        self.host.requests.get(number)?.reporters.insert(reporter);
        Some(number)
    }

    /// A report that names no request at all is the business of a fault of its own.
    fn is_known_by_element(&self, inbound: &Inbound) -> bool {
        spoiled::element(inbound).is_some_and(|id| self.host.requests.is_known(&id))
    }

    /// Under first-recipient the requester has asked for the B2BUA's report only (section 9.1).
    fn relay(&mut self, number: u64, inbound: &Inbound) -> Option<Action> {
        let (id, now, conduct) =
            (self.host.identifiers.for_report(), self.host.clock.now(), self.host.conduct);
        let upstream = self.host.requests.get(number)?;
        let wanted = match upstream.course {
            Course::Final => true,
            Course::First => spoiled::is_relayed_under_first(conduct, upstream),
            Course::Silence | Course::Denial(_) => false,
        };
        if !wanted || spoiled::is_discarded(conduct, inbound) {
            return None;
        }
        let mut draft = wrap(upstream, inbound, &id, now);
        spoiled::spoil(conduct, &mut draft, inbound);
        let way = upstream.received.origin.back(&draft.target)?;
        Some(Action::Send(Box::new(draft.into_report(&upstream.list.uri, way))))
    }

    /// A B2BUA that waits for a member's report before it makes its own has waited long enough.
    fn released(&mut self, number: u64) -> Option<Action> {
        let upstream = self.host.requests.get(number)?;
        let waits =
            upstream.course == Course::First && upstream.progress.accepted > 0 && !upstream.progress.reported;
        let waited = waits && self.host.conduct.is(Defect::FirstWaitsForDownstream);
        if waited { self.conclude(number, Disposition::Forwarded) } else { None }
    }
}

/// A new message from the list to the requester, with the whole report inside (I-34). Nothing inside is touched, so
/// that signatures hold and envelopes stay closed (section 6.3).
fn wrap(upstream: &Upstream, inbound: &Inbound, id: &str, now: OffsetDateTime) -> Draft {
    let Upstream { received, asked, .. } = upstream;
    let mut object = Object::new("message/cpim", Content::Octets(inbound.object.clone()));
    object.add(Name::Core("From"), received.named.address.value.clone());
    object.add(Name::Core("To"), received.from.value.clone());
    object.add(Name::Core("DateTime"), timestamp(now));
    object.headers.extend(received.subjects.iter().cloned());
    object.add(Name::Core("NS"), format!("{PREFIX} <{NAMESPACE}>"));
    object.add(Name::Imdn("Message-ID"), id);
    // Another B2BUA upstream looks for this header, and for nothing else (section 9.3.2).
    if let Some(first) = &asked.original_message_id {
        object.add(Name::Imdn("Original-Message-ID"), first.as_str());
    }
    Draft::new(object, received.from.uri.clone())
}
