//! Journeys from the touches of persons.
//!
//! One pass over each person gives everything: which conversions there are, what was met
//! before each of them within the lookback window, and what came of those who did not
//! convert. Identical paths are folded at once; models that need times add their credit
//! in the same pass, so that no journey is kept.

use std::borrow::Cow;

use super::folded::{Came, Folded};
use super::journeys::{Channel, Journeys, TooManyChannels};
use super::walk::{Grouped, Timed, Walk};
use crate::domain::calendar::Millis;
use crate::tables::conversions::Conversion;
use crate::tables::touches::{Person, Touch, Touches, Unreadable};

/// What counts as a conversion.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// These, by owner and time; `won` where they are wins.
    Listed {
        /// The conversions.
        list: &'a [Conversion],
        /// True where their time is that of the win.
        won: bool,
    },
    /// Touches of these classes.
    Touches(&'a [bool]),
}

/// What is kept of journeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// All that they are.
    All,
    /// The last touch of those that converted, for whoever asks for nothing else.
    LastTouch,
}

/// How touches become journeys.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// What counts.
    pub wanted: Wanted<'a>,
    /// What a touch of each class is called: its channel, or whatever is credited.
    pub labels: &'a [String],
    /// How long before the conversion a touch may lie, both ends included.
    pub lookback: Option<Millis>,
    /// Only the first conversion of each owner counts.
    pub first_only: bool,
    /// A span holds the journeys that began in it, not those that converted in it.
    pub by_cohort: bool,
    /// Touches with one label that follow each other count as one.
    pub collapse_repeats: bool,
    /// Conversions from the first to before the second moment; several spans apart from
    /// each other give journeys each.
    pub spans: &'a [(Millis, Millis)],
    /// Models that need times.
    pub timed: &'a [&'a dyn Timed],
    /// What is wanted of a journey.
    pub keep: Keep,
    /// Threads to work with.
    pub threads: usize,
}

/// What a span holds.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// Folded journeys.
    pub journeys: Journeys,
    /// Credit of the timed models, in their order.
    pub timed: Vec<Grouped>,
    /// From the first touch of a journey to its conversion, shortest first.
    pub lags: Vec<Millis>,
    /// Conversions whose amount is missing.
    pub without_value: u64,
    /// Conversions without a time.
    pub undated: u64,
}

/// An id that many share: journeys before each of its conversions would fill the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crowd {
    /// Its first touch among all rows of the inputs, from 0.
    pub row: u32,
    /// Its touches.
    pub touches: usize,
}

/// Touches of all journeys of one person together.
const MOST_TOUCHES: usize = 50_000_000;

/// Labels in order, and the number of each class's.
struct Labels {
    names: Vec<String>,
    of_class: Vec<Channel>,
}

impl Labels {
    fn of(labels: &[String]) -> Result<Self, TooManyChannels> {
        let mut names: Vec<String> = labels.to_vec();
        names.sort_unstable();
        names.dedup();
        if names.len() > usize::from(Channel::MAX) {
            return Err(TooManyChannels);
        }
        let number = |label: &String| names.binary_search(label).unwrap_or(0) as Channel;
        let of_class = labels.iter().map(number).collect();
        Ok(Self { names, of_class })
    }
}

/// What stops the building.
#[derive(Debug)]
pub enum Stop {
    /// More labels than journeys can tell apart.
    TooManyChannels,
    /// Touches on disk that cannot be read.
    Failed(Unreadable),
    /// Somebody with more touches and conversions than a person has.
    NoPerson(Crowd),
}

