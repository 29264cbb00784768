//! An incoming message: refused, taken into the inbox, or understood as a report.

use super::correlate::correlate;
use super::item::{Disposition, Item, Standing};
use super::received::{NoMessageId, Reader, Received};
use super::{Action, Agent};
use crate::carrier::{Answer, Incoming};
use crate::control::arrived;
use crate::control::command::OnArrival;
use crate::faults::Defect;

impl Agent {
    /// Answers a message. The answer goes out before the actions are done.
    pub(super) fn take(&mut self, message: &Incoming) -> (Answer, Vec<Action>) {
        let reader = Reader { own: &self.address, conduct: self.conduct, now: self.clock.now() };
        let received = reader.read(message);
        if let Some(refusal) = self.refusal(&received) {
            if self.conduct.is(Defect::DisplayThenReject) && !received.required.is_empty() {
                self.inbox.put(Item { shown: true, ..item(received, true) });
            }
            return (refusal, Vec::new());
        }
        let mut actions = Vec::new();
        match received.report.clone() {
            Some(report) => self.take_report(received, &report, &mut actions),
            None => self.take_message(received, &mut actions),
        }
        (Answer::ok(), actions)
    }

    /// Why a message is not accepted, if it is not. `reject_next` is used up by the next message that has no worse
    /// fault; reports do not count.
    fn refusal(&mut self, received: &Received) -> Option<Answer> {
        if !received.required.is_empty() && !self.conduct.is(Defect::IgnoreRequire) {
            return Some(Answer::not_understood(&received.required));
        }
        if received.report.is_some() {
            return None;
        }
        if received.asked == Err(NoMessageId) {
            return Some(Answer::new(400, "Bad Request: a report is requested and there is no Message-ID"));
        }
        let status = self.policies.take_rejection(&received.parties)?;
        Some(Answer::new(status, "Rejected"))
    }

    /// A report is never a message (section 8.2), and never a request for a report, whatever it carries (section 9.1).
    fn take_report(&mut self, received: Received, report: &[u8], actions: &mut Vec<Action>) {
        let shown = correlate(report, &received, &mut self.sent, self.conduct);
        let correlated = shown.is_some();
        self.reports.extend(shown);
        let unguarded = self.conduct.is(Defect::AnswerImdnWithImdn)
            || (self.conduct.is(Defect::AnswerUnsolicitedImdn) && !correlated);
        if unguarded && matches!(received.asked, Ok(Some(_))) {
            self.deliver(received, actions);
            return;
        }
        self.inbox.put(item(Received { asked: Ok(None), ..received }, false));
    }

    /// The same Message-ID from the same sender is the same request (I-74): it can be disposed of again, and is not
    /// shown twice.
    fn take_message(&mut self, received: Received, actions: &mut Vec<Action>) {
        let before = match (&received.asked, received.parties.first()) {
            (Ok(Some(asked)), Some(from)) => self.inbox.by_id(&asked.message_id, Some(from)),
            _ => None,
        };
        let repeated = before.filter(|number| {
            self.inbox.get(*number).is_some_and(|item| matches!(item.received.asked, Ok(Some(_))))
        });
        match repeated {
            Some(number) => {
                actions.push(arrived(number, received.message_id.as_deref(), &received.from.uri));
            }
            None => self.deliver(received, actions),
        }
    }

    fn deliver(&mut self, received: Received, actions: &mut Vec<Action>) {
        let on_arrival = self.policies.on_arrival(&received.parties);
        let shown = matches!(on_arrival, OnArrival::Hold | OnArrival::Read) && received.report.is_none();
        let (id, from) = (received.message_id.clone(), received.from.uri.clone());
        let number = self.inbox.put(Item { shown, ..item(received, true) });
        actions.push(arrived(number, id.as_deref(), &from));
        self.settle_on_arrival(number, actions);
        let happened = match on_arrival {
            OnArrival::Read => Some(Disposition::Read),
            OnArrival::Delete => Some(Disposition::Deleted),
            OnArrival::Error => Some(Disposition::Failed),
            OnArrival::Hold | OnArrival::HoldDelivery | OnArrival::Unknown => None,
        };
        if let Some(disposition) = happened {
            self.happened(number, disposition, actions);
        }
    }
}

fn item(received: Received, is_message: bool) -> Item {
    Item { received, standing: Standing::Open, shown: false, read: false, is_message }
}
