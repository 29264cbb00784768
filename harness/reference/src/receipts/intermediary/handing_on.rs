//! Handing on receipts (section 6.2).

use super::Intermediary;
use super::forward::as_it_is;
use crate::carrier::{Answer, Incoming, Mode, Outgoing, Reports, Way};
use crate::common::address::{Party, is_writable};
use crate::common::lists::List;
use crate::faults::{Defect, forwarded as spoiled};
use crate::receipts::receipt::About;
use crate::receipts::received::{Confirmation, Received, What};
use crate::user::Action;

impl Intermediary {
    /// Hands a receipt on as it is, whether or not it fits a message that was sent on here (I-48). What comes for a list
    /// whose members are secret goes no further.
    pub(super) fn take_receipt(
        &mut self,
        message: &Incoming,
        received: &Received,
        list: Option<&List>,
        actions: &mut Vec<Action>,
    ) -> Result<Answer, Answer> {
        let confirmation = match &received.what {
            What::Receipt(confirmation) => Some(confirmation),
            What::InstantMessage | What::Unclear => None,
        };
        let known = confirmation.and_then(|confirmation| self.host.requests.find(received, confirmation));
        let of_secret_list = known
            .and_then(|number| self.host.requests.get(number))
            .is_some_and(|request| !request.list.disclosed);
        if of_secret_list || list.is_some_and(|list| !list.disclosed) {
            let aggregated = known.zip(confirmation);
            let aggregated = aggregated.map(|(number, what)| self.aggregate(number, received, what));
            actions.extend(aggregated.into_iter().flatten());
            if !self.host.conduct.is(Defect::PerMemberReceipts) {
                return Ok(Answer::ok());
            }
        }
        if confirmation.is_some_and(|confirmation| self.is_kept_back(known, received, confirmation)) {
            return Ok(Answer::ok());
        }
        let onward = self.onward(message, received, known);
        let onward =
            onward.ok_or_else(|| Answer::new(404, "Not Found: there is nobody to hand the receipt to"))?;
        actions.push(Action::Send(Box::new(onward)));
        Ok(Answer::ok())
    }

    /// One negative receipt a recipient is enough, whoever wrote it (I-47). In sessions none is written here.
    fn is_kept_back(&mut self, known: Option<u64>, received: &Received, confirmation: &Confirmation) -> bool {
        let negative = confirmation.about == About::Delivery && !confirmation.is_success();
        let (conduct, page) = (self.host.conduct, received.origin.mode() == Mode::Page);
        if negative && page && conduct.is(Defect::DownstreamNegativeDropped) {
            return true;
        }
        let Some(request) = known.and_then(|number| self.host.requests.get(number)) else {
            let read = confirmation.about == About::Read;
            return read && page && conduct.is(Defect::DropUnmatchedReadReceipt);
        };
        negative && request.knows_of(received, confirmation)
    }

    /// Where a receipt goes: to whom it is addressed. If that is a list or this host, it is for the sender of the message.
    fn onward(&mut self, message: &Incoming, received: &Received, known: Option<u64>) -> Option<Outgoing> {
        let here =
            |uri: &&str| self.host.lists.find(uri).is_none() && !self.host.is_host(uri) && is_writable(uri);
        let addressed = received.addressees.first().map(String::as_str);
        let target = addressed.filter(here).or(Some(message.target.as_str()).filter(here)).map(str::to_owned);
        let request = known.and_then(|number| self.host.requests.get(number));
        let to = target.or_else(|| request.as_ref().map(|request| request.received.from.uri.clone()))?;
        let sender = request.filter(|request| request.received.parties.contains(&Party::of(&to)));
        let way = match &sender {
            Some(request) => request.received.origin.back(&to)?,
            None => message.origin.onward(&to)?,
        };
        let from = match (&way, &sender) {
            (Way::Page(_), _) => &message.sender,
            (Way::Session { .. }, Some(request)) => &request.list.uri,
            (Way::Session { .. }, None) => &message.target,
        };
        let mut outgoing = as_it_is(message, from, &to, way);
        outgoing.reports = Reports::NONE;
        spoiled::in_every_request(self.host.conduct, &mut outgoing);
        Some(outgoing)
    }
}
