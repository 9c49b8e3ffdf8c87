//! The company as the what-if reads it: plain numbers by complete month and channel.
//!
//! Only what is over counts: the last month, where the exports end inside it, is left out
//! and named. Within the months that an export of hours or spend covers, a month without a
//! row is 0; outside it is unknown. Rates beyond the first come from decided leads alone,
//! those old enough that nineteen in twenty of the customers-to-be have become some.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::known::Known;
use super::measure::{self, Measure, Results, evaluate};
use super::stages::{self, inside, reached, straddles};
use super::visits;
use crate::domain::calendar::{DAY_MILLIS, Millis, instants};
use crate::domain::figure::Undefined;
use crate::domain::money::Money;
use crate::domain::period::{Grain, Period};
use crate::stats::survival::{Competing, Ending, aalen_johansen};
use crate::tables::{col as name, frame};
use crate::whatif::history::{Channel, Company};

/// Days of a month, for lags.
const MONTH_DAYS: f64 = 365.25 / 12.0;
/// The longest lag from visit to win, in months; what comes later counts into it.
const MOST_LAGS: usize = 36;
/// Customers with times from which on their own lags say when a lead is decided.
const FEWEST_LAGS: usize = 20;
/// Age at which a lead is decided where nothing says more.
const DECIDED_AFTER_DAYS: f64 = 120.0;
/// A lead is never decided sooner.
const LEAST_DECIDED_DAYS: f64 = 30.0;
/// Share of the customers-to-be that have become some by then.
const DECIDED_SHARE: f64 = 0.95;
/// The most deals that an average stands for.
const MOST_AVERAGED: u64 = 10_000;

/// The company. `through` is the last moment for which the exports are complete; absent
/// where they have no dates.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn company(data: &Data, through: Option<Millis>) -> PolarsResult<Company> {
    let scope = Scope::all(data);
    let months = Months::new(data, through);
    let stages: Vec<usize> = (0..data.ladder.len())
        .filter(|stage| data.known(*stage) != Known::Nowhere)
        .collect();
    let lags = Lags::new(data, &stages);
    let mut company = Company {
        months: months.labels.clone(),
        left_out_month: months.left_out.clone(),
        stages: stages
            .iter()
            .map(|stage| data.ladder.name(*stage).to_owned())
            .collect(),
        steps: stages
            .windows(2)
            .map(|pair| data.ladder.step_key(pair[0], pair[1]))
            .collect(),
        decided_after_days: lags.decided_after_days,
        lags: lags.by_month,
        ..Company::default()
    };
    let by_month = by_month(data, &scope, &stages)?;
    let mut channels = months.channels(&by_month);
    let decided = decided(data, &scope, &stages, company.decided_after_days)?;
    let deals = deals(data, &scope)?;
    for found in decided.keys().chain(deals.keys()) {
        channels.entry(found.clone()).or_default();
    }
    for (channel, figures) in &mut channels {
        figures.name.clone_from(channel);
        figures.visits.resize(months.labels.len(), None);
        figures.steps = decided
            .get(channel)
            .cloned()
            .unwrap_or_else(|| vec![(0, 0); company.steps.len()]);
        figures.deals = deals.get(channel).cloned().unwrap_or_default();
    }
    company.channels = channels.into_values().collect();
    Ok(company)
}

/// The complete months, oldest first.
struct Months {
    labels: Vec<String>,
    left_out: Option<String>,
}

