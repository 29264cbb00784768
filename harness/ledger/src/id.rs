//! Names of requirements and readings. They are the catalogue's, for ever.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Document;

/// A text that cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// No document names its requirements so.
    #[error("`{0}` is no requirement id: ids look like IMDN-8.1.1-2")]
    Requirement(String),
    /// Not I-nn or R-nn.
    #[error("`{0}` is no reading id: ids look like I-08 or R-12")]
    Reading(String),
}

/// The id of a requirement: the document's prefix, the section, a number within it (`IMDN-8.1.1-2`). Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequirementId {
    text: Arc<str>,
    document: Document,
}

impl RequirementId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The document that the prefix names.
    #[must_use]
    pub fn document(&self) -> Document {
        self.document
    }
}

impl FromStr for RequirementId {
    type Err = BadId;

    /// Accepts every text that has the shape of an id; whether the entry exists only a ledger can tell.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = || BadId::Requirement(text.to_owned());
        let document = Document::of_id(text).ok_or_else(bad)?;
        let rest = &text[document.id_prefix().len()..];
        let shaped = rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.ends_with(|c: char| c.is_ascii_digit())
            && rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
        if shaped { Ok(Self { text: text.into(), document }) } else { Err(bad()) }
    }
}

/// The id of a reading: `I-nn` for the drafts, `R-nn` for the RFCs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReadingId(Arc<str>);

impl ReadingId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The readings that a text refers to, each once, in the order of their first mention.
    #[must_use]
    pub fn mentioned_in(text: &str) -> Vec<Self> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let mut found = Vec::new();
        for id in words.filter_map(|word| word.parse().ok()) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        found
    }
}

impl FromStr for ReadingId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let digits = text.strip_prefix("I-").or_else(|| text.strip_prefix("R-"));
        match digits.map(str::as_bytes) {
            Some([tens, ones]) if tens.is_ascii_digit() && ones.is_ascii_digit() => Ok(Self(text.into())),
            _ => Err(BadId::Reading(text.to_owned())),
        }
    }
}

/// What both kinds of id need to serve as text.
macro_rules! text_like {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
    };
}
text_like!(RequirementId);
text_like!(ReadingId);

impl Borrow<str> for ReadingId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_shapes_of_all_documents_are_ids() {
        for text in [
            "IMDN-8.1.1-10",
            "RCPT-3.1-1",
            "MSG-11-1",
            "CPIM-49-3",
            "ISS-1-4",
            "I5438-12.1.3.1-4",
            "C3862-2-1",
        ] {
            assert_eq!(text.parse::<RequirementId>().map(String::from).as_deref(), Ok(text));
        }
    }

    #[test]
    fn other_shapes_are_not() {
        for text in ["", "IMDN-", "IMDN-8.1-", "imdn-8.1-1", "IMDN-8.1-1 ", "I-08", "XMPP-1-1", "IMDN-é"] {
            assert_eq!(text.parse::<RequirementId>(), Err(BadId::Requirement(text.to_owned())));
        }
    }

    #[test]
    fn readings_are_found_in_prose() {
        let found = ReadingId::mentioned_in("I-19: as in I-72, R-3x, (I-19); see IMDN-8.1-10 and R-07.");
        assert_eq!(found, ["I-19", "I-72", "R-07"]);
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_keeps_the_text(text in "\\PC{0,24}") {
            if let Ok(id) = text.parse::<RequirementId>() {
                prop_assert_eq!(id.as_str(), &text);
            }
            let _ = ReadingId::mentioned_in(&text);
        }
    }
}
