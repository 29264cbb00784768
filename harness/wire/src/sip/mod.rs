//! SIP messages (RFC 3261), octet by octet.
//!
//! [`decode`] reads a message without losing or changing anything and says what is wrong with it; [`stream`] cuts a
//! byte stream into messages; [`build`] writes well-formed messages, and [`edit`] spoils them on purpose.

mod check;
mod decode;
mod header;
pub(crate) mod lex;
mod message;
mod names;
pub mod rule;
mod start;
mod via;

pub use check::MAGIC_COOKIE;
pub use decode::{decode, decode_streamed};
pub use header::Header;
pub use message::{CSeq, Message};
pub use names::{HeaderId, same_name};
pub use rule::RULES;
pub use start::{Method, StartLine};
pub use via::Via;
