//! How sure an Aalen-Johansen estimate is, point by point.
//!
//! Under competing ends the share converted is no product of factors, so that Greenwood's
//! formula for survival does not fit; the delta method over the martingale increments of
//! both ends gives its kin. Without censoring it is the binomial variance exactly.
//! Source: J. J. Gaynor and others, Journal of the American Statistical Association 88
//! (1993), 400-409; the interval is that of `log(-log F)`, turned back, which stays
//! between 0 and 1 (metrics dictionary 4.3 uses the same scale).

use super::normal::Z95;
use super::survival::CompetingCurve;

/// How sure the share converted by a time is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Standard error of the share converted.
    pub standard_error: f64,
    /// Ends of the pointwise 95 % interval; absent where nobody or everybody has converted,
    /// since the scale has no place for 0 and 1.
    pub interval: Option<(f64, f64)>,
}

/// Sums over the steps so far, from which the variance at any later share follows.
#[derive(Debug, Default)]
struct Sums {
    /// Sum of `a`, of `a F` and of `a F^2`, with `a = d / (n (n - d))`.
    ends: [f64; 3],
    /// Sum of `b` and of `b F`, with `b = S(-) d_won / n^2`.
    mixed: [f64; 2],
    /// Sum of `S(-)^2 d_won (n - d_won) / n^3`.
    own: f64,
}

impl Sums {
    /// Variance of the share `F` at the last step:
    /// `sum a (F - F_j)^2 + sum own_j - 2 sum b_j (F - F_j)`.
    fn variance(&self, share: f64) -> f64 {
        let [a, a_share, a_square] = self.ends;
        let [b, b_share] = self.mixed;
        let ends = share * share * a - 2.0 * share * a_share + a_square;
        (ends + self.own - 2.0 * (share * b - b_share)).max(0.0)
    }

    fn add(&mut self, n: f64, (open, ended, won): (f64, f64, f64), share: f64) {
        // Nobody is left after a step that ends all: no later share depends on it.
        if n - ended > 0.5 {
            let a = ended / (n * (n - ended));
            self.ends[0] += a;
            self.ends[1] += a * share;
            self.ends[2] += a * share * share;
        }
        let b = open * won / (n * n);
        self.mixed[0] += b;
        self.mixed[1] += b * share;
        self.own += open * open * won * (n - won) / (n * n * n);
    }
}

/// How sure the share converted is at every step of the curve, in the order of its steps.
#[must_use]
pub fn spreads(curve: &CompetingCurve) -> Vec<Spread> {
    let mut sums = Sums::default();
    let (mut open, mut share) = (1.0, 0.0);
    let mut found = Vec::with_capacity(curve.steps.len());
    for step in &curve.steps {
        let n = step.at_risk as f64;
        // Whole numbers again: what the step divided by those at risk.
        let count = |part: f64| (part / open * n).round();
        let (won, ended) = (count(step.converted - share), count(open - step.open));
        sums.add(n, (open, ended, won), step.converted);
        let variance = sums.variance(step.converted);
        found.push(Spread {
            standard_error: variance.sqrt(),
            interval: log_log(step.converted, variance),
        });
        (open, share) = (step.open, step.converted);
    }
    found
}

