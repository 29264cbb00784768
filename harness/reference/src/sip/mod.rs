//! Just enough SIP to carry instant messages: UDP and TCP, non-INVITE transactions (RFC 3261 section 17), MESSAGE
//! (RFC 3428).

mod client;
mod connection;
mod outgoing;
mod response;
mod route;
mod screen;
mod server;
mod stack;

pub(crate) use outgoing::{HOPS, Outgoing};
#[cfg(test)]
pub(crate) use route::Transport;
pub(crate) use route::{Route, Source, direct, resolve};
pub(crate) use screen::is_any;
pub(crate) use stack::{Conclusion, Event, Request, Stack};

/// Text of what should be text.
pub(crate) fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

#[cfg(test)]
mod tests;
