//! The pipeline: open deals, what moved, how often deals are won, how fast, what will come.
//!
//! Definitions: metrics dictionary sections 3 and 4. Deals are few, so they are taken out
//! of the table as rows once, and everything is plain sums over them. Past moments are
//! rebuilt from the dates of the deals; an amount is today's.

pub mod curve;
pub mod deals;
pub mod forecast;
pub mod win_rate;

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::domain::money::Money;
use crate::metrics::data::{Data, Scope};
use crate::metrics::measure::Group;
use crate::stats::quantile;
use crate::tables::NONE;

use curve::WinCurve;
use deals::{Deal, days};
use forecast::{BackTest, Forecast, Skill};
use win_rate::{WinRate, win_rates};

/// Days ahead of the forecasts.
pub const AHEAD: [u32; 3] = [30, 60, 90];
/// Days ahead of the back-test.
const BACK_TEST_DAYS: u32 = 90;
/// Days of the past that velocity looks at.
const TRAILING_DAYS: f64 = forecast::TRAILING_DAYS;
/// Age from which an open deal should have been closed (dictionary 5.4).
const UNCLOSED_DAYS: f64 = 35.0;
/// Wins from which on their 90th percentile says what is too old.
const WINS_FOR_AGE: usize = 30;

/// What a company says of its deals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setup {
    /// Stages in their order, lowest first.
    pub stages: Vec<String>,
    /// Chance of a stage, as stated.
    pub probability: BTreeMap<String, f64>,
    /// Days since the last activity after which a deal of a stage is left lying.
    pub rot_days: BTreeMap<String, f64>,
    /// Target of the period that coverage is measured against, in units.
    pub target: Option<f64>,
}

/// Where the chances of the convention come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// `[[pipeline]] probability`.
    Configured,
    /// The system's own column.
    Stated,
    /// The share of ended deals that were won.
    Overall,
}

/// Open deals of one stage (or of one group).
#[derive(Debug, Clone, PartialEq)]
pub struct StageRow {
    /// The stage; `(none)` where the export has none.
    pub stage: String,
    /// Open deals.
    pub deals: u64,
    /// Sum of their amounts.
    pub value: Money,
    /// Amounts times their chances.
    pub weighted: Figure<Money>,
    /// Deviation of the weighted sum, deals taken as independent.
    pub deviation: Figure<f64>,
    /// Deals without an amount.
    pub missing_amount: u64,
    /// Median age in days.
    pub median_age: Figure<f64>,
    /// Deals whose planned close lies in the past, and their amounts.
    pub overdue: (u64, Money),
    /// Deals older than nine in ten of those won.
    pub overaged: Figure<u64>,
}

/// A line of the waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Movement {
    /// `opening`, `new`, `won`, `lost`, `closing`.
    pub step: &'static str,
    /// Deals.
    pub deals: u64,
    /// Their amounts; those that left stand below zero.
    pub value: Money,
}

/// How fast money comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Velocity {
    /// Open deals.
    pub open: u64,
    /// Share of ended deals won, in the trailing window.
    pub win_rate: Figure<f64>,
    /// Mean amount of the deals won in it.
    pub mean_won: Figure<f64>,
    /// Mean days from creation to win.
    pub cycle_days: Figure<f64>,
    /// The product over the days: money of a day.
    pub velocity: Figure<f64>,
    /// Won amount of a day of the window.
    pub throughput: Figure<f64>,
}

/// How long deals take.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle {
    /// Wins behind the quantiles.
    pub wins: u64,
    /// Of the deals won: median, 90th percentile, mean.
    pub won: Figure<(f64, f64, f64)>,
    /// Median time to a win with open deals as not decided yet.
    pub median_to_win: Figure<f64>,
    /// Share ever won, as far as was watched.
    pub ever: Figure<f64>,
}

/// Why an open deal stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// The planned close has passed.
    Overdue,
    /// Older than nine in ten of the deals won.
    Overaged,
    /// Open for more than 35 days, where too few wins say what is old.
    Unclosed,
    /// No activity for longer than the stage allows.
    Rotting,
    /// No amount.
    NoAmount,
    /// No planned close.
    NoCloseDate,
    /// No owner.
    NoOwner,
}

impl Flag {
    /// The name in the data formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Overaged => "overaged",
            Self::Unclosed => "unclosed",
            Self::Rotting => "rotting",
            Self::NoAmount => "no_amount",
            Self::NoCloseDate => "no_close_date",
            Self::NoOwner => "no_owner",
        }
    }
}

