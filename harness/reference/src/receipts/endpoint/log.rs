//! What the user was shown.

use serde_json::{Map, Value, json};

use super::Endpoint;
use super::item::Item;
use crate::common::address::Party;
use crate::common::inbox::handle;
use crate::control::members;
use crate::faults::Defect;

impl Endpoint {
    /// The reply to `log`, for one peer or for all.
    pub(super) fn log(&self, peer: Option<&str>) -> Map<String, Value> {
        let peer = peer.map(Party::of);
        let concerned = |parties: &[Party]| peer.as_ref().is_none_or(|peer| parties.contains(peer));
        let items = self.inbox.iter().filter(|(_, item)| item.shown && concerned(&item.received.parties));
        let shown: Vec<_> = items.map(|(number, item)| self.entry(number, item)).collect();
        let receipts = self.shown.iter().filter(|shown| concerned(&shown.parties));
        let reports: Vec<_> = receipts.map(|shown| shown.entry()).collect();
        members(json!({"shown": shown, "reports": reports}))
    }

    fn entry(&self, number: u64, item: &Item) -> Value {
        let received = &item.received;
        let text =
            if self.is_attachment(item) { "".into() } else { String::from_utf8_lossy(&received.content) };
        json!({
            "handle": handle(number), "message_id": received.message_id, "from": received.from.uri,
            "text": text, "subject": received.subject, "content_type": received.content_type,
            "signature": null, "encrypted": false,
        })
    }

    /// Content that does not say how it wants to be presented is to be rendered (section 3.1). An attachment shows what
    /// is in it when it is opened.
    fn is_attachment(&self, item: &Item) -> bool {
        self.conduct.is(Defect::AbsentMeansAttachment) && !item.received.disposed && !item.read
    }
}
