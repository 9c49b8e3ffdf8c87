//! The best split of money or hours among a company's channels.
//!
//! A channel's lasting return is the expectation, over everything its history leaves open,
//! of a concave function, and so concave itself: the best plan is unique in value and shows
//! itself by equal marginals (section 3.9 of the what-if document).

use super::Driver;
use super::allocate::{
    Infeasible, Place, Return, Split, filled_to, in_proportion, scaled, split, split_whole,
};
use super::answer::{Fitted, fit};
use super::history::{Channel, Company};
use super::outcome::{DRAWS, Spread, stream};
use super::rates::{Given, Rate, Rates, rates};
use super::response::{sampled_shares, steady_weights};
use super::saturation::Curve;

/// Chance of being better below which the present plan is kept.
pub const KEEP_BELOW: f64 = 0.7;
/// Effort above this multiple of the most seen so far is outside the range seen.
const SEEN_ROOM: f64 = 1.25;
/// Where a return target asks for more than this multiple of the present, it stops.
const MOST_GROWTH: f64 = 10.0;
/// Steps between the present plan and the best one that a careful plan chooses from.
const CAREFUL_STEPS: u32 = 20;

/// What is split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Total {
    /// Money of a month.
    Money(f64),
    /// Whole hours of a month, among the channels that take hours.
    Hours(u64),
    /// Until the next unit of money returns so much more than itself.
    Return(f64),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is split; absent: the present money, better.
    pub total: Option<Total>,
    /// Least and most, as multiples of the present amounts; absent: the range seen, give or
    /// take a quarter.
    pub bounds: Option<(f64, f64)>,
    /// Amounts that stay, by index of the channel: money, or hours where hours are split.
    pub fixed: Vec<(usize, f64)>,
    /// Best in bad luck rather than on average; whole hours are always split by the average.
    pub careful: bool,
    /// Price of an hour, in place of that of the time sheets.
    pub hour_cost: Option<f64>,
    /// Share of revenue that is gross profit.
    pub margin: f64,
    /// Value of a customer, in place of that of the deals.
    pub deal_value: Option<f64>,
    /// Seed of all draws.
    pub seed: u64,
}

/// A bound that holds a channel where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It would get less.
    Least,
    /// It would get more.
    Most,
    /// It was said to stay.
    Fixed,
}

/// A line of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The channel.
    pub channel: String,
    /// What it takes.
    pub driver: Driver,
    /// Present amount of a month: hours or money.
    pub now: f64,
    /// Proposed amount.
    pub proposed: f64,
    /// Price of a unit.
    pub price: f64,
    /// Gross profit of the next unit of money, at the present amount.
    pub marginal_now: f64,
    /// The same at the proposed one.
    pub marginal_proposed: f64,
    /// What holds it.
    pub bound: Option<Bound>,
    /// True where the proposed amount lies outside the range seen.
    pub outside: bool,
}

/// The plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// Channels, by name.
    pub plan: Vec<Planned>,
    /// Extra gross profit of a month, less the extra money.
    pub gain: Spread,
    /// Chance that the plan beats the present one.
    pub better: f64,
    /// Gross profit of one more unit of money (or hour).
    pub shadow_price: f64,
    /// Money of a month now, and under the plan (hours where hours are split).
    pub total: (f64, f64),
    /// True where the present plan should be kept.
    pub keep: bool,
    /// True where a return target stopped at the most growth that is looked at.
    pub stopped: bool,
    /// Channels that could not be fitted, and so are left as they are.
    pub left_out: Vec<String>,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq)]
pub enum NoPlan {
    /// No channel has enough months of visits and effort.
    NoChannel,
    /// The bounds do not allow the total.
    Infeasible(Infeasible),
    /// No deal was ever won and no value is given.
    NoDealValue,
    /// A channel that is to keep an amount has no part in the split.
    NothingToFix(String),
    /// A channel takes hours and nobody said what one costs.
    NoHourCost(String),
}

