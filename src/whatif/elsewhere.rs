//! The same money in every other channel.

use super::Driver;
use super::answer::{Change, Question, fit};
use super::history::{Channel, Company};
use super::outcome::{Outcome, Spread, Terms, profits};
use super::rates::{Given, rates};
use super::response::{Plan, Response};

/// What the money of the plan would bring in a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Elsewhere {
    /// The channel.
    pub channel: String,
    /// What would be changed.
    pub driver: Driver,
    /// Extra effort of a month.
    pub amount: f64,
    /// Expected extra gross profit.
    pub profit: f64,
    /// Ends of its 80 % interval.
    pub low: f64,
    /// Ends of its 80 % interval.
    pub high: f64,
    /// Ends of its 95 % interval.
    pub interval95: (f64, f64),
    /// Chance that no other channel makes more of the money.
    pub best: f64,
    /// True where the effort would lie outside the range seen.
    pub outside: bool,
    /// True for the channel that was asked about.
    pub asked: bool,
}

/// All channels whose history can be fitted, the one asked about first, then by what they
/// are expected to bring; empty where the plan is no steady extra.
#[must_use]
pub fn elsewhere(
    company: &Company,
    question: &Question,
    own: &Outcome,
    outside: bool,
) -> Vec<Elsewhere> {
    let Change::Steady { amount, months } = question.change else {
        return Vec::new();
    };
    let money = amount * question.unit_cost;
    if money <= 0.0 {
        return Vec::new();
    }
    let mut found = vec![(
        Elsewhere {
            channel: company.channels[question.channel].name.clone(),
            driver: question.driver,
            amount,
            profit: own.profit.mean,
            low: own.profit.low80,
            high: own.profit.high80,
            interval95: (own.profit.low95, own.profit.high95),
            best: 0.0,
            outside,
            asked: true,
        },
        own.profit_draws.clone(),
    )];
    for (index, channel) in company.channels.iter().enumerate() {
        if index != question.channel {
            found.extend(of_channel(company, channel, question, money, months));
        }
    }
    let draws: Vec<&[f64]> = found.iter().map(|(_, draws)| draws.as_slice()).collect();
    let best = chances_of_best(&draws);
    let mut list: Vec<Elsewhere> = found
        .into_iter()
        .zip(best)
        .map(|((channel, _), best)| Elsewhere { best, ..channel })
        .collect();
    list[1..].sort_by(|a, b| {
        let order = b.profit.total_cmp(&a.profit);
        order.then_with(|| a.channel.cmp(&b.channel))
    });
    list
}

fn of_channel(
    company: &Company,
    channel: &Channel,
    question: &Question,
    money: f64,
    months: usize,
) -> Option<(Elsewhere, Vec<f64>)> {
    let driver = channel.main_driver(question.hour_cost)?;
    let unit_cost = match driver {
        Driver::Money => 1.0,
        Driver::Hours => question.hour_cost.or(channel.hour_cost)?,
    };
    if unit_cost <= 0.0 {
        return None;
    }
    let fitted = fit(channel, driver, question.shift, |_| Vec::new()).ok()?;
    // What the user states of a channel is stated of the one asked about.
    let given = Given {
        deal_value: question.given.deal_value,
        ..Given::default()
    };
    if channel.visits_of_leads == 0 {
        return None;
    }
    let rates = rates(company, channel, &given);
    let amount = money / unit_cost;
    let plan = Plan::steady(fitted.usual, amount, months, question.horizon);
    let most = fitted.series.effort.iter().copied().fold(0.0, f64::max);
    let response = Response::new(&fitted.model, &fitted.posterior, &plan, most);
    let terms = Terms {
        unit_cost,
        ..question.terms()
    };
    let draws = profits(
        &response,
        &plan,
        &rates,
        &company.lags,
        &terms,
        &fingerprint(channel),
    );
    let profit = Spread::of(draws.clone());
    let found = Elsewhere {
        channel: channel.name.clone(),
        driver,
        amount,
        profit: profit.mean,
        low: profit.low80,
        high: profit.high80,
        interval95: (profit.low95, profit.high95),
        best: 0.0,
        outside: response.outside,
        asked: false,
    };
    Some((found, draws))
}

/// Keeps the draws of channels apart by what they are, not by what they are called or
/// where they stand: the course of their visits.
fn fingerprint(channel: &Channel) -> String {
    fingerprint_of(&channel.visits)
}

/// The course of visits as a word.
pub(super) fn fingerprint_of(visits: &[Option<f64>]) -> String {
    let visits = visits.iter().flatten();
    let mixed = visits.fold(0_u64, |hash, visits| {
        (hash.rotate_left(5) ^ visits.to_bits()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    format!("{mixed:016x}")
}

/// For each list, the share of draws in which it is the largest; ties go to the first.
fn chances_of_best(draws: &[&[f64]]) -> Vec<f64> {
    let mut wins = vec![0_u32; draws.len()];
    let count = draws.first().map_or(0, |first| first.len());
    for draw in 0..count {
        let mut best = 0;
        for (index, list) in draws.iter().enumerate() {
            if list[draw] > draws[best][draw] {
                best = index;
            }
        }
        wins[best] += 1;
    }
    let share = |wins: u32| f64::from(wins) / count.max(1) as f64;
    wins.into_iter().map(share).collect()
}
