//! The sockets of the stack.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc::{Sender, UnboundedReceiver};

use super::connection::Arrival;
use super::route::{Source, Transport};

/// How often to look for a port that is free for both transports.
const ATTEMPTS: usize = 64;

/// Two sockets at the same port of the loopback address.
///
/// # Errors
/// There is no such port.
pub(super) async fn sockets() -> io::Result<(UdpSocket, TcpListener)> {
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

/// Reads datagrams until nobody wants them any more.
pub(super) async fn receive(udp: Arc<UdpSocket>, arrivals: Sender<Arrival>) {
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

/// Sends datagrams until there are no more.
pub(super) async fn transmit(udp: Arc<UdpSocket>, mut outgoing: UnboundedReceiver<(Bytes, SocketAddr)>) {
    while let Some((octets, address)) = outgoing.recv().await {
        // As good as lost on the way.
        let _ = udp.send_to(&octets, address).await;
    }
}
