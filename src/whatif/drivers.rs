//! What drives the answer: each unknown at its low and its high end, the rest in the middle.

use super::outcome::{Outcome, Terms};
use super::rates::Rates;
use super::response::Response;

/// The most bars of a tornado.
pub const MOST_BARS: usize = 8;
/// What extra visits might be worth, as a share of the usual ones.
const LOWER_QUALITY: f64 = 0.7;

/// One unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// `visits`, the key of a step, `deal_value` or `quality`.
    pub key: String,
    /// Its 10th percentile.
    pub low: f64,
    /// Its 90th percentile.
    pub high: f64,
    /// Net where it is low.
    pub net_low: f64,
    /// Net where it is high.
    pub net_high: f64,
    /// Share of the variance of the net that it alone makes; absent where it is not drawn.
    pub share: Option<f64>,
}

/// The tornado, and what it is measured from.
#[derive(Debug, Clone, PartialEq)]
pub struct Drivers {
    /// Net with everything at its median.
    pub middle: f64,
    /// The unknowns, the one that moves the net most first.
    pub list: Vec<Driver>,
    /// Share of the variance that no unknown makes alone.
    pub together: f64,
}

/// An input of the product that is the gross profit.
struct Factor {
    key: String,
    low: f64,
    middle: f64,
    high: f64,
    /// Variance over the square of the mean.
    relative_variance: f64,
}

/// Net is a product of independent inputs, less the cost. So the share of an input in its
/// variance is exact: `c_i / (Π (1 + c_j) - 1)`, `c` the squared coefficient of variation
/// (I. Sobol, Mathematical Modelling and Computational Experiments 1 (1993), 407-414).
#[must_use]
pub fn drivers(response: &Response, rates: &Rates, outcome: &Outcome, terms: &Terms) -> Drivers {
    let factors = factors(response, rates, outcome);
    let product: f64 = factors.iter().map(|factor| factor.middle).product();
    let scale = terms.margin * outcome.present_share * (1.0 + terms.halo);
    let middle = product * scale - outcome.cost;
    // Nothing varies where nothing comes.
    let all = if response.mean() == 0.0 {
        0.0
    } else {
        let varied = |all: f64, factor: &Factor| all * (1.0 + factor.relative_variance);
        factors.iter().fold(1.0, varied) - 1.0
    };
    let with = |factor: &Factor, value: f64| {
        let rest = factors.iter().filter(|other| other.key != factor.key);
        rest.map(|other| other.middle).product::<f64>() * value * scale - outcome.cost
    };
    let mut list: Vec<Driver> = factors
        .iter()
        .map(|factor| Driver {
            key: factor.key.clone(),
            low: factor.low,
            high: factor.high,
            net_low: with(factor, factor.low),
            net_high: with(factor, factor.high),
            share: (all > 0.0).then(|| factor.relative_variance / all),
        })
        .filter(|driver| driver.low < driver.high)
        .collect();
    list.push(Driver {
        key: "quality".into(),
        low: LOWER_QUALITY,
        high: 1.0,
        net_low: product * scale * LOWER_QUALITY - outcome.cost,
        net_high: middle,
        share: None,
    });
    let width = |driver: &Driver| (driver.net_high - driver.net_low).abs();
    list.sort_by(|a, b| {
        width(b)
            .total_cmp(&width(a))
            .then_with(|| a.key.cmp(&b.key))
    });
    list.truncate(MOST_BARS);
    let alone: f64 = list.iter().filter_map(|driver| driver.share).sum();
    Drivers {
        middle,
        list,
        together: if all > 0.0 {
            (1.0 - alone).max(0.0)
        } else {
            0.0
        },
    }
}

fn factors(response: &Response, rates: &Rates, outcome: &Outcome) -> Vec<Factor> {
    let mean = response.mean();
    let visits = outcome.visits;
    let mut factors = vec![Factor {
        key: "visits".into(),
        low: visits.low80,
        middle: visits.median,
        high: visits.high80,
        relative_variance: relative(response.variance(), mean),
    }];
    for (key, rate) in rates.keys.iter().zip(&rates.steps) {
        factors.push(Factor {
            key: key.clone(),
            low: rate.quantile(0.1),
            middle: rate.quantile(0.5),
            high: rate.quantile(0.9),
            relative_variance: relative(rate.variance(), rate.mean()),
        });
    }
    let deal = outcome.deal_value;
    factors.push(Factor {
        key: "deal_value".into(),
        low: deal.low80,
        middle: deal.median,
        high: deal.high80,
        relative_variance: relative(outcome.deal_variance, deal.mean),
    });
    factors
}

fn relative(variance: f64, mean: f64) -> f64 {
    if mean == 0.0 {
        0.0
    } else {
        variance / (mean * mean)
    }
}
