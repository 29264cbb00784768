//! The built-in implementation that the harness is proved against, and its faults.
//!
//! [`serve`] plays an implementation under test as a program of its own: it speaks the control protocol on standard
//! input and output, and SIP and MSRP on real sockets. It is written from the documents alone and shares nothing but the codecs
//! with the peers and the judge, so that a misreading cannot agree with itself. A [`Fault`] breaks exactly one rule.
//!
//! `agent` and `b2bua` follow draft-burger-simple-imdn-03, `receipts` follows draft-khartabil-simple-im-receipts-00,
//! `notifications` follows RFC 5438 and RFC 3862, and `common` is what they share. They know messages only as `carrier` gives
//! them, be they pages of `sip` or parts of a `session` over `msrp`.

mod agent;
mod b2bua;
mod carrier;
mod clock;
mod common;
mod control;
mod faults;
mod frail;
mod msrp;
mod notifications;
mod receipts;
mod serve;
mod session;
mod sip;
mod user;

pub use faults::{Fault, faults};
pub use serve::{Options, Profile, Role, ServeError, serve, serve_on};
