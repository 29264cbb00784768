//! One connection, as those see it who send on it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};

use super::outbox::Outbox;
use crate::lock::lock;
use crate::member::Member;

/// A list of users is looked through for those who left when it has grown to this.
const SWEEP: usize = 64;

/// Octets that wait to be written while pieces of long messages get their turns.
const ROOM: usize = 64 << 10;

/// What is spoken on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Sip,
    Msrp,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Here,
    There,
}

/// How far a connection has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    Open,
    /// With what happened to it.
    Over(Arc<str>),
}

/// A TCP connection that is being opened, open or closed.
#[derive(Debug)]
pub(crate) struct Connection {
    id: u64,
    protocol: Protocol,
    opened_by: Side,
    remote: SocketAddr,
    /// Set as soon as it is open.
    socket: OnceLock<TcpStream>,
    outgoing: Mutex<Outgoing>,
    /// Wakes the writer when something waits that the system would not take at once, or when the socket is there.
    pub(super) wake: Notify,
    /// Wakes those who wait for room in the outbox.
    room: Notify,
    stage: watch::Sender<Stage>,
    /// Whoever holds it writes the next piece of a long message; those who wait get it in their order.
    turn: tokio::sync::Mutex<()>,
    users: Mutex<Users>,
    has_requests: AtomicBool,
    /// Octets that may wait.
    limit: usize,
}

#[derive(Debug)]
enum Outgoing {
    Open(Outbox),
    /// What is left is written, and then it is closed.
    Closing(Outbox),
    Closed(&'static str),
}

/// The peers whose messages it carried, and what they are told when they first use it.
#[derive(Debug)]
struct Users {
    members: Vec<Weak<Member>>,
    state: Option<&'static str>,
    sweep_at: usize,
}

/// When octets go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// At once.
    Now,
    /// With others, at the next [`Connection::flush`].
    WithNextFlush,
}

impl Connection {
    /// One that is yet to be opened.
    pub(super) fn opening(
        id: u64,
        protocol: Protocol,
        opened_by: Side,
        remote: SocketAddr,
        limit: usize,
    ) -> Self {
        Self {
            id,
            protocol,
            opened_by,
            remote,
            socket: OnceLock::new(),
            outgoing: Mutex::new(Outgoing::Open(Outbox::default())),
            wake: Notify::new(),
            room: Notify::new(),
            stage: watch::Sender::new(Stage::Opening),
            turn: tokio::sync::Mutex::new(()),
            users: Mutex::new(Users { members: Vec::new(), state: None, sweep_at: SWEEP }),
            has_requests: AtomicBool::new(false),
            limit,
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Who opened it.
    pub(crate) fn opened_by(&self) -> Side {
        self.opened_by
    }

    /// The address of the other side.
    pub(crate) fn remote(&self) -> SocketAddr {
        self.remote
    }

    /// The socket, once it is open.
    pub(super) fn socket(&self) -> Option<&TcpStream> {
        self.socket.get()
    }

    /// It is open now: what waits is written, and its users are told.
    pub(super) fn open(&self, socket: TcpStream, how: &'static str) {
        // Without it a small segment waits for the acknowledgement of the one before. That costs time, not correctness.
        let _ = socket.set_nodelay(true);
        let _ = self.socket.set(socket);
        self.stage.send_if_modified(|stage| {
            let opens = *stage == Stage::Opening;
            if opens {
                *stage = Stage::Open;
            }
            opens
        });
        let members = {
            let mut users = lock(&self.users);
            users.state = Some(how);
            users.present()
        };
        for member in members {
            member.connection(self.remote, how);
        }
        self.flush();
    }

    /// Gives segments to the connection; several are written one by one.
    ///
    /// # Errors
    /// It is closed, or the other side does not read: too much waits already.
    pub(crate) fn send(&self, segments: &[Bytes], urgency: Urgency) -> Result<(), &'static str> {
        let mut outgoing = lock(&self.outgoing);
        let outbox = match &mut *outgoing {
            Outgoing::Closed(why) => return Err(why),
            Outgoing::Closing(_) => return Err("the connection is being closed"),
            Outgoing::Open(outbox) => outbox,
        };
        if outbox.len() + segments.iter().map(Bytes::len).sum::<usize>() > self.limit {
            return Err("the other side does not read: too many octets wait to be written");
        }
        let alone = segments.len() > 1;
        for segment in segments {
            outbox.push(segment.clone(), alone);
        }
        drop(outgoing);
        if urgency == Urgency::Now {
            self.flush();
        }
        Ok(())
    }

    /// Writes as much as the system takes; the writer does the rest.
    pub(crate) fn flush(&self) {
        let Some(socket) = self.socket() else { return };
        let mut outgoing = lock(&self.outgoing);
        let (Outgoing::Open(outbox) | Outgoing::Closing(outbox)) = &mut *outgoing else { return };
        if outbox.write_to(socket).is_err() {
            // The reader sees the same error, and closes the connection.
            outbox.clear();
        }
        let (idle, room) = (outbox.is_empty(), outbox.len() < ROOM);
        drop(outgoing);
        if !idle {
            self.wake.notify_one();
        }
        if room {
            self.room.notify_one();
        }
    }

    /// Whether nothing waits to be written.
    pub(super) fn is_idle(&self) -> bool {
        match &*lock(&self.outgoing) {
            Outgoing::Open(outbox) | Outgoing::Closing(outbox) => outbox.is_empty(),
            Outgoing::Closed(_) => true,
        }
    }

    /// Whether it is to be closed, and everything is written.
    pub(super) fn is_finished(&self) -> bool {
        matches!(&*lock(&self.outgoing), Outgoing::Closing(outbox) if outbox.is_empty())
    }

    /// Waits for the turn of a piece of a long message, then until what waits already is little. Messages that are
    /// sent at the same time so get their turns one after the other (RFC 4975 section 7.1.1), and what waits stays
    /// small however long they are.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        let turn = self.turn.lock().await;
        while self.is_crowded() {
            self.room.notified().await;
        }
        turn
    }

