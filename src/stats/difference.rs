//! Do two rates differ, and by how much?
//!
//! For independent groups only: two steps of one funnel hold the same people and are
//! not compared this way. The interval is Newcombe's hybrid of the two Wilson
//! intervals; the test is the pooled z, or Fisher's exact test where the groups are
//! too small for it.
//! Sources: R. G. Newcombe, "Interval estimation for the difference between
//! independent proportions", Statistics in Medicine 17 (1998), 873-890, method 10;
//! R. A. Fisher, The Design of Experiments (1935).

use super::{normal, wilson};

/// Below this number of expected members in any of the four cells Fisher's test is used.
const LEAST_EXPECTED: f64 = 5.0;

/// Two tables count as equally likely up to this relative difference.
const TIE_TOLERANCE: f64 = 1e-7;

/// Which test a p-value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Two rates, pooled variance, normal tail.
    Z,
    /// Fisher's exact test, two-sided.
    Fisher,
}

/// The first rate against the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First rate minus second rate, as a share (0.05 is five points).
    pub difference: f64,
    /// Low end of the 95 % interval of the difference.
    pub low: f64,
    /// High end of the 95 % interval of the difference.
    pub high: f64,
    /// First rate over second rate; absent where the second is 0.
    pub ratio: Option<f64>,
    /// Chance of a difference at least this unlikely if both rates were equal.
    pub p: f64,
    /// The test that gave `p`.
    pub test: Test,
}

/// Compares `k1` of `n1` with `k2` of `n2`.
///
/// `None` where one of the two is no rate: without members, or more hits than members.
#[must_use]
pub fn compare(k1: u64, n1: u64, k2: u64, n2: u64) -> Option<Difference> {
    let (low, high) = interval(k1, n1, k2, n2)?;
    let (first, second) = (k1 as f64 / n1 as f64, k2 as f64 / n2 as f64);
    let (p, test) = if least_expected(k1, n1, k2, n2) < LEAST_EXPECTED {
        (fisher(k1, n1, k2, n2)?, Test::Fisher)
    } else {
        (normal::two_sided_p(pooled_z(k1, n1, k2, n2)?), Test::Z)
    };
    Some(Difference {
        difference: first - second,
        low,
        high,
        ratio: (k2 > 0).then(|| first / second),
        p,
        test,
    })
}

/// Newcombe's 95 % interval of the difference `k1/n1 - k2/n2`, as shares.
#[must_use]
pub fn interval(k1: u64, n1: u64, k2: u64, n2: u64) -> Option<(f64, f64)> {
    let (low1, high1) = wilson::interval(k1, n1)?;
    let (low2, high2) = wilson::interval(k2, n2)?;
    let (first, second) = (k1 as f64 / n1 as f64, k2 as f64 / n2 as f64);
    let difference = first - second;
    Some((
        difference - (first - low1).hypot(high2 - second),
        difference + (high1 - first).hypot(second - low2),
    ))
}

/// The z statistic of two rates with the variance of both groups together.
///
/// `None` where a group has no members, or where the variance is 0 because nobody
/// or everybody in both groups is a hit.
#[must_use]
pub fn pooled_z(k1: u64, n1: u64, k2: u64, n2: u64) -> Option<f64> {
    let (n1_members, n2_members) = (n1 as f64, n2 as f64);
    let pooled = (k1 as f64 + k2 as f64) / (n1_members + n2_members);
    let variance = pooled * (1.0 - pooled) * (1.0 / n1_members + 1.0 / n2_members);
    let difference = k1 as f64 / n1_members - k2 as f64 / n2_members;
    (variance > 0.0 && variance.is_finite()).then(|| difference / variance.sqrt())
}

/// Fisher's exact test: the probability, with all four margins given, of the tables
/// that are not more likely than the observed one.
///
/// The probabilities are built outwards from the most likely table by the ratio of
/// neighbours, which needs no factorials and keeps full precision for large groups.
/// `None` where one of the two is no rate.
#[must_use]
pub fn fisher(k1: u64, n1: u64, k2: u64, n2: u64) -> Option<f64> {
    if n1 == 0 || n2 == 0 || k1 > n1 || k2 > n2 {
        return None;
    }
    let margins = Margins {
        n1: n1 as f64,
        n2: n2 as f64,
        hits: k1 as f64 + k2 as f64,
    };
    let observed = k1 as f64;
    let mode = margins.mode();
    let mut tables = margins.upwards(mode);
    tables.extend(margins.downwards(mode));
    let likelihood = tables
        .iter()
        .find(|(hits, _)| *hits == observed)
        .map_or(0.0, |(_, weight)| *weight);
    let limit = likelihood * (1.0 + TIE_TOLERANCE);
    let total: f64 = tables.iter().map(|(_, weight)| weight).sum();
    let unlikely: f64 = tables
        .iter()
        .map(|(_, weight)| weight)
        .filter(|weight| **weight <= limit)
        .sum();
    Some((unlikely / total).min(1.0))
}

/// The fixed margins of a two-by-two table, as floats: sizes and hits in all.
struct Margins {
    n1: f64,
    n2: f64,
    hits: f64,
}

impl Margins {
    fn fewest(&self) -> f64 {
        (self.hits - self.n2).max(0.0)
    }

    fn most(&self) -> f64 {
        self.hits.min(self.n1)
    }

    /// The most likely number of hits in the first group.
    fn mode(&self) -> f64 {
        let mode = (self.n1 + 1.0) * (self.hits + 1.0) / (self.n1 + self.n2 + 2.0);
        mode.floor().clamp(self.fewest(), self.most())
    }

