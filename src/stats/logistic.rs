//! Logistic regression with a quadratic penalty.
//!
//! Minimises `-log likelihood + penalty / 2 x sum of squared coefficients`; the constant is
//! not penalised. Newton's method with halved steps, which for this convex function comes
//! to the one minimum. Rows keep only what is not zero: most features are yes or no.
//! Sources: S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic
//! regression", Applied Statistics 41 (1992), 191-201, also for choosing the penalty by the
//! likelihood of what was left out.

use super::dense::Symmetric;
use super::random::Random;

/// Steps of Newton's method; it takes fewer than ten in practice.
const MOST_STEPS: usize = 60;
/// Halvings of a step that does not improve.
const MOST_HALVINGS: usize = 30;
/// Done where no coefficient moves by more.
const STILL: f64 = 1e-9;

/// Cases by row; a row holds (feature, value) of what is not zero.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cases {
    features: usize,
    cells: Vec<(u32, f64)>,
    ends: Vec<usize>,
    outcomes: Vec<bool>,
}

impl Cases {
    /// No cases of so many features.
    #[must_use]
    pub fn new(features: usize) -> Self {
        Self {
            features,
            ..Self::default()
        }
    }

    /// Adds a case; features beyond the number given are left out.
    pub fn push(&mut self, row: &[(u32, f64)], outcome: bool) {
        let known = |(feature, value): &&(u32, f64)| {
            (*feature as usize) < self.features && *value != 0.0 && value.is_finite()
        };
        self.cells.extend(row.iter().filter(known));
        self.ends.push(self.cells.len());
        self.outcomes.push(outcome);
    }

    /// How many cases there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// Who converted.
    #[must_use]
    pub fn outcomes(&self) -> &[bool] {
        &self.outcomes
    }

    /// What is not zero of a case.
    #[must_use]
    pub fn row(&self, case: usize) -> &[(u32, f64)] {
        let start = if case == 0 { 0 } else { self.ends[case - 1] };
        &self.cells[start..self.ends[case]]
    }
}

/// What was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Log odds where every feature is zero.
    pub constant: f64,
    /// Change of the log odds per unit of each feature.
    pub coefficients: Vec<f64>,
    /// Standard error of each coefficient: the curvature at the minimum, penalty included.
    pub errors: Vec<f64>,
}

impl Fit {
    /// Log odds of a row.
    #[must_use]
    pub fn log_odds(&self, row: &[(u32, f64)]) -> f64 {
        let of = |(feature, value): &(u32, f64)| self.coefficients[*feature as usize] * value;
        self.constant + row.iter().map(of).sum::<f64>()
    }

    /// Chance of a row to convert.
    #[must_use]
    pub fn chance(&self, row: &[(u32, f64)]) -> f64 {
        chance(self.log_odds(row))
    }
}

/// `1 / (1 + exp(-log odds))`.
#[must_use]
pub fn chance(log_odds: f64) -> f64 {
    if log_odds >= 0.0 {
        1.0 / (1.0 + libm::exp(-log_odds))
    } else {
        let odds = libm::exp(log_odds);
        odds / (1.0 + odds)
    }
}

/// `ln(1 + exp(x))` without overflow.
fn soft_plus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

/// The penalised fit of the cases with these numbers; `None` where they are all of one
/// kind, or where the minimum was not found.
#[must_use]
pub fn fit(cases: &Cases, members: &[usize], penalty: f64) -> Option<Fit> {
    let start = vec![0.0; cases.features + 1];
    let problem = Problem {
        cases,
        members,
        penalty,
    };
    let found = problem.minimum(start)?;
    problem.described(&found)
}

struct Problem<'a> {
    cases: &'a Cases,
    members: &'a [usize],
    penalty: f64,
}

