//! The scenario language: model, loader, diagnostics, JSON schema.

pub mod model;
mod text;

pub use text::{BadReference, Segment, Text};
