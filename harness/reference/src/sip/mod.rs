//! Just enough SIP to carry instant messages and set up sessions: UDP and TCP, transactions (RFC 3261 section 17), MESSAGE
//! (RFC 3428).

mod client;
mod connection;
mod event;
mod outgoing;
mod proxy;
mod response;
mod route;
mod screen;
mod server;
mod sockets;
mod stack;

pub(crate) use client::Owner;
pub(crate) use event::{Conclusion, Event, Request, Response};
pub(crate) use outgoing::{DialogIds, HOPS, Outgoing};
pub(crate) use proxy::Proxied;
#[cfg(test)]
pub(crate) use route::Transport;
pub(crate) use route::{Route, Source, direct, reaches, resolve};
pub(crate) use screen::{ALLOWED, OBJECTS_AND_TEXT, SDP, is_any};
pub(crate) use stack::Stack;

/// Text of what should be text.
pub(crate) fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

#[cfg(test)]
mod tests;
