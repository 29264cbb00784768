//! The driver for people: each command becomes an instruction.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::Mutex;

use super::{Fault, Reply};
use crate::iut::Ready;

/// What a person can do; the rest needs a program.
const COMMANDS: &[&str] =
    &["send", "dispose", "policy", "list", "session", "advance_clock", "reset", "restart"];

/// Command, member with its value, and the words for it.
type Instruction = (&'static str, Option<(&'static str, &'static str)>, &'static str);

/// What a person is told, by command and by the member that says what kind of it. The first that fits counts.
const INSTRUCTIONS: &[Instruction] = &[
    ("send", None, "Send an instant message"),
    ("dispose", Some(("how", "read")), "Open the message, so that it counts as read"),
    ("dispose", Some(("how", "delete-unread")), "Delete the message without opening it"),
    ("dispose", Some(("how", "delete")), "Delete the message that was read"),
    ("dispose", Some(("how", "deny")), "Refuse to have the message reported on"),
    ("dispose", Some(("how", "ignore")), "Have the request for a report ignored"),
    ("dispose", Some(("how", "consent")), "Agree to have the message reported on"),
    ("dispose", None, "Do with the message"),
    ("policy", None, "Change the settings"),
    ("list", None, "Define the list"),
    ("session", None, "Open or close a session"),
    ("advance_clock", None, "Set the clock of the device forward"),
    ("reset", None, "Delete all messages and put all settings back"),
    ("restart", None, "Switch the device off and on again"),
];

/// What a person can be taken to have said at the start; the profile has to give the endpoints.
pub(super) fn ready() -> Ready {
    Ready { commands: COMMANDS.iter().map(|name| (*name).to_owned()).collect(), ..Ready::default() }
}

/// Where a person reads and writes. Cheap to clone; all clones share one conversation.
#[derive(Clone)]
pub struct Console(Arc<Mutex<Conversation>>);

struct Conversation {
    input: Box<dyn AsyncBufRead + Send + Unpin>,
    output: Box<dyn AsyncWrite + Send + Unpin>,
}

impl Console {
    /// A conversation over these streams.
    pub fn new(
        input: impl AsyncBufRead + Send + Unpin + 'static,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        Self(Arc::new(Mutex::new(Conversation { input: Box::new(input), output: Box::new(output) })))
    }

    /// A conversation over standard input and standard error, so that reports on standard output stay clean.
    pub fn terminal() -> Self {
        Self::new(BufReader::new(tokio::io::stdin()), tokio::io::stderr())
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Console")
    }
}

/// An IUT behind a person.
#[derive(Debug)]
pub(super) struct Person(Console);

impl Person {
    pub(super) fn new(console: Console) -> Self {
        Self(console)
    }

    /// Tells the person what to do and waits for Enter, or for `u` and Enter.
    pub(super) async fn ask(&self, command: &Map<String, Value>) -> Result<Reply, Fault> {
        let mut conversation = self.0.0.lock().await;
        let line = conversation.exchange(&instruction(command)).await;
        match line.map_err(|error| Fault::Harness(format!("the terminal failed: {error}")))?.as_deref() {
            None => Err(Fault::Silent("the terminal was closed".into())),
            Some("u" | "U") => Ok(Reply::unsupported("the person said that it cannot do that")),
            Some(_) => Ok(Reply::ok()),
        }
    }
}

impl Conversation {
    async fn exchange(&mut self, instruction: &str) -> std::io::Result<Option<String>> {
        self.output.write_all(instruction.as_bytes()).await?;
        self.output.flush().await?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line).await?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }
}

/// The instruction, with all members but those that it puts into words.
fn instruction(command: &Map<String, Value>) -> String {
    let name = command.get("command").and_then(Value::as_str).unwrap_or_default();
    let fits = |(of, member, _): &&Instruction| {
        *of == name && member.is_none_or(|(member, value)| command.get(member).is_some_and(|v| v == value))
    };
    let found = INSTRUCTIONS.iter().find(fits);
    let said = found.and_then(|(_, member, _)| member.map(|(member, _)| member));
    let mut text = format!("\n>> {}\n", found.map_or(name, |(_, _, text)| text));
    for (member, value) in
        command.iter().filter(|(member, _)| *member != "command" && Some(member.as_str()) != said)
    {
        text.push_str(&format!("   {member}: {}\n", plain(value)));
    }
    text.push_str("   Enter when done, u and Enter if it cannot do that: ");
    text
}

/// A value as a person reads it. What comes from the IUT may hold control characters.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.chars().flat_map(visible).collect(),
        other => other.to_string(),
    }
}

fn visible(character: char) -> Vec<char> {
    if character.is_control() { character.escape_default().collect() } else { vec![character] }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn converse(answers: &'static str, command: Value) -> (Result<Reply, Fault>, String) {
        let (output, mut seen) = tokio::io::duplex(4096);
        let person = Person::new(Console::new(answers.as_bytes(), output));
        let Value::Object(command) = command else { panic!() };
        let reply = person.ask(&command).await;
        drop(person);
        let mut text = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut seen, &mut text).await.unwrap();
        (reply, text)
    }

    #[tokio::test]
    async fn a_person_is_told_what_to_do() {
        let command =
            json!({"command": "dispose", "how": "read", "from": "sip:p@h", "message_id": "a\u{1b}b"});
        let (reply, text) = converse("\n", command).await;
        assert_eq!(reply.unwrap().outcome(), Ok(()));
        assert!(text.contains("Open the message") && text.contains("from: sip:p@h"), "{text}");
        assert!(text.contains("a\\u{1b}b") && !text.contains("how"), "{text}");
    }

    #[tokio::test]
    async fn a_person_may_be_unable_or_gone() {
        let (reply, text) = converse("u\n", json!({"command": "send", "to": "sip:p@h"})).await;
        assert!(matches!(reply.unwrap().outcome(), Err(super::super::Refusal::Unsupported(_))), "{text}");
        let (reply, _) = converse("", json!({"command": "reset"})).await;
        assert!(matches!(reply, Err(Fault::Silent(_))));
    }
}
