//! What an IUT can know of a message that was sent to it.

use wire::cpim;
use wire::profile::Profile;

/// Identifier and sender of a message, as an implementation reads them that takes nothing on trust.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The identifier, if a header in the profile's namespace holds one.
    pub message_id: Option<String>,
    /// The URI of the CPIM sender; of the SIP sender, where there is none.
    pub from: String,
}

impl Identity {
    /// Reads them off a body that `sender` sent.
    pub fn of(body: &[u8], profile: &Profile, sender: &str) -> Self {
        let object = cpim::decode(body, 0..body.len()).value;
        let name = profile.headers.message_id;
        let header = match profile.cpim_namespace {
            Some(urn) => object.namespaced(urn, name).next(),
            None => object.bare(name).next(),
        };
        Self {
            message_id: header.map(|header| header.value().into_owned()).filter(|id| !id.is_empty()),
            from: object.from().map_or_else(|| sender.to_owned(), |address| address.uri().into_owned()),
        }
    }
}
