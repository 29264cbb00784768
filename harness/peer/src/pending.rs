//! A request that waits for its final response.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use record::{Ending, EventId};

use crate::exchange::{Exchange, Inviting};
use crate::lock::lock;
use crate::member::Member;
use crate::transaction::Key;

/// A client transaction under way, as the scenario sees it: a future of its [`Ending`].
///
/// Dropping it does not end the transaction; see [`Pending::abandon`].
#[derive(Debug)]
pub struct Pending {
    outstanding: Arc<Outstanding>,
    key: Key,
    exchange: Arc<Exchange>,
}

/// A client transaction under way, as the network sees it.
#[derive(Debug)]
pub(crate) struct Outstanding {
    pub(crate) member: Arc<Member>,
    /// The event of its request.
    pub(crate) request: EventId,
    pub(crate) to: SocketAddr,
    /// The connection that carries it, 0 for UDP.
    pub(crate) connection: u64,
    /// What it is about, if it is the INVITE of a session.
    pub(crate) inviting: Option<Arc<Inviting>>,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
enum Progress {
    Waiting(Option<Waker>),
    Over(Ending),
}

impl Outstanding {
    pub(crate) fn new(
        member: Arc<Member>,
        request: EventId,
        to: SocketAddr,
        connection: u64,
        inviting: Option<Arc<Inviting>>,
    ) -> Self {
        let progress = Mutex::new(Progress::Waiting(None));
        Self { member, request, to, connection, inviting, progress }
    }

    /// Records the end and wakes who waits for it. Only the first end counts.
    pub(crate) fn end(&self, ending: Ending) {
        let mut progress = lock(&self.progress);
        let Progress::Waiting(waker) = &mut *progress else { return };
        let waker = waker.take();
        self.member.ended(self.request, ending.clone());
        *progress = Progress::Over(ending);
        drop(progress);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Pending {
    pub(crate) fn new(outstanding: Arc<Outstanding>, key: Key, exchange: Arc<Exchange>) -> Self {
        Self { outstanding, key, exchange }
    }

    /// The event of the request.
    pub fn request(&self) -> EventId {
        self.outstanding.request
    }

    /// Ends the transaction as timed out if it has no final response yet: nothing is retransmitted any more, and a
    /// response that still comes is a stray one. For a reply window that is shorter than timer F.
    pub fn abandon(&self) {
        self.exchange.abandon(&self.key, &self.outstanding);
    }

    /// How it ended, if it has.
    pub fn ending(&self) -> Option<Ending> {
        match &*lock(&self.outstanding.progress) {
            Progress::Waiting(_) => None,
            Progress::Over(ending) => Some(ending.clone()),
        }
    }
}

impl Future for Pending {
    type Output = Ending;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ending> {
        match &mut *lock(&self.outstanding.progress) {
            Progress::Over(ending) => Poll::Ready(ending.clone()),
            Progress::Waiting(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
