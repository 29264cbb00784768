//! The IUT profile, `iut.yaml`: what the vendor declares to implement (ICS), how the IUT is reached and timed
//! (IXIT), and which driver asks it for what only its user could do.

mod builtin;
mod driver;
mod facts;
mod ixit;
mod length;
mod load;

pub use builtin::{ReferencePart, ReferenceRole, reference};
pub use driver::{Driver, Exec, Nothing, Placeholders, Tcp};
pub use facts::{Facts, Implementation, Ready};
pub use ixit::{Addressing, Ixit, Limits, StaticList, Windows};
pub use length::Length;
pub use load::load;

use std::collections::BTreeMap;

use ledger::{Document, Role};
use schemars::{JsonSchema, Schema, json_schema};
use serde::Deserialize;

/// One implementation under test.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Iut {
    /// Its name in reports.
    pub name: String,
    /// What it is declared to implement.
    pub ics: Ics,
    /// How it is reached and timed.
    #[serde(default)]
    pub ixit: Ixit,
    /// How it is asked for what only its user could do.
    pub driver: Driver,
}

/// The implementation conformance statement. What is not declared is not tested, and reported as not applicable.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ics {
    /// The roles it plays.
    #[schemars(schema_with = "roles")]
    pub roles: Vec<Role>,
    /// The documents it implements, by short name.
    #[schemars(schema_with = "documents")]
    pub documents: Vec<Document>,
    /// Requirements about options that it does not have, each with the reason: `IMDN-8.1-5: cannot insist`.
    #[serde(default)]
    pub absent: BTreeMap<String, String>,
}

impl Ics {
    /// The same in the words of the judge.
    pub(crate) fn for_judge(&self) -> judge::Ics {
        judge::Ics {
            roles: self.roles.clone(),
            documents: self.documents.clone(),
            absent: self.absent.clone(),
        }
    }
}

fn roles(_: &mut schemars::SchemaGenerator) -> Schema {
    words(Role::ALL.iter().map(|role| role.as_str()))
}

fn documents(_: &mut schemars::SchemaGenerator) -> Schema {
    words(Document::ALL.iter().map(|document| document.as_str()))
}

fn words(words: impl Iterator<Item = &'static str>) -> Schema {
    json_schema!({"type": "array", "items": {"enum": words.collect::<Vec<_>>()}})
}
