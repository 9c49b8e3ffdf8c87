//! What would be lost if nobody met the channel: an absorbing Markov chain, solved exactly.
//!
//! A state is the window of the last k channels; a path of fewer is one state of its own.
//! From each state the walk goes on, converts, or ends without. The removal effect of a
//! channel is the share of the conversions that is lost when every walk that would enter
//! a state with it ends there; credit is divided in proportion to the effects. (E. Anderl,
//! I. Becker, F. von Wangenheim, J. H. Schumann, "Mapping the customer journey", 2016.)
//! Nothing is simulated, so the same journeys always give the same numbers.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::{Kind, Model, Prepared};
use crate::attribution::credit::{Credit, Removal};
use crate::attribution::journeys::{Channel, Counts, Journeys, Totals};
use crate::stats::absorbing::Chain;

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "markov",
    parameter: "ORDER",
    doc: "Removal effects in an absorbing Markov chain over the last ORDER channels (1 unless said \
          otherwise), solved exactly; journeys that did not convert count. `auto` takes the order \
          that best foretells journeys it has not seen.",
    make: |parameter| Ok(Box::new(Markov::parse(parameter)?)),
    beside: |_| {
        Some(Box::new(Markov {
            order: 1,
            open: false,
        }))
    },
};

/// Longer memories than this have hardly a state that occurs twice.
const HIGHEST_ORDER: usize = 8;

struct Markov {
    order: usize,
    /// The order is still to be chosen; until then it is 1.
    open: bool,
}

/// The name of the model whose order is still to be chosen.
pub const AUTO: &str = "markov:auto";

impl Markov {
    fn parse(parameter: Option<&str>) -> Result<Self, String> {
        let text = parameter.unwrap_or("1");
        let with = |order, open| Self { order, open };
        match text.parse() {
            _ if text == "auto" => Ok(with(1, true)),
            Ok(order) if (1..=HIGHEST_ORDER).contains(&order) => Ok(with(order, false)),
            _ => Err(format!(
                "`{text}` is neither auto nor an order from 1 to {HIGHEST_ORDER}"
            )),
        }
    }
}

impl Model for Markov {
    fn name(&self) -> String {
        if self.open {
            return AUTO.to_owned();
        }
        format!("markov:{}", self.order)
    }

    fn rule(&self) -> String {
        let memory = match self.order {
            1 => "the last channel".to_owned(),
            order => format!("the last {order} channels"),
        };
        format!(
            "in proportion to what is lost without the channel, in a Markov chain over {memory}"
        )
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(States::new(journeys, self.order))
    }
}

/// The states of a chain and how each path walks through them.
pub struct States<'j> {
    journeys: &'j Journeys,
    /// Each state as a stretch of a path: path, first touch, touches.
    windows: Vec<(usize, usize, usize)>,
    /// Steps between states, ordered by the state left.
    steps: Vec<(u32, u32)>,
    /// By path: its first and last state.
    first: Vec<u32>,
    last: Vec<u32>,
    /// By path: its steps, one after the other.
    walked: Vec<u32>,
    ends: Vec<usize>,
    /// The solution of the journeys as they are, from which draws start.
    solved: OnceLock<Vec<f64>>,
}

/// The chain under some counts.
pub struct Fitted {
    /// Chance that a journey converts.
    pub conversion: f64,
    /// Value of a journey.
    pub value: f64,
    /// Removal effects.
    pub removal: Removal,
}

/// Where a step of the chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// In another state.
    State(u32),
    /// The journey converts.
    Conversion,
    /// It ends without.
    Lost,
}

/// A step of the chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// The state left; nothing at the start.
    pub from: Option<u32>,
    /// Where it leads.
    pub to: Goal,
    /// Journeys that took it.
    pub weight: f64,
    /// Share of those that left the state.
    pub chance: f64,
}

