//! How far a sum could have come out otherwise.
//!
//! The percentile bootstrap: draw as many members as there are, with replacement, add
//! up their values, do it again and again; the middle 95 % of those sums is the interval.
//! The use here is the revenue of a channel: a million leads, a few of them with an
//! amount, all others with 0.
//!
//! Drawing a million members per sum is not needed. Each of the `n` draws hits a member
//! with a value with chance `w/n`, independently, so the number of such hits is
//! Binomial(n, w/n); and given that number, each hit falls on each of the `w` values
//! with equal chance, independently. Hits on the others add 0. So a binomial number of
//! draws from the `w` values has exactly the distribution of the full resample.
//! Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), 13.3.

use super::binomial;
use super::poisson;
use super::quantile::quantile;
use super::random::Random;

/// How many resamples a published interval rests on.
pub const DRAWS: u32 = 2_000;

/// The 95 % percentile interval of the sum over `n` members.
///
/// `values` are the values of the members that have one other than 0; the other
/// `n - values.len()` members count as 0. Their order does not matter. The time taken
/// grows with `draws * values.len()`, not with `n`.
///
/// `None` where resampling can say nothing: no values, more values than members, a
/// value that is not finite, or no draws. With fewer than ten values the interval
/// exists but is much too sure of itself; the caller marks it.
#[must_use]
pub fn interval_of_sum(n: u64, values: &[f64], draws: u32, seed: u64) -> Option<(f64, f64)> {
    let sums = sums(n, values, draws, seed)?;
    Some((quantile(&sums, 0.025)?, quantile(&sums, 0.975)?))
}

/// The resampled sums, smallest first; `None` as for [`interval_of_sum`].
#[must_use]
pub fn sums(n: u64, values: &[f64], draws: u32, seed: u64) -> Option<Vec<f64>> {
    let with_value = values.len() as u64;
    if values.is_empty() || with_value > n || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let mut random = Random::seeded(seed);
    let chance = with_value as f64 / n as f64;
    let mut sums: Vec<f64> = (0..draws)
        .map(|_| {
            let hits = binomial::draw(&mut random, n, chance);
            (0..hits).map(|_| pick(&mut random, &values)).sum()
        })
        .collect();
    sums.sort_by(f64::total_cmp);
    Some(sums)
}

/// Fewest values on each side for a verdict on two sums: of fewer the bootstrap is much too
/// sure.
pub const ENOUGH: usize = 10;

/// Whether two sums of independent values differ by more than chance, where how many values
/// there are is chance as well: each draw takes a Poisson number of each side's values, and
/// the middle 95 % of the differences has 0 inside or not.
///
/// `None` with fewer than [`ENOUGH`] values on either side, or one that is not finite.
/// Source: dictionary 11.3, over events instead of members.
#[must_use]
pub fn sums_differ(one: &[f64], other: &[f64], draws: u32, seed: u64) -> Option<bool> {
    let enough =
        |values: &[f64]| values.len() >= ENOUGH && values.iter().all(|value| value.is_finite());
    if !enough(one) || !enough(other) || draws == 0 {
        return None;
    }
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (one, other) = (sorted(one), sorted(other));
    let mut random = Random::seeded(seed);
    let mut sum = |values: &[f64]| -> f64 {
        let count = poisson::draw(&mut random, values.len() as f64);
        (0..count).map(|_| pick(&mut random, values)).sum()
    };
    let mut differences: Vec<f64> = (0..draws).map(|_| sum(&one) - sum(&other)).collect();
    differences.sort_by(f64::total_cmp);
    let (low, high) = (
        quantile(&differences, 0.025)?,
        quantile(&differences, 0.975)?,
    );
    Some(low > 0.0 || high < 0.0)
}

