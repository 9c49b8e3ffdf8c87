//! `leadflow diff`.

use super::earlier::{place, read};
use super::{Run, context, emit};
use crate::cli::DiffArgs;
use crate::compare;
use crate::diagnostics::Failure;
use crate::report::document::Report;
use crate::report::views::{self, diff::Scope};
use crate::shell::ExitStatus;

/// What changed between two reports.
///
/// # Errors
/// Where one of them cannot be read or compared.
pub fn run(run: &Run, args: &DiffArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let paths = [place(&args.old), place(&args.new)];
    let (old, new) = (read(&paths[0])?, read(&paths[1])?);
    let found = compare::compare(&old, &new);
    let scope = if args.all { Scope::All } else { Scope::Totals };
    let parts = views::diff::view(&found, scope);
    let mut about = context::without_data(run);
    about.currency = new.setting("currency");
    about.period.label = new.setting("period").unwrap_or(about.period.label);
    let report = Report {
        command: "diff".into(),
        title: "What changed between two reports".into(),
        context: about,
        summary: parts.summary,
        sections: parts.sections,
        tables: parts.tables,
        charts: parts.charts,
        notes: Vec::new(),
        checks: Vec::new(),
    };
    emit::print(run, &report, &paths)?;
    Ok(ExitStatus::Done)
}
