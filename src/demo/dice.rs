//! Seeded chance in whole numbers.
//!
//! Every draw comes from a generator whose state is made of the plan's seed, a
//! purpose and a number, so a lead can be rolled again at any time, in any order,
//! and gives the same life. Only integers are used: no platform's logarithm or
//! rounding can change a byte of what is written.

use rand::Rng;
use rand_pcg::Pcg32;

/// What a stream of draws decides. Streams of different purposes are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The life of a lead.
    Lead = 1,
    /// Traffic and spend of a month.
    Market = 2,
    /// Entries of the time sheet.
    TimeSheet = 3,
    /// Deals that nobody linked to a contact.
    LooseDeal = 4,
    /// Measurements of web analytics.
    Analytics = 5,
    /// Measurements of advertising platforms.
    Advertising = 6,
    /// How soon a lead is answered.
    Response = 7,
    /// What was said and done with a lead.
    Encounters = 8,
    /// The way of a deal through its stages.
    History = 9,
    /// What was written beside a deal: next step, delivery, payment.
    Handover = 10,
    /// What a customer pays.
    Contract = 11,
    /// Customers from before the first month.
    OldCustomer = 12,
    /// Answers to surveys.
    Feedback = 13,
    /// Who brought a lead.
    Referral = 14,
    /// Why a lead was given up.
    Disqualified = 15,
    /// What an earlier export of the deals lacks or has too many.
    Snapshot = 16,
}

/// Quantiles of a lognormal distribution with median 1 and sigma 0.8, in thousandths,
/// at 0/32, 1/32, ... 32/32 (the ends at 0.6 % and 99.4 %).
const DELAY_QUANTILES: [u64; 33] = [
    134, 225, 293, 348, 398, 446, 492, 537, 583, 629, 676, 725, 775, 827, 882, 939, 1000, 1065,
    1134, 1209, 1290, 1380, 1478, 1589, 1715, 1861, 2033, 2243, 2510, 2870, 3412, 4438, 7461,
];

/// The same with sigma 0.5, for sizes of contracts.
const SIZE_QUANTILES: [u64; 33] = [
    285, 394, 464, 517, 563, 604, 642, 678, 714, 749, 783, 818, 853, 888, 924, 962, 1000, 1040,
    1082, 1126, 1173, 1223, 1277, 1336, 1401, 1474, 1558, 1657, 1777, 1933, 2153, 2538, 3512,
];

/// A stream of draws.
pub struct Dice(Pcg32);

impl Dice {
    /// The stream of `purpose` and `number` under `seed`.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let state = mix(mix(seed ^ ((purpose as u64) << 56)) ^ number);
        Self(Pcg32::new(state, mix(state)))
    }

    /// A number from 0 to below `bound` (0 where `bound` is 0).
    pub fn below(&mut self, bound: u64) -> u64 {
        let draw = u128::from(self.0.next_u64());
        ((draw * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in `per_mille` of a thousand cases.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// The index of one of `weights`, in proportion to them (0 where all are 0).
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut rest = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return index;
            }
            rest -= weight;
        }
        0
    }

    /// One of `items`, which must not be empty.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// A waiting time around `median` with the long right tail of sales cycles.
    pub fn delay(&mut self, median: u64) -> u64 {
        self.quantile(&DELAY_QUANTILES, median)
    }

    /// A waiting time around `median` from seconds to weeks: the logarithm has twice the
    /// spread of [`Self::delay`], a sigma of 1.6.
    pub fn wide_delay(&mut self, median: u64) -> u64 {
        let once = self.delay(1000);
        median * once * once / 1_000_000
    }

    /// A size around `median` with a moderate right tail.
    pub fn size(&mut self, median: u64) -> u64 {
        self.quantile(&SIZE_QUANTILES, median)
    }

    /// `value` times something between 1 - `spread` and 1 + `spread` thousandths.
    pub fn wobble(&mut self, value: u64, spread: u64) -> u64 {
        value * (1000 - spread + self.below(2 * spread + 1)) / 1000
    }

    fn quantile(&mut self, table: &[u64; 33], median: u64) -> u64 {
        let position = self.below(32 * 1024);
        let (knot, part) = ((position / 1024) as usize, position % 1024);
        let (low, high) = (table[knot], table[knot + 1]);
        median * (low * 1024 + (high - low) * part) / (1000 * 1024)
    }
}

/// The finalizer of splitmix64: neighbouring numbers become unrelated ones.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stream_gives_the_same_draws() {
        let roll = |seed, number| {
            let mut dice = Dice::new(seed, Purpose::Lead, number);
            [dice.below(1 << 40), dice.delay(1000), dice.size(1000)]
        };
        assert_eq!(roll(1, 7), roll(1, 7));
        assert_ne!(roll(1, 7), roll(1, 8));
        assert_ne!(roll(1, 7), roll(2, 7));
    }

    #[test]
    fn chances_come_out_as_stated() {
        let mut dice = Dice::new(3, Purpose::Market, 0);
        let hits = (0..20_000).filter(|_| dice.chance(300)).count();
        assert!((5_800..6_200).contains(&hits), "{hits}");
        let second = (0..20_000)
            .filter(|_| dice.weighted(&[1, 3, 0]) == 1)
            .count();
        assert!((14_700..15_300).contains(&second), "{second}");
    }

    #[test]
    fn delays_have_their_median_and_a_long_tail() {
        let mut dice = Dice::new(3, Purpose::Market, 1);
        let mut delays: Vec<u64> = (0..10_001).map(|_| dice.delay(10_000)).collect();
        delays.sort_unstable();
        assert!(
            (9_600..10_400).contains(&delays[5_000]),
            "{}",
            delays[5_000]
        );
        assert!(delays[9_900] > 40_000, "{}", delays[9_900]);
    }
}
