//! From extra visits to money: the chain, month by month, with both kinds of luck.
//!
//! *Expected* is what is not known of the rates, the deals and the effect; *seen* adds the
//! luck of single visitors and deals, which no history takes away. Each input draws from a
//! stream of its own, so that one stage more does not shift the others (section 4 of the
//! what-if document).

use super::rates::{DealWorld, Rates};
use super::response::{Drawn, Plan, Response};
use crate::stats::random::Random;
use crate::stats::{binomial, poisson, quantile, variates};

/// Draws behind everything that is a product of several unknowns.
pub const DRAWS: usize = 20_000;
/// Months after the horizon in which a plan may still pay back.
pub const PAYBACK_ROOM: usize = 12;
/// Customers up to which each deal is drawn by itself.
const SINGLE_DEALS: u64 = 60;

/// What the plan costs and what a customer leaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Price of a unit of effort: of an hour, or 1 for money.
    pub unit_cost: f64,
    /// Share of revenue that is gross profit.
    pub margin: f64,
    /// Discount rate of a year.
    pub discount: f64,
    /// Paid once, in the first month.
    pub fixed_cost: f64,
    /// Extra direct visits per extra visit.
    pub halo: f64,
    /// Seed of all draws.
    pub seed: u64,
}

/// A distribution, summed up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Ends of the 80 % interval.
    pub low80: f64,
    /// Ends of the 80 % interval.
    pub high80: f64,
    /// Ends of the 95 % interval.
    pub low95: f64,
    /// Ends of the 95 % interval.
    pub high95: f64,
    /// Median.
    pub median: f64,
}

impl Spread {
    /// Of draws.
    #[must_use]
    pub fn of(mut draws: Vec<f64>) -> Self {
        let mean = quantile::mean(&draws).unwrap_or(0.0);
        quantile::arrange(&mut draws, &[0.025, 0.1, 0.5, 0.9, 0.975]);
        let at = |q| quantile::quantile(&draws, q).unwrap_or(0.0);
        Self {
            mean,
            low80: at(0.1),
            high80: at(0.9),
            low95: at(0.025),
            high95: at(0.975),
            median: at(0.5),
        }
    }

    /// So many times as much; `factor` is above 0.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self {
            mean: self.mean * factor,
            low80: self.low80 * factor,
            high80: self.high80 * factor,
            low95: self.low95 * factor,
            high95: self.high95 * factor,
            median: self.median * factor,
        }
    }

    /// A number without any doubt.
    #[must_use]
    pub fn sure(value: f64) -> Self {
        Self {
            mean: value,
            low80: value,
            high80: value,
            low95: value,
            high95: value,
            median: value,
        }
    }
}

/// A line of the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// `visits`, a stage, `revenue`, `gross_profit`, `cost`, `net`, `roi`.
    pub measure: String,
    /// What is expected; absent where undefined.
    pub expected: Option<Spread>,
    /// What will be seen, where luck adds to it.
    pub seen: Option<Spread>,
}

/// When the plan has paid back for good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payback {
    /// Median month, from 1; absent where half of the chances never do.
    pub median: Option<f64>,
    /// Ends of the 80 % interval, absent where beyond the months looked at.
    pub low80: Option<f64>,
    /// Ends of the 80 % interval, absent where beyond the months looked at.
    pub high80: Option<f64>,
    /// Chance of never within the months looked at.
    pub never: f64,
    /// Months looked at.
    pub window: usize,
}

/// Money so far at the end of a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoFar {
    /// Month of the plan, from 1.
    pub month: usize,
    /// Profit less cost so far.
    pub net: Spread,
}

/// What a plan leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Visits to return, in order.
    pub chain: Vec<Line>,
    /// Extra visits of the channel itself, without those that follow them directly.
    pub visits: Spread,
    /// Chance of a net above zero.
    pub pays: f64,
    /// Net.
    pub net: Spread,
    /// Deviation of the net.
    pub net_deviation: f64,
    /// Mean of what is positive of it.
    pub net_if_positive: f64,
    /// Gross profit.
    pub profit: Spread,
    /// Cost, discounted.
    pub cost: f64,
    /// When it pays back; absent where nothing is paid.
    pub payback: Option<Payback>,
    /// Net so far, month by month.
    pub so_far: Vec<SoFar>,
    /// Gross profit of a visit.
    pub value_per_visit: Spread,
    /// Mean value of a deal.
    pub deal_value: Spread,
    /// Its variance between draws.
    pub deal_variance: f64,
    /// Chance of no customer at all, and of at most one.
    pub few_customers: (f64, f64),
    /// Draws of gross profit, in their order.
    pub profit_draws: Vec<f64>,
    /// Present value of a visit of the plan, as a share of its undiscounted value.
    pub present_share: f64,
}

