//! What an intermediary remembers of messages that ask for receipts.

use std::sync::Arc;

use crate::common::address::Party;
use crate::common::lists::List;
use crate::common::remembered::{self, Remembered};
use crate::receipts::receipt::About;
use crate::receipts::received::{Confirmation, Received};

/// How one copy fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Progress {
    /// Whether the sender was told that it failed.
    failed: bool,
    /// Whether its recipient confirmed its delivery.
    delivered: bool,
    /// Whether its recipient confirmed that it was read.
    read: bool,
}

/// A message that asks for receipts and was sent on.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) received: Received,
    pub(super) message_id: String,
    pub(super) list: Arc<List>,
    /// By place of the recipient in the list.
    progress: Vec<Progress>,
    /// What has been told for all members together.
    told: Vec<About>,
}

impl Request {
    /// A message that is about to be sent on, if it asks for anything.
    pub(super) fn of(received: &Received, list: &Arc<List>) -> Option<Self> {
        let message_id = received.message_id.clone().filter(|_| !received.wanted.is_empty())?;
        Some(Self {
            received: received.clone(),
            message_id,
            list: Arc::clone(list),
            progress: vec![Progress::default(); list.members.len()],
            told: Vec::new(),
        })
    }

    /// Whether the sender is to be told now that a copy failed: once, if he wants to know. Of a list with secret members
    /// nothing is told before all of them have confirmed (I-51).
    pub(super) fn tells_failure(&mut self, member: usize) -> bool {
        let wanted = self.list.disclosed && self.received.wanted.negative;
        wanted
            && self
                .progress
                .get_mut(member)
                .is_some_and(|progress| !std::mem::replace(&mut progress.failed, true))
    }

    /// Whether the sender has been told already what a negative receipt says; from now on he has.
    pub(super) fn knows_of(&mut self, received: &Received, confirmation: &Confirmation) -> bool {
        let member = self.member(received, confirmation);
        let progress = member.and_then(|member| self.progress.get_mut(member));
        progress.is_some_and(|progress| std::mem::replace(&mut progress.failed, true))
    }

    /// Whether this confirmation is the last that was missing of something that is asked for. Bad news and uncertainty
    /// confirm nothing (I-51).
    pub(super) fn is_completed_by(&mut self, received: &Received, confirmation: &Confirmation) -> bool {
        let (wanted, about) = (self.received.wanted, confirmation.about);
        let member = self.member(received, confirmation).filter(|_| confirmation.is_success());
        let Some(progress) = member.and_then(|member| self.progress.get_mut(member)) else { return false };
        let all = match about {
            About::Delivery => {
                progress.delivered = true;
                wanted.positive && self.progress.iter().all(|progress| progress.delivered)
            }
            About::Read => {
                progress.read = true;
                wanted.read && self.progress.iter().all(|progress| progress.read)
            }
        };
        let news = all && !self.told.contains(&about);
        self.told.extend(news.then_some(about));
        news
    }

    /// Whose receipt it is: that of the member whom it names, or of the one that it comes from.
    fn member(&self, received: &Received, confirmation: &Confirmation) -> Option<usize> {
        let named = confirmation.recipient.as_deref().map(Party::of);
        let mut candidates = named.iter().chain(&received.parties);
        candidates
            .find_map(|party| self.list.members.iter().position(|member| Party::of(&member.uri) == *party))
    }
}

impl remembered::Request for Request {
    fn ids(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.message_id)
    }

    fn parties(&self) -> &[Party] {
        &self.received.parties
    }

    fn list(&self) -> &List {
        &self.list
    }
}

/// All messages that are remembered. No time is too long (section 3.1).
pub(super) type Requests = Remembered<Request>;

impl Requests {
    /// The message that a receipt is about. Where several have the same identifier, it is one whose list has the member
    /// that the receipt is from.
    pub(super) fn find(&self, received: &Received, confirmation: &Confirmation) -> Option<u64> {
        let named = self.called(&confirmation.message_id);
        let fits = |(_, request): &(u64, &Request)| request.member(received, confirmation).is_some();
        named.max_by_key(fits).map(|(number, _)| number)
    }

    /// Whether the same request has come before: the same Message-ID from the same sender (I-74).
    pub(super) fn is_repeated(&self, received: &Received) -> bool {
        let same =
            |(_, request): (u64, &Request)| request.received.parties.first() == received.parties.first();
        let id = received.message_id.as_ref().filter(|_| !received.wanted.is_empty());
        id.is_some_and(|id| self.called(id).any(same))
    }
}
