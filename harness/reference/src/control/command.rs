//! The commands of the control protocol that an agent of some document has a use for.

use serde::Deserialize;
use serde_json::Value;

use crate::carrier::{Call, Mode};
use crate::common::address::is_writable;
use crate::sip::resolve;

/// A command, with its members understood.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Command {
    /// Originate an instant message.
    Send(Box<Send>),
    /// What the user does with a message.
    Dispose(Dispose),
    /// Change standing settings.
    Policy(Policy),
    /// Define a list.
    List(List),
    /// Open or close a session.
    Session(Session),
    /// A certificate of one's own.
    Identity(Box<Adopt>),
    /// The certificate of somebody else.
    Trust(Trust),
    /// What the user was shown.
    Log(Scope),
    /// Move the time of day.
    AdvanceClock {
        /// Seconds, negative to go back.
        seconds: f64,
    },
    /// Forget everything, or what concerns one peer.
    Reset(Scope),
    /// Lose volatile state.
    Restart,
    /// Any other name: known to the protocol or not, this driver cannot do it.
    #[serde(other)]
    Other,
}

/// Members of `send`.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Send {
    /// The next party.
    pub(crate) to: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) content_base64: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) display_name: Option<String>,
    pub(crate) cc: Vec<String>,
    pub(crate) mode: Mode,
    pub(crate) profile: Option<String>,
    pub(crate) report: bool,
    pub(crate) receipts: Vec<String>,
    pub(crate) require: bool,
    pub(crate) list_action: Option<ListAction>,
    pub(crate) original_from: bool,
    pub(crate) hide_sender: bool,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) sign: bool,
    pub(crate) encrypt: bool,
}

/// One of several subjects.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Subject {
    pub(crate) text: String,
    /// Language tag, if the text has one.
    pub(crate) lang: Option<String>,
}

/// The two values that section 8.1.2 defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ListAction {
    FirstRecipient,
    FinalRecipient,
}

/// One of several recipients, and whether this one is to report.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Recipient {
    pub(crate) uri: String,
    #[serde(default)]
    pub(crate) report: bool,
}

/// Members of `dispose`: which message, and what happens to it.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Dispose {
    pub(crate) handle: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) how: How,
}

/// What a user, or the agent's own fault, does to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum How {
    Read,
    DeleteUnread,
    Delete,
    Deny,
    Ignore,
    Consent,
    Delivered,
    NotDelivered,
    NotDisplayed,
}

/// Members of `policy`; what is absent stays as it was.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Policy {
    pub(crate) peer: Option<String>,
    pub(crate) reports: Option<Reports>,
    pub(crate) on_arrival: Option<OnArrival>,
    pub(crate) read_state: Option<ReadState>,
    pub(crate) hide_reporter: Option<bool>,
    pub(crate) hide_sender: Option<bool>,
    pub(crate) reject_next: Option<u16>,
    pub(crate) hide_target: Option<bool>,
    pub(crate) process_reports: Option<bool>,
    pub(crate) record_route: Option<bool>,
    pub(crate) aggregate: Option<bool>,
    pub(crate) store: Option<bool>,
}

/// What to do with requests for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reports {
    Allow,
    Deny,
    Ignore,
    Ask,
}

/// What becomes of a message when it arrives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OnArrival {
    #[default]
    Hold,
    Read,
    Delete,
    HoldDelivery,
    Error,
    /// Accepted, and nobody can find out what became of it.
    Unknown,
}

/// Whether the agent can tell that a message was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReadState {
    #[default]
    Known,
    Unknown,
}

/// Members of `session`: one of the first two.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Session {
    pub(crate) open: Option<String>,
    pub(crate) close: Option<String>,
    /// Which of its own addresses opens it.
    pub(crate) from: Option<String>,
}

/// Members of `list`.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct List {
    pub(crate) uri: String,
    pub(crate) members: Vec<Member>,
    /// Whether anybody may know who the members are. To a B2BUA of draft-burger-simple-imdn-03 it is all the same: a copy
    /// names nobody but its own recipient.
    #[serde(default = "yes")]
    pub(crate) disclosed: bool,
    /// Whether anybody may know how many they are.
    #[serde(default = "yes")]
    pub(crate) count_disclosed: bool,
}

fn yes() -> bool {
    true
}

/// Somebody on a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Member {
    pub(crate) uri: String,
    #[serde(default)]
    pub(crate) reports: Ability,
}

/// What is known of a member's reports (section 9.3.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Ability {
    /// It honours requests.
    #[default]
    Reports,
    /// It is not capable of honouring them.
    Incapable,
    /// It will not honour them.
    Refuses,
}

