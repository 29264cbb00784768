//! The built-in implementation and its faults.