/// An open deal of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The deal.
    pub deal: Deal,
    /// Days since it was made.
    pub age: Option<f64>,
    /// Days since its last activity.
    pub idle: Option<f64>,
    /// Chance to be won within 90 days, by its age.
    pub chance: Figure<f64>,
    /// Why it stands out.
    pub flags: Vec<Flag>,
}

/// Everything about the pipeline at a moment.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Open deals by stage, in order.
    pub stages: Vec<StageRow>,
    /// All of them.
    pub total: StageRow,
    /// By the dimensions asked for.
    pub groups: Vec<(Group, StageRow)>,
    /// Where the chances come from.
    pub weights: Weights,
    /// What moved in the period; absent where it has no ends.
    pub movement: Option<Vec<Movement>>,
    /// Win rates of the period.
    pub win_rates: Vec<WinRate>,
    /// By the dimensions asked for.
    pub win_rates_by: Vec<(Group, Vec<WinRate>)>,
    /// How fast money comes.
    pub velocity: Velocity,
    /// How long deals take.
    pub cycle: Cycle,
    /// Wins to come.
    pub forecasts: Vec<Forecast>,
    /// How the method would have done.
    pub back_tests: Vec<BackTest>,
    /// Beside the naive ones.
    pub skills: Vec<Skill>,
    /// Won share by age in days, for the picture: age, won, open.
    pub curve: Vec<(f64, f64, f64)>,
    /// Every open deal.
    pub list: Vec<Listed>,
    /// Deals that ended at an unknown time: in counts, not in curves.
    pub untimed_ends: u64,
}

/// The pipeline as it is at the as-of moment, movement and win rates over the period.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(
    data: &Data,
    scope: &Scope,
    dimensions: &[String],
    setup: &Setup,
) -> PolarsResult<Option<Pipeline>> {
    let all = deals::deals(data, dimensions)?;
    let Some(moment) = data.as_of.filter(|_| !all.is_empty()) else {
        return Ok(None);
    };
    let last = data.ladder.len().saturating_sub(1);
    let horizon = data.horizons.days(data.opportunity_stage.min(last), last);
    let view = View {
        setup,
        moment,
        curve: WinCurve::at(&all, moment),
        old_age: old_age(&all, moment),
        overall: overall(&all),
        weights: weights(&all, setup),
    };
    let open: Vec<&Deal> = all.iter().filter(|deal| deal.open_at(moment)).collect();
    let everything: Vec<&Deal> = all.iter().collect();
    let rates = |deals: &[&Deal]| win_rates(deals, scope, data.policy, horizon, data.seed);
    let by_group = |deals: &[&'_ Deal]| -> BTreeMap<Group, Vec<usize>> {
        let mut groups: BTreeMap<Group, Vec<usize>> = BTreeMap::new();
        for (index, deal) in deals.iter().enumerate() {
            groups.entry(deal.group.clone()).or_default().push(index);
        }
        groups
    };
    let picked = |deals: &[&'_ Deal], rows: &[usize]| -> Vec<Deal> {
        rows.iter().map(|row| deals[*row].clone()).collect()
    };
    let (mut groups, mut win_rates_by) = (Vec::new(), Vec::new());
    if !dimensions.is_empty() {
        for (group, rows) in by_group(&open) {
            let picked = picked(&open, &rows);
            groups.push((group, view.row("", &picked.iter().collect::<Vec<_>>())));
        }
        for (group, rows) in by_group(&everything) {
            let picked = picked(&everything, &rows);
            win_rates_by.push((group, rates(&picked.iter().collect::<Vec<_>>())));
        }
    }
    let chance = |deal: &Deal| Some(view.chance(deal));
    let back_tests = forecast::back_tests(&all, moment, BACK_TEST_DAYS, data.seed);
    Ok(Some(Pipeline {
        stages: view.by_stage(&open),
        total: view.row("", &open),
        groups,
        weights: view.weights,
        movement: movement(&all, scope),
        win_rates: rates(&everything),
        win_rates_by,
        velocity: velocity(&all, moment),
        cycle: cycle(&all, moment),
        forecasts: AHEAD
            .iter()
            .map(|ahead| forecast::forecast(&all, moment, *ahead, &chance, data.seed))
            .collect(),
        skills: forecast::skills(&back_tests),
        back_tests,
        curve: view
            .curve
            .curve
            .steps
            .iter()
            .map(|step| (step.time, step.converted, step.open))
            .collect(),
        list: open.iter().map(|deal| view.listed(deal)).collect(),
        untimed_ends: all
            .iter()
            .filter(|deal| (deal.won || deal.lost) && deal.ended().is_none())
            .count() as u64,
    }))
}

