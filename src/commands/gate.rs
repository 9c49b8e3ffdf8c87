//! Checks against the figures of a run.
//!
//! Where a figure is asked for by dimensions of the data, the channels table is computed
//! by those dimensions; everything else is looked up in the report of the command. Another
//! period is seen at equal age.

use std::collections::BTreeMap;

use serde_json::Value;

use super::prepare::Prepared;
use super::{Run, context, failures};
use crate::checks::expression::{EVERY, Threshold};
use crate::checks::{
    Against, Check, Document, Found, Level, Metric, Status, Unknown, Versus, verdict,
};
use crate::diagnostics::{Diagnostic, Failure, Severity, codes};
use crate::domain::figure::View;
use crate::domain::period::Period;
use crate::metrics::channels::{self, Question};
use crate::metrics::data::Scope;
use crate::metrics::measure::dimension_values;
use crate::metrics::monthly;
use crate::metrics::targets::{self, Goal};
use crate::render::{Options, json};
use crate::report::document::{CheckResult, Report};
use crate::report::views;
use crate::shell::ExitStatus;

/// The checks of the run, understood; before anything is read.
///
/// # Errors
/// The first that cannot be understood, with a caret below the place.
pub fn asked(run: &Run) -> Result<Vec<Check>, Failure> {
    let parse = |(text, origin): (&str, Option<&crate::settings::Origin>)| {
        Check::parse(text).map_err(|complaint| {
            let finding = match origin {
                Some(origin) => origin.complaint("check.that", &complaint.to_string()),
                None => Diagnostic::new(&codes::USAGE, format!("--check: {complaint}")),
            };
            Failure::from(finding.hint(complaint.hint))
        })
    };
    let checks = run.settings.checks.iter();
    checks
        .map(|check| parse((&check.text, check.origin.as_ref())))
        .collect()
}

/// The report with the results of its checks, and how the run ends.
///
/// # Errors
/// Where a check names what is nowhere, or its unit does not fit its figure.
pub fn passed(
    run: &Run,
    prepared: &Prepared,
    report: &Report,
) -> Result<Option<(Report, ExitStatus)>, Failure> {
    let checks = asked(run)?;
    if checks.is_empty() {
        return Ok(None);
    }
    let mut facts = Facts::new(run, prepared, report)?;
    let mut results = Vec::new();
    for check in &checks {
        results.extend(facts.results(check)?);
    }
    tell(run, &results);
    let status = status(run, &results);
    let mut report = report.clone();
    report.checks = results;
    Ok(Some((report, status)))
}

/// One line for each check that does not hold, and one where nothing was checked at all.
fn tell(run: &Run, results: &[CheckResult]) {
    for result in results.iter().filter(|result| result.status == "fail") {
        let found = result
            .value
            .map_or_else(String::new, |value| format!(": {value:.4}"));
        let n = result.n.map_or_else(String::new, |n| format!(" (n={n})"));
        let text = format!("does not hold: {}{found}{n}", result.check);
        let mut finding = Diagnostic::new(&codes::CHECK_FAILED, text);
        if result.level == Level::Error.code() {
            finding.severity = Severity::Error;
        }
        run.shell.tell(&finding);
    }
    if !results.is_empty() && results.iter().all(|result| result.status == "skipped") {
        let text = "every check was skipped: nothing was checked";
        run.shell
            .tell(&Diagnostic::new(&codes::CHECK_SKIPPED, text));
    }
}

fn status(run: &Run, results: &[CheckResult]) -> ExitStatus {
    let strict = run.settings.strict;
    let breaks = |result: &CheckResult| match result.status.as_str() {
        "fail" => strict || result.level == Level::Error.code(),
        "skipped" => strict,
        _ => false,
    };
    match results.iter().any(breaks) {
        true => ExitStatus::CheckFailed,
        false => ExitStatus::Done,
    }
}

/// Which period a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Now,
    Previous,
    YearBefore,
}

/// Where figures come from.
struct Facts<'a> {
    run: &'a Run<'a>,
    prepared: &'a Prepared,
    report: Value,
    /// The channels table by dimensions and period.
    computed: BTreeMap<(Vec<String>, When), Value>,
    files: BTreeMap<String, Value>,
}

impl<'a> Facts<'a> {
    fn new(run: &'a Run, prepared: &'a Prepared, report: &Report) -> Result<Self, Failure> {
        Ok(Self {
            run,
            prepared,
            report: as_json(report)?,
            computed: BTreeMap::new(),
            files: BTreeMap::new(),
        })
    }

