//! What becomes of a message, and who is told (RFC 5438 sections 5, 7.2.1 and 14.2).

use serde_json::Map;

use super::Endpoint;
use super::item::News;
use crate::common::address::Party;
use crate::common::item::{Consent, Delivery};
use crate::control::command::{Dispose, Failure, How, ReadState, Reports};
use crate::faults::Flaw;
use crate::faults::notification::misdirected;
use crate::notifications::report::{About, Occasion, written};
use crate::user::{Action, Outcome};

/// The status that says that nothing is said.
const FORBIDDEN: &str = "forbidden";

/// What is to be done when there is something to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Tell,
    /// Tell only that nothing is told.
    Deny,
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
            How::Read => self.display(number, actions),
            How::Delivered => self.delivered(number, News::Delivered, actions),
            How::NotDelivered => self.not_delivered(number, actions),
            How::NotDisplayed => self.happened(number, News::Uncertain, actions),
            How::DeleteUnread | How::Delete => self.delete(number, actions),
            How::Deny => self.deny(number, actions),
            How::Ignore => self.ignore(number),
            How::Consent => self.consent(number, actions),
        }
        Ok(Map::new())
    }

    /// The message is in the user's inbox, as far as anybody can tell.
    pub(super) fn delivered(&mut self, number: u64, news: News, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number).filter(|item| item.delivery == Delivery::Pending) else {
            return;
        };
        item.delivery = Delivery::Done;
        item.shown = item.is_message;
        let (wanted, played, asked) =
            (item.wanted, item.received.is_played(), !item.received.requests.is_empty());
        let parties = item.received.parties.clone();
        let unknown = self.policies.read_state(&parties) == ReadState::Unknown;
        let allowed = matches!(self.policies.reports(&parties), Some((Reports::Allow, _)));
        self.happened(number, news, actions);
        if unknown {
            // Any moment is as good as another.
            self.happened(number, News::Uncertain, actions);
        }
        match self.conduct.flaw() {
            Some(Flaw::DisplayedOnReceipt) if allowed && !unknown && !played => {
                self.happened(number, News::Displayed, actions);
            }
            Some(Flaw::MediaDisplayedOnDownload) if played => {
                self.happened(number, News::Displayed, actions);
            }
            Some(Flaw::BothValuesBothReports) if wanted.positive && wanted.negative => {
                self.repeat(number, News::NotDelivered, actions);
            }
            Some(Flaw::RecipientSendsProcessed) if !wanted.positive && !wanted.negative => {
                self.happened(number, News::Processed, actions);
            }
            Some(Flaw::NegativeRequestAnsweredPositive)
                if wanted.negative && !wanted.positive && !wanted.display =>
            {
                self.repeat(number, News::Delivered, actions);
            }
            Some(Flaw::UnrequestedDeliveryReport) if !asked => self.repeat(number, News::Delivered, actions),
            _ => {}
        }
    }

    /// The message was accepted, and the user does not get it; what he has seen he has. What has been told stays true.
    pub(super) fn not_delivered(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number).filter(|item| !item.read) else { return };
        item.delivery = Delivery::Failed;
        item.shown = false;
        match self.conduct.flaw() {
            Some(Flaw::NoNegativeReport) => {}
            Some(Flaw::FailedReportedAsDelivered) if item.wanted.positive => {
                self.happened(number, News::Delivered, actions);
            }
            _ => self.happened(number, News::NotDelivered, actions),
        }
    }

    /// The message is displayed, or its playing starts.
    pub(super) fn display(&mut self, number: u64, actions: &mut Vec<Action>) {
        self.delivered(number, News::Delivered, actions);
        let Some(item) = self.inbox.get(number).filter(|item| item.delivery == Delivery::Done) else {
            return;
        };
        let again = std::mem::replace(&mut item.read, true);
        let known = self.policies.read_state(&item.received.parties) == ReadState::Known;
        match known {
            true if again && self.conduct.has(Flaw::DisplayedOnEveryOpen) => {
                self.repeat(number, News::Displayed, actions);
            }
            true => self.happened(number, News::Displayed, actions),
            false if self.conduct.has(Flaw::UnknownDisplayAsDisplayed) => {
                self.happened(number, News::Displayed, actions);
            }
            false => {}
        }
    }

    /// What is deleted unseen is never displayed.
    pub(super) fn delete(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number).filter(|item| !item.read) else { return };
        item.shown = false;
        let was_delivered = std::mem::replace(&mut item.delivery, Delivery::Failed) == Delivery::Done;
        if was_delivered && self.conduct.has(Flaw::DeliveredThenFailed) {
            self.repeat(number, News::NotDelivered, actions);
        }
    }

    /// Whatever waits, or is to come, is answered with that alone.
    fn deny(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        item.consent = Consent::Refused;
        let status = if self.conduct.has(Flaw::DenyDisplayAsError) { "error" } else { FORBIDDEN };
        for news in std::mem::take(&mut item.waiting).into_iter().chain([News::Displayed]) {
            self.tell(number, news, Some(status), actions);
        }
    }

    fn ignore(&mut self, number: u64) {
        if let Some(item) = self.inbox.get(number) {
            item.consent = Consent::Silent;
            item.waiting.clear();
        }
    }

    fn consent(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number).filter(|item| item.consent == Consent::Open) else { return };
        item.consent = Consent::Granted;
        let sender = item.received.parties.last().cloned();
        for news in std::mem::take(&mut item.waiting) {
            self.tell(number, news, None, actions);
        }
        self.nudge(sender.as_ref(), actions);
    }

    /// Something has become of the message that its sender may want to know.
    pub(super) fn happened(&mut self, number: u64, news: News, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        let (parties, consent) = (item.received.parties.clone(), item.consent);
        match self.decide(&parties, consent) {
            Decision::Tell => self.tell(number, self.distorted(news), None, actions),
            Decision::Deny if self.conduct.has(Flaw::DenyAsFailed) && news.terms().0 == About::Delivery => {
                self.tell(number, news, Some("failed"), actions);
            }
            Decision::Deny => self.tell(number, news, Some(FORBIDDEN), actions),
            Decision::Ask => {
                if let Some(item) = self.inbox.get(number) {
                    item.waiting.push(news);
                }
            }
            Decision::KeepSilent => {}
        }
    }

    /// What this agent takes the news for.
    fn distorted(&self, news: News) -> News {
        match (news, self.conduct.flaw()) {
            (News::Undetermined, Some(Flaw::UnknownFateAsFailed)) => News::NotDelivered,
            (News::Uncertain, Some(Flaw::UnknownDisplayAsDisplayed)) => News::Displayed,
            _ => news,
        }
    }

    /// Nobody is told anything before the user has said so (section 14.2).
    fn decide(&self, parties: &[Party], consent: Consent) -> Decision {
        let policy = self.policies.reports(parties).map(|(reports, _)| reports);
        match (consent, policy) {
            (Consent::Silent, _) => Decision::KeepSilent,
            (Consent::Refused, _) | (Consent::Open, Some(Reports::Deny)) => Decision::Deny,
            (Consent::Granted, _) | (Consent::Open, Some(Reports::Allow)) => Decision::Tell,
            (Consent::Open, Some(Reports::Ignore)) if self.conduct.has(Flaw::IgnoreSendsForbidden) => {
                Decision::Deny
            }
            (Consent::Open, Some(Reports::Ignore)) => Decision::KeepSilent,
            (Consent::Open, None) if self.conduct.has(Flaw::AutoConsent) => Decision::Tell,
            (Consent::Open, Some(Reports::Ask) | None) => Decision::Ask,
        }
    }

    /// Sends a notification if one is wanted, and none of its type has been sent; `status` in place of that of the news.
    pub(super) fn tell(
        &mut self,
        number: u64,
        news: News,
        status: Option<&'static str>,
        actions: &mut Vec<Action>,
    ) {
        let Some(item) = self.inbox.get(number).filter(|item| news.is_wanted(item.wanted)) else { return };
        let (about, own) = news.terms();
        let done =
            item.told.contains(&about) || (self.conduct.has(Flaw::OneImdnPerIm) && !item.told.is_empty());
        if !done {
            self.notify(number, about, status.unwrap_or(own), actions);
        }
    }

    /// What an agent tells that was told already, or that nobody has asked for.
    fn repeat(&mut self, number: u64, news: News, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        let (parties, consent) = (item.received.parties.clone(), item.consent);
        let (about, status) = news.terms();
        let wanted = news.is_wanted(item.wanted) || news == News::Delivered;
        if wanted && self.decide(&parties, consent) == Decision::Tell {
            self.notify(number, about, status, actions);
        }
    }

    /// A message without a Message-ID gets none, since a notification has to name it, and neither does nobody.
    fn notify(&mut self, number: u64, about: About, status: &str, actions: &mut Vec<Action>) {
        let id = self.identifiers.for_notification();
        let (now, conduct) = (self.clock.now(), self.conduct);
        let Some(item) = self.inbox.get(number) else { return };
        let nameless = conduct.has(Flaw::EmptyMessageId).then(String::new);
        let message_id = item.received.message_id.clone().or(nameless).filter(|_| item.received.is_object);
        let Some(message_id) = message_id.filter(|_| !item.received.is_anonymous()) else { return };
        let is_second = !item.told.is_empty();
        item.told.push(about);
        let (received, wanted) = (item.received.clone(), item.wanted);
        let is_hidden = self.policies.hide_reporter(&received.parties);
        let occasion = Occasion {
            received: &received,
            message_id: &message_id,
            about,
            status,
            id: &id,
            own: &self.address,
            member: None,
            is_hidden,
            is_second,
        };
        let outgoing = written(&occasion, now, conduct);
        let outgoing = outgoing.and_then(|outgoing| self.protected(outgoing, about, &received));
        if let Some(outgoing) = outgoing {
            self.post(misdirected(conduct, outgoing, &received), about, wanted, actions);
        }
    }
}
