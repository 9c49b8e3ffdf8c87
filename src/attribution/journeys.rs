//! Journeys: the channels that people met, in order, and what came of it.
//!
//! Identical paths are folded into one with their counts added up; every model sees a
//! path once, however often it was walked. Folded paths stand in the order of their
//! channels' names, so that the order of the input rows changes nothing.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::domain::figure::{Figure, ratio};
use crate::stats::sum::Sum;

/// A channel of [`Journeys::channels`].
pub type Channel = u16;

/// Counts of each folded path: what a draw of the bootstrap changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Journeys that converted. Fractions are kept.
    pub conversions: Vec<f64>,
    /// What the conversions were worth, in units.
    pub value: Vec<f64>,
    /// Journeys that did not convert.
    pub lost: Vec<f64>,
}

/// Conversions, value and lost journeys of some paths together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// Journeys that converted.
    pub conversions: f64,
    /// What they were worth.
    pub value: f64,
    /// Journeys that did not.
    pub lost: f64,
}

impl Totals {
    /// Journeys in all.
    #[must_use]
    pub fn journeys(self) -> f64 {
        self.conversions + self.lost
    }

    /// Share of the journeys that converted.
    ///
    /// # Errors
    /// `zero_denominator` without journeys.
    pub fn conversion(self) -> Figure<f64> {
        ratio(self.conversions, self.journeys())
    }
}

/// One of several lists that stand behind each other: `ends` says where each ends.
#[must_use]
pub fn stretch<'t, T>(flat: &'t [T], ends: &[usize], index: usize) -> &'t [T] {
    let start = index.checked_sub(1).map_or(0, |before| ends[before]);
    &flat[start..ends[index]]
}

/// The places of a path where a channel is met for the first time.
pub fn first_touches(path: &[Channel]) -> impl Iterator<Item = usize> {
    (0..path.len()).filter(|place| !path[..*place].contains(&path[*place]))
}

impl Counts {
    /// Adds a path.
    pub fn push(&mut self, totals: Totals) {
        self.conversions.push(totals.conversions);
        self.value.push(totals.value);
        self.lost.push(totals.lost);
    }

    /// How many paths there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.conversions.len()
    }

    /// True without any path.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conversions.is_empty()
    }

    /// The counts of a path.
    #[must_use]
    pub fn of(&self, path: usize) -> Totals {
        Totals {
            conversions: self.conversions[path],
            value: self.value[path],
            lost: self.lost[path],
        }
    }

    /// Everything added up.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let sum = |values: &[f64]| {
            let mut sum = Sum::default();
            values.iter().for_each(|value| sum.add(*value));
            sum.total()
        };
        Totals {
            conversions: sum(&self.conversions),
            value: sum(&self.value),
            lost: sum(&self.lost),
        }
    }
}

/// Folded journeys with at least one touch each; the others are counted apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journeys {
    /// Names of the channels, in order.
    pub channels: Vec<String>,
    touches: Vec<Channel>,
    ends: Vec<usize>,
    /// Counts of each path.
    pub counts: Counts,
    /// What happened without any touch.
    pub untouched: Totals,
    /// Channels that are direct traffic.
    pub direct: Vec<bool>,
    /// False where nobody counted the journeys that did not convert.
    pub knows_lost: bool,
}

impl Journeys {
    /// Journeys over paths that stand in order: the touches of all of them, and where each
    /// ends.
    #[must_use]
    pub fn new(
        channels: Vec<String>,
        direct: Vec<bool>,
        touches: Vec<Channel>,
        ends: Vec<usize>,
        counts: Counts,
    ) -> Self {
        Self {
            channels,
            touches,
            ends,
            counts,
            untouched: Totals::default(),
            direct,
            knows_lost: true,
        }
    }

    /// How many different paths there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True where no journey has a touch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The touches of a path, first one first; at least one.
    #[must_use]
    pub fn path(&self, index: usize) -> &[Channel] {
        stretch(&self.touches, &self.ends, index)
    }

    /// All paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &[Channel]> {
        (0..self.len()).map(|index| self.path(index))
    }

    /// Touches of the longest path.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.paths().map(<[Channel]>::len).max().unwrap_or(0)
    }
}

/// Takes journeys one by one and folds them.
#[derive(Debug, Default)]
pub struct Folding {
    names: BTreeMap<String, u32>,
    paths: FxHashMap<Vec<u32>, usize>,
    sums: Vec<[Sum; 3]>,
    untouched: [Sum; 3],
}