/// What open deals are looked at with.
struct View<'a> {
    setup: &'a Setup,
    moment: Millis,
    curve: WinCurve,
    old_age: Figure<f64>,
    overall: f64,
    weights: Weights,
}

impl View<'_> {
    /// The chance of a deal by the convention.
    fn chance(&self, deal: &Deal) -> f64 {
        let configured = || {
            let stage = deal.stage.as_deref()?;
            self.setup.probability.get(&normal(stage)).copied()
        };
        match self.weights {
            Weights::Configured => configured().or(deal.probability).unwrap_or(self.overall),
            Weights::Stated => deal.probability.unwrap_or(self.overall),
            Weights::Overall => self.overall,
        }
    }

    /// Stages in the order of the configuration; then those it does not name, by the chance
    /// that the system states, by name.
    fn by_stage(&self, open: &[&Deal]) -> Vec<StageRow> {
        let mut stages: BTreeMap<String, Vec<&Deal>> = BTreeMap::new();
        for deal in open {
            let stage = deal.stage.clone().unwrap_or_else(|| NONE.to_owned());
            stages.entry(stage).or_default().push(deal);
        }
        let place = |stage: &str| {
            let known = self.setup.stages.iter();
            let mut known = known.map(|name| normal(name));
            known
                .position(|known| known == normal(stage))
                .unwrap_or(usize::MAX)
        };
        let stated = |deals: &[&Deal]| {
            let chances: Vec<f64> = deals.iter().filter_map(|deal| deal.probability).collect();
            quantile::mean(&chances).unwrap_or(0.0)
        };
        let mut list: Vec<(String, Vec<&Deal>)> = stages.into_iter().collect();
        list.sort_by(|(a, of_a), (b, of_b)| {
            let order = place(a).cmp(&place(b));
            order.then_with(|| stated(of_a).total_cmp(&stated(of_b)))
        });
        list.iter()
            .map(|(stage, deals)| self.row(stage, deals))
            .collect()
    }

    fn row(&self, stage: &str, deals: &[&Deal]) -> StageRow {
        let value =
            |deals: &[&&Deal]| -> Money { deals.iter().filter_map(|deal| deal.amount).sum() };
        let all: Vec<&&Deal> = deals.iter().collect();
        let overdue: Vec<&&Deal> = deals
            .iter()
            .filter(|deal| deal.expected_close.is_some_and(|close| close < self.moment))
            .collect();
        let mut ages: Vec<f64> = deals
            .iter()
            .filter_map(|d| d.age_days(self.moment))
            .collect();
        ages.sort_unstable_by(f64::total_cmp);
        let weighted: f64 = deals
            .iter()
            .map(|deal| deal.units() * self.chance(deal))
            .sum();
        let variance: f64 = deals
            .iter()
            .map(|deal| {
                let chance = self.chance(deal);
                deal.units() * deal.units() * chance * (1.0 - chance)
            })
            .sum();
        StageRow {
            stage: stage.to_owned(),
            deals: deals.len() as u64,
            value: value(&all),
            weighted: Ok(Money::from_units(weighted)),
            deviation: Ok(variance.sqrt()),
            missing_amount: deals.iter().filter(|deal| deal.amount.is_none()).count() as u64,
            median_age: quantile::quantile(&ages, 0.5).ok_or(Undefined::NoData),
            overdue: (overdue.len() as u64, value(&overdue)),
            overaged: self
                .old_age
                .map(|old| ages.iter().filter(|age| **age > old).count() as u64),
        }
    }

    fn listed(&self, deal: &Deal) -> Listed {
        let age = deal.age_days(self.moment);
        let idle = deal.last_activity.map(|at| days(at, self.moment));
        let mut flags = Vec::new();
        let mut flag = |raised: bool, flag: Flag| {
            if raised {
                flags.push(flag);
            }
        };
        let limit = deal
            .stage
            .as_deref()
            .and_then(|stage| self.setup.rot_days.get(&normal(stage)));
        flag(
            deal.expected_close.is_some_and(|close| close < self.moment),
            Flag::Overdue,
        );
        match self.old_age {
            Ok(old) => flag(age.is_some_and(|age| age > old), Flag::Overaged),
            Err(_) => flag(age.is_some_and(|age| age > UNCLOSED_DAYS), Flag::Unclosed),
        }
        flag(
            idle.zip(limit).is_some_and(|(idle, limit)| idle > *limit),
            Flag::Rotting,
        );
        flag(deal.amount.is_none(), Flag::NoAmount);
        flag(deal.expected_close.is_none(), Flag::NoCloseDate);
        flag(deal.owner.is_none(), Flag::NoOwner);
        let enough = self.curve.wins >= forecast::FEWEST_WINS;
        Listed {
            chance: age
                .filter(|_| enough)
                .map(|age| self.curve.chance(age, f64::from(BACK_TEST_DAYS)))
                .ok_or(Undefined::NoData),
            deal: deal.clone(),
            age,
            idle,
            flags,
        }
    }
}

