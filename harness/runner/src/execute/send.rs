//! What peers put on the wire.

use bytes::Bytes;
use peer::Answer as PeerAnswer;
use record::{Ending, EventKind, StepId};
use scenario::model::{Answer, ExpectedAnswer, Raw, Send, Template, Window};
use tokio::time::timeout;

use super::cast::{Role, Way};
use super::scope::{End, Scope};
use super::stage::{Known, Stage};
use crate::compose::{Composer, Identity};
use crate::driver::Fault;

impl Stage<'_> {
    /// Sends a request and waits for its final answer.
    pub(super) async fn send(&self, send: &Send, id: StepId, scope: &mut Scope) -> Result<End, Fault> {
        let role = match self.role(send.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return Ok(End::unsupported(why)),
        };
        let composer = Composer { names: &scope.names, parties: self.cast.parties(role) };
        let octets = match composer.compose(send) {
            Ok(octets) => octets,
            Err(error) => return Ok(End::unsupported(error.to_string())),
        };
        let since = self.hearings.first().map_or(0, |hearing| hearing.ear().arrivals());
        let mut pending = role.peer.request(octets.clone(), role.way.transport, role.way.destination);
        let request = pending.request();
        self.name(send, role, request, octets.clone(), scope);
        let window = self.window(Window::Reply);
        let ending = match timeout(window, &mut pending).await {
            Ok(ending) => ending,
            Err(_) => {
                pending.abandon();
                Ending::TimedOut
            }
        };
        self.recorder.set_step(Some(id));
        let status = self.status(&ending);
        let accepted = matches!(status, Some(200..=299));
        let identity = Identity::of(&octets, self.profile);
        self.remember(request, Known { identity, may_arrive: accepted && announces(send.message), since });
        self.reaction(send, &role.way, &ending)?;
        let end = match ending {
            Ending::Final(answer) => End::done(vec![request, answer]),
            Ending::TimedOut | Ending::Broken(_) => End::elapsed(),
        };
        Ok(if is_basis(send, status) { end } else { end.breaking(unwanted(status)) })
    }

    fn name(&self, send: &Send, role: &Role, request: record::EventId, octets: Bytes, scope: &mut Scope) {
        let message = self.sends(role, request, octets);
        if let (Some(name), Some(message)) = (&send.name, message) {
            self.recorder.push(EventKind::Named { name: name.clone(), event: request });
            scope.names.name(name, message);
        }
    }

    fn status(&self, ending: &Ending) -> Option<u16> {
        let Ending::Final(answer) = ending else { return None };
        match self.recorder.get(*answer)?.kind {
            EventKind::Received { octets, .. } => wire::sip::decode(&octets).value.status(),
            _ => None,
        }
    }

    /// Tells silence that the scenario can judge from an IUT that is not there.
    fn reaction(&self, send: &Send, way: &Way, ending: &Ending) -> Result<(), Fault> {
        let speaks = || self.booking.processes.iter().any(|process| process.speaks_sip());
        let Way { transport, destination: to, .. } = way;
        match ending {
            Ending::Final(_) => {
                self.booking.processes.iter().for_each(|process| process.spoke_sip());
                Ok(())
            }
            Ending::TimedOut if send.message == Template::Again || speaks() => Ok(()),
            Ending::TimedOut => Err(Fault::NoAnswer(format!(
                "the IUT has answered no SIP request at {to} over {transport} so far; see whether it listens there, and \
                 whether the reply window is long enough"
            ))),
            Ending::Broken(why) => Err(Fault::Unreachable(format!(
                "a SIP request to {to} over {transport} could not be delivered: {why}"
            ))),
        }
    }

    /// Puts octets on the wire outside any transaction.
    pub(super) fn raw(&self, raw: &Raw, scope: &Scope) -> End {
        let role = match self.role(raw.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return End::unsupported(why),
        };
        let texts = raw.octets.iter().map(|text| scope.names.resolve(text).map(Bytes::from));
        match texts.collect::<Result<Vec<_>, _>>() {
            Ok(segments) => End::done(role.peer.raw(&segments, role.way.transport, role.way.destination)),
            Err(unresolved) => End::unsupported(unresolved.to_string()),
        }
    }

    /// Sets how a peer answers from now on.
    pub(super) fn answer(&self, answer: &Answer, scope: &Scope) -> End {
        let role = match self.role(answer.peer.as_ref(), scope) {
            Ok(role) => role,
            Err(why) => return End::unsupported(why),
        };
        role.peer.set_answer(match answer.status {
            0 => PeerAnswer::Silent,
            code => PeerAnswer::status(code),
        });
        End::done(Vec::new())
    }
}

/// Whether an IUT announces messages of this kind when they arrive.
const fn announces(template: Template) -> bool {
    matches!(template, Template::ImReq | Template::Im | Template::Plain | Template::Resent)
}

/// Whether what follows has a basis. The judge draws the same line: a refusal that is wanted, or an acceptance that is
/// judged, does not keep the scenario from going on.
fn is_basis(send: &Send, status: Option<u16>) -> bool {
    let accepted = matches!(status, Some(200..=299));
    let Some(expected) = &send.answer else { return accepted };
    let judging = !expected.judges.as_slice().is_empty();
    let wants_success = expected.is.iter().all(|pattern| pattern.starts_with('2'));
    status.is_some_and(|status| is_wanted(expected, status)) || (judging && (accepted || !wants_success))
}

fn is_wanted(expected: &ExpectedAnswer, status: u16) -> bool {
    expected.is.iter().chain(&expected.tolerate).any(|pattern| is_in(status, pattern))
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

fn unwanted(status: Option<u16>) -> String {
    match status {
        Some(status) => format!("an earlier message was answered with {status}"),
        None => "an earlier message was not answered".into(),
    }
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
        let accepted = Some(202);
        let (refused, broken, silent) = (Some(404), Some(500), None);
        let table = [
            ("", [true, false, false, false]),
            (", answer: {is: [2xx], judges: X}", [true, false, false, false]),
            (", answer: {is: [4xx], tolerate: [5xx], judges: X}", [true, true, true, true]),
            (", answer: {is: [4xx]}", [false, true, false, false]),
            (", answer: {is: [2xx, '404']}", [true, true, false, false]),
        ];
        for (answer, expected) in table {
            let send = expecting(answer);
            let found = [accepted, refused, broken, silent].map(|status| is_basis(&send, status));
            assert_eq!(found, expected, "{answer}");
        }
    }
}
