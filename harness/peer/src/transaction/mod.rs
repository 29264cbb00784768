//! The transaction layer of RFC 3261 section 17, without clock or socket.
//!
//! Time is an argument of every call, what is to be done comes back as a value, and each table says when it wants
//! to be asked again. The owner of a transaction (whose it is, where its octets go) is a type parameter: this
//! layer knows neither records nor sockets.

mod client;
mod client_table;
mod deadlines;
mod key;
mod server;
mod server_table;
mod slots;
mod timers;
mod unacknowledged;

pub(crate) use client::{Kind, Reception};
pub(crate) use client_table::{ClientTable, Due};
pub(crate) use key::{Identity, Key, Keys};
pub(crate) use server_table::{Arrival, ServerTable};
pub use timers::Timers;
pub(crate) use unacknowledged::{Reminder, Unacknowledged};
