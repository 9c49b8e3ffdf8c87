//! What marketing promised and what it delivered, paced over working days.
//!
//! Dictionary 5.3, in plain counts and by expected value: the targets of stages against the
//! leads that entered them. What a lead is worth depends on its channel ([`Worth`]).

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::Question;
use crate::domain::calendar::day_of;
use crate::domain::figure::{Basis, Figure, LOW_SAMPLE, Undefined, View, ratio};
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::metrics::channels;
use crate::metrics::data::{Data, Scope, Source};
use crate::metrics::targets::{self, Goal};
use crate::metrics::worked::Leads;
use crate::stats::quantile;
use crate::tables::{col as name, frame};

/// The dimension that decides what a lead is worth.
const CHANNEL: &str = "channel";

/// A commitment and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The commitment.
    pub goal: Goal,
    /// What was delivered so far.
    pub delivered: Figure<f64>,
    /// Over the whole commitment.
    pub sla: Figure<f64>,
    /// Over the part of it that the working days passed so far ask for.
    pub daily_pace: Figure<f64>,
    /// Working days passed, and all of them.
    pub working_days: (u64, u64),
    /// What was promised and what was delivered, by what such leads bring.
    pub value: Valued,
}

/// A commitment by expected value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Valued {
    /// Of the commitment.
    pub promised: Figure<Money>,
    /// Of what was delivered so far.
    pub delivered: Figure<Money>,
}

impl Valued {
    /// Delivered over promised.
    ///
    /// # Errors
    /// Why one of them is undefined, `zero_denominator` where nothing of value was promised.
    pub fn sla(&self) -> Figure<f64> {
        ratio(self.delivered?.units(), self.promised?.units())
    }
}

/// The commitments of several channels to one figure of one period, together.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// The figure.
    pub metric: String,
    /// The period.
    pub period: String,
    /// How many commitments.
    pub commitments: u64,
    /// Promised.
    pub promised: f64,
    /// Delivered so far.
    pub delivered: Figure<f64>,
    /// By expected value.
    pub value: Valued,
}

impl Together {
    /// Delivered over promised, by count.
    ///
    /// # Errors
    /// As what was delivered.
    pub fn sla(&self) -> Figure<f64> {
        ratio(self.delivered?, self.promised)
    }
}

/// Commitments that name a channel and nothing else, by figure and period; only where there
/// are several, since they then are parts of one promise.
#[must_use]
pub fn together(deliveries: &[Delivery]) -> Vec<Together> {
    let mut parts: BTreeMap<(String, String), Vec<&Delivery>> = BTreeMap::new();
    for delivery in deliveries {
        let goal = &delivery.goal;
        if let [(name, _)] = goal.by.as_slice()
            && name == CHANNEL
        {
            let key = (goal.metric.clone(), goal.period.label.clone());
            parts.entry(key).or_default().push(delivery);
        }
    }
    let several = parts.into_iter().filter(|(_, parts)| parts.len() > 1);
    several
        .map(|((metric, period), parts)| Together {
            metric,
            period,
            commitments: parts.len() as u64,
            promised: parts.iter().map(|one| one.goal.value).sum(),
            delivered: parts.iter().map(|one| one.delivered).sum(),
            value: Valued {
                promised: parts.iter().map(|one| one.value.promised).sum(),
                delivered: parts.iter().map(|one| one.value.delivered).sum(),
            },
        })
        .collect()
}

/// What a lead in a stage brings: its channel's share of customers within the horizon, times
/// the mean amount of the deals of kind new that were won.
///
/// A channel with fewer than 30 leads old enough has the share of all.
struct Worth<'a> {
    leads: &'a Leads,
    /// Customers and all, by number of the channel.
    rates: Vec<(u64, u64)>,
    mean: Figure<f64>,
}

impl<'a> Worth<'a> {
    fn new(leads: &'a Leads, stage: usize, question: &Question) -> Self {
        let data = question.data;
        let last = data.ladder.len() - 1;
        let horizon = data.horizons.days(stage, last);
        let mut rates = vec![(0, 0); leads.channels.len()];
        for lead in &leads.list {
            let at = lead.stages.get(stage).and_then(|reached| reached.at);
            let outcome =
                at.and_then(|at| lead.reached_within(last, at.at, horizon, question.as_of));
            if let (Some(won), Some((k, n))) = (outcome, rates.get_mut(lead.channel)) {
                *k += u64::from(won);
                *n += 1;
            }
        }
        Self {
            leads,
            rates,
            mean: mean_won(data),
        }
    }

