//! Hosts and ports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host and a port, borrowed as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HostPort<'a> {
    /// A domain name, an IPv4 address, or an IPv6 address in its square brackets.
    pub host: &'a [u8],
    /// What stands after the colon.
    pub port: Option<&'a [u8]>,
}

impl<'a> HostPort<'a> {
    /// Splits at the last colon outside of square brackets. White space around the colon is not theirs.
    pub(crate) fn parse(text: &'a [u8]) -> Self {
        let bracket = memchr::memrchr(b']', text).map_or(0, |bracket| bracket + 1);
        // Two bare colons are an IPv6 address without its brackets, which has no port.
        let colons = memchr::memchr_iter(b':', &text[bracket..]).take(2).count();
        match memchr::memrchr(b':', text) {
            Some(colon) if colons == 1 => {
                Self { host: text[..colon].trim_ascii(), port: Some(text[colon + 1..].trim_ascii()) }
            }
            _ => Self { host: text, port: None },
        }
    }

    /// The port, if there is one and it is a number below 65536.
    pub fn port_number(&self) -> Option<u16> {
        std::str::from_utf8(self.port?).ok()?.parse().ok()
    }

    /// The address, if the host is one.
    pub fn address(&self) -> Option<IpAddr> {
        let text = std::str::from_utf8(self.host).ok()?;
        match text.strip_prefix('[') {
            Some(inner) => inner.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            None => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        }
    }

    /// Whether both follow the grammar of RFC 3261 section 25.1, for whose host names digits alone are enough.
    pub(crate) fn is_valid(&self) -> bool {
        let host = match self.host {
            [] => false,
            [b'[', ..] => self.address().is_some(),
            // An underscore is no part of a host name, and yet common; the grammar is what counts.
            name => name.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.')),
        };
        host && self.port.is_none_or(|port| !port.is_empty() && port.iter().all(u8::is_ascii_digit))
    }

    /// Whether the hosts are the same name, case ignored, or the same address.
    pub(crate) fn same_host(&self, other: &HostPort<'_>) -> bool {
        self.host.eq_ignore_ascii_case(other.host)
            || self.address().is_some_and(|address| other.address() == Some(address))
    }
}
