//! What can be checked in a report: every figure by the name that a check takes.

use super::expression::Metric;
use super::lookup::{Document, Found, figure, key_of};

/// A figure that a check can name.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkable {
    /// As it is written in a check: `lead`, `unassigned_share`, `stages.median_days`.
    pub figure: String,
    /// The last part of it: what the dictionary calls it.
    pub key: String,
    /// What must be said in braces; empty where there is one such figure.
    pub dimensions: Vec<String>,
    /// Kind of its values: `rate`, `money`, ...
    pub kind: String,
    /// The figure, where there is one.
    pub found: Option<Found>,
}

impl Document<'_> {
    /// Every figure of this report, in its order. A key that stands in one table is listed
    /// by itself, any other one behind the name of its table.
    #[must_use]
    pub fn checkable(&self) -> Vec<Checkable> {
        let ids: Vec<&str> = self.tables().map(|(id, _)| id).collect();
        let tables_with = |key: &str| {
            let has = |id: &&&str| self.columns(id).any(|(column, _)| column == key);
            ids.iter().filter(has).count()
        };
        let mut list = Vec::new();
        for (id, rows) in self.tables() {
            let keys = rows.iter().filter_map(|row| key_of(row));
            let of_rows = keys.filter_map(|key| {
                let found = self.by_key(id, &rows, &metric(key))?.into_iter().next()?;
                Some(Checkable {
                    figure: key.to_owned(),
                    key: key.to_owned(),
                    dimensions: Vec::new(),
                    kind: found.kind.clone(),
                    found: Some(found),
                })
            });
            list.extend(of_rows);
            let names = self.names_of_rows(id, &rows);
            let is_name = |column: &str| rows.len() > 1 && names.iter().any(|name| name == column);
            let values = self
                .columns(id)
                .filter(|(column, kind)| !matches!(*kind, "text" | "flag") && !is_name(column));
            for (column, kind) in values.filter(|_| !rows.is_empty()) {
                let one = (rows.len() == 1).then(|| figure(rows[0], column, kind));
                list.push(Checkable {
                    figure: match tables_with(column) {
                        1 => column.to_owned(),
                        _ => format!("{id}.{column}"),
                    },
                    key: column.to_owned(),
                    dimensions: match one {
                        Some(_) => Vec::new(),
                        None => names.clone(),
                    },
                    kind: kind.to_owned(),
                    found: one,
                });
            }
        }
        list
    }
}

fn metric(key: &str) -> Metric {
    Metric {
        table: None,
        key: key.to_owned(),
        mature: false,
        filters: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_are_listed_by_the_names_that_checks_take() {
        let report = json!({
            "columns": {
                "stages": [{"id": "stage", "kind": "text"}, {"id": "reached", "kind": "count"}, {"id": "rate", "kind": "rate"}],
                "win_rate": [{"id": "method", "kind": "text"}, {"id": "rate", "kind": "rate"}],
                "forecast": [{"id": "days", "kind": "count"}, {"id": "total", "kind": "number"}],
                "clock": [{"id": "key", "kind": "text"}, {"id": "value", "kind": "number"}, {"id": "unit", "kind": "text"}],
                "empty": [{"id": "name", "kind": "text"}, {"id": "count", "kind": "count"}],
            },
            "tables": {
                "stages": [{"stage": "lead", "reached": 3, "rate": null}, {"stage": "mql", "reached": 2, "rate": null}],
                "win_rate": [{"method": "closed", "rate": {"k": 1, "n": 2, "rate": 0.5}}],
                "forecast": [{"days": 30, "total": 1.5}, {"days": 60, "total": 2.5}],
                "clock": [{"key": "force_cost", "value": 4.0, "unit": "money per customer"}],
                "empty": [],
            }
        });
        let list = Document(&report).checkable();
        let said: Vec<(&str, String, &str)> = list
            .iter()
            .map(|it| {
                (
                    it.figure.as_str(),
                    it.dimensions.join(","),
                    it.kind.as_str(),
                )
            })
            .collect();
        let said: Vec<(&str, &str, &str)> = said
            .iter()
            .map(|(figure, by, kind)| (*figure, by.as_str(), *kind))
            .collect();
        assert_eq!(
            said,
            [
                ("reached", "stage", "count"),
                ("stages.rate", "stage", "rate"),
                ("win_rate.rate", "", "rate"),
                ("total", "days", "number"),
                ("force_cost", "", "money"),
                ("value", "", "number"),
            ]
        );
    }
}
