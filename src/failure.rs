//! What ends a subcommand before its time, and whose fault it is.

use std::io::Write;
use std::path::PathBuf;

use runner::ExitStatus;
use scenario::{Diagnostics, Style};
use thiserror::Error;

/// Why a subcommand could not do its work.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// Scenario files or a profile are wrong; the diagnostics say where.
    #[error("{}", .0.render(Style::Plain))]
    Source(Diagnostics),
    /// The command line asks for something that does not exist.
    #[error("{0}")]
    Usage(String),
    /// A file named on the command line cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The harness or its environment failed.
    #[error("{0}")]
    Environment(String),
    /// Nobody reads what is printed.
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
}

impl Failure {
    /// The exit status that fits.
    pub(crate) const fn status(&self) -> ExitStatus {
        match self {
            Self::Source(_) | Self::Usage(_) | Self::Read { .. } => ExitStatus::Usage,
            Self::Environment(_) | Self::Print(_) => ExitStatus::Environment,
        }
    }

    /// An error of the harness or its environment, in its own words.
    pub(crate) fn environment(error: impl std::fmt::Display) -> Self {
        Self::Environment(error.to_string())
    }
}

/// Tells the user, on standard error.
pub(crate) fn tell(failure: &Failure) {
    let text = match failure {
        Failure::Source(diagnostics) => diagnostics.render(style()) + "\n",
        other => format!("imdnspec: {other}\n"),
    };
    // Nobody may be reading; the exit status still says it.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn style() -> Style {
    if console::colors_enabled_stderr() { Style::Colour } else { Style::Plain }
}
