//! A table with one value per cell: what spreadsheets and columns can hold.
//!
//! A rate `x` becomes `x`, `x_k`, `x_n`, `x_ci_low` and `x_ci_high`; every column but text,
//! flags and plain ones has `x_undefined` with the reason for an empty cell. The columns
//! depend on the table's columns alone, never on the data. CSV, XLSX and Parquet are this.

use std::borrow::Cow;

use crate::domain::money::Money;
use crate::report::document::{Cell, Column, Kind, Table};

use super::number;

/// A column of single values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlatColumn {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub sort: Sort,
    /// What they mean, for their format.
    pub kind: Kind,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Words.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// Yes or no.
    Flag,
}

/// A single value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// Words.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// An amount.
    Money(Money),
    /// Yes or no.
    Flag(bool),
}

/// What stands behind a rate.
const RATE_PARTS: [(&str, Sort, Kind); 4] = [
    ("k", Sort::Whole, Kind::Count),
    ("n", Sort::Whole, Kind::Count),
    ("ci_low", Sort::Number, Kind::Share),
    ("ci_high", Sort::Number, Kind::Share),
];

/// The single columns of a table.
#[must_use]
pub fn columns(table: &Table) -> Vec<FlatColumn> {
    table.columns.iter().flat_map(of_column).collect()
}

fn of_column(column: &Column) -> Vec<FlatColumn> {
    let id = &column.id;
    let flat = |name: String, sort, kind| FlatColumn { name, sort, kind };
    let mut columns = vec![flat(id.clone(), sort(column.kind), column.kind)];
    if column.kind == Kind::Rate {
        let parts = RATE_PARTS.iter();
        columns.extend(parts.map(|(part, sort, kind)| flat(format!("{id}_{part}"), *sort, *kind)));
    }
    if can_be_undefined(column) {
        columns.push(flat(format!("{id}_undefined"), Sort::Text, Kind::Text));
    }
    columns
}

fn sort(kind: Kind) -> Sort {
    match kind {
        Kind::Text => Sort::Text,
        Kind::Flag => Sort::Flag,
        Kind::Count => Sort::Whole,
        _ => Sort::Number,
    }
}

fn can_be_undefined(column: &Column) -> bool {
    !column.plain && !matches!(column.kind, Kind::Text | Kind::Flag)
}

/// The single values of a row, as many as [`columns`].
#[must_use]
pub fn values<'a>(table: &'a Table, row: &'a [Cell]) -> Vec<Value<'a>> {
    let cells = row.iter().chain(std::iter::repeat(&Cell::Blank));
    let pairs = table.columns.iter().zip(cells);
    pairs
        .flat_map(|(column, cell)| of_cell(column, cell))
        .collect()
}

fn of_cell<'a>(column: &Column, cell: &'a Cell) -> Vec<Value<'a>> {
    let mut values = vec![plain(cell)];
    if column.kind == Kind::Rate {
        values.extend(rate_parts(cell));
    }
    if can_be_undefined(column) {
        let reason = number::reason(cell).map(|reason| Value::Text(reason.code().into()));
        values.push(reason.unwrap_or(Value::Null));
    }
    values
}

fn plain(cell: &Cell) -> Value<'_> {
    if number::reason(cell).is_some() {
        return Value::Null;
    }
    match cell {
        Cell::Text(words) => Value::Text(words.into()),
        Cell::Count(count) => Value::Whole(*count),
        Cell::Number(value) | Cell::Share(value) => Value::Number(*value),
        Cell::Money(amount) => Value::Money(*amount),
        Cell::Rate(rate) => Value::Number(rate.value()),
        Cell::Flag(flag) => Value::Flag(*flag),
        Cell::Undefined(_) | Cell::Blank => Value::Null,
    }
}

fn rate_parts(cell: &Cell) -> [Value<'static>; 4] {
    let Cell::Rate(rate) = cell else {
        return [const { Value::Null }; 4];
    };
    let whole = |count: u64| Value::Whole(i64::try_from(count).unwrap_or(i64::MAX));
    let [low, high] = rate
        .interval
        .map_or([const { Value::Null }; 2], |(low, high)| {
            [Value::Number(low), Value::Number(high)]
        });
    [whole(rate.k), whole(rate.n), low, high]
}
