//! A journey with its times, for models that need more than the order of touches.

use super::credit::Credit;
use super::journeys::Channel;
use crate::domain::calendar::Millis;

/// One journey that converted.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'a> {
    /// Its touches, first one first; at least one.
    pub path: &'a [Channel],
    /// When each happened, not after the conversion.
    pub at: &'a [Millis],
    /// When it converted.
    pub converted: Millis,
    /// When the lead was made, where that is known and not after the conversion.
    pub lead: Option<Millis>,
    /// When the opportunity was made, likewise.
    pub opportunity: Option<Millis>,
    /// When it was won, likewise.
    pub won: Option<Millis>,
}

impl Walk<'_> {
    /// The touch that owns a milestone: the latest one not after it; of several at one
    /// moment the later row (attribution document 2.1).
    #[must_use]
    pub fn owner(&self, milestone: Option<Millis>) -> Option<usize> {
        let until = milestone?;
        self.at.partition_point(|at| *at <= until).checked_sub(1)
    }
}

/// A model that divides a journey by its times.
pub trait Timed: Sync {
    /// Gives each touch its part of the conversion; the parts sum to 1. `weights` comes
    /// as zeros.
    fn weigh(&self, walk: &Walk<'_>, weights: &mut [f64]);

    /// True where the model asks when leads and opportunities were made.
    fn needs_stages(&self) -> bool {
        false
    }
}

/// Credit of a timed model in sums over groups of persons, which the bootstrap draws as
/// a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grouped {
    channels: usize,
    /// Group by group: conversions of each channel, the value of each, all conversions.
    sums: Vec<f64>,
}

/// The most groups, and the most sums of all groups together.
const MOST_GROUPS: usize = 1_000;
const MOST_SUMS: usize = 400_000;

impl Grouped {
    /// Nothing yet.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        let groups = (MOST_SUMS / (2 * channels + 1)).clamp(100, MOST_GROUPS);
        Self {
            channels,
            sums: vec![0.0; groups * (2 * channels + 1)],
        }
    }

    fn width(&self) -> usize {
        2 * self.channels + 1
    }

    /// How many groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.sums.len() / self.width()
    }

    /// Adds a journey of somebody in a group.
    pub fn add(&mut self, group: usize, path: &[Channel], weights: &[f64], value: f64) {
        let (channels, width) = (self.channels, self.width());
        let sums = &mut self.sums[group * width..(group + 1) * width];
        for (channel, weight) in path.iter().zip(weights) {
            let channel = usize::from(*channel);
            sums[channel] += weight;
            sums[channels + channel] += weight * value;
        }
        sums[2 * channels] += 1.0;
    }

    /// Adds all of another with as many channels.
    pub fn merge(&mut self, other: &Self) {
        for (sum, more) in self.sums.iter_mut().zip(&other.sums) {
            *sum += more;
        }
    }

    /// The same for final numbers of the channels.
    #[must_use]
    pub fn renumbered(&self, numbers: &[Channel], channels: usize, met: &[bool]) -> Self {
        let groups = self.groups();
        let mut sums = vec![0.0; groups * (2 * channels + 1)];
        for group in 0..groups {
            let old = &self.sums[group * self.width()..(group + 1) * self.width()];
            let new = &mut sums[group * (2 * channels + 1)..(group + 1) * (2 * channels + 1)];
            for channel in (0..self.channels).filter(|channel| met[*channel]) {
                let number = usize::from(numbers[channel]);
                new[number] = old[channel];
                new[channels + number] = old[self.channels + channel];
            }
            new[2 * channels] = old[2 * self.channels];
        }
        Self { channels, sums }
    }

    /// The sums with each group counted so often.
    #[must_use]
    pub fn counted(&self, times: &[f64]) -> (Credit, f64) {
        let mut all = vec![0.0; self.width()];
        for (group, times) in self.sums.chunks(self.width()).zip(times) {
            if *times != 0.0 {
                all.iter_mut()
                    .zip(group)
                    .for_each(|(sum, own)| *sum += times * own);
            }
        }
        let credit = Credit {
            conversions: all[..self.channels].to_vec(),
            value: all[self.channels..2 * self.channels].to_vec(),
            ..Credit::default()
        };
        (credit, all[2 * self.channels])
    }

    /// The credit itself.
    #[must_use]
    pub fn credit(&self) -> Credit {
        self.counted(&vec![1.0; self.groups()]).0
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A walk of touches on days, converted on a day.
    pub fn on_days<'a>(path: &'a [Channel], at: &'a [Millis], converted: Millis) -> Walk<'a> {
        Walk {
            path,
            at,
            converted,
            lead: None,
            opportunity: None,
            won: Some(converted),
        }
    }

    #[test]
    fn owners_of_milestones() {
        let walk = on_days(&[0, 1, 2], &[10, 20, 20], 30);
        assert_eq!(walk.owner(Some(20)), Some(2));
        assert_eq!(walk.owner(Some(19)), Some(0));
        assert_eq!(walk.owner(Some(9)), None);
        assert_eq!(walk.owner(None), None);
    }

    #[test]
    fn groups_add_up() {
        let mut grouped = Grouped::new(2);
        grouped.add(3, &[0, 1], &[0.25, 0.75], 8.0);
        grouped.add(4, &[1], &[1.0], 2.0);
        let credit = grouped.credit();
        assert_eq!(credit.conversions, [0.25, 1.75]);
        assert_eq!(credit.value, [2.0, 8.0]);
        let mut times = vec![0.0; grouped.groups()];
        times[3] = 2.0;
        let (credit, all) = grouped.counted(&times);
        assert_eq!((credit.conversions[1], all), (1.5, 2.0));
    }
}
