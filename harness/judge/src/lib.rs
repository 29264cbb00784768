//! Oracles: record in, verdicts out.
