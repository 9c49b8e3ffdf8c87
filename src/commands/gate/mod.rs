//! Checks against the figures of a run.
//!
//! Where a figure is asked for by dimensions of the data, the channels table is computed
//! by those dimensions; everything else is looked up in the report of the command. Another
//! period is seen at equal age.

/// Where figures come from.
mod facts;
/// From a check to its results.
mod judge;
/// What can be checked in a report.
mod list;

use super::Run;
use super::prepare::Prepared;
use crate::checks::{Check, Level};
use crate::diagnostics::{Diagnostic, Failure, Location, Severity, codes};
use crate::report::document::{CheckResult, Report};
use crate::settings::{Origin, Place, Settings};
use crate::shell::ExitStatus;
use facts::Facts;

pub use list::list;

/// A check, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The check, understood.
    pub check: Check,
    /// Its place in a configuration; absent for the command line.
    pub place: Option<Location>,
}

/// The checks of a run, understood; before anything is read.
///
/// # Errors
/// The first that cannot be understood, with a caret below the place.
pub fn asked(settings: &Settings) -> Result<Vec<Asked>, Failure> {
    let parse = |(text, origin): (&str, Option<&Origin>)| {
        let check = Check::parse(text).map_err(|complaint| {
            let finding = match origin {
                Some(origin) => origin.complaint("check.that", &complaint.to_string()),
                None => Diagnostic::new(&codes::USAGE, format!("--check: {complaint}")),
            };
            Failure::from(finding.hint(complaint.hint))
        })?;
        let place = origin.and_then(Origin::place);
        Ok(Asked {
            check,
            place: place.map(Place::location),
        })
    };
    let checks = settings.checks.iter();
    checks
        .map(|check| parse((&check.text, check.origin.as_ref())))
        .collect()
}

/// The report with the results of its checks, and how the run ends.
///
/// # Errors
/// Where a check names what is nowhere, or its unit does not fit its figure.
pub fn passed(
    run: &Run,
    prepared: &Prepared,
    report: &Report,
) -> Result<Option<(Report, ExitStatus)>, Failure> {
    if run.checks.is_empty() {
        return Ok(None);
    }
    let mut facts = Facts::new(run, prepared, report)?;
    let mut results = Vec::new();
    for asked in &run.checks {
        let found = facts.results(&asked.check);
        let found = found.map_err(|failure| placed(failure, asked.place.as_ref()))?;
        results.extend(found.into_iter().map(|result| (asked, result)));
    }
    tell(run, &results);
    let results: Vec<CheckResult> = results.into_iter().map(|(_, result)| result).collect();
    let status = status(run, &results);
    let mut report = report.clone();
    report.checks = results;
    Ok(Some((report, status)))
}

/// The failure with the place of the check, where it has none of its own.
fn placed(failure: Failure, place: Option<&Location>) -> Failure {
    let at = |mut finding: Diagnostic| {
        finding.location = finding.location.or_else(|| place.cloned());
        finding
    };
    Failure(failure.0.into_iter().map(at).collect())
}

/// One line for each check that does not hold, and one where nothing was checked at all.
fn tell(run: &Run, results: &[(&Asked, CheckResult)]) {
    let failed = results.iter().filter(|(_, result)| result.status == "fail");
    for (asked, result) in failed {
        let found = result
            .value
            .map_or_else(String::new, |value| format!(": {value:.4}"));
        let n = result.n.map_or_else(String::new, |n| format!(" (n={n})"));
        let text = format!("does not hold: {}{found}{n}", result.check);
        let mut finding = Diagnostic::new(&codes::CHECK_FAILED, text);
        finding.location.clone_from(&asked.place);
        if asked.check.level == Level::Error {
            finding.severity = Severity::Error;
        }
        run.shell.tell(&finding);
    }
    let is_skipped = |(_, result): &(&Asked, CheckResult)| result.status == "skipped";
    if !results.is_empty() && results.iter().all(is_skipped) {
        let text = "every check was skipped: nothing was checked";
        run.shell
            .tell(&Diagnostic::new(&codes::CHECK_SKIPPED, text));
    }
}

fn status(run: &Run, results: &[CheckResult]) -> ExitStatus {
    let strict = run.settings.strict;
    let breaks = |result: &CheckResult| match result.status.as_str() {
        "fail" => strict || result.level == Level::Error.code(),
        "skipped" => strict,
        _ => false,
    };
    match results.iter().any(breaks) {
        true => ExitStatus::CheckFailed,
        false => ExitStatus::Done,
    }
}