impl<'j> States<'j> {
    /// The states of order `order` (at least 1) of these journeys.
    #[must_use]
    pub fn new(journeys: &'j Journeys, order: usize) -> Self {
        let mut known: FxHashMap<&[Channel], u32> = FxHashMap::default();
        let mut pairs: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut states = Self {
            journeys,
            windows: Vec::new(),
            steps: Vec::new(),
            first: Vec::with_capacity(journeys.len()),
            last: Vec::with_capacity(journeys.len()),
            walked: Vec::new(),
            ends: Vec::with_capacity(journeys.len()),
            solved: OnceLock::new(),
        };
        for (index, path) in journeys.paths().enumerate() {
            let width = order.min(path.len());
            let mut before = None;
            for start in 0..=path.len() - width {
                let state = *known.entry(&path[start..start + width]).or_insert_with(|| {
                    states.windows.push((index, start, width));
                    u32::try_from(states.windows.len() - 1).unwrap_or(u32::MAX)
                });
                match before {
                    None => states.first.push(state),
                    Some(before) => {
                        let step = *pairs.entry((before, state)).or_insert_with(|| {
                            states.steps.push((before, state));
                            u32::try_from(states.steps.len() - 1).unwrap_or(u32::MAX)
                        });
                        states.walked.push(step);
                    }
                }
                before = Some(state);
            }
            states.last.extend(before);
            states.ends.push(states.walked.len());
        }
        states
    }

