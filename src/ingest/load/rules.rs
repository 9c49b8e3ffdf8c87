//! Segments, filters of inputs and exclusions: what the configuration makes of the rows.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::request::{ExclusionRule, SegmentRule};
use crate::diagnostics::{Diagnostic, codes};
use crate::domain::text::normal_form;
use crate::tables::frame::{has_column, texts};

/// Adds the segment columns that can be made from a frame's columns.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn add_segments(frame: &mut DataFrame, rules: &[SegmentRule]) -> PolarsResult<()> {
    for rule in rules {
        if !has_column(frame, &rule.from) {
            continue;
        }
        let mut known: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let values: Vec<Option<String>> = texts(frame, &rule.from)
            .into_iter()
            .map(|value| {
                let value = value.unwrap_or("");
                known
                    .entry(value)
                    .or_insert_with(|| folded(value, &rule.rules))
                    .clone()
            })
            .collect();
        frame.with_column(Column::new(rule.name.as_str().into(), values))?;
    }
    Ok(())
}

/// The first rule that fits decides; an empty value fits none.
fn folded(value: &str, rules: &[(String, String)]) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    let folded = normal_form(value);
    let fits = |pattern: &str| fits(&normal_form(pattern), &folded);
    let rule = rules.iter().find(|(pattern, _)| fits(pattern));
    Some(rule.map_or_else(|| value.to_owned(), |(_, name)| name.clone()))
}

/// `*` stands for any text.
fn fits(pattern: &str, value: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == value;
    };
    let Some(rest) = value.strip_prefix(head) else {
        return false;
    };
    (0..=rest.len())
        .filter(|at| rest.is_char_boundary(*at))
        .any(|at| fits(tail, &rest[at..]))
}

/// The rows that meet an SQL condition (`false` where it is unknown).
///
/// # Errors
/// Where the text is no SQL condition, or names a column that the table lacks.
pub fn meeting(
    frame: &DataFrame,
    condition: &str,
    table: &str,
) -> Result<BooleanChunked, Box<Diagnostic>> {
    let broken = |error: &PolarsError| {
        let columns: Vec<String> = frame
            .get_column_names()
            .iter()
            .map(ToString::to_string)
            .filter(|name| !name.starts_with('#'))
            .collect();
        let reason = error.to_string();
        let reason = reason.lines().next().unwrap_or_default().to_owned();
        let text = format!("the condition `{condition}` cannot be applied to {table}: {reason}");
        Box::new(
            Diagnostic::new(&codes::NOT_FILTERABLE, text)
                .hint(format!("columns of {table}: {}", columns.join(", "))),
        )
    };
    let expression = polars::sql::sql_expr(condition).map_err(|error| broken(&error))?;
    let readable: Vec<Expr> = frame.columns().iter().filter_map(readable).collect();
    let result = frame
        .clone()
        .lazy()
        .with_columns(readable)
        .select([expression.alias("#keep")])
        .collect();
    let mask = result
        .and_then(|table| Ok(table.column("#keep")?.bool()?.clone()))
        .map_err(|error| broken(&error))?;
    // A condition on constants gives one row for all.
    let value = |row: usize| {
        mask.get(if mask.len() == 1 { 0 } else { row })
            .unwrap_or(false)
    };
    Ok((0..frame.height()).map(|row| Some(value(row))).collect())
}

/// Times as times, amounts in units.
fn readable(column: &Column) -> Option<Expr> {
    let name = column.name().as_str();
    if name.starts_with('#') || column.dtype() != &DataType::Int64 {
        return None;
    }
    const AMOUNTS: &[&str] = &[
        "amount",
        "money",
        "hours",
        "minutes",
        "hour_cost",
        "sessions",
        "users",
        "impressions",
        "clicks",
        "count",
        "score",
        "probability",
    ];
    let value = col(name);
    if AMOUNTS.contains(&name) || name.starts_with("count.") {
        return Some(value.cast(DataType::Float64) / lit(1_000_000.0));
    }
    Some(value.cast(DataType::Datetime(TimeUnit::Milliseconds, None)))
}

/// The exclusions of a table.
pub fn of_table<'a>(
    rules: &'a [ExclusionRule],
    table: &'a str,
) -> impl Iterator<Item = &'a ExclusionRule> {
    rules.iter().filter(move |rule| rule.table == table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_decides() {
        let rules = [("DACH*", "Europe"), ("*land", "North"), ("*", "Other")]
            .map(|(pattern, name)| (pattern.to_owned(), name.to_owned()));
        assert_eq!(folded("dach-nord", &rules).as_deref(), Some("Europe"));
        assert_eq!(folded("Finland", &rules).as_deref(), Some("North"));
        assert_eq!(folded("Peru", &rules).as_deref(), Some("Other"));
        assert_eq!(folded("", &rules), None);
        assert_eq!(folded("Peru", &rules[..2]).as_deref(), Some("Peru"));
    }
}
