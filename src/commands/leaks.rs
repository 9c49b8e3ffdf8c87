//! `leadflow leaks`.
use super::Run;
use crate::cli::LeaksArgs;
use crate::diagnostics::Failure;
use crate::shell::ExitStatus;
/// Thin.
pub fn run(_: &Run, _: &LeaksArgs) -> Result<ExitStatus, Failure> { Ok(ExitStatus::Done) }
