//! Reports of draft-burger-simple-imdn-03: the XML document of section 10 and the CPIM headers of section 8.1.
//!
//! Both are read and written by the names of a [`crate::profile::Profile`]; what is the document's own are its rules.

pub mod rule;

pub use crate::document::{Attribute, Builder, Document, Element, Node, decode, decode_entity};
pub use crate::extension::{Field, Headers, headers};
pub use rule::RULES;

#[cfg(test)]
mod tests;
