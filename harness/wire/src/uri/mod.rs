//! URIs of RFC 3261, 3859, 3860 and others, and name-addr values.

mod equivalent;
mod host;
mod name_addr;
mod params;
pub mod rule;

use std::fmt;

use crate::deviation::{Decoded, Deviation, Span};

pub use host::HostPort;
pub use name_addr::NameAddr;
pub use params::Params;
pub use rule::RULES;

/// A URI, borrowed as it stands.
///
/// `sip:`, `sips:`, `im:` and `pres:` are taken apart; of every other scheme only the scheme is known and the rest is
/// [`Uri::opaque`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Uri<'a> {
    text: &'a [u8],
    scheme: &'a [u8],
    kind: Scheme,
    user: Option<&'a [u8]>,
    password: Option<&'a [u8]>,
    host: HostPort<'a>,
    params: Params<'a>,
    headers: Option<&'a [u8]>,
}

/// Schemes by what this crate does with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip` (RFC 3261 section 19.1).
    Sip,
    /// `sips` (RFC 3261 section 19.1).
    Sips,
    /// `im` (RFC 3860).
    Im,
    /// `pres` (RFC 3859).
    Pres,
    /// Any other; see [`Uri::scheme`].
    Other,
}

static SCHEMES: [(&[u8], Scheme); 4] =
    [(b"sip", Scheme::Sip), (b"sips", Scheme::Sips), (b"im", Scheme::Im), (b"pres", Scheme::Pres)];

impl<'a> Uri<'a> {
    /// Reads a URI; `None` if it has no scheme.
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let colon = memchr::memchr(b':', text)?;
        let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
        if !is_scheme(scheme) {
            return None;
        }
        let kind = SCHEMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(scheme));
        let kind = kind.map_or(Scheme::Other, |(_, kind)| *kind);
        let bare = Self {
            text,
            scheme,
            kind,
            user: None,
            password: None,
            host: HostPort::default(),
            params: Params::default(),
            headers: None,
        };
        Some(if kind == Scheme::Other { bare } else { bare.with_parts(rest) })
    }

    /// Reads the URI in `within` and says what is wrong with it.
    pub fn decode(octets: &'a [u8], within: Span) -> Decoded<Option<Self>> {
        let text = &octets[within.clone()];
        let mut deviations = Vec::new();
        let uri = Self::parse(text);
        match &uri {
            None => deviations.push(Deviation::new(within.clone(), &rule::SCHEME)),
            Some(uri) if uri.kind != Scheme::Other && !uri.host.is_valid() => {
                let detail = uri.host.host.escape_ascii().to_string();
                deviations.push(Deviation::with_detail(within.clone(), &rule::HOST, detail));
            }
            Some(_) => {}
        }
        if text.iter().any(|octet| !(0x21..0x7f).contains(octet) || matches!(octet, b'<' | b'>' | b'"')) {
            deviations.push(Deviation::new(within, &rule::CHARACTERS));
        }
        Decoded { value: uri, deviations }
    }

    /// Splits `user:password@host:port;params?headers`. No part after the user may hold an `@`, so the first one ends
    /// the user, whatever else is in it.
    fn with_parts(mut self, rest: &'a [u8]) -> Self {
        let after_user = match memchr::memchr(b'@', rest) {
            Some(at) => {
                let (user, password) = split(&rest[..at], b':');
                (self.user, self.password) = (Some(user), password);
                &rest[at + 1..]
            }
            None => rest,
        };
        let (address, headers) = split(after_user, b'?');
        let semicolon = memchr::memchr(b';', address).unwrap_or(address.len());
        self.host = HostPort::parse(&address[..semicolon]);
        self.params = Params::new(&address[semicolon..]);
        self.headers = headers;
        self
    }

    /// The whole URI as sent.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The scheme as sent.
    pub fn scheme(&self) -> &'a [u8] {
        self.scheme
    }

    /// The scheme, if it is one that is taken apart.
    pub fn kind(&self) -> Scheme {
        self.kind
    }

    /// Everything after the scheme's colon.
    pub fn opaque(&self) -> &'a [u8] {
        &self.text[self.scheme.len() + 1..]
    }

    /// The user part, as sent, without the password.
    pub fn user(&self) -> Option<&'a [u8]> {
        self.user
    }

    /// The password, as sent.
    pub fn password(&self) -> Option<&'a [u8]> {
        self.password
    }

    /// The host as sent; an IPv6 address in its brackets. Empty if the scheme is not taken apart.
    pub fn host(&self) -> &'a [u8] {
        self.host.host
    }

    /// The port, if there is one and it is a number.
    pub fn port(&self) -> Option<u16> {
        self.host.port_number()
    }

    /// Host and port.
    pub fn host_port(&self) -> HostPort<'a> {
        self.host
    }

    /// The URI parameters.
    pub fn params(&self) -> Params<'a> {
        self.params
    }

    /// What stands after the question mark.
    pub fn headers(&self) -> Option<&'a [u8]> {
        self.headers
    }

    /// Whether two URIs mean the same: by RFC 3261 section 19.1.4 for `sip` and `sips`; with scheme and host compared
    /// without case for `im` and `pres`; octet by octet, but for the scheme's case, otherwise, and beyond 4096 octets.
    pub fn equivalent(&self, other: &Uri<'_>) -> bool {
        equivalent::equivalent(self, other)
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text.escape_ascii())
    }
}

impl fmt::Debug for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uri({self})")
    }
}

/// RFC 3986 section 3.1.
fn is_scheme(octets: &[u8]) -> bool {
    octets.first().is_some_and(u8::is_ascii_alphabetic)
        && octets.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'))
}

/// The octets before the first mark, and those after it.
fn split(octets: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(mark, octets) {
        Some(at) => (&octets[..at], Some(&octets[at + 1..])),
        None => (octets, None),
    }
}

#[cfg(test)]
mod tests;