/// A stage word without case.
fn normal(word: &str) -> String {
    crate::domain::text::normal_form(word)
}

fn weights(deals: &[Deal], setup: &Setup) -> Weights {
    if !setup.probability.is_empty() {
        Weights::Configured
    } else if deals.iter().any(|deal| deal.probability.is_some()) {
        Weights::Stated
    } else {
        Weights::Overall
    }
}

/// Share of ended deals that were won.
fn overall(deals: &[Deal]) -> f64 {
    let won = deals.iter().filter(|deal| deal.won).count() as f64;
    let ended = deals.iter().filter(|deal| deal.won || deal.lost).count() as f64;
    if ended > 0.0 { won / ended } else { 0.0 }
}

/// The age that nine in ten of the deals won in the trailing window did not reach.
pub fn old_age(deals: &[Deal], moment: Millis) -> Figure<f64> {
    let mut cycles = cycles(deals, moment);
    if cycles.len() < WINS_FOR_AGE {
        return Err(Undefined::NoData);
    }
    cycles.sort_unstable_by(f64::total_cmp);
    quantile::quantile(&cycles, 0.9).ok_or(Undefined::NoData)
}

/// Days from creation to win, of the deals won in the trailing window.
fn cycles(deals: &[Deal], moment: Millis) -> Vec<f64> {
    let from = trailing(moment);
    deals
        .iter()
        .filter(|deal| deal.won_within(from, moment))
        .filter_map(|deal| Some(days(deal.created?, deal.won_at?)))
        .filter(|days| *days >= 0.0)
        .collect()
}

fn trailing(moment: Millis) -> Millis {
    moment - (TRAILING_DAYS * crate::domain::calendar::DAY_MILLIS as f64) as i64
}

/// Opening + new - won - lost = closing, exact to the cent; amounts are today's.
fn movement(deals: &[Deal], scope: &Scope) -> Option<Vec<Movement>> {
    let (start, end) = (scope.start?, scope.end?);
    let last = end.min(scope.seen_from.map_or(end, |seen| seen.saturating_add(1)));
    let (before, after) = (start - 1, last - 1);
    let within = |at: Option<Millis>| at.is_some_and(|at| before < at && at <= after);
    let line = |step, sign: i128, counts: &dyn Fn(&Deal) -> bool| {
        let counted: Vec<&Deal> = deals.iter().filter(|deal| counts(deal)).collect();
        let value: Money = counted.iter().filter_map(|deal| deal.amount).sum();
        Movement {
            step,
            deals: counted.len() as u64,
            value: Money::from_micros(value.micros() * sign),
        }
    };
    // What was in the pipeline at some time of the period: else a deal that ended before it
    // was made, or at an unknown time, would leave without having come.
    let inside = |deal: &Deal| deal.open_at(before) || within(deal.created);
    Some(vec![
        line("opening", 1, &|deal| deal.open_at(before)),
        line("new", 1, &|deal| {
            !deal.open_at(before) && within(deal.created) && timed(deal)
        }),
        line("won", -1, &|deal| {
            inside(deal) && timed(deal) && within(deal.won_at)
        }),
        line("lost", -1, &|deal| {
            inside(deal) && timed(deal) && deal.won_at.is_none() && within(deal.lost_at)
        }),
        line("closing", 1, &|deal| deal.open_at(after)),
    ])
}

/// False for a deal that ended at an unknown time, or before it was made.
fn timed(deal: &Deal) -> bool {
    let over = deal.won || deal.lost;
    match (over, deal.ended(), deal.created) {
        (true, None, _) => false,
        (true, Some(ended), Some(created)) => ended >= created,
        _ => true,
    }
}

