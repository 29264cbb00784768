//! MSRP sessions, as the scenario sees them.

mod error;
mod handle;
mod invite;
mod leg;
mod outgoing;
mod policy;
mod registry;
mod sending;

pub use error::SessionError;
pub use handle::Session;
pub use invite::Invite;
pub(crate) use leg::{Ack, Binding, Leg, Parts};
pub use outgoing::{HeaderEdit, OutgoingMessage};
pub use policy::{MediaTypes, SessionPolicy};
pub(crate) use registry::Registry;
pub(crate) use sending::Flow;
pub use sending::{Delivery, Sending};
