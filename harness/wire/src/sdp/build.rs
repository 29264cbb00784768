//! Writes offers and answers.

use std::net::IpAddr;

use sdp_types::{AddrType, Attribute, Connection, Media, NetType, Origin, Session, Time};

use super::media::Setup;
use crate::msrp::MsrpUri;

/// Why a description cannot be written; the caller is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The path's last URI is none of MSRP with a host and a port.
    #[error(
        "the path {0:?} does not end in an MSRP URI with a port; give one, and change the m= line afterwards"
    )]
    Path(String),
}

/// A description to be written: one MSRP medium, or several. [`Builder::new`] takes address, port and protocol from the
/// path; the other methods can make them disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Builder {
    session: Session,
}

impl Builder {
    /// A description of one MSRP session. `number` identifies it, and `path` is one or more URIs, parted by blanks, of
    /// which the last is the endpoint's own.
    ///
    /// # Errors
    /// The last URI has no host and port.
    pub fn new(number: u64, path: &str) -> Result<Self, BuildError> {
        let wrong = || BuildError::Path(path.to_owned());
        let own = path.rsplit(' ').next().unwrap_or_default();
        let own = MsrpUri::parse(own.as_bytes()).ok_or_else(wrong)?;
        let port = own.port().ok_or_else(wrong)?;
        let host = String::from_utf8_lossy(own.host()).trim_matches(['[', ']']).to_owned();
        let kind = match host.parse::<IpAddr>() {
            Ok(IpAddr::V6(_)) => AddrType::Ip6,
            _ => AddrType::Ip4,
        };
        let mut origin = Origin::new(number, number, NetType::In, kind.clone(), &host);
        origin.set_username("-");
        let mut session = Session::new(origin, "-");
        session.connection = Some(Connection::new(NetType::In, kind, &host));
        session.times.push(Time::new(0, 0));
        let protocol = if own.is_secure() { "TCP/TLS/MSRP" } else { "TCP/MSRP" };
        session.medias.push(medium(port, protocol));
        Ok(Self { session }.attribute("path", path))
    }

    /// Adds accept-types.
    #[must_use]
    pub fn accept_types(self, types: &[&str]) -> Self {
        self.attribute("accept-types", &types.join(" "))
    }

    /// Adds accept-wrapped-types.
    #[must_use]
    pub fn accept_wrapped_types(self, types: &[&str]) -> Self {
        self.attribute("accept-wrapped-types", &types.join(" "))
    }

    /// Adds max-size, in octets.
    #[must_use]
    pub fn max_size(self, octets: u64) -> Self {
        self.attribute("max-size", &octets.to_string())
    }

    /// Adds setup. The port of an active endpoint stays as it is, unless it is changed.
    #[must_use]
    pub fn setup(self, setup: Setup) -> Self {
        self.attribute("setup", &setup.to_string())
    }

    /// Adds any attribute to the last medium.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        if let Some(media) = self.session.medias.last_mut() {
            let value = Some(value.to_owned()).filter(|value| !value.is_empty());
            media.attributes.push(Attribute { attribute: name.to_owned(), value });
        }
        self
    }

    /// Leaves out every attribute of that name from the last medium.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if let Some(media) = self.session.medias.last_mut() {
            media.attributes.retain(|attribute| attribute.attribute != name);
        }
        self
    }

    /// Another port for the last medium; zero refuses it.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        if let Some(media) = self.session.medias.last_mut() {
            media.port = port;
        }
        self
    }

    /// Another version, for a description that replaces an earlier one.
    #[must_use]
    pub fn version(mut self, version: u64) -> Self {
        self.session.origin.sess_version = version;
        self
    }

    /// Adds the media of another description behind these.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.session.medias.extend(other.session.medias);
        self
    }

    /// The description as `sdp-types` has it, for any other change.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The octets of the description.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        match self.session.write(&mut out) {
            // Memory takes whatever is written to it.
            Ok(()) | Err(_) => out,
        }
    }
}

fn medium(port: u16, protocol: &str) -> Media {
    Media {
        media: "message".to_owned(),
        port,
        num_ports: None,
        proto: protocol.to_owned(),
        fmt: "*".to_owned(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}
