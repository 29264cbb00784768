//! Terminal, JUnit and JSON out of verdicts.
