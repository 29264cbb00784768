//! When to report (sections 4 and 9.2).

use serde_json::Map;
use time::OffsetDateTime;

use super::draft::Draft;
use super::item::{Disposition, Item, Reason, Standing};
use super::received::Received;
use super::report::{Occasion, compose};
use super::{Action, Agent, Outcome};
use crate::common::address::{Party, is_writable};
use crate::common::policy::Reach;
use crate::control::command::{Dispose, Failure, How, ReadState, Reports};
use crate::faults::{Defect, report as spoiled};

/// What is to be done with a request for a report when something has happened.
enum Decision {
    Report,
    Ask,
    Deny(Reason),
    Ignore,
}

impl Agent {
    /// The user does something with a message.
    pub(super) fn dispose(&mut self, dispose: &Dispose, actions: &mut Vec<Action>) -> Outcome {
        let number =
            self.find(dispose).ok_or_else(|| Failure::Failed("there is no such message".to_owned()))?;
        actions.extend(self.release_for(number));
        let Some(item) = self.inbox.get(number) else { return Ok(Map::new()) };
        let was_read = item.read;
        item.follow(dispose.how);
        match dispose.how {
            How::Read => self.happened(number, Disposition::Read, actions),
            // Deleting what was read disposes of nothing any more (section 9.1).
            How::Delete if was_read => self.deleted_after_reading(number, actions),
            How::DeleteUnread | How::Delete => self.happened(number, Disposition::Deleted, actions),
            How::NotDelivered | How::NotDisplayed => self.happened(number, Disposition::Failed, actions),
            How::Delivered => {}
            How::Deny => self.conclude(number, Disposition::Denied(Reason::Choice), actions),
            How::Ignore => self.ignore(number, actions),
            How::Consent => self.consent(number, actions),
        }
        Ok(Map::new())
    }

    fn find(&self, dispose: &Dispose) -> Option<u64> {
        let id = dispose.message_id.as_deref().map(|id| self.conduct.stored(id));
        self.inbox.find(dispose.handle.as_deref(), id, dispose.from.as_deref())
    }

    /// A standing policy of denial needs no event but the request (section 9.2).
    pub(super) fn settle_on_arrival(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        let (parties, shown) = (item.received.parties.clone(), item.shown);
        match self.decide(&parties) {
            Decision::Deny(reason) => self.conclude(number, Disposition::Denied(reason), actions),
            Decision::Ignore if self.conduct.is(Defect::IgnoreSendsDenied) => self.ignore(number, actions),
            Decision::Report if shown && self.conduct.is(Defect::ReadOnReceipt) => {
                self.conclude(number, Disposition::Read, actions);
            }
            _ => {}
        }
    }

    /// Something has become of the message that can be reported, if policy and the user let it.
    pub(super) fn happened(&mut self, number: u64, disposition: Disposition, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        let (standing, parties) = (item.standing, item.received.parties.clone());
        if disposition == Disposition::Read && self.policies.read_state(&parties) == ReadState::Unknown {
            return;
        }
        match (standing, self.decide(&parties)) {
            (Standing::Settled | Standing::Asking(..), _) => {}
            (_, Decision::Deny(reason)) => self.conclude(number, Disposition::Denied(reason), actions),
            (_, Decision::Ignore) => self.settle(number, Standing::Settled),
            (Standing::Granted, _) | (_, Decision::Report) => self.conclude(number, disposition, actions),
            (Standing::Open, Decision::Ask) => {
                self.settle(number, Standing::Asking(disposition, self.clock.now()));
            }
        }
    }

    /// Section 4: without a preference the user is asked for each message.
    fn decide(&self, parties: &[Party]) -> Decision {
        match self.policies.reports(parties) {
            Some((Reports::Allow, _)) => Decision::Report,
            Some((Reports::Deny, Reach::Peer)) => Decision::Deny(Reason::SenderPolicy),
            Some((Reports::Deny, Reach::General)) => Decision::Deny(Reason::Policy),
            Some((Reports::Ignore, _)) => Decision::Ignore,
            None if self.conduct.is(Defect::AutoConsent) => Decision::Report,
            Some((Reports::Ask, _)) | None => Decision::Ask,
        }
    }