/// The journeys of each span; `is_direct` says which labels are direct traffic.
///
/// # Errors
/// [`Stop`].
pub fn journeys(
    touches: &Touches,
    asked: Asked<'_>,
    is_direct: impl Fn(&str) -> bool,
) -> Result<Vec<Made>, Stop> {
    let labels = Labels::of(asked.labels).map_err(|TooManyChannels| Stop::TooManyChannels)?;
    let listed: Cow<'_, [Conversion]> = match asked.wanted {
        Wanted::Listed { list, .. } if asked.first_only => firsts(list).into(),
        Wanted::Listed { list, .. } => list.into(),
        Wanted::Touches(_) => Vec::new().into(),
    };
    let walker = Walker {
        touches,
        asked,
        labels: &labels,
        listed: &listed,
    };
    let spans = asked.spans.len();
    let mut timed: Vec<Vec<Grouped>> = (0..spans).map(|_| walker.groups()).collect();
    let mut crowd: Option<Crowd> = None;
    let ended = touches
        .fold(
            asked.threads,
            || walker.nothing(),
            || Part {
                timed: (0..spans).map(|_| walker.groups()).collect(),
                crowd: None,
            },
            |state, part, person| walker.person(state, part, person),
            |part| {
                let pairs = timed.iter_mut().flatten().zip(part.timed.iter().flatten());
                pairs.for_each(|(all, part)| all.merge(part));
                crowd = crowd.or(part.crowd);
            },
        )
        .map_err(Stop::Failed)?;
    if let Some(crowd) = crowd {
        return Err(Stop::NoPerson(crowd));
    }
    let mut all = walker.nothing();
    for (place, state) in ended.into_iter().enumerate() {
        match place {
            0 => all = state,
            _ => all.merge(state),
        }
    }
    walker.add_untouched(&mut all.cells);
    let numbering = Numbering::of(all.met, &labels, is_direct);
    let cells = all.cells.into_iter().zip(timed);
    Ok(cells
        .map(|(cell, timed)| cell.made(&timed, &numbering))
        .collect())
}

/// The first conversion of each owner.
fn firsts(list: &[Conversion]) -> Vec<Conversion> {
    let owners = list.chunk_by(|a, b| a.owner == b.owner);
    // One without a time may have been first, and nobody knows.
    owners
        .filter_map(|own| {
            own.iter()
                .find(|one| one.at.is_some())
                .or(own.first())
                .copied()
        })
        .collect()
}

/// Labels that some journey met, numbered anew.
struct Numbering {
    names: Vec<String>,
    direct: Vec<bool>,
    met: Vec<bool>,
    numbers: Vec<Channel>,
}

impl Numbering {
    fn of(met: Vec<bool>, labels: &Labels, is_direct: impl Fn(&str) -> bool) -> Self {
        let mut next = 0;
        let numbers = met
            .iter()
            .map(|met| {
                let number = next;
                next += Channel::from(*met);
                number
            })
            .collect();
        let named = labels.names.iter().zip(&met).filter(|(_, met)| **met);
        let names: Vec<String> = named.map(|(name, _)| name.clone()).collect();
        Self {
            direct: names.iter().map(|name| is_direct(name)).collect(),
            names,
            met,
            numbers,
        }
    }
}

/// A span while persons are gone through.
#[derive(Debug, Default)]
struct Cell {
    folded: Folded,
    lags: Vec<Millis>,
    untouched: Came,
    /// Listed conversions of persons that have touches.
    seen: Came,
    without_value: u64,
    undated: u64,
}

impl Cell {
    fn merge(&mut self, other: Self) {
        self.folded.merge(&other.folded);
        self.lags.extend(other.lags);
        for (own, other) in [
            (&mut self.untouched, other.untouched),
            (&mut self.seen, other.seen),
        ] {
            own.conversions += other.conversions;
            own.micros += other.micros;
        }
        self.without_value += other.without_value;
    }

    fn made(mut self, timed: &[Grouped], numbering: &Numbering) -> Made {
        self.lags.sort_unstable();
        let channels = numbering.names.len();
        let timed = timed.iter();
        let timed =
            timed.map(|grouped| grouped.renumbered(&numbering.numbers, channels, &numbering.met));
        let mut made = Made {
            timed: timed.collect(),
            lags: self.lags,
            without_value: self.without_value,
            undated: self.undated,
            journeys: self.folded.journeys(
                numbering.names.clone(),
                numbering.direct.clone(),
                &numbering.numbers,
            ),
        };
        made.journeys.untouched = self.untouched.totals();
        made.journeys.knows_lost = true;
        made
    }
}

