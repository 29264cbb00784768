//! Agents by RFC 5438, and by RFC 3862, on which it builds. Without sockets: commands and messages go in, answers and actions
//! come out.

mod endpoint;
pub(crate) mod intermediary;
pub(crate) mod letter;
pub(crate) mod marks;
pub(crate) mod received;
pub(crate) mod report;
pub(crate) mod security;
pub(crate) mod wanted;

pub(crate) use endpoint::Endpoint;
pub(crate) use intermediary::Intermediary;
