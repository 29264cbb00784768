//! What carries messages.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// Name of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TransportName {
    /// SIP over UDP.
    Udp,
    /// SIP over TCP.
    Tcp,
    /// MSRP over TCP.
    Msrp,
}

/// How a message travels; the words are those of the control protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Each in a SIP MESSAGE (RFC 3428).
    Page,
    /// In an MSRP session (RFC 4975).
    Session,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Page, Self::Session];

    /// The word used in scenarios and in the control protocol.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Name of a variant of a scenario: what carries messages on the two sides of the IUT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// SIP over UDP with every peer.
    Udp,
    /// SIP over TCP with every peer.
    Tcp,
    /// SIP over UDP upstream and over TCP downstream.
    Mixed,
    /// MSRP sessions with every peer, set up by SIP over TCP.
    Msrp,
}

impl Variant {
    /// All, in the order in which they are run and shown.
    pub const ALL: [Self; 4] = [Self::Udp, Self::Tcp, Self::Mixed, Self::Msrp];

    /// The word used in scenarios and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Mixed => "mixed",
            Self::Msrp => "msrp",
        }
    }

    /// What carries SIP between the IUT and the peers upstream of it; those of an end user's agent are all upstream.
    pub const fn upstream(self) -> TransportName {
        match self {
            Self::Udp | Self::Mixed => TransportName::Udp,
            Self::Tcp | Self::Msrp => TransportName::Tcp,
        }
    }

    /// What messages travel by, on any side.
    pub const fn carriers(self) -> &'static [TransportName] {
        match self {
            Self::Udp => &[TransportName::Udp],
            Self::Tcp => &[TransportName::Tcp],
            Self::Mixed => &[TransportName::Udp, TransportName::Tcp],
            Self::Msrp => &[TransportName::Msrp],
        }
    }

    /// How messages travel where a step says nothing of it.
    pub const fn mode(self) -> Mode {
        match self {
            Self::Udp | Self::Tcp | Self::Mixed => Mode::Page,
            Self::Msrp => Mode::Session,
        }
    }

    /// What carries SIP between the IUT and the peers downstream of it.
    pub const fn downstream(self) -> TransportName {
        match self {
            Self::Udp => TransportName::Udp,
            Self::Tcp | Self::Mixed | Self::Msrp => TransportName::Tcp,
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
