//! Sockets and transactions together: requests of others come out, requests of ours go in.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use wire::sip::{HeaderId, Message, Method};

use super::client::{Effect, Pending, Sent};
use super::connection::{self, Arrival};
use super::outgoing::{HOPS, Marks, Outgoing};
use super::response::destination;
use super::route::{Link, Route, Source, Transport};
use super::screen::screen;
use super::server::{Answered, Key};
use crate::carrier::Answer;

/// Messages read and not yet looked at; beyond that, senders over TCP wait and datagrams stay in the socket.
const BACKLOG: usize = 1024;
/// How often to look for a port that is free for both transports.
const ATTEMPTS: usize = 64;

/// Something the user of the stack has to know.
#[derive(Debug)]
pub(crate) enum Event {
    /// An acceptable MESSAGE came; it waits for [`Stack::respond`].
    Request(Request),
    /// A request of ours is over: one that carries a mark, or one that was not accepted.
    Concluded(Conclusion),
}

/// What became of a request of ours.
#[derive(Debug)]
pub(crate) struct Conclusion {
    pub(crate) request: Sent,
    /// The final answer; `None` if nobody answered.
    pub(crate) status: Option<u16>,
}

/// A MESSAGE and where it came from.
#[derive(Debug)]
pub(crate) struct Request {
    octets: Bytes,
    /// Where it came from.
    pub(crate) source: Source,
}

impl Request {
    /// A request that came from there.
    pub(crate) fn new(octets: Bytes, source: Source) -> Self {
        Self { octets, source }
    }

    /// How much further it may go: Max-Forwards, or what stands in for it.
    pub(crate) fn hops(&self) -> u8 {
        let message = self.message();
        let value = message.header(HeaderId::MAX_FORWARDS).map(|header| header.value());
        let digits = value.as_deref().and_then(|value| std::str::from_utf8(value).ok());
        digits.and_then(|digits| digits.trim().parse().ok()).unwrap_or(HOPS)
    }

    /// The body, sharing the octets.
    pub(crate) fn body(&self) -> Bytes {
        self.octets.slice(self.message().body_span())
    }

    /// Its parts.
    pub(crate) fn message(&self) -> Message<'_> {
        wire::sip::decode(&self.octets).value
    }
}

/// One UDP socket and one TCP socket at the same port of the loopback address, and everything above them.
#[derive(Debug)]
pub(crate) struct Stack {
    local: SocketAddr,
    /// Everything that runs beside; it ends with the stack.
    tasks: JoinSet<()>,
    datagrams: UnboundedSender<(Bytes, SocketAddr)>,
    arrivals: Receiver<Arrival>,
    /// For connections that are opened later.
    arrive: Sender<Arrival>,
    links: HashMap<SocketAddr, Link>,
    pending: Pending,
    /// What became of requests, not yet told.
    concluded: VecDeque<Conclusion>,
    answered: Answered,
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
            datagrams,
            arrivals,
            arrive,
            links: HashMap::new(),
            pending: Pending::default(),
            concluded: VecDeque::new(),
            answered: Answered::default(),
            own: format!("{:016x}", rand::random::<u64>()),
            count: 0,
        })
    }

    /// The address of both sockets.
    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Waits for the next event, and does meanwhile what timers and repeated requests demand. Nothing is lost if the
    /// future is dropped.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            if let Some(conclusion) = self.concluded.pop_front() {
                return Event::Concluded(conclusion);
            }
            let wakes = self.pending.wakes();
            tokio::select! {
                // The stack holds a sender itself, so there is always one more arrival to wait for.
                Some(arrival) = self.arrivals.recv() => if let Some(request) = self.take(arrival) {
                    return Event::Request(request);
                },
                () = sleep_until(wakes.unwrap_or_else(Instant::now)), if wakes.is_some() => {
                    let effects = self.pending.due(Instant::now());
                    self.perform(effects);
                }
            }
        }
    }

    fn take(&mut self, Arrival { octets, source }: Arrival) -> Option<Request> {
        let decoded = wire::sip::decode(&octets).value;
        if let Some(status) = decoded.status() {
            let branch = decoded.via_branch().and_then(|branch| std::str::from_utf8(branch).ok())?;
            self.conclude(branch, status);
            return None;
        }
        // Without a Via header nobody knows whom to answer, and an ACK is never answered.
        if decoded.via().is_none() || decoded.method().is_none_or(|method| method == Method::ACK) {
            return None;
        }
        if let Some(answer) = self.answered.find(&Key::of(&decoded)) {
            self.give(answer.clone(), destination(&decoded, &source), &source);
            return None;
        }
        let screened = screen(&decoded, source.transport);
        drop(decoded);
        let request = Request::new(octets, source);
        match screened {
            Ok(()) => Some(request),
            Err(answer) => {
                self.respond(&request, &answer);
                None
            }
        }
    }

    fn conclude(&mut self, branch: &str, status: u16) {
        let (effects, concluded) = self.pending.answered(branch, status, Instant::now());
        let interesting = concluded.filter(|request| request.mark.is_some() || status >= 300);
        self.concluded.extend(interesting.map(|request| Conclusion { request, status: Some(status) }));
        self.perform(effects);
    }

    /// Answers a request, and remembers the answer in case the request is repeated.
    pub(crate) fn respond(&mut self, request: &Request, answer: &Answer) {
        let message = request.message();
        let tag = self.mark("");
        let octets = answer.encode(&message, &request.source, &tag);
        if request.source.transport == Transport::Udp {
            self.answered.remember(Key::of(&message), octets.clone(), Instant::now());
        }
        self.give(octets, destination(&message, &request.source), &request.source);
    }

    /// Sends a request, now or when there is room for it.
    pub(crate) fn send(&mut self, outgoing: &Outgoing) {
        let branch = self.mark("z9hG4bK");
        let call_id = &branch["z9hG4bK".len()..];
        let marks = Marks { branch: &branch, call_id, tag: call_id };
        let way = outgoing.encode(self.local, &marks);
        let sent = Sent { request_uri: outgoing.request_uri.clone(), mark: outgoing.mark };
        let effects = self.pending.start(branch, sent, way, Instant::now());
        self.perform(effects);
    }

    /// A string that nothing else has; branches, tags and Call-IDs are told apart by where they stand.
    fn mark(&mut self, cookie: &str) -> String {
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
                Effect::TimedOut(request) => {
                    self.concluded.push_back(Conclusion { request, status: None });
                }
            }
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

async fn sockets() -> io::Result<(UdpSocket, TcpListener)> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) if attempt == ATTEMPTS => return Err(error),
            Err(_) => {}
        }
    }
}

async fn receive(udp: Arc<UdpSocket>, arrivals: Sender<Arrival>) {
    let mut buffer = vec![0; 1 << 16];
    while !arrivals.is_closed() {
        // What fails here is an earlier datagram of ours, of which the transaction layer learns by silence.
        let Ok((length, address)) = udp.recv_from(&mut buffer).await else { continue };
        let octets = Bytes::copy_from_slice(&buffer[..length]);
        let source = Source { transport: Transport::Udp, address, link: None };
        if arrivals.send(Arrival { octets, source }).await.is_err() {
            return;
        }
    }
}

async fn transmit(udp: Arc<UdpSocket>, mut outgoing: UnboundedReceiver<(Bytes, SocketAddr)>) {
    while let Some((octets, address)) = outgoing.recv().await {
        // As good as lost on the way.
        let _ = udp.send_to(&octets, address).await;
    }
}
