//! The key figures of a period, each beside what it can fairly be compared with.
//!
//! The headline rate of a young period is its to-date rate; every other period it is
//! compared with is cut at the same age (dictionary 0.8, "Equal age"). Beside it stand
//! the value of the newest mature period and the projection.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use super::channels::{self, ChannelRow, Question};
use super::data::{Data, Record, Scope, Source};
use super::known::Known;
use super::measure::{Group, evaluate, values};
use super::projection;
use super::stages::Step;
use crate::domain::calendar::{Millis, day_of};
use crate::domain::figure::{Basis, Figure, Rate, Undefined, View, ratio};
use crate::domain::money::Money;
use crate::domain::period::{Grain, Period};
use crate::stats::projection::Projection;
use crate::stats::{bootstrap, difference};
use crate::tables::{self, col as name};

/// A value of a key figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number of things.
    Count(u64),
    /// An amount.
    Money(Money),
    /// A conversion.
    Rate(Rate),
    /// A return on cost, as a share.
    Share(f64),
}

impl Value {
    /// The value as a number: units of money, share of a rate.
    #[must_use]
    pub fn number(&self) -> f64 {
        match self {
            Self::Count(count) => *count as f64,
            Self::Money(money) => money.units(),
            Self::Rate(rate) => rate.value(),
            Self::Share(share) => *share,
        }
    }
}

/// How two values differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    /// This over the other, minus one; and whether the difference is more than the
    /// scatter of two counts, or of the deals behind two sums of them.
    Relative {
        /// Fraction of the other value.
        change: f64,
        /// More than noise, where that can be said.
        beyond_noise: Option<bool>,
    },
    /// This rate minus the other, with the interval of the difference.
    Points {
        /// As a fraction.
        difference: f64,
        /// Its 95 % interval.
        interval: (f64, f64),
    },
}

impl Move {
    /// True where the change is more than noise; `None` where nothing can be said.
    #[must_use]
    pub fn beyond_noise(&self) -> Option<bool> {
        match self {
            Self::Relative { beyond_noise, .. } => *beyond_noise,
            Self::Points {
                interval: (low, high),
                ..
            } => Some(*low > 0.0 || *high < 0.0),
        }
    }
}

/// A comparison with another period at equal age.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Label of the other period.
    pub period: String,
    /// Its value, cut at the same age.
    pub value: Figure<Value>,
    /// How this period differs from it.
    pub change: Figure<Move>,
}

/// One figure of the period.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFigure {
    /// Key: `mql`, `lead_to_mql`, `revenue`, ...
    pub key: String,
    /// The value.
    pub value: Figure<Value>,
    /// The period before.
    pub previous: Compared,
    /// The same period a year before.
    pub year_before: Compared,
    /// The newest mature period and its cohort value, for conversions.
    pub mature: Option<(String, Figure<Rate>)>,
    /// The projected value of this period, for conversions.
    pub projected: Option<Projection>,
}

/// A month (week, quarter) of the trend.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendRow {
    /// The period.
    pub period: String,
    /// True where its conversions are mature.
    pub settled: bool,
    /// All figures of it.
    pub total: ChannelRow,
}

/// The key figures of the period.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn key_figures(data: &Data, period: &Period) -> PolarsResult<Vec<KeyFigure>> {
    let scope = Scope::of(data, period);
    let (before, year) = (period.previous(), period.year_before());
    let now = figures(data, &scope)?;
    let previous = compared_figures(data, &scope, &before)?;
    let last_year = compared_figures(data, &scope, &year)?;
    let mut amounts = Amounts::new(data, &scope);
    let mut list = Vec::new();
    for (index, (key, value)) in now.into_iter().enumerate() {
        let step = data
            .ladder
            .parse_step(&key)
            .filter(|step| is_fed(data, *step));
        list.push(KeyFigure {
            previous: amounts.judged(&key, &before, compared(&before, &value, &previous[index]))?,
            year_before: amounts.judged(&key, &year, compared(&year, &value, &last_year[index]))?,
            mature: match step {
                Some(step) => newest_mature(data, period, step)?,
                None => None,
            },
            projected: match step {
                Some(step) if !is_settled(data, &scope, step) => {
                    projection::projected(data, &scope, step)?
                }
                _ => None,
            },
            key,
            value,
        });
    }
    judge_acquisition_cost(&mut list);
    Ok(list)
}

