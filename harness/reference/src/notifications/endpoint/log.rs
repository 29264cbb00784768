//! What the user was shown.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::Endpoint;
use super::item::Item;
use crate::clock::timestamp;
use crate::common::address::Party;
use crate::common::inbox::handle;
use crate::control::members;

impl Endpoint {
    /// The reply to `log`, for one peer or for all.
    pub(super) fn log(&self, peer: Option<&Party>) -> Map<String, Value> {
        let concerned = |parties: &[Party]| peer.is_none_or(|peer| parties.contains(peer));
        let is_listed = |item: &Item| item.shown && concerned(&item.received.parties);
        let items = self.inbox.iter().filter(|(_, item)| is_listed(item));
        let shown: Vec<_> = items.map(|(number, item)| entry(number, item)).collect();
        let told = self.shown.iter().filter(|shown| concerned(&shown.parties));
        let reports: Vec<_> = told.map(|shown| shown.entry()).collect();
        members(json!({"shown": shown, "reports": reports}))
    }
}

/// What a signature is worth, in the words of the control protocol.
pub(super) fn verdict(verified: Option<bool>) -> Option<&'static str> {
    verified.map(|good| if good { "valid" } else { "invalid" })
}

/// An entry, with the sender's name and the time of sending beside what the protocol asks for.
fn entry(number: u64, item: &Item) -> Value {
    let received = &item.received;
    let shown = &received.shown;
    let mut entry = json!({
        "handle": handle(number), "message_id": received.message_id, "from": received.from.uri,
        "text": shown.text, "subject": shown.subject, "content_type": received.content_type,
        "signature": verdict(received.protection.verified(&received.parties)),
        "encrypted": received.protection.is_encrypted, "name": shown.name, "sent": shown.sent.map(timestamp),
    });
    if let Some(octets) = &shown.octets {
        entry["text_base64"] = BASE64_STANDARD.encode(octets).into();
    }
    entry
}
