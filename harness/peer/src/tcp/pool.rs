//! All connections of one protocol.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::connection::{Connection, Protocol, Side};
use super::stream;
use crate::Limits;
use crate::exchange::Exchange;
use crate::lock::lock;

/// The connections of one protocol, accepted and opened alike.
#[derive(Debug)]
pub(crate) struct Pool {
    protocol: Protocol,
    limits: Limits,
    runtime: Handle,
    /// Octets of unfinished messages on all connections.
    unfinished: AtomicUsize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_id: HashMap<u64, Entry>,
    /// The newest to each address of the other side.
    by_remote: HashMap<SocketAddr, u64>,
    /// The id of the newest connection; they count from 1.
    newest: u64,
    /// No more tasks are started.
    shut: bool,
}

#[derive(Debug)]
struct Entry {
    connection: Arc<Connection>,
    task: AbortHandle,
}

impl Pool {
    /// An empty pool whose tasks run on that runtime.
    pub(crate) fn new(protocol: Protocol, limits: Limits, runtime: Handle) -> Self {
        Self { protocol, limits, runtime, unfinished: AtomicUsize::new(0), entries: Mutex::default() }
    }

    /// The connection to that address; if there is none, one is opened, and what is sent waits for it.
    pub(crate) fn get_or_open(&self, exchange: &Arc<Exchange>, remote: SocketAddr) -> Arc<Connection> {
        let mut entries = lock(&self.entries);
        let known = entries.by_remote.get(&remote).and_then(|id| entries.by_id.get(id));
        match known.map(|entry| entry.connection.clone()) {
            Some(connection) => connection,
            None => self.open_in(&mut entries, exchange, remote),
        }
    }

    /// The connection to that address, if there is one.
    pub(crate) fn get(&self, remote: SocketAddr) -> Option<Arc<Connection>> {
        let entries = lock(&self.entries);
        let known = entries.by_remote.get(&remote).and_then(|id| entries.by_id.get(id));
        known.map(|entry| entry.connection.clone())
    }

    /// A new connection to that address, whatever others there are.
    pub(crate) fn open(&self, exchange: &Arc<Exchange>, remote: SocketAddr) -> Arc<Connection> {
        self.open_in(&mut lock(&self.entries), exchange, remote)
    }

    fn open_in(
        &self,
        entries: &mut Entries,
        exchange: &Arc<Exchange>,
        remote: SocketAddr,
    ) -> Arc<Connection> {
        let connection = entries.next(self.protocol, Side::Here, remote, &self.limits);
        entries.insert(&connection, |connection| {
            self.runtime.spawn(stream::opened(exchange.clone(), connection)).abort_handle()
        });
        connection
    }

    /// Takes over a connection that the other side has opened, unless there are too many that are needed.
    pub(crate) fn accept(&self, exchange: &Arc<Exchange>, socket: TcpStream, remote: SocketAddr) {
        if self.is_full() {
            exchange.release_unused(self.protocol);
        }
        let mut entries = lock(&self.entries);
        if entries.by_id.len() >= self.limits.connections {
            drop(entries);
            exchange.refused();
            return;
        }
        let connection = entries.next(self.protocol, Side::There, remote, &self.limits);
        entries.insert(&connection, |connection| {
            self.runtime.spawn(stream::accepted(exchange.clone(), connection, socket)).abort_handle()
        });
    }

    fn is_full(&self) -> bool {
        lock(&self.entries).by_id.len() >= self.limits.connections
    }

    /// The connections that the other side has opened and messages have come on.
    pub(crate) fn accepted(&self) -> Vec<Arc<Connection>> {
        let entries = lock(&self.entries);
        let connections = entries.by_id.values().map(|entry| &entry.connection);
        connections.filter(|it| it.opened_by() == Side::There && it.is_used()).cloned().collect()
    }

    /// Has a connection closed when everything is written; it counts no more.
    pub(crate) fn retire(&self, connection: &Connection) {
        self.remove(connection);
        connection.finish();
    }

    /// A connection holds so many octets of an unfinished message now, after so many before. Whether all connections
    /// together may hold that much.
    pub(super) fn holds(&self, before: usize, now: usize) -> bool {
        if now <= before {
            self.unfinished.fetch_sub(before - now, Ordering::Relaxed);
            return true;
        }
        let growth = now - before;
        self.unfinished.fetch_add(growth, Ordering::Relaxed) + growth <= self.limits.unfinished
    }

    /// Forgets a connection that is over.
    pub(crate) fn remove(&self, connection: &Connection) {
        let mut entries = lock(&self.entries);
        let (id, remote) = (connection.id(), connection.remote());
        entries.by_id.remove(&id);
        if entries.by_remote.get(&remote) == Some(&id) {
            entries.by_remote.remove(&remote);
        }
    }

    /// Ends all connections; none is opened afterwards.
    pub(crate) fn shut(&self) {
        let mut entries = lock(&self.entries);
        entries.shut = true;
        entries.by_remote.clear();
        for (_, entry) in entries.by_id.drain() {
            entry.task.abort();
            entry.connection.cut("the network is closed", "closed with the network");
        }
    }
}

impl Entries {
    fn next(
        &mut self,
        protocol: Protocol,
        opened_by: Side,
        remote: SocketAddr,
        limits: &Limits,
    ) -> Arc<Connection> {
        self.newest += 1;
        Arc::new(Connection::opening(self.newest, protocol, opened_by, remote, limits.unsent))
    }

    fn insert(&mut self, connection: &Arc<Connection>, spawn: impl FnOnce(Arc<Connection>) -> AbortHandle) {
        if !self.shut {
            let task = spawn(connection.clone());
            self.by_remote.insert(connection.remote(), connection.id());
            self.by_id.insert(connection.id(), Entry { connection: connection.clone(), task });
        }
    }
}
