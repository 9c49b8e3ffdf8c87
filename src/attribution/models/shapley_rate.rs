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
/// Channels whose coalitions are in memory at once.
const BLOCK: usize = 18;
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

    /// For every coalition with these high channels the sum over the sets within it.
    fn within(&self, high: usize, low: usize, sums: &[f64], coalitions: &mut [f64]) {
        coalitions.fill(0.0);
        for (set, sum) in self.sets.iter().zip(sums) {
            let set = *set as usize;
            if (set >> low) & !high == 0 {
                coalitions[set & ((1 << low) - 1)] += sum;
            }
        }
        for channel in 0..low {
            let bit = 1 << channel;
            for block in coalitions.chunks_mut(2 * bit) {
                let (without, with) = block.split_at_mut(bit);
                for (with, without) in with.iter_mut().zip(without) {
                    *with += *without;
                }
            }
        }
    }

    /// The value of each channel in the games of what is won per journey, each scaled to
    /// all that is won in it. `low` channels make a block of coalitions, which are valued
    /// block by block: no more than a block of each is in memory.
    fn values(&self, low: usize, won: [&[f64]; 2], journeys: &[f64]) -> [Vec<f64>; 2] {
        let size = 1 << low;
        let (mut per_journey, mut rates) = (vec![0.0; size], vec![0.0; size]);
        let mut shapley = [Shapley::new(self.channels), Shapley::new(self.channels)];
        for high in 0..1_usize << (self.channels - low) {
            self.within(high, low, journeys, &mut per_journey);
            for (won, shapley) in won.iter().zip(&mut shapley) {
                self.within(high, low, won, &mut rates);
                for (rate, journeys) in rates.iter_mut().zip(&per_journey) {
                    *rate = if *journeys > 0.0 {
                        *rate / journeys
                    } else {
                        0.0
                    };
                }
                shapley.add(high << low, &rates);
            }
        }
        let scaled = |(won, shapley): (&[f64], Shapley)| {
            let (whole, total) = (shapley.last, won.iter().sum::<f64>());
            let scaled = |phi: f64| match whole {
                0.0 => 0.0,
                whole => phi / whole * total,
            };
            shapley.values().map(scaled).collect()
        };
        let [first, second] = shapley;
        [scaled((won[0], first)), scaled((won[1], second))]
    }
}

/// The Shapley values of players, while coalitions are told in the order of their bits.
///
/// A player's value is the sum over the coalitions with it, each with the weight of a
/// coalition without one of its members, less that over those without it; so no two
/// coalitions need to be there at once.
struct Shapley {
    /// Weight of a coalition of s others: s! (n-s-1)! / n!.
    weights: Vec<f64>,
    with: Vec<f64>,
    without: f64,
    /// Worth of the coalition told last: that of all players in the end.
    last: f64,
}

impl Shapley {
    fn new(n: usize) -> Self {
        let mut weights = vec![1.0 / n.max(1) as f64; n + 1];
        for s in 1..n {
            weights[s] = weights[s - 1] * s as f64 / (n - s) as f64;
        }
        weights[n] = 0.0;
        Self {
            weights,
            with: vec![0.0; n],
            without: 0.0,
            last: 0.0,
        }
    }

    /// The worth of the coalitions from this one on.
    fn add(&mut self, first: usize, worth: &[f64]) {
        for (coalition, worth) in (first..).zip(worth) {
            self.last = *worth;
            let size = coalition.count_ones() as usize;
            if size == 0 {
                continue;
            }
            self.without += self.weights[size] * worth;
            let part = (self.weights[size - 1] + self.weights[size]) * worth;
            let mut left = coalition;
            while left != 0 {
                self.with[left.trailing_zeros() as usize] += part;
                left &= left - 1;
            }
        }
    }

    fn values(self) -> impl Iterator<Item = f64> {
        let without = self.without;
        self.with.into_iter().map(move |with| with - without)
    }
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
        let won = [&sums[..count], &sums[count..2 * count]];
        let low = self.channels.min(BLOCK);
        let [conversions, value] = self.values(low, won, &sums[2 * count..]);
        Credit {
            conversions,
            value,
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
        let game = Game::new(&journeys);
        let credit = game.credit_of(&journeys.counts);
        for (found, phi) in credit.conversions.iter().zip(phi) {
            let wanted = phi / whole * 9.0;
            assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        }
        // Block by block, down to a single coalition, comes to the same.
        let mut sums = vec![0.0; game.size()];
        for path in 0..journeys.len() {
            game.add(path, journeys.counts.of(path), &mut sums);
        }
        let count = game.sets.len();
        for low in 0..=n {
            let won = [&sums[..count], &sums[count..2 * count]];
            let [conversions, value] = game.values(low, won, &sums[2 * count..]);
            for (found, wanted) in conversions.iter().zip(&credit.conversions) {
                assert!((found - wanted).abs() < 1e-12, "{low}: {found} {wanted}");
            }
            for (found, wanted) in value.iter().zip(&credit.value) {
                assert!((found - wanted).abs() < 1e-12, "{low}: {found} {wanted}");
            }
        }
        let (conversions, value) = credit.totals();
        assert!((conversions - 9.0).abs() < 1e-12 && (value - 42.0).abs() < 1e-12);
    }
}
