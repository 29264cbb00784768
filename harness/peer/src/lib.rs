//! Scripted SIP peers on real sockets.
//!
//! A [`Network`] holds one UDP socket and one TCP listener on the same port. Every [`Peer`] that [joins](Network::join)
//! it is a user of that address: messages find their peer by the user part of the Request-URI, or else of To. What
//! happens to a peer goes into the record of its scenario; nothing in here judges.
//!
//! # What peers do by themselves
//! - A `MESSAGE` is answered as [`Peer::set_answer`] says, 200 unless told otherwise.
//! - `OPTIONS` is answered with 200 and `CANCEL` with 481, every other method with 405; 200 and 405 carry `Allow`.
//!   [`Peer::set_answer_to`] changes that by method. `ACK` is recorded and not answered.
//! - A request that came before is absorbed, and over UDP answered as before (RFC 3261 section 17.2.2).
//! - A request to a user that nobody is gets 404 and stands in [`Network::unclaimed`].
//! - A double CRLF on a TCP connection is answered with a single one (RFC 5626 section 4.4.1).
//! - Requests that lack what RFC 3261 demands are recorded and answered all the same, with the headers that are there.
//!
//! # How it is built
//! `transaction` is the layer of RFC 3261 section 17, without clock and socket. `exchange` joins it to the directory of
//! users and to the records; it is called straight from the receiving loops, so that no message is handed from task to
//! task before it is answered. `udp` and `tcp` are the transports, `clock` is the only timer.

mod answer;
mod clock;
mod config;
mod dialog;
mod directory;
mod exchange;
mod identity;
mod lock;
mod member;
mod msrp;
mod network;
mod peer;
mod pending;
mod response;
mod session;
mod tcp;
mod transaction;
mod udp;
mod unclaimed;

pub use answer::Answer;
pub use config::{Config, Limits};
pub use network::{BindError, Network};
pub use peer::{Incoming, Peer, Requests, Sessions};
pub use pending::Pending;
pub use session::{
    Delivery, HeaderEdit, Invite, MediaTypes, OutgoingMessage, Sending, Session, SessionError, SessionPolicy,
};
pub use transaction::Timers;
pub use unclaimed::{Stray, StrayKind, Unclaimed};
pub use wire::msrp::{Chunking, FailureReport};
pub use wire::sdp::Setup;
