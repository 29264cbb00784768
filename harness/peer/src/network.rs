//! The sockets that all peers share.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;

use record::Recorder;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::runtime::Handle;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::AbortHandle;

use crate::exchange::{Addresses, Exchange};
use crate::member::{Member, Queues};
use crate::peer::Arrivals;
use crate::udp::Udp;
use crate::{Config, Peer, Unclaimed, clock, tcp, udp};

/// Attempts to find a port that is free for both transports.
const ATTEMPTS: u32 = 64;

/// What a burst of datagrams may fill before they are taken in.
const SOCKET_BUFFER: usize = 4 << 20;

/// Connections that wait to be accepted.
const WAITING: i32 = 1024;

/// One UDP socket and one TCP listener on the same port for SIP, a TCP listener for MSRP, and the peers that live behind them. Cheap to clone; the
/// sockets are closed when the last clone and the last [`Peer`] are gone.
#[derive(Clone, Debug)]
pub struct Network(Arc<Running>);

#[derive(Debug)]
struct Running {
    exchange: Arc<Exchange>,
    tasks: [AbortHandle; 5],
}

/// The sockets could not be had. That is the harness's or its environment's trouble, never the IUT's.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address} for {transport}: {source}; choose another address or a port that is free, that of SIP for both UDP and TCP"
)]
pub struct BindError {
    /// The address asked for.
    pub address: SocketAddr,
    /// The transport that failed.
    pub transport: record::Transport,
    /// What the system says.
    pub source: io::Error,
}

impl Network {
    /// Binds all sockets and begins to serve them, on the runtime of the caller.
    ///
    /// # Errors
    /// The address is not one of this host, or the port is taken; with port 0, no port was free for both transports
    /// after many attempts.
    pub async fn bind(config: Config) -> Result<Self, BindError> {
        let (udp, tcp) = sockets(&config)?;
        let failed = |transport| {
            let port = if transport == record::Transport::Msrp { config.msrp_port } else { config.port };
            let address = SocketAddr::new(config.ip, port);
            move |source| BindError { address, transport, source }
        };
        let msrp_failed = failed(record::Transport::Msrp);
        let msrp = tcp_listener(SocketAddr::new(config.ip, config.msrp_port)).map_err(&msrp_failed)?;
        let msrp = tokio::net::TcpListener::from_std(msrp).map_err(&msrp_failed)?;
        let msrp_address = msrp.local_addr().map_err(&msrp_failed)?;
        let udp = tokio::net::UdpSocket::from_std(udp).map_err(failed(record::Transport::Udp))?;
        let listener = tokio::net::TcpListener::from_std(tcp).map_err(failed(record::Transport::Tcp))?;
        // Until the system has reported it writable once, a send would be put off instead of tried.
        udp.writable().await.map_err(failed(record::Transport::Udp))?;
        let address = udp.local_addr().map_err(failed(record::Transport::Udp))?;
        let udp = Udp::new(udp, config.limits.unsent);
        let addresses = Addresses { sip: address, msrp: msrp_address };
        let exchange = Arc::new(Exchange::new(config, addresses, udp, Handle::current()));
        let tasks = [
            tokio::spawn(udp::read(exchange.clone())),
            tokio::spawn(udp::write(exchange.clone())),
            tokio::spawn(tcp::accept(exchange.clone(), tcp::Protocol::Sip, listener)),
            tokio::spawn(tcp::accept(exchange.clone(), tcp::Protocol::Msrp, msrp)),
            tokio::spawn(clock::run(exchange.clone())),
        ]
        .map(|task| task.abort_handle());
        Ok(Self(Arc::new(Running { exchange, tasks })))
    }

    /// The address of both sockets of SIP.
    pub fn address(&self) -> SocketAddr {
        self.0.exchange.addresses.sip
    }

    /// The address of the socket of MSRP, which stands in the URIs of all sessions.
    pub fn msrp_address(&self) -> SocketAddr {
        self.0.exchange.addresses.msrp
    }

    /// A new peer with that user part, called `name` in the scenario whose record it writes. A user part that is taken
    /// passes to the new peer.
    pub fn join(&self, user: &str, name: &str, recorder: &Recorder) -> Peer {
        let (requests_in, requests) = unbounded_channel();
        let (strays_in, strays) = unbounded_channel();
        let (sessions_in, sessions) = unbounded_channel();
        let queues = Queues { requests: requests_in, strays: strays_in, sessions: sessions_in };
        let limit = self.0.exchange.config.limits.received;
        let member = Arc::new(Member::new(user, name, recorder.clone(), limit, queues));
        self.0.exchange.directory.add(member.clone());
        Peer::new(self.clone(), member, Arrivals { requests, strays, sessions })
    }

    /// What arrived so far and concerns no peer.
    pub fn unclaimed(&self) -> Unclaimed {
        self.0.exchange.unclaimed()
    }

    pub(crate) fn exchange(&self) -> &Arc<Exchange> {
        &self.0.exchange
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.exchange.shut();
    }
}

/// Both sockets on one port; if any port will do, one that is free for both.
fn sockets(config: &Config) -> Result<(UdpSocket, TcpListener), BindError> {
    let mut attempt = 1;
    loop {
        match pair(config) {
            Err(error) if config.port == 0 && attempt < ATTEMPTS && is_taken(&error) => attempt += 1,
            other => return other,
        }
    }
}

fn is_taken(error: &BindError) -> bool {
    error.source.kind() == io::ErrorKind::AddrInUse
}

fn pair(config: &Config) -> Result<(UdpSocket, TcpListener), BindError> {
    let address = SocketAddr::new(config.ip, config.port);
    let udp = udp_socket(address).map_err(|source| BindError {
        address,
        transport: record::Transport::Udp,
        source,
    })?;
    let address = udp.local_addr().unwrap_or(address);
    let tcp = tcp_listener(address).map_err(|source| BindError {
        address,
        transport: record::Transport::Tcp,
        source,
    })?;
    Ok((udp, tcp))
}

fn udp_socket(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    // As much as the system allows; with less, a burst may be lost, and is retransmitted.
    let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    Ok(socket.into())
}

fn tcp_listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Connections of an earlier run that linger do not keep a fixed port from being used again.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    socket.listen(WAITING)?;
    Ok(socket.into())
}