fn velocity(deals: &[Deal], moment: Millis) -> Velocity {
    let from = trailing(moment);
    let open = deals.iter().filter(|deal| deal.open_at(moment)).count() as u64;
    let ended = |deal: &&Deal| deal.ended().is_some_and(|at| from < at && at <= moment);
    let (won, all) = deals
        .iter()
        .filter(ended)
        .fold((0_u32, 0_u32), |(won, all), deal| {
            (won + u32::from(deal.won_at.is_some()), all + 1)
        });
    let win_rate = ratio(f64::from(won), f64::from(all));
    let amounts: Vec<f64> = deals
        .iter()
        .filter(|deal| deal.won_within(from, moment) && deal.amount.is_some())
        .map(Deal::units)
        .collect();
    let mean_won = quantile::mean(&amounts).ok_or(Undefined::NoData);
    let cycle_days = quantile::mean(&cycles(deals, moment)).ok_or(Undefined::NoData);
    let product = || -> Figure<f64> {
        let money = open as f64 * win_rate? * mean_won?;
        ratio(money, cycle_days?)
    };
    let first = deals
        .iter()
        .filter_map(|deal| deal.created.or(deal.ended()))
        .min();
    let watched = first.map_or(0.0, |first| days(first.max(from), moment));
    Velocity {
        open,
        win_rate,
        mean_won,
        cycle_days,
        velocity: product(),
        throughput: ratio(amounts.iter().sum(), watched),
    }
}