/// Whether CAC moved by more than chance follows from the customers and what they cost.
fn judge_acquisition_cost(list: &mut [KeyFigure]) {
    let find = |key: &str| list.iter().find(|figure| figure.key == key);
    let (Some(cost), Some(customers)) = (find("cost"), find("customers")) else {
        return;
    };
    let pair = |cost: &Figure<Value>, customers: &Figure<Value>| match (cost, customers) {
        (Ok(Value::Money(cost)), Ok(Value::Count(customers))) => Some((*cost, *customers)),
        _ => None,
    };
    let now = pair(&cost.value, &customers.value);
    let differs = |then| {
        now.zip(then)
            .and_then(|(now, then)| costs_differ(now, then))
    };
    let before = differs(pair(&cost.previous.value, &customers.previous.value));
    let year = differs(pair(&cost.year_before.value, &customers.year_before.value));
    let of_cac = list.iter_mut().filter(|figure| figure.key == "cac");
    for figure in of_cac {
        let both = [
            (&mut figure.previous, before),
            (&mut figure.year_before, year),
        ];
        for (compared, verdict) in both {
            if let Ok(Move::Relative { beyond_noise, .. }) = &mut compared.change {
                *beyond_noise = verdict;
            }
        }
    }
}

/// The single amounts behind sums of money, to tell whether a sum moved by more than chance.
struct Amounts<'a> {
    data: &'a Data,
    scope: &'a Scope,
    /// Those of the period itself, by figure.
    now: BTreeMap<String, Vec<f64>>,
}

impl<'a> Amounts<'a> {
    fn new(data: &'a Data, scope: &'a Scope) -> Self {
        let now = BTreeMap::new();
        Self { data, scope, now }
    }

    /// The comparison of a sum over deals with the verdict that it lacks.
    fn judged(&mut self, key: &str, other: &Period, compared: Compared) -> PolarsResult<Compared> {
        let is_sum = ["revenue", "pipeline_created"].contains(&key);
        let (true, Ok(Move::Relative { change, .. })) = (is_sum, compared.change) else {
            return Ok(compared);
        };
        if !self.now.contains_key(key) {
            let amounts = self.of(key, self.scope)?;
            self.now.insert(key.to_owned(), amounts);
        }
        let then = self.of(key, &self.scope.at_equal_age(self.data, other))?;
        let now = self.now.get(key).map_or(&[][..], Vec::as_slice);
        let beyond_noise = bootstrap::sums_differ(now, &then, bootstrap::DRAWS, self.data.seed);
        Ok(Compared {
            change: Ok(Move::Relative {
                change,
                beyond_noise,
            }),
            ..compared
        })
    }

    fn of(&self, key: &str, scope: &Scope) -> PolarsResult<Vec<f64>> {
        if !self.data.has(Source::Deals) {
            return Ok(Vec::new());
        }
        let question = Question {
            dimensions: &[],
            basis: Basis::Period,
            view: View::ToDate,
            credit: None,
        };
        let mut amounts = Vec::new();
        for measure in channels::measures_of(self.data, scope, &question, key) {
            let by_group = values(self.data, &measure, &[])?;
            amounts.extend(by_group.into_values().flatten());
        }
        Ok(amounts)
    }
}

/// The figures of the periods up to and including this one, oldest first.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn trend(data: &Data, period: &Period, length: usize) -> PolarsResult<Vec<TrendRow>> {
    trend_seen_from(data, period, length, data.as_of)
}

/// The same as it would have been seen at an earlier moment: events after it do not count.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn trend_seen_from(
    data: &Data,
    period: &Period,
    length: usize,
    seen_from: Option<Millis>,
) -> PolarsResult<Vec<TrendRow>> {
    let seen = |scope: Scope| Scope { seen_from, ..scope };
    let periods = periods_up_to(data, period, length);
    let dimension = [time_dimension(period.grain).to_owned()];
    let question = Question {
        dimensions: &dimension,
        basis: Basis::Period,
        view: View::ToDate,
        credit: None,
    };
    let range = seen(Scope::of(data, &span(&periods)));
    let rows = channels::compute(data, &range, &question)?;
    let mut trend = Vec::with_capacity(periods.len());
    for period in periods {
        let scope = seen(Scope::of(data, &period));
        // A period of which no table has a row is asked for by itself: a row of zeros.
        let known = rows.iter().find(|row| row.group == [period.label.as_str()]);
        let total = match known {
            Some(row) => row.clone(),
            None => total(data, &scope, View::ToDate)?,
        };
        trend.push(TrendRow {
            total,
            settled: data
                .ladder
                .steps()
                .all(|step| is_settled(data, &scope, step)),
            period: period.label,
        });
    }
    Ok(trend)
}

