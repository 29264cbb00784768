//! An incoming message: refused, taken into the inbox, or understood as a notification.

use super::Endpoint;
use super::item::{Item, News};
use crate::carrier::{Answer, Incoming, Mode};
use crate::common::address::Party;
use crate::common::item::Delivery;
use crate::control::arrived;
use crate::control::command::OnArrival;
use crate::faults::Flaw;
use crate::notifications::marks::Familiar;
use crate::notifications::received::{ACCEPTED, Confirmation, Reader, Received, What, is_anonymous};
use crate::notifications::wanted::Wanted;
use crate::user::Action;

impl Endpoint {
    /// Answers a message. The answer goes out before the actions are done.
    pub(super) fn take(&mut self, message: &Incoming) -> (Option<Answer>, Vec<Action>) {
        let opened = match self.security.open(message, self.conduct) {
            Ok(opened) => opened,
            Err(refusal) => return (Some(refusal), Vec::new()),
        };
        let received = match opened {
            Some((plain, protection)) => Received { protection, ..self.read(&plain) },
            None => self.read(message),
        };
        let mut actions = Vec::new();
        let asks_in_session = received.origin.mode() == Mode::Session && !received.requests.is_empty();
        if self.conduct.has(Flaw::MsrpImdnClosesSession) && asks_in_session {
            self.closing = Some(Party::of(&received.sender));
            return (Some(Answer::new(403, "Forbidden")), Vec::new());
        }
        if let Some(refusal) = self.refusal(&received) {
            self.refused(received, refusal.status, &mut actions);
            return (Some(refusal), actions);
        }
        let (mode, what) = (received.origin.mode(), received.what.clone());
        let answer = self.acceptance(&received);
        match &what {
            What::Notifications(confirmations) => {
                self.take_notification(received, confirmations, &mut actions)
            }
            What::Unclear => drop(self.inbox.put(Item::new(received, Wanted::default(), false))),
            What::InstantMessage => self.take_message(received, &mut actions),
        }
        let tells = actions.iter().any(|action| matches!(action, Action::Send(_)));
        match self.conduct.has(Flaw::ImdnIn2xxBody) && mode == Mode::Page && tells {
            true => (answer.map(|answer| Answer { body: sent_among(&actions), ..answer }), actions),
            false => (answer, actions),
        }
    }

    fn read(&mut self, message: &Incoming) -> Received {
        let known = self.familiar.get(&Party::of(&message.sender)).copied().unwrap_or_default();
        let (own, conduct, now) = (self.address.as_str(), self.conduct, self.clock.now());
        let mut received = Reader { own, conduct, now, familiar: known }.read(message);
        if received.requests.is_empty() {
            if conduct.has(Flaw::StickyRequest) {
                received.wanted = known.wanted;
            }
        } else if received.what == What::InstantMessage {
            let without_blank = known.without_blank || received.without_blank;
            let familiar = Familiar { has_asked: true, without_blank, wanted: received.wanted };
            self.familiar.insert(Party::of(&message.sender), familiar);
        }
        received
    }

    /// In SIP everything is answered, notifications too (section 12.1.2).
    fn acceptance(&self, received: &Received) -> Option<Answer> {
        let What::Notifications(confirmations) = &received.what else { return Some(Answer::ok()) };
        let known = confirmations.iter().any(|told| self.sent.find(&told.message_id).is_some());
        let is_partner = self.sent.newest(&received.parties).is_some();
        let unanswered = self.conduct.has(Flaw::ImdnLeftUnanswered) && received.origin.mode() == Mode::Page;
        (!(unanswered && is_partner && !known)).then(Answer::ok)
    }

    /// Why a message is not accepted, if it is not. `reject_next` is used up by the next message that has no worse
    /// fault; notifications do not count.
    fn refusal(&mut self, received: &Received) -> Option<Answer> {
        if let Some(status) = received.refused {
            return Some(Answer::new(status, "Refused"));
        }
        if !received.required.is_empty() {
            return Some(Answer::not_understood(&received.required));
        }
        if received.what != What::InstantMessage {
            return None;
        }
        if !received.is_presentable() {
            return Some(Answer::new(415, "Unsupported Media Type").with("Accept", ACCEPTED));
        }
        let status = self.policies.take_rejection(&received.parties)?;
        Some(Answer::new(status, "Rejected"))
    }

