//! One connection.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::oneshot;
use tokio::time::sleep;
use wire::msrp::stream::{Frame, Framer, Limits};

use super::LARGEST_MESSAGE;
use super::network::{Arrival, ConnectionId};
use super::writer::{Parcel, write};

/// Longest requests that are read.
const LIMITS: Limits = Limits { head: 64 << 10, message: LARGEST_MESSAGE + (64 << 10), garbage: 1 << 10 };
/// How long a connection that nobody needs any more may take to write what is left.
const LINGER: Duration = Duration::from_secs(2);

/// Serves a connection until either side ends it; says so in the end.
pub(super) async fn run(
    stream: TcpStream,
    id: ConnectionId,
    parcels: Receiver<Parcel>,
    needed: oneshot::Receiver<()>,
    arrivals: Sender<Arrival>,
) {
    // Without this a small message may wait for the acknowledgement of the one before it; failing costs only time.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    tokio::select! {
        () = read(reader, id, &arrivals) => {}
        () = write(writer, parcels) => {}
        () = unneeded(needed) => {}
    }
    // If nobody listens, everything is at its end.
    let _ = arrivals.send(Arrival::Closed(id)).await;
}

/// Waits until the connection has not been needed for a while.
async fn unneeded(needed: oneshot::Receiver<()>) {
    // Nothing is ever sent; the other end goes when the connection is not needed any more.
    let _ = needed.await;
    sleep(LINGER).await;
}

async fn read(mut reader: impl AsyncRead + Unpin, id: ConnectionId, arrivals: &Sender<Arrival>) {
    let mut framer = Framer::with_limits(LIMITS);
    let mut buffer = BytesMut::with_capacity(1 << 14);
    while let Ok(1..) = reader.read_buf(&mut buffer).await {
        framer.push(&buffer);
        buffer.clear();
        for frame in framer.by_ref() {
            let arrival = match frame {
                Frame::Message(octets) => Arrival::Whole(id, Bytes::from(octets)),
                Frame::TooLarge(octets) => Arrival::TooLarge(id, Bytes::from(octets)),
                // Whoever sends this does not speak MSRP, and there is no finding back to a message.
                Frame::Garbage(_) | Frame::Incomplete(_) => return,
            };
            if arrivals.send(arrival).await.is_err() {
                return;
            }
        }
    }
}
