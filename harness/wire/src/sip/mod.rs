//! SIP messages (RFC 3261), octet by octet.
//!
//! [`decode`] reads a message without losing or changing anything and says what is wrong with it; [`stream`] cuts a
//! byte stream into messages; [`build`] writes well-formed messages, and [`edit`] spoils them on purpose.

pub mod build;
mod check;
mod decode;
pub mod edit;
mod header;
pub(crate) mod lex;
mod message;
mod names;
mod reason;
mod reply;
pub mod rule;
mod start;
pub mod stream;
mod typed;
mod via;

pub use check::MAGIC_COOKIE;
pub use decode::{decode, decode_streamed, read, read_streamed};
pub use header::Header;
pub use message::{CSeq, Message};
pub use names::{HeaderId, same_name};
pub use reason::reason_phrase;
pub use reply::{Reply, respond};
pub use rule::RULES;
pub use start::{Method, StartLine};
pub use typed::typed;
pub use via::Via;
