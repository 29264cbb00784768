//! Sending a message on to the members of a list, and what their answers mean for the requester.

use std::sync::Arc;

use super::B2bua;
use super::course::Course;
use super::forward::{Forward, compose};
use super::inbound::Inbound;
use super::state::{Progress, Upstream};
use crate::agent::item::{Disposition, Reason};
use crate::common::host::Copied;
use crate::common::lists::List;
use crate::control::command::{Ability, Member};
use crate::faults::{Conduct, Defect, copy as spoiled};
use crate::user::Action;

impl B2bua {
    /// Sends a new message to each member.
    pub(super) fn explode(&mut self, inbound: Inbound, list: &Arc<List>, actions: &mut Vec<Action>) {
        let course = self.course(&inbound);
        let number = self.host.requests.next_number();
        let mut upstream = upstream(&inbound, list, course, self.host.conduct);
        let dropped = upstream.as_ref().is_some_and(|upstream| drops(self.host.conduct, upstream));
        for place in (0..list.members.len()).filter(|_| !dropped) {
            let copied = upstream.is_some().then_some(Copied { request: number, member: place });
            let (action, id) = self.forward(&inbound, list, course, (place, copied));
            if let Some(upstream) = &mut upstream {
                upstream.progress.open += usize::from(action.is_some());
                upstream.outbound.extend(id);
            }
            actions.extend(action);
        }
        let Some(upstream) = upstream else { return };
        self.host.requests.put_new(number, upstream);
        actions.extend(self.settle(number));
    }

    /// One copy; none if there is no way to the member.
    fn forward(
        &mut self,
        inbound: &Inbound,
        list: &List,
        course: Course,
        (place, copied): (usize, Option<Copied>),
    ) -> (Option<Action>, Option<String>) {
        let id = self.host.identifiers.for_message();
        let member = &list.members[place];
        let forward = Forward {
            inbound,
            list,
            member,
            marked: course == Course::Final && member.reports == Ability::Reports,
            hidden: self.hides_sender(inbound),
            id: id.as_deref(),
        };
        let mut draft = compose(&forward);
        spoiled::spoil(self.host.conduct, &mut draft, &forward);
        let Some(way) = inbound.received.origin.onward(&draft.target) else { return (None, id) };
        let mut outgoing = draft.into_outgoing(&list.uri, way);
        outgoing.hops = inbound.hops.saturating_sub(1);
        outgoing.mark = copied.map(|copied| self.host.mark(copied));
        (Some(Action::Send(Box::new(outgoing))), id)
    }

    /// By policy, or because the sender wants it (section 8.1.3).
    fn hides_sender(&self, inbound: &Inbound) -> bool {
        self.host.policies.hide_sender(&inbound.received.parties)
            || inbound.original_from.as_ref().is_some_and(|first| first.is_empty())
    }

    /// A copy was accepted, or it was not.
    pub(super) fn copy_concluded(&mut self, copied: Copied, accepted: bool) -> Option<Action> {
        let upstream = self.host.requests.get(copied.request)?;
        upstream.progress.open = upstream.progress.open.saturating_sub(1);
        upstream.progress.accepted += usize::from(accepted);
        let member = upstream.list.members.get(copied.member)?.clone();
        match upstream.course {
            Course::Final if accepted => self.report_for(copied.request, &member),
            Course::First if upstream.progress.reported && !accepted => self.late_failure(copied.request),
            Course::First => self.settle(copied.request),
            _ => None,
        }
    }

    /// Section 9.3.2: for a member that is not capable of reporting, and for one that will not. The others' own reports
    /// are handed on, and none is added to them (I-13).
    fn report_for(&mut self, number: u64, member: &Member) -> Option<Action> {
        let disposition = match member.reports {
            Ability::Reports => return None,
            Ability::Incapable if self.host.conduct.is(Defect::IncapableMeansSilence) => return None,
            Ability::Incapable => Disposition::Forwarded,
            Ability::Refuses if self.host.conduct.is(Defect::RefusingMemberAsRead) => Disposition::Read,
            Ability::Refuses => Disposition::Denied(Reason::Policy),
        };
        self.own_report(number, disposition)
    }

    /// Reports what the B2BUA itself did or does, as soon as that is known, and once (sections 9.1 and 9.3.1): one
    /// accepted copy is enough, since the message was then sent on.
    pub(super) fn settle(&mut self, number: u64) -> Option<Action> {
        let conduct = self.host.conduct;
        let upstream = self.host.requests.get(number)?;
        let (dropped, explicit) = (drops(conduct, upstream), upstream.is_explicitly_first());
        let Progress { open, accepted, reported } = upstream.progress;
        let disposition = match upstream.course {
            _ if reported => return None,
            Course::Denial(reason) => Disposition::Denied(reason),
            Course::First if accepted > 0 || dropped => Disposition::Forwarded,
            Course::First if open == 0 => Disposition::Failed,
            _ => return None,
        };
        let processed = disposition == Disposition::Forwarded;
        if processed && explicit && conduct.is(Defect::FirstWaitsForDownstream) {
            return None;
        }
        self.conclude(number, disposition)
    }

    /// Reports on the message, and nothing after that.
    pub(super) fn conclude(&mut self, number: u64, disposition: Disposition) -> Option<Action> {
        let upstream = self.host.requests.get(number)?;
        upstream.progress.reported = true;
        let swallowed = (self.host.conduct.is(Defect::ErrorSwallowed) && disposition == Disposition::Failed)
            || (self.host.conduct.is(Defect::NoListActionNoReport) && upstream.list_action.is_none());
        if swallowed { None } else { self.own_report(number, disposition) }
    }

    /// After `processed` there is nothing more to say (section 6.2.2).
    fn late_failure(&mut self, number: u64) -> Option<Action> {
        let blabs = self.host.conduct.is(Defect::LateErrorAfterProcessed);
        if blabs { self.own_report(number, Disposition::Failed) } else { None }
    }
}

/// Whether the copies go nowhere, although `processed` is reported.
fn drops(conduct: Conduct, upstream: &Upstream) -> bool {
    conduct.is(Defect::ProcessedBeforeRelay)
        && upstream.course == Course::First
        && upstream.is_explicitly_first()
}

/// What is to be remembered of a message: nothing, if it asks for nothing.
fn upstream(inbound: &Inbound, list: &Arc<List>, course: Course, conduct: Conduct) -> Option<Upstream> {
    let asked = inbound.received.asked.clone().ok().flatten()?;
    Some(Upstream {
        conduct,
        received: inbound.received.clone(),
        asked,
        list: Arc::clone(list),
        course,
        list_action: inbound.list_action.clone(),
        progress: Progress::default(),
        outbound: Vec::new(),
        reporters: Default::default(),
    })
}
