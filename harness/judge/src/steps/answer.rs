//! The answer to what a peer sent.

use std::sync::Arc;

use record::{Ending, Event, EventId, EventKind, StepId};
use scenario::model::ExpectedAnswer;
use wire::msrp;

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
    /// None, and none is due: an MSRP request that wants no response if all is well (RFC 4975 section 7.2).
    Undue(Option<Arc<Message>>),
    /// The message was never sent, since the session for it was refused.
    NoSession(Arc<Message>, u16),
    /// The transport failed.
    Broken(String),
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    Right,
    Tolerated,
    /// Nothing can be said of it.
    Unjudged,
    Wrong,
}

/// What an answer is that does not come.
const NONE: &str = "none";

impl Reaction {
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Answer(_, status) => format!("The answer is {status}."),
            Self::Silence(_) => "There is no final answer.".to_owned(),
            Self::Undue(_) => "There is no response, and by its headers the message wants none.".to_owned(),
            Self::NoSession(_, status) => {
                format!("There is no session to send it in: the INVITE was answered with {status}.")
            }
            Self::Broken(why) => format!("The request could not be sent: {why}."),
        }
    }

    pub(super) fn evidence(&self) -> Vec<Evidence> {
        match self {
            Self::Answer(answer, status) | Self::NoSession(answer, status) => {
                let end =
                    answer.octets.iter().position(|octet| *octet == b'\r').unwrap_or(answer.octets.len());
                vec![evidence::at(answer, answer.in_octets(0..end), format!("{status}"))]
            }
            Self::Silence(Some(request)) | Self::Undue(Some(request)) => {
                vec![evidence::whole(request, "not answered")]
            }
            _ => Vec::new(),
        }
    }

    /// Whether the request was accepted, as far as can be told.
    pub(super) fn is_success(&self) -> bool {
        matches!(self, Self::Answer(_, 200..=299) | Self::Undue(_))
    }

    pub(super) fn worth(&self, expected: &ExpectedAnswer) -> Worth {
        let is = |pattern: &String| match self {
            Self::Answer(_, status) => is_in(*status, pattern),
            Self::Silence(_) | Self::Undue(_) => pattern == NONE,
            Self::NoSession(..) | Self::Broken(_) => false,
        };
        match self {
            _ if expected.is.iter().any(is) => Worth::Right,
            _ if expected.tolerate.iter().any(is) => Worth::Tolerated,
            Self::Undue(_) | Self::NoSession(..) => Worth::Unjudged,
            _ => Worth::Wrong,
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
        if let Some(message) = self.sent_in_session(id, began, done) {
            return self.reaction_in_session(message);
        }
        let answered = done.iter().rev().find_map(|event| self.final_answer(*event));
        let reaction = answered.or_else(|| self.ending(id, began));
        match reaction.unwrap_or(Reaction::Silence(self.sent_in(id, began))) {
            Reaction::Answer(answer, status) if answer.method == "INVITE" => {
                Reaction::NoSession(answer, status)
            }
            reaction => reaction,
        }
    }

    /// The message that a step sent into a session: the one that it names as done, else the last one of the step.
    fn sent_in_session(&self, id: StepId, began: EventId, done: &[EventId]) -> Option<Arc<Message>> {
        let sent = |event: EventId| {
            let message = self.capture.get(event)?;
            (!message.is_from_iut() && message.method == "SEND" && message.status.is_none())
                .then(|| message.clone())
        };
        let events = self.since(began).rev().map(|(event, _)| event);
        let of_step = || events.filter(|event| self.belongs(*event, id)).find_map(sent);
        done.iter().rev().find_map(|event| sent(*event)).or_else(of_step)
    }

    /// How the IUT took a message in a session: one refused chunk refuses the message.
    fn reaction_in_session(&self, message: Arc<Message>) -> Reaction {
        let whole = [(message.event, message.octets.clone())];
        let chunks = message.chunks().iter().map(|chunk| (chunk.event, chunk.octets.clone()));
        let chunks: Vec<_> = if message.chunks().is_empty() { whole.into() } else { chunks.collect() };
        let responses: Vec<_> = chunks.iter().flat_map(|(chunk, _)| self.capture.responses(*chunk)).collect();
        let refused =
            responses.iter().find(|response| response.status.is_none_or(|status| !is_in(status, "2xx")));
        if let Some(response) = refused.or(responses.last()) {
            return Reaction::Answer(Arc::clone(response), response.status.unwrap_or_default());
        }
        let broken = chunks.iter().find_map(|(chunk, _)| match self.capture.ending(*chunk) {
            Some(Ending::Broken(why)) => Some(why.clone()),
            _ => None,
        });
        let due = chunks.iter().any(|(_, octets)| msrp::is_due(&msrp::decode(octets).value, 200));
        match broken {
            Some(why) => Reaction::Broken(why),
            None if due => Reaction::Silence(Some(message)),
            None => Reaction::Undue(Some(message)),
        }
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
