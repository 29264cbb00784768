//! TCP connections.

mod connection;
mod outbox;
mod pool;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::exchange::Exchange;

pub(crate) use connection::{Connection, Urgency};
pub(crate) use pool::Pool;

/// How long nothing is accepted after the system could not accept: there is no event for a file descriptor that becomes
/// free.
const PAUSE: Duration = Duration::from_millis(10);

/// Accepts connections, for ever.
pub(crate) async fn accept(exchange: Arc<Exchange>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((socket, remote)) => exchange.pool.accept(&exchange, socket, remote),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
