//! No driver: nothing can be asked.

use serde_json::{Map, Value};

use super::Reply;
use crate::iut::Ready;

/// What an IUT without a driver can be taken to have said; the profile has to give its endpoints.
pub(super) fn ready() -> Ready {
    Ready::default()
}

/// Every command is beyond it.
pub(super) fn reply(command: &Map<String, Value>) -> Reply {
    let name = command.get("command").and_then(Value::as_str).unwrap_or_default();
    Reply::unsupported(&format!("there is no driver that could do `{name}`"))
}
