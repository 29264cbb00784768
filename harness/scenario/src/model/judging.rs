//! What is judged, and what breaking it is worth.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Value;
use crate::text::Text;

/// What the answer to a request has to be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectedAnswer {
    /// Status codes or classes (`2xx`) that are right. `none` means that no answer comes within the quiet window; only MSRP knows
    /// such requests (RFC 4975 section 7.1.2).
    #[schemars(extend("examples" = [["2xx"]]))]
    pub is: Vec<String>,
    /// Status codes or classes that give a warning.
    #[serde(default)]
    pub tolerate: Vec<String>,
    /// The requirements this decides; without any the answer is a precondition only.
    #[serde(default)]
    pub judges: Ids,
    /// Verdict when it is not met; default: by the level of the requirement.
    #[serde(default, rename = "else")]
    pub otherwise: Option<Severity>,
    /// The reading on which this rests.
    #[serde(default)]
    pub reading: Option<String>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// Requirements and what breaking them means.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Charge {
    /// The requirements this decides.
    pub judges: Ids,
    /// Verdict when it is not met; default: by the level of the requirement.
    #[serde(default, rename = "else")]
    pub otherwise: Option<Severity>,
    /// The reading on which this rests.
    #[serde(default)]
    pub reading: Option<String>,
    /// What would have been right, in words.
    #[serde(default)]
    pub say: Option<String>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// One requirement id, or a list of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(extend("examples" = ["IMDN-9.1-1", ["IMDN-9.1-1", "IMDN-9.1-2"]]))]
pub enum Ids {
    /// None.
    #[default]
    #[serde(skip)]
    None,
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Ids {
    /// All of them.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::One(id) => std::slice::from_ref(id),
            Self::Many(ids) => ids,
        }
    }
}

/// What a broken expectation is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing to object to.
    Pass,
    /// The IUT violates the requirement.
    Fail,
    /// A SHOULD, or a tenable second reading.
    Warning,
    /// The text gives no basis for a verdict.
    Inconclusive,
}

/// One thing that is judged. It has exactly one of `is`, `in`, `not`, `matches`, `uri`, `present`, `count`,
/// `contains`, `omits`, `lists`, `lacks` and `check`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Assertion {
    /// The requirements this decides.
    pub judges: Ids,
    /// What is looked at, such as `imdn.Message-ID`, `document.disposition`, `sip.status`, `reports`.
    #[serde(default)]
    #[schemars(extend("examples" = ["imdn.Message-ID", "document.disposition", "sip.status", "content.text", "shown"]))]
    pub that: Option<String>,
    /// The message or reply in which it is looked for; default: that of the step.
    #[serde(default)]
    pub of: Option<String>,
    /// The value is this text.
    #[serde(default)]
    pub is: Option<Text>,
    /// The value is one of these texts.
    #[serde(default, rename = "in")]
    pub one_of: Option<Vec<Text>>,
    /// The value is another than this text.
    #[serde(default)]
    pub not: Option<Text>,
    /// The whole value matches this regular expression.
    #[serde(default)]
    #[schemars(extend("examples" = ["[0-9]{4}-.*Z"]))]
    pub matches: Option<String>,
    /// The URI in the value is equivalent to the URI in this text.
    #[serde(default)]
    pub uri: Option<Text>,
    /// It is there, or it is not.
    #[serde(default)]
    pub present: Option<bool>,
    /// It occurs that many times.
    #[serde(default)]
    pub count: Option<u32>,
    /// This text occurs in the value.
    #[serde(default)]
    pub contains: Option<Text>,
    /// This text does not occur in the value, not even encoded.
    #[serde(default)]
    pub omits: Option<Text>,
    /// An entry of the list has these members.
    #[serde(default)]
    pub lists: Option<BTreeMap<String, Value>>,
    /// No entry of the list has these members.
    #[serde(default)]
    pub lacks: Option<BTreeMap<String, Value>>,
    /// A built-in check, by name.
    #[serde(default)]
    pub check: Option<String>,
    /// Values that a second tenable reading allows; they give a warning.
    #[serde(default)]
    pub tolerate: Vec<Text>,
    /// Verdict when it is not met; default: by the level of the requirement.
    #[serde(default, rename = "else")]
    pub otherwise: Option<Severity>,
    /// Verdict when there is nothing to look at; default: inconclusive.
    #[serde(default)]
    pub absent: Option<Severity>,
    /// The reading on which this rests.
    #[serde(default)]
    pub reading: Option<String>,
    /// What would have been right, in words.
    #[serde(default)]
    pub say: Option<String>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}
