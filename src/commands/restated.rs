//! What an earlier report said, and what the data of today say of the same.
//!
//! Figures of past months change when somebody mends, deletes or adds records afterwards. The
//! earlier report is computed again from today's inputs, with its own as-of moment, so that
//! what has merely had longer to convert is no difference: what is left was restated.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde::{Deserialize, Serialize};

use super::prepare::Prepared;
use super::report::TREND_LENGTH;
use super::{Run, context, earlier, failures, folder};
use crate::compare::{self, Comparison};
use crate::diagnostics::{Diagnostic, Failure, Location, Severity, codes};
use crate::domain::calendar::Millis;
use crate::domain::period::Period;
use crate::domain::prints::{Prints, RowChanges};
use crate::metrics::monthly;
use crate::render::{self, Options};
use crate::report::document::Report;
use crate::report::views::{self, Parts, words::Speak};
use crate::settings::PreviousReport;
use crate::tables::accounts::InputAccount;

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
            warn(run, prepared, incomparable(&path, text));
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
            warn(run, prepared, finding);
            return Ok(None);
        }
    };
    let found = again(run, prepared, &old, &then, seen_from)?;
    let changes = changed_rows(&path, &prepared.accounts.inputs);
    Ok(Some(views::restated::view(&views::restated::Answer {
        found: &found,
        rows: &changes,
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

fn warn(run: &Run, prepared: &mut Prepared, finding: Diagnostic) {
    run.shell.tell(&finding);
    prepared.findings.push(finding);
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

/// The file of a report folder with the fingerprints of the rows that were read.
pub const FINGERPRINTS: &str = "fingerprints.json";

/// File -> base64 of eight bytes a row.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Fingerprints {
    schema_version: u32,
    rows: BTreeMap<String, String>,
}

/// Fingerprints of the rows of all inputs, as a file.
///
/// # Errors
/// None that writing to memory has.
pub fn fingerprints(inputs: &[InputAccount]) -> Result<Vec<u8>, serde_json::Error> {
    let encoded = |input: &InputAccount| {
        let bytes = input.prints.bytes();
        (!bytes.is_empty()).then(|| (input.file.clone(), STANDARD.encode(bytes)))
    };
    let file = Fingerprints {
        schema_version: 1,
        rows: inputs.iter().filter_map(encoded).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&file)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What became of the rows of each file that both reports read, where the earlier one lies in
/// a folder with fingerprints.
fn changed_rows(report: &Path, inputs: &[InputAccount]) -> BTreeMap<String, RowChanges> {
    let file = report.with_file_name(FINGERPRINTS);
    let Ok(bytes) = std::fs::read(file) else {
        return BTreeMap::new();
    };
    let Ok(then) = serde_json::from_slice::<Fingerprints>(&bytes) else {
        return BTreeMap::new();
    };
    let changes = |input: &InputAccount| {
        let bytes = STANDARD.decode(then.rows.get(&input.file)?).ok()?;
        let changes = Prints::of_bytes(&bytes)?.changes(&input.prints)?;
        Some((input.file.clone(), changes))
    };
    inputs.iter().filter_map(changes).collect()
}
