//! Rows that state a total of the others.
//!
//! A label gives most of them away. A row without any dimension is a total where it is
//! the first or the last of an aggregated table and equals the sum of the others.

use csv::StringRecord;

use super::reading::Opened;
use crate::diagnostics::Failure;
use crate::ingest::mapping::Mapping;
use crate::ingest::reader::totals::{TotalMark, classify_total, is_sum_of_others};
use crate::ingest::reader::{RowKind, Rows};
use crate::ingest::spec::TotalRows;
use crate::tables::schema::{CellKind, SPEND, VISITS};

/// The rows of a file that state a total.
pub struct Totals {
    /// True for tables whose rows add up; a person may really be called Total.
    applies: bool,
    dimensions: Vec<usize>,
    without_dimensions: Vec<u64>,
    /// True where every row without a dimension is one.
    unnamed: bool,
}

impl Totals {
    /// Looks at the first and the last row of aggregated tables.
    ///
    /// # Errors
    /// Where the rows cannot be read.
    pub fn find(
        opened: &Opened,
        mapping: &Mapping,
        rule: Option<TotalRows>,
    ) -> Result<Self, Failure> {
        let of_kind = |kinds: &[CellKind]| {
            let columns = mapping
                .columns
                .iter()
                .filter(|column| kinds.contains(&column.kind));
            let cells = columns.flat_map(|column| column.source.cells());
            cells.collect::<Vec<usize>>()
        };
        let words = of_kind(&[CellKind::Text, CellKind::Id]);
        let dimensions = if words.is_empty() {
            of_kind(&[CellKind::Time, CellKind::Span])
        } else {
            words
        };
        let applies = [VISITS.name, SPEND.name].contains(&mapping.table.name);
        let mut totals = Self {
            applies,
            dimensions,
            without_dimensions: Vec::new(),
            unnamed: applies && rule == Some(TotalRows::Unnamed),
        };
        if applies {
            let numbers = of_kind(&[CellKind::Number, CellKind::Money]);
            totals.without_dimensions = totals.silent(opened, &numbers)?;
        }
        Ok(totals)
    }

    /// Lines of first or last rows without dimensions that equal the sum of the others.
    fn silent(&self, opened: &Opened, numbers: &[usize]) -> Result<Vec<u64>, Failure> {
        let read = |error: crate::ingest::reader::ReadError| {
            Failure::from(error.diagnostic(&opened.found.name))
        };
        let mut candidates: Vec<u64> = Vec::new();
        let mut rows = Rows::new(opened.text, opened.dialect);
        let (mut first, mut last) = (None, None);
        while let Some(row) = rows.next_row().map_err(read)? {
            if row.kind != RowKind::Data || self.is_labelled(row.cells) {
                continue;
            }
            let mark = classify_total(row.cells, &self.dimensions);
            let silent = mark == Some(TotalMark::NoDimensions);
            first.get_or_insert((row.line, silent));
            last = Some((row.line, silent));
        }
        for (line, silent) in [first, last].into_iter().flatten() {
            if silent && !candidates.contains(&line) {
                candidates.push(line);
            }
        }
        candidates
            .into_iter()
            .map(|line| {
                self.equals_others(opened, numbers, line)
                    .map(|equal| equal.then_some(line))
            })
            .filter_map(Result::transpose)
            .collect()
    }

    fn equals_others(
        &self,
        opened: &Opened,
        numbers: &[usize],
        line: u64,
    ) -> Result<bool, Failure> {
        use crate::ingest::cell::number::{NumberColumn, NumberOptions};
        let mut columns: Vec<NumberColumn> = numbers
            .iter()
            .map(|_| NumberColumn::new(NumberOptions::default()))
            .collect();
        let mut rows = Rows::new(opened.text, opened.dialect);
        let (mut place, mut count) = (None, 0_usize);
        while let Some(row) = rows
            .next_row()
            .map_err(|error| Failure::from(error.diagnostic(&opened.found.name)))?
        {
            if row.kind != RowKind::Data || self.is_labelled(row.cells) {
                continue;
            }
            for (column, cell) in columns.iter_mut().zip(numbers) {
                column.push(row.cells.get(*cell).unwrap_or(""));
            }
            if row.line == line {
                place = Some(count);
            }
            count += 1;
        }
        let Some(place) = place.filter(|_| count > 1) else {
            return Ok(false);
        };
        let compared: Vec<(Option<i128>, i128)> = columns
            .into_iter()
            .map(|column| {
                let column = column.finish();
                let stated = column.micros(place);
                (stated, column.sum_micros() - stated.unwrap_or(0))
            })
            .collect();
        Ok(is_sum_of_others(&compared, count as u64 - 1))
    }

    /// True where the row says that it is a total.
    #[must_use]
    pub fn is_labelled(&self, cells: &StringRecord) -> bool {
        self.applies && classify_total(cells, &[]) == Some(TotalMark::Labelled)
    }

    /// True where the row states a total, in words or by being the sum of the others.
    #[must_use]
    pub fn has(&self, line: u64, cells: &StringRecord) -> bool {
        let is_unnamed = || {
            self.unnamed && classify_total(cells, &self.dimensions) == Some(TotalMark::NoDimensions)
        };
        self.without_dimensions.contains(&line) || self.is_labelled(cells) || is_unnamed()
    }
}
