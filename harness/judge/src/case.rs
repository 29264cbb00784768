//! What the judge is given.

use std::collections::BTreeSet;

use ledger::Ledger;
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
    /// Roles the IUT plays, such as `reporting-uas`.
    pub roles: BTreeSet<String>,
    /// Short names of the documents it implements, such as `imdn-03`.
    pub documents: BTreeSet<String>,
    /// Ids of requirements whose option it does not have.
    pub absent: BTreeSet<String>,
}