impl TryFrom<Value> for Ability {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::Bool(true) => Ok(Self::Reports),
            Value::Bool(false) => Ok(Self::Incapable),
            Value::String(word) if word == "refuses" => Ok(Self::Refuses),
            other => Err(format!("`reports` is true, false or \"refuses\", not {other}")),
        }
    }
}

/// Members of `identity`.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Adopt {
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
    /// Who vouches for it.
    pub(crate) ca_pem: Option<String>,
}

/// Members of `trust`.
#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Trust {
    pub(crate) certificate_pem: String,
    /// Whose it is; an authority's if nobody is named.
    pub(crate) address: Option<String>,
}

/// The peer that a command is restricted to, if any.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Scope {
    pub(crate) peer: Option<String>,
}

/// A line that is a command, apart from whether its members make sense.
#[derive(Debug)]
pub(crate) struct Request {
    /// What the reply has to repeat; `null` if there was none.
    pub(crate) id: Value,
    /// The command, or why it is none that this driver can do.
    pub(crate) command: Result<Command, Failure>,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The driver cannot do this.
    Unsupported(String),
    /// It could, but this time it did not work.
    Failed(String),
}

impl Request {
    /// Reads one line. Nothing that stands in it can do more harm than a failure in the reply.
    pub(crate) fn parse(line: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(line) {
            Ok(value @ Value::Object(_)) => {
                let id = value.get("id").cloned().unwrap_or_default();
                Self { id, command: command(value) }
            }
            Ok(_) => Self::rejected("the line is JSON, but no object"),
            Err(error) => Self::rejected(&format!("the line is no JSON object: {error}")),
        }
    }

    /// A line that cannot be answered by its id, because it has none that could be read.
    pub(crate) fn rejected(detail: &str) -> Self {
        Self { id: Value::Null, command: Err(Failure::Failed(detail.to_owned())) }
    }
}

/// What a `session` command asks for, of somebody whose own URI that is.
///
/// # Errors
/// It names nothing to open or close, or no way leads there.
pub(crate) fn call(session: Session, own: &str) -> Result<Call, Failure> {
    match (session.open, session.close) {
        (Some(to), None) => {
            let route = resolve(&to, None).filter(|_| is_writable(&to)).ok_or_else(|| no_way(&to))?;
            Ok(Call::Open { from: own.to_owned(), to, route })
        }
        (None, Some(with)) => Ok(Call::Close(Some(with))),
        _ => Err(Failure::Failed("`session` takes either `open` or `close`".to_owned())),
    }
}

/// The failure where a URI cannot be reached.
pub(crate) fn no_way(uri: &str) -> Failure {
    Failure::Failed(format!("no way to {uri}; its host has to be an address"))
}

fn command(value: Value) -> Result<Command, Failure> {
    let name = match value.get("command") {
        Some(Value::String(name)) => name.clone(),
        _ => return Err(Failure::Failed("`command` is missing".to_owned())),
    };
    match serde_json::from_value(value) {
        Ok(Command::Other) => Err(Failure::Unsupported(format!("this driver cannot do `{name}`"))),
        Ok(command) => Ok(command),
        Err(error) => Err(Failure::Unsupported(format!("{name}: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, Failure> {
        Request::parse(line.as_bytes()).command
    }

    #[test]
    fn reads_a_command_and_ignores_members_it_does_not_know() {
        let request =
            Request::parse(br#"{"id":7,"command":"dispose","message_id":"m","how":"delete-unread","x":1}"#);
        assert_eq!(request.id, 7);
        let Ok(Command::Dispose(dispose)) = request.command else { panic!("{:?}", request.command) };
        assert_eq!((dispose.message_id.as_deref(), dispose.how), (Some("m"), How::DeleteUnread));
    }

    #[test]
    fn unknown_values_and_commands_are_unsupported() {
        for line in [
            r#"{"command":"dispose","how":"eat"}"#,
            r#"{"command":"identity","key_pem":""}"#,
            r#"{"command":"credentials"}"#,
            r#"{"command":"send","to":"sip:a@b","list_action":"everybody"}"#,
        ] {
            assert!(matches!(parse(line), Err(Failure::Unsupported(_))), "{line}");
        }
    }

    #[test]
    fn lines_that_are_no_command_fail() {
        for line in ["", "{", "[]", "7", r#"{"id":1}"#, r#"{"id":1,"command":7}"#, "\u{0}"] {
            assert!(matches!(parse(line), Err(Failure::Failed(_))), "{line}");
        }
    }

    #[test]
    fn restart_may_carry_anything() {
        assert_eq!(parse(r#"{"id":"a","command":"restart","peer":"sip:x@y"}"#), Ok(Command::Restart));
    }
}
