//! Notifications of RFC 5438: the XML document of section 11, its label, and the CPIM headers of section 10.
//!
//! Document and headers are read by the names of a [`crate::profile::Profile`]; what is the document's own are its rules.

mod build;
pub mod rule;

pub use crate::document::{Attribute, Builder, Document, Element, Node, decode, decode_entity};
pub use crate::extension::{Field, Headers, headers};
pub use build::Notification;
pub use rule::RULES;

#[cfg(test)]
mod tests;