/// A stream of its own for each input.
#[must_use]
pub fn stream(seed: u64, name: &str) -> Random {
    // FNV-1a of the name: adding a stage leaves the streams of the others alone.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    Random::seeded(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash)
}

/// Draws of the gross profit alone, the same as those of [`outcome`]: what the comparison
/// of channels needs, at a fraction of the time.
#[must_use]
pub fn profits(
    response: &Response,
    plan: &Plan,
    rates: &Rates,
    lags: &[f64],
    terms: &Terms,
    name: &str,
) -> Vec<f64> {
    let cash = Cash::new(response, plan, lags, terms);
    let worlds = Worlds::draw(response, rates, terms, name);
    let customers = worlds.customers();
    (0..DRAWS)
        .map(|i| {
            let revenue = customers[i] * worlds.deals[i].mean;
            revenue * terms.margin * cash.present(worlds.drawn[i].course)
        })
        .collect()
}

/// Follows the plan to its money. `lags` are the shares of customers by months from visit
/// to win; `name` keeps the draws of several channels apart.
#[must_use]
pub fn outcome(
    response: &Response,
    plan: &Plan,
    rates: &Rates,
    lags: &[f64],
    terms: &Terms,
    name: &str,
) -> Outcome {
    let cash = Cash::new(response, plan, lags, terms);
    let worlds = Worlds::draw(response, rates, terms, name);
    let mut chain = Vec::new();
    let visits = exact_visits(response);
    let seen = people(&worlds, &visits, rates, terms, name, &mut chain);
    let customers = worlds.customers();
    let revenue: Vec<f64> = (0..DRAWS)
        .map(|i| customers[i] * worlds.deals[i].mean)
        .collect();
    let present: Vec<f64> = worlds
        .drawn
        .iter()
        .map(|drawn| cash.present(drawn.course))
        .collect();
    let profit: Vec<f64> = (0..DRAWS)
        .map(|i| revenue[i] * terms.margin * present[i])
        .collect();
    let mut luck = stream(terms.seed, &format!("{name}/takings"));
    let takings: Vec<f64> = (0..DRAWS)
        .map(|i| takings(&mut luck, seen[i], &worlds.deals[i]))
        .collect();
    let earned: Vec<f64> = (0..DRAWS)
        .map(|i| takings[i] * terms.margin * present[i])
        .collect();
    let cost = cash.cost;
    let less_cost = |profit: &[f64]| profit.iter().map(|profit| profit - cost).collect();
    let returns = |profit: &[f64]| -> Option<Spread> {
        (cost > 0.0).then(|| Spread::of(profit.iter().map(|p| (p - cost) / cost).collect()))
    };
    let net: Vec<f64> = less_cost(&profit);
    let money = [
        (
            "revenue",
            Some(Spread::of(revenue)),
            Some(Spread::of(takings)),
        ),
        (
            "gross_profit",
            Some(Spread::of(profit.clone())),
            Some(Spread::of(earned.clone())),
        ),
        ("cost", Some(Spread::sure(cost)), None),
        (
            "net",
            Some(Spread::of(net.clone())),
            Some(Spread::of(less_cost(&earned))),
        ),
        ("roi", returns(&profit), returns(&earned)),
    ];
    chain.extend(money.map(|(measure, expected, seen)| Line {
        measure: measure.into(),
        expected,
        seen,
    }));
    let few = |most: i64| {
        seen.iter().filter(|customers| **customers <= most).count() as f64 / DRAWS as f64
    };
    let per_visit: Vec<f64> = (0..DRAWS).map(|i| worlds.value(i) * terms.margin).collect();
    let (payback, so_far) = cash.course_of_net(&worlds, &per_visit);
    let spread = Spread::of(net.clone());
    let deals: Vec<f64> = worlds.deals.iter().map(|deal| deal.mean).collect();
    let deal_value = Spread::of(deals.clone());
    let deal_deviation = deviation(&deals, deal_value.mean);
    Outcome {
        chain,
        visits,
        pays: net.iter().filter(|net| **net > 0.0).count() as f64 / DRAWS as f64,
        net: spread,
        net_deviation: deviation(&net, spread.mean),
        net_if_positive: net.iter().map(|net| net.max(0.0)).sum::<f64>() / DRAWS as f64,
        profit: Spread::of(profit.clone()),
        cost,
        payback,
        so_far,
        value_per_visit: Spread::of(per_visit),
        deal_value,
        deal_variance: deal_deviation * deal_deviation,
        few_customers: (few(0), few(1)),
        profit_draws: profit,
        present_share: quantile::mean(&present).unwrap_or(1.0),
    }
}

