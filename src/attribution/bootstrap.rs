//! How far credit could have come out otherwise.
//!
//! The Poisson bootstrap: in a draw each journey counts a Poisson(1) number of times, so
//! a folded path with C conversions counts Poisson(C) of them, and its value follows. The
//! middle 95 % of the shares over the draws is the interval. (Chamandy, Muralidharan,
//! Najmi, Naidu, "Estimating uncertainty for massive data streams", 2012.)
//!
//! With very many paths the journeys are first dealt to a thousand groups at random, and
//! a draw counts whole groups a Poisson(1) number of times. The groups are as good as
//! independent samples, so the intervals are the same but for a scatter of two or three
//! per cent of their width, and a draw no longer costs a pass over the paths. A chain of
//! very many states is not solved again for every draw either: its tangent at the counts
//! follows the draw.

use super::credit::Credit;
use super::journeys::{Counts, Journeys, Totals};
use super::models::Prepared;
use super::walk::Grouped;
use crate::stats::quantile::quantile;
use crate::stats::random::Random;
use crate::stats::{binomial, poisson};

/// How many draws the intervals rest on.
pub const DRAWS: u64 = 500;

/// How the draws are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// Where the generator starts.
    pub seed: u64,
    /// How many draws; none at all without intervals.
    pub draws: u64,
}

impl Drawing {
    /// The usual number of draws.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { seed, draws: DRAWS }
    }
}

/// Ends of a 95 % interval; nothing where no draw had the quantity.
pub type Interval = Option<(f64, f64)>;

/// The intervals of a model, by channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Intervals {
    /// Of the share of the conversions.
    pub shares: Vec<Interval>,
    /// Of the value given to each channel, in units; empty where draws tell nothing of it.
    pub value: Vec<Interval>,
    /// Of the removal effect on the conversions; empty for models without.
    pub removal: Vec<Interval>,
    /// True where the channel is ahead of the one with the next smaller share by more than
    /// chance: 97.5 % of the draws say so. Nothing for the last channel.
    pub ahead: Vec<Option<bool>>,
}

/// Up to so many paths every path is drawn by itself.
const MOST_PATHS: usize = 2_000;
const GROUPS: usize = 1_000;
/// Models with more sums than this are drawn as their tangent.
const MOST_SUMS: usize = 5_000;

/// The intervals of a model whose credit stands in groups.
#[must_use]
pub fn of_groups(grouped: &Grouped, channels: usize, drawing: Drawing) -> Intervals {
    if drawing.draws == 0 {
        return Intervals::default();
    }
    let mut draws = Draws::of(channels);
    for draw in 1..=drawing.draws {
        let mut random = Random::seeded(drawing.seed.wrapping_add(draw));
        let times: Vec<f64> = (0..grouped.groups())
            .map(|_| poisson::draw(&mut random, 1.0) as f64)
            .collect();
        let (credit, total) = grouped.counted(&times);
        draws.add(credit, total);
    }
    draws.intervals()
}

/// The intervals of several models over the same draws, so that they can be compared.
#[must_use]
pub fn intervals(
    journeys: &Journeys,
    models: &[&dyn Prepared],
    drawing: Drawing,
) -> Vec<Intervals> {
    if drawing.draws == 0 {
        return vec![Intervals::default(); models.len()];
    }
    let tangents: Vec<Option<Box<dyn Prepared + '_>>> = models
        .iter()
        .map(|model| match model.size() > MOST_SUMS {
            true => model.linearised(&journeys.counts),
            false => None,
        })
        .collect();
    let drawn: Vec<&dyn Prepared> = models
        .iter()
        .zip(&tangents)
        .map(|(model, tangent)| tangent.as_deref().unwrap_or(*model))
        .collect();
    let mut intervals = if journeys.len() <= MOST_PATHS {
        by_path(journeys, &drawn, drawing)
    } else {
        by_group(journeys, &drawn, drawing)
    };
    // A tangent follows the conversions alone.
    for (intervals, tangent) in intervals.iter_mut().zip(&tangents) {
        if tangent.is_some() {
            intervals.value.clear();
        }
    }
    intervals
}

fn by_path(journeys: &Journeys, models: &[&dyn Prepared], drawing: Drawing) -> Vec<Intervals> {
    let mut draws: Vec<Draws> = models.iter().map(|_| Draws::new(journeys)).collect();
    for draw in 0..drawing.draws {
        let mut random = Random::seeded(drawing.seed.wrapping_add(draw));
        let counts = drawn(&journeys.counts, &mut random);
        let total = counts.conversions.iter().sum();
        for (model, draws) in models.iter().zip(&mut draws) {
            if model.is_drawn() {
                draws.take(*model, &model.sums(&counts), total);
            }
        }
    }
    draws.into_iter().map(Draws::intervals).collect()
}

