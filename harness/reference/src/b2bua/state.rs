//! What a B2BUA remembers of requests for reports, to find the requester that a downstream report is for (section
//! 9.3.2), and to report no more than once itself (section 9.1).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::course::Course;
use crate::agent::received::{Asked, Received};
use crate::common::address::Party;
use crate::common::host::Memory;
use crate::common::lists::List;
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

    /// Identifiers by which a report can name it: its own, and the one it had first (I-10). If the copies do not tell
    /// those, theirs.
    fn ids(&self, conduct: Conduct) -> impl Iterator<Item = &String> {
        let first = self.asked.original_message_id.as_ref().filter(|id| **id != self.asked.message_id);
        let outbound = self.outbound.iter().filter(move |_| conduct.is(Defect::OmitOriginalMessageId));
        [&self.asked.message_id].into_iter().chain(first).chain(outbound)
    }
}

/// All requests that are remembered.
#[derive(Debug)]
pub(crate) struct Requests {
    conduct: Conduct,
    requests: BTreeMap<u64, Upstream>,
    by_id: HashMap<String, Vec<u64>>,
    count: u64,
}

impl Requests {
    /// None yet.
    pub(crate) fn new(conduct: Conduct) -> Self {
        Self { conduct, requests: BTreeMap::new(), by_id: HashMap::new(), count: 0 }
    }

    /// The number of the next request.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Remembers a request under its number, and forgets those that are too old.
    pub(crate) fn put(&mut self, number: u64, request: Upstream) {
        let now = request.received.arrived;
        while let Some(oldest) =
            self.requests.first_entry().filter(|oldest| now - oldest.get().received.arrived > KEPT)
        {
            let (number, old) = oldest.remove_entry();
            self.forget_ids(number, &old);
        }
        for id in request.ids(self.conduct) {
            self.by_id.entry(id.clone()).or_default().push(number);
        }
        self.requests.insert(number, request);
    }

    /// The request of that number.
    pub(crate) fn get(&mut self, number: u64) -> Option<&mut Upstream> {
        self.requests.get_mut(&number)
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
        let remembered =
            |number: &&u64| self.requests.get(number).is_some_and(|request| self.is_kept(request, now));
        let rank = |number: &&u64| {
            let request = self.requests.get(number);
            let same = request.is_some_and(|request| list == Some(&request.list.party()));
            (same, request.is_some_and(|request| !request.reporters.contains(reporter)))
        };
        self.by_id.get(id)?.iter().filter(remembered).max_by_key(rank).copied()
    }

    /// Whether some request has that identifier.
    pub(crate) fn is_known(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// The latest request to that list.
    pub(crate) fn last(&self, list: &Party, now: OffsetDateTime) -> Option<u64> {
        let mut latest = self.requests.iter().rev();
        latest
            .find(|(_, request)| request.list.party() == *list && self.is_kept(request, now))
            .map(|(number, _)| *number)
    }

    /// Whether the same request has come before: the same Message-ID from the same sender (I-74).
    pub(crate) fn is_repeated(&self, id: &str, received: &Received, now: OffsetDateTime) -> bool {
        let same = |request: &Upstream| {
            request.asked.message_id == id
                && request.received.parties.first() == received.parties.first()
                && self.is_kept(request, now)
        };
        let numbers = self.by_id.get(id).into_iter().flatten();
        numbers.filter_map(|number| self.requests.get(number)).any(same)
    }

    fn is_kept(&self, request: &Upstream, now: OffsetDateTime) -> bool {
        let kept = if self.conduct.is(Defect::B2buaState60s) { KEPT_BRIEFLY } else { KEPT };
        now - request.received.arrived <= kept
    }

    fn forget_ids(&mut self, number: u64, request: &Upstream) {
        for id in request.ids(self.conduct) {
            if let Some(numbers) = self.by_id.get_mut(id) {
                numbers.retain(|other| *other != number);
                if numbers.is_empty() {
                    self.by_id.remove(id);
                }
            }
        }
    }
}

impl Memory for Requests {
    fn forget(&mut self, party: &Party) -> Vec<Party> {
        let theirs = |request: &Upstream| request.received.parties.contains(party);
        let gone: Vec<_> =
            self.requests.iter().filter(|(_, request)| theirs(request)).map(|(number, _)| *number).collect();
        let mut lists = Vec::new();
        for number in gone {
            if let Some(request) = self.requests.remove(&number) {
                self.forget_ids(number, &request);
                lists.push(request.list.party());
            }
        }
        lists
    }

    fn clear(&mut self) {
        *self = Self { count: self.count, ..Self::new(self.conduct) };
    }
}
