//! Columns while a file is being read: compact, typed at the end.
//!
//! Words that repeat (channels, owners, stages) are kept once and referred to by
//! number; ids go straight into their final form; dates and numbers keep a few bytes
//! per cell until all rows of the column have been seen.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostics::Diagnostic;
use crate::domain::text::composed;
use crate::ingest::cell::date::{BadPattern, DateColumn};
use crate::ingest::cell::flag::FlagColumn;
use crate::ingest::cell::number::{NumberColumn, NumberOptions};
use crate::ingest::cell::span::SpanColumn;
use crate::ingest::cell::{is_missing, trimmed};
use crate::ingest::spec::Decimal;
use crate::tables::frame;
use crate::tables::schema::CellKind;

/// The cells of one canonical column.
pub enum Buffer {
    /// Words that repeat.
    Words(Words),
    /// Ids and other texts that seldom repeat.
    Ids(StringChunkedBuilder),
    /// Moments.
    Times(DateColumn),
    /// Spans of days.
    Spans(SpanColumn),
    /// Amounts and numbers.
    Numbers(NumberColumn),
    /// Hours or minutes worked, also as `2:30:00`; with how many of them an hour has.
    Worked(NumberColumn, f64),
    /// Yes or no.
    Flags(FlagColumn),
    /// The date of a stage, or that it was reached; no flags once a cell was none.
    Stages(DateColumn, Option<FlagColumn>),
}

/// What a column is told about its cells.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// strftime pattern.
    pub date_format: Option<String>,
    /// Decimal sign.
    pub decimal: Option<Decimal>,
}

impl Buffer {
    /// An empty column with `rows` missing cells before its first.
    ///
    /// # Errors
    /// A date format that is none.
    pub fn new(name: &str, kind: CellKind, hints: &Hints, rows: usize) -> Result<Self, Diagnostic> {
        let mut buffer = Self::empty(name, kind, hints).map_err(|bad| bad.diagnostic())?;
        for _ in 0..rows {
            buffer.push_missing();
        }
        Ok(buffer)
    }

    fn empty(name: &str, kind: CellKind, hints: &Hints) -> Result<Self, BadPattern> {
        let dates = || match &hints.date_format {
            Some(pattern) => DateColumn::with_pattern(pattern),
            None => Ok(DateColumn::new()),
        };
        let numbers = |money| {
            NumberColumn::new(NumberOptions {
                decimal: hints.decimal,
                money,
            })
        };
        Ok(match kind {
            CellKind::Id | CellKind::Ids => Self::Ids(StringChunkedBuilder::new(name.into(), 0)),
            CellKind::Text if matches!(name, "email" | "name" | "next_step") => {
                Self::Ids(StringChunkedBuilder::new(name.into(), 0))
            }
            CellKind::Text => Self::Words(Words::default()),
            CellKind::Time => Self::Times(dates()?),
            CellKind::Span => Self::Spans(match &hints.date_format {
                Some(pattern) => SpanColumn::with_pattern(pattern)?,
                None => SpanColumn::new(),
            }),
            CellKind::Money => Self::Numbers(numbers(true)),
            CellKind::Number if name == "hours" => Self::Worked(numbers(false), 1.0),
            CellKind::Number if name == "minutes" => Self::Worked(numbers(false), 60.0),
            CellKind::Number => Self::Numbers(numbers(false)),
            CellKind::Flag => Self::Flags(FlagColumn::new()),
            CellKind::Stage => Self::Stages(dates()?, Some(FlagColumn::new())),
        })
    }

    /// Adds the next cell.
    pub fn push(&mut self, cell: &str) {
        match self {
            Self::Words(words) => words.push(cell),
            Self::Ids(ids) => {
                let cell = trimmed(cell);
                if is_missing(cell) {
                    ids.append_null();
                } else {
                    ids.append_value(cell);
                }
            }
            Self::Times(dates) => dates.push(cell),
            Self::Spans(spans) => spans.push(cell),
            Self::Numbers(numbers) => numbers.push(cell),
            Self::Worked(numbers, per_hour) => match clock_hours(cell) {
                Some(hours) => numbers.push(&format!("{:.6}", hours * *per_hour)),
                None => numbers.push(cell),
            },
            Self::Flags(flags) => flags.push(cell),
            Self::Stages(dates, flags) => {
                dates.push(cell);
                push_flag(flags, cell);
            }
        }
    }

