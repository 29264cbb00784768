//! Telling the sender that a copy went wrong (section 6.2).

use super::Intermediary;
use super::state::Copied;
use crate::common::address::without_parameters;
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
    pub(super) fn copy_concluded(&mut self, copied: Copied, status: Option<u16>) -> Option<Vec<Action>> {
        match status {
            Some(200..300) if self.conduct.is(Defect::PositiveOn2xx) => self.succeeded(copied),
            Some(200..300) => None,
            Some(500..600) => self.failed(copied, status?),
            _ if self.conduct.is(Defect::Only5xxNegative) => None,
            Some(status @ 400..) => self.failed(copied, status),
            Some(_) => self.failed(copied, NOT_FOLLOWED),
            None => self.failed(copied, TIMEOUT),
        }
    }

    /// Says once that a copy failed, to those who want to know. Of a list with secret members nothing is told before all
    /// of them have confirmed (I-51).
    pub(super) fn failed(&mut self, copied: Copied, status: u16) -> Option<Vec<Action>> {
        let request = self.requests.get(copied.request)?;
        let progress = request.progress.get_mut(copied.member)?;
        if std::mem::replace(&mut progress.failed, true) || !request.list.disclosed {
            return None;
        }
        if request.received.wanted.negative { self.report(copied, status) } else { None }
    }

    fn succeeded(&mut self, copied: Copied) -> Option<Vec<Action>> {
        let request = self.requests.get(copied.request)?;
        let tells = request.list.disclosed && request.received.wanted.positive;
        if tells { self.report(copied, SUCCESS) } else { None }
    }

    /// A delivery receipt that names whom the copy was for.
    fn report(&mut self, Copied { request, member }: Copied, status: u16) -> Option<Vec<Action>> {
        let (own, id) = (self.conduct.is(Defect::IntermediaryUriInReceipt), self.identifiers.for_report());
        let request = self.requests.get(request)?;
        let recipient = if own { &request.list.uri } else { &request.list.members.get(member)?.uri };
        let recipient = without_parameters(recipient).to_owned();
        let (received, message_id) = (request.received.clone(), request.message_id.clone());
        let occasion = Occasion {
            received: &received,
            message_id: &message_id,
            recipient: Some(&recipient),
            about: About::Delivery,
            status,
            id: &id,
        };
        Some(self.speak(&occasion))
    }

    /// Gives a receipt of this intermediary's own, unless policy is to keep silent (section 8.2).
    pub(super) fn speak(&self, occasion: &Occasion<'_>) -> Vec<Action> {
        match self.policies.reports(&occasion.received.parties) {
            Some((Reports::Deny | Reports::Ignore, _)) => Vec::new(),
            _ => give(occasion, self.clock.now(), self.conduct),
        }
    }
}
