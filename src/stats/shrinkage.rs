//! Rates of small groups, drawn towards the rate of all as far as the groups are alike.
//!
//! Groups are draws from a beta distribution whose parameters come from the spread of all
//! groups (method of moments); metrics dictionary 11.6. For ranking only.
//! Source: J. C. Kleinman, "Proportions with extraneous variance", JASA 68 (1973), 46-54,
//! with the members of a group as its weight.

/// Groups below which nothing can be said about their spread.
const FEWEST: usize = 5;

/// `(k + a) / (n + a + b)` of each group (k, n); `None` with fewer than five groups that
/// have members, or where all or none of the members are hits.
#[must_use]
pub fn rates(groups: &[(u64, u64)]) -> Option<Vec<f64>> {
    let filled: Vec<(f64, f64)> = groups
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(k, n)| (*k as f64, *n as f64))
        .collect();
    if filled.len() < FEWEST {
        return None;
    }
    let members: f64 = filled.iter().map(|(_, n)| n).sum();
    let mean = filled.iter().map(|(k, _)| k).sum::<f64>() / members;
    let spread = mean * (1.0 - mean);
    if spread <= 0.0 {
        return None;
    }
    let apart: f64 = filled
        .iter()
        .map(|(k, n)| n * (k / n - mean) * (k / n - mean))
        .sum();
    let free = filled.len() as f64 - 1.0;
    let squares: f64 = filled.iter().map(|(_, n)| n * n).sum();
    let room = members - squares / members - free;
    // The correlation of two members of a group: 0 where groups differ by chance alone.
    let alike = match room > 0.0 {
        true => ((apart / spread - free) / room).clamp(0.0, 1.0),
        false => 0.0,
    };
    let one = |(k, n): &(u64, u64)| {
        let (k, n) = (*k as f64, *n as f64);
        // With a + b = (1 - alike) / alike, multiplied out so that 0 and 1 are no exceptions.
        let prior = 1.0 - alike;
        let weight = n * alike + prior;
        if weight > 0.0 {
            (k * alike + mean * prior) / weight
        } else {
            mean
        }
    };
    Some(groups.iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn groups_that_differ_by_chance_have_the_rate_of_all() {
        let found = rates(&[(10, 100), (11, 100), (9, 100), (10, 100), (10, 100)]).unwrap();
        assert!(found.iter().all(|rate| (rate - 0.1).abs() < 1e-12));
    }

    #[test]
    fn groups_that_differ_keep_their_own_rate_and_small_ones_less_of_it() {
        let groups = [(90, 100), (10, 100), (50, 100), (70, 100), (3, 3), (0, 0)];
        let found = rates(&groups).unwrap();
        assert!(found[0] > 0.88 && found[1] < 0.12);
        let mean = 223.0 / 403.0;
        assert!(found[4] > mean && found[4] < 0.99);
        assert!((found[5] - mean).abs() < 1e-12);
    }

    #[test]
    fn by_hand() {
        // Five groups of 10 with 2, 4, 5, 6, 8: mean 0.5, spread 0.25, apart
        // 10 x (0.09 + 0.01 + 0 + 0.01 + 0.09) = 2, so 8 - 4 = 4 over 50 - 10 - 4 = 36:
        // alike 1/9, a + b = 8, a = 4: (2 + 4) / 18.
        let found = rates(&[(2, 10), (4, 10), (5, 10), (6, 10), (8, 10)]).unwrap();
        assert!((found[0] - 6.0 / 18.0).abs() < 1e-12);
        assert!((found[4] - 12.0 / 18.0).abs() < 1e-12);
    }

    #[test]
    fn too_few_groups_say_nothing() {
        assert_eq!(rates(&[(1, 2), (1, 2), (1, 2), (1, 2), (0, 0)]), None);
        assert_eq!(rates(&[(0, 2); 6]), None);
    }
}
