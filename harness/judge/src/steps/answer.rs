//! The answer to what a peer sent.

use std::sync::Arc;

use record::{Ending, Event, EventId, EventKind, StepId};
use scenario::model::ExpectedAnswer;

use super::Walk;
use crate::capture::Message;
use crate::evidence;
use crate::verdict::Evidence;

/// How a request of a peer ended.
pub(super) enum Reaction {
    /// A final answer.
    Answer(Arc<Message>, u16),
    /// None, in the sender's patience.
    Silence(Option<Arc<Message>>),
    /// The transport failed.
    Broken(String),
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    Right,
    Tolerated,
    Wrong,
}

impl Reaction {
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Answer(_, status) => format!("The answer is {status}."),
            Self::Silence(_) => "There is no final answer.".to_owned(),
            Self::Broken(why) => format!("The request could not be sent: {why}."),
        }
    }

    pub(super) fn evidence(&self) -> Vec<Evidence> {
        match self {
            Self::Answer(answer, status) => {
                let end =
                    answer.octets.iter().position(|octet| *octet == b'\r').unwrap_or(answer.octets.len());
                vec![evidence::at(answer, answer.in_octets(0..end), format!("{status}"))]
            }
            Self::Silence(Some(request)) => vec![evidence::whole(request, "not answered")],
            _ => Vec::new(),
        }
    }

    /// Whether the request was accepted.
    pub(super) fn is_success(&self) -> bool {
        matches!(self, Self::Answer(_, 200..=299))
    }

    pub(super) fn worth(&self, expected: &ExpectedAnswer) -> Worth {
        let Self::Answer(_, status) = self else { return Worth::Wrong };
        let among = |patterns: &[String]| patterns.iter().any(|pattern| is_in(*status, pattern));
        match () {
            () if among(&expected.is) => Worth::Right,
            () if among(&expected.tolerate) => Worth::Tolerated,
            () => Worth::Wrong,
        }
    }
}

/// Whether a status is that code or of that class: `404`, `4xx`.
pub(super) fn is_in(status: u16, pattern: &str) -> bool {
    let digits = status.to_string();
    digits.len() == pattern.len()
        && digits
            .chars()
            .zip(pattern.chars())
            .all(|(digit, wanted)| digit == wanted || matches!(wanted, 'x' | 'X'))
}

impl Walk<'_> {
    /// How the request of a `send` step ended.
    pub(super) fn reaction(&self, id: StepId, began: EventId, done: &[EventId]) -> Reaction {
        let answered = done.iter().rev().find_map(|event| self.final_answer(*event));
        answered.or_else(|| self.ending(id, began)).unwrap_or(Reaction::Silence(self.sent_in(id, began)))
    }

    fn final_answer(&self, event: EventId) -> Option<Reaction> {
        let message = self.capture.get(event)?;
        let status = message.status.filter(|status| *status >= 200 && message.is_from_iut())?;
        Some(Reaction::Answer(message.clone(), status))
    }

    /// The end of the last transaction that the step started.
    fn ending(&self, id: StepId, began: EventId) -> Option<Reaction> {
        let ending = self.since(began).rev().find_map(|(_, event)| match &event.kind {
            EventKind::Transaction { request, ending } if self.belongs(*request, id) => Some(ending),
            _ => None,
        })?;
        match ending {
            Ending::Final(event) => self.final_answer(*event),
            Ending::TimedOut => None,
            Ending::Broken(why) => Some(Reaction::Broken(why.clone())),
        }
    }

    fn sent_in(&self, id: StepId, began: EventId) -> Option<Arc<Message>> {
        let (event, _) = self.since(began).find(|(event, _)| {
            self.belongs(*event, id) && self.capture.get(*event).is_some_and(|message| !message.is_from_iut())
        })?;
        self.capture.get(event).cloned()
    }

    fn belongs(&self, event: EventId, id: StepId) -> bool {
        self.case.record.event(event).is_some_and(|event| event.step == Some(id))
    }

    /// The events of the record from `began` to where the walk is.
    pub(super) fn since(&self, began: EventId) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        let events = self.case.record.events.get(began.0 as usize..=self.now.0 as usize).unwrap_or_default();
        (began.0..).map(EventId).zip(events).collect::<Vec<_>>().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn a_status_is_a_code_or_of_a_class() {
        assert!(is_in(404, "404") && is_in(404, "4xx") && is_in(404, "4XX"));
        assert!(!is_in(404, "40") && !is_in(404, "5xx") && !is_in(404, "403"));
    }
}
