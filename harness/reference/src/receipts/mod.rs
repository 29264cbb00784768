//! Agents by draft-khartabil-simple-im-receipts-00: the end user's, and that of lists, gateways and rooms. Without sockets:
//! commands and messages go in, answers and actions come out.

mod endpoint;
#[cfg(test)]
mod fixtures;
mod intermediary;
pub(crate) mod receipt;
pub(crate) mod received;
pub(crate) mod wanted;

pub(crate) use crate::common::draft;
pub(crate) use endpoint::Endpoint;
pub(crate) use endpoint::letter::Letter;
pub(crate) use intermediary::Intermediary;
