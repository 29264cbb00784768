//! The endpoint without sockets: what goes in, and what comes out.

use std::sync::LazyLock;

use serde_json::json;

use self::episodes::{EPISODES, Episode};
use super::*;
use crate::carrier::Mode;
use crate::control::command::Request as Line;
use crate::faults::{Fault, faults};
use crate::receipts::fixtures::{self, incoming, masked, receipt};
use crate::serve::{Profile, Role};

mod behaviour;
mod episodes;
mod hostile;

const LOCAL: &str = "127.0.0.1:5070";
const BOB: &str = "sip:bob@127.0.0.1:5070";
const ALICE: &str = "sip:alice@127.0.0.1:5060";

/// An agent and everything it has said so far.
struct Subject {
    agent: Endpoint,
    mode: Mode,
    said: Vec<String>,
    ids: Vec<String>,
}

impl Subject {
    fn new(fault: Option<&'static Fault>, mode: Mode) -> Self {
        let agent = Endpoint::new(LOCAL.parse().unwrap(), Conduct::new(fault, Role::Endpoint));
        Self { agent, mode, said: Vec::new(), ids: Vec::new() }
    }

    fn ask(&mut self, command: Value) -> Value {
        let command = Line::parse(command.to_string().as_bytes()).command.unwrap();
        let (outcome, actions) = self.agent.command(command);
        let reply = outcome.map_or_else(|failure| json!(format!("{failure:?}")), Value::Object);
        self.ids.extend(reply["message_id"].as_str().map(str::to_owned));
        self.said.push(masked(&reply.to_string()));
        self.note(&actions);
        reply
    }

    /// Sends a message that asks for these receipts, and gives its identifier.
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
        self.ask(json!({"command": "dispose", "handle": "h1", "how": how}));
    }

    fn policy(&mut self, members: Value) {
        let mut command = json!({"command": "policy"});
        command.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.ask(command);
    }

    fn log(&mut self) -> Value {
        self.ask(json!({"command": "log", "peer": ALICE}))
    }

    fn take(&mut self, cpim: &str) {
        self.take_from(ALICE, cpim);
    }

    fn take_from(&mut self, sender: &str, cpim: &str) {
        self.take_as(&incoming(self.mode, sender, BOB, cpim));
    }

    fn take_as(&mut self, message: &Incoming) {
        let (answer, actions) = self.agent.receive(message);
        self.said.push(fixtures::answer(answer.as_ref()));
        self.note(&actions);
    }

    fn wake(&mut self) {
        if self.agent.wakes_in() == Some(Duration::ZERO) {
            let actions = self.agent.wake();
            self.note(&actions);
        }
    }

    fn note(&mut self, actions: &[Action]) {
        self.said.extend(actions.iter().map(fixtures::action));
    }

    fn all(&self) -> String {
        self.said.join("\n")
    }

    /// How many receipts went out.
    fn receipts(&self) -> usize {
        self.all().matches("<status-receipt ").count()
    }
}

/// A message from Alice with these header lines behind From and To.
fn im(lines: &str) -> String {
    format!("From: \"Alice\" <{ALICE}>\r\nTo: <{BOB}>\r\n{lines}\r\nContent-type: text/plain\r\n\r\nThe text")
}

/// A message that asks for these receipts.
fn asking(id: &str, receipts: &str) -> String {
    im(&format!("Message-ID: {id}\r\nReceipt-Request: {receipts}\r\n"))
}

/// Alice's receipt of that type for the message of that identifier.
fn confirming(kind: &str, id: &str) -> String {
    receipt(ALICE, BOB, (kind, id, 200), ALICE, "")
}

fn run(episode: &Episode, fault: Option<&'static Fault>) -> String {
    let (_, mode, play) = episode;
    let mut subject = Subject::new(fault, *mode);
    play(&mut subject);
    subject.all()
}

/// The episodes that each fault shows in.
fn spoiled(fault: &'static Fault) -> Vec<&'static str> {
    static CONFORMANT: LazyLock<Vec<String>> =
        LazyLock::new(|| EPISODES.iter().map(|episode| run(episode, None)).collect());
    let episodes = EPISODES.iter().zip(CONFORMANT.iter());
    episodes
        .filter(|(episode, said)| run(episode, Some(fault)) != **said)
        .map(|(episode, _)| episode.0)
        .collect()
}

#[test]
fn every_fault_shows() {
    for fault in faults().iter().filter(|fault| fault.shows_in(Role::Endpoint, Profile::Receipts00)) {
        assert!(!spoiled(fault).is_empty(), "{} changes nothing", fault.name);
    }
}

#[test]
fn the_same_agent_says_the_same() {
    for episode in EPISODES {
        assert_eq!(run(episode, None), run(episode, None), "{}", episode.0);
    }
}

/// Faults that are meant for one occasion show on that occasion alone.
#[test]
fn a_fault_shows_only_where_its_rule_applies() {
    for (name, expected) in [
        (
            "message-id-always-demanded",
            &["no Message-ID", "render or not", "outer disposition", "receipt by another type"][..],
        ),
        ("receipt-in-2xx-body", &["delivered", "everything", "negative first", "several addressees"]),
        ("first-value-only", &["negative first"]),
        ("empty-means-all", &["empty request"]),
        ("receipt-timeout-60s", &["silence"]),
        ("drop-late-receipts", &["late receipt"]),
        ("silent-confirmation", &["receipt"]),
        ("match-on-header", &["receipt with the name of another"]),
        ("success-status-0", &["delivered", "everything", "negative first", "held", "several addressees"]),
        ("receipt-for-receipt", &["receipt that asks"]),
        ("read-receipt-render", &["read", "everything", "unknown read state", "session read"]),
        ("unknown-as-read", &["unknown read state"]),
        ("classify-by-root-element", &["receipt by another type"]),
        ("ignore-content-disposition", &["receipt without its mark"]),
        ("match-last-sent", &["second of three"]),
        ("confirm-all-on-first", &["one of two recipients", "receipt for a member"]),
        (
            "type-ignored",
            &["read receipt", "read receipt from elsewhere", "session receipt", "session receipt in chunks"],
        ),
        ("list-drops-receipt-request", &["one of two recipients"]),
        ("classify-by-outer-header", &["outer disposition"]),
        ("receipt-with-2xx", &["held"]),
        ("no-negative-receipt", &["negative"]),
        ("negative-after-error", &["refused"]),
        ("receipt-needs-same-call-id", &["receipt from elsewhere"]),
        ("read-receipt-from-must-match", &["read receipt from elsewhere"]),
        ("msrp-bare-xml-receipt", &["session read"]),
        ("msrp-requests-delivery", &["session send"]),
        ("receipt-asks-success-report", &["session read"]),
        ("failure-report-missing", &["session read"]),
        ("msrp-receipt-requests-read", &["session read"]),
        ("room-drops-message-id", &["session send to a room"]),
        ("msrp-always-200", &["session read"]),
        ("classify-first-chunk-only", &["session receipt in chunks"]),
        ("match-on-msrp-message-id", &["session receipt"]),
        ("msrp-receipt-for-receipt", &["session receipt that asks"]),
        ("receipt-reply-all", &["several addressees"]),
        ("unsolicited-confirms-latest", &["unknown receipt"]),
        ("policy-ignored-for-delivery", &["ignore"]),
        ("receipt-unescaped-ampersand", &["everything"]),
        ("absent-means-attachment", &["held", "no Message-ID", "render or not"]),
    ] {
        assert_eq!(spoiled(Fault::by_name(name).unwrap()), expected, "{name}");
    }
}