    fn is_crowded(&self) -> bool {
        match &*lock(&self.outgoing) {
            Outgoing::Open(outbox) | Outgoing::Closing(outbox) => outbox.len() >= ROOM.min(self.limit),
            Outgoing::Closed(_) => false,
        }
    }

    /// Waits until it is open.
    ///
    /// # Errors
    /// What happened to it instead.
    pub(crate) async fn opened(&self) -> Result<(), Arc<str>> {
        let mut stage = self.stage.subscribe();
        match stage.wait_for(|stage| *stage != Stage::Opening).await.as_deref() {
            Ok(Stage::Over(why)) => Err(why.clone()),
            _ => Ok(()),
        }
    }

    /// Has it closed as soon as everything is written.
    pub(crate) fn finish(&self) {
        let mut outgoing = lock(&self.outgoing);
        if let Outgoing::Open(outbox) = &mut *outgoing {
            *outgoing = Outgoing::Closing(std::mem::take(outbox));
        }
        drop(outgoing);
        self.wake.notify_one();
    }

    /// Nothing more can be sent from here on; its users are told.
    pub(super) fn close(&self, why: &'static str, detail: &str) {
        self.cut(why, detail);
        for member in self.users() {
            member.connection(self.remote, detail);
        }
    }

    /// Nothing more can be sent from here on, and whoever waits for it is woken.
    pub(super) fn cut(&self, why: &'static str, detail: &str) {
        *lock(&self.outgoing) = Outgoing::Closed(why);
        self.room.notify_one();
        self.stage.send_replace(Stage::Over(detail.into()));
    }

    /// It carries a request of a client transaction.
    pub(crate) fn carries_request(&self) {
        self.has_requests.store(true, Ordering::Relaxed);
    }

    /// Whether a client transaction may wait on it.
    pub(crate) fn has_requests(&self) -> bool {
        self.has_requests.load(Ordering::Relaxed)
    }

    /// A message of that member goes over it. The first time the member is told what sort of connection it is.
    pub(crate) fn used_by(&self, member: &Arc<Member>) {
        let mut users = lock(&self.users);
        if users.knows(member) {
            return;
        }
        users.add(member);
        if let Some(state) = users.state {
            drop(users);
            member.connection(self.remote, state);
        }
    }

    /// Whether it has ever carried a message of a peer.
    pub(super) fn is_used(&self) -> bool {
        !lock(&self.users).members.is_empty()
    }

    /// The members whose messages it carried and who are still there.
    pub(crate) fn users(&self) -> Vec<Arc<Member>> {
        lock(&self.users).present()
    }
}

impl Users {
    fn knows(&self, member: &Arc<Member>) -> bool {
        // The latest first: a volume scenario has one peer.
        self.members.iter().rev().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(member)))
    }

    fn add(&mut self, member: &Arc<Member>) {
        if self.members.len() >= self.sweep_at {
            self.members.retain(|known| known.upgrade().is_some_and(|member| !member.has_left()));
            self.sweep_at = SWEEP.max(self.members.len() * 2);
        }
        self.members.push(Arc::downgrade(member));
    }

    fn present(&self) -> Vec<Arc<Member>> {
        self.members.iter().filter_map(Weak::upgrade).filter(|member| !member.has_left()).collect()
    }
}
