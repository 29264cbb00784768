//! The scenario language as types. Everything a scenario author can write stands in here; the loader, the JSON
//! schema and the language reference in `docs/` are made from these types and their comments.

mod judging;
mod protect;
mod scenario;
mod step;
mod transport;

use ledger::Document;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

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
}

/// The key of `document` that says which kind of notification it is, where the document of the file has several (RFC 5438).
pub const NOTIFICATION: &str = "notification";

fn one() -> u32 {
    1
}

fn documents(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": Document::ALL})
}
