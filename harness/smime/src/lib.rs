//! S/MIME (RFC 8551, and RFC 3851 before it): the layers that sign and encrypt a MIME entity.
//!
//! [`open`] takes layers off a body, however they are nested inside or around a Message/CPIM object, and says of each whether
//! it holds; [`sign`] and [`encrypt`] put them on. [`Keyring`] holds what is needed for that. No clock is asked: whether a
//! certificate has run out counts for nothing here.
//!
//! This is a crate of its own because it needs the system's OpenSSL, which nothing else here does.

mod certificate;
mod compose;
mod envelope;
mod error;
mod keyring;
mod layers;
mod open;
mod pki;
mod signature;

#[cfg(test)]
mod tests;

pub use certificate::{Certificate, Identity};
pub use compose::{Form, Part, encrypt, sign};
pub use error::Error;
pub use keyring::Keyring;
pub use layers::{Layer, Obstacle, Place, Protection};
pub use open::{Opened, may_hold, open};
pub use pki::{Authority, Key};
pub use signature::Signature;
