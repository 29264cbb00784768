//! One receipt for all members of a list who are to stay unknown (section 8.2).

use super::Intermediary;
use crate::receipts::receipt::{About, Occasion, SUCCESS};
use crate::receipts::received::{Confirmation, Received};
use crate::user::Action;

impl Intermediary {
    /// Takes note of a member's confirmation. When the last has confirmed, the sender is told so once, and nothing of
    /// who they are. Bad news and uncertainty confirm nothing (I-51).
    pub(super) fn aggregate(
        &mut self,
        number: u64,
        received: &Received,
        confirmation: &Confirmation,
    ) -> Option<Vec<Action>> {
        let about = confirmation.about;
        let request = self.requests.get(number)?;
        let member = request.member(received, confirmation).filter(|_| confirmation.is_success())?;
        let progress = request.progress.get_mut(member)?;
        let wanted = match about {
            About::Delivery => {
                progress.delivered = true;
                request.received.wanted.positive && request.progress.iter().all(|progress| progress.delivered)
            }
            About::Read => {
                progress.read = true;
                request.received.wanted.read && request.progress.iter().all(|progress| progress.read)
            }
        };
        if !wanted || request.told.contains(&about) {
            return None;
        }
        request.told.push(about);
        self.speak_for_all(number, about)
    }

    fn speak_for_all(&mut self, number: u64, about: About) -> Option<Vec<Action>> {
        let id = self.identifiers.for_report();
        let request = self.requests.get(number)?;
        let (received, message_id) = (request.received.clone(), request.message_id.clone());
        let occasion = Occasion {
            received: &received,
            message_id: &message_id,
            recipient: None,
            about,
            status: SUCCESS,
            id: &id,
        };
        Some(self.speak(&occasion))
    }
}
