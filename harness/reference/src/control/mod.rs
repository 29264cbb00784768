//! The control protocol: JSON Lines on two pipes.

pub(crate) mod command;
mod lines;
mod writer;

pub(crate) use lines::{Line, Lines};
pub(crate) use writer::Writer;

use serde_json::{Map, Value, json};

use self::command::Failure;
use crate::common::inbox::handle;
use crate::user::Action;

/// Longest line of the protocol, in octets.
const LONGEST: usize = 1 << 20;

/// The reply to a command.
pub(crate) fn reply(id: &Value, outcome: Result<Map<String, Value>, Failure>) -> Value {
    let (error, detail) = match outcome {
        Ok(mut members) => {
            members.insert("id".to_owned(), id.clone());
            members.insert("ok".to_owned(), Value::Bool(true));
            return Value::Object(members);
        }
        Err(Failure::Unsupported(detail)) => ("unsupported", detail),
        Err(Failure::Failed(detail)) => ("failed", detail),
    };
    json!({"id": id, "ok": false, "error": error, "detail": detail})
}

/// The members of a reply.
pub(crate) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The event that a message can be disposed of.
pub(crate) fn arrived(number: u64, message_id: Option<&str>, from: &str) -> Action {
    Action::Tell(json!({
        "event": "arrived", "handle": handle(number), "message_id": message_id, "from": from,
    }))
}

/// The first line, and the one after a restart.
pub(crate) fn ready(address: &str, commands: &[&str]) -> Value {
    json!({
        "event": "ready",
        "protocol": 1,
        "implementation": {"name": "imdnspec reference", "version": env!("CARGO_PKG_VERSION")},
        "endpoints": [format!("{address};transport=udp"), format!("{address};transport=tcp")],
        "addresses": [address],
        "lists": [],
        "commands": commands,
        "scoped": true,
        "modes": ["page", "session"],
    })
}
