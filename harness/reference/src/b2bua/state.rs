//! What a B2BUA remembers of requests for reports, to find the requester that a downstream report is for (section
//! 9.3.2), and to report no more than once itself (section 9.1).

use std::collections::HashSet;
use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::course::Course;
use crate::agent::received::{Asked, Received};
use crate::common::address::Party;
use crate::common::lists::List;
use crate::common::remembered::{Remembered, Request};
use crate::control::command::ListAction;
use crate::faults::{Conduct, Defect};

/// How long a request is remembered; section 9.3.2 recommends at least five minutes.
const KEPT: Duration = Duration::hours(1);
const KEPT_BRIEFLY: Duration = Duration::seconds(60);

/// How the copies fare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Sent and not answered yet.
    pub(crate) open: usize,
    pub(crate) accepted: usize,
    /// Whether the B2BUA has reported what became of the message.
    pub(crate) reported: bool,
}

/// A request for reports that came from upstream.
#[derive(Debug)]
pub(crate) struct Upstream {
    /// How the B2BUA behaves that remembers it.
    pub(crate) conduct: Conduct,
    pub(crate) received: Received,
    pub(crate) asked: Asked,
    pub(crate) list: Arc<List>,
    pub(crate) course: Course,
    /// Value of List-Action, if there was one.
    pub(crate) list_action: Option<String>,
    pub(crate) progress: Progress,
    /// Message-IDs of the copies.
    pub(crate) outbound: Vec<String>,
    /// Who has reported so far.
    pub(crate) reporters: HashSet<Party>,
}

impl Upstream {
    /// Whether first-recipient was asked for by its name.
    pub(crate) fn is_explicitly_first(&self) -> bool {
        self.list_action.as_deref() == Some(ListAction::FirstRecipient.value())
    }

    /// Whether it is not too old to be remembered.
    fn is_kept(&self, now: OffsetDateTime) -> bool {
        let kept = if self.conduct.is(Defect::B2buaState60s) { KEPT_BRIEFLY } else { KEPT };
        now - self.received.arrived <= kept
    }
}

impl Request for Upstream {
    /// Its own, and the one it had first (I-10). If the copies do not tell those, theirs.
    fn ids(&self) -> impl Iterator<Item = &String> {
        let first = self.asked.original_message_id.as_ref().filter(|id| **id != self.asked.message_id);
        let outbound = self.outbound.iter().filter(|_| self.conduct.is(Defect::OmitOriginalMessageId));
        [&self.asked.message_id].into_iter().chain(first).chain(outbound)
    }

    fn parties(&self) -> &[Party] {
        &self.received.parties
    }

    fn list(&self) -> &List {
        &self.list
    }
}

/// All requests that are remembered.
pub(crate) type Requests = Remembered<Upstream>;

impl Requests {
    /// Remembers a request under its number, and forgets those that are too old.
    pub(crate) fn put_new(&mut self, number: u64, request: Upstream) {
        let now = request.received.arrived;
        while self.forget_first_if(|oldest| now - oldest.received.arrived > KEPT) {}
        self.put_as(number, request);
    }

    /// The request that a report is about, by the identifier it names. Where several have the same first identifier,
    /// it is one to the list that the report came to, and one on which the reporter has not reported.
    pub(crate) fn find(
        &self,
        id: &str,
        list: Option<&Party>,
        reporter: &Party,
        now: OffsetDateTime,
    ) -> Option<u64> {
        let rank = |(_, request): &(u64, &Upstream)| {
            (list == Some(&request.list.party()), !request.reporters.contains(reporter))
        };
        let remembered = self.called(id).filter(|(_, request)| request.is_kept(now));
        remembered.max_by_key(rank).map(|(number, _)| number)
    }

    /// Whether some request has that identifier.
    pub(crate) fn is_known(&self, id: &str) -> bool {
        self.called(id).next().is_some()
    }

    /// The latest request to that list.
    pub(crate) fn last(&self, list: &Party, now: OffsetDateTime) -> Option<u64> {
        let theirs = |(_, request): &(u64, &Upstream)| request.list.party() == *list && request.is_kept(now);
        self.iter().rev().find(theirs).map(|(number, _)| number)
    }

    /// Whether the same request has come before: the same Message-ID from the same sender (I-74).
    pub(crate) fn is_repeated(&self, id: &str, received: &Received, now: OffsetDateTime) -> bool {
        self.called(id).any(|(_, request)| {
            request.asked.message_id == id
                && request.received.parties.first() == received.parties.first()
                && request.is_kept(now)
        })
    }
}