    /// Of a lead of a channel; of any where none is named.
    fn of(&self, channel: Option<&str>) -> Figure<f64> {
        let all = || {
            let sum = |(k, n): (u64, u64), (more, of): &(u64, u64)| (k + more, n + of);
            self.rates.iter().fold((0, 0), sum)
        };
        let own = channel.and_then(|channel| {
            let place = self
                .leads
                .channels
                .iter()
                .position(|name| name == channel)?;
            self.rates.get(place).copied()
        });
        let (k, n) = own.filter(|(_, n)| *n >= LOW_SAMPLE).unwrap_or_else(all);
        if n == 0 {
            return Err(Undefined::NotMature);
        }
        Ok(k as f64 / n as f64 * self.mean?)
    }
}

/// Mean amount of the won deals of kind new, in units.
fn mean_won(data: &Data) -> Figure<f64> {
    let deals = data.frame(Source::Deals);
    let is_new = frame::flags(deals, name::IS_NEW);
    let amounts = frame::integers(deals, name::AMOUNT);
    let won = frame::true_rows(deals, name::WON).filter(|row| is_new[*row]);
    let units: Vec<f64> = won
        .filter_map(|row| Some(Money::from_micros(amounts[row]?.into()).units()))
        .collect();
    quantile::mean(&units).ok_or(Undefined::MissingAmount)
}

/// The value of a commitment to a stage, and of the leads that entered it.
fn valued(
    worth: &Worth,
    stage: usize,
    goal: &Goal,
    period: &Period,
    question: &Question,
) -> PolarsResult<Valued> {
    let data = question.data;
    let channel = goal.by.iter().find(|(name, _)| name == CHANNEL);
    let channel = channel.map(|(_, value)| value.as_str());
    let promised = worth.of(channel).map(|each| goal.value * each);
    let mut dimensions: Vec<String> = goal.by.iter().map(|(name, _)| name.clone()).collect();
    let wanted: Vec<&str> = goal.by.iter().map(|(_, value)| value.as_str()).collect();
    let place = dimensions.iter().position(|name| name == CHANNEL);
    let place = place.unwrap_or_else(|| {
        dimensions.push(CHANNEL.to_owned());
        dimensions.len() - 1
    });
    let asked = channels::Question {
        dimensions: &dimensions,
        basis: Basis::Period,
        view: View::ToDate,
        credit: None,
    };
    let scope = Scope::of(data, &targets::seen(data, period, goal));
    let rows = channels::compute(data, &scope, &asked)?;
    let of_goal = rows.iter().filter(|row| {
        let own = row.group.iter().zip(&wanted);
        row.group.len() == dimensions.len() && own.into_iter().all(|(own, wanted)| own == wanted)
    });
    let delivered = of_goal
        .map(|row| match row.entries[stage]? {
            0 => Ok(0.0),
            count => Ok(count as f64 * worth.of(row.group.get(place).map(String::as_str))?),
        })
        .sum::<Figure<f64>>();
    Ok(Valued {
        promised: promised.map(Money::from_units),
        delivered: delivered.map(Money::from_units),
    })
}

/// The commitments that touch the period; only counts of stages.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn deliveries(
    leads: &Leads,
    question: &Question,
    goals: &[Goal],
) -> PolarsResult<Vec<Delivery>> {
    let data = question.data;
    let mut list = Vec::new();
    for goal in goals {
        let Some(stage) = data.ladder.index(&goal.metric) else {
            continue;
        };
        let worth = Worth::new(leads, stage, question);
        // Without a period every commitment is looked at as a whole.
        let period = match &question.scope.period {
            Some(period) => period.clone(),
            None => goal.period.clone(),
        };
        let standings = targets::standings(data, &period, std::slice::from_ref(goal))?;
        for standing in standings {
            let (passed, all) = working_days(question, &goal.period, &period);
            let paced = ratio(passed as f64, all as f64).map(|share| goal.value * share);
            list.push(Delivery {
                sla: standing.actual.and_then(|actual| ratio(actual, goal.value)),
                daily_pace: standing.actual.and_then(|actual| ratio(actual, paced?)),
                delivered: standing.actual,
                value: valued(&worth, stage, goal, &period, question)?,
                goal: goal.clone(),
                working_days: (passed, all),
            });
        }
    }
    Ok(list)
}

/// Working days of a commitment up to the end of the period or the as-of moment, and all.
fn working_days(question: &Question, goal: &Period, period: &Period) -> (u64, u64) {
    let hours = &question.levels.working_days;
    let seen = day_of(question.as_of, question.data.zone)
        .succ_opt()
        .unwrap_or_default();
    let until = goal.end.min(period.end).min(seen);
    (
        hours.days_worked(goal.start, until),
        hours.days_worked(goal.start, goal.end),
    )
}
