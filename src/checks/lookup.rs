//! Figures of a report, found by name in its JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::expression::{EVERY, Metric};
use crate::domain::names::nearest;
use crate::stats::wilson;

/// The JSON of a report: `tables` with rows, `columns` with kinds.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a>(pub &'a Value);

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The values of the wildcards, in the order of the filters.
    pub of: Vec<String>,
    /// The value in the unit of the contract, or why there is none.
    pub value: Result<f64, String>,
    /// Kind of its column: `rate`, `money`, `count`, ...
    pub kind: String,
    /// Hits and members of a rate.
    pub counts: Option<(u64, u64)>,
    /// Entities behind it.
    pub n: Option<u64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// True where figures of this column come with intervals, though one of them may have
    /// none: a return without a single win.
    pub has_interval: bool,
}

/// A name that the report does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it was to be: `figure`, `value of channel`.
    pub what: String,
    /// The name.
    pub name: String,
    /// The names nearest to it, else all of few.
    pub near: Vec<String>,
}

impl Unknown {
    fn among<'a>(what: String, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let mut known: Vec<&str> = known.collect();
        known.sort_unstable();
        known.dedup();
        let near = nearest(name, known.iter().copied());
        let near = if near.is_empty() && known.len() <= 30 {
            known
        } else {
            near
        };
        Self {
            what,
            name: name.to_owned(),
            near: near.into_iter().map(str::to_owned).collect(),
        }
    }
}

pub(super) type Row = Map<String, Value>;

impl<'a> Document<'a> {
    /// The figures of a metric: one, or one for each value of a wildcard. `None` where no
    /// table of this report has it.
    ///
    /// # Errors
    /// Where it has the figure but not the value of the dimension.
    pub fn find(&self, metric: &Metric) -> Result<Option<Vec<Found>>, Unknown> {
        let mut missing = None;
        for (id, rows) in self.tables() {
            if metric.table.as_ref().is_some_and(|table| table != id) {
                continue;
            }
            match self.in_table(id, &rows, metric) {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {}
                Err(unknown) => missing = missing.or(Some(unknown)),
            }
        }
        missing.map_or(Ok(None), Err)
    }

