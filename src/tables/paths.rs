//! Ready-made journeys, as they were read.
//!
//! A path table has no times and no persons: each row is a path, how often it converted,
//! what that was worth and how often it did not. Its numbers are floats as written, not
//! amounts: such tables carry values with more places than money has.

use polars::prelude::DataFrame;

use super::col;
use super::frame::{has_column, positions, texts};

/// Rows of path tables.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    frame: DataFrame,
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathRow<'a> {
    /// Index of its file.
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// The touches, in one cell; nothing where it is empty.
    pub path: Option<&'a str>,
    /// Journeys that converted.
    pub conversions: Option<f64>,
    /// What they were worth.
    pub value: Option<f64>,
    /// Journeys that did not convert.
    pub lost: Option<f64>,
}

impl Paths {
    /// The rows of a frame with the columns of the table `paths`.
    #[must_use]
    pub fn new(frame: DataFrame) -> Self {
        Self { frame }
    }

    /// True without any row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frame.height() == 0
    }

    /// True where an input has the column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        has_column(&self.frame, column)
    }

    /// All rows, in the order of the files.
    pub fn rows(&self) -> impl Iterator<Item = PathRow<'_>> {
        let (files, lines) = (
            positions(&self.frame, col::FILE),
            positions(&self.frame, col::LINE),
        );
        let [conversions, value, lost] =
            ["conversions", "value", "non_converting"].map(|name| self.numbers(name));
        texts(&self.frame, "path")
            .into_iter()
            .enumerate()
            .map(move |(row, path)| PathRow {
                file: files[row],
                line: lines[row],
                path,
                conversions: conversions[row],
                value: value[row],
                lost: lost[row],
            })
    }

    fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let column = self.frame.column(name).ok();
        let cells = column.and_then(|column| column.f64().ok());
        cells.map_or_else(
            || vec![None; self.frame.height()],
            |cells| cells.iter().collect(),
        )
    }
}
