//! Wins to come: by the convention of CRMs, by age, with those not made yet, and how well
//! the same method would have done before.

use super::curve::WinCurve;
use super::deals::{Deal, days};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Undefined};
use crate::stats::random::Random;
use crate::stats::{poisson, quantile, variates};

/// Curves redrawn from the deals, and draws of each deal's outcome under each of them.
const CURVES: usize = 100;
const DRAWS_EACH: usize = 20;
/// Days of the past whose wins say what a win brings.
pub const TRAILING_DAYS: f64 = 365.0;
/// Days of the past that say how many deals are made: recent ones, since business grows.
const RECENT_DAYS: f64 = 180.0;
/// Wins from which on a curve is used.
pub const FEWEST_WINS: usize = 10;
/// As-of moments that the back-test looks at.
const BACK_TESTS: i64 = 8;

/// A forecast of the amount won within some days.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Days ahead.
    pub days: u32,
    /// `forecast_weighted`: open amounts times their chance, planned to close within the days.
    pub weighted: Figure<f64>,
    /// `forecast_age`: open deals by age.
    pub by_age: Figure<f64>,
    /// `forecast_new`: deals not made yet.
    pub new: Figure<f64>,
    /// Expected wins of open deals and of new ones.
    pub wins: Figure<(f64, f64)>,
    /// Ends of the 80 % and the 95 % interval of open and new deals together.
    pub intervals: Figure<Intervals>,
}

/// Ends of the 80 % and of the 95 % interval.
pub type Intervals = ((f64, f64), (f64, f64));

impl Forecast {
    /// Open and new deals together.
    ///
    /// # Errors
    /// Why one of them is undefined.
    pub fn total(&self) -> Figure<f64> {
        Ok(self.by_age? + self.new?)
    }
}

/// A past moment, what was foretold then and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct BackTest {
    /// The moment.
    pub as_of: Millis,
    /// Days ahead.
    pub days: u32,
    /// Foretold then, from what was known then.
    pub forecast: f64,
    /// Its 80 % interval.
    pub interval: (f64, f64),
    /// Open amount times the win rate known then.
    pub naive_weighted: f64,
    /// What the days before brought.
    pub naive_last: f64,
    /// What came.
    pub actual: f64,
}

impl BackTest {
    /// True where the interval held.
    #[must_use]
    pub fn held(&self) -> bool {
        self.interval.0 <= self.actual && self.actual <= self.interval.1
    }
}

/// How one method did over all past moments.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// `forecast`, `weighted_pipeline`, `same_as_before`.
    pub method: &'static str,
    /// Past moments.
    pub n: usize,
    /// Of them, those whose interval held; absent for methods without one.
    pub held: Option<usize>,
    /// Sum of absolute errors over the sum of what came.
    pub wape: Figure<f64>,
    /// Mean of (forecast - actual) / actual, where something came.
    pub bias: Figure<f64>,
}

/// The forecast at a moment, from what was known then. `chance` is that of the convention:
/// what the company says of a stage, what the system states, or the overall win rate.
#[must_use]
pub fn forecast(
    deals: &[Deal],
    moment: Millis,
    ahead: u32,
    chance: &dyn Fn(&Deal) -> Option<f64>,
    seed: u64,
) -> Forecast {
    let span = f64::from(ahead);
    let until = moment + i64::from(ahead) * DAY_MILLIS;
    let curve = WinCurve::at(deals, moment);
    let open: Vec<&Deal> = deals.iter().filter(|deal| deal.open_at(moment)).collect();
    let planned = |deal: &&&Deal| {
        deal.expected_close
            .is_some_and(|close| moment < close && close <= until)
    };
    // Without any plan nothing is planned to close: unknown, not 0.
    let has_plans = open.is_empty() || open.iter().any(|deal| deal.expected_close.is_some());
    let weighted = open
        .iter()
        .filter(planned)
        .map(|deal| chance(deal).map(|chance| deal.units_at(moment) * chance))
        .sum::<Option<f64>>()
        .filter(|_| has_plans)
        .ok_or(Undefined::NoData);
    if curve.wins < FEWEST_WINS {
        return Forecast {
            days: ahead,
            weighted,
            by_age: Err(Undefined::NoData),
            new: Err(Undefined::NoData),
            wins: Err(Undefined::NoData),
            intervals: Err(Undefined::NoData),
        };
    }
    let ages: Vec<(f64, f64)> = open
        .iter()
        .map(|deal| {
            (
                deal.age_days(moment).unwrap_or(f64::INFINITY),
                deal.units_at(moment),
            )
        })
        .collect();
    let fresh = Fresh::new(deals, moment, span);
    let chances: Vec<f64> = ages
        .iter()
        .map(|(age, _)| curve.chance(*age, span))
        .collect();
    let by_age: f64 = chances
        .iter()
        .zip(&ages)
        .map(|(chance, (_, amount))| chance * amount)
        .sum();
    let open_wins: f64 = chances.iter().sum();
    let new_wins = fresh.made * curve.mean_until(span);
    Forecast {
        days: ahead,
        weighted,
        by_age: Ok(by_age),
        new: Ok(new_wins * fresh.mean_amount()),
        wins: Ok((open_wins, new_wins)),
        intervals: Ok(intervals(&ages, &fresh, &curve, span, seed)),
    }
}

/// Deals that are not made yet.
struct Fresh {
    /// Expected number of them.
    made: f64,
    /// How many were made in the days that say so.
    seen: f64,
    /// Amounts of past wins, from which theirs are drawn.
    amounts: Vec<f64>,
}

