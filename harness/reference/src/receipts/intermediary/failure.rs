//! Telling the sender that a copy went wrong (section 6.2).

use super::Intermediary;
use crate::common::address::without_parameters;
use crate::common::host::Copied;
use crate::control::command::Reports;
use crate::faults::Defect;
use crate::receipts::receipt::{About, Occasion, SUCCESS, give};
use crate::user::Action;

/// Nobody answered (I-47).
const TIMEOUT: u16 = 408;
/// What a redirection is that nobody follows (I-47), in terms of a failure (I-45).
const NOT_FOLLOWED: u16 = 480;

impl Intermediary {
    /// A copy has its final answer, or none will come. Success says nothing yet, since the message may still fail further
    /// down; who gets it in the end says so himself (I-44).
    pub(super) fn copy_concluded(&mut self, copied: Copied, status: Option<u16>) -> Vec<Action> {
        match failure(status) {
            None if self.host.conduct.is(Defect::PositiveOn2xx) => self.succeeded(copied),
            None => Vec::new(),
            Some(code) if self.host.conduct.is(Defect::Only5xxNegative) && code / 100 != 5 => Vec::new(),
            Some(code) => self.failed(copied, code),
        }
    }

    /// Says once that a copy failed, to those who want to know.
    pub(super) fn failed(&mut self, copied: Copied, status: u16) -> Vec<Action> {
        let request = self.host.requests.get(copied.request);
        let tells = request.is_some_and(|request| request.tells_failure(copied.member));
        if tells { self.report(copied, status) } else { Vec::new() }
    }

    fn succeeded(&mut self, copied: Copied) -> Vec<Action> {
        let request = self.host.requests.get(copied.request);
        let tells = request.is_some_and(|request| request.list.disclosed && request.received.wanted.positive);
        if tells { self.report(copied, SUCCESS) } else { Vec::new() }
    }

    /// A delivery receipt that names whom the copy was for.
    fn report(&mut self, Copied { request, member }: Copied, status: u16) -> Vec<Action> {
        let own = self.host.conduct.is(Defect::IntermediaryUriInReceipt);
        let Some(request) = self.host.requests.get(request) else { return Vec::new() };
        let recipient = match request.list.members.get(member) {
            Some(member) if !own => &member.uri,
            _ => &request.list.uri,
        };
        let recipient = without_parameters(recipient).to_owned();
        let (received, message_id) = (request.received.clone(), request.message_id.clone());
        self.speak(&Occasion {
            received: &received,
            message_id: &message_id,
            recipient: Some(&recipient),
            about: About::Delivery,
            status,
            id: &self.host.identifiers.for_report(),
        })
    }

    /// Gives a receipt of this intermediary's own, unless policy is to keep silent (section 8.2).
    pub(super) fn speak(&self, occasion: &Occasion<'_>) -> Vec<Action> {
        match self.host.policies.reports(&occasion.received.parties) {
            Some((Reports::Deny | Reports::Ignore, _)) => Vec::new(),
            _ => give(occasion, self.host.clock.now(), self.host.conduct),
        }
    }
}

/// The code of a failure; none for success.
fn failure(status: Option<u16>) -> Option<u16> {
    match status {
        None => Some(TIMEOUT),
        Some(300..400) => Some(NOT_FOLLOWED),
        Some(status) => (status >= 400).then_some(status),
    }
}
