//! What an earlier report said, and what the data of today say of the same.
//!
//! Figures of past months change when somebody mends, deletes or adds records afterwards. The
//! earlier report is computed again from today's inputs, with its own as-of moment, so that
//! what has merely had longer to convert is no difference: what is left was restated.

use std::path::{Path, PathBuf};

use chrono::DateTime;

use super::prepare::Prepared;
use super::report::TREND_LENGTH;
use super::{Run, context, earlier, failures, folder};
use crate::compare::{self, Comparison};
use crate::diagnostics::{Diagnostic, Failure, Location, Severity, codes};
use crate::domain::calendar::Millis;
use crate::domain::period::Period;
use crate::metrics::monthly;
use crate::render::{self, Options};
use crate::report::document::Report;
use crate::report::views::{self, Parts, words::Speak};
use crate::settings::PreviousReport;

/// The table that is computed again.
const TABLE: &str = "trend";

/// The section on what reads differently; nothing where there is no earlier report, or it
/// cannot be set against this one, which is said.
///
/// # Errors
/// Where the report that was named cannot be read, or its figures cannot be computed.
pub fn of_report(
    run: &Run,
    prepared: &mut Prepared,
    period: &Period,
    speak: Speak,
) -> Result<Option<Parts>, Failure> {
    let Some(path) = place(run, period) else {
        return Ok(None);
    };
    let named = matches!(run.settings.previous, PreviousReport::Path(_));
    let old = match earlier::read(&path) {
        Ok(old) => old,
        Err(failure) if named => return Err(failure),
        Err(_) => {
            let text = "the report of the period before cannot be read: nothing is said of what was restated";
            prepared.findings.push(incomparable(&path, text));
            return Ok(None);
        }
    };
    let (then, seen_from) = match seen(run, prepared, &old) {
        Ok(seen) => seen,
        Err(text) => {
            let finding = incomparable(&path, &text);
            if named {
                let mut refusal = finding;
                refusal.severity = Severity::Error;
                return Err(refusal.into());
            }
            prepared.findings.push(finding);
            return Ok(None);
        }
    };
    let found = again(run, prepared, &old, &then, seen_from)?;
    Ok(Some(views::restated::view(&views::restated::Answer {
        found: &found,
        period: &then.label,
        speak,
    })))
}

/// Where the earlier report lies: what was named, else the folder of the period before
/// beside the one that is written.
fn place(run: &Run, period: &Period) -> Option<PathBuf> {
    match &run.settings.previous {
        PreviousReport::Nothing => None,
        PreviousReport::Path(path) => Some(earlier::place(&path.to_string_lossy())),
        PreviousReport::Beside => {
            let beside = folder::of_period_before(run, period)?;
            let file = earlier::place(&beside.to_string_lossy());
            file.is_file().then_some(file)
        }
    }
}

/// Period and as-of moment of the earlier report, or why it cannot be set against this one.
fn seen(run: &Run, prepared: &Prepared, old: &compare::Report) -> Result<(Period, Millis), String> {
    let said = |name: &str| old.setting(name).unwrap_or_default();
    if said("command") != "report" || old.table(TABLE).is_none() {
        return Err("is no monthly report with a trend".to_owned());
    }
    let currency = prepared.currency.clone().unwrap_or_default();
    for (name, now) in [
        ("time_zone", run.settings.zone.name().to_owned()),
        ("currency", currency),
    ] {
        let then = said(name);
        if then != now {
            return Err(format!("has the {name} `{then}`, not `{now}`"));
        }
    }
    let period = Period::parse(&said("period")).map_err(|error| error.to_string())?;
    let as_of = DateTime::parse_from_rfc3339(&said("as_of"))
        .map_err(|_| "has no as-of moment".to_owned())?
        .timestamp_millis()
        - 1;
    if prepared.data.as_of.is_none_or(|now| as_of > now) {
        return Err("was made of later data than these".to_owned());
    }
    Ok((period, as_of))
}

fn incomparable(path: &Path, text: &str) -> Diagnostic {
    Diagnostic::new(&codes::INCOMPARABLE_REPORT, text)
        .at(Location::file(path.display().to_string()))
        .hint("--previous names another report, `--previous none` asks for no comparison")
}

/// The same table of today's data, compared as `diff` compares reports.
fn again(
    run: &Run,
    prepared: &Prepared,
    old: &compare::Report,
    period: &Period,
    seen_from: Millis,
) -> Result<Comparison, Failure> {
    let data = &prepared.data;
    let trend = monthly::trend_seen_from(data, period, TREND_LENGTH, Some(seen_from))
        .map_err(|error| failures::compute_error(&error))?;
    let report = Report {
        command: "report".into(),
        title: String::new(),
        context: context::context(run, prepared),
        summary: Vec::new(),
        sections: Vec::new(),
        tables: vec![views::monthly::trend_table(&trend, &data.ladder)],
        charts: Vec::new(),
        notes: Vec::new(),
        checks: Vec::new(),
    };
    let bytes = render::json::render(&report, &Options::default())
        .map_err(|error| failures::render_error(&error))?;
    let new = compare::read(&bytes).map_err(|_| {
        failures::output_error(
            "the section on what was restated",
            "its figures are no report",
        )
    })?;
    Ok(compare::compare_table(old, &new, TABLE))
}