    /// Likelihood of `hits + 1` over that of `hits`.
    fn step(&self, hits: f64) -> f64 {
        let more = (self.n1 - hits) * (self.hits - hits);
        more / ((hits + 1.0) * (self.n2 - self.hits + hits + 1.0))
    }

    /// Tables from the mode up, with their likelihood relative to the mode.
    fn upwards(&self, mode: f64) -> Vec<(f64, f64)> {
        let (mut hits, mut weight) = (mode, 1.0);
        let mut tables = vec![(hits, weight)];
        while hits < self.most() && weight > 0.0 {
            weight *= self.step(hits);
            hits += 1.0;
            tables.push((hits, weight));
        }
        tables
    }

    /// Tables below the mode, with their likelihood relative to the mode.
    fn downwards(&self, mode: f64) -> Vec<(f64, f64)> {
        let (mut hits, mut weight) = (mode, 1.0);
        let mut tables = Vec::new();
        while hits > self.fewest() && weight > 0.0 {
            hits -= 1.0;
            weight /= self.step(hits);
            tables.push((hits, weight));
        }
        tables
    }
}

/// The smallest of the four numbers expected if both rates were equal.
fn least_expected(k1: u64, n1: u64, k2: u64, n2: u64) -> f64 {
    let (first, second) = (n1 as f64, n2 as f64);
    let hits = k1 as f64 + k2 as f64;
    let rarer = hits.min(first + second - hits);
    first.min(second) * rarer / (first + second)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!(
            (found - expected).abs() < tolerance,
            "{found} is not {expected}"
        );
    }

    #[test]
    fn large_groups_use_the_pooled_z() {
        // Metrics dictionary, 12.2.
        let found = compare(45, 300, 30, 310).unwrap();
        assert_eq!(found.test, Test::Z);
        near(found.difference, 0.053226, 5e-7);
        near(found.low, 0.000892, 5e-7);
        near(found.high, 0.106147, 5e-7);
        near(found.ratio.unwrap(), 1.55, 1e-12);
        near(pooled_z(45, 300, 30, 310).unwrap(), 2.00134, 5e-6);
        near(found.p, 0.045356, 5e-7);
    }

    #[test]
    fn small_groups_use_fisher() {
        // Metrics dictionary, 12.2.
        let found = compare(5, 20, 1, 25).unwrap();
        assert_eq!(found.test, Test::Fisher);
        near(found.difference, 0.21, 1e-12);
        near(found.low, 0.002048, 5e-7);
        near(found.high, 0.431162, 5e-7);
        near(found.p, 0.074089, 5e-7);
    }

    #[test]
    fn nothing_to_compare() {
        assert_eq!(compare(0, 0, 1, 2), None);
        assert_eq!(compare(1, 2, 3, 2), None);
        let equal = compare(0, 10, 0, 20).unwrap();
        assert_eq!((equal.difference, equal.p, equal.ratio), (0.0, 1.0, None));
        assert_eq!(compare(100, 100, 200, 200).unwrap().p, 1.0);
        assert_eq!(pooled_z(0, 100, 0, 100), None);
    }

    fn choose(n: u64, k: u64) -> u128 {
        (0..u128::from(k)).fold(1, |product, i| product * (u128::from(n) - i) / (i + 1))
    }

    /// By the definition, with exact integers.
    fn fisher_by_enumeration(k1: u64, n1: u64, k2: u64, n2: u64) -> f64 {
        let hits = k1 + k2;
        let ways = |x: u64| choose(n1, x) * choose(n2, hits - x);
        let tables: Vec<u128> = (hits.saturating_sub(n2)..=hits.min(n1)).map(ways).collect();
        let observed = ways(k1);
        let unlikely: u128 = tables.iter().filter(|ways| **ways <= observed).sum();
        unlikely as f64 / tables.iter().sum::<u128>() as f64
    }

    #[test]
    fn fisher_equals_enumeration() {
        for n1 in [1_u64, 2, 5, 9, 20] {
            for n2 in [1_u64, 3, 9, 25] {
                for k1 in 0..=n1 {
                    for k2 in 0..=n2 {
                        let exact = fisher_by_enumeration(k1, n1, k2, n2);
                        near(fisher(k1, n1, k2, n2).unwrap(), exact, 1e-12);
                    }
                }
            }
        }
    }

    #[test]
    fn swapping_the_groups_mirrors_everything() {
        for (k1, n1, k2, n2) in [(5, 20, 1, 25), (45, 300, 30, 310), (0, 3, 900, 100_000)] {
            let forth = compare(k1, n1, k2, n2).unwrap();
            let back = compare(k2, n2, k1, n1).unwrap();
            near(forth.low, -back.high, 1e-12);
            near(forth.high, -back.low, 1e-12);
            near(forth.p, back.p, 1e-9);
            assert_eq!(forth.test, back.test);
        }
    }

    #[test]
    fn fisher_approaches_the_corrected_z_in_large_groups() {
        let (k1, n1, k2, n2) = (5_200, 100_000, 5_000, 100_000);
        // Yates: half a member less on either side; here 0.00001 of a difference of 0.002.
        let corrected = pooled_z(k1, n1, k2, n2).unwrap() * (1.0 - 0.00001 / 0.002);
        near(
            fisher(k1, n1, k2, n2).unwrap(),
            normal::two_sided_p(corrected),
            1e-5,
        );
        // Far out the likelihoods underflow; the answer is still a probability.
        let extreme = fisher(0, 100_000, 90_000, 100_000).unwrap();
        assert!((0.0..1e-12).contains(&extreme));
    }
}
