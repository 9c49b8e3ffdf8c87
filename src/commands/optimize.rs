//! `leadflow optimize`.

use super::Run;
use crate::diagnostics::Failure;
use crate::shell::ExitStatus;

/// The best split.
///
/// # Errors
/// What stops the run.
pub fn run(_: &Run) -> Result<ExitStatus, Failure> {
    Ok(ExitStatus::Done)
}
