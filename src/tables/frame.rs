//! Small readings of data frames, so that the rest of the folder can work on slices.
//!
//! A column that is not there reads as all null: optional columns need no special case.

use polars::prelude::*;

/// Text of a column; null where the cell or the whole column is missing.
#[must_use]
pub fn texts<'a>(frame: &'a DataFrame, name: &str) -> Vec<Option<&'a str>> {
    match frame.column(name).and_then(|column| column.str()) {
        Ok(column) => column.iter().collect(),
        Err(_) => vec![None; frame.height()],
    }
}

/// The cells of a column of texts, to look single ones up; nothing where there is no such column.
#[must_use]
pub fn text_cells<'a>(frame: &'a DataFrame, name: &str) -> Option<&'a StringChunked> {
    frame.column(name).ok()?.str().ok()
}

/// 64-bit integers of a column (times, amounts); null where missing.
#[must_use]
pub fn integers(frame: &DataFrame, name: &str) -> Vec<Option<i64>> {
    match frame.column(name).and_then(|column| column.i64().cloned()) {
        Ok(column) => column.iter().collect(),
        Err(_) => vec![None; frame.height()],
    }
}

/// 32-bit integers of a column (stage indexes); null where missing.
#[must_use]
pub fn indexes(frame: &DataFrame, name: &str) -> Vec<Option<i32>> {
    match frame.column(name).and_then(|column| column.i32().cloned()) {
        Ok(column) => column.iter().collect(),
        Err(_) => vec![None; frame.height()],
    }
}

/// Positions (file, line) of a column; 0 where missing.
#[must_use]
pub fn positions(frame: &DataFrame, name: &str) -> Vec<u32> {
    match frame.column(name).and_then(|column| column.u32().cloned()) {
        Ok(column) => column.iter().map(|value| value.unwrap_or(0)).collect(),
        Err(_) => vec![0; frame.height()],
    }
}

/// Yes or no of a column; no where missing.
#[must_use]
pub fn flags(frame: &DataFrame, name: &str) -> Vec<bool> {
    match frame.column(name).and_then(|column| column.bool().cloned()) {
        Ok(column) => column.iter().map(|value| value.unwrap_or(false)).collect(),
        Err(_) => vec![false; frame.height()],
    }
}

/// True where the frame has the column.
#[must_use]
pub fn has_column(frame: &DataFrame, name: &str) -> bool {
    frame.column(name).is_ok()
}

/// A column of optional integers.
#[must_use]
pub fn integer_column(name: &str, values: &[Option<i64>]) -> Column {
    Column::new(name.into(), values)
}

/// A column of optional texts.
#[must_use]
pub fn text_column(name: &str, values: &[Option<&str>]) -> Column {
    Column::new(name.into(), values)
}

/// A column of flags.
#[must_use]
pub fn flag_column(name: &str, values: impl IntoIterator<Item = bool>) -> Column {
    let values: BooleanChunked = values.into_iter().map(Some).collect();
    values.with_name(name.into()).into_column()
}

/// A column of words by number: `codes` are positions in `words`. The text of a word is
/// kept once, however many rows have it. All null where a code is no position (never for
/// a list that gave the codes out).
#[must_use]
pub fn coded_column(name: &str, words: &[Option<&str>], codes: &[IdxSize]) -> Column {
    let column = Column::new(name.into(), words).take_slice(codes);
    column.unwrap_or_else(|_| Column::full_null(name.into(), codes.len(), &DataType::String))
}

/// Row and value of the 64-bit integers that are not null.
pub fn present_integers<'a>(
    frame: &'a DataFrame,
    name: &str,
) -> impl Iterator<Item = (usize, i64)> + use<'a> {
    let column = frame.column(name).and_then(|column| column.i64()).ok();
    let values = column.into_iter().flat_map(ChunkedArray::iter);
    (0..)
        .zip(values)
        .filter_map(|(row, value)| Some((row, value?)))
}

/// The 32-bit integers (stage indexes) that are not null, in row order.
pub fn present_indexes<'a>(
    frame: &'a DataFrame,
    name: &str,
) -> impl Iterator<Item = i32> + use<'a> {
    let column = frame.column(name).and_then(|column| column.i32()).ok();
    column.into_iter().flat_map(ChunkedArray::iter).flatten()
}

/// Rows in which a column is true.
pub fn true_rows<'a>(frame: &'a DataFrame, name: &str) -> impl Iterator<Item = usize> + use<'a> {
    let column = frame.column(name).and_then(|column| column.bool()).ok();
    let values = column.into_iter().flat_map(ChunkedArray::iter);
    (0..)
        .zip(values)
        .filter_map(|(row, value)| (value == Some(true)).then_some(row))
}

/// The smallest 64-bit integer of a column; nothing where it has none.
#[must_use]
pub fn earliest(frame: &DataFrame, name: &str) -> Option<i64> {
    frame.column(name).ok()?.i64().ok()?.min()
}

/// The rows that are kept. Columns are copied one at a time and their originals freed, so
/// that a large frame never stands in memory twice.
///
/// # Errors
/// A mask of another length.
pub fn filtered(frame: DataFrame, keep: &BooleanChunked) -> PolarsResult<DataFrame> {
    if keep.all() {
        return Ok(frame);
    }
    let height = keep.iter().filter(|kept| *kept == Some(true)).count();
    let columns = frame.into_columns().into_iter();
    let columns: PolarsResult<Vec<Column>> = columns.map(|column| column.filter(keep)).collect();
    DataFrame::new(height, columns?)
}

/// A frame of the given columns; empty where their lengths differ (they never do).
#[must_use]
pub fn frame_of(height: usize, columns: Vec<Column>) -> DataFrame {
    DataFrame::new(height, columns).unwrap_or_default()
}
