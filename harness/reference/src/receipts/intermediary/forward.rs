//! Sending a message on to the members of a list (sections 6.2 and 7.2).

use std::sync::Arc;

use super::Intermediary;
use super::state::Request;
use crate::carrier::{Incoming, Mode, Outgoing, Reports, Way};
use crate::common::address::{without_headers, without_parameters};
use crate::common::host::Copied;
use crate::common::lists::List;
use crate::faults::{Conduct, Defect, forwarded as spoiled};
use crate::receipts::received::Received;
use crate::user::Action;

/// Status of a copy that has nowhere to go.
const UNREACHABLE: u16 = 503;
/// Status of a copy of which nothing is known yet, for those who know it all the same.
const GUESSED: u16 = 500;

impl Intermediary {
    /// Sends the message as it is to each member, and remembers it if it asks for receipts.
    pub(super) fn explode(
        &mut self,
        message: &Incoming,
        received: Received,
        list: Arc<List>,
        actions: &mut Vec<Action>,
    ) {
        let number = Request::of(&received, &list).map(|request| self.host.requests.put(request));
        let (cares, mut failures) =
            (cares_for_delivery(message.origin.mode(), self.host.conduct), Vec::new());
        for member in 0..list.members.len() {
            let copied = number.map(|request| Copied { request, member }).filter(|_| cares);
            match self.copy(message, &list, member) {
                Some(outgoing) => {
                    let mark = copied.map(|copied| self.host.mark(copied));
                    actions.push(Action::Send(Box::new(Outgoing { mark, ..outgoing })));
                }
                None => failures.extend(copied.map(|copied| (copied, UNREACHABLE))),
            }
            if self.host.conduct.is(Defect::ReceiptBeforeResponse) && list.members.len() == 1 {
                failures.extend(copied.map(|copied| (copied, GUESSED)));
            }
        }
        for (copied, status) in failures {
            actions.extend(self.failed(copied, status));
        }
    }

    /// One copy; none if there is no way to the member. In SIP it comes from whom the message is from (RFC 5365 section
    /// 7.1); in a session, from the room.
    fn copy(&self, message: &Incoming, list: &List, place: usize) -> Option<Outgoing> {
        let member = list.members.get(place)?;
        let way = message.origin.onward(&member.uri)?;
        let from = match message.origin.mode() {
            Mode::Page => &message.sender,
            Mode::Session => &list.uri,
        };
        let mut copy = as_it_is(message, from, &member.uri, way);
        spoiled::spoil(self.host.conduct, &mut copy, message.origin.mode(), list);
        Some(copy)
    }
}

/// In a session delivery is the business of MSRP, and an intermediary does not react to requests for receipts (section
/// 7.2).
fn cares_for_delivery(mode: Mode, conduct: Conduct) -> bool {
    mode == Mode::Page || conduct.is(Defect::MsrpIntermediaryNegativeReceipt)
}

/// The same body to somebody else.
pub(super) fn as_it_is(message: &Incoming, from: &str, to: &str, way: Way) -> Outgoing {
    Outgoing {
        way,
        request_uri: without_headers(to).to_owned(),
        from: without_parameters(from).to_owned(),
        to: without_parameters(to).to_owned(),
        headers: Vec::new(),
        content_type: message.content_type.clone().unwrap_or_default(),
        body: message.body.to_vec(),
        hops: message.hops.saturating_sub(1),
        reports: Reports::default(),
        mark: None,
    }
}
