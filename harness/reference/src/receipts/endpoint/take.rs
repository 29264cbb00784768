//! An incoming message: refused, taken into the inbox, or understood as a receipt.

use super::Endpoint;
use super::item::{Item, News};
use crate::carrier::{Answer, Incoming, Mode};
use crate::control::arrived;
use crate::control::command::OnArrival;
use crate::faults::Defect;
use crate::receipts::received::{Confirmation, Reader, Received, What};
use crate::receipts::wanted::Wanted;
use crate::user::Action;

/// The code for what was accepted and then could not be delivered: the user is there and does not get it.
pub(super) const UNDELIVERED: u16 = 480;

impl Endpoint {
    /// Answers a message. The answer goes out before the actions are done.
    pub(super) fn take(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let reader = Reader { own: &self.address, conduct: self.conduct, now: self.clock.now() };
        let received = reader.read(message);
        let mut actions = Vec::new();
        if let Some(refusal) = self.refusal(&received) {
            self.refused(received, refusal.status, &mut actions);
            return (Some(refusal), actions);
        }
        let (mode, what, positive) =
            (received.origin.mode(), received.what.clone(), received.wanted.positive);
        match &what {
            What::Receipt(confirmation) => self.take_receipt(received, confirmation, &mut actions),
            What::Unclear => drop(self.inbox.put(Item::new(received, Wanted::default(), false))),
            What::InstantMessage => self.take_message(received, &mut actions),
        }
        let mut answer = self.acceptance(mode, &what);
        if self.conduct.is(Defect::ReceiptIn2xxBody) && mode == Mode::Page && positive {
            answer = answer.map(|answer| Answer { body: receipt_among(&actions), ..answer });
        }
        (answer, actions)
    }

    /// In SIP everything is answered, receipts too (section 6.1.2). In a session what has no wish for an answer gets
    /// none, receipts among it (section 7.1.2); that is MSRP's own rule.
    fn acceptance(&self, mode: Mode, what: &What) -> Option<Answer> {
        let is_receipt = matches!(what, What::Receipt(_));
        let mut answer = Answer::ok();
        match (self.conduct.defect(), mode) {
            (Some(Defect::NoResponseToReceipt), Mode::Page) if is_receipt => return None,
            (Some(Defect::RespondToReceipt), Mode::Session) => answer.unwanted = is_receipt,
            (Some(Defect::MsrpAlways200), Mode::Session) => answer.unwanted = *what == What::InstantMessage,
            _ => {}
        }
        Some(answer)
    }

    /// Why a message is not accepted, if it is not. `reject_next` is used up by the next message that has no worse
    /// fault; receipts do not count.
    fn refusal(&mut self, received: &Received) -> Option<Answer> {
        if !received.required.is_empty() {
            return Some(Answer::not_understood(&received.required));
        }
        if received.what != What::InstantMessage {
            return None;
        }
        if received.message_id.is_none() && self.conduct.is(Defect::MessageIdAlwaysDemanded) {
            return Some(Answer::new(400, "Bad Request: there is no Message-ID"));
        }
        let status = self.policies.take_rejection(&received.parties)?;
        Some(Answer::new(status, "Rejected"))
    }

    /// An error response says all that there is to say (section 6.1.3.1).
    fn refused(&mut self, received: Received, status: u16, actions: &mut Vec<Action>) {
        if self.conduct.is(Defect::NegativeAfterError) && received.origin.mode() == Mode::Page {
            let wanted = received.wanted;
            let number = self.inbox.put(Item::new(received, wanted, false));
            self.tell(number, News::NotDelivered(status), actions);
        }
    }

    /// A receipt is never a message, and what it asks for is ignored (sections 3.2 and 7.1.3.2).
    fn take_receipt(&mut self, received: Received, confirmation: &Confirmation, actions: &mut Vec<Action>) {
        self.confirm(&received, confirmation);
        let honoured = match (self.conduct.defect(), received.origin.mode()) {
            (Some(Defect::ReceiptForReceipt), Mode::Page) => received.wanted,
            (Some(Defect::MsrpReceiptForReceipt), Mode::Session) => received.wanted.without_delivery(),
            _ => Wanted::default(),
        };
        let number = self.inbox.put(Item::new(received, honoured, false));
        if !honoured.is_empty() {
            self.delivered(number, actions);
        }
    }

    /// The same Message-ID from the same sender is the same request (I-74): it can be disposed of again, and is not
    /// shown twice.
    fn take_message(&mut self, received: Received, actions: &mut Vec<Action>) {
        let wanted = self.honoured(&received);
        let repeated = self.inbox.repeated(&received, &wanted);
        let (id, from) = (received.message_id.clone(), received.from.uri.clone());
        let number = repeated.unwrap_or_else(|| self.inbox.put(Item::new(received, wanted, true)));
        actions.push(arrived(number, id.as_deref(), &from));
        if repeated.is_none() {
            self.arrive(number, actions);
        }
    }

    /// Delivery over MSRP is the business of MSRP: a request for its receipt has no effect there (I-49).
    fn honoured(&self, received: &Received) -> Wanted {
        match received.origin.mode() {
            Mode::Page => received.wanted,
            Mode::Session => received.wanted.without_delivery(),
        }
    }

    /// The 2xx alone is no proof of delivery (section 6.1.3.1).
    fn arrive(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        let on_arrival = self.policies.on_arrival(&item.received.parties);
        if self.conduct.is(Defect::ReceiptWith2xx) {
            self.happened(number, News::Delivered, actions);
        }
        match on_arrival {
            OnArrival::Hold => self.delivered(number, actions),
            OnArrival::Read => self.read(number, actions),
            OnArrival::HoldDelivery | OnArrival::Unknown => {}
            OnArrival::Delete | OnArrival::Error => self.not_delivered(number, UNDELIVERED, actions),
        }
    }
}

/// The first message that goes out, as a body.
fn receipt_among(actions: &[Action]) -> Option<Vec<u8>> {
    actions.iter().find_map(|action| match action {
        Action::Send(outgoing) => Some(outgoing.body.clone()),
        Action::Call(_) | Action::Tell(_) => None,
    })
}