    /// Names of all figures: columns of numbers, keys of rows.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (id, rows) in self.tables() {
            let columns = self.columns(id).filter(|(_, kind)| *kind != "text");
            names.extend(columns.map(|(id, _)| id.to_owned()));
            names.extend(rows.iter().filter_map(|row| key_of(row)).map(str::to_owned));
        }
        names
    }

    /// What the figure can be asked by: the columns that name the rows of its tables.
    #[must_use]
    pub fn dimensions_of(&self, metric: &Metric) -> Vec<String> {
        let mut dimensions = Vec::new();
        for (id, rows) in self.tables() {
            let has = self.columns(id).any(|(column, _)| column == metric.key);
            let is_meant = metric.table.as_ref().is_none_or(|table| table == id);
            if has && is_meant && rows.len() > 1 {
                dimensions.extend(self.names_of_rows(id, &rows));
            }
        }
        dimensions.sort_unstable();
        dimensions.dedup();
        dimensions
    }

    /// The columns that say which row it is: of the words at the beginning as many as tell
    /// the rows apart; where there are no words, the first column.
    pub(super) fn names_of_rows(&self, table: &str, rows: &[&Row]) -> Vec<String> {
        let leading = self.columns(table).take_while(|(_, kind)| *kind == "text");
        let mut names: Vec<String> = leading.map(|(id, _)| id.to_owned()).collect();
        if names.is_empty() {
            names.extend(self.columns(table).next().map(|(id, _)| id.to_owned()));
        }
        let tell_apart = |count: &usize| {
            let name = |row: &&Row| -> Vec<_> {
                names[..*count]
                    .iter()
                    .map(|name| words(row, name))
                    .collect()
            };
            let different: BTreeSet<_> = rows.iter().map(name).collect();
            different.len() == rows.len()
        };
        let enough = (1..names.len()).find(tell_apart);
        names.truncate(enough.unwrap_or(names.len()));
        names
    }

    /// What is nearest to a metric that is nowhere.
    #[must_use]
    pub fn unknown(metric: &Metric, documents: &[Document]) -> Unknown {
        let names: Vec<String> = documents.iter().flat_map(Document::names).collect();
        Unknown::among(
            "figure".into(),
            &metric.key,
            names.iter().map(String::as_str),
        )
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = (&'a str, Vec<&'a Row>)> {
        let tables = self.0["tables"].as_object();
        tables.into_iter().flatten().map(|(id, rows)| {
            let rows = rows.as_array().into_iter().flatten();
            (id.as_str(), rows.filter_map(Value::as_object).collect())
        })
    }

    pub(super) fn columns(&self, table: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let columns = self.0["columns"][table].as_array();
        let columns = columns.into_iter().flatten();
        columns.filter_map(|column| Some((column["id"].as_str()?, column["kind"].as_str()?)))
    }

    fn in_table(
        &self,
        id: &str,
        rows: &[&'a Row],
        metric: &Metric,
    ) -> Result<Option<Vec<Found>>, Unknown> {
        let column = self.columns(id).find(|(column, _)| *column == metric.key);
        let Some((column, kind)) = column.filter(|(_, kind)| *kind != "text") else {
            return Ok(self.by_key(id, rows, metric));
        };
        let has = |name: &str| self.columns(id).any(|(column, _)| column == name);
        if !metric.filters.iter().all(|(name, _)| has(name)) {
            return Ok(None);
        }
        // Without a filter a figure is meant that there is once.
        if metric.filters.is_empty() && rows.len() > 1 {
            return Ok(None);
        }
        let mut chosen = rows.to_vec();
        for (name, value) in &metric.filters {
            let known: Vec<String> = chosen.iter().filter_map(|row| words(row, name)).collect();
            let fits = |row: &&Row| match words(row, name) {
                Some(found) if value == EVERY => is_named(&found),
                found => found.as_ref() == Some(value),
            };
            let is_known = value == EVERY || chosen.iter().any(fits);
            if !known.is_empty() && !is_known {
                let what = format!("value of {name}");
                let known = known.iter().map(String::as_str);
                return Err(Unknown::among(what, value, known));
            }
            chosen.retain(fits);
        }
        let found = chosen.iter().map(|row| Found {
            of: wildcards(row, metric),
            ..figure(row, column, kind)
        });
        Ok(Some(found.collect()))
    }

    /// A row whose key is the metric, in a table of keys and values.
    pub(super) fn by_key(&self, id: &str, rows: &[&'a Row], metric: &Metric) -> Option<Vec<Found>> {
        if !metric.filters.is_empty() {
            return None;
        }
        let row = rows.iter().find(|row| key_of(row) == Some(&metric.key))?;
        let kind = |name: &str| self.columns(id).find(|(column, _)| *column == name);
        let rate = kind("rate").filter(|(name, _)| row.get(*name).is_some_and(Value::is_object));
        let (column, kind) = match (rate, kind("value")?) {
            (Some(rate), _) => rate,
            // Values of many kinds stand below each other; then each says its own.
            (None, (column, "number")) => (column, text(row, "unit").map_or("number", kind_of)),
            (None, value) => value,
        };
        Some(vec![figure(row, column, kind)])
    }
}

/// The key of a row of keys and values, or the name of the method that its rate was made by.
pub(super) fn key_of(row: &Row) -> Option<&str> {
    row.get("value")?;
    text(row, "key").or_else(|| text(row, "method"))
}

fn text<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.get(name).and_then(Value::as_str)
}

/// What a row is called in a column: its words, or its number.
fn words(row: &Row, name: &str) -> Option<String> {
    match row.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// False for what stands for the lack of a value: a wildcard means the values that somebody
/// gave. By its own name such a row can be checked all the same.
fn is_named(value: &str) -> bool {
    !UNNAMED.contains(&value)
}

/// What stands for the lack of a value.
pub const UNNAMED: [&str; 4] = ["(none)", "(no lead)", "(no touch)", "Unassigned"];

/// The kind of a value whose unit is told in words: `money per month`, `share of leads`.
fn kind_of(unit: &str) -> &'static str {
    match unit.split([' ', ',']).next() {
        Some("money") => "money",
        Some("share") => "share",
        Some("days") => "days",
        Some("seconds") => "seconds",
        _ => "number",
    }
}

fn wildcards(row: &Row, metric: &Metric) -> Vec<String> {
    let open = metric.filters.iter().filter(|(_, value)| value == EVERY);
    open.map(|(name, _)| words(row, name).unwrap_or_default())
        .collect()
}

/// The columns that may tell how many entities stand behind a figure of their row.
fn entities(column: &str) -> impl Iterator<Item = &str> {
    let counted = match column {
        "ctr" => "impressions",
        "cpc" => "clicks",
        "visitor_value" => "visits",
        "cac" => "customers",
        "roi" | "roas" | "gross_profit" | "revenue_new" => "wins",
        "median_days" | "p90_days" => "days_n",
        column => column.strip_prefix("cost_per_").unwrap_or("n"),
    };
    [counted, "n"].into_iter()
}

pub(super) fn figure(row: &Row, column: &str, kind: &str) -> Found {
    let number = |name: &str| row.get(name).and_then(Value::as_f64);
    let whole = |name: &str| row.get(name).and_then(Value::as_u64);
    let cell = row.get(column).unwrap_or(&Value::Null);
    // Beside a column `x` stand `x_low` and `x_high`, beside the values of keys `low` and `high`.
    let named = |end: &str| match column {
        "value" if !row.contains_key("value_low") => end.to_owned(),
        column => format!("{column}_{end}"),
    };
    let (low, high) = (named("low"), named("high"));
    let beside = number(&low).zip(number(&high));
    let value = match cell {
        Value::Object(rate) => rate.get("rate").and_then(Value::as_f64),
        other => other.as_f64(),
    };
    let reason = || {
        let reasons = row.get("undefined").and_then(|reasons| reasons.get(column));
        let reason = reasons.and_then(Value::as_str).unwrap_or("no_data");
        reason.to_owned()
    };
    let of_rate = |name: &str| cell.get(name).and_then(Value::as_u64);
    // A share among keys and values has its counts beside it.
    let counted = || whole("k").zip(whole("n")).filter(|_| kind == "share");
    let counts = of_rate("k").zip(of_rate("n")).or_else(counted);
    let is_count = kind == "count";
    let n = match counts {
        Some((_, n)) => Some(n),
        None if is_count => value.map(|count| count.max(0.0) as u64),
        None => entities(column).find_map(whole),
    };
    let of_cell = |name: &str| cell.get(name).and_then(Value::as_f64);
    Found {
        of: Vec::new(),
        value: value.ok_or_else(reason),
        kind: kind.to_owned(),
        counts,
        n,
        interval: of_cell("ci_low")
            .zip(of_cell("ci_high"))
            .or(beside)
            .or_else(|| counts.and_then(|(k, n)| wilson::interval(k, n))),
        has_interval: matches!(kind, "rate" | "count")
            || row.contains_key(&low)
            || (row.contains_key("k") && row.contains_key("n")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::checks::Check;

    fn report() -> Value {
        json!({
            "columns": {
                "channels": [
                    {"id": "channel", "kind": "text"}, {"id": "lead", "kind": "count"},
                    {"id": "lead_to_mql", "kind": "rate"}, {"id": "roi", "kind": "share"},
                    {"id": "roi_low", "kind": "share"}, {"id": "roi_high", "kind": "share"},
                    {"id": "wins", "kind": "count"}
                ],
                "channels_total": [{"id": "lead", "kind": "count"}],
                "data_quality": [{"id": "key", "kind": "text"}, {"id": "value", "kind": "share"}]
            },
            "tables": {
                "channels": [
                    {"channel": "SEO", "lead": 100, "roi": 0.5, "roi_low": -0.1, "roi_high": 1.2, "wins": 12,
                     "lead_to_mql": {"k": 20, "n": 100, "rate": 0.2, "ci_low": 0.13, "ci_high": 0.29}},
                    {"channel": "Email", "lead": 0, "lead_to_mql": null, "roi": null,
                     "undefined": {"lead_to_mql": "zero_denominator", "roi": "zero_denominator"}}
                ],
                "channels_total": [{"lead": 100}],
                "data_quality": [{"key": "unassigned_share", "value": 0.04}]
            }
        })
    }

    fn find(text: &str) -> Result<Option<Vec<Found>>, Unknown> {
        let metric = Check::parse(&format!("{text} >= 0")).unwrap().metric;
        Document(&report()).find(&metric)
    }

    #[test]
    fn figures_are_found_by_column_row_and_key() {
        let one = |text: &str| find(text).unwrap().unwrap().remove(0);
        assert_eq!(one("lead").value, Ok(100.0));
        assert_eq!(one("lead{channel=SEO}").n, Some(100));
        let rate = one("lead_to_mql{channel=SEO}");
        assert_eq!(
            (rate.counts, rate.interval),
            (Some((20, 100)), Some((0.13, 0.29)))
        );
        let roi = one("channels.roi{channel=SEO}");
        assert_eq!((roi.n, roi.interval), (Some(12), Some((-0.1, 1.2))));
        assert_eq!(one("unassigned_share").value, Ok(0.04));
    }

    #[test]
    fn a_wildcard_is_every_named_row_and_a_missing_value_keeps_its_reason() {
        let all = find("roi{channel=*}").unwrap().unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].of, ["Email"]);
        assert_eq!(all[1].value, Err("zero_denominator".to_owned()));
    }

    #[test]
    fn what_is_not_there_is_named() {
        assert_eq!(find("leed"), Ok(None));
        let unknown = find("lead{channel=SEA}").unwrap_err();
        assert_eq!(unknown.near, ["SEO"]);
        let metric = Check::parse("lead_to_mlq > 1").unwrap().metric;
        let unknown = Document::unknown(&metric, &[Document(&report())]);
        assert_eq!(unknown.near[0], "lead_to_mql");
    }
}