impl Months {
    /// From the first row of visits, hours or spend (else the first lead) to the last month
    /// that all of them have whole.
    fn new(data: &Data, through: Option<Millis>) -> Self {
        let spans = |source: Source| {
            let frame = data.frame(source);
            let starts = frame::present_integers(frame, name::START).map(|(_, start)| start);
            let ends = frame::present_integers(frame, name::END).map(|(_, end)| end);
            starts.min().zip(ends.max())
        };
        let visits = spans(Source::Visits);
        let spend = spans(Source::Spend);
        let first = [visits, spend]
            .into_iter()
            .flatten()
            .map(|(first, _)| first)
            .min();
        let ends = [visits, spend].into_iter().flatten().map(|(_, end)| end);
        let (Some(first), Some(last)) = (first, ends.max()) else {
            return Self {
                labels: Vec::new(),
                left_out: None,
            };
        };
        let known = through.map(|through| through.saturating_add(1));
        // A time sheet ends with its last day of work, an ad export need not.
        let visits_end = visits.map(|(_, end)| end);
        let mut month = Period::of(
            Grain::Month,
            crate::domain::calendar::day_of(first, data.zone),
        );
        let mut labels = Vec::new();
        let mut left_out = None;
        loop {
            let (start, end) = instants(&month, data.zone);
            if start >= last {
                break;
            }
            let is_over = known.is_none_or(|known| end <= known)
                && visits_end.is_none_or(|visits| end <= visits);
            if !is_over {
                left_out = Some(month.label);
                break;
            }
            labels.push(month.label.clone());
            month = Period::of(Grain::Month, month.end);
        }
        Self { labels, left_out }
    }

    /// Channels with their months.
    fn channels(&self, results: &Results) -> BTreeMap<String, Channel> {
        let index: BTreeMap<&str, usize> = self
            .labels
            .iter()
            .enumerate()
            .map(|(at, label)| (label.as_str(), at))
            .collect();
        let covered = |key: &str| {
            let at = results.groups().filter_map(|group| {
                let rows = results.count(group, key).unwrap_or(0);
                index.get(group[1].as_str()).copied().filter(|_| rows > 0)
            });
            let at: Vec<usize> = at.collect();
            at.iter().min().copied().zip(at.iter().max().copied())
        };
        let (hours, money, leads_known) = (
            covered("hours/rows"),
            covered("money/rows"),
            covered("leads"),
        );
        let mut channels: BTreeMap<String, Channel> = BTreeMap::new();
        let mut cost: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for group in results.groups() {
            let (channel, Some(&month)) = (&group[0], index.get(group[1].as_str())) else {
                continue;
            };
            let entry = channels.entry(channel.clone()).or_default();
            entry.visits.resize(self.labels.len(), None);
            entry.leads_by_month.resize(self.labels.len(), 0.0);
            for effort in [&mut entry.hours, &mut entry.money] {
                effort.resize(self.labels.len(), None);
            }
            let seen = results.count(group, "visits/rows").unwrap_or(0) > 0;
            let visits = results.count(group, "visits").ok().filter(|_| seen);
            entry.visits[month] = visits.map(|visits| visits as f64);
            let units = |key| results.whole(group, key).ok().map(micros);
            entry.hours[month] = units("hours").filter(|_| within(hours, month));
            entry.money[month] = units("money").filter(|_| within(money, month));
            if let (Some(hours), Some(paid), Ok(0)) = (
                units("hours"),
                units("hour_cost"),
                results.count(group, "hours/unpriced"),
            ) {
                let sum = cost.entry(channel.clone()).or_default();
                *sum = (sum.0 + paid, sum.1 + hours);
            }
            let made = results.count(group, "leads").unwrap_or(0);
            entry.leads_by_month[month] = made as f64;
            if let Some(visits) = visits.filter(|_| within(leads_known, month)) {
                entry.leads += made;
                entry.visits_of_leads += visits;
            }
        }
        for (channel, figures) in &mut channels {
            fill(&mut figures.hours, hours);
            fill(&mut figures.money, money);
            figures.hour_cost = cost
                .get(channel)
                .filter(|(_, hours)| *hours > 0.0)
                .map(|(paid, hours)| paid / hours);
        }
        channels
    }
}

fn within(covered: Option<(usize, usize)>, month: usize) -> bool {
    covered.is_some_and(|(first, last)| (first..=last).contains(&month))
}

/// A month without a row is 0 where the export covers it.
fn fill(effort: &mut [Option<f64>], covered: Option<(usize, usize)>) {
    for (month, effort) in effort.iter_mut().enumerate() {
        if within(covered, month) && effort.is_none() {
            *effort = Some(0.0);
        }
    }
}

fn micros(micros: i64) -> f64 {
    micros as f64 / Money::SCALE as f64
}

