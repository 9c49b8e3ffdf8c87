//! Where the figures of checks come from: the report at hand, the channels table by the
//! dimensions asked for, a report of another month.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::checks::expression::EVERY;
use crate::checks::{Checkable, Document, Found, Metric, Unknown, Versus};
use crate::commands::prepare::Prepared;
use crate::commands::{Run, channels as channels_command, context, earlier, failures};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::figure::View;
use crate::domain::names::near_or_all;
use crate::domain::period::Period;
use crate::metrics::channels::Question;
use crate::metrics::data::Scope;
use crate::metrics::dictionary;
use crate::metrics::measure::dimension_values;
use crate::render::{Options, json};
use crate::report::document::Report;

/// Which period a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// The reported one.
    Now,
    /// The one before, at equal age.
    Previous,
    /// The same a year before, at equal age.
    YearBefore,
}

/// Figures that the dictionary calls by another name than their column: table and column.
const OTHER_NAMES: &[(&str, &str, &str)] = &[("sla_compliance", "compliance", "rate")];

/// Where figures come from.
pub struct Facts<'a> {
    pub run: &'a Run<'a>,
    pub prepared: &'a Prepared,
    report: Value,
    /// The channels table by dimensions and period.
    computed: BTreeMap<(Vec<String>, When), Value>,
    files: BTreeMap<String, Value>,
}

impl<'a> Facts<'a> {
    /// Those of a report and of what it was computed from.
    ///
    /// # Errors
    /// What cannot be rendered.
    pub fn new(run: &'a Run, prepared: &'a Prepared, report: &Report) -> Result<Self, Failure> {
        Ok(Self {
            run,
            prepared,
            report: as_json(report)?,
            computed: BTreeMap::new(),
            files: BTreeMap::new(),
        })
    }

    /// What can be checked in the report.
    #[must_use]
    pub fn checkable(&self) -> Vec<Checkable> {
        Document(&self.report).checkable()
    }

    /// The names of the contract for what has several: `l2m` is `lead_to_mql`.
    pub fn standard(&self, metric: &Metric) -> Metric {
        let ladder = &self.prepared.data.ladder;
        let mut metric = metric.clone();
        if let Some((from, to)) = ladder.parse_step(&metric.key) {
            metric.key = ladder.step_key(from, to);
        }
        let other = OTHER_NAMES.iter().find(|(name, _, _)| *name == metric.key);
        if let Some((_, table, column)) = other {
            (metric.table, metric.key) = (Some((*table).into()), (*column).into());
        }
        metric
    }

    /// True for a figure of the dictionary that nothing in the report is called like.
    fn is_defined(&self, metric: &Metric) -> bool {
        let report = Document(&self.report);
        match &metric.table {
            None => {
                let is_known = dictionary::find(&metric.key, &self.prepared.data.ladder).is_some();
                is_known && !report.names().contains(&metric.key)
            }
            Some(table) => {
                let is_other =
                    |(_, of, column): &&(&str, &str, &str)| of == table && *column == metric.key;
                OTHER_NAMES.iter().any(|it| is_other(&it)) && self.report["tables"][table].is_null()
            }
        }
    }

    /// The figures that a check compares with.
    ///
    /// # Errors
    /// As [`Self::find`]; a report that cannot be read.
    pub fn others(&mut self, metric: &Metric, versus: &Versus) -> Result<Vec<Found>, Failure> {
        match versus {
            Versus::Previous => self.find(metric, When::Previous),
            Versus::YearBefore => self.find(metric, When::YearBefore),
            Versus::File(path) => {
                let file = self.file(path)?.clone();
                match Document(&file).find(metric) {
                    Ok(Some(found)) => Ok(found),
                    // The other report may know fewer channels.
                    Err(_) => Ok(Vec::new()),
                    Ok(None) => Err(unknown(&Document::unknown(metric, &[Document(&file)])).into()),
                }
            }
        }
    }

