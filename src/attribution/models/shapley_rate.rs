//! The Shapley value of the game "conversion rate of the journeys that met only these
//! channels", scaled to the conversions.
//!
//! It ignores volume: a channel with a handful of journeys that convert well gets a large
//! share. So it is computed where somebody asks for it and stands beside the others only
//! then. All 2^n coalitions are valued by one subset-sum transform.

use rustc_hash::FxHashMap;

use super::{Kind, Model, Prepared};
use crate::attribution::credit::Credit;
use crate::attribution::journeys::{Journeys, Totals};

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "shapley_rate",
    parameter: "",
    doc: "Shapley value of the conversion rate of journeys within a set of channels, scaled to the \
          conversions. It ignores volume, so a channel with a few lucky journeys may get much; only \
          on request, for up to 24 channels, with intervals for up to 10.",
    make: |_| Ok(Box::new(ShapleyRate)),
    beside: |_| None,
};

/// Beyond this the coalitions do not fit.
const MOST_CHANNELS: usize = 24;
/// Beyond this five hundred draws take too long.
const MOST_DRAWN: usize = 10;

struct ShapleyRate;

impl Model for ShapleyRate {
    fn name(&self) -> String {
        "shapley_rate".into()
    }

    fn rule(&self) -> String {
        "Shapley value of the conversion rate within sets of channels, scaled to the conversions; it ignores volume"
            .into()
    }

    fn most_channels(&self) -> Option<usize> {
        Some(MOST_CHANNELS)
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(Game::new(journeys))
    }
}

/// The different sets of channels that journeys met; one bit per channel.
struct Game {
    channels: usize,
    sets: Vec<u32>,
    /// Place of each path's set.
    of_path: Vec<u32>,
}

impl Game {
    fn new(journeys: &Journeys) -> Self {
        let mut known: FxHashMap<u32, u32> = FxHashMap::default();
        let mut game = Self {
            channels: journeys.channels.len().min(MOST_CHANNELS),
            sets: Vec::new(),
            of_path: Vec::with_capacity(journeys.len()),
        };
        for path in journeys.paths() {
            let bit =
                |set: u32, channel: &u16| set | 1_u32.checked_shl((*channel).into()).unwrap_or(0);
            let set = path.iter().fold(0_u32, bit);
            let place = *known.entry(set).or_insert_with(|| {
                game.sets.push(set);
                u32::try_from(game.sets.len() - 1).unwrap_or(u32::MAX)
            });
            game.of_path.push(place);
        }
        game
    }

    /// For every coalition the sum over the sets within it.
    fn within(&self, sums: &[f64]) -> Vec<f64> {
        let mut coalitions = vec![0.0; 1 << self.channels];
        for (set, sum) in self.sets.iter().zip(sums) {
            coalitions[*set as usize] += sum;
        }
        for channel in 0..self.channels {
            let bit = 1 << channel;
            for block in coalitions.chunks_mut(2 * bit) {
                let (without, with) = block.split_at_mut(bit);
                for (with, without) in with.iter_mut().zip(without) {
                    *with += *without;
                }
            }
        }
        coalitions
    }

    /// The value of each channel in the game of what is won per journey, scaled to all
    /// that is won.
    fn values(&self, won: &[f64], journeys: &[f64]) -> Vec<f64> {
        let mut rate = self.within(won);
        for (rate, journeys) in rate.iter_mut().zip(journeys) {
            *rate = if *journeys > 0.0 {
                *rate / journeys
            } else {
                0.0
            };
        }
        let whole = rate.last().copied().unwrap_or(0.0);
        let total: f64 = won.iter().sum();
        let phi = shapley(&rate, self.channels);
        let scaled = |phi: f64| {
            if whole == 0.0 {
                0.0
            } else {
                phi / whole * total
            }
        };
        phi.into_iter().map(scaled).collect()
    }
}

