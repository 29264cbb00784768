//! TCP connections.

mod connection;
mod outbox;
mod pool;
mod stream;

use std::sync::Arc;

use tokio::net::TcpListener;

use crate::exchange::Exchange;

pub(crate) use connection::{Connection, Urgency};
pub(crate) use pool::Pool;

/// Accepts connections, for ever.
pub(crate) async fn accept(exchange: Arc<Exchange>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((socket, remote)) => exchange.pool.accept(&exchange, socket, remote),
            // The connection is gone before it was accepted, or the process has too many files open: others have to
            // get on first.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}
