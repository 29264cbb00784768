//! The command line of imdnspec.

fn main() {}