/// A channel with its return.
struct Fit {
    name: String,
    index: usize,
    driver: Driver,
    price: f64,
    now: f64,
    seen: (f64, f64),
    returns: Expected,
    fitted: Fitted,
    rates: Rates,
}

/// Expected gross profit of a month: a weighted sum of curves.
struct Expected {
    /// Profit of the mean visits, times the expected effort share, by curve.
    weights: Vec<f64>,
    curves: Vec<Curve>,
    mean_effort: f64,
}

impl Return for Expected {
    fn at(&self, amount: f64) -> f64 {
        let u = amount / self.mean_effort;
        let parts = self.weights.iter().zip(&self.curves);
        parts.map(|(weight, curve)| weight * curve.at(u)).sum()
    }

    fn slope(&self, amount: f64) -> f64 {
        let u = amount / self.mean_effort;
        let parts = self.weights.iter().zip(&self.curves);
        let slope: f64 = parts.map(|(weight, curve)| weight * curve.slope(u)).sum();
        slope / self.mean_effort
    }
}

/// The best split.
///
/// # Errors
/// Why there is none.
pub fn optimize(company: &Company, request: &Request) -> Result<Optimum, NoPlan> {
    let only_hours = matches!(request.total, Some(Total::Hours(_)));
    let (fits, left_out) = fits(company, request, only_hours)?;
    if fits.is_empty() {
        return Err(NoPlan::NoChannel);
    }
    let splits = |index: usize| fits.iter().any(|fit| fit.index == index);
    if let Some((index, _)) = request.fixed.iter().find(|(index, _)| !splits(*index)) {
        let name = company.channels[*index].name.clone();
        return Err(NoPlan::NothingToFix(name));
    }
    let places: Vec<Place> = fits
        .iter()
        .map(|fit| place(fit, request, only_hours))
        .collect();
    let now: Vec<f64> = fits.iter().map(|fit| fit.now).collect();
    let total = |amounts: &[f64]| -> f64 {
        amounts
            .iter()
            .zip(&places)
            .map(|(amount, place)| amount * place.price)
            .sum()
    };
    let money = |amounts: &[f64]| -> f64 {
        amounts
            .iter()
            .zip(&fits)
            .map(|(amount, fit)| amount * fit.price)
            .sum()
    };
    let present = total(&now);
    let mut stopped = false;
    let best = match request.total {
        Some(Total::Hours(hours)) => split_whole(&places, hours),
        Some(Total::Money(budget)) => split(&places, budget),
        None => split(&places, present),
        Some(Total::Return(target)) => {
            let most: Vec<f64> = now.iter().map(|now| now * MOST_GROWTH).collect();
            let amounts = filled_to(&places, 1.0 + target, &most);
            let grown = |(amount, most): (&f64, &f64)| amount >= most && *most > 0.0;
            stopped = amounts.iter().zip(&most).any(grown);
            Ok(Split {
                amounts,
                shadow_price: 1.0 + target,
            })
        }
    }
    .map_err(NoPlan::Infeasible)?;
    let luck = Luck::new(&fits, request.seed);
    let worth = |amounts: &[f64]| luck.gains(&fits, &now, amounts, money(amounts) - money(&now));
    let amounts = match request.careful {
        true if !only_hours => {
            let from = match request.total {
                Some(Total::Return(_)) => scaled(&places, &now, 1.0),
                _ => in_proportion(&places, &now, total(&best.amounts))
                    .unwrap_or_else(|| best.amounts.clone()),
            };
            careful(&from, &best.amounts, &worth)
        }
        _ => best.amounts.clone(),
    };
    let gains = worth(&amounts);
    let better = gains.iter().filter(|gain| **gain > 0.0).count() as f64 / gains.len() as f64;
    Ok(Optimum {
        plan: fits
            .iter()
            .zip(&places)
            .zip(&amounts)
            .map(|((fit, place), amount)| planned(fit, place, *amount, request))
            .collect(),
        gain: Spread::of(gains),
        better,
        shadow_price: best.shadow_price,
        total: (present, total(&amounts)),
        keep: better < KEEP_BELOW,
        stopped,
        left_out,
    })
}

