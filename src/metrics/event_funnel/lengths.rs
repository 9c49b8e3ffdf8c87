//! How long conversions took: every single duration, exact, in little room.
//!
//! Quantiles need the values themselves, and sums of histograms would round them.
//! Durations below 49 days are kept in four bytes. The order in which they come does
//! not matter: they are sorted before anything is said of them.

use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::event_funnel::span_in_words;

/// Durations in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lengths {
    short: Vec<u32>,
    long: Vec<i64>,
    total: i128,
}

/// A class of a histogram: durations above `over`, up to and with `up_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bin {
    /// Milliseconds; the lowest class begins at 0 and holds it.
    pub over: Millis,
    /// Milliseconds.
    pub up_to: Millis,
    /// How many.
    pub count: u64,
}

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;

/// Unit, and below which multiple of it the next unit takes over.
const UNITS: &[(Millis, Millis)] = &[
    (SECOND, 60),
    (MINUTE, 60),
    (HOUR, 24),
    (DAY_MILLIS, Millis::MAX),
];

impl Bin {
    /// `20 min to 50 min`; the class of the shortest is `up to 1 s`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.over {
            0 => format!("up to {}", span_in_words(self.up_to)),
            over => format!("{} to {}", span_in_words(over), span_in_words(self.up_to)),
        }
    }
}

impl Lengths {
    /// Adds a duration; one below zero counts as zero.
    pub fn add(&mut self, length: Millis) {
        let length = length.max(0);
        self.total += i128::from(length);
        match u32::try_from(length) {
            Ok(short) => self.short.push(short),
            Err(_) => self.long.push(length),
        }
    }

    /// Adds those of another part.
    pub fn merge(&mut self, other: Self) {
        self.short.extend(other.short);
        self.long.extend(other.long);
        self.total += other.total;
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        (self.short.len() + self.long.len()) as u64
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sorts; must be called before [`Self::quantile`].
    pub fn sort(&mut self) {
        self.short.sort_unstable();
        self.long.sort_unstable();
    }

    /// The mean in seconds; none of nothing.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let count = self.len();
        (count > 0).then(|| self.total as f64 / count as f64 / SECOND as f64)
    }

    /// The `q` quantile (type 7) of sorted durations, in seconds; none of nothing.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let position = self.len().checked_sub(1)? as f64 * q;
        let below = self.at(position.floor() as usize)?;
        let above = self.at(position.ceil() as usize)?;
        let between = (above - below) as f64 * position.fract();
        Some((below as f64 + between) / SECOND as f64)
    }

    fn at(&self, place: usize) -> Option<Millis> {
        let short = self.short.get(place).map(|length| Millis::from(*length));
        let beyond = place.checked_sub(self.short.len());
        short.or_else(|| self.long.get(beyond?).copied())
    }

    /// The histogram in steps of 1, 2 and 5, from the first class that has anything to
    /// the last.
    #[must_use]
    pub fn bins(&self) -> Vec<Bin> {
        let all = self.short.iter().map(|length| Millis::from(*length));
        let all = all.chain(self.long.iter().copied());
        let longest = all.clone().max().unwrap_or(0);
        let bounds = bounds(longest);
        let mut counts = vec![0; bounds.len()];
        for length in all {
            let place = bounds.partition_point(|up_to| *up_to < length);
            counts[place] += 1;
        }
        let over = [0].into_iter().chain(bounds.iter().copied());
        let bins = over.zip(&bounds).zip(counts);
        let bins = bins.map(|((over, up_to), count)| Bin {
            over,
            up_to: *up_to,
            count,
        });
        let mut bins: Vec<Bin> = bins.skip_while(|bin| bin.count == 0).collect();
        while bins.last().is_some_and(|bin| bin.count == 0) {
            bins.pop();
        }
        bins
    }
}

/// Upper ends of classes, up to one that holds `longest`.
fn bounds(longest: Millis) -> Vec<Millis> {
    let mut bounds = Vec::new();
    for (unit, end) in UNITS {
        let mut power: Millis = 1;
        loop {
            for digit in [1, 2, 5] {
                let bound = digit * power;
                if bound >= *end {
                    break;
                }
                bounds.push(bound.saturating_mul(*unit));
                if bounds.last().is_some_and(|bound| *bound >= longest) {
                    return bounds;
                }
            }
            power *= 10;
            if power >= *end {
                break;
            }
        }
    }
    bounds
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stats::quantile::quantile;

    fn of(lengths: &[Millis]) -> Lengths {
        let mut all = Lengths::default();
        lengths.iter().for_each(|length| all.add(*length));
        all.sort();
        all
    }

    #[test]
    fn quantiles_are_those_of_the_plain_list() {
        let plain = [3_000, 7_500, 100, 60 * DAY_MILLIS, 90 * DAY_MILLIS, 8_000];
        let mut sorted: Vec<f64> = plain.iter().map(|millis| *millis as f64 / 1e3).collect();
        sorted.sort_by(f64::total_cmp);
        let found = of(&plain);
        for q in [0.0, 0.25, 0.5, 0.75, 0.9, 1.0] {
            assert!((found.quantile(q).unwrap() - quantile(&sorted, q).unwrap()).abs() < 1e-6);
        }
        let mean = sorted.iter().sum::<f64>() / 6.0;
        assert!((found.mean().unwrap() - mean).abs() < 1e-6);
        assert_eq!((of(&[]).quantile(0.5), of(&[]).mean()), (None, None));
    }

    #[test]
    fn parts_add_up() {
        let mut first = of(&[5, 60 * DAY_MILLIS]);
        first.merge(of(&[1, 70 * DAY_MILLIS]));
        first.sort();
        assert_eq!(first, of(&[1, 5, 60 * DAY_MILLIS, 70 * DAY_MILLIS]));
    }

    #[test]
    fn classes_follow_the_series_and_hold_their_upper_end() {
        let bins = of(&[30 * SECOND, 50 * SECOND, HOUR, HOUR + 1]).bins();
        let found: Vec<(Millis, Millis, u64)> = bins
            .iter()
            .map(|bin| (bin.over / SECOND, bin.up_to / SECOND, bin.count))
            .collect();
        assert_eq!(found.first(), Some(&(20, 50, 2)));
        assert_eq!(found.last(), Some(&(3600, 7200, 1)));
        assert!(found.contains(&(3000, 3600, 1)));
        assert_eq!(
            of(&[0]).bins(),
            [Bin {
                over: 0,
                up_to: SECOND,
                count: 1
            }]
        );
        let names: Vec<String> = bins.iter().map(Bin::name).collect();
        assert_eq!(names[0], "20 s to 50 s");
        assert_eq!(names[names.len() - 1], "1 h to 2 h");
        assert_eq!(of(&[700 * DAY_MILLIS]).bins()[0].up_to, 1_000 * DAY_MILLIS);
        assert!(of(&[]).bins().is_empty());
    }

    #[test]
    fn classes_rise() {
        let bounds = bounds(100_000 * DAY_MILLIS);
        assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]));
        let days: Vec<Millis> = bounds
            .iter()
            .rev()
            .take(3)
            .map(|end| end / DAY_MILLIS)
            .collect();
        assert_eq!(days, [100_000, 50_000, 20_000]);
    }
}
