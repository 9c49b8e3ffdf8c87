//! Targets beside what was reached, paced over the days of their period.

use polars::prelude::PolarsResult;

use super::channels::{self, ChannelRow, Question};
use super::data::{Data, Scope};
use super::measure::Group;
use crate::domain::calendar::day_of;
use crate::domain::figure::{Basis, Figure, Undefined, View, ratio};
use crate::domain::period::Period;

/// A goal that was set.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// Key of the figure: `mql`, `revenue`, `lead_to_mql`, ...
    pub metric: String,
    /// For which period.
    pub period: Period,
    /// For which values of dimensions; empty for the total.
    pub by: Vec<(String, String)>,
    /// The value to reach, in the unit of the figure.
    pub value: f64,
}

/// A goal and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The goal.
    pub goal: Goal,
    /// The figure of the goal's period so far.
    pub actual: Figure<f64>,
    /// What should have been reached by now: the goal times the share of its days that
    /// have passed; the whole goal for a rate.
    pub paced: f64,
    /// Actual over paced.
    pub attained: Figure<f64>,
}

/// Where the goals of the periods that touch this one stand.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn standings(data: &Data, period: &Period, goals: &[Goal]) -> PolarsResult<Vec<Standing>> {
    goals
        .iter()
        .filter(|goal| goal.period.start < period.end && period.start < goal.period.end)
        .map(|goal| standing(data, period, goal))
        .collect()
}

/// The part of a goal's period that is seen from the end of the reported period, or from now
/// if that is earlier.
#[must_use]
pub fn seen(data: &Data, period: &Period, goal: &Goal) -> Period {
    let now = data
        .as_of
        .map(|as_of| day_of(as_of, data.zone).succ_opt().unwrap_or_default());
    let until = now.map_or(period.end, |now| period.end.min(now));
    Period::custom(
        goal.period.label.clone(),
        goal.period.start,
        goal.period.end.min(until),
    )
}

fn standing(data: &Data, period: &Period, goal: &Goal) -> PolarsResult<Standing> {
    let span = seen(data, period, goal);
    let dimensions: Vec<String> = goal.by.iter().map(|(name, _)| name.clone()).collect();
    let question = Question {
        dimensions: &dimensions,
        basis: Basis::Period,
        view: View::ToDate,
        credit: None,
    };
    let rows = channels::compute(data, &Scope::of(data, &span), &question)?;
    let group: Group = goal.by.iter().map(|(_, value)| value.clone()).collect();
    let row = rows.iter().find(|row| row.group == group);
    let actual = row.map_or(Err(Undefined::NoData), |row| {
        figure(data, row, &goal.metric)
    });
    let is_rate = data.ladder.parse_step(&goal.metric).is_some() || goal.metric == "roi";
    let passed = span.days() as f64 / goal.period.days() as f64;
    let paced = if is_rate {
        goal.value
    } else {
        goal.value * passed
    };
    Ok(Standing {
        actual,
        paced,
        attained: actual.and_then(|actual| ratio(actual, paced)),
        goal: goal.clone(),
    })
}

/// The figure of a row that a key names, as a number in its own unit.
///
/// # Errors
/// The reason why it is undefined; `no_data` for an unknown key.
pub fn figure(data: &Data, row: &ChannelRow, key: &str) -> Figure<f64> {
    if let Some(index) = data.ladder.index(key) {
        return row.entries[index].map(|count| count as f64);
    }
    if let Some((from, to)) = data.ladder.parse_step(key) {
        let key = data.ladder.step_key(from, to);
        let rate = row.conversions.iter().find(|(name, _)| *name == key);
        return rate.map_or(Err(Undefined::NoData), |(_, rate)| {
            rate.clone().map(|rate| rate.value())
        });
    }
    match key {
        "visits" => row.visits.map(|count| count as f64),
        "customers" => row.customers.map(|count| count as f64),
        "spend" => row.spend.map(super::super::domain::money::Money::units),
        "hours" => row.hours,
        "cost" => row.cost.map(super::super::domain::money::Money::units),
        "cac" => row
            .acquisition_cost
            .map(super::super::domain::money::Money::units),
        "pipeline_created" => row
            .pipeline_created
            .map(super::super::domain::money::Money::units),
        "pipeline_value" => row
            .pipeline_value
            .map(super::super::domain::money::Money::units),
        // The name that the pipeline has for it.
        "revenue" | "won" => row.revenue.map(super::super::domain::money::Money::units),
        "gross_profit" => row
            .gross_profit
            .map(super::super::domain::money::Money::units),
        "roi" => row.roi,
        "roas" => row.roas,
        _ => Err(Undefined::NoData),
    }
}

/// The keys besides stages and conversions that [`figure`] knows.
pub const KEYS: &[&str] = &[
    "visits",
    "customers",
    "spend",
    "hours",
    "cost",
    "cac",
    "pipeline_created",
    "pipeline_value",
    "revenue",
    "won",
    "gross_profit",
    "roi",
    "roas",
];
