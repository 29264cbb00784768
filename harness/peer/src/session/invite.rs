//! What an invitation says.

use std::net::SocketAddr;
use std::time::Duration;

use record::Transport;
use wire::sdp::Setup;

use super::MediaTypes;

/// An invitation to a session, and how long to wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Where the INVITE goes.
    pub destination: SocketAddr,
    /// What carries SIP: [`Transport::Udp`] or [`Transport::Tcp`].
    pub transport: Transport,
    /// The Request-URI.
    pub uri: String,
    /// The value of From, without a tag.
    pub from: String,
    /// The value of To.
    pub to: String,
    /// Further headers, in that order.
    pub headers: Vec<(String, String)>,
    /// The setup of the offer. `None` leaves the attribute out: an offer of RFC 4975 alone, by which the peer connects.
    pub setup: Option<Setup>,
    /// Whether the peer, where it is active, takes a connection to the same address that another session of the same
    /// scenario has, whoever opened it (RFC 4975 section 5.4).
    pub shares_connections: bool,
    /// What the peer accepts in the session.
    pub types: MediaTypes,
    /// How long to wait for the final response, and then again for the connection.
    pub patience: Duration,
}

impl Invite {
    /// An invitation of `uri` by `from`, both without brackets: offers either direction, and waits as long as timer B.
    pub fn new(destination: SocketAddr, transport: Transport, uri: &str, from: &str) -> Self {
        Self {
            destination,
            transport,
            uri: uri.to_owned(),
            from: format!("<{from}>"),
            to: format!("<{uri}>"),
            headers: Vec::new(),
            setup: Some(Setup::ActPass),
            shares_connections: true,
            types: MediaTypes::default(),
            patience: Duration::from_secs(32),
        }
    }
}
