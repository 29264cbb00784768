//! The scenario language: model, loader, diagnostics, schema.