impl Problem<'_> {
    /// The constant stands first among the coefficients.
    fn log_odds(&self, beta: &[f64], case: usize) -> f64 {
        let row = self.cases.row(case).iter();
        beta[0]
            + row
                .map(|(feature, value)| beta[*feature as usize + 1] * value)
                .sum::<f64>()
    }

    fn loss(&self, beta: &[f64]) -> f64 {
        let of_case = |case: &usize| {
            let odds = self.log_odds(beta, *case);
            soft_plus(if self.cases.outcomes[*case] {
                -odds
            } else {
                odds
            })
        };
        let squares: f64 = beta[1..].iter().map(|b| b * b).sum();
        self.members.iter().map(of_case).sum::<f64>() + self.penalty / 2.0 * squares
    }

    /// Slope and curvature of the loss.
    fn slope(&self, beta: &[f64]) -> (Vec<f64>, Symmetric) {
        let mut slope = vec![0.0; beta.len()];
        let mut curvature = Symmetric::zero(beta.len());
        for case in self.members {
            let p = chance(self.log_odds(beta, *case));
            let apart = p - f64::from(u8::from(self.cases.outcomes[*case]));
            let weight = p * (1.0 - p);
            slope[0] += apart;
            curvature.add(0, 0, weight);
            let row = self.cases.row(*case);
            for (at, (feature, value)) in row.iter().enumerate() {
                let own = *feature as usize + 1;
                slope[own] += apart * value;
                curvature.add(own, 0, weight * value);
                for (other, beside) in &row[..=at] {
                    let other = *other as usize + 1;
                    curvature.add(own.max(other), own.min(other), weight * value * beside);
                }
            }
        }
        for feature in 1..beta.len() {
            slope[feature] += self.penalty * beta[feature];
            curvature.add(feature, feature, self.penalty);
        }
        (slope, curvature)
    }

    fn minimum(&self, start: Vec<f64>) -> Option<Vec<f64>> {
        let hits = self
            .members
            .iter()
            .filter(|case| self.cases.outcomes[**case]);
        let hits = hits.count();
        if hits == 0 || hits == self.members.len() {
            return None;
        }
        let mut beta = start;
        let mut loss = self.loss(&beta);
        for _ in 0..MOST_STEPS {
            let (slope, curvature) = self.slope(&beta);
            let step = curvature.root()?.solve(&slope);
            let (next, next_loss) = self.improved(&beta, loss, &step);
            let moved = beta.iter().zip(&next).map(|(a, b)| (a - b).abs());
            let moved = moved.fold(0.0, f64::max);
            (beta, loss) = (next, next_loss);
            if moved < STILL {
                return Some(beta);
            }
        }
        None
    }

    /// The full step, or the longest half of a half of it that is no worse.
    fn improved(&self, beta: &[f64], loss: f64, step: &[f64]) -> (Vec<f64>, f64) {
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            let next: Vec<f64> = beta
                .iter()
                .zip(step)
                .map(|(b, step)| b - length * step)
                .collect();
            let next_loss = self.loss(&next);
            if next_loss <= loss {
                return (next, next_loss);
            }
            length /= 2.0;
        }
        (beta.to_vec(), loss)
    }

    fn described(&self, beta: &[f64]) -> Option<Fit> {
        let (_, curvature) = self.slope(beta);
        let spread = curvature.root()?.diagonal_of_inverse();
        Some(Fit {
            constant: beta[0],
            coefficients: beta[1..].to_vec(),
            errors: spread[1..].iter().map(|variance| variance.sqrt()).collect(),
        })
    }
}

/// The penalty among `penalties` under which the cases that were left out are most likely,
/// over `folds` seeded folds; the larger of two that are alike. `None` where no penalty
/// could be fitted on every fold.
#[must_use]
pub fn penalty(
    cases: &Cases,
    members: &[usize],
    penalties: &[f64],
    folds: usize,
    seed: u64,
) -> Option<f64> {
    let dealt = dealt(members, folds, seed);
    let mut largest_first: Vec<f64> = penalties.to_vec();
    largest_first.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut losses = vec![0.0; largest_first.len()];
    for fold in 0..folds {
        let (left_out, kept): (Vec<_>, Vec<_>) = dealt.iter().partition(|(_, at)| *at == fold);
        let kept: Vec<usize> = kept.into_iter().map(|(case, _)| case).collect();
        let left_out: Vec<usize> = left_out.into_iter().map(|(case, _)| case).collect();
        let mut beta = vec![0.0; cases.features + 1];
        for (penalty, loss) in largest_first.iter().zip(&mut losses) {
            let problem = Problem {
                cases,
                members: &kept,
                penalty: *penalty,
            };
            beta = problem.minimum(beta)?;
            let unseen = Problem {
                cases,
                members: &left_out,
                penalty: 0.0,
            };
            *loss += unseen.loss(&beta);
        }
    }
    let best = |best: Option<(f64, f64)>, (penalty, loss): (&f64, &f64)| match best {
        Some((_, least)) if *loss >= least => best,
        _ => Some((*penalty, *loss)),
    };
    let found = largest_first.iter().zip(&losses).fold(None, best);
    found.map(|(penalty, _)| penalty)
}

/// Each member with its fold: shuffled by the seed, then dealt in turn.
fn dealt(members: &[usize], folds: usize, seed: u64) -> Vec<(usize, usize)> {
    let order = shuffled(members, seed);
    let mut dealt: Vec<(usize, usize)> = order
        .into_iter()
        .enumerate()
        .map(|(at, case)| (case, at % folds.max(1)))
        .collect();
    dealt.sort_unstable();
    dealt
}