/// The Shapley value of each of `n` players, from the worth of every coalition (by bits).
fn shapley(worth: &[f64], n: usize) -> Vec<f64> {
    // Weight of a coalition of s others: s! (n-s-1)! / n!, from the one before it.
    let mut weights = vec![1.0 / n.max(1) as f64; n + 1];
    for s in 1..n {
        weights[s] = weights[s - 1] * s as f64 / (n - s) as f64;
    }
    weights[n] = 0.0;
    let mut with = vec![0.0; n];
    let mut without = 0.0;
    for (coalition, worth) in worth.iter().enumerate().skip(1) {
        let size = coalition.count_ones() as usize;
        without += weights[size] * worth;
        let part = (weights[size - 1] + weights[size]) * worth;
        let mut left = coalition;
        while left != 0 {
            with[left.trailing_zeros() as usize] += part;
            left &= left - 1;
        }
    }
    with.into_iter().map(|with| with - without).collect()
}

impl Prepared for Game {
    /// Conversions, value and journeys of each set.
    fn size(&self) -> usize {
        3 * self.sets.len()
    }

    fn add(&self, path: usize, totals: Totals, sums: &mut [f64]) {
        let (place, count) = (self.of_path[path] as usize, self.sets.len());
        sums[place] += totals.conversions;
        sums[count + place] += totals.value;
        sums[2 * count + place] += totals.journeys();
    }

    fn credit(&self, sums: &[f64]) -> Credit {
        let count = self.sets.len();
        let journeys = self.within(&sums[2 * count..]);
        Credit {
            conversions: self.values(&sums[..count], &journeys),
            value: self.values(&sums[count..2 * count], &journeys),
            removal: None,
            per_journey: None,
        }
    }

    fn is_drawn(&self) -> bool {
        self.channels <= MOST_DRAWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::journeys::tests::journeys;

    /// The mean marginal contribution over all orders, one order after the other.
    fn over_orders(worth: &dyn Fn(usize) -> f64, n: usize) -> Vec<f64> {
        fn walk(
            worth: &dyn Fn(usize) -> f64,
            n: usize,
            inside: usize,
            share: f64,
            phi: &mut [f64],
        ) {
            let free: Vec<usize> = (0..n).filter(|player| inside & 1 << player == 0).collect();
            for player in &free {
                let next = inside | 1 << player;
                let share = share / free.len() as f64;
                phi[*player] += share * (worth(next) - worth(inside));
                walk(worth, n, next, share, phi);
            }
        }
        let mut phi = vec![0.0; n];
        walk(worth, n, 0, 1.0, &mut phi);
        phi
    }

    #[test]
    fn equals_the_mean_over_all_orders() {
        let journeys = journeys(&[
            ("a > b", 3.0, 30.0, 7.0),
            ("b > c", 1.0, 4.0, 9.0),
            ("c", 2.0, 2.0, 2.0),
            ("e > a > f", 2.0, 5.0, 3.0),
            ("f", 0.0, 0.0, 6.0),
            ("a", 1.0, 1.0, 19.0),
        ]);
        let set = |index: usize| {
            let path = journeys.path(index).iter();
            path.fold(0_usize, |set, channel| set | 1 << channel)
        };
        let rate = |coalition: usize| {
            let inside = (0..journeys.len()).filter(|index| set(*index) & !coalition == 0);
            let (mut won, mut all) = (0.0, 0.0);
            for index in inside {
                let totals = journeys.counts.of(index);
                won += totals.conversions;
                all += totals.conversions + totals.lost;
            }
            if all > 0.0 { won / all } else { 0.0 }
        };
        let n = journeys.channels.len();
        let phi = over_orders(&rate, n);
        let whole = rate((1 << n) - 1);
        let credit = Game::new(&journeys).credit_of(&journeys.counts);
        for (found, phi) in credit.conversions.iter().zip(phi) {
            let wanted = phi / whole * 9.0;
            assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        }
        let (conversions, value) = credit.totals();
        assert!((conversions - 9.0).abs() < 1e-12 && (value - 42.0).abs() < 1e-12);
    }
}
