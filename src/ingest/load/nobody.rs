//! Rows that are rightly about nobody: a task about a company, the visit of a stranger, an
//! amount that no customer pays.
//!
//! Such a row cannot be joined, but nothing about it is broken, so it is set aside, counted
//! and said, and ends no run. In tables whose rows must be somebody's (leads, owners,
//! identities) a missing id stays a defect, and so does a cell that cannot be read.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::assemble::Assembly;
use super::frames::broken;
use super::group::Group;
use super::typed::Typed;
use crate::diagnostics::{Diagnostic, Failure, Location, Severity, codes};
use crate::domain::money::Money;
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::frame::{filtered, has_column, integers, positions};
use crate::tables::schema::{ACTIVITIES, BILLING, TOUCHES};

/// A table whose rows may be about nobody.
struct Rule {
    table: &'static str,
    /// The cell that says whom a row is about.
    column: &'static str,
    /// What such a row is, after "the row is" or "5 rows are".
    what: &'static str,
    /// The amount to be told.
    amount: Option<&'static str>,
}

const RULES: &[Rule] = &[
    Rule {
        table: ACTIVITIES.name,
        column: col::ID,
        what: "about no lead, contact or deal",
        amount: None,
    },
    Rule {
        table: TOUCHES.name,
        column: col::ID,
        what: "of nobody known",
        amount: Some("value"),
    },
    Rule {
        table: BILLING.name,
        column: "customer",
        what: "of no customer",
        amount: Some(col::AMOUNT),
    },
];

fn rule_of(group: &Group) -> Option<&'static Rule> {
    // Streamed files have classes in the place of rows, and are read again where one has no id.
    let is_row_by_row = group.classes.is_none();
    let mut rules = RULES.iter().filter(|rule| rule.table == group.table.name);
    rules.next().filter(|_| is_row_by_row)
}

/// The rows of a group that are about nobody, without those that cannot be read.
#[must_use]
pub fn rows(group: &Group, typed: &Typed) -> BTreeSet<usize> {
    let cells = rule_of(group).and_then(|rule| {
        let mut columns = typed.columns.iter();
        columns.find(|cells| cells.name() == rule.column)
    });
    let Some(missing) = cells.map(Column::is_null) else {
        return BTreeSet::new();
    };
    let nobody = missing
        .iter()
        .enumerate()
        .filter(|(row, missing)| *missing == Some(true) && !typed.bad.contains_key(row));
    nobody.map(|(row, _)| row).collect()
}

impl Assembly<'_> {
    /// Sets the rows about nobody aside, file by file, and gives the others. Rows that a
    /// `where` leaves out are gone by now: they are not told twice.
    ///
    /// # Errors
    /// What polars cannot do; never for a table with the columns of a loader.
    pub fn without_nobody(
        &mut self,
        group: &Group,
        frame: DataFrame,
    ) -> Result<DataFrame, Failure> {
        let Some(rule) = rule_of(group).filter(|rule| has_column(&frame, rule.column)) else {
            return Ok(frame);
        };
        let known = frame.column(rule.column).map(Column::is_not_null);
        let known = known.map_err(|error| broken(&error))?;
        if known.all() {
            return Ok(frame);
        }
        let amounts = rule.amount.map(|name| integers(&frame, name));
        let places = positions(&frame, col::FILE).into_iter();
        let mut told: BTreeMap<u32, Told> = BTreeMap::new();
        for (row, (file, line)) in places.zip(positions(&frame, col::LINE)).enumerate() {
            let told = told.entry(file).or_default();
            told.rows += 1;
            if known.get(row) == Some(false) {
                let amount = amounts.as_ref().and_then(|list| *list.get(row)?);
                told.add(line, amount);
            }
        }
        for (file, told) in &told {
            self.tell_nobody(rule, &group.header_of(rule.column), *file, told);
        }
        filtered(frame, &known).map_err(|error| broken(&error).into())
    }

    fn tell_nobody(&mut self, rule: &Rule, header: &str, file: u32, told: &Told) {
        let first = told.lines.first();
        let account = self.loaded.inputs.get_mut(file as usize);
        let (Some(first), Some(account)) = (first, account) else {
            return;
        };
        let why = format!("is {}", rule.what);
        for line in &told.lines {
            account.set_row_aside(Reason::Nobody, &why, u64::from(*line));
        }
        let rows = told.lines.len() as u64;
        let place = Location {
            header: Some(header.to_owned()),
            ..Location::line(account.file.clone(), u64::from(*first))
        };
        let finding = Diagnostic::new(&codes::ABOUT_NOBODY, told.sentence(rule.what));
        let mut finding = finding.at(place).times(rows);
        if rows == told.rows {
            finding.severity = Severity::Warning;
            finding = finding.hint(format!(
                "if another column says whom the rows are about, map it to `{}` in [input.columns]",
                rule.column
            ));
        }
        self.loaded.findings.push(finding);
    }
}

/// The rows of one file.
#[derive(Default)]
struct Told {
    /// All of them.
    rows: u64,
    /// Lines of those about nobody.
    lines: Vec<u32>,
    /// What those amount to, in the currency of the report; absent where none has an amount.
    amount: Option<Money>,
}

impl Told {
    fn add(&mut self, line: u32, amount: Option<i64>) {
        self.lines.push(line);
        if let Some(micros) = amount {
            let own = Money::from_micros(i128::from(micros));
            self.amount = Some(self.amount.map_or(own, |sum| sum + own));
        }
    }

    fn sentence(&self, what: &str) -> String {
        let rows = match self.lines.len() {
            1 => "1 row is".to_owned(),
            many => format!("{many} rows are"),
        };
        let amount = self.amount.map(|sum| format!(", with {sum} in all"));
        format!(
            "{rows} {what}{}: set aside, no defect",
            amount.unwrap_or_default()
        )
    }
}
