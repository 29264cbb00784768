//! How a peer answers requests by itself.

use std::collections::VecDeque;
use std::sync::Arc;

/// How a request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With a response.
    Status {
        /// The status code. After one below 200 no final response follows.
        code: u16,
        /// The reason phrase; `None` for the usual one.
        reason: Option<String>,
        /// Headers beside those that every response has, in that order, written as they are.
        headers: Vec<(String, String)>,
    },
    /// Not at all.
    Silent,
}

impl Answer {
    /// A response with this code and no headers of its own.
    pub const fn status(code: u16) -> Self {
        Self::Status { code, reason: None, headers: Vec::new() }
    }

    /// The same with one more header; nothing is different for [`Answer::Silent`].
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.push((name.into(), value.into()));
        }
        self
    }
}

/// The methods that a peer answers with something else than 405.
pub(crate) const ALLOW: &str = "MESSAGE, OPTIONS, INVITE, ACK, CANCEL, BYE";

/// How a peer answers each method.
#[derive(Debug)]
pub(crate) struct Answers {
    /// For the next requests of these methods, in that order.
    next: VecDeque<(Box<[u8]>, Arc<Answer>)>,
    lasting: Vec<(Box<[u8]>, Arc<Answer>)>,
    other: Arc<Answer>,
}

impl Default for Answers {
    fn default() -> Self {
        let allowing = |code| Answer::status(code).with_header("Allow", ALLOW);
        let lasting = [("MESSAGE", Answer::status(200)), ("OPTIONS", allowing(200))]
            .map(|(method, answer)| (method.as_bytes().into(), Arc::new(answer)));
        Self { next: VecDeque::new(), lasting: lasting.into(), other: Arc::new(allowing(405)) }
    }
}

impl Answers {
    /// From now on.
    pub(crate) fn set(&mut self, method: &str, answer: Answer) {
        let answer = Arc::new(answer);
        match self.lasting.iter_mut().find(|(known, _)| **known == *method.as_bytes()) {
            Some((_, old)) => *old = answer,
            None => self.lasting.push((method.as_bytes().into(), answer)),
        }
    }

    /// For one request, after those that wait already.
    pub(crate) fn set_next(&mut self, method: &str, answer: Answer) {
        self.next.push_back((method.as_bytes().into(), Arc::new(answer)));
    }

    /// The answer for a request that has just come.
    pub(crate) fn take(&mut self, method: &[u8]) -> Arc<Answer> {
        self.take_declared(method).unwrap_or_else(|| self.other.clone())
    }

    /// The answer for a request that has just come, if something was said about its method.
    pub(crate) fn take_declared(&mut self, method: &[u8]) -> Option<Arc<Answer>> {
        if let Some(place) = self.next.iter().position(|(waiting, _)| **waiting == *method)
            && let Some((_, answer)) = self.next.remove(place)
        {
            return Some(answer);
        }
        let found = self.lasting.iter().find(|(known, _)| **known == *method);
        found.map(|(_, answer)| answer.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(answers: &mut Answers, method: &str) -> Option<u16> {
        match &*answers.take(method.as_bytes()) {
            Answer::Status { code, .. } => Some(*code),
            Answer::Silent => None,
        }
    }

    #[test]
    fn the_background_responder_is_as_declared() {
        let mut answers = Answers::default();
        let codes = ["MESSAGE", "OPTIONS", "REFER", "message"].map(|m| code(&mut answers, m));
        assert_eq!(codes, [Some(200), Some(200), Some(405), Some(405)]);
        let allowing = Answer::status(405).with_header("Allow", ALLOW);
        assert_eq!(*answers.take(b"REGISTER"), allowing);
    }

    #[test]
    fn one_time_answers_come_first_and_only_for_their_method() {
        let mut answers = Answers::default();
        answers.set("MESSAGE", Answer::Silent);
        answers.set("NOTIFY", Answer::status(200));
        answers.set_next("MESSAGE", Answer::status(500));
        answers.set_next("MESSAGE", Answer::status(503));
        let codes = ["NOTIFY", "MESSAGE", "MESSAGE", "MESSAGE"].map(|m| code(&mut answers, m));
        assert_eq!(codes, [Some(200), Some(500), Some(503), None]);
    }
}
