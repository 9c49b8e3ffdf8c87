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
