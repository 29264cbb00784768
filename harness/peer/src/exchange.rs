//! Where transactions, users, records and transports meet.

mod acknowledged;
mod chunks;
mod dialogs;
mod hangup;
mod inviting;
mod msrp;
mod receive;
mod send;

use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use bytes::Bytes;
use record::{Ending, EventId, Purpose, Transport};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::directory::Directory;
use crate::lock::lock;
use crate::member::Member;
use crate::msrp::Chunks;
use crate::pending::Outstanding;
use crate::session::Registry;
use crate::tcp::{Connection, Pool, Protocol};
use crate::transaction::{ClientTable, Due, Key, Keys, ServerTable, Unacknowledged};
use crate::udp::Udp;
use crate::{Config, Unclaimed};

use acknowledged::Accepted;
use chunks::OpenChunk;
pub(crate) use inviting::Inviting;

/// How many retransmissions are taken out of the table under one lock.
const BATCH: usize = 64;

/// Everything that the tasks and the peers of one network share.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) config: Config,
    pub(crate) addresses: Addresses,
    pub(crate) directory: Directory,
    pub(crate) udp: Udp,
    sip: Pool,
    msrp: Pool,
    runtime: Handle,
    /// Wakes the clock when a deadline is earlier than all before it.
    pub(crate) alarm: Notify,
    keys: Keys,
    /// Requests so far whose responses cannot be told.
    unmatched: AtomicU64,
    clients: Mutex<ClientTable<Arc<Outstanding>>>,
    servers: Mutex<ServerTable<Served>>,
    unacknowledged: Mutex<Unacknowledged<Arc<Accepted>>>,
    sessions: Registry,
    chunks: Mutex<Chunks<OpenChunk>>,
    unclaimed: Mutex<Unclaimed>,
}

/// Where a network can be reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) sip: SocketAddr,
    pub(crate) msrp: SocketAddr,
}

/// Whose a server transaction is.
#[derive(Clone, Debug)]
struct Served {
    member: Arc<Member>,
    request: EventId,
    answer: Option<EventId>,
}

/// What a message came over, and what its answer goes back over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    /// A datagram from that address.
    Datagram(SocketAddr),
    /// A connection. Answers are queued on it; whoever reads it flushes it.
    Stream(&'a Arc<Connection>),
}

impl Origin<'_> {
    pub(crate) fn transport(self) -> Transport {
        match self {
            Self::Datagram(_) => Transport::Udp,
            Self::Stream(connection) => match connection.protocol() {
                Protocol::Sip => Transport::Tcp,
                Protocol::Msrp => Transport::Msrp,
            },
        }
    }

    pub(crate) fn address(self) -> SocketAddr {
        match self {
            Self::Datagram(from) => from,
            Self::Stream(connection) => connection.remote(),
        }
    }
}

impl Exchange {
    pub(crate) fn new(config: Config, addresses: Addresses, udp: Udp, runtime: Handle) -> Self {
        let (timers, limits) = (config.timers, config.limits);
        Self {
            addresses,
            directory: Directory::default(),
            udp,
            sip: Pool::new(Protocol::Sip, limits, runtime.clone()),
            msrp: Pool::new(Protocol::Msrp, limits, runtime.clone()),
            runtime,
            alarm: Notify::new(),
            keys: Keys::default(),
            unmatched: AtomicU64::new(0),
            clients: Mutex::new(ClientTable::new(timers)),
            servers: Mutex::new(ServerTable::new(timers, limits.server_transactions)),
            unacknowledged: Mutex::new(Unacknowledged::new(timers, limits.server_transactions)),
            sessions: Registry::new(limits.sessions),
            chunks: Mutex::new(Chunks::new(timers.msrp)),
            unclaimed: Mutex::default(),
            config,
        }
    }

    /// The connections of a protocol.
    pub(crate) fn pool(&self, protocol: Protocol) -> &Pool {
        match protocol {
            Protocol::Sip => &self.sip,
            Protocol::Msrp => &self.msrp,
        }
    }

    /// What concerned no peer so far.
    pub(crate) fn unclaimed(&self) -> Unclaimed {
        let forgotten = self.servers().evicted();
        Unclaimed { forgotten, ..lock(&self.unclaimed).clone() }
    }

