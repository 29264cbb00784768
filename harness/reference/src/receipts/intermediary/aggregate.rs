//! One receipt for all members of a list who are to stay unknown (section 8.2).

use super::Intermediary;
use crate::receipts::receipt::{About, Occasion, SUCCESS};
use crate::receipts::received::{Confirmation, Received};
use crate::user::Action;

impl Intermediary {
    /// Takes note of a member's confirmation. When the last has confirmed, the sender is told so once, and nothing of
    /// who they are.
    pub(super) fn aggregate(
        &mut self,
        number: u64,
        received: &Received,
        confirmation: &Confirmation,
    ) -> Vec<Action> {
        let request = self.host.requests.get(number);
        let complete = request.is_some_and(|request| request.is_completed_by(received, confirmation));
        if complete { self.speak_for_all(number, confirmation.about) } else { Vec::new() }
    }

    fn speak_for_all(&mut self, number: u64, about: About) -> Vec<Action> {
        let Some(request) = self.host.requests.get(number) else { return Vec::new() };
        let (received, message_id) = (request.received.clone(), request.message_id.clone());
        self.speak(&Occasion {
            received: &received,
            message_id: &message_id,
            recipient: None,
            about,
            status: SUCCESS,
            id: &self.host.identifiers.for_report(),
        })
    }
}
