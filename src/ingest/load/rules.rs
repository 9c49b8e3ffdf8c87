//! Segments, filters of inputs and exclusions: what the configuration makes of the rows.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::request::{ExclusionRule, SegmentRule};
use crate::diagnostics::{Diagnostic, Location, codes};
use crate::domain::names::did_you_mean;
use crate::domain::text::normal_form;
use crate::tables::frame::{coded_column, has_column, texts};

/// Adds the segment columns that can be made from a frame's columns.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn add_segments(frame: &mut DataFrame, rules: &[SegmentRule]) -> PolarsResult<()> {
    for rule in rules {
        if !has_column(frame, &rule.from) {
            continue;
        }
        let mut values: Vec<Option<String>> = Vec::new();
        let mut known: FxHashMap<&str, IdxSize> = FxHashMap::default();
        let codes: Vec<IdxSize> = texts(frame, &rule.from)
            .into_iter()
            .map(|value| {
                let value = value.unwrap_or("");
                *known.entry(value).or_insert_with(|| {
                    values.push(folded(value, &rule.rules));
                    IdxSize::try_from(values.len() - 1).unwrap_or(IdxSize::MAX)
                })
            })
            .collect();
        let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        let column = coded_column(&rule.name, &values, &codes);
        frame.with_column(column)?;
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

/// An SQL condition of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Condition<'a> {
    /// The condition.
    pub sql: &'a str,
    /// What it is applied to, for messages: `leads`.
    pub table: &'a str,
    /// Where it stands.
    pub place: Option<&'a Location>,
}

impl Condition<'_> {
    /// Row by row, whether it meets the condition. A table without rows has no columns to
    /// compare with: nothing meets it.
    ///
    /// # Errors
    /// As [`Self::met_by`].
    pub fn by_row(&self, frame: &DataFrame) -> Result<Vec<bool>, Box<Diagnostic>> {
        if frame.height() == 0 {
            return Ok(Vec::new());
        }
        let mask = self.met_by(frame)?;
        Ok(mask.iter().map(|met| met == Some(true)).collect())
    }

    /// The same where columns of words that are all numbers stand in a second table as
    /// numbers: they are words unless the condition makes sense of them as numbers alone.
    ///
    /// # Errors
    /// As [`Self::met_by`], of the words.
    pub fn by_row_of(
        &self,
        words: &DataFrame,
        numbers: &DataFrame,
    ) -> Result<Vec<bool>, Box<Diagnostic>> {
        let met = self.by_row(words);
        met.or_else(|error| self.by_row(numbers).map_err(|_| error))
    }

    /// The rows that meet it (not those for which it is unknown).
    ///
    /// # Errors
    /// Where the text is no SQL condition, or does not fit the columns of the table.
    pub fn met_by(&self, frame: &DataFrame) -> Result<BooleanChunked, Box<Diagnostic>> {
        let expression = polars::sql::sql_expr(self.sql)
            .map_err(|_| self.complaint(format!("`{}` is no SQL condition", self.sql)))?;
        self.check_columns(frame, &expression)?;
        let readable: Vec<Expr> = frame.columns().iter().filter_map(readable).collect();
        let selected = frame
            .clone()
            .lazy()
            .with_columns(readable)
            .select([expression.alias("#keep")])
            .collect();
        let mask = selected
            .and_then(|table| table.column("#keep")?.bool()?.fill_null_with_values(false))
            .map_err(|_| {
                let text = format!(
                    "`{}` does not fit the columns of {}: it compares values of different types, or is neither true nor false",
                    self.sql, self.table
                );
                self.complaint(text)
            })?;
        // A condition on constants gives one row for all.
        Ok(match mask.len() {
            1 => mask.new_from_index(0, frame.height()),
            _ => mask,
        })
    }

    fn check_columns(&self, frame: &DataFrame, expression: &Expr) -> Result<(), Box<Diagnostic>> {
        let named = expression.clone().meta().root_names();
        let Some(unknown) = named.iter().find(|name| !has_column(frame, name)) else {
            return Ok(());
        };
        let columns: Vec<&str> = frame
            .get_column_names()
            .into_iter()
            .map(PlSmallStr::as_str)
            .filter(|name| !name.starts_with('#'))
            .collect();
        let text = format!(
            "`{unknown}` in `{}` is no column of {}",
            self.sql, self.table
        );
        let near = did_you_mean(unknown, columns.iter().copied());
        let hint = near.unwrap_or_else(|| format!("its columns are {}", columns.join(", ")));
        Err(Box::new(self.complaint(text).hint(hint)))
    }

    fn complaint(&self, text: String) -> Diagnostic {
        let finding = Diagnostic::new(&codes::NOT_FILTERABLE, text);
        match self.place {
            Some(place) => finding.at(place.clone()),
            None => finding,
        }
    }
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
