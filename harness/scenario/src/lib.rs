//! The scenario language: model, loader, diagnostics, JSON schema.

pub mod diagnostic;
pub mod model;
pub mod source;
pub mod strict;
mod text;

pub use diagnostic::{Diagnostic, Diagnostics, Style};
pub use source::{Location, Source};
pub use text::{BadReference, Segment, Text};
