//! Rows with a defect: their account, their findings, their place in the list.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::assemble::Assembly;
use super::frames::broken;
use super::group::Group;
use super::nobody;
use super::reading::Defect;
use super::request::Reject;
use super::typed::{BadCell, Typed};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Location, Severity, by_id, codes};
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::schema::{
    ACCOUNTS, ACTIVITIES, BILLING, FEEDBACK, IDENTITIES, LEADS, OWNERS, TOUCHES,
};

impl Assembly<'_> {
    /// Notes the rows of a group that have a bad cell, or no id where one is needed.
    pub fn note_bad(&mut self, group: &Group, typed: &mut Typed) {
        typed.nobody = nobody::rows(group, typed);
        for (table, column, reason) in NEEDED {
            if group.table.name == *table && group.classes.is_none() {
                missing_cells(typed, column, reason);
            }
        }
        let mut by_file: BTreeMap<u32, Vec<(u32, &BadCell)>> = BTreeMap::new();
        for (row, cell) in &typed.bad {
            let (file, line) = group.origin(*row);
            by_file.entry(file).or_default().push((line, cell));
        }
        for (file, rows) in by_file {
            self.reject(file, &rows);
        }
    }

    fn reject(&mut self, file: u32, rows: &[(u32, &BadCell)]) {
        let lines: BTreeSet<u64> = rows.iter().map(|(line, _)| u64::from(*line)).collect();
        let seen = self.seen.get(file as usize);
        let raw = seen.map(|seen| seen.rows(&lines)).unwrap_or_default();
        let Some(account) = self.loaded.inputs.get_mut(file as usize) else {
            return;
        };
        for (line, cell) in rows {
            let line = u64::from(*line);
            account.set_row_aside(Reason::Rejected, "a cell cannot be read", line);
            let place = Location {
                column: cell.column,
                header: Some(cell.header.clone()).filter(|header| !header.is_empty()),
                ..Location::line(account.file.clone(), line)
            };
            let code = by_id(cell.code).unwrap_or(&codes::BAD_NUMBER);
            self.defects.push(Defect {
                finding: Diagnostic::new(code, cell.reason.clone())
                    .at(place)
                    .hint("mend the cell, or set bad rows aside with --max-rejects or --lax"),
                reject: Reject {
                    file: account.file.clone(),
                    line,
                    reason: cell.reason.clone(),
                    raw: raw.get(&line).cloned().unwrap_or_default(),
                },
            });
        }
    }

    /// Too many rejected rows end the run, as do the errors found so far; all of them are
    /// told at once. Rejected rows that are allowed become warnings.
    ///
    /// # Errors
    /// Every error so far.
    pub fn check_defects(&mut self) -> Result<(), Failure> {
        let defects = std::mem::take(&mut self.defects);
        let rows: u64 = self.loaded.inputs.iter().map(|input| input.rows).sum();
        let too_many = self.request.limit.exceeded_by(defects.len() as u64, rows);
        let mut list = Diagnostics::default();
        for defect in defects {
            let mut finding = defect.finding;
            if !too_many {
                finding.severity = Severity::Warning;
            }
            list.push(finding);
            self.loaded.rejects.push(defect.reject);
        }
        self.loaded.findings.extend(list);
        self.fail_on_errors()
    }
}

/// The rows without a bad cell.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn without_bad(
    frame: &DataFrame,
    bad: &BTreeMap<usize, BadCell>,
) -> Result<DataFrame, Diagnostic> {
    if bad.is_empty() {
        return Ok(frame.clone());
    }
    let keep: BooleanChunked = (0..frame.height())
        .map(|row| Some(!bad.contains_key(&row)))
        .collect();
    frame.filter(&keep).map_err(|error| broken(&error))
}

/// Cells without which a row says nothing: table, column, what is wrong. Where a row may
/// rightly be nobody's, [`nobody`] has the column.
const NEEDED: &[(&str, &str, &str)] = &[
    (LEADS.name, col::ID, "the row has no id"),
    (TOUCHES.name, col::AT, "the row has no time"),
    (IDENTITIES.name, "visitor", "the row has no visitor"),
    (IDENTITIES.name, "lead", "the row has no lead"),
    (ACTIVITIES.name, col::AT, "the row has no time"),
    (OWNERS.name, col::ID, "the row has no id"),
    (ACCOUNTS.name, col::ID, "the row has no id"),
    (BILLING.name, col::AMOUNT, "the row has no amount"),
    (FEEDBACK.name, "customer", "the row has no customer"),
    (FEEDBACK.name, col::AT, "the row has no time"),
    (FEEDBACK.name, col::SCORE, "the row has no answer"),
];

fn missing_cells(typed: &mut Typed, column: &str, reason: &str) {
    let cells = typed.columns.iter().find(|cells| cells.name() == column);
    let Some(cells) = cells.map(polars::prelude::Column::is_null) else {
        return;
    };
    for (row, missing) in cells.iter().enumerate() {
        if missing == Some(true) && !typed.nobody.contains(&row) {
            typed.bad.entry(row).or_insert_with(|| BadCell {
                code: codes::MISSING_ID.id,
                reason: reason.into(),
                column: None,
                header: String::new(),
            });
        }
    }
}
