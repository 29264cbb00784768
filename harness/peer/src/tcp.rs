//! TCP connections.

mod connection;
mod intake;
mod outbox;
mod pool;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::exchange::Exchange;

pub(crate) use connection::{Connection, Protocol, Side, Urgency};
pub(crate) use pool::Pool;

/// How long nothing is accepted after the system could not accept: there is no event for a file descriptor that becomes
/// free.
const PAUSE: Duration = Duration::from_millis(10);

/// Accepts connections of that protocol, for ever.
pub(crate) async fn accept(exchange: Arc<Exchange>, protocol: Protocol, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((socket, remote)) => exchange.pool(protocol).accept(&exchange, socket, remote),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
