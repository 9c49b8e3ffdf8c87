//! From a check to the lines of its results.

use super::facts::{Facts, When, unknown};
use crate::checks::expression::{EVERY, Threshold};
use crate::checks::{Against, Check, Document, Found, Metric, Status, verdict};
use crate::commands::{failures, report};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::figure::View;
use crate::metrics::data::Scope;
use crate::metrics::monthly;
use crate::metrics::targets::{self, Goal};
use crate::report::document::CheckResult;
use crate::settings::Settings;

impl Facts<'_> {
    /// The results of a check: one, or one for each value of its wildcards.
    ///
    /// # Errors
    /// Where it names what is nowhere, or its unit does not fit its figure.
    pub fn results(&mut self, check: &Check) -> Result<Vec<CheckResult>, Failure> {
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
            let goals = goals(self.run.settings, metric, &by);
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
}

/// The targets of a figure of these values; of several the one of the shortest period counts.
fn goals(settings: &Settings, metric: &Metric, by: &[(String, String)]) -> Vec<Goal> {
    let is_of = |goal: &Goal| {
        let same = |pair: &(String, String)| by.contains(pair);
        goal.metric == metric.key && goal.by.len() == by.len() && goal.by.iter().all(same)
    };
    let mut goals: Vec<Goal> = report::goals(settings).into_iter().filter(is_of).collect();
    goals.sort_by_key(|goal| goal.period.end - goal.period.start);
    goals
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
