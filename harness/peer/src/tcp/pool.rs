//! All connections of a network.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::connection::Connection;
use super::stream;
use crate::Limits;
use crate::exchange::Exchange;
use crate::lock::lock;

/// Connections by the address of the other side, accepted and opened alike.
#[derive(Debug)]
pub(crate) struct Pool {
    limits: Limits,
    runtime: Handle,
    /// Octets of unfinished messages on all connections.
    unfinished: AtomicUsize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_remote: HashMap<SocketAddr, Entry>,
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
    pub(crate) fn new(limits: Limits, runtime: Handle) -> Self {
        Self { limits, runtime, unfinished: AtomicUsize::new(0), entries: Mutex::default() }
    }

    /// The connection to that address; if there is none, one is opened, and what is sent waits for it.
    pub(crate) fn get_or_open(&self, exchange: &Arc<Exchange>, remote: SocketAddr) -> Arc<Connection> {
        let mut entries = lock(&self.entries);
        if let Some(entry) = entries.by_remote.get(&remote) {
            return entry.connection.clone();
        }
        let connection = entries.next(remote, &self.limits);
        entries.insert(&connection, |connection| {
            self.runtime.spawn(stream::opened(exchange.clone(), connection)).abort_handle()
        });
        connection
    }

    /// Takes over a connection that the other side has opened, unless there are too many.
    pub(crate) fn accept(&self, exchange: &Arc<Exchange>, socket: TcpStream, remote: SocketAddr) {
        let mut entries = lock(&self.entries);
        if entries.by_remote.len() >= self.limits.connections {
            drop(entries);
            exchange.refused();
            return;
        }
        let connection = entries.next(remote, &self.limits);
        entries.insert(&connection, |connection| {
            self.runtime.spawn(stream::accepted(exchange.clone(), connection, socket)).abort_handle()
        });
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
    pub(super) fn remove(&self, connection: &Connection) {
        let mut entries = lock(&self.entries);
        let known = entries.by_remote.get(&connection.remote());
        if known.is_some_and(|entry| entry.connection.id() == connection.id()) {
            entries.by_remote.remove(&connection.remote());
        }
    }

    /// Ends all connections; none is opened afterwards.
    pub(crate) fn shut(&self) {
        let mut entries = lock(&self.entries);
        entries.shut = true;
        for (_, entry) in entries.by_remote.drain() {
            entry.task.abort();
        }
    }
}

impl Entries {
    fn next(&mut self, remote: SocketAddr, limits: &Limits) -> Arc<Connection> {
        self.newest += 1;
        Arc::new(Connection::opening(self.newest, remote, limits.unsent))
    }

    fn insert(&mut self, connection: &Arc<Connection>, spawn: impl FnOnce(Arc<Connection>) -> AbortHandle) {
        if !self.shut {
            let task = spawn(connection.clone());
            self.by_remote.insert(connection.remote(), Entry { connection: connection.clone(), task });
        }
    }
}