    /// The channels of a state.
    #[must_use]
    pub fn window(&self, state: u32) -> &'j [Channel] {
        let (path, start, width) = self.windows[state as usize];
        &self.journeys.path(path)[start..start + width]
    }

    /// The chain under these counts.
    #[must_use]
    pub fn fit(&self, counts: &Counts) -> Fitted {
        let sums = self.sums(counts);
        let weights = Weights::of(self, &sums);
        self.solve(&weights, (None, LAST_DIGIT)).0
    }

    /// Every step under these counts, from the start to the ends.
    #[must_use]
    pub fn transitions(&self, counts: &Counts) -> Vec<Transition> {
        let sums = self.sums(counts);
        Weights::of(self, &sums).transitions(self)
    }

    /// The chain of these weights, and its solution.
    fn solve(&self, weights: &Weights, near: (Option<&[f64]>, f64)) -> (Fitted, Vec<f64>) {
        let leaving = weights.leaving(self);
        let half = self.journeys.channels.len() + 1;
        let earned = |state: usize, column: usize| {
            let earned = if column < half {
                weights.converted[state]
            } else {
                weights.value[state]
            };
            share(earned, leaving[state])
        };
        let blocked = self.blocked(half);
        let chain = self.chain(weights, &leaving);
        let x = chain.solve_near(2 * half, earned, blocked, near);
        let all: f64 = weights.first.iter().sum();
        let from_start = |column: usize| -> f64 {
            let parts = weights.first.iter().enumerate();
            parts
                .map(|(state, weight)| share(*weight, all) * x[state * 2 * half + column])
                .sum()
        };
        let fitted = Fitted {
            conversion: from_start(0),
            value: from_start(half),
            removal: Removal {
                conversions: effects((0..half).map(from_start)),
                value: effects((half..2 * half).map(from_start)),
            },
        };
        (fitted, x)
    }

    /// Chances of going on from state to state.
    fn chain(&self, weights: &Weights, leaving: &[f64]) -> Chain {
        let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); self.windows.len()];
        for ((from, to), weight) in self.steps.iter().zip(weights.steps) {
            let from = *from as usize;
            rows[from].push((*to, share(*weight, leaving[from])));
        }
        let mut chain = Chain::default();
        rows.into_iter().for_each(|row| chain.push(row));
        chain
    }

    /// Columns in halves: the whole chain, then the chain without each channel.
    fn blocked(&self, half: usize) -> impl Fn(usize, usize) -> bool {
        let channels = self.journeys.channels.len();
        let mut holds = vec![false; self.windows.len() * channels];
        for state in 0..self.windows.len() {
            let window = self.window(u32::try_from(state).unwrap_or(u32::MAX));
            for channel in window {
                holds[state * channels + usize::from(*channel)] = true;
            }
        }
        move |state, column| {
            let channel = (column % half).checked_sub(1);
            channel.is_some_and(|channel| holds[state * channels + channel])
        }
    }

    /// How the chance to convert, of the whole chain and without each channel, changes
    /// with every sum.
    ///
    /// With x the chance from a state and y the visits of it per journey (the same chain
    /// backwards), a step from i to j more changes P by y_i (x_j - x_i) / out_i, a
    /// conversion in i by y_i (1 - x_i) / out_i, a loss by -y_i x_i / out_i, and a start
    /// in i by (x_i - P) / journeys.
    fn gradient(&self, counts: &Counts) -> Gradient {
        let sums = self.sums(counts);
        let weights = Weights::of(self, &sums);
        let leaving = weights.leaving(self);
        let columns = self.journeys.channels.len() + 1;
        let blocked = self.blocked(columns);
        let earned = |state: usize, _| share(weights.converted[state], leaving[state]);
        let chain = self.chain(&weights, &leaving);
        let near = (None, GOOD_ENOUGH);
        let x = chain.solve_near(columns, earned, &blocked, near);
        let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); self.windows.len()];
        for ((from, to), weight) in self.steps.iter().zip(weights.steps) {
            rows[*to as usize].push((*from, share(*weight, leaving[*from as usize])));
        }
        let mut backwards = Chain::default();
        rows.into_iter().for_each(|row| backwards.push(row));
        let all: f64 = weights.first.iter().sum();
        let begun = |state: usize, _| share(weights.first[state], all);
        let y = backwards.solve_near(columns, begun, &blocked, near);
        let count = self.windows.len();
        let mut whole = vec![0.0; columns];
        for state in 0..count {
            for (column, whole) in whole.iter_mut().enumerate() {
                *whole += begun(state, column) * x[state * columns + column];
            }
        }
        let mut slopes = vec![0.0; self.size() * columns];
        let mut set = |sum: usize, slope: &dyn Fn(usize) -> f64| {
            for column in 0..columns {
                slopes[sum * columns + column] = slope(column);
            }
        };
        for state in 0..count {
            let x = |column: usize| x[state * columns + column];
            let visits = |column: usize| share(y[state * columns + column], leaving[state]);
            set(state, &|column| share(x(column) - whole[column], all));
            set(count + state, &|column| visits(column) * (1.0 - x(column)));
            set(3 * count + state, &|column| -visits(column) * x(column));
        }
        for (step, (from, to)) in self.steps.iter().enumerate() {
            let (from, to) = (*from as usize, *to as usize);
            set(4 * count + step, &|column| {
                let gain = x[to * columns + column] - x[from * columns + column];
                share(y[from * columns + column], leaving[from]) * gain
            });
        }
        Gradient { whole, slopes }
    }

    /// The sums to which journeys over a path add, and how much.
    fn each_sum(&self, path: usize, totals: Totals, mut add: impl FnMut(usize, f64)) {
        let count = self.windows.len();
        let journeys = totals.journeys();
        let last = self.last[path] as usize;
        add(self.first[path] as usize, journeys);
        add(count + last, totals.conversions);
        add(2 * count + last, totals.value);
        add(3 * count + last, totals.lost);
        let start = path.checked_sub(1).map_or(0, |before| self.ends[before]);
        for step in &self.walked[start..self.ends[path]] {
            add(4 * count + *step as usize, journeys);
        }
    }

    fn credited(&self, weights: &Weights, fitted: Fitted) -> Credit {
        let sum = |list: &[f64]| list.iter().sum::<f64>();
        Credit {
            conversions: in_proportion(&fitted.removal.conversions, sum(weights.converted)),
            value: in_proportion(&fitted.removal.value, sum(weights.value)),
            removal: Some(fitted.removal),
            per_journey: Some((fitted.conversion, fitted.value)),
        }
    }
}

/// `weight` over `all`; nothing of nothing.
fn share(weight: f64, all: f64) -> f64 {
    if all > 0.0 { weight / all } else { 0.0 }
}

/// What is lost of the first chance in each of the others; nothing where it is 0.
fn effects(mut chances: impl Iterator<Item = f64>) -> Vec<Option<f64>> {
    let whole = chances.next().unwrap_or(0.0);
    chances
        .map(|without| (whole != 0.0).then(|| 1.0 - without / whole))
        .collect()
}

