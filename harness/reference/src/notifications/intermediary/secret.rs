//! Notifications of members who are to stay unknown (RFC 5438 sections 8 and 14.2): what a member says is said anew, without any
//! trace of him.

use super::Intermediary;
use super::explode::is_counted;
use super::passing::Passage;
use crate::carrier::Outgoing;
use crate::faults::{Conduct, relayed as spoiled};
use crate::notifications::received::Confirmation;
use crate::notifications::report::{Occasion, written};
use crate::user::Action;

impl Intermediary {
    /// Tells the sender of a message what its members say. What is about no message of such a list goes no further.
    pub(super) fn take_secret(&mut self, passage: Passage<'_>) -> Vec<Action> {
        let Some(number) = passage.known else { return Vec::new() };
        let mut actions = Vec::new();
        for told in passage.told {
            if let Some(cleaned) = self.cleaned(number, passage, told) {
                let passage = Passage { told: std::slice::from_ref(told), ..passage };
                actions.extend(self.collect(passage, cleaned));
            }
        }
        actions
    }

    /// The same told by the list itself.
    fn cleaned(&mut self, number: u64, passage: Passage<'_>, told: &Confirmation) -> Option<Outgoing> {
        let (id, now, conduct) =
            (self.host.identifiers.for_report(), self.host.clock.now(), self.host.conduct);
        let request = self.host.requests.get(number)?;
        let received = &request.received;
        let message_id = received.message_id.as_deref().filter(|id| *id == told.message_id)?;
        let occasion = Occasion {
            received,
            message_id,
            about: told.about,
            status: &told.status,
            id: &id,
            own: &received.named.uri,
            member: None,
            is_hidden: true,
            is_second: false,
        };
        // What is wrong with notifications of its own is not wrong with what others said.
        let mut cleaned = written(&occasion, now, Conduct::default())?;
        let is_bundled = request.terms.collects && !is_counted(&request.list);
        spoiled::spoil_cleaned(conduct, &mut cleaned.body, passage, is_bundled);
        Some(cleaned)
    }
}