fn periods_up_to(data: &Data, period: &Period, length: usize) -> Vec<Period> {
    let first = first_moment(data).map(|at| day_of(at, data.zone));
    let mut periods = vec![period.clone()];
    while let Some(last) = periods.last().filter(|_| periods.len() < length) {
        let before = last.previous();
        if first.is_none_or(|first| before.end <= first) {
            break;
        }
        periods.push(before);
    }
    periods.reverse();
    periods
}

fn span(periods: &[Period]) -> Period {
    let start = periods
        .first()
        .map_or_else(Default::default, |period| period.start);
    let end = periods
        .last()
        .map_or_else(Default::default, |period| period.end);
    Period::custom("trend", start, end)
}

fn time_dimension(grain: Grain) -> &'static str {
    match grain {
        Grain::Week => "week",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
        Grain::Day => "day",
        Grain::Month | Grain::Custom => "month",
    }
}

/// The earliest moment at which anything happened.
#[must_use]
pub fn first_moment(data: &Data) -> Option<Millis> {
    let first_stage = name::at(data.ladder.first());
    let columns = [
        (Source::Leads, first_stage.as_str()),
        (Source::Deals, name::CREATED),
        (Source::Counted, name::START),
        (Source::Visits, name::START),
        (Source::Spend, name::START),
    ];
    columns
        .into_iter()
        .filter_map(|(source, column)| tables::frame::earliest(data.frame(source), column))
        .min()
}

/// The earliest moment of records that no measure counts: billing and answers.
#[must_use]
pub fn first_record(data: &Data) -> Option<Millis> {
    let columns = [(Record::Billing, name::START), (Record::Feedback, name::AT)];
    columns
        .into_iter()
        .filter_map(|(record, column)| tables::frame::earliest(data.records(record), column))
        .min()
}

fn total(data: &Data, scope: &Scope, view: View) -> PolarsResult<ChannelRow> {
    let question = Question {
        dimensions: &[],
        basis: Basis::Period,
        view,
        credit: None,
    };
    let mut rows = channels::compute(data, scope, &question)?;
    rows.pop()
        .ok_or_else(|| polars::prelude::polars_err!(NoData: "no total row"))
}

fn figures(data: &Data, scope: &Scope) -> PolarsResult<Vec<(String, Figure<Value>)>> {
    let row = total(data, scope, View::ToDate)?;
    let mut list = vec![("visits".to_owned(), row.visits.map(Value::Count))];
    for (stage, count) in data.ladder.iter().zip(&row.entries) {
        list.push((stage.to_owned(), count.map(Value::Count)));
    }
    for (key, rate) in &row.conversions {
        list.push((key.clone(), rate.clone().map(Value::Rate)));
    }
    list.push(("customers".to_owned(), row.customers.map(Value::Count)));
    list.push(("cost".to_owned(), row.cost.map(Value::Money)));
    list.push(("cac".to_owned(), row.acquisition_cost.map(Value::Money)));
    list.push((
        "pipeline_created".to_owned(),
        row.pipeline_created.map(Value::Money),
    ));
    list.push(("revenue".to_owned(), row.revenue.map(Value::Money)));
    list.push(("roi".to_owned(), row.roi.map(Value::Share)));
    Ok(list)
}

/// The figures of another period at equal age; `no_data` where the inputs begin later.
fn compared_figures(
    data: &Data,
    scope: &Scope,
    other: &Period,
) -> PolarsResult<Vec<Figure<Value>>> {
    let other_scope = scope.at_equal_age(data, other);
    let covered = is_covered(data, other);
    let values = figures(data, &other_scope)?;
    Ok(values
        .into_iter()
        .map(|(_, value)| {
            if covered {
                value
            } else {
                Err(Undefined::NoData)
            }
        })
        .collect())
}

/// True where the inputs do not begin after the period. A first month that begins with
/// its second week is still compared; one that is missing altogether is not.
#[must_use]
pub fn is_covered(data: &Data, period: &Period) -> bool {
    let begins = first_moment(data).map(|at| day_of(at, data.zone));
    begins.is_some_and(|begins| begins < period.end)
}

fn compared(period: &Period, now: &Figure<Value>, other: &Figure<Value>) -> Compared {
    let change = match (now, other) {
        (Ok(now), Ok(other)) => moved(now, other),
        (Err(reason), _) | (_, Err(reason)) => Err(*reason),
    };
    Compared {
        period: period.label.clone(),
        value: other.clone(),
        change,
    }
}

