//! What is wrong with the files of a catalogue.

use std::fmt;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the catalogue's folder.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and, where that helps, what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// All mistakes of a catalogue, by file and line. The harness is to blame, never the implementation under test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the requirement catalogue is faulty:\n{}", self.lines())]
pub struct LoadError {
    /// The mistakes, at least one.
    pub problems: Vec<Problem>,
}

impl LoadError {
    fn lines(&self) -> String {
        self.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }
}

/// Collects mistakes so that one does not hide the others.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, file: &str, line: usize, message: impl Into<String>) {
        self.0.push(Problem { file: file.to_owned(), line, message: message.into() });
    }

    pub(crate) fn into_result(mut self) -> Result<(), LoadError> {
        self.0.sort();
        self.0.dedup();
        if self.0.is_empty() { Ok(()) } else { Err(LoadError { problems: self.0 }) }
    }
}
