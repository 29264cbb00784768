//! What only scenarios of robustness do: input that no sane peer sends, and looking whether the IUT has come to harm.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Ids, Text};

/// The name by which texts refer to what the IUT may not fetch.
pub const TRAP: &str = "trap";

/// The name by which texts refer to the words of the IUT's own document.
pub const TERMS: &str = "terms";

/// A step that leaves the IUT alive and at work, or the scenario ends: over a new connection a peer sends a sane message, which has to
/// be answered within the reply window, and the driver is asked something harmless. Where the scenario has named `${trap.…}`, the quiet
/// window passes as well. Whatever the IUT has fetched by then counts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Unharmed {
    /// The peer that sends the message; default: the first.
    #[serde(default)]
    pub peer: Option<Text>,
    /// The requirements this decides; without any it is a precondition of what follows.
    #[serde(default)]
    pub judges: Ids,
    /// What would have been right, in words.
    #[serde(default)]
    pub say: Option<String>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// Octets of a report document as they are.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Markup {
    /// What a document type declaration says behind the name of the root.
    #[schemars(extend("examples" = ["[<!ENTITY e SYSTEM \"${trap.url}\">]"]))]
    pub doctype: Option<Text>,
    /// What stands between the tags of the element with the identifier.
    #[schemars(extend("examples" = ["&e;"]))]
    pub id: Option<Text>,
    /// The whole document.
    pub whole: Option<Text>,
}

/// A body under a content coding (RFC 3261 section 20.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Compress {
    /// The coding, which Content-Encoding names unless `sip` edits say something else.
    #[serde(rename = "as")]
    pub coding: Coding,
    /// Megabytes of blanks behind the body before it is compressed.
    #[serde(default)]
    pub megabytes: u32,
    /// Octets that are cut off the end of what is sent.
    #[serde(default)]
    pub cut: u32,
}

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Deflate,
}

impl Coding {
    /// The word in Content-Encoding.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }
}
