//! How well a score ranks, and how far a probability can be believed.
//!
//! Definitions: metrics dictionary 7.3. `outcomes` say who converted, `scores` are in the
//! same order; the best score is the highest. What has no value is `None`.

use super::normal::Z95;
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

/// The area under the curve with its 95 % interval, on the logit scale so that it stays
/// between 0 and 1; `None` where there is no area or no spread.
///
/// Source: E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, Biometrics 44 (1988),
/// 837-845: the variance from how well each case is placed among those of the other kind.
#[must_use]
pub fn auc_interval(scores: &[f64], outcomes: &[bool]) -> Option<(f64, f64)> {
    let area = auc(scores, outcomes)?;
    let good = positives(outcomes);
    let bad = outcomes.len() as f64 - good;
    if good < 2.0 || bad < 2.0 {
        return None;
    }
    let (mut above_good, mut above_bad) = (0.0, 0.0);
    let (mut of_good, mut of_bad) = (0.0, 0.0);
    for (_, n, k) in tied(scores, outcomes) {
        let misses = n - k;
        // Share of the others that a case of this score is ranked right against.
        let hit = 1.0 - (above_bad + misses / 2.0) / bad;
        let miss = (above_good + k / 2.0) / good;
        of_good += k * (hit - area) * (hit - area);
        of_bad += misses * (miss - area) * (miss - area);
        above_good += k;
        above_bad += misses;
    }
    let variance = of_good / (good - 1.0) / good + of_bad / (bad - 1.0) / bad;
    if area <= 0.0 || area >= 1.0 || variance <= 0.0 {
        return None;
    }
    let middle = libm::log(area / (1.0 - area));
    let half = Z95 * variance.sqrt() / (area * (1.0 - area));
    let back = |x: f64| 1.0 / (1.0 + libm::exp(-x));
    Some((back(middle - half), back(middle + half)))
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

/// `-mean(y ln p + (1 - y) ln(1 - p))`, the chance kept 1e-15 from 0 and 1.
#[must_use]
pub fn log_loss(chances: &[f64], outcomes: &[bool]) -> Option<f64> {
    let loss = |(chance, outcome): (&f64, &bool)| {
        let chance = chance.clamp(1e-15, 1.0 - 1e-15);
        -libm::log(if *outcome { chance } else { 1.0 - chance })
    };
    let n = outcomes.len();
    (n > 0).then(|| chances.iter().zip(outcomes).map(loss).sum::<f64>() / n as f64)
}

/// `mean y - mean p` with its 95 % interval, the spread that of `y - p`; without an
/// interval for fewer than two cases.
#[must_use]
pub fn calibration_in_the_large(
    chances: &[f64],
    outcomes: &[bool],
) -> Option<(f64, Option<(f64, f64)>)> {
    let n = outcomes.len() as f64;
    if outcomes.is_empty() {
        return None;
    }
    let apart = |(chance, outcome): (&f64, &bool)| f64::from(u8::from(*outcome)) - chance;
    let cases = || chances.iter().zip(outcomes).map(apart);
    let mean = cases().sum::<f64>() / n;
    let interval = (outcomes.len() > 1).then(|| {
        let squares: f64 = cases().map(|x| (x - mean) * (x - mean)).sum();
        let half = Z95 * (squares / (n - 1.0) / n).sqrt();
        (mean - half, mean + half)
    });
    Some((mean, interval))
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
    fn interval_of_the_area_against_all_pairs() {
        let (scores, outcomes) = cases();
        let won = |wanted: bool| {
            let cases = scores.iter().zip(&outcomes);
            let of_kind: Vec<f64> = cases
                .filter(|(_, won)| **won == wanted)
                .map(|(score, _)| *score)
                .collect();
            of_kind
        };
        let (good, bad) = (won(true), won(false));
        let right = |a: f64, b: f64| match a.total_cmp(&b) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
        let variance = |list: &[f64]| {
            let middle = mean(list);
            let squares: f64 = list.iter().map(|x| (x - middle).powi(2)).sum();
            squares / (list.len() - 1) as f64 / list.len() as f64
        };
        let of_good: Vec<f64> = good
            .iter()
            .map(|a| mean(&bad.iter().map(|b| right(*a, *b)).collect::<Vec<_>>()))
            .collect();
        let of_bad: Vec<f64> = bad
            .iter()
            .map(|b| mean(&good.iter().map(|a| right(*a, *b)).collect::<Vec<_>>()))
            .collect();
        let area = mean(&of_good);
        let half = 1.959_964 * (variance(&of_good) + variance(&of_bad)).sqrt();
        let logit = (area / (1.0 - area)).ln();
        let end = |x: f64| 1.0 / (1.0 + (-(logit + x / (area * (1.0 - area)))).exp());
        let found = auc_interval(&scores, &outcomes).unwrap_or_default();
        assert!((found.0 - end(-half)).abs() < 1e-6 && (found.1 - end(half)).abs() < 1e-6);
        assert_eq!(auc_interval(&scores, &[true; 20]), None);
    }

    #[test]
    fn loss_and_level_of_chances() {
        let loss = log_loss(&[0.5, 1.0, 0.0], &[true, true, false]).unwrap_or(0.0);
        assert!((loss - std::f64::consts::LN_2 / 3.0).abs() < 1e-12);
        assert!(log_loss(&[0.0], &[true]).is_some_and(|loss| (loss - 34.538_776).abs() < 1e-5));
        let found = calibration_in_the_large(&[0.2, 0.4], &[true, false]);
        // y - p is 0.8 and -0.4: mean 0.2, standard error 0.6.
        let Some((mean, Some((low, _)))) = found else {
            panic!("an interval");
        };
        assert!((mean - 0.2).abs() < 1e-12 && (low - (0.2 - 1.959_964 * 0.6)).abs() < 1e-6);
        assert_eq!(calibration_in_the_large(&[], &[]), None);
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
