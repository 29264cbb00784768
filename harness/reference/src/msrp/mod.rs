//! Connections that carry MSRP (RFC 4975), and what is written on them. What the requests mean is the business of the
//! sessions.

mod connection;
mod network;
mod writer;

pub(crate) use network::{Arrival, ConnectionId, Network};
pub(crate) use writer::Parcel;

/// Most octets of a message that is taken in; said in max-size (RFC 4975 section 8.6).
pub(crate) const LARGEST_MESSAGE: usize = 1 << 20;
