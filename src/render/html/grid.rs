//! Tables for the template: which columns are seen at once, what stands in a cell, and
//! why a value is missing.
//!
//! Key and normal columns make the table; the columns of detail follow below in tables
//! of their own that the reader opens, so that nothing has to be cut off. A missing
//! value is `n/a` with a letter, and the letter is explained below the table: a tooltip
//! alone would be lost on paper.

use crate::domain::figure::{Rate, Undefined};
use crate::render::legend::Reasons;
use crate::render::{frame, number};
use crate::report::document::{Cell, CheckResult, Column, Kind, Table, Weight};

use super::words::Words;

/// Rows of a table on the page; the data block has them all.
const MOST_ROWS: usize = 300;

/// What a table without rows says.
const NO_ROWS: &str = "(no rows)";

/// Columns of detail side by side.
const MOST_DETAILS: usize = 9;

/// A table with everything that belongs to it.
pub struct Sheet {
    /// What is seen at once.
    pub main: Grid,
    /// Further columns, to be opened.
    pub details: Vec<Grid>,
    /// Why values are missing, by letter.
    pub reasons: Vec<(char, Words)>,
    /// Columns without any value, and why.
    pub silent: Option<Words>,
    /// Remarks below.
    pub remarks: Vec<Words>,
}

/// Rows and columns.
pub struct Grid {
    /// What it is.
    pub caption: Words,
    /// What opens it, where it is not seen at once.
    pub more: Words,
    /// What stands in the place of rows.
    pub empty: Words,
    /// Headings.
    pub heads: Vec<Head>,
    /// Fields, one row per entry.
    pub rows: Vec<Vec<Field>>,
}

/// The heading of a column.
pub struct Head {
    /// What it says.
    pub title: Words,
    /// True where numbers stand below.
    pub numeric: bool,
}

/// A field of a table.
#[derive(Default)]
pub struct Field {
    /// The value.
    pub text: Words,
    /// What it rests on: `30/120`.
    pub evidence: Option<Words>,
    /// More, for those who point at it.
    pub hint: Option<Words>,
    /// Letter of the reason for having no value.
    pub mark: Option<char>,
    /// True where it names its row.
    pub names_row: bool,
    /// True where it is a number.
    pub numeric: bool,
}

impl Grid {
    /// True where it needs smaller type.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.heads.len() > 8
    }
}

impl Sheet {
    /// A table of the report.
    #[must_use]
    pub fn new(table: &Table, currency: Option<&str>) -> Self {
        let (main, details) = split(table);
        let is_told = !main.is_empty();
        let mut printer = Printer {
            table,
            currency,
            reasons: Vec::new(),
        };
        let main = printer.grid(&table.title, &main);
        let caption = format!("{}, more columns", table.title);
        let parts = details.len();
        let details = (1..)
            .zip(&details)
            .map(|(part, columns): (usize, _)| Grid {
                more: Words::new(&match parts {
                    1 => "More columns".to_owned(),
                    parts => format!("More columns ({part} of {parts})"),
                }),
                ..printer.grid(&caption, columns)
            })
            .collect();
        let letters = ('a'..='z').chain('A'..='Z');
        let reasons = letters.zip(
            printer
                .reasons
                .iter()
                .map(|reason| Words::new(reason.words())),
        );
        Self {
            main,
            details,
            reasons: reasons.collect(),
            silent: Reasons::of_table(table, |index| table.is_silent(index))
                .sentence()
                .map(|sentence| Words::new(&sentence)),
            remarks: if is_told { remarks(table) } else { Vec::new() },
        }
    }

    /// The results of checks.
    #[must_use]
    pub fn of_checks(checks: &[CheckResult]) -> Self {
        let numeric = |index: usize| matches!(index, 2..=4);
        let heads = frame::CHECK_HEADINGS.iter().enumerate();
        let row = |check: &CheckResult| {
            let fields = frame::check(check);
            let field = |(index, text): (usize, &String)| Field {
                text: Words::new(text),
                names_row: index == 1,
                numeric: numeric(index),
                ..Field::default()
            };
            fields.iter().enumerate().map(field).collect()
        };
        Self {
            main: Grid {
                caption: Words::new("Results of the checks"),
                more: Words::default(),
                empty: Words::new(NO_ROWS),
                heads: heads
                    .map(|(index, title)| Head {
                        title: Words::new(title),
                        numeric: numeric(index),
                    })
                    .collect(),
                rows: checks.iter().map(row).collect(),
            },
            details: Vec::new(),
            reasons: Vec::new(),
            silent: None,
            remarks: Vec::new(),
        }
    }
}

