//! The UDP socket of a network.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::net::UdpSocket;
use tokio::sync::Notify;

use crate::exchange::{Exchange, Origin};
use crate::lock::lock;

/// Octets that a datagram carries at most: 16 bits of length, less the headers of UDP and IPv4.
const LARGEST: usize = 65_507;

/// Datagrams taken in before other tasks get their turn.
const TURN: usize = 256;

/// The socket, and what the system would not take at once.
#[derive(Debug)]
pub(crate) struct Udp {
    socket: UdpSocket,
    backlog: Mutex<Backlog>,
    /// Wakes [`write()`] when the backlog is no longer empty.
    wake: Notify,
    /// Octets that the backlog holds at most.
    limit: usize,
}

#[derive(Debug, Default)]
struct Backlog {
    datagrams: VecDeque<(Bytes, SocketAddr)>,
    octets: usize,
}

impl Udp {
    pub(crate) fn new(socket: UdpSocket, limit: usize) -> Self {
        Self { socket, backlog: Mutex::default(), wake: Notify::new(), limit }
    }

    /// Sends a datagram, now or as soon as the system takes it, after those that were given before.
    ///
    /// # Errors
    /// The system refuses it, or too much waits already.
    pub(crate) fn send(&self, octets: Bytes, to: SocketAddr) -> io::Result<()> {
        if octets.len() > LARGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is too large for a datagram"));
        }
        let mut backlog = lock(&self.backlog);
        if backlog.datagrams.is_empty() {
            match self.socket.try_send_to(&octets, to) {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        if backlog.octets + octets.len() > self.limit {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "too many octets wait to be sent"));
        }
        backlog.octets += octets.len();
        backlog.datagrams.push_back((octets, to));
        drop(backlog);
        self.wake.notify_one();
        Ok(())
    }

    /// Sends what waits until the system takes no more; an error concerns one datagram, which is lost as datagrams are.
    fn flush(&self) {
        let mut backlog = lock(&self.backlog);
        while let Some((octets, to)) = backlog.datagrams.front() {
            match self.socket.try_send_to(octets, *to) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                _ => {}
            }
            backlog.octets -= octets.len();
            backlog.datagrams.pop_front();
        }
    }

    fn is_idle(&self) -> bool {
        lock(&self.backlog).datagrams.is_empty()
    }
}

/// Sends what could not be sent at once, for ever.
pub(crate) async fn write(exchange: Arc<Exchange>) {
    let udp = &exchange.udp;
    loop {
        udp.wake.notified().await;
        while !udp.is_idle() {
            if udp.socket.writable().await.is_ok() {
                udp.flush();
            }
        }
    }
}

/// Takes datagrams in, for ever.
pub(crate) async fn read(exchange: Arc<Exchange>) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let socket_is_dry = exchange.udp.socket.readable().await.is_ok() && drain(&exchange, &mut buffer);
        if !socket_is_dry {
            tokio::task::yield_now().await;
        }
    }
}

/// Takes in what has come; whether that was everything.
fn drain(exchange: &Arc<Exchange>, buffer: &mut [u8]) -> bool {
    for _ in 0..TURN {
        match exchange.udp.socket.try_recv_from(buffer) {
            Ok((length, from)) => datagram(exchange, &buffer[..length], from),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
            // An ICMP error about a datagram sent before; the transaction's timers deal with it.
            Err(_) => {}
        }
    }
    false
}

fn datagram(exchange: &Arc<Exchange>, octets: &[u8], from: SocketAddr) {
    // Nothing but line ends or a NUL keeps a binding of an address translator alive (RFC 5626 section 3.5).
    if octets.iter().all(|octet| matches!(octet, b'\r' | b'\n' | 0)) {
        return;
    }
    exchange.receive(Bytes::copy_from_slice(octets), Origin::Datagram(from));
}
