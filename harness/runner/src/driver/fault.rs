//! What breaks down between harness and IUT, and who is to blame.

use record::{Blame, EventKind};

/// An IUT or a driver that broke down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The IUT could not be started or reached.
    #[error("{0}")]
    Unreachable(String),
    /// The IUT ended although nobody asked it to.
    #[error("the IUT {how} during the run{}", tail(.stderr))]
    Crashed {
        /// How it ended, such as `exited with status 1`.
        how: String,
        /// The last lines it wrote to its standard error.
        stderr: String,
    },
    /// The driver broke the control protocol.
    #[error("the driver broke the control protocol: {0}")]
    Garbage(String),
    /// The driver did not say what it had to say in time.
    #[error("the driver stayed silent: {0}")]
    Silent(String),
    /// The IUT is there, but has not answered a single SIP request.
    #[error("{0}")]
    NoAnswer(String),
    /// The IUT is there, but has ceased to answer.
    #[error("the IUT hangs: {0}")]
    Hung(String),
    /// The IUT drowned the harness.
    #[error("the IUT drowned the harness: {0}")]
    Flood(String),
    /// The harness itself, or the machine it runs on.
    #[error("the harness failed: {0}")]
    Harness(String),
}

fn tail(stderr: &str) -> String {
    if stderr.is_empty() { String::new() } else { format!("; its standard error ends with:\n{stderr}") }
}

impl Fault {
    /// The manual driver without somebody to ask.
    pub(super) fn no_console() -> Self {
        Self::Unreachable("the driver `manual` needs a terminal".into())
    }

    /// Who is to blame.
    pub const fn blame(&self) -> Blame {
        match self {
            Self::Unreachable(_)
            | Self::Crashed { .. }
            | Self::NoAnswer(_)
            | Self::Hung(_)
            | Self::Flood(_) => Blame::Iut,
            Self::Garbage(_) | Self::Silent(_) => Blame::Driver,
            Self::Harness(_) => Blame::Harness,
        }
    }

    /// The stable word of `EventKind::Trouble`.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "iut-unreachable",
            Self::Crashed { .. } => "iut-crashed",
            Self::Garbage(_) => "driver-garbage",
            Self::Silent(_) => "driver-silent",
            Self::NoAnswer(_) => "no-answer",
            Self::Hung(_) => "iut-hung",
            Self::Flood(_) => "iut-flood",
            Self::Harness(_) => "harness",
        }
    }

    /// What goes into the record.
    pub fn trouble(&self) -> EventKind {
        EventKind::Trouble { blame: self.blame(), class: self.class().into(), text: self.to_string() }
    }
}