fn fits(
    company: &Company,
    request: &Request,
    only_hours: bool,
) -> Result<(Vec<Fit>, Vec<String>), NoPlan> {
    let (mut fits, mut left_out) = (Vec::new(), Vec::new());
    for (index, channel) in company.channels.iter().enumerate() {
        let driver = match only_hours {
            true => channel.effort(Driver::Hours).map(|_| Driver::Hours),
            false => channel.main_driver(request.hour_cost),
        };
        let Some(driver) = driver else { continue };
        match fit_channel(company, channel, index, driver, request)? {
            Some(fit) => fits.push(fit),
            None => left_out.push(channel.name.clone()),
        }
    }
    Ok((fits, left_out))
}

fn fit_channel(
    company: &Company,
    channel: &Channel,
    index: usize,
    driver: Driver,
    request: &Request,
) -> Result<Option<Fit>, NoPlan> {
    let price = match driver {
        Driver::Money => 1.0,
        // Hours are split without a price too; then the gain is what they bring.
        Driver::Hours => match request.hour_cost.or(channel.hour_cost) {
            Some(cost) => cost,
            None if matches!(request.total, Some(Total::Hours(_))) => 0.0,
            None => return Err(NoPlan::NoHourCost(channel.name.clone())),
        },
    };
    let Ok(fitted) = fit(channel, driver, None, |_| Vec::new()) else {
        return Ok(None);
    };
    let is_free = price <= 0.0 && !matches!(request.total, Some(Total::Hours(_)));
    if channel.visits_of_leads == 0 || is_free {
        return Ok(None);
    }
    let given = Given {
        deal_value: request.deal_value,
        ..Given::default()
    };
    let rates = rates(company, channel, &given);
    let deal = rates.deal.ok_or(NoPlan::NoDealValue)?;
    let chance: f64 = rates.steps.iter().map(Rate::mean).product();
    let value = chance * deal.expected() * request.margin;
    let scale = value * fitted.model.mean_visits;
    let effort = || fitted.series.effort.iter().copied();
    let seen = (
        effort().fold(f64::INFINITY, f64::min),
        effort().fold(0.0, f64::max),
    );
    let weights = steady_weights(&fitted.model, &fitted.posterior, false);
    Ok(Some(Fit {
        name: channel.name.clone(),
        index,
        driver,
        price,
        now: fitted.usual,
        seen,
        returns: Expected {
            weights: weights.iter().map(|weight| weight * scale).collect(),
            curves: fitted
                .model
                .curves
                .iter()
                .map(|(curve, _)| *curve)
                .collect(),
            mean_effort: fitted.model.mean_effort,
        },
        fitted,
        rates,
    }))
}

fn place<'a>(fit: &'a Fit, request: &Request, only_hours: bool) -> Place<'a> {
    // Where hours are split an hour is the unit, whatever it costs.
    let price = if only_hours { 1.0 } else { fit.price };
    let (least, most) = match fixed(fit, request) {
        Some(amount) => (amount / price, amount / price),
        None => match request.bounds {
            Some((low, high)) => (low * fit.now, high * fit.now),
            None => (fit.seen.0 / SEEN_ROOM, fit.seen.1 * SEEN_ROOM),
        },
    };
    Place {
        returns: &fit.returns,
        price,
        least,
        most,
    }
}

fn fixed(fit: &Fit, request: &Request) -> Option<f64> {
    let found = request.fixed.iter().find(|(index, _)| *index == fit.index);
    found.map(|(_, amount)| *amount)
}

