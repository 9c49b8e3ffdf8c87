//! What a model gives to each channel.

use std::cell::RefCell;

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

/// A rule that gives the touches of a path their weights, which come as zeros.
type Divide<'j> = Box<dyn Fn(&[Channel], &mut [f64]) + 'j>;

/// Weights of a model that divides each path by itself, for any counts.
pub struct Shares<'j> {
    journeys: &'j Journeys,
    divide: Divide<'j>,
    /// The weights of few paths, which the bootstrap asks for hundreds of times. Those of
    /// many would be most of the memory, and are worked out when they are asked for.
    kept: Option<Kept>,
    room: RefCell<Vec<f64>>,
}

/// Up to so many paths their weights are kept.
const MOST_KEPT: usize = 10_000;

/// Path by path the channels that get a part, and how much of each conversion.
#[derive(Default)]
struct Kept {
    parts: Vec<(Channel, f64)>,
    ends: Vec<usize>,
}

impl<'j> Shares<'j> {
    /// Asks `divide` for the weights of the touches of each path; they may sum to more
    /// than 1 where that is the model.
    pub fn new(journeys: &'j Journeys, divide: impl Fn(&[Channel], &mut [f64]) + 'j) -> Self {
        Self::keeping(journeys, divide, MOST_KEPT)
    }

    fn keeping(
        journeys: &'j Journeys,
        divide: impl Fn(&[Channel], &mut [f64]) + 'j,
        most: usize,
    ) -> Self {
        let mut shares = Self {
            journeys,
            divide: Box::new(divide),
            kept: None,
            room: RefCell::default(),
        };
        if journeys.len() <= most {
            let mut kept = Kept::default();
            for path in 0..journeys.len() {
                shares.each_part(path, |channel, weight| kept.parts.push((channel, weight)));
                kept.ends.push(kept.parts.len());
            }
            shares.kept = Some(kept);
        }
        shares
    }

    /// The channels of a path that get a part.
    fn each_part(&self, path: usize, mut take: impl FnMut(Channel, f64)) {
        if let Some(kept) = &self.kept {
            let parts = stretch(&kept.parts, &kept.ends, path).iter();
            parts.for_each(|(channel, weight)| take(*channel, *weight));
            return;
        }
        let path = self.journeys.path(path);
        let mut weights = self.room.borrow_mut();
        weights.clear();
        weights.resize(path.len(), 0.0);
        (self.divide)(path, &mut weights);
        let given = path.iter().zip(weights.iter());
        let given = given.filter(|(_, weight)| **weight != 0.0);
        given.for_each(|(channel, weight)| take(*channel, *weight));
    }
}

impl Prepared for Shares<'_> {
    /// Conversions of each channel, then the value of each.
    fn size(&self) -> usize {
        2 * self.journeys.channels.len()
    }

    fn add(&self, path: usize, totals: Totals, sums: &mut [f64]) {
        let channels = self.journeys.channels.len();
        self.each_part(path, |channel, weight| {
            let channel = usize::from(channel);
            sums[channel] += totals.conversions * weight;
            sums[channels + channel] += totals.value * weight;
        });
    }

    fn credit(&self, sums: &[f64]) -> Credit {
        let (conversions, value) = sums.split_at(self.journeys.channels.len());
        Credit {
            conversions: conversions.to_vec(),
            value: value.to_vec(),
            removal: None,
            per_journey: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::journeys::tests::journeys;

    #[test]
    fn weights_that_are_kept_are_those_worked_out() {
        let journeys = journeys(&[
            ("a > b > a", 2.0, 8.0, 1.0),
            ("b", 1.0, 1.0, 0.0),
            ("c > a", 3.0, 0.7, 0.0),
        ]);
        let divide = |path: &[Channel], weights: &mut [f64]| weights[0] = 1.0 / path.len() as f64;
        let kept = Shares::keeping(&journeys, divide, 3);
        let worked_out = Shares::keeping(&journeys, divide, 2);
        assert!(kept.kept.is_some() && worked_out.kept.is_none());
        let credit = worked_out.credit_of(&journeys.counts);
        assert_eq!(kept.credit_of(&journeys.counts), credit);
        assert_eq!(credit.conversions, [2.0 / 3.0, 1.0, 1.5]);
    }
}
