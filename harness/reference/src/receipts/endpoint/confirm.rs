//! Receipts that come in, and the messages they belong to (section 3.4).

use serde_json::{Value, json};
use time::Duration;

use super::Endpoint;
use super::sent::Sent;
use crate::carrier::Mode;
use crate::common::address::Party;
use crate::faults::Defect;
use crate::receipts::receipt::About;
use crate::receipts::received::{Confirmation, Received};

/// A receipt as the user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Whom it concerns: who sent it, and whom the message was for.
    pub(super) parties: Vec<Party>,
    message_id: String,
    recipient: Option<String>,
    about: Option<About>,
    /// The status, or what else there is to say.
    disposition: String,
}

impl Shown {
    /// What an agent shows that has waited for too long.
    pub(super) fn unconfirmed(sent: Sent) -> Self {
        let Sent { id, to, .. } = sent;
        let disposition = "unconfirmed".to_owned();
        Self { parties: vec![to], message_id: id, recipient: None, about: None, disposition }
    }

    /// The entry of the control protocol's `log`. What belongs to no message is not shown.
    pub(super) fn entry(&self) -> Value {
        json!({
            "message_id": self.message_id, "recipient": self.recipient,
            "type": self.about.map(About::word), "disposition": self.disposition, "matched": true,
        })
    }

    fn says_the_same_as(&self, other: &Self) -> bool {
        let Self { message_id, recipient, about, disposition, .. } = other;
        (&self.message_id, &self.recipient, &self.about, &self.disposition)
            == (message_id, recipient, about, disposition)
    }
}

impl Endpoint {
    /// Shows a receipt to the user (section 3.2) if it belongs to a message of his; anybody could have made up one that
    /// does not (section 8.1). One that says again what is known tells him nothing.
    pub(super) fn confirm(&mut self, received: &Received, confirmation: &Confirmation) {
        let Some(sent) = self.matching(received, confirmation) else { return };
        let silent = self.is_silent_about(received, confirmation, &sent);
        self.sent.confirmed(&sent.id, received.parties.last());
        if silent {
            return;
        }
        for recipient in self.confirmed_for(confirmation, &sent) {
            let parties = received.parties.iter().cloned().chain([sent.to.clone()]).collect();
            let message_id = sent.id.clone();
            let about = Some(self.type_of(confirmation));
            let shown =
                Shown { parties, message_id, recipient, about, disposition: confirmation.status.clone() };
            if !self.shown.iter().any(|known| known.says_the_same_as(&shown)) {
                self.shown.push(shown);
            }
        }
    }

    /// The message that a receipt is about: the one that its document names, octet by octet, whatever stands around it
    /// and however late it is (sections 3.1 and 3.4).
    fn matching(&self, received: &Received, confirmation: &Confirmation) -> Option<Sent> {
        let named = self.sent.find(&confirmation.message_id);
        let Some(defect) = self.conduct.defect() else { return named.cloned() };
        let (about, mode) = (confirmation.about, received.origin.mode());
        let elsewhere = |sent: &Sent| received.parties.last() != Some(&sent.to);
        match (defect, &received.message_id) {
            (Defect::MatchOnHeader, Some(id)) => self.sent.find(id),
            (Defect::MatchLastSent, None) if about == About::Delivery => {
                named.and_then(|sent| self.sent.last_to(&sent.to))
            }
            (Defect::DropLateReceipts, _) => {
                named.filter(|sent| received.arrived - sent.at <= Duration::minutes(5))
            }
            (Defect::UnsolicitedConfirmsLatest, _) => named.or_else(|| self.sent.newest(&received.parties)),
            // No two requests outside a dialog share a Call-ID, so what decides is where they are from.
            (Defect::ReceiptNeedsSameCallId, _) if (about, mode) == (About::Delivery, Mode::Page) => {
                named.filter(|sent| !elsewhere(sent))
            }
            (Defect::ReadReceiptFromMustMatch, _) if (about, mode) == (About::Read, Mode::Page) => {
                named.filter(|sent| !elsewhere(sent))
            }
            (Defect::MatchOnMsrpMessageId, _)
                if (about, mode) == (About::Read, Mode::Session)
                    && named.is_some_and(|sent| self.is_plain(received, sent)) =>
            {
                received.carrier_id.as_deref().and_then(|id| self.sent.find(id))
            }
            _ => named,
        }
        .cloned()
    }

    /// Whether a receipt is the first that comes at all, in time, from where the only message went to, and without
    /// headers that have no place on it: all that faults look at which otherwise would break every other rule too.
    fn is_plain(&self, received: &Received, sent: &Sent) -> bool {
        let bare = received.message_id.is_none() && received.requests.is_empty();
        let prompt = received.arrived - sent.at <= Duration::minutes(1);
        bare && prompt && received.parties.iter().all(|party| *party == sent.to) && self.sent.is_first(sent)
    }

    /// The user ought to learn of it (section 3.2).
    fn is_silent_about(&self, received: &Received, confirmation: &Confirmation, sent: &Sent) -> bool {
        let delivered = confirmation.about == About::Delivery && confirmation.is_success();
        self.conduct.is(Defect::SilentConfirmation)
            && delivered
            && !is_for_many(confirmation, sent)
            && self.is_plain(received, sent)
    }

    /// Whose receipt it is (section 3.4).
    fn confirmed_for(&self, confirmation: &Confirmation, sent: &Sent) -> Vec<Option<String>> {
        let named = confirmation.recipient.clone();
        if !self.conduct.is(Defect::ConfirmAllOnFirst) || !is_for_many(confirmation, sent) {
            return vec![named];
        }
        let others = sent.recipients.iter().cloned().map(Some).filter(|other| *other != named);
        let everybody = sent.recipients.is_empty().then_some(None);
        others.chain(everybody).chain([named.clone()]).collect()
    }

    fn type_of(&self, confirmation: &Confirmation) -> About {
        if self.conduct.is(Defect::TypeIgnored) { About::Delivery } else { confirmation.about }
    }
}

/// Whether the message went to a list, as far as anybody can tell here.
fn is_for_many(confirmation: &Confirmation, sent: &Sent) -> bool {
    let other = confirmation.recipient.as_deref().is_some_and(|recipient| Party::of(recipient) != sent.to);
    other || !sent.recipients.is_empty()
}
