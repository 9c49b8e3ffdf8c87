//! How much memory a chain should have: `markov:auto`.
//!
//! Four fifths of the journeys fit the chains of order 1 to 4, the last fifth tests them:
//! how well does the chance to convert from the last state foretell whether the journey
//! did? The order with the lowest log-loss is taken, or a smaller one whose loss is
//! within one standard error of it. In-sample every longer memory would look better.

use rustc_hash::FxHashMap;

use super::journeys::{Channel, Journeys};
use crate::stats::binomial;
use crate::stats::random::Random;

/// The orders that are tried.
pub const ORDERS: std::ops::RangeInclusive<usize> = 1..=4;

/// Share of the journeys that test.
const TEST_SHARE: f64 = 0.2;

/// An order and how it did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// The order.
    pub order: usize,
    /// Different last states among the journeys that fit.
    pub states: usize,
    /// Mean log-loss of the tested journeys, in nats.
    pub log_loss: f64,
    /// How much more than that of the best order, and the standard error of it.
    pub behind: (f64, f64),
    /// Chance that a journey that converted is rated above one that did not.
    pub auc: Option<f64>,
    /// True for the order that is taken.
    pub taken: bool,
}

/// Tries the orders; empty where there is nothing to foretell: no journeys without
/// conversion, none with, or none to test.
#[must_use]
pub fn choose(journeys: &Journeys, seed: u64) -> Vec<Tried> {
    let split = Split::of(journeys, &mut Random::seeded(seed));
    let tested = split.test_converted.iter().zip(&split.test_lost);
    let (converted, lost) = tested.fold((0.0, 0.0), |(c, z), (a, b)| (c + a, z + b));
    if converted <= 0.0 || lost <= 0.0 {
        return Vec::new();
    }
    let foretold: Vec<(usize, Vec<f64>, usize)> = ORDERS
        .map(|order| {
            let (chances, states) = split.foretell(journeys, order);
            (order, chances, states)
        })
        .collect();
    let loss = |chances: &[f64]| split.mean(chances, |_, chance, y| loss_of(chance, y)).0;
    let losses: Vec<f64> = foretold
        .iter()
        .map(|(_, chances, _)| loss(chances))
        .collect();
    let best = (0..losses.len())
        .reduce(|a, b| if losses[b] < losses[a] { b } else { a })
        .unwrap_or(0);
    let mut tried: Vec<Tried> = foretold
        .iter()
        .zip(&losses)
        .map(|((order, chances, states), log_loss)| {
            let best = &foretold[best].1;
            let behind = split.mean(chances, |path, chance, y| {
                loss_of(chance, y) - loss_of(best[path], y)
            });
            Tried {
                order: *order,
                states: *states,
                log_loss: *log_loss,
                behind,
                auc: split.auc(chances),
                taken: false,
            }
        })
        .collect();
    let near = |tried: &&mut Tried| tried.behind.0 <= tried.behind.1;
    if let Some(taken) = tried.iter_mut().find(near) {
        taken.taken = true;
    }
    tried
}

fn loss_of(chance: f64, converted: bool) -> f64 {
    if converted {
        -chance.ln()
    } else {
        -(1.0 - chance).ln()
    }
}

/// Counts of each path for fitting and for testing.
struct Split {
    fit: Vec<(f64, f64)>,
    test_converted: Vec<f64>,
    test_lost: Vec<f64>,
}

impl Split {
    fn of(journeys: &Journeys, random: &mut Random) -> Self {
        let mut split = Self {
            fit: Vec::new(),
            test_converted: Vec::new(),
            test_lost: Vec::new(),
        };
        for path in 0..journeys.len() {
            let totals = journeys.counts.of(path);
            let mut part = |count: f64| {
                let whole = count.trunc().max(0.0) as u64;
                binomial::draw(random, whole, TEST_SHARE) as f64
            };
            let (converted, lost) = (part(totals.conversions), part(totals.lost));
            split
                .fit
                .push((totals.conversions - converted, totals.lost - lost));
            split.test_converted.push(converted);
            split.test_lost.push(lost);
        }
        split
    }

