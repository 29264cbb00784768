//! The scenario language as types. Everything a scenario author can write stands in here; the loader, the JSON
//! schema and the language reference in `docs/` are made from these types and their comments.

mod hostile;
mod judging;
mod protect;
mod scenario;
mod step;
mod transport;

use ledger::Document;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::text::Text;

pub use hostile::{Coding, Compress, Markup, TERMS, TRAP, Unharmed};
pub use judging::{Assertion, Charge, ExpectedAnswer, Ids, Severity};
pub use protect::{Layer, Place, Protect};
pub use scenario::Scenario;
pub use step::{
    Answer, Command, Edits, Expect, Kind, Quiet, Raw, Repeat, Send, Step, Template, Value, Verify, Wait,
    Window,
};
pub use transport::{Mode, TransportName, Variant};

/// One file: the scenarios of one section of one document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Scenarios of imdnspec")]
pub struct ScenarioFile {
    /// Short name of the document, such as `imdn-03`.
    #[schemars(schema_with = "documents")]
    pub document: Document,
    /// Section of the document, such as `"9.2"`.
    #[schemars(extend("examples" = ["9.1"]))]
    pub section: String,
    /// What the section is about.
    pub title: String,
    /// The scenarios, in the order of the section.
    pub scenarios: Vec<Scenario>,
}

/// How a value is made.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Generator {
    /// That many random letters and digits.
    Random(u32),
    /// A fresh identifier of exactly that many CPIM token characters.
    Token(u32),
    /// A fresh identifier that ends in every character RFC 3862 allows in a token.
    EveryTokenCharacter,
    /// The text itself; useful to name something that occurs several times.
    Text(String),
    /// A text many times over, for what is long.
    Repeat(Repetition),
    /// Texts that enclose one another, for what is deep.
    Nest(Nesting),
}

/// A text many times over.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Repetition {
    /// The text, in which `{n}` stands for its number, counted from 1.
    pub text: String,
    /// How often.
    pub times: u32,
}

/// Texts that enclose one another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Nesting {
    /// What stands before what is inside; `{n}` stands for the level, counted from 1 at the outermost.
    pub open: String,
    /// What stands behind it, with the same number.
    pub close: String,
    /// How many levels.
    pub times: u32,
}

/// The key of `document` that says which kind of notification it is, where the document of the file has several (RFC 5438).
pub const NOTIFICATION: &str = "notification";

fn one() -> u32 {
    1
}

fn documents(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": Document::ALL})
}
