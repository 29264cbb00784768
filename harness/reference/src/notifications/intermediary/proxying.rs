//! What is for none of the lists here: it is passed on as a proxy does it, and nobody looks into it (RFC 5438 section 12.2).

use std::sync::Arc;

use super::Intermediary;
use super::copy::{Copying, edited};
use super::route::Route;
use super::state::{Request, Terms, asks};
use crate::carrier::{Incoming, Mode, Proxied};
use crate::common::host::Copied;
use crate::common::lists::List;
use crate::faults::{Slip, relayed as spoiled};
use crate::notifications::received::{Received, What};
use crate::notifications::wanted::Wanted;
use crate::sip::reaches;

impl Intermediary {
    /// What is addressed elsewhere, unless it is a notification that this host has asked to see (section 6.5).
    pub(super) fn passed_by(&mut self, message: &Incoming) -> Option<Proxied> {
        if message.origin.mode() != Mode::Page || message.hops == 0 {
            return None;
        }
        if self.is_own(&message.target) {
            return self.passed_to_member(message);
        }
        if reaches(&message.target, self.local) {
            return None;
        }
        let received = self.read(message, None);
        let is_message = received.what == What::InstantMessage;
        let is_top = self.is_top(&Route::of(message, self.host.conduct));
        if !is_message && (is_top || self.is_swallowed(message, &received)) {
            return None;
        }
        Some(match self.host.conduct.slip().filter(|_| is_message) {
            Some(Slip::ProxySendsFailed) => {
                let list = Arc::new(List::of_one(&message.target));
                Proxied { mark: self.watched(&received, &list), ..Proxied::default() }
            }
            Some(Slip::OriginalToOwnContact) if asks(&received) => {
                let (member, hop) = (&message.target, &self.host.address);
                let terms = Terms::default();
                let received = Received { requests: Vec::new(), ..received };
                let copying = Copying {
                    message,
                    received: &received,
                    member,
                    hop,
                    terms,
                    place: 0,
                    members: 0,
                    disclosed: true,
                };
                Proxied { body: Some(edited(&copying, self.host.conduct)), ..Proxied::default() }
            }
            _ => Proxied::default(),
        })
    }

    /// Whether a notification goes no further, which is wrong.
    pub(super) fn is_swallowed(&self, message: &Incoming, received: &Received) -> bool {
        let What::Notifications(told) = &received.what else { return false };
        let known = told.iter().any(|told| self.host.requests.find(received, told).is_some());
        let is_own = self.is_own(&message.target) || self.is_top(&Route::of(message, self.host.conduct));
        spoiled::swallows(self.host.conduct, told, known, is_own)
    }

    /// A message to a list of one that an intermediary treats as a proxy does, and reports on nevertheless.
    fn passed_to_member(&mut self, message: &Incoming) -> Option<Proxied> {
        let list = self.host.lists.find(&message.target)?;
        let received = self.read(message, Some(&list));
        let alone = received.wanted == Wanted { negative: true, ..Wanted::default() };
        let [member] = &list.members[..] else { return None };
        if !self.host.conduct.slips(Slip::ReportAndRelayError) || !alone {
            return None;
        }
        let (member, mark) = (member.uri.clone(), self.watched(&received, &list));
        Some(Proxied { mark, target: Some(member), body: None })
    }

    fn watched(&mut self, received: &Received, list: &Arc<List>) -> Option<u64> {
        let request = Request::of(received, list, Terms::default())?;
        let request = self.host.requests.put(request);
        Some(self.host.mark(Copied { request, member: 0 }))
    }
}
