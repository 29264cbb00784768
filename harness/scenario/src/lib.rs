//! The scenario language: model, loader, diagnostics, JSON schema.
//!
//! [`load_scenarios`] turns files into a [`Suite`], or says everything that is wrong with them. [`strict::load`] does
//! the same for any other type, such as the profile of an implementation.

mod check;
pub mod control;
pub mod describe;
pub mod diagnostic;
mod locate;
pub mod model;
pub mod source;
pub mod strict;
mod suite;
mod text;
mod tied;

pub use check::Vocabulary;
pub use diagnostic::{Diagnostic, Diagnostics, Style};
pub use source::{Location, Source};
pub use suite::{Commands, Judged, LoadedScenario, Suite, load_scenarios};
pub use text::{BadReference, Segment, Text};

/// The JSON schema of scenario files, for editors.
pub fn schema() -> serde_json::Value {
    strict::schema::<model::ScenarioFile>()
}
