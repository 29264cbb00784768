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
pub(crate) use response::Response;
#[cfg(test)]
pub(crate) use route::Transport;
pub(crate) use route::{Route, Source, direct, resolve};
pub(crate) use screen::is_any;
pub(crate) use stack::{Conclusion, Event, Request, Stack};

#[cfg(test)]
mod tests;