    /// The figures of a metric; none where the data knows the value of the dimension but
    /// the period has nothing of it.
    ///
    /// # Errors
    /// Where a name occurs neither in the data nor in the configuration.
    pub fn find(&mut self, metric: &Metric, when: When) -> Result<Vec<Found>, Failure> {
        let dimensions: Vec<String> = metric
            .filters
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        let known = self.prepared.data.dimensions();
        let of_channels = metric
            .table
            .as_deref()
            .is_none_or(|table| table.starts_with("channels"));
        let mut missing = None;
        if of_channels && dimensions.iter().all(|name| known.contains(name)) {
            let document = self.channels(&dimensions, when)?;
            let table = match dimensions.is_empty() {
                true => "channels_total",
                false => "channels",
            };
            let named = Metric {
                table: Some(table.to_owned()),
                ..metric.clone()
            };
            match Document(document).find(&named) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(unknown) => missing = Some(unknown),
            }
        }
        if when == When::Now {
            match Document(&self.report).find(metric) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(unknown) => missing = missing.or(Some(unknown)),
            }
        }
        match missing {
            Some(_) if self.knows_values(metric) => Ok(Vec::new()),
            Some(missing) => Err(unknown(&missing).into()),
            // It is known what it is; these inputs have nothing to make it of.
            None if when == When::Now && self.is_defined(metric) => Ok(Vec::new()),
            None if when == When::Now => Err(self.nowhere(metric).into()),
            None => Err(no_comparison(metric).into()),
        }
    }

    /// True where every value of a filter occurs in the data or in the configuration.
    pub fn knows_values(&self, metric: &Metric) -> bool {
        let rules = &self.run.settings.channel_rules;
        let is_known = |(name, value): &(String, String)| {
            let configured = name == "channel" && rules.iter().any(|rule| rule.name == *value);
            value == EVERY
                || configured
                || dimension_values(&self.prepared.data, name).contains(value)
        };
        metric.filters.iter().all(is_known)
    }

    /// What is wrong with a metric that no table has.
    fn nowhere(&mut self, metric: &Metric) -> Diagnostic {
        let totals = self.channels(&[], When::Now).cloned().unwrap_or_default();
        let documents = [Document(&totals), Document(&self.report)];
        let by = documents.map(|document| document.dimensions_of(metric));
        let has = documents.map(|document| document.names().contains(&metric.key));
        if !has.contains(&true) {
            return unknown(&Document::unknown(metric, &documents));
        }
        // What channels have, every dimension of the data divides.
        let mut known = match has[0] {
            true => self.prepared.data.dimensions(),
            false => Vec::new(),
        };
        known.extend(by.into_iter().flatten());
        let filters = metric.filters.iter().map(|(name, _)| name);
        let strange = filters.clone().find(|name| !known.contains(name));
        let (text, wanted) = match strange {
            Some(name) => (
                format!("`{name}` of a check is no dimension of `{}`", metric.key),
                name.as_str(),
            ),
            None => (
                format!(
                    "`{}` of a check is not one figure: say of what, such as {{{}=...}}, or the table",
                    metric.key,
                    known.first().map_or("channel", String::as_str)
                ),
                "",
            ),
        };
        let hint = match known.is_empty() {
            true => "leadflow check --list names what can be checked".to_owned(),
            false => near_or_all(wanted, known.iter().map(String::as_str), "it has"),
        };
        Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(hint)
    }

    /// The same for a period, computed once.
    ///
    /// # Errors
    /// As [`Self::compute`].
    pub fn channels(&mut self, dimensions: &[String], when: When) -> Result<&Value, Failure> {
        let key = (dimensions.to_vec(), when);
        if !self.computed.contains_key(&key) {
            let document = self.compute(dimensions, &self.scope(when)?, View::ToDate)?;
            self.computed.insert(key.clone(), document);
        }
        Ok(&self.computed[&key])
    }

    /// The period that is meant, seen at the age of the reported one.
    fn scope(&self, when: When) -> Result<Scope, Failure> {
        let now = self.prepared.scope();
        let Some(period) = &self.prepared.period else {
            return match when {
                When::Now => Ok(now),
                _ => Err(Diagnostic::new(
                    &codes::USAGE,
                    "`vs` compares periods, and all data is one",
                )
                .hint("say which: --period 2026-10")
                .into()),
            };
        };
        let other: Period = match when {
            When::Now => return Ok(now),
            When::Previous => period.previous(),
            When::YearBefore => period.year_before(),
        };
        Ok(now.at_equal_age(&self.prepared.data, &other))
    }

    /// The channels table by dimensions, as a report of its own.
    ///
    /// # Errors
    /// What polars cannot do with the filter.
    pub fn compute(
        &self,
        dimensions: &[String],
        scope: &Scope,
        view: View,
    ) -> Result<Value, Failure> {
        let data = &self.prepared.data;
        let question = Question {
            dimensions,
            basis: self.run.settings.basis,
            view,
            credit: None,
        };
        let channel = ["channel".to_owned()];
        let named = match dimensions {
            [] => &channel,
            by => by,
        };
        let computed = channels_command::computed(data, scope, &question, None)?;
        let parts = computed.parts(self.run, data, named, None);
        let title = "figures of checks".to_owned();
        as_json(&context::report(
            self.run,
            self.prepared,
            "check",
            title,
            parts,
        ))
    }

    /// A report file: JSON, page or folder.
    fn file(&mut self, path: &str) -> Result<&Value, Failure> {
        if !self.files.contains_key(path) {
            let value = earlier::read(&earlier::place(path))?.into_json();
            self.files.insert(path.to_owned(), value);
        }
        Ok(&self.files[path])
    }
}

fn as_json(report: &Report) -> Result<Value, Failure> {
    let bytes = json::render(report, &Options::default())
        .map_err(|error| failures::render_error(&error))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| failures::output_error("the figures of the checks", &error.to_string()))
}

/// A name that is nowhere, with the names nearest to it.
#[must_use]
pub fn unknown(missing: &Unknown) -> Diagnostic {
    let text = format!(
        "`{}` of a check is no {} of these inputs",
        missing.name, missing.what
    );
    let finding = Diagnostic::new(&codes::UNKNOWN_NAME, text);
    if missing.near.is_empty() {
        return finding.hint("leadflow check --list names what can be checked");
    }
    let quoted: Vec<String> = missing
        .near
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    finding.hint(format!("did you mean {}?", quoted.join(", ")))
}

fn no_comparison(metric: &Metric) -> Diagnostic {
    let text = format!("`{}` is not computed for other periods", metric.key);
    let hint =
        "vs prev and vs yoy take figures of `channels`; compare others with a file: vs old.json";
    Diagnostic::new(&codes::USAGE, text).hint(hint)
}
