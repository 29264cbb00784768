//! Handing on notifications (RFC 5438 sections 6.6, 8 and 12.2), with state and without.

use super::Intermediary;
use super::route::Route;
use super::state::Request;
use crate::carrier::{Answer, Incoming, Outgoing, Reports, Way};
use crate::common::address::{Party, is_writable, without_headers, without_parameters};
use crate::common::lists::List;
use crate::faults::Slip;
use crate::notifications::received::{Confirmation, Received, What};
use crate::notifications::report::About;
use crate::notifications::wanted::Wanted;
use crate::user::Action;

/// A notification on its way through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passage<'a> {
    pub(crate) message: &'a Incoming,
    pub(crate) received: &'a Received,
    pub(crate) told: &'a [Confirmation],
    /// Number of the message that it is about, if that is known here.
    pub(crate) known: Option<u64>,
}

impl Intermediary {
    /// Hands a notification on along its route. What is for a list whose members are secret goes no further as it is.
    pub(super) fn take_notification(
        &mut self,
        message: &Incoming,
        received: &Received,
        list: Option<&List>,
        actions: &mut Vec<Action>,
    ) -> Result<Answer, Answer> {
        let told: &[Confirmation] = match &received.what {
            What::Notifications(told) => told,
            What::InstantMessage | What::Unclear => &[],
        };
        if self.is_swallowed(message, received) {
            return Ok(Answer::ok());
        }
        let known = told.iter().find_map(|told| self.host.requests.find(received, told));
        let passage = Passage { message, received, told, known };
        let route = Route::of(message, self.host.conduct);
        if self.is_refused(&passage, &route) {
            return Err(Answer::new(404, "Not Found"));
        }
        let hop = route.top().and_then(|hop| self.host.lists.find(&hop.uri));
        let secret = |list: &List| !list.disclosed;
        if list.is_some_and(secret) || hop.as_deref().is_some_and(secret) || self.is_of_secret_list(known) {
            actions.extend(self.take_secret(passage));
            return Ok(Answer::ok());
        }
        let onward = self.onward(passage, &route);
        let onward = onward
            .ok_or_else(|| Answer::new(404, "Not Found: there is nobody to hand the notification to"))?;
        actions.extend(self.collect(passage, onward));
        Ok(Answer::ok())
    }

    /// Whether a notification is not taken that came back along the recorded route, which is wrong.
    fn is_refused(&mut self, passage: &Passage<'_>, route: &Route) -> bool {
        let Passage { message, told, known, .. } = passage;
        let direct = self.is_own(&message.target) && Party::of(&message.to) == Party::of(&message.target);
        let alone = direct && self.is_top(route) && route.behind().top().is_none();
        let refuses = self.host.conduct.slips(Slip::RecordedRouteNotServed);
        let request = known.and_then(|number| self.host.requests.get(number)).filter(|_| refuses && alone);
        let display = Wanted { display: true, ..Wanted::default() };
        request.is_some_and(|request| {
            let plain = request.copies.len() == 1 && request.list.disclosed && !request.terms.collects;
            plain
                && request.received.wanted == display
                && told.iter().all(|told| told.about == About::Display)
        })
    }

    fn is_of_secret_list(&mut self, known: Option<u64>) -> bool {
        known.and_then(|number| self.host.requests.get(number)).is_some_and(|request| !request.list.disclosed)
    }

    /// The notification as it goes on: without this host's hop, to the next one; without another, to whom it is addressed.
    fn onward(&mut self, passage: Passage<'_>, route: &Route) -> Option<Outgoing> {
        let message = passage.message;
        let own = route.top().filter(|_| self.is_top(route));
        let rest = if own.is_some() { route.behind() } else { route.clone() };
        let stays = self.host.conduct.slips(Slip::RouteNotPopped) && rest.top().is_some();
        let popped = own.filter(|_| !stays).map(|hop| hop.taken_off(&message.body));
        let by_sip =
            self.host.conduct.slips(Slip::LastHopToSipTo) && own.is_some() && !self.is_own(&message.to);
        let sip_to = by_sip.then(|| message.to.clone());
        let next = rest.top().map(|hop| hop.uri.clone()).or(sip_to).filter(|uri| is_writable(uri));
        let Leg { way, to, from } = match next {
            Some(next) => Leg { way: message.origin.onward(&next)?, to: next, from: message.target.clone() },
            None => self.last_leg(passage)?,
        };
        let from = match &way {
            Way::Page(_) => &message.sender,
            Way::Session { .. } => &from,
        };
        Some(Outgoing {
            way,
            request_uri: without_headers(&to).to_owned(),
            from: without_parameters(from).to_owned(),
            to: without_parameters(&to).to_owned(),
            headers: Vec::new(),
            content_type: message.content_type.clone().unwrap_or_default(),
            body: popped.unwrap_or_else(|| message.body.to_vec()),
            hops: message.hops.saturating_sub(1),
            reports: Reports::NONE,
            mark: None,
        })
    }

    /// Where a notification goes that has no further hop: to the sender of the message that it is about, if it is addressed to
    /// him or to nobody but this host; else to whom it is addressed.
    fn last_leg(&mut self, passage: Passage<'_>) -> Option<Leg> {
        let Passage { message, received, known, .. } = passage;
        let elsewhere = addressee(received).filter(|uri| !self.is_own(uri)).map(str::to_owned);
        let is_senders = |request: &&mut Request| {
            let named = elsewhere.as_deref().map(Party::of);
            named.is_none_or(|party| request.received.parties.contains(&party))
        };
        match known.and_then(|number| self.host.requests.get(number)).filter(is_senders) {
            Some(request) => {
                let to = elsewhere.unwrap_or_else(|| request.received.sender.clone());
                Some(Leg { way: request.received.origin.back(&to)?, to, from: request.list.uri.clone() })
            }
            None => {
                let to = elsewhere?;
                Some(Leg { way: message.origin.onward(&to)?, to, from: message.target.clone() })
            }
        }
    }
}

/// The next part of the way.
struct Leg {
    way: Way,
    to: String,
    /// Which side of a session it comes from.
    from: String,
}

/// Whom a notification is for, by CPIM To.
fn addressee(received: &Received) -> Option<&str> {
    received.addressees.first().map(String::as_str).filter(|uri| is_writable(uri))
}
