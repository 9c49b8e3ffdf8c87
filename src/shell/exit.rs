//! How a run ends.

use crate::diagnostics::Failure;

use super::Shell;

/// How a run ends, mildest first. Signals end it with 130 or 143.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// Done.
    Done,
    /// A check failed or a gate was breached; what was asked for is written all the same.
    CheckFailed,
    /// It could not be done.
    Failed,
}

impl ExitStatus {
    /// The number that the caller sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::CheckFailed => 1,
            Self::Failed => 2,
        }
    }

    /// Of two results of one run, the worse one.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Shell {
    /// Ends a run: tells a failure, makes sure that all data arrived, and says how it
    /// went. Nobody else decides the exit code.
    #[must_use]
    pub fn finish(&self, result: Result<ExitStatus, Failure>) -> ExitStatus {
        let arrived = self.flush();
        let mut status = result.unwrap_or_else(|failure| self.failed(&failure));
        if let Err(failure) = arrived {
            status = status.worst(self.failed(&failure));
        }
        self.count_the_rest();
        status
    }

    fn failed(&self, failure: &Failure) -> ExitStatus {
        self.fail(failure);
        ExitStatus::Failed
    }
}
