//! From sums to rates, times and a histogram.

use super::factors::{self, FactorRow, Factors};
use super::lengths::{Bin, Lengths};
use super::plan::Plan;
use super::rates::rate;
use super::tally::{Counts, Pair, Tally};
use super::worker::Question;
use crate::domain::calendar::DAY_MILLIS;
use crate::domain::event_funnel::{EventFunnel, Order};
use crate::domain::figure::{Figure, Rate, Undefined, View};

/// What a funnel says.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Everybody.
    pub total: Group,
    /// The groups, in the order of their values; empty without dimensions.
    pub groups: Vec<Group>,
    /// The time from the first step to the conversion, as a histogram.
    pub histogram: Vec<Bin>,
    /// Persons that an exclusion took out.
    pub removed: u64,
    /// Instants at which somebody may have come further than was counted.
    pub ambiguous: u64,
    /// What goes with conversion.
    pub factors: Vec<FactorRow>,
}

/// The funnel of some persons.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Values of the dimensions.
    pub values: Vec<String>,
    /// The steps.
    pub steps: Vec<StepRow>,
}

/// A step of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRow {
    /// Its name; where steps have no order, how many were done.
    pub step: String,
    /// True where it may be left out.
    pub optional: bool,
    /// Persons that did it.
    pub people: u64,
    /// Of those at the mandatory step before; absent on the first step.
    pub conversion: Option<Figure<Rate>>,
    /// Of those at the first step; absent there.
    pub overall: Option<Figure<Rate>>,
    /// Persons at the step before whose way ended there; absent on optional steps.
    pub drop_off: Option<u64>,
    /// Persons at the step before that may go on; absent on optional steps.
    pub in_progress: Option<u64>,
    /// The conversion of those who started early enough.
    pub mature: Option<Figure<Rate>>,
    /// How long it took from the first step; absent there.
    pub time: Option<TimeRow>,
}

/// The time from the first step, of those who did the step and started early enough.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeRow {
    /// Persons.
    pub n: u64,
    /// Seconds within which half had done it.
    pub median: Figure<f64>,
    /// Seconds within which three of four had.
    pub p75: Figure<f64>,
    /// Seconds within which nine of ten had.
    pub p90: Figure<f64>,
    /// Mean seconds.
    pub mean: Figure<f64>,
}

/// What the rows of an answer have in common.
struct Frame<'a> {
    funnel: &'a EventFunnel,
    plan: Plan,
    /// Times are dates without a time, and the window is shorter than a day.
    date_only: bool,
}

/// The answer to a question, of the sums of everybody. `date_only`: some events have a
/// date without a time.
#[must_use]
pub fn answer(funnel: &EventFunnel, question: &Question, tally: Tally, date_only: bool) -> Answer {
    let frame = Frame {
        funnel,
        plan: Plan::new(&question.spec),
        date_only: date_only && funnel.window < DAY_MILLIS,
    };
    let factors: &Factors = &question.factors;
    let (removed, ambiguous) = (tally.removed, tally.ambiguous);
    let factors = factors::rows(factors, &tally, &question.spec);
    let mut groups: Vec<(Vec<String>, Counts)> = tally
        .into_groups()
        .into_iter()
        .map(|(numbers, counts)| (labels(question, &numbers), counts))
        .collect();
    groups.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut all = Counts::new(frame.plan.steps());
    let mut rows = Vec::new();
    for (values, mut counts) in groups {
        if !values.is_empty() {
            counts.lengths.iter_mut().for_each(Lengths::sort);
            rows.push(frame.group(values, &counts));
        }
        all.merge(counts);
    }
    all.lengths.iter_mut().for_each(Lengths::sort);
    let conversion = all
        .lengths
        .get(frame.plan.last)
        .filter(|_| !frame.date_only);
    Answer {
        histogram: conversion.map(Lengths::bins).unwrap_or_default(),
        total: frame.group(Vec::new(), &all),
        groups: rows,
        removed,
        ambiguous,
        factors,
    }
}

fn labels(question: &Question, numbers: &[u32]) -> Vec<String> {
    let pairs = question.dimensions.iter().zip(numbers);
    pairs
        .map(|(dimension, number)| dimension.label(*number))
        .collect()
}

impl Frame<'_> {
    fn group(&self, values: Vec<String>, counts: &Counts) -> Group {
        let steps = 0..self.plan.steps();
        Group {
            values,
            steps: steps.map(|step| self.step(step, counts)).collect(),
        }
    }

    fn step(&self, step: usize, counts: &Counts) -> StepRow {
        let before = self.plan.before[step];
        let optional = self.plan.spec.optional[step];
        let later = step > 0;
        let people = counts.people[step];
        let open = counts.open[before];
        let spec = &self.plan.spec;
        let to_date = |n: u64, open: Option<u64>| {
            rate(spec, Pair { k: people, n }, View::ToDate, open).ok_or(Undefined::ZeroDenominator)
        };
        let mature = || {
            let (k, n) = (counts.mature[step], counts.mature[before]);
            rate(spec, Pair { k, n }, View::Cohort, None).ok_or(if counts.mature[0] == 0 {
                Undefined::NotMature
            } else {
                Undefined::ZeroDenominator
            })
        };
        StepRow {
            step: self.name(step),
            optional,
            people,
            conversion: later.then(|| to_date(counts.people[before], (!optional).then_some(open))),
            overall: later.then(|| to_date(counts.people[0], None)),
            drop_off: (later && !optional).then(|| counts.dropped[before]),
            in_progress: (later && !optional).then_some(open),
            mature: later.then(mature),
            time: later.then(|| self.time(step, counts)),
        }
    }

    fn name(&self, step: usize) -> String {
        match (self.plan.spec.order, step) {
            (Order::Any, 0) => "did 1 step".to_owned(),
            (Order::Any, step) => format!("did {} steps", step + 1),
            _ => self.funnel.steps[step].name.clone(),
        }
    }

    fn time(&self, step: usize, counts: &Counts) -> TimeRow {
        let lengths = &counts.lengths[step];
        let none = match (self.date_only, counts.mature[0]) {
            (true, _) => Undefined::DateOnly,
            (_, 0) => Undefined::NotMature,
            _ => Undefined::NoData,
        };
        let figure = |value: Option<f64>| value.filter(|_| !self.date_only).ok_or(none);
        TimeRow {
            n: lengths.len(),
            median: figure(lengths.quantile(0.5)),
            p75: figure(lengths.quantile(0.75)),
            p90: figure(lengths.quantile(0.9)),
            mean: figure(lengths.mean()),
        }
    }
}
