//! A message that is being sent.

use std::fmt;
use std::sync::{Arc, Mutex};

use record::EventId;
use tokio::sync::watch;

use crate::exchange::Exchange;
use crate::lock::lock;

/// A message under way in a session. Dropping it does not end it; see [`Sending::abandon`].
#[derive(Clone)]
pub struct Sending {
    flow: Arc<Flow>,
    exchange: Arc<Exchange>,
}

/// How the sending of a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// All chunks were answered with 200; this is the response that came last.
    Answered(EventId),
    /// This response refused a chunk; no further ones were sent.
    Refused(EventId),
    /// A response was due and did not come in time, or the wait was given up.
    TimedOut,
    /// Everything is on its way, and nothing but a refusal may come (Failure-Report was `no` or `partial`). One that
    /// still comes stands in the record.
    NotDue,
    /// The session or its connection ended before; the text says how.
    Broken(String),
}

/// A message under way, as the network sees it.
#[derive(Debug)]
pub(crate) struct Flow {
    progress: Mutex<Progress>,
    delivery: watch::Sender<Option<Delivery>>,
}

#[derive(Debug, Default)]
struct Progress {
    chunks: Vec<EventId>,
    /// Chunks whose responses are due.
    due: usize,
    answered: Option<EventId>,
    all_sent: bool,
}

impl Flow {
    pub(crate) fn new() -> Self {
        Self { progress: Mutex::default(), delivery: watch::Sender::new(None) }
    }

    /// A chunk is about to be sent.
    pub(crate) fn sent(&self, chunk: EventId, is_due: bool) {
        let mut progress = lock(&self.progress);
        progress.chunks.push(chunk);
        progress.due += usize::from(is_due);
    }

    /// That was the last one.
    pub(crate) fn all_sent(&self) {
        let mut progress = lock(&self.progress);
        progress.all_sent = true;
        self.settle(&progress);
    }

    /// A response to a chunk came.
    pub(crate) fn answered(&self, response: EventId, was_due: bool, accepts: bool) {
        let mut progress = lock(&self.progress);
        progress.due -= usize::from(was_due);
        if !accepts {
            return self.end(Delivery::Refused(response));
        }
        progress.answered = Some(response);
        self.settle(&progress);
    }

    /// It is over before its time. Only the first end counts.
    pub(crate) fn end(&self, delivery: Delivery) {
        self.delivery.send_if_modified(|known| {
            let first = known.is_none();
            if first {
                *known = Some(delivery);
            }
            first
        });
    }

    pub(crate) fn is_over(&self) -> bool {
        self.delivery.borrow().is_some()
    }

    fn settle(&self, progress: &Progress) {
        if progress.all_sent && progress.due == 0 {
            self.end(progress.answered.map_or(Delivery::NotDue, Delivery::Answered));
        }
    }
}

impl Sending {
    pub(crate) fn new(flow: Arc<Flow>, exchange: Arc<Exchange>) -> Self {
        Self { flow, exchange }
    }

    /// Waits until the message is sent and every response that is due has come, or until it fails. It can be cancelled
    /// and asked again.
    pub async fn ended(&self) -> Delivery {
        let mut delivery = self.flow.delivery.subscribe();
        match delivery.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(delivery)) => delivery.clone(),
            // The sender lives as long as the flow.
            Ok(None) | Err(_) => Delivery::Broken("it is gone".to_owned()),
        }
    }

    /// How it ended, if it has.
    pub fn delivery(&self) -> Option<Delivery> {
        self.flow.delivery.borrow().clone()
    }

    /// The events of the chunks sent so far, in order.
    pub fn chunks(&self) -> Vec<EventId> {
        lock(&self.flow.progress).chunks.clone()
    }

    /// Sends no further chunks and waits no longer: what has no response has timed out, and a response that still comes
    /// is a stray one. For a reply window that is shorter than the 30 s of RFC 4975 section 7.1.
    pub fn abandon(&self) {
        self.exchange.abandon_flow(&self.flow);
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sending").field(&self.flow).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(flow: &Flow) -> Option<Delivery> {
        flow.delivery.borrow().clone()
    }

    #[test]
    fn it_ends_with_the_last_response() {
        let flow = Flow::new();
        flow.sent(EventId(1), true);
        flow.sent(EventId(2), true);
        flow.answered(EventId(3), true, true);
        flow.all_sent();
        assert_eq!(delivery(&flow), None);
        flow.answered(EventId(4), true, true);
        assert_eq!(delivery(&flow), Some(Delivery::Answered(EventId(4))));
    }

    #[test]
    fn the_first_refusal_ends_it() {
        let flow = Flow::new();
        flow.sent(EventId(1), true);
        flow.answered(EventId(2), true, false);
        flow.end(Delivery::TimedOut);
        assert_eq!(delivery(&flow), Some(Delivery::Refused(EventId(2))));
    }

    #[test]
    fn without_responses_due_it_ends_when_everything_is_sent() {
        let flow = Flow::new();
        flow.sent(EventId(1), false);
        assert_eq!(delivery(&flow), None);
        flow.all_sent();
        assert_eq!(delivery(&flow), Some(Delivery::NotDue));
        flow.answered(EventId(2), false, false);
        assert_eq!(delivery(&flow), Some(Delivery::NotDue));
    }
}