    /// A connection was refused.
    pub(crate) fn refused(&self) {
        lock(&self.unclaimed).connections += 1;
    }

    /// A peer is gone. Its sessions end with BYE; its transactions run out by themselves, without a sound.
    pub(crate) fn leave(self: &Arc<Self>, member: &Arc<Member>) {
        self.leave_sessions(member);
        member.leave();
        self.directory.remove(member);
    }

    /// Ends a transaction before its time.
    pub(crate) fn abandon(&self, key: &Key, outstanding: &Arc<Outstanding>) {
        let mut clients = self.clients();
        let is_same = clients.owner(key).is_some_and(|owner| Arc::ptr_eq(owner, outstanding));
        if is_same && clients.remove(key).is_some() {
            drop(clients);
            outstanding.end(Ending::TimedOut);
        }
    }

    /// A connection is gone: what waits on it will get no answer.
    pub(crate) fn broken(&self, connection: &Connection, why: &str) {
        if connection.protocol() == Protocol::Msrp {
            return self.sessions_broken(connection, why);
        }
        if connection.has_requests() {
            let lost = self.clients().remove_where(|outstanding| outstanding.connection == connection.id());
            for outstanding in lost {
                outstanding.end(Ending::Broken(why.into()));
            }
        }
    }

    /// The network is gone: nobody gets an answer any more.
    pub(crate) fn shut(&self) {
        self.sip.shut();
        self.msrp.shut();
        self.shut_sessions();
        let lost = self.clients().remove_where(|_| true);
        for outstanding in lost {
            outstanding.end(Ending::Broken("the network is closed".into()));
        }
    }

    /// When [`Self::expire`] has something to do at the earliest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let sip = [self.clients().deadline(), self.servers().deadline()];
        let sessions = [self.unacknowledged().deadline(), self.chunks().deadline()];
        sip.into_iter().chain(sessions).flatten().min()
    }

    /// Does what is due.
    pub(crate) fn expire(self: &Arc<Self>, now: Instant) {
        self.servers().expire(now);
        self.expire_chunks(now);
        self.remind(now);
        let mut due = Vec::with_capacity(BATCH);
        loop {
            {
                let mut clients = self.clients();
                due.extend(std::iter::from_fn(|| clients.poll(now)).take(BATCH));
            }
            if due.is_empty() {
                return;
            }
            for what in due.drain(..) {
                self.carry_out(what);
            }
        }
    }

    fn carry_out(&self, due: Due<Arc<Outstanding>>) {
        match due {
            Due::TimedOut(outstanding) => outstanding.end(Ending::TimedOut),
            Due::Retransmit { request, owner } if !owner.member.has_left() => {
                let purpose = Purpose::Retransmission(owner.request);
                owner.member.sent(request.clone(), Transport::Udp, owner.to, purpose);
                self.datagram(&owner.member, request, owner.to);
            }
            Due::Retransmit { .. } => {}
        }
    }

    /// Sends a datagram that stands in the record already.
    fn datagram(&self, member: &Member, octets: Bytes, to: SocketAddr) {
        if let Err(error) = self.udp.send(octets, to) {
            member.note(format!("a datagram to {to} could not be sent: {error}"));
        }
    }

    fn unacknowledged(&self) -> MutexGuard<'_, Unacknowledged<Arc<Accepted>>> {
        lock(&self.unacknowledged)
    }

    fn chunks(&self) -> MutexGuard<'_, Chunks<OpenChunk>> {
        lock(&self.chunks)
    }

    fn clients(&self) -> MutexGuard<'_, ClientTable<Arc<Outstanding>>> {
        lock(&self.clients)
    }

    fn servers(&self) -> MutexGuard<'_, ServerTable<Served>> {
        lock(&self.servers)
    }

    /// Wakes the clock if the earliest deadline of a table has come nearer.
    fn arm(&self, before: Option<Instant>, after: Option<Instant>) {
        if after.is_some_and(|after| before.is_none_or(|before| after < before)) {
            self.alarm.notify_one();
        }
    }
}
