//! The answer to a command.

use serde_json::{Map, Value};

/// The answer to a command: the JSON object as received, without its `id`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply(pub Map<String, Value>);

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The driver cannot do this; its own words.
    Unsupported(String),
    /// It could, but this time it did not work; its own words.
    Failed(String),
}

impl Reply {
    /// A plain yes.
    pub(super) fn ok() -> Self {
        Self(Map::from_iter([("ok".to_owned(), Value::Bool(true))]))
    }

    /// A driver's "cannot do that".
    pub(super) fn unsupported(detail: &str) -> Self {
        Self(Map::from_iter([
            ("ok".to_owned(), Value::Bool(false)),
            ("error".to_owned(), "unsupported".into()),
            ("detail".to_owned(), detail.into()),
        ]))
    }

    /// Whether the command was carried out.
    ///
    /// # Errors
    /// It was not, and why.
    pub fn outcome(&self) -> Result<(), Refusal> {
        if self.0.get("ok") == Some(&Value::Bool(true)) {
            return Ok(());
        }
        let text = |member: &str| self.0.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        Err(match text("error").as_str() {
            "unsupported" => Refusal::Unsupported(text("detail")),
            _ => Refusal::Failed(text("detail")),
        })
    }

    /// Whether this is an answer at all: `ok` is yes or no.
    pub(super) fn is_wellformed(&self) -> bool {
        matches!(self.0.get("ok"), Some(Value::Bool(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_says_why_not() {
        assert_eq!(Reply::ok().outcome(), Ok(()));
        assert_eq!(Reply::unsupported("no").outcome(), Err(Refusal::Unsupported("no".into())));
        let Value::Object(failed) = serde_json::json!({"ok": false, "error": "failed", "detail": "full"})
        else {
            panic!()
        };
        assert_eq!(Reply(failed).outcome(), Err(Refusal::Failed("full".into())));
    }
}
