//! Sockets and transactions together: requests of others come out, requests of ours go in.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedSender, channel, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use wire::sip::{Message, Method};

use super::client::{Branch, Effect, Owner, Pending, Repeat, Sent};
use super::connection::{self, Arrival};
use super::event::{Conclusion, Event, Request, Response};
use super::outgoing::{Marks, Outgoing, beside};
use super::proxy::{Passed, Proxied, back, onward};
use super::response::destination;
use super::route::{Link, Route, Source, Transport, direct};
use super::screen::{OBJECTS_AND_TEXT, screen};
use super::server::{Answered, Key};
use super::sockets::{receive, sockets, transmit};
use crate::carrier::Answer;
use crate::faults::Frailty;
use crate::frail::{self, Harm, fetch};

/// Messages read and not yet looked at; beyond that, senders over TCP wait and datagrams stay in the socket.
const BACKLOG: usize = 1024;

/// One UDP socket and one TCP socket at the same port of the loopback address, and everything above them.
#[derive(Debug)]
pub(crate) struct Stack {
    local: SocketAddr,
    /// Media types of bodies that are read.
    accepted: &'static [&'static str],
    /// What input this program cannot stand.
    frailty: Option<Frailty>,
    /// Everything that runs beside; it ends with the stack.
    tasks: JoinSet<()>,
    datagrams: UnboundedSender<(Bytes, SocketAddr)>,
    arrivals: Receiver<Arrival>,
    /// For connections that are opened later.
    arrive: Sender<Arrival>,
    links: HashMap<SocketAddr, Link>,
    pending: Pending,
    /// What timers have led to and nobody was told yet.
    events: VecDeque<Event>,
    answered: Answered,
    /// Requests that were passed on, by number.
    passed: HashMap<u64, Passed>,
    /// What they were when they came, so that none is passed on twice.
    underway: HashSet<Key>,
    /// ACKs, by the branch of the INVITE.
    acknowledged: Answered<Branch, (Route, Bytes)>,
    /// What all branches, tags and Call-IDs of this stack have in common, and no other stack has.
    own: String,
    count: u64,
}

impl Stack {
    /// Binds both sockets and starts to listen.
    ///
    /// # Errors
    /// No port of the loopback address is free for both.
    pub(crate) async fn bind() -> io::Result<Self> {
        let (udp, tcp) = sockets().await?;
        let local = udp.local_addr()?;
        let udp = Arc::new(udp);
        let (arrive, arrivals) = channel(BACKLOG);
        let (datagrams, outgoing) = unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(receive(Arc::clone(&udp), arrive.clone()));
        tasks.spawn(transmit(udp, outgoing));
        tasks.spawn(connection::accept(tcp, arrive.clone()));
        Ok(Self {
            tasks,
            local,
            accepted: OBJECTS_AND_TEXT,
            frailty: None,
            datagrams,
            arrivals,
            arrive,
            links: HashMap::new(),
            pending: Pending::default(),
            events: VecDeque::new(),
            answered: Answered::default(),
            passed: HashMap::new(),
            underway: HashSet::new(),
            acknowledged: Answered::default(),
            own: format!("{:016x}", rand::random::<u64>()),
            count: 0,
        })
    }