    /// An error response says all that there is to say (section 12.1.3.1).
    fn refused(&mut self, received: Received, status: u16, actions: &mut Vec<Action>) {
        let news = match self.conduct.flaw() {
            Some(Flaw::FailedBesidesErrorResponse) => News::NotDelivered,
            Some(Flaw::DeliveredAfterRefusal) => News::Delivered,
            Some(Flaw::DisplayedAfterRefusal) if status == 480 => News::Displayed,
            _ => return,
        };
        let wanted = received.wanted;
        let number = self.inbox.put(Item::new(received, wanted, false));
        self.tell(number, news, None, actions);
        if let Some(item) = self.inbox.get(number) {
            item.delivery = Delivery::Failed;
        }
    }

    /// A notification is never a message, and what it asks for is ignored (section 7.2.1).
    fn take_notification(&mut self, received: Received, told: &[Confirmation], actions: &mut Vec<Action>) {
        self.confirm(&received, told);
        let asked = received.wanted;
        let honoured = match self.conduct.flaw() {
            Some(Flaw::DeliveredForImdn) => Wanted { display: false, ..asked },
            Some(Flaw::DisplayedForImdn) => Wanted { display: asked.display, ..Wanted::default() },
            _ => Wanted::default(),
        };
        let is_unknown = !told.iter().any(|told| self.sent.find(&told.message_id).is_some());
        let is_text = self.conduct.has(Flaw::UnsolicitedImdnAsText) && is_unknown;
        let number = self.inbox.put(Item::new(received, honoured, false));
        if let Some(item) = self.inbox.get(number) {
            item.shown = is_text;
        }
        if !honoured.is_empty() {
            self.tell(number, News::Delivered, None, actions);
            self.tell(number, News::Displayed, None, actions);
        }
    }

    /// The same Message-ID from the same sender is the same message: it can be disposed of again, and is not shown
    /// twice.
    fn take_message(&mut self, received: Received, actions: &mut Vec<Action>) {
        let wanted = received.wanted;
        let repeated = self.inbox.repeated(&received, &wanted);
        let (id, from) = (received.message_id.clone(), known_sender(&received));
        if !received.is_object && self.conduct.has(Flaw::NonCpimDropped) {
            return;
        }
        let number = repeated.unwrap_or_else(|| self.inbox.put(Item::new(received, wanted, true)));
        actions.push(arrived(number, id.as_deref(), &from));
        if repeated.is_none() {
            self.arrive(number, actions);
        }
    }

    /// The 2xx alone is no proof of delivery (section 12.1.3.1).
    fn arrive(&mut self, number: u64, actions: &mut Vec<Action>) {
        let Some(item) = self.inbox.get(number) else { return };
        let on_arrival = self.policies.on_arrival(&item.received.parties);
        if self.conduct.has(Flaw::DeliveredWith2xx) {
            self.happened(number, News::Delivered, actions);
        }
        match on_arrival {
            OnArrival::Hold => self.delivered(number, News::Delivered, actions),
            OnArrival::Read => self.display(number, actions),
            OnArrival::Delete => {
                self.delivered(number, News::Delivered, actions);
                self.delete(number, actions);
            }
            OnArrival::HoldDelivery => {}
            OnArrival::Error => self.not_delivered(number, actions),
            OnArrival::Unknown => self.delivered(number, News::Undetermined, actions),
        }
    }
}

/// The sender as the user would know him: by what carried the message, where CPIM does not say.
fn known_sender(received: &Received) -> String {
    let from = received.from.uri.as_str();
    if is_anonymous(from) { received.sender.clone() } else { from.to_owned() }
}

/// The first message that goes out, as a body.
fn sent_among(actions: &[Action]) -> Option<Vec<u8>> {
    actions.iter().find_map(|action| match action {
        Action::Send(outgoing) => Some(outgoing.body.clone()),
        Action::Call(_) | Action::Tell(_) => None,
    })
}
