//! SIP and MSRP together.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use super::{Answer, Call, Incoming, Origin, Outgoing, Way};
use crate::sip::{self, Request, Stack};

/// Something that those above have to know.
#[derive(Debug)]
pub(crate) enum Event {
    /// A message came; it waits for [`Carriers::answer`].
    Incoming(Received),
    /// A message of ours is over: one that carries a mark, or one that was not accepted.
    Concluded(Conclusion),
}

/// A message and what its answer needs.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) message: Incoming,
    request: Request,
}

/// What became of a message of ours.
#[derive(Debug)]
pub(crate) struct Conclusion {
    /// See [`Outgoing::mark`].
    pub(crate) mark: Option<u64>,
    /// URI of whom it was for.
    pub(crate) to: String,
    /// The final answer in terms of SIP; `None` if nobody answered.
    pub(crate) status: Option<u16>,
}

impl Conclusion {
    /// What is wrong, in words, unless it was accepted.
    pub(crate) fn complaint(&self) -> Option<String> {
        let to = &self.to;
        match self.status {
            None => Some(format!("nobody answered the message to {to}")),
            Some(status @ 300..) => Some(format!("the message to {to} was answered with {status}")),
            Some(_) => None,
        }
    }
}

/// All that carries messages.
#[derive(Debug)]
pub(crate) struct Carriers {
    stack: Stack,
    /// What became of messages, not yet told.
    concluded: VecDeque<Conclusion>,
}

impl Carriers {
    /// Binds ports of the loopback address.
    pub(crate) async fn bind() -> io::Result<Self> {
        Ok(Self { stack: Stack::bind().await?, concluded: VecDeque::new() })
    }

    /// The address of both SIP sockets.
    pub(crate) fn local(&self) -> SocketAddr {
        self.stack.local()
    }

    /// Waits for the next event. Nothing is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> Event {
        if let Some(conclusion) = self.concluded.pop_front() {
            return Event::Concluded(conclusion);
        }
        match self.stack.next().await {
            sip::Event::Request(request) => {
                Event::Incoming(Received { message: Incoming::of_page(&request), request })
            }
            sip::Event::Concluded(sip::Conclusion { request, status }) => {
                Event::Concluded(Conclusion { mark: request.mark, to: request.request_uri, status })
            }
        }
    }

    /// Answers a message, or leaves it without an answer.
    pub(crate) fn answer(&mut self, received: &Received, answer: Option<&Answer>) {
        match (&received.message.origin, answer) {
            (Origin::Page(_), Some(answer)) => self.stack.respond(&received.request, answer),
            (Origin::Session(..), _) | (_, None) => {}
        }
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, outgoing: Outgoing) {
        let Outgoing { way, request_uri, from, to, headers, content_type, body, hops, mark, .. } = outgoing;
        match way {
            Way::Page(route) => self.stack.send(&sip::Outgoing {
                route,
                request_uri,
                from,
                to,
                headers,
                content_type,
                body,
                hops,
                mark,
            }),
            Way::Session { .. } => {
                self.concluded.push_back(Conclusion { mark, to: request_uri, status: None });
            }
        }
    }

    /// Opens or closes sessions.
    pub(crate) fn call(&mut self, _call: Call) {}
}
