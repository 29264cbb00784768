//! The life of a connection: from opening to closing, with reading and writing in between.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use tokio::net::TcpStream;
use wire::sip::stream::{Frame, Framer, Limits};

use super::connection::{Connection, Urgency};
use crate::exchange::{Exchange, Origin};

/// Octets read at once.
const CHUNK: usize = 64 << 10;

/// Reads before other tasks get their turn.
const TURN: usize = 16;

/// Opens a connection and serves it to its end.
pub(super) async fn opened(exchange: Arc<Exchange>, connection: Arc<Connection>) {
    match TcpStream::connect(connection.remote()).await {
        Ok(socket) => {
            connection.open(socket, "opened");
            serve(&exchange, &connection).await;
        }
        Err(error) => over(&exchange, &connection, &format!("could not be opened: {error}")),
    }
}

/// Serves a connection that the other side has opened to its end.
pub(super) async fn accepted(exchange: Arc<Exchange>, connection: Arc<Connection>, socket: TcpStream) {
    connection.open(socket, "accepted");
    serve(&exchange, &connection).await;
}

async fn serve(exchange: &Arc<Exchange>, connection: &Arc<Connection>) {
    let Some(socket) = connection.socket() else { return };
    let end = tokio::select! {
        end = read(exchange, connection, socket) => end,
        error = write(connection, socket) => Err(error),
    };
    let detail = match end {
        Ok(()) => "closed by the IUT".to_owned(),
        Err(error) => format!("broken: {error}"),
    };
    over(exchange, connection, &detail);
}

/// Nothing more comes or goes.
fn over(exchange: &Exchange, connection: &Connection, detail: &str) {
    exchange.pool.remove(connection);
    connection.close("the connection is closed", detail);
    exchange.broken(connection, &format!("the connection to {} was {detail}", connection.remote()));
}

/// Writes what could not be written at once, until that fails.
async fn write(connection: &Connection, socket: &TcpStream) -> io::Error {
    loop {
        connection.wake.notified().await;
        while !connection.is_idle() {
            match socket.writable().await {
                Ok(()) => connection.flush(),
                Err(error) => return error,
            }
        }
    }
}

/// Reads until the other side ends the stream or it fails.
async fn read(exchange: &Arc<Exchange>, connection: &Arc<Connection>, socket: &TcpStream) -> io::Result<()> {
    let limits = Limits { message: exchange.config.limits.message, ..Limits::default() };
    let mut reader = Reader { exchange, connection, framer: Framer::with_limits(limits) };
    let mut buffer = vec![0; CHUNK];
    loop {
        socket.readable().await?;
        let end = reader.drain(socket, &mut buffer);
        connection.flush();
        if let Some(end) = end {
            reader.finish();
            return end;
        }
        tokio::task::yield_now().await;
    }
}

struct Reader<'a> {
    exchange: &'a Arc<Exchange>,
    connection: &'a Arc<Connection>,
    framer: Framer,
}

impl Reader<'_> {
    /// Takes in what has come; says how the stream ended, if it did.
    fn drain(&mut self, socket: &TcpStream, buffer: &mut [u8]) -> Option<io::Result<()>> {
        for _ in 0..TURN {
            match socket.try_read(buffer) {
                Ok(0) => return Some(Ok(())),
                Ok(length) => self.take(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        None
    }

    fn take(&mut self, octets: &[u8]) {
        self.framer.push(octets);
        while let Some(frame) = self.framer.next() {
            self.frame(frame);
        }
    }

    fn finish(&mut self) {
        if let Some(frame) = self.framer.finish() {
            self.frame(frame);
        }
    }

    fn frame(&self, frame: Frame) {
        let origin = Origin::Stream(self.connection);
        match frame {
            Frame::Message(octets) => self.exchange.receive(octets.into(), origin),
            Frame::Ping => {
                // If the connection is closed, nobody waits for a pong.
                let _ = self.connection.send(&[Bytes::from_static(b"\r\n")], Urgency::WithNextFlush);
            }
            Frame::Pong => {}
            Frame::Garbage(octets) => self.exchange.garbage(octets.into(), origin, None),
            Frame::TooLarge { octets, claimed } => {
                let remark = match claimed {
                    Some(length) => {
                        format!("a message with a body of {length} octets is too large to be taken in")
                    }
                    None => "a message whose head does not end is too large to be taken in".to_owned(),
                };
                self.exchange.garbage(octets.into(), origin, Some(&remark));
            }
            Frame::Incomplete(octets) => {
                self.exchange.garbage(
                    octets.into(),
                    origin,
                    Some("the stream ended in the middle of a message"),
                );
            }
        }
    }
}
