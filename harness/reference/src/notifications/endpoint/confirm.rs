//! Notifications that come in, and the messages they belong to (RFC 5438 sections 7.1.2 to 7.1.4).

use serde_json::{Value, json};

use super::Endpoint;
use super::log::verdict;
use super::sent::Sent;
use crate::common::address::Party;
use crate::faults::Flaw;
use crate::notifications::received::{Confirmation, Received};
use crate::notifications::report::About;

/// A notification as the user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Whom it concerns: who sent it, and whom the message was for.
    pub(super) parties: Vec<Party>,
    message_id: String,
    recipient: Option<String>,
    about: About,
    /// The word of the status.
    disposition: String,
    /// Whether it came with others.
    bundled: bool,
    /// Whether its signatures are good, if it has any.
    verified: Option<bool>,
    encrypted: bool,
}

impl Shown {
    /// What an agent shows that has waited for too long.
    pub(super) fn overdue(sent: Sent) -> Self {
        Self {
            parties: vec![sent.to],
            message_id: sent.id,
            recipient: None,
            about: About::Delivery,
            disposition: "failed".to_owned(),
            bundled: false,
            verified: None,
            encrypted: false,
        }
    }

    /// The entry of the control protocol's `log`. What belongs to no message is not shown.
    pub(super) fn entry(&self) -> Value {
        json!({
            "message_id": self.message_id, "recipient": self.recipient, "type": self.about.word(),
            "disposition": self.disposition, "matched": true,
            "signature": verdict(self.verified), "encrypted": self.encrypted,
        })
    }

    fn says_the_same_as(&self, other: &Self) -> bool {
        let Self { message_id, recipient, about, disposition, verified, .. } = other;
        (&self.message_id, &self.recipient, &self.about, &self.disposition, &self.verified)
            == (message_id, recipient, about, disposition, verified)
    }

    /// Whether it is a second outcome of one kind for one message, each told alone.
    fn follows(&self, other: &Self) -> bool {
        (&self.message_id, self.about) == (&other.message_id, other.about)
            && self.recipient != other.recipient
            && !(self.bundled || other.bundled)
    }
}

impl Endpoint {
    /// Shows what belongs to a message of the user to him; anybody could have made up what does not (section 14.1). What says
    /// again what is known tells him nothing.
    pub(super) fn confirm(&mut self, received: &Received, told: &[Confirmation]) {
        for confirmation in told {
            let Some(sent) = self.matching(received, confirmation) else { continue };
            self.sent.confirmed(&sent.id);
            let (about, disposition) = self.taken_for(confirmation, &sent);
            let shown = Shown {
                parties: received.parties.iter().cloned().chain([sent.to]).collect(),
                message_id: sent.id,
                recipient: confirmation.recipient.clone(),
                about,
                disposition,
                bundled: told.len() > 1,
                verified: self.verified(received),
                encrypted: received.protection.is_encrypted,
            };
            let known = self.shown.iter().any(|known| known.says_the_same_as(&shown));
            let dropped = self.conduct.has(Flaw::SecondReportDropped)
                && self.shown.iter().any(|known| shown.follows(known));
            if !known && !dropped {
                self.shown.push(shown);
            }
        }
    }

    /// What the signatures of a notification are worth.
    fn verified(&self, received: &Received) -> Option<bool> {
        let verified = received.protection.verified(&received.parties);
        verified.map(|good| good || self.conduct.has(Flaw::ImdnSignatureNotChecked))
    }

    /// The message that a notification is about: the one that its document names, octet by octet, whatever stands around
    /// it, whoever it is from and however late it is.
    fn matching(&mut self, received: &Received, confirmation: &Confirmation) -> Option<Sent> {
        let named = self.sent.find(&confirmation.message_id).cloned();
        match self.conduct.flaw() {
            Some(Flaw::MatchOnImdnHeader) => {
                let id = received.message_id.as_deref();
                id.and_then(|id| self.sent.find(id)).cloned().or(named)
            }
            Some(Flaw::AttachToLatestIm) => {
                named.or_else(|| self.sent.remembered(&received.parties).cloned())
            }
            Some(Flaw::UnsolicitedConfirmsLatest) => {
                named.or_else(|| self.sent.newest(&received.parties).cloned())
            }
            _ => named,
        }
    }

    /// What the user is told that it is about, and what became of the message.
    fn taken_for(&self, confirmation: &Confirmation, sent: &Sent) -> (About, String) {
        let Confirmation { about, status, .. } = confirmation;
        let is_first = !self.shown.iter().any(|known| known.message_id == sent.id);
        match (self.conduct.flaw(), about, status.as_str()) {
            (Some(Flaw::StoredAsDelivered), About::Processing, _) if is_first => {
                (About::Delivery, "delivered".to_owned())
            }
            (Some(Flaw::ForbiddenAsUndelivered), About::Delivery, "forbidden" | "error") => {
                (About::Delivery, "failed".to_owned())
            }
            _ => (*about, status.clone()),
        }
    }
}
