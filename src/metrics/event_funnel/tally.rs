//! Persons added up.
//!
//! Whole numbers only, so that parts computed side by side give the same sums in
//! whatever way they are put together. A person belongs to exactly one group.

use rustc_hash::FxHashMap;

use super::lengths::Lengths;
use super::plan::{Plan, from_the_lowest};
use super::record::Outcome;
use crate::domain::event_funnel::{Anchor, Order};

/// The sums of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Per step the persons that did it.
    pub people: Vec<u64>,
    /// Per step the persons whose way ended there: they got no further, and their window
    /// is over.
    pub dropped: Vec<u64>,
    /// Per step the persons that stand there and may go on.
    pub open: Vec<u64>,
    /// Per step the persons that did it, of mature starts alone.
    pub mature: Vec<u64>,
    /// Per step the time from the first step to it, of mature starts alone.
    pub lengths: Vec<Lengths>,
}

impl Counts {
    /// No persons yet.
    #[must_use]
    pub fn new(steps: usize) -> Self {
        Self {
            people: vec![0; steps],
            dropped: vec![0; steps],
            open: vec![0; steps],
            mature: vec![0; steps],
            lengths: vec![Lengths::default(); steps],
        }
    }

    fn add(&mut self, outcome: &Outcome, plan: &Plan) {
        for step in from_the_lowest(outcome.reached) {
            self.people[step] += 1;
        }
        let Some(deepest) = outcome.depth.checked_sub(1) else {
            return;
        };
        if deepest >= plan.last {
            return;
        }
        if outcome.in_progress {
            self.open[deepest] += 1;
        } else {
            self.dropped[deepest] += 1;
        }
    }

    fn add_mature(&mut self, outcome: &Outcome, anchor: Anchor) {
        for step in from_the_lowest(outcome.reached) {
            self.mature[step] += 1;
            if let Some(done) = outcome.done(step).filter(|_| step > 0) {
                let first = outcome.first_start.filter(|_| anchor == Anchor::First);
                self.lengths[step].add(done.at - first.unwrap_or(done.start));
            }
        }
    }

    /// Adds the sums of another group or part.
    pub fn merge(&mut self, other: Self) {
        let pairs = [
            (&mut self.people, other.people),
            (&mut self.dropped, other.dropped),
            (&mut self.open, other.open),
            (&mut self.mature, other.mature),
        ];
        for (own, others) in pairs {
            own.iter_mut()
                .zip(others)
                .for_each(|(own, other)| *own += other);
        }
        for (own, other) in self.lengths.iter_mut().zip(other.lengths) {
            own.merge(other);
        }
    }
}

/// Persons with a factor: how many, and how many of them converted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    /// Persons.
    pub n: u64,
    /// Of them converted.
    pub k: u64,
}

impl Pair {
    fn add(&mut self, converted: bool) {
        self.n += 1;
        self.k += u64::from(converted);
    }
}

/// All sums of a funnel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    groups: Vec<(Vec<u32>, Counts)>,
    /// Values of the dimensions -> place among the groups.
    places: FxHashMap<Vec<u32>, usize>,
    /// Persons that an exclusion took out.
    pub removed: u64,
    /// Instants at which the depth may be more than was counted.
    pub ambiguous: u64,
    /// Everybody with a mature start.
    pub everybody: Pair,
    /// Per factor those of them that had it.
    pub factors: Vec<Pair>,
}

impl Tally {
    /// No persons yet.
    #[must_use]
    pub fn new(factors: usize) -> Self {
        Self {
            factors: vec![Pair::default(); factors],
            ..Self::default()
        }
    }

    /// Adds what became of a person, seen with all starts. Where the person counts in a
    /// group, its place.
    pub fn add(&mut self, group: &[u32], outcome: &Outcome, plan: &Plan) -> Option<usize> {
        self.ambiguous += u64::from(outcome.ambiguous);
        if outcome.removed {
            self.removed += 1;
        }
        if outcome.removed || outcome.depth == 0 {
            return None;
        }
        let place = self.group(group, plan);
        self.groups[place].1.add(outcome, plan);
        Some(place)
    }

    /// Adds what became of a person, seen with mature starts alone, to the group at a place.
    pub fn add_mature(&mut self, place: usize, outcome: &Outcome, plan: &Plan, anchor: Anchor) {
        let anchor = if plan.spec.order == Order::Any {
            Anchor::Latest
        } else {
            anchor
        };
        self.groups[place].1.add_mature(outcome, anchor);
    }

    /// Adds a person with a mature start and the factors that the person had.
    pub fn add_factors(&mut self, factors: &[u32], converted: bool) {
        self.everybody.add(converted);
        for factor in factors {
            self.factors[*factor as usize].add(converted);
        }
    }

    /// The place of the group with these values.
    pub fn group(&mut self, values: &[u32], plan: &Plan) -> usize {
        match self.places.get(values) {
            Some(place) => *place,
            None => self.open_group(values.to_vec(), Counts::new(plan.steps())),
        }
    }

    fn open_group(&mut self, values: Vec<u32>, counts: Counts) -> usize {
        let place = self.groups.len();
        self.places.insert(values.clone(), place);
        self.groups.push((values, counts));
        place
    }

    /// The groups: values of the dimensions, sums.
    #[must_use]
    pub fn into_groups(self) -> Vec<(Vec<u32>, Counts)> {
        self.groups
    }

    /// Adds the sums of another part.
    pub fn merge(&mut self, other: Self) {
        self.removed += other.removed;
        self.ambiguous += other.ambiguous;
        self.everybody.n += other.everybody.n;
        self.everybody.k += other.everybody.k;
        for (own, other) in self.factors.iter_mut().zip(other.factors) {
            own.n += other.n;
            own.k += other.k;
        }
        for (values, counts) in other.groups {
            match self.places.get(&values) {
                Some(place) => self.groups[*place].1.merge(counts),
                None => {
                    self.open_group(values, counts);
                }
            }
        }
    }
}
