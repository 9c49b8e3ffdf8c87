//! Win rates under their names: which deals are counted decides what the number means.

use super::curve::WinCurve;
use super::deals::{Deal, days};
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Policy, Rate, Undefined, View};
use crate::metrics::data::Scope;
use crate::stats::random::Random;
use crate::stats::{poisson, wilson};

const DRAWS: u32 = 2_000;

/// A win rate.
#[derive(Debug, Clone, PartialEq)]
pub struct WinRate {
    /// Its key in the metrics dictionary.
    pub method: &'static str,
    /// The rate with its evidence; absent for those by value and by curve.
    pub rate: Figure<Rate>,
    /// The share of those without one.
    pub value: Option<Figure<Share>>,
}

/// A share and the ends of its 95 % interval, where it has one.
pub type Share = (f64, Option<(f64, f64)>);

/// What win rates are counted with.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Under which policy the rates are told.
    pub policy: Policy,
    /// Days within which a deal should be won.
    pub horizon: u32,
    /// Seed of what is drawn.
    pub seed: u64,
    /// Age from which an open deal is stale.
    pub stale_days: f64,
}

/// All of them, over the deals of a period.
#[must_use]
pub fn win_rates(deals: &[&Deal], scope: &Scope, terms: Terms) -> Vec<WinRate> {
    let Terms {
        policy,
        horizon,
        seed,
        stale_days,
    } = terms;
    let seen = scope.seen_from;
    let (start, end) = scope.bounds();
    let within = |at: Option<Millis>| at.is_some_and(|at| start <= at && at < end);
    let everything = scope.period.is_none();
    let deals: Vec<&Deal> = deals
        .iter()
        .copied()
        .filter(|deal| deal.qualified)
        .collect();
    let deals = deals.as_slice();
    let made: Vec<&&Deal> = deals
        .iter()
        .filter(|deal| everything || within(deal.created))
        .collect();
    let closed: Vec<&&Deal> = deals
        .iter()
        .filter(|deal| deal.won || deal.lost)
        .filter(|deal| everything || within(deal.ended()))
        .collect();
    let counted = |k: usize, n: usize, horizon_days| rate(k, n, policy, horizon_days);
    let mature: Vec<&&&Deal> = made
        .iter()
        .filter(|deal| {
            let watched = deal
                .created
                .zip(seen)
                .map(|(created, seen)| days(created, seen));
            watched.is_some_and(|watched| watched >= f64::from(horizon))
        })
        .collect();
    let in_time = |deal: &Deal| {
        let took = deal
            .created
            .zip(deal.won_at)
            .map(|(from, to)| days(from, to));
        took.is_some_and(|took| took <= f64::from(horizon))
    };
    let won = |list: &[&&Deal]| list.iter().filter(|deal| deal.won).count();
    // Where ends without a decision have words of their own, they are no losses.
    let decided: Vec<&&Deal> = closed
        .iter()
        .copied()
        .filter(|deal| !deal.no_decision)
        .collect();
    let stale = deals.iter().filter(|deal| {
        let age = seen.and_then(|seen| deal.age_days(seen).filter(|_| deal.open_at(seen)));
        age.is_some_and(|age| age > stale_days)
    });
    let with_stale = decided.len() + stale.count();
    vec![
        WinRate {
            method: "win_rate_horizon",
            rate: if mature.is_empty() && !made.is_empty() {
                Err(Undefined::NotMature)
            } else {
                let k = mature.iter().filter(|deal| in_time(deal)).count();
                counted(k, mature.len(), Some(horizon))
            },
            value: None,
        },
        WinRate {
            method: "win_rate_closed",
            rate: counted(won(&decided), decided.len(), None),
            value: None,
        },
        WinRate {
            method: "win_rate_closed_value",
            rate: Err(Undefined::NoData),
            value: Some(by_value(&decided, seed)),
        },
        WinRate {
            method: "win_rate_broad",
            rate: counted(won(&closed), closed.len(), None),
            value: None,
        },
        WinRate {
            method: "win_rate_stale_adjusted",
            rate: counted(won(&decided), with_stale, None),
            value: None,
        },
        WinRate {
            method: "win_rate_created",
            rate: counted(won(&made), made.len(), None),
            value: None,
        },
        WinRate {
            method: "win_curve",
            rate: Err(Undefined::NoData),
            value: Some(by_curve(deals, seen, horizon)),
        },
    ]
}

fn rate(k: usize, n: usize, policy: Policy, horizon_days: Option<u32>) -> Figure<Rate> {
    let (k, n) = (k as u64, n as u64);
    if n == 0 {
        return Err(Undefined::ZeroDenominator);
    }
    Ok(Rate {
        k,
        n,
        interval: wilson::interval(k, n),
        view: if horizon_days.is_some() {
            View::Cohort
        } else {
            View::ToDate
        },
        policy,
        horizon_days,
        in_progress: None,
    })
}

/// Won amount over closed amount; its interval is a Poisson bootstrap over the deals.
fn by_value(closed: &[&&Deal], seed: u64) -> Figure<Share> {
    let amounts: Vec<(bool, f64)> = closed
        .iter()
        .filter_map(|deal| deal.amount.map(|amount| (deal.won, amount.units())))
        .collect();
    let sums = |weight: &mut dyn FnMut() -> f64| {
        amounts
            .iter()
            .fold((0.0, 0.0), |(won, all), (is_won, amount)| {
                let amount = weight() * amount;
                (if *is_won { won + amount } else { won }, all + amount)
            })
    };
    let (won, all) = sums(&mut || 1.0);
    let value = crate::domain::figure::ratio(won, all)?;
    let mut random = Random::seeded(seed);
    let mut shares: Vec<f64> = (0..DRAWS)
        .map(|_| sums(&mut || poisson::draw(&mut random, 1.0) as f64))
        .filter(|(_, all)| *all > 0.0)
        .map(|(won, all)| won / all)
        .collect();
    shares.sort_unstable_by(f64::total_cmp);
    let at = |q| crate::stats::quantile::quantile(&shares, q);
    Ok((value, at(0.025).zip(at(0.975))))
}

/// The chance to be won by the horizon, open deals as not decided yet.
fn by_curve(deals: &[&Deal], seen: Option<Millis>, horizon: u32) -> Figure<Share> {
    let moment = seen.ok_or(Undefined::NoTimes)?;
    let owned: Vec<Deal> = deals.iter().map(|deal| (*deal).clone()).collect();
    let curve = WinCurve::at(&owned, moment);
    if curve.n == 0 {
        return Err(Undefined::NoData);
    }
    Ok((curve.curve.converted_by(f64::from(horizon)), None))
}
