//! What should be reached.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::period::Period;

use super::config::{Config, TargetTable};
use super::layers::Layers;
use super::table::{self, Row};

/// A value that a metric should reach in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Key of the metric: `mql`, `lead_to_mql`.
    pub metric: String,
    /// The period it is set for.
    pub period: Period,
    /// Dimension -> value; empty: the total.
    pub by: BTreeMap<String, String>,
    /// In the unit of the metric; shares as fractions.
    pub value: f64,
}

/// The targets, those of files in the place of the table that names the file.
pub fn targets(config: &Config, layers: &Layers) -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    for (table, number) in config.target.iter().zip(1..) {
        let key = format!("target[{number}]");
        match &table.file {
            Some(file) => targets.extend(from_file(layers, &key, table, file)?),
            None => targets.push(single(layers, &key, table)?),
        }
    }
    Ok(targets)
}

fn single(layers: &Layers, key: &str, table: &TargetTable) -> Result<Target, Failure> {
    let lacks = |name: &str| {
        Failure::from(layers.complaint(key, &format!("a target needs `{name}` (or `file`)")))
    };
    let metric = table.metric.clone().ok_or_else(|| lacks("metric"))?;
    let period = table.period.as_ref().ok_or_else(|| lacks("period"))?.text();
    let value = table.value.ok_or_else(|| lacks("value"))?;
    let period = Period::parse(&period)
        .map_err(|error| layers.complaint(&format!("{key}.period"), &error.to_string()))?;
    if !value.is_finite() {
        return Err(layers
            .complaint(&format!("{key}.value"), "a target is a finite number")
            .into());
    }
    Ok(Target {
        metric,
        period,
        by: table.by.clone(),
        value,
    })
}

/// A file with the columns `metric`, `period`, `value`; every other column is a
/// dimension, and an empty cell there stands for the total.
fn from_file(
    layers: &Layers,
    key: &str,
    table: &TargetTable,
    file: &str,
) -> Result<Vec<Target>, Failure> {
    if table.metric.is_some()
        || table.period.is_some()
        || table.value.is_some()
        || !table.by.is_empty()
    {
        let text = "a target is either one value or a `file` of them";
        return Err(layers.complaint(key, text).into());
    }
    let path = layers.located(&format!("{key}.file"), file);
    table::rows(&path, file)?
        .into_iter()
        .map(|row| from_row(row, file))
        .collect()
}

fn from_row(mut row: Row, file: &str) -> Result<Target, Failure> {
    let value = row.number("value", file)?;
    let metric = row.cell("metric", file)?.to_owned();
    let period = Period::parse(row.cell("period", file)?).map_err(|error| {
        Diagnostic::new(&codes::CONFIG, error.to_string()).at(Location::line(file, row.line))
    })?;
    row.cells
        .retain(|header, _| !["metric", "period", "value"].contains(&header.as_str()));
    Ok(Target {
        metric,
        period,
        by: row.cells,
        value,
    })
}