/// More channels than a [`Channel`] can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyChannels;

impl Folding {
    /// The number of a channel for [`Self::add`].
    pub fn channel(&mut self, name: &str) -> u32 {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.insert(name.to_owned(), number);
        number
    }

    /// Adds journeys over the same path.
    pub fn add(&mut self, path: &[u32], totals: Totals) {
        let sums = if path.is_empty() {
            &mut self.untouched
        } else {
            let place = self.paths.get(path).copied().unwrap_or_else(|| {
                self.paths.insert(path.to_vec(), self.sums.len());
                self.sums.push(Default::default());
                self.sums.len() - 1
            });
            &mut self.sums[place]
        };
        for (sum, value) in sums
            .iter_mut()
            .zip([totals.conversions, totals.value, totals.lost])
        {
            sum.add(value);
        }
    }

    /// The folded journeys. `is_direct` says which channels are direct traffic.
    ///
    /// # Errors
    /// [`TooManyChannels`] beyond 65,536 of them.
    pub fn finish(
        self,
        is_direct: impl Fn(&str) -> bool,
        knows_lost: bool,
    ) -> Result<Journeys, TooManyChannels> {
        // Names are in order; the numbers that rows were added under are not.
        let mut order = vec![0; self.names.len()];
        for (place, number) in self.names.values().enumerate() {
            order[*number as usize] = Channel::try_from(place).map_err(|_| TooManyChannels)?;
        }
        let channels: Vec<String> = self.names.into_keys().collect();
        let renumbered = |path: Vec<u32>| -> Vec<Channel> {
            path.into_iter()
                .map(|number| order[number as usize])
                .collect()
        };
        let mut paths: Vec<(Vec<Channel>, [Sum; 3])> = self
            .paths
            .into_iter()
            .map(|(path, place)| (renumbered(path), self.sums[place]))
            .collect();
        paths.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut journeys = Journeys {
            direct: channels.iter().map(|name| is_direct(name)).collect(),
            channels,
            knows_lost,
            ..Journeys::default()
        };
        let [conversions, value, lost] = self.untouched.map(Sum::total);
        journeys.untouched = Totals {
            conversions,
            value,
            lost,
        };
        for (path, sums) in paths {
            let [conversions, value, lost] = sums.map(Sum::total);
            journeys.touches.extend(path);
            journeys.ends.push(journeys.touches.len());
            journeys.counts.push(Totals {
                conversions,
                value,
                lost,
            });
        }
        Ok(journeys)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Journeys from rows of path, conversions, value, lost; `d` is direct.
    pub fn journeys(rows: &[(&str, f64, f64, f64)]) -> Journeys {
        let mut folding = Folding::default();
        for (path, conversions, value, lost) in rows {
            let names = path
                .split('>')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            let path: Vec<u32> = names.map(|name| folding.channel(name)).collect();
            folding.add(
                &path,
                Totals {
                    conversions: *conversions,
                    value: *value,
                    lost: *lost,
                },
            );
        }
        folding.finish(|name| name == "d", true).unwrap()
    }

    #[test]
    fn identical_paths_are_one() {
        let folded = journeys(&[
            ("b > a", 1.0, 5.0, 0.0),
            ("a", 0.5, 2.0, 3.0),
            ("b>a", 2.0, 1.0, 4.0),
            ("", 1.0, 9.0, 0.0),
        ]);
        assert_eq!(folded.channels, ["a", "b"]);
        let paths: Vec<&[Channel]> = folded.paths().collect();
        assert_eq!(paths, [&[0][..], &[1, 0]]);
        assert_eq!(folded.counts.conversions, [0.5, 3.0]);
        assert_eq!(folded.counts.value, [2.0, 6.0]);
        assert_eq!(folded.counts.lost, [3.0, 4.0]);
        assert_eq!(folded.untouched.value, 9.0);
        assert_eq!((folded.len(), folded.longest()), (2, 2));
        let totals = folded.counts.totals();
        assert_eq!((totals.conversions, totals.lost), (3.5, 7.0));
    }

    #[test]
    fn the_order_of_rows_is_no_matter() {
        let rows = [
            ("c > a", 1.0, 1.0, 1.0),
            ("a", 2.0, 2.0, 2.0),
            ("b", 3.0, 3.0, 3.0),
        ];
        let mut turned = rows;
        turned.reverse();
        assert_eq!(journeys(&rows), journeys(&turned));
    }
}