fn pick(random: &mut Random, values: &[f64]) -> f64 {
    values[random.below(values.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The bootstrap as the textbook has it: every member is drawn.
    fn naive_sums(members: &[f64], draws: u32, seed: u64) -> Vec<f64> {
        let mut random = Random::seeded(seed);
        let mut sums: Vec<f64> = (0..draws)
            .map(|_| members.iter().map(|_| pick(&mut random, members)).sum())
            .collect();
        sums.sort_by(f64::total_cmp);
        sums
    }

    /// Largest distance of two empirical distribution functions (Kolmogorov-Smirnov).
    fn distance(a: &[f64], b: &[f64]) -> f64 {
        let share = |sorted: &[f64], x: f64| {
            sorted.partition_point(|value| *value <= x) as f64 / sorted.len() as f64
        };
        a.iter()
            .chain(b)
            .map(|x| (share(a, *x) - share(b, *x)).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn sums_differ_where_chance_cannot_explain_it() {
        let values = |count: usize, value: f64| vec![value; count];
        let differ = |one: &[f64], other: &[f64]| sums_differ(one, other, DRAWS, 7);
        // Equal values are counts: |a - b| > 1.96 sqrt(a + b).
        assert_eq!(differ(&values(100, 5.0), &values(60, 5.0)), Some(true));
        assert_eq!(differ(&values(100, 5.0), &values(80, 5.0)), Some(false));
        // One large value on one side explains nothing.
        let with_giant: Vec<f64> = values(39, 10.0).into_iter().chain([600.0]).collect();
        assert_eq!(differ(&with_giant, &values(40, 10.0)), Some(false));
        assert_eq!(differ(&values(9, 5.0), &values(100, 5.0)), None);
        assert_eq!(differ(&[f64::NAN; 20], &values(20, 1.0)), None);
    }

    /// The variance of a Poisson number of values is the sum of their squares.
    #[test]
    fn the_verdict_is_that_of_the_normal_law_where_many_values_are_added() {
        for (count, expected) in [(430, Some(false)), (520, Some(true))] {
            let one: Vec<f64> = (0..count).map(|number| f64::from(number % 7)).collect();
            let other: Vec<f64> = (0..400).map(|number| f64::from(number % 7)).collect();
            let sum = |values: &[f64]| values.iter().sum::<f64>();
            let squares = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
            let scatter = 1.96 * (squares(&one) + squares(&other)).sqrt();
            let beyond = (sum(&one) - sum(&other)).abs() > scatter;
            assert_eq!(Some(beyond), expected, "{count}");
            assert_eq!(sums_differ(&one, &other, DRAWS, 7), expected, "{count}");
        }
    }

    #[test]
    fn equals_the_naive_bootstrap_in_distribution() {
        const DRAWS: u32 = 10_000;
        let few = vec![100.0, 250.0, 90.0, 4_000.0, 120.0];
        let many: Vec<f64> = (1..=60).map(|i| f64::from(i * i)).collect();
        for (values, n) in [(few, 80_usize), (many.clone(), 90), (many, 60)] {
            let mut members = values.clone();
            members.resize(n, 0.0);
            let fast = sums(n as u64, &values, DRAWS, 1).unwrap();
            let slow = naive_sums(&members, DRAWS, 2);
            // 1.95 √(2/draws) is passed by chance once in a thousand.
            let limit = 1.95 * (2.0 / f64::from(DRAWS)).sqrt();
            assert!(distance(&fast, &slow) < limit, "n = {n}");
        }
    }

    #[test]
    fn a_seed_fixes_the_interval_and_the_order_of_values_does_not_matter() {
        let forth = interval_of_sum(1_000_000, &[5.0, 7.0, 11.0, 600.0], DRAWS, 42).unwrap();
        let back = interval_of_sum(1_000_000, &[600.0, 11.0, 7.0, 5.0], DRAWS, 42).unwrap();
        let other = interval_of_sum(1_000_000, &[5.0, 7.0, 11.0, 600.0], DRAWS, 43).unwrap();
        assert_eq!(forth, back);
        assert_ne!(forth, other);
    }

    #[test]
    fn agrees_with_theory_where_the_normal_curve_holds() {
        // The variance of the resampled sum is n times that of one drawn member.
        let values: Vec<f64> = (0..400).map(|i| 1_000.0 + f64::from(i)).collect();
        let n = 10_000.0;
        let total: f64 = values.iter().sum();
        let squares: f64 = values.iter().map(|v| v * v).sum();
        let deviation = (squares - total * total / n).sqrt();
        let (low, high) = interval_of_sum(10_000, &values, 20_000, 5).unwrap();
        assert!((low - (total - 1.96 * deviation)).abs() < 0.08 * deviation);
        assert!((high - (total + 1.96 * deviation)).abs() < 0.08 * deviation);
    }

    #[test]
    fn nothing_to_resample() {
        assert_eq!(interval_of_sum(10, &[], DRAWS, 1), None);
        assert_eq!(interval_of_sum(1, &[1.0, 2.0], DRAWS, 1), None);
        assert_eq!(interval_of_sum(10, &[f64::NAN], DRAWS, 1), None);
        assert_eq!(interval_of_sum(10, &[1.0], 0, 1), None);
        assert_eq!(interval_of_sum(1, &[3.0], DRAWS, 1), Some((3.0, 3.0)));
    }
}
