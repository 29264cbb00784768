//! What an intermediary remembers of the messages that it sent on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use time::OffsetDateTime;

use super::collecting::Collection;
use crate::carrier::Outgoing;
use crate::common::address::Party;
use crate::common::host::Memory;
use crate::common::lists::List;
use crate::notifications::received::{Confirmation, Received};
use crate::notifications::report::About;

/// How many messages are remembered; the oldest is forgotten first. What comes about it then is handed on without state.
const KEPT: usize = 100_000;

/// How a message is treated: what was set when it came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Terms {
    /// Its notifications are to come back this way.
    pub(super) records: bool,
    /// Nobody may learn where it was sent to at first.
    pub(super) hides: bool,
    /// It is kept for those who cannot be reached.
    pub(super) stores: bool,
    /// Its notifications are collected.
    pub(super) collects: bool,
    /// Nobody can find out what becomes of it.
    pub(super) is_blind: bool,
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
    /// Whether its sender has been told about its processing.
    pub(super) processing_told: bool,
    /// Whether its sender has been told about a failure.
    pub(super) failure_told: bool,
    /// Notifications that wait.
    pub(super) collection: Collection,
}

impl Request {
    /// A message that is about to be sent on, if there will be anything to say or to do about it.
    pub(super) fn of(received: &Received, list: &Arc<List>, terms: Terms) -> Option<Self> {
        let can_be_told = received.message_id.is_some() && asks(received);
        (can_be_told || terms.stores).then(|| Self {
            received: received.clone(),
            list: Arc::clone(list),
            terms,
            copies: list.members.iter().map(|_| Copy::default()).collect(),
            processing_told: false,
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

/// All messages that are remembered.
#[derive(Debug, Default)]
pub(super) struct Requests {
    requests: BTreeMap<u64, Request>,
    by_id: HashMap<String, Vec<u64>>,
    count: u64,
}

impl Requests {
    /// Remembers a message and says under which number.
    pub(super) fn put(&mut self, request: Request) -> u64 {
        self.count += 1;
        if let Some(id) = request.received.message_id.clone() {
            self.by_id.entry(id).or_default().push(self.count);
        }
        self.requests.insert(self.count, request);
        if self.requests.len() > KEPT
            && let Some((number, oldest)) = self.requests.pop_first()
        {
            self.forget_id(number, &oldest);
        }
        self.count
    }

    /// The message of that number.
    pub(super) fn get(&mut self, number: u64) -> Option<&mut Request> {
        self.requests.get_mut(&number)
    }

    /// The message that a notification is about. Where several have the same identifier, it is one whose list has the member
    /// that the notification is from.
    pub(super) fn find(&self, received: &Received, told: &Confirmation) -> Option<u64> {
        let fits = |number: &&u64| {
            self.requests.get(number).is_some_and(|request| request.member(received, told).is_some())
        };
        self.by_id.get(&told.message_id)?.iter().max_by_key(fits).copied()
    }

    /// Whether the same message has come before: the same Message-ID from the same sender.
    pub(super) fn is_repeated(&self, received: &Received) -> bool {
        let numbers = received.message_id.as_ref().and_then(|id| self.by_id.get(id)).into_iter().flatten();
        let same = |request: &Request| request.received.parties.first() == received.parties.first();
        asks(received) && numbers.filter_map(|number| self.requests.get(number)).any(same)
    }

    fn forget_id(&mut self, number: u64, request: &Request) {
        let Some(id) = &request.received.message_id else { return };
        if let Some(numbers) = self.by_id.get_mut(id) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.by_id.remove(id);
            }
        }
    }
}

impl Memory for Requests {
    fn forget(&mut self, party: &Party) -> Vec<Party> {
        let theirs = |request: &Request| request.received.parties.contains(party);
        let gone: Vec<_> =
            self.requests.iter().filter(|(_, request)| theirs(request)).map(|(number, _)| *number).collect();
        let mut lists = Vec::new();
        for number in gone {
            if let Some(request) = self.requests.remove(&number) {
                self.forget_id(number, &request);
                lists.push(request.list.party());
            }
        }
        lists
    }

    fn clear(&mut self) {
        *self = Self { count: self.count, ..Self::default() };
    }
}