fn drawn(counts: &Counts, random: &mut Random) -> Counts {
    let mut drawn = Counts::default();
    for path in 0..counts.len() {
        let totals = counts.of(path);
        let again = poisson::draw(random, totals.conversions) as f64;
        drawn.conversions.push(again);
        drawn.value.push(again * each(totals));
        drawn.lost.push(poisson::draw(random, totals.lost) as f64);
    }
    drawn
}

/// Value of one conversion.
fn each(totals: Totals) -> f64 {
    if totals.conversions > 0.0 {
        totals.value / totals.conversions
    } else {
        0.0
    }
}

/// Some journeys of a path in one group.
struct Part {
    path: u32,
    group: u16,
    totals: Totals,
}

fn by_group(journeys: &Journeys, models: &[&dyn Prepared], drawing: Drawing) -> Vec<Intervals> {
    let parts = dealt(&journeys.counts, &mut Random::seeded(drawing.seed));
    let weights: Vec<Vec<f64>> = (1..=drawing.draws)
        .map(|draw| {
            let mut random = Random::seeded(drawing.seed.wrapping_add(draw));
            let weight = |_| poisson::draw(&mut random, 1.0) as f64;
            (0..GROUPS).map(weight).collect()
        })
        .collect();
    let mut totals = vec![0.0; GROUPS];
    for part in &parts {
        totals[usize::from(part.group)] += part.totals.conversions;
    }
    models
        .iter()
        .map(|model| {
            let mut draws = Draws::new(journeys);
            if !model.is_drawn() {
                return draws.intervals();
            }
            let groups = sums_of_groups(*model, &parts);
            for weights in &weights {
                let total = dot(weights, &totals);
                draws.take(*model, &mixed(weights, &groups), total);
            }
            draws.intervals()
        })
        .collect()
}

/// Deals the journeys of every path to the groups, each of them by itself.
fn dealt(counts: &Counts, random: &mut Random) -> Vec<Part> {
    let mut parts = Vec::new();
    for path in 0..counts.len() {
        let totals = counts.of(path);
        let value = each(totals);
        let number = u32::try_from(path).unwrap_or(u32::MAX);
        deal(totals.conversions, random, |group, conversions| {
            parts.push(Part {
                path: number,
                group,
                totals: Totals {
                    conversions,
                    value: conversions * value,
                    lost: 0.0,
                },
            });
        });
        deal(totals.lost, random, |group, lost| {
            parts.push(Part {
                path: number,
                group,
                totals: Totals {
                    lost,
                    ..Totals::default()
                },
            });
        });
    }
    parts
}

/// Deals `count` to the groups at random: one by one, or by binomial numbers where there
/// are more than groups. A fraction goes to one of them.
fn deal(count: f64, random: &mut Random, mut give: impl FnMut(u16, f64)) {
    let any = |random: &mut Random| random.below(GROUPS as u64) as u16;
    let whole = count.trunc().max(0.0) as u64;
    if whole > GROUPS as u64 {
        let mut left = whole;
        for group in 0..GROUPS {
            let chance = 1.0 / (GROUPS - group) as f64;
            let here = binomial::draw(random, left, chance).min(left);
            left -= here;
            if here > 0 {
                give(group as u16, here as f64);
            }
        }
    } else {
        for _ in 0..whole {
            give(any(random), 1.0);
        }
    }
    let rest = count - whole as f64;
    if rest > 0.0 {
        give(any(random), rest);
    }
}

/// One row of sums per group.
fn sums_of_groups(model: &dyn Prepared, parts: &[Part]) -> Vec<Vec<f64>> {
    let mut groups = vec![vec![0.0; model.size()]; GROUPS];
    for part in parts {
        let sums = &mut groups[usize::from(part.group)];
        model.add(part.path as usize, part.totals, sums);
    }
    groups
}

