//! The answer to what a peer sent.

use std::sync::Arc;

use bytes::Bytes;
use record::{Ending, Event, EventId, EventKind, Purpose, StepId};
use scenario::model::ExpectedAnswer;
use wire::msrp;

use super::Walk;
use crate::capture::{Message, Piece};
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
    /// The message was not sent, or not to its end, for want of a session; the text says why.
    NoSession(Option<Arc<Message>>, String),
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

/// The request that sets sessions up.
const INVITE: &str = "INVITE";

impl Reaction {
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Answer(_, status) => format!("The answer is {status}."),
            Self::Silence(_) => "There is no final answer.".to_owned(),
            Self::Undue(_) => "There is no response, and by its headers the message wants none.".to_owned(),
            Self::NoSession(_, why) => format!("There is no session to send it in: {why}."),
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
            Self::NoSession(Some(shown), _) => vec![evidence::whole(shown, "no session")],
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

/// Why there is no session, by what came of the INVITE for it.
fn no_session(invite: Arc<Message>, reaction: Option<Reaction>) -> Reaction {
    match reaction {
        Some(Reaction::Answer(answer, status @ 200..=299)) => {
            let why = format!("the answer to the INVITE is {status}, with a description that cannot be used");
            Reaction::NoSession(Some(answer), why)
        }
        Some(Reaction::Answer(answer, status)) => {
            Reaction::NoSession(Some(answer), format!("the INVITE was answered with {status}"))
        }
        Some(Reaction::Broken(why)) => Reaction::NoSession(Some(invite), why),
        _ => Reaction::NoSession(Some(invite), "the INVITE was not answered".to_owned()),
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
            return self.reaction_in_session(message, id, began, done);
        }
        let answered = done.iter().rev().find_map(|event| self.final_answer(*event));
        let reaction = answered.or_else(|| self.ending(id, began));
        match self.sent_in(id, began).filter(|sent| sent.method == INVITE) {
            Some(invite) => no_session(invite, reaction),
            None if reaction.is_none() && self.is_unsent(began) => {
                Reaction::NoSession(None, "nothing was sent".to_owned())
            }
            None => reaction.unwrap_or(Reaction::Silence(self.sent_in(id, began))),
        }
    }

    /// Whether no peer has sent a request since then: the session was gone.
    fn is_unsent(&self, began: EventId) -> bool {
        let is_sent = |kind: &EventKind| matches!(kind, EventKind::Sent { purpose, .. } if !matches!(purpose, Purpose::Answer(_)));
        !self.since(began).any(|(_, event)| is_sent(&event.kind))
    }

    /// The message that a step sent into a session: the one that it names as done, else the last one of the step.
    fn sent_in_session(&self, id: StepId, began: EventId, done: &[EventId]) -> Option<Arc<Message>> {
        let named = done.iter().rev().find_map(|event| self.chunk(*event));
        named.or_else(|| self.chunks_of(id, began).next_back())
    }

    /// What a peer sent into a session at an event; a SEND with nothing in it only keeps the session alive.
    fn chunk(&self, event: EventId) -> Option<Arc<Message>> {
        let message = self.capture.get(event)?;
        let is_chunk = match message.piece()? {
            Piece::Whole(_) => message.is_whole_send(),
            Piece::Part | Piece::Aborted | Piece::Refused(_) => true,
            Piece::Nothing => false,
        };
        (is_chunk && !message.is_from_iut()).then(|| message.clone())
    }

    fn chunks_of(&self, id: StepId, began: EventId) -> impl DoubleEndedIterator<Item = Arc<Message>> {
        let of_step = self.since(began).filter(move |(event, _)| self.belongs(*event, id));
        of_step.filter_map(|(event, _)| self.chunk(event))
    }

    /// How the IUT took a message in a session: one refused chunk refuses the message.
    fn reaction_in_session(
        &self,
        message: Arc<Message>,
        id: StepId,
        began: EventId,
        done: &[EventId],
    ) -> Reaction {
        // Of a message that was broken off, all that the step sent of it.
        let chunks: Vec<(EventId, Bytes)> = match message.chunks() {
            [] => self.chunks_of(id, began).map(|chunk| (chunk.event, chunk.octets.clone())).collect(),
            chunks => chunks.iter().map(|chunk| (chunk.event, chunk.octets.clone())).collect(),
        };
        let named = done.iter().filter_map(|event| self.capture.get(*event));
        let named = named.filter(|message| message.is_from_iut() && message.status.is_some());
        let responses = chunks.iter().flat_map(|(chunk, _)| self.capture.responses(*chunk));
        let responses: Vec<_> = responses.chain(named).collect();
        let is_refusal = |status: u16| !is_in(status, "2xx");
        let refused = responses.iter().find(|response| response.status.is_some_and(is_refusal));
        if let Some(response) = refused.or(responses.last()) {
            return Reaction::Answer(Arc::clone(response), response.status.unwrap_or_default());
        }
        let broken = chunks.iter().find_map(|(chunk, _)| match self.capture.ending(*chunk) {
            Some(Ending::Broken(why)) => Some(why.clone()),
            _ => None,
        });
        let due = chunks.iter().any(|(_, octets)| msrp::is_due(&msrp::read(octets), 200));
        match broken {
            Some(why) => Reaction::NoSession(Some(message), why),
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
