//! The scenario language as types. Everything a scenario author can write stands in here; the loader, the JSON
//! schema and the language reference in `docs/` are made from these types and their comments.

mod judging;
mod step;

use std::collections::BTreeMap;
use std::ops::Range;

use ledger::{Document, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

pub use judging::{Assertion, Charge, ExpectedAnswer, Ids, Severity};
pub use step::{
    Answer, Command, Edits, Expect, Kind, Quiet, Raw, Repeat, Send, Step, Template, Value, Verify, Window,
};

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

/// One scenario: the stimulus and the expectation for one point of the section.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// Name in kebab case, unique within the document.
    #[schemars(extend("examples" = ["read-message-is-reported"]))]
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The role the IUT plays: `requesting-uac`, `reporting-uas`, `b2bua`.
    #[schemars(schema_with = "roles")]
    pub role: Role,
    /// The transports it runs over; one variant each.
    #[serde(default = "both_transports")]
    pub transports: Vec<TransportName>,
    /// Why a transport is missing, where one is.
    #[serde(default)]
    #[schemars(extend("examples" = ["RFC 3261 17.1.2 has no retransmissions over TCP."]))]
    pub transports_reason: Option<String>,
    /// Scripted peers; the first is the one that steps mean where they name none.
    #[serde(default = "one_peer")]
    pub peers: Vec<String>,
    /// How many IUT processes take part; `command` steps choose one by `iut`.
    #[serde(default = "one")]
    pub instances: u32,
    /// Values made afresh for every run, by name.
    #[serde(default)]
    pub values: BTreeMap<String, Generator>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// Where it stands in its file; filled in by the loader.
    #[serde(skip)]
    pub at: Range<usize>,
}

/// Name of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TransportName {
    /// SIP over UDP.
    Udp,
    /// SIP over TCP.
    Tcp,
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

fn both_transports() -> Vec<TransportName> {
    vec![TransportName::Udp, TransportName::Tcp]
}

fn one_peer() -> Vec<String> {
    vec!["P".into()]
}

fn one() -> u32 {
    1
}

fn documents(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": Document::ALL})
}

fn roles(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": Role::ALL})
}
