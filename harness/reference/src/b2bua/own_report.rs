//! Reports of the B2BUA's own (section 9.3.1): composed as any agent's, with the list as reporter.

use super::B2bua;
use super::state::Upstream;
use crate::agent::item::Disposition;
use crate::agent::object::Name;
use crate::agent::report::{Occasion, compose};
use crate::faults::{own_report as spoiled_here, report as spoiled};
use crate::user::Action;

/// What a report of the B2BUA's own rests on beyond what any agent's does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) upstream: &'a Upstream,
    pub(crate) disposition: Disposition,
}

impl B2bua {
    /// Reports to the agent that sent the request (section 5), where there is a way to it.
    pub(super) fn own_report(&mut self, number: u64, disposition: Disposition) -> Option<Action> {
        let (id, now) = (self.host.identifiers.for_report(), self.host.clock.now());
        let upstream = self.host.requests.get(number)?;
        let (received, asked, list) = (&upstream.received, &upstream.asked, &upstream.list);
        if received.is_unreported_by(self.host.conduct) {
            return None;
        }
        let hidden = self.host.policies.hide_reporter(&received.parties);
        let occasion =
            Occasion { received, asked, disposition, at: now, now, own: &list.uri, hidden, id: &id };
        let mut draft = compose(&occasion);
        // Another B2BUA upstream looks for this header, and for nothing else (section 9.3.2).
        if let Some(first) = &asked.original_message_id {
            draft.object.add(Name::Imdn("Original-Message-ID"), first.as_str());
        }
        spoiled_here::spoil(self.host.conduct, &mut draft, &Circumstances { upstream, disposition });
        spoiled::spoil(self.host.conduct, &mut draft, &occasion);
        let way = received.way_to(&draft.target)?;
        Some(Action::Send(Box::new(draft.into_report(&list.uri, way))))
    }
}
