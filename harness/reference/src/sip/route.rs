//! Where a request goes to, and where one came from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use bytes::Bytes;
use tokio::sync::mpsc::UnboundedSender;
use wire::uri::Uri;

/// The port of a SIP URI that names none (RFC 3261 section 19.1.2).
const DEFAULT_PORT: u16 = 5060;

/// What carries a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    Tcp,
}

impl Transport {
    /// The name in a Via header.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

/// The sending side of a connection.
pub(crate) type Link = UnboundedSender<Bytes>;

/// Where a message came from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) transport: Transport,
    pub(crate) address: SocketAddr,
    /// The connection it came over, if it came over one.
    pub(crate) link: Option<Link>,
}

/// Where a message goes to.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// To an address that a URI names.
    To(Transport, SocketAddr),
    /// To where the message that is answered came from.
    Back(Source),
}

impl Route {
    /// What carries the message, before its size is considered.
    pub(crate) fn transport(&self) -> Transport {
        match self {
            Self::To(transport, _) => *transport,
            Self::Back(source) => source.transport,
        }
    }

    /// The same way over another transport. A way back has no choice.
    pub(crate) fn over(self, transport: Transport) -> Self {
        match self {
            Self::To(_, address) => Self::To(transport, address),
            back @ Self::Back(_) => back,
        }
    }
}

/// Finds the way to a URI: the address and transport it names, with the answered message's transport standing in for
/// one that is not named. Names are not looked up; what is sent to one goes back to where that message came from.
pub(crate) fn resolve(uri: &str, answered: Option<&Source>) -> Option<Route> {
    let usual = answered.map_or(Transport::Udp, |source| source.transport);
    direct(uri, usual).or_else(|| {
        Uri::parse(uri.as_bytes())?;
        answered.cloned().map(Route::Back)
    })
}

/// The way to a URI whose host is an address, over the usual transport if it names none.
pub(crate) fn direct(uri: &str, usual: Transport) -> Option<Route> {
    let uri = Uri::parse(uri.as_bytes())?;
    let address = address(&uri)?;
    let named = uri.params().value(b"transport").and_then(|name| match () {
        () if name.eq_ignore_ascii_case(b"tcp") => Some(Transport::Tcp),
        () if name.eq_ignore_ascii_case(b"udp") => Some(Transport::Udp),
        () => None,
    });
    let port = uri.port().unwrap_or(DEFAULT_PORT);
    Some(Route::To(named.unwrap_or(usual), SocketAddr::new(address, port)))
}

/// Whether a URI leads to that socket.
pub(crate) fn reaches(uri: &str, socket: SocketAddr) -> bool {
    matches!(direct(uri, Transport::Udp), Some(Route::To(_, address)) if address == socket)
}

fn address(uri: &Uri<'_>) -> Option<IpAddr> {
    let host = uri.host_port();
    let local = host.host.eq_ignore_ascii_case(b"localhost").then_some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    host.address().or(local)
}
