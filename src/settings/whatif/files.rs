//! Files of a what-if: plans month by month, and tests that were made.

use chrono::NaiveDate;

use super::MOST_MONTHS;
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::period::Period;
use crate::settings::table::{self, Row};

/// A plan month by month.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFile {
    /// True for hours, false for money.
    pub is_hours: bool,
    /// Effort by month, in the order of the file.
    pub rows: Vec<PlanRow>,
}

/// A month of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRow {
    /// The month; a number from 1 counts the months of the plan.
    pub month: PlanMonth,
    /// Effort of the month.
    pub effort: f64,
    /// Where it stands.
    pub place: Location,
}

/// Which month of a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanMonth {
    /// The first, the second, ...
    Number(usize),
    /// By the calendar.
    Calendar(Period),
}

/// Extra effort that brought extra visits.
#[derive(Debug, Clone, PartialEq)]
pub struct DriverTest {
    /// The channel as written.
    pub channel: String,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// Effort beyond the usual, all days together.
    pub extra_driver: f64,
    /// Visits beyond the usual.
    pub extra_sessions: f64,
    /// Their standard error.
    pub standard_error: f64,
    /// Where it stands.
    pub place: Location,
}

/// A plan: `month`, and `hours` or `money`.
pub fn plan(path: &std::path::Path, shown: &str) -> Result<PlanFile, Failure> {
    let rows = table::rows(path, shown)?;
    let has = |header: &str| rows.iter().any(|row| row.cells.contains_key(header));
    let is_hours = has("hours");
    if is_hours == has("money") || rows.is_empty() {
        let text = "a plan has the columns month and hours, or month and money";
        return Err(Diagnostic::new(&codes::MISSING_COLUMN, text)
            .at(Location::file(shown))
            .into());
    }
    let header = if is_hours { "hours" } else { "money" };
    let row = |row: &Row| {
        let place = Location::line(shown, row.line);
        let effort = row.number(header, shown)?;
        if effort < 0.0 {
            let text = format!("`{effort}` is no amount from 0 on");
            return Err(Failure::from(
                Diagnostic::new(&codes::BAD_NUMBER, text).at(place),
            ));
        }
        let cell = row.cell("month", shown)?;
        let month = match cell.parse::<usize>() {
            Ok(number) if (1..=MOST_MONTHS).contains(&number) => PlanMonth::Number(number),
            _ => PlanMonth::Calendar(month_of(cell).map_err(|finding| finding.at(place.clone()))?),
        };
        Ok(PlanRow {
            month,
            effort,
            place,
        })
    };
    let rows = rows.iter().map(row).collect::<Result<_, _>>()?;
    Ok(PlanFile { is_hours, rows })
}

/// The month that a cell names; a day stands for its month.
fn month_of(cell: &str) -> Result<Period, Diagnostic> {
    let named =
        Period::parse(cell).map_err(|error| Diagnostic::new(&codes::CONFIG, error.to_string()))?;
    let month = Period::month(named.start);
    if named.end <= month.end {
        return Ok(month);
    }
    let text = format!("`{cell}` is no month");
    Err(Diagnostic::new(&codes::CONFIG, text).hint(format!("write it so: {}", month.label)))
}

/// Tests: `channel`, `start`, `end`, `extra_driver`, `extra_sessions`, `se`.
pub fn tests(path: &std::path::Path, shown: &str) -> Result<Vec<DriverTest>, Failure> {
    let one = |row: &Row| {
        let place = Location::line(shown, row.line);
        let day = |header: &str| -> Result<Period, Failure> {
            let cell = row.cell(header, shown)?;
            Period::parse(cell).map_err(|error| {
                Diagnostic::new(&codes::CONFIG, error.to_string())
                    .at(place.clone())
                    .into()
            })
        };
        let (start, end) = (day("start")?.start, day("end")?.end);
        let test = DriverTest {
            channel: row.cell("channel", shown)?.to_owned(),
            start,
            end: end.pred_opt().unwrap_or(end),
            extra_driver: row.number("extra_driver", shown)?,
            extra_sessions: row.number("extra_sessions", shown)?,
            standard_error: row.number("se", shown)?,
            place: place.clone(),
        };
        let defect = if end <= start {
            "the test ends before it starts"
        } else if test.standard_error <= 0.0 {
            "a standard error is a number above 0"
        } else if test.extra_driver == 0.0 {
            "a test without extra effort tests nothing"
        } else {
            return Ok(test);
        };
        Err(Diagnostic::new(&codes::BAD_NUMBER, defect).at(place).into())
    };
    table::rows(path, shown)?.iter().map(one).collect()
}