/// Visits and stages; returns the customers that will be seen, draw by draw.
fn people(
    worlds: &Worlds,
    visits: &Spread,
    rates: &Rates,
    terms: &Terms,
    name: &str,
    chain: &mut Vec<Line>,
) -> Vec<i64> {
    let mut luck = stream(terms.seed, &format!("{name}/luck"));
    let mut expected = worlds.visits.clone();
    let mut seen: Vec<i64> = expected
        .iter()
        .map(|mean| signed_poisson(&mut luck, *mean))
        .collect();
    chain.push(Line {
        measure: "visits".into(),
        expected: Some(visits.times(1.0 + terms.halo)),
        seen: Some(Spread::of(as_numbers(&seen))),
    });
    for (index, (key, step)) in rates.keys.iter().zip(&worlds.rates).enumerate() {
        let mut luck = stream(terms.seed, &format!("{name}/luck/{key}"));
        for (draw, rate) in step.iter().enumerate() {
            expected[draw] *= rate;
            seen[draw] = match index {
                // Thinned Poisson numbers are Poisson numbers again.
                0 => signed_poisson(&mut luck, expected[draw]),
                _ => signed_binomial(&mut luck, seen[draw], *rate),
            };
        }
        chain.push(Line {
            measure: reached_by(key).to_owned(),
            expected: Some(Spread::of(expected.clone())),
            seen: Some(Spread::of(as_numbers(&seen))),
        });
    }
    seen
}

/// The possible worlds, draw by draw.
struct Worlds {
    drawn: Vec<Drawn>,
    visits: Vec<f64>,
    /// By step, then by draw.
    rates: Vec<Vec<f64>>,
    deals: Vec<DealWorld>,
}

impl Worlds {
    fn draw(response: &Response, rates: &Rates, terms: &Terms, name: &str) -> Self {
        let mut effect = stream(terms.seed, &format!("{name}/effect"));
        let drawn: Vec<Drawn> = (0..DRAWS).map(|_| response.draw(&mut effect)).collect();
        let steps = rates.keys.iter().zip(&rates.steps);
        let of_step = |(key, rate): (&String, &super::rates::Rate)| {
            let mut random = stream(terms.seed, &format!("{name}/{key}"));
            (0..DRAWS).map(|_| rate.draw(&mut random)).collect()
        };
        let mut values = stream(terms.seed, &format!("{name}/deal"));
        let none = DealWorld {
            mean: 0.0,
            log_deviation: 0.0,
        };
        let deal = rates.deal;
        Self {
            visits: drawn
                .iter()
                .map(|drawn| drawn.visits * (1.0 + terms.halo))
                .collect(),
            drawn,
            rates: steps.map(of_step).collect(),
            deals: (0..DRAWS)
                .map(|_| deal.map_or(none, |deal| deal.draw(&mut values)))
                .collect(),
        }
    }

    /// Customers per visit times the value of one.
    fn value(&self, draw: usize) -> f64 {
        self.rate(draw) * self.deals[draw].mean
    }

    fn rate(&self, draw: usize) -> f64 {
        self.rates.iter().fold(1.0, |rate, step| rate * step[draw])
    }

    fn customers(&self) -> Vec<f64> {
        let customers = |(draw, visits): (usize, &f64)| visits * self.rate(draw);
        self.visits.iter().enumerate().map(customers).collect()
    }
}

/// When money comes and goes.
struct Cash {
    /// Discounted visits whose money has come by the end of each month, by course, for an
    /// effort share of 1; halo included.
    come: Vec<Vec<f64>>,
    /// Present value of all money of a course, as a share of its undiscounted value.
    present: Vec<f64>,
    /// Discounted cost by the end of each month.
    paid: Vec<f64>,
    cost: f64,
    window: usize,
}

impl Cash {
    fn new(response: &Response, plan: &Plan, lags: &[f64], terms: &Terms) -> Self {
        let window = plan.horizon + PAYBACK_ROOM;
        let lags = if lags.is_empty() { &[1.0][..] } else { lags };
        let months = (plan.horizon + lags.len()).max(window);
        let factors: Vec<f64> = (1..=months)
            .map(|month| libm::pow(1.0 + terms.discount, -(month as f64) / 12.0))
            .collect();
        let factors = if terms.discount == 0.0 {
            vec![1.0; months]
        } else {
            factors
        };
        let halo = 1.0 + terms.halo;
        let mut come = Vec::new();
        let mut present = Vec::new();
        for course in response.courses() {
            let mut by_month = vec![0.0; months];
            for (month, visits) in course.iter().enumerate() {
                for (lag, share) in lags.iter().enumerate() {
                    by_month[month + lag] += visits * share * halo;
                }
            }
            let undiscounted: f64 = by_month.iter().sum();
            for (amount, factor) in by_month.iter_mut().zip(&factors) {
                *amount *= factor;
            }
            let discounted: f64 = by_month.iter().sum();
            present.push(if undiscounted == 0.0 {
                1.0
            } else {
                discounted / undiscounted
            });
            by_month.truncate(window);
            come.push(running(&by_month));
        }
        let mut by_month = vec![0.0; window];
        for (month, paid) in by_month.iter_mut().enumerate() {
            let change = plan.change.get(month).copied().unwrap_or(0.0);
            *paid = change * terms.unit_cost * factors[month];
        }
        by_month[0] += terms.fixed_cost;
        Self {
            come,
            present,
            cost: by_month.iter().sum(),
            paid: running(&by_month),
            window,
        }
    }

