//! What a column of dates has to say to people.

use super::{BadDate, BadPattern, DateOrder, DateProblem, Dates, Form};
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::ingest::cell::{Example, Place, column_findings, line_of, shown};

impl Dates {
    /// The problem of the column and its first bad cells, as findings.
    #[must_use]
    pub fn findings(&self, header: &str, place: Place<'_>) -> Vec<Diagnostic> {
        let problem = self.problem.as_ref();
        column_findings(
            problem.map(|problem| problem.diagnostic(header, place)),
            &self.bad,
            &self.examples,
            place,
            |reason, cell| bad_cell(reason, cell, header),
        )
    }
}

impl BadPattern {
    /// The error as a finding.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::new(
            &codes::CONFIG,
            format!("`{}` is not a date format", shown(&self.0)),
        )
        .hint("write it like %d/%m/%Y, %m/%d/%Y, %Y-%m-%d %H:%M:%S, or the word excel for day numbers")
    }
}

fn bad_cell(kind: BadDate, cell: Option<&Example>, header: &str) -> Diagnostic {
    let quoted = cell.map_or(String::new(), |cell| format!(" `{}`", cell.text));
    let (text, hint) = match kind {
        BadDate::NotADate => (
            format!("{quoted} in `{header}` is not a date"),
            "correct the cell, or say the format with --date-format or date_format = \"...\"",
        ),
        BadDate::Impossible => (
            format!("{quoted} in `{header}` is a date that does not exist"),
            "correct the cell in its system, or set bad rows aside with --max-rejects",
        ),
        BadDate::LoneSerial => (
            format!("{quoted} in `{header}` may be a day number of a spreadsheet, or no date"),
            "if it is one, say --date-format excel or date_format = \"excel\"",
        ),
    };
    Diagnostic::new(&codes::BAD_DATE, text.trim_start()).hint(hint)
}

impl DateProblem {
    /// True where the column was read all the same.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::AsNeighbours { .. })
    }

    /// The problem as a finding about a column.
    #[must_use]
    pub fn diagnostic(&self, header: &str, place: Place<'_>) -> Diagnostic {
        match self {
            Self::Ambiguous(examples) => undecided(
                &format!("nothing in `{header}` decides whether day or month comes first"),
                ORDER_HINT,
                examples,
                place,
            ),
            Self::ShortYears(examples) => undecided(
                &format!("nothing in `{header}` decides whether the year comes first or last"),
                YEAR_HINT,
                examples,
                place,
            ),
            Self::AsNeighbours { example, order } => {
                let reading = match order {
                    DateOrder::DayFirst => "the day",
                    DateOrder::MonthFirst => "the month",
                };
                let text = format!(
                    "`{}` in `{header}` was read with {reading} first, as in the other columns: nothing in this one decides it",
                    example.text
                );
                let mut found = Diagnostic::new(&codes::AMBIGUOUS_DATE, text)
                    .at(place(example.row))
                    .hint(ORDER_HINT);
                found.severity = Severity::Warning;
                found
            }
            Self::Mixed {
                day_first,
                month_first,
            } => {
                let text = format!(
                    "`{header}` contradicts itself: `{}`{} has the day first, `{}`{} the month",
                    day_first.text,
                    line_of(day_first.row, place),
                    month_first.text,
                    line_of(month_first.row, place),
                );
                let later = day_first.row.max(month_first.row);
                Diagnostic::new(&codes::MIXED_DATES, text)
                    .at(place(later))
                    .hint("export the files in one format, or read them as two inputs, each with its date_format")
            }
        }
    }
}

/// What nothing decides, with the rows that show it.
fn undecided(what: &str, hint: &str, examples: &[Example], place: Place<'_>) -> Diagnostic {
    let cells: Vec<String> = examples
        .iter()
        .map(|example| {
            let line = line_of(example.row, place);
            format!("`{}`{line}", example.text)
        })
        .collect();
    let text = format!("{what}: {}", cells.join(", "));
    let found = Diagnostic::new(&codes::AMBIGUOUS_DATE, text).hint(hint);
    match examples.first() {
        Some(example) => found.at(place(example.row)),
        None => found,
    }
}

const YEAR_HINT: &str = "say it with --date-format %y-%m-%d, %d/%m/%y or %m/%d/%y, or date_format = \"...\" in its [[input]]";

const ORDER_HINT: &str =
    "say it with --date-format %d/%m/%Y or %m/%d/%Y, or date_format = \"...\" in its [[input]]";

impl Form {
    /// The form in words; `order` is that of numeric dates.
    #[must_use]
    pub fn words(self, order: Option<DateOrder>) -> String {
        let fixed = match self {
            Self::YearFirst => "ISO date",
            Self::YearFirstTime => "ISO date and time",
            Self::Compact => "YYYYMMDD",
            Self::Named => "date with the month's name",
            Self::EpochSeconds => "seconds since 1970",
            Self::EpochMillis => "milliseconds since 1970",
            Self::EpochMicros => "microseconds since 1970",
            Self::Serial => "day number of a spreadsheet",
            Self::Numeric(mark) => {
                let mark = char::from(mark);
                return match order {
                    Some(DateOrder::DayFirst) => format!("day{mark}month{mark}year"),
                    Some(DateOrder::MonthFirst) => format!("month{mark}day{mark}year"),
                    None => format!("day{mark}month{mark}year or month{mark}day{mark}year"),
                };
            }
        };
        fixed.to_owned()
    }

    /// True for forms that are just a number and could be any other number.
    #[must_use]
    pub fn is_bare_number(self) -> bool {
        matches!(
            self,
            Self::Compact
                | Self::EpochSeconds
                | Self::EpochMillis
                | Self::EpochMicros
                | Self::Serial
        )
    }
}
