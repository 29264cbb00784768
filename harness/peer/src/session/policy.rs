//! What a peer does about invitations.

/// Media types of a description (RFC 4975 section 8.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaTypes {
    /// Entries of `accept-types`: types, `type/*`, or `*`.
    pub accept: Vec<String>,
    /// Entries of `accept-wrapped-types`; without any, there is no such attribute.
    pub wrapped: Vec<String>,
}

impl Default for MediaTypes {
    /// `message/cpim`, with anything in it: so everything comes in an envelope.
    fn default() -> Self {
        Self { accept: vec!["message/cpim".to_owned()], wrapped: vec!["*".to_owned()] }
    }
}

/// How a peer answers an INVITE of the IUT that no answer to `INVITE` provides for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Refuses all of them with that status, from 300 on; `None` accepts those whose offer makes sense, and refuses the
    /// others with 488, or 415 if the body is no session description.
    pub refuse: Option<u16>,
    /// Whether the peer opens the connection where the offer leaves that to it. It should not (RFC 6135 section 4.2.2),
    /// unless it might be out of reach.
    pub prefers_active: bool,
    /// Whether the peer, where it is active, takes a connection to the same address that another session of the same
    /// scenario has (RFC 4975 section 5.4).
    pub shares_connections: bool,
    /// What the peer accepts in its sessions.
    pub types: MediaTypes,
}

impl Default for SessionPolicy {
    /// Accepts, and lets the other side connect where that is left to the peer.
    fn default() -> Self {
        Self { refuse: None, prefers_active: false, shares_connections: true, types: MediaTypes::default() }
    }
}