/// Chances to convert, and how they change with every sum: one row of columns per sum.
struct Gradient {
    whole: Vec<f64>,
    slopes: Vec<f64>,
}

/// The chain as a tangent: chances to convert that follow the counts in proportion.
struct Tangent<'s> {
    states: &'s States<'s>,
    gradient: Gradient,
}

impl Prepared for Tangent<'_> {
    /// A change for each chance, and the conversions.
    fn size(&self) -> usize {
        self.gradient.whole.len() + 1
    }

    fn add(&self, path: usize, totals: Totals, sums: &mut [f64]) {
        let columns = self.gradient.whole.len();
        self.states.each_sum(path, totals, |sum, amount| {
            let slopes = &self.gradient.slopes[sum * columns..(sum + 1) * columns];
            for (change, slope) in sums.iter_mut().zip(slopes) {
                *change += slope * amount;
            }
        });
        sums[columns] += totals.conversions;
    }

    /// The conversions alone; value is not followed.
    fn credit(&self, sums: &[f64]) -> Credit {
        let (changes, conversions) = sums.split_at(self.gradient.whole.len());
        let chances = self.gradient.whole.iter().zip(changes);
        let effects = effects(chances.map(|(whole, change)| whole + change));
        Credit {
            conversions: in_proportion(&effects, conversions[0]),
            value: Vec::new(),
            removal: Some(Removal {
                conversions: effects,
                value: Vec::new(),
            }),
            per_journey: None,
        }
    }
}

/// Digits of a solution that is printed, and of one in a draw.
const LAST_DIGIT: f64 = 1e-15;
const GOOD_ENOUGH: f64 = 1e-9;

/// The sums by state and by step, in this order.
struct Weights<'s> {
    first: &'s [f64],
    converted: &'s [f64],
    value: &'s [f64],
    lost: &'s [f64],
    steps: &'s [f64],
}

impl<'s> Weights<'s> {
    fn of(states: &States, sums: &'s [f64]) -> Self {
        let count = states.windows.len();
        let (first, rest) = sums.split_at(count);
        let (converted, rest) = rest.split_at(count);
        let (value, rest) = rest.split_at(count);
        let (lost, steps) = rest.split_at(count);
        Self {
            first,
            converted,
            value,
            lost,
            steps,
        }
    }

    /// Journeys that leave each state, to wherever.
    fn leaving(&self, states: &States) -> Vec<f64> {
        let ended = self.converted.iter().zip(self.lost);
        let mut leaving: Vec<f64> = ended.map(|(converted, lost)| converted + lost).collect();
        for ((from, _), weight) in states.steps.iter().zip(self.steps) {
            leaving[*from as usize] += weight;
        }
        leaving
    }

    fn transitions(&self, states: &States) -> Vec<Transition> {
        let leaving = self.leaving(states);
        let all: f64 = self.first.iter().sum();
        let numbered =
            |list: &[f64]| -> Vec<(u32, f64)> { (0..).zip(list.iter().copied()).collect() };
        let mut list = Vec::new();
        let mut add = |from: Option<u32>, to: Goal, weight: f64| {
            let out = from.map_or(all, |from| leaving[from as usize]);
            if weight != 0.0 && out != 0.0 {
                let chance = weight / out;
                list.push(Transition {
                    from,
                    to,
                    weight,
                    chance,
                });
            }
        };
        for (state, weight) in numbered(self.first) {
            add(None, Goal::State(state), weight);
        }
        for ((from, to), weight) in states.steps.iter().zip(self.steps) {
            add(Some(*from), Goal::State(*to), *weight);
        }
        for (state, weight) in numbered(self.converted) {
            add(Some(state), Goal::Conversion, weight);
        }
        for (state, weight) in numbered(self.lost) {
            add(Some(state), Goal::Lost, weight);
        }
        list.sort_by(|a, b| {
            let key = |transition: &Transition| (transition.from, transition.to);
            key(a).cmp(&key(b))
        });
        list
    }
}