fn moved(now: &Value, other: &Value) -> Figure<Move> {
    if let (Value::Rate(now), Value::Rate(other)) = (now, other) {
        let compared = difference::compare(now.k, now.n, other.k, other.n);
        let compared = compared.ok_or(Undefined::ZeroDenominator)?;
        return Ok(Move::Points {
            difference: compared.difference,
            interval: (compared.low, compared.high),
        });
    }
    if matches!(now, Value::Share(_)) {
        return Err(Undefined::NoData);
    }
    let change = ratio(now.number() - other.number(), other.number())?;
    let beyond_noise = match (now, other) {
        (Value::Count(now), Value::Count(other)) => Some(counts_differ(*now, *other)),
        _ => None,
    };
    Ok(Move::Relative {
        change,
        beyond_noise,
    })
}

/// Two costs per customer differ by more than the scatter of the customers: of all of them
/// together a share fell into this period that its share of the cost does not explain
/// (normal approximation of the binomial, 95 %). With equal costs that is [`counts_differ`].
fn costs_differ(now: (Money, u64), other: (Money, u64)) -> Option<bool> {
    let (cost, customers) = (now.0.units() + other.0.units(), (now.1 + other.1) as f64);
    let share = now.0.units() / cost;
    let scatter = (customers * share * (1.0 - share)).sqrt();
    let known = cost > 0.0 && scatter > 0.0;
    known.then(|| (now.1 as f64 - customers * share).abs() > 1.959_964 * scatter)
}

/// Two counts of independent events differ by more than their scatter:
/// |a - b| > 1.96 sqrt(a + b), the difference of two Poisson counts.
fn counts_differ(now: u64, other: u64) -> bool {
    let (now, other) = (now as f64, other as f64);
    (now - other).abs() > 1.959_964 * (now + other).sqrt()
}

fn is_fed(data: &Data, (from, to): (usize, usize)) -> bool {
    ![data.known(from), data.known(to)].contains(&Known::Nowhere)
}

fn is_settled(data: &Data, scope: &Scope, (from, to): (usize, usize)) -> bool {
    let horizon = i64::from(data.horizons.days(from, to)) * crate::domain::calendar::DAY_MILLIS;
    match (scope.end, data.as_of) {
        (Some(end), Some(as_of)) => end + horizon <= as_of.saturating_add(1),
        _ => false,
    }
}

/// The conversion of the newest mature period.
fn newest_mature(
    data: &Data,
    period: &Period,
    step: (usize, usize),
) -> PolarsResult<Option<(String, Figure<Rate>)>> {
    let Some(mature) = newest_mature_period(data, period, step) else {
        return Ok(None);
    };
    let scope = Scope::of(data, &mature);
    let step = Step::own_cohort(data, &scope, step, View::Cohort);
    let results = evaluate(data, &step.measures(data), &[])?;
    let rate = step.rate(data, &results, &Group::new());
    Ok(Some((mature.label, rate)))
}

/// The newest period of the same kind, up to this one, whose whole cohort has been observed
/// for the horizon of the step.
#[must_use]
pub fn newest_mature_period(data: &Data, period: &Period, step: (usize, usize)) -> Option<Period> {
    let begins = first_moment(data).map(|at| day_of(at, data.zone));
    let mut candidate = period.clone();
    for _ in 0..120 {
        if is_settled(data, &Scope::of(data, &candidate), step) {
            return Some(candidate);
        }
        if begins.is_none_or(|begins| candidate.end <= begins) {
            break;
        }
        candidate = candidate.previous();
    }
    None
}

/// The last period of `grain` that was over at the as-of moment.
#[must_use]
pub fn last_complete(grain: Grain, as_of: Millis, zone: chrono_tz::Tz) -> Period {
    // The end of 31 October is the first instant of November or the millisecond before it.
    let day = day_of(as_of.saturating_add(1), zone);
    Period::of(grain, day).previous()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_per_customer_moves_with_its_customers() {
        let cost = |units: i64| Money::from_micros(i128::from(units) * 1_000_000);
        // Equal costs: as the counts.
        for (now, other) in [(8, 7), (30, 12), (60, 40), (61, 39)] {
            let differ = costs_differ((cost(100), now), (cost(100), other));
            assert_eq!(differ, Some(counts_differ(now, other)), "{now} {other}");
        }
        // Three times the cost for three times the customers is the same cost of each.
        assert_eq!(costs_differ((cost(300), 90), (cost(100), 30)), Some(false));
        assert_eq!(costs_differ((cost(300), 30), (cost(100), 30)), Some(true));
        assert_eq!(costs_differ((cost(0), 3), (cost(0), 4)), None);
        assert_eq!(costs_differ((cost(5), 0), (cost(5), 0)), None);
    }
}
