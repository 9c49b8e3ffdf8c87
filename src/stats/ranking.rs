//! How well a score ranks, and how far a probability can be believed.
//!
//! Definitions: metrics dictionary 7.3. `outcomes` say who converted, `scores` are in the
//! same order; the best score is the highest. What has no value is `None`.

use super::wilson;

/// A group of cases with what was foretold and what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Cases.
    pub n: u64,
    /// Those that converted.
    pub k: u64,
    /// Mean of what was foretold.
    pub mean: f64,
    /// Wilson interval of the observed rate.
    pub interval: Option<(f64, f64)>,
}

/// Cases in descending order of their score, equal scores together: (score, n, k).
fn tied(scores: &[f64], outcomes: &[bool]) -> Vec<(f64, f64, f64)> {
    let mut cases: Vec<(f64, bool)> = scores
        .iter()
        .copied()
        .zip(outcomes.iter().copied())
        .collect();
    cases.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut groups: Vec<(f64, f64, f64)> = Vec::new();
    for (score, outcome) in cases {
        let hit = f64::from(u8::from(outcome));
        match groups.last_mut() {
            Some(last) if last.0 == score => {
                last.1 += 1.0;
                last.2 += hit;
            }
            _ => groups.push((score, 1.0, hit)),
        }
    }
    groups
}

fn positives(outcomes: &[bool]) -> f64 {
    outcomes.iter().filter(|outcome| **outcome).count() as f64
}

/// Pairs ranked right and half of the ties, over all pairs of one that converted and one
/// that did not; `None` where there is only one kind.
#[must_use]
pub fn auc(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    let (good, all) = (positives(outcomes), outcomes.len() as f64);
    let bad = all - good;
    if good == 0.0 || bad == 0.0 {
        return None;
    }
    let (mut above, mut right) = (0.0, 0.0);
    for (_, n, k) in tied(scores, outcomes) {
        let misses = n - k;
        right += misses * (above + k / 2.0);
        above += k;
    }
    Some(right / (good * bad))
}

/// Share of those that converted among the top share `q` of all; a tie at the cut counts
/// in proportion.
#[must_use]
pub fn gain(scores: &[f64], outcomes: &[bool], q: f64) -> Option<f64> {
    let good = positives(outcomes);
    if good == 0.0 {
        return None;
    }
    let mut room = q * outcomes.len() as f64;
    let mut found = 0.0;
    for (_, n, k) in tied(scores, outcomes) {
        let part = (room / n).clamp(0.0, 1.0);
        found += part * k;
        room -= n;
    }
    Some(found / good)
}

/// The largest gap between the shares of converted and others above a cut.
#[must_use]
pub fn kolmogorov_smirnov(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    let good = positives(outcomes);
    let bad = outcomes.len() as f64 - good;
    if good == 0.0 || bad == 0.0 {
        return None;
    }
    let (mut hits, mut misses, mut most) = (0.0, 0.0, 0.0_f64);
    for (_, n, k) in tied(scores, outcomes) {
        hits += k;
        misses += n - k;
        most = most.max((hits / good - misses / bad).abs());
    }
    Some(most)
}

/// Mean squared error of probabilities.
#[must_use]
pub fn brier(chances: &[f64], outcomes: &[bool]) -> Option<f64> {
    let error = |(chance, outcome): (&f64, &bool)| {
        let apart = chance - f64::from(u8::from(*outcome));
        apart * apart
    };
    let n = outcomes.len();
    (n > 0).then(|| chances.iter().zip(outcomes).map(error).sum::<f64>() / n as f64)
}

/// `1 - brier / (b (1 - b))`, `b` the base rate: below 0 it is worse than the base rate.
#[must_use]
pub fn brier_skill(chances: &[f64], outcomes: &[bool]) -> Option<f64> {
    let base = positives(outcomes) / outcomes.len() as f64;
    let spread = base * (1.0 - base);
    let brier = brier(chances, outcomes)?;
    (spread > 0.0).then(|| 1.0 - brier / spread)
}

/// Bins of equal width from 0 to 1; empty ones are left out.
#[must_use]
pub fn bins_of_equal_width(chances: &[f64], outcomes: &[bool], bins: usize) -> Vec<Bin> {
    let mut sums = vec![(0_u64, 0_u64, 0.0); bins];
    for (chance, outcome) in chances.iter().zip(outcomes) {
        let place = ((chance * bins as f64) as usize).min(bins.saturating_sub(1));
        let bin = &mut sums[place];
        *bin = (bin.0 + 1, bin.1 + u64::from(*outcome), bin.2 + chance);
    }
    let filled = sums.into_iter().filter(|(n, _, _)| *n > 0);
    filled
        .map(|(n, k, sum)| Bin {
            n,
            k,
            mean: sum / n as f64,
            interval: wilson::interval(k, n),
        })
        .collect()
}