impl Fresh {
    fn new(deals: &[Deal], moment: Millis, span: f64) -> Self {
        let before = |days: f64| moment - (days * DAY_MILLIS as f64) as i64;
        let (from, recent) = (before(TRAILING_DAYS), before(RECENT_DAYS));
        let first = deals.iter().filter_map(|deal| deal.created).min();
        let watched = first.map_or(0.0, |first| days(first.max(recent), moment));
        let made = deals
            .iter()
            .filter(|deal| deal.created.is_some_and(|at| recent < at && at <= moment))
            .count() as f64;
        let won = |deal: &&Deal| deal.won_within(from, moment) && deal.amount.is_some();
        Self {
            made: if watched > 0.0 {
                made / watched * span
            } else {
                0.0
            },
            seen: made,
            amounts: deals.iter().filter(won).map(Deal::units).collect(),
        }
    }

    fn mean_amount(&self) -> f64 {
        quantile::mean(&self.amounts).unwrap_or(0.0)
    }
}

/// Each open deal is won or not, new wins are Poisson and have the amount of a past win.
/// What is not known of the curve and of the rate of new deals is drawn too; deals are
/// taken as independent. `ages` holds age and amount of the open deals.
fn intervals(
    ages: &[(f64, f64)],
    fresh: &Fresh,
    curve: &WinCurve,
    span: f64,
    seed: u64,
) -> Intervals {
    let mut random = Random::seeded(seed);
    let mut sums = Vec::with_capacity(CURVES * DRAWS_EACH);
    for _ in 0..CURVES {
        let curve = curve.redrawn(&mut random);
        let chances: Vec<f64> = ages
            .iter()
            .map(|(age, _)| curve.chance(*age, span))
            .collect();
        let made = match fresh.seen > 0.0 {
            true => fresh.made * variates::gamma(&mut random, fresh.seen) / fresh.seen,
            false => 0.0,
        };
        let wins = made * curve.mean_until(span);
        for _ in 0..DRAWS_EACH {
            let mut sum = 0.0;
            for (chance, (_, amount)) in chances.iter().zip(ages) {
                if random.unit() < *chance {
                    sum += amount;
                }
            }
            for _ in 0..poisson::draw(&mut random, wins) {
                let index = random.below(fresh.amounts.len() as u64) as usize;
                sum += fresh.amounts.get(index).copied().unwrap_or(0.0);
            }
            sums.push(sum);
        }
    }
    sums.sort_unstable_by(f64::total_cmp);
    let at = |q| quantile::quantile(&sums, q).unwrap_or(0.0);
    ((at(0.1), at(0.9)), (at(0.025), at(0.975)))
}

/// Moments `ahead` days apart, the latest one so that its days are over at `as_of`; oldest
/// first. Only what was known at each of them is used.
#[must_use]
pub fn back_tests(deals: &[Deal], as_of: Millis, ahead: u32, seed: u64) -> Vec<BackTest> {
    let span = i64::from(ahead) * DAY_MILLIS;
    let mut found: Vec<BackTest> = (1..=BACK_TESTS)
        .filter_map(|back| back_test(deals, as_of - back * span, ahead, seed))
        .collect();
    found.reverse();
    found
}

fn back_test(deals: &[Deal], moment: Millis, ahead: u32, seed: u64) -> Option<BackTest> {
    let span = i64::from(ahead) * DAY_MILLIS;
    // Plans of today were not known then, so the convention cannot be tried on the past.
    let found = forecast(deals, moment, ahead, &|_| None, seed);
    let (total, (interval, _)) = (found.total().ok()?, found.intervals.ok()?);
    let won = |from: Millis, to: Millis| -> f64 {
        deals
            .iter()
            .filter(|deal| deal.won_within(from, to))
            .map(Deal::units)
            .sum()
    };
    let (wins, ends) = deals
        .iter()
        .filter_map(|deal| deal.timeline.ended_by(moment))
        .fold((0_u32, 0_u32), |(wins, ends), (_, won)| {
            (wins + u32::from(won), ends + 1)
        });
    let open: f64 = deals
        .iter()
        .filter(|deal| deal.open_at(moment))
        .map(|deal| deal.units_at(moment))
        .sum();
    Some(BackTest {
        as_of: moment,
        days: ahead,
        forecast: total,
        interval,
        naive_weighted: open * f64::from(wins) / f64::from(ends.max(1)),
        naive_last: won(moment - span, moment),
        actual: won(moment, moment + span),
    })
}

/// The method beside the two that need no model.
#[must_use]
pub fn skills(tests: &[BackTest]) -> Vec<Skill> {
    let held = tests.iter().filter(|test| test.held()).count();
    type Method = (&'static str, fn(&BackTest) -> f64, Option<usize>);
    let methods: [Method; 3] = [
        ("forecast", |test| test.forecast, Some(held)),
        ("weighted_pipeline", |test| test.naive_weighted, None),
        ("same_as_before", |test| test.naive_last, None),
    ];
    methods
        .into_iter()
        .map(|(method, of, held)| {
            let errors: f64 = tests
                .iter()
                .map(|test| (of(test) - test.actual).abs())
                .sum();
            let came: f64 = tests.iter().map(|test| test.actual).sum();
            let ratios: Vec<f64> = tests
                .iter()
                .filter(|test| test.actual > 0.0)
                .map(|test| (of(test) - test.actual) / test.actual)
                .collect();
            Skill {
                method,
                n: tests.len(),
                held,
                wape: crate::domain::figure::ratio(errors, came),
                bias: quantile::mean(&ratios).ok_or(Undefined::NoData),
            }
        })
        .collect()
}