/// The members in an order drawn from the seed.
#[must_use]
pub fn shuffled(members: &[usize], seed: u64) -> Vec<usize> {
    let mut random = Random::seeded(seed);
    let mut order = members.to_vec();
    for at in (1..order.len()).rev() {
        let other = random.below(at as u64 + 1) as usize;
        order.swap(at, other);
    }
    order
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn all(cases: &Cases) -> Vec<usize> {
        (0..cases.len()).collect()
    }

    /// Slow reference: small steps down the slope, on dense rows.
    fn by_descent(rows: &[Vec<f64>], outcomes: &[bool], penalty: f64) -> Vec<f64> {
        let width = rows[0].len();
        let mut beta = vec![0.0; width + 1];
        for _ in 0..200_000 {
            let mut slope = vec![0.0; width + 1];
            for (row, outcome) in rows.iter().zip(outcomes) {
                let odds: f64 =
                    beta[0] + row.iter().zip(&beta[1..]).map(|(x, b)| x * b).sum::<f64>();
                let apart = 1.0 / (1.0 + (-odds).exp()) - if *outcome { 1.0 } else { 0.0 };
                slope[0] += apart;
                for (slope, x) in slope[1..].iter_mut().zip(row) {
                    *slope += apart * x;
                }
            }
            for (slope, b) in slope[1..].iter_mut().zip(&beta[1..]) {
                *slope += penalty * b;
            }
            for (b, slope) in beta.iter_mut().zip(&slope) {
                *b -= 0.01 * slope;
            }
        }
        beta
    }

    fn made(n: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<bool>) {
        let mut random = Random::seeded(seed);
        (0..n)
            .map(|_| {
                let row = vec![
                    random.unit() * 4.0 - 2.0,
                    f64::from(u8::from(random.unit() < 0.3)),
                    random.unit() - 0.5,
                ];
                let odds = -0.5 + 0.9 * row[0] + 1.1 * row[1];
                let outcome = random.unit() < chance(odds);
                (row, outcome)
            })
            .unzip()
    }

    fn sparse(rows: &[Vec<f64>], outcomes: &[bool]) -> Cases {
        let mut cases = Cases::new(rows[0].len());
        for (row, outcome) in rows.iter().zip(outcomes) {
            let row: Vec<(u32, f64)> = (0..).zip(row.iter().copied()).collect();
            cases.push(&row, *outcome);
        }
        cases
    }

    #[test]
    fn agrees_with_going_down_the_slope() {
        let (rows, outcomes) = made(60, 3);
        let cases = sparse(&rows, &outcomes);
        for penalty in [0.5, 5.0] {
            let found = fit(&cases, &all(&cases), penalty).unwrap();
            let slow = by_descent(&rows, &outcomes, penalty);
            assert!((found.constant - slow[0]).abs() < 1e-6);
            for (fast, slow) in found.coefficients.iter().zip(&slow[1..]) {
                assert!((fast - slow).abs() < 1e-6, "{fast} {slow}");
            }
        }
    }

    #[test]
    fn one_yes_or_no_gives_the_odds_ratio_of_its_table() {
        // Metrics dictionary, 12.12: 5, 1, 2, 10 with half a member added to each cell is
        // 15.4; the same table in whole members is twice that.
        let mut cases = Cases::new(1);
        for (n, factor, outcome) in [
            (11, 1.0, true),
            (3, 1.0, false),
            (5, 0.0, true),
            (21, 0.0, false),
        ] {
            (0..n).for_each(|_| cases.push(&[(0, factor)], outcome));
        }
        let found = fit(&cases, &all(&cases), 0.0).unwrap();
        assert!((libm::exp(found.coefficients[0]) - 15.4).abs() < 1e-6);
        // Woolf: the variance of ln OR is the sum of the reciprocals of the cells.
        let variance: f64 = [11.0, 3.0, 5.0, 21.0].iter().map(|n: &f64| 1.0 / n).sum();
        assert!((found.errors[0] - variance.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn a_penalty_draws_towards_nothing_and_tames_perfect_separation() {
        let (rows, outcomes) = made(80, 5);
        let cases = sparse(&rows, &outcomes);
        let size = |penalty| {
            let found = fit(&cases, &all(&cases), penalty).unwrap();
            found.coefficients.iter().map(|b| b * b).sum::<f64>()
        };
        assert!(size(0.1) > size(1.0) && size(1.0) > size(100.0));
        let mut split = Cases::new(1);
        for x in [-2.0, -1.0, 1.0, 2.0] {
            split.push(&[(0, x)], x > 0.0);
        }
        assert!(fit(&split, &all(&split), 1.0).unwrap().coefficients[0].is_finite());
        assert_eq!(fit(&split, &[0, 1], 1.0), None);
    }

    #[test]
    fn noise_wants_a_large_penalty_and_the_seed_decides_the_folds() {
        let (rows, _) = made(200, 9);
        let mut random = Random::seeded(1);
        let noise: Vec<bool> = rows.iter().map(|_| random.unit() < 0.4).collect();
        let cases = sparse(&rows, &noise);
        let grid = [0.1, 1.0, 10.0, 100.0, 1000.0];
        let chosen = |seed| penalty(&cases, &all(&cases), &grid, 5, seed).unwrap();
        assert!(chosen(7) >= 10.0);
        assert_eq!(chosen(7).to_bits(), chosen(7).to_bits());
        let (rows, outcomes) = made(400, 2);
        let signal = sparse(&rows, &outcomes);
        assert!(penalty(&signal, &all(&signal), &grid, 5, 7).unwrap() <= 10.0);
    }

    #[test]
    fn a_shuffle_loses_nobody() {
        let members: Vec<usize> = (0..50).collect();
        let mut order = shuffled(&members, 3);
        assert_ne!(order, members);
        order.sort_unstable();
        assert_eq!(order, members);
    }
}
