//! What agents have in common, whatever document they follow and whether they have a user or serve lists.

pub(crate) mod address;
pub(crate) mod calls;
pub(crate) mod draft;
pub(crate) mod envelope;
#[cfg(test)]
pub(crate) mod fixtures;
pub(crate) mod host;
pub(crate) mod identifiers;
pub(crate) mod inbox;
pub(crate) mod item;
pub(crate) mod lists;
pub(crate) mod policy;
pub(crate) mod remembered;
pub(crate) mod text;
pub(crate) mod written;
