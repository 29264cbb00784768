//! All connections, and the port at which they are accepted.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::connection::run;
use super::writer::Parcel;

/// Requests read and not yet looked at; beyond that, whoever sends has to wait.
const BACKLOG: usize = 32;
/// Parcels that wait on a connection; whoever reads so slowly that there are more loses it.
const MOST_PARCELS: usize = 1 << 16;
/// Connections that are accepted at a time.
const MOST_CONNECTIONS: usize = 4096;
/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);

/// What a connection is called here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(u64);

/// Something that happened on a connection.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// Somebody opened it.
    Accepted(ConnectionId, Link),
    /// A request or response came.
    Whole(ConnectionId, Bytes),
    /// The beginning of a request came that is longer than anything that is read.
    TooLarge(ConnectionId, Bytes),
    /// It has ended, or never stood.
    Closed(ConnectionId),
}

/// This side of a connection. The connection ends when this does, after what was sent is written.
#[derive(Debug)]
pub(crate) struct Link {
    parcels: Sender<Parcel>,
    _needed: oneshot::Sender<()>,
}

/// All connections.
#[derive(Debug)]
pub(crate) struct Network {
    local: SocketAddr,
    /// Everything that runs beside; it ends with the network.
    tasks: JoinSet<()>,
    arrivals: Receiver<Arrival>,
    /// For connections that are opened later.
    arrive: Sender<Arrival>,
    links: HashMap<ConnectionId, Link>,
    count: Arc<AtomicU64>,
}

impl Network {
    /// Binds a port of the loopback address.
    pub(crate) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let local = listener.local_addr()?;
        let (arrive, arrivals) = channel(BACKLOG);
        let count = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, arrive.clone(), Arc::clone(&count)));
        Ok(Self { local, tasks, arrivals, arrive, links: HashMap::new(), count })
    }

    /// The address at which connections are accepted.
    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Waits for the next event. Nothing is lost if the future is dropped.
    pub(crate) async fn next(&mut self) -> Arrival {
        loop {
            match self.arrivals.recv().await {
                Some(Arrival::Accepted(id, link)) => {
                    self.links.insert(id, link);
                }
                Some(Arrival::Closed(id)) => {
                    self.links.remove(&id);
                    return Arrival::Closed(id);
                }
                Some(arrival) => return arrival,
                // The network holds a sender itself, so this does not happen.
                None => std::future::pending().await,
            }
        }
    }

    /// Opens a connection. What is sent before it stands waits for it.
    pub(crate) fn open(&mut self, address: SocketAddr) -> ConnectionId {
        while self.tasks.try_join_next().is_some() {}
        let id = next_id(&self.count);
        let (parcels, waiting) = channel(MOST_PARCELS);
        let (needed, is_needed) = oneshot::channel();
        let arrive = self.arrive.clone();
        self.tasks.spawn(async move {
            match TcpStream::connect(address).await {
                Ok(stream) => run(stream, id, waiting, is_needed, arrive).await,
                // If nobody listens, everything is at its end.
                Err(_) => drop(arrive.send(Arrival::Closed(id)).await),
            }
        });
        self.links.insert(id, Link { parcels, _needed: needed });
        id
    }

    /// Writes something on a connection. If that has gone, [`Arrival::Closed`] says so.
    pub(crate) fn send(&mut self, id: ConnectionId, parcel: Parcel) {
        let Some(link) = self.links.get(&id) else { return };
        if let Err(TrySendError::Full(_)) = link.parcels.try_send(parcel) {
            self.close(id);
        }
    }

    /// Ends a connection, after what was sent is written.
    pub(crate) fn close(&mut self, id: ConnectionId) {
        self.links.remove(&id);
    }
}

fn next_id(count: &AtomicU64) -> ConnectionId {
    ConnectionId(count.fetch_add(1, Ordering::Relaxed))
}

/// Accepts connections for ever; they end when this does.
async fn accept(listener: TcpListener, arrive: Sender<Arrival>, count: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= MOST_CONNECTIONS {
            connections.join_next().await;
        }
        let Ok((stream, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let id = next_id(&count);
        let (parcels, waiting) = channel(MOST_PARCELS);
        let (needed, is_needed) = oneshot::channel();
        if arrive.send(Arrival::Accepted(id, Link { parcels, _needed: needed })).await.is_err() {
            return;
        }
        connections.spawn(run(stream, id, waiting, is_needed, arrive.clone()));
    }
}