/// Visits, effort and leads by channel and month.
fn by_month(data: &Data, scope: &Scope, stages: &[usize]) -> PolarsResult<Results> {
    let column = visits::visit_column(data);
    let rows = |key: &str, source, column: &str| {
        Measure::rows(key, source, col(column).is_not_null().and(inside(scope)))
            .dated_by(name::START)
    };
    let sum = |key: &str, column: &str| {
        Measure::sum(key, Source::Spend, inside(scope), col(column))
            .dated_by(name::START)
            .broken_by(
                col(column).is_not_null().and(straddles(scope)),
                Undefined::PeriodStraddles,
            )
    };
    let unpriced = col("hours").is_not_null().and(col("hour_cost").is_null());
    let mut measures = vec![
        visits::visits(data, scope, "visits"),
        rows("visits/rows", Source::Visits, column),
        sum("hours", "hours"),
        rows("hours/rows", Source::Spend, "hours"),
        sum("money", "money"),
        rows("money/rows", Source::Spend, "money"),
        sum("hour_cost", "hour_cost"),
        Measure::rows("hours/unpriced", Source::Spend, unpriced).dated_by(name::START),
    ];
    if let Some(first) = stages.first() {
        measures.push(stages::entries(data, scope, *first, "leads"));
    }
    evaluate(data, &measures, &["channel".to_owned(), "month".to_owned()])
}

/// For each channel and step: how many of how many decided leads went on.
fn decided(
    data: &Data,
    scope: &Scope,
    stages: &[usize],
    after_days: f64,
) -> PolarsResult<BTreeMap<String, Vec<(u64, u64)>>> {
    let Some(first) = stages.first() else {
        return Ok(BTreeMap::new());
    };
    let mut measures = Vec::new();
    for (step, pair) in stages.windows(2).enumerate() {
        let followed = pair
            .iter()
            .all(|stage| data.known(*stage) == Known::Followed);
        let keys = [format!("{step}/n"), format!("{step}/k")];
        let [n, k] = if followed && data.known(*first) == Known::Followed {
            let old = old_enough(data, *first, after_days);
            let from = reached(scope, data.ladder.name(pair[0]));
            let to = reached(scope, data.ladder.name(pair[1]));
            let members = old.and(from);
            let [n, k] = keys;
            [
                Measure::rows(n, Source::Leads, members.clone()),
                Measure::rows(k, Source::Leads, members.and(to)),
            ]
        } else {
            let [n, k] = keys;
            [
                stages::entries(data, scope, pair[0], n),
                stages::entries(data, scope, pair[1], k),
            ]
        };
        measures.extend([n, k]);
    }
    let results = evaluate(data, &measures, &["channel".to_owned()])?;
    let steps = stages.len().saturating_sub(1);
    let of_group = |group: &Vec<String>| {
        let step = |step: usize| {
            let count = |what: &str| results.count(group, &format!("{step}/{what}")).unwrap_or(0);
            let n = count("n");
            (count("k").min(n), n)
        };
        (group[0].clone(), (0..steps).map(step).collect())
    };
    Ok(results.groups().map(of_group).collect())
}

/// Leads that entered long enough before the as-of moment; those without a time count.
fn old_enough(data: &Data, first: usize, after_days: f64) -> Expr {
    let at = col(name::at(data.ladder.name(first)));
    match data.as_of {
        None => lit(true),
        Some(as_of) => {
            let latest = as_of - (after_days * DAY_MILLIS as f64) as i64;
            at.clone().is_null().or(at.lt_eq(lit(latest)))
        }
    }
}