fn mixed(weights: &[f64], groups: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![0.0; groups.first().map_or(0, Vec::len)];
    for (weight, group) in weights.iter().zip(groups) {
        if *weight != 0.0 {
            for (sum, own) in sums.iter_mut().zip(group) {
                *sum += weight * own;
            }
        }
    }
    sums
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What the draws gave, by channel.
struct Draws {
    shares: Vec<Vec<f64>>,
    value: Vec<Vec<f64>>,
    removal: Vec<Vec<f64>>,
}

impl Draws {
    fn new(journeys: &Journeys) -> Self {
        Self::of(journeys.channels.len())
    }

    fn of(channels: usize) -> Self {
        let none = vec![Vec::new(); channels];
        Self {
            shares: none.clone(),
            value: none.clone(),
            removal: none,
        }
    }

    fn take(&mut self, model: &dyn Prepared, sums: &[f64], total: f64) {
        let credit = match total > 0.0 {
            true => model.redrawn(sums),
            false => Credit::default(),
        };
        self.add(credit, total);
    }

    fn add(&mut self, credit: Credit, total: f64) {
        if total <= 0.0 {
            // Nothing was sold in this draw: no shares, and no money for anybody.
            self.value.iter_mut().for_each(|list| list.push(0.0));
            return;
        }
        for (list, conversions) in self.shares.iter_mut().zip(&credit.conversions) {
            list.push(conversions / total);
        }
        for (list, value) in self.value.iter_mut().zip(&credit.value) {
            list.push(*value);
        }
        let effects = credit.removal.map(|removal| removal.conversions);
        for (list, effect) in self.removal.iter_mut().zip(effects.unwrap_or_default()) {
            list.extend(effect);
        }
    }

    /// Whether each channel is ahead of the next smaller one by more than chance.
    fn ahead(&self) -> Vec<Option<bool>> {
        let mean = |channel: &usize| {
            let list = &self.shares[*channel];
            list.iter().sum::<f64>() / list.len().max(1) as f64
        };
        let mut order: Vec<usize> = (0..self.shares.len()).collect();
        order.sort_by(|a, b| mean(b).total_cmp(&mean(a)).then(a.cmp(b)));
        let mut ahead = vec![None; order.len()];
        for pair in order.windows(2) {
            let (first, second) = (&self.shares[pair[0]], &self.shares[pair[1]]);
            let mut apart: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
            apart.sort_by(f64::total_cmp);
            ahead[pair[0]] = quantile(&apart, 0.025).map(|low| low > 0.0);
        }
        ahead
    }

    fn intervals(self) -> Intervals {
        let ahead = self.ahead();
        let interval = |mut list: Vec<f64>| {
            list.sort_by(f64::total_cmp);
            Some((quantile(&list, 0.025)?, quantile(&list, 0.975)?))
        };
        let has_removal = self.removal.iter().any(|list| !list.is_empty());
        Intervals {
            shares: self.shares.into_iter().map(interval).collect(),
            value: self.value.into_iter().map(interval).collect(),
            removal: if has_removal {
                self.removal.into_iter().map(interval).collect()
            } else {
                Vec::new()
            },
            ahead,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::journeys::tests::journeys;
    use crate::attribution::models::parse;

    #[test]
    fn intervals_hold_the_share_and_narrow_with_more_journeys() {
        let rows = |times: f64| {
            journeys(&[
                ("a > b", 30.0 * times, 30.0 * times, 60.0 * times),
                ("b", 20.0 * times, 10.0 * times, 40.0 * times),
                ("c", 0.0, 0.0, 5.0 * times),
            ])
        };
        let (few, many) = (rows(1.0), rows(100.0));
        let width = |journeys: &Journeys, name: &str| {
            let model = parse(name).map_err(|_| ()).unwrap();
            let prepared = model.prepare(journeys);
            let share = prepared.credit_of(&journeys.counts).conversions[0]
                / journeys.counts.totals().conversions;
            let (low, high) =
                intervals(journeys, &[prepared.as_ref()], Drawing::seeded(7))[0].shares[0].unwrap();
            assert!(low < share && share < high, "{name}: {low} {share} {high}");
            high - low
        };
        for name in ["linear", "markov:1"] {
            let ratio = width(&few, name) / width(&many, name);
            // A hundred times the journeys, a tenth of the width.
            assert!((8.0..12.5).contains(&ratio), "{name}: {ratio}");
        }
    }

    #[test]
    fn ahead_is_said_where_it_is_more_than_chance() {
        let rows = [
            ("a", 400.0, 0.0, 0.0),
            ("b", 390.0, 0.0, 0.0),
            ("c", 100.0, 0.0, 0.0),
        ];
        let journeys = journeys(&rows);
        let model = parse("last").map_err(|_| ()).unwrap();
        let prepared = model.prepare(&journeys);
        let ahead = &intervals(&journeys, &[prepared.as_ref()], Drawing::seeded(1))[0].ahead;
        assert_eq!(ahead, &[Some(false), Some(true), None]);
    }

    #[test]
    fn agrees_with_theory_for_one_touch() {
        // Shares of Poisson counts: given their sum they are binomial.
        let journeys = journeys(&[("a", 300.0, 0.0, 0.0), ("b", 700.0, 0.0, 0.0)]);
        let model = parse("last").map_err(|_| ()).unwrap();
        let prepared = model.prepare(&journeys);
        let (low, high) =
            intervals(&journeys, &[prepared.as_ref()], Drawing::seeded(1))[0].shares[0].unwrap();
        let error = 1.96 * (0.3_f64 * 0.7 / 1000.0).sqrt();
        assert!((low - (0.3 - error)).abs() < 0.006 && (high - (0.3 + error)).abs() < 0.006);
    }

    /// Random journeys over four channels; `more` adds conversions to a row.
    fn some_journeys(seed: u64, rows: usize, more: impl Fn(usize) -> f64) -> Journeys {
        let mut random = Random::seeded(seed);
        let rows: Vec<(String, f64, f64)> = (0..rows)
            .map(|number| {
                let path: Vec<&str> = (0..=random.below(5))
                    .map(|_| ["a", "b", "c", "d"][random.below(4) as usize])
                    .collect();
                let converted = random.below(3) as f64 + more(number);
                (path.join(">"), converted, random.below(5) as f64)
            })
            .collect();
        let rows: Vec<(&str, f64, f64, f64)> = rows
            .iter()
            .map(|(path, converted, lost)| (path.as_str(), *converted, *converted, *lost))
            .collect();
        journeys(&rows)
    }

    #[test]
    fn groups_give_the_intervals_of_single_paths() {
        let often = |number| if number == 0 { 2_500.0 } else { 0.5 };
        let journeys = some_journeys(2, 3_000, often);
        for name in ["linear", "markov:1", "markov:2"] {
            let model = parse(name).map_err(|_| ()).unwrap();
            let prepared = model.prepare(&journeys);
            let _ = prepared.credit_of(&journeys.counts);
            let models: [&dyn Prepared; 1] = [prepared.as_ref()];
            let single = &by_path(&journeys, &models, Drawing::seeded(1))[0];
            let grouped = &by_group(&journeys, &models, Drawing::seeded(1))[0];
            for (one, other) in single.shares.iter().zip(&grouped.shares) {
                let ((low, high), (low_too, high_too)) = (one.unwrap(), other.unwrap());
                let width = high - low;
                let ratio = (high_too - low_too) / width;
                assert!((0.8..1.25).contains(&ratio), "{name}: {ratio}");
                assert!((low - low_too).abs() < 0.25 * width, "{name}");
            }
        }
    }

    #[test]
    fn a_tangent_gives_the_intervals_of_the_chain() {
        let journeys = some_journeys(12, 2_000, |_| 0.0);
        let model = parse("markov:3").map_err(|_| ()).unwrap();
        let chain = model.prepare(&journeys);
        let exact = chain.credit_of(&journeys.counts).conversions;
        let tangent = chain.linearised(&journeys.counts).unwrap();
        let near = tangent.credit_of(&journeys.counts).conversions;
        for (exact, near) in exact.iter().zip(&near) {
            assert!((exact - near).abs() < 1e-4, "{exact} {near}");
        }
        let solved = &by_path(&journeys, &[chain.as_ref()], Drawing::seeded(1))[0];
        let followed = &by_path(&journeys, &[tangent.as_ref()], Drawing::seeded(1))[0];
        let both = |intervals: &Intervals| [&intervals.shares[..], &intervals.removal].concat();
        assert_eq!(both(solved).len(), 8);
        for (solved, followed) in both(solved).into_iter().zip(both(followed)) {
            let ((low, high), (low_too, high_too)) = (solved.unwrap(), followed.unwrap());
            let width = high - low;
            assert!(
                (low - low_too).abs() < 0.1 * width,
                "{low} {low_too} {width}"
            );
            assert!(
                (high - high_too).abs() < 0.1 * width,
                "{high} {high_too} {width}"
            );
        }
    }

    #[test]
    fn everything_is_dealt() {
        for count in [0.0, 0.25, 3.0, 999.5, 123_456.75] {
            let mut sum = 0.0;
            deal(count, &mut Random::seeded(4), |group, part| {
                assert!(usize::from(group) < GROUPS && part > 0.0);
                sum += part;
            });
            assert!((sum - count).abs() < 1e-9, "{count}: {sum}");
        }
    }
}
