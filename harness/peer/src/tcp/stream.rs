//! The life of a connection: from opening to closing, with reading and writing in between.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::connection::Connection;
use super::intake::Intake;
use crate::exchange::Exchange;

/// Octets read at once.
const CHUNK: usize = 16 << 10;

/// Reads before other tasks get their turn.
const TURN: usize = 16;

/// How a stream ends.
enum End {
    /// The other side has closed it.
    Closed,
    /// It failed.
    Broken(io::Error),
    /// It would take too much memory.
    Refused,
    /// Nobody needs it any more.
    Finished,
}

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
        end = write(connection, socket) => end,
    };
    let detail = match end {
        End::Closed => "closed by the IUT".to_owned(),
        End::Broken(error) => format!("broken: {error}"),
        End::Refused => "closed by the peer: too many octets of unfinished messages".to_owned(),
        End::Finished => "closed by the peer: no session uses it".to_owned(),
    };
    over(exchange, connection, &detail);
}

/// Nothing more comes or goes.
fn over(exchange: &Exchange, connection: &Connection, detail: &str) {
    exchange.pool(connection.protocol()).remove(connection);
    connection.close("the connection is closed", detail);
    exchange.broken(connection, &format!("the connection to {} was {detail}", connection.remote()));
}

/// Writes what could not be written at once, until that fails or nothing more is to be written.
async fn write(connection: &Connection, socket: &TcpStream) -> End {
    loop {
        connection.wake.notified().await;
        while !connection.is_idle() {
            match socket.writable().await {
                Ok(()) => connection.flush(),
                Err(error) => return End::Broken(error),
            }
        }
        if connection.is_finished() {
            return End::Finished;
        }
    }
}

/// Reads until the stream ends.
async fn read(exchange: &Arc<Exchange>, connection: &Arc<Connection>, socket: &TcpStream) -> End {
    let intake = Intake::new(connection.protocol(), &exchange.config.limits);
    let mut reader = Reader { exchange, connection, intake, held: 0 };
    let mut buffer = vec![0; CHUNK];
    loop {
        if let Err(error) = socket.readable().await {
            return End::Broken(error);
        }
        let drained = reader.drain(socket, &mut buffer);
        connection.flush();
        match drained {
            Drained::Dry => {}
            Drained::TurnOver => tokio::task::yield_now().await,
            Drained::Ended(end) => {
                reader.finish();
                return end;
            }
        }
    }
}

struct Reader<'a> {
    exchange: &'a Arc<Exchange>,
    connection: &'a Arc<Connection>,
    intake: Intake,
    /// Octets that the intake holds back, as the pool knows it.
    held: usize,
}

/// What came of reading.
enum Drained {
    /// Nothing more has come yet.
    Dry,
    /// More has come, but others have to get on.
    TurnOver,
    /// Nothing more will be read.
    Ended(End),
}

impl Reader<'_> {
    /// Takes in what has come.
    fn drain(&mut self, socket: &TcpStream, buffer: &mut [u8]) -> Drained {
        for _ in 0..TURN {
            match socket.try_read(buffer) {
                Ok(0) => return Drained::Ended(End::Closed),
                Ok(length) if self.take(&buffer[..length]) => {}
                Ok(_) => return Drained::Ended(End::Refused),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Drained::Dry,
                Err(error) => return Drained::Ended(End::Broken(error)),
            }
        }
        Drained::TurnOver
    }

    /// Takes octets in; whether the rest of an unfinished message may be kept.
    fn take(&mut self, octets: &[u8]) -> bool {
        self.intake.take(self.exchange, self.connection, octets);
        let before = std::mem::replace(&mut self.held, self.intake.held());
        self.exchange.pool(self.connection.protocol()).holds(before, self.held)
    }

    fn finish(&mut self) {
        self.intake.finish(self.exchange, self.connection);
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.exchange.pool(self.connection.protocol()).holds(self.held, 0);
    }
}
