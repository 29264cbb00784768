//! MSRP (RFC 4975), octet by octet.
//!
//! [`decode`] reads a request or response without losing or changing anything and says what is wrong with it;
//! [`stream`] cuts a byte stream into them; [`Reassembly`] puts the chunks of messages together; [`Builder`] writes
//! requests and responses, well-formed or not, and [`respond`] and [`report`] answer a request with its own octets.

mod build;
mod check;
mod chunk;
mod decode;
mod end;
mod header;
mod lex;
mod message;
mod reassembly;
mod reply;
pub mod rule;
mod start;
pub mod stream;
mod transaction;
pub(crate) mod uri;
mod value;

pub use build::Builder;
pub use check::CHUNK;
pub use chunk::{Chunking, RangeEnd};
pub use decode::{decode, read};
pub use end::Flag;
pub use header::{Header, HeaderId};
pub use message::Message;
pub use reassembly::{Assembled, Limits, Progress, Reassembly, Refusal};
pub use reply::{check_response, comment, is_due, report, respond};
pub use rule::RULES;
pub use start::{Method, StartLine};
pub use transaction::TransactionId;
pub use uri::MsrpUri;
pub use value::{ByteRange, FailureReport, Status};

#[cfg(test)]
mod tests;
