//! The requirements as data.
//!
//! [`Ledger::builtin`] holds every requirement of every document, how ambiguous passages are read, and which entries
//! may go red together. The records live in `requirements/*.yaml`; [`Ledger::load`] reads them strictly. [`Coverage`]
//! says which scenarios judge which requirement, [`Listing`] is the machine-readable form of both, and [`render`]
//! has the text for people.

mod coverage;
mod document;
mod id;
mod interpretation;
mod ledger;
mod listing;
mod load;
pub mod render;
mod requirement;
mod suggest;
mod vocabulary;

pub use coverage::{Coverage, CoverageItem, Uncovered};
pub use document::{Document, Family};
pub use id::{BadId, ReadingId, RequirementId};
pub use interpretation::{FieldForm, Group, LeftOut, Reading, RollUp, Rule, SideEffect};
pub use ledger::{Catalogue, Ledger};
pub use listing::{LISTING_VERSION, ListedRequirement, Listing};
pub use load::{Content, LoadError, Problem, SourceFile};
pub use render::explain;
pub use requirement::{Fault, Requirement};
pub use suggest::UnknownId;
pub use vocabulary::{Level, Role, Severity, Testability, Transport, UnknownWord};
