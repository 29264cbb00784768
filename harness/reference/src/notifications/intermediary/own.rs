//! Notifications of the intermediary's own: about processing, and about failures (RFC 5438 sections 5.2, 8.1, 8.2 and 12.2).

use super::Intermediary;
use super::explode::is_counted;
use super::state::{Fate, Request};
use crate::carrier::Mode;
use crate::common::address::without_parameters;
use crate::common::host::Copied;
use crate::common::policy::Policies;
use crate::control::command::Reports;
use crate::faults::notification::misdirected;
use crate::faults::{Flaw, Slip, relayed as spoiled};
use crate::notifications::received::Received;
use crate::notifications::report::{About, Occasion, written};
use crate::notifications::wanted::Wanted;
use crate::user::Action;

/// The status that says that nothing is said.
const FORBIDDEN: &str = "forbidden";

impl Intermediary {
    /// Tells the sender once that a message did not reach a member, if he wants to know.
    pub(super) fn tell_failure(&mut self, copied: Copied) -> Vec<Action> {
        let conduct = self.host.conduct;
        let Some(request) = self.host.requests.get(copied.request) else { return Vec::new() };
        let asked = request.received.wanted;
        let guessed = conduct.slips(Slip::FailedWithoutRequest) && !asked.is_empty();
        let wanted = (asked.negative || guessed) && !request.terms.is_blind;
        // One without the member's address is one for all of them.
        let repeated = request.failure_told && !request.list.disclosed;
        if !wanted || repeated {
            return Vec::new();
        }
        request.failure_told = true;
        let denied = is_denied(&self.host.policies, &request.received);
        match conduct.slip() {
            Some(Slip::FailureAsProcessingError) if !denied => {
                self.tell(copied.request, About::Processing, "error", None)
            }
            Some(Slip::IntermediaryUriAsRecipient) => {
                self.tell(copied.request, About::Delivery, "failed", None)
            }
            _ => self.tell(copied.request, About::Delivery, "failed", Some(copied.member)),
        }
    }

    /// What nobody here can know.
    pub(super) fn tell_delivered(&mut self, copied: Copied) -> Vec<Action> {
        let guesses = self.host.conduct.slips(Slip::DeliveredOnDownstream2xx);
        let request = self.host.requests.get(copied.request).filter(|_| guesses);
        let wanted = Wanted { positive: true, ..Wanted::default() };
        match request.is_some_and(|request| request.received.wanted == wanted) {
            true => self.tell(copied.request, About::Delivery, "delivered", Some(copied.member)),
            false => Vec::new(),
        }
    }

    /// Whether a message is thrown away, which is wrong.
    pub(super) fn drops(&self, received: &Received) -> bool {
        let denied = is_denied(&self.host.policies, received);
        let drops = match self.host.conduct.slip() {
            Some(Slip::ProcessedBeforeForwarding) => !denied,
            Some(Slip::DenyBlocksMessage) => denied,
            _ => false,
        };
        drops && received.wanted.processing
    }

    /// Tells the sender that all is done.
    pub(super) fn processed(&mut self, number: u64) -> Vec<Action> {
        self.tell(number, About::Processing, "processed", None)
    }

    /// Tells the sender what was done with the message, as soon as that is known of all copies, if he wants to know.
    pub(super) fn settle(&mut self, number: u64) -> Vec<Action> {
        let conduct = self.host.conduct;
        let Some(request) = self.host.requests.get(number) else { return Vec::new() };
        let wanted = spoiled::wants_processing(conduct, request.received.wanted);
        let Some(status) = processing(request).filter(|_| wanted) else { return Vec::new() };
        let status = spoiled::processing(conduct, status, request.terms.is_blind);
        let told = request.processing_told;
        let again = conduct.slips(Slip::StoredThenProcessed) && status == "processed" && told != Some(status);
        if told.is_some() && !again {
            return Vec::new();
        }
        let parties = request.received.parties.clone();
        request.processing_told = Some(status);
        match self.host.policies.process_reports(&parties) {
            true => self.tell(number, About::Processing, status, None),
            false => Vec::new(),
        }
    }

    /// A notification about a message; about one copy of it if a member is given.
    fn tell(&mut self, number: u64, about: About, status: &str, member: Option<usize>) -> Vec<Action> {
        let (id, now, conduct) =
            (self.host.identifiers.for_report(), self.host.clock.now(), self.host.conduct);
        let Some(request) = self.host.requests.get(number) else { return Vec::new() };
        let Request { received, list, .. } = &*request;
        let status = match self.host.policies.reports(&received.parties) {
            Some((Reports::Ignore, _)) => return Vec::new(),
            Some((Reports::Deny, _)) if about == About::Delivery && conduct.has(Flaw::DenyAsFailed) => status,
            Some((Reports::Deny, _)) => FORBIDDEN,
            _ => status,
        };
        let silent = is_counted(list) || received.is_anonymous() || received.origin.mode() == Mode::Session;
        let Some(message_id) = received.message_id.as_deref().filter(|_| !silent) else {
            return Vec::new();
        };
        let member = member.and_then(|member| list.members.get(member));
        let occasion = Occasion {
            received,
            message_id,
            about,
            status,
            id: &id,
            own: &received.named.uri,
            member: member.map(|member| without_parameters(&member.uri)),
            is_hidden: !list.disclosed,
            is_second: false,
        };
        written(&occasion, now, conduct)
            .map(|outgoing| misdirected(conduct, outgoing, received))
            .map(|outgoing| Action::Send(Box::new(outgoing)))
            .into_iter()
            .collect()
    }
}

/// Whether policy forbids to say anything.
fn is_denied(policies: &Policies, received: &Received) -> bool {
    matches!(policies.reports(&received.parties), Some((Reports::Deny, _)))
}

/// The status of the processing notification; none while it is open, and none where nobody got the message.
fn processing(request: &Request) -> Option<&'static str> {
    let has = |fits: fn(&Fate) -> bool| request.copies.iter().any(|copy| fits(&copy.fate));
    match () {
        () if has(|fate| *fate == Fate::Open) => None,
        () if request.terms.is_blind => Some("error"),
        () if has(|fate| matches!(fate, Fate::Kept(_))) => Some("stored"),
        () if has(|fate| *fate == Fate::Accepted) => Some("processed"),
        () => None,
    }
}
