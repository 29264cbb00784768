//! The requirements as data.
