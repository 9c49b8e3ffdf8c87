//! `leadflow check`.

use super::{Run, emit, gate, report};
use crate::cli::CheckArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::report::document::Report;
use crate::shell::ExitStatus;

/// The checks of the report of a month, and nothing else of it.
///
/// # Errors
/// What stops the run; that there is no check.
pub fn run(run: &Run, args: &CheckArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    if args.list {
        let (prepared, whole) = report::assembled(run, report::Earlier::Ignored)?;
        emit::print(run, &gate::list(run, &prepared, &whole)?, &[])?;
        return Ok(ExitStatus::Done);
    }
    if run.checks.is_empty() {
        let text = "there is nothing to check";
        let hint = "--check 'mql_to_sql >= 20%', or [[check]] that = \"mql_to_sql >= 20%\" in leadflow.toml";
        return Err(Diagnostic::new(&codes::USAGE, text).hint(hint).into());
    }
    let (prepared, whole) = report::assembled(run, report::Earlier::Ignored)?;
    let (checked, status) =
        gate::passed(run, &prepared, &whole)?.unwrap_or_else(|| (whole.clone(), ExitStatus::Done));
    let only = Report {
        command: "check".into(),
        title: format!("Checks of {}", whole.context.period.label),
        summary: Vec::new(),
        sections: Vec::new(),
        tables: Vec::new(),
        charts: Vec::new(),
        ..checked
    };
    emit::print(run, &only, &[])?;
    emit::write_results(run, &only, &[])?;
    Ok(status.max(emit::emptiness(run, report::is_empty(&whole))))
}
