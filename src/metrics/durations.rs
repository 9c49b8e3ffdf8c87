//! How long steps take.
//!
//! Two readings, kept apart. `mature` is the one to compare: members that were
//! observed for the horizon and converted within it; zero-length and negative steps
//! are left out and counted (dictionary 0.2, 4.1). `recorded` is the difference of
//! the two recorded entries of everybody who has both, negative ones included: it
//! shows what the data says, and flatters young cohorts.

use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::known::Known;
use super::measure::{Group, Measure, Results};
use super::stages::Step;
use crate::domain::calendar::DAY_MILLIS;
use crate::domain::figure::{Figure, Undefined};
use crate::tables::col as name;

/// Quantiles of a duration in days.
#[derive(Debug, Clone, PartialEq)]
pub struct Durations {
    /// Cases behind the quantiles.
    pub n: Figure<u64>,
    /// Days within which half were done.
    pub median: Figure<f64>,
    /// Days within which nine of ten were done.
    pub p90: Figure<f64>,
    /// Cases of no length, left out.
    pub zero_length: Figure<u64>,
}

/// The durations of everybody with both entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Stage left.
    pub from: String,
    /// Stage reached.
    pub to: String,
    /// Cases.
    pub n: Figure<u64>,
    /// Mean in days.
    pub mean: Figure<f64>,
    /// Smallest, median, 75th and 90th percentile, largest, in days.
    pub quantiles: [Figure<f64>; 5],
    /// Cases below zero, counted in.
    pub negative: Figure<u64>,
}

fn days_between(from: &str, to: &str) -> Expr {
    (col(to) - col(from)).cast(DataType::Float64) / lit(DAY_MILLIS as f64)
}

/// The measures of the mature reading of a step: `<key>/days_*`.
#[must_use]
pub fn measures(data: &Data, step: &Step) -> Vec<Measure> {
    let (from, to) = (data.ladder.name(step.from), data.ladder.name(step.to));
    let (from_at, to_at) = (name::at(from), name::at(to));
    let horizon = i64::from(data.horizons.days(step.from, step.to)) * DAY_MILLIS;
    let length = col(to_at.as_str()) - col(from_at.as_str());
    let mature = match step.scope.seen_from {
        Some(seen) => (col(from_at.as_str()) + lit(horizon)).lt_eq(lit(seen)),
        None => lit(true),
    };
    let within = length.clone().lt_eq(lit(horizon));
    let cases = step.members.clone().and(mature).and(within);
    let positive = cases.clone().and(length.clone().gt(lit(0_i64)));
    let days = days_between(&from_at, &to_at);
    let key = |part: &str| format!("{}/days_{part}", step.key);
    [
        Measure::rows(key("n"), Source::Leads, positive.clone()),
        Measure::rows(key("zero"), Source::Leads, cases.and(length.eq(lit(0_i64)))),
        Measure::quantile(
            key("median"),
            Source::Leads,
            positive.clone(),
            days.clone(),
            0.5,
        ),
        Measure::quantile(key("p90"), Source::Leads, positive, days, 0.9),
    ]
    .map(|measure| measure.dated_by(from_at.clone()))
    .into()
}

/// Why nothing can be said about the time between two stages.
fn reason(data: &Data, from: usize, to: usize) -> Option<Undefined> {
    let known = [from, to].map(|stage| data.known(stage));
    if known.contains(&Known::Nowhere) {
        return Some(Undefined::StageNotFed);
    }
    let followed = known == [Known::Followed; 2];
    match (followed, data.noticed.timed) {
        (false, _) => Some(Undefined::NoSharedId),
        (true, true) if data.from_snapshots => Some(Undefined::SnapshotResolution),
        (true, false) => Some(Undefined::NoTimes),
        (true, true) => None,
    }
}

