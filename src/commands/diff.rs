//! `leadflow diff`.

use std::path::{Path, PathBuf};

use super::{Run, context, emit};
use crate::cli::DiffArgs;
use crate::compare::{self, Unreadable};
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::ingest::load::unreadable;
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

/// The file of a report; of a folder the JSON in it.
#[must_use]
pub fn place(named: &str) -> PathBuf {
    let path = Path::new(named);
    match path.is_dir() {
        true => path.join("report.json"),
        false => path.to_owned(),
    }
}

/// The report in a file.
///
/// # Errors
/// Where it cannot be read or is none.
pub fn read(path: &Path) -> Result<compare::Report, Failure> {
    let file = || Location::file(path.display().to_string());
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error, file()))?;
    compare::read(&bytes).map_err(|why| Failure::from(refusal(why).at(file())))
}

fn refusal(why: Unreadable) -> Diagnostic {
    let write = "leadflow report --format json -o old.json writes one";
    match why {
        Unreadable::NoReport => Diagnostic::new(&codes::USAGE, "is no report of leadflow").hint(
            format!("give its JSON, its HTML page or its folder; {write}"),
        ),
        Unreadable::Damaged => Diagnostic::new(&codes::USAGE, "the data of this page are damaged")
            .hint(format!("the page was cut off or edited; {write}")),
        Unreadable::Version(version) => {
            let text = format!("schema version {version} cannot be compared with version 1");
            Diagnostic::new(&codes::USAGE, text)
                .hint("write both reports with one version of leadflow")
        }
    }
}
