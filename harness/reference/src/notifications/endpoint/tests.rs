//! The endpoint without sockets: what goes in, and what comes out.

use std::sync::LazyLock;

use serde_json::json;

use self::episodes::{Episode, episodes};
use super::*;
use crate::carrier::{Mode, Outgoing};
use crate::common::fixtures::{self, incoming, masked};
use crate::control::command::Request as Line;
use crate::faults::{Fault, faults};
use crate::serve::{Profile, Role};

mod behaviour;
mod episodes;
mod hostile;

const LOCAL: &str = "127.0.0.1:5070";
const BOB: &str = "sip:bob@127.0.0.1:5070";
const ALICE: &str = "sip:alice@127.0.0.1:5060";
const NS: &str = "NS: imdn <urn:ietf:params:imdn>\r\n";

/// An agent and everything it has said so far.
struct Subject {
    agent: Endpoint,
    mode: Mode,
    said: Vec<String>,
    sent: Vec<Outgoing>,
}

impl Subject {
    fn new(fault: Option<&'static Fault>, mode: Mode) -> Self {
        let agent = Endpoint::new(LOCAL.parse().unwrap(), Conduct::new(fault, Role::Endpoint));
        let mut subject = Self { agent, mode, said: Vec::new(), sent: Vec::new() };
        subject.policy(json!({"reports": "allow"}));
        subject
    }

    fn ask(&mut self, command: Value) -> Value {
        let command = Line::parse(command.to_string().as_bytes()).command.unwrap();
        let (outcome, actions) = self.agent.command(command);
        let reply = outcome.map_or_else(|failure| json!(format!("{failure:?}")), Value::Object);
        self.said.push(masked(&reply.to_string()));
        self.note(actions);
        reply
    }

    /// Sends a message that asks for these notifications, and gives its identifier.
    fn send(&mut self, receipts: &[&str]) -> String {
        self.send_with(json!({"receipts": receipts}))
    }

    fn send_with(&mut self, members: Value) -> String {
        let mode = if self.mode == Mode::Page { "page" } else { "session" };
        let mut command = json!({"command": "send", "to": ALICE, "text": "Hi", "mode": mode});
        command.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.ask(command)["message_id"].as_str().unwrap_or_default().to_owned()
    }

    fn dispose(&mut self, how: &str) {
        self.dispose_of("h1", how);
    }

    fn dispose_of(&mut self, handle: &str, how: &str) {
        self.ask(json!({"command": "dispose", "handle": handle, "how": how}));
    }

    fn policy(&mut self, members: Value) {
        let mut command = json!({"command": "policy"});
        command.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.ask(command);
    }

    fn log(&mut self) -> Value {
        self.ask(json!({"command": "log"}))
    }

    fn take(&mut self, cpim: &str) {
        self.take_from(ALICE, cpim);
    }

    fn take_from(&mut self, sender: &str, cpim: &str) {
        self.take_as(&incoming(self.mode, sender, BOB, cpim));
    }

    fn take_as(&mut self, message: &Incoming) {
        let (answer, actions) = self.agent.receive(message);
        let answer = fixtures::answer(answer.as_ref());
        if self.agent.answers_last() {
            self.note(actions);
            self.said.push(answer);
        } else {
            self.said.push(answer);
            self.note(actions);
        }
    }

    /// Time passes.
    fn wait(&mut self, seconds: u32) {
        self.ask(json!({"command": "advance_clock", "seconds": seconds}));
        if self.agent.wakes_in() == Some(Duration::ZERO) {
            let actions = self.agent.wake();
            self.note(actions);
        }
    }

    fn note(&mut self, actions: Vec<Action>) {
        self.said.extend(actions.iter().map(fixtures::action));
        self.sent.extend(actions.into_iter().filter_map(|action| match action {
            Action::Send(outgoing) => Some(*outgoing),
            Action::Call(_) | Action::Tell(_) => None,
        }));
    }

    fn all(&self) -> String {
        self.said.join("\n")
    }

    /// Kinds and statuses of the notifications that went out, in their order.
    fn told(&self) -> Vec<String> {
        let kinds = ["delivery", "display", "processing"];
        let documents = self.sent.iter().map(|outgoing| String::from_utf8_lossy(&outgoing.body).into_owned());
        let told = documents.filter_map(|text| {
            let kind = kinds.into_iter().find(|kind| text.contains(&format!("<{kind}-notification>")))?;
            let status = text.split_once("<status><")?.1.split(['/', '>']).next()?.to_owned();
            Some(format!("{kind} {status}"))
        });
        told.collect()
    }
}

