//! Connections, and the messages that come over them.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Sender, UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::sleep;
use wire::sip::stream::{Frame, Framer, Limits};

use super::route::{Link, Source, Transport};

/// Longest messages that are read; whoever sends more loses the connection.
const LIMITS: Limits = Limits { head: 64 << 10, message: 1 << 20, garbage: 1 << 10 };

/// A message as it came.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) octets: Bytes,
    pub(crate) source: Source,
}

/// How long to wait when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections for ever; they end when this does.
pub(super) async fn accept(listener: TcpListener, arrivals: Sender<Arrival>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, address)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let (link, outgoing) = unbounded_channel();
        connections.spawn(run(stream, address, link, outgoing, arrivals.clone()));
    }
}

/// Opens a connection and stays until it ends.
pub(super) async fn open(
    address: SocketAddr,
    link: Link,
    outgoing: UnboundedReceiver<Bytes>,
    arrivals: Sender<Arrival>,
) {
    if let Ok(stream) = TcpStream::connect(address).await {
        run(stream, address, link, outgoing, arrivals).await;
    }
}

async fn run(
    stream: TcpStream,
    address: SocketAddr,
    link: Link,
    outgoing: UnboundedReceiver<Bytes>,
    arrivals: Sender<Arrival>,
) {
    // Without this a small message may wait for the acknowledgement of the one before it; failing costs only time.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let source = Source { transport: Transport::Tcp, address, link: Some(link) };
    // Whichever side ends first ends the connection.
    tokio::select! {
        () = read(reader, source, arrivals) => {}
        () = write(writer, outgoing) => {}
    }
}

async fn write(mut writer: impl AsyncWrite + Unpin, mut outgoing: UnboundedReceiver<Bytes>) {
    while let Some(octets) = outgoing.recv().await {
        if writer.write_all(&octets).await.is_err() {
            return;
        }
    }
}

async fn read(mut reader: impl AsyncRead + Unpin, source: Source, arrivals: Sender<Arrival>) {
    let mut framer = Framer::with_limits(LIMITS);
    let mut buffer = BytesMut::with_capacity(1 << 16);
    while let Ok(1..) = reader.read_buf(&mut buffer).await {
        framer.push(&buffer);
        buffer.clear();
        for frame in framer.by_ref() {
            match frame {
                Frame::Message(octets) => {
                    let arrival = Arrival { octets: octets.into(), source: source.clone() };
                    if arrivals.send(arrival).await.is_err() {
                        return;
                    }
                }
                Frame::Ping => pong(&source),
                Frame::Pong => {}
                // Whoever sends this does not speak SIP, and there is no finding back to a message.
                Frame::Garbage(_) | Frame::TooLarge { .. } | Frame::Incomplete(_) => return,
            }
        }
    }
}

/// RFC 5626 section 4.4.1.
fn pong(source: &Source) {
    if let Some(link) = &source.link {
        // The connection may be closing; then nobody waits for this.
        let _ = link.send(Bytes::from_static(b"\r\n"));
    }
}
