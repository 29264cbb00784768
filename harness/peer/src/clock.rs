//! The only timer of a network.

use std::sync::Arc;
use std::time::Instant;

use crate::exchange::Exchange;

/// Sees to it that everything happens when it is due, for ever.
pub(crate) async fn run(exchange: Arc<Exchange>) {
    loop {
        // The permit of `notify_one` is kept, so a deadline that is set in between is not missed.
        let alarm = exchange.alarm.notified();
        match exchange.deadline() {
            None => alarm.await,
            Some(deadline) => {
                let _ = tokio::time::timeout_at(deadline.into(), alarm).await;
            }
        }
        exchange.expire(Instant::now());
    }
}
