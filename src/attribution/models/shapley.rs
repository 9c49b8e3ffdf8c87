//! The Shapley value of the game "conversions of the journeys that met only these channels".
//!
//! With v(S) the conversions of journeys whose channels all lie in S the value has a
//! closed form: every journey is divided equally among the different channels that it
//! met (K. Zhao, S. H. Mahboobi, S. R. Bagheri, "Shapley value methods for attribution
//! modeling in online advertising", 2018). That is said openly. The ordered version of
//! the same paper tells at which position of the journey a channel earned it.

use super::{Kind, Model, Prepared, Shares};
use crate::attribution::journeys::{Channel, Journeys, first_touches};
use crate::stats::sum::Sum;

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "shapley",
    parameter: "",
    doc: "Shapley value of the conversions of journeys within a set of channels; it equals equal \
          parts to the different channels of a journey.",
    make: |_| Ok(Box::new(Shapley { name: "shapley" })),
    beside: |_| Some(Box::new(Shapley { name: "shapley" })),
};

/// Registry entry of the version that tells positions; each channel's row adds up to the other.
pub const ORDERED: Kind = Kind {
    name: "shapley_ordered",
    parameter: "",
    doc: "The same value told by the position of a channel's first touch: the table `positions`; its \
          rows add up to `shapley`.",
    make: |_| {
        Ok(Box::new(Shapley {
            name: "shapley_ordered",
        }))
    },
    beside: |_| None,
};

/// True for the models that the table of positions explains.
#[must_use]
pub fn is_shapley(name: &str) -> bool {
    [KIND.name, ORDERED.name].contains(&name)
}

struct Shapley {
    name: &'static str,
}

impl Model for Shapley {
    fn name(&self) -> String {
        self.name.into()
    }

    fn rule(&self) -> String {
        "Shapley value over sets of channels, which equals equal parts to the different channels of a journey"
            .into()
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(Shares::new(journeys, |path, weights| {
            let part = 1.0 / first_touches(path).count() as f64;
            first_touches(path).for_each(|place| weights[place] = part);
        }))
    }
}

/// Credit of a channel at a position among the different channels of a journey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtPosition {
    /// The channel.
    pub channel: Channel,
    /// Position of its first touch among first touches, from 1.
    pub position: usize,
    /// Conversions.
    pub conversions: f64,
    /// Value.
    pub value: f64,
}

/// The ordered version: channel by position; the rows of a channel add up to its Shapley
/// value.
#[must_use]
pub fn by_position(journeys: &Journeys) -> Vec<AtPosition> {
    let mut cells: std::collections::BTreeMap<(Channel, usize), [Sum; 2]> = Default::default();
    for (index, path) in journeys.paths().enumerate() {
        let part = 1.0 / first_touches(path).count() as f64;
        for (place, touch) in first_touches(path).enumerate() {
            let channel = path[touch];
            let [conversions, value] = cells.entry((channel, place + 1)).or_default();
            conversions.add(journeys.counts.conversions[index] * part);
            value.add(journeys.counts.value[index] * part);
        }
    }
    cells
        .into_iter()
        .map(|((channel, position), [conversions, value])| AtPosition {
            channel,
            position,
            conversions: conversions.total(),
            value: value.total(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::journeys::tests::journeys;

    /// Straight from the definition: the mean marginal contribution over all orders.
    fn slow(journeys: &Journeys) -> Vec<f64> {
        let n = journeys.channels.len();
        let set = |path: &[Channel]| path.iter().fold(0_u32, |set, c| set | 1 << c);
        let worth = |coalition: u32| -> f64 {
            let inside = |index: &usize| set(journeys.path(*index)) & !coalition == 0;
            (0..journeys.len())
                .filter(inside)
                .map(|index| journeys.counts.conversions[index])
                .sum()
        };
        let factorial = |n: u32| (1..=n).map(f64::from).product::<f64>();
        let all = factorial(n as u32);
        (0..n)
            .map(|channel| {
                let others = (0..1_u32 << n).filter(|coalition| coalition & (1 << channel) == 0);
                others
                    .map(|coalition| {
                        let size = coalition.count_ones();
                        let orders = factorial(size) * factorial(n as u32 - size - 1) / all;
                        orders * (worth(coalition | 1 << channel) - worth(coalition))
                    })
                    .sum()
            })
            .collect()
    }

    #[test]
    fn equals_the_mean_marginal_contribution() {
        let journeys = journeys(&[
            ("a > b > a > c", 3.0, 9.0, 1.0),
            ("b > e", 2.5, 4.0, 0.0),
            ("f", 1.0, 1.0, 7.0),
            ("c > f > e > d > a", 4.0, -3.0, 2.0),
            ("g > a", 0.0, 0.0, 5.0),
        ]);
        let credit = Shapley { name: "shapley" }
            .prepare(&journeys)
            .credit_of(&journeys.counts);
        for (fast, slow) in credit.conversions.iter().zip(slow(&journeys)) {
            assert!((fast - slow).abs() < 1e-12, "{fast} {slow}");
        }
        let mut rows = vec![0.0; journeys.channels.len()];
        for cell in by_position(&journeys) {
            rows[usize::from(cell.channel)] += cell.conversions;
        }
        for (row, whole) in rows.iter().zip(&credit.conversions) {
            assert!((row - whole).abs() < 1e-12);
        }
    }
}
