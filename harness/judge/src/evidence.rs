//! Octets to show with a finding.

use bytes::Bytes;
use record::{EventId, EventKind, Record};
use serde_json::Value as Json;

use crate::capture::{Message, Place};
use crate::verdict::Evidence;

/// Longest piece of foreign text that a sentence quotes, in characters.
const MOST_QUOTED: usize = 80;

/// A place in a message, with what to say under the caret.
pub(crate) fn at(message: &Message, place: Place, label: impl Into<String>) -> Evidence {
    let decoded = if place.octets == message.octets { "" } else { ", decoded" };
    Evidence {
        event: message.event,
        at: message.at,
        caption: format!("{}{decoded}", message.caption()),
        octets: place.octets,
        span: Some(place.span),
        label: label.into(),
    }
}

/// A whole message.
pub(crate) fn whole(message: &Message, label: impl Into<String>) -> Evidence {
    Evidence {
        event: message.event,
        at: message.at,
        caption: message.caption(),
        octets: message.octets.clone(),
        span: None,
        label: label.into(),
    }
}

/// A reply or a command of the driver.
pub(crate) fn spoken(record: &Record, event: EventId, label: impl Into<String>) -> Option<Evidence> {
    let found = record.event(event)?;
    let (caption, json) = match &found.kind {
        EventKind::Reply { reply, .. } => ("driver, reply", reply),
        EventKind::Command { command, .. } => ("driver, command", command),
        _ => return None,
    };
    let octets = Bytes::from(json.to_string());
    Some(Evidence { event, at: found.at, caption: caption.into(), octets, span: None, label: label.into() })
}

/// Foreign text in a sentence: in quotes, control characters escaped, not too long.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted: String = text.chars().take(MOST_QUOTED).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST_QUOTED).is_some() {
        quoted.push('…');
    }
    format!("`{quoted}`")
}

/// A JSON value in a sentence.
pub(crate) fn quote_json(value: &Json) -> String {
    quote(&value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_harmless_and_short() {
        assert_eq!(quote("a\r\n\u{1b}[31m"), "`a\\r\\n\\u{1b}[31m`");
        assert_eq!(quote(&"x".repeat(500)).chars().count(), MOST_QUOTED + 3);
    }
}