/// Amounts of the deals won, by channel.
fn deals(data: &Data, scope: &Scope) -> PolarsResult<BTreeMap<String, Vec<f64>>> {
    let dimension = ["channel".to_owned()];
    if data.has(Source::Deals) {
        let won = col(name::WON)
            .and(scope.contains(name::WON_AT))
            .and(col(name::IS_NEW))
            .and(col(name::AMOUNT).is_not_null());
        let amounts = Measure::sum("amount", Source::Deals, won, col(name::AMOUNT));
        let values = measure::values(data, &amounts, &dimension)?;
        let units = |amounts: Vec<f64>| -> Vec<f64> {
            amounts
                .into_iter()
                .map(|amount| amount / Money::SCALE as f64)
                .collect()
        };
        return Ok(values
            .into_iter()
            .map(|(group, amounts)| (group[0].clone(), units(amounts)))
            .collect());
    }
    let Some(last) = data.ladder.len().checked_sub(1) else {
        return Ok(BTreeMap::new());
    };
    if data.known(last) != Known::Listed {
        return Ok(BTreeMap::new());
    }
    let amount = Measure::sum(
        "amount",
        Source::Counted,
        stages::is_stage(last).and(inside(scope)),
        col(name::AMOUNT),
    );
    let wins = stages::entries(data, scope, last, "wins");
    let results = evaluate(data, &[amount, wins], &dimension)?;
    let average = |group: &Vec<String>| {
        let wins = results.count(group, "wins").ok().filter(|wins| *wins > 0)?;
        let amount = micros(results.whole(group, "amount").ok()?);
        let count = usize::try_from(wins.min(MOST_AVERAGED)).ok()?;
        Some((group[0].clone(), vec![amount / wins as f64; count]))
    };
    Ok(results.groups().filter_map(average).collect())
}

/// How long it takes from the first stage to the last.
struct Lags {
    by_month: Vec<f64>,
    decided_after_days: f64,
}

impl Lags {
    /// Aalen-Johansen, so that open leads count as not yet decided and lost ones as never.
    fn new(data: &Data, stages: &[usize]) -> Self {
        let unknown = Self {
            by_month: Vec::new(),
            decided_after_days: DECIDED_AFTER_DAYS,
        };
        let (Some(first), Some(last)) = (stages.first(), stages.last()) else {
            return unknown;
        };
        let followed = |stage: &usize| data.known(*stage) == Known::Followed;
        if first == last || !followed(first) || !followed(last) || data.from_snapshots {
            return unknown;
        }
        let members = members(data, *first, *last);
        let customers = members
            .iter()
            .filter(|member| member.ending == Some(Ending::Converted))
            .count();
        let curve = aalen_johansen(&members);
        let all = curve.last_time.map_or(0.0, |last| curve.converted_by(last));
        if customers == 0 || all <= 0.0 {
            return unknown;
        }
        let share_by = |days: f64| curve.converted_by(days) / all;
        let mut by_month: Vec<f64> = (0..MOST_LAGS)
            .map(|month| {
                let edge = |month: f64| share_by((month * MONTH_DAYS).max(-1.0));
                let from = if month == 0 {
                    0.0
                } else {
                    edge(month as f64 - 0.5)
                };
                let to = if month + 1 == MOST_LAGS {
                    1.0
                } else {
                    edge(month as f64 + 0.5)
                };
                to - from
            })
            .collect();
        while by_month.last() == Some(&0.0) {
            by_month.pop();
        }
        let decided = curve
            .steps
            .iter()
            .find(|step| step.converted >= DECIDED_SHARE * all)
            .map_or(DECIDED_AFTER_DAYS, |step| step.time);
        Self {
            by_month,
            decided_after_days: if customers < FEWEST_LAGS {
                DECIDED_AFTER_DAYS
            } else {
                decided.max(LEAST_DECIDED_DAYS)
            },
        }
    }
}

/// Leads with the time of their entry, in days to their end or to the as-of moment.
fn members(data: &Data, first: usize, last: usize) -> Vec<Competing> {
    let leads = data.frame(Source::Leads);
    let entered = frame::integers(leads, &name::at(data.ladder.name(first)));
    let won = frame::integers(leads, &name::at(data.ladder.name(last)));
    let has_won = frame::flags(leads, &name::has(data.ladder.name(last)));
    let exited = frame::flags(leads, name::EXITED);
    let exit_at = frame::integers(leads, name::EXIT_AT);
    let days = |from: Millis, to: Millis| (to - from) as f64 / DAY_MILLIS as f64;
    let member = |row: usize| {
        let entered = entered[row]?;
        let (end, ending) = match (has_won[row], won[row]) {
            (true, Some(won)) => (won, Some(Ending::Converted)),
            // Won at an unknown time says nothing of the lag.
            (true, None) => return None,
            _ if exited[row] => (exit_at[row]?, Some(Ending::Exited)),
            _ => (data.as_of?, None),
        };
        let time = days(entered, end);
        (time >= 0.0).then_some(Competing { time, ending })
    };
    (0..leads.height()).filter_map(member).collect()
}
