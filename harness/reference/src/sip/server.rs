//! Server transactions: the same request is answered with the same answer (RFC 3261 section 17.2.2).

use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use wire::sip::{HeaderId, MAGIC_COOKIE, Message};

/// Timers J and D over UDP: how long a request, or a final response, may be repeated (RFC 3261 sections 17.1.1.2 and
/// 17.2.2).
const TIMER_J: Duration = Duration::from_secs(32);

/// What tells one transaction from another (RFC 3261 section 17.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key(Vec<u8>);

impl Key {
    /// Branch, sent-by and method; without a branch of this century everything that has to be the same.
    pub(super) fn of(request: &Message<'_>) -> Self {
        let method = request.method().map_or(&b""[..], |method| method.0);
        let via = request.via();
        let branch = via.as_ref().and_then(|via| via.branch());
        let parts = match (via, branch) {
            (Some(via), Some(branch)) if branch.starts_with(MAGIC_COOKIE) => {
                vec![branch, via.sent_by.host, via.sent_by.port.unwrap_or_default(), method]
            }
            _ => [HeaderId::VIA, HeaderId::FROM, HeaderId::TO, HeaderId::CALL_ID, HeaderId::CSEQ]
                .into_iter()
                .map(|id| request.header(id).map_or(&b""[..], |header| header.raw_value()))
                .chain(request.request_uri())
                .collect(),
        };
        Self(parts.join(&0))
    }
}

/// Answers that may have to be given again: responses to requests, or ACKs to responses.
#[derive(Debug)]
pub(super) struct Answered<K = Key, A = Bytes> {
    answers: HashMap<K, A>,
    ages: VecDeque<(Instant, K)>,
}

impl<K, A> Default for Answered<K, A> {
    fn default() -> Self {
        Self { answers: HashMap::new(), ages: VecDeque::new() }
    }
}

impl<K: Clone + Eq + Hash, A> Answered<K, A> {
    /// The answer that was given to this before.
    pub(super) fn find<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&A>
    where
        K: Borrow<Q>,
    {
        self.answers.get(key)
    }

    /// Keeps an answer for as long as what it answers may be repeated, and forgets those that are too old.
    pub(super) fn remember(&mut self, key: K, answer: A, now: Instant) {
        while self.ages.front().is_some_and(|(since, _)| now.duration_since(*since) >= TIMER_J) {
            if let Some((_, old)) = self.ages.pop_front() {
                self.answers.remove(&old);
            }
        }
        self.ages.push_back((now, key.clone()));
        self.answers.insert(key, answer);
    }
}