fn log_log(share: f64, variance: f64) -> Option<(f64, f64)> {
    if share <= 0.0 || share >= 1.0 {
        return None;
    }
    let width = Z95 * variance.sqrt() / (share * libm::log(share).abs());
    let end = |power: f64| libm::pow(share, libm::exp(power));
    Some((end(width), end(-width)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::random::Random;
    use super::super::survival::{Competing, Ending, aalen_johansen};
    use super::*;

    fn members(count: u64, longest: f64, random: &mut Random) -> Vec<Competing> {
        let mut member = || {
            let (end, watched) = (40.0 * random.unit(), longest * random.unit());
            let won = random.unit() < 0.4;
            let ending = if won {
                Ending::Converted
            } else {
                Ending::Exited
            };
            Competing {
                time: end.min(watched).ceil(),
                ending: (end <= watched).then_some(ending),
            }
        };
        (0..count).map(|_| member()).collect()
    }

    /// The sum over pairs as the paper has it, quadratic and obvious.
    fn by_definition(members: &[Competing], time: f64) -> f64 {
        let curve = aalen_johansen(members);
        let share = curve.converted_by(time);
        let (mut sum, mut before) = (0.0, 1.0);
        for step in curve.steps.iter().filter(|step| step.time <= time) {
            let n = members.iter().filter(|m| m.time >= step.time).count() as f64;
            let at = |ending| {
                let here = |m: &&Competing| m.time == step.time && m.ending == Some(ending);
                members.iter().filter(here).count() as f64
            };
            let (won, lost) = (at(Ending::Converted), at(Ending::Exited));
            let d = won + lost;
            let left = share - step.converted;
            if n > d {
                sum += left * left * d / (n * (n - d));
            }
            sum += before * before * won * (n - won) / n.powi(3);
            sum -= 2.0 * left * before * won / (n * n);
            before = step.open;
        }
        sum
    }

    #[test]
    fn equals_its_definition() {
        let mut random = Random::seeded(21);
        for count in [1, 2, 9, 60, 400] {
            let members = members(count, 60.0, &mut random);
            let curve = aalen_johansen(&members);
            for (step, spread) in curve.steps.iter().zip(spreads(&curve)) {
                let slow = by_definition(&members, step.time).max(0.0);
                assert!((spread.standard_error.powi(2) - slow).abs() < 1e-12);
                if let Some((low, high)) = spread.interval {
                    assert!(0.0 < low && low <= step.converted && step.converted <= high);
                    assert!(high < 1.0);
                }
            }
        }
    }

    #[test]
    fn without_censoring_it_is_the_binomial_variance() {
        // Ten members, all ended; the third, fifth and eighth were won.
        let won = [3, 5, 8];
        let members: Vec<Competing> = (1..=10)
            .map(|time| Competing {
                time: f64::from(time),
                ending: Some(match won.contains(&time) {
                    true => Ending::Converted,
                    false => Ending::Exited,
                }),
            })
            .collect();
        let curve = aalen_johansen(&members);
        let spreads = spreads(&curve);
        assert_eq!(spreads[1].interval, None);
        for (step, spread) in curve.steps.iter().zip(&spreads) {
            let binomial = step.converted * (1.0 - step.converted) / 10.0;
            assert!((spread.standard_error.powi(2) - binomial).abs() < 1e-12);
        }
    }

    /// The same errors and ends as those of a bootstrap over the members (dictionary 4.4).
    #[test]
    fn agrees_with_the_bootstrap() {
        let mut random = Random::seeded(4);
        let members = members(300, 60.0, &mut random);
        let curve = aalen_johansen(&members);
        let spreads = spreads(&curve);
        let draws = 2000;
        let redrawn: Vec<_> = (0..draws)
            .map(|_| {
                let drawn: Vec<Competing> = (0..300)
                    .map(|_| members[random.below(300) as usize])
                    .collect();
                aalen_johansen(&drawn)
            })
            .collect();
        for time in [5.0, 15.0, 30.0, 40.0] {
            let place = curve.steps.iter().rposition(|s| s.time <= time).unwrap();
            let mut shares: Vec<f64> = redrawn.iter().map(|c| c.converted_by(time)).collect();
            shares.sort_by(f64::total_cmp);
            let mean = shares.iter().sum::<f64>() / f64::from(draws);
            let square = shares
                .iter()
                .map(|share| (share - mean).powi(2))
                .sum::<f64>();
            let error = (square / f64::from(draws - 1)).sqrt();
            let found = spreads[place].standard_error;
            assert!(
                (found / error - 1.0).abs() < 0.06,
                "{time}: {found} {error}"
            );
            let (low, high) = spreads[place].interval.unwrap();
            assert!(
                (low - shares[50]).abs() < 0.012,
                "{time}: {low} {}",
                shares[50]
            );
            assert!(
                (high - shares[1949]).abs() < 0.012,
                "{time}: {high} {}",
                shares[1949]
            );
        }
    }
}