fn cycle(deals: &[Deal], moment: Millis) -> Cycle {
    let mut won = cycles(deals, moment);
    won.sort_unstable_by(f64::total_cmp);
    let quantiles = || {
        Some((
            quantile::quantile(&won, 0.5)?,
            quantile::quantile(&won, 0.9)?,
            quantile::mean(&won)?,
        ))
    };
    let curve = WinCurve::at(deals, moment);
    Cycle {
        wins: won.len() as u64,
        won: quantiles().ok_or(Undefined::NoData),
        median_to_win: curve
            .curve
            .median_time_to_convert()
            .ok_or(Undefined::NotReached),
        ever: if curve.n > 0 {
            Ok(curve.ever())
        } else {
            Err(Undefined::NoData)
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::DAY_MILLIS;

    fn deal(created: i64, won_at: Option<i64>, lost_at: Option<i64>, amount: Option<f64>) -> Deal {
        let at = |day: i64| day * DAY_MILLIS;
        Deal {
            id: format!("{created}"),
            name: None,
            pipeline: None,
            stage: None,
            group: Vec::new(),
            owner: None,
            amount: amount.map(Money::from_units),
            created: Some(at(created)),
            won_at: won_at.map(at),
            lost_at: lost_at.map(at),
            won: won_at.is_some(),
            lost: lost_at.is_some(),
            expected_close: None,
            probability: None,
            last_activity: None,
        }
    }

    /// The second half of vector 12.9 of the metrics dictionary.
    #[test]
    fn weighted_sum_and_its_deviation() {
        let stated = |amount, chance| Deal {
            probability: Some(chance),
            ..deal(0, None, None, amount)
        };
        let deals = [
            stated(Some(10_000.0), 0.2),
            stated(Some(5_000.0), 0.5),
            stated(Some(20_000.0), 0.8),
            stated(None, 0.5),
        ];
        let setup = Setup::default();
        let view = View {
            setup: &setup,
            moment: DAY_MILLIS,
            curve: WinCurve::at(&deals, DAY_MILLIS),
            old_age: Err(Undefined::NoData),
            overall: 0.0,
            weights: weights(&deals, &setup),
        };
        let row = view.row("", &deals.iter().collect::<Vec<_>>());
        assert_eq!(row.value, Money::from_units(35_000.0));
        assert_eq!(row.weighted, Ok(Money::from_units(20_500.0)));
        assert!(row.deviation.is_ok_and(|sd| (sd - 9_287.09).abs() < 0.005));
        assert_eq!((row.missing_amount, row.deals), (1, 4));
    }

    /// 40 open, 25 % won at 9,000 after 45 days: 2,000 a day.
    #[test]
    fn velocity_is_the_product_of_its_parts() {
        let mut deals: Vec<Deal> = (0..40).map(|_| deal(100, None, None, None)).collect();
        deals.extend((0..10).map(|_| deal(100, Some(145), None, Some(9_000.0))));
        deals.extend((0..30).map(|_| deal(100, None, Some(120), Some(1.0))));
        let found = velocity(&deals, 200 * DAY_MILLIS);
        assert_eq!((found.open, found.win_rate), (40, Ok(0.25)));
        assert_eq!(found.velocity, Ok(2_000.0));
    }

    #[test]
    fn the_waterfall_adds_up() {
        let deals = [
            deal(0, None, None, Some(10.0)),
            deal(1, Some(15), None, Some(4.0)),
            deal(2, None, Some(12), Some(8.0)),
            deal(11, Some(13), None, Some(3.0)),
            deal(14, None, None, None),
            // Made after it ended, and ended before the period: never in the pipeline.
            deal(16, Some(12), None, Some(100.0)),
            deal(0, Some(5), None, Some(50.0)),
        ];
        let scope = Scope {
            period: None,
            start: Some(10 * DAY_MILLIS),
            end: Some(20 * DAY_MILLIS),
            seen_from: Some(40 * DAY_MILLIS),
        };
        let Some(lines) = movement(&deals, &scope) else {
            panic!("a period");
        };
        let of = |step: &str| {
            let line = lines.iter().find(|line| line.step == step);
            line.map_or((0, 0.0), |line| (line.deals, line.value.units()))
        };
        assert_eq!(of("opening"), (3, 22.0));
        assert_eq!(of("new"), (2, 3.0));
        assert_eq!(of("won"), (2, -7.0));
        assert_eq!(of("lost"), (1, -8.0));
        assert_eq!(of("closing"), (2, 10.0));
        let sum = of("opening").1 + of("new").1 + of("won").1 + of("lost").1;
        assert_eq!(sum, of("closing").1);
    }

    /// Vector 12.4: times, won 1, lost 2, open 0.
    #[test]
    fn the_win_curve_counts_open_deals_as_undecided() {
        let times = [3, 5, 5, 8, 10, 12, 12, 15, 20, 30];
        let ends = [1, 2, 1, 2, 0, 1, 2, 0, 1, 0];
        let deals: Vec<Deal> = times
            .iter()
            .zip(ends)
            .map(|(time, end)| {
                // All are watched until day 30.
                let created = if end == 0 { 30 - time } else { 0 };
                let at = |kind| (end == kind).then_some(*time);
                deal(created, at(1), at(2), Some(1.0))
            })
            .collect();
        let curve = WinCurve::at(&deals, 30 * DAY_MILLIS);
        for (age, won) in [
            (3.0, 0.1),
            (5.0, 0.2),
            (8.0, 0.2),
            (12.0, 0.32),
            (20.0, 0.5),
        ] {
            assert!((curve.curve.converted_by(age) - won).abs() < 1e-12, "{age}");
        }
        assert!((curve.curve.open_at(20.0) - 0.18).abs() < 1e-12);
        // (F(12 + 8) - F(12)) / S(12).
        assert!((curve.chance(12.0, 8.0) - 0.18 / 0.36).abs() < 1e-12);
        assert_eq!(curve.chance(30.0, 10.0), 0.0);
    }

    #[test]
    fn without_plans_the_convention_knows_nothing() {
        let moment = 10 * DAY_MILLIS;
        let mut deals = vec![deal(0, None, None, Some(100.0))];
        let weighted =
            |deals: &[Deal]| forecast::forecast(deals, moment, 30, &|_| Some(0.5), 1).weighted;
        assert_eq!(weighted(&deals), Err(Undefined::NoData));
        deals[0].expected_close = Some(20 * DAY_MILLIS);
        assert_eq!(weighted(&deals), Ok(50.0));
        deals[0].expected_close = Some(50 * DAY_MILLIS);
        assert_eq!(weighted(&deals), Ok(0.0));
        assert_eq!(weighted(&[]), Ok(0.0));
    }

    #[test]
    fn what_came_later_is_not_known_before() {
        let mut deals: Vec<Deal> = (0..60)
            .map(|day| deal(day * 5, Some(day * 5 + 20), None, Some(100.0)))
            .collect();
        let before = forecast::back_tests(&deals, 400 * DAY_MILLIS, 90, 1);
        // Deals made after a moment change nothing of what was foretold then.
        deals.extend((0..50).map(|_| deal(390, None, None, Some(1e6))));
        let after = forecast::back_tests(&deals, 400 * DAY_MILLIS, 90, 1);
        assert!(!before.is_empty());
        for (a, b) in before.iter().zip(&after) {
            assert_eq!(
                (a.forecast, a.interval, a.actual),
                (b.forecast, b.interval, b.actual)
            );
        }
    }
}