    fn results(&mut self, check: &Check) -> Result<Vec<CheckResult>, Failure> {
        let metric = self.standard(&check.metric);
        if metric.mature {
            return self.mature(check, &metric);
        }
        let found = self.find(&metric, When::Now)?;
        if found.is_empty() {
            return Ok(vec![result(check, &[], &skipped("no_data"))]);
        }
        if check.threshold == Threshold::Target {
            return self.against_target(check, &metric, found);
        }
        let others = match &check.versus {
            None => None,
            Some(_) if self.prepared.is_partial() => {
                return Ok(vec![result(check, &[], &skipped("partial period"))]);
            }
            Some(versus) => Some(self.others(&metric, versus)?),
        };
        found
            .iter()
            .map(|found| {
                let other = match &others {
                    None => Against::Nothing,
                    Some(others) => match others.iter().find(|other| other.of == found.of) {
                        Some(other) => Against::Other(other),
                        None => {
                            return Ok(result(check, &found.of, &skipped("the other: no_data")));
                        }
                    },
                };
                judged(check, found, &other)
            })
            .collect()
    }

    /// The names of the contract for what has several: `l2m` is `lead_to_mql`.
    fn standard(&self, metric: &Metric) -> Metric {
        let ladder = &self.prepared.data.ladder;
        let mut metric = metric.clone();
        if let Some((from, to)) = ladder.parse_step(&metric.key) {
            metric.key = ladder.step_key(from, to);
        }
        if metric.key == "sla_compliance" {
            (metric.table, metric.key) = (Some("compliance".into()), "rate".into());
        }
        metric
    }

    fn others(&mut self, metric: &Metric, versus: &Versus) -> Result<Vec<Found>, Failure> {
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
    fn find(&mut self, metric: &Metric, when: When) -> Result<Vec<Found>, Failure> {
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
            None if when == When::Now => Err(self.nowhere(metric).into()),
            None => Err(no_comparison(metric).into()),
        }
    }

    /// True where every value of a filter occurs in the data or in the configuration.
    fn knows_values(&self, metric: &Metric) -> bool {
        let rules = &self.run.settings.channel_rules;
        let is_known = |(name, value): &(String, String)| {
            let configured = name == "channel" && rules.iter().any(|rule| rule.name == *value);
            value == EVERY
                || configured
                || dimension_values(&self.prepared.data, name).contains(value)
        };
        metric.filters.iter().all(is_known)
    }

    fn nowhere(&mut self, metric: &Metric) -> Diagnostic {
        let dimensions = self.prepared.data.dimensions();
        let columns: Vec<String> = dimensions;
        for (name, _) in &metric.filters {
            let in_report = self.report["columns"]
                .to_string()
                .contains(&format!("\"id\":\"{name}\""));
            if !columns.contains(name) && !in_report {
                let near = crate::domain::names::near_or_all(
                    name,
                    columns.iter().map(String::as_str),
                    "known are",
                );
                let text = format!("`{name}` of a check is no dimension of these inputs");
                return Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(near);
            }
        }
        let totals = self.channels(&[], When::Now).cloned().unwrap_or_default();
        let documents = [Document(&totals), Document(&self.report)];
        let named = Document::unknown(metric, &documents);
        let exists = documents
            .iter()
            .any(|document| document.names().contains(&metric.key));
        if exists {
            let text = format!(
                "`{}` of a check is not one figure: say of what, such as {{channel=SEO}} or a table \
                 in front of it",
                metric.key
            );
            return Diagnostic::new(&codes::USAGE, text);
        }
        unknown(&named)
    }

