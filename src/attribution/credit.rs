//! What a model gives to each channel.

use super::journeys::{Channel, Counts, Journeys};
use crate::stats::sum::Sum;

/// Credit per channel, in the order of [`Journeys::channels`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Credit {
    /// Conversions given to each channel.
    pub conversions: Vec<f64>,
    /// Value given to each channel.
    pub value: Vec<f64>,
    /// Share of the conversions that would be lost without each channel, for models that
    /// say so.
    pub removal: Option<Removal>,
}

impl Credit {
    /// Conversions and value given to all channels together.
    #[must_use]
    pub fn totals(&self) -> (f64, f64) {
        let sum = |list: &[f64]| {
            let mut sum = Sum::default();
            list.iter().for_each(|value| sum.add(*value));
            sum.total()
        };
        (sum(&self.conversions), sum(&self.value))
    }
}

/// Removal effects per channel; nothing where there is nothing to lose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Removal {
    /// Of the conversions.
    pub conversions: Vec<Option<f64>>,
    /// Of the value.
    pub value: Vec<Option<f64>>,
}

/// Weights of a model that divides each path by itself, for any counts: path by path the
/// channels that get a part, and how much of each conversion.
#[derive(Debug)]
pub struct Shares {
    channels: usize,
    parts: Vec<(Channel, f64)>,
    ends: Vec<usize>,
}

impl Shares {
    /// Asks `divide` for the weights of the touches of each path; they may sum to more
    /// than 1 where that is the model.
    pub fn new(journeys: &Journeys, mut divide: impl FnMut(&[Channel], &mut [f64])) -> Self {
        let mut shares = Self {
            channels: journeys.channels.len(),
            parts: Vec::new(),
            ends: Vec::with_capacity(journeys.len()),
        };
        let mut weights = Vec::new();
        for path in journeys.paths() {
            weights.clear();
            weights.resize(path.len(), 0.0);
            divide(path, &mut weights);
            let given = path.iter().copied().zip(weights.iter().copied());
            shares
                .parts
                .extend(given.filter(|(_, weight)| *weight != 0.0));
            shares.ends.push(shares.parts.len());
        }
        shares
    }

    /// The credit under these counts.
    #[must_use]
    pub fn credit(&self, counts: &Counts) -> Credit {
        let mut conversions = vec![Sum::default(); self.channels];
        let mut value = conversions.clone();
        let mut start = 0;
        for (path, end) in self.ends.iter().enumerate() {
            for (channel, weight) in &self.parts[start..*end] {
                let channel = usize::from(*channel);
                conversions[channel].add(counts.conversions[path] * weight);
                value[channel].add(counts.value[path] * weight);
            }
            start = *end;
        }
        let totals = |sums: Vec<Sum>| sums.into_iter().map(Sum::total).collect();
        Credit {
            conversions: totals(conversions),
            value: totals(value),
            removal: None,
        }
    }
}
