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
pub fn flag_column(name: &str, values: &[bool]) -> Column {
    Column::new(name.into(), values)
}

/// A frame of the given columns; empty where their lengths differ (they never do).
#[must_use]
pub fn frame_of(height: usize, columns: Vec<Column>) -> DataFrame {
    DataFrame::new(height, columns).unwrap_or_default()
}