fn planned(fit: &Fit, place: &Place, amount: f64, request: &Request) -> Planned {
    let whole = matches!(request.total, Some(Total::Hours(_)));
    let slack = |bound: f64| {
        if whole {
            1.0 - 1e-9
        } else {
            1e-6 * bound.abs().max(1e-9)
        }
    };
    let close = |bound: f64| (amount - bound).abs() <= slack(bound);
    let bound = if fixed(fit, request).is_some() {
        Some(Bound::Fixed)
    } else if close(place.most) {
        Some(Bound::Most)
    } else if close(place.least) {
        Some(Bound::Least)
    } else {
        None
    };
    Planned {
        channel: fit.name.clone(),
        driver: fit.driver,
        now: fit.now,
        proposed: amount,
        price: fit.price,
        marginal_now: fit.returns.slope(fit.now) / place.price,
        marginal_proposed: fit.returns.slope(amount) / place.price,
        bound,
        outside: amount > SEEN_ROOM * fit.seen.1 * (1.0 + 1e-9),
    }
}

/// Of the plans between the present proportions and the best ones, that whose gain in bad
/// luck (one in five) is largest. All have one total and keep the bounds.
fn careful(from: &[f64], best: &[f64], worth: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let plans = (0..=CAREFUL_STEPS).map(|step| {
        let part = f64::from(step) / f64::from(CAREFUL_STEPS);
        let between = |(from, best): (&f64, &f64)| from + part * (best - from);
        from.iter().zip(best).map(between).collect::<Vec<f64>>()
    });
    let bad_luck = |plan: &Vec<f64>| {
        let mut gains = worth(plan);
        gains.sort_unstable_by(f64::total_cmp);
        crate::stats::quantile::quantile(&gains, 0.2).unwrap_or(0.0)
    };
    plans
        .map(|plan| (bad_luck(&plan), plan))
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map_or_else(|| best.to_vec(), |(_, plan)| plan)
}

/// Possible worlds: the same for every plan that is compared.
struct Luck {
    /// By channel and draw: index of the curve, profit of its mean visits times the share.
    worlds: Vec<Vec<(usize, f64)>>,
}

impl Luck {
    fn new(fits: &[Fit], seed: u64) -> Self {
        let of_fit = |fit: &Fit| {
            // Channels are kept apart by what they are, not by what they are called.
            let name = super::elsewhere::fingerprint_of(&fit.fitted.series.visits);
            let mut effect = stream(seed, &format!("{name}/effect"));
            let shares = sampled_shares(&fit.fitted.posterior, &mut effect, DRAWS);
            let mut values = vec![1.0; DRAWS];
            for (key, rate) in fit.rates.keys.iter().zip(&fit.rates.steps) {
                let mut random = stream(seed, &format!("{name}/{key}"));
                for value in &mut values {
                    *value *= rate.draw(&mut random);
                }
            }
            let mut random = stream(seed, &format!("{name}/deal"));
            let visits = fit.fitted.model.mean_visits;
            shares
                .into_iter()
                .zip(values)
                .map(|((curve, share), value)| {
                    let deal = fit
                        .rates
                        .deal
                        .map_or(0.0, |deal| deal.draw(&mut random).mean);
                    (curve, share * visits * value * deal)
                })
                .collect()
        };
        Self {
            worlds: fits.iter().map(of_fit).collect(),
        }
    }

    /// Extra gross profit less extra money, world by world.
    fn gains(&self, fits: &[Fit], now: &[f64], then: &[f64], extra_money: f64) -> Vec<f64> {
        let mut gains = vec![-extra_money; DRAWS];
        for (place, fit) in fits.iter().enumerate() {
            let effort = fit.returns.mean_effort;
            let rises: Vec<f64> = fit
                .returns
                .curves
                .iter()
                .map(|curve| curve.at(then[place] / effort) - curve.at(now[place] / effort))
                .collect();
            for (gain, (curve, profit)) in gains.iter_mut().zip(&self.worlds[place]) {
                *gain += profit * rises[*curve];
            }
        }
        gains
    }
}
