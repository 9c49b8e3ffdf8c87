//! What journeys look like: the most frequent ones, how long they are, who meets whom.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::journeys::{Channel, Journeys, Totals};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Policy, Rate, View};
use crate::stats::quantile::quantile;
use crate::stats::wilson;

/// A path and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Top<'j> {
    /// Its touches; nothing for all paths beyond the top together.
    pub path: Option<&'j [Channel]>,
    /// Its counts.
    pub totals: Totals,
}

/// The paths with the most conversions, then the most journeys, and all others together.
#[must_use]
pub fn top(journeys: &Journeys, most: usize) -> Vec<Top<'_>> {
    let mut order: Vec<usize> = (0..journeys.len()).collect();
    let rank = |index: &usize| {
        let totals = journeys.counts.of(*index);
        (totals.conversions, totals.lost)
    };
    order.sort_by(|a, b| {
        let ((converted, lost), (other, other_lost)) = (rank(a), rank(b));
        let by_conversions = other.total_cmp(&converted);
        by_conversions
            .then(other_lost.total_cmp(&lost))
            .then(a.cmp(b))
    });
    let (first, rest) = order.split_at(most.min(order.len()));
    let mut list: Vec<Top> = first
        .iter()
        .map(|index| Top {
            path: Some(journeys.path(*index)),
            totals: journeys.counts.of(*index),
        })
        .collect();
    if !rest.is_empty() {
        list.push(Top {
            path: None,
            totals: added(rest.iter().map(|index| journeys.counts.of(*index))),
        });
    }
    list
}

/// Journeys by their number of touches; those without any under 0.
#[must_use]
pub fn by_length(journeys: &Journeys) -> BTreeMap<usize, Totals> {
    let mut lengths: BTreeMap<usize, Totals> = BTreeMap::new();
    let mut add = |touches: usize, totals: Totals| {
        let entry = lengths.entry(touches).or_default();
        *entry = added([*entry, totals]);
    };
    for (index, path) in journeys.paths().enumerate() {
        add(path.len(), journeys.counts.of(index));
    }
    if journeys.untouched != Totals::default() {
        add(0, journeys.untouched);
    }
    lengths
}

/// Conversions by the number of touches before them; from `most` touches on together.
#[must_use]
pub fn conversions_by_length(
    lengths: &BTreeMap<usize, Totals>,
    most: usize,
) -> BTreeMap<usize, f64> {
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (touches, totals) in lengths {
        *sums.entry((*touches).min(most)).or_default() += totals.conversions;
    }
    sums
}

/// Journeys that met both channels; with itself, journeys that met it.
#[must_use]
pub fn overlap(journeys: &Journeys) -> BTreeMap<(Channel, Channel), Totals> {
    let mut pairs: FxHashMap<(Channel, Channel), Totals> = FxHashMap::default();
    let mut met: Vec<Channel> = Vec::new();
    for (index, path) in journeys.paths().enumerate() {
        met.clear();
        met.extend_from_slice(path);
        met.sort_unstable();
        met.dedup();
        for (place, one) in met.iter().enumerate() {
            for other in &met[place..] {
                let entry = pairs.entry((*one, *other)).or_default();
                *entry = added([*entry, journeys.counts.of(index)]);
            }
        }
    }
    pairs.into_iter().collect()
}

/// How long journeys took, from the first touch to the conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Lag {
    /// Journeys that converted.
    pub journeys: u64,
    /// Days within which half, three quarters and nine of ten converted; nothing without
    /// journeys.
    pub days: Option<[f64; 3]>,
    /// Journeys that took at most [`LAG_DAYS`] each; empty without journeys.
    pub within: Vec<Rate>,
}

/// Days that journeys are counted up to.
pub const LAG_DAYS: [i64; 5] = [0, 1, 7, 30, 90];

/// The lags of journeys, shortest first, in milliseconds. Zero days means the first touch
/// itself converted.
#[must_use]
pub fn lag(sorted: &[Millis]) -> Lag {
    let days: Vec<f64> = sorted
        .iter()
        .map(|lag| *lag as f64 / DAY_MILLIS as f64)
        .collect();
    let at = |share: f64| quantile(&days, share);
    let most = |days: i64| sorted.partition_point(|lag| *lag <= days * DAY_MILLIS) as u64;
    let journeys = sorted.len() as u64;
    let rate = |days: &i64| Rate {
        k: most(*days),
        n: journeys,
        interval: wilson::interval(most(*days), journeys),
        view: View::ToDate,
        policy: Policy::Explicit,
        horizon_days: None,
        in_progress: None,
    };
    Lag {
        journeys,
        days: at(0.5)
            .zip(at(0.75))
            .zip(at(0.9))
            .map(|((half, most), nearly)| [half, most, nearly]),
        within: LAG_DAYS.iter().filter(|_| journeys > 0).map(rate).collect(),
    }
}

fn added(list: impl IntoIterator<Item = Totals>) -> Totals {
    list.into_iter().fold(Totals::default(), |sum, one| Totals {
        conversions: sum.conversions + one.conversions,
        value: sum.value + one.value,
        lost: sum.lost + one.lost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::journeys::tests::journeys;

    #[test]
    fn the_rest_stands_together() {
        let journeys = journeys(&[
            ("a", 1.0, 5.0, 9.0),
            ("b > a", 3.0, 1.0, 0.0),
            ("c", 1.0, 2.0, 1.0),
            ("a > c", 0.0, 0.0, 4.0),
        ]);
        let list = top(&journeys, 2);
        let told: Vec<(Option<&[Channel]>, f64, f64)> = list
            .iter()
            .map(|top| (top.path, top.totals.conversions, top.totals.journeys()))
            .collect();
        assert_eq!(
            told,
            [
                (Some(&[1, 0][..]), 3.0, 3.0),
                (Some(&[0][..]), 1.0, 10.0),
                (None, 1.0, 6.0)
            ]
        );
        assert_eq!(top(&journeys, 9).len(), 4);
    }

    #[test]
    fn lags_in_days() {
        let lags = [0, 0, 1, 7, 8].map(|days| days * DAY_MILLIS);
        let lag = lag(&lags);
        let within: Vec<u64> = lag.within.iter().map(|rate| rate.k).collect();
        assert_eq!(within, [2, 3, 4, 5, 5]);
        assert_eq!((lag.journeys, lag.days.map(|days| days[0])), (5, Some(1.0)));
        assert_eq!(super::lag(&[]).days, None);
    }

    #[test]
    fn lengths_and_pairs() {
        let journeys = journeys(&[
            ("a > b > a", 2.0, 8.0, 1.0),
            ("b", 1.0, 1.0, 0.0),
            ("", 4.0, 2.0, 0.0),
        ]);
        let lengths = by_length(&journeys);
        let told: Vec<(usize, f64)> = lengths.iter().map(|(n, t)| (*n, t.conversions)).collect();
        assert_eq!(told, [(0, 4.0), (1, 1.0), (3, 2.0)]);
        let pairs = overlap(&journeys);
        let told: Vec<((u16, u16), f64)> = pairs
            .iter()
            .map(|(pair, t)| (*pair, t.journeys()))
            .collect();
        assert_eq!(told, [((0, 0), 3.0), ((0, 1), 3.0), ((1, 1), 4.0)]);
    }
}
