//! What the judge is given.

use std::collections::BTreeMap;

use ledger::{Document, Ledger, Role};
use record::Record;
use scenario::model::Scenario;
use wire::profile::Profile;

/// One run of one scenario over one transport, and all that a verdict on it rests on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What happened.
    pub record: &'a Record,
    /// What was to happen.
    pub scenario: &'a Scenario,
    /// The names of the document.
    pub profile: &'static Profile,
    /// The requirements.
    pub ledger: &'a Ledger,
    /// What the vendor declares.
    pub ics: &'a Ics,
}

/// What the vendor declares to implement. Where it says no, the verdict is `not-applicable`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ics {
    /// Roles the IUT plays.
    pub roles: Vec<Role>,
    /// Documents it implements.
    pub documents: Vec<Document>,
    /// Requirements whose option it does not have, by id, with the vendor's reason.
    pub absent: BTreeMap<String, String>,
}