/// What a thread has: whole numbers and lists that are sorted in the end, so that it does
/// not matter which persons it met.
struct State {
    cells: Vec<Cell>,
    /// The labels that some journey met.
    met: Vec<bool>,
    path: Vec<Channel>,
    at: Vec<Millis>,
    weights: Vec<f64>,
    /// Touches of the journeys of the person at hand.
    walked: usize,
}

impl State {
    fn merge(&mut self, other: Self) {
        for (own, other) in self.cells.iter_mut().zip(other.cells) {
            own.merge(other);
        }
        for (own, other) in self.met.iter_mut().zip(other.met) {
            *own |= other;
        }
    }

    /// Notes the labels of the journey at hand.
    fn meet(&mut self) {
        for label in &self.path {
            self.met[usize::from(*label)] = true;
        }
    }
}

/// What a part has: sums of fractions, which depend on their order.
struct Part {
    /// By span, then by model.
    timed: Vec<Vec<Grouped>>,
    crowd: Option<Crowd>,
}

struct Walker<'a> {
    touches: &'a Touches,
    asked: Asked<'a>,
    labels: &'a Labels,
    listed: &'a [Conversion],
}

/// A conversion of the person at hand: when, how many touches lie not after it, its worth.
struct Reached<'a> {
    at: Millis,
    touches: usize,
    value: Option<i64>,
    listed: Option<&'a Conversion>,
}

