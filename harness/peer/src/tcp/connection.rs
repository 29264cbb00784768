//! One connection, as those see it who send on it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::outbox::Outbox;
use crate::lock::lock;
use crate::member::Member;

/// A list of users is looked through for those who left when it has grown to this.
const SWEEP: usize = 64;

/// A TCP connection that is being opened, open or closed.
#[derive(Debug)]
pub(crate) struct Connection {
    id: u64,
    remote: SocketAddr,
    /// Set as soon as it is open.
    socket: OnceLock<TcpStream>,
    outgoing: Mutex<Outgoing>,
    /// Wakes the writer when something waits that the system would not take at once, or when the socket is there.
    pub(super) wake: Notify,
    users: Mutex<Users>,
    has_requests: AtomicBool,
    /// Octets that may wait.
    limit: usize,
}

#[derive(Debug)]
enum Outgoing {
    Open(Outbox),
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
    pub(super) fn opening(id: u64, remote: SocketAddr, limit: usize) -> Self {
        Self {
            id,
            remote,
            socket: OnceLock::new(),
            outgoing: Mutex::new(Outgoing::Open(Outbox::default())),
            wake: Notify::new(),
            users: Mutex::new(Users { members: Vec::new(), state: None, sweep_at: SWEEP }),
            has_requests: AtomicBool::new(false),
            limit,
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
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
        let Outgoing::Open(outbox) = &mut *outgoing else { return };
        if outbox.write_to(socket).is_err() {
            // The reader sees the same error, and closes the connection.
            outbox.clear();
        }
        if !outbox.is_empty() {
            drop(outgoing);
            self.wake.notify_one();
        }
    }

    /// Whether nothing waits to be written.
    pub(super) fn is_idle(&self) -> bool {
        match &*lock(&self.outgoing) {
            Outgoing::Open(outbox) => outbox.is_empty(),
            Outgoing::Closed(_) => true,
        }
    }

    /// Nothing more can be sent from here on; its users are told.
    pub(super) fn close(&self, why: &'static str, detail: &str) {
        *lock(&self.outgoing) = Outgoing::Closed(why);
        for member in self.users() {
            member.connection(self.remote, detail);
        }
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
