//! Rates of small groups, drawn towards what all groups have in common.
//!
//! Of ten persons the best and the worst raw rate belong to those with the fewest cases. So
//! for ranking each group starts with `a` hits of `a + b` that all groups together suggest:
//! the beta distribution with the mean and the variance of the true rates, by the method of
//! moments.
//! Source: J. C. Kleinman, "Proportions with extraneous variance", JASA 68 (1973), 46-54;
//! metrics dictionary 11.6.

/// Groups that are needed before they say anything about each other.
const FEWEST_GROUPS: usize = 5;

/// The shrunk rate of each group `(k, n)`, in their order: `(k + a) / (n + a + b)`. `None` for
/// all of them with fewer than five groups that have members, and for a group without any.
#[must_use]
pub fn shrunk(groups: &[(u64, u64)]) -> Vec<Option<f64>> {
    let prior = prior(groups);
    let one = |(k, n): &(u64, u64)| {
        let (a, b) = prior?;
        (*n > 0).then(|| match a.is_finite() {
            true => (*k as f64 + a) / (*n as f64 + a + b),
            // No group differs from the others by more than chance: all have one rate.
            false => b,
        })
    };
    groups.iter().map(one).collect()
}

/// `(a, b)`, or `(infinity, rate)` where the true rates do not seem to differ.
fn prior(groups: &[(u64, u64)]) -> Option<(f64, f64)> {
    let groups: Vec<(f64, f64)> = groups
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(k, n)| (*k as f64, *n as f64))
        .collect();
    if groups.len() < FEWEST_GROUPS {
        return None;
    }
    let members: f64 = groups.iter().map(|(_, n)| n).sum();
    let mean = groups.iter().map(|(k, _)| k).sum::<f64>() / members;
    let squares: f64 = groups.iter().map(|(_, n)| n * n).sum();
    // Weighted squares of the differences, and what chance alone would make of them.
    let spread: f64 = groups.iter().map(|(k, n)| n * (k / n - mean).powi(2)).sum();
    let chance = mean * (1.0 - mean);
    let count = groups.len() as f64;
    let between = (spread - (count - 1.0) * chance) / (members - squares / members - (count - 1.0));
    if chance <= 0.0 || between <= 0.0 || !between.is_finite() {
        return Some((f64::INFINITY, mean));
    }
    let strength = (chance / between - 1.0).max(0.0);
    Some((mean * strength, (1.0 - mean) * strength))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stats::random::Random;
    use crate::stats::variates;

    #[test]
    fn small_groups_move_most() {
        let groups = [(20, 100), (30, 100), (45, 100), (60, 100), (3, 3), (0, 0)];
        let shrunk = shrunk(&groups);
        assert!(shrunk[4].unwrap() < 0.95 && shrunk[4].unwrap() > 0.4);
        assert!((shrunk[0].unwrap() - 0.2).abs() < 0.05);
        assert_eq!(shrunk[5], None);
    }

    #[test]
    fn by_hand() {
        // Five groups of 10 with 2, 4, 5, 6, 8: mean 0.5, chance 0.25, spread
        // 10 x (0.09 + 0.01 + 0 + 0.01 + 0.09) = 2, so between = (2 - 1) / (50 - 10 - 4):
        // 1/36, a + b = 9 - 1, a = 4: (2 + 4) / 18.
        let found = shrunk(&[(2, 10), (4, 10), (5, 10), (6, 10), (8, 10)]);
        assert!((found[0].unwrap() - 6.0 / 18.0).abs() < 1e-12);
        assert!((found[4].unwrap() - 12.0 / 18.0).abs() < 1e-12);
    }

    #[test]
    fn without_real_differences_all_have_one_rate() {
        let found = shrunk(&[(10, 100), (11, 100), (10, 100), (9, 100), (10, 100)]);
        assert!(found.iter().all(|rate| (rate.unwrap() - 0.1).abs() < 1e-12));
        assert_eq!(shrunk(&[(1, 2), (1, 2)]), [None, None]);
        let none = shrunk(&[(0, 9); 6]);
        assert!(none.iter().all(|rate| *rate == Some(0.0)));
    }

    #[test]
    fn finds_the_distribution_that_made_the_groups() {
        let mut random = Random::seeded(7);
        let groups: Vec<(u64, u64)> = (0..4_000)
            .map(|_| {
                let rate = variates::beta(&mut random, 4.0, 12.0);
                (crate::stats::binomial::draw(&mut random, 40, rate), 40)
            })
            .collect();
        let (a, b) = prior(&groups).unwrap();
        assert!((a - 4.0).abs() < 0.6 && (b - 12.0).abs() < 1.8, "{a} {b}");
    }
}