impl Prepared for States<'_> {
    fn size(&self) -> usize {
        4 * self.windows.len() + self.steps.len()
    }

    fn add(&self, path: usize, totals: Totals, sums: &mut [f64]) {
        self.each_sum(path, totals, |sum, amount| sums[sum] += amount);
    }

    fn linearised(&self, counts: &Counts) -> Option<Box<dyn Prepared + '_>> {
        Some(Box::new(Tangent {
            states: self,
            gradient: self.gradient(counts),
        }))
    }

    fn credit(&self, sums: &[f64]) -> Credit {
        let weights = Weights::of(self, sums);
        let (fitted, solution) = self.solve(&weights, (None, LAST_DIGIT));
        let _ = self.solved.set(solution);
        self.credited(&weights, fitted)
    }

    fn redrawn(&self, sums: &[f64]) -> Credit {
        let weights = Weights::of(self, sums);
        let near = self.solved.get().map(Vec::as_slice);
        let (fitted, _) = self.solve(&weights, (near, GOOD_ENOUGH));
        self.credited(&weights, fitted)
    }
}

/// The total divided in proportion to the effects.
fn in_proportion(effects: &[Option<f64>], total: f64) -> Vec<f64> {
    let effect = |effect: &Option<f64>| effect.unwrap_or(0.0);
    let sum: f64 = effects.iter().map(effect).sum();
    let part = |one: &Option<f64>| {
        if sum == 0.0 {
            0.0
        } else {
            effect(one) / sum * total
        }
    };
    effects.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::journeys::tests::journeys;
    use crate::stats::random::Random;

    /// Random journeys over five channels, written as rows.
    fn some(seed: u64, longest: u64) -> Journeys {
        let mut random = Random::seeded(seed);
        let rows: Vec<(String, f64, f64, f64)> = (0..60)
            .map(|_| {
                let touches = 1 + random.below(longest);
                let path: Vec<String> = (0..touches)
                    .map(|_| ["a", "b", "c", "d", "e"][random.below(5) as usize].to_owned())
                    .collect();
                let converted = random.below(4) as f64;
                let value = converted * (random.unit() * 100.0 - 10.0);
                (path.join(">"), converted, value, random.below(6) as f64)
            })
            .collect();
        let rows: Vec<(&str, f64, f64, f64)> = rows
            .iter()
            .map(|(path, c, v, z)| (path.as_str(), *c, *v, *z))
            .collect();
        journeys(&rows)
    }

    /// The chain written down as a matrix over all windows and solved by elimination.
    fn dense(journeys: &Journeys, order: usize, without: Option<Channel>) -> f64 {
        let mut states: Vec<Vec<Channel>> = Vec::new();
        let mut place = |window: &[Channel]| -> usize {
            if let Some(known) = states.iter().position(|state| state == window) {
                return known;
            }
            states.push(window.to_vec());
            states.len() - 1
        };
        let mut walks = Vec::new();
        for (index, path) in journeys.paths().enumerate() {
            let width = order.min(path.len());
            let walk: Vec<usize> = path.windows(width).map(&mut place).collect();
            let (c, z) = (
                journeys.counts.conversions[index],
                journeys.counts.lost[index],
            );
            walks.push((walk, c, z));
        }
        let n = states.len();
        let mut weight = vec![vec![0.0; n]; n];
        let (mut converted, mut out, mut first) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for (walk, c, z) in &walks {
            first[walk[0]] += c + z;
            for pair in walk.windows(2) {
                weight[pair[0]][pair[1]] += c + z;
                out[pair[0]] += c + z;
            }
            converted[walk[walk.len() - 1]] += c;
            out[walk[walk.len() - 1]] += c + z;
        }
        let is_out = |state: usize| without.is_some_and(|c| states[state].contains(&c));
        let mut a = vec![vec![0.0; n + 1]; n];
        for (i, row) in a.iter_mut().enumerate() {
            row[i] = 1.0;
            if is_out(i) || out[i] == 0.0 {
                continue;
            }
            for j in 0..n {
                row[j] -= weight[i][j] / out[i];
            }
            row[n] = converted[i] / out[i];
        }
        for column in 0..n {
            let pivot = (column..n)
                .max_by(|i, j| a[*i][column].abs().total_cmp(&a[*j][column].abs()))
                .unwrap();
            a.swap(column, pivot);
            for row in 0..n {
                if row != column && a[row][column] != 0.0 {
                    let factor = a[row][column] / a[column][column];
                    let pivot = a[column].clone();
                    for (cell, above) in a[row].iter_mut().zip(&pivot) {
                        *cell -= factor * above;
                    }
                }
            }
        }
        let all: f64 = first.iter().sum();
        (0..n).map(|i| first[i] / all * a[i][n] / a[i][i]).sum()
    }

    #[test]
    fn equals_the_dense_solution() {
        for order in 1..=4 {
            let journeys = some(order as u64, 7);
            let fitted = States::new(&journeys, order).fit(&journeys.counts);
            let whole = dense(&journeys, order, None);
            assert!((fitted.conversion - whole).abs() < 1e-12);
            for channel in 0..5 {
                let wanted = 1.0 - dense(&journeys, order, Some(channel)) / whole;
                let found = fitted.removal.conversions[usize::from(channel)].unwrap();
                assert!((found - wanted).abs() < 1e-11, "{order} {channel}");
            }
        }
    }

    #[test]
    fn the_chain_reproduces_the_journeys() {
        for order in 1..=5 {
            let journeys = some(20 + order as u64, 9);
            let totals = journeys.counts.totals();
            let all = totals.conversions + totals.lost;
            let fitted = States::new(&journeys, order).fit(&journeys.counts);
            assert!((fitted.conversion - totals.conversions / all).abs() < 1e-12);
            assert!((fitted.value - totals.value / all).abs() < 1e-9);
        }
    }

    #[test]
    fn beyond_the_longest_path_it_is_the_share_that_took_part() {
        let journeys = some(9, 5);
        let fitted = States::new(&journeys, 6).fit(&journeys.counts);
        let conversions = journeys.counts.totals().conversions;
        for channel in 0..5_u16 {
            let with = journeys
                .paths()
                .enumerate()
                .filter(|(_, path)| path.contains(&channel));
            let with: f64 = with
                .map(|(index, _)| journeys.counts.conversions[index])
                .sum();
            let found = fitted.removal.conversions[usize::from(channel)].unwrap();
            assert!((found - with / conversions).abs() < 1e-12);
        }
    }

    #[test]
    fn repeats_of_a_channel_matter_to_longer_memories_alone() {
        let plain = [("a > b", 2.0, 4.0, 3.0), ("b > c > a", 1.0, 3.0, 2.0)];
        let again = [
            ("a > a > b > b", 2.0, 4.0, 3.0),
            ("b > c > c > a", 1.0, 3.0, 2.0),
        ];
        let effects = |rows: &[(&str, f64, f64, f64)]| {
            let journeys = journeys(rows);
            States::new(&journeys, 1)
                .fit(&journeys.counts)
                .removal
                .conversions
        };
        for (one, other) in effects(&plain).iter().zip(effects(&again)) {
            assert!((one.unwrap() - other.unwrap()).abs() < 1e-12);
        }
    }

    #[test]
    fn nobody_converts() {
        let journeys = journeys(&[("a > b", 0.0, 0.0, 3.0)]);
        let credit = States::new(&journeys, 1).credit_of(&journeys.counts);
        assert_eq!(credit.conversions, [0.0, 0.0]);
        assert_eq!(credit.removal.unwrap().conversions, [None, None]);
    }

    #[test]
    fn chances_out_of_a_state_add_up() {
        let journeys = some(31, 6);
        let states = States::new(&journeys, 2);
        let transitions = states.transitions(&journeys.counts);
        let mut sums: std::collections::BTreeMap<Option<u32>, f64> = Default::default();
        for step in &transitions {
            *sums.entry(step.from).or_default() += step.chance;
        }
        assert!(sums.values().all(|sum| (sum - 1.0).abs() < 1e-12));
        assert!(transitions.is_sorted_by_key(|step| (step.from, step.to)));
    }
}