    fn consent(&mut self, number: u64, actions: &mut Vec<Action>) {
        match self.inbox.get(number).map(|item| item.standing) {
            Some(Standing::Asking(disposition, at)) => self.conclude_at(number, disposition, at, actions),
            Some(Standing::Open) => self.settle(number, Standing::Granted),
            _ => {}
        }
    }

    /// Section 9.2: silently.
    fn ignore(&mut self, number: u64, actions: &mut Vec<Action>) {
        if self.conduct.is(Defect::IgnoreSendsDenied) {
            self.conclude(number, Disposition::Denied(Reason::Choice), actions);
        }
        self.settle(number, Standing::Settled);
    }

    fn settle(&mut self, number: u64, standing: Standing) {
        if let Some(item) = self.inbox.get(number) {
            item.standing = standing;
        }
    }

    /// Reports what happens now, and nothing after that (section 9.1).
    fn conclude(&mut self, number: u64, disposition: Disposition, actions: &mut Vec<Action>) {
        self.conclude_at(number, disposition, self.clock.now(), actions);
    }

    fn conclude_at(
        &mut self,
        number: u64,
        disposition: Disposition,
        at: OffsetDateTime,
        actions: &mut Vec<Action>,
    ) {
        let Some(item) = self.inbox.get(number) else { return };
        if item.standing == Standing::Settled {
            return;
        }
        item.standing = Standing::Settled;
        if !self.keeps_silent(number, disposition) {
            self.report(number, disposition, at, actions);
        }
    }

    fn report(
        &mut self,
        number: u64,
        disposition: Disposition,
        at: OffsetDateTime,
        actions: &mut Vec<Action>,
    ) {
        let id = self.identifiers.for_report();
        let Some(item) = self.inbox.get(number) else { return };
        let received = item.received.clone();
        let Ok(Some(asked)) = &received.asked else { return };
        if received.is_unreported_by(self.conduct) {
            return;
        }
        let occasion = Occasion {
            received: &received,
            asked,
            disposition,
            at,
            now: self.clock.now(),
            own: &self.address,
            hidden: self.policies.hide_reporter(&received.parties),
            id: &id,
        };
        let mut draft = compose(&occasion);
        spoiled::spoil(self.conduct, &mut draft, &occasion);
        self.submit(draft, &received, disposition, actions);
    }

    /// Sends a report to where its target says, or back the way the message came.
    fn submit(
        &mut self,
        draft: Draft,
        received: &Received,
        disposition: Disposition,
        actions: &mut Vec<Action>,
    ) {
        let way = received.way_to(&draft.target).filter(|_| is_writable(&draft.target));
        let Some(way) = way else { return };
        let outgoing = draft.into_report(&received.named.address.uri, way);
        if self.conduct.is(Defect::ManualSendOnly) && disposition == Disposition::Read {
            self.queued.push((received.parties.clone(), outgoing));
        } else {
            actions.push(Action::Send(Box::new(outgoing)));
        }
    }

    fn keeps_silent(&mut self, number: u64, disposition: Disposition) -> bool {
        let Some(item) = self.inbox.get(number) else { return true };
        let elsewhere = !item.received.named.first;
        (self.conduct.is(Defect::SilentOnRead) && disposition == Disposition::Read)
            || (self.conduct.is(Defect::FirstToOnly) && elsewhere)
    }

    fn deleted_after_reading(&mut self, number: u64, actions: &mut Vec<Action>) {
        let reported = self.inbox.get(number).is_some_and(|item| item.standing == Standing::Settled);
        if reported && self.conduct.is(Defect::SecondReportOnDelete) {
            self.report(number, Disposition::Deleted, self.clock.now(), actions);
        }
    }

    /// What a queue holds about this message.
    fn release_for(&mut self, number: u64) -> Vec<Action> {
        let Some(item) = self.inbox.get(number) else { return Vec::new() };
        let from = item.received.from.uri.clone();
        self.release(Some(&from))
    }
}

impl Item {
    /// What the user sees of it from now on.
    fn follow(&mut self, how: How) {
        match how {
            How::Read => {
                self.shown = self.is_message && self.received.report.is_none();
                self.read = true;
            }
            How::Delivered => self.shown = self.is_message && self.received.report.is_none(),
            How::DeleteUnread | How::NotDelivered | How::NotDisplayed => self.shown = false,
            How::Delete if !self.read => self.shown = false,
            How::Delete | How::Deny | How::Ignore | How::Consent => {}
        }
    }
}
