//! What journeys look like: the most frequent ones, how long they are, who meets whom.

use std::collections::BTreeMap;

use super::journeys::{Channel, Journeys, Totals};

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
    let mut pairs: BTreeMap<(Channel, Channel), Totals> = BTreeMap::new();
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
    pairs
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
