//! How fast money comes, how long deals take, how large they are (dictionary 3.1, 3.4, 4.1).

use super::curve::WinCurve;
use super::deals::{Deal, days};
use super::forecast::TRAILING_DAYS;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::domain::money::Money;
use crate::metrics::data::Scope;
use crate::stats::quantile;

/// Wins from which on their 90th percentile says what is too old.
const WINS_FOR_AGE: usize = 30;

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

impl Velocity {
    /// Velocity over throughput: far from 1 where stale deals swell the pipeline, or where it
    /// changed its size.
    ///
    /// # Errors
    /// Why one of them is undefined; no throughput.
    pub fn velocity_ratio(&self) -> Figure<f64> {
        ratio(self.velocity?, self.throughput?)
    }
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

/// Amounts of the deals won in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct DealSize {
    /// Won deals with an amount.
    pub deals: u64,
    /// Won deals without one.
    pub missing: u64,
    /// Their mean.
    pub mean: Figure<f64>,
    /// Their median.
    pub median: Figure<f64>,
}

/// Velocity at a moment, over the trailing window.
#[must_use]
pub fn velocity(deals: &[Deal], moment: Millis) -> Velocity {
    let from = trailing(moment);
    let open = deals.iter().filter(|deal| deal.open_at(moment)).count() as u64;
    let ended = |deal: &&Deal| deal.ended().is_some_and(|at| from < at && at <= moment);
    let (won, all) = deals
        .iter()
        .filter(ended)
        .filter(|deal| !deal.no_decision)
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

/// Length of the cycle at a moment.
#[must_use]
pub fn cycle(deals: &[Deal], moment: Millis) -> Cycle {
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

/// `average_deal_size`, its median beside it, of the deals won in the period.
#[must_use]
pub fn deal_size(deals: &[&Deal], scope: &Scope) -> DealSize {
    let (start, end) = scope.bounds();
    let everything = scope.period.is_none();
    let inside = |at: Millis| start <= at && at < end;
    let won: Vec<&&Deal> = deals
        .iter()
        .filter(|deal| deal.won && (everything || deal.won_at.is_some_and(inside)))
        .collect();
    let mut amounts: Vec<f64> = won
        .iter()
        .filter_map(|deal| deal.amount.map(Money::units))
        .collect();
    amounts.sort_unstable_by(f64::total_cmp);
    DealSize {
        deals: amounts.len() as u64,
        missing: (won.len() - amounts.len()) as u64,
        mean: quantile::mean(&amounts).ok_or(Undefined::NoData),
        median: quantile::quantile(&amounts, 0.5).ok_or(Undefined::NoData),
    }
}

/// The age that nine in ten of the deals won in the trailing window did not reach.
///
/// # Errors
/// Fewer than 30 of them.
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
    moment - (TRAILING_DAYS * DAY_MILLIS as f64) as i64
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::deal;
    use super::*;

    /// 40 open, 25 % won at 9,000 after 45 days: 2,000 a day.
    #[test]
    fn velocity_is_the_product_of_its_parts() {
        let mut deals: Vec<Deal> = (0..40).map(|_| deal(100, None, None, None)).collect();
        deals.extend((0..10).map(|_| deal(100, Some(145), None, Some(9_000.0))));
        deals.extend((0..30).map(|_| deal(100, None, Some(120), Some(1.0))));
        let found = velocity(&deals, 200 * DAY_MILLIS);
        assert_eq!((found.open, found.win_rate), (40, Ok(0.25)));
        assert_eq!(found.velocity, Ok(2_000.0));
        // 90,000 in the 100 days since the first deal.
        assert_eq!(found.throughput, Ok(900.0));
        assert!(
            found
                .velocity_ratio()
                .is_ok_and(|ratio| (ratio - 20.0 / 9.0).abs() < 1e-12)
        );
    }

    #[test]
    fn size_is_of_the_wins_with_an_amount() {
        let all = [
            deal(0, Some(5), None, Some(100.0)),
            deal(0, Some(6), None, Some(400.0)),
            deal(0, Some(6), None, None),
            deal(0, Some(60), None, Some(9_999.0)),
            deal(0, None, Some(6), Some(9_999.0)),
        ];
        let scope = Scope {
            period: None,
            start: None,
            end: None,
            seen_from: Some(50 * DAY_MILLIS),
        };
        let of = |deals: &[Deal]| deal_size(&deals.iter().collect::<Vec<_>>(), &scope);
        let found = of(&all[..3]);
        assert_eq!((found.deals, found.missing), (2, 1));
        assert_eq!((found.mean, found.median), (Ok(250.0), Ok(250.0)));
        assert_eq!(of(&all[4..]).mean, Err(Undefined::NoData));
    }
}
