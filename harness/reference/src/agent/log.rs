//! What the user was shown.

use serde_json::{Map, Value, json};

use super::Agent;
use super::item::Item;
use crate::common::address::Party;
use crate::common::inbox::handle;
use crate::control::members;

impl Agent {
    /// The reply to `log`, for one peer or for all.
    pub(super) fn log(&self, peer: Option<&str>) -> Map<String, Value> {
        let peer = peer.map(Party::of);
        let concerned = |parties: &[Party]| peer.as_ref().is_none_or(|peer| parties.contains(peer));
        let shown: Vec<_> = self
            .inbox
            .iter()
            .filter(|(_, item)| item.shown && concerned(&item.received.parties))
            .map(|(number, item)| entry(number, item))
            .collect();
        let reports: Vec<_> = self
            .reports
            .iter()
            .filter(|report| concerned(&report.parties))
            .map(|report| report.entry())
            .collect();
        members(json!({"shown": shown, "reports": reports}))
    }
}

fn entry(number: u64, item: &Item) -> Value {
    let received = &item.received;
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let subject = received.subjects.first().map(|subject| {
        let value = text(&subject.value);
        wire::cpim::unescape(&value).into_owned()
    });
    json!({
        "handle": handle(number), "message_id": received.message_id, "from": received.from.uri,
        "text": text(&received.content), "subject": subject, "content_type": received.content_type,
        "signature": null, "encrypted": false,
    })
}
