//! What an intermediary remembers of the messages that it sent on.

use std::sync::Arc;

use time::OffsetDateTime;

use super::collecting::Collection;
use crate::carrier::Outgoing;
use crate::common::address::Party;
use crate::common::lists::List;
use crate::common::remembered::{self, Remembered};
use crate::notifications::received::{Confirmation, Received};
use crate::notifications::report::About;

/// How a message is treated: what was set when it came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Its notifications are to come back this way.
    pub(crate) records: bool,
    /// Nobody may learn where it was sent to at first.
    pub(crate) hides: bool,
    /// It is kept for those who cannot be reached.
    pub(crate) stores: bool,
    /// Its notifications are collected.
    pub(crate) collects: bool,
    /// Nobody can find out what becomes of it.
    pub(crate) is_blind: bool,
}

/// How one copy fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is on its way.
    #[default]
    Open,
    Accepted,
    /// It waits here for another attempt.
    Kept(OffsetDateTime),
    Failed,
}

/// A copy for one member.
#[derive(Debug, Default)]
pub(super) struct Copy {
    /// As it went; only where it may have to go again.
    pub(super) outgoing: Option<Outgoing>,
    pub(super) fate: Fate,
    /// What its recipient has said about it.
    pub(super) heard: Vec<About>,
}

/// A message that was sent on.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) received: Received,
    pub(super) list: Arc<List>,
    pub(super) terms: Terms,
    /// By place of the recipient in the list.
    pub(super) copies: Vec<Copy>,
    /// What its sender has been told about its processing.
    pub(super) processing_told: Option<&'static str>,
    /// Whether its sender has been told about a failure.
    pub(super) failure_told: bool,
    /// Notifications that wait.
    pub(super) collection: Collection,
}

impl Request {
    /// A message that is about to be sent on, if there will be anything to say or to do about it.
    pub(super) fn of(received: &Received, list: &Arc<List>, terms: Terms) -> Option<Self> {
        let can_be_told = received.message_id.is_some() && (asks(received) || !received.wanted.is_empty());
        (can_be_told || terms.stores).then(|| Self {
            received: received.clone(),
            list: Arc::clone(list),
            terms,
            copies: list.members.iter().map(|_| Copy::default()).collect(),
            processing_told: None,
            failure_told: false,
            collection: Collection::default(),
        })
    }

    /// Whose notification it is: that of the member whom it names, or of the one that it comes from.
    pub(super) fn member(&self, received: &Received, told: &Confirmation) -> Option<usize> {
        let named = told.recipient.as_deref().map(Party::of);
        let mut candidates = named.iter().chain(&received.parties);
        candidates
            .find_map(|party| self.list.members.iter().position(|member| Party::of(&member.uri) == *party))
    }
}

/// Whether a message asks for anything, be it known or not.
pub(super) fn asks(received: &Received) -> bool {
    received.requests.iter().any(|request| !request.trim().is_empty())
}

impl remembered::Request for Request {
    fn ids(&self) -> impl Iterator<Item = &String> {
        self.received.message_id.iter()
    }

    fn parties(&self) -> &[Party] {
        &self.received.parties
    }

    fn list(&self) -> &List {
        &self.list
    }
}

/// All messages that are remembered. What comes about one that is forgotten is handed on without state.
pub(super) type Requests = Remembered<Request>;

impl Requests {
    /// The message that a notification is about. Where several have the same identifier, it is one whose list has the member
    /// that the notification is from.
    pub(super) fn find(&self, received: &Received, told: &Confirmation) -> Option<u64> {
        let named = self.called(&told.message_id);
        let fits = |(_, request): &(u64, &Request)| request.member(received, told).is_some();
        named.max_by_key(fits).map(|(number, _)| number)
    }

    /// Whether the same message has come before: the same Message-ID from the same sender.
    pub(super) fn is_repeated(&self, received: &Received) -> bool {
        let same =
            |(_, request): (u64, &Request)| request.received.parties.first() == received.parties.first();
        let id = received.message_id.as_ref().filter(|_| asks(received));
        id.is_some_and(|id| self.called(id).any(same))
    }
}