/// The mature reading of a step in a group.
#[must_use]
pub fn read(data: &Data, step: &Step, results: &Results, group: &Group) -> Durations {
    let reason = reason(data, step.from, step.to);
    if let Some(reason) = reason {
        return Durations {
            n: Err(reason),
            median: Err(reason),
            p90: Err(reason),
            zero_length: Err(reason),
        };
    }
    let key = |part: &str| format!("{}/days_{part}", step.key);
    let none_yet = |reason: Undefined| match reason {
        Undefined::NoData => Undefined::NotMature,
        other => other,
    };
    let quantile = |part: &str| {
        let n = results.count(group, &key("n"))?;
        if n == 0 {
            return Err(none_yet(Undefined::NoData));
        }
        results.figure(group, &key(part)).map_err(none_yet)
    };
    Durations {
        n: results.count(group, &key("n")),
        median: quantile("median"),
        p90: quantile("p90"),
        zero_length: results.count(group, &key("zero")),
    }
}

/// The recorded reading of all steps and of the whole way, for leads that entered the
/// later stage in the period.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn recorded(data: &Data, scope: &Scope) -> PolarsResult<Vec<Recorded>> {
    let last = data.ladder.len() - 1;
    let mut spans: Vec<(usize, usize)> = data.ladder.steps().collect();
    if last > 1 {
        spans.push((0, last));
    }
    let mut measures = Vec::new();
    for (from, to) in &spans {
        measures.extend(recorded_measures(data, scope, *from, *to));
    }
    let results = super::measure::evaluate(data, &measures, &[])?;
    Ok(spans
        .iter()
        .map(|span| read_recorded(data, &results, *span))
        .collect())
}

const QUANTILES: [(&str, f64); 5] = [
    ("min", 0.0),
    ("median", 0.5),
    ("p75", 0.75),
    ("p90", 0.9),
    ("max", 1.0),
];

fn recorded_measures(data: &Data, scope: &Scope, from: usize, to: usize) -> Vec<Measure> {
    let key = data.ladder.step_key(from, to);
    let (from, to) = (
        name::raw(data.ladder.name(from)),
        name::raw(data.ladder.name(to)),
    );
    let both = scope
        .contains(&to)
        .and(col(from.as_str()).is_not_null())
        .and(col(to.as_str()).is_not_null());
    let length = col(to.as_str()) - col(from.as_str());
    let days = days_between(&from, &to);
    let mut measures = vec![
        Measure::rows(format!("{key}/n"), Source::Leads, both.clone()),
        Measure::rows(
            format!("{key}/negative"),
            Source::Leads,
            both.clone().and(length.clone().lt(lit(0_i64))),
        ),
        Measure::sum(format!("{key}/sum"), Source::Leads, both.clone(), length),
    ];
    for (part, q) in QUANTILES {
        let part = format!("{key}/{part}");
        measures.push(Measure::quantile(
            part,
            Source::Leads,
            both.clone(),
            days.clone(),
            q,
        ));
    }
    measures
}

fn read_recorded(data: &Data, results: &Results, (from, to): (usize, usize)) -> Recorded {
    let key = data.ladder.step_key(from, to);
    let total = Group::new();
    let reason = reason(data, from, to);
    let n = reason.map_or_else(|| results.count(&total, &format!("{key}/n")), Err);
    let timed = |figure: Figure<f64>| reason.map_or(figure, Err);
    let mean = n.and_then(|n| {
        let sum = results.whole(&total, &format!("{key}/sum"))?;
        crate::domain::figure::ratio(sum as f64 / DAY_MILLIS as f64, n as f64)
    });
    Recorded {
        from: data.ladder.name(from).to_owned(),
        to: data.ladder.name(to).to_owned(),
        n,
        mean: timed(mean.map_err(|_| Undefined::NoData)),
        quantiles: QUANTILES
            .map(|(part, _)| timed(results.figure(&total, &format!("{key}/{part}")))),
        negative: reason.map_or_else(|| results.count(&total, &format!("{key}/negative")), Err),
    }
}
