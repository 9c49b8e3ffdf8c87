//! Groups of leads that a score holds to be alike, best first, and whether they really are
//! in that order (metrics dictionary 7.3, `band_table`).

use super::audit::Case;
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::stats::difference;
use crate::stats::ranking::{self, Bin};
use crate::stats::shrinkage;
use crate::stats::wilson;

/// Bands of about equal count.
pub const BANDS: usize = 10;

/// A band of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Leads, conversions, mean score, interval.
    pub bin: Bin,
    /// Least score in it.
    pub from: f64,
    /// Rate over that of all.
    pub lift: Figure<f64>,
    /// True where a worse band converts better by more than chance.
    pub inverted: bool,
}

/// A group with a name: a cell of the grid, a grade.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The name.
    pub label: String,
    /// Leads.
    pub n: u64,
    /// Those that converted.
    pub k: u64,
    /// Wilson interval of the rate; absent without leads.
    pub interval: Option<(f64, f64)>,
    /// Rate over that of all.
    pub lift: Figure<f64>,
    /// Rate drawn towards that of all as far as the groups are alike, for ranking.
    pub shrunk: Figure<f64>,
    /// True where a worse group converts better by more than chance.
    pub inverted: bool,
}

/// True where a worse group (k, n) has a higher rate than a better one and the interval of
/// the difference leaves out 0 (dictionary 11.2).
fn is_upside_down(better: (u64, u64), worse: (u64, u64)) -> bool {
    let apart = difference::interval(worse.0, worse.1, better.0, better.1);
    apart.is_some_and(|(low, _)| low > 0.0)
}

/// Rate of a group over that of all.
///
/// # Errors
/// Without leads, or where nobody converted.
pub fn lift((k, n): (u64, u64), (all_k, all_n): (u64, u64)) -> Figure<f64> {
    let base = ratio(all_k as f64, all_n as f64)?;
    ratio(ratio(k as f64, n as f64)?, base)
}

/// Bands of the cases, best first.
#[must_use]
pub fn of_cases(cases: &[Case]) -> Vec<Band> {
    let (scores, outcomes) = super::audit::columns(cases);
    let mut bins = ranking::bins_of_equal_count(&scores, &outcomes, BANDS);
    bins.reverse();
    let all = bins
        .iter()
        .fold((0, 0), |(k, n), bin| (k + bin.k, n + bin.n));
    let mut sorted = scores;
    sorted.sort_unstable_by(f64::total_cmp);
    let mut below = sorted.len();
    let mut list: Vec<Band> = Vec::new();
    for (index, bin) in bins.iter().enumerate() {
        below -= bin.n as usize;
        let worse = bins[index + 1..].iter();
        let mut worse = worse.map(|bin| (bin.k, bin.n));
        list.push(Band {
            bin: *bin,
            from: sorted[below],
            lift: lift((bin.k, bin.n), all),
            inverted: worse.any(|worse| is_upside_down((bin.k, bin.n), worse)),
        });
    }
    list
}

/// Groups by name in the order given; `is_better(a, b)` says which of two is to convert
/// better, where anything is said.
#[must_use]
pub fn named(
    labels: &[&str],
    members: impl Iterator<Item = (usize, bool)>,
    is_better: impl Fn(usize, usize) -> bool,
) -> Vec<Named> {
    let mut counts = vec![(0_u64, 0_u64); labels.len()];
    for (group, converted) in members {
        if let Some((k, n)) = counts.get_mut(group) {
            *k += u64::from(converted);
            *n += 1;
        }
    }
    let all = counts.iter().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let shrunk = shrinkage::shrunk(&counts);
    let one = |(group, label): (usize, &&str)| {
        let own = counts[group];
        let mut others = counts.iter().enumerate();
        Named {
            label: (*label).to_owned(),
            n: own.1,
            k: own.0,
            interval: wilson::interval(own.0, own.1),
            lift: match own.1 {
                0 => Err(Undefined::ZeroDenominator),
                _ => lift(own, all),
            },
            shrunk: shrunk[group].ok_or(Undefined::NoData),
            inverted: others
                .any(|(other, worse)| is_better(group, other) && is_upside_down(own, *worse)),
        }
    };
    labels.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(groups: &[(f64, u64, u64)]) -> Vec<Case> {
        let mut cases = Vec::new();
        for (score, k, n) in groups {
            for at in 0..*n {
                cases.push(Case {
                    score: *score,
                    converted: at < *k,
                    entered: None,
                });
            }
        }
        cases
    }

    #[test]
    fn a_worse_band_that_converts_better_is_flagged_on_the_better_one() {
        let found = of_cases(&cases(&[(3.0, 30, 100), (2.0, 10, 100), (1.0, 60, 100)]));
        let flags: Vec<bool> = found.iter().map(|band| band.inverted).collect();
        assert_eq!(flags, [true, true, false]);
        assert_eq!(found[0].from.to_bits(), 3.0_f64.to_bits());
        assert!(found[0].lift.is_ok_and(|lift| (lift - 0.9).abs() < 1e-12));
        let alike = of_cases(&cases(&[(2.0, 10, 30), (1.0, 12, 30)]));
        assert!(alike.iter().all(|band| !band.inverted));
    }

    #[test]
    fn empty_groups_have_no_lift() {
        let members = [(0, true), (0, false), (2, true)].into_iter();
        let found = named(&["a", "b", "c"], members, |a, b| a < b);
        assert_eq!(
            (found[1].n, found[1].lift),
            (0, Err(Undefined::ZeroDenominator))
        );
        assert!(found[2].lift.is_ok_and(|lift| (lift - 1.5).abs() < 1e-12));
    }
}
