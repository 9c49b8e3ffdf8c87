//! Cells of expected tables.
//!
//! | written | means |
//! |---|---|
//! | `lead` | this text |
//! | `12`, `0.25` | this number, to the decimals that are written |
//! | `3/30` | a rate with this k and n |
//! | `3/30 [0.0346..0.2562]` | ... and this interval; `[]`: it has none |
//! | `3/30 +4` | ... and so many in progress |
//! | `n/a:no_data` | no value, for this reason |
//! | (empty) | no value and no reason |
//! | `*` | anything |

use serde_json::Value;

/// What a cell should hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    Anything,
    Nothing,
    Undefined(String),
    Rate(RateCell),
    /// A number as it was written, or a text.
    Plain(String),
}

/// The parts of a rate that are written.
#[derive(Debug, Clone, PartialEq)]
pub struct RateCell {
    k: u64,
    n: u64,
    /// Outer absence: not looked at; inner absence: the rate has none.
    interval: Option<Option<(String, String)>>,
    in_progress: Option<u64>,
}

impl Expected {
    /// Reads a cell.
    pub fn read(cell: &str) -> Self {
        if cell == "*" {
            return Self::Anything;
        }
        if cell.is_empty() {
            return Self::Nothing;
        }
        if let Some(reason) = cell.strip_prefix("n/a:") {
            return Self::Undefined(reason.to_owned());
        }
        rate_cell(cell).map_or_else(|| Self::Plain(cell.to_owned()), Self::Rate)
    }

    /// Whether the cell of a row fits; the error is what stands there.
    pub fn fits(&self, row: &Value, column: &str) -> Result<(), String> {
        let value = value_of(row, column);
        let fits = match self {
            Self::Anything => true,
            Self::Nothing => value.is_null() && row["undefined"][column].is_null(),
            Self::Undefined(reason) => {
                value.is_null() && row["undefined"][column].as_str() == Some(reason.as_str())
            }
            Self::Rate(rate) => rate.fits(value),
            Self::Plain(text) => plain_fits(text, value),
        };
        if fits {
            Ok(())
        } else {
            Err(written(row, column, "1/1 [] +1"))
        }
    }
}

/// `value` or `value.horizon_days`.
fn value_of<'a>(row: &'a Value, column: &str) -> &'a Value {
    if row.get(column).is_some() {
        return &row[column];
    }
    match column.split_once('.') {
        Some((outer, inner)) => &row[outer][inner],
        None => &Value::Null,
    }
}

fn plain_fits(text: &str, value: &Value) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Bool(found) => found.to_string() == text,
        Value::Number(found) => found.as_f64().is_some_and(|found| number_fits(text, found)),
        _ => false,
    }
}

/// True where the number agrees to the decimals that are written.
fn number_fits(text: &str, found: f64) -> bool {
    let Ok(wanted) = text.parse::<f64>() else {
        return false;
    };
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let places = i32::try_from(decimals).unwrap_or(0);
    let half = if decimals == 0 {
        0.0
    } else {
        0.5 * 10_f64.powi(-places)
    };
    (wanted - found).abs() <= half + 1e-9 * wanted.abs().max(1.0)
}

impl RateCell {
    fn fits(&self, value: &Value) -> bool {
        let is = |key: &str, wanted: u64| value[key].as_u64() == Some(wanted);
        let ends = match &self.interval {
            None => true,
            Some(None) => value["ci_low"].is_null() && value["ci_high"].is_null(),
            Some(Some((low, high))) => {
                plain_fits(low, &value["ci_low"]) && plain_fits(high, &value["ci_high"])
            }
        };
        let open = self.in_progress.is_none_or(|open| is("in_progress", open));
        is("k", self.k) && is("n", self.n) && ends && open
    }
}

fn rate_cell(cell: &str) -> Option<RateCell> {
    let mut parts = cell.split_whitespace();
    let (k, n) = parts.next()?.split_once('/')?;
    let mut rate = RateCell {
        k: k.parse().ok()?,
        n: n.parse().ok()?,
        interval: None,
        in_progress: None,
    };
    for part in parts {
        if let Some(open) = part.strip_prefix('+') {
            rate.in_progress = Some(open.parse().ok()?);
        } else {
            let ends = part.strip_prefix('[')?.strip_suffix(']')?;
            let ends = ends
                .split_once("..")
                .map(|(low, high)| (low.to_owned(), high.to_owned()));
            rate.interval = Some(ends);
        }
    }
    Some(rate)
}

/// The cell of a row as a specification would write it; of a rate the parts that `like` has.
pub fn written(row: &Value, column: &str, like: &str) -> String {
    let value = value_of(row, column);
    match value {
        Value::Null => match row["undefined"][column].as_str() {
            Some(reason) => format!("n/a:{reason}"),
            None => String::new(),
        },
        Value::String(text) => text.clone(),
        Value::Object(_) => written_rate(value, like),
        Value::Number(number) => number.as_f64().map_or_else(String::new, short),
        other => other.to_string(),
    }
}

fn written_rate(rate: &Value, like: &str) -> String {
    let mut text = format!("{}/{}", rate["k"], rate["n"]);
    if like.contains('[') {
        let end = |key: &str| rate[key].as_f64().map(short);
        match (end("ci_low"), end("ci_high")) {
            (Some(low), Some(high)) => text.push_str(&format!(" [{low}..{high}]")),
            _ => text.push_str(" []"),
        }
    }
    if like.contains('+') && !rate["in_progress"].is_null() {
        text.push_str(&format!(" +{}", rate["in_progress"]));
    }
    text
}

/// Six decimals at most, without zeros at the end.
fn short(number: f64) -> String {
    let text = format!("{number:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

#[test]
fn cells_are_compared_as_they_are_written() {
    let row = serde_json::json!({
        "stage": "lead", "cost": 12.5, "roi": null, "note": null, "few": true,
        "rate": {"k": 3, "n": 30, "ci_low": 0.034_599_8, "ci_high": 0.256_211_2, "in_progress": 4},
        "flow": {"k": 3, "n": 2, "ci_low": null, "ci_high": null, "in_progress": null},
        "undefined": {"roi": "no_data"}
    });
    let fits = |cell: &str, column: &str| Expected::read(cell).fits(&row, column).is_ok();
    assert!(fits("lead", "stage") && !fits("mql", "stage") && fits("*", "stage"));
    assert!(
        fits("12.5", "cost")
            && fits("12.50", "cost")
            && !fits("12.4", "cost")
            && !fits("12", "cost")
    );
    assert!(
        fits("n/a:no_data", "roi")
            && !fits("n/a:no_times", "roi")
            && !fits("", "roi")
            && !fits("0", "roi")
    );
    assert!(fits("", "note") && fits("true", "few"));
    assert!(fits("3/30", "rate") && fits("3/30 [0.034600..0.256211] +4", "rate"));
    assert!(!fits("3/30 []", "rate") && !fits("3/30 +5", "rate") && !fits("3/31", "rate"));
    assert!(fits("3/2 []", "flow") && !fits("3/2 +0", "flow"));
    assert!(fits("4", "rate.in_progress"));
    assert_eq!(
        written(&row, "rate", "1/1 [0..1]"),
        "3/30 [0.0346..0.256211]"
    );
}
