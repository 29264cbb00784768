//! Server transactions: the same request is answered with the same answer (RFC 3261 section 17.2.2).

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use wire::sip::{HeaderId, MAGIC_COOKIE, Message};

/// Timer J over UDP: how long a client may repeat a request (RFC 3261 section 17.2.2).
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

/// Answers that may have to be given again.
#[derive(Debug, Default)]
pub(super) struct Answered {
    answers: HashMap<Key, Bytes>,
    ages: VecDeque<(Instant, Key)>,
}

impl Answered {
    /// The answer that was given to this request before.
    pub(super) fn find(&self, key: &Key) -> Option<&Bytes> {
        self.answers.get(key)
    }

    /// Keeps an answer for as long as its request may be repeated, and forgets those that are too old.
    pub(super) fn remember(&mut self, key: Key, answer: Bytes, now: Instant) {
        while self.ages.front().is_some_and(|(since, _)| now.duration_since(*since) >= TIMER_J) {
            if let Some((_, old)) = self.ages.pop_front() {
                self.answers.remove(&old);
            }
        }
        self.ages.push_back((now, key.clone()));
        self.answers.insert(key, answer);
    }
}