    fn present(&self, course: usize) -> f64 {
        self.present.get(course).copied().unwrap_or(1.0)
    }

    /// Net so far by month, and when it stays at or above zero.
    fn course_of_net(&self, worlds: &Worlds, per_visit: &[f64]) -> (Option<Payback>, Vec<SoFar>) {
        let mut months: Vec<Vec<f64>> = vec![Vec::with_capacity(DRAWS); self.window];
        let mut paid_back = Vec::with_capacity(DRAWS);
        for (drawn, value) in worlds.drawn.iter().zip(per_visit) {
            let factor = drawn.share * value;
            let come = self.come.get(drawn.course);
            let mut back = 1;
            for month in 0..self.window {
                let come = come.map_or(0.0, |come| come[month]) * factor;
                let net = come - self.paid[month];
                // A cent of a cent is rounding, not debt.
                if net < -1e-9 * self.cost.abs() {
                    back = month + 2;
                }
                months[month].push(net);
            }
            paid_back.push(back);
        }
        let so_far = months.into_iter().enumerate().map(|(month, nets)| SoFar {
            month: month + 1,
            net: Spread::of(nets),
        });
        let payback = (self.cost > 0.0).then(|| Payback::of(paid_back, self.window));
        (payback, so_far.collect())
    }
}

impl Payback {
    fn of(mut months: Vec<usize>, window: usize) -> Self {
        months.sort_unstable();
        let at = |q: f64| {
            let month = months[(q * (months.len() - 1) as f64).round() as usize];
            (month <= window).then_some(month as f64)
        };
        let never = months.iter().filter(|month| **month > window).count();
        Self {
            median: at(0.5),
            low80: at(0.1),
            high80: at(0.9),
            never: never as f64 / months.len() as f64,
            window,
        }
    }
}

fn exact_visits(response: &Response) -> Spread {
    let at = |q| response.quantile(q);
    Spread {
        mean: response.mean(),
        low80: at(0.1),
        high80: at(0.9),
        low95: at(0.025),
        high95: at(0.975),
        median: at(0.5),
    }
}

/// `lead_to_mql` reaches `mql`.
fn reached_by(key: &str) -> &str {
    key.rsplit_once("_to_").map_or(key, |(_, stage)| stage)
}

/// What so many customers pay together.
fn takings(luck: &mut Random, customers: i64, deal: &DealWorld) -> f64 {
    let count = customers.unsigned_abs();
    let sign = if customers < 0 { -1.0 } else { 1.0 };
    let deviation = deal.log_deviation;
    let centre = libm::log(deal.mean.max(f64::MIN_POSITIVE)) - deviation * deviation / 2.0;
    if deal.mean <= 0.0 || count == 0 {
        return 0.0;
    }
    if count <= SINGLE_DEALS {
        let deal = |_| libm::exp(centre + deviation * variates::normal(luck));
        return sign * (0..count).map(deal).sum::<f64>();
    }
    // Many deals: their sum is nearly normal.
    let n = count as f64;
    let relative = (libm::expm1(deviation * deviation) / n).sqrt();
    sign * (n * deal.mean * (1.0 + relative * variates::normal(luck))).max(0.0)
}

fn signed_poisson(luck: &mut Random, mean: f64) -> i64 {
    let count = i64::try_from(poisson::draw(luck, mean.abs())).unwrap_or(i64::MAX);
    if mean < 0.0 { -count } else { count }
}

fn signed_binomial(luck: &mut Random, trials: i64, chance: f64) -> i64 {
    let count = binomial::draw(luck, trials.unsigned_abs(), chance);
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    if trials < 0 { -count } else { count }
}

fn as_numbers(counts: &[i64]) -> Vec<f64> {
    counts.iter().map(|count| *count as f64).collect()
}

fn running(amounts: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let add = |amount: &f64| {
        sum += amount;
        sum
    };
    amounts.iter().map(add).collect()
}

fn deviation(values: &[f64], mean: f64) -> f64 {
    let squares: f64 = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum();
    (squares / values.len() as f64).sqrt()
}
