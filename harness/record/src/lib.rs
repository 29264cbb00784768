//! The time line of a scenario: events, normal form.