impl Walker<'_> {
    fn nothing(&self) -> State {
        State {
            cells: self.asked.spans.iter().map(|_| Cell::default()).collect(),
            met: vec![false; self.labels.names.len()],
            path: Vec::new(),
            at: Vec::new(),
            weights: Vec::new(),
            walked: 0,
        }
    }

    /// The models that need times, before the first journey.
    fn groups(&self) -> Vec<Grouped> {
        let channels = self.labels.names.len();
        let models = self.asked.timed.iter();
        models.map(|_| Grouped::new(channels)).collect()
    }

    /// The span that a moment lies in.
    fn span(&self, at: Millis) -> Option<usize> {
        let after = self.asked.spans.partition_point(|(_, end)| *end <= at);
        self.asked
            .spans
            .get(after)
            .filter(|(start, _)| *start <= at)
            .map(|_| after)
    }

    fn person(&self, state: &mut State, part: &mut Part, person: Person<'_>) {
        let mut converts = false;
        state.walked = 0;
        match self.asked.wanted {
            Wanted::Listed { .. } => {
                for conversion in self.of(person) {
                    let Some(at) = conversion.at else { continue };
                    converts = true;
                    let reached = Reached {
                        at,
                        touches: person.touches.partition_point(|touch| touch.at() <= at),
                        value: conversion.value,
                        listed: Some(conversion),
                    };
                    self.conversion(state, part, person, &reached);
                }
            }
            Wanted::Touches(classes) => {
                for (place, touch) in person.touches.iter().enumerate() {
                    if !classes[touch.class()] || converts && self.asked.first_only {
                        continue;
                    }
                    converts = true;
                    let reached = Reached {
                        at: touch.at(),
                        touches: place + 1,
                        value: self.touches.amount(touch),
                        listed: None,
                    };
                    self.conversion(state, part, person, &reached);
                }
            }
        }
        if !converts {
            self.lost(state, person);
        }
    }

    /// The listed conversions of a person.
    fn of(&self, person: Person<'_>) -> &[Conversion] {
        let start = self.listed.partition_point(|one| one.owner < person.key);
        let count = self.listed[start..]
            .iter()
            .take_while(|one| one.owner == person.key)
            .count();
        &self.listed[start..start + count]
    }

    fn conversion(
        &self,
        state: &mut State,
        part: &mut Part,
        person: Person<'_>,
        reached: &Reached<'_>,
    ) {
        if state.walked > MOST_TOUCHES {
            let row = person.touches[0].row();
            let touches = person.touches.len();
            part.crowd = part.crowd.or(Some(Crowd { row, touches }));
            return;
        }
        self.walk(state, &person.touches[..reached.touches], reached.at);
        state.walked += state.path.len();
        let came = Came {
            conversions: 1,
            micros: i128::from(reached.value.unwrap_or(0)),
            lost: 0,
        };
        if let (Some(_), Some(span)) = (reached.listed, self.span(reached.at)) {
            state.cells[span].seen.conversions += 1;
            state.cells[span].seen.micros += came.micros;
        }
        let decides = match state.at.first() {
            Some(first) if self.asked.by_cohort => *first,
            _ => reached.at,
        };
        let Some(span) = self.span(decides) else {
            return;
        };
        state.meet();
        let cell = &mut state.cells[span];
        cell.without_value += u64::from(reached.value.is_none());
        let (Some(first), true) = (state.at.first(), !state.path.is_empty()) else {
            cell.untouched.conversions += 1;
            cell.untouched.micros += came.micros;
            return;
        };
        if self.asked.keep == Keep::LastTouch {
            let last = state.path.len() - 1;
            cell.folded.add(&state.path[last..], came);
            return;
        }
        cell.lags.push(reached.at - first);
        cell.folded.add(&state.path, came);
        if self.asked.timed.is_empty() {
            return;
        }
        let known = |at: Option<Millis>| at.filter(|at| *at <= reached.at);
        let is_won = matches!(self.asked.wanted, Wanted::Listed { won: true, .. });
        let walk = Walk {
            path: &state.path,
            at: &state.at,
            converted: reached.at,
            lead: known(reached.listed.and_then(|one| one.lead_at)),
            opportunity: known(reached.listed.and_then(|one| one.opportunity_at)),
            won: is_won.then_some(reached.at),
        };
        let value = came.totals().value;
        for (model, grouped) in self.asked.timed.iter().zip(&mut part.timed[span]) {
            state.weights.clear();
            state.weights.resize(state.path.len(), 0.0);
            model.weigh(&walk, &mut state.weights);
            grouped.add(
                person.key.dealt(grouped.groups()),
                &state.path,
                &state.weights,
                value,
            );
        }
    }

    /// One journey of somebody who did not convert, seen from the last touch.
    fn lost(&self, state: &mut State, person: Person<'_>) {
        let Some(last) = person.touches.last().map(Touch::at) else {
            return;
        };
        let only_meets = self.asked.keep == Keep::LastTouch;
        if only_meets && state.met.iter().all(|met| *met) {
            return;
        }
        self.walk(state, person.touches, last);
        let decides = match state.at.first() {
            Some(first) if self.asked.by_cohort => *first,
            _ => last,
        };
        if let Some(span) = self.span(decides) {
            state.meet();
            if only_meets {
                return;
            }
            let lost = Came {
                lost: 1,
                ..Came::default()
            };
            state.cells[span].folded.add(&state.path, lost);
        }
    }

    /// Puts the touches within the window before `until` into `state`.
    fn walk(&self, state: &mut State, touches: &[Touch], until: Millis) {
        let from = self.asked.lookback.map_or(0, |lookback| {
            touches.partition_point(|touch| touch.at() < until.saturating_sub(lookback))
        });
        state.path.clear();
        state.at.clear();
        for touch in &touches[from..] {
            let label = self.labels.of_class[touch.class()];
            if self.asked.collapse_repeats && state.path.last() == Some(&label) {
                continue;
            }
            state.path.push(label);
            state.at.push(touch.at());
        }
    }

    /// Listed conversions of owners without any touch.
    fn add_untouched(&self, cells: &mut [Cell]) {
        let mut all = vec![(Came::default(), 0_u64); cells.len()];
        for conversion in self.listed {
            let micros = i128::from(conversion.value.unwrap_or(0));
            let missing = u64::from(conversion.value.is_none());
            match conversion.at {
                Some(at) => {
                    if let Some(span) = self.span(at) {
                        let (came, without) = &mut all[span];
                        came.conversions += 1;
                        came.micros += micros;
                        *without += missing;
                    }
                }
                // Without a time it belongs to all of time only.
                None if cells.len() == 1 && self.asked.spans == [(Millis::MIN, Millis::MAX)] => {
                    cells[0].undated += 1;
                    all[0].0.conversions += 1;
                    all[0].0.micros += micros;
                    all[0].1 += missing;
                }
                None => {}
            }
        }
        for (cell, (all, without)) in cells.iter_mut().zip(all) {
            if self.listed.is_empty() {
                continue;
            }
            cell.untouched.conversions += all.conversions - cell.seen.conversions;
            cell.untouched.micros += all.micros - cell.seen.micros;
            cell.without_value = without;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::bootstrap::Drawing;
    use crate::attribution::compare;
    use crate::attribution::models;
    use crate::tables::touches::{Class, Collecting, Given, Key};

    /// Persons of many lengths; every seventh touch is a conversion, and the last channel
    /// is met by people who never convert.
    fn made() -> Touches {
        let mut collecting = Collecting::new(None);
        for row in 0..3000_u32 {
            let class = match (row % 300, row % 7) {
                (299, _) => 9,
                (_, 0) => row % 3,
                _ => 3 + row % 5,
            };
            let person = match class {
                9 => Key::of(&format!("lost{row}")),
                _ => Key::of(&format!("p{}", (row * row) % 401)),
            };
            collecting.push(Touch::new(person, i64::from(row) * 50, row, class));
            collecting.reaches(0, i64::from(row) * 50);
            if class < 3 {
                collecting.amount(row, i64::from(row) * 10_000);
            }
        }
        let finished =
            collecting.finish(vec![Class::default(); 10], Vec::new(), Given::default(), 1);
        finished.ok().unwrap()
    }

    fn credited(keep: Keep, threads: usize) -> Vec<(Vec<String>, Vec<i64>, Vec<i64>)> {
        let labels: Vec<String> = (0..10).map(|class| format!("c{}", class % 6)).collect();
        let converts: Vec<bool> = (0..10).map(|class| class < 3).collect();
        let asked = Asked {
            wanted: Wanted::Touches(&converts),
            labels: &labels,
            lookback: Some(40_000),
            first_only: false,
            by_cohort: true,
            collapse_repeats: false,
            spans: &[(0, 60_000), (60_000, 149_000)],
            timed: &[],
            keep,
            threads,
        };
        let touches = made();
        let spans = journeys(&touches, asked, |_| false).ok().unwrap();
        let last = [models::parse("last").ok().unwrap()];
        let drawing = Drawing { seed: 1, draws: 0 };
        let told = |made: &Made| {
            let results = compare::compute(&made.journeys, &last, &[], drawing);
            let credit = results[0].credit.as_ref().unwrap();
            let millionths = |list: &[f64]| -> Vec<i64> {
                list.iter().map(|one| (one * 1e6).round() as i64).collect()
            };
            (
                made.journeys.channels.clone(),
                millionths(&credit.conversions),
                millionths(&credit.value),
            )
        };
        spans.iter().map(told).collect()
    }

    #[test]
    fn the_last_touch_alone_gives_the_same_credit_and_channels() {
        let whole = credited(Keep::All, 1);
        assert_eq!(whole[0].0.len(), 6);
        assert!(
            whole
                .iter()
                .all(|(_, conversions, _)| conversions.iter().sum::<i64>() > 0)
        );
        for threads in [1, 3] {
            assert_eq!(credited(Keep::LastTouch, threads), whole);
            assert_eq!(credited(Keep::All, threads), whole);
        }
    }
}