    /// The address of both sockets.
    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Reads bodies of these media types from now on.
    pub(crate) fn accept(&mut self, types: &'static [&'static str]) {
        self.accepted = types;
    }

    /// Cannot stand some input from now on.
    pub(crate) fn weaken(&mut self, frailty: Option<Frailty>) {
        self.frailty = frailty;
    }

    /// Waits for the next event, and does meanwhile what timers and repeated requests demand. Nothing is lost if the
    /// future is dropped.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let wakes = self.pending.wakes();
            tokio::select! {
                // The stack holds a sender itself, so there is always one more arrival to wait for.
                Some(arrival) = self.arrivals.recv() => if let Some(event) = self.take(arrival) {
                    return event;
                },
                () = sleep_until(wakes.unwrap_or_else(Instant::now)), if wakes.is_some() => {
                    let effects = self.pending.due(Instant::now());
                    self.perform(effects);
                }
            }
        }
    }

    fn take(&mut self, Arrival { octets, source }: Arrival) -> Option<Event> {
        match self.frailty.and_then(|frailty| frail::harm(frailty, &octets)) {
            Some(Harm::Fetches(url)) => _ = self.tasks.spawn(fetch(url)),
            Some(harm) => return Some(Event::Harmed(harm)),
            None => {}
        }
        let decoded = wire::sip::read(&octets);
        if decoded.is_response() {
            let branch = String::from_utf8(decoded.via_branch()?.to_vec()).ok()?;
            return self.take_response(Response { branch, octets: octets.clone(), source });
        }
        // Without a Via header nobody knows whom to answer.
        if decoded.via().is_none() || decoded.method().is_none() {
            return None;
        }
        if decoded.method() == Some(Method::ACK) {
            let (_, acknowledged) = self.pending.answered(&final_key(&decoded), 200, Instant::now());
            acknowledged?;
            drop(decoded);
            return Some(Event::Call(Request::new(octets, source)));
        }
        if let Some(answer) = self.answered.find(&Key::of(&decoded)) {
            self.give(answer.clone(), destination(&decoded, &source), &source);
            return None;
        }
        if self.underway.contains(&Key::of(&decoded)) {
            return None;
        }
        let screened = screen(&decoded, source.transport, self.accepted);
        let is_message = decoded.method() == Some(Method::MESSAGE);
        drop(decoded);
        let request = Request::new(octets, source);
        match screened {
            Ok(()) if is_message => Some(Event::Message(request)),
            Ok(()) => Some(Event::Call(request)),
            Err(answer) => {
                self.respond(&request, &answer);
                None
            }
        }
    }

    fn take_response(&mut self, response: Response) -> Option<Event> {
        let message = response.message();
        let (status, method) = (message.status()?, message.cseq()?.method);
        let branch = &response.branch;
        if method == Method::CANCEL {
            self.pending.answered(&cancel_key(branch), status, Instant::now());
            return None;
        }
        if let Some((route, ack)) = self.acknowledged.find(branch.as_str()).filter(|_| status >= 200).cloned()
        {
            self.perform(vec![Effect::Transmit(route, ack)]);
            return None;
        }
        if method == Method::INVITE && status >= 300 {
            self.acknowledge_refusal(branch, &message);
        }
        let about = self.pending.waiting(branch).map(|(about, ..)| about.clone());
        let (effects, concluded) = self.pending.answered(branch, status, Instant::now());
        self.perform(effects);
        match (about?.owner, concluded) {
            (Owner::Call(call), _) => {
                drop(message);
                Some(Event::Answered(call, Some(response)))
            }
            (Owner::Upstream(number), Some(_)) => self.pass_back(number, Some(&message)),
            (Owner::Message(mark), Some(sent)) if mark.is_some() || status >= 300 => {
                Some(Event::Concluded(Conclusion {
                    request_uri: sent.request_uri,
                    mark,
                    status: Some(status),
                }))
            }
            _ => None,
        }
    }

    /// RFC 3261 section 17.1.1.3.
    fn acknowledge_refusal(&mut self, branch: &str, response: &Message<'_>) {
        let Some((_, route, octets)) = self.pending.waiting(branch) else { return };
        let ack = (route.clone(), beside(&wire::sip::read(octets), "ACK", Some(response)));
        self.acknowledged.remember(branch.to_owned(), ack.clone(), Instant::now());
        self.perform(vec![Effect::Transmit(ack.0, ack.1)]);
    }

    /// Answers a request, and remembers the answer in case the request is repeated.
    pub(crate) fn respond(&mut self, request: &Request, answer: &Answer) {
        let tag = self.mark("");
        self.respond_in_call(request, answer, &tag, None, Owner::None);
    }

    /// The same with a tag for To and a session description. A final response to an INVITE is repeated until it is
    /// acknowledged.
    pub(crate) fn respond_in_call(
        &mut self,
        request: &Request,
        answer: &Answer,
        tag: &str,
        description: Option<&[u8]>,
        owner: Owner,
    ) {
        let message = request.message();
        let (source, now) = (&request.source, Instant::now());
        let octets = answer.encode(&message, source, tag, description);
        if source.transport == Transport::Udp {
            self.answered.remember(Key::of(&message), octets.clone(), now);
        }
        let way = destination(&message, source);
        if message.method() != Some(Method::INVITE) {
            return self.give(octets, way, source);
        }
        let route = match source.transport {
            Transport::Udp => Route::To(Transport::Udp, way),
            Transport::Tcp => Route::Back(source.clone()),
        };
        let repeat = Repeat::Final { accepts: answer.status < 300 };
        let sent = Sent { request_uri: String::new(), owner };
        let effects = self.pending.start(final_key(&message), sent, (route, octets), repeat, now);
        self.perform(effects);
    }

    /// Passes a request on to the next hop that its URI names, and its responses back.
    pub(crate) fn proxy(&mut self, request: Request, proxied: Proxied) {
        let Proxied { mark, body, target } = proxied;
        let target = target.unwrap_or_else(|| request.target());
        let Some(route) = direct(&target, request.source.transport) else {
            return self.respond(&request, &Answer::new(404, "Not Found"));
        };
        let branch = self.mark("z9hG4bK");
        let body = body.map_or_else(|| request.body(), Bytes::from);
        let octets = onward(&request.message(), (&target, &body), (self.local, route.transport()), &branch);
        self.underway.insert(Key::of(&request.message()));
        let number = self.count;
        self.passed.insert(number, Passed { request, mark });
        let sent = Sent { request_uri: target, owner: Owner::Upstream(number) };
        let effects = self.pending.start(branch, sent, (route, octets), Repeat::Request, Instant::now());
        self.perform(effects);
    }

    /// Passes a final response back; without one, nobody has answered (RFC 3261 section 16.8).
    fn pass_back(&mut self, number: u64, response: Option<&Message<'_>>) -> Option<Event> {
        let Passed { request, mark } = self.passed.remove(&number)?;
        let message = request.message();
        let octets = match response {
            Some(response) => back(response, &message, &request.source),
            None => {
                let tag = self.mark("");
                Answer::new(408, "Request Timeout").encode(&message, &request.source, &tag, None)
            }
        };
        let key = Key::of(&message);
        self.underway.remove(&key);
        self.answered.remember(key, octets.clone(), Instant::now());
        self.give(octets, destination(&message, &request.source), &request.source);
        let status = response.and_then(Message::status);
        mark.map(|mark| {
            Event::Concluded(Conclusion { request_uri: request.target(), mark: Some(mark), status })
        })
    }

    /// Sends a request, now or when there is room for it, and says under which branch.
    pub(crate) fn send(&mut self, outgoing: &Outgoing) -> Branch {
        let branch = self.mark("z9hG4bK");
        let way = self.encode(outgoing, &branch);
        let sent = Sent { request_uri: outgoing.request_uri.clone(), owner: outgoing.owner };
        let effects = self.pending.start(branch.clone(), sent, way, outgoing.repeat(), Instant::now());
        self.perform(effects);
        branch
    }

    /// Sends the ACK to a response that accepts the INVITE of that branch, now and whenever that is repeated.
    pub(crate) fn acknowledge(&mut self, invite: &str, ack: &Outgoing) {
        let branch = self.mark("z9hG4bK");
        let ack = self.encode(ack, &branch);
        self.acknowledged.remember(invite.to_owned(), ack.clone(), Instant::now());
        self.perform(vec![Effect::Transmit(ack.0, ack.1)]);
    }

    /// Takes the INVITE of that branch back, if it is not answered yet.
    pub(crate) fn cancel(&mut self, invite: &str) {
        let Some((about, route, octets)) = self.pending.waiting(invite) else { return };
        let sent = Sent { owner: Owner::None, ..about.clone() };
        let way = (route.clone(), beside(&wire::sip::read(octets), "CANCEL", None));
        let effects = self.pending.start(cancel_key(invite), sent, way, Repeat::Request, Instant::now());
        self.perform(effects);
    }

    fn encode(&self, outgoing: &Outgoing, branch: &str) -> (Route, Bytes) {
        let call_id = branch.strip_prefix("z9hG4bK").unwrap_or(branch);
        outgoing.encode(self.local, &Marks { branch, call_id, tag: call_id })
    }

    /// A string that nothing else has; branches, tags and Call-IDs are told apart by where they stand.
    pub(crate) fn mark(&mut self, cookie: &str) -> String {
        self.count += 1;
        let mut mark = format!("{cookie}{}", self.own);
        // Writing to a string does not fail.
        let _ = write!(mark, "{:x}", self.count);
        mark
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Transmit(Route::To(Transport::Udp, address), octets) => {
                    self.datagram(octets, address)
                }
                Effect::Transmit(Route::To(Transport::Tcp, address), octets) => self.stream(octets, address),
                Effect::Transmit(Route::Back(source), octets) => self.give(octets, source.address, &source),
                Effect::TimedOut(sent) => {
                    let event = self.unanswered(sent);
                    self.events.extend(event);
                }
            }
        }
    }

    fn unanswered(&mut self, Sent { request_uri, owner }: Sent) -> Option<Event> {
        match owner {
            Owner::Message(mark) => Some(Event::Concluded(Conclusion { request_uri, mark, status: None })),
            Owner::Call(call) => Some(Event::Answered(call, None)),
            Owner::Upstream(number) => self.pass_back(number, None),
            Owner::None => None,
        }
    }

    /// Sends to where something came from.
    fn give(&self, octets: Bytes, address: SocketAddr, source: &Source) {
        match &source.link {
            // If the connection is gone, so is whoever waited at its other end.
            Some(link) => drop(link.send(octets)),
            None => self.datagram(octets, address),
        }
    }

    fn datagram(&self, octets: Bytes, address: SocketAddr) {
        // The other end lives as long as the runtime.
        let _ = self.datagrams.send((octets, address));
    }

    fn stream(&mut self, octets: Bytes, address: SocketAddr) {
        if let Some(link) = self.links.get(&address) {
            let Err(unsent) = link.send(octets) else { return };
            return self.connect(unsent.0, address);
        }
        self.connect(octets, address);
    }

    fn connect(&mut self, octets: Bytes, address: SocketAddr) {
        while self.tasks.try_join_next().is_some() {}
        let (link, outgoing) = unbounded_channel();
        // What is sent before the connection stands waits for it.
        let _ = link.send(octets);
        self.tasks.spawn(connection::open(address, link.clone(), outgoing, self.arrive.clone()));
        self.links.insert(address, link);
    }
}

/// What an ACK has in common with the INVITE that it belongs to, whatever the answer was; no branch has blanks.
fn final_key(message: &Message<'_>) -> Branch {
    let number = message.cseq().map(|cseq| cseq.number).unwrap_or_default();
    let (call_id, tag) = (message.call_id().unwrap_or_default(), message.from_tag().unwrap_or_default());
    format!("{} {} {number}", call_id.escape_ascii(), tag.escape_ascii())
}

/// A CANCEL has the branch of its INVITE.
fn cancel_key(branch: &str) -> Branch {
    format!("{branch} CANCEL")
}
