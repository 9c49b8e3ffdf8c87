//! What a model gives to each channel.

use super::journeys::{Channel, Journeys, Totals, stretch};
use super::models::Prepared;
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
    /// Conversions and value of a journey, for models that say so.
    pub per_journey: Option<(f64, f64)>,
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
}

impl Prepared for Shares {
    /// Conversions of each channel, then the value of each.
    fn size(&self) -> usize {
        2 * self.channels
    }

    fn add(&self, path: usize, totals: Totals, sums: &mut [f64]) {
        for (channel, weight) in stretch(&self.parts, &self.ends, path) {
            let channel = usize::from(*channel);
            sums[channel] += totals.conversions * weight;
            sums[self.channels + channel] += totals.value * weight;
        }
    }

    fn credit(&self, sums: &[f64]) -> Credit {
        let (conversions, value) = sums.split_at(self.channels);
        Credit {
            conversions: conversions.to_vec(),
            value: value.to_vec(),
            removal: None,
            per_journey: None,
        }
    }
}