/// Bins of about equal count, lowest first; equal scores stay together.
#[must_use]
pub fn bins_of_equal_count(scores: &[f64], outcomes: &[bool], bins: usize) -> Vec<Bin> {
    let mut groups = tied(scores, outcomes);
    groups.reverse();
    let all = outcomes.len() as f64;
    let mut found: Vec<Bin> = Vec::new();
    let (mut n, mut k, mut sum, mut before) = (0.0, 0.0, 0.0, 0.0);
    for (score, count, hits) in groups {
        n += count;
        k += hits;
        sum += score * count;
        let done = before + n >= all * (found.len() + 1) as f64 / bins as f64 - 1e-9;
        if done {
            let (cases, converted) = (n as u64, k as u64);
            found.push(Bin {
                n: cases,
                k: converted,
                mean: sum / n,
                interval: wilson::interval(converted, cases),
            });
            before += n;
            (n, k, sum) = (0.0, 0.0, 0.0);
        }
    }
    found
}

/// Mean distance of what was foretold from what came, weighted by the cases of a bin.
#[must_use]
pub fn calibration_error(bins: &[Bin]) -> Option<f64> {
    let all: u64 = bins.iter().map(|bin| bin.n).sum();
    let apart = |bin: &Bin| bin.n as f64 * (bin.k as f64 / bin.n as f64 - bin.mean).abs();
    (all > 0).then(|| bins.iter().map(apart).sum::<f64>() / all as f64)
}

/// Population stability index of two distributions over the same bins; shares are floored
/// at 0.0001.
#[must_use]
pub fn stability_index(before: &[f64], now: &[f64]) -> f64 {
    const FLOOR: f64 = 1e-4;
    let term = |(e, a): (&f64, &f64)| {
        let (e, a) = (e.max(FLOOR), a.max(FLOOR));
        (a - e) * libm::log(a / e)
    };
    before.iter().zip(now).map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vector 12.11 of the metrics dictionary.
    fn cases() -> (Vec<f64>, Vec<bool>) {
        let outcomes = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        let scores = [
            95, 90, 85, 80, 80, 70, 65, 60, 55, 50, 50, 45, 40, 35, 30, 25, 20, 15, 10, 5,
        ];
        (
            scores.map(f64::from).into(),
            outcomes.map(|outcome| outcome == 1).into(),
        )
    }

    #[test]
    fn ranking() {
        let (scores, outcomes) = cases();
        assert!((auc(&scores, &outcomes).unwrap_or(0.0) - 0.833_333).abs() < 1e-6);
        for (q, expected) in [(0.1, 0.2), (0.2, 0.5), (0.3, 0.6), (0.5, 0.8)] {
            let found = gain(&scores, &outcomes, q).unwrap_or(0.0);
            assert!((found - expected).abs() < 1e-12, "{q}: {found}");
        }
        assert_eq!(auc(&scores, &[true; 20]), None);
        assert_eq!(gain(&scores, &[false; 20], 0.1), None);
        // Slow: every pair.
        let (mut right, mut pairs) = (0.0, 0.0);
        for (a, won) in scores.iter().zip(&outcomes).filter(|(_, won)| **won) {
            for (b, _) in scores.iter().zip(&outcomes).filter(|(_, won)| !**won) {
                assert!(won);
                pairs += 1.0;
                right += match a.total_cmp(b) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        assert!((auc(&scores, &outcomes).unwrap_or(0.0) - right / pairs).abs() < 1e-12);
        assert!(kolmogorov_smirnov(&scores, &outcomes).is_some_and(|ks| ks > 0.5));
    }

    #[test]
    fn belief() {
        let (scores, outcomes) = cases();
        let chances: Vec<f64> = scores.iter().map(|score| score / 100.0).collect();
        assert!((brier(&chances, &outcomes).unwrap_or(0.0) - 0.205_125).abs() < 1e-9);
        assert!((brier_skill(&chances, &outcomes).unwrap_or(0.0) + 0.094).abs() < 1e-9);
        let bins = bins_of_equal_width(&chances, &outcomes, 5);
        assert!((calibration_error(&bins).unwrap_or(0.0) - 0.2525).abs() < 1e-9);
        let psi = stability_index(&[0.5, 0.3, 0.2], &[0.4, 0.35, 0.25]);
        assert!((psi - 0.041_179).abs() < 1e-6);
    }

    #[test]
    fn equal_counts_keep_ties_together() {
        let (scores, outcomes) = cases();
        let bins = bins_of_equal_count(&scores, &outcomes, 5);
        assert_eq!(bins.iter().map(|bin| bin.n).sum::<u64>(), 20);
        assert_eq!(bins.iter().map(|bin| bin.k).sum::<u64>(), 5);
        assert!(bins.windows(2).all(|pair| pair[0].mean < pair[1].mean));
    }
}
