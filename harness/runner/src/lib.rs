//! Plan, drivers, execution.