    /// The chance of each path to convert by what was fitted, from the longest memory
    /// that was seen; and how many states were. A state is drawn towards the rate of all
    /// by one journey, so that no chance is 0 or 1.
    fn foretell(&self, journeys: &Journeys, order: usize) -> (Vec<f64>, usize) {
        let mut seen: FxHashMap<&[Channel], (f64, f64)> = FxHashMap::default();
        let (mut all, mut converted) = (0.0, 0.0);
        for (path, (own, lost)) in journeys.paths().zip(&self.fit) {
            all += own + lost;
            converted += own;
            for memory in 1..=order.min(path.len()) {
                let entry = seen.entry(&path[path.len() - memory..]).or_default();
                entry.0 += own;
                entry.1 += own + lost;
            }
        }
        let states = seen.keys().filter(|state| state.len() == order).count();
        let overall = (converted + 0.5) / (all + 1.0);
        let chance = |path: &[Channel]| {
            (1..=order.min(path.len()))
                .rev()
                .find_map(|memory| seen.get(&path[path.len() - memory..]))
                .map_or(overall, |(own, all)| (own + overall) / (all + 1.0))
        };
        (journeys.paths().map(chance).collect(), states)
    }

    /// Mean of a quantity over the tested journeys, and its standard error.
    fn mean(&self, chances: &[f64], of: impl Fn(usize, f64, bool) -> f64) -> (f64, f64) {
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for (path, chance) in chances.iter().enumerate() {
            for (count, converted) in [
                (self.test_converted[path], true),
                (self.test_lost[path], false),
            ] {
                if count > 0.0 {
                    let value = of(path, *chance, converted);
                    n += count;
                    sum += count * value;
                    squares += count * value * value;
                }
            }
        }
        let mean = sum / n;
        let variance = (squares / n - mean * mean).max(0.0);
        (mean, (variance / n).sqrt())
    }

    fn auc(&self, chances: &[f64]) -> Option<f64> {
        let mut order: Vec<usize> = (0..chances.len()).collect();
        order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
        let (mut below, mut pairs) = (0.0, 0.0);
        let (mut converted, mut lost) = (0.0, 0.0);
        for tied in order.chunk_by(|a, b| chances[*a] == chances[*b]) {
            let own: f64 = tied.iter().map(|path| self.test_converted[*path]).sum();
            let others: f64 = tied.iter().map(|path| self.test_lost[*path]).sum();
            pairs += own * (below + others / 2.0);
            below += others;
            converted += own;
            lost += others;
        }
        (converted > 0.0 && lost > 0.0).then(|| pairs / (converted * lost))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::journeys::tests::journeys;

    fn taken(tried: &[Tried]) -> usize {
        let mut taken = tried.iter().filter(|tried| tried.taken);
        let order = taken.next().unwrap().order;
        assert!(taken.next().is_none());
        order
    }

    #[test]
    fn one_channel_is_memory_enough_where_no_more_matters() {
        // a converts half of the time, b a tenth, whatever came before.
        let rows = [
            ("a", 500.0, 0.0, 500.0),
            ("b > a", 500.0, 0.0, 500.0),
            ("b", 100.0, 0.0, 900.0),
            ("a > b", 100.0, 0.0, 900.0),
            ("a > a > b", 50.0, 0.0, 450.0),
        ];
        let tried = choose(&journeys(&rows), 1);
        assert_eq!(tried.len(), 4);
        assert_eq!(taken(&tried), 1);
        assert!(tried[0].auc.unwrap() > 0.7);
    }

    #[test]
    fn two_are_taken_where_the_one_before_matters() {
        // Only b after a converts.
        let rows = [
            ("a > b", 900.0, 0.0, 100.0),
            ("c > b", 100.0, 0.0, 900.0),
            ("c > a > b", 450.0, 0.0, 50.0),
            ("a > c > b", 50.0, 0.0, 450.0),
            ("a", 100.0, 0.0, 900.0),
        ];
        let tried = choose(&journeys(&rows), 1);
        assert_eq!(taken(&tried), 2);
        assert!(tried[0].behind.0 > tried[0].behind.1);
        assert_eq!(tried[1].states, 2);
    }

    #[test]
    fn nothing_to_foretell() {
        assert!(choose(&journeys(&[("a", 5.0, 0.0, 0.0)]), 1).is_empty());
        assert!(choose(&journeys(&[("a", 0.0, 0.0, 9.0)]), 1).is_empty());
    }

    #[test]
    fn auc_by_pairs() {
        let split = Split {
            fit: Vec::new(),
            test_converted: vec![3.0, 1.0, 2.0],
            test_lost: vec![1.0, 4.0, 2.0],
        };
        let chances = [0.9_f64, 0.2, 0.5];
        // Pairs one by one: (converted, lost) weights over 6 * 7.
        let mut pairs = 0.0;
        for (i, c) in split.test_converted.iter().enumerate() {
            for (j, z) in split.test_lost.iter().enumerate() {
                let won = match chances[i].total_cmp(&chances[j]) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
                pairs += c * z * won;
            }
        }
        assert!((split.auc(&chances).unwrap() - pairs / 42.0).abs() < 1e-12);
    }
}
