//! Exit status, the same for every subcommand.

/// What a process that judges an IUT returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// All judged requirements pass; warnings are allowed unless they were asked to count.
    Conformant = 0,
    /// The IUT violates a requirement, or hostile input has done it harm.
    Violation = 1,
    /// The command line, a scenario or a profile is wrong.
    Usage = 2,
    /// The harness or its environment failed: the IUT is unreachable, its driver is broken.
    Environment = 3,
    /// Nothing was run, or nothing was judged.
    Nothing = 4,
    /// The run was interrupted.
    Interrupted = 130,
}

impl ExitStatus {
    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}