    /// Adds an empty row.
    pub fn push_missing(&mut self) {
        match self {
            Self::Words(words) => words.codes.push(0),
            Self::Ids(ids) => ids.append_null(),
            Self::Times(dates) => dates.push_missing(),
            Self::Spans(spans) => spans.push_missing(),
            Self::Numbers(numbers) | Self::Worked(numbers, _) => numbers.push_missing(),
            Self::Flags(flags) => flags.push_missing(),
            Self::Stages(dates, flags) => {
                dates.push_missing();
                if let Some(flags) = flags {
                    flags.push_missing();
                }
            }
        }
    }
}

/// A column with a cell that is no yes or no is none of flags; the rest need not be looked at.
fn push_flag(flags: &mut Option<FlagColumn>, cell: &str) {
    let Some(column) = flags else { return };
    column.push(cell);
    if column.rejected() > 0 {
        *flags = None;
    }
}

/// `2:30`, `02:30:00` as 2.5 hours; nothing for any other text.
#[must_use]
pub fn clock_hours(cell: &str) -> Option<f64> {
    let parts: Vec<&str> = trimmed(cell).split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let mut seconds = 0_u64;
    for (place, part) in parts.iter().enumerate() {
        let number: u64 = part.parse().ok().filter(|n| place == 0 || *n < 60)?;
        seconds += number * [3600, 60, 1].get(place)?;
    }
    Some(seconds as f64 / 3600.0)
}

/// Words by number; number 0 is the missing one.
#[derive(Debug, Default)]
pub struct Words {
    /// One number per row.
    pub codes: Vec<u32>,
    /// The word of each number from 1.
    pub list: Vec<Box<str>>,
    index: FxHashMap<Box<str>, u32>,
}

impl Words {
    /// Adds the next cell.
    pub fn push(&mut self, cell: &str) {
        let cell = trimmed(cell);
        let code = if crate::domain::text::is_missing(cell) {
            0
        } else {
            self.code(cell)
        };
        self.codes.push(code);
    }

    fn code(&mut self, word: &str) -> u32 {
        if let Some(code) = self.index.get(word) {
            return *code;
        }
        let shown = composed(word);
        let code = match self.index.get(shown.as_ref()) {
            Some(code) => *code,
            None => {
                self.list.push(shown.as_ref().into());
                u32::try_from(self.list.len()).unwrap_or(u32::MAX)
            }
        };
        self.index.insert(word.into(), code);
        self.index.insert(shown.into(), code);
        code
    }

    /// The word of a number.
    #[must_use]
    pub fn word(&self, code: u32) -> Option<&str> {
        let index = (code as usize).checked_sub(1)?;
        self.list.get(index).map(AsRef::as_ref)
    }

    /// The word of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.word(self.codes.get(row).copied()?)
    }

    /// The column, each word put through `map` once.
    #[must_use]
    pub fn column(&self, name: &str, map: impl Fn(&str) -> String) -> Column {
        let mapped: Vec<String> = self.list.iter().map(|word| map(word)).collect();
        let mapped = mapped.iter().map(|word| Some(word.as_str()));
        // Number 0 is the missing word.
        let words: Vec<Option<&str>> = std::iter::once(None).chain(mapped).collect();
        frame::coded_column(name, &words, &self.codes)
    }
}

#[cfg(test)]
mod tests {
    use super::clock_hours;

    #[test]
    fn clocks_are_hours() {
        assert_eq!(clock_hours("02:30:00"), Some(2.5));
        assert_eq!(clock_hours("0:45"), Some(0.75));
        assert_eq!(clock_hours("2.5"), None);
        assert_eq!(clock_hours("2:75"), None);
    }
}