/// Indexes of the columns seen at once, and of the others in handy groups that repeat
/// the names of the rows.
fn split(table: &Table) -> (Vec<usize>, Vec<Vec<usize>>) {
    let shown = table.columns_for_people().into_iter();
    let shown: Vec<(usize, &Column)> = shown.map(|index| (index, &table.columns[index])).collect();
    let pick = |wanted: fn(&Column) -> bool| -> Vec<usize> {
        shown
            .iter()
            .filter(|(_, column)| wanted(column))
            .map(|(index, _)| *index)
            .collect()
    };
    let main = pick(|column| column.weight != Weight::Detail);
    let details = pick(|column| column.weight == Weight::Detail);
    if main.len() + details.len() <= MOST_DETAILS {
        let together = pick(|_| true);
        return (together, Vec::new());
    }
    let names = names(table);
    let group = |chunk: &[usize]| names.iter().chain(chunk).copied().collect();
    (main, details.chunks(MOST_DETAILS).map(group).collect())
}

/// The columns at the left that name a row.
fn names(table: &Table) -> Vec<usize> {
    let naming = |column: &&Column| column.kind == Kind::Text && column.weight == Weight::Key;
    let count = table.columns.iter().take_while(naming).count();
    (0..count).collect()
}

fn remarks(table: &Table) -> Vec<Words> {
    let more = table.rows.len().saturating_sub(MOST_ROWS);
    let left_out = (more > 0)
        .then(|| format!("The first {MOST_ROWS} rows; {more} more are in the CSV and JSON forms."));
    let remarks = left_out.iter().chain(&table.remarks);
    remarks.map(|remark| Words::new(remark)).collect()
}

struct Printer<'a> {
    table: &'a Table,
    currency: Option<&'a str>,
    /// Reasons in order of appearance; their letters follow from it.
    reasons: Vec<Undefined>,
}

impl Printer<'_> {
    fn grid(&mut self, caption: &str, columns: &[usize]) -> Grid {
        let table = self.table;
        let heads = columns.iter().filter_map(|index| table.columns.get(*index));
        let rows = table.rows.iter().take(MOST_ROWS);
        Grid {
            caption: Words::new(caption),
            more: Words::default(),
            empty: Words::new(NO_ROWS),
            heads: heads
                .map(|column| Head {
                    title: Words::new(&column.title),
                    numeric: is_numeric(column.kind),
                })
                .collect(),
            rows: rows.map(|row| self.row(row, columns)).collect(),
        }
    }

    fn row(&mut self, row: &[Cell], columns: &[usize]) -> Vec<Field> {
        let mut fields = Vec::with_capacity(columns.len());
        for (place, index) in columns.iter().enumerate() {
            let (Some(column), Some(cell)) = (self.table.columns.get(*index), row.get(*index))
            else {
                continue;
            };
            let mut field = self.field(cell, column.kind);
            field.names_row = place == 0 && column.kind == Kind::Text && !field.text.is_empty();
            fields.push(field);
        }
        fields
    }

    fn field(&mut self, cell: &Cell, kind: Kind) -> Field {
        let numeric = is_numeric(kind);
        if let Some(reason) = number::reason(cell) {
            return Field {
                text: Words::new(number::UNDEFINED),
                hint: Some(Words::new(reason.words())),
                mark: Some(self.letter(reason)),
                // Keeps its place in a column where other values have evidence behind them.
                evidence: (kind == Kind::Rate).then(Words::default),
                numeric,
                ..Field::default()
            };
        }
        match cell {
            Cell::Rate(rate) => rate_field(rate, kind),
            _ => Field {
                text: Words::new(&number::cell(cell, kind, self.currency)),
                numeric,
                ..Field::default()
            },
        }
    }

    fn letter(&mut self, reason: Undefined) -> char {
        let known = self.reasons.iter().position(|known| *known == reason);
        let index = known.unwrap_or_else(|| {
            self.reasons.push(reason);
            self.reasons.len() - 1
        });
        ('a'..='z').chain('A'..='Z').nth(index).unwrap_or('*')
    }
}

fn rate_field(rate: &Rate, kind: Kind) -> Field {
    let interval = rate.interval.map(|(low, high)| {
        format!(
            "95 % interval {}",
            number::interval(low, high, Kind::Rate, None)
        )
    });
    Field {
        text: Words::new(&number::rate_bare(rate)),
        evidence: Some(Words::new(&evidence(rate))),
        hint: interval.as_deref().map(Words::new),
        numeric: is_numeric(kind),
        ..Field::default()
    }
}

/// `30/120`
#[must_use]
pub fn evidence(rate: &Rate) -> String {
    let count = |count: u64| number::cell(&Cell::from(count), Kind::Count, None);
    format!("{}/{}", count(rate.k), count(rate.n))
}

fn is_numeric(kind: Kind) -> bool {
    !matches!(kind, Kind::Text | Kind::Flag)
}
