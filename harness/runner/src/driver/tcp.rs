//! The driver that connects to a control channel somebody else has opened.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;

use super::link::{Link, Peer};
use super::{Ears, Fault};
use crate::iut::Tcp;

/// Connects.
///
/// # Errors
/// Nobody listens there, or not in time.
pub(super) async fn connect(tcp: &Tcp, bound: Duration, ears: Arc<Ears>) -> Result<Link, Fault> {
    let address = &tcp.address;
    let unreachable = |why: String| Fault::Unreachable(format!("no control connection to {address}: {why}"));
    let stream = tokio::time::timeout(bound, TcpStream::connect(address))
        .await
        .map_err(|_| unreachable(format!("no answer within {bound:?}")))?
        .map_err(|error| unreachable(error.to_string()))?;
    // Commands are small and waited for; what fails here costs only time.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    Ok(Link::open(reader, writer, Remote, ears))
}

/// Somebody else's program: nothing is known of its end but that the connection is closed.
struct Remote;

impl Peer for Remote {
    async fn ended(self, fault: Option<Fault>) -> Fault {
        fault.unwrap_or_else(|| Fault::Crashed {
            how: "closed the control connection".into(),
            stderr: String::new(),
        })
    }

    async fn closed(self) -> Option<String> {
        None
    }
}
