//! Sans-IO codecs that report deviations: SIP, SDP, MSRP, MIME, CPIM, IMDN by draft and by RFC, and receipts.
//!
//! Every decoder takes the octets as they came, returns the value it could make of them, and says in a list of
//! [`deviation::Deviation`]s what a document demands otherwise and at which octets. No decoder fails, panics, or
//! allocates in proportion to a length that the octets merely claim.

pub mod cpim;
pub mod deviation;
pub mod document;
pub mod extension;
mod framing;
pub mod imdn;
pub mod mime;
pub mod msrp;
pub mod notification;
pub mod profile;
pub mod receipt;
pub mod sdp;
pub mod sip;
pub mod time;
pub mod uri;
