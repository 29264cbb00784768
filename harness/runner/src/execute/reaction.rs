//! What the IUT made of a message, and whether what follows has a basis.

use scenario::model::{ExpectedAnswer, Send};

/// What an answer is that does not come.
pub(super) const NONE: &str = "none";

/// How the IUT reacted to what a peer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// A final answer with that status.
    Answer(u16),
    /// None, although one was due.
    Silence,
    /// None, and none is due if all is well.
    Undue,
    /// The message could not be sent, or not to its end, for want of a session; the text says why.
    NoSession(String),
}

impl Reaction {
    /// Whether the message was accepted, as far as can be told.
    pub(super) const fn is_success(&self) -> bool {
        matches!(self, Self::Answer(200..=299) | Self::Undue)
    }

    /// Whether what follows has a basis. The judge draws the same line: a refusal that is wanted, or an acceptance that is
    /// judged, does not keep the scenario from going on.
    pub(super) fn is_basis(&self, send: &Send) -> bool {
        let Some(expected) = &send.answer else { return self.is_success() };
        if matches!(self, Self::NoSession(_)) {
            return false;
        }
        let judging = !expected.judges.as_slice().is_empty();
        let wants_success = expected.is.iter().all(|pattern| pattern.starts_with('2'));
        // By the headers of the message, nothing can be said of an answer.
        let unjudged = *self == Self::Undue;
        unjudged || self.is_wanted(expected) || (judging && (self.is_success() || !wants_success))
    }

    fn is_wanted(&self, expected: &ExpectedAnswer) -> bool {
        expected.is.iter().chain(&expected.tolerate).any(|pattern| match self {
            Self::Answer(status) => is_in(*status, pattern),
            Self::Silence | Self::Undue => pattern == NONE,
            Self::NoSession(_) => false,
        })
    }

    /// Why what follows has no basis.
    pub(super) fn unwanted(&self) -> String {
        match self {
            Self::Answer(status) => format!("an earlier message was answered with {status}"),
            Self::Silence | Self::Undue => "an earlier message was not answered".into(),
            Self::NoSession(why) => format!("an earlier message could not be sent: {why}"),
        }
    }
}

/// Whether a status is that code or of that class: `404`, `4xx`.
fn is_in(status: u16, pattern: &str) -> bool {
    let digits = status.to_string();
    digits.len() == pattern.len()
        && digits
            .chars()
            .zip(pattern.chars())
            .all(|(digit, wanted)| digit == wanted || matches!(wanted, 'x' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expecting(answer: &str) -> Send {
        let text = format!(
            "document: imdn-03\nsection: '1'\ntitle: t\nscenarios:\n  - id: a\n    title: t\n    role: b2bua\n    steps:\n      \
             - send: {{message: im{answer}}}\n"
        );
        let loaded = scenario::strict::load::<scenario::model::ScenarioFile>("a.yaml", &text);
        let mut file =
            loaded.unwrap_or_else(|problems| panic!("{}", problems.render(scenario::Style::Plain))).value;
        match file.scenarios.remove(0).steps.remove(0) {
            scenario::model::Step::Send(send) => send,
            step => panic!("{step:?}"),
        }
    }

    #[test]
    fn what_follows_rests_on_the_right_answer() {
        let reactions = || {
            let statuses = [202, 404, 500].map(Reaction::Answer);
            statuses.into_iter().chain([Reaction::Silence, Reaction::Undue, Reaction::NoSession("x".into())])
        };
        let table = [
            ("", [true, false, false, false, true, false]),
            (", answer: {is: [2xx], judges: X}", [true, false, false, false, true, false]),
            (", answer: {is: [4xx], tolerate: [5xx], judges: X}", [true, true, true, true, true, false]),
            (", answer: {is: [4xx]}", [false, true, false, false, true, false]),
            (", answer: {is: [2xx, '404']}", [true, true, false, false, true, false]),
            (", answer: {is: [none]}", [false, false, false, true, true, false]),
            (", answer: {is: [none], judges: X}", [true, true, true, true, true, false]),
        ];
        for (answer, expected) in table {
            let send = expecting(answer);
            let found: Vec<bool> = reactions().map(|reaction| reaction.is_basis(&send)).collect();
            assert_eq!(found, expected, "{answer}");
        }
    }
}