    fn channels(&mut self, dimensions: &[String], when: When) -> Result<&Value, Failure> {
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

    fn compute(&self, dimensions: &[String], scope: &Scope, view: View) -> Result<Value, Failure> {
        let data = &self.prepared.data;
        let error = |error| failures::compute_error(&error);
        let question = Question {
            dimensions,
            basis: self.run.settings.basis,
            view,
            credit: None,
        };
        let rows = channels::compute(data, scope, &question).map_err(error)?;
        let whole = Question {
            dimensions: &[],
            ..question.clone()
        };
        let total = channels::compute(data, scope, &whole).map_err(error)?;
        let channel = ["channel".to_owned()];
        let (rows, named): (&[_], &[String]) = match dimensions.is_empty() {
            true => (&[], &channel),
            false => (&rows, dimensions),
        };
        let parts = total.first().map(|total| {
            views::channels::view(&views::channels::Answer {
                rows,
                total,
                dimensions: named,
                ladder: &data.ladder,
                basis: self.run.settings.basis,
                has_margin: data.gross_margin.is_some(),
                model: None,
            })
        });
        let title = "figures of checks".to_owned();
        let parts = parts.unwrap_or_default();
        as_json(&context::report(
            self.run,
            self.prepared,
            "check",
            title,
            parts,
        ))
    }

    /// The value of the newest period that is old enough, for conversions.
    fn mature(&mut self, check: &Check, metric: &Metric) -> Result<Vec<CheckResult>, Failure> {
        let data = &self.prepared.data;
        let step = data.ladder.parse_step(&metric.key);
        let (Some(step), Some(period)) = (step, &self.prepared.period) else {
            let text = "@mature is for conversions of a period, such as lead_to_mql@mature";
            return Err(Diagnostic::new(&codes::USAGE, text).into());
        };
        let Some(mature) = monthly::newest_mature_period(data, period, step) else {
            return Ok(vec![result(check, &[], &skipped("not_mature"))]);
        };
        let dimensions: Vec<String> = metric
            .filters
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        let scope = Scope::of(data, &mature);
        let document = self.compute(&dimensions, &scope, View::Cohort)?;
        let named = Metric {
            table: Some(
                if dimensions.is_empty() {
                    "channels_total"
                } else {
                    "channels"
                }
                .to_owned(),
            ),
            ..metric.clone()
        };
        let found = match Document(&document).find(&named) {
            Ok(found) => found.unwrap_or_default(),
            Err(_) if self.knows_values(metric) => Vec::new(),
            Err(missing) => return Err(unknown(&missing).into()),
        };
        if found.is_empty() {
            return Ok(vec![result(check, &[], &skipped("no_data"))]);
        }
        let label = &mature.label;
        let named = |found: &Found| {
            let mut result = judged(check, found, &Against::Nothing)?;
            let reason = result.reason.take();
            result.reason =
                Some(reason.map_or_else(|| label.clone(), |it| format!("{label}: {it}")));
            Ok(result)
        };
        found.iter().map(named).collect()
    }

    /// The configured target of a figure, as it should be by now.
    fn against_target(
        &mut self,
        check: &Check,
        metric: &Metric,
        found: Vec<Found>,
    ) -> Result<Vec<CheckResult>, Failure> {
        let (data, Some(period)) = (&self.prepared.data, &self.prepared.period) else {
            let finding = Diagnostic::new(&codes::USAGE, "a target is that of a period");
            return Err(finding.hint("say which: --period 2026-10").into());
        };
        let mut results = Vec::new();
        for mut found in found {
            let mut open = found.of.iter();
            let by: Vec<(String, String)> = metric
                .filters
                .iter()
                .map(|(name, value)| match value.as_str() {
                    EVERY => (name.clone(), open.next().cloned().unwrap_or_default()),
                    value => (name.clone(), value.to_owned()),
                })
                .collect();
            let set = self.run.settings.targets.iter().filter(|target| {
                let of: Vec<(&String, &String)> = target.by.iter().collect();
                target.metric == metric.key
                    && of
                        .iter()
                        .all(|(name, value)| by.iter().any(|(n, v)| n == *name && v == *value))
                    && of.len() == by.len()
            });
            let goals: Vec<Goal> = set
                .map(|target| Goal {
                    metric: target.metric.clone(),
                    period: target.period.clone(),
                    by: by.clone(),
                    value: target.value,
                })
                .collect();
            let standings = targets::standings(data, period, &goals)
                .map_err(|error| failures::compute_error(&error))?;
            let Some(standing) = standings.first() else {
                results.push(result(
                    check,
                    &found.of,
                    &skipped("no [[target]] is set for this period"),
                ));
                continue;
            };
            found.value = standing.actual.map_err(|reason| reason.code().to_owned());
            results.push(judged(check, &found, &Against::Target(standing.paced))?);
        }
        Ok(results)
    }

    fn file(&mut self, path: &str) -> Result<&Value, Failure> {
        if !self.files.contains_key(path) {
            let text = std::fs::read(path).map_err(|error| {
                let text = format!("the report `{path}` of a check cannot be read: {error}");
                Failure::from(Diagnostic::new(&codes::NOT_FOUND, text))
            })?;
            let value: Value = serde_json::from_slice(&text).map_err(|_| {
                let text = format!("`{path}` is no JSON of a report");
                let finding = Diagnostic::new(&codes::USAGE, text);
                Failure::from(finding.hint("write one: leadflow report --format json -o old.json"))
            })?;
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

fn unknown(missing: &Unknown) -> Diagnostic {
    let text = format!(
        "`{}` of a check is no {} of these inputs",
        missing.name, missing.what
    );
    let finding = Diagnostic::new(&codes::UNKNOWN_NAME, text);
    if missing.near.is_empty() {
        return finding.hint("explain --list names what can be checked");
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

fn judged(check: &Check, found: &Found, against: &Against) -> Result<CheckResult, Failure> {
    let verdict = verdict::judge(check, found, against).map_err(|text| {
        Failure::from(Diagnostic::new(
            &codes::USAGE,
            format!("{}: {text}", check.text),
        ))
    })?;
    Ok(result(check, &found.of, &verdict))
}

fn skipped(reason: &str) -> verdict::Verdict {
    verdict::Verdict {
        status: Status::Skipped,
        value: None,
        threshold: None,
        n: None,
        reason: Some(reason.to_owned()),
    }
}

/// A line of the contract; wildcards are named behind the words.
fn result(check: &Check, of: &[String], verdict: &verdict::Verdict) -> CheckResult {
    let named = match of.is_empty() {
        true => String::new(),
        false => format!(" [{}]", of.join(", ")),
    };
    CheckResult {
        check: format!("{}{named}", check.text),
        level: check.level.code().to_owned(),
        status: verdict.status.code().to_owned(),
        value: verdict.value,
        threshold: verdict.threshold,
        n: verdict.n,
        reason: verdict.reason.clone(),
    }
}
