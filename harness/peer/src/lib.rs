//! Scripted SIP and MSRP peers on real sockets.
//!
//! A [`Network`] holds one UDP socket and one TCP listener on the same port for SIP, and a TCP listener for MSRP. Every
//! [`Peer`] that [joins](Network::join) it is a user of that address: SIP finds its peer by the user part of the
//! Request-URI, or else of To; MSRP finds its [`Session`] by the session id in To-Path. What happens to a peer goes into
//! the record of its scenario; nothing in here judges.
//!
//! # What peers do by themselves
//! In SIP:
//! - A `MESSAGE` is answered as [`Peer::set_answer`] says, 200 unless told otherwise.
//! - An `INVITE` is answered as [`Peer::set_sessions`] says: accepted, if its offer makes a session, with 488 or 415 if
//!   not. A peer that is to be active connects when the ACK is there. Another INVITE in the dialog is accepted if it leaves
//!   the session as it is, else refused with 488; the session goes on. An answer to INVITE is sent again until its ACK
//!   comes; a session without ACK ends with `BYE` after 64*T1.
//! - `BYE` ends its session and is answered with 200; `CANCEL` ends an INVITE that has had no final answer. Either is
//!   answered with 481 if there is nothing to end.
//! - `OPTIONS` is answered with 200, every other method with 405; both carry `Allow`. [`Peer::set_answer_to`] changes that
//!   by method. `ACK` is recorded and not answered.
//! - Responses to an INVITE of [`Peer::invite`] get their ACK, each time they come. A fork that is not wanted ends with BYE.
//! - A request that came before is absorbed, and over UDP answered as before (RFC 3261 section 17.2.2).
//! - A request to a user that nobody is gets 404 and stands in [`Network::unclaimed`].
//! - A double CRLF on a TCP connection is answered with a single one (RFC 5626 section 4.4.1).
//! - Requests that lack what RFC 3261 demands are recorded and answered all the same, with the headers that are there.
//! - A peer that is dropped ends its sessions with BYE.
//!
//! In MSRP:
//! - The active side of a session begins with a `SEND` without a body. It is a request of the record like any other.
//! - A `SEND` is answered with 200 unless [`Peer::set_answer_to`] says otherwise for `SEND`, every other method but `REPORT`
//!   with 501; both only as far as Failure-Report wants it. One without a body is no message, and always gets 200.
//! - When all octets of a message that asks for a success report are there and no chunk was refused, its sender gets a
//!   `REPORT`. For that, positions are kept and no content: messages are put together by whoever reads the record.
//! - The first request of a session binds it to its connection. From then on a request on another one gets 506. A request
//!   for a session that nobody has gets 481 and stands in [`Network::unclaimed`].
//! - A connection is used for all sessions of one scenario with the same address, whoever opened it (RFC 4975 section 5.4),
//!   and never for those of two: what a scenario does to its connection is its own affair. A peer closes a connection that
//!   it has opened when no session uses it.
//! - Messages on one connection take turns, chunk by chunk. A chunk that has begun is not interrupted.
//!
//! # How it is built
//! `transaction` is the layer of RFC 3261 section 17, `dialog` that of section 12 with offers and answers, and `msrp` what an
//! endpoint of RFC 4975 has to remember, all without clock and socket. `exchange` joins them to the directory of users, to the
//! sessions and to the records; it is called straight from the receiving loops, so that no message is handed from task to
//! task before it is answered. `session` holds what a session is to the scenario and to the network. `udp` and `tcp` are the
//! transports, `clock` is the only timer of transactions.

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
