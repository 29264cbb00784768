//! Sending a message on to the members of a list, and what becomes of the copies (RFC 5438 sections 8 and 12.2).

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::Intermediary;
use super::copy::{Copying, edited};
use super::state::{Fate, Request, Terms};
use crate::carrier::{Incoming, Mode, Outgoing, Reports};
use crate::common::address::{without_headers, without_parameters};
use crate::common::host::Copied;
use crate::common::lists::List;
use crate::control::command::OnArrival;
use crate::faults::{Slip, relayed as spoiled};
use crate::notifications::received::Received;
use crate::user::Action;

/// How long a message waits here for the next attempt.
const BETWEEN_ATTEMPTS: Duration = Duration::minutes(10);
/// How long a message is kept here at all.
const LONGEST: Duration = Duration::days(2);

impl Intermediary {
    /// Sends the message to each member, and remembers it if there will be anything to do about it.
    pub(super) fn explode(
        &mut self,
        message: &Incoming,
        received: Received,
        list: Arc<List>,
        actions: &mut Vec<Action>,
    ) {
        let terms = self.terms(&received, &list);
        let number = Request::of(&received, &list, terms).map(|request| self.host.requests.put(request));
        // In a session delivery is the business of MSRP (section 13).
        let cares = message.origin.mode() == Mode::Page;
        let mut unreachable = Vec::new();
        if self.drops(&received) && !terms.is_blind {
            actions.extend(number.map(|number| self.processed(number)).into_iter().flatten());
            return;
        }
        for member in 0..list.members.len() {
            let copied = number.map(|request| Copied { request, member }).filter(|_| cares);
            match self.copy(message, &received, (&list, member), terms) {
                Some(copy) => actions.push(self.dispatch(copy, copied)),
                None => unreachable.extend(copied),
            }
        }
        for copied in unreachable {
            actions.extend(self.failed(copied));
        }
    }

    fn terms(&self, received: &Received, list: &List) -> Terms {
        let (policies, parties) = (&self.host.policies, &received.parties);
        let collects = policies.aggregate(parties) || is_counted(list);
        let needs = collects && !self.host.conduct.slips(Slip::AggregatorWithoutRecordRoute);
        Terms {
            records: policies.record_route(parties) || needs || !list.disclosed,
            hides: policies.hide_target(parties) && !self.host.conduct.slips(Slip::HideTargetIgnored),
            stores: policies.store(parties),
            collects,
            is_blind: policies.on_arrival(parties) == OnArrival::Unknown,
        }
    }

    /// One copy; none if there is no way to the member. In SIP it comes from whom the message is from (RFC 5365 section
    /// 7.1); in a session, from the list.
    fn copy(
        &self,
        message: &Incoming,
        received: &Received,
        (list, place): (&List, usize),
        terms: Terms,
    ) -> Option<Outgoing> {
        let member = &list.members.get(place)?.uri;
        let way = message.origin.onward(member)?;
        let from = match message.origin.mode() {
            Mode::Page => &message.sender,
            Mode::Session => &list.uri,
        };
        // What comes to a list whose members are secret is never handed on as it is, even when all else is forgotten.
        let hop = if list.disclosed { &self.host.address } else { &list.uri };
        let (members, disclosed) = (list.members.len(), list.disclosed);
        let copying = Copying { message, received, member, hop, terms, place, members, disclosed };
        let copying = Copying { hop: spoiled::hop(self.host.conduct, &copying), ..copying };
        Some(Outgoing {
            way,
            request_uri: without_headers(member).to_owned(),
            from: without_parameters(from).to_owned(),
            to: without_parameters(member).to_owned(),
            headers: Vec::new(),
            content_type: message.content_type.clone().unwrap_or_default(),
            body: edited(&copying, self.host.conduct),
            hops: message.hops.saturating_sub(1),
            reports: Reports::default(),
            mark: None,
        })
    }

    /// Sends a copy, and keeps it where it may have to go again.
    fn dispatch(&mut self, mut copy: Outgoing, copied: Option<Copied>) -> Action {
        let retries = self.host.conduct.slips(Slip::FailedPerRetry);
        copy.mark = copied.map(|copied| self.host.mark(copied));
        let request = copied.and_then(|copied| self.host.requests.get(copied.request));
        if let Some((request, copied)) =
            request.zip(copied).filter(|(request, _)| request.terms.stores || retries)
            && let Some(own) = request.copies.get_mut(copied.member)
        {
            own.outgoing = Some(copy.clone());
            own.fate = Fate::Open;
        }
        Action::Send(Box::new(copy))
    }

    /// A copy has its final answer, or none will come. Success says nothing of delivery (section 12.2).
    pub(super) fn copy_concluded(&mut self, copied: Copied, status: Option<u16>) -> Vec<Action> {
        let now = self.host.clock.now();
        let Some(request) = self.host.requests.get(copied.request) else { return Vec::new() };
        let retries = self.host.conduct.slips(Slip::FailedPerRetry);
        let keeps = (request.terms.stores || retries) && now - request.received.arrived < LONGEST;
        let Some(copy) = request.copies.get_mut(copied.member) else { return Vec::new() };
        match status {
            Some(200..300) => {
                copy.fate = Fate::Accepted;
                let mut actions = self.tell_delivered(copied);
                actions.extend(self.settle(copied.request));
                actions
            }
            status if keeps && is_temporary(status) => {
                let due = now.saturating_add(BETWEEN_ATTEMPTS);
                copy.fate = Fate::Kept(due);
                self.timers.insert((due, copied.request));
                if retries { self.tell_failure(copied) } else { self.settle(copied.request) }
            }
            Some(..500 | 600..) if self.host.conduct.slips(Slip::Only5xxFailed) => Vec::new(),
            _ => self.failed(copied),
        }
    }

    /// A copy will never arrive.
    fn failed(&mut self, copied: Copied) -> Vec<Action> {
        let Some(request) = self.host.requests.get(copied.request) else { return Vec::new() };
        if let Some(copy) = request.copies.get_mut(copied.member) {
            copy.fate = Fate::Failed;
        }
        let mut actions = self.tell_failure(copied);
        actions.extend(self.settle(copied.request));
        actions.extend(self.release_if_complete(copied.request));
        actions
    }

    /// Sends what was kept here for long enough.
    pub(super) fn try_again(&mut self, number: u64, now: OffsetDateTime) -> Vec<Action> {
        let Some(request) = self.host.requests.get(number) else { return Vec::new() };
        let due = |fate| matches!(fate, Fate::Kept(due) if due <= now);
        let copies = request.copies.iter().enumerate().filter(|(_, copy)| due(copy.fate));
        let copies: Vec<_> =
            copies.filter_map(|(member, copy)| Some((member, copy.outgoing.clone()?))).collect();
        let again = |(member, copy)| self.dispatch(copy, Some(Copied { request: number, member }));
        copies.into_iter().map(again).collect()
    }
}

/// Whether the number of its members is a secret.
pub(super) fn is_counted(list: &List) -> bool {
    !list.disclosed && !list.count_disclosed
}

/// Whether another attempt may have more luck; what is wrong for good stays wrong.
fn is_temporary(status: Option<u16>) -> bool {
    matches!(status, None | Some(408 | 480 | 486 | 500 | 503 | 504 | 600))
}