/// A message from Alice with these header lines behind From, To and DateTime.
fn im(lines: &str) -> String {
    im_with(lines, "Content-Type: text/plain; charset=utf-8\r\n", "The text")
}

fn im_with(lines: &str, content: &str, text: &str) -> String {
    format!(
        "From: <{ALICE}>\r\nTo: <{BOB}>\r\nDateTime: 2026-06-15T12:34:56Z\r\n{lines}\r\n{content}\r\n{text}"
    )
}

/// A message that asks for these notifications.
fn asking(id: &str, values: &str) -> String {
    asking_with(id, values, "")
}

/// The same with more header lines, which may use the prefix `imdn`.
fn asking_with(id: &str, values: &str, lines: &str) -> String {
    im(&format!("{NS}imdn.Message-ID: {id}\r\nimdn.Disposition-Notification: {values}\r\n{lines}"))
}

/// A document about the message of that identifier.
fn document(kind: &str, status: &str, id: &str, recipient: &str) -> String {
    let recipients = match recipient {
        "" => String::new(),
        uri => format!(
            "<recipient-uri>{uri}</recipient-uri><original-recipient-uri>{uri}</original-recipient-uri>"
        ),
    };
    format!(
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>{id}</message-id>\
         <datetime>2026-06-15T12:34:56Z</datetime>{recipients}<{kind}-notification><status><{status}/></status>\
         </{kind}-notification></imdn>"
    )
}

const MARKED: &str = "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n";

/// Alice's notification about the message of that identifier.
fn telling(kind: &str, status: &str, id: &str) -> String {
    im_with(&format!("{NS}imdn.Message-ID: n-{id}\r\n"), MARKED, &document(kind, status, id, ALICE))
}

/// A bundle of documents.
fn bundle(documents: &[String]) -> String {
    let parts: String = documents
        .iter()
        .map(|document| format!("--b\r\nContent-Type: message/imdn+xml\r\n\r\n{document}\r\n"))
        .collect();
    let content = "Content-Type: multipart/mixed; boundary=b\r\nContent-Disposition: notification\r\n";
    im_with(&format!("{NS}imdn.Message-ID: n\r\n"), content, &format!("{parts}--b--\r\n"))
}

fn run(episode: &Episode, fault: Option<&'static Fault>) -> String {
    let (_, mode, play) = episode;
    let mut subject = Subject::new(fault, *mode);
    play(&mut subject);
    subject.all()
}

/// Where the documents speak of S/MIME.
const SECURED: [&str; 2] = ["I5438-14", "C3862-2-4"];

/// The episodes that each fault shows in.
static SPOILED: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    let conformant: Vec<_> = episodes().map(|episode| run(episode, None)).collect();
    let ours = faults().iter().filter(|fault| fault.shows_in(Role::Endpoint, Profile::Rfc5438));
    // Keys take their time, and few faults have to do with them.
    let has_keys = |episode: &Episode| episodes::security::EPISODES.iter().any(|own| own.0 == episode.0);
    let knows_keys = |fault: &Fault| SECURED.iter().any(|section| fault.requirement.starts_with(section));
    let spoiled = |fault: &'static Fault| {
        episodes()
            .zip(&conformant)
            .filter(move |(episode, _)| knows_keys(fault) || !has_keys(episode))
            .filter(move |(episode, said)| run(episode, Some(fault)) != **said)
            .map(|(episode, _)| episode.0)
    };
    ours.map(|fault| (fault.name, spoiled(fault).collect())).collect()
});

#[test]
fn every_fault_shows() {
    let hidden: Vec<_> =
        SPOILED.iter().filter(|(_, episodes)| episodes.is_empty()).map(|(name, _)| name).collect();
    assert!(hidden.is_empty(), "{hidden:?} change nothing");
}

#[test]
fn the_same_agent_says_the_same() {
    for episode in episodes() {
        assert_eq!(run(episode, None), run(episode, None), "{}", episode.0);
    }
}

/// Faults that are meant for one occasion show on that occasion alone.
#[test]
fn a_fault_shows_only_where_its_rule_applies() {
    for (name, expected) in narrow::NARROW {
        let spoiled = SPOILED.iter().find(|(own, _)| own == name).map(|(_, episodes)| episodes.as_slice());
        assert_eq!(spoiled, Some(*expected), "{name}");
    }
}

mod narrow;
