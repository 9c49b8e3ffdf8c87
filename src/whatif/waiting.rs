//! What it would be worth to know more before deciding.
//!
//! Section 3.8 of the what-if document. A test shows more of the effort share; how much
//! narrower the share becomes at a point of the grid does not depend on what the test
//! shows, so it is computed exactly. Which point is the true one is not counted as
//! learned, so the value of a test is rather too low than too high.

use super::model::{Model, Posterior};
use super::response::{Plan, Scales};
use crate::stats::normal;

/// Months for which visits are watched after the last month of a test: the effect is late.
pub const WATCHED_AFTER: usize = 4;
/// Months of a block of an on-and-off test: longer than the delay.
const BLOCK: usize = 4;

/// `E[max(net, 0)] - max(E[net], 0)`: the most that any knowledge is worth.
#[must_use]
pub fn value_of_certainty(mean: f64, mean_if_positive: f64) -> f64 {
    (mean_if_positive - mean.max(0.0)).max(0.0)
}

/// The expected value of a normal net's uncertainty that is taken away:
/// `s ψ(|m| / s)`, `ψ(z) = φ(z) - z (1 - Φ(z))`.
#[must_use]
pub fn value_of_narrowing(mean: f64, taken_away: f64) -> f64 {
    if taken_away <= 0.0 {
        return 0.0;
    }
    let z = mean.abs() / taken_away;
    taken_away * (normal::density(z) - z * normal::above(z))
}

/// A way to find out.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What is done.
    pub kind: Kind,
    /// Change of effort by month.
    pub change: Vec<f64>,
    /// What the effort of the test costs.
    pub cost: f64,
    /// What knowing its result is worth.
    pub value: f64,
}

/// The tests on offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The change for three months.
    ThreeMonths,
    /// The change for six months.
    SixMonths,
    /// Four months with it, four without, four with it.
    OnAndOff,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ThreeMonths, Self::SixMonths, Self::OnAndOff];

    /// Change of effort by month.
    #[must_use]
    pub fn change(self, change: f64) -> Vec<f64> {
        match self {
            Self::ThreeMonths => vec![change; 3],
            Self::SixMonths => vec![change; 6],
            Self::OnAndOff => (0..3 * BLOCK)
                .map(|month| if month / BLOCK == 1 { 0.0 } else { change })
                .collect(),
        }
    }
}

/// What each test is worth to the decision on `plan`.
#[must_use]
pub fn tests(
    model: &Model,
    posterior: &Posterior,
    plan: &Plan,
    change: f64,
    (net, value_per_visit): (f64, f64),
    unit_cost: f64,
) -> Vec<Test> {
    Kind::ALL
        .into_iter()
        .map(|kind| {
            let effort = kind.change(change);
            let learned = learned(model, posterior, plan, &effort);
            Test {
                kind,
                cost: effort.iter().sum::<f64>() * unit_cost,
                value: value_of_narrowing(net, learned.sqrt() * value_per_visit),
                change: effort,
            }
        })
        .collect()
}

/// The cheapest test that is worth more than it costs.
#[must_use]
pub fn recommended(tests: &[Test]) -> Option<&Test> {
    tests
        .iter()
        .filter(|test| test.value > test.cost)
        .min_by(|a, b| a.cost.total_cmp(&b.cost))
}

/// The variance of extra visits that the test takes away: `Σ weight · K² (V - V after)`
/// over the points of the grid, `K` the extra visits of the plan for a share of 1.
fn learned(model: &Model, posterior: &Posterior, plan: &Plan, test: &[f64]) -> f64 {
    let months = test.len() + WATCHED_AFTER;
    let tested: Vec<f64> = (0..months)
        .map(|month| (plan.usual + test.get(month).copied().unwrap_or(0.0)).max(0.0))
        .collect();
    let mut after = Vec::with_capacity(posterior.points.len());
    // The same points in the same order.
    model.followed_by(&tested).visit(|_, _, _, solved| {
        after.push(solved.share.deviation * solved.share.deviation);
    });
    let scales = Scales::new(model, plan);
    let mut taken = 0.0;
    for (point, after) in posterior.points.iter().zip(after) {
        let before = point.share.deviation * point.share.deviation;
        // The cut at zero narrows both alike.
        let cut = point.share.moments().1 / before;
        let scale = scales.of(point);
        taken += point.weight * scale * scale * (before - after).max(0.0) * cut;
    }
    (1.0 - posterior.nothing) * taken
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden case G11.
    #[test]
    fn certainty_about_a_normal_net() {
        assert!((value_of_narrowing(100.0, 200.0) - 39.559_3).abs() < 5e-5);
        assert_eq!(value_of_narrowing(100.0, 0.0), 0.0);
        assert_eq!(value_of_certainty(-5.0, 2.0), 2.0);
        assert_eq!(value_of_certainty(5.0, 7.0), 2.0);
    }
}
