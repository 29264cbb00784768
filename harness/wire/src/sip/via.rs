//! Via values (RFC 3261 section 20.42).

use super::lex;
use super::rule;
use crate::deviation::{Decoded, Deviation, Span};
use crate::uri::{HostPort, Params};

/// One value of a Via header, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport, as sent: `UDP`, `TCP`, `TLS` or any other token.
    pub transport: &'a [u8],
    /// The sent-by.
    pub sent_by: HostPort<'a>,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads the value in `within`; `None` if there is no sent-protocol and sent-by in it.
    pub fn decode(octets: &'a [u8], within: Span) -> Decoded<Option<Self>> {
        let value = &octets[within.clone()];
        let mut deviations = Vec::new();
        let via = split(value);
        let well_formed = via.as_ref().is_some_and(|via| {
            lex::is_token(via.transport) && via.sent_by.is_valid() && via.params.is_well_formed()
        });
        if !well_formed {
            deviations.push(Deviation::new(within, &rule::VIA_VALUE));
        }
        Decoded { value: via, deviations }
    }

    /// The branch parameter.
    pub fn branch(&self) -> Option<&'a [u8]> {
        self.params.value(b"branch")
    }
}

/// `SIP / 2.0 / transport LWS sent-by *(; param)`, with white space around the slashes.
fn split(value: &[u8]) -> Option<Via<'_>> {
    let semicolon = memchr::memchr(b';', value).unwrap_or(value.len());
    let (head, params) = value.split_at(semicolon);
    let mut parts = head.splitn(3, |&octet| octet == b'/');
    let (protocol, _version, rest) = (parts.next()?, parts.next()?, lex::trim(parts.next()?));
    if !lex::trim(protocol).eq_ignore_ascii_case(b"SIP") {
        return None;
    }
    let blank = rest.iter().position(|&octet| lex::is_lws(octet))?;
    let sent_by = HostPort::parse(lex::trim(&rest[blank..]));
    Some(Via { transport: &rest[..blank], sent_by, params: Params::new(params) })
}
