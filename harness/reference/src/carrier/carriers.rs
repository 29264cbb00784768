//! SIP and MSRP together.

use std::io;
use std::net::SocketAddr;

use tokio::time::{Instant, sleep_until};

use super::{Answer, Call, Incoming, Outgoing, Proxied, Way};
use crate::faults::Frailty;
use crate::frail::Harm;
use crate::session::{self, Sessions};
use crate::sip::{self, Request, Stack};

/// Something that those above have to know.
#[derive(Debug)]
pub(crate) enum Event {
    /// A message came; it waits for [`Carriers::answer`].
    Incoming(Box<Received>),
    /// Somebody calls; the INVITE waits for [`Carriers::called`].
    Called(Request),
    /// Input was more than this program can stand.
    Harmed(Harm),
    /// A message of ours is over: one that carries a mark, or one that was not accepted.
    Concluded(Conclusion),
}

/// A message and what its answer needs.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) message: Incoming,
    reply: Reply,
}

#[derive(Debug)]
enum Reply {
    Page(Request),
    Session(session::Reply),
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
    sessions: Sessions,
}

impl Carriers {
    /// Binds ports of the loopback address.
    pub(crate) async fn bind() -> io::Result<Self> {
        Ok(Self { stack: Stack::bind().await?, sessions: Sessions::bind().await? })
    }

    /// The address of both SIP sockets.
    pub(crate) fn local(&self) -> SocketAddr {
        self.stack.local()
    }

    /// Reads pages with bodies of these media types from now on.
    pub(crate) fn accept(&mut self, types: &'static [&'static str]) {
        self.stack.accept(types);
    }

    /// Cannot stand some input from now on.
    pub(crate) fn weaken(&mut self, frailty: Option<Frailty>) {
        self.stack.weaken(frailty);
    }

    /// Waits for the next event. Nothing is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.sessions.event() {
                return event.into();
            }
            let wakes = self.sessions.wakes();
            tokio::select! {
                event = self.stack.next() => if let Some(event) = self.take(event) {
                    return event;
                },
                arrival = self.sessions.next() => self.sessions.take(&mut self.stack, arrival),
                () = sleep_until(wakes.unwrap_or_else(Instant::now)), if wakes.is_some() => {
                    self.sessions.due(&mut self.stack);
                }
            }
        }
    }

    /// Takes what came by SIP.
    fn take(&mut self, event: sip::Event) -> Option<Event> {
        match event {
            sip::Event::Message(request) => {
                let message = Incoming::of_page(&request);
                let received = Received { message, reply: Reply::Page(request) };
                return Some(Event::Incoming(Box::new(received)));
            }
            sip::Event::Concluded(sip::Conclusion { request_uri, mark, status }) => {
                return Some(Event::Concluded(Conclusion { mark, to: request_uri, status }));
            }
            sip::Event::Harmed(harm) => return Some(Event::Harmed(harm)),
            sip::Event::Call(request) if request.begins_call() => return Some(Event::Called(request)),
            sip::Event::Call(request) => self.sessions.request(&mut self.stack, &request),
            sip::Event::Answered(call, response) => {
                self.sessions.answered(&mut self.stack, call, response.as_ref());
            }
        }
        None
    }

    /// Refuses a call, or lets it through.
    pub(crate) fn called(&mut self, invite: &Request, refusal: Option<&Answer>) {
        match refusal {
            Some(refusal) => self.stack.respond(invite, refusal),
            None => self.sessions.invited(&mut self.stack, invite),
        }
    }

    /// Answers a message, or leaves it without an answer.
    pub(crate) fn answer(&mut self, received: &Received, answer: Option<&Answer>) {
        match (&received.reply, answer) {
            (Reply::Page(request), Some(answer)) => self.stack.respond(request, answer),
            (Reply::Page(_), None) => {}
            (Reply::Session(reply), answer) => self.sessions.answer(reply, answer),
        }
    }

    /// Passes a page on as a proxy does, and its answer back. Sessions are passed on to nobody.
    pub(crate) fn proxy(&mut self, received: Received, proxied: Proxied) {
        if let Reply::Page(request) = received.reply {
            self.stack.proxy(request, proxied);
        }
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, outgoing: Outgoing) {
        match outgoing.way.clone() {
            Way::Page(route) => {
                self.stack.send(&page(outgoing, route));
            }
            Way::Session { into, route } => self.sessions.send(&mut self.stack, outgoing, into, route),
        }
    }

    /// Opens or closes sessions.
    pub(crate) fn call(&mut self, call: Call) {
        self.sessions.call(&mut self.stack, call);
    }
}

fn page(outgoing: Outgoing, route: sip::Route) -> sip::Outgoing {
    let Outgoing { request_uri, from, to, headers, content_type, body, hops, mark, .. } = outgoing;
    sip::Outgoing {
        method: "MESSAGE",
        route,
        request_uri,
        from,
        to,
        headers,
        body: Some((content_type, body)),
        hops,
        dialog: None,
        owner: sip::Owner::Message(mark),
    }
}

impl From<session::Event> for Event {
    fn from(event: session::Event) -> Self {
        match event {
            session::Event::Incoming(message, reply) => {
                Self::Incoming(Box::new(Received { message: *message, reply: Reply::Session(reply) }))
            }
            session::Event::Concluded(conclusion) => Self::Concluded(conclusion),
        }
    }
}
