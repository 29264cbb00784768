//! The requirements as data.
//!
//! [`Ledger::builtin`] holds every requirement of every document, how ambiguous passages are read, and which entries
//! may go red together. The records live in `requirements/*.yaml`; [`Ledger::load`] reads them strictly. [`Coverage`]
//! says which scenarios judge which requirement, [`Listing`] is the machine-readable form of both, and [`explain`]
//! renders one thing for people.

mod coverage;
mod document;
pub mod explain;
mod id;
mod interpretation;
mod ledger;
mod listing;
mod load;
mod requirement;
mod vocabulary;

pub use coverage::{Coverage, CoverageItem, Uncovered};
pub use document::{Document, Family};
pub use explain::{UnknownId, explain};
pub use id::{BadId, ReadingId, RequirementId};
pub use interpretation::{FieldForm, Group, LeftOut, Reading, RollUp, Rule};
pub use ledger::{Catalogue, Ledger};
pub use listing::{LISTING_VERSION, ListedRequirement, Listing};
pub use load::{Content, LoadError, Problem, SourceFile};
pub use requirement::{Fault, Requirement};
pub use vocabulary::{Level, Role, Severity, Testability, Transport, UnknownWord};
