//! What becomes of a message, and who is told (sections 3.3, 6.1.3.1 and 8.2).

use serde_json::Map;

use super::Endpoint;
use super::item::News;
use super::take::UNDELIVERED;
use crate::common::address::Party;
use crate::common::item::{Consent, Delivery};
use crate::control::command::{Dispose, Failure, How, ReadState, Reports};
use crate::faults::Defect;
use crate::receipts::receipt::{Occasion, give};
use crate::user::{Action, Outcome};

/// What is to be done when there is something to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Tell,
    Ask,
    KeepSilent,
}

impl Endpoint {
    /// The user does something with a message.
    pub(super) fn dispose(&mut self, dispose: &Dispose, actions: &mut Vec<Action>) -> Outcome {
        let Dispose { handle, message_id, from, how } = dispose;
        let number = self
            .inbox
            .find(handle.as_deref(), message_id.as_deref(), from.as_deref())
            .ok_or_else(|| Failure::Failed("there is no such message".to_owned()))?;
        match how {
            How::Read => self.read(number, actions),
            How::Delivered => self.delivered(number, actions),
            How::NotDelivered | How::NotDisplayed => self.not_delivered(number, UNDELIVERED, actions),
            How::DeleteUnread | How::Delete => self.delete(number),
            // There is no receipt that says no, so both are silent (section 8.2).
            How::Deny | How::Ignore => self.refuse(number),
            How::Consent => self.consent(number, actions),
        }
        Ok(Map::new())
    }

    /// The message is in the user's inbox.
    pub(super) fn delivered(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number).filter(|item| item.delivery == Delivery::Pending) else {
            return;
        };
        item.delivery = Delivery::Done;
        item.shown = item.is_message;
        let unknown = self.policies.read_state(&item.received.parties) == ReadState::Unknown;
        self.happened(number, News::Delivered, actions);
        match self.conduct.defect() {
            Some(Defect::ReadReceiptOnDelivery) if !unknown => self.happened(number, News::Read, actions),
            Some(Defect::UnknownAsRead) if unknown => self.happened(number, News::Read, actions),
            // Any moment is as good as another (I-46).
            _ if unknown => self.happened(number, News::Uncertain, actions),
            _ => {}
        }
    }

    /// The message was accepted, and the user does not get it; what he has read he has. What has been told stays true.
    pub(super) fn not_delivered(&mut self, number: u64, status: u16, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number).filter(|item| !item.read) else { return };
        item.delivery = Delivery::Failed;
        item.shown = false;
        self.happened(number, News::NotDelivered(status), actions);
    }

    /// The user reads the message.
    pub(super) fn read(&mut self, number: u64, actions: &mut Vec<Action>) {
        self.delivered(number, actions);
        let Some(item) = self.inbox.get(number).filter(|item| item.delivery == Delivery::Done) else {
            return;
        };
        item.read = true;
        if self.policies.read_state(&item.received.parties) == ReadState::Known {
            self.happened(number, News::Read, actions);
        }
    }

    /// What is deleted unread is never read.
    fn delete(&mut self, number: u64) {
        if let Some(item) = self.inbox.get(number).filter(|item| !item.read) {
            item.shown = false;
            item.delivery = Delivery::Failed;
        }
    }

    fn refuse(&mut self, number: u64) {
        if let Some(item) = self.inbox.get(number) {
            item.consent = Consent::Silent;
            item.waiting.clear();
        }
    }

    fn consent(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number).filter(|item| item.consent == Consent::Open) else { return };
        item.consent = Consent::Granted;
        for news in std::mem::take(&mut item.waiting) {
            self.tell(number, news, actions);
        }
    }

    /// Something has become of the message that its sender may want to know.
    pub(super) fn happened(&mut self, number: u64, news: News, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        let (parties, consent) = (item.received.parties.clone(), item.consent);
        match self.decide(&parties, consent, news) {
            Decision::Tell => self.tell(number, news, actions),
            Decision::Ask => {
                if let Some(item) = self.inbox.get(number) {
                    item.waiting.push(news);
                }
            }
            Decision::KeepSilent => {}
        }
    }

    /// Receipts are due unless somebody wants his privacy (section 8.2, I-43).
    fn decide(&self, parties: &[Party], consent: Consent, news: News) -> Decision {
        let delivery = matches!(news, News::Delivered | News::NotDelivered(_));
        match (self.conduct.defect(), news) {
            (Some(Defect::NoPositiveReceipt), News::Delivered)
            | (Some(Defect::NoNegativeReceipt), News::NotDelivered(_)) => return Decision::KeepSilent,
            (Some(Defect::PolicyIgnoredForDelivery), _) if delivery => return Decision::Tell,
            _ => {}
        }
        match (consent, self.policies.reports(parties).map(|(reports, _)| reports)) {
            (Consent::Refused | Consent::Silent, _) => Decision::KeepSilent,
            (Consent::Granted, _) => Decision::Tell,
            (Consent::Open, Some(Reports::Deny | Reports::Ignore)) => Decision::KeepSilent,
            (Consent::Open, Some(Reports::Ask)) => Decision::Ask,
            (Consent::Open, Some(Reports::Allow) | None) => Decision::Tell,
        }
    }

    /// Sends a receipt if one is wanted, and none of its type has been sent.
    pub(super) fn tell(&mut self, number: u64, news: News, actions: &mut Vec<Action>) {
        let id = self.identifiers.for_report();
        let Some(item) = self.inbox.get(number).filter(|item| news.is_wanted(item.wanted)) else { return };
        let (about, status) = news.terms();
        let Some(message_id) = item.received.message_id.clone().filter(|_| !item.told.contains(&about))
        else {
            return;
        };
        item.told.push(about);
        let received = item.received.clone();
        let recipient = Some(received.named.uri.as_str());
        let occasion =
            Occasion { received: &received, message_id: &message_id, recipient, about, status, id: &id };
        actions.extend(give(&occasion, self.clock.now(), self.conduct));
    }
}
