//! SQL over the tables: the question that no command asks.
//!
//! The tables are those that figures are computed from, in the words of people: times are
//! local times of the report zone, amounts are in units of the report currency, and the
//! file and line of a row are columns. A query is read only; nothing of it is kept.

use std::borrow::Cow;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;
use polars::prelude::*;
use polars::sql::SQLContext;

use super::data::{Data, Record, Source};
use crate::domain::calendar::Millis;
use crate::domain::persons::{Persons, is_personal};
use crate::tables::{col as name, frame};

/// The answer: named columns of equal length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// Names and what their cells are.
    pub columns: Vec<(String, Sort)>,
    /// Rows.
    pub rows: Vec<Vec<Value>>,
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Words and times.
    Text,
    /// Whole numbers.
    Count,
    /// Numbers.
    Number,
    /// Yes or no.
    Flag,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Words, or a time as `2026-10-31 14:05:00`.
    Text(String),
    /// A whole number.
    Count(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// The tables that a query may name, with their columns, as far as there are rows.
///
/// # Errors
/// What polars cannot do; never for the tables of a loader.
pub fn tables(data: &Data, persons: &Persons) -> PolarsResult<Vec<(&'static str, DataFrame)>> {
    let given = frames(data).into_iter();
    given
        .filter(|(_, table)| table.height() > 0)
        .map(|(name, table)| Ok((name, readable(data, persons, table)?)))
        .collect()
}

/// The tables with their names, as they are kept.
pub(super) fn frames(data: &Data) -> Vec<(&'static str, &DataFrame)> {
    vec![
        ("leads", data.frame(Source::Leads)),
        ("deals", data.frame(Source::Deals)),
        ("stage_events", data.records(Record::Moves)),
        ("stage_counts", data.frame(Source::Counted)),
        ("visits", data.frame(Source::Visits)),
        ("spend", data.frame(Source::Spend)),
        ("activities", data.records(Record::Activities)),
        ("owners", data.records(Record::Owners)),
        ("billing", data.records(Record::Billing)),
        ("feedback", data.records(Record::Feedback)),
    ]
}

/// Runs a query.
///
/// # Errors
/// What is wrong with the query, in the words of the SQL reader.
pub fn run(data: &Data, persons: &Persons, sql: &str) -> PolarsResult<Answer> {
    let mut context = SQLContext::new();
    for (name, table) in tables(data, persons)? {
        context.register(name, table.lazy());
    }
    let found = context.execute(sql)?.collect()?;
    let found = if has_no_order(sql) {
        let by: Vec<String> = found
            .get_column_names_owned()
            .iter()
            .map(ToString::to_string)
            .collect();
        let options = SortMultipleOptions::default().with_maintain_order(true);
        found.sort(by, options)?
    } else {
        found
    };
    Ok(answer(&found))
}

/// True where the engine may give the rows in any order: they are sorted then, so that
/// the same input gives the same bytes.
fn has_no_order(sql: &str) -> bool {
    let words = sql.to_lowercase();
    let has = |part: &str| words.contains(part);
    let shuffles = [
        "group by",
        "distinct",
        "join",
        "union",
        "intersect",
        "except",
    ];
    !has("order by") && shuffles.iter().any(|part| has(part))
}

/// Columns of numbers that are moments; all other whole 64-bit numbers are millionths.
pub(super) fn is_moment(column: &str) -> bool {
    const MOMENTS: &[&str] = &[
        name::CREATED,
        name::AT,
        name::START,
        name::END,
        name::WON_AT,
        name::LOST_AT,
        name::ENTERED,
        name::EXIT_AT,
        name::EXPECTED_CLOSE,
        name::ASSIGNED,
        "last_activity",
        "delivered",
        "closed",
        "renewal_due",
    ];
    MOMENTS.contains(&column) || column.starts_with("at.") || column.starts_with("raw.")
}

/// A table in the words of people; what only the program needs is left out.
fn readable(data: &Data, persons: &Persons, table: &DataFrame) -> PolarsResult<DataFrame> {
    let mut columns: Vec<Column> = Vec::new();
    for column in table.columns() {
        let Some(target) = shown(column.name()) else {
            continue;
        };
        if columns.iter().any(|known| known.name() == target.as_str()) {
            continue;
        }
        let mut column = match column.dtype() {
            DataType::Int64 if is_moment(column.name()) => local(column, data.zone)?,
            DataType::Int64 => (column.cast(&DataType::Float64)? / 1_000_000.0).clone(),
            DataType::String => without_persons(column, &target, persons),
            _ => column.clone(),
        };
        column.rename(target.as_str().into());
        columns.push(column);
    }
    let files: Vec<Option<&str>> = frame::positions(table, name::FILE)
        .into_iter()
        .map(|file| data.files.get(file as usize).map(String::as_str))
        .collect();
    columns.push(frame::text_column("source_file", &files));
    let lines = Column::new("source_line".into(), frame::positions(table, name::LINE));
    columns.push(lines);
    DataFrame::new(table.height(), columns)
}

/// `at.mql` -> `mql_at`, `has.mql` -> `is_mql`, `#account` -> `account`; nothing for what
/// only the program needs.
pub(super) fn shown(column: &str) -> Option<String> {
    const INNER: &[&str] = &[
        name::FILE,
        name::LINE,
        name::SPEAKS,
        name::STRADDLES,
        name::LEAD_ROW,
        name::TODAY,
        name::MARK,
        "#input",
        "email",
    ];
    if INNER.contains(&column) {
        return None;
    }
    match column.split_once('.') {
        Some(("at", stage)) => Some(format!("{stage}_at")),
        Some(("has", stage)) => Some(format!("is_{stage}")),
        Some(("raw" | "recorded", _)) => None,
        _ => Some(column.trim_start_matches('#').to_owned()),
    }
}

/// A column of words with pseudonyms in the place of persons: what a query cannot see it
/// cannot take apart.
fn without_persons(column: &Column, target: &str, persons: &Persons) -> Column {
    let Ok(cells) = column.str() else {
        return column.clone();
    };
    let personal = is_personal(target);
    let is_pure = |cell: &str| matches!(persons.hide(cell), Cow::Borrowed(_));
    if persons.are_shown() || (!personal && cells.iter().flatten().all(is_pure)) {
        return column.clone();
    }
    let hidden = |cell: &str| match personal {
        true => persons.pseudonym(cell),
        false => persons.hide(cell).into_owned(),
    };
    let hidden: StringChunked = cells.iter().map(|cell| cell.map(hidden)).collect();
    hidden.with_name(column.name().clone()).into_column()
}

/// Instants as local times.
fn local(column: &Column, zone: Tz) -> PolarsResult<Column> {
    let shifted = |at: Option<Millis>| {
        let at = at?;
        let utc = DateTime::from_timestamp_millis(at)?.naive_utc();
        let offset = zone.offset_from_utc_datetime(&utc).fix();
        Some(at + i64::from(offset.local_minus_utc()) * 1000)
    };
    let times: Int64Chunked = column.i64()?.iter().map(shifted).collect();
    let times = times.with_name(column.name().clone()).into_column();
    times.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
}

fn answer(found: &DataFrame) -> Answer {
    let columns = found.columns();
    let sorts: Vec<(String, Sort)> = columns
        .iter()
        .map(|column| (column.name().to_string(), sort(column.dtype())))
        .collect();
    let row = |row: usize| columns.iter().map(|column| value(column, row)).collect();
    Answer {
        columns: sorts,
        rows: (0..found.height()).map(row).collect(),
    }
}

fn sort(kind: &DataType) -> Sort {
    match kind {
        DataType::Boolean => Sort::Flag,
        kind if kind.is_integer() => Sort::Count,
        kind if kind.is_float() => Sort::Number,
        _ => Sort::Text,
    }
}

fn value(column: &Column, row: usize) -> Value {
    match column.get(row).unwrap_or(AnyValue::Null) {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(flag) => Value::Flag(flag),
        AnyValue::String(text) => Value::Text(text.to_owned()),
        AnyValue::StringOwned(text) => Value::Text(text.to_string()),
        AnyValue::Float32(number) => Value::Number(number.into()),
        AnyValue::Float64(number) => Value::Number(number),
        AnyValue::Datetime(at, TimeUnit::Milliseconds, _) => {
            let at = DateTime::from_timestamp_millis(at);
            at.map_or(Value::Null, |at| {
                Value::Text(at.format("%Y-%m-%d %H:%M:%S").to_string())
            })
        }
        AnyValue::Date(day) => {
            let at = DateTime::from_timestamp(i64::from(day) * 86_400, 0);
            at.map_or(Value::Null, |at| Value::Text(at.date_naive().to_string()))
        }
        number if column.dtype().is_integer() => {
            number.extract::<i64>().map_or(Value::Null, Value::Count)
        }
        other => Value::Text(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_words_of_people() {
        let shown = |column| shown(column);
        assert_eq!(shown("at.mql").as_deref(), Some("mql_at"));
        assert_eq!(shown("has.mql").as_deref(), Some("is_mql"));
        assert_eq!(shown("#account").as_deref(), Some("account"));
        assert_eq!(shown("channel").as_deref(), Some("channel"));
        assert_eq!(shown("#line"), None);
        assert_eq!(shown("raw.mql"), None);
    }

    #[test]
    fn rows_without_an_order_get_one() {
        assert!(has_no_order(
            "select channel, count(*) from leads GROUP BY channel"
        ));
        assert!(!has_no_order("select 1 from leads group by a order by b"));
        assert!(!has_no_order("select id from leads limit 3"));
    }
}
