//! Reading what stands around a message: its addresses, and headers of RFC 3862.

use wire::cpim::{Header, Message};

use super::address::{Party, is_writable};

/// Headers of RFC 3862 section 4.
pub(crate) const KNOWN_CORE: [&str; 7] = ["From", "To", "cc", "DateTime", "Subject", "NS", "Require"];

/// An address header of a received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The whole value as it came.
    pub(crate) value: Vec<u8>,
    pub(crate) uri: String,
}

impl Address {
    /// An address without a name.
    pub(crate) fn of_uri(uri: &str) -> Self {
        Self { value: format!("<{uri}>").into_bytes(), uri: uri.to_owned() }
    }
}

/// The header that says that a message is meant for this agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) address: Address,
    /// Whether that is the first To.
    pub(crate) first: bool,
}

/// Which address header means this agent: one that has its address or the one the message was sent to. A single
/// To that names somebody else is an alias by which the sender knows this agent.
pub(crate) fn named(object: &Message<'_>, target: &str, own: &str) -> Named {
    let ours = [Party::of(target), Party::of(own)];
    let means_us = |address: &Address| ours.contains(&Party::of(&address.uri)) && is_writable(&address.uri);
    let to: Vec<_> = core(object, "To").filter_map(address).collect();
    if let Some(place) = to.iter().position(means_us) {
        return Named { address: to[place].clone(), first: place == 0 };
    }
    if let Some(address) = core(object, "cc").filter_map(address).find(means_us) {
        return Named { address, first: false };
    }
    match &to[..] {
        [only] if is_writable(&only.uri) => Named { address: only.clone(), first: true },
        _ => Named { address: Address::of_uri(own), first: to.is_empty() },
    }
}

/// Headers of RFC 3862 by their exact name (section 2.2 there).
pub(crate) fn core<'m, 'a>(object: &'m Message<'a>, name: &'m str) -> impl Iterator<Item = Header<'m, 'a>> {
    object.namespaced(wire::cpim::CORE, name)
}

/// The identifier by which a driver may speak of the message, in its own namespace or not.
pub(crate) fn called(object: &Message<'_>) -> Option<String> {
    let line = object.headers().find(|line| line.local_name() == "Message-ID")?;
    Some(line.value().into_owned()).filter(|id| !id.is_empty())
}

/// An address header, if it holds an address.
pub(crate) fn address(line: Header<'_, '_>) -> Option<Address> {
    let uri = line.address()?.uri().into_owned();
    Some(Address { value: unfolded(&line), uri })
}

/// The value as it came. CPIM has no folding; where a sender folds nevertheless, the report does not.
pub(crate) fn unfolded(line: &Header<'_, '_>) -> Vec<u8> {
    if line.is_folded() { line.value().into_owned().into_bytes() } else { line.raw_value().to_vec() }
}
