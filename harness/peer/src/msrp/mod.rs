//! What an MSRP endpoint has to remember (RFC 4975), without clock or socket.

mod arrivals;
mod chunks;
mod ranges;
mod status;

pub(crate) use arrivals::{Arrivals, Progress};
pub(crate) use chunks::Chunks;
pub(crate) use status::status;
